"""Excel's look-ups: where a value stands in a row or column, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from xlsig.errors import NA, VALUE, SignalError
from xlsig.formulas.aggregates import Given
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.cells_that_match import LONGEST_PATTERN, is_wild, pattern
from xlsig.formulas.value_index import ValueIndex, index_of_cells, index_of_column
from xlsig.formulas.values import (
    Uncomputable,
    Value,
    alike,
    as_number,
    as_truth,
    below,
    equal,
    failing,
    is_number,
    whole,
)
from xlsig.grid.contents import ErrorCell

REF = "#REF!"


def match(wanted: Value, operand: Given, kind: Value = 1) -> int:
    """MATCH: the place, counted from 1, of an equal entry (0), of the last one not above (1) or not below (−1)."""
    _refuse_error(wanted)
    cells = _cells(operand)
    if cells.height > 1 and cells.width > 1:
        raise SignalError(NA, "a look-up in a block of several rows and columns")
    direction = as_number(kind)
    if direction == 0:
        at = _exact(wanted, index_of_cells(cells))
        return (at if cells.height == 1 else cells.offsets[at]) + 1
    index = index_of_cells(cells)
    if direction < 0 and cells.height > 1 and cells.offsets[-1:] != range(len(cells.rows))[-1:]:
        raise Uncomputable("a descending look-up among blanks")
    at = _nearest(wanted, index, descending=direction < 0)
    return (at if cells.height == 1 else cells.offsets[at]) + 1


def down(wanted: Value, table: Given, column: Value, nearest: Value = True) -> Value:
    """VLOOKUP: the entry of a column in the row whose first entry is the one wanted."""
    _refuse_error(wanted)
    cells = _cells(table)
    at = _index(column, cells.width)
    return cells.rows[_find(wanted, index_of_column(cells), nearest)][at]


def across(wanted: Value, table: Given, row: Value, nearest: Value = True) -> Value:
    """HLOOKUP: the entry of a row in the column whose first entry is the one wanted."""
    _refuse_error(wanted)
    cells = _cells(table)
    at = _index(row, cells.height)
    return cells.row(at)[_find(wanted, ValueIndex(cells.row(0)), nearest)]


def _refuse_error(wanted: Value) -> None:
    if isinstance(wanted, ErrorCell):
        raise failing(wanted)


def _cells(operand: Given) -> Cells:
    if isinstance(operand, ErrorCell):
        raise failing(operand)
    if not isinstance(operand, Cells):
        raise Uncomputable("a look-up in what is neither cells nor an array")
    return operand


def _index(value: Value, size: int) -> int:
    number = whole(as_number(value))
    if number < 1:
        raise SignalError(VALUE, f"{number} is no row or column of the table")
    if number > size:
        raise SignalError(REF, f"the table has no row or column {number}")
    return number - 1


def _find(wanted: Value, index: ValueIndex, nearest: Value) -> int:
    return _nearest(wanted, index, descending=False) if as_truth(nearest) else _exact(wanted, index)


def _exact(wanted: Value, index: ValueIndex) -> int:
    if is_number(wanted):
        places = index.same(float(wanted))
    elif isinstance(wanted, str) and not is_wild(wanted) and len(wanted) <= LONGEST_PATTERN:
        places = index.texts.get(wanted.lower(), [])
    else:
        same = _same(wanted)
        places = [at for at, entry in enumerate(index.entries) if same(entry)][:1]
    if not places:
        raise SignalError(NA, f"{str(wanted)[:40]!r} was not found")
    return places[0]


def _same(wanted: Value) -> Callable[[Value], bool]:
    return pattern(wanted) if isinstance(wanted, str) else exactly(wanted)


def exactly(wanted: Value) -> Callable[[Value], bool]:
    """Whether a cell holds this very value; a text in either case."""
    if wanted is None:
        raise Uncomputable("a blank is looked up")
    if isinstance(wanted, str):
        return pattern(wanted, literal=True)
    if isinstance(wanted, bool):
        return lambda entry: entry is wanted
    assert is_number(wanted)
    number = float(wanted)

    def same(entry: Value) -> bool:
        if not is_number(entry):
            return False
        if entry != number and alike(float(entry), number):
            raise Uncomputable(f"{number!r} and {entry!r} are equal in all digits that are shown")
        return entry == number

    return same


def _nearest(wanted: Value, index: ValueIndex, *, descending: bool) -> int:
    """The last entry not above (below) the one wanted. Sorted entries only: in others, spreadsheets find different ones."""
    if wanted is None:
        raise Uncomputable("a blank is looked up")
    if is_number(wanted) and not descending and index.rising is not None:
        found = index.last_not_above(float(wanted))
        if found is None:
            raise SignalError(NA, f"every entry is beyond {wanted!r}")
        return found
    entries = index.entries
    alike_in_kind = [(at, entry) for at, entry in enumerate(entries) if _kind(entry) == _kind(wanted)]
    if descending and len(alike_in_kind) < len(entries):
        raise Uncomputable("a descending look-up among values of several kinds")
    ordered = _strictly_falling(alike_in_kind) if descending else _rising(alike_in_kind)
    if not ordered:
        if not descending and all(below(entry, wanted) for _, entry in alike_in_kind):
            return alike_in_kind[-1][0]
        raise Uncomputable("a look-up by order in entries that are not in order")
    kept = [at for at, entry in alike_in_kind if equal(entry, wanted) or below(entry, wanted) != descending]
    if not kept:
        raise SignalError(NA, f"every entry is beyond {str(wanted)[:40]!r}")
    return kept[-1]


def _kind(value: Value) -> type:
    return float if is_number(value) else type(value)


def _rising(entries: list[tuple[int, Value]]) -> bool:
    return not any(below(after, before) for (_, before), (_, after) in pairwise(entries))


def _strictly_falling(entries: list[tuple[int, Value]]) -> bool:
    return all(below(after, before) for (_, before), (_, after) in pairwise(entries))
