"""A row per home session: net flows by group, totals, sums of sessions, the headline spread. What is not known stays NaN."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import VALUE, DataError, Problem, SignalError
from xlsig.frames import taxonomy
from xlsig.frames.attendance import attendance_of
from xlsig.frames.desk import DeskData
from xlsig.frames.timetable import Timetable
from xlsig.signals.financing import forward_spread
from xlsig.signals.flows import net_flow

if TYPE_CHECKING:
    import pandas as pd

By = Literal["region", "sector", "product"]
Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

LEGS = ("long_buys", "long_sells", "short_sales", "short_covers")


class Flows:
    """A desk's flows by home session.

    What a region trades on a home holiday counts in the next session. A group is NaN on a session that lacks an entry which ought to have
    a row (`attendance`), and where it is not reported at all; a region that is shut counts nothing.
    """

    def __init__(self, desk: DeskData, timetable: Timetable) -> None:
        self.timetable = timetable
        self.attendance = attendance_of(desk, timetable)
        self.net = net_of(desk.flows)
        """The net flow of each row."""
        self._frame = desk.flows

    @property
    def index(self) -> pd.DatetimeIndex:
        """The sessions."""
        import pandas as pd

        return pd.DatetimeIndex(self.timetable.home, name="date")

    def net_by(self, by: By, region: str | None = None) -> pd.DataFrame:
        """Net flow of each session by region, sector or product, of the world or one region: sessions × canonical names.

        A group that is never named is NaN throughout. Sectors are the 11, then Index if there is any.
        """
        import pandas as pd

        names = {"region": taxonomy.REGIONS, "product": taxonomy.PRODUCTS}.get(by, (*taxonomy.SECTORS, taxonomy.INDEX))
        if by == "sector" and not any(sector == taxonomy.INDEX for _, sector, _ in self.attendance.names):
            names = taxonomy.SECTORS
        group = self._groups(by, names)
        summed = self._summed(group, len(names), self.net[:, None], region)
        return pd.DataFrame(summed[:, :, 0], index=self.index, columns=list(names))

    def totals(self, region: str | None = None) -> pd.DataFrame:
        """Each session's total of the four gross legs and the net, for the world or one region; all NaN where an entry is missing."""
        import pandas as pd

        values = np.column_stack([*(self._frame[leg].to_numpy(np.float64) for leg in LEGS), self.net])
        group = np.zeros(len(self.attendance.names), dtype=np.intp)
        summed = self._summed(group, 1, values, region)
        return pd.DataFrame(summed[:, 0, :], index=self.index, columns=[*LEGS, "net"])

    def _groups(self, by: By, names: tuple[str, ...]) -> Rows:
        """The group of each entry."""
        place = taxonomy.FIELDS.index(by)
        return np.array([names.index(taxonomy.canonical(name[place], by) or "") for name in self.attendance.names], dtype=np.intp)

    def _summed(self, group: Rows, groups: int, values: Floats, region: str | None) -> Floats:
        """Sessions × groups × columns of `values`."""
        found = self.attendance
        chosen = self._entries_of(region)
        kept = (found.row_session >= 0) & chosen[found.row_entry]
        session, entry = found.row_session[kept], found.row_entry[kept]
        place = session * groups + group[entry]
        sessions = self.timetable.home.size
        columns = [np.bincount(place, weights=column[kept], minlength=sessions * groups) for column in values.T]
        summed: Floats = np.stack(columns, axis=-1, dtype=np.float64).reshape(sessions, groups, values.shape[1])
        for at in range(groups):
            members = chosen & (group == at)
            reported = found.present[:, members].any(axis=1)
            began = int(reported.argmax()) if reported.any() else sessions
            summed[:began, at] = np.nan
            if found.retired[members].all():
                summed[int(found.ended[members].max(initial=-1)) + 1 :, at] = np.nan
            summed[found.missing[:, members].any(axis=1), at] = np.nan
        summed[~found.present.any(axis=1)] = np.nan  # no region has a row, so that one which is shut is not known either
        summed[~self.timetable.covered] = np.nan
        return summed

    def _entries_of(self, region: str | None) -> NDArray[np.bool_]:
        if region is None:
            return np.ones(len(self.attendance.names), dtype=np.bool_)
        name = taxonomy.region(region)
        if name is None:
            raise SignalError(VALUE, f"{region!r} is not a region")
        return np.array([place == name for place, _, _ in self.attendance.names], dtype=np.bool_)


def net_of(flows: pd.DataFrame) -> Floats:
    """The net flow of each row: as the desk gives it, or from the four legs."""
    if "net" in flows:
        return flows["net"].to_numpy(np.float64)
    legs = {leg: flows[leg].to_numpy(np.float64) for leg in LEGS}
    return net_flow(**legs)


def sums(frame: pd.DataFrame, sessions: int = 5) -> pd.DataFrame:
    """Sums over consecutive, non-overlapping blocks of so many sessions, the last of which ends at the last row.

    Oldest first, each under the date of its last session; a block with a missing value is missing, an incomplete
    first block is left out.
    """
    import pandas as pd

    blocks = len(frame) // sessions
    used = frame.iloc[len(frame) - blocks * sessions :]
    summed = used.to_numpy(np.float64).reshape(blocks, sessions, frame.shape[1]).sum(axis=1)
    return pd.DataFrame(summed, index=used.index[sessions - 1 :: sessions], columns=frame.columns)


def headline_spread(spreads: pd.DataFrame) -> pd.DataFrame:
    """Each date's headline pair and the first that leaves out the turn of the year.

    Columns contract, spread_bp (the pair with the earliest start after the date), ex_turn_contract, ex_turn_bp (the
    earliest such pair that does not span 31 December: start ≤ 31 December < end). A spread of constant maturity, which starts anew on
    every date, counts as starting after it. Pairs are known by their dates, not by their names: a pair that is named anew each day is one
    contract. A date whose pairs have all started has no headline; a headline pair without a spread is missing, and no later pair stands
    in for it.
    """
    import pandas as pd

    dates = pd.DatetimeIndex(spreads["date"].unique(), name="date").sort_values()
    constant = _is_constant(spreads)
    named = spreads.assign(contract=_labels(spreads, constant))
    forward = named[(named["start"] > named["date"]) | constant].sort_values(["date", "start", "end"], kind="stable")
    spans = forward["end"].dt.year > forward["start"].dt.year
    table = {}
    both = (("contract", "spread_bp", forward), ("ex_turn_contract", "ex_turn_bp", forward[~spans]))
    for label, value, pairs in both:
        first = pairs.drop_duplicates("date").set_index("date").reindex(dates)
        table[label] = first["contract"].astype(object).where(first["contract"].notna(), None)
        table[value] = first["spread_bp"].astype(np.float64)
    return pd.DataFrame(table, index=dates)


def _is_constant(spreads: pd.DataFrame) -> pd.Series:
    """Which rows are of constant maturity: they start on their own date, and no other date has a row with the same start and end."""
    begins_now = spreads["start"] == spreads["date"]
    return begins_now & begins_now.groupby([spreads["start"], spreads["end"]]).transform("all")


def _labels(spreads: pd.DataFrame, constant: pd.Series) -> pd.Series:
    """The name of each row's pair: the first that its dates, or a constant maturity's days, were given."""
    start = spreads["start"].where(~constant)
    end = spreads["end"].where(~constant, spreads["end"] - (spreads["start"] - spreads["start"].min()))
    return spreads.groupby([start, end], dropna=False, sort=False)["contract"].transform("first")


def spreads_from_contracts(contracts: pd.DataFrame, day_count: float = 360.0) -> pd.DataFrame:
    """The spreads frame made of raw futures: on each date a pair for every two neighbouring expiries.

    The pair is called "NEAR-FAR"; its spread is FORWARD_SPREAD of the two, NaN where one of their numbers is missing.
    """
    import pandas as pd

    rows = []
    for date, day in contracts.sort_values(["date", "expiry"], kind="stable").groupby("date", sort=True):
        legs = list(day.itertuples(index=False))
        rows += [_pair(date, near, far, day_count) for near, far in itertools.pairwise(legs)]
    columns = ["date", "contract", "start", "end", "spread_bp"]
    spreads = pd.DataFrame(rows, columns=columns)
    days = dict.fromkeys(("date", "start", "end"), "datetime64[ns]")
    return spreads.astype({**days, "spread_bp": np.float64})


def _pair(date: Any, near: Any, far: Any, day_count: float) -> tuple[Any, ...]:
    name = f"{near.contract}-{far.contract}"
    days = ((near.expiry - date).days, (far.expiry - date).days)
    numbers = (near.future, far.future, *days, near.rate, far.rate, near.dividends, far.dividends)
    spread = math.nan
    if not any(math.isnan(value) for value in numbers):
        try:
            spread = forward_spread(*numbers, day_count)
        except SignalError as refused:
            place = f"{name} on {date.date()}"
            raise DataError([Problem(refused.message, column="contract", value=place)]) from None
    return date, name, near.expiry, far.expiry, spread
