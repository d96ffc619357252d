"""The log of a spreadsheet's functions: why a cell shows an error. Each reason once, in a file that never grows large."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from pathlib import Path

from xlsig.grid.contents import ErrorCell

_LARGEST = 1_000_000
_MOST_REMEMBERED = 10_000


def log_path(host: str) -> Path:
    """Where a host's log of this user is: under XDG_STATE_HOME, or LOCALAPPDATA on Windows."""
    state = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(state) if state else Path.home() / ".local" / "state") / "xlsig" / f"{host}.log"


class Log:
    """Writes each sentence once per session; a full file is set aside as NAME.log.1. A log that cannot be written is done without."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._written: set[tuple[str, str]] = set()

    def refused(self, function: str, error: ErrorCell) -> None:
        """A cell was answered with an error."""
        self._once(function, f"{error.code} {error.message}")

    def failed(self, function: str, trace: str) -> None:
        """The function broke, which is a fault of xlsig."""
        self._once(function, trace)

    def _once(self, function: str, said: str) -> None:
        if (function, said) in self._written or len(self._written) >= _MOST_REMEMBERED:
            return
        self._written.add((function, said))
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size > _LARGEST:
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            with self.path.open("a", encoding="utf-8") as log:
                log.write(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S} {function}: {said}\n")
