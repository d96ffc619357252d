"""Fund flows: net selling, how long it lasted, how fast it ran and who drove it.

Flows are in one currency unit per session, net selling negative, NaN where missing. A session's own missing flow leaves an answer
unknown; a past window with one is passed over.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from xlsig.errors import NA, NUM, SignalError
from xlsig.signals.series import FloatArray, known, require_last
from xlsig.signals.windows import lagged_zscore, zscore_of

Side = Literal["selling", "buying"]
"""The side of the market that is asked about: net selling, or net buying by the same rules of −flows."""


def net_flow(long_buys: FloatArray, long_sells: FloatArray, short_sales: FloatArray, short_covers: FloatArray) -> FloatArray:
    """LB + SC − LS − SS per row.

    >>> net_flow(np.array([5.0]), np.array([7.0]), np.array([3.0]), np.array([1.0])).tolist()
    [-4.0]
    """
    _non_negative(long_buys=long_buys, long_sells=long_sells, short_sales=short_sales, short_covers=short_covers)
    return np.asarray(settled(long_buys + short_covers - long_sells - short_sales, long_buys + short_covers))


def gross_flow(long_buys: FloatArray, long_sells: FloatArray, short_sales: FloatArray, short_covers: FloatArray) -> FloatArray:
    """LB − LS + SS − SC per row: the change of gross exposure, negative while a book is cut on both sides.

    >>> gross_flow(np.array([5.0]), np.array([7.0]), np.array([3.0]), np.array([4.0])).tolist()
    [-3.0]
    """
    _non_negative(long_buys=long_buys, long_sells=long_sells, short_sales=short_sales, short_covers=short_covers)
    change = (long_buys - long_sells) + (short_sales - short_covers)
    return np.asarray(settled(change, np.maximum(long_buys + short_sales, long_sells + short_covers)))


def settled(net: FloatArray | float, gross: FloatArray | float) -> FloatArray | float:
    """A net that is zero on paper, without the rounding error of the sums it came from.

    >>> float(settled(0.3 - (0.1 + 0.2), 0.3))
    0.0
    """
    return np.where(np.abs(net) <= 4 * np.spacing(np.abs(gross)), 0.0, net)


class Streak(NamedTuple):
    """A run of net selling that ends at the last row."""

    sessions: int
    missing_at: int | None
    """Row of the missing value that hides how long the run is, if one was met first."""
    reaches_start: bool
    """Whether every row of the series sold, so that the run may be longer."""


def last_streak(flows: FloatArray, tolerance: float = 0.0) -> Streak:
    """Walk back from the last row while sessions sold: net < −tolerance.

    >>> last_streak(np.array([1.0, -2.0, -3.0])).sessions
    2
    """
    sold = flows < -tolerance
    stop = int(sold[::-1].argmin()) if flows.size else 0
    ended_at = flows.size - 1 - stop
    if ended_at < 0 or sold[ended_at]:
        return Streak(flows.size, None, reaches_start=True)
    ended = flows[ended_at]
    return Streak(stop, ended_at if ended != ended else None, reaches_start=False)


def sessions_sold(flows: FloatArray, sessions: int = 8, tolerance: float = 0.0) -> int:
    """How many of the last `sessions` rows sold: net < −tolerance.

    >>> sessions_sold(np.array([-9.0, -1.0, 2.0, -3.0]), 3)
    2
    """
    return int(np.count_nonzero(_last(flows, sessions)[0] < -tolerance))


def streak_history(flows: FloatArray, tolerance: float = 0.0) -> FloatArray:
    """The running streak of a series or panel; after a missing value unknown until a session that did not sell.

    >>> streak_history(np.array([-1.0, -1.0, 2.0, -1.0, np.nan, -1.0, 0.0])).tolist()
    [1.0, 2.0, 0.0, 1.0, nan, nan, 0.0]
    """
    rows = np.arange(1, flows.shape[0] + 1, dtype=np.int32)
    rows = rows.reshape((-1,) + (1,) * (flows.ndim - 1))
    last_stop = np.maximum.accumulate((flows >= -tolerance) * rows, axis=0)
    streak = np.subtract(rows, last_stop, dtype=np.float64)
    missing = np.isnan(flows)
    if missing.any():
        last_missing = np.maximum.accumulate(missing * rows, axis=0)
        streak[last_missing > last_stop] = np.nan
    return streak


def window_sums(flows: FloatArray, sessions: int) -> FloatArray:
    """The sum of each run of `sessions` rows, by where it ends (from row number `sessions` − 1 on); NaN if one is missing.

    >>> window_sums(np.array([1.0, 2.0, 4.0]), 2).tolist()
    [3.0, 6.0]
    """
    if flows.size < sessions:
        return np.empty(0)
    if sessions > 32:
        return np.asarray(sliding_window_view(flows, sessions).sum(axis=1))
    sums = flows[: flows.size - sessions + 1].copy()
    for offset in range(1, sessions):
        sums += flows[offset : flows.size - sessions + 1 + offset]
    return sums


def pace(flows: FloatArray, sessions: int = 5) -> float:
    """Mean net flow per session over the last `sessions`.

    >>> pace(np.array([9.0, -1.0, -3.0]), 2)
    -2.0
    """
    return _last(flows, sessions)[1] / sessions


def _last(flows: FloatArray, sessions: int) -> tuple[FloatArray, float]:
    """The last `sessions` flows, all of them known, and their sum."""
    require_last(flows, "flow")
    if flows.size < sessions:
        raise SignalError(NA, f"{sessions} sessions are asked for and there are {flows.size}")
    now = flows[-sessions:]
    total = float(now.sum())
    if np.isnan(total) and not known(now).all():
        raise SignalError(NA, f"a flow is missing among the last {sessions} sessions")
    return now, total


def flow_zscore(flows: FloatArray, sessions: int = 5, window: int = 252) -> float:
    """z-score of the last `sessions`-sum against the `window` latest such sums that end before it begins.

    >>> flow_zscore(np.array([1.0, 2.0, 3.0, 5.0]), 1, 3)
    3.0
    """
    _, now = _last(flows, sessions)
    earlier = window_sums(flows[:-sessions], sessions)
    reference = earlier[known(earlier)]
    if reference.size < window:
        raise SignalError(
            NA,
            f"the window needs {window} earlier sums ({window + 2 * sessions - 1} sessions) and there are {reference.size}",
        )
    return zscore_of(now, reference[-window:], noise=_rounding(flows, sessions))


def flow_zscore_history(flows: FloatArray, sessions: int, window: int) -> FloatArray:
    """The flow z-score for every row, from the rows up to it; NaN where it is unknown.

    >>> flow_zscore_history(np.array([1.0, 2.0, 3.0, 5.0]), 1, 3).tolist()
    [nan, nan, nan, 3.0]
    """
    out = np.full(flows.size, np.nan)
    sums = window_sums(flows, sessions)
    valid = known(sums)
    ended_before = np.zeros(sums.size, dtype=np.int64)
    ended_before[sessions:] = valid.cumsum()[:-sessions]
    z = lagged_zscore(sums, sums[valid], ended_before, window, _rounding(flows, sessions))
    out[flows.size - sums.size :] = z
    return out


def _rounding(flows: FloatArray, sessions: int) -> float:
    """How far two sums that are equal on paper can be apart in floating point."""
    largest = np.nanmax(np.abs(flows)) if known(flows).any() else 0.0
    return float(np.spacing(largest)) * sessions * sessions


class Fastest(NamedTuple):
    """The latest earlier window that sold, or bought, at least as fast as the last one."""

    row: int
    """Row at which it ended; of the first known value if nothing on record was as fast."""
    total: float
    """The last window's sum."""
    on_record: bool
    """Whether no window on record was as fast."""


def fastest_since(flows: FloatArray, sessions: int = 5, side: Side = "selling") -> Fastest:
    """Look back over non-overlapping windows for one as fast as the last; ties count. Buying is the selling of −flows.

    >>> fastest_since(np.array([-9.0, 1.0, -3.0, 1.0, -4.0]), 1)
    Fastest(row=0, total=-4.0, on_record=False)
    >>> fastest_since(np.array([9.0, -1.0, 4.0]), 1, "buying")
    Fastest(row=0, total=4.0, on_record=False)
    """
    _, total = _last(flows, sessions)
    sign = 1.0 if side == "selling" else -1.0
    if sign * total >= -_rounding(flows[-sessions:], sessions) / 2:
        raise SignalError(NA, f"not {side}: the sum of the last {sessions} sessions is {total:g}")
    earlier = sign * window_sums(flows[:-sessions], sessions)
    if not known(earlier).any():
        raise SignalError(NA, f"there is no earlier window of {sessions} sessions to compare with")
    as_fast = np.flatnonzero(earlier <= sign * total + _rounding(flows, sessions) / 2)
    if as_fast.size:
        return Fastest(int(as_fast[-1]) + sessions - 1, total, on_record=False)
    return Fastest(int(known(flows).argmax()), total, on_record=True)


class Driver(NamedTuple):
    """How net selling splits into long and short trades; NaN where a denominator is zero."""

    net_long: float
    net_short: float
    short_contribution: float
    short_to_long_sales: float
    short_sales_to_long_buys: float
    verdict: str


def selling_driver(long_buys: FloatArray, long_sells: FloatArray, short_sales: FloatArray, short_covers: FloatArray) -> Driver:
    """Whether short sales or long sales drove the net selling of the whole range.

    >>> selling_driver(*(np.array([x]) for x in (10.0, 12.0, 9.0, 1.0))).verdict
    'primarily short sales'
    """
    lb, ls, ss, sc = _totals(long_buys, long_sells, short_sales, short_covers)
    net_long, net_short = float(settled(lb - ls, lb)), float(settled(sc - ss, sc))
    sold_long, sold_short = max(0.0, -net_long), max(0.0, -net_short)
    verdict = _verdict("selling", -(net_long + net_short), sold_long, sold_short, max(lb, ls, ss, sc))
    return Driver(net_long, net_short, _ratio(sold_short, sold_short + sold_long), _ratio(ss, ls), _ratio(ss, lb), verdict)


class BuyingDriver(NamedTuple):
    """How net buying splits into long buys and short covers; NaN where a denominator is zero."""

    net_long: float
    net_cover: float
    cover_contribution: float
    covers_to_short_sales: float
    covers_to_long_buys: float
    verdict: str


def buying_driver(long_buys: FloatArray, long_sells: FloatArray, short_sales: FloatArray, short_covers: FloatArray) -> BuyingDriver:
    """Whether short covers or long buys drove the net buying of the whole range.

    >>> buying_driver(*(np.array([x]) for x in (12.0, 10.0, 1.0, 9.0))).verdict
    'primarily short covers'
    """
    lb, ls, ss, sc = _totals(long_buys, long_sells, short_sales, short_covers)
    net_long, net_cover = float(settled(lb - ls, lb)), float(settled(sc - ss, sc))
    bought, covered = max(0.0, net_long), max(0.0, net_cover)
    verdict = _verdict("buying", net_long + net_cover, bought, covered, max(lb, ls, ss, sc))
    return BuyingDriver(net_long, net_cover, _ratio(covered, covered + bought), _ratio(sc, ss), _ratio(sc, lb), verdict)


def _totals(long_buys: FloatArray, long_sells: FloatArray, short_sales: FloatArray, short_covers: FloatArray) -> list[float]:
    _non_negative(long_buys=long_buys, long_sells=long_sells, short_sales=short_sales, short_covers=short_covers)
    return [float(leg.sum()) for leg in (long_buys, long_sells, short_sales, short_covers)]


_TRADES: dict[Side, tuple[str, str]] = {"selling": ("long sales", "short sales"), "buying": ("long buys", "short covers")}


def _verdict(side: Side, net: float, by_longs: float, by_shorts: float, largest: float) -> str:
    """Which trades drove a side. A net of 0 and the limits hold within 1e-12 of the largest total."""
    noise, whole = 1e-12 * largest, by_longs + by_shorts
    longs, shorts = _TRADES[side]
    if net <= noise:
        return f"not net {side}"
    if abs(by_shorts - by_longs) <= noise:
        return "evenly"
    if by_shorts - 0.9 * whole > noise:
        return f"almost entirely {shorts}"
    return f"primarily {shorts if by_shorts > by_longs else longs}"


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


def _non_negative(**series: FloatArray) -> None:
    for name, values in series.items():
        below = np.flatnonzero(values < 0)
        if below.size:
            row = int(below[0])
            raise SignalError(NUM, f"{name} must be 0 or more, and row {row + 1} is {values[row]:g}")
