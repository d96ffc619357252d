"""Cells to arrays, results to cells: the only place that knows blanks, serials, error codes and whole columns.

Whatever a host hands over goes through one reader for each kind of argument; whatever goes back is a plain Python number, text or boolean,
an `ErrorCell`, or a rectangular list of lists of these.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import NA, NUM, VALUE, SignalError
from xlsig.functions import python_values
from xlsig.functions.answers import Scalar, Table, is_finite_number, plain
from xlsig.grid.addresses import SHEET_ROWS
from xlsig.grid.contents import EPOCH, LAST_SERIAL, LEAP_BUG, Cell, CellResult, ErrorCell, is_missing, serial
from xlsig.signals.series import DateArray, FloatArray, LabelArray


@dataclass(frozen=True, slots=True)
class WholeColumn:
    """A column that was asked for whole (`A:A`): the cells the host read, from row 1 on."""

    rows: Sequence[Any]


@dataclass(slots=True)
class Numbers:
    """A column in which the host found nothing but numbers, and at least one."""

    values: FloatArray


_BLOCK_TYPES = (list, tuple)
_SINGLE_TYPES = (str, float, int, Decimal, dt.date, ErrorCell, np.generic)
_NUMBER_TYPES = {float, int}
_GAPPY_TYPES = {float, int, type(None)}
_FIRST_DAY = -25_567  # 1 January 1900, from 1970
_LAST_DAY = 2_932_896  # 31 December 9999
_EPOCH = np.datetime64(EPOCH)


def is_blank(cell: Any) -> bool:
    """Whether a single cell holds nothing: None or empty text, also as the only cell of a block."""
    if isinstance(cell, list | tuple):
        cell = python_values.only(cell)
    return cell is None or (isinstance(cell, str) and cell == "")


def column(value: Any, name: str, *, rows_too: bool) -> Sequence[Any] | NDArray[Any]:
    """The cells of one row or column as a flat sequence. A single row of cells (1×n) is one only where `rows_too`."""
    if type(value) in _BLOCK_TYPES and value and type(value[0]) in _BLOCK_TYPES:
        return _flat(value, name, rows_too)
    if type(value) is np.ndarray:
        return _flat_array(value, name, rows_too)
    if type(value) is Numbers:
        return value.values
    if value is None:
        return []
    if isinstance(value, _SINGLE_TYPES):
        return [value]
    if isinstance(value, WholeColumn):
        return column(value.rows, name, rows_too=rows_too)
    cells = python_values.series(value, name)
    if isinstance(cells, np.ndarray):
        return _flat_array(cells, name, rows_too)
    return _flat(cells, name, rows_too) if any(isinstance(cell, list | tuple) for cell in cells) else cells


def _flat(rows: Sequence[Any], name: str, rows_too: bool) -> Sequence[Any]:
    widths = set(map(len, rows)) if all(isinstance(row, list | tuple) for row in rows) else set()
    if widths == {1}:
        return [row[0] for row in rows]
    if rows_too and len(rows) == 1:
        return list(rows[0])
    if widths == {0}:
        return []
    raise SignalError(VALUE, f"{name} must be one row or one column, not a block")


def _flat_array(array: NDArray[Any], name: str, rows_too: bool) -> NDArray[Any]:
    if array.ndim == 1:
        return array
    if array.ndim == 0 or (array.ndim == 2 and (array.shape[1] == 1 or (rows_too and array.shape[0] == 1))):
        return array.reshape(-1)
    raise SignalError(VALUE, f"{name} must be one row or one column, not a block")


def floats(cells: Sequence[Any] | NDArray[Any], name: str) -> FloatArray:
    """A numeric series; NaN where missing."""
    if isinstance(cells, np.ndarray):
        if cells.dtype.kind not in "fiu":
            return floats(_plain_cells(cells, name), name)
        values = cells.astype(np.float64)
    else:
        kinds = set(map(type, cells))
        try:
            if kinds <= _NUMBER_TYPES:
                values = np.array(cells, dtype=np.float64)
            elif kinds <= _GAPPY_TYPES:
                values = np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
            else:
                values = np.array([_float(cell, name, row) for row, cell in enumerate(cells)], dtype=np.float64)
        except OverflowError:
            raise SignalError(NUM, f"{name} holds a number too large for a cell") from None
    if np.count_nonzero(np.isinf(values)):
        raise SignalError(NUM, f"{name} holds an infinite number in row {int(np.isinf(values).argmax()) + 1}")
    return values


def _plain_cells(array: NDArray[Any], name: str) -> list[Any]:
    """Cells of an array of objects, text or booleans; numbers that cannot be ordered are refused."""
    if array.dtype.kind == "c":
        raise SignalError(VALUE, f"{name} holds complex numbers")
    return list(array.tolist()) if array.dtype.kind in "OUSb" else list(array)


def _float(cell: Any, name: str, row: int) -> float:
    kind = type(cell)
    if kind is float or kind is int:
        return float(cell)
    if is_missing(cell):
        return np.nan
    if isinstance(cell, ErrorCell):
        raise SignalError(cell.code, f"{name} holds {cell.code} in row {row + 1}")
    if isinstance(cell, int | float | np.integer | np.floating | Decimal) and not isinstance(cell, bool | np.timedelta64):
        return float(cell)
    raise SignalError(VALUE, f"{name} must hold numbers, and row {row + 1} is {_shown(cell)}")


def _shown(cell: Any) -> str:
    if isinstance(cell, str):
        return f"the text {cell[:40]!r}"
    if isinstance(cell, bool | np.bool_):
        return f"the boolean {str(cell).upper()}"
    if isinstance(cell, dt.date | np.datetime64):
        return f"the date {cell}"
    return f"of the kind {type(cell).__name__}"


def dates(cells: Sequence[Any] | NDArray[Any], name: str) -> DateArray:
    """A strictly increasing series of days from Excel serials (1900 system) or dates."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind == "M":
        days = _days_of(cells, name)
    elif isinstance(cells, np.ndarray) and cells.dtype.kind in "fiu":
        days = _days_of_serials(cells.astype(np.float64), name)
    elif not isinstance(cells, np.ndarray) and set(map(type, cells)) <= _NUMBER_TYPES:
        days = _days_of_serials(floats(cells, name), name)
    else:
        listed = cells if not isinstance(cells, np.ndarray) else _plain_cells(cells, name)
        if all(map(is_missing, listed)):
            return np.empty(0, dtype="datetime64[D]")
        days = np.array([_day(cell, name, row) for row, cell in enumerate(listed)], dtype="datetime64[D]")
    later = days[1:] > days[:-1]
    if not later.all():
        row = int(later.argmin()) + 1
        raise SignalError(
            VALUE, f"{name} must be strictly increasing, oldest first, and row {row + 1} ({days[row]}) follows {days[row - 1]}"
        )
    return days


def _days_of(stamps: NDArray[Any], name: str) -> DateArray:
    days = stamps.astype("datetime64[D]", copy=False)
    numbers = days.view(np.int64)
    if days.size and (numbers.min() < _FIRST_DAY or numbers.max() > _LAST_DAY):  # NaT is the smallest of all
        return _blank_or_out_of_range(days, name)
    if days.dtype != stamps.dtype and (days != stamps).any():
        raise SignalError(VALUE, f"{name} must be dates at midnight, and {stamps[(days != stamps).argmax()]} is not")
    return days


def _blank_or_out_of_range(days: DateArray, name: str) -> DateArray:
    """Days without a single date are an empty series; one blank date among others, or one that a sheet cannot have, is refused."""
    blank = np.isnat(days)
    if blank.all():
        return days[:0]
    if blank.any():
        raise SignalError(VALUE, f"{name} has no date in row {int(blank.argmax()) + 1}")
    early = bool(days.view(np.int64).min() < _FIRST_DAY)
    raise SignalError(VALUE, f"{name} holds {days.min() if early else days.max()}, which is {'before 1900' if early else 'after 9999'}")


def _days_of_serials(serials: FloatArray, name: str) -> DateArray:
    if np.isnan(serials).any():
        if np.isnan(serials).all():
            return np.empty(0, dtype="datetime64[D]")
        raise SignalError(VALUE, f"{name} has no date in row {int(np.isnan(serials).argmax()) + 1}")
    wrong = (serials < 1) | (serials > LAST_SERIAL) | (serials % 1 != 0) | (serials == LEAP_BUG)
    if wrong.any():
        row = int(wrong.argmax())
        raise SignalError(VALUE, f"{name} must hold dates at midnight, and row {row + 1} is {serials[row]:.15g}")
    whole = serials.astype(np.int64)
    return _EPOCH + (whole + (whole < LEAP_BUG)).astype("timedelta64[D]")


def _day(cell: Any, name: str, row: int) -> np.datetime64:
    if is_missing(cell):
        raise SignalError(VALUE, f"{name} has no date in row {row + 1}")
    if isinstance(cell, ErrorCell):
        raise SignalError(cell.code, f"{name} holds {cell.code} in row {row + 1}")
    if isinstance(cell, dt.datetime):
        cell = np.datetime64(cell.replace(tzinfo=None))
    elif isinstance(cell, dt.date):
        cell = np.datetime64(cell)
    if isinstance(cell, np.datetime64):
        day: np.datetime64 = _days_of(np.array([cell]), name)[0]
        return day
    if isinstance(cell, str | bool | np.bool_ | np.timedelta64) or not isinstance(cell, int | float | np.integer | np.floating | Decimal):
        raise SignalError(VALUE, f"{name} must hold dates, and row {row + 1} is {_shown(cell)}")
    serial: np.datetime64 = _days_of_serials(floats([cell], name), name)[0]
    return serial


def labels(cells: Sequence[Any] | NDArray[Any], name: str) -> LabelArray:
    """Text labels such as contract or sector names; None where blank. A number is a label by its digits."""
    out = np.empty(len(cells), dtype=object)
    plain_text = set(map(type, cells)) == {str} and not any(cell[:1] in ("", "#") for cell in set(cells))
    out[:] = cells if plain_text else [_label(cell, name, row) for row, cell in enumerate(cells)]
    return out


def _label(cell: Any, name: str, row: int) -> str | None:
    if type(cell) is str and not cell.startswith("#"):
        return cell or None
    if is_missing(cell):
        return None
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, ErrorCell):
        raise SignalError(cell.code, f"{name} holds {cell.code} in row {row + 1}")
    if isinstance(cell, int | np.integer | Decimal) and not isinstance(cell, bool | np.timedelta64):
        return str(cell)
    if isinstance(cell, float | np.floating):
        return f"{float(cell):.15g}"
    if isinstance(cell, dt.date | np.datetime64):
        return str(_day(cell, name, row))
    raise SignalError(VALUE, f"{name} must hold text, and row {row + 1} is {_shown(cell)}")


def flags(cells: Sequence[Any] | NDArray[Any], name: str) -> FloatArray:
    """A series of 1, 0, TRUE, FALSE; NaN where missing."""
    listed = cells.tolist() if isinstance(cells, np.ndarray) else cells
    values = floats([int(cell) if isinstance(cell, bool | np.bool_) else cell for cell in listed], name)
    other = np.flatnonzero((values != 0) & (values != 1) & ~np.isnan(values))
    if other.size:
        raise SignalError(NUM, f"{name} must hold 1 or 0, and row {int(other[0]) + 1} is {values[other[0]]:g}")
    return values


def grid(value: Any, name: str) -> FloatArray:
    """A block of numbers, rows × columns; NaN where missing."""
    found = python_values.rows(value.rows if isinstance(value, WholeColumn) else value, name)
    widths = set(map(len, found))
    if len(widths) > 1:
        raise SignalError(VALUE, f"{name} must be a rectangular block")
    if not found or widths == {0}:
        return np.empty((0, 0))
    return floats([cell for row in found for cell in row], name).reshape(len(found), -1)


def single(value: Any, name: str) -> Any:
    """The one cell of a single argument."""
    value = python_values.only(value)
    if isinstance(value, WholeColumn) or (hasattr(value, "__len__") and not isinstance(value, str)):
        raise SignalError(VALUE, f"{name} must be a single cell, not a range")
    return value


def number(value: Any, name: str) -> float:
    """A single number; NaN if it is missing."""
    if type(value) is float and math.isfinite(value):
        return value
    return float(floats([single(value, name)], name)[0])


def text(value: Any, name: str) -> str:
    """A single text."""
    cell = single(value, name)
    if is_missing(cell):
        raise SignalError(NA, f"{name} is missing")
    if isinstance(cell, ErrorCell):
        raise SignalError(cell.code, f"{name} is {cell.code}")
    if not isinstance(cell, str):
        raise SignalError(VALUE, f"{name} must be text, not {_shown(cell)}")
    return str(cell)


def date(value: Any, name: str) -> np.datetime64:
    """A single date. A blank one is #VALUE!; one that another formula could not know (#N/A) leaves the answer unknown."""
    cell = single(value, name)
    if is_missing(cell) and not is_blank(cell):
        raise SignalError(NA, f"{name} is {NA}")
    return _day(cell, name, 0)


def is_whole_column(value: Any) -> bool:
    """Whether an argument is a whole column: marked so by the host, or as long as a sheet."""
    kind = type(value)
    return kind is WholeColumn or (kind in _BLOCK_TYPES and len(value) == SHEET_ROWS)


def trim_whole_columns(axis: Mapping[str, Any], label_names: Iterable[str] = ()) -> dict[str, Any]:
    """Cut whole columns of one axis to their data: below one header row, down to the last row in which any has a value.

    `label_names` are the arguments whose values are text themselves; their header is where the numbers' header is.
    """
    columns = {name: list(column(value, name, rows_too=True)) for name, value in axis.items()}
    whole = {name: cells for name, cells in columns.items() if is_whole_column(axis[name])}
    text_columns = set(label_names)
    headed = {name: _header_row(cells) for name, cells in whole.items() if name not in text_columns}
    if not headed:
        headed = {name: _header_row(cells) for name, cells in whole.items()}
    start = max(headed.values())
    for name, cells in whole.items():
        above = [cell for cell in cells[:start] if not is_missing(cell) and not isinstance(cell, str)]
        if above:
            raise SignalError(VALUE, f"{name} has a value above the header in row {start} of its neighbour")
    stop = max(start, *(_last_row(cells) for cells in columns.values()))
    return {name: cells[start:stop] if name in whole else axis[name] for name, cells in columns.items()}


def _header_row(cells: Sequence[Any]) -> int:
    """Rows to drop at the top: up to and including a text header, if text is the first thing in the column."""
    for row, cell in enumerate(cells):
        if not is_missing(cell):
            return row + 1 if isinstance(cell, str) else 0
    return 0


def _last_row(cells: Sequence[Any]) -> int:
    for row in range(len(cells), 0, -1):
        if not is_missing(cells[row - 1]):
            return row
    return 0


def to_cells(value: Any, *, as_row: bool = False) -> CellResult:
    """An answer as cells: a scalar, a column (or row, like the input) of values, or a table with its header."""
    if is_finite_number(value):
        return value
    if isinstance(value, Table):
        return [list(value.columns), *([_cell(entry) for entry in row] for row in value.rows)]
    if isinstance(value, np.ndarray):
        cells = [_cell(plain(entry)) for entry in value.tolist()]
        return [cells] if as_row else [[cell] for cell in cells]
    return _cell(plain(value))


def _cell(value: Scalar) -> Cell:
    if value is None:
        return ErrorCell(NA, "this cell cannot be known")
    return serial(value) if isinstance(value, dt.date) else value
