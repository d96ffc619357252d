"""What the twins stand on: missing is None, a refusal is a SignalError, an answer has one plain shape to compare."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from tests.twins.pairs import asked
from xlsig.errors import DIV0, NA, NUM, VALUE, SignalError

Series = Sequence[float | None]

__all__ = [
    "DIV0",
    "NA",
    "NUM",
    "VALUE",
    "Refused",
    "Series",
    "count",
    "equally_long",
    "has_a_value",
    "outcome",
    "plain",
    "refuse",
    "same",
    "strictly_increasing",
]


@dataclass(frozen=True)
class Refused:
    """The code a function answered with instead of a value."""

    code: str


def refuse(code: str, why: str) -> NoReturn:
    """Stop with this error code."""
    raise SignalError(code, why)


def count(value: float, least: int = 1) -> int:
    """A whole number not below `least` (1 for counts, 2 for windows), else #NUM!."""
    if value != int(value) or value < least:
        refuse(NUM, f"{value} is not a whole number of at least {least}")
    return int(value)


def has_a_value(series: Series) -> None:
    """An empty or all-missing series cannot answer."""
    if all(value is None for value in series):
        refuse(NA, "no value at all")


def equally_long(*series: Sequence[object] | None) -> None:
    """Series of one axis have one length."""
    if len({len(each) for each in series if each is not None}) > 1:
        refuse(VALUE, "series of one axis differ in length")


def strictly_increasing(dates: Sequence[dt.date]) -> None:
    """Dates only move forward."""
    for before, after in itertools.pairwise(dates):
        if after <= before:
            refuse(VALUE, f"{after} does not come after {before}")


def plain(answer: Any) -> Any:
    """Lists for arrays, (columns, rows) for tables, None for every unknown."""
    if hasattr(answer, "columns") and hasattr(answer, "rows"):
        return tuple(answer.columns), [tuple(row) for row in answer.rows]
    if hasattr(answer, "tolist"):
        return [None if math.isnan(value) else value for value in answer.tolist()]
    return answer


def outcome(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What the function answers in plain shape, or Refused with its code."""
    asked(function)
    try:
        return plain(function(*arguments, **named))
    except SignalError as error:
        return Refused(error.code)


def same(left: Any, right: Any, rel: float = 1e-9, abs_: float = 1e-12) -> bool:
    """Equal as answers: numbers within `rel` of each other (near zero `abs_`); words, dates, codes, shapes exactly."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(same(a, b, rel, abs_) for a, b in zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=rel, abs_tol=abs_)
    return type(left) is type(right) and bool(left == right)
