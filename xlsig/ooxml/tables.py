"""An Excel Table as its part describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import Box, box_of, cell_name
from xlsig.ooxml.parts import Parts, Tree, child, children, needed
from xlsig.ooxml.references import Move, moved
from xlsig.ooxml.stored_cells import unescaped


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
        if column_key(name) in places:
            raise PackageRefusal(f"the data for the table {table.name} has the column {name!r} twice")
        places[column_key(name)] = at
    found = [places.pop(column_key(column.name), None) for column in table.columns]
    if places:
        unknown = columns[min(places.values())]
        raise PackageRefusal(f"the table {table.name} on the sheet {table.sheet!r} has no column {unknown!r} for the data")
    missing = [column.name for column, place, has in zip(table.columns, found, formulas, strict=True) if place is None and not has]
    if missing:
        raise PackageRefusal(
            f"the table {table.name} on the sheet {table.sheet!r} has a column {missing[0]!r} that the data lacks and no formula fills"
        )
    return found


def column_key(name: str) -> str:
    """What two spellings of a column's name have in common: a line break may be a blank, or Excel's _x000a_.

    >>> column_key("Net_x000a_flow") == column_key("net\\r\\nFlow") == column_key("net  flow")
    True
    """
    return " ".join(unescaped(str(name).replace("&", "&amp;")).split()).casefold()
