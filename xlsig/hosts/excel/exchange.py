"""What Excel hands over through COM as cells, and answers as Excel takes them. Pure: no COM here.

pywin32 brings numbers as float, blanks as None, and blocks as tuples of tuples, whether they were sent as variants or as doubles. An error
cell is an int there, which no number of a sheet is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np

from xlsig.errors import VALUE, SignalError
from xlsig.functions.cells import Numbers, WholeColumn
from xlsig.functions.spec import Function
from xlsig.grid.contents import ERROR_NUMBERS, CellResult, ErrorCell
from xlsig.hosts.excel.contract import ERROR_BASE, FIRST_ERROR, LAST_ERROR, OMITTED, WHOLE_COLUMN

_CODES: Final = {ERROR_BASE + number: code for code, number in ERROR_NUMBERS.items()}
_NUMBERS: Final = {code: ERROR_BASE + number for code, number in ERROR_NUMBERS.items()}
_UNKNOWN: Final = "#UNKNOWN!"
_NUMERIC: Final = ("series", "dates")
_PLAIN: Final = (float, str, bool, Decimal, dt.datetime, ErrorCell)

Sent = float | int | str | bool | list[list[float | int | str | bool]]


def error_number(code: str) -> int:
    """The Long that stands for an error cell.

    >>> error_number("#N/A")
    -2146826246
    """
    return _NUMBERS.get(code, _NUMBERS[VALUE])


def read_all(function: Function, arguments: Sequence[Any]) -> list[Any]:
    """The arguments of a call as cells; the omitted ones at its end are left off."""
    numeric = [not function.variadic and argument.kind in _NUMERIC for argument in function.arguments]
    cells = [read(value, numeric=at < len(numeric) and numeric[at]) for at, value in enumerate(arguments)]
    while cells and arguments[len(cells) - 1] == OMITTED:
        cells.pop()
    return cells


def read(value: Any, *, numeric: bool = False) -> Any:
    """One argument as cells: a scalar, rows of cells, a `WholeColumn`, or None where it was omitted or blank.

    A column that holds nothing but numbers comes as `Numbers` where the argument is `numeric`.

    >>> read(-2146826281), read((1.0, -2146826246))
    (ErrorCell(code='#DIV/0!', message=''), ((1.0, ErrorCell(code='#N/A', message='')),))
    """
    if not isinstance(value, tuple):
        return _cell(value)
    if len(value) == 2 and value[0] == WHOLE_COLUMN:
        return WholeColumn(_block(value[1])) if isinstance(value[1], tuple) else _cell(value[1])
    if not value:
        return None
    return _block(value, numeric=numeric)


def _block(rows: tuple[Any, ...], *, numeric: bool = False) -> Any:
    if not isinstance(rows[0], tuple):
        rows = (rows,)  # a computed array of one dimension is a row
    if len(rows[0]) == 1:
        flat = [row[0] for row in rows]
        kinds = set(map(type, flat))
        if numeric and kinds == {float}:
            return Numbers(np.array(flat))
    else:
        kinds = {kind for row in rows for kind in set(map(type, row))}
    if kinds <= {float, str, bool, type(None)}:
        return rows
    return tuple(tuple(map(_cell, row)) for row in rows)


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, int):
        if value == OMITTED:
            return None
        return ErrorCell(_CODES.get(value, _UNKNOWN)) if FIRST_ERROR <= value <= LAST_ERROR else float(value)
    raise SignalError(VALUE, f"an argument must be cells, and one is {type(value).__name__}")


def written(answer: CellResult) -> Sent:
    """An answer as Excel takes it: numbers are floats, so that an int is always an error.

    >>> written([[2, ErrorCell("#N/A")]])
    [[2.0, -2146826246]]
    """
    if isinstance(answer, list):
        return [list(map(_sent, row)) for row in answer]  # of a tuple, pywin32 would return the first row alone
    return _sent(answer)


def _sent(value: Any) -> float | int | str | bool:
    if isinstance(value, ErrorCell):
        return error_number(value.code)
    return value if isinstance(value, bool | str) else float(value)
