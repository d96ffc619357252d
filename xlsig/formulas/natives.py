"""Excel's own functions that are computed here, each checked against Calc: names, arguments, rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xlsig.formulas import aggregates, cells_that_match, distributions, lookups, operators, texts_and_dates, workdays
from xlsig.formulas.aggregates import Aggregate
from xlsig.formulas.cells_that_match import MATCHING
from xlsig.formulas.choices import CHOICES
from xlsig.formulas.operators import Rule, strict
from xlsig.formulas.positions import POSITIONS
from xlsig.formulas.tables_of_values import TABLES
from xlsig.formulas.visible_cells import VISIBLE
from xlsig.formulas.walk import Selection

VOLATILE = frozenset({"TODAY", "NOW", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO"})
"""Functions whose answer changes without a change of their arguments: they have no value here."""

RULES: Mapping[str, Selection] = {**CHOICES, **POSITIONS, **MATCHING, **TABLES, **VISIBLE}
"""What each of `SELECTIVE` does."""


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
    matches: bool = False
    """Whether it holds cells against a text that may have wildcards."""
    sorts: bool = False
    """Whether it asks for its numbers in order, which are sorted once for all."""
    alone: bool = False
    """Whether its single values may not be arrays: spreadsheets differ on them."""

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
    "MATCH": Native(lookups.match, "scs", 2, matches=True),
    "VLOOKUP": Native(lookups.down, "scss", 3, matches=True),
    "HLOOKUP": Native(lookups.across, "scss", 3, matches=True),
    "SUM": _over(aggregates.total),
    "PRODUCT": _over(aggregates.product),
    "AVERAGE": _over(aggregates.average),
    "MIN": _over(aggregates.least),
    "MAX": _over(aggregates.largest),
    "COUNT": _over(aggregates.count_numbers),
    "COUNTA": _over(aggregates.count_filled),
    "COUNTBLANK": Native(aggregates.count_blank, "c", 1),
    "COUNTIF": Native(cells_that_match.count_if, "cs", 2, matches=True),
    "STDEV": _over(distributions.deviation),
    "STDEV.S": _over(distributions.deviation),
    "STDEV.P": _over(distributions.deviation_of_all),
    "STDEVP": _over(distributions.deviation_of_all),
    "VAR": _over(distributions.variance),
    "VAR.S": _over(distributions.variance),
    "VAR.P": _over(distributions.variance_of_all),
    "VARP": _over(distributions.variance_of_all),
    "MEDIAN": _over(distributions.median),
    "LARGE": Native(distributions.nth_largest, "cs", 2, sorts=True),
    "SMALL": Native(distributions.nth_smallest, "cs", 2, sorts=True),
    "PERCENTILE": Native(distributions.percentile, "cs", 2, sorts=True),
    "PERCENTILE.INC": Native(distributions.percentile, "cs", 2, sorts=True),
    "PERCENTILE.EXC": Native(distributions.percentile_inside, "cs", 2, sorts=True),
    "QUARTILE": Native(distributions.quartile, "cs", 2, sorts=True),
    "QUARTILE.INC": Native(distributions.quartile, "cs", 2, sorts=True),
    "QUARTILE.EXC": Native(distributions.quartile_inside, "cs", 2, sorts=True),
    "RANK": Native(distributions.rank, "scs", 2, sorts=True),
    "RANK.EQ": Native(distributions.rank, "scs", 2, sorts=True),
    "RANK.AVG": Native(distributions.rank_on_average, "scs", 2, sorts=True),
    "TRIMMEAN": Native(distributions.trimmed_mean, "cs", 2),
    "CORREL": Native(distributions.correlation, "cc", 2),
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
    "DATE": _single(texts_and_dates.date, 3),
    "YEAR": _single(texts_and_dates.year, 1),
    "MONTH": _single(texts_and_dates.month, 1),
    "DAY": _single(texts_and_dates.day, 1),
    "DATEDIF": _single(texts_and_dates.complete, 3),
    "EDATE": _single(texts_and_dates.months_later, 2),
    "EOMONTH": _single(texts_and_dates.month_end, 2),
    "WEEKDAY": _single(texts_and_dates.weekday, 1, 2),
    "NETWORKDAYS": Native(workdays.workdays_between, "ssc", 2, alone=True),
    "WORKDAY": Native(workdays.workday_after, "ssc", 2, alone=True),
    "CONCAT": _over(texts_and_dates.strung),
    "TEXTJOIN": Native(texts_and_dates.strung_with, "ssc", 3, repeats=True),
    "CONCATENATE": Native(strict(texts_and_dates.joined), "s", 1, repeats=True),
    "LEFT": _single(texts_and_dates.left, 1, 2),
    "RIGHT": _single(texts_and_dates.right, 1, 2),
    "MID": _single(texts_and_dates.middle, 3),
    "LEN": _single(texts_and_dates.length, 1),
    "TRIM": _single(texts_and_dates.trimmed, 1),
    "UPPER": _single(texts_and_dates.upper, 1),
    "LOWER": _single(texts_and_dates.lower, 1),
    "SUBSTITUTE": _single(texts_and_dates.substituted, 3, 4),
    "REPT": _single(texts_and_dates.repeated, 2),
    "VALUE": _single(texts_and_dates.valued, 1),
    "TEXT": _single(texts_and_dates.formatted, 2),
}
"""Functions that look at all their arguments."""

SELECTIVE: Mapping[str, tuple[int, int]] = {
    "IF": (2, 3),
    "IFERROR": (2, 2),
    "IFNA": (2, 2),
    "IFS": (2, 254),
    "SWITCH": (3, 254),
    "CHOOSE": (2, 255),
    "LET": (3, 253),
    "INDEX": (2, 4),
    "ROWS": (1, 1),
    "COLUMNS": (1, 1),
    "ROW": (0, 1),
    "COLUMN": (0, 1),
    "SUMIF": (2, 3),
    "AVERAGEIF": (2, 3),
    "SUMIFS": (3, 255),
    "AVERAGEIFS": (3, 255),
    "COUNTIFS": (2, 254),
    "MAXIFS": (3, 253),
    "MINIFS": (3, 253),
    "FILTER": (2, 3),
    "SORT": (1, 4),
    "UNIQUE": (1, 3),
    "XLOOKUP": (3, 6),
    "XMATCH": (2, 4),
    "SUBTOTAL": (2, 255),
}
"""Functions that look at some arguments only, or at where the cells are; with their least and largest number of arguments."""

NATIVES = frozenset(EAGER) | frozenset(SELECTIVE)
"""The names of Excel's functions that were checked against Calc."""
