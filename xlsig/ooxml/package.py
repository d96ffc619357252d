"""An Excel workbook opened for editing: its sheets, tables, names and formulas as they are, and as pending edits make them."""

from __future__ import annotations

import contextlib
import os
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from lxml import etree

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, Box, box_of
from xlsig.grid.book import Book, Content, Formula, Key, TableBlock
from xlsig.grid.contents import Plain
from xlsig.ooxml import charts
from xlsig.ooxml.guard import open_guarded
from xlsig.ooxml.parts import Parts
from xlsig.ooxml.references import Move, Spelling, as_stored, shifted
from xlsig.ooxml.rows import SheetStream
from xlsig.ooxml.saved_file import check_free, check_unchanged, only_one, sweep
from xlsig.ooxml.sheet import SheetEdit, Step
from xlsig.ooxml.stored_cells import SharedStrings, SharedText, Tags, attribute, cells_in
from xlsig.ooxml.styles import NumberFormats
from xlsig.ooxml.tables import TablePart, read_table
from xlsig.ooxml.workbook import Sheet, Workbook

LOCK_PATIENCE = 120.0
OPEN_PATIENCE = 2.0
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError, IndexError, OverflowError)
"""What reading a damaged part brings about; the last four: no numbers, or too large ones, where numbers belong, and the like."""


@contextlib.contextmanager
def refusing_damage() -> Iterator[None]:
    """What a part that no spreadsheet writes brings about, wherever it is noticed, is a refusal: the files after it go on."""
    try:
        yield
    except (*DAMAGED, AttributeError, TypeError, RecursionError, MemoryError, etree.LxmlError) as failure:
        said = f"{type(failure).__name__}: {failure}"
        raise PackageRefusal(f"the file is damaged: something in it is not as a spreadsheet writes it ({said})") from failure


class OpenWorkbook:
    """A workbook's package, open for  With `lock` no other edit of the file begins until it is closed."""

    def __init__(
        self,
        path: Path,
        *,
        lock: bool,
        spelling: Spelling = as_stored,
        lock_patience: float = LOCK_PATIENCE,
        patience: float = OPEN_PATIENCE,
    ) -> None:
        self.path = path
        self._spelling = spelling
        self._patience = patience
        self._closing = contextlib.ExitStack()
        try:
            if lock:
                check_free(path, patience)
                self._closing.enter_context(only_one(path, lock_patience))
                sweep(Path(os.path.realpath(path)).parent)
            self._seen = os.stat(path)
            package = self._closing.enter_context(open_guarded(path))
            with self._reading():
                self._parts = Parts(package)
                self._workbook = Workbook(self._parts)
                self.tables = self._tables()
                self.links = self._workbook.links()
                """The external links by number, and where each leads."""
            self._strings = self._shared_strings()
        except BaseException:
            self._closing.close()
            raise
        self._formats = NumberFormats(self._parts)
        self._sheets = {sheet.name: SheetEdit(sheet.name, self._strings) for sheet in self._workbook.sheets}
        self._followed = 0
        self._values: dict[str, dict[tuple[int, int], Plain]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._closing.close()

    def _shared_strings(self) -> SharedStrings:
        part = next(iter(self._parts.pointed(self._parts.workbook, "sharedStrings")), None)
        return SharedStrings(None if part is None else lambda: self._parts.open(part), part or "")

    def _tables(self) -> dict[str, TablePart]:
        """The tables by name."""
        found = (
            read_table(self._parts, part, sheet.name)
            for sheet in self._workbook.sheets
            for part in self._parts.pointed(sheet.part, "table")
        )
        return {table.name: table for table in found}

    @property
    def sheet_names(self) -> list[str]:
        """The worksheets, in order."""
        return [sheet.name for sheet in self._workbook.sheets]

    @property
    def names(self) -> dict[str, str]:
        """Defined names and what they refer to, without =; a sheet's own are called Sheet!name."""
        self._follow()
        return self._workbook.names()

    def table(self, name: str) -> TablePart:
        """A table by its name, in either case."""
        for known, table in self.tables.items():
            if known.lower() == name.lower():
                return table
        raise PackageRefusal(f"the workbook has no table {name!r} (it has {', '.join(sorted(self.tables)) or 'none'})")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """What cannot be read is damaged, unless somebody saved the file since it was opened."""
        try:
            yield
        except DAMAGED as failure:
            check_unchanged(self.path, self._seen)
            raise PackageRefusal(f"the file is damaged: a part of it cannot be read ({failure})") from None

    def _follow(self) -> None:
        """Let names, charts and calculated columns follow the tables that were moved since the last time."""
        with self._reading():
            self._follow_moves()

    def _follow_moves(self) -> None:
        moves = self._moves[self._followed :]
        self._followed = len(self._moves)
        if not moves:
            return
        self._workbook.move(moves)
        charts.move_charts(self._parts, moves)
        for table in self.tables.values():
            if table.follow(moves):
                self._parts.mark(table.part, "a calculated column follows a table")

    @property
    def _moves(self) -> list[Move]:
        return next(iter(self._sheets.values())).moves if self._sheets else []

    def _typed(self, formula: str) -> str:
        """A stored formula as a person types it, with =."""
        return f"={self._spelling(formula, self.links)}"

    def _rows(
        self, sheet: Sheet, *, formulas_only: bool = False, among: Collection[int] | None = None, hidden: set[int] | None = None
    ) -> Iterator[ReadCell]:
        """The cells of a sheet with all edits so far; of all its rows, or of those `among` some. `hidden` gets the rows not shown."""
        self._follow()
        edit = self._sheets[sheet.name]
        edit.follow()
        with self._reading(), self._parts.open(sheet.part) as source:
            stream = SheetStream(source, sheet.part)
            steps: Iterable[Step] = edit.steps(stream)
            if among is not None:
                last = max(among)
                steps = (step for step in takewhile(lambda step: step.number <= last, steps) if step.number in among)
            if hidden is not None:
                steps = _noting_hidden(steps, stream.tags, hidden)
            yield from read_cells(((step.number, step.xml) for step in steps), stream.tags, self._strings, formulas_only=formulas_only)

    def formulas(self) -> Iterator[tuple[str, int, int, str, str | None]]:
        """Every formula with all edits so far: sheet, row, column, text with = as a person types it, and the block it spills over."""
        for sheet in self._workbook.sheets:
            for cell in self._rows(sheet, formulas_only=True):
                if cell.formula is not None:
                    block = None if cell.block is None else str(cell.block)
                    yield sheet.name, cell.row, cell.column, self._typed(cell.formula), block

    def stored_formulas(self) -> Iterator[tuple[str, int, int, str]]:
        """Every formula as the file holds it, with its host's prefixes and without =."""
        for sheet in self._workbook.sheets:
            for cell in self._rows(sheet, formulas_only=True):
                if cell.formula is not None:
                    yield sheet.name, cell.row, cell.column, cell.formula

    def values(self, sheet: str) -> dict[tuple[int, int], Plain]:
        """The values of a sheet's cells by row and column, formulas by the value that the file holds; dates are serials."""
        if sheet not in self._values:
            cells = self._rows(self._workbook.sheet(sheet))
            self._values[sheet] = {(cell.row, cell.column): cell.value for cell in cells if cell.value is not None}
        return self._values[sheet]

    def value_of(self, cells: Iterable[Key]) -> dict[Key, Plain]:
        """The values of some cells, as `values` has them, without those that hold none."""
        rows: dict[str, set[int]] = {}
        wanted = set(cells)
        for sheet, row, _ in wanted:
            rows.setdefault(sheet, set()).add(row)
        found = ((sheet, cell) for sheet, among in rows.items() for cell in self._rows(self._workbook.sheet(sheet), among=among))
        told = {(sheet, cell.row, cell.column): cell.value for sheet, cell in found if cell.value is not None}
        return {key: told[key] for key in wanted if key in told}

    def read(self, sheet: str, growth: tuple[int, int] = (0, 0), hidden: set[int] | None = None) -> dict[tuple[int, int], Content]:
        """A sheet's cells as a book holds them, formulas as such; what spilled is left out. `growth`: see `book`.

        `hidden` gets the rows that are not shown.
        """
        return contents(self._rows(self._workbook.sheet(sheet), hidden=hidden), growth, self._typed)

    def book(self, growth: tuple[int, int] = (64, 0)) -> Book:
        """The workbook with all edits so far. A formula that spills may grow by so many rows and columns, as far as they are free."""
        hidden: dict[str, set[int]] = {sheet.name: set() for sheet in self._workbook.sheets}
        sheets = {name: self.read(name, growth, rows) for name, rows in hidden.items()}
        book = Book(sheets, names=dict(self.names), hidden=hidden)
        for table in self.tables.values():
            cells = book.sheets[table.sheet]
            columns = range(table.box.left, table.box.right + 1)
            rows = tuple(tuple(cells.get((row, column)) for column in columns) for row in range(table.first, table.last + 1))
            names = tuple(column.name for column in table.columns)
            book.tables[table.name] = TableBlock(table.name, table.sheet, table.first - 1, table.box.left, names, rows)
        return book


def _noting_hidden(steps: Iterable[Step], tags: Tags, hidden: set[int]) -> Iterator[Step]:
    """The rows as they come; those that are not shown are noted."""
    for step in steps:
        if step.xml is not None and b"hidden" in step.xml:
            found = tags.row.match(step.xml)
            if found is not None and attribute(found[2], "hidden") in ("1", "true"):
                hidden.add(step.number)
        yield step


class ReadCell(NamedTuple):
    """A cell: its value, its formula without = (None: a constant), and the block that an array formula fills."""

    row: int
    column: int
    value: Plain
    formula: str | None
    block: Box | None
    is_dynamic: bool


def read_cells(
    rows: Iterable[tuple[int, bytes | None]], tags: Tags, strings: SharedText, *, formulas_only: bool = False
) -> Iterator[ReadCell]:
    """Every cell that holds something, row by row; shared formulas as each cell reads them. `formulas_only`: these, without values."""
    masters: dict[str, tuple[int, int, str]] = {}
    for number, xml in rows:
        if xml is None or (formulas_only and tags.formula_start not in xml):
            continue
        for column, cell in cells_in(xml, tags).items():
            formula = cell.formula(tags)
            if formulas_only and formula is None:
                continue
            value = None if formulas_only else cell.value(tags, strings)
            if formula is None:
                if value is not None:
                    yield ReadCell(number, column, value, None, None, False)
                continue
            kind, text, block = formula.attribute("t"), formula.text, None
            if kind == "shared":
                group = formula.attribute("si")
                if text:
                    masters[group] = (number, column, text)
                elif group in masters:
                    row, left, text = masters[group]
                    text = shifted(text, number - row, column - left)
            elif kind == "array":
                block = box_of(formula.attribute("ref"))
            if kind == "dataTable" or not text:
                yield ReadCell(number, column, value, None, None, False)
            else:
                yield ReadCell(number, column, value, text, block, bool(cell.attribute("cm")))


def contents(cells: Iterable[ReadCell], growth: tuple[int, int], typed: Callable[[str], str]) -> dict[tuple[int, int], Content]:
    """The cells of a sheet for a book. What spilled is left out: it follows from its formula, which has room to grow so far."""
    found: dict[tuple[int, int], Content] = {}
    blocks: list[ReadCell] = []
    for cell in cells:
        found[cell.row, cell.column] = cell.value if cell.formula is None else Formula(typed(cell.formula))
        if cell.block is not None:
            blocks.append(cell)
    for cell in blocks:
        box = cell.block
        assert box is not None
        for row, column in box.cells_among(found):
            if (row, column) != (cell.row, cell.column) and not isinstance(found[row, column], Formula):
                del found[row, column]
    boxes = [cell.block for cell in blocks if cell.block is not None]
    for cell in blocks:
        box = cell.block
        assert box is not None
        assert cell.formula is not None
        room = _room(box, found, [other for other in boxes if other is not box], growth) if cell.is_dynamic else box
        size = (room.bottom - room.top + 1, room.right - room.left + 1)
        found[cell.row, cell.column] = Formula(typed(cell.formula), size, not cell.is_dynamic, box)
    return found


def _room(box: Box, found: dict[tuple[int, int], Content], others: list[Box], growth: tuple[int, int]) -> Box:
    """How far a block can grow to the right and down over empty cells."""

    def is_free(row: int, column: int) -> bool:
        return (row, column) not in found and not any(other.holds(row, column) for other in others)

    right, bottom = box.right, box.bottom
    while right < min(LAST_COLUMN, box.right + growth[1]) and all(is_free(row, right + 1) for row in range(box.top, box.bottom + 1)):
        right += 1
    while bottom < min(LAST_ROW, box.bottom + growth[0]) and all(is_free(bottom + 1, column) for column in range(box.left, box.right + 1)):
        bottom += 1
    return box._replace(bottom=bottom, right=right)
