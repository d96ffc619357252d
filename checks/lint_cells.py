"""The cells of a sheet, row by row in a stream: order, values, styles, formulas, spills."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from checks.lint_book import LintBook, M, Sheet
from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, Box, box_of, cell_name, column_number
from xlsig.grid.contents import ERRORS, LONGEST_TEXT

"""Signs in a cell."""
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_VALUE = f"{M}v"
_KINDS = ("n", "s", "str", "inlineStr", "b", "e", "d")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass
class Cells:
    """What one sheet's rows were found to hold. Positions count from 0."""

    book: LintBook
    sheet: Sheet
    wanted: frozenset[tuple[int, int]]
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    numbered: dict[tuple[int, int], int] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    arrays: dict[tuple[int, int], Box] = field(default_factory=dict)
    _shared: set[str] = field(default_factory=set)
    _last_row: int = -1

    def row(self, row: etree._Element) -> Iterator[str]:
        """What is wrong in a row; its cells are remembered as far as later checks need them."""
        number = int(row.get("r", self._last_row + 2)) - 1
        if number <= self._last_row:
            yield f"{self.sheet.name}: row {number + 1} comes behind row {self._last_row + 1}"
        if number > LAST_ROW:
            yield f"{self.sheet.name}: row {number + 1} lies beyond the sheet"
        self._last_row = number
        yield from self._style(row.get("s"), f"{self.sheet.name}: row {number + 1}")
        last = -1
        for cell in row.iterchildren(f"{M}c"):
            column = last + 1
            reference = cell.get("r")
            if reference is not None:
                found = _REFERENCE.fullmatch(reference)
                if found is None:
                    yield f"{self.sheet.name}: row {number + 1} holds a cell called {reference!r}"
                    continue
                column = column_number(found[1])
                if int(found[2]) - 1 != number:
                    yield f"{self.sheet.name}!{reference}: the cell stands in row {number + 1}"
            if column <= last:
                yield f"{self.sheet.name}!{cell_name(number, column)}: the cell is there twice or out of order"
            if column > LAST_COLUMN:
                yield f"{self.sheet.name}!{cell_name(number, column)}: the cell lies beyond the sheet"
            last = column
            if not self._is_plainly_good(cell) or (number, column) in self.wanted:
                yield from self._cell(cell, number, column)

    def _is_plainly_good(self, cell: etree._Element) -> bool:
        """Whether a cell is a number, a shared string or nothing, in a style that is there: almost every cell is, and this is quick."""
        if len(cell) > 1 or cell.get("cm") is not None or cell.get("vm") is not None:
            return False
        style = cell.get("s")
        if style is not None and (not style.isdecimal() or int(style) >= self.book.styles.cells):
            return False
        if len(cell) == 0:
            return cell.get("t") in (None, *_KINDS)
        value, kind = cell[0], cell.get("t", "n")
        if value.tag != _VALUE or value.text is None:
            return False
        if kind == "s":
            return value.text.isdecimal() and int(value.text) < self.book.strings
        return kind == "n" and finite(value.text)

    def _cell(self, cell: etree._Element, row: int, column: int) -> Iterator[str]:
        where = f"{self.sheet.name}!{cell_name(row, column)}"
        yield from self._style(cell.get("s"), where)
        for attribute, known in (("cm", self.book.cell_metadata), ("vm", self.book.value_metadata)):
            number = cell.get(attribute)
            if number is not None and not 1 <= int(number) <= known:
                yield f"{where}: it has {attribute}={number}, and the workbook's metadata holds {known}"
        formula = cell.find(f"{M}f")
        if formula is not None:
            yield from self._formula(formula, cell, row, column, where)
        yield from self._value(cell, row, column, where)

    def _style(self, number: str | None, where: str) -> Iterator[str]:
        if number is not None and not 0 <= int(number) < self.book.styles.cells:
            yield f"{where}: style {number} is not among the {self.book.styles.cells} styles"

    def _value(self, cell: etree._Element, row: int, column: int, where: str) -> Iterator[str]:
        kind, value = cell.get("t", "n"), cell.findtext(f"{M}v")
        text: str | None = None
        if kind not in _KINDS:
            yield f"{where}: {kind!r} is no kind of cell"
        elif kind == "inlineStr":
            text = "".join(entry.text or "" for entry in cell.iter(f"{M}t"))
        elif value is None:
            return
        elif kind == "s":
            if not value.isdecimal() or int(value) >= self.book.strings:
                yield f"{where}: shared string {value} is not among the {self.book.strings} strings"
            elif (row, column) in self.wanted:
                self.numbered[row, column] = int(value)
        elif kind == "n":
            if not finite(value):
                yield f"{where}: {value[:40]!r} is no number"
        elif kind == "b":
            if value not in ("0", "1", "true", "false"):
                yield f"{where}: {value[:40]!r} is neither true nor false"
        elif kind == "e":
            if value not in ERRORS:
                yield f"{where}: {value[:40]!r} is no error"
        elif kind == "str":
            text = value
        if text is not None:
            if len(_ESCAPED.sub("x", text)) > LONGEST_TEXT:
                yield f"{where}: its text is longer than {LONGEST_TEXT:,} signs"
            if (row, column) in self.wanted:
                self.texts[row, column] = text

    def _formula(self, formula: etree._Element, cell: etree._Element, row: int, column: int, where: str) -> Iterator[str]:
        self.formulas.add((row, column))
        kind, text, reference = formula.get("t", "normal"), formula.text or "", formula.get("ref")
        if kind == "shared":
            number = formula.get("si", "")
            if text and reference:
                self._shared.add(number)
            elif number not in self._shared:
                yield f"{where}: it shares the formula {number!r}, which no cell above or left of it has"
        elif kind == "array":
            box = box_of(reference or "")
            if box is None or (box.top, box.left) != (row, column):
                yield f"{where}: its array formula covers {reference!r}, which does not begin here"
            else:
                self.arrays[row, column] = box
        elif kind == "normal" and not text:
            yield f"{where}: its formula is empty"
        if text:
            yield from self.book.formula(text, where)
        if kind == "normal" and cell.get("cm") is not None:
            yield f"{where}: it is marked as a dynamic array and its formula is none"


def finite(text: str) -> bool:
    """Whether a text is a number as a file may hold it: not inf, not NaN, nothing beyond a double.

    >>> finite("-1.5E+3"), finite("inf"), finite("1e999"), finite("1,5")
    (True, False, False, False)
    """
    return bool(_NUMBER.fullmatch(text.strip())) and math.isfinite(float(text))
