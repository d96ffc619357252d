"""The log of a spreadsheet's functions: why a cell shows an error. Each reason once, in a file that never grows large."""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import os
import threading
import time
from pathlib import Path

from xlsig.grid.contents import ErrorCell

_LARGEST = 1_000_000
_MOST_REMEMBERED = 10_000
_PAUSE = 1.0
"""Seconds between two writings: a sheet of a thousand reasons opens the file twice, not a thousand times."""


def log_path(host: str) -> Path:
    """Where a host's log of this user is: under XDG_STATE_HOME, or LOCALAPPDATA on Windows."""
    state = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(state) if state else Path.home() / ".local" / "state") / "xlsig" / f"{host}.log"


class Log:
    """Writes each sentence once per session; a full file is set aside as NAME.log.1. A log that cannot be written is done without.

    A sentence after a pause is written at once; those that follow it closely wait for each other, and are written a moment later.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._written: set[tuple[str, str]] = set()
        self._waiting: list[str] = []
        self._next = 0.0
        self._lock = threading.Lock()

    def refused(self, function: str, error: ErrorCell) -> None:
        """A cell was answered with an error."""
        self._once(function, f"{error.code} {error.message}")

    def failed(self, function: str, trace: str) -> None:
        """The function broke, which is a fault of xlsig."""
        self._once(function, trace)

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            lines, self._waiting = self._waiting, []
            if lines:
                self._write("".join(lines))
            self._next = time.monotonic() + _PAUSE

    def _once(self, function: str, said: str) -> None:
        if (function, said) in self._written or len(self._written) >= _MOST_REMEMBERED:
            return
        self._written.add((function, said))
        with self._lock:
            self._waiting.append(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S} {function}: {said}\n")
            first, pause = len(self._waiting) == 1, self._next - time.monotonic()
        if first and pause <= 0:
            self.flush()
        elif first:
            self._later(pause)

    def _later(self, pause: float) -> None:
        atexit.register(self.flush)
        timer = threading.Timer(pause, self._flush_at_last)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:  # the process is ending
            self.flush()

    def _flush_at_last(self) -> None:
        self.flush()
        atexit.unregister(self.flush)

    def _write(self, lines: str) -> None:
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size > _LARGEST:
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            with self.path.open("a", encoding="utf-8") as log:
                log.write(lines)
