"""Who reported when: each entry of the flows (region, sector, product) session by session, and what its absence means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlsig.frames import taxonomy
from xlsig.frames.taxonomy import FIELDS
from xlsig.frames.timetable import Days, Timetable

if TYPE_CHECKING:
    import pandas as pd

    from xlsig.frames.desk import DeskData

Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]

USUAL_SESSIONS = 60
"""An entry that had a row on at least half of so many sessions up to its last is missed when it stays away."""
LONGEST_ZERO = 5
"""With absent = "zero", so many sessions without a row count as no trade; a longer gap is missing from its first."""


class Gap(NamedTuple):
    """A run of sessions of its region on which an entry has no row: home sessions from `first` to `last`, `sessions` of its region's."""

    entry: int
    first: int
    last: int
    sessions: int
    is_usual: bool
    """Whether the entry usually had a row before."""
    is_open: bool
    """Whether it has not come back."""


@dataclass(frozen=True)
class Attendance:
    """The entries of a desk's flows, and on which sessions each has a row of its own (what is carried from a holiday is none)."""

    timetable: Timetable
    names: tuple[tuple[str, str, str], ...]
    """Region, sector and product of each entry, as the file has them."""
    row_session: Rows
    """The session in which each row of the flows counts; −1 where it is not known yet."""
    row_entry: Rows
    present: Bools
    """Sessions × entries."""
    retired: Bools
    """The entries that ended with their last row."""
    absent: str
    later: Days
    """The days of the rows that are not known yet."""

    @cached_property
    def region_of(self) -> Rows:
        """The number of each entry's region in `regions`."""
        return np.array([self.regions.index(region) for region, _, _ in self.names], dtype=np.intp)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions that have rows, in the order they are met."""
        return tuple(dict.fromkeys(region for region, _, _ in self.names))

    @cached_property
    def region_present(self) -> Bools:
        """Sessions × regions: whether any entry of the region has a row."""
        found = np.zeros((len(self.present), len(self.regions)), dtype=np.bool_)
        for at in range(len(self.regions)):
            found[:, at] = self.present[:, self.region_of == at].any(axis=1)
        return found

    @cached_property
    def expected(self) -> Bools:
        """Sessions × regions: the region trades, or has rows all the same."""
        opened = [self.timetable.open(region) for region in self.regions]
        return (np.column_stack(opened) if opened else np.zeros_like(self.region_present)) | self.region_present

    @cached_property
    def begun(self) -> Rows:
        """The first session of each entry; the number of sessions where it has none."""
        return np.where(self.present.any(axis=0), self.present.argmax(axis=0), len(self.present))

    @cached_property
    def ended(self) -> Rows:
        """The last session of each entry."""
        return len(self.present) - 1 - np.asarray(self.present[::-1].argmax(axis=0), dtype=np.intp)

    @cached_property
    def region_gaps(self) -> tuple[Gap, ...]:
        """The gaps of whole regions; `entry` is the region's number."""
        gone = np.array([self.retired[self.region_of == at].all() for at in range(len(self.regions))], dtype=np.bool_)
        return tuple(
            gap for at in range(len(self.regions)) for gap in _gaps(at, self.region_present[:, at], self.expected[:, at], bool(gone[at]))
        )

    @cached_property
    def entry_gaps(self) -> tuple[Gap, ...]:
        """The gaps of entries."""
        return tuple(
            gap
            for at, region in enumerate(self.region_of.tolist())
            for gap in _gaps(at, self.present[:, at], self.expected[:, region], bool(self.retired[at]))
        )

    @cached_property
    def missing(self) -> Bools:
        """Sessions × entries: there ought to be a row, and there is none."""
        found = np.zeros_like(self.present)
        for gap in self.region_gaps:
            sessions = np.arange(gap.first, gap.last + 1)
            sessions = sessions[self.expected[sessions, gap.entry]]
            of_it = np.flatnonzero((self.region_of == gap.entry) & (self.begun < gap.first))
            found[np.ix_(sessions, of_it)] = True
        found[:, self.retired] &= np.arange(len(found))[:, None] <= self.ended[self.retired]
        for gap in self.entry_gaps:
            if self.misses(gap, gap.sessions):
                found[gap.first : gap.last + 1, gap.entry] |= self.expected[gap.first : gap.last + 1, self.region_of[gap.entry]]
        return found

    def misses(self, gap: Gap, sessions: int) -> bool:
        """Whether a gap of an entry, so many sessions long, leaves its groups unknown."""
        return gap.is_usual and (self.absent == "missing" or sessions > LONGEST_ZERO)

    @cached_property
    def ended_at(self) -> int:
        """The last session on which anything has a row; −1 where nothing has."""
        return int(np.flatnonzero(self.present.any(axis=1)).max(initial=-1))


def attendance_of(desk: DeskData, timetable: Timetable) -> Attendance:
    """Who reported when in a desk's flows."""
    flows = desk.flows
    day = flows["date"].to_numpy().astype("datetime64[D]")
    entry, names = _entries(flows)
    session = timetable.carried(day)
    own = timetable.rows(day)
    present = np.zeros((timetable.home.size, len(names)), dtype=np.bool_)
    present[own[own >= 0], entry[own >= 0]] = True
    ends = [tuple(part.strip() for part in told.split("·")) for told in desk.retired]
    retired = np.array([any(_is_of(name, told) for told in ends) for name in names], dtype=np.bool_)
    return Attendance(timetable, names, session, entry, present, retired, desk.absent, np.unique(day[session < 0]))


def _entries(flows: pd.DataFrame) -> tuple[Rows, tuple[tuple[str, str, str], ...]]:
    """The number of each row's entry, and the entries."""
    entry: Rows = np.asarray(flows.groupby(list(FIELDS), sort=False, observed=True).ngroup(), dtype=np.intp)
    _, first = np.unique(entry, return_index=True)
    named = flows[list(FIELDS)].iloc[first].itertuples(index=False, name=None)
    return entry, tuple((str(region), str(sector), str(product)) for region, sector, product in named)


def _is_of(name: tuple[str, str, str], told: tuple[str, ...]) -> bool:
    """Whether an entry is one of a region, of its sector, of its product (by any of its words), or of both."""
    region, sector, product = name
    called = {product, taxonomy.product(product)}
    products = {part for part in told[1:] if part in called or taxonomy.product(part) == product}
    return told[0] == region and set(told[1:]) <= {sector, *products}


def _gaps(number: int, present: Bools, expected: Bools, is_retired: bool) -> Iterator[Gap]:
    """The runs of expected sessions without a row, after the first that has one."""
    sessions = np.flatnonzero(expected)
    here = present[sessions]
    counted = np.concatenate([[0], np.cumsum(here)])
    edges = np.flatnonzero(np.diff(np.concatenate([[True], here, [True]]).astype(np.int8)))
    for first, after in edges.reshape(-1, 2).tolist():
        is_open = after == here.size
        if not counted[first] or (is_open and is_retired):
            continue
        back = max(0, first - USUAL_SESSIONS)
        is_usual = 2 * int(counted[first] - counted[back]) >= first - back
        yield Gap(number, int(sessions[first]), int(sessions[after - 1]), after - first, is_usual, is_open)
