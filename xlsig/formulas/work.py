"""How much work the formulas of a book may make. What asks for more is left without a value, and what stands beside it is not."""

from __future__ import annotations

from xlsig.formulas.values import Block, Uncomputable, Value
from xlsig.grid.contents import CellResult

STEP = 20
"""Units of one step of a formula; about two microseconds."""
ENTRY = 20
"""Units of one entry of an array that is calculated."""
TEST = 3
"""Units of one cell that is held against a criterion."""
READ = 15
"""Units of one sign of a formula that is read."""
INDEXED = 4
"""Cells that take one unit where they were sorted or indexed before."""
BLANK = 3
"""Units of one cell that is read whether something stands in it or not."""
_BOOK = 7_000_000
_DEARER = 3
_SHARE = 8
_EASY = 10_000
_EASY_CELLS = 12_000_000
_LEAST = 1_000
_SIGNS_KEPT = 20_000_000
_SHORT = 255
_SIGNS_A_UNIT = 16


class Work:
    """What is left of a book's work, in units of about a ten millionth of a second.

    A cell may take a share of it. Easy cells take nothing from it, until they are very many; a little each has in any case.
    """

    __slots__ = ("_easy", "_given", "_left", "_rest", "_signs")

    def __init__(self) -> None:
        self._left = _BOOK
        self._easy = _EASY_CELLS
        self._given = self._rest = _BOOK
        self._signs = _SIGNS_KEPT

    def begin(self) -> tuple[int, int]:
        """Begin a cell; what the cell that asked for it has left."""
        outer = self._given, self._rest
        self._given = self._rest = max(_EASY if self._easy > 0 else _LEAST, self._left // _SHARE)
        return outer

    def end(self, outer: tuple[int, int]) -> None:
        """End the cell and go on with the one that asked for it. A cell that has taken more than it was given counts several times."""
        spent = self._given - self._rest
        if self._rest < 0:
            spent = min(spent, self._given) * _DEARER
            self._easy -= spent
        self._easy -= min(spent, _EASY)
        if spent > (_EASY if self._easy > 0 else _LEAST):
            self._left -= spent
        self._given, self._rest = outer

    def spend(self, units: int) -> None:
        """Take units from what the cell has left; where they are not there, it has no value."""
        self._rest -= units
        if self._rest < 0:
            raise Uncomputable("it takes more work than a refresh spends on a cell")

    def read(self, value: Value | Block) -> None:
        """Take what long texts cost."""
        if isinstance(value, str):
            if len(value) > _SIGNS_A_UNIT:
                self.spend(len(value) // _SIGNS_A_UNIT)
        elif isinstance(value, list):
            self.spend(signs_in(value))

    def keep(self, value: CellResult) -> None:
        """Count the text that a cell shows; where a book's cells show too much of it, it has no value."""
        rows = value if isinstance(value, list) else [[value]]
        length = sum(len(entry) for row in rows for entry in row if isinstance(entry, str))
        if length > max(self._signs, _SHORT):
            raise Uncomputable("the workbook's formulas make more text than is kept here")
        self._signs -= length


def signs_in(rows: Block) -> int:
    """Units for the texts of some cells."""
    return sum([len(entry) for row in rows for entry in row if type(entry) is str]) // _SIGNS_A_UNIT
