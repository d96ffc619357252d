"""Cells and blocks of cells by name: "B4", "$A$1:$G$63". Rows and columns count from 0, both corners are inside."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384
LAST_ROW, LAST_COLUMN = SHEET_ROWS - 1, SHEET_COLUMNS - 1
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")


class Box(NamedTuple):
    """A block of cells."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    @property
    def fixed(self) -> str:
        """The block by name with all its dollar signs.

        >>> Box(3, 0, 62, 5).fixed
        '$A$4:$F$63'
        """
        first, last = f"${letters(self.left)}${self.top + 1}", f"${letters(self.right)}${self.bottom + 1}"
        return first if first == last else f"{first}:{last}"

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def cells_among(self, cells: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those of some cells that lie inside; whichever of the two are fewer is gone through."""
        if (self.bottom - self.top + 1) * (self.right - self.left + 1) > len(cells):
            return [cell for cell in cells if self.holds(*cell)]
        rows, columns = range(self.top, self.bottom + 1), range(self.left, self.right + 1)
        return [(row, column) for row in rows for column in columns if (row, column) in cells]

    def meets(self, other: Box) -> bool:
        """Whether the two share a cell."""
        return self.top <= other.bottom and other.top <= self.bottom and self.left <= other.right and other.left <= self.right


@lru_cache(maxsize=20_000)
def letters(column: int) -> str:
    """A column's letters.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    text, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(maxsize=20_000)
def column_number(text: str) -> int:
    """The column of its letters.

    >>> column_number("AB")
    27
    """
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """A cell's name.

    >>> cell_name(3, 1)
    'B4'
    """
    return f"{letters(column)}{row + 1}"


def box_of(text: str) -> Box | None:
    """The block that "A1" or "$A$1:B7" names; None for anything else, such as whole columns.

    >>> box_of("$A$4:F63")
    Box(top=3, left=0, bottom=62, right=5)
    """
    corners = [_CORNER.fullmatch(corner) for corner in text.split(":")]
    if len(corners) > 2:
        return None
    rows, columns = [], []
    for corner in corners:
        if corner is None:
            return None
        rows.append(int(corner[2]) - 1)
        columns.append(column_number(corner[1]))
    if max(rows) > LAST_ROW or max(columns) > LAST_COLUMN:
        return None
    return Box(min(rows), min(columns), max(rows), max(columns))


def cell_at(name: str) -> tuple[int, int]:
    """The row and column of a cell by its name.

    >>> cell_at("$B$4")
    (3, 1)
    """
    box = box_of(name)
    if box is None:
        raise ValueError(f"{name!r} is no cell")
    return box.top, box.left


def place(sheet: str, row: int, column: int) -> str:
    """A cell as a sentence names it: Data!B4."""
    return f"{sheet}!{cell_name(row, column)}"
