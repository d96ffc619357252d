"""Cells to dates, numbers, words and flags. Nothing is guessed: what can be read in two ways is refused."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any

from xlsig.grid.contents import EPOCH

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_NAME = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})[- ](\d{4})")
_TWO_NUMBERS_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+")
_ONE_MARK = re.compile(r"[+-]?\d*([.,])\d*(?:[eE][+-]?\d+)?")

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_FIRST_DAY, _LAST_DAY = dt.date(1950, 1, 1), dt.date(2100, 12, 31)
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class CellError(ValueError):
    """A cell that cannot be read; the message completes "column close: …"."""


@dataclass(frozen=True)
class Reading:
    """The rules one file is read by: text cells or typed ones, how dates and decimals are written, what is missing."""

    text: bool = False
    date_format: str | None = None
    decimal: str = "."
    missing: frozenset[str] = frozenset()


def is_missing(cell: object, words: frozenset[str] = frozenset()) -> bool:
    """No value: None, NaN, NaT, blank text, text beginning "#N/A", or one of the words declared to mean none."""
    if cell is None:
        return True
    if isinstance(cell, str):
        stripped = cell.strip()
        return not stripped or stripped.startswith("#N/A") or stripped in words
    return bool(cell != cell)  # NaN and NaT differ from themselves


def each(cells: Sequence[Any], parse: Callable[[Any], Any], refuse: Callable[[int, CellError], None]) -> list[Any]:
    """Every cell parsed; where one cannot be read `refuse` is told its place, and None stands."""
    known: dict[tuple[type, Any], Any] = {}
    parsed = []
    for at, cell in enumerate(cells):
        key = (cell.__class__, cell)
        if key not in known:
            try:
                known[key] = parse(cell)
            except CellError as problem:
                known[key] = problem
        value = known[key]
        if isinstance(value, CellError):
            refuse(at, value)
            value = None
        parsed.append(value)
    return parsed


def date(cell: Any, reading: Reading) -> dt.date:
    """A date: a date cell, or text in the declared format.

    Without one, text must be year first (2025-01-03, 20250103) or name the month (3 Jan 2025).
    """
    day = _date(cell, reading)
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise CellError(f"dates run from {_FIRST_DAY} to {_LAST_DAY}")
    return day


def _date(cell: Any, reading: Reading) -> dt.date:
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time():
            raise CellError("a date is wanted, without a time of day")
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if reading.date_format == "excel":
        return _serial_date(cell, reading)
    if not isinstance(cell, str):
        raise CellError('not a date; for serial numbers declare date_format = "excel"')
    words = cell.strip()
    return _formatted_date(words, reading.date_format) if reading.date_format else _plain_date(words)


def _serial_date(cell: Any, reading: Reading) -> dt.date:
    serial = number(cell, reading)
    if serial != int(serial) or not 61 <= serial <= 73_415:
        raise CellError("not the serial number of a day")
    return EPOCH + dt.timedelta(days=int(serial))


def _formatted_date(words: str, date_format: str) -> dt.date:
    try:
        return dt.datetime.strptime(words, date_format).date()
    except ValueError:
        raise CellError(f"not a date in the declared format {date_format}") from None


def _plain_date(words: str) -> dt.date:
    if found := _YEAR_FIRST.fullmatch(words):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _COMPACT.fullmatch(words):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_NAME.fullmatch(words):
        name = found[2].lower()
        for month, full in enumerate(_MONTHS, start=1):
            if name in (full, full[:3]):
                return _day(int(found[3]), month, int(found[1]))
    if _TWO_NUMBERS_FIRST.fullmatch(words):
        raise CellError("the order of day, month and year is ambiguous; declare date_format, such as %d/%m/%Y")
    raise CellError("not a date; write 2025-01-03 or declare date_format")


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise CellError("there is no such day") from None


def number(cell: Any, reading: Reading) -> float:
    """A finite number. In a file whose cells have types, a number stored as text is text and is refused."""
    if cell.__class__ is float and not math.isinf(cell):
        return float(cell)
    if isinstance(cell, str):
        if not reading.text:
            raise CellError("text in a number column")
        words = cell.strip()
        plain = words.replace(",", ".") if reading.decimal == "," and "." not in words else words
        wrong_mark = reading.decimal == "," and "." in words
        if wrong_mark or not _NUMBER.fullmatch(plain):
            raise CellError(f"text in a number column (the decimal mark is {reading.decimal!r})")
        value = float(plain)
    elif isinstance(cell, Real | Decimal) and not isinstance(cell, bool):
        value = float(cell)
    else:
        raise CellError(f"not a number but {_kind(cell)}")
    if math.isinf(value):
        raise CellError("not a finite number")
    return value


def _kind(cell: object) -> str:
    if isinstance(cell, bool):
        return "a truth value"
    return "a date" if isinstance(cell, dt.date) else "something else"


def flag(cell: Any) -> bool:
    """TRUE or FALSE (also yes/no, 1/0)."""
    words = f"{cell:g}" if isinstance(cell, float) else str(cell).strip().casefold()
    if words not in _FLAGS:
        raise CellError("not TRUE or FALSE")
    return _FLAGS[words]


def words(cell: Any) -> str:
    """Text without blanks around it; a number is not text."""
    if not isinstance(cell, str):
        raise CellError("text is wanted here")
    return " ".join(cell.split())


def decimal_mark(cells: Iterable[str], delimiter_is_comma: bool) -> str:
    """The decimal mark that a text file's numbers show, or raise if they leave it open.

    A number such as 1,234 or 1.234 may have a thousands mark and shows nothing; but where commas separate the
    columns, a point is the decimal mark.
    """
    shown, open_ = set(), ""
    for cell in cells:
        stripped = cell.strip()
        if _THOUSANDS.fullmatch(stripped) and ("," in stripped or not delimiter_is_comma):
            open_ = open_ or stripped
        elif found := _ONE_MARK.fullmatch(stripped):
            shown.add(found[1])
    if len(shown) == 1:
        return str(shown.pop())
    if shown or open_:
        why = "both , and . stand as decimal marks" if shown else f"{open_} can be read in two ways"
        raise CellError(f'{why}; declare decimal = "." or decimal = ","')
    return "."
