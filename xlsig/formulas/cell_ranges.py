"""The cells of an area as functions read them: only those that are there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsig.formulas.values import Block, Value
from xlsig.grid.book import Content


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells handed to a function. Rows in which nothing stands may be left out of `rows`; `places` says where the others are.

    `places` counts from 0, the first row of the area; None where no row is left out before the last of `rows`.
    """

    rows: Block
    height: int
    width: int
    places: Sequence[int] | None = None
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was found out about them once for all who ask."""

    def flat(self) -> Iterator[Value]:
        """Row by row."""
        for row in self.rows:
            yield from row

    @property
    def beyond(self) -> int:
        """The blank cells left out."""
        return (self.height - len(self.rows)) * self.width

    @property
    def offsets(self) -> Sequence[int]:
        """Where each of `rows` stands, counted from 0."""
        return range(len(self.rows)) if self.places is None else self.places

    def row(self, place: int) -> list[Value]:
        """A row by its place; a blank one where it was left out."""
        at = place if self.places is None else bisect_left(self.places, place)
        is_there = at < len(self.rows) and (self.places is None or self.places[at] == place)
        return self.rows[at] if is_there else [None] * self.width


def abreast(ranges: Sequence[Cells]) -> Iterator[tuple[list[Value], ...]]:
    """The rows of several ranges side by side, wherever one of them has a row."""
    first = ranges[0]
    if all(cells.places is None and len(cells.rows) == len(first.rows) for cells in ranges):
        yield from zip(*(cells.rows for cells in ranges), strict=True)
        return
    by_place = [dict(zip(cells.offsets, cells.rows, strict=True)) for cells in ranges]
    blanks: list[list[Value]] = [[None] * cells.width for cells in ranges]
    for place in sorted(set().union(*by_place)):
        yield tuple(rows.get(place, blank) for rows, blank in zip(by_place, blanks, strict=True))


class Filled:
    """Which cells of a sheet hold something."""

    def __init__(self, cells: Mapping[tuple[int, int], Content]) -> None:
        self._columns: dict[int, list[int]] = {}
        for (row, column), content in cells.items():
            if content is not None:
                self._columns.setdefault(column, []).append(row)
        for rows in self._columns.values():
            rows.sort()

    def rows(self, top: int, left: int, bottom: int, right: int) -> set[int]:
        """The rows of an area that hold something."""
        found: set[int] = set()
        for _, rows in self._between(left, right):
            found.update(rows[bisect_left(rows, top) : bisect_right(rows, bottom)])
        return found

    def last_row(self, left: int, right: int) -> int:
        """The last row in which one of some columns holds something; 0 where none does."""
        return max((rows[-1] for _, rows in self._between(left, right)), default=0)

    def _between(self, left: int, right: int) -> Iterator[tuple[int, list[int]]]:
        if right - left < len(self._columns):
            return ((column, self._columns[column]) for column in range(left, right + 1) if column in self._columns)
        return ((column, rows) for column, rows in self._columns.items() if left <= column <= right)
