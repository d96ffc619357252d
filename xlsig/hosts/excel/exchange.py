"""What Excel's add-in asks, what it hands over through COM as cells, and answers as Excel takes them. Pure: no COM here.

pywin32 brings numbers as float, blanks as None, and blocks as tuples of tuples, whether they were sent as variants or as doubles. An error
cell is an int there, which no number of a sheet is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

import numpy as np

from xlsig.errors import VALUE, SignalError
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.cells import Numbers, WholeColumn
from xlsig.functions.spec import Function
from xlsig.grid.contents import ERROR_NUMBERS, CellResult, ErrorCell
from xlsig.hosts import answering
from xlsig.hosts.answer_log import Log
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel.contract import ERROR_BASE, FIRST_ERROR, LAST_ERROR, OMITTED, PROTOCOL, WHOLE_COLUMN

_CODES: Final = {ERROR_BASE + number: code for code, number in ERROR_NUMBERS.items()}
_NUMBERS: Final = {code: ERROR_BASE + number for code, number in ERROR_NUMBERS.items()}
_UNKNOWN: Final = "#UNKNOWN!"
_CELL_TYPES: Final = (float, str, bool, Decimal, dt.datetime, ErrorCell)

Written = float | int | str | bool | list[list[float | int | str | bool]]


def hello(protocol: int) -> str:
    """Which xlsig answers; a RefusedError where the add-in was made by another one."""
    version = CATALOGUE["XLSIG_VERSION"]()
    if protocol != PROTOCOL:
        raise RefusedError(
            f"The add-in in Excel and xlsig {version} do not fit together: run xlsig install --host excel again, then restart Excel."
        )
    return f"xlsig {version}"


def answer(name: str, arguments: Sequence[Any], log: Log) -> Written:
    """A function's answer for a cell."""
    function = _function(name)
    cell: Written = answering.answer(function, partial(read_all, function), written, log, arguments)
    return cell


def sentence(name: str, arguments: Sequence[Any], log: Log) -> str:
    """What EXPLAIN says of a call."""
    function = _function(name)
    return answering.sentence(function, partial(read_all, function), log, arguments)


def _function(name: str) -> Function:
    function = CATALOGUE.get(name)
    if function is None:
        raise RefusedError(f"xlsig has no function {name[:40]}: run xlsig install --host excel again, then restart Excel.")
    return function


def error_number(code: str) -> int:
    """The Long that stands for an error cell.

    >>> error_number("#N/A")
    -2146826246
    """
    return _NUMBERS.get(code, _NUMBERS[VALUE])


def read_all(function: Function, arguments: Sequence[Any]) -> list[Any]:
    """The arguments of a call as cells; the omitted ones at its end are left off."""
    cells = [read(value, numeric=answering.takes_numbers(function, at)) for at, value in enumerate(arguments)]
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
        return _read_cell(value)
    if len(value) == 2 and value[0] == WHOLE_COLUMN:
        return WholeColumn(_block(value[1])) if isinstance(value[1], tuple) else _read_cell(value[1])
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
    return tuple(tuple(map(_read_cell, row)) for row in rows)


def _read_cell(value: Any) -> Any:
    if value is None or isinstance(value, _CELL_TYPES):
        return value
    if isinstance(value, int):
        if value == OMITTED:
            return None
        return ErrorCell(_CODES.get(value, _UNKNOWN)) if FIRST_ERROR <= value <= LAST_ERROR else float(value)
    raise SignalError(VALUE, f"an argument must be cells, and one is {type(value).__name__}")


def written(cells: CellResult) -> Written:
    """An answer as Excel takes it: numbers are floats, so that an int is always an error.

    >>> written([[2, ErrorCell("#N/A")]])
    [[2.0, -2146826246]]
    """
    if isinstance(cells, list):
        return [list(map(_written_cell, row)) for row in cells]  # of a tuple, pywin32 would return the first row alone
    return _written_cell(cells)


def _written_cell(value: Any) -> float | int | str | bool:
    if isinstance(value, ErrorCell):
        return error_number(value.code)
    return value if isinstance(value, bool | str) else float(value)
