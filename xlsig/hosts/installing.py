"""What can be installed, and what installing reports, the same for every host."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast


@dataclass(frozen=True)
class Finding:
    """One thing that `doctor` looked at: whether it is right, and what was seen or has to be done; `soon` if it is right for a while."""

    check: str
    good: bool
    said: str
    soon: bool = False

    def __str__(self) -> str:
        verdict = "NO " if not self.good else "!! " if self.soon else "ok "
        return f"{verdict} {self.check}: {self.said}"


def log_finding(path: Path) -> Finding:
    """What a host's log says last."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    if not lines:
        return Finding("log", True, f"{path} is empty: no cell of this user has had an error")
    return Finding("log", True, f"{path} says why cells show errors; its last line: {lines[-1]}")


def ending_calendars(today: dt.date) -> Iterator[Finding]:
    """A line for every day, less than 90 days away or past, on which calendars that come with xlsig end."""
    from xlsig.frames.calendar import coverage
    from xlsig.frames.session_table import shipped_codes

    ends: dict[dt.date, list[str]] = {}
    for code in shipped_codes():
        ends.setdefault(coverage(code)[1], []).append(code)
    for end, codes in sorted(ends.items()):
        if (end - today).days < 90:
            after = "after it, what counts their sessions is #N/A until a newer xlsig is installed"
            yield Finding("calendars", True, f"the last day of {', '.join(codes)} is {end}; {after}", soon=True)


@dataclass(frozen=True)
class Verdict:
    """What a spreadsheet said of one function in the self-test: whether all cases agree, how many there are, and those that do not."""

    function: str
    agrees: bool
    cases: int
    failed: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"function": self.function, "agrees": self.agrees, "cases": self.cases, "failed": list(self.failed)}


class Installer(Protocol):
    """What the module of a host offers to the command line."""

    def install(self) -> Sequence[str]:
        """Install; what was done, in sentences."""

    def uninstall(self) -> Sequence[str]:
        """Remove; what was done, in sentences."""

    def doctor(self) -> Sequence[Finding]:
        """Look at everything between a cell and its answer."""

    def selftest(self) -> Sequence[Verdict]:
        """Compute the self-test in the spreadsheet."""


HOSTS: Mapping[str, str] = {"excel": "xlsig.hosts.excel.installing", "calc": "xlsig.hosts.calc.installing"}
"""The module that installs each host."""


def installer(host: str) -> Installer:
    """The functions of a host's module."""
    return cast(Installer, import_module(HOSTS[host]))
