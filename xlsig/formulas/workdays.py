"""Excel's functions of workdays: Monday to Friday, without the holidays given."""

from __future__ import annotations

import datetime as dt

from xlsig.formulas.aggregates import Given
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.values import Omitted, Uncomputable, Value, as_day, as_number, as_serial, failing, is_number, whole
from xlsig.grid.contents import EPOCH, LAST_SERIAL, ErrorCell

_ORIGIN = EPOCH.toordinal()


def workdays_between(start: Value, end: Value, holidays: Given = None) -> int:
    """NETWORKDAYS: from one day to another, both counted; below zero where the second is the earlier."""
    first, last = _day(start), _day(end)
    sign = 1 if first <= last else -1
    first, last = min(first, last), max(first, last)
    free = sum(first <= day <= last for day in _holidays(holidays))
    return sign * (_weekdays_up_to(last) - _weekdays_up_to(first - dt.timedelta(days=1)) - free)


def workday_after(start: Value, days: Value, holidays: Given = None) -> int:
    """WORKDAY: so many workdays after a day, or before it where they are below zero."""
    first, free = _day(start), _holidays(holidays)
    if isinstance(days, bool | str):
        raise Uncomputable("WORKDAY of days that are no number")
    number = as_number(days)
    left = whole(abs(number)) if number % 1 == 0 or number > 0 else _refused(number)
    if left > LAST_SERIAL:
        raise Uncomputable("spreadsheets differ on days outside Excel's calendar")
    way = 1 if number > 0 else -1
    at = first.toordinal()
    passed = sorted((day.toordinal() for day in free), reverse=way < 0)
    passed = [day for day in passed if (day - at) * way > 0]
    if left:
        at = _moved(at, left * way)
        for day in passed:
            if (day - at) * way <= 0:
                at = _moved(at, way)
    if not 0 <= at - _ORIGIN <= LAST_SERIAL:
        raise Uncomputable("spreadsheets differ on days outside Excel's calendar")
    return as_serial(at - _ORIGIN)


def _refused(number: float) -> int:
    raise Uncomputable(f"{number!r} workdays")


def _moved(ordinal: int, steps: int) -> int:
    """So many weekdays after a day, or before it."""
    way = 1 if steps > 0 else -1
    weekday = (ordinal - 1) % 7
    if weekday >= 5:  # from a weekend on as from the Friday before, or the Monday behind
        ordinal += (4 - weekday) if way > 0 else (7 - weekday)
        weekday = 4 if way > 0 else 0
    weeks, rest = divmod(abs(steps), 5)
    ordinal += way * (7 * weeks + rest)
    crosses = weekday + rest > 4 if way > 0 else weekday - rest < 0
    return ordinal + (2 * way if crosses else 0)


def _weekdays_up_to(day: dt.date) -> int:
    weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
    return 5 * weeks + min(rest, 5)


def _day(value: Value) -> dt.date:
    if isinstance(value, bool):
        raise Uncomputable("a boolean stands where a date is asked for")
    return as_day(value)


def _holidays(given: Given) -> set[dt.date]:
    """The holidays that are weekdays, each once."""
    if given is None or isinstance(given, Omitted):
        return set()
    days = set()
    for entry in given.flat() if isinstance(given, Cells) else [given]:
        if isinstance(entry, ErrorCell):
            raise failing(entry)
        if entry is None:
            continue
        if not is_number(entry):
            raise Uncomputable("a holiday is no date")
        days.add(as_day(entry))
    return {day for day in days if day.weekday() < 5}
