"""Saving: whole or not at all, one at a time, never from under a person, without litter. Children are really killed and starved."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ooxml.table_books import COLUMNS, DATA, FLOW_COLUMNS, cells, desk_book, flows, hand_made
from tests.patience import PATIENCE
from xlsig.ooxml import FileInUse, PackageRefusal, StillLocked, open_package, replace_table
from xlsig.ooxml.edit import Edit
from xlsig.ooxml.saved_file import host_mark, refreshed_name, replacing, sweep

pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks, kills and limits processes as POSIX has them")

NOBODY = 65_534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return desk_book(tmp_path / "desk.xlsx")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach; pytest's own are private."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def forked(work: Callable[[], None]) -> int:
    """A child process that does this and ends with 0, or with 1 after any exception."""
    child = os.fork()
    if child:
        return child
    code = 1
    with contextlib.suppress(BaseException):
        work()
        code = 0
    os._exit(code)


def litter(folder: Path) -> list[str]:
    """What lies in a folder besides workbooks."""
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.endswith(".xlsx") or entry.name.startswith((".", "~")))


def test_the_file_keeps_its_rights_and_a_link_stays_a_link(path: Path) -> None:
    path.chmod(0o640)
    link = path.with_name("link.xlsx")
    link.symlink_to(path.name)
    assert replace_table(link, "Flows", FLOW_COLUMNS, flows(9))
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert len(cells(path, "Data")) == 10
    assert litter(path.parent) == []


def test_a_copy_elsewhere_is_written_even_if_nothing_changes(path: Path) -> None:
    copy = path.with_name("copy.xlsx")
    before = path.read_bytes()
    with open_package(path) as edit:
        assert edit.save(copy)
    assert copy.read_bytes() == before == path.read_bytes()


def test_the_same_edit_gives_the_same_bytes(path: Path) -> None:
    moment = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
    for name in ("one.xlsx", "two.xlsx"):
        with open_package(path) as edit:
            edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
            edit.save(path.with_name(name), modified=moment)
    assert path.with_name("one.xlsx").read_bytes() == path.with_name("two.xlsx").read_bytes()


@pytest.mark.parametrize("owner", ["~$desk.xlsx", ".~lock.desk.xlsx#"])
def test_an_open_workbook_is_not_touched(path: Path, owner: str) -> None:
    before = path.read_bytes()
    path.with_name(owner).write_bytes(b"A person")
    with pytest.raises(FileInUse, match=r"desk\.xlsx is open"):
        replace_table(path, "Flows", FLOW_COLUMNS, flows(9))
    assert path.read_bytes() == before
    with Edit(path, lock=False) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        assert edit.save(refreshed_name(path))
    assert len(cells(path.with_name("desk (refreshed).xlsx"), "Data")) == 10
    assert litter(path.parent) == [owner]


def test_an_owner_file_of_the_day_before_is_forgotten(path: Path) -> None:
    owner = path.with_name("~$desk.xlsx")
    owner.write_bytes(b"A person")
    yesterday = time.time() - 90_000
    os.utime(owner, (yesterday, yesterday))
    assert replace_table(path, "Flows", FLOW_COLUMNS, flows(9))


def test_a_workbook_opened_while_it_is_refreshed_is_not_replaced(path: Path) -> None:
    before = path.read_bytes()
    with Edit(path, lock=True, patience=0.2) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        path.with_name("~$desk.xlsx").write_bytes(b"A person")
        with pytest.raises(FileInUse):
            edit.save()
    assert path.read_bytes() == before


def test_a_workbook_saved_by_somebody_else_meanwhile_is_not_replaced(path: Path) -> None:
    theirs = desk_book(path.with_name("theirs.xlsx"), 7).read_bytes()
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        path.write_bytes(theirs)
        with pytest.raises(FileInUse, match="saved by another program"):
            edit.save()
    assert path.read_bytes() == theirs
    assert litter(path.parent) == []


def test_two_refreshers_take_turns_and_lose_nothing(path: Path) -> None:
    def count_up() -> None:
        for _ in range(15):
            with open_package(path) as edit:
                was = edit.values("My notes").get((20, 0), 0)
                edit.set_values({("My notes", 20, 0): int(was) + 1})  # type: ignore[call-overload]
                assert edit.save()

    children = [forked(count_up) for _ in range(2)]
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    with open_package(path) as edit:
        assert edit.values("My notes")[20, 0] == 30
    assert litter(path.parent) == []


def test_waiting_for_another_refresher_ends_with_a_sentence(path: Path) -> None:
    with open_package(path), pytest.raises(StillLocked, match="is being refreshed by another process"):
        Edit(path, lock=True, lock_patience=0.1)


def test_the_lock_goes_with_its_process(path: Path) -> None:
    reading, writing = os.pipe()

    def hold() -> None:
        with open_package(path):
            os.write(writing, b"x")
            time.sleep(PATIENCE)

    child = forked(hold)
    assert os.read(reading, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert replace_table(path, "Flows", FLOW_COLUMNS, flows(9))


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_file(path: Path) -> None:
    draw = random.Random(11)
    old, ended, killed, seen = flows(40), 0, 0, set()
    replace_table(path, "Flows", FLOW_COLUMNS, old)
    for attempt in range(60):
        rows = flows(600 + attempt)
        child = forked(lambda rows=rows: replace_table(path, "Flows", FLOW_COLUMNS, rows))  # type: ignore[misc]
        time.sleep(draw.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
        found = len(cells(path, "Data")) - 1
        assert found in {len(old), len(rows)}
        ended += found == len(rows)
        seen.add(found)
        old = flows(found)
    assert killed > 20
    assert replace_table(path, "Flows", FLOW_COLUMNS, flows(3))
    assert litter(path.parent) == []


def test_what_a_crash_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    gone = forked(lambda: None)
    os.waitpid(gone, 0)
    here, other = host_mark(), "0123abcd"
    names = {
        f".~xlsig-{here}-{gone}-aaaa.tmp": True,
        f".~xlsig-{here}-{os.getpid()}-bbbb.tmp": False,
        f".~xlsig-{other}-{gone}-cccc.tmp": False,
        f".~xlsig-{other}-{gone}-dddd.tmp": True,
        f".~xlsig-{here}-{gone}-eeee.xlsx": False,
        "mine.tmp": False,
    }
    for name in names:
        (tmp_path / name).write_bytes(b"")
    an_hour_ago = time.time() - 3600
    os.utime(tmp_path / f".~xlsig-{other}-{gone}-dddd.tmp", (an_hour_ago, an_hour_ago))
    assert {entry.name for entry in sweep(tmp_path)} == {name for name, stale in names.items() if stale}
    assert {entry.name for entry in tmp_path.iterdir()} == {name for name, stale in names.items() if not stale}


def test_a_new_file_in_the_making_is_not_swept_however_old(tmp_path: Path) -> None:
    with replacing(tmp_path / "desk.xlsx", 0, None) as stream:
        stream.write(b"new")
        (name,) = (entry for entry in tmp_path.iterdir())
        os.utime(name, (0, 0))
        assert sweep(tmp_path) == []
    assert (tmp_path / "desk.xlsx").read_bytes() == b"new"


def test_a_full_disk_keeps_its_errno_and_leaves_nothing_behind(path: Path) -> None:
    before = path.read_bytes()
    reading, writing = os.pipe()

    def starve() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        try:
            replace_table(path, "Flows", FLOW_COLUMNS, flows(2000))
        except OSError as failure:
            os.write(writing, errno.errorcode[failure.errno or 0].encode())

    child = forked(starve)
    os.waitpid(child, 0)
    os.close(writing)
    assert os.read(reading, 20) == b"EFBIG"
    assert path.read_bytes() == before
    assert litter(path.parent) == []


@pytest.mark.parametrize("denied", ["folder", "file"])
def test_a_read_only_folder_or_file_is_a_permission_error(open_folder: Path, denied: str) -> None:
    path = desk_book(open_folder / "desk.xlsx")
    before = path.read_bytes()
    reading, writing = os.pipe()
    if os.geteuid() == 0:
        os.chown(open_folder, NOBODY, NOBODY)
        os.chown(path, NOBODY, NOBODY)
    (open_folder if denied == "folder" else path).chmod(0o555 if denied == "folder" else 0o444)

    def refresh() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            replace_table(path, "Flows", FLOW_COLUMNS, flows(9))
        except OSError as failure:
            os.write(writing, errno.errorcode[failure.errno or 0].encode())

    os.waitpid(forked(refresh), 0)
    os.close(writing)
    open_folder.chmod(0o755)
    assert os.read(reading, 20) == b"EACCES"
    assert path.read_bytes() == before
    assert litter(open_folder) == []


def test_a_folder_that_vanishes_is_an_oserror(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    path = desk_book(folder / "desk.xlsx")
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        folder.rename(tmp_path / "moved")
        with pytest.raises(FileNotFoundError) as failed:
            edit.save(path)
        assert failed.value.errno == errno.ENOENT
    assert litter(tmp_path / "moved") == []


def test_a_file_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_table(tmp_path / "none.xlsx", "T", COLUMNS, DATA)


def test_a_refusal_leaves_no_lock_and_no_open_file(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    handles = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for _ in range(3):
        with pytest.raises(PackageRefusal):
            replace_table(path, "U", COLUMNS, DATA)
    assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) == handles
    assert replace_table(path, "T", COLUMNS, DATA[:1])


def test_importing_the_editor_needs_no_pandas() -> None:
    code = "import sys, xlsig.ooxml; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
