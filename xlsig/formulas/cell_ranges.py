"""The cells of an area as functions read them: only those that are there."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from xlsig.formulas.values import Block, Value
from xlsig.grid.book import Content
from xlsig.grid.contents import ErrorCell

_PLAIN = frozenset({float, int, str, bool, ErrorCell})


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
        return chain.from_iterable(self.rows)

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
    """Which cells of a sheet hold something, and what."""

    def __init__(self, cells: Mapping[tuple[int, int], Content]) -> None:
        found: dict[int, list[tuple[int, Content]]] = {}
        for (row, column), content in cells.items():
            if content is not None and content != "":
                found.setdefault(column, []).append((row, content))
        self._columns: dict[int, tuple[list[int], list[Content]]] = {}
        for column, entries in found.items():
            entries.sort(key=itemgetter(0))
            self._columns[column] = [row for row, _ in entries], [content for _, content in entries]
        self._constants: dict[int, Block | None] = {}

    def rows(self, top: int, left: int, bottom: int, right: int) -> list[int]:
        """The rows of an area that hold something, in order."""
        if left == right:
            return self._part(left, top, bottom)
        found: set[int] = set()
        for column in self._between(left, right):
            found.update(self._part(column, top, bottom))
        return sorted(found)

    def _part(self, column: int, top: int, bottom: int) -> list[int]:
        rows = self._columns[column][0] if column in self._columns else []
        return rows[bisect_left(rows, top) : bisect_right(rows, bottom)]

    def constants(self, column: int, top: int, bottom: int) -> tuple[list[int], Block] | None:
        """The rows of a part of a column that hold something, and what they hold; None if the column has more than plain constants."""
        rows, contents = self._columns.get(column, ([], []))
        if column not in self._constants:
            is_plain = set(map(type, contents)) <= _PLAIN and all(math.isfinite(one) for one in contents if isinstance(one, float))
            self._constants[column] = [[cast("Value", content)] for content in contents] if is_plain else None
        entries = self._constants[column]
        if entries is None:
            return None
        part = slice(bisect_left(rows, top), bisect_right(rows, bottom))
        return rows[part], entries[part]

    def last_row(self, left: int, right: int) -> int:
        """The last row in which one of some columns holds something; 0 where none does."""
        return max((self._columns[column][0][-1] for column in self._between(left, right)), default=0)

    def _between(self, left: int, right: int) -> Iterator[int]:
        if right - left < len(self._columns):
            return (column for column in range(left, right + 1) if column in self._columns)
        return (column for column in self._columns if left <= column <= right)
