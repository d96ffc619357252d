"""A row per session: net flows by group, totals, sums of sessions, the headline spread. What is not known stays NaN."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import VALUE, DataError, Problem, SignalError
from xlsig.frames import taxonomy
from xlsig.frames.desk import Absent, DeskData
from xlsig.signals.financing import forward_spread
from xlsig.signals.flows import net_flow

if TYPE_CHECKING:
    import pandas as pd

By = Literal["region", "sector", "product"]
Floats = NDArray[np.float64]

LEGS = ("long_buys", "long_sells", "short_sales", "short_covers")


def net_by(flows: pd.DataFrame | DeskData, by: By, region: str | None = None, absent: Absent = "missing") -> pd.DataFrame:
    """Net flow of each session by region, sector or product: sessions × canonical names.

    With `region`, of that region alone. An entry of the session before that has no row today leaves today's value of
    its group NaN, unless `absent` is "zero" (a `DeskData` brings its own). A group that the frame never names is NaN
    throughout. Sectors are the 11, then Index if the frame has any.
    """
    frame, absent = _frame(flows, absent)
    names = {"region": taxonomy.REGIONS, "product": taxonomy.PRODUCTS}.get(by, (*taxonomy.SECTORS, taxonomy.INDEX))
    if by == "sector" and not (frame["sector"] == taxonomy.INDEX).any():
        names = taxonomy.SECTORS
    dates, kept = _kept(frame, region)
    group = _groups(kept, by, names)
    sums = _summed(dates, kept, group, len(names), _net(kept)[:, None], absent)
    return _table(dates, sums[:, :, 0], names)


def totals(flows: pd.DataFrame | DeskData, region: str | None = None, absent: Absent = "missing") -> pd.DataFrame:
    """Each session's total of the four gross legs and the net, for the world or one region.

    All five are NaN on a session that lacks an entry which the session before had, unless `absent` is "zero".
    """
    frame, absent = _frame(flows, absent)
    dates, kept = _kept(frame, region)
    values = np.column_stack([*(kept[leg].to_numpy(np.float64) for leg in LEGS), _net(kept)])
    sums = _summed(dates, kept, np.zeros(len(kept), dtype=np.intp), 1, values, absent)
    return _table(dates, sums[:, 0, :], (*LEGS, "net"))


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
    earliest such pair that does not span 31 December: start ≤ 31 December < end). A date whose pairs have all started
    has no headline; a headline pair without a spread is missing, and no later pair stands in for it.
    """
    import pandas as pd

    dates = pd.DatetimeIndex(spreads["date"].unique(), name="date").sort_values()
    forward = spreads[spreads["start"] > spreads["date"]].sort_values(["date", "start", "end"], kind="stable")
    spans = forward["end"].dt.year > forward["start"].dt.year
    table = {}
    both = (("contract", "spread_bp", forward), ("ex_turn_contract", "ex_turn_bp", forward[~spans]))
    for label, value, pairs in both:
        first = pairs.drop_duplicates("date").set_index("date").reindex(dates)
        table[label] = first["contract"].astype(object).where(first["contract"].notna(), None)
        table[value] = first["spread_bp"].astype(np.float64)
    return pd.DataFrame(table, index=dates)


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


def _frame(flows: pd.DataFrame | DeskData, absent: Absent) -> tuple[pd.DataFrame, Absent]:
    return (flows.flows, flows.absent) if isinstance(flows, DeskData) else (flows, absent)


def _kept(flows: pd.DataFrame, region: str | None) -> tuple[pd.DatetimeIndex, pd.DataFrame]:
    """Every session of the frame, and the rows of one region (or all) with the number of their session."""
    import pandas as pd

    dates = pd.DatetimeIndex(flows["date"].unique(), name="date").sort_values()
    kept = flows
    if region is not None:
        name = taxonomy.region(region)
        if name is None:
            raise SignalError(VALUE, f"{region!r} is not a region")
        kept = flows[flows["region"] == name]
    return dates, kept.assign(session=dates.get_indexer(pd.DatetimeIndex(kept["date"])))


def _net(flows: pd.DataFrame) -> Floats:
    legs = {leg: flows[leg].to_numpy(np.float64) for leg in LEGS}
    return net_flow(**legs)


def _groups(flows: pd.DataFrame, by: By, names: tuple[str, ...]) -> NDArray[np.intp]:
    known = {"region": taxonomy.region, "sector": taxonomy.sector, "product": taxonomy.product}[by]
    at = {name: names.index(canonical) for name in flows[by].unique() if (canonical := known(name)) is not None}
    return flows[by].map(at).to_numpy(np.intp)


def _summed(
    dates: pd.DatetimeIndex,
    flows: pd.DataFrame,
    group: NDArray[np.intp],
    groups: int,
    values: Floats,
    absent: Absent,
) -> Floats:
    """sessions × groups × columns of `values`; NaN where nothing is known or an entry of the session before is absent."""
    session = flows["session"].to_numpy(np.intp)
    shape = (len(dates), groups)
    summed = np.zeros((*shape, values.shape[1]))
    np.add.at(summed, (session, group), values)
    rows = np.zeros(shape)
    np.add.at(rows, (session, group), 1)
    if absent == "zero":
        summed[:, rows.sum(axis=0) == 0] = np.nan
        return summed
    summed[rows == 0] = np.nan
    entry = flows.groupby(["region", "sector", "product"], sort=False, observed=True).ngroup().to_numpy(np.intp)
    present = np.zeros((len(dates), int(entry.max(initial=-1)) + 1), dtype=bool)
    present[session, entry] = True
    group_of = np.zeros(present.shape[1], dtype=np.intp)
    group_of[entry] = group
    gone_at, gone = np.nonzero(present[:-1] & ~present[1:])
    summed[gone_at + 1, group_of[gone]] = np.nan
    return summed


def _table(dates: pd.DatetimeIndex, values: Floats, names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(values, index=dates, columns=list(names))
