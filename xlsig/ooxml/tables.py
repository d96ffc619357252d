"""An Excel Table as its part describes it, and which of its new rows its filter hides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import Box, box_of, cell_name
from xlsig.grid.contents import ErrorCell, Plain, day_of
from xlsig.ooxml.parts import Parts, Tree, child, children, local, needed
from xlsig.ooxml.references import Move, moved
from xlsig.ooxml.stored_cells import unescaped

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


@dataclass(frozen=True)
class TableColumn:
    """A table's column; `formula` is its calculated column's, without =."""

    name: str
    formula: str | None
    is_array: bool


@dataclass
class TablePart:
    """An Excel Table: where it stands, and the rows it had and has."""

    name: str
    part: str
    sheet: str
    box: Box
    header_rows: int
    totals_rows: int
    columns: tuple[TableColumn, ...]
    root: Tree = field(repr=False)
    kind: str = ""

    @property
    def first(self) -> int:
        """Its first data row."""
        return self.box.top + self.header_rows

    @property
    def last(self) -> int:
        """Its last data row."""
        return self.box.bottom - self.totals_rows

    @property
    def filter(self) -> Tree | None:
        """Its filter, if one hides rows."""
        found = child(self.root, "autoFilter")
        return found if found is not None and len(found) and any(True for _ in children(found, "filterColumn")) else None

    def resize(self, rows: int) -> Move:
        """Give it so many data rows; returns how it moved."""
        old_last, new_last = self.last, self.first + max(rows, 1) - 1
        header = self.box.top if self.header_rows else None
        move = Move(self.sheet, self.box.left, self.box.right, header, self.first, old_last, new_last, totals=self.totals_rows > 0)
        self.box = self.box._replace(bottom=new_last + self.totals_rows)
        if new_last != old_last:
            self.root.set("ref", _range(self.box))
            for areas in self.root.iter("{*}autoFilter", "{*}sortState", "{*}sortCondition"):
                area = box_of(areas.get("ref", ""))
                if area is not None:
                    areas.set("ref", _range(move.box(area, single=True)))
        return move

    def follow(self, moves: Sequence[Move]) -> bool:
        """Let the formulas of its calculated columns follow the tables that moved; whether one did."""
        return self.rewrite(lambda text: moved(text, self.sheet, moves))

    def formulas(self) -> list[str]:
        """The formulas of its calculated columns and its totals."""
        return [formula.text or "" for formula in self._formulas()]

    def _formulas(self) -> Iterator[Tree]:
        return self.root.iter("{*}calculatedColumnFormula", "{*}totalsRowFormula")

    def rewrite(self, change: Callable[[str], str]) -> bool:
        """Change the formulas of its calculated columns; whether one became another."""
        changed = False
        for formula in self._formulas():
            text = formula.text or ""
            to = change(text)
            if to != text:
                formula.text = to
                changed = True
        return changed


def _range(box: Box) -> str:
    """A table's ref is always a range."""
    return f"{cell_name(box.top, box.left)}:{cell_name(box.bottom, box.right)}"


def read_table(parts: Parts, part: str, sheet: str) -> TablePart:
    """A table's part."""
    root = parts.tree(part)
    box = box_of(root.get("ref", ""))
    if box is None:
        raise PackageRefusal(f"{part} has no readable ref ({root.get('ref')!r})")
    columns = [_column(entry) for entry in children(needed(child(root, "tableColumns"), part, "columns"), "tableColumn")]
    name = root.get("displayName") or root.get("name") or ""
    if len(columns) != box.right - box.left + 1:
        raise PackageRefusal(f"the table {name} spans {box.right - box.left + 1} columns and describes {len(columns)}")
    header_rows, totals_rows = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    if box.top + header_rows + totals_rows > box.bottom:
        raise PackageRefusal(f"the table {name} has no data row ({root.get('ref')})")
    return TablePart(name, part, sheet, box, header_rows, totals_rows, tuple(columns), root, root.get("tableType", ""))


def _column(entry: Tree) -> TableColumn:
    formula = child(entry, "calculatedColumnFormula")
    text = None if formula is None else "".join(str(piece) for piece in formula.itertext())
    is_array = formula is not None and formula.get("array") in ("1", "true")
    return TableColumn(unescaped(entry.get("name", "").replace("&", "&amp;")), text, is_array)


def matched(table: TablePart, columns: Sequence[str], formulas: Sequence[bool]) -> list[int | None]:
    """For each column of the table the place of its data; None for a calculated one that the data does not bring."""
    places: dict[str, int] = {}
    for at, name in enumerate(columns):
        if _key(name) in places:
            raise PackageRefusal(f"the data for the table {table.name} has the column {name!r} twice")
        places[_key(name)] = at
    found = [places.pop(_key(column.name), None) for column in table.columns]
    if places:
        unknown = columns[min(places.values())]
        raise PackageRefusal(f"the table {table.name} on the sheet {table.sheet!r} has no column {unknown!r} for the data")
    missing = [column.name for column, place, has in zip(table.columns, found, formulas, strict=True) if place is None and not has]
    if missing:
        raise PackageRefusal(
            f"the table {table.name} on the sheet {table.sheet!r} has a column {missing[0]!r} that the data lacks and no formula fills"
        )
    return found


def _key(name: str) -> str:
    return " ".join(str(name).split()).casefold()


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
