"""Equity financing: what leveraged long exposure costs through futures and total return futures, and how it changes.

Rates are decimals, spreads basis points, days calendar days. Formulas: simple interest over days / day_count, as money markets quote it.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from xlsig.errors import DIV0, NA, NUM, VALUE, SignalError
from xlsig.signals.flows import settled
from xlsig.signals.series import BoolArray, DateArray, FloatArray, IntArray, LabelArray, known, require_last
from xlsig.signals.windows import lagged_zscore, zscore_of

BP = 1e4


def implied_financing(
    spot: float, future: float, days: float, dividends: float = 0.0, rate: float = 0.0, day_count: float = 360.0
) -> float:
    """((F + D·(1 + r·T/(2·dc)))/S − 1)·dc/T: dividends are reinvested half-way to expiry.

    >>> round(implied_financing(6000, 6065, 88, 18.5, 0.0432), 8)
    0.05699842
    """
    _positive(spot=spot, future=future, days=days, day_count=day_count)
    reinvested = dividends * (1 + rate * days / (2 * day_count))
    return ((future + reinvested) / spot - 1) * day_count / days


def financing_spread(
    spot: float,
    future: float,
    days: float,
    rate: float,
    dividends: float = 0.0,
    min_days: float = 15.0,
    day_count: float = 360.0,
) -> float:
    """(implied financing − rate) in bp; close to expiry one index point is worth too many basis points to say.

    >>> round(financing_spread(6000, 6065, 88, 0.0432, 18.5), 3)
    137.984
    """
    implied = implied_financing(spot, future, days, dividends, rate, day_count)
    if days < min_days:
        point = BP * day_count / (spot * days)
        raise SignalError(NA, f"{days:g} days to expiry are fewer than {min_days:g}: one index point is {point:.4g} bp there")
    return (implied - rate) * BP


def forward_spread(
    near: float,
    far: float,
    days_near: float,
    days_far: float,
    rate_near: float,
    rate_far: float,
    div_near: float = 0.0,
    div_far: float = 0.0,
    day_count: float = 360.0,
) -> float:
    """Forward implied rate between two expiries over the matched forward OIS rate, in bp.

    >>> round(forward_spread(4508.5, 4502.5, 16, 107, .0007956957, .0008736756, 2.995319, 19.081932), 4)
    79.5953
    """
    _positive(near=near, far=far, day_count=day_count)
    if days_near < 0 or days_far <= days_near:
        raise SignalError(NUM, f"days must be 0 ≤ days_near < days_far, not {days_near:g} and {days_far:g}")
    years = (days_far - days_near) / day_count
    near_gross = near + div_near * (1 + rate_near * days_near / (2 * day_count))
    far_gross = far + div_far * (1 + rate_far * days_far / (2 * day_count))
    near_growth = 1 + rate_near * days_near / day_count
    far_growth = 1 + rate_far * days_far / day_count
    if near_gross == 0 or near_growth == 0:
        raise SignalError(DIV0, "the near leg is worth nothing once dividends and the rate are counted")
    forward = (far_gross / near_gross - 1) / years
    ois = (far_growth / near_growth - 1) / years
    return (forward - ois) * BP


def trf_basis(spread: float, index_level: float, days: float, day_count: float = 360.0) -> float:
    """Basis in index points of a total return future's spread: index · spread/1e4 · days/dc.

    >>> round(trf_basis(15.5, 6810.38, 788), 4)
    23.1061
    """
    _positive(index_level=index_level, days=days, day_count=day_count)
    return index_level * spread / BP * days / day_count


def trf_spread(basis: float, index_level: float, days: float, day_count: float = 360.0) -> float:
    """Spread in bp of a total return future's basis: the inverse of `trf_basis`.

    >>> round(trf_spread(23.1061, 6810.38, 788), 2)
    15.5
    """
    _positive(index_level=index_level, days=days, day_count=day_count)
    return basis * BP * day_count / (index_level * days)


def trf_forward(near_spread: float, near_days: float, far_spread: float, far_days: float) -> float:
    """Spread in bp between two maturities: (far·far_days − near·near_days)/(far_days − near_days); nothing compounds.

    >>> trf_forward(60, 90, 75, 360)
    80.0
    """
    if near_days < 0 or far_days <= near_days:
        raise SignalError(NUM, f"days must be 0 ≤ near_days < far_days, not {near_days:g} and {far_days:g}")
    return far_spread + (far_spread - near_spread) * near_days / (far_days - near_days)


class Forward(NamedTuple):
    """The forward spread between two maturities of a strip; NaN where one of them has no spread."""

    from_days: float
    to_days: float
    spread_bp: float


def trf_forwards(days: FloatArray, spreads: FloatArray) -> list[Forward]:
    """Every pair of a strip, first by where it starts, then by where it ends.

    >>> trf_forwards(np.array([90.0, 360.0]), np.array([60.0, 75.0]))
    [Forward(from_days=90.0, to_days=360.0, spread_bp=80.0)]
    """
    if not known(days).all():
        raise SignalError(VALUE, f"days is blank in row {int(np.isnan(days).argmax()) + 1}")
    if days[0] <= 0:
        raise SignalError(NUM, f"days must be above 0, and row 1 is {days[0]:g}")
    later = np.diff(days) > 0
    if not later.all():
        row = int(later.argmin()) + 1
        raise SignalError(NUM, f"days must be strictly increasing, and row {row + 1} ({days[row]:g}) follows {days[row - 1]:g}")
    if (quoted := int(known(spreads).sum())) < 2:
        raise SignalError(NA, f"a forward needs two maturities with a spread, and there {'is one' if quoted else 'is none'}")
    strip = list(zip(days.tolist(), spreads.tolist(), strict=True))
    return [
        Forward(near_days, far_days, trf_forward(near, near_days, far, far_days))
        for (near_days, near), (far_days, far) in itertools.combinations(strip, 2)
    ]


def box_rate(
    call_low: float,
    put_low: float,
    call_high: float,
    put_high: float,
    strike_low: float,
    strike_high: float,
    days: float,
    day_count: float = 360.0,
) -> float:
    """((K2 − K1)/box − 1)·dc/days of a box of European options, which costs (C1 − P1) − (C2 − P2) and pays K2 − K1.

    >>> round(box_rate(2010, 10, 1040, 27.6543209876543, 4000, 5000, 90), 8)
    0.05
    """
    _positive(strike_low=strike_low, days=days, day_count=day_count)
    if strike_high <= strike_low:
        raise SignalError(NUM, f"strike_high must be above strike_low, not {strike_high:g} and {strike_low:g}")
    box = box_cost(call_low, put_low, call_high, put_high)
    if box <= 0:
        raise SignalError(NUM, f"the box must cost more than 0, and it costs {box:g}")
    return ((strike_high - strike_low) / box - 1) * day_count / days


def box_cost(call_low: float, put_low: float, call_high: float, put_high: float) -> float:
    """What a box costs: bought at the low strike (call less put), sold at the high one.

    >>> box_cost(2010, 10, 1040, 28)
    988.0
    """
    paid, received = call_low + put_high, put_low + call_high
    return float(settled(paid - received, paid))


def spread_dv01(notional: float, days: float, day_count: float = 360.0) -> float:
    """What one basis point is worth over the days: notional·days/dc/1e4.

    >>> spread_dv01(1e9, 90)
    25000.0
    """
    _positive(days=days, day_count=day_count)
    return notional * days / day_count / BP


class Turn(NamedTuple):
    """The year-end turn among one day's forward pairs; NaN where there is no such pair."""

    crossing: float
    ex_turn: float
    excess: float
    bp_days: float


def spans_turn(starts: DateArray, ends: DateArray) -> BoolArray:
    """Which forward pairs contain a year end: start ≤ 31 December < end.

    >>> spans_turn(np.array(["2024-12-31"], "M8[D]"), np.array(["2025-01-01"], "M8[D]")).tolist()
    [True]
    """
    return np.asarray(ends.astype("datetime64[Y]") > starts.astype("datetime64[Y]"))


def turn_premium(starts: DateArray, ends: DateArray, spreads: FloatArray) -> Turn:
    """Spread of the first pair over the year end against the first that is not over one.

    >>> days = np.array(["2024-12-20", "2025-03-21", "2025-06-20"], "M8[D]")
    >>> round(turn_premium(days[:2], days[1:], np.array([129.5, 99.3])).excess, 1)
    30.2
    """
    if not (ends > starts).all():
        raise SignalError(VALUE, "every forward pair must end after it starts")
    spans = spans_turn(starts, ends)
    over, clear = np.flatnonzero(spans), np.flatnonzero(~spans)
    crossing = float(spreads[over[0]]) if over.size else np.nan
    ex_turn = float(spreads[clear[0]]) if clear.size else np.nan
    days = float((ends - starts)[over[0]].astype(np.int64)) if over.size else np.nan
    excess = crossing - ex_turn
    return Turn(crossing, ex_turn, excess, excess * days)


class Steps(NamedTuple):
    """The known rows of a spread series: their row numbers, roll-adjusted levels, and how many of the steps so far were rolls."""

    rows: IntArray
    levels: FloatArray
    rolls: IntArray

    def all_rolls(self, start: int, stop: int) -> bool:
        """Whether every step from known row `start` to `stop` is a roll, so that nothing of the change is left."""
        return stop > start and bool(self.rolls[stop] - self.rolls[start] == stop - start)


def steps(spreads: FloatArray, contracts: LabelArray | None = None) -> Steps:
    """Bridge the gaps of a spread series and take the rolls out of it."""
    rows = np.flatnonzero(known(spreads))
    levels = spreads[rows]
    if contracts is None:
        return Steps(rows, levels, np.zeros(rows.size, dtype=np.int64))
    labels = contracts[rows]
    blank = [row for row, label in zip(rows.tolist(), labels, strict=True) if label is None]
    if blank:
        raise SignalError(VALUE, f"row {blank[0] + 1} has a spread but no contract label")
    rolled = np.zeros(rows.size, dtype=np.bool_)
    rolled[1:] = labels[1:] != labels[:-1]
    jumps = np.where(rolled, np.diff(levels, prepend=levels[:1]), 0.0)
    later = jumps[::-1].cumsum()[::-1] - jumps
    return Steps(rows, levels + later, rolled.cumsum())


def roll_adjusted(spreads: FloatArray, contracts: LabelArray) -> FloatArray:
    """The series re-based backwards so that no step spans a contract change; the last value stays.

    >>> roll_adjusted(np.array([10.0, 11.0, 31.0, 30.0]), np.array(["Z4", "Z4", "H5", "H5"], object)).tolist()
    [30.0, 31.0, 31.0, 30.0]
    """
    at = steps(spreads, contracts)
    out = np.full(spreads.size, np.nan)
    out[at.rows] = at.levels
    return out


def spread_change(spreads: FloatArray, sessions: int = 20, contracts: LabelArray | None = None) -> float:
    """Change over the last `sessions` steps between known values; a roll is not a move.

    >>> spread_change(np.array([10.0, 11.0, 31.0, 30.0]), 2, np.array(["Z4", "Z4", "H5", "H5"], object))
    -1.0
    """
    require_last(spreads, "spread")
    at = steps(spreads, contracts)
    return _change(at, sessions)


def _change(at: Steps, sessions: int) -> float:
    last = at.rows.size - 1
    if last < sessions:
        raise SignalError(NA, f"a change over {sessions} sessions needs {sessions + 1} known spreads, not {last + 1}")
    if at.all_rolls(last - sessions, last):
        raise SignalError(NA, f"each of the last {sessions} steps is a roll, so nothing of the change is left")
    return float(at.levels[last] - at.levels[last - sessions])


def spread_change_zscore(spreads: FloatArray, sessions: int = 20, window: int = 252, contracts: LabelArray | None = None) -> float:
    """z-score of that change against the `window` latest changes that end before it begins.

    >>> spread_change_zscore(np.array([0.0, 1.0, 3.0, 6.0, 11.0]), 1, 3)
    3.0
    """
    require_last(spreads, "spread")
    at = steps(spreads, contracts)
    change = _change(at, sessions)
    changes = _changes(at, sessions)[:-sessions]
    reference = changes[known(changes)]
    if reference.size < window:
        raise SignalError(
            NA,
            f"the window needs {window} earlier changes ({window + 2 * sessions} known spreads) and there are {reference.size}",
        )
    return zscore_of(change, reference[-window:], noise=_rounding(at))


def spread_change_zscore_history(spreads: FloatArray, sessions: int, window: int, contracts: LabelArray | None = None) -> FloatArray:
    """The change's z-score for every row, from the rows up to it; NaN where it is unknown.

    >>> spread_change_zscore_history(np.array([0.0, 1.0, 3.0, 6.0, 11.0]), 1, 3).tolist()
    [nan, nan, nan, nan, 3.0]
    """
    at = steps(spreads, contracts)
    changes = _changes(at, sessions)
    valid = known(changes)
    ending_by = np.zeros(changes.size, dtype=np.int64)
    ending_by[sessions:] = valid.cumsum()[:-sessions]
    out = np.full(spreads.size, np.nan)
    z = lagged_zscore(changes, changes[valid], ending_by, window, _rounding(at))
    out[at.rows[sessions:]] = z
    return out


def _changes(at: Steps, sessions: int) -> FloatArray:
    """The change over `sessions` steps that ends at each known row from number `sessions` on; NaN if every step is a roll."""
    changes = at.levels[sessions:] - at.levels[:-sessions]
    if at.rolls.size and at.rolls[-1]:
        changes[at.rolls[sessions:] - at.rolls[:-sessions] == sessions] = np.nan
    return changes


def _rounding(at: Steps) -> float:
    """How far two changes that are equal on paper can be apart in floating point."""
    return 16 * float(np.spacing(np.abs(at.levels).max(initial=0.0)))


def event_change(dates: DateArray, series: FloatArray, event: np.datetime64, contracts: LabelArray | None = None) -> float:
    """Last value less the latest known value on or before the event.

    >>> event_change(np.array(["2024-12-17", "2024-12-19"], "M8[D]"), np.array([90.0, 70.0]), np.datetime64("2024-12-18"))
    -20.0
    """
    last = require_last(series, "value")
    if event > dates[-1]:
        raise SignalError(NA, f"the event of {event} is after the last date, {dates[-1]}")
    earlier = np.flatnonzero(known(series[: int(dates.searchsorted(event, side="right"))]))
    if contracts is None and earlier.size:
        return last - float(series[earlier[-1]])
    at = steps(series, contracts)
    if not earlier.size:
        raise SignalError(NA, f"the event of {event} is before the first known value, of {dates[at.rows[0]]}")
    before, now = earlier.size - 1, at.rows.size - 1
    if at.all_rolls(before, now):
        raise SignalError(NA, f"each step since {dates[at.rows[before]]} is a roll, so nothing of the change is left")
    return float(at.levels[now] - at.levels[before])


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise SignalError(NUM, f"{name} must be above 0, not {number:g}")
