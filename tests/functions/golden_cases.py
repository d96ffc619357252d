"""Golden cases as a spreadsheet hands them over, and what it means that an answer agrees with one."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from xlsig.functions.golden import Case, GoldenCell, GoldenError, GoldenScalar
from xlsig.grid.contents import ErrorCell

FIRST_OF_MARCH_1900 = 61


def serial(day: dt.date) -> int:
    """The day as Excel counts it from 1 March 1900 on (before that it counts a 29 February too few)."""
    return FIRST_OF_MARCH_1900 + (day - dt.date(1900, 3, 1)).days


def _handed_over(cell: GoldenScalar) -> Any:
    if isinstance(cell, GoldenError):
        return ErrorCell(cell.code)
    return serial(cell) if isinstance(cell, dt.date) else cell


def handed_over(cell: GoldenCell) -> Any:
    """What a spreadsheet hands over for this cell or range: serials for dates, marked errors, lists of rows."""
    if isinstance(cell, tuple):
        return [[_handed_over(each) for each in row] for row in cell]
    return _handed_over(cell)


def arguments(case: Case) -> list[Any]:
    """All arguments of a case as a spreadsheet hands them over."""
    return [handed_over(each) for each in case.arguments]


def _same_cell(expected: Any, got: Any) -> bool:
    if isinstance(expected, ErrorCell):
        return isinstance(got, ErrorCell) and got.code == expected.code
    if isinstance(expected, bool) or isinstance(got, bool) or isinstance(expected, str):
        return type(expected) is type(got) and bool(expected == got)
    return isinstance(got, int | float) and math.isclose(expected, got, rel_tol=1e-9, abs_tol=1e-12)


def _as_range(cells: Any) -> list[list[Any]]:
    return cells if isinstance(cells, list) else [[cells]]


def agrees(case: Case, got: Any) -> bool:
    """The answer has the expected shape and in each cell the expected code, word or number (1e-9, near zero 1e-12)."""
    expected, answered = _as_range(handed_over(case.expected)), _as_range(got)
    return [len(row) for row in expected] == [len(row) for row in answered] and all(
        _same_cell(one, other) for row, other_row in zip(expected, answered, strict=True) for one, other in zip(row, other_row, strict=True)
    )
