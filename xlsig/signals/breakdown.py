"""Breakdowns: who sold and how much of the total that is. NaN marks a missing flow or a share that cannot be known."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from xlsig.signals.flows import last_streak
from xlsig.signals.series import FloatArray, IntArray, known
from xlsig.signals.windows import safe_scale, zscore_of

Basis = Literal["net", "selling"]


def net_shares(flows: FloatArray) -> FloatArray:
    """Each entry's part of the sum of the known entries, whatever their signs; NaN where that sum is zero.

    >>> net_shares(np.array([-3.0, -1.0])).tolist()
    [0.75, 0.25]
    """
    return _parts(flows, flows)


def selling_shares(flows: FloatArray) -> FloatArray:
    """Each entry's part of gross selling, 0 for a buyer; NaN where nobody sold.

    >>> selling_shares(np.array([-3.0, 5.0, -1.0])).tolist()
    [0.75, 0.0, 0.25]
    """
    return _parts(np.minimum(flows, 0.0), flows)


def _parts(amounts: FloatArray, flows: FloatArray) -> FloatArray:
    amounts = amounts * safe_scale(float(np.abs(amounts).max(initial=0.0, where=known(flows))))
    whole = float(amounts[known(flows)].sum())
    return amounts / whole + 0.0 if whole else np.full(flows.size, np.nan)  # + 0.0: no negative zero


def flow_shares(flows: FloatArray, of: Basis = "net") -> FloatArray:
    """Shares of the net, only if all known signs agree (zero agrees with both), or of gross selling.

    >>> flow_shares(np.array([-3.0, 1.0])).tolist()
    [nan, nan]
    """
    if of == "selling":
        return selling_shares(flows)
    if signs_differ(flows):
        return np.full(flows.size, np.nan)
    return net_shares(flows)


def signs_differ(flows: FloatArray) -> bool:
    """Whether some entries bought while others sold.

    >>> signs_differ(np.array([-1.0, 0.0]))
    False
    """
    return bool((flows < 0).any() and (flows > 0).any())


class Breadth(NamedTuple):
    """How many entries sold, were flat, bought, or have no flow."""

    sold: int
    flat: int
    bought: int
    missing: int


def breadth(flows: FloatArray) -> Breadth:
    """Count sellers and buyers; a missing flow is neither.

    >>> breadth(np.array([-1.0, -2.0, 0.0, np.nan]))
    Breadth(sold=2, flat=1, bought=0, missing=1)
    """
    counts = [int(np.count_nonzero(which)) for which in (flows < 0, flows == 0, flows > 0, np.isnan(flows))]
    return Breadth(*counts)


def largest_sellers(flows: FloatArray, n: int = 3) -> IntArray:
    """Positions of the n largest net sellers, the largest first, ties in input order.

    >>> largest_sellers(np.array([1.0, -2.0, -5.0])).tolist()
    [2, 1]
    """
    order = np.argsort(flows, kind="stable")  # NaN comes last
    sellers: IntArray = order[flows[order] < 0]
    return sellers[:n]


def ranks(flows: FloatArray) -> FloatArray:
    """1 for the most sold, ties share the better rank, NaN for a missing flow.

    >>> ranks(np.array([-1.0, 2.0, -1.0, np.nan])).tolist()
    [1.0, 3.0, 1.0, nan]
    """
    sold_more = (flows[:, None] > flows).sum(axis=1)
    return np.where(np.isnan(flows), np.nan, sold_more + 1.0)


class Past(NamedTuple):
    """An entry's flow today against its own history; NaN where it is unknown."""

    z: float
    streak: float


def against_history(history: FloatArray, today: float, window: int) -> Past:
    """z-score of today against the last `window` known values of the history, and the selling streak, today included.

    >>> against_history(np.array([1.0, 2.0, 3.0]), -1.0, 3)
    Past(z=-3.0, streak=1.0)
    """
    if np.isnan(today):
        return Past(np.nan, np.nan)
    return Past(_z(history[known(history)], today, window), _streak(history, today))


def total_against_history(history: FloatArray, today: float, window: int) -> Past:
    """The same for a total, whose reference is the last `window` rows: one of them missing leaves z unknown.

    >>> total_against_history(np.array([1.0, np.nan, 3.0]), -1.0, 2)
    Past(z=nan, streak=1.0)
    """
    if np.isnan(today):
        return Past(np.nan, np.nan)
    used = history[-window:]
    z = _z(used, today, window) if known(used).all() else np.nan
    return Past(z, _streak(history, today))


def _z(reference: FloatArray, today: float, window: int) -> float:
    if reference.size < window:
        return np.nan
    reference = reference[-window:]
    if np.ptp(reference) == 0.0:
        return np.nan
    return zscore_of(today, reference)


def _streak(history: FloatArray, today: float) -> float:
    streak = last_streak(np.append(history, today))
    return np.nan if streak.missing_at is not None else float(streak.sessions)


def total_of_known(flows: FloatArray) -> float:
    """Sum of the known entries; NaN if there is none.

    >>> total_of_known(np.array([1.0, np.nan]))
    1.0
    """
    return float(flows[known(flows)].sum()) if known(flows).any() else np.nan
