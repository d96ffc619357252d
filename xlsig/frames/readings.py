"""Cells to dates, words and flags. Nothing is guessed: what can be read in two ways is refused."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from typing import Any

from xlsig.grid.contents import EPOCH, is_missing

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_NAME = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})[- ](\d{4})")
_TWO_NUMBERS_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*|\d{1,2}[- .]?[A-Za-z]{3,9}[- .]?\d{2,4}\b.*|(?:19|20)\d{6}")

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_FIRST_DAY, _LAST_DAY = dt.date(1950, 1, 1), dt.date(2100, 12, 31)
_FIRST_SERIAL, _LAST_SERIAL = 61, 73_415
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

_DAY_MONTH = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y")
_FORMATS = (
    *_DAY_MONTH,
    *(written.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m") for written in _DAY_MONTH),
    *("%d-%b-%y", "%d %b %y", "%d%b%Y", "%d%b%y", "%b %d, %Y", "%B %d, %Y", "%d. %B %Y", "%d-%b-%Y", "%d %b %Y", "%b %d %Y"),
    *("%Y%m%d", "%y%m%d", "%Y-%m-%d"),
)
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")


class CellError(ValueError):
    """A cell that cannot be read; the message completes "column close: …".

    `settings` are those of the file's section that would make it readable, `code` the fixed word of the fault.
    """

    def __init__(self, message: str, settings: Mapping[str, Any] | None = None, code: str = "unread") -> None:
        super().__init__(message)
        self.settings, self.code = dict(settings or {}), code


@dataclass(frozen=True)
class Unstored:
    """What stands for a formula whose value the file does not hold."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True)
class Reading:
    """The rules one file is read by: text cells or typed ones, how dates and numbers are written, what is missing."""

    text: bool = False
    date_format: str | None = None
    decimal: str = "."
    missing: frozenset[str] = frozenset()
    thousands: str = ""
    brackets: bool = False
    percent: bool = False
    factors: Mapping[str, float] = field(default_factory=dict)
    """What a column's numbers are multiplied by, for the units of `xlsig.frames.columns`."""


def has_no_value(cell: object, words: frozenset[str] = frozenset()) -> bool:
    """Whether a file's cell has no value: the rule of all cells, its blanks stripped first, or one of the words declared to mean none."""
    bare = cell.strip() if isinstance(cell, str) else cell
    if is_missing(bare):
        return True
    return bool(words) and (bare if isinstance(bare, str) else f"{bare:g}" if isinstance(bare, float) else str(bare)) in words


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

    Without one, text must be year first (2025-01-03, 20250103, which may be a number, too) or name the month (3 Jan 2025).
    """
    day = _date(cell, reading)
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise CellError(f"dates run from {_FIRST_DAY} to {_LAST_DAY}")
    return day


def _date(cell: Any, reading: Reading) -> dt.date:
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time() and "%H" not in (reading.date_format or ""):
            settings = {"date_format": "%Y-%m-%d %H:%M:%S"}
            raise CellError("a date is wanted, without a time of day; if the time says nothing, declare a format with one", settings)
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if reading.date_format == "excel":
        return _serial_date(cell)
    words = cell.strip() if isinstance(cell, str) else _digits(cell)
    if reading.date_format and (isinstance(cell, str) or not _COMPACT.fullmatch(words)):
        return _formatted_date(words, reading.date_format)
    if not isinstance(cell, str) and not _COMPACT.fullmatch(words):
        serial = words.isdigit() and _FIRST_SERIAL <= int(words) <= _LAST_SERIAL
        settings = {"date_format": "excel"} if serial else {}
        raise CellError('not a date; for serial numbers declare date_format = "excel"', settings)
    return _plain_date(words)


def whole(cell: Any) -> int | None:
    """The whole number that a cell of a typed file is; None if it is anything else."""
    if isinstance(cell, bool) or not isinstance(cell, Real | Decimal):
        return None
    number = float(cell)
    return int(number) if number.is_integer() else None


def _digits(cell: Any) -> str:
    """A whole number's digits; the text of anything else."""
    number = whole(cell)
    return str(cell) if number is None else str(number)


def _serial_date(cell: Any) -> dt.date:
    try:
        serial = math.nan if isinstance(cell, bool) else float(cell)
    except (TypeError, ValueError):
        serial = math.nan
    if not (_FIRST_SERIAL <= serial <= _LAST_SERIAL and serial.is_integer()):
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


def looks_like_a_date(cell: Any) -> bool:
    """Whether a cell is a date, in whatever way it may be written."""
    return isinstance(cell, dt.date) or bool(_LIKE_A_DATE.fullmatch(cell.strip() if isinstance(cell, str) else _digits(cell)))


def formats_of(cells: Iterable[str]) -> list[str]:
    """The formats in which every one of the texts is a date of our time; "excel" where they are the serial numbers of days."""
    texts = list(dict.fromkeys(cell.strip() for cell in cells))
    if texts and all(text.isdigit() and 20_000 <= int(text) <= _LAST_SERIAL for text in texts):
        return ["excel"]
    return [shown for written in _FORMATS for time in _TIMES if texts and _all_are((shown := written + time), texts)]


def _all_are(date_format: str, texts: Sequence[str]) -> bool:
    try:
        return all(_FIRST_DAY <= dt.datetime.strptime(text, date_format).date() <= _LAST_DAY for text in texts)
    except ValueError:
        return False


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
