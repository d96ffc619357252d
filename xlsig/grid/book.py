"""A workbook before it is written: what stands in which cell. Rows and columns count from 0."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from xlsig.grid.addresses import Box
from xlsig.grid.contents import ErrorCell


@dataclass(frozen=True)
class Formula:
    """A formula as typed in English Excel, with its leading =. `spill` reserves rows × columns for an answer that spills from here.

    `is_fixed`: it was entered for just these cells with Ctrl+Shift+Enter, as Calc saves every array, and shows as much as fits.
    `taken`: the cells that its answer took when the file was saved.
    """

    text: str
    spill: tuple[int, int] | None = None
    is_fixed: bool = False
    taken: Box | None = None


Key = tuple[str, int, int]
"""A cell of a book: its sheet, row and column."""

Content = float | int | str | bool | dt.date | ErrorCell | Formula | None


@dataclass(frozen=True)
class TableBlock:
    """An Excel Table: its header cell, its column names and its body."""

    name: str
    sheet: str
    row: int
    column: int
    columns: tuple[str, ...]
    rows: tuple[tuple[Content, ...], ...]


@dataclass
class Book:
    """Sheets of cells, the tables on them, and defined names ("signal_z" → "Settings!$C$4")."""

    sheets: dict[str, dict[tuple[int, int], Content]] = field(default_factory=dict)
    tables: dict[str, TableBlock] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, set[int]] = field(default_factory=dict)
    """The rows of each sheet that are not shown."""

    def add_table(self, table: TableBlock) -> None:
        """Place a table: its header and body become cells of its sheet."""
        self.tables[table.name] = table
        cells = self.sheets.setdefault(table.sheet, {})
        for column, name in enumerate(table.columns, start=table.column):
            cells[table.row, column] = name
        for row, entries in enumerate(table.rows, start=table.row + 1):
            for column, entry in enumerate(entries, start=table.column):
                cells[row, column] = entry

    def content(self, sheet: str, row: int, column: int) -> Content:
        """What stands in a cell; None where nothing does."""
        return self.sheets[sheet].get((row, column))

    def formulas(self) -> Iterator[tuple[str, int, int, Formula]]:
        """Every formula cell."""
        for sheet, cells in self.sheets.items():
            for (row, column), content in cells.items():
                if isinstance(content, Formula):
                    yield sheet, row, column, content
