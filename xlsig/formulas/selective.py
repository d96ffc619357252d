"""Excel's functions that look at some of their arguments only, or at where the cells are: IF, CHOOSE, INDEX, ROW and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xlsig.errors import NA, VALUE, SignalError
from xlsig.formulas import lookups
from xlsig.formulas.aggregates import Cells
from xlsig.formulas.lookups import REF
from xlsig.formulas.named_cells import Area
from xlsig.formulas.operators import spread
from xlsig.formulas.trees import Binary, Group, Node, Unary
from xlsig.formulas.values import Block, Uncomputable, Value, as_number, as_truth, whole
from xlsig.grid.contents import ErrorCell

if TYPE_CHECKING:
    from xlsig.formulas.interpreter import Interpreter, Operand, Place

Arguments = tuple["Node | None", ...]
Selection = Callable[["Interpreter", Arguments, "Place"], "Operand"]


def _branch(walk: Interpreter, arguments: Arguments, at: int, place: Place) -> Operand:
    """The argument that was chosen; one left empty is 0."""
    node = arguments[at]
    return 0.0 if node is None else walk.operand(node, place)


def _if(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
    condition = walk.single(arguments[0], place)
    if isinstance(condition, list):
        return _if_each(walk, condition, arguments, place)
    if isinstance(condition, ErrorCell):
        return condition
    try:
        holds = as_truth(condition)
    except SignalError as error:
        return ErrorCell(error.code, error.message)
    if holds:
        return _branch(walk, arguments, 1, place)
    return _branch(walk, arguments, 2, place) if len(arguments) > 2 else False


def _if_each(walk: Interpreter, conditions: Block, arguments: Arguments, place: Place) -> Operand:
    if place.mode != "array":
        raise Uncomputable("IF over a range, in a formula that is not entered as an array formula")
    branches = [walk.element(_branch(walk, arguments, at, place), place) for at in range(1, len(arguments))]
    if len(branches) == 1:
        branches.append(False)

    def chosen(condition: Value, yes: Value, no: Value) -> Value:
        return condition if isinstance(condition, ErrorCell) else yes if as_truth(condition) else no

    return spread(chosen, conditions, *branches)


def _unless(caught: Callable[[ErrorCell], bool]) -> Selection:
    """IFERROR and IFNA: the value, or the other argument where the value is such an error."""

    def replaced(value: Value, other: Value) -> Value:
        return other if isinstance(value, ErrorCell) and caught(value) else value

    def rule(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
        value = walk.element(_branch(walk, arguments, 0, place), place)
        if isinstance(value, list):
            if place.mode == "forced":
                raise Uncomputable("IFERROR over a range, in a formula that is not entered as an array formula")
            return spread(replaced, value, walk.element(_branch(walk, arguments, 1, place), place))
        if isinstance(value, ErrorCell) and caught(value):
            return _branch(walk, arguments, 1, place)
        return value

    return rule


def _choose(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
    index = _index(walk, arguments[0], place)
    if isinstance(index, ErrorCell):
        return index
    if not 1 <= index < len(arguments):
        return ErrorCell(VALUE, f"there is no choice {index}")
    return _branch(walk, arguments, index, place)


def _index(walk: Interpreter, node: Node | None, place: Place) -> int | ErrorCell:
    value = walk.single(node, place)
    if isinstance(value, list):
        raise Uncomputable("several choices, rows or columns at once")
    try:
        return whole(as_number(value))
    except SignalError as error:
        return ErrorCell(error.code, error.message)


def _index_in(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
    source = _source(walk, arguments[0], place)
    places = [_index(walk, node, place) for node in arguments[1:]]
    for entry in (source, *places):
        if isinstance(entry, ErrorCell):
            return entry
    numbers = [number for number in places if isinstance(number, int)]
    if len(numbers) > 2 and numbers[2] != 1:
        raise Uncomputable("INDEX in several areas")
    if min(numbers) < 0:
        return ErrorCell(VALUE, "a row or column below 0")
    height, width = _size(source)
    if len(numbers) == 1:
        if height > 1 and width > 1:
            raise Uncomputable("INDEX in a block with a row and no column")
        numbers = [0, numbers[0]] if height == 1 else [numbers[0], 0]
    row, column = numbers[:2]
    if row > height or column > width:
        return ErrorCell(REF, f"the range has no row {row} or no column {column}")
    if isinstance(source, Area):
        return source.part(row, column)
    assert isinstance(source, list)
    rows = source if row == 0 else [source[row - 1]]
    return [entries if column == 0 else [entries[column - 1]] for entries in rows]


def _source(walk: Interpreter, node: Node | None, place: Place) -> Operand:
    """What INDEX looks in."""
    inner = node
    while isinstance(inner, Group):
        inner = inner.inner
    if node is None or (isinstance(inner, Binary | Unary) and place.mode != "array"):
        raise Uncomputable("INDEX in a calculation, in a formula that is not entered as an array formula")
    operand = walk.operand(node, place)
    return operand if isinstance(operand, Area | list | ErrorCell) else [[operand]]


def _size(operand: Operand) -> tuple[int, int]:
    if isinstance(operand, Area):
        return operand.height, operand.width
    return (len(operand), len(operand[0])) if isinstance(operand, list) else (1, 1)


def _measure(at: int) -> Selection:
    """ROWS and COLUMNS."""

    def rule(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
        operand = _branch(walk, arguments, 0, place)
        return operand if isinstance(operand, ErrorCell) else _size(operand)[at]

    return rule


def _row(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
    area = _standing(walk, arguments, place)
    if area.height == 1:
        return area.top + 1
    return [[row + 1] for row in _several(range(area.top, area.bottom + 1), place)]


def _column(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
    area = _standing(walk, arguments, place)
    if area.width == 1:
        return area.left + 1
    return [[column + 1 for column in _several(range(area.left, area.right + 1), place)]]


def _several(numbers: range, place: Place) -> range:
    if place.mode not in ("array", "forced"):
        raise Uncomputable("several rows or columns at once, in a formula that is not entered as an array formula")
    return numbers


def _standing(walk: Interpreter, arguments: Arguments, place: Place) -> Area:
    """The cells whose row or column is asked for: the formula's own without an argument."""
    if not arguments or arguments[0] is None:
        return Area(place.sheet, place.row, place.column, place.row, place.column)
    area = walk.operand(arguments[0], place)
    if not isinstance(area, Area):
        raise Uncomputable("ROW or COLUMN of what is no reference")
    return area


def _sum_if(walk: Interpreter, arguments: Arguments, place: Place) -> Operand:
    judged = _branch(walk, arguments, 0, place)
    summed = _branch(walk, arguments, 2, place) if len(arguments) > 2 else judged
    if not isinstance(judged, Area) or not isinstance(summed, Area):
        raise Uncomputable("SUMIF of what is no range")
    tested, added = walk.cells(judged), walk.cells(summed.resized(judged.height, judged.width))
    assert isinstance(tested, Cells)
    assert isinstance(added, Cells)
    return spread(lambda wanted: lookups.sum_if(tested, wanted, added), walk.single(arguments[1], place))


RULES: Mapping[str, Selection] = {
    "IF": _if,
    "IFERROR": _unless(lambda error: True),
    "IFNA": _unless(lambda error: error.code == NA),
    "CHOOSE": _choose,
    "INDEX": _index_in,
    "ROWS": _measure(0),
    "COLUMNS": _measure(1),
    "ROW": _row,
    "COLUMN": _column,
    "SUMIF": _sum_if,
}
"""What each of `natives.SELECTIVE` does."""
