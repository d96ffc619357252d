"""A desk's data as a command uses it: as of the day that was asked for, and judged, its age included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xlsig.errors import DataError, Problem
from xlsig.frames.by_session import BySession
from xlsig.frames.findings import Finding, gravest_first
from xlsig.frames.judging import all_cover, judge, old, sessions_since
from xlsig.frames.wording import counted, day
from xlsig.sources.source import Source

COMPLETE = "complete"
"""The word for the last session that all inputs cover."""


@dataclass(frozen=True)
class Wanted:
    """What a command asks of its data: its day, how old it may be, today (none: no age is judged), and whether a warning is to stop it."""

    as_of: str | None = None
    max_age: int | None = None
    today: dt.date | None = None
    strict: bool = False


class Warned(DataError):  # noqa: N818 (a refusal is an answer, not a fault)
    """Data with a warning, where none is to pass."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(Problem(finding.what, code=finding.code, remedy=finding.remedy) for finding in findings)
        self.findings = findings


@dataclass(frozen=True)
class Judged:
    """The data, what is found about it, and how old it is."""

    data: BySession
    found: tuple[Finding, ...]
    """What a workbook shows, which stays the same whenever it is made."""
    age: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of it."""
        return gravest_first((*self.found, *self.age))


def read_judged(source: Source, frames: Iterable[str], so: str, wanted: Wanted) -> Judged:
    """Read a source for a use that needs `frames`, as it was known on the day that is asked for. What is too old is refused."""
    data = BySession(source.desk(frames, so))
    if wanted.as_of is not None:
        data = known_as_of(data, wanted.as_of)
    elif wanted.max_age is not None and wanted.today is not None:
        age = sessions_since(data, wanted.today)
        if age > wanted.max_age:
            ends = f"the data ends {day(data.timetable.as_of)}, {counted(age, 'session')} ago"
            raise DataError([Problem(f"{ends}; --max-age allows {wanted.max_age}", code="old")])
    aged = () if wanted.today is None or wanted.as_of is not None else tuple(old(data, wanted.today))
    judged = Judged(data, judge(data), aged)
    if wanted.strict and judged.findings:
        raise Warned(judged.findings)
    return judged


def checked(source: Source, wanted: Wanted) -> tuple[Finding, ...]:
    """Everything that is found about a source's data. Public positions are no desk's data: only a release can be overdue."""
    if source.frames:
        return read_judged(source, (), "", wanted).findings
    from xlsig.sources.cftc import CftcData, published

    data = source.read()
    if not isinstance(data, CftcData) or wanted.today is None or wanted.as_of is not None:
        return ()
    following = published(data.as_of + dt.timedelta(days=7)).date()
    if following >= wanted.today:
        return ()
    what = f"the last report is of {day(data.as_of)}, and the next one was due on {day(following)}."
    return (Finding("warned", "cftc", "old", what, "download the newer reports"),)


def known_as_of(data: BySession, asked: str) -> BySession:
    """The data as if nothing after a session were known: the last on or before a date, or the last that all inputs cover.

    A date after the last row is refused.
    """
    timetable = data.timetable
    if asked == COMPLETE:
        return BySession(data.desk.known_on(all_cover(data)))
    try:
        wanted = dt.date.fromisoformat(asked)
    except ValueError:
        raise DataError(f"--as-of takes a date such as 2025-01-03, or {COMPLETE}; it says {asked}") from None
    row = int(np.searchsorted(timetable.home, np.datetime64(wanted), side="right")) - 1
    if row < 0:
        raise DataError(f"the data begins {day(timetable.home[0])}: nothing is known as of {day(wanted)}")
    if wanted > timetable.as_of and timetable.trades_by(wanted):
        ends = f"the data ends {day(timetable.as_of)}: nothing is known as of {day(wanted)}"
        raise DataError([Problem(ends, remedy=f"--as-of {timetable.as_of}")])
    return BySession(data.desk.known_on(timetable.home[row].item()))
