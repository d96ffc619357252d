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
_BOOK = 16_000_000
_SHARE = 8
_LEAST = 4_000
_SIGNS_KEPT = 20_000_000
_SIGNS_A_UNIT = 16


class Work:
    """What is left of a book's work: a cell may take a share of it, and a little in any case."""

    __slots__ = ("_given", "_left", "_rest", "_signs")

    def __init__(self) -> None:
        self._left = _BOOK
        self._given = self._rest = _BOOK
        self._signs = _SIGNS_KEPT

    def begin(self) -> tuple[int, int]:
        """Begin a cell; what the cell that asked for it has left."""
        outer = self._given, self._rest
        self._given = self._rest = max(_LEAST, self._left // _SHARE)
        return outer

    def end(self, outer: tuple[int, int]) -> None:
        """End the cell and go on with the one that asked for it."""
        self._left -= max(0, self._given - self._rest - _LEAST)
        self._given, self._rest = outer

    def spend(self, units: int) -> None:
        """Take units from what the cell has left; where they are not there, it has no value."""
        self._rest -= units
        if self._rest < 0:
            raise Uncomputable("it takes more work than a workbook's cells are given here")

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
        self._signs -= sum(len(entry) for row in rows for entry in row if isinstance(entry, str))
        if self._signs < 0:
            raise Uncomputable("the workbook's formulas make more text than is kept here")


def signs_in(rows: Block) -> int:
    """Units for the texts of some cells."""
    return sum([len(entry) for row in rows for entry in row if type(entry) is str]) // _SIGNS_A_UNIT
