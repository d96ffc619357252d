"""What a cell can hold: values, errors, text of some length, and days as serials.

Excel counts days from 1 January 1900 and, after Lotus, a 29 February 1900 that never was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from xlsig.errors import NA

LONGEST_TEXT = 32_767
"""Signs of the longest text that a cell takes."""


ERROR_NUMBERS: Mapping[str, int] = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CONNECT!": 2046,
    "#BLOCKED!": 2047,
    "#UNKNOWN!": 2048,
    "#FIELD!": 2049,
    "#CALC!": 2050,
}
"""Excel's error values, old and new, by their CVErr number."""

ERRORS = (*ERROR_NUMBERS, "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!")
"""All error values, those too that VBA has no number for."""

EPOCH: Final = dt.date(1899, 12, 30)
"""The day that serials are counted from, for every day since 1 March 1900."""
LEAP_BUG: Final = 60
"""The serial of the day that never was. Before it serials are one lower than the days since the epoch, and spreadsheets differ."""
LAST_SERIAL: Final = 2_958_465
"""31 December 9999."""


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """An error in a cell: its code, and on the way out the sentence that explains it."""

    code: str
    message: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.code


Cell = float | int | str | bool | ErrorCell


CellResult = Cell | list[list[Cell]]
"""An answer: one cell, or rows of cells that spill."""

Plain = float | int | str | bool | ErrorCell | None
"""What a cell can hold, apart from its formula; None where it holds nothing."""


def serial(day: dt.date) -> int:
    """The Excel serial of a day (1900 system).

    >>> serial(dt.date(1900, 1, 1)), serial(dt.date(2025, 1, 3))
    (1, 45660)
    """
    days = (day - EPOCH).days
    return days if days > LEAP_BUG else days - 1


def day_of(number: float) -> dt.date:
    """The day since 1 March 1900 that a serial stands for; its time of day is dropped.

    >>> day_of(45660.75)
    datetime.date(2025, 1, 3)
    """
    return EPOCH + dt.timedelta(days=int(number))


_NO_VALUE = ("NAType", "NaTType", "MaskedConstant")
"""Kinds of pandas and of masked arrays, which are not imported for that."""


def is_missing(cell: Any) -> bool:
    """Whether a cell has no value: blank, #N/A, text that begins so, and in Python None, NaN and NaT. Blanks (' ') are text.

    >>> [is_missing(cell) for cell in (None, "", "#N/A N/A", float("nan"), ErrorCell("#N/A"), " ", 0, ErrorCell("#REF!"))]
    [True, True, True, True, True, False, False, False]
    """
    if cell is None:
        return True
    if isinstance(cell, str):
        return cell == "" or cell.startswith(NA)
    if isinstance(cell, ErrorCell):
        return cell.code == NA
    if isinstance(cell, float):
        return bool(cell != cell)
    if type(cell).__name__ in _NO_VALUE:
        return True
    if getattr(cell, "ndim", None) == 0:
        return bool(cell != cell)  # NaN, and the NaT of numpy, differ from themselves
    return isinstance(cell, Decimal) and cell.is_nan()
