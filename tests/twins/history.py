"""History, read from the function reference a second time: one walk over the sessions for every question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.twins.breakdown import Answer
from tests.twins.pairs import twin
from tests.twins.rules import NA, NUM, Series, count, equally_long, has_a_value, refuse, strictly_increasing
from xlsig.errors import SignalError

Dates = Sequence[dt.date]
MONTH = 30.4375


def _sessions(dates: Dates, prices: Series) -> tuple[list[dt.date], list[float]]:
    """The rows with a price."""
    equally_long(dates, prices)
    strictly_increasing(dates)
    has_a_value(prices)
    days: list[dt.date] = []
    closes: list[float] = []
    for day, price in zip(dates, prices, strict=True):
        if price is not None:
            if price <= 0:
                refuse(NUM, "a price is positive")
            days.append(day)
            closes.append(price)
    return days, closes


def _start(days: list[dt.date], event: dt.date | None) -> int:
    """The session an event starts at: its own, or the next. Rows without a price are no rows here either."""
    if event is None:
        refuse(NA, "no date")
    if event < days[0]:
        refuse(NA, "before the first row")
    for at, day in enumerate(days):
        if day >= event:
            return at
    raise SignalError(NA, "after the last session")


@twin
def forward_return(dates: Dates, prices: Series, date: dt.date | None, sessions: float) -> float:
    days, closes = _sessions(dates, prices)
    ahead = count(sessions)
    at = _start(days, date)
    if at + ahead >= len(closes):
        refuse(NA, "not enough history")
    return float(Fraction(closes[at + ahead]) / Fraction(closes[at]) - 1)


def _trough(closes: list[float], at: int, end: int) -> int:
    lowest = at
    for row in range(at, end + 1):
        if closes[row] < closes[lowest]:
            lowest = row
    return lowest


def _depth(low: float, high: float) -> float:
    return float(Fraction(low) / Fraction(high) - 1)


@twin
def drawdown_after(dates: Dates, prices: Series, date: dt.date | None, sessions: float = 252) -> Answer:
    days, closes = _sessions(dates, prices)
    ahead = count(sessions)
    at = _start(days, date)
    if at == len(closes) - 1:
        refuse(NA, "no session after the event")
    trough = _trough(closes, at, min(at + ahead, len(closes) - 1))
    peak = at
    for row in range(at, trough + 1):
        if closes[row] > closes[peak]:
            peak = row
    recovery = None
    if trough > at:
        for row in range(trough + 1, len(closes)):
            if closes[row] >= closes[peak]:
                recovery = days[row]
                break
    elapsed = (days[trough] - days[at]).days
    return ["measure", "value"], [
        ["start_date", days[at]],
        ["start_price", closes[at]],
        ["peak_date", days[peak]],
        ["peak_price", closes[peak]],
        ["trough_date", days[trough]],
        ["trough_price", closes[trough]],
        ["depth_from_peak", _depth(closes[trough], closes[peak])],
        ["depth_from_start", _depth(closes[trough], closes[at])],
        ["sessions", trough - at],
        ["days", elapsed],
        ["months", elapsed / MONTH],
        ["recovery_date", recovery],
    ]


def spaced_sets(starts: int, chosen: int, spacing: int, first: int = 0) -> list[tuple[int, ...]]:
    """Every set of `chosen` starts among 0 … starts − 1, at least `spacing` apart."""
    if chosen == 0:
        return [()]
    found = []
    for start in range(first, starts):
        found.extend((start, *rest) for rest in spaced_sets(starts, chosen - 1, spacing, start + spacing))
    return found


def exact_p(dates: Dates, prices: Series, events: Dates, horizon: int) -> float | None:
    """The share of all equally spaced sets whose mean return is no higher than the events' own."""
    days, closes = _sessions(dates, prices)
    kept = _kept(days, events, horizon)
    if not kept:
        return None
    returns = [Fraction(closes[at + horizon]) / Fraction(closes[at]) - 1 for at in range(len(closes) - horizon)]
    observed = sum(returns[at] for at in kept)
    sets = spaced_sets(len(returns), len(kept), horizon)
    return sum(1 for one in sets if sum(returns[at] for at in one) <= observed) / len(sets)


def _kept(days: list[dt.date], events: Dates, horizon: int) -> list[int]:
    kept: list[int] = []
    for event in events:
        if event < days[0] or event > days[-1]:
            continue
        at = _start(days, event)
        if at + horizon >= len(days):
            continue
        if kept and at - kept[-1] < horizon:
            continue
        kept.append(at)
    return kept


@twin
def event_study(dates: Dates, prices: Series, events: Dates, horizons: Sequence[float] = (21, 63, 126, 252)) -> Answer:
    """All but the p_value, which is random: `exact_p` says what it estimates. It stands as None here."""
    days, closes = _sessions(dates, prices)
    strictly_increasing(events)
    rows: list[list[Any]] = []
    for horizon in horizons:
        ahead = count(horizon)
        base = [Fraction(closes[at + ahead]) / Fraction(closes[at]) - 1 for at in range(len(closes) - ahead)]
        returns = sorted(base[at] for at in _kept(days, events, ahead))
        n = len(returns)
        mean = median = hit_rate = None
        if n:
            mean = float(sum(returns) / n)
            middle = n // 2
            median = float(returns[middle] if n % 2 else (returns[middle - 1] + returns[middle]) / 2)
            hit_rate = sum(1 for one in returns if one < 0) / n
        base_mean = float(sum(base) / len(base)) if base else None
        rows.append([ahead, n, mean, median, hit_rate, base_mean, None, "too few" if n < 10 else ""])
    return ["horizon", "n", "mean", "median", "hit_rate", "base_mean", "p_value", "note"], rows


def _decimal(number: float) -> Fraction:
    """The number as it is written: 0.1 is one tenth."""
    return Fraction(repr(number))


@twin
def outcomes(dates: Dates, prices: Series, date: dt.date | None, sessions: float = 252, threshold: float = 0.1) -> Answer:
    days, closes = _sessions(dates, prices)
    ahead = count(sessions)
    if threshold <= 0:
        refuse(NUM, "a threshold is positive")
    at = _start(days, date)
    if at == len(closes) - 1:
        refuse(NA, "no session after the event")
    end = min(at + ahead, len(closes) - 1)

    highest_so_far = max(closes[: at + 1])
    new_high = None
    for row in range(at + 1, end + 1):
        if closes[row] > highest_so_far:
            new_high = row
            break
    best = max(closes[at + 1 : end + 1])
    trough = _trough(closes, at, end)
    elapsed = (days[trough] - days[at]).days
    first = "neither"
    for row in range(at + 1, end + 1):
        if _decimal(closes[row]) <= (1 - _decimal(threshold)) * _decimal(closes[at]):
            first = "decline"
            break
        if _decimal(closes[row]) >= (1 + _decimal(threshold)) * _decimal(closes[at]):
            first = "squeeze"
            break
    return ["branch", "measure", "value"], [
        ["squeeze", "new_high_date", None if new_high is None else days[new_high]],
        ["squeeze", "days_to_new_high", None if new_high is None else (days[new_high] - days[at]).days],
        ["squeeze", "best_gain", _depth(best, closes[at])],
        ["decline", "trough_date", days[trough]],
        ["decline", "depth", _depth(closes[trough], closes[at])],
        ["decline", "days_to_trough", elapsed],
        ["decline", "months", elapsed / MONTH],
        ["first", "first", first],
    ]


@twin
def squeeze_score(*factors: Series | None) -> float:
    ranks: list[Fraction] = []
    for factor in factors:
        known = [value for value in factor or () if value is not None]
        if not factor or factor[-1] is None or len(known) < 60:
            continue
        last = factor[-1]
        ranks.append(Fraction(sum(1 for value in known if value <= last), len(known)))
    if len(ranks) < 3:
        refuse(NA, "fewer than three factors")
    return float(100 * sum(ranks) / len(ranks))


@twin
def squeeze_alert(
    prices: Series,
    short_share: float | None,
    flow_z: float | None,
    window: float = 252,
    near_high: float = 0.95,
    short_limit: float = 0.6,
    z_limit: float = -1,
) -> int:
    length = count(window, 2)
    has_a_value(prices)
    known = [price for price in prices if price is not None]
    if any(price <= 0 for price in known):
        refuse(NUM, "a price is positive")
    if prices[-1] is None or short_share is None or flow_z is None:
        refuse(NA, "an input is missing")
    if len(known) < length:
        refuse(NA, "the window is not full")
    high = max(known[-length:])
    near = _decimal(known[-1]) >= _decimal(near_high) * _decimal(high)
    return 1 if near and short_share > short_limit and flow_z <= z_limit else 0
