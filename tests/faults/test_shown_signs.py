"""What a file holds never steers a terminal, a code page never ends a run, and no backup goes through a link."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from tasks.hostile import mornings
from tests.ooxml.packing import pack
from tests.sources.mended import csv, plain, write
from xlsig.ooxml.saved_file import sweep
from xlsig.workbooks.building import build
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

STEERING = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202e"


def xlsig(*arguments, cwd, encoding="utf-8"):
    """Standard output and error of a command, as bytes, and its exit code."""
    command = [sys.executable, "-c", "from xlsig.cli import main; main()", *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "XLSIG_TODAY": "2024-12-30"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode(encoding, "replace")
    return done.stdout + done.stderr, done.returncode


def is_plain(said):
    return not any(sign in said.decode("utf-8", "replace") for sign in ("\x1b", "\x07", "\x9b", "\u202e", "\x7f"))


FRAMES = plain()
HARMFUL = {
    "a header": {"prices": csv(FRAMES["prices"]).replace("close", f'"{STEERING}"', 1)},
    "a number": {"prices": csv(FRAMES["prices"]).replace("\n", f"\n2024-11-15,{STEERING}\n", 1)},
    "a contract": {"spreads": csv(FRAMES["spreads"]).replace("H5-M5", STEERING)},
    "a region": {"flows": csv(FRAMES["flows"]).replace("Europe", STEERING)},
    "a sector": {"flows": csv(FRAMES["flows"]).replace("Energy", STEERING)},
}


COMMANDS = (["signals"], ["check"], ["check", "--json"], ["signals", "--json"], ["check"])


@pytest.mark.parametrize(("what", "command"), list(zip(HARMFUL, COMMANDS, strict=True)))
def test_what_data_holds_does_not_steer_a_terminal(what, command, tmp_path):
    write(tmp_path, **{name: text.encode() for name, text in HARMFUL[what].items()})
    said, _ = xlsig(*command, "--data", ".", cwd=tmp_path)
    assert is_plain(said), said
    if "--json" in command and said.startswith(b"{"):
        json.loads(said.partition(b"\nxlsig: ")[0])


def test_names_of_files_and_folders_do_not_steer_a_terminal(tmp_path):
    folder = tmp_path / "\x1b[31mdesk"
    folder.mkdir()
    write(folder)
    (folder / "\x1b]0;x\x07.toml").write_text('[prices]\nfile = "\\u001b[2J.csv"\n')
    for data in (f"{folder.name}/\x1b]0;x\x07.toml", "\x1b[5mnowhere"):
        said, _ = xlsig("check", "--data", data, cwd=tmp_path)
        assert is_plain(said), said
        assert b"\\x1b" in said


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A dashboard of two sessions ago, and the data of the last."""
    folder = tmp_path_factory.mktemp("books")
    before, now = mornings()
    build(TEMPLATES["sectors"](before), folder / "sectors.xlsx")
    return folder / "sectors.xlsx", now


def test_names_in_a_workbook_do_not_steer_a_terminal(books, tmp_path):
    with zipfile.ZipFile(books[0]) as package:
        held = {name: package.read(name) for name in package.namelist()}
    write(tmp_path)
    for part, old, new in (
        ("xl/workbook.xml", b'<sheet name="', b'<sheet name="&#127;&#155;2J'),
        ("xl/tables/table1.xml", b' name="', b' name="&#155;2J'),
        ("xl/tables/table1.xml", b'displayName="', b'displayName="&#155;2J'),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"<row><c><f>SELLOFF_STREAK(&#155;2J)</f></c></row></sheetData>"),
    ):
        changed = held[part].replace(old, new, 1)
        assert changed != held[part]
        (tmp_path / "\x1b[1mbook.xlsx").write_bytes(pack(held | {part: changed}))
        said, _ = xlsig("refresh", "\x1b[1mbook.xlsx", "--data", ".", "--allow-older", cwd=tmp_path)
        assert is_plain(said), said


@pytest.mark.parametrize(("encoding", "command"), [("ascii", ["signals"]), ("cp1252", ["signals", "--json"]), ("cp437", ["functions"])])
def test_what_a_code_page_lacks_is_replaced(encoding, command, tmp_path):
    write(tmp_path)
    data = [] if command == ["functions"] else ["--data", "."]
    said, code = xlsig(*command, *data, cwd=tmp_path, encoding=encoding)
    assert code in (0, 3)
    whole, _ = xlsig(*command, *data, cwd=tmp_path)
    if "--json" in command:
        assert json.loads(said) == json.loads(whole)
    else:
        assert said.decode(encoding).split("\n")[0] == whole.decode().encode(encoding, "replace").decode(encoding).split("\n")[0]


def test_every_book_of_a_list_is_refreshed_whatever_the_code_page(books, tmp_path):
    write(tmp_path)
    names = [f"log_{number}.xlsx" for number in (1, 2)]
    for name in names:
        (tmp_path / name).write_bytes(books[0].read_bytes())
    said, code = xlsig("refresh", *names, "--data", ".", "--allow-older", cwd=tmp_path, encoding="cp1252")
    assert [b"%b: refreshed" % name.encode() in said for name in names] == [True, True]
    assert code in (0, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
@pytest.mark.parametrize("owner", ["", "~$book.xlsx"])
def test_no_backup_and_no_copy_beside_goes_through_a_link(books, owner, tmp_path):
    path, victim = tmp_path / "book.xlsx", tmp_path / "victim.txt"
    path.write_bytes(books[0].read_bytes())
    before = path.read_bytes()
    victim.write_text("precious")
    links = (".book (before 1).xlsx.partial", "book (before 1).xlsx", "book (before 2).xlsx", "book (refreshed).xlsx")
    for name in links:
        (tmp_path / name).symlink_to("victim.txt")
    if owner:
        (tmp_path / owner).write_text("A person")
    done = refresh_workbook(path, books[1], keep=2)
    assert victim.read_text() == "precious"
    assert done.path == (tmp_path / "book (refreshed).xlsx" if owner else path)
    assert not done.path.is_symlink()
    copy = tmp_path / "book (before 1).xlsx"
    assert owner or (copy.read_bytes() == before and not copy.is_symlink())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
def test_a_link_to_the_workbook_itself_is_no_copy_beside_it(books, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(books[0].read_bytes())
    (tmp_path / "book (refreshed).xlsx").symlink_to("book.xlsx")
    (tmp_path / "~$book.xlsx").write_text("A person")
    refresh_workbook(path, books[1])
    assert path.read_bytes() == books[0].read_bytes()
    assert not (tmp_path / "book (refreshed).xlsx").is_symlink()


def test_what_killed_runs_left_is_swept_by_the_next(tmp_path):
    old, fresh = tmp_path / ".book (before 1).xlsx.partial", tmp_path / ".desk (before 2).xlsm.partial"
    for path in (old, fresh, tmp_path / ".mine.partial"):
        path.write_bytes(b"half")
    for path in (old, tmp_path / ".mine.partial"):
        os.utime(path, (0, 0))
    assert [path.name for path in sweep(tmp_path)] == [old.name]
    assert sorted(path.name for path in tmp_path.iterdir()) == [fresh.name, ".mine.partial"]
