"""Excel's functions of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from xlsig.errors import VALUE, SignalError
from xlsig.formulas.values import HALF_AWAY, LONGEST_TEXT, Uncomputable, Value, as_day, as_number, as_text, number_in, rounded, short, whole

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


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
        return short(signs.replace(wanted, by)) if wanted else signs
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
