"""References looked up in a book: which cells they stand for, and what a formula mentions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from xlsig.formulas.trees import Named, Node, Places, Structured, cells_of, columns_of, nodes, parse, rows_of
from xlsig.formulas.values import Uncomputable
from xlsig.grid.addresses import SHEET_ROWS
from xlsig.grid.book import Book, TableBlock
from xlsig.grid.formula_text import Shape, shape_of, sheet_named, tokens

_WORD = re.compile(r"[^\W\d][\w.]*")
_PLACES = {"cells": cells_of, "columns": columns_of, "rows": rows_of}


class Area(NamedTuple):
    """Cells of one sheet, from corner to corner, both inside."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Its rows."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """Its columns."""
        return self.right - self.left + 1

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.top == self.bottom and self.left == self.right

    @property
    def is_whole(self) -> bool:
        """Whether it is made of whole columns."""
        return self.height == SHEET_ROWS

    def part(self, row: int, column: int) -> Area:
        """One cell, row (column 0) or column (row 0), counted from 1 and inside."""
        top, bottom = (self.top, self.bottom) if row == 0 else (self.top + row - 1,) * 2
        left, right = (self.left, self.right) if column == 0 else (self.left + column - 1,) * 2
        return Area(self.sheet, top, left, bottom, right)

    def resized(self, height: int, width: int) -> Area:
        """As many rows and columns from its first cell."""
        return Area(self.sheet, self.top, self.left, self.top + height - 1, self.left + width - 1)

    def crossing(self, row: int, column: int) -> Area | None:
        """The one cell that a formula in this row and column means by a single row or column; None if there is none."""
        if self.is_cell:
            return self
        if self.width == 1 and self.top <= row <= self.bottom:
            return Area(self.sheet, row, self.left, row, self.left)
        if self.height == 1 and self.left <= column <= self.right:
            return Area(self.sheet, self.top, column, self.top, column)
        return None

    def spanning(self, other: Area) -> Area:
        """The smallest block with both."""
        if self.sheet != other.sheet:
            raise Uncomputable("a range runs from one sheet to another")
        top, left = min(self.top, other.top), min(self.left, other.left)
        return Area(self.sheet, top, left, max(self.bottom, other.bottom), max(self.right, other.right))


class Directory:
    """What a book's sheets, tables and names are called, in either case."""

    def __init__(self, book: Book) -> None:
        self._sheets = {name.lower(): name for name in book.sheets}
        self._tables = {name.lower(): table for name, table in book.tables.items()}
        self._names = {name.lower().replace("'", ""): text for name, text in book.names.items()}

    def sheet(self, name: str) -> str:
        """A sheet's name as the book spells it."""
        found = self._sheets.get(name.lower())
        if found is None:
            raise Uncomputable(f"there is no sheet {name!r}")
        return found

    def area(self, places: Places, sheet: str) -> Area:
        """The cells of an A1 reference in a formula on a sheet."""
        on = sheet if places.sheet is None else self.sheet(places.sheet)
        return Area(on, places.top, places.left, places.bottom, places.right)

    def named(self, reference: Named, sheet: str) -> Node | Area:
        """What a name stands for: a formula's tree, or a table's body."""
        name = reference.name.lower()
        own = (reference.sheet or sheet).lower()
        text = self._names.get(f"{own}!{name}", self._names.get(name))
        if text is not None:
            return _definition(reference.name, text)
        table = self._tables.get(name)
        if table is None or reference.sheet is not None:
            raise Uncomputable(f"there is no name or table {reference.name!r}")
        return _part(table, (), table.columns[0], table.columns[-1])

    def structured(self, reference: Structured, sheet: str, row: int, column: int) -> Area | None:
        """The cells of a structured reference in a formula that stands here; None where no row of the table does."""
        table = self._standing_in(sheet, row, column) if reference.table is None else self._tables.get(reference.table.lower())
        if table is None:
            raise Uncomputable(f"there is no table {reference.table!r}")
        first = table.columns[0] if reference.first is None else reference.first
        last = table.columns[-1] if reference.last is None else reference.last
        area = _part(table, reference.parts, first, last)
        if "#this row" not in reference.parts:
            return area
        if reference.parts != ("#this row",):
            raise Uncomputable("it mixes #This Row with other parts of a table")
        if sheet != table.sheet or not area.top <= row <= area.bottom:
            return None
        return Area(area.sheet, row, area.left, row, area.right)

    def _standing_in(self, sheet: str, row: int, column: int) -> TableBlock:
        for table in self._tables.values():
            body = _part(table, ("#all",), table.columns[0], table.columns[-1])
            if sheet == table.sheet and body.top <= row <= body.bottom and body.left <= column <= body.right:
                return table
        raise Uncomputable("a structured reference without its table's name stands outside a table")


def _definition(name: str, text: str) -> Node:
    """A defined name's formula. Where its meaning would move with the cell that uses it, it has none here."""
    tree = parse(text)
    for node in nodes(tree):
        if isinstance(node, Places) and (not node.fixed or node.sheet is None):
            raise Uncomputable(f"the name {name!r} means another cell in every cell ({text})")
    return tree


def _part(table: TableBlock, parts: tuple[str, ...], first: str, last: str) -> Area:
    """The rows of a table's parts (none named: its body), from one column to another."""
    left, right = sorted((_column(table, first), _column(table, last)))
    body_top, bottom = table.row + 1, table.row + max(1, len(table.rows))
    if "#totals" in parts:
        raise Uncomputable(f"it refers to the totals row of {table.name}")
    top = table.row if "#all" in parts or "#headers" in parts else body_top
    if "#headers" in parts and "#all" not in parts and "#data" not in parts:
        bottom = table.row
    return Area(table.sheet, top, left, bottom, right)


def _column(table: TableBlock, name: str) -> int:
    for column, known in enumerate(table.columns, start=table.column):
        if known.lower() == name.lower():
            return column
    raise Uncomputable(f"the table {table.name} has no column {name!r}")


@dataclass(frozen=True)
class Mentions:
    """What a formula mentions: areas, and words that may be tables or names."""

    areas: tuple[Area, ...]
    words: frozenset[str]


def mentioned(text: str, sheet: str, row: int = 0, column: int = 0) -> Mentions:
    """What a formula in a cell mentions; where it cannot be read, every word in it.

    >>> mentioned("=SUM(A1:A3)+Flows[net]", "Data").words
    frozenset({'flows'})
    """
    shape = shape_of(text, row, column)
    places, words, first, left = _said_by(shape)
    found = (place.moved(shape.row - first, shape.column - left) for place in places)
    return Mentions(tuple(Area(place.sheet or sheet, place.top, place.left, place.bottom, place.right) for place in found), words)


@lru_cache(maxsize=20_000)
def _said_by(shape: Shape) -> tuple[list[Places], frozenset[str], int, int]:
    """The references and the words in a formula, and the row and column in which they read so."""
    places: list[Places] = []
    words: set[str] = set()
    before, on = "", None
    for kind, part in tokens(shape.text):
        if kind in _PLACES:
            try:
                places.append(_PLACES[kind](part, on))
            except Uncomputable:
                words.add(part.lower())
        elif kind == "name":
            words.add(part.lower())
        elif kind == "brackets" and before != "name":
            words.add("")
        elif kind == "odd":
            words |= {word.lower() for word in _WORD.findall(shape.text)}
        before, on = kind, sheet_named(part) if kind == "sheet" else None
    return places, frozenset(words), shape.row, shape.column
