"""Where each value stands among some cells: found once for all the formulas that look into the same ones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import chain

from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.values import Uncomputable, Value, alike, is_number

_KEY = "index"


class ValueIndex:
    """The places of numbers and texts, counted cell by cell from 0."""

    def __init__(self, entries: Iterable[Value]) -> None:
        self.entries = list(entries)
        self.texts: dict[str, list[int]] = {}
        """By the text in lower case."""
        self.has_digits = False
        """Whether a text has a digit, and so may count as a number."""
        numbers: dict[float, list[int]] = {}
        for at, entry in enumerate(self.entries):
            if isinstance(entry, str):
                self.texts.setdefault(entry.lower(), []).append(at)
                self.has_digits = self.has_digits or any(map(str.isdigit, entry))
            elif is_number(entry):
                numbers.setdefault(float(entry), []).append(at)
        self._numbers = numbers
        self._ordered = sorted(numbers)

    def compared(self, sign: str, number: float) -> list[int]:
        """Where numbers stand that are =, <, >, <= or >= a number, as Excel compares them."""
        first, behind = self._like(number)
        parts = {"=": slice(first, behind), "<": slice(first), "<=": slice(behind), ">": slice(behind, None), ">=": slice(first, None)}
        return sorted(chain.from_iterable(self._numbers[one] for one in self._ordered[parts[sign]]))

    def same(self, number: float) -> list[int]:
        """Where this very number stands; no value where another is equal to it in all digits that are shown."""
        first, behind = self._like(number)
        if behind - first > (number in self._numbers):
            raise Uncomputable(f"{number!r} and a number near it are equal in all digits that are shown")
        return self._numbers.get(number, [])

    @cached_property
    def rising(self) -> tuple[list[float], list[int]] | None:
        """The numbers as they stand, and where; None where one is below the one before it."""
        placed = [(float(entry), at) for at, entry in enumerate(self.entries) if is_number(entry)]
        numbers = [number for number, _ in placed]
        return (numbers, [at for _, at in placed]) if numbers == sorted(numbers) else None

    def last_not_above(self, number: float) -> int | None:
        """Where the last of rising numbers stands that is not above a number; None if the first is."""
        assert self.rising is not None
        numbers, places = self.rising
        behind = bisect_right(numbers, number)
        while behind < len(numbers) and alike(numbers[behind], number):
            behind += 1
        return places[behind - 1] if behind else None

    def _like(self, number: float) -> tuple[int, int]:
        ordered = self._ordered
        first, behind = bisect_left(ordered, number), bisect_right(ordered, number)
        while first and alike(ordered[first - 1], number):
            first -= 1
        while behind < len(ordered) and alike(ordered[behind], number):
            behind += 1
        return first, behind


def index_of_cells(cells: Cells) -> ValueIndex:
    """The places among all the cells, row by row."""
    if _KEY not in cells.kept:
        cells.kept[_KEY] = ValueIndex(cells.flat())
    found: ValueIndex = cells.kept[_KEY]
    return found


def index_of_column(cells: Cells) -> ValueIndex:
    """The places in the first column."""
    if cells.width == 1:
        return index_of_cells(cells)
    if "first" not in cells.kept:
        cells.kept["first"] = ValueIndex(row[0] for row in cells.rows)
    found: ValueIndex = cells.kept["first"]
    return found
