"""Excel's functions of text, and of dates; a date is its serial."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping

from xlsig.errors import NUM, VALUE, SignalError
from xlsig.formulas.aggregates import Given
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.values import (
    HALF_AWAY,
    LONGEST_TEXT,
    Omitted,
    Uncomputable,
    Value,
    as_day,
    as_number,
    as_serial,
    as_text,
    as_truth,
    number_in,
    rounded,
    short,
    whole,
)
from xlsig.grid.contents import EPOCH

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]

_ORIGIN = EPOCH.toordinal()
_FIRST_DAYS = {1: 6, 2: 0, 3: 0, **{kind: (kind - 11) % 7 for kind in range(11, 18)}}


def _measured(value: Value) -> str:
    """A text whose signs Excel counts as Python does."""
    text = as_text(value)
    if text and max(text) > "\uffff":
        raise Uncomputable("a text holds signs that Excel counts as two")
    return text


def _count(value: Value, least: int) -> int:
    count = whole(as_number(value))
    if count < least:
        raise SignalError(VALUE, f"{count} stands where {least} or more is asked for")
    return count


def joined(*parts: Value) -> str:
    """CONCATENATE."""
    return short("".join(map(as_text, parts)))


def strung(*operands: Given) -> str:
    """CONCAT: all texts of all cells."""
    return _strung("", False, operands)


def strung_with(sign: Value, ignores_blanks: Value, *operands: Given) -> str:
    """TEXTJOIN: all texts of all cells with a sign between them; blanks and empty texts are passed over if so asked."""
    return _strung(as_text(sign), as_truth(ignores_blanks), operands)


def _strung(between: str, passes: bool, operands: tuple[Given, ...]) -> str:
    found: list[str] = []
    length = 0
    for operand in operands:
        if isinstance(operand, Cells) and operand.beyond and not passes and between:
            raise Uncomputable("TEXTJOIN of a range with blank rows")
        for entry in operand.flat() if isinstance(operand, Cells) else [None if isinstance(operand, Omitted) else operand]:
            if isinstance(entry, bool):
                raise Uncomputable("spreadsheets differ on a boolean among texts that are joined")
            text = as_text(entry)
            if text or not passes:
                found.append(text)
                length += len(text) + len(between)
                if length - len(between) > LONGEST_TEXT:
                    raise SignalError(VALUE, "the joined text is longer than a cell takes")
    return between.join(found)


def left(text: Value, count: Value = 1) -> str:
    """LEFT."""
    return _measured(text)[: _count(count, 0)]


def right(text: Value, count: Value = 1) -> str:
    """RIGHT."""
    signs, wanted = _measured(text), _count(count, 0)
    return signs[max(0, len(signs) - wanted) :]


def middle(text: Value, start: Value, count: Value) -> str:
    """MID: from a place counted from 1."""
    signs, at, wanted = _measured(text), _count(start, 1), _count(count, 0)
    return signs[at - 1 : at - 1 + wanted]


def length(text: Value) -> int:
    """LEN."""
    return len(_measured(text))


def trimmed(text: Value) -> str:
    """TRIM: no space at the ends, single ones between words."""
    return " ".join(word for word in as_text(text).split(" ") if word)


def upper(text: Value) -> str:
    """UPPER."""
    return _same_length(as_text(text), str.upper)


def lower(text: Value) -> str:
    """LOWER."""
    return _same_length(as_text(text), str.lower)


def _same_length(text: str, change: Callable[[str], str]) -> str:
    changed = change(text)
    if len(changed) != len(text):
        raise Uncomputable(f"the case of {text[:40]!r} depends on the language")
    return changed


def substituted(text: Value, old: Value, new: Value, *which: Value) -> str:
    """SUBSTITUTE: every occurrence, or the one counted from 1; case matters."""
    signs, wanted, by = as_text(text), as_text(old), as_text(new)
    if not which:
        if wanted and len(signs) + signs.count(wanted) * (len(by) - len(wanted)) > LONGEST_TEXT:
            raise SignalError(VALUE, "the text is longer than a cell takes")
        return signs.replace(wanted, by) if wanted else signs
    nth = _count(which[0], 1)
    pieces = signs.split(wanted, nth) if wanted else [signs]
    if len(pieces) <= nth:
        return signs
    return short(wanted.join(pieces[:nth]) + by + pieces[nth])


def repeated(text: Value, count: Value) -> str:
    """REPT."""
    signs, times = as_text(text), _count(count, 0)
    if len(signs) * times > LONGEST_TEXT:
        raise SignalError(VALUE, "the repeated text is longer than a cell takes")
    return signs * times


def valued(text: Value) -> float:
    """VALUE."""
    if isinstance(text, bool):
        raise SignalError(VALUE, "a boolean is no text")
    return as_number(text)


def _decimals(digits: int, *, thousands: bool = False, percent: bool = False) -> Callable[[float], str]:
    def shown(number: float) -> str:
        step = digits + 2 if percent else digits
        decimal = rounded(number, step, HALF_AWAY)
        if decimal == 0:
            decimal = abs(decimal)  # what rounds to zero loses its sign
        if percent:
            decimal = decimal.scaleb(2)
        return f"{decimal:{',' if thousands else ''}.{digits}f}" + "%" * percent

    return shown


def _dated(shape: Callable[[dt.date], str]) -> Callable[[float], str]:
    def shown(number: float) -> str:
        if number < 0:
            raise SignalError(VALUE, f"{number:g} is not a date's serial")
        return shape(as_day(number))

    return shown


_FORMATS: Mapping[str, Callable[[float], str]] = {
    "0": _decimals(0),
    "0.0": _decimals(1),
    "0.00": _decimals(2),
    "#,##0": _decimals(0, thousands=True),
    "0%": _decimals(0, percent=True),
    "0.0%": _decimals(1, percent=True),
    "yyyy-mm-dd": _dated(dt.date.isoformat),
    "d mmmm yyyy": _dated(lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}"),
    "d mmm yyyy": _dated(lambda day: f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"),
}


def formatted(value: Value, form: Value) -> str:
    """TEXT: a number or a day in one of the formats that were checked; text stays as it is."""
    wanted = as_text(form)
    if wanted not in _FORMATS:
        raise Uncomputable(f"the format {wanted!r} was not checked")
    if isinstance(value, bool):
        raise Uncomputable("TEXT of a boolean")
    number = number_in(value) if isinstance(value, str) else as_number(value)
    return as_text(value) if number is None else _FORMATS[wanted](number)


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
