"""A refresh that is killed, starved or raced: the old file or the new one, never a wreck, and one clear reason."""

import errno
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.workbooks.mornings import until
from xlsig.ooxml import open_package
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills its own children, which Windows does not know")


@pytest.fixture(scope="module")
def mornings():
    return inputs_of(until("2024-12-31")), inputs_of(until("2025-01-03"))


@pytest.fixture(scope="module")
def originals(mornings, tmp_path_factory):
    """The workbook of either morning, each as a refresh leaves it."""
    folder = tmp_path_factory.mktemp("originals")
    paths = []
    for inputs, other, name in zip(mornings, mornings[::-1], ("before", "after"), strict=True):
        path = folder / f"{name}.xlsx"
        build(TEMPLATES["regions"](other), path)
        refresh_workbook(path, inputs, allow_older=True)
        paths.append(path)
    return paths


@pytest.fixture
def book(originals, tmp_path):
    return shutil.copy(originals[0], tmp_path / "regions.xlsx")


def content(path):
    """A workbook's parts by digest, but for the time of the last change."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: hashlib.sha256(package.read(name)).hexdigest() for name in package.namelist() if name != "docProps/core.xml"}


def forked(work):
    """Run in a child process; returns its id. The child ends with 0, or with the errno of what was raised."""
    child = os.fork()
    if child:
        return child
    status = 97
    try:
        work()
        status = 0
    except OSError as failure:
        status = failure.errno or 98
    finally:
        os._exit(status)


def ended(child):
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_the_two_mornings_differ(originals):
    assert content(originals[0]) != content(originals[1])


@pytest.mark.slow
def test_two_hundred_kills_leave_the_old_or_the_new_file(book, originals, mornings, tmp_path):
    states = [content(path) for path in originals]
    began = time.monotonic()
    assert ended(forked(lambda: refresh_workbook(book, mornings[1], allow_older=True))) == 0
    longest = (time.monotonic() - began) * 1.2
    now, seen, chance = 1, [0, 0], random.Random(7)
    for _ in range(200):
        child = forked(lambda wanted=1 - now: refresh_workbook(book, mornings[wanted], allow_older=True))
        time.sleep(chance.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        ended(child)
        found = content(book)
        assert found in states
        now = states.index(found)
        seen[now] += 1
    assert min(seen) > 0
    refresh_workbook(book, mornings[1 - now], allow_older=True)
    assert [path.name for path in tmp_path.iterdir()] == ["regions.xlsx"]


@pytest.mark.slow
def test_two_refreshers_at_once_a_hundred_times_leave_one_of_the_two_mornings(book, originals, mornings, tmp_path):
    states = [content(path) for path in originals]
    for _ in range(100):
        children = [forked(lambda inputs=inputs: refresh_workbook(book, inputs, allow_older=True)) for inputs in mornings]
        assert [ended(child) for child in children] == [0, 0]
        assert content(book) in states
    assert [path.name for path in tmp_path.iterdir()] == ["regions.xlsx"]


def test_a_full_disk_leaves_the_old_file_and_says_so(book, mornings, tmp_path):
    before = book.read_bytes()

    def starved():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        refresh_workbook(book, mornings[1], allow_older=True)

    assert ended(forked(starved)) == errno.EFBIG
    assert book.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["regions.xlsx"]


def test_no_space_left_on_the_disk_leaves_the_old_file_and_says_so(book, mornings, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    size = book.stat().st_size * 3 // 2
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here, which takes root: {mounted.stderr.strip()}")
    try:
        path = Path(shutil.copy(book, disk / "regions.xlsx"))
        before = path.read_bytes()
        assert ended(forked(lambda: refresh_workbook(path, mornings[1], allow_older=True))) == errno.ENOSPC
        assert path.read_bytes() == before
        assert [entry.name for entry in disk.iterdir()] == ["regions.xlsx"]
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="needs root to become nobody in a child")
def test_a_folder_that_is_not_ours_leaves_the_old_file(book, mornings, tmp_path):
    before = book.read_bytes()
    os.chmod(book, 0o644)
    for folder in (tmp_path, *tmp_path.parents):
        if folder == folder.parent or folder.stat().st_mode & 0o005 == 0o005:
            continue
        os.chmod(folder, 0o755)

    def nobody():
        os.setgid(65534)
        os.setuid(65534)
        refresh_workbook(book, mornings[1], allow_older=True)

    assert ended(forked(nobody)) == errno.EACCES
    assert book.read_bytes() == before


def test_a_folder_that_vanished_before_the_save_is_the_system_s_own_error(book, mornings, tmp_path):
    folder = tmp_path / "share"
    folder.mkdir()
    path = shutil.move(book, folder / "regions.xlsx")
    with open_package(path) as edit:
        table = mornings[1].tables["Flows"]
        edit.replace_table("Flows", table.columns, table.rows)
        shutil.rmtree(folder)
        with pytest.raises(FileNotFoundError):
            edit.save()
    assert not folder.exists()
