"""Exchange sessions, which never move with today, and the days of the Federal Reserve.

The calendars of the larger exchanges come with xlsig (`session_table`); any other is read from exchange_calendars, where that is installed.
"""

from __future__ import annotations

import datetime as dt
import os.path
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from xlsig.errors import NA, VALUE, SignalError
from xlsig.frames.session_table import Calendar, shipped, shipped_codes

if TYPE_CHECKING:
    from xlsig.signals.series import BoolArray, DateArray

RELEASE_YEAR = 2026
"""Calendars are read to the end of the second year after this one, so that an answer does not depend on today."""

EARLIEST = np.datetime64("1990-01-01")
LATEST = np.datetime64(f"{RELEASE_YEAR + 2}-12-31")

Day = np.datetime64 | dt.date


def sessions(mic: str, first: Day, last: Day) -> DateArray:
    """The exchange's sessions from `first` to `last`, both included, as an ascending datetime64[D] array.

    `mic` is an exchange code such as XNYS (case ignored). An unknown one is `#VALUE!`; a date outside what the calendar
    covers is `#N/A` naming the calendar and its range: sessions are never guessed.
    """
    calendar, (lower, upper) = _covering(mic, [first, last])
    return calendar.days[np.searchsorted(calendar.days, lower) : np.searchsorted(calendar.days, upper, side="right")]


def is_session(mic: str, days: DateArray) -> BoolArray:
    """Whether each of the days, in any order, is a session of the exchange; refused as `sessions` refuses."""
    calendar, asked = _covering(mic, days)
    at = np.searchsorted(calendar.days, asked)
    found: BoolArray = calendar.days[np.minimum(at, calendar.days.size - 1)] == asked
    return found


def session_on_or_before(mic: str, day: Day) -> dt.date:
    """The last session that is not after `day`; refused as `sessions` refuses, and where the calendar begins later."""
    calendar, asked = _covering(mic, day)
    at = int(np.searchsorted(calendar.days, asked, side="right")) - 1
    if at < 0:
        raise SignalError(NA, f"{_covers(mic, calendar)}: it has no session on or before {asked}")
    return _date(calendar.days[at])


def session_on_or_after(mic: str, day: Day) -> dt.date:
    """The first session that is not before `day`; refused as `sessions` refuses, and where the calendar ends earlier."""
    calendar, asked = _covering(mic, day)
    at = int(np.searchsorted(calendar.days, asked))
    if at == calendar.days.size:
        raise SignalError(NA, f"{_covers(mic, calendar)}: it has no session on or after {asked}")
    return _date(calendar.days[at])


def coverage(mic: str) -> tuple[dt.date, dt.date]:
    """The first and last date that the calendar answers for."""
    calendar = _opened(_code(mic))
    return _date(calendar.first), _date(calendar.last)


def _covering(mic: str, days: Any) -> tuple[Calendar, DateArray]:
    """The calendar, and the days that it is asked about, none of which is missing or outside it."""
    asked = np.asarray(days, dtype="datetime64[D]")
    if np.isnat(asked).any():
        raise SignalError(VALUE, "a calendar needs dates, and one is missing")
    calendar = _opened(_code(mic))
    outside = asked[(asked < calendar.first) | (asked > calendar.last)]
    if outside.size:
        raise SignalError(NA, f"{_covers(mic, calendar)}: it says nothing about {outside[0]}")
    return calendar, asked


def _code(mic: str) -> str:
    return mic.strip().upper()


def _covers(mic: str, calendar: Calendar) -> str:
    return f"the calendar {_code(mic)} covers {calendar.first} to {calendar.last}"


def _date(day: np.datetime64) -> dt.date:
    return dt.date.fromisoformat(str(day))


@lru_cache(maxsize=64)
def _opened(name: str) -> Calendar:
    return shipped(name) or of_exchange_calendars(name)


def of_exchange_calendars(name: str) -> Calendar:
    """The calendar as the package exchange_calendars has it, from EARLIEST to LATEST or as far as it goes there."""
    try:
        import exchange_calendars as ec
        from exchange_calendars.calendar_utils import global_calendar_dispatcher as dispatcher
        from exchange_calendars.errors import InvalidCalendarName
    except ImportError as failure:
        needed = f"the calendar {name} is read from the package exchange_calendars, which cannot be loaded here"
        raise SignalError(NA, f"{needed}; without it there are {', '.join(shipped_codes())}") from failure
    try:
        factory = dispatcher._calendar_factories[dispatcher.resolve_alias(name)]
    except (InvalidCalendarName, KeyError):
        raise SignalError(VALUE, f"{name!r} is not an exchange calendar; use an exchange code such as XNYS") from None
    try:
        earliest, latest = factory.bound_min(), factory.bound_max()
        start = EARLIEST if earliest is None else max(EARLIEST, np.datetime64(earliest, "D"))
        end = LATEST if latest is None else min(LATEST, np.datetime64(latest, "D"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's own, about later versions of pandas
            found = ec.get_calendar(name, start=str(start), end=str(end)).sessions
    except Exception as failure:  # some calendars cannot be built beside some versions of pandas
        reason = str(failure).splitlines()[0][:80] if str(failure) else type(failure).__name__
        version = f"exchange_calendars {ec.__version__}"
        raise SignalError(NA, f"the calendar {name} cannot be opened with {version} ({reason})") from failure
    days = found.to_numpy().astype("datetime64[D]")
    days.flags.writeable = False
    return Calendar(days, start, end)


def fomc_dates(scheduled_only: bool = False) -> tuple[dt.date, ...]:
    """The announcement dates, oldest first; with `scheduled_only`, without the two unscheduled ones of March 2020."""
    with open(os.path.join(os.path.dirname(__file__), "data", "fomc_dates.csv"), encoding="utf-8") as stream:
        _, *rows = (line.strip().split(",") for line in stream)
    return tuple(dt.date.fromisoformat(day) for day, scheduled in rows if scheduled == "1" or not scheduled_only)
