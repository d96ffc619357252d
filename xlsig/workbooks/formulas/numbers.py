"""Excel's functions of single numbers, and its questions about a single value."""

from __future__ import annotations

import math

from xlsig.errors import DIV0, NA, NUM, SignalError
from xlsig.functions.cells import ErrorCell
from xlsig.workbooks.formulas import operators, values
from xlsig.workbooks.formulas.values import Uncomputable, Value, as_number, as_truth, finite, is_number, rounded, whole

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


def power(base: Value, exponent: Value) -> float:
    """POWER."""
    return operators.power(base, exponent)


def exponential(value: Value) -> float:
    """EXP."""
    return math.exp(as_number(value))


def logarithm(value: Value) -> float:
    """LN."""
    number = as_number(value)
    if number <= 0:
        raise SignalError(NUM, "the logarithm of zero or less")
    return math.log(number)
