"""Excel's own functions that are computed here, each checked against Calc: names, arguments, rules. Some look at where cells are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from xlsig.errors import NA, VALUE, SignalError
from xlsig.formulas import aggregates, lookups, operators, texts_and_dates
from xlsig.formulas.aggregates import Aggregate, Cells
from xlsig.formulas.lookups import REF
from xlsig.formulas.named_cells import Area
from xlsig.formulas.operators import Rule, spread, strict
from xlsig.formulas.trees import Binary, Group, Node, Unary
from xlsig.formulas.values import Block, Uncomputable, Value, as_number, as_truth, whole
from xlsig.grid.contents import ErrorCell

Mode = Literal["single", "forced", "unsure", "array"]
"""What a range means where single values are asked for: the cell of this row or column (single), or all its cells (forced: inside
SUMPRODUCT; array: in a formula that may spill). unsure: inside our functions, where hosts differ."""


class Place(NamedTuple):
    """Where a formula stands."""

    sheet: str
    row: int
    column: int
    mode: Mode


Operand = Value | Block | Area

Arguments = tuple[Node | None, ...]


class Walk(Protocol):
    """What walks a formula's tree, for the functions that look at some of their arguments only."""

    def operand(self, node: Node, place: Place) -> Operand:
        """A node as it stands: cells stay an area."""

    def single(self, node: Node | None, place: Place) -> Value | Block:
        """A node as single values."""

    def element(self, operand: Operand, place: Place) -> Value | Block:
        """An operand as single values."""

    def cells(self, operand: Operand) -> Cells | Value:
        """An operand's cells."""


Selection = Callable[[Walk, Arguments, Place], Operand]


def _branch(walk: Walk, arguments: Arguments, at: int, place: Place) -> Operand:
    """The argument that was chosen; one left empty is 0."""
    node = arguments[at]
    return 0.0 if node is None else walk.operand(node, place)


def _if(walk: Walk, arguments: Arguments, place: Place) -> Operand:
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


def _if_each(walk: Walk, conditions: Block, arguments: Arguments, place: Place) -> Operand:
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

    def rule(walk: Walk, arguments: Arguments, place: Place) -> Operand:
        value = walk.element(_branch(walk, arguments, 0, place), place)
        if isinstance(value, list):
            if place.mode == "forced":
                raise Uncomputable("IFERROR over a range, in a formula that is not entered as an array formula")
            return spread(replaced, value, walk.element(_branch(walk, arguments, 1, place), place))
        if isinstance(value, ErrorCell) and caught(value):
            return _branch(walk, arguments, 1, place)
        return value

    return rule


def _choose(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    index = _index(walk, arguments[0], place)
    if isinstance(index, ErrorCell):
        return index
    if not 1 <= index < len(arguments):
        return ErrorCell(VALUE, f"there is no choice {index}")
    return _branch(walk, arguments, index, place)


def _index(walk: Walk, node: Node | None, place: Place) -> int | ErrorCell:
    value = walk.single(node, place)
    if isinstance(value, list):
        raise Uncomputable("several choices, rows or columns at once")
    try:
        return whole(as_number(value))
    except SignalError as error:
        return ErrorCell(error.code, error.message)


def _index_in(walk: Walk, arguments: Arguments, place: Place) -> Operand:
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


def _source(walk: Walk, node: Node | None, place: Place) -> Operand:
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

    def rule(walk: Walk, arguments: Arguments, place: Place) -> Operand:
        operand = _branch(walk, arguments, 0, place)
        return operand if isinstance(operand, ErrorCell) else _size(operand)[at]

    return rule


def _row(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    area = _standing(walk, arguments, place)
    if area.height == 1:
        return area.top + 1
    return [[row + 1] for row in _several(range(area.top, area.bottom + 1), place)]


def _column(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    area = _standing(walk, arguments, place)
    if area.width == 1:
        return area.left + 1
    return [[column + 1 for column in _several(range(area.left, area.right + 1), place)]]


def _several(numbers: range, place: Place) -> range:
    if place.mode not in ("array", "forced"):
        raise Uncomputable("several rows or columns at once, in a formula that is not entered as an array formula")
    return numbers


def _standing(walk: Walk, arguments: Arguments, place: Place) -> Area:
    """The cells whose row or column is asked for: the formula's own without an argument."""
    if not arguments or arguments[0] is None:
        return Area(place.sheet, place.row, place.column, place.row, place.column)
    area = walk.operand(arguments[0], place)
    if not isinstance(area, Area):
        raise Uncomputable("ROW or COLUMN of what is no reference")
    return area


def _sum_if(walk: Walk, arguments: Arguments, place: Place) -> Operand:
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


VOLATILE = frozenset({"TODAY", "NOW", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO"})
"""Functions whose answer changes without a change of their arguments: they have no value here."""


@dataclass(frozen=True)
class Native:
    """A function whose arguments are all looked at.

    `takes` has a letter for each argument: s a single value (spread over arrays), e the same but errors are looked at too, c cells.
    The first `least` are required; with `repeats` the last letter stands for any number of arguments.
    """

    rule: Callable[..., Any]
    takes: str
    least: int
    repeats: bool = False

    def kind(self, at: int) -> str:
        """The letter of an argument."""
        return self.takes[min(at, len(self.takes) - 1)]

    @property
    def most(self) -> int:
        """The largest number of arguments."""
        return 255 if self.repeats else len(self.takes)


def _single(rule: Rule, least: int, most: int | None = None) -> Native:
    return Native(strict(rule), "s" * (most or least), least)


def _asking(rule: Rule) -> Native:
    return Native(rule, "e", 1)


def _over(rule: Aggregate) -> Native:
    return Native(rule, "c", 1, repeats=True)


EAGER: Mapping[str, Native] = {
    "AND": _over(aggregates.all_true),
    "OR": _over(aggregates.any_true),
    "NOT": _single(operators.negated, 1),
    "NA": Native(operators.not_available, "", 0),
    "TRUE": Native(operators.true, "", 0),
    "FALSE": Native(operators.false, "", 0),
    "ISNUMBER": _asking(operators.is_a_number),
    "ISTEXT": _asking(operators.is_text),
    "ISBLANK": _asking(operators.is_nothing),
    "ISNA": _asking(operators.is_not_available),
    "ISERROR": _asking(operators.is_error),
    "ERROR.TYPE": _asking(operators.error_type),
    "MATCH": Native(lookups.match, "scs", 2),
    "VLOOKUP": Native(lookups.down, "scss", 3),
    "HLOOKUP": Native(lookups.across, "scss", 3),
    "SUM": _over(aggregates.total),
    "AVERAGE": _over(aggregates.average),
    "MIN": _over(aggregates.least),
    "MAX": _over(aggregates.largest),
    "COUNT": _over(aggregates.count_numbers),
    "COUNTA": _over(aggregates.count_filled),
    "COUNTBLANK": Native(aggregates.count_blank, "c", 1),
    "COUNTIF": Native(lookups.count_if, "cs", 2),
    "STDEV": _over(aggregates.deviation),
    "STDEV.S": _over(aggregates.deviation),
    "MEDIAN": _over(aggregates.median),
    "LARGE": Native(aggregates.nth_largest, "cs", 2),
    "SMALL": Native(aggregates.nth_smallest, "cs", 2),
    "SUMPRODUCT": _over(aggregates.total_of_products),
    "ABS": _single(operators.size, 1),
    "SIGN": _single(operators.sign, 1),
    "ROUND": _single(operators.rounded_half_away, 2),
    "ROUNDUP": _single(operators.rounded_away, 2),
    "ROUNDDOWN": _single(operators.rounded_towards, 2),
    "INT": _single(operators.floor, 1),
    "MOD": _single(operators.remainder, 2),
    "SQRT": _single(operators.root, 1),
    "POWER": _single(operators.power, 2),
    "EXP": _single(operators.exponential, 1),
    "LN": _single(operators.logarithm, 1),
    "DATE": _single(texts_and_dates.date, 3),
    "YEAR": _single(texts_and_dates.year, 1),
    "MONTH": _single(texts_and_dates.month, 1),
    "DAY": _single(texts_and_dates.day, 1),
    "DATEDIF": _single(texts_and_dates.complete, 3),
    "EDATE": _single(texts_and_dates.months_later, 2),
    "EOMONTH": _single(texts_and_dates.month_end, 2),
    "WEEKDAY": _single(texts_and_dates.weekday, 1, 2),
    "CONCATENATE": Native(strict(texts_and_dates.joined), "s", 1, repeats=True),
    "LEFT": _single(texts_and_dates.left, 1, 2),
    "RIGHT": _single(texts_and_dates.right, 1, 2),
    "MID": _single(texts_and_dates.middle, 3),
    "LEN": _single(texts_and_dates.length, 1),
    "TRIM": _single(texts_and_dates.trimmed, 1),
    "UPPER": _single(texts_and_dates.upper, 1),
    "LOWER": _single(texts_and_dates.lower, 1),
    "SUBSTITUTE": _single(texts_and_dates.substituted, 3, 4),
    "REPT": _single(texts_and_dates.repeated, 2),
    "VALUE": _single(texts_and_dates.valued, 1),
    "TEXT": _single(texts_and_dates.formatted, 2),
}
"""Functions that look at all their arguments."""

SELECTIVE: Mapping[str, tuple[int, int]] = {
    "IF": (2, 3),
    "IFERROR": (2, 2),
    "IFNA": (2, 2),
    "CHOOSE": (2, 255),
    "INDEX": (2, 4),
    "ROWS": (1, 1),
    "COLUMNS": (1, 1),
    "ROW": (0, 1),
    "COLUMN": (0, 1),
    "SUMIF": (2, 3),
}
"""Functions that look at some arguments only, or at where the cells are; with their least and largest number of arguments."""

NATIVES = frozenset(EAGER) | frozenset(SELECTIVE)
"""The names of Excel's functions that were checked against Calc."""
