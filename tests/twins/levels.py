"""Twins of the level functions: lists of what is known, and walks one row at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction

from tests.twins.financing import spread_percentile, spread_zscore
from tests.twins.pairs import twin
from tests.twins.rules import DIV0, NA, Series, count, equally_long, has_a_value, refuse, strictly_increasing

Dates = Sequence[dt.date]
TIE = Fraction(1, 10**12)


@twin
def level_zscore(levels: Series, window: float = 252, method: str = "mean") -> float:
    """The rule of SPREAD_ZSCORE."""
    return spread_zscore(levels, window, method)


@twin
def level_percentile(levels: Series, window: float = 252, convention: str = "weak") -> float:
    """The rule of SPREAD_PERCENTILE."""
    return spread_percentile(levels, window, convention)


@twin
def range_index(levels: Series, window: float = 156) -> float:
    window = count(window, 2)
    has_a_value(levels)
    if levels[-1] is None:
        refuse(NA, "the last level is missing")
    known = [Fraction(level) for level in levels if level is not None]
    if len(known) < window:
        refuse(NA, "too short a history")
    ordered = sorted(known[-window:])
    if ordered[-1] - ordered[0] <= TIE * max(abs(ordered[-1]), abs(ordered[0])):
        refuse(DIV0, "no range")
    return float((known[-1] - ordered[0]) / (ordered[-1] - ordered[0]))


def _since(dates: Dates, levels: Series, at_least: Callable[[Fraction, Fraction], bool]) -> dt.date:
    equally_long(dates, levels)
    strictly_increasing(dates)
    has_a_value(levels)
    if levels[-1] is None:
        refuse(NA, "the last level is missing")
    last = Fraction(levels[-1])
    earliest = None
    for row in range(len(levels) - 2, -1, -1):
        if levels[row] is None:
            continue
        level = Fraction(levels[row])
        if at_least(level, last) or abs(level - last) <= TIE * max(abs(level), abs(last)):
            return dates[row]
        earliest = dates[row]
    if earliest is None:
        refuse(NA, "no earlier level")
    return earliest


@twin
def lowest_since(dates: Dates, levels: Series) -> dt.date:
    return _since(dates, levels, lambda level, last: level <= last)


@twin
def highest_since(dates: Dates, levels: Series) -> dt.date:
    return _since(dates, levels, lambda level, last: level >= last)
