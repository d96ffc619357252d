"""Excel's own functions that are computed here, each checked against Calc: their names, their arguments and their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xlsig.formulas import aggregates, dates, lookups, operators, texts
from xlsig.formulas.aggregates import Aggregate
from xlsig.formulas.operators import Rule, strict

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
    "DATE": _single(dates.date, 3),
    "YEAR": _single(dates.year, 1),
    "MONTH": _single(dates.month, 1),
    "DAY": _single(dates.day, 1),
    "DATEDIF": _single(dates.complete, 3),
    "EDATE": _single(dates.months_later, 2),
    "EOMONTH": _single(dates.month_end, 2),
    "WEEKDAY": _single(dates.weekday, 1, 2),
    "CONCATENATE": Native(strict(texts.joined), "s", 1, repeats=True),
    "LEFT": _single(texts.left, 1, 2),
    "RIGHT": _single(texts.right, 1, 2),
    "MID": _single(texts.middle, 3),
    "LEN": _single(texts.length, 1),
    "TRIM": _single(texts.trimmed, 1),
    "UPPER": _single(texts.upper, 1),
    "LOWER": _single(texts.lower, 1),
    "SUBSTITUTE": _single(texts.substituted, 3, 4),
    "REPT": _single(texts.repeated, 2),
    "VALUE": _single(texts.valued, 1),
    "TEXT": _single(texts.formatted, 2),
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
