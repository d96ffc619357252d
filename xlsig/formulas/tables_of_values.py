"""Excel's functions of whole arrays: FILTER, SORT, UNIQUE, and the look-ups that answer with cells beside the one found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from itertools import pairwise

from xlsig.errors import NA, VALUE, SignalError
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.cells_that_match import matching_work, pattern
from xlsig.formulas.lookups import exactly
from xlsig.formulas.named_cells import Area
from xlsig.formulas.operators import guarded
from xlsig.formulas.trees import Binary, Group, Unary
from xlsig.formulas.values import Block, Uncomputable, Value, alike, as_number, as_truth, below, equal, is_number, number_in, whole
from xlsig.formulas.walk import Arguments, Operand, Place, Selection, Walk, size_of
from xlsig.formulas.work import ENTRY, STEP
from xlsig.grid.contents import ErrorCell

Row = list[Value]


def _block(walk: Walk, arguments: Arguments, at: int, place: Place) -> Block | ErrorCell:
    """An argument as an array."""
    node = inner = arguments[at]
    while isinstance(inner, Group):
        inner = inner.inner
    if node is None:
        raise Uncomputable("an array is left out")
    if isinstance(inner, Binary | Unary) and place.mode not in ("array", "forced"):
        raise Uncomputable("an array is calculated in a formula that is not entered as an array formula")
    operand = walk.operand(node, place)
    if isinstance(operand, Area):
        operand = walk.all_cells(operand)
    if isinstance(operand, ErrorCell):
        return operand
    block: Block = operand if isinstance(operand, list) else [[operand]]
    walk.work.spend(ENTRY * len(block) * len(block[0]))
    return block


def _option(walk: Walk, arguments: Arguments, at: int, place: Place, usual: Value) -> Value:
    """A single argument that may be left out."""
    if at >= len(arguments) or arguments[at] is None:
        return usual
    value = walk.single(arguments[at], place)
    if isinstance(value, list):
        raise Uncomputable("an array where a single value is asked for")
    return value


def _turned(block: Block) -> Block:
    return [list(column) for column in zip(*block, strict=True)]


def _filter(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    block, chosen = _block(walk, arguments, 0, place), _block(walk, arguments, 1, place)
    for given in (block, chosen):
        if isinstance(given, ErrorCell):
            return given
    assert isinstance(block, list)
    assert isinstance(chosen, list)
    across = len(chosen) == 1 and (len(chosen[0]) > 1 or len(block) > 1)
    if across:
        block, chosen = _turned(block), _turned(chosen)
    if len(chosen) != len(block) or len(chosen[0]) != 1:
        return ErrorCell(VALUE, "what is kept is not as long as what it is chosen from")
    for (entry,) in chosen:
        if isinstance(entry, ErrorCell):
            return entry
    try:
        kept = [row for row, (entry,) in zip(block, chosen, strict=True) if as_truth(entry)]
    except SignalError as error:
        return ErrorCell(error.code, error.message)
    if kept:
        return _turned(kept) if across else kept
    if len(arguments) < 3:
        raise Uncomputable("spreadsheets differ on an array of which nothing is left")
    return _option(walk, arguments, 2, place, None)


def _sort(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    block = _block(walk, arguments, 0, place)
    if isinstance(block, ErrorCell):
        return block
    options = [_option(walk, arguments, at, place, usual) for at, usual in ((1, 1.0), (2, 1.0), (3, False))]
    for option in options:
        if isinstance(option, ErrorCell):
            return option
    try:
        index, order, across = whole(as_number(options[0])), as_number(options[1]), as_truth(options[2])
    except SignalError as error:
        return ErrorCell(error.code, error.message)
    rows = _turned(block) if across else block
    if order not in (1, -1) or not 1 <= index <= len(rows[0]):
        return ErrorCell(VALUE, "there is no such order, row or column")
    if any(isinstance(row[index - 1], str) for row in rows):
        walk.work.spend(STEP * len(rows) * len(rows).bit_length())
    rows = _sorted(rows, index - 1, falling=order < 0)
    return _turned(rows) if across else rows


def _sorted(rows: Block, at: int, *, falling: bool) -> Block:
    """Rows by one of their entries; equal ones stay as they stood."""
    entries = [row[at] for row in rows]
    if any(entry is None or isinstance(entry, ErrorCell | bool) for entry in entries):
        raise Uncomputable("SORT of blanks, booleans or errors")
    if len({isinstance(entry, str) for entry in entries}) > 1:
        raise Uncomputable("SORT of numbers and texts together")

    if not isinstance(entries[0], str):
        _refuse_alike(entries)
        return sorted(rows, key=lambda row: as_number(row[at]), reverse=falling)

    def compared(one: Row, other: Row) -> int:
        return -1 if below(one[at], other[at]) else int(below(other[at], one[at]))

    return sorted(rows, key=cmp_to_key(compared), reverse=falling)


def _unique(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    block = _block(walk, arguments, 0, place)
    if isinstance(block, ErrorCell):
        return block
    options = [_option(walk, arguments, at, place, False) for at in (1, 2)]
    for option in options:
        if isinstance(option, ErrorCell):
            return option
    try:
        across, once = map(as_truth, options)
    except SignalError as error:
        return ErrorCell(error.code, error.message)
    rows = _turned(block) if across else block
    counts: dict[tuple[tuple[str, Value], ...], int] = {}
    firsts: Block = []
    for row in rows:
        key = tuple(map(_kind_and_value, row))
        if key not in counts:
            firsts.append(row)
        counts[key] = counts.get(key, 0) + 1
    _refuse_alike([entry for row in rows for entry in row])
    kept = [row for row, count in zip(firsts, counts.values(), strict=True) if count == 1 or not once]
    if not kept:
        raise Uncomputable("spreadsheets differ on an array of which nothing is left")
    return _turned(kept) if across else kept


def _kind_and_value(value: Value) -> tuple[str, Value]:
    if value is None or isinstance(value, ErrorCell):
        raise Uncomputable("UNIQUE of blanks or errors")
    if isinstance(value, str):
        return "text", value.lower()
    return ("truth", value) if isinstance(value, bool) else ("number", float(value))


def _refuse_alike(entries: Sequence[Value]) -> None:
    numbers = sorted({float(entry) for entry in entries if is_number(entry)})
    if numbers and any(isinstance(entry, str) and number_in(entry) is not None for entry in entries):
        raise Uncomputable("UNIQUE among numbers and texts that may or may not count as some")
    for one, other in pairwise(numbers):
        if alike(one, other):
            raise Uncomputable(f"{one!r} and {other!r} are equal in all digits that are shown")


def _find(wanted: Value, entries: Sequence[Value], mode: int, *, from_end: bool) -> int:
    """Where XLOOKUP and XMATCH find a value: an equal one, or by mode the next below (−1) or above (1), or as wildcards say (2)."""
    if isinstance(wanted, ErrorCell):
        raise SignalError(wanted.code, wanted.message)
    if wanted is None:
        raise Uncomputable("a blank is looked up")
    same = pattern(wanted) if mode == 2 and isinstance(wanted, str) else exactly(wanted)
    order = range(len(entries) - 1, -1, -1) if from_end else range(len(entries))
    for at in order:
        if same(entries[at]):
            return at
    if mode in (1, -1):
        beside = _next(wanted, [(entries[at], at) for at in order], mode)
        if beside is not None:
            return beside
    raise SignalError(NA, f"{str(wanted)[:40]!r} was not found")


def _next(wanted: Value, entries: Sequence[tuple[Value, int]], mode: int) -> int | None:
    if isinstance(wanted, bool) or any(isinstance(entry, bool | ErrorCell) for entry, _ in entries):
        raise Uncomputable("the next value is looked up among booleans or errors")
    best: tuple[Value, int] | None = None
    for entry, at in entries:
        if entry is None or isinstance(entry, str) != isinstance(wanted, str):
            if entry is None:
                continue
            raise Uncomputable("the next value is looked up among values of several kinds")
        if below(entry, wanted) != (mode < 0):
            continue
        if best is None or (below(best[0], entry) if mode < 0 else below(entry, best[0])):
            best = entry, at
    if best is not None and sum(equal(best[0], entry) for entry, _ in entries if entry is not None) > 1:
        raise Uncomputable("several values are equally near to the one that is looked up")
    return None if best is None else best[1]


def _vector(walk: Walk, arguments: Arguments, at: int, place: Place) -> tuple[Cells, bool] | ErrorCell:
    """What is looked through, and whether it is a row."""
    node = arguments[at]
    if node is None:
        raise Uncomputable("what is looked through is left out")
    cells = walk.cells(walk.operand(node, place))
    if isinstance(cells, ErrorCell):
        return cells
    if not isinstance(cells, Cells):
        raise Uncomputable("a look-up in what is neither cells nor an array")
    if cells.height > 1 and cells.width > 1:
        return ErrorCell(VALUE, "a look-up in a block of several rows and columns")
    return cells, cells.height == 1


def _modes(walk: Walk, arguments: Arguments, at: int, place: Place) -> tuple[int, bool]:
    mode, way = (_option(walk, arguments, at + step, place, usual) for step, usual in ((0, 0.0), (1, 1.0)))
    if not (is_number(mode) and is_number(way) and mode in (0, 1, -1, 2) and way in (1, -1)):
        raise Uncomputable("a look-up in a way that was not checked")
    return int(mode), way < 0


def _xmatch(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    found = _vector(walk, arguments, 1, place)
    if isinstance(found, ErrorCell):
        return found
    cells, is_row = found
    mode, from_end = _modes(walk, arguments, 2, place)
    entries = list(cells.flat())
    wanted = walk.single(arguments[0], place)

    def rule(one: Value) -> int:
        at = _find(one, entries, mode, from_end=from_end)
        return (at if is_row else cells.offsets[at]) + 1

    return walk.spread(rule, wanted, weight=matching_work(cells, wanted))


def _xlookup(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    found = _vector(walk, arguments, 1, place)
    node = arguments[2]
    if isinstance(found, ErrorCell):
        return found
    if node is None:
        raise Uncomputable("what is looked up is left out")
    cells, is_row = found
    mode, from_end = _modes(walk, arguments, 4, place)
    wanted, given = walk.single(arguments[0], place), walk.operand(node, place)
    if isinstance(given, ErrorCell):
        return given
    height, width = size_of(given)
    if (width if is_row else height) != (cells.width if is_row else cells.height):
        return ErrorCell(VALUE, "what is answered is not as long as what is looked through")
    if isinstance(wanted, list):
        raise Uncomputable("several values are looked up at once")
    entries = list(cells.flat())
    walk.work.spend(matching_work(cells, wanted))
    at = guarded(lambda: _find(wanted, entries, mode, from_end=from_end))
    if isinstance(at, ErrorCell):
        has_other = at.code == NA and not isinstance(wanted, ErrorCell) and len(arguments) > 3 and arguments[3] is not None
        return walk.operand(arguments[3], place) if has_other else at  # type: ignore[arg-type]
    assert isinstance(at, int)
    if isinstance(given, Area):
        return given.part(0, at + 1) if is_row else given.part(cells.offsets[at] + 1, 0)
    block: Block = given if isinstance(given, list) else [[given]]
    return [[row[at]] for row in block] if is_row else [block[cells.offsets[at]]]


TABLES: Mapping[str, Selection] = {"FILTER": _filter, "SORT": _sort, "UNIQUE": _unique, "XLOOKUP": _xlookup, "XMATCH": _xmatch}
