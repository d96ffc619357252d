"""The value of a formula's tree in the cell where it stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from xlsig.errors import VALUE
from xlsig.formulas import natives, trees, vectors
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.cells_that_match import matching_work
from xlsig.formulas.choices import bound_name
from xlsig.formulas.named_cells import Area, Directory
from xlsig.formulas.natives import EAGER, NATIVES, SELECTIVE, VOLATILE, Native
from xlsig.formulas.operators import BINARY, CLOSING, UNARY, Rule, guarded, spread, spread_size, strict
from xlsig.formulas.trees import ArrayLiteral, Binary, Call, Group, Named, Node, Places, Span, Structured, Unary
from xlsig.formulas.values import LONGEST_TEXT, OMITTED, Block, Uncomputable, Value
from xlsig.formulas.walk import Operand, Place
from xlsig.formulas.work import ENTRY, INDEXED, STEP, Work
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.cells import WholeColumn
from xlsig.functions.spec import Function
from xlsig.functions.spelling import our_function
from xlsig.grid.contents import CellResult, ErrorCell
from xlsig.grid.formula_text import Shape

_BINARY = {sign: strict(rule) for sign, rule in BINARY.items()}
_CLOSING = {sign: strict(rule) for sign, rule in CLOSING.items()}
_UNARY = {sign: strict(rule) for sign, rule in UNARY.items()}
_BRANCHING = frozenset({"IF", "IFERROR", "IFNA", "CHOOSE"})


class Sheets(Protocol):
    """Where the cells are read."""

    def value(self, sheet: str, row: int, column: int) -> Value:
        """One cell; None where it is blank."""

    def block(self, area: Area) -> Block:
        """All cells of an area."""

    def cells(self, area: Area) -> Cells:
        """The cells of an area that are there."""

    def shown(self, area: Area) -> Cells:
        """The cells of an area, where no row of it is hidden, without those that are subtotals."""

    def last_row(self, area: Area) -> int:
        """The last row in which something stands in an area's columns."""


def checked(shape: Shape) -> tuple[Node, int, int]:
    """The tree of a formula, if every function in it is ours or on the checked list, and the row and column in which it reads so.

    All formulas of a shape have the tree of the first.
    """
    first, tree = first_of(shape)
    if isinstance(tree, Uncomputable):
        if first.text != shape.text:  # the reason may quote the text
            _checked(shape.text)
        raise Uncomputable(tree.reason)
    return tree, first.row, first.column


@lru_cache(maxsize=20_000)
def first_of(shape: Shape) -> tuple[Shape, Node | Uncomputable]:
    """The first formula of a shape that was asked for, and its tree, or why it has none."""
    try:
        return shape, _checked(shape.text)
    except Uncomputable as reason:
        return shape, reason


def _checked(formula: str) -> Node:
    tree = trees.parse(formula)
    for node in trees.nodes(tree):
        if isinstance(node, Call) and ours(node.name) is None:
            _check_native(native_name(node.name), len(node.arguments))
            if None in node.arguments and native_name(node.name) in _BRANCHING and not _ends(tree, node):
                raise Uncomputable(f"spreadsheets differ on what a choice of {node.name} left empty is inside a formula")
    return tree


def _ends(tree: Node | None, call: Call) -> bool:
    """Whether what a call gives is what the cell shows."""
    if tree is call:
        return True
    if isinstance(tree, Group):
        return _ends(tree.inner, call)
    return isinstance(tree, Call) and native_name(tree.name) in _BRANCHING and any(_ends(node, call) for node in tree.arguments[1:])


def native_name(name: str) -> str:
    """A native function's name without the prefix that files carry."""
    return name.removeprefix("_XLFN.").removeprefix("_XLWS.")


def ours(name: str) -> Function | None:
    """Our function of a name, however a host spells it."""
    return CATALOGUE.get(our_function(name) or "")


def _check_native(name: str, given: int) -> None:
    if name in VOLATILE:
        raise Uncomputable(f"{name} changes with every calculation")
    if name not in NATIVES:
        raise Uncomputable(f"{name} is not among the functions that were checked against Calc")
    least, most = SELECTIVE[name] if name in SELECTIVE else (EAGER[name].least, EAGER[name].most)
    if not least <= given <= most:
        raise Uncomputable(f"{name} takes {least} to {most} arguments, not {given}")


class Interpreter:
    """Walks a formula's tree; cells come from `sheets`."""

    def __init__(self, sheets: Sheets, directory: Directory, work: Work) -> None:
        self.sheets = sheets
        self.directory = directory
        self.work = work
        self._walks: dict[type, Callable[[Any, Place], Operand]] = {
            trees.Literal: lambda node, place: node.value,
            ArrayLiteral: lambda node, place: [list(row) for row in node.rows],
            Places: lambda node, place: self.directory.area(node.moved(place.down, place.across), place.sheet),
            Structured: self._structured,
            Named: self._named,
            Unary: self._unary,
            Binary: self._binary,
            Span: self._span,
            Group: lambda node, place: self.operand(node.inner, place),
            Call: self._call,
        }

    def result(self, tree: Node, place: Place) -> CellResult:
        """What the cell shows: a single value, or what spills from it where it may."""
        if isinstance(tree, Binary) and tree.sign in _CLOSING:
            operand: Operand = self._binary(tree, place, _CLOSING)
        else:
            operand = self.operand(tree, place)
        value = self.element(operand, place)
        if not isinstance(value, list):
            return _shown(value)
        if place.mode != "array":
            return _shown(value[0][0])
        return [[_shown(entry) for entry in row] for row in value]

    def operand(self, node: Node, place: Place) -> Operand:
        """What a node stands for; a reference stays one."""
        self.work.spend(STEP)
        return self._walks[type(node)](node, place)

    def spread(self, rule: Rule, *operands: Value | Block, weight: int = 0) -> Value | Block:
        """Apply a rule for single values, entry by entry where operands are arrays; `weight`: the units that each takes beside its own."""
        entries = spread_size(operands)
        self.work.spend(entries * (weight + ENTRY) if entries > 1 else weight)
        return spread(rule, *operands, work=self.work)

    def element(self, operand: Operand, place: Place) -> Value | Block:
        """An operand where a single value is asked for: arrays stay arrays, ranges become what the mode says."""
        if isinstance(operand, list):
            return operand[0][0] if len(operand) == 1 and len(operand[0]) == 1 else operand
        if not isinstance(operand, Area):
            return operand
        if place.mode == "single" or operand.is_cell:
            return self.crossed(operand, place)
        if place.mode == "unsure":
            raise Uncomputable("it calculates with a range inside one of our functions, and is not entered as an array formula")
        return self.all_cells(operand)

    def crossed(self, area: Area, place: Place) -> Value:
        """The cell of an area in the formula's row or column."""
        cell = area.crossing(place.row, place.column)
        if cell is None:
            return ErrorCell(VALUE, "the range has no single cell in this row or column")
        return self.sheets.value(cell.sheet, cell.top, cell.left)

    def all_cells(self, area: Area) -> Block:
        """Every cell of an area."""
        if area.is_whole:
            raise Uncomputable("it calculates with whole columns entry by entry")
        return self.sheets.block(area)

    def shown(self, area: Area) -> Cells:
        """The cells of an area that a filter shows and that are no subtotals."""
        return self.sheets.shown(area)

    def single(self, node: Node | None, place: Place) -> Value | Block:
        """An argument that asks for a single value; None where it is left out."""
        if type(node) is Places and (cell := node.moved(place.down, place.across)).is_cell:
            self.work.spend(STEP)
            on = place.sheet if cell.sheet is None else self.directory.sheet(cell.sheet)
            value: Value | Block = self.sheets.value(on, cell.top, cell.left)
        else:
            value = None if node is None else self.element(self.operand(node, place), place)
        if type(value) is str:
            self.work.read(value)
        return value

    def cells(self, operand: Operand) -> Cells | Value:
        """An operand where cells are asked for."""
        if isinstance(operand, Area):
            return self.sheets.cells(operand)
        return Cells(operand, len(operand), len(operand[0])) if isinstance(operand, list) else operand

    def _structured(self, node: Structured, place: Place) -> Operand:
        area = self.directory.structured(node, place.sheet, place.row, place.column)
        return ErrorCell(VALUE, "no row of the table stands beside this cell") if area is None else area

    def _named(self, node: Named, place: Place) -> Operand:
        if place.bound and node.sheet is None and (name := bound_name(node)) in place.bound:
            return place.bound[name]
        meant = self.directory.named(node, place.sheet)
        return meant if isinstance(meant, Area) else self.operand(meant, place._replace(mode="array", bound={}))

    def _unary(self, node: Unary, place: Place) -> Operand:
        operand = self.operand(node.operand, place)
        if node.sign == "@":
            if isinstance(operand, Area):
                return self.crossed(operand, place)
            return operand[0][0] if isinstance(operand, list) else operand
        value = self.element(operand, place)
        if node.sign == "+":
            return value
        if node.sign == "-" and isinstance(value, list) and spread_size((value,)) >= vectors.LARGE:
            found = vectors.negated(value)
            if found is not None:
                return found
        return self.spread(_UNARY[node.sign], value)

    def _binary(self, node: Binary, place: Place, last: dict[str, Rule] = _BINARY) -> Operand:
        spine = [node]
        while isinstance(spine[-1].left, Binary):
            spine.append(spine[-1].left)
        value = self.single(spine[-1].left, place)
        for step in reversed(spine):
            rules = last if step is node else _BINARY
            self.work.spend(STEP)
            value = self._operated(step.sign, rules[step.sign], value, self.single(step.right, place))
        return value

    def _operated(self, sign: str, rule: Rule, left: Value | Block, right: Value | Block) -> Value | Block:
        """An operator between two operands, all entries of large arrays at once."""
        if not isinstance(left, list) and not isinstance(right, list):
            return guarded(rule, left, right)
        size = spread_size((left, right))
        if size >= vectors.LARGE:
            self.work.spend(size)
            found = vectors.calculated(sign, left, right)
            if found is not None:
                return found
        return self.spread(rule, left, right)

    def _span(self, node: Span, place: Place) -> Operand:
        left, right = self.operand(node.left, place), self.operand(node.right, place)
        for side in (left, right):
            if isinstance(side, ErrorCell):
                return side
        if not isinstance(left, Area) or not isinstance(right, Area):
            raise Uncomputable("a range between what are no references")
        return left.spanning(right)

    def _call(self, node: Call, place: Place) -> Operand:
        function = ours(node.name)
        if function is not None:
            return self._ask(function, node, place)
        name = native_name(node.name)
        if name in SELECTIVE:
            return natives.RULES[name](self, node.arguments, place)
        return self._eager(EAGER[name], name, node.arguments, place)

    def _ask(self, function: Function, node: Call, place: Place) -> Operand:
        """One of our functions, with its arguments as a spreadsheet hands them over."""
        inside = place if place.mode == "array" else place._replace(mode="unsure")
        operands = [None if argument is None else self.operand(argument, inside) for argument in node.arguments]
        whole = [operand for operand in operands if isinstance(operand, Area) and operand.is_whole]
        bottom = max(map(self.sheets.last_row, whole), default=0)
        arguments: list[Any] = []
        for operand in operands:
            if isinstance(operand, Area) and operand.is_whole:
                arguments.append(WholeColumn(self.sheets.block(operand._replace(bottom=bottom))))
            else:
                arguments.append(self.element(operand, place._replace(mode="array")))
        answer = function.from_cells(*arguments)
        return [list(row) for row in answer] if isinstance(answer, list) else answer

    def _eager(self, native: Native, name: str, arguments: tuple[Node | None, ...], place: Place) -> Operand:
        inside = place._replace(mode="forced") if name == "SUMPRODUCT" and place.mode != "array" else place
        given: list[Any] = []
        singles: list[int] = []
        for at, node in enumerate(arguments):
            if native.kind(at) == "c":
                given.append(OMITTED if node is None else self.cells(self.operand(node, inside)))
            else:
                given.append(self.single(node, inside))
                singles.append(at)
        if native.alone and any(isinstance(given[at], list) for at in singles):
            raise Uncomputable(f"spreadsheets differ on {name} over an array")
        if len(singles) == len(given):
            return self.spread(native.rule, *given)
        single = given[singles[0]] if singles and native.matches else None
        weight = sum(_looking_through(native, cells, single) for cells in given if isinstance(cells, Cells))

        def filled(*values: Value) -> Value:
            for at, value in zip(singles, values, strict=True):
                given[at] = value
            answer: Value = native.rule(*given)
            return answer

        if not singles:
            self.work.spend(weight)
            return guarded(native.rule, *given)
        return self.spread(filled, *(given[at] for at in singles), weight=weight)


def _looking_through(native: Native, cells: Cells, wanted: Value | Block) -> int:
    """What it takes to look through some cells once more."""
    if native.matches:
        return matching_work(cells, wanted)
    size = len(cells.rows) * cells.width
    return size // INDEXED if native.sorts else size


def _shown(value: Value) -> float | int | str | bool | ErrorCell:
    """A value as a cell shows it: a blank as 0."""
    if value is None:
        return 0
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return ErrorCell(VALUE, "the text is longer than a cell takes")
    if isinstance(value, float):
        return value + 0.0
    return value
