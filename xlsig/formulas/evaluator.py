"""The values of a book's formula cells."""

from __future__ import annotations

import datetime as dt
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from xlsig.errors import NA
from xlsig.formulas.cell_ranges import Cells, Filled
from xlsig.formulas.interpreter import Interpreter, checked
from xlsig.formulas.lookups import REF
from xlsig.formulas.named_cells import Area, Directory
from xlsig.formulas.values import Block, Uncomputable, Value
from xlsig.formulas.walk import Place, RangeMode
from xlsig.formulas.work import BLANK, INDEXED, READ, Work
from xlsig.grid.addresses import place
from xlsig.grid.book import Book, Content, Formula, Key
from xlsig.grid.contents import Cell, CellResult, ErrorCell, serial
from xlsig.grid.formula_text import shape_of

SPILL = "#SPILL!"
_SUBTOTAL = re.compile(r"\b(?:SUBTOTAL|AGGREGATE)\(", re.IGNORECASE)
_DEEPEST = 8
_MOST_KEPT = 1_000_000
_LOW = 64
_FEW = 16
_LARGEST = 1.7976931348623157e308
_BEYOND = ErrorCell(NA, "the array has no entry for this cell")


class _CycleError(Exception):
    """A cell was asked for while it waited for itself."""

    def __init__(self, key: Key) -> None:
        self.key = key


class _DeepError(Exception):
    """A cell's value needs too long a chain of others: they are computed one after the other instead, the first of `keys` first."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys


class Evaluator:
    """The values of a book's cells: of formulas as Excel computes them, each once.

    `value` gives one cell, `formula` a formula's answer with all that spills. Rows and columns count from 0; dates are serials. A formula
    that needs what is not supported or was not checked against Calc, or more work than a book is given, raises `Uncomputable`, and so does
    every cell that depends on it. A cell that depends on itself is #REF!. The book must not change while it is read.
    """

    def __init__(self, book: Book, work: Work | None = None) -> None:
        self._book = book
        self.work = work or Work()
        self._walk = Interpreter(self, Directory(book), self.work)
        self.short: dict[Key, tuple[int, int]] = {}
        """The formulas met so far whose answers do not fit into the room they have, and the rows and columns they need."""
        self._known: dict[Key, CellResult | Uncomputable] = {}
        self._open: dict[Key, None] = {}
        self._depth = 0
        self._blocks: dict[Area, Block] = {}
        self._cells: dict[Area, Cells] = {}
        self._kept = 0
        self._filled: dict[str, Filled] = {}
        self._spills = Spills(book)
        self._hidden = {sheet: sorted(rows) for sheet, rows in book.hidden.items()}
        self._counted: dict[str, list[tuple[int, int]]] | None = None

    def value(self, sheet: str, row: int, column: int) -> Value:
        """What a cell holds; None where it is blank."""
        content = self._book.content(sheet, row, column)
        if isinstance(content, Formula):
            answer = self.formula(sheet, row, column)
            return answer[0][0] if isinstance(answer, list) else answer
        value = _plain(content)
        return self._spilled(sheet, row, column) if value is None else value

    def formula(self, sheet: str, row: int, column: int) -> CellResult:
        """The answer of a formula cell: a single value, or the rows of a block that spills from it."""
        key = (sheet, row, column)
        if key not in self._known:
            self._settle(key)
        answer = self._known[key]
        if isinstance(answer, Uncomputable):
            raise Uncomputable(answer.reason, answer.where)
        return answer

    def block(self, area: Area) -> Block:
        """All cells of an area, read once."""
        found = self._blocks.get(area)
        if found is None:
            self.work.spend(BLANK * area.height * area.width)
            found = self._read(area, range(area.top, area.bottom + 1))
            self._keep(area.height * area.width)
            self._blocks[area] = found
        return found

    def cells(self, area: Area) -> Cells:
        """The cells of an area that are there, read once; a small one with its blank rows."""
        if area.height <= _LOW:
            return Cells(self.block(area), area.height, area.width)
        found = self._cells.get(area)
        if found is None:
            found = self._plain_column(area) or self._sparse(area)
            self._keep(len(found.rows) * area.width)
            self._cells[area] = found
        return found

    def shown(self, area: Area) -> Cells:
        """The cells of an area, where no row of it is hidden, without those that are subtotals."""
        hidden = self._hidden.get(area.sheet, [])
        if bisect_left(hidden, area.top) < bisect_left(hidden, area.bottom + 1):
            raise Uncomputable("SUBTOTAL passes over hidden rows, and only the spreadsheet tells which of them a filter hides")
        cells = self.cells(area)
        found = self._subtotals().get(area.sheet, [])
        inside = set(found[bisect_left(found, (area.top, 0)) : bisect_left(found, (area.bottom + 1, 0))])
        if not any(area.left <= column <= area.right for _, column in inside):
            return cells
        rows = [
            [None if (area.top + down, column) in inside else entry for column, entry in enumerate(entries, start=area.left)]
            for down, entries in zip(cells.offsets, cells.rows, strict=True)
        ]
        return Cells(rows, cells.height, cells.width, cells.places)

    def _subtotals(self) -> dict[str, list[tuple[int, int]]]:
        """The cells of each sheet whose formulas ask for subtotals, in order."""
        if self._counted is None:
            self._counted = {}
            for sheet, row, column, formula in self._book.formulas():
                if _SUBTOTAL.search(formula.text):
                    self._counted.setdefault(sheet, []).append((row, column))
            for found in self._counted.values():
                found.sort()
        return self._counted

    def _plain_column(self, area: Area) -> Cells | None:
        """A column in which constants alone stand; None if it is no such one."""
        if area.width > 1 or any(self._spills.meeting(area)):
            return None
        found = self._index(area.sheet).constants(area.left, area.top, area.bottom)
        if found is None:
            return None
        rows, entries = found
        self.work.spend(len(rows) // INDEXED)
        return Cells(entries, area.height, 1, _offsets(rows, area.top))

    def _sparse(self, area: Area) -> Cells:
        rows = self._filled_rows(area)
        self.work.spend(len(rows) * area.width)
        return Cells(self._read(area, rows), area.height, area.width, _offsets(rows, area.top))

    def last_row(self, area: Area) -> int:
        """The last row in which something stands in the area's columns."""
        spilled = (box.bottom for box, _ in self._spills.meeting(area))
        return max(self._index(area.sheet).last_row(area.left, area.right), *spilled, 0)

    def _keep(self, cells: int) -> None:
        """Count the cells that are kept; thousands of overlapping windows would fill the memory."""
        self._kept += cells
        if self._kept > _MOST_KEPT:
            self._blocks.clear()
            self._cells.clear()
            self._kept = cells

    def _index(self, sheet: str) -> Filled:
        if sheet not in self._filled:
            self._filled[sheet] = Filled(self._book.sheets[sheet])
        return self._filled[sheet]

    def _filled_rows(self, area: Area) -> list[int]:
        """The rows of an area in which something stands or spills."""
        rows = self._index(area.sheet).rows(area.top, area.left, area.bottom, area.right)
        spilled: set[int] = set()
        for _, key in self._spills.meeting(area):
            answer = self.formula(*key)
            if isinstance(answer, list):
                spilled.update(range(max(area.top, key[1]), min(area.bottom + 1, key[1] + len(answer))))
        return sorted(spilled.union(rows)) if spilled else rows

    def _read(self, area: Area, numbers: Sequence[int]) -> Block:
        """Some rows of an area."""
        sheet, content, known = area.sheet, self._book.sheets[area.sheet], self._known
        columns = range(area.left, area.right + 1)
        rows: Block = []
        try:
            for row in numbers:
                entries: list[Value] = []
                for column in columns:
                    entry = content.get((row, column))
                    if type(entry) is float and -_LARGEST <= entry <= _LARGEST:
                        entries.append(entry)
                    elif isinstance(entry, Formula):
                        answer = known.get((sheet, row, column))
                        entries.append(answer if isinstance(answer, float | str) else self.value(sheet, row, column))
                    else:
                        entries.append(_plain(entry))
                rows.append(entries)
        except _DeepError as deep:
            places = ((row, column) for row in numbers for column in columns)
            deep.keys += [(sheet, *at) for at in places if isinstance(content.get(at), Formula) and (sheet, *at) not in known]
            raise
        for box, key in self._spills.meeting(area):
            self._fill(rows, numbers, area, box, key)
        return rows

    def _fill(self, rows: Block, numbers: Sequence[int], area: Area, box: Area, key: Key) -> None:
        """Put what spills from a formula into the blank cells of the rows that were read."""
        answer = self.formula(*key)
        if not isinstance(answer, list):
            return
        left, right = max(area.left, box.left), min(area.right, box.left + len(answer[0]) - 1)
        for row in range(bisect_left(numbers, box.top), bisect_left(numbers, box.top + len(answer))):
            for column in range(left, right + 1):
                if rows[row][column - area.left] is None:
                    rows[row][column - area.left] = answer[numbers[row] - box.top][column - box.left]

    def _spilled(self, sheet: str, row: int, column: int) -> Value:
        for _, key in self._spills.meeting(Area(sheet, row, column, row, column)):
            return self._entry(key, row, column)
        return None

    def _entry(self, key: Key, row: int, column: int) -> Value:
        """What a spilling formula shows in a cell of its region; None beyond its answer."""
        answer = self.formula(*key)
        if not isinstance(answer, list):
            return None
        down, across = row - key[1], column - key[2]
        return answer[down][across] if down < len(answer) and across < len(answer[0]) else None

    def _settle(self, key: Key) -> None:
        """Compute a cell. One asked for by another is computed inside it, down to a few levels; deeper ones wait in a list."""
        if self._open:
            if key in self._open:
                self._mark_cycle(key)
                raise _CycleError(key)
            if self._depth == _DEEPEST:
                raise _DeepError([key])
            self._work_on(key)
            return
        waiting = [key]
        try:
            while waiting:
                last = waiting[-1]
                if last in self._known:
                    self._open.pop(last, None)
                    waiting.pop()
                    continue
                try:
                    self._work_on(last)
                except _DeepError as deep:
                    waiting += reversed(deep.keys)
                except _CycleError:
                    continue
        finally:
            self._open.clear()
            self._depth = 0

    def _work_on(self, key: Key) -> None:
        """Compute a cell that is open meanwhile, and stays so while it waits for a chain of others."""
        self._open[key] = None
        self._depth += 1
        outer = self.work.begin()
        try:
            self._known[key] = self._answer(key)
        except Uncomputable as error:
            self._known[key] = Uncomputable(error.reason, error.where or place(*key))
        except _CycleError as cycle:
            if cycle.key != key:
                del self._open[key]
                raise
        except _DeepError as deep:
            if self._depth > 1:
                deep.keys.append(key)
            raise
        finally:
            self._depth -= 1
            self.work.end(outer)
        del self._open[key]

    def _mark_cycle(self, key: Key) -> None:
        """Every cell that waits from the first asking for `key` on waits for itself."""
        chain = list(self._open)
        chain = chain[chain.index(key) :]
        shown = " → ".join([*(place(*member) for member in chain[:5]), *["…"] * (len(chain) > 5), place(*key)])
        for member in chain:
            self._known[member] = ErrorCell(REF, f"the formula refers to itself: {shown}")

    def _answer(self, key: Key) -> CellResult:
        sheet, row, column = key
        formula = self._book.content(*key)
        if not isinstance(formula, Formula):
            raise ValueError(f"{place(*key)} holds no formula")
        try:
            self.work.spend(READ * len(formula.text))
            shape = shape_of(formula.text, row, column)
            tree, first, left = checked(shape)
            mode: RangeMode = "single" if formula.spill is None else "array"
            answer = self._walk.result(tree, Place(sheet, row, column, mode, shape.row - first, shape.column - left))
        except RecursionError:
            if self._depth > 1:
                raise _DeepError([]) from None
            raise Uncomputable("it is nested too deeply") from None
        if isinstance(answer, list) or (formula.is_fixed and formula.spill != (1, 1)):
            answer = self._fitted(answer if isinstance(answer, list) else [[answer]], key, formula)
        self.work.keep(answer)
        return answer

    def _fitted(self, answer: list[list[float | int | str | bool | ErrorCell]], key: Key, formula: Formula) -> CellResult:
        """A block that spills, if there is room for it."""
        sheet, row, column = key
        height, width = len(answer), len(answer[0])
        reserved = formula.spill or (1, 1)
        if formula.is_fixed:
            return self._filling(answer, *reserved)
        if height > reserved[0] or width > reserved[1]:
            self.short[key] = (height, width)
            raise Uncomputable(f"its {height} × {width} cells do not fit into the {reserved[0]} × {reserved[1]} that are reserved for it")
        for down in range(height):
            for across in range(width):
                content = self._book.content(sheet, row + down, column + across)
                if (down or across) and _filled(content):
                    return ErrorCell(SPILL, f"{place(sheet, row + down, column + across)} is not empty")
        return answer

    def _filling(self, answer: list[list[Cell]], height: int, width: int) -> list[list[Cell]]:
        """An array as it shows in cells that it was entered for: a single row or column in all of them, #N/A beyond others."""
        self.work.spend(height * width)
        rows = answer * height if len(answer) == 1 else answer[:height]
        rows = [row * width if len(row) == 1 else row[:width] for row in rows]
        rows = [row + [_BEYOND] * (width - len(row)) for row in rows]
        return rows + [[_BEYOND] * width for _ in range(height - len(rows))]


def _filled(content: Content) -> bool:
    return content is not None and content != ""


def _plain(content: Content) -> Value:
    """A constant as a formula reads it: days as serials, empty text as a blank."""
    if isinstance(content, float):
        if not math.isfinite(content):
            raise Uncomputable("a cell holds what is no number that a cell can hold")
        return content
    if isinstance(content, dt.datetime):
        midnight = content.replace(hour=0, minute=0, second=0, microsecond=0)
        return serial(content.date()) + (content - midnight) / dt.timedelta(days=1)
    if isinstance(content, dt.date):
        return serial(content)
    assert not isinstance(content, Formula)
    return None if content == "" else content


def _offsets(rows: Sequence[int], top: int) -> list[int] | None:
    """Where some rows of an area stand, counted from its first; None where they are the first ones."""
    return None if not rows or rows[-1] - top == len(rows) - 1 else [row - top for row in rows]


class Spills:
    """The boxes of a book's formulas that fill more than one cell."""

    def __init__(self, book: Book) -> None:
        found: dict[str, list[tuple[Area, Key]]] = {}
        for sheet, row, column, formula in book.formulas():
            if formula.spill is not None and formula.spill != (1, 1):
                height, width = formula.spill
                area = Area(sheet, row, column, row + height - 1, column + width - 1)
                found.setdefault(sheet, []).append((area, (sheet, row, column)))
        self._sheets = {sheet: (np.array([area[1:] for area, _ in spills]).T, spills) for sheet, spills in found.items()}

    def meeting(self, area: Area) -> Iterator[tuple[Area, Key]]:
        """The boxes that meet an area, and whose they are."""
        if area.sheet not in self._sheets:
            return
        boxes, spills = self._sheets[area.sheet]
        if len(spills) <= _FEW:
            for spill in spills:
                box = spill[0]
                if box.top <= area.bottom and box.bottom >= area.top and box.left <= area.right and box.right >= area.left:
                    yield spill
            return
        top, left, bottom, right = boxes
        for at in np.flatnonzero((top <= area.bottom) & (bottom >= area.top) & (left <= area.right) & (right >= area.left)):
            yield spills[at]
