"""How a function walks through its own arguments: where the formula stands, what an argument may be, what the walk can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from xlsig.errors import SignalError
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.named_cells import Area
from xlsig.formulas.operators import Rule
from xlsig.formulas.trees import Node
from xlsig.formulas.values import Block, Uncomputable, Value, as_number, whole
from xlsig.formulas.work import Work
from xlsig.grid.contents import ErrorCell

RangeMode = Literal["single", "forced", "unsure", "array"]
"""What a range means where single values are asked for: the cell of this row or column (single), or all its cells (forced: inside
SUMPRODUCT; array: in a formula that may spill). unsure: inside our functions, where hosts differ."""


class Place(NamedTuple):
    """Where a formula stands."""

    sheet: str
    row: int
    column: int
    mode: RangeMode
    down: int = 0
    """How far below the place for which the tree was read, and how far to its right."""
    across: int = 0
    bound: Mapping[str, Value | Block | Area] = MappingProxyType({})
    """What LET calls by names, in lower case."""


Operand = Value | Block | Area

Arguments = tuple[Node | None, ...]


class Walk(Protocol):
    """What walks a formula's tree, for the functions that look at some of their arguments only."""

    work: Work

    def operand(self, node: Node, place: Place) -> Operand:
        """A node as it stands: cells stay an area."""

    def single(self, node: Node | None, place: Place) -> Value | Block:
        """A node as single values."""

    def element(self, operand: Operand, place: Place) -> Value | Block:
        """An operand as single values."""

    def cells(self, operand: Operand) -> Cells | Value:
        """An operand's cells."""

    def shown(self, area: Area) -> Cells:
        """The cells of an area that a filter shows and that are no subtotals."""

    def all_cells(self, area: Area) -> Block:
        """Every cell of an area."""

    def spread(self, rule: Rule, *operands: Value | Block, weight: int = 0) -> Value | Block:
        """A rule for single values applied entry by entry; `weight`: what each entry costs beside its own."""


Selection = Callable[[Walk, Arguments, Place], Operand]


def branch(walk: Walk, arguments: Arguments, at: int, place: Place) -> Operand:
    """The argument that was chosen; one left empty is 0."""
    node = arguments[at]
    return 0.0 if node is None else walk.operand(node, place)


def index_of(walk: Walk, node: Node | None, place: Place) -> int | ErrorCell:
    """An argument that is a single index."""
    value = walk.single(node, place)
    if isinstance(value, list):
        raise Uncomputable("several choices, rows or columns at once")
    try:
        return whole(as_number(value))
    except SignalError as error:
        return ErrorCell(error.code, error.message)


def size_of(operand: Operand) -> tuple[int, int]:
    """The rows and columns of an operand."""
    if isinstance(operand, Area):
        return operand.height, operand.width
    return (len(operand), len(operand[0])) if isinstance(operand, list) else (1, 1)
