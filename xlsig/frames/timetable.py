"""Which days count for a desk: the sessions of its home exchange up to the morning's last, and each region's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import SignalError
from xlsig.frames.calendar import coverage, is_session, sessions
from xlsig.frames.taxonomy import REGION_CALENDARS

if TYPE_CHECKING:
    import pandas as pd

    from xlsig.frames.desk import DeskData

Days = NDArray[np.datetime64]
Rows = NDArray[np.intp]
Bools = NDArray[np.bool_]

HOME = "North America"
"""The region whose flows are the home market's."""
_WEEK = (6, 8)
_FEWEST = 4


def days_of(frame: pd.DataFrame | None) -> Days:
    """The dates of a frame, each once, ascending."""
    if frame is None or not len(frame):
        return np.empty(0, dtype="datetime64[D]")
    return np.unique(frame["date"].to_numpy().astype("datetime64[D]"))


def is_weekly(days: Days) -> bool:
    """Whether dates lie a week apart.

    >>> is_weekly(np.array(["2025-01-03", "2025-01-10", "2025-01-17", "2025-01-31"], "M8[D]"))
    True
    """
    apart = np.diff(days).astype(np.int64)
    return days.size >= _FEWEST and bool(_WEEK[0] <= np.median(apart) <= _WEEK[1] and apart.min() >= _WEEK[0] - 1)


def _home_days(desk: DeskData) -> list[Days]:
    """The dates of each home input that has any: spreads, prices, and the home market's flows (all flows, where it has none)."""
    flows = desk.flows[desk.flows["region"] == HOME]
    inputs = (desk.spreads, desk.prices, flows if len(flows) else desk.flows)
    return [days for days in map(days_of, inputs) if days.size]


@dataclass(frozen=True)
class Timetable:
    """The days that a desk's answers count.

    `home` are the sessions of the home exchange from the first row of a home input to the last session on which one has a row; where
    the rows are a week apart, their own dates; and beyond the calendar's end, too.
    """

    calendar: str
    home: Days
    weekly: bool
    end: dt.date
    """The last day that the calendar knows."""
    regions: Mapping[str, str]
    """Each region's exchange."""

    @property
    def as_of(self) -> dt.date:
        """The session that the morning's answers are about."""
        last: dt.date = self.home[-1].item()
        return last

    @property
    def beyond(self) -> bool:
        """Whether that session lies beyond the calendar's end."""
        return not self.weekly and self.as_of > self.end

    @cached_property
    def covered(self) -> Bools:
        """The sessions that the calendar knows."""
        return np.asarray(self.weekly | (self.home <= np.datetime64(self.end)), dtype=np.bool_)

    def from_first(self, *inputs: Days) -> Days:
        """The sessions from the first day of these inputs on; all of them, where none has a row."""
        first = min((days[0] for days in inputs if days.size), default=self.home[0])
        return self.home[np.searchsorted(self.home, first) :]

    def trades_by(self, day: dt.date) -> bool:
        """Whether the exchange has a session after the last one here and up to a day, or nobody can say."""
        start = self.as_of + dt.timedelta(days=1)
        return self.weekly or day > self.end or bool(sessions(self.calendar, start, day).size)

    def rows(self, days: Days) -> Rows:
        """The number of each day's session; −1 where it is none."""
        at = np.searchsorted(self.home, days)
        inside = self.home[np.minimum(at, self.home.size - 1)] == days
        return np.where(inside, at, -1)

    def carried(self, days: Days) -> Rows:
        """The number of the session in which each day counts: its own, or the next one; −1 where that is not known yet."""
        at = np.searchsorted(self.home, days)
        return np.where(at < self.home.size, at, -1)

    def open(self, region: str) -> Bools:
        """The sessions on which a region trades, too. Beyond its calendar's end nothing is known to be shut."""
        if self.weekly:
            return np.ones(self.home.size, dtype=np.bool_)
        name = self.regions[region]
        start, end = (np.datetime64(bound) for bound in coverage(name))
        known = np.flatnonzero((self.home >= start) & (self.home <= end))
        opened = np.ones(self.home.size, dtype=np.bool_)
        if known.size:
            opened[known] = is_session(name, self.home[known])
        return opened


def timetable_of(desk: DeskData) -> Timetable:
    """The timetable of a desk's data."""
    given = _home_days(desk)
    days = np.unique(np.concatenate(given)) if given else _any_days(desk)
    _, end = coverage(desk.calendar)
    weekly = bool(given) and all(map(is_weekly, given))
    return Timetable(desk.calendar, days if weekly else _home(desk.calendar, days), weekly, end, {**REGION_CALENDARS, **desk.calendars})


def _any_days(desk: DeskData) -> Days:
    found = [days_of(frame) for frame in (desk.contracts, desk.squeeze)]
    return np.unique(np.concatenate(found))


def _home(calendar: str, days: Days) -> Days:
    """The calendar's sessions up to the last on which there is a row; days outside what it covers stand for themselves."""
    start, end = (np.datetime64(bound) for bound in coverage(calendar))
    inside = days[(days >= start) & (days <= end)]
    outside = days[(days < start) | (days > end)]
    found = [outside]
    if inside.size:
        scheduled = sessions(calendar, inside[0], inside[-1])
        met = np.flatnonzero(np.isin(scheduled, inside))
        if met.size:
            found.append(scheduled if outside.size and outside[-1] > end else scheduled[: met[-1] + 1])
        elif not outside.size:
            found.append(inside)  # no row stands on a session: the rows' own days are all there is
    return np.unique(np.concatenate(found))


def ends_before(calendar: str, day: dt.date) -> dt.date | None:
    """A calendar's last day, if that is before the day; None if it is not, or nobody knows the calendar."""
    try:
        _, end = coverage(calendar)
    except SignalError:
        return None
    return end if end < day else None


def between(home: Days, earlier: dt.date, later: dt.date) -> int:
    """How many sessions lie after one day and up to another."""
    return int(np.count_nonzero((home > np.datetime64(earlier)) & (home <= np.datetime64(later))))
