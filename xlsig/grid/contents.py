"""What a cell can hold: its errors, its longest text, its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
