"""What Calc hands over as cells, and answers as Calc wants them. Runs inside Calc; does not import uno."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import count
from typing import Any, Final

import numpy as np

from xlsig.errors import VALUE
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.cells import Numbers, WholeColumn
from xlsig.functions.spec import Function
from xlsig.grid.contents import CellResult, ErrorCell
from xlsig.hosts.answer_log import Log
from xlsig.hosts.answering import Reader, answer, takes_numbers
from xlsig.hosts.calc.signatures import BLOCK, CELLS, RANGE, Method, methods

CODES: Mapping[str, int] = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 32767,
}
"""Calc's error numbers. Newer errors of Excel have none and are shown as #VALUE!."""

_BOOLEANS_WELCOME: Final = ("flags", "anything", "text", "choice")
_MAY_BE_ZERO: Final = ("number", "count", "counts", "series", "flags", "mixed", "anything")

_NAMES: Final = {number: code for code, number in CODES.items()}
_QUIET_NAN = 0x7FF8_0000
_LONGEST_EXACT = 60_000  # a longer reference may be a whole column
_ZERO, _ONE = struct.pack("d", 0.0), struct.pack("d", 1.0)
_MARK: Final = "\ue000cells "  # begins with a sign for private use, which no text of a cell does
_MOST_WAITING = 10_000
_STANDARD_EVERY = 10_000  # number formats of a language begin at a multiple of this with its standard format

_size_asked_first = False
"""Whether a reference is asked for its size before its cells: once a long one was met, since asking costs a short one a twentieth."""

last_block: tuple[int, int] = (1, 1)
"""Rows and columns of the block that was answered last."""

Rows = Sequence[Sequence[Any]]


@cache
def calls(log_path: str) -> dict[str, Callable[[Sequence[Any]], Any]]:
    """What answers each method of the add-in."""
    log, handed = Log(log_path), HandedOver()
    return {
        method.name: handed.over if method.name == CELLS else _call(method, CATALOGUE[method.function], handed, log) for method in methods()
    }


def _call(method: Method, function: Function, handed: HandedOver, log: Log) -> Callable[[Sequence[Any]], Any]:
    return partial(answer, function, _reading(method, function, handed), partial(written, block=method.returns == BLOCK), log)


class HandedOver:
    """Cells on their way from `CELLS` to the function whose argument they are: Calc carries a mark, since it would lose what they hold."""

    def __init__(self) -> None:
        self._waiting: dict[str, Any] = {}
        self._marks = count()

    def over(self, sent: Sequence[Any]) -> str:
        """The mark under which the cells can be had once."""
        if len(self._waiting) >= _MOST_WAITING:  # calls that Calc gave up behind another error
            self._waiting.clear()
        mark = f"{_MARK}{next(self._marks)}"
        (self._waiting[mark],) = sent
        return mark

    def read(self, value: Any, as_cells: Callable[[Any], Any], as_value: Callable[[Any], Any]) -> Any:
        """An argument that is `any`: the cells that its mark stands for, or what Calc hands over as its value."""
        if type(value) is str and value in self._waiting:
            return as_cells(self._waiting.pop(value))
        return as_value(value)


def _reading(method: Method, function: Function, handed: HandedOver) -> Reader:
    """What reads the arguments of a method; how each is read is settled here, once."""
    readers = [_reader(method, function, handed, at) for at in range(len(method.parameters))]

    def read(sent: Sequence[Any]) -> list[Any]:
        cells = [None if value is None else reader(value) for value, reader in zip(sent, readers, strict=True)]
        if function.variadic:  # those left off at the end are no arguments
            while len(cells) > 1 and cells[-1] is None:
                cells.pop()
        return cells

    return read


def _reader(method: Method, function: Function, handed: HandedOver, at: int) -> Callable[[Any], Any]:
    """What reads one argument that is not omitted."""
    argument = None if function.variadic else function.arguments[at]
    boolean_is_wrong = argument.kind not in _BOOLEANS_WELCOME if argument else at > 0
    as_cells = partial(read_reference, boolean_is_wrong=boolean_is_wrong, numeric=takes_numbers(function, at))
    if method.parameters[at].type == RANGE:
        return as_cells
    as_value = read_unless_zero if argument and argument.optional and argument.kind not in _MAY_BE_ZERO else read_value
    return partial(handed.read, as_cells=as_cells, as_value=as_value)


def error_number(code: str) -> int:
    """Calc's number of an error."""
    return CODES.get(code, CODES[VALUE])


def error_code(number: int) -> str:
    """Excel's spelling of an error number of Calc; its own errors (Err:502 and the like) are #VALUE!.

    >>> error_code(532), error_code(502)
    ('#DIV/0!', '#VALUE!')
    """
    return _NAMES.get(number, VALUE)


def error_value(code: str) -> float:
    """The number that Calc shows as an error: a NaN whose low word is the error's number."""
    (value,) = struct.unpack("<d", struct.pack("<II", error_number(code), _QUIET_NAN))
    return float(value)


def _error_in(number: float) -> ErrorCell:
    """The error that a NaN from Calc carries."""
    low, _ = struct.unpack("<II", struct.pack("<d", number))
    return ErrorCell(error_code(low & 0xFFFF))


def read_value(value: Any) -> Any:
    """An argument that Calc hands over as its value: a scalar, or rows of a computed array."""
    if isinstance(value, float):
        return value if value == value else _error_in(value)
    return _computed(value) if isinstance(value, tuple) else value


def read_unless_zero(value: Any) -> Any:
    """An argument that cannot be 0, so that a 0 is a blank cell that nothing handed over, as in a formula that a macro sets: None."""
    return None if value == 0.0 else read_value(value)


def _computed(rows: Rows) -> Rows:
    """A computed array: its errors arrive as NaN."""
    if any(cell != cell for row in rows for cell in row):
        return [[_error_in(cell) if cell != cell else cell for cell in row] for row in rows]
    return rows


def read_reference(cells: Any, *, boolean_is_wrong: bool = True, numeric: bool = False) -> Any:
    """An argument that Calc hands over as a reference: rows of cells, or a `WholeColumn`.

    Errors arrive as nothing, and the cell is asked; booleans as 1 and 0, and the format is asked. A column that holds nothing but numbers
    may come as `Numbers` where the argument is `numeric`.
    """
    global _size_asked_first
    whole = _size_asked_first and _last_row(cells) > _LONGEST_EXACT and _is_whole(cells)
    if whole:
        cells = _down_to_the_last(cells)
    rows: Rows = cells.getDataArray()
    if len(rows) > _LONGEST_EXACT and not _size_asked_first:
        _size_asked_first = True
        return read_reference(cells, boolean_is_wrong=boolean_is_wrong, numeric=numeric)
    if len(rows[0]) == 1:
        if numeric and not whole and (numbers := _numbers(rows)) is not None:
            return numbers
        doubtful = (None,) in rows or (boolean_is_wrong and ((1.0,) in rows or (0.0,) in rows))
    else:
        doubtful = any(None in row or (boolean_is_wrong and (1.0 in row or 0.0 in row)) for row in rows)
    if doubtful:
        rows = _looked_up(cells, rows, boolean_is_wrong)
    return WholeColumn(rows) if whole and len(rows[0]) == 1 else rows


def _numbers(rows: Rows) -> Numbers | None:
    """A column as an array, if all its cells are numbers that cannot be booleans."""
    try:
        packed = struct.pack(f"{len(rows)}d", *[cell for (cell,) in rows])
    except struct.error:  # a text or nothing
        return None
    return None if _ZERO in packed or _ONE in packed else Numbers(np.frombuffer(packed))


def _last_row(cells: Any) -> int:
    """The last row of a reference, from the name $Sheet1.$A$1:$A$250: of all that tells it, this takes the least time."""
    return int(cells.AbsoluteName.rpartition("$")[2])


def _is_whole(cells: Any) -> bool:
    """Whether a reference goes from the first row of the sheet to the last."""
    address = cells.getRangeAddress()
    return bool(address.StartRow == 0 and address.EndRow == cells.getSpreadsheet().getRangeAddress().EndRow)


def _down_to_the_last(cells: Any) -> Any:
    """The columns down to the last row of the sheet that is used."""
    address, used = cells.getRangeAddress(), cells.getSpreadsheet().createCursor()
    used.gotoEndOfUsedArea(False)
    return cells.getCellRangeByPosition(0, 0, address.EndColumn - address.StartColumn, used.getRangeAddress().EndRow)


def _looked_up(cells: Any, rows: Rows, booleans_too: bool) -> list[list[Any]]:
    """The rows, with each doubtful cell asked what it is."""
    asked = [list(row) for row in rows]
    standard = _standard_everywhere(cells) if booleans_too else False
    for down, row in enumerate(asked):
        for across, value in enumerate(row):
            if value is None:
                row[across] = _error_at(cells, across, down)
            elif booleans_too and (value == 1.0 or value == 0.0) and _is_boolean(cells.getCellByPosition(across, down), standard):
                row[across] = bool(value)
    return asked


def _error_at(cells: Any, across: int, down: int) -> ErrorCell | None:
    number = cells.getCellByPosition(across, down).getError()
    return ErrorCell(error_code(number)) if number else None


def _standard_everywhere(cells: Any) -> bool:
    """Whether all cells have the standard format, in which only a boolean is shown without a digit."""
    return is_standard(cells.NumberFormat)


def is_standard(key: Any) -> bool:
    """Whether a number format is the standard one of a language; None where cells differ."""
    return isinstance(key, int) and key % _STANDARD_EVERY == 0


def _is_boolean(cell: Any, standard: bool) -> bool:
    """Whether a cell that holds 1 or 0 shows a boolean."""
    if standard:
        return not any(character.isdigit() for character in cell.getString())
    return str(cell.getFormula()).upper() in ("=TRUE()", "=FALSE()")


def written(cells: CellResult, *, block: bool) -> Any:
    """An answer as Calc takes it: a number or text, or rows of these where the method returns a block."""
    global last_block
    if block:
        last_block = (len(cells), len(cells[0])) if isinstance(cells, list) else (1, 1)
    if isinstance(cells, list):
        return tuple(tuple(map(_written_cell, row)) for row in cells)
    return ((_written_cell(cells),),) if block else _written_cell(cells)


def _written_cell(value: Any) -> float | str:
    if isinstance(value, ErrorCell):
        return error_value(value.code)
    if isinstance(value, str):
        return value
    return float(value)  # also a boolean, which UNO would turn into 0
