"""One refresher at a time on one file. On POSIX the workbook itself is locked; on Windows a file beside it that goes with its process."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from xlsig.workbooks.package.refusal import PackageRefusal

_PAUSE = 0.02
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EBADF)


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
        time.sleep(_PAUSE)
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
