"""Which of a table's new rows its filter hides: by listed texts, by dates, by comparisons. A filter of another kind is taken off."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from xlsig.grid.contents import ErrorCell, Plain
from xlsig.grid.serials import day_of
from xlsig.ooxml.parts import Tree, children, local

Test = Callable[[Plain], bool]
"""Whether a value stays visible."""

_HIDDEN = re.compile(rb"""\shidden\s*=\s*(?:"[^"]*"|'[^']*')""")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "equal": lambda value, limit: value == limit,
    "notEqual": lambda value, limit: value != limit,
    "greaterThan": lambda value, limit: value > limit,
    "greaterThanOrEqual": lambda value, limit: value >= limit,
    "lessThan": lambda value, limit: value < limit,
    "lessThanOrEqual": lambda value, limit: value <= limit,
}
_DATE_PARTS = ("year", "month", "day")


def with_visibility(start: bytes, hidden: bool) -> bytes:
    """A row's opening tag, hidden or shown."""
    shown = _HIDDEN.sub(b"", start)
    return shown[:-1] + b' hidden="1">' if hidden else shown


def hidden_rows(filters: Tree, sources: Sequence[int | None]) -> tuple[Callable[[tuple[Plain, ...]], bool], list[Tree]]:
    """Which rows the filter hides, and the conditions that cannot be told here and have to be taken off."""
    tests: list[tuple[int, Test]] = []
    untold: list[Tree] = []
    for condition in children(filters, "filterColumn"):
        at = int(condition.get("colId", "-1"))
        source = sources[at] if 0 <= at < len(sources) else None
        test = _test(condition)
        if test is None or source is None:
            untold.append(condition)
        else:
            tests.append((source, test))
    return lambda row: not all(test(row[source]) for source, test in tests), untold


def _test(condition: Tree) -> Test | None:
    for rule in condition:
        if local(rule) == "filters":
            return _listed(rule)
        if local(rule) == "customFilters":
            return _compared(rule)
    return None


def _listed(rule: Tree) -> Test | None:
    """The values ticked in the list: texts, whole numbers as they read, days, months and years."""
    texts = {entry.get("val", "").lower() for entry in children(rule, "filter")}
    blank = rule.get("blank") in ("1", "true")
    dates = [_date_parts(entry) for entry in children(rule, "dateGroupItem")]
    if None in dates:
        return None

    def stays(value: Plain) -> bool:
        if value is None:
            return blank
        if isinstance(value, bool):
            return str(value).lower() in texts
        if isinstance(value, str | ErrorCell):
            return str(value).lower() in texts
        if dates:
            day = day_of(value)
            if any(parts == (day.year, day.month, day.day)[: len(parts)] for parts in dates if parts):
                return True
        return f"{value:.15g}" in texts

    return stays


def _date_parts(entry: Tree) -> tuple[int, ...] | None:
    """Year, month and day as far as the entry says; None where it is as fine as hours."""
    grouping = entry.get("dateTimeGrouping", "")
    if grouping not in _DATE_PARTS:
        return None
    return tuple(int(entry.get(part, "0")) for part in _DATE_PARTS[: _DATE_PARTS.index(grouping) + 1])


def _compared(rule: Tree) -> Test | None:
    """One or two comparisons with numbers, or with texts that may hold * and ?."""
    tests = [_comparison(entry.get("operator", "equal"), entry.get("val", "")) for entry in children(rule, "customFilter")]
    known = [test for test in tests if test is not None]
    if not known or len(known) < len(tests):
        return None
    combined = all if rule.get("and") in ("1", "true") else any
    return lambda value: combined(test(value) for test in known)


def _comparison(operator: str, text: str) -> Test | None:
    try:
        limit = float(text)
    except ValueError:
        return _likeness(operator, text)
    sign = _SIGNS[operator]
    return lambda value: isinstance(value, float | int) and not isinstance(value, bool) and sign(float(value), limit)


def _likeness(operator: str, text: str) -> Test | None:
    if operator not in ("equal", "notEqual"):
        return None
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in text), re.IGNORECASE | re.DOTALL)
    wanted = operator == "equal"
    return lambda value: (pattern.fullmatch("" if value is None else str(value)) is not None) == wanted
