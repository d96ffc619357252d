"""Excel's criteria, such as ">=5" and "tech*", and its functions over the cells that meet them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

from xlsig.errors import DIV0, VALUE, SignalError
from xlsig.formulas.cell_ranges import Cells, abreast
from xlsig.formulas.named_cells import Area
from xlsig.formulas.trees import Node
from xlsig.formulas.value_index import index_of_cells
from xlsig.formulas.values import Block, Uncomputable, Value, alike, below, failing, finite, is_number, number_in
from xlsig.formulas.walk import Arguments, Operand, Place, Selection, Walk, branch
from xlsig.formulas.work import INDEXED, TEST, signs_in
from xlsig.grid import wildcards
from xlsig.grid.contents import ErrorCell
from xlsig.grid.wildcards import likeness

LONGEST_PATTERN = 255
"""Signs of the longest text that is looked up."""
_CRITERION = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)


Test = Callable[[Value], bool]


def is_wild(wanted: Value) -> bool:
    """Whether a text has signs that stand for others."""
    return isinstance(wanted, str) and wildcards.is_wild(wanted)


def pattern(text: str, *, literal: bool = False) -> Test:
    """Whether a cell is this text, in either case; * stands for any signs, ? for one, ~ takes the next as it is, unless `literal`."""
    if len(text) > LONGEST_PATTERN:
        raise Uncomputable("a text of more than 255 signs is looked up")
    if literal or not is_wild(text):
        lowered = text.lower()
        return lambda entry: isinstance(entry, str) and entry.lower() == lowered
    is_like = likeness(text)
    return lambda entry: isinstance(entry, str) and is_like(entry)


def criterion(wanted: Value) -> Test:
    """The test that a criterion stands for; no value where spreadsheets read it differently."""
    if wanted is None or isinstance(wanted, ErrorCell):
        raise Uncomputable("a criterion that is blank or an error")
    if isinstance(wanted, bool):
        return lambda cell: cell is wanted
    if not isinstance(wanted, str):
        return _numeric("=", float(wanted))
    found = _CRITERION.fullmatch(wanted)
    assert found is not None
    sign, operand = found.group(1) or "=", found.group(2)
    if not operand:
        return _filled(wanted)
    if operand.startswith("#") or operand.upper() in ("TRUE", "FALSE"):
        raise Uncomputable(f"the criterion {wanted[:40]!r}")
    number = number_in(operand)
    return _numeric(sign, number) if number is not None else _textual(sign, operand)


def _filled(wanted: str) -> Test:
    """The criteria without an operand: "<>" filled, "=" blank, "" blank or empty text."""
    if wanted == "<>":
        return lambda cell: cell is not None
    if wanted == "=":
        return lambda cell: cell is None
    if wanted == "":
        return lambda cell: cell is None or cell == ""
    raise Uncomputable(f"the criterion {wanted!r}")


def _numeric(sign: str, number: float) -> Test:
    def equals(cell: Value) -> bool:
        if is_number(cell):
            return alike(float(cell), number)
        if isinstance(cell, str) and any(character.isdigit() for character in cell) and number_in(cell) == number:
            raise Uncomputable(f"the text {cell[:40]!r} may or may not count as a number")
        return False

    if sign == "=":
        return equals
    if sign == "<>":
        return lambda cell: not equals(cell)
    orders: dict[str, Callable[[float], bool]] = {
        "<": lambda cell: below(cell, number),
        ">": lambda cell: below(number, cell),
        "<=": lambda cell: not below(number, cell),
        ">=": lambda cell: not below(cell, number),
    }
    order = orders[sign]
    return lambda cell: is_number(cell) and order(float(cell))


def _textual(sign: str, text: str) -> Test:
    same = pattern(text)
    if sign == "=":
        return same
    if sign == "<>":
        return lambda cell: not same(cell)
    raise Uncomputable(f"the criterion {(sign + text)[:40]!r} depends on the language's order")


def count_if(operand: Cells | Value, wanted: Value) -> int:
    """COUNTIF."""
    if not isinstance(operand, Cells):
        raise Uncomputable("COUNTIF of what is no range")
    return len(places_met(operand, wanted)) + (operand.beyond if operand.beyond and criterion(wanted)(None) else 0)


Ranges = Sequence[Cells]
Rule = Callable[..., Value]


def _met(judged: Ranges, wanted: Sequence[Value], given: Cells) -> list[Value]:
    """The cells of one range whose neighbours in the others all meet their criteria."""
    if all(cells.places == given.places and len(cells.rows) == len(given.rows) for cells in judged):
        first, *others = (places_met(cells, one) for cells, one in zip(judged, wanted, strict=True))
        for places in map(set, others):
            first = [at for at in first if at in places]
        entries = index_of_cells(given).entries
        return [entries[at] for at in first]
    tests = [criterion(one) for one in wanted]
    found: list[Value] = []
    for row, *beside in abreast([given, *judged]):
        for entry, *tested in zip(row, *beside, strict=True):
            if all(test(cell) for test, cell in zip(tests, tested, strict=True)):
                found.append(entry)
    return found


def places_met(cells: Cells, wanted: Value) -> list[int]:
    """Where cells that are there meet a criterion, counted cell by cell."""
    index = index_of_cells(cells)
    test = criterion(wanted)
    sign, operand = _parted(wanted)
    if isinstance(operand, float) and sign != "<>" and (sign != "=" or not index.has_digits):
        return index.compared(sign, operand)
    if isinstance(operand, str) and operand and sign == "=" and not is_wild(operand):
        return index.texts.get(operand.lower(), [])
    return [at for at, cell in enumerate(index.entries) if test(cell)]


def _parted(wanted: Value) -> tuple[str, float | str | None]:
    """A criterion's sign and what stands behind it: a number, a text, or neither."""
    if not isinstance(wanted, str):
        return "=", float(wanted) if is_number(wanted) else None
    found = _CRITERION.fullmatch(wanted)
    assert found is not None
    number = number_in(found[2]) if found[2] else None
    return found[1] or "=", found[2] if number is None else number


def _numbers_met(judged: Ranges, wanted: Sequence[Value], given: Cells) -> list[float]:
    met = _met(judged, wanted, given)
    errors = [entry for entry in met if isinstance(entry, ErrorCell)]
    if len({error.code for error in errors}) > 1:
        raise Uncomputable("spreadsheets differ on which of several errors is shown")
    if errors:
        raise failing(errors[0])
    return [float(entry) for entry in met if is_number(entry)]


def _summed(judged: Ranges, wanted: Sequence[Value], given: Cells) -> float:
    return finite(math.fsum(_numbers_met(judged, wanted, given)))


def _averaged(judged: Ranges, wanted: Sequence[Value], given: Cells) -> float:
    numbers = _numbers_met(judged, wanted, given)
    if not numbers:
        raise SignalError(DIV0, "no number meets the criteria")
    return finite(math.fsum(numbers) / len(numbers))


def _counted(judged: Ranges, wanted: Sequence[Value], given: Cells) -> int:
    found = len(_met(judged, wanted, given))
    if not all(criterion(one)(None) for one in wanted):
        return found
    return found + given.height * given.width - sum(len(entries) for entries, *_ in abreast([given, *judged]))


def _largest(judged: Ranges, wanted: Sequence[Value], given: Cells) -> float:
    return max(_numbers_met(judged, wanted, given), default=0.0)


def _smallest(judged: Ranges, wanted: Sequence[Value], given: Cells) -> float:
    return min(_numbers_met(judged, wanted, given), default=0.0)


def _one_criterion(name: str, rule: Rule, *, passes_booleans: bool = False) -> Selection:
    """SUMIF and AVERAGEIF: the range that is judged, its criterion, and from where on to take the numbers."""

    def selected(walk: Walk, arguments: Arguments, place: Place) -> Operand:
        judged = branch(walk, arguments, 0, place)
        given = branch(walk, arguments, 2, place) if len(arguments) > 2 else judged
        if not isinstance(judged, Area) or not isinstance(given, Area):
            raise Uncomputable(f"{name} of what is no range")
        if not passes_booleans:
            _refuse_booleans(walk, [judged])
        return _asked(walk, rule, [judged], [arguments[1]], given.resized(judged.height, judged.width), place)

    return selected


def _several_criteria(name: str, rule: Rule, *, has_given: bool = True) -> Selection:
    """SUMIFS and its like: the numbers, and pairs of a range and its criterion; COUNTIFS has the pairs alone."""

    def selected(walk: Walk, arguments: Arguments, place: Place) -> Operand:
        if None in arguments or (len(arguments) - has_given) % 2:
            raise Uncomputable(f"{name} takes a criterion for each of its ranges")
        areas = []
        for at in [*range(has_given), *range(int(has_given), len(arguments), 2)]:
            area = branch(walk, arguments, at, place)
            if isinstance(area, ErrorCell):
                return area
            if not isinstance(area, Area):
                raise Uncomputable(f"{name} of what is no range")
            areas.append(area)
        if len({(area.height, area.width) for area in areas}) > 1:
            return ErrorCell(VALUE, "the ranges are not equally large")
        _refuse_booleans(walk, areas)
        return _asked(walk, rule, areas[int(has_given) :], arguments[int(has_given) + 1 :: 2], areas[0], place)

    return selected


def _refuse_booleans(walk: Walk, areas: Sequence[Area]) -> None:
    for area in areas:
        if bool in set(map(type, _cells(walk, area).flat())):
            raise Uncomputable("spreadsheets differ on booleans among the cells that are judged or taken")


def _asked(walk: Walk, rule: Rule, judged: Sequence[Area], wanted: Sequence[Node | None], given: Area, place: Place) -> Operand:
    ranges, taken = [_cells(walk, area) for area in judged], _cells(walk, given)
    criteria = [walk.single(node, place) for node in wanted]
    weight = sum(map(matching_work, ranges, criteria)) + len(taken.rows) * taken.width
    return walk.spread(lambda *one: rule(ranges, one, taken), *criteria, weight=weight)


def _cells(walk: Walk, area: Area) -> Cells:
    cells = walk.cells(area)
    assert isinstance(cells, Cells)
    return cells


def matching_work(cells: Cells, wanted: Value | Block) -> int:
    """What it takes to hold every cell against a criterion or a text that is looked up."""
    offered = [entry for row in wanted for entry in row] if isinstance(wanted, list) else [wanted]
    signs = max((len(one) // 4 for one in offered if isinstance(one, str) and is_wild(one)), default=0)
    if "signs" not in cells.kept:
        cells.kept["signs"] = signs_in(cells.rows)
    texts: int = cells.kept["signs"]
    size = len(cells.rows) * cells.width
    return size * TEST + texts * (1 + signs) if signs else size // INDEXED


MATCHING: Mapping[str, Selection] = {
    "SUMIF": _one_criterion("SUMIF", _summed, passes_booleans=True),
    "AVERAGEIF": _one_criterion("AVERAGEIF", _averaged),
    "SUMIFS": _several_criteria("SUMIFS", _summed),
    "AVERAGEIFS": _several_criteria("AVERAGEIFS", _averaged),
    "COUNTIFS": _several_criteria("COUNTIFS", _counted, has_given=False),
    "MAXIFS": _several_criteria("MAXIFS", _largest),
    "MINIFS": _several_criteria("MINIFS", _smallest),
}
