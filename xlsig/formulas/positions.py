"""Excel's functions of where cells are: INDEX, ROW, COLUMN, ROWS, COLUMNS."""

from __future__ import annotations

from collections.abc import Mapping

from xlsig.errors import VALUE
from xlsig.formulas.lookups import REF
from xlsig.formulas.named_cells import Area
from xlsig.formulas.trees import Binary, Group, Node, Unary
from xlsig.formulas.values import Uncomputable
from xlsig.formulas.walk import Arguments, Operand, Place, Selection, Walk, branch, index_of, size_of
from xlsig.formulas.work import ENTRY
from xlsig.grid.contents import ErrorCell


def _index_in(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    source = _source(walk, arguments[0], place)
    places = [index_of(walk, node, place) for node in arguments[1:]]
    for entry in (source, *places):
        if isinstance(entry, ErrorCell):
            return entry
    numbers = [number for number in places if isinstance(number, int)]
    if len(numbers) > 2 and numbers[2] != 1:
        raise Uncomputable("INDEX in several areas")
    if min(numbers) < 0:
        return ErrorCell(VALUE, "a row or column below 0")
    height, width = size_of(source)
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


def _source(walk: Walk, node: Node | None, place: Place) -> Operand:
    """What INDEX looks in."""
    inner = node
    while isinstance(inner, Group):
        inner = inner.inner
    if node is None or (isinstance(inner, Binary | Unary) and place.mode != "array"):
        raise Uncomputable("INDEX in a calculation, in a formula that is not entered as an array formula")
    operand = walk.operand(node, place)
    return operand if isinstance(operand, Area | list | ErrorCell) else [[operand]]


def _measure(at: int) -> Selection:
    """ROWS and COLUMNS."""

    def rule(walk: Walk, arguments: Arguments, place: Place) -> Operand:
        operand = branch(walk, arguments, 0, place)
        return operand if isinstance(operand, ErrorCell) else size_of(operand)[at]

    return rule


def _row(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    area = _standing(walk, arguments, place)
    if area.height == 1:
        return area.top + 1
    return [[row + 1] for row in _several(walk, range(area.top, area.bottom + 1), place)]


def _column(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    area = _standing(walk, arguments, place)
    if area.width == 1:
        return area.left + 1
    return [[column + 1 for column in _several(walk, range(area.left, area.right + 1), place)]]


def _several(walk: Walk, numbers: range, place: Place) -> range:
    if place.mode not in ("array", "forced"):
        raise Uncomputable("several rows or columns at once, in a formula that is not entered as an array formula")
    walk.work.spend(ENTRY * len(numbers))
    return numbers


def _standing(walk: Walk, arguments: Arguments, place: Place) -> Area:
    """The cells whose row or column is asked for: the formula's own without an argument."""
    if not arguments or arguments[0] is None:
        return Area(place.sheet, place.row, place.column, place.row, place.column)
    area = walk.operand(arguments[0], place)
    if not isinstance(area, Area):
        raise Uncomputable("ROW or COLUMN of what is no reference")
    return area


POSITIONS: Mapping[str, Selection] = {
    "INDEX": _index_in,
    "ROWS": _measure(0),
    "COLUMNS": _measure(1),
    "ROW": _row,
    "COLUMN": _column,
}
