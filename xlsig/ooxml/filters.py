"""Which rows the filter of a table hides."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from xlsig.grid.contents import Plain, day_of
from xlsig.grid.number_formats import GENERAL, scales, shown, shown_anywhere
from xlsig.grid.wildcards import likeness
from xlsig.ooxml.parts import Tree, children, local
from xlsig.ooxml.styles import NumberFormats

Test = Callable[[Plain, str], bool]
"""Whether a value stays visible under a number format."""
Hides = Callable[[Sequence[Plain], Sequence[str]], bool]
"""Whether a row is hidden: its values as the data have them, and the number of each table cell's style."""
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


def hidden_rows(
    filters: Tree, sources: Sequence[int | None], formats: NumberFormats | None = None, used: Collection[Sequence[str]] = ()
) -> tuple[Hides, list[Tree]]:
    """Which rows the filter hides, and the conditions that cannot be told here and have to be taken off.

    `used` has the styles that the table's rows usually have: what is ticked under a format that is not certain is not told, and a row
    that looks otherwise and is not certain stays visible.
    """
    tests: list[tuple[int, int, Test]] = []
    untold: list[Tree] = []
    for condition in children(filters, "filterColumn"):
        at = int(condition.get("colId", "-1"))
        source = sources[at] if 0 <= at < len(sources) else None
        codes = {_code(formats, styles, at) for styles in used}
        test = _test(condition, codes)
        if test is None or source is None:
            untold.append(condition)
        else:
            tests.append((at, source, test))

    def hides(row: Sequence[Plain], styles: Sequence[str] = ()) -> bool:
        return not all(test(row[source], _code(formats, styles, at) or GENERAL) for at, source, test in tests)

    return hides, untold


def _code(formats: NumberFormats | None, styles: Sequence[str], at: int) -> str | None:
    return GENERAL if formats is None or at >= len(styles) else formats.of(styles[at])


def _test(condition: Tree, codes: Collection[str | None]) -> Test | None:
    for rule in condition:
        if local(rule) == "filters":
            return _listed(rule, codes)
        if local(rule) == "customFilters":
            return _compared(rule)
    return None


_PROBES = (1234.5, 45660.25)
"""A format that can show these is understood."""


def _listed(rule: Tree, codes: Collection[str | None]) -> Test | None:
    """What is ticked in the list: texts as the cells show them, days, months and years.

    Programs that write files tick the bare number instead. A number that no cell of the format shows so can only be that.
    """
    texts = {_ticked(entry.get("val", "")) for entry in children(rule, "filter")}
    blank = rule.get("blank") in ("1", "true")
    dates = [_date_parts(entry) for entry in children(rule, "dateGroupItem")]
    if None in dates:
        return None
    if texts and any(code is None or None in [shown(probe, code) for probe in _PROBES] for code in codes):
        return None
    bare: dict[str, set[str]] = {}

    def stays(value: Plain, code: str) -> bool:
        if value is None:
            return blank
        if isinstance(value, float | int) and not isinstance(value, bool):
            if any(parts == _day_parts(value)[: len(parts)] for parts in dates if parts):
                return True
            if code not in bare:
                bare[code] = {text for text in texts if _is_bare(text, code)}
            if f"{value:.15g}".lower() in bare[code]:
                return True
        read = shown_anywhere(value, code)
        return read is None or any(_ticked(text) in texts for text in read)

    return stays


def _ticked(text: str) -> str:
    """A text as it is compared: without regard to case and to what a format keeps free at its ends."""
    return text.strip().lower()


def _is_bare(text: str, code: str) -> bool:
    """Whether a ticked text is a number as it stands in the file, since the format would show that number otherwise."""
    if code == GENERAL:
        return True
    try:
        number = float(text)
    except ValueError:
        return False
    return not scales(code) and _ticked(shown(number, code) or "") != text


def _day_parts(value: float) -> tuple[int, ...]:
    day = day_of(value)
    return (day.year, day.month, day.day)


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
    return lambda value, code: combined(test(value, code) for test in known)


def _comparison(operator: str, text: str) -> Test | None:
    try:
        limit = float(text)
    except ValueError:
        return _likeness(operator, text)
    sign, is_else = _SIGNS[operator], operator == "notEqual"
    return lambda value, _: sign(float(value), limit) if isinstance(value, float | int) and not isinstance(value, bool) else is_else


def _likeness(operator: str, text: str) -> Test | None:
    """A comparison with a text: * and ? stand for any signs, ~ before one for itself; a blank means cells without anything."""
    if operator not in ("equal", "notEqual"):
        return None
    wanted = operator == "equal"
    if not text.strip():
        return lambda value, _: (value is None or value == "") == wanted
    is_so = likeness(text)

    def is_like(value: Plain) -> bool:
        if isinstance(value, float | int) and not isinstance(value, bool):
            return False  # a number is like no text, however it is shown
        said = "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)
        return is_so(said)

    return lambda value, _: is_like(value) == wanted
