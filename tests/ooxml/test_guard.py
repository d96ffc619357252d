"""What is opened, and what is refused before it can do harm."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.ooxml.hostile import hostile
from tests.ooxml.packing import HEAD, MAIN, SHEET, STRINGS, TYPES, WORKBOOK, changed, minimal, pack, save
from tests.patience import PATIENCE
from xlsig.errors import PackageRefusal
from xlsig.ooxml import parts
from xlsig.ooxml.guard import check_part, open_guarded

HOSTILE = hostile()


class _Opener:
    """The child that opens files under limits, and is killed if it does not answer."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.ooxml.guarded_child"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])

    def open(self, path: Path) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        deadline = threading.Timer(PATIENCE, self._process.kill)
        deadline.start()
        try:
            print(path, file=self._process.stdin, flush=True)
            return dict(json.loads(self._process.stdout.readline() or '{"ended": "no answer"}'))
        finally:
            deadline.cancel()

    def close(self) -> None:
        self._process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def opener() -> Any:
    if not Path("/proc/self/statm").exists():
        pytest.skip("the limits of a process are measured with Linux's /proc")
    child = _Opener()
    yield child
    child.close()


def test_there_are_two_hundred_hostile_packages_and_all_differ() -> None:
    assert len(HOSTILE) >= 200
    assert len({package.name for package in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("package", HOSTILE, ids=lambda package: package.name)
def test_a_hostile_package_is_refused_in_one_sentence_within_two_seconds_and_300_mb(package: Any, opener: _Opener, tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(package.make())
    answer = opener.open(path)
    assert "refused" in answer, answer
    assert package.says in answer["refused"]
    assert len(answer["refused"]) < 400
    assert answer["refused"].isprintable()


def test_the_child_is_stopped_at_its_limits_and_opens_what_is_good(opener: _Opener, tmp_path: Path) -> None:
    assert opener.open(Path("!memory")) == {"ended": 3}
    assert opener.open(Path("!time")) == {"ended": -signal.SIGKILL}
    assert opener.open(save(tmp_path / "good.xlsx", minimal())) == {"opened": 6}


def test_a_pipe_is_not_waited_for(opener: _Opener, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert opener.open(pipe) == {"refused": "pipe is not a file"}


def test_a_sheet_of_250_000_rows_and_15_columns_is_opened(opener: _Opener, tmp_path: Path) -> None:
    columns = "ABCDEFGHIJKLMNO"
    path = tmp_path / "large.xlsx"
    head, tail = minimal()[SHEET].decode().split('<row r="1">')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in minimal().items():
            if name != SHEET:
                package.writestr(name, content)
        with package.open(SHEET, "w") as sheet:
            sheet.write(head.replace('"A1:B1"', '"A1:O250000"').encode())
            for first in range(1, 250_001, 1_000):
                rows = range(first, first + 1_000)
                cells = ("".join(f'<c r="{column}{row}"><v>{row * 1.37:.6f}</v></c>' for column in columns) for row in rows)
                sheet.write("".join(f'<row r="{row}">{line}</row>' for row, line in zip(rows, cells, strict=True)).encode())
            sheet.write(("<row>" + tail).replace('r="A1"', "").replace('r="B1"', "").encode())
    assert opener.open(path) == {"opened": 6}


def test_equal_numbers_in_every_cell_are_no_bomb(tmp_path: Path) -> None:
    row = "<row>" + "<c><v>0</v></c>" * 15 + "</row>"
    parts = changed(minimal(), SHEET, '<row r="1">', row * 250_000 + "<row>")
    with open_guarded(save(tmp_path / "equal.xlsx", parts)) as package:
        assert package.getinfo(SHEET).file_size > 55_000_000


def test_a_wide_sheet_that_is_full_is_opened(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"/><c r="ZZ{row}"/></row>' for row in range(2, 40_000))
    parts = changed(minimal(), SHEET, "</sheetData>", f"{rows}</sheetData>")
    open_guarded(save(tmp_path / "wide.xlsx", parts)).close()


def test_a_text_that_looks_like_a_far_cell_does_not_make_a_sheet_large(tmp_path: Path) -> None:
    cell = '<c r="A1048576" t="inlineStr"><is><t>r="XFD1048576"</t></is></c>'
    parts = changed(minimal(), SHEET, "</sheetData>", f'<row r="1048576">{cell}</row></sheetData>')
    open_guarded(save(tmp_path / "text.xlsx", parts)).close()


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
        "application/vnd.ms-excel.template.macroEnabled.main+xml",
        "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    ],
)
def test_workbooks_with_macros_templates_and_add_ins_are_opened(kind: str, tmp_path: Path) -> None:
    own = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    open_guarded(save(tmp_path / "book.xlsm", changed(minimal(), TYPES, f'"{own}"', f'"{kind}"'))).close()


def test_a_custom_part_in_utf_16_is_none_of_our_business(tmp_path: Path) -> None:
    custom = '\ufeff<?xml version="1.0" encoding="utf-16"?><state/>'.encode("utf-16-le")
    open_guarded(save(tmp_path / "custom.xlsx", {**minimal(), "customXml/item1.xml": custom})).close()


def test_folders_listed_in_the_zip_are_no_parts(tmp_path: Path) -> None:
    open_guarded(save(tmp_path / "folders.xlsx", {**minimal(), "xl/": b"", "xl/worksheets/": b""})).close()


def test_a_comment_behind_the_zip_is_no_damage(tmp_path: Path) -> None:
    path = save(tmp_path / "comment.xlsx", minimal())
    with zipfile.ZipFile(path, "a") as package:
        package.comment = b"from the desk\0\0"
    open_guarded(path).close()


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_zip_is_refused_or_opened_and_nothing_else(seed: int, tmp_path: Path) -> None:
    draw, path, said = random.Random(seed), tmp_path / "damaged.xlsx", []
    good = pack(minimal())
    for _ in range(200):
        damaged = bytearray(good)
        for _ in range(draw.choice([1, 1, 3, 20])):
            damaged[draw.randrange(len(good))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            open_guarded(path).close()
        except PackageRefusal as refusal:
            said.append(str(refusal))
    assert 20 < len(said) < 200
    assert all(sentence.isprintable() for sentence in said)


def test_a_refused_file_is_not_kept_open(tmp_path: Path) -> None:
    path = tmp_path / "refused.xlsx"
    path.write_bytes(pack({**minimal(), "a//b": b""}))
    held = set(Path("/proc/self/fd").iterdir()) if Path("/proc/self/fd").exists() else set()
    with pytest.raises(PackageRefusal):
        open_guarded(path)
    if held:
        assert {link.name for link in Path("/proc/self/fd").iterdir()} <= {link.name for link in held}
    path.unlink()


def test_a_missing_file_is_the_operating_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_guarded(tmp_path / "nowhere.xlsx")


def test_a_part_is_parsed_as_it_stands() -> None:
    root = check_part(f'{HEAD}<sst xmlns="{MAIN}"> <si><t xml:space="preserve"> a &amp; b </t></si></sst>'.encode(), STRINGS)
    assert isinstance(root, etree._Element)
    assert "".join(root.itertext()) == "  a & b "


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (b"", "does not begin as XML"),
        (b"<a>", "not well-formed"),
        (b"<a>&e;</a>", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "document type"),
        (b"<a " + b" ".join(b'a%d=""' % number for number in range(parts.MOST_TREE_MARKS)) + b"/>", "tags and attributes"),
        (b"<a>" + b" " * parts.MOST_TREE_BYTES + b"</a>", "bytes long"),
        (b"<a>" * 300 + b"</a>" * 300, "not well-formed"),
        ("<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"), "document type"),
    ],
)
def test_a_part_that_could_harm_is_refused_by_name(xml: bytes, says: str) -> None:
    with pytest.raises(PackageRefusal, match=re.escape(says)) as refusal:
        check_part(xml, WORKBOOK)
    assert WORKBOOK in str(refusal.value)
