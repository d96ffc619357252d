"""Excel's functions of dates; a date is its serial."""

from __future__ import annotations

import calendar
import datetime as dt

from xlsig.errors import NUM, VALUE, SignalError
from xlsig.formulas.values import Uncomputable, Value, as_day, as_number, as_serial, as_text, whole
from xlsig.grid.serials import EPOCH

_ORIGIN = EPOCH.toordinal()
_FIRST_DAYS = {1: 6, 2: 0, 3: 0, **{kind: (kind - 11) % 7 for kind in range(11, 18)}}


def date(year: Value, month: Value, day: Value) -> int:
    """DATE: months and days beyond their year or month run on."""
    years, months, days = (whole(as_number(part)) for part in (year, month, day))
    if years < 0 or years >= 10_000:
        raise SignalError(NUM, f"{years} is not a year of Excel's calendar")
    first = _first_of(years + 1900 if years < 1900 else years, months - 1)
    return as_serial(first.toordinal() + days - 1 - _ORIGIN)


def _first_of(year: int, months: int) -> dt.date:
    """The first day of the month so many months after January of a year."""
    try:
        return dt.date(year + months // 12, months % 12 + 1, 1)
    except (ValueError, OverflowError):
        raise SignalError(NUM, "the date is outside Excel's calendar") from None


def year(serial: Value) -> int:
    """YEAR."""
    return as_day(serial).year


def month(serial: Value) -> int:
    """MONTH."""
    return as_day(serial).month


def day(serial: Value) -> int:
    """DAY."""
    return as_day(serial).day


def complete(start: Value, end: Value, unit: Value) -> int:
    """DATEDIF: complete years ("y"), months ("m") or days ("d") from a day to a later one."""
    first, last = as_day(start), as_day(end)
    if first > last:
        raise SignalError(NUM, f"{first} is after {last}")
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    answers = {"y": months // 12, "m": months, "d": (last - first).days}
    wanted = as_text(unit).lower()
    if wanted not in answers:
        raise Uncomputable(f"DATEDIF's unit {wanted!r} was not checked")
    return answers[wanted]


def months_later(start: Value, months: Value) -> int:
    """EDATE: the same day of another month, or that month's last."""
    first = _start(start, months)
    target = _first_of(first.year, first.month - 1 + whole(as_number(months)))
    return as_serial(target.toordinal() + min(first.day, _days_in(target)) - 1 - _ORIGIN)


def month_end(start: Value, months: Value) -> int:
    """EOMONTH: the last day of another month."""
    first = _start(start, months)
    target = _first_of(first.year, first.month - 1 + whole(as_number(months)))
    return as_serial(target.toordinal() + _days_in(target) - 1 - _ORIGIN)


def _start(start: Value, months: Value) -> dt.date:
    if isinstance(start, bool) or isinstance(months, bool):
        raise SignalError(VALUE, "a boolean is no date and no number of months")
    return as_day(start)


def _days_in(day: dt.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def weekday(serial: Value, kind: Value = 1) -> int:
    """WEEKDAY: 1 is Sunday; kind 2 and 11 to 17 start on another day, kind 3 counts from Monday as 0."""
    wanted = whole(as_number(kind))
    if wanted not in _FIRST_DAYS:
        raise SignalError(NUM, f"{wanted} is no way to count weekdays")
    return (as_day(serial).weekday() - _FIRST_DAYS[wanted]) % 7 + (wanted != 3)
