"""A file that is the old or the new one at every moment, written by one at a time, never taken from under a person who has it open."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import shutil
import stat
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO

from xlsig.errors import PackageRefusal

_PREFIX = ".~xlsig"
_TEMPORARY = re.compile(r"\.~xlsig-([0-9a-f]{8})-(\d+)-\w+\.tmp")
_PARTIAL = re.compile(r"\..+ \(before \d+\)\.xls[xm]\.partial", re.IGNORECASE)
"""What an older xlsig left that was killed while it copied."""
_STALE_SECONDS = 600
_OWNER_SECONDS = 86_400
_PAUSE = 0.1
_SHARING_VIOLATIONS = (5, 32, 33)  # Windows: access denied, sharing violation, lock violation

_LOCK_PAUSE = 0.02
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EBADF)


class FileInUse(PackageRefusal):
    """A workbook that a person or another program has open; a copy beside it can be written instead."""


def refreshed_name(path: Path) -> Path:
    """Where a refresh goes when the file is open: name (refreshed).xlsx, replaced each time."""
    return path.with_name(f"{path.stem} (refreshed){path.suffix}")


def check_free(path: Path, patience: float) -> None:
    """Wait a moment for whoever has the file open; then raise `FileInUse`."""
    deadline = time.monotonic() + patience
    while (owner := _owner(path)) is not None:
        if time.monotonic() >= deadline:
            raise FileInUse(f"{path.name} is open ({owner} lies beside it): close it, or delete that file if nobody has the workbook open")
        time.sleep(_PAUSE)


def _owner(path: Path) -> str | None:
    """The lock file that Excel or Calc lays beside an open workbook, if it is younger than a day."""
    names = (f"~${path.name}", f".~lock.{path.name}#")
    for name in names:
        with contextlib.suppress(OSError):
            if time.time() - os.stat(path.with_name(name)).st_mtime < _OWNER_SECONDS:
                return name
    return None


def host_mark() -> str:
    """Eight signs for this computer."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def sweep(folder: Path) -> list[Path]:
    """Remove what crashed refreshes left in a folder: their process is gone, and nobody holds the file."""
    removed = []
    try:
        entries = [entry for entry in os.scandir(folder) if entry.name.startswith(_PREFIX) or _PARTIAL.fullmatch(entry.name)]
    except OSError:
        return []
    for entry in entries:
        named = _TEMPORARY.fullmatch(entry.name)
        with contextlib.suppress(OSError):
            owner = (named[1], int(named[2])) if named else ("", 0)
            if not (named or _PARTIAL.fullmatch(entry.name)) or not entry.is_file(follow_symlinks=False) or not _is_stale(entry, *owner):
                continue
            with open(entry.path, "r+b") as stream:
                if not try_lock(stream.fileno()):
                    continue
                if os.name != "nt":
                    os.unlink(entry.path)
            if os.name == "nt":
                os.unlink(entry.path)
            removed.append(Path(entry.path))
    return removed


def _is_stale(entry: os.DirEntry[str], host: str, process: int) -> bool:
    if host == host_mark() and not _is_running(process):
        return True
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE_SECONDS


def _is_running(process: int) -> bool:
    if os.name == "nt":
        return True  # age and the sharing violation decide there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def replacing(path: Path, patience: float, seen: os.stat_result | None, *, follows: bool = True) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when the block ends well, whole and on disk; otherwise nothing is left of it.

    `seen` is how the file was when it was read: if somebody saved it since, `FileInUse` is raised instead. Where `path` is a link, what
    it leads to is replaced; without `follows`, the link itself.
    """
    target = Path(os.path.realpath(path)) if follows else path.absolute()
    with contextlib.suppress(FileNotFoundError):
        if (follows or not target.is_symlink()) and not os.access(target, os.W_OK) and target.exists():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    sweep(target.parent)
    handle, name = tempfile.mkstemp(prefix=f"{_PREFIX}-{host_mark()}-{os.getpid()}-", suffix=".tmp", dir=target.parent)
    stream = os.fdopen(handle, "w+b", buffering=1 << 20)
    try:
        try_lock(stream.fileno())
        yield stream
        stream.flush()
        _take_rights(target, stream.fileno(), name)
        os.fsync(stream.fileno())
        if os.name == "nt":
            stream.close()
        _replace(name, target, patience, seen)
        _sync_folder(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            stream.close()
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    stream.close()


def _take_rights(target: Path, handle: int, name: str) -> None:
    """The new file belongs to whom the old one did, as far as the system lets us."""
    try:
        was = os.lstat(target)
        if not stat.S_ISREG(was.st_mode):
            raise FileNotFoundError
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        return
    if hasattr(os, "fchown"):
        with contextlib.suppress(OSError):
            os.fchown(handle, was.st_uid, was.st_gid)
    os.chmod(name, stat.S_IMODE(was.st_mode))


def _replace(name: str, target: Path, patience: float, seen: os.stat_result | None) -> None:
    deadline = time.monotonic() + patience
    while True:
        check_free(target, max(0.0, deadline - time.monotonic()))
        if seen is not None:
            check_unchanged(target, seen)
        try:
            os.replace(name, target)
        except PermissionError as failure:
            if getattr(failure, "winerror", None) not in _SHARING_VIOLATIONS:
                raise
            if time.monotonic() >= deadline:
                raise FileInUse(f"{target.name} is open in another program: close it there") from failure
            time.sleep(_PAUSE)
        else:
            return


def check_unchanged(path: Path, seen: os.stat_result) -> None:
    """Raise `FileInUse` if somebody has saved a file since it was seen."""
    if not _is_same(os.stat(path), seen):
        raise FileInUse(f"{path.name} was saved by another program while it was refreshed")


def _is_same(now: os.stat_result, seen: os.stat_result) -> bool:
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (seen.st_ino, seen.st_size, seen.st_mtime_ns)


def _sync_folder(folder: Path) -> None:
    """Put the folder's entry on disk, where the system has that."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class StillLocked(PackageRefusal):
    """Another refresh of the same file did not end in time."""


def try_lock(handle: int) -> bool:
    """Lock an open file if nobody has; True also where the file system has no locks."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as failure:
        return failure.errno in _NO_LOCKS
    return True


@contextlib.contextmanager
def only_one(path: Path, patience: float) -> Iterator[None]:
    """Wait until no other refresh works on the file; raise `StillLocked` after `patience` seconds."""
    deadline = time.monotonic() + patience
    target = os.path.realpath(path)
    while (handle := _attempt(target)) is None:
        if time.monotonic() >= deadline:
            raise StillLocked(f"{path.name} is being refreshed by another process, which has not ended within {patience:g} seconds")
        time.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        os.close(handle)


def _attempt(target: str) -> int | None:
    return _attempt_on_windows(target) if sys.platform == "win32" else _attempt_on_posix(target)


def _attempt_on_posix(target: str) -> int | None:
    """The lock, if it is ours and still on the file that bears the name: whoever had it before may have replaced that."""
    handle = os.open(target, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if try_lock(handle) and os.path.samestat(os.fstat(handle), os.stat(target)):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _attempt_on_windows(target: str) -> int | None:
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".~xlsig-{name}.lock")
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_TEMPORARY", 0) | getattr(os, "O_NOINHERIT", 0)
    try:
        return os.open(beside, flags)
    except (FileExistsError, PermissionError):
        if not os.access(folder, os.W_OK):
            raise
        return None


def rotate(path: Path, keep: int) -> None:
    """Copy a workbook to its latest backup, moving the older ones on; only `keep` of them stay."""
    latest = make_room(path, keep)
    with contextlib.suppress(OSError):
        latest.with_name(f".{latest.name}.partial").unlink()  # of an older xlsig that was killed
    with open(path, "rb") as source, replacing(latest, 0.0, None, follows=False) as target:
        shutil.copyfileobj(source, target)
    with contextlib.suppress(OSError):
        shutil.copystat(path, latest)


def make_room(path: Path, keep: int) -> Path:
    """Move the older backups of a workbook on; where the latest goes."""
    copies = [path.with_name(f"{path.stem} (before {number}){path.suffix}") for number in range(1, keep + 1)]
    for newer, older in reversed(list(pairwise(copies))):
        if newer.is_file() and not newer.is_symlink():
            os.replace(newer, older)
    if copies[0].is_symlink():
        copies[0].unlink()
    return copies[0]
