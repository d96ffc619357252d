"""The danger signal: both gauges, financing spreads and fund flows, together, and the episodes they form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xlsig.errors import NA, SignalError
from xlsig.signals.financing import spread_change_zscore_history
from xlsig.signals.flows import flow_zscore_history, streak_history
from xlsig.signals.series import BoolArray, DateArray, FloatArray, IntArray, LabelArray, known, require_last

BOTH = "BOTH"
SPREAD_ONLY = "SPREAD ONLY"
FLOW_ONLY = "FLOW ONLY"
NONE = "NONE"
NO_DATA = "NO DATA"


def spread_side(spread_z: float, z_limit: float) -> bool | None:
    """Whether the spread gauge fires; None if it cannot be judged.

    >>> spread_side(-2.4, -2.0)
    True
    """
    return None if np.isnan(spread_z) else bool(spread_z <= z_limit)


def flow_side(flow_z: float, streak: float, z_limit: float, streak_limit: float) -> bool | None:
    """Whether the flow gauge fires on either of its inputs; None if neither fires and one is missing.

    >>> flow_side(np.nan, 5, -2.0, 5)
    True
    """
    if flow_z <= z_limit or streak >= streak_limit:
        return True
    return None if np.isnan(flow_z) or np.isnan(streak) else False


def state_of(spread: bool | None, flow: bool | None) -> str:
    """The state that two judged sides make; no data is never "no warning".

    >>> state_of(True, None)
    'NO DATA'
    """
    if spread is None or flow is None:
        return NO_DATA
    if spread:
        return BOTH if flow else SPREAD_ONLY
    return FLOW_ONLY if flow else NONE


def danger_state(spread_z: float, flow_z: float, streak: float, z_limit: float = -2.0, streak_limit: float = 5.0) -> str:
    """The state of one session from its spread-change z, flow z and selling streak.

    >>> danger_state(-2.5, -1.0, 5)
    'BOTH'
    """
    return state_of(spread_side(spread_z, z_limit), flow_side(flow_z, streak, z_limit, streak_limit))


class Gauges(NamedTuple):
    """The three inputs of the state for every session; NaN where unknown."""

    spread_z: FloatArray
    flow_z: FloatArray
    streak: FloatArray


def gauges(
    spreads: FloatArray,
    flows: FloatArray,
    window: int,
    spread_sessions: int,
    flow_sessions: int,
    contracts: LabelArray | None = None,
) -> Gauges:
    """Both gauges for every session, each from the sessions up to it."""
    return Gauges(
        spread_change_zscore_history(spreads, spread_sessions, window, contracts),
        flow_zscore_history(flows, flow_sessions, window),
        streak_history(flows),
    )


def danger_history(at: Gauges, z_limit: float = -2.0, streak_limit: float = 5.0, max_lag: int = 0) -> list[str]:
    """The state of every session. Sides that fire at most `max_lag` sessions apart are BOTH from the later one on that day.

    >>> z = np.array([-3.0, 0.0, 0.0])
    >>> danger_history(Gauges(z, np.zeros(3), np.array([1.0, 5.0, 6.0])), max_lag=1)
    ['SPREAD ONLY', 'BOTH', 'FLOW ONLY']
    """
    spread_fires = at.spread_z <= z_limit
    flow_fires = (at.flow_z <= z_limit) | (at.streak >= streak_limit)
    judged = known(at.spread_z) & (flow_fires | (known(at.flow_z) & known(at.streak)))
    together = (spread_fires & _lately(flow_fires, max_lag)) | (flow_fires & _lately(spread_fires, max_lag))
    states = np.where(together, BOTH, np.where(spread_fires, SPREAD_ONLY, np.where(flow_fires, FLOW_ONLY, NONE)))
    return [str(state) for state in np.where(judged, states, NO_DATA)]


def _lately(fires: BoolArray, max_lag: int) -> BoolArray:
    """Whether a side fires in this or one of the `max_lag` rows before."""
    rows = np.arange(fires.size)
    last = np.maximum.accumulate(np.where(fires, rows, -1))
    return (last >= 0) & (rows - last <= max_lag)


def flag_of(state: str) -> float:
    """1 for BOTH, 0 for another judged state, NaN for NO DATA.

    >>> flag_of("FLOW ONLY")
    0.0
    """
    return np.nan if state == NO_DATA else float(state == BOTH)


class BaseRate(NamedTuple):
    """How often BOTH has been on."""

    both: int
    judged: int


def base_rate(states: Sequence[str]) -> BaseRate:
    """BOTH on k of n judged sessions.

    >>> base_rate(["BOTH", "NONE", "NO DATA"])
    BaseRate(both=1, judged=2)
    """
    return BaseRate(sum(state == BOTH for state in states), sum(state != NO_DATA for state in states))


class Episode(NamedTuple):
    """One run of flagged sessions: its first and last row."""

    start: int
    end: int

    @property
    def sessions(self) -> int:
        """Rows from start to end, both included."""
        return self.end - self.start + 1


def episodes(dates: DateArray, flags: FloatArray, gap_days: float = 28.0) -> list[Episode]:
    """Flagged sessions at most `gap_days` apart are one episode.

    >>> days = np.array(["2025-01-02", "2025-01-03", "2025-03-03"], "M8[D]")
    >>> episodes(days, np.array([1.0, 1.0, 1.0]))
    [Episode(start=0, end=1), Episode(start=2, end=2)]
    """
    on: IntArray = np.flatnonzero(flags == 1)
    if on.size == 0:
        return []
    apart = np.diff(dates[on]).astype(np.int64) > gap_days
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    last = np.concatenate([first[1:] - 1, [on.size - 1]])
    return [Episode(int(on[a]), int(on[b])) for a, b in zip(first, last, strict=True)]


class Previous(NamedTuple):
    """Where the previous episode ended; the first judged row if there was none on record."""

    row: int
    on_record: bool


def first_since(dates: DateArray, flags: FloatArray, gap_days: float = 28.0) -> Previous:
    """The row since which the present episode is the first.

    >>> days = np.array(["2021-12-15", "2022-12-15", "2025-01-03"], "M8[D]")
    >>> first_since(days, np.array([1.0, 0.0, 1.0]))
    Previous(row=0, on_record=False)
    """
    if require_last(flags, "flag") != 1:
        raise SignalError(NA, f"the flag is not on at {dates[-1]}")
    found = episodes(dates, flags, gap_days)
    before = np.flatnonzero(known(flags[: found[-1].start]))
    if before.size == 0:
        raise SignalError(NA, f"no flag is known before the present episode, which began {dates[found[-1].start]}")
    if len(found) > 1:
        return Previous(found[-2].end, on_record=False)
    return Previous(int(before[0]), on_record=True)
