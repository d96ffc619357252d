"""Which formula cells follow from tables and cells that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from xlsig.formulas.named_cells import Area, Mentions, mentioned
from xlsig.grid.book import Book, Formula, Key, TableBlock

_FEW_CELLS = 4
_GROUP = 512
_LONG_FORMULA = 100
_LONG_FORMULAS = 250_000

Boxes = NDArray[np.int64]

Reader = Key | str
"""A formula cell, or a defined name."""


def followers(book: Book, tables: Iterable[str], seeds: Iterable[Key]) -> set[Key]:
    """The formula cells that follow from replaced tables and from recomputed cells (the seeds included), directly or through others."""
    readers, spills, told = _Readers(), {}, set[Reader](seeds)
    for key, formula, said in _said(book):
        if formula.spill is not None:
            spills[key] = formula.spill
        if said is None:
            told.add(key)
        else:
            readers.add(key, said)
    tables = list(tables)
    words = {name.lower() for name in tables}
    for name, text in book.names.items():
        bare = name.rpartition("!")[2].lower()
        if bare not in words:
            readers.add(bare, mentioned(f"={text}", ""))
    changed: list[Area | str] = [*words, *(_table_area(book, name) for name in tables)]
    changed += [_answer_area(key, spills.get(key)) for key in told if not isinstance(key, str)]
    while changed:
        for reader in readers.of(changed.pop()):
            if reader not in told:
                told.add(reader)
                changed.append(reader if isinstance(reader, str) else _answer_area(reader, spills.get(reader)))
    return {reader for reader in told if not isinstance(reader, str)}


def _said(book: Book) -> Iterator[tuple[Key, Formula, Mentions | None]]:
    """What each formula mentions; None of long ones beyond so many signs, which are taken to follow."""
    read = 0
    for sheet, row, column, formula in book.formulas():
        key = sheet, row, column
        if len(formula.text) > _LONG_FORMULA:
            read += len(formula.text)
            if read > _LONG_FORMULAS:
                yield key, formula, None
                continue
        said = mentioned(formula.text, sheet, row, column)
        if "" in said.words:  # a reference to the formula's own row of a table means the table that it stands in
            own = {table.name.lower() for table in book.tables.values() if table.sheet == sheet and _holds(table, row, column)}
            said = Mentions(said.areas, said.words | own)
        yield key, formula, said


def _holds(table: TableBlock, row: int, column: int) -> bool:
    return table.row < row <= table.row + len(table.rows) and 0 <= column - table.column < len(table.columns)


def _table_area(book: Book, name: str) -> Area:
    table = book.tables[name]
    return Area(table.sheet, table.row, table.column, table.row + len(table.rows), table.column + len(table.columns) - 1)


def _answer_area(key: Key, spill: tuple[int, int] | None) -> Area:
    sheet, row, column = key
    height, width = spill or (1, 1)
    return Area(sheet, row, column, row + height - 1, column + width - 1)


class _Readers:
    """Who reads which cells and words. Each reading is told once."""

    def __init__(self) -> None:
        self._words: dict[str, list[Reader]] = {}
        self._cells: dict[str, dict[tuple[int, int], list[Reader]]] = {}
        self._areas: dict[str, _Areas] = {}

    def add(self, reader: Reader, said: Mentions) -> None:
        """Note what a reader mentions."""
        for word in said.words:
            self._words.setdefault(word, []).append(reader)
        for sheet, top, left, bottom, right in said.areas:
            sheet = sheet.lower()
            if (bottom - top + 1) * (right - left + 1) <= _FEW_CELLS:
                cells = self._cells.setdefault(sheet, {})
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        cells.setdefault((row, column), []).append(reader)
            else:
                self._areas.setdefault(sheet, _Areas()).add((top, left, bottom, right), reader)

    def of(self, changed: Area | str) -> Iterator[Reader]:
        """Who reads a word or an area."""
        if isinstance(changed, str):
            yield from self._words.pop(changed, ())
            return
        sheet, top, left, bottom, right = changed
        cells = self._cells.get(sheet.lower(), {})
        if changed.is_cell:
            yield from cells.pop((top, left), ())
        elif changed.height * changed.width <= len(cells):
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    yield from cells.pop((row, column), ())
        else:
            for cell in [cell for cell in cells if top <= cell[0] <= bottom and left <= cell[1] <= right]:
                yield from cells.pop(cell)
        areas = self._areas.get(sheet.lower())
        if areas is not None:
            yield from areas.meeting(top, left, bottom, right)


class _Areas:
    """Areas of a sheet in groups with a box around each, since those that stand together mostly lie together."""

    def __init__(self) -> None:
        self._boxes: list[tuple[int, int, int, int]] = []
        self._readers: list[Reader] = []

    def add(self, box: tuple[int, int, int, int], reader: Reader) -> None:
        """Note an area: its top, left, bottom and right."""
        self._boxes.append(box)
        self._readers.append(reader)

    def meeting(self, top: int, left: int, bottom: int, right: int) -> Iterator[Reader]:
        """The readers of areas that meet a box; each is told once."""
        self._settle()
        for group in np.flatnonzero(_meet(self._around, top, left, bottom, right)):
            first = int(group) * _GROUP
            boxes = self._known[:, first : first + _GROUP]
            found = np.flatnonzero(_meet(boxes, top, left, bottom, right))
            if found.size:
                boxes[:, found] = _NOWHERE
                self._around[:, group] = (boxes[0].min(), boxes[1].min(), boxes[2].max(), boxes[3].max())
                yield from [self._readers[first + int(at)] for at in found]

    def _settle(self) -> None:
        if self._boxes:
            self._known = np.array(self._boxes, dtype=np.int64).T.copy()
            groups = [self._known[:, at : at + _GROUP] for at in range(0, len(self._boxes), _GROUP)]
            self._around = np.array([(group[0].min(), group[1].min(), group[2].max(), group[3].max()) for group in groups]).T.copy()
            self._boxes = []


_NOWHERE = np.array([[1 << 40], [1 << 40], [-1], [-1]])


def _meet(boxes: Boxes, top: int, left: int, bottom: int, right: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (boxes[0] <= bottom) & (boxes[2] >= top) & (boxes[1] <= right) & (boxes[3] >= left)
    return found
