"""Exchange sessions, from exchange_calendars opened with bounds that do not move with today, and the days of the Federal Reserve."""

from __future__ import annotations

import csv
import datetime as dt
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import NA, VALUE, SignalError

RELEASE_YEAR = 2026
"""Calendars are read to the end of the second year after this one, so that an answer does not depend on today."""

EARLIEST = np.datetime64("1990-01-01")
LATEST = np.datetime64(f"{RELEASE_YEAR + 2}-12-31")

Days = NDArray[np.datetime64]


def sessions(mic: str, first: np.datetime64 | dt.date, last: np.datetime64 | dt.date) -> Days:
    """The exchange's sessions from `first` to `last`, both included, as an ascending datetime64[D] array.

    `mic` is an exchange code such as XNYS (case ignored). An unknown one is `#VALUE!`; a date outside what the calendar
    covers is `#N/A` naming the calendar and its range: sessions are never guessed.
    """
    lower, upper = np.array([first, last], dtype="datetime64[D]")
    if np.isnat(lower) or np.isnat(upper):
        raise SignalError(VALUE, "a calendar needs a first and a last date")
    name = mic.strip().upper()
    days, start, end = _opened(name)
    if lower < start or upper > end:
        outside = lower if lower < start else upper
        raise SignalError(NA, f"the calendar {name} covers {start} to {end}: it says nothing about {outside}")
    return days[np.searchsorted(days, lower) : np.searchsorted(days, upper, side="right")]


def coverage(mic: str) -> tuple[dt.date, dt.date]:
    """The first and last date that the calendar answers for."""
    _, start, end = _opened(mic.strip().upper())
    return dt.date.fromisoformat(str(start)), dt.date.fromisoformat(str(end))


@lru_cache(maxsize=64)
def _opened(name: str) -> tuple[Days, np.datetime64, np.datetime64]:
    """All sessions of a calendar (read-only) and the first and last date it covers."""
    import exchange_calendars as ec
    from exchange_calendars.calendar_utils import global_calendar_dispatcher as dispatcher
    from exchange_calendars.errors import InvalidCalendarName

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
    return days, start, end


def fomc_dates(scheduled_only: bool = False) -> tuple[dt.date, ...]:
    """The announcement dates, oldest first; with `scheduled_only`, without the two unscheduled ones of March 2020."""
    with (Path(__file__).parent / "data" / "fomc_dates.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = (row for row in rows if row["scheduled"] == "1" or not scheduled_only)
    return tuple(dt.date.fromisoformat(row["announcement_date"]) for row in kept)
