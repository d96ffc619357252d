"""The values of a book's formula cells."""

from __future__ import annotations

import datetime as dt
import math

from xlsig.formulas.interpreter import Interpreter, checked
from xlsig.formulas.lookups import REF
from xlsig.formulas.named_cells import Area, Directory
from xlsig.formulas.natives import Place
from xlsig.formulas.values import Block, Uncomputable, Value
from xlsig.grid.book import Book, Content, Formula, Key
from xlsig.grid.contents import CellResult, ErrorCell, serial

SPILL = "#SPILL!"
_DEEPEST = 8
_MOST_KEPT = 5_000_000


class _CycleError(Exception):
    """A cell was asked for while it waited for itself."""

    def __init__(self, key: Key) -> None:
        self.key = key


class _DeepError(Exception):
    """A cell's value needs too long a chain of others: they are computed one after the other instead."""

    def __init__(self, key: Key) -> None:
        self.key = key


class Evaluator:
    """The values of a book's cells: of formulas as Excel computes them, each once.

    `value` gives one cell, `formula` a formula's answer with all that spills. Rows and columns count from 0; dates are serials. A formula
    that needs what is not supported or was not checked against Calc raises `Uncomputable`, and so does every cell that depends on it.
    A cell that depends on itself is #REF!. The book must not change while it is read.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._walk = Interpreter(self, Directory(book))
        self.short: dict[Key, tuple[int, int]] = {}
        """The formulas met so far whose answers do not fit into the room they have, and the rows and columns they need."""
        self._known: dict[Key, CellResult | Uncomputable] = {}
        self._waiting: dict[Key, None] = {}
        self._depth = 0
        self._blocks: dict[Area, Block] = {}
        self._kept = 0
        self._spills: dict[str, list[tuple[Area, Key]]] = {}
        self._last_rows: dict[str, int] = {}
        for sheet, row, column, formula in book.formulas():
            if formula.spill is not None:
                height, width = formula.spill
                area = Area(sheet, row, column, row + height - 1, column + width - 1)
                self._spills.setdefault(sheet, []).append((area, (sheet, row, column)))

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
            found = self._read(area)
            self._kept += area.height * area.width
            if self._kept > _MOST_KEPT:  # thousands of overlapping windows would fill the memory
                self._blocks.clear()
                self._kept = area.height * area.width
            self._blocks[area] = found
        return found

    def used(self, area: Area) -> Block:
        """The cells of an area down to the sheet's last used row; at least its first row."""
        bottom = max(area.top, min(area.bottom, self._last_row(area.sheet)))
        return self.block(area._replace(bottom=bottom))

    def _read(self, area: Area) -> Block:
        sheet, content, known = area.sheet, self._book.sheets[area.sheet], self._known
        columns = range(area.left, area.right + 1)
        rows: Block = []
        for row in range(area.top, area.bottom + 1):
            entries: list[Value] = []
            for column in columns:
                entry = content.get((row, column))
                if isinstance(entry, Formula):
                    answer = known.get((sheet, row, column))
                    entries.append(answer if isinstance(answer, float | str) else self.value(sheet, row, column))
                else:
                    entries.append(_plain(entry))
            rows.append(entries)
        for reserved, key in self._spills.get(sheet, ()):
            self._fill(rows, area, reserved, key)
        return rows

    def _fill(self, rows: Block, area: Area, reserved: Area, key: Key) -> None:
        """Put what spills from a formula into the blank cells of an area that was read."""
        top, bottom = max(area.top, reserved.top), min(area.bottom, reserved.bottom)
        left, right = max(area.left, reserved.left), min(area.right, reserved.right)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if rows[row - area.top][column - area.left] is None:
                    rows[row - area.top][column - area.left] = self._entry(key, row, column)

    def _spilled(self, sheet: str, row: int, column: int) -> Value:
        for area, key in self._spills.get(sheet, ()):
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return self._entry(key, row, column)
        return None

    def _entry(self, key: Key, row: int, column: int) -> Value:
        """What a spilling formula shows in a cell of its region; None beyond its answer."""
        answer = self.formula(*key)
        if not isinstance(answer, list):
            return None
        down, across = row - key[1], column - key[2]
        return answer[down][across] if down < len(answer) and across < len(answer[0]) else None

    def _last_row(self, sheet: str) -> int:
        if sheet not in self._last_rows:
            rows = [row for (row, _), content in self._book.sheets[sheet].items() if content is not None]
            rows += [area.bottom for area, _ in self._spills.get(sheet, ())]
            self._last_rows[sheet] = max(rows, default=0)
        return self._last_rows[sheet]

    def _settle(self, key: Key) -> None:
        """Compute a cell. One asked for by another is computed inside it, down to a few levels; deeper ones wait in a list."""
        if self._waiting:
            if key in self._waiting:
                self._mark_cycle(key)
                raise _CycleError(key)
            if self._depth == _DEEPEST:
                raise _DeepError(key)
            self._waiting[key] = None
            self._work(key)
            return
        self._waiting[key] = None
        try:
            while self._waiting:
                last = next(reversed(self._waiting))
                try:
                    self._work(last)
                except _DeepError as deep:
                    self._waiting[deep.key] = None
                except _CycleError:
                    continue
        finally:
            self._waiting.clear()
            self._depth = 0

    def _work(self, key: Key) -> None:
        """Compute the last of the waiting cells and take it off the list."""
        if key not in self._known:
            self._depth += 1
            try:
                self._known[key] = self._answer(key)
            except Uncomputable as error:
                self._known[key] = Uncomputable(error.reason, error.where or _address(key))
            except _CycleError as cycle:
                if cycle.key != key:
                    del self._waiting[key]
                    raise
            finally:
                self._depth -= 1
        del self._waiting[key]

    def _mark_cycle(self, key: Key) -> None:
        """Every cell that waits from the first asking for `key` on waits for itself."""
        chain = list(self._waiting)
        chain = chain[chain.index(key) :]
        shown = " → ".join([*map(_address, chain[:5]), *["…"] * (len(chain) > 5), _address(key)])
        for member in chain:
            self._known[member] = ErrorCell(REF, f"the formula refers to itself: {shown}")

    def _answer(self, key: Key) -> CellResult:
        sheet, row, column = key
        formula = self._book.content(*key)
        if not isinstance(formula, Formula):
            raise ValueError(f"{_address(key)} holds no formula")
        try:
            tree = checked(formula.text)
            answer = self._walk.result(tree, Place(sheet, row, column, "single" if formula.spill is None else "array"))
        except RecursionError:
            raise Uncomputable("it is nested too deeply") from None
        return self._fitted(answer, key, formula) if isinstance(answer, list) else answer

    def _fitted(self, answer: list[list[float | int | str | bool | ErrorCell]], key: Key, formula: Formula) -> CellResult:
        """A block that spills, if there is room for it."""
        sheet, row, column = key
        height, width = len(answer), len(answer[0])
        reserved = formula.spill or (1, 1)
        if formula.is_fixed:
            return [line[: reserved[1]] for line in answer[: reserved[0]]]
        if height > reserved[0] or width > reserved[1]:
            self.short[key] = (height, width)
            raise Uncomputable(f"its {height} × {width} cells do not fit into the {reserved[0]} × {reserved[1]} that are reserved for it")
        for down in range(height):
            for across in range(width):
                content = self._book.content(sheet, row + down, column + across)
                if (down or across) and _filled(content):
                    return ErrorCell(SPILL, f"{_address((sheet, row + down, column + across))} is not empty")
        return answer


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


def _address(key: Key) -> str:
    """Desk!A1."""
    sheet, row, column = key
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row + 1}"
