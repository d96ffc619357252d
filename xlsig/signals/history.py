"""What came after: returns, drawdowns, both branches (decline or squeeze), and how unusual they were.

Dates and prices are sessions only: rows without a price are taken out by `sessions_of` first. All returns are decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from xlsig.errors import NA, NUM, SignalError
from xlsig.signals.series import BoolArray, DateArray, FloatArray, IntArray, known, require_last

DRAWS = 2000
SEED = 20250103
TOO_FEW = 10
DAYS_PER_MONTH = 30.4375


class Sessions(NamedTuple):
    """The rows of a price history that have a close."""

    dates: DateArray
    closes: FloatArray

    def start(self, event: np.datetime64) -> int:
        """The session an event starts at: its own, or the next one if it falls between two."""
        if event < self.dates[0]:
            raise SignalError(NA, f"{event} is before the first price, of {self.dates[0]}")
        row = int(np.searchsorted(self.dates, event))
        if row == self.dates.size:
            raise SignalError(NA, f"{event} is after the last price, of {self.dates[-1]}")
        return row

    def after(self, event: np.datetime64, sessions: int) -> tuple[int, FloatArray]:
        """The event's row, and the closes from it to `sessions` later or the end of the history."""
        row = self.start(event)
        if row == self.dates.size - 1:
            raise SignalError(NA, f"there is no session after {self.dates[row]}")
        return row, self.closes[row : row + sessions + 1]


def sessions_of(dates: DateArray, prices: FloatArray) -> Sessions:
    """Take out the rows without a price (holidays are blank in public data)."""
    rows = np.flatnonzero(known(prices))
    wrong = rows[prices[rows] <= 0]
    if wrong.size:
        raise SignalError(NUM, f"prices must be above 0, and {dates[wrong[0]]} has {prices[wrong[0]]:g}")
    if rows.size == 0:
        raise SignalError(NA, "there is no price")
    return Sessions(dates[rows], prices[rows])


def forward_return(at: Sessions, event: np.datetime64, sessions: int) -> float:
    """price[i + sessions] / price[i] − 1.

    >>> days = np.array(["2025-01-02", "2025-01-03"], "M8[D]")
    >>> forward_return(Sessions(days, np.array([100.0, 90.0])), days[0], 1)
    -0.1
    """
    row = at.start(event)
    left = at.closes.size - 1 - row
    if left < sessions:
        raise SignalError(NA, f"{sessions} sessions after {at.dates[row]} are asked for and the history has {left}")
    return float((at.closes[row + sessions] - at.closes[row]) / at.closes[row])


class Drawdown(NamedTuple):
    """A fall after an event, as rows of the history; `recovery` is None while the peak has not been reached again."""

    start: int
    peak: int
    trough: int
    recovery: int | None


def drawdown_after(at: Sessions, event: np.datetime64, sessions: int = 252) -> Drawdown:
    """Trough: the lowest close within `sessions`; peak: the highest from the event to it; recovery: searched to the end.

    >>> days = np.array(["2025-01-02", "2025-01-03", "2025-01-06"], "M8[D]")
    >>> drawdown_after(Sessions(days, np.array([100.0, 90.0, 101.0])), days[0])
    Drawdown(start=0, peak=0, trough=1, recovery=2)
    """
    start, closes = at.after(event, sessions)
    trough = int(closes.argmin())
    peak = start + int(closes[: trough + 1].argmax())
    if trough == 0:
        return Drawdown(start, peak, start, None)
    later = np.flatnonzero(at.closes[start + trough :] >= at.closes[peak])
    return Drawdown(start, peak, start + trough, start + trough + int(later[0]) if later.size else None)


class Study(NamedTuple):
    """Returns after a set of events over one horizon; NaN where there is no event to tell."""

    horizon: int
    n: int
    mean: float
    median: float
    hit_rate: float
    base_mean: float
    p_value: float
    note: str


def event_study(at: Sessions, events: DateArray, horizons: Sequence[int]) -> list[Study]:
    """One row per horizon: the events' returns beside the base rate of every possible start."""
    starts = np.searchsorted(at.dates, events[events >= at.dates[0]])
    return [_study(at.closes, starts, horizon) for horizon in horizons]


def _study(closes: FloatArray, starts: IntArray, horizon: int) -> Study:
    returns = (closes[horizon:] - closes[:-horizon]) / closes[:-horizon]
    kept: list[int] = []
    for start in starts.tolist():
        if start < returns.size and (not kept or start - kept[-1] >= horizon):
            kept.append(start)
    n = len(kept)
    note = "too few" if n < TOO_FEW else ""
    base_mean = float(returns.mean()) if returns.size else np.nan
    if n == 0:
        return Study(horizon, 0, np.nan, np.nan, np.nan, base_mean, np.nan, note)
    observed = returns[kept]
    mean = float(observed.mean())
    random = returns[spaced_sets(returns.size, n, horizon, DRAWS)].mean(axis=1)
    as_low = np.count_nonzero(random <= mean + 1e-12 * float(np.abs(returns).max()))
    return Study(
        horizon,
        n,
        mean,
        float(np.median(observed)),
        float((observed < 0).mean()),
        base_mean,
        (1 + as_low) / (1 + DRAWS),
        note,
    )


def spaced_sets(size: int, n: int, spacing: int, draws: int) -> IntArray:
    """Random sets of n positions below `size`, at least `spacing` apart, every such set equally likely; a fixed seed.

    Taking (spacing − 1) out of each gap turns spaced sets into plain subsets of a shorter range, one to one.

    >>> spaced_sets(5, 3, 2, 1).tolist()
    [[0, 2, 4]]
    """
    free = size - (n - 1) * (spacing - 1)
    rng = np.random.default_rng(SEED)
    if 3 * n > free:
        sets = np.stack([np.sort(rng.permutation(free)[:n]) for _ in range(draws)])
    else:
        sets = np.sort(rng.integers(0, free, (draws, n)), axis=1)
        while (repeated := (np.diff(sets, axis=1) == 0).any(axis=1)).any():
            sets[repeated] = _distinct(rng, free, n, int(repeated.sum()))
    return np.asarray(sets + np.arange(n) * (spacing - 1))


def _distinct(rng: np.random.Generator, free: int, n: int, draws: int) -> IntArray:
    return np.stack([np.sort(rng.choice(free, n, replace=False)) for _ in range(draws)])


First = Literal["decline", "squeeze", "neither"]


class Outcomes(NamedTuple):
    """Both branches after an event, as rows of the history."""

    start: int
    new_high: int | None
    best: int
    trough: int
    first: First
    first_at: int | None


def outcomes(at: Sessions, event: np.datetime64, sessions: int = 252, threshold: float = 0.1) -> Outcomes:
    """Decline: the lowest close. Squeeze: the first close above every close so far. First: which threshold was reached first.

    >>> days = np.array(["2021-12-15", "2021-12-27", "2022-03-01"], "M8[D]")
    >>> outcomes(Sessions(days, np.array([100.0, 101.0, 89.0])), days[0]).first
    'decline'
    """
    start, closes = at.after(event, sessions)
    record = float(at.closes[: start + 1].max())
    above = np.flatnonzero(closes > record)
    rounding = 4 * float(np.spacing(closes[0]))  # 1.1 · 100 is a little over 110 in floating point
    down = _first_row(closes <= (1 - threshold) * closes[0] + rounding)
    up = _first_row(closes >= (1 + threshold) * closes[0] - rounding)
    first: First = "neither"
    if down is not None and (up is None or down < up):
        first = "decline"
    elif up is not None:
        first = "squeeze"
    reached = {"decline": down, "squeeze": up, "neither": None}[first]
    return Outcomes(
        start,
        start + int(above[0]) if above.size else None,
        start + 1 + int(closes[1:].argmax()),
        start + int(closes.argmin()),
        first,
        None if reached is None else start + reached,
    )


def _first_row(where: BoolArray) -> int | None:
    rows = np.flatnonzero(where)
    return int(rows[0]) if rows.size else None


class SqueezeFactor(NamedTuple):
    """The weak percentile of a factor's last value among all its known values; NaN, with the reason, if it is dropped."""

    percentile: float
    dropped: str


def squeeze_factor(values: FloatArray, least: int = 60) -> SqueezeFactor:
    """One factor of squeeze risk: where it stands in its own history.

    >>> squeeze_factor(np.arange(60.0)).percentile
    1.0
    """
    n = values.size - np.count_nonzero(np.isnan(values))
    if n == 0:
        return SqueezeFactor(np.nan, "empty")
    last = float(values[-1])
    if last != last:
        return SqueezeFactor(np.nan, "missing now")
    if n < least:
        return SqueezeFactor(np.nan, f"too few values: {n} of {least}")
    return SqueezeFactor(float(np.count_nonzero(values <= last) / n), "")


def squeeze_score(factors: Mapping[str, FloatArray]) -> float:
    """Mean percentile of the factors that can be judged, ×100; at least three are needed, and a refusal says why each other is dropped.

    >>> squeeze_score(dict.fromkeys(("short_interest", "days_to_cover", "borrow_fee"), np.arange(60.0)))
    100.0
    """
    judged = {name: squeeze_factor(values) for name, values in factors.items()}
    percentiles = [factor.percentile for factor in judged.values() if not factor.dropped]
    if len(percentiles) < 3:
        dropped = ", ".join(f"{name} ({factor.dropped})" for name, factor in judged.items() if factor.dropped)
        raise SignalError(NA, f"{len(percentiles)} of {len(factors)} factors can be judged and three are needed; dropped: {dropped}")
    return 100 * float(np.mean(percentiles))


def high_of(prices: FloatArray, window: int) -> float:
    """The highest of the last `window` known closes, the last included.

    >>> high_of(np.array([9.0, 7.0, 8.0]), 2)
    8.0
    """
    require_last(prices, "price")
    present = prices[known(prices)]
    if (present <= 0).any():
        raise SignalError(NUM, f"prices must be above 0, and one is {present[present <= 0][0]:g}")
    if present.size < window:
        raise SignalError(NA, f"the window needs {window} known prices and there are {present.size}")
    return float(present[-window:].max())
