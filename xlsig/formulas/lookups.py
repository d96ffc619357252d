"""Excel's look-ups and criteria: where a value stands in a row or column, what stands beside it, which cells match ">=5"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from xlsig.errors import NA, VALUE, SignalError
from xlsig.formulas.aggregates import Cells, Given
from xlsig.formulas.values import (
    Uncomputable,
    Value,
    alike,
    as_number,
    as_truth,
    below,
    equal,
    failing,
    finite,
    is_number,
    number_in,
    whole,
)
from xlsig.grid.contents import ErrorCell

REF = "#REF!"
_LONGEST_PATTERN = 255

_CRITERION = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)
Test = Callable[[Value], bool]


def match(wanted: Value, operand: Given, kind: Value = 1) -> int:
    """MATCH: the place, counted from 1, of an equal entry (0), of the last one not above (1) or not below (−1)."""
    _refuse_error(wanted)
    cells = _cells(operand)
    if cells.height > 1 and cells.width > 1:
        raise SignalError(NA, "a look-up in a block of several rows and columns")
    direction = as_number(kind)
    vector = list(cells.flat())
    at = _exact(wanted, vector) if direction == 0 else _nearest(wanted, vector, descending=direction < 0)
    return at + 1


def down(wanted: Value, table: Given, column: Value, nearest: Value = True) -> Value:
    """VLOOKUP: the entry of a column in the row whose first entry is the one wanted."""
    _refuse_error(wanted)
    cells = _cells(table)
    at = _index(column, cells.width)
    return cells.rows[_find(wanted, [row[0] for row in cells.rows], nearest)][at]


def across(wanted: Value, table: Given, row: Value, nearest: Value = True) -> Value:
    """HLOOKUP: the entry of a row in the column whose first entry is the one wanted."""
    _refuse_error(wanted)
    cells = _cells(table)
    at = _index(row, cells.height)
    found = _find(wanted, cells.rows[0], nearest)
    return cells.rows[at][found] if at < len(cells.rows) else None


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


def _find(wanted: Value, entries: Sequence[Value], nearest: Value) -> int:
    return _nearest(wanted, entries, descending=False) if as_truth(nearest) else _exact(wanted, entries)


def _exact(wanted: Value, entries: Sequence[Value]) -> int:
    same = _same(wanted)
    for at, entry in enumerate(entries):
        if same(entry):
            return at
    raise SignalError(NA, f"{wanted!r} was not found")


def _same(wanted: Value) -> Callable[[Value], bool]:
    if wanted is None:
        raise Uncomputable("a blank is looked up")
    if isinstance(wanted, str):
        return pattern(wanted)
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


def pattern(text: str) -> Callable[[Value], bool]:
    """Whether a cell is this text, in either case; * stands for any signs, ? for one, ~ takes the next as it is."""
    if len(text) > _LONGEST_PATTERN:
        raise Uncomputable("a text of more than 255 signs is looked up")
    if not any(sign in text for sign in "*?~"):
        lowered = text.lower()
        return lambda entry: isinstance(entry, str) and entry.lower() == lowered
    pieces = re.findall(r"~[*?~]|.", text, re.DOTALL)
    signs = {"*": ".*", "?": "."}
    shape = re.compile("".join(signs.get(piece, re.escape(piece[-1])) for piece in pieces), re.DOTALL | re.IGNORECASE)
    return lambda entry: isinstance(entry, str) and shape.fullmatch(entry) is not None


def _nearest(wanted: Value, entries: Sequence[Value], *, descending: bool) -> int:
    """The last entry not above (below) the one wanted. Sorted entries only: in others, spreadsheets find different ones."""
    if wanted is None:
        raise Uncomputable("a blank is looked up")
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
        raise SignalError(NA, f"every entry is beyond {wanted!r}")
    return kept[-1]


def _kind(value: Value) -> type:
    return float if is_number(value) else type(value)


def _rising(entries: list[tuple[int, Value]]) -> bool:
    return not any(below(after, before) for (_, before), (_, after) in pairwise(entries))


def _strictly_falling(entries: list[tuple[int, Value]]) -> bool:
    return all(below(after, before) for (_, before), (_, after) in pairwise(entries))


def count_if(operand: Given, wanted: Value) -> int:
    """COUNTIF."""
    if not isinstance(operand, Cells):
        raise Uncomputable("COUNTIF of what is no range")
    test = criterion(wanted)
    return sum(map(test, operand.flat())) + (operand.beyond if test(None) else 0)


def sum_if(judged: Cells, wanted: Value, summed: Cells) -> float:
    """SUMIF: the numbers that stand where the criterion holds."""
    test = criterion(wanted)
    found: list[float] = []
    rows = judged.rows + [[None] * judged.width] * (len(summed.rows) - len(judged.rows))
    for tested, entries in zip(rows, summed.rows, strict=False):
        for value, entry in zip(tested, entries, strict=True):
            if not test(value):
                continue
            if isinstance(entry, ErrorCell):
                raise failing(entry)
            if is_number(entry):
                found.append(float(entry))
    return finite(math.fsum(found))


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
        raise Uncomputable(f"the criterion {wanted!r}")
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
    raise Uncomputable(f"the criterion {sign + text!r} depends on the language's order")
