"""Values inside a formula: how Excel turns one kind into another and how it orders them. Where that is not certain, there is no value."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import Final, TypeGuard

from xlsig.errors import NUM, VALUE, SignalError
from xlsig.grid.contents import EPOCH, LAST_SERIAL, Cell, ErrorCell, serial

Value = Cell | None
Block = list[list[Value]]

LONGEST_TEXT = 32_767
_FIRST_SURE_SERIAL = 61  # 1 March 1900: before it Excel counts a day that never was, and Calc does not
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?%?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"[^\W\d_]+")
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_DAYS = [name.lower() for name in calendar.day_name]
_WORDS_OF_NUMBERS = {"e", "a", "p", "am", "pm", "sept", *_MONTHS, *_DAYS, *(name[:3] for name in _MONTHS + _DAYS)}
_EXACT = Context(prec=800)


class Uncomputable(Exception):  # noqa: N818 (it is a state of a cell, and the contract's name)
    """Why a formula has no value here; nothing is guessed in its place. `reason` says it, `where` names the cell that it began in."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason, where)
        self.reason = reason
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" if self.where else self.reason


class Omitted:
    """An argument left empty between two commas."""


OMITTED: Final = Omitted()


def is_number(value: object) -> TypeGuard[float | int]:
    """Whether a value is a number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def finite(number: float) -> float:
    """The number, or #NUM! where it is too large for a cell."""
    if number != number or number in (float("inf"), float("-inf")):
        raise SignalError(NUM, "the result is too large for a cell")
    return number


def failing(error: ErrorCell) -> SignalError:
    """An error cell as the error that it spreads."""
    return SignalError(error.code, error.message)


def as_number(value: Value) -> float:
    """A number as arithmetic reads it: a blank is 0, TRUE is 1, text counts if it is a plain number, a percentage or an ISO date."""
    if isinstance(value, float):
        return value
    if value is None:
        return 0.0
    if isinstance(value, ErrorCell):
        raise failing(value)
    if isinstance(value, str):
        number = number_in(value)
        if number is None:
            raise SignalError(VALUE, f"{value[:40]!r} is not a number")
        return number
    return float(value)


def number_in(text: str) -> float | None:
    """The number that English Excel reads in a text; None if there is surely none."""
    stripped = text.strip(" ")
    if _PLAIN_NUMBER.fullmatch(stripped):
        number = float(stripped[:-1]) / 100 if stripped.endswith("%") else float(stripped)
        if number not in (float("inf"), float("-inf")):
            return number
    if _ISO_DAY.fullmatch(stripped):
        try:
            return float(_sure(serial(dt.date.fromisoformat(stripped))))
        except ValueError:
            pass
    if not any(sign.isdigit() for sign in stripped) or any(word.lower() not in _WORDS_OF_NUMBERS for word in _WORD.findall(stripped)):
        return None
    raise Uncomputable(f"the text {text[:40]!r} may or may not be read as a number")


def as_truth(value: Value) -> bool:
    """A condition: a number other than 0 is true, a blank is false."""
    if isinstance(value, str):
        if value.strip().upper() in ("TRUE", "FALSE"):
            raise Uncomputable(f"the text {value!r} stands where a condition is asked for")
        raise SignalError(VALUE, f"{value[:40]!r} is neither TRUE nor FALSE")
    return as_number(value) != 0


def as_text(value: Value) -> str:
    """A text as & reads it: numbers in Excel's General format, a blank as empty text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, ErrorCell):
        raise failing(value)
    if isinstance(value, bool):
        return str(value).upper()
    return _general(float(value))


def _general(number: float) -> str:
    shown = f"{number + 0.0:.15g}"
    if "e" in shown or (number and abs(number) < 1e-4):
        raise Uncomputable(f"the number {number!r} as text may or may not have an exponent")
    return "0" if shown == "-0" else shown


def short(text: str) -> str:
    """The text, or #VALUE! where it is longer than a cell takes."""
    if len(text) > LONGEST_TEXT:
        raise SignalError(VALUE, f"a text of {len(text)} characters is longer than a cell takes")
    return text


def whole(number: float) -> int:
    """A count or an index, cut to a whole number."""
    if number < 0 and number % 1:
        raise Uncomputable(f"{number!r} stands where a whole number is asked for")
    return int(number)


def rounded(number: float, digits: int, rounding: str) -> Decimal:
    """A number rounded in decimal, as Excel does; no value where its 15 digits and its full digits round differently."""
    if digits > 300 or digits < -300:
        raise Uncomputable(f"rounding to {digits} digits")
    step = Decimal(1).scaleb(-digits)
    near = Decimal(f"{number:.15g}").quantize(step, rounding, _EXACT)
    if near != Decimal(repr(float(number))).quantize(step, rounding, _EXACT):
        raise Uncomputable(f"{number!r} lies too close to a rounding limit")
    return near


HALF_AWAY, AWAY, TOWARDS, DOWN, UP = ROUND_HALF_UP, ROUND_UP, ROUND_DOWN, ROUND_FLOOR, ROUND_CEILING


def as_day(value: Value) -> dt.date:
    """The day of a serial; its time is dropped. #NUM! outside Excel's calendar, no value before March 1900."""
    number = as_number(value)
    if number < 0 or number >= LAST_SERIAL + 1:
        raise SignalError(NUM, f"{number:g} is not a date's serial")
    return EPOCH + dt.timedelta(days=_sure(int(number)))


def as_serial(days_from_origin: int) -> int:
    """A day's serial, #NUM! outside Excel's calendar, no value before March 1900."""
    if days_from_origin < 0 or days_from_origin > LAST_SERIAL:
        raise SignalError(NUM, "the date is outside Excel's calendar")
    return _sure(days_from_origin)


def _sure(number: int) -> int:
    if number < _FIRST_SURE_SERIAL:
        raise Uncomputable("spreadsheets differ on dates before March 1900")
    return number


def alike(left: float, right: float) -> bool:
    """Whether two numbers are equal as Excel compares them: to 15 significant digits."""
    if left == right:
        return True
    return abs(left - right) <= 1e-14 * abs(left) and f"{left:.15g}" == f"{right:.15g}"


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal: text in either case, a blank equals 0, FALSE and empty text."""
    one, other = _facing(left, right), _facing(right, left)
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, str) or isinstance(other, str):
        return type(one) is type(other) and one == other
    return alike(float(one), float(other))


def below(left: Value, right: Value) -> bool:
    """Whether a value comes before another: numbers, then text, then booleans."""
    one, other = _facing(left, right), _facing(right, left)
    if _rank(one) != _rank(other):
        return _rank(one) < _rank(other)
    if isinstance(one, str) and isinstance(other, str):
        return _text_below(one.lower(), other.lower())
    return not equal(one, other) and float(one) < float(other)


def _facing(value: Value, other: Value) -> float | int | str | bool:
    """What a value is when compared with another: a blank takes the other's kind."""
    if isinstance(value, ErrorCell):
        raise failing(value)
    if value is not None:
        return value
    if isinstance(other, str):
        return ""
    return False if isinstance(other, bool) else 0.0


def _rank(value: float | int | str | bool) -> int:
    if isinstance(value, bool):
        return 2
    return 1 if isinstance(value, str) else 0


def _text_below(one: str, other: str) -> bool:
    """Order of two texts, where every collation agrees: they part at a letter, digit or space of English, or one begins the other."""
    for left, right in zip(one, other, strict=False):
        if left != right:
            if all(sign.isascii() and (sign.isalnum() or sign == " ") for sign in (left, right)):
                return left < right
            raise Uncomputable(f"the order of {one[:40]!r} and {other[:40]!r} depends on the language")
    return len(one) < len(other)
