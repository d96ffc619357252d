"""The criteria of COUNTIF and SUMIF: ">=5", "<>Energy", "North*"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from xlsig.functions.cells import ErrorCell
from xlsig.workbooks.formulas.aggregates import Cells, Operand
from xlsig.workbooks.formulas.lookups import pattern
from xlsig.workbooks.formulas.values import Uncomputable, Value, alike, below, failing, finite, is_number, number_in

_CRITERION = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)
Test = Callable[[Value], bool]


def count_if(operand: Operand, wanted: Value) -> int:
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
