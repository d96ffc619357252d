"""Excel's operators on values, and how a function of single values is spread over arrays."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat

from xlsig.errors import DIV0, NA, NUM, SignalError
from xlsig.formulas import values
from xlsig.formulas.values import (
    Block,
    Uncomputable,
    Value,
    alike,
    as_number,
    as_text,
    as_truth,
    below,
    equal,
    finite,
    is_number,
    rounded,
    short,
    whole,
)
from xlsig.formulas.work import Work
from xlsig.grid.contents import ErrorCell

Rule = Callable[..., Value]


def spread(rule: Rule, *operands: Value | Block, work: Work | None = None) -> Value | Block:
    """Apply a rule for single values: once, or entry by entry where operands are arrays. A single row or column is repeated."""
    blocks = [operand for operand in operands if isinstance(operand, list)]
    if not blocks:
        return guarded(rule, *operands)
    height, width = max(map(len, blocks)), max(len(block[0]) for block in blocks)
    if height == width == 1:
        return guarded(rule, *(operand[0][0] if isinstance(operand, list) else operand for operand in operands))
    rows: Block = []
    for row in range(height):
        abreast = zip(*(_entries(operand, row, width) for operand in operands), strict=False)
        rows.append([guarded(rule, *entries) for entries in abreast])
        if work is not None:
            work.read(rows[-1:])
    return rows


def spread_size(operands: Sequence[Value | Block]) -> int:
    """The entries of what a rule gives that is spread over operands."""
    blocks = [operand for operand in operands if isinstance(operand, list)]
    return max(map(len, blocks)) * max(len(block[0]) for block in blocks) if blocks else 1


def guarded(rule: Rule, *values: object) -> Value:
    """What a rule gives, an error as an error cell."""
    try:
        return rule(*values)
    except SignalError as error:
        return ErrorCell(error.code, error.message)
    except OverflowError:
        return ErrorCell(NUM, "the result is too large for a cell")


def strict(rule: Rule) -> Rule:
    """A rule that is only asked where no operand is an error; the first error is its answer otherwise."""

    def checked(*values: Value) -> Value:
        for value in values:
            if isinstance(value, ErrorCell):
                return value
        return rule(*values)

    return checked


_BEYOND = ErrorCell(NA, "the arrays are not equally large")


def _entries(operand: Value | Block, row: int, width: int) -> Iterable[Value]:
    """An operand's entries in a row of the result."""
    if not isinstance(operand, list):
        return repeat(operand, width)
    entries = operand[0] if len(operand) == 1 else operand[row] if row < len(operand) else None
    if entries is None:
        return repeat(_BEYOND, width)
    if len(entries) == 1:
        return repeat(entries[0], width)
    return entries if len(entries) == width else [*entries, *repeat(_BEYOND, width - len(entries))]


def divided(left: Value, right: Value) -> float:
    """left / right; #DIV/0! by zero."""
    dividend, divisor = as_number(left), as_number(right)
    if divisor == 0:
        raise SignalError(DIV0, "a division by zero")
    return finite(dividend / divisor)


def power(left: Value, right: Value) -> float:
    """left ^ right; #NUM! where it is no real number or 0 to the power of 0, #DIV/0! for a negative power of 0."""
    base, exponent = as_number(left), as_number(right)
    if base == 0 and exponent <= 0:
        raise SignalError(NUM, "0 to the power of 0") if exponent == 0 else SignalError(DIV0, "a negative power of 0")
    if base < 0 and exponent % 1:
        raise SignalError(NUM, "a fractional power of a negative number")
    return finite(base**exponent)


def _numeric(rule: Callable[[float, float], float]) -> Rule:
    return lambda left, right: finite(rule(as_number(left), as_number(right)))


def _last(rule: Callable[[float, float], float], sign: int) -> Rule:
    """A sum or difference that ends a formula: 0 where only the last binary digits are left over."""

    def result(left: Value, right: Value) -> float:
        one, other = as_number(left), as_number(right)
        return 0.0 if alike(one, sign * other) else finite(rule(one, other))

    return result


BINARY: Mapping[str, Rule] = {
    "+": _numeric(operator.add),
    "-": _numeric(operator.sub),
    "*": _numeric(operator.mul),
    "/": divided,
    "^": power,
    "&": lambda left, right: short(as_text(left) + as_text(right)),
    "=": equal,
    "<>": lambda left, right: not equal(left, right),
    "<": below,
    ">": lambda left, right: below(right, left),
    "<=": lambda left, right: not below(right, left),
    ">=": lambda left, right: not below(left, right),
}
"""What stands between two operands."""

CLOSING: Mapping[str, Rule] = {"+": _last(operator.add, -1), "-": _last(operator.sub, 1)}
"""The same where it is the last step of a formula."""

UNARY: Mapping[str, Rule] = {"-": lambda value: -as_number(value), "%": lambda value: as_number(value) / 100}
"""What stands before or behind one operand."""


_LARGEST_QUOTIENT = 2**40
_ERROR_TYPES = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


def negated(value: Value) -> bool:
    """NOT."""
    return not as_truth(value)


def not_available() -> ErrorCell:
    """NA."""
    return ErrorCell(NA, "the formula says that there is no value")


def true() -> bool:
    """TRUE, with the brackets with which Calc saves it."""
    return True


def false() -> bool:
    """FALSE, with the brackets with which Calc saves it."""
    return False


def is_a_number(value: Value) -> bool:
    """ISNUMBER."""
    return is_number(value)


def is_text(value: Value) -> bool:
    """ISTEXT."""
    return isinstance(value, str)


def is_nothing(value: Value) -> bool:
    """ISBLANK."""
    return value is None


def is_error(value: Value) -> bool:
    """ISERROR."""
    return isinstance(value, ErrorCell)


def is_not_available(value: Value) -> bool:
    """ISNA."""
    return isinstance(value, ErrorCell) and value.code == NA


def error_type(value: Value) -> int | ErrorCell:
    """ERROR.TYPE: Excel's number of an error."""
    if isinstance(value, ErrorCell) and value.code in _ERROR_TYPES:
        return _ERROR_TYPES.index(value.code) + 1
    return ErrorCell(NA, "there is no error of the seven that are numbered")


def size(value: Value) -> float:
    """ABS."""
    return abs(as_number(value))


def sign(value: Value) -> float:
    """SIGN."""
    number = as_number(value)
    return float((number > 0) - (number < 0))


def rounded_half_away(value: Value, digits: Value) -> float:
    """ROUND: a half goes away from zero."""
    return finite(float(rounded(as_number(value), whole(as_number(digits)), values.HALF_AWAY)))


def rounded_away(value: Value, digits: Value) -> float:
    """ROUNDUP: away from zero."""
    return finite(float(rounded(as_number(value), whole(as_number(digits)), values.AWAY)))


def rounded_towards(value: Value, digits: Value) -> float:
    """ROUNDDOWN: towards zero."""
    return finite(float(rounded(as_number(value), whole(as_number(digits)), values.TOWARDS)))


def floor(value: Value) -> float:
    """INT: down, below zero too."""
    return float(rounded(as_number(value), 0, values.DOWN))


def remainder(value: Value, divisor: Value) -> float:
    """MOD: with the sign of the divisor."""
    number, by = as_number(value), as_number(divisor)
    if by == 0:
        raise SignalError(DIV0, "a remainder of a division by zero")
    quotient = number / by
    if not abs(quotient) < _LARGEST_QUOTIENT:
        raise Uncomputable(f"the remainder of {number!r} by {by!r} is beyond the digits of a number")
    left = number % by
    near = quotient % 1 != 0 and abs(quotient - round(quotient)) < 1e-12 * max(1.0, abs(quotient))
    if near or abs(left - (number - by * math.floor(quotient))) > 1e-12 * abs(by):
        raise Uncomputable(f"{number!r} lies too close to a multiple of {by!r}")
    return left


def root(value: Value) -> float:
    """SQRT."""
    number = as_number(value)
    if number < 0:
        raise SignalError(NUM, "the square root of a negative number")
    return math.sqrt(number)


def exponential(value: Value) -> float:
    """EXP."""
    return math.exp(as_number(value))


def logarithm(value: Value) -> float:
    """LN."""
    number = as_number(value)
    if number <= 0:
        raise SignalError(NUM, "the logarithm of zero or less")
    return math.log(number)
