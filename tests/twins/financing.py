"""Twins of the financing functions: the formulas in fractions, one loop at a time."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections.abc import Sequence
from fractions import Fraction

from tests.twins.pairs import twin
from tests.twins.rules import (
    DIV0,
    NA,
    NUM,
    VALUE,
    Series,
    count,
    equally_long,
    has_a_value,
    refuse,
    strictly_increasing,
)
from xlsig.errors import SignalError

Labels = Sequence[str | None]


def _positive(*numbers: float) -> None:
    if any(number <= 0 for number in numbers):
        refuse(NUM, "must be above zero")


def _quotient(above: Fraction, below: Fraction) -> Fraction:
    if below == 0:
        refuse(DIV0, "zero denominator")
    return above / below


def _implied(spot: float, future: float, days: float, dividends: float, rate: float, day_count: float) -> Fraction:
    _positive(spot, future, days, day_count)
    S, F, D, r = Fraction(spot), Fraction(future), Fraction(dividends), Fraction(rate)
    T, dc = Fraction(days), Fraction(day_count)
    reinvested = D * (1 + r * T / (2 * dc))
    return ((F + reinvested) / S - 1) * dc / T


@twin
def implied_financing(spot: float, future: float, days: float, dividends: float = 0, rate: float = 0, day_count: float = 360) -> float:
    return float(_implied(spot, future, days, dividends, rate, day_count))


@twin
def financing_spread(
    spot: float,
    future: float,
    days: float,
    rate: float,
    dividends: float = 0,
    min_days: float = 15,
    day_count: float = 360,
) -> float:
    if 0 < days < min_days:
        refuse(NA, "too few days: one index point is too many basis points")
    return float((_implied(spot, future, days, dividends, rate, day_count) - Fraction(rate)) * 10_000)


@twin
def forward_spread(
    near: float,
    far: float,
    days_near: float,
    days_far: float,
    rate_near: float,
    rate_far: float,
    div_near: float = 0,
    div_far: float = 0,
    day_count: float = 360,
) -> float:
    _positive(near, far, day_count)
    if not days_far > days_near >= 0:
        refuse(NUM, "needs days_far > days_near >= 0")
    T1, T2, r1, r2 = Fraction(days_near), Fraction(days_far), Fraction(rate_near), Fraction(rate_far)
    dc = Fraction(day_count)
    reinvested_near = Fraction(div_near) * (1 + r1 * T1 / (2 * dc))
    reinvested_far = Fraction(div_far) * (1 + r2 * T2 / (2 * dc))
    a_year = dc / (T2 - T1)
    f = (_quotient(Fraction(far) + reinvested_far, Fraction(near) + reinvested_near) - 1) * a_year
    ois = (_quotient(1 + r2 * T2 / dc, 1 + r1 * T1 / dc) - 1) * a_year
    return float((f - ois) * 10_000)


@twin
def trf_basis(spread: float, index_level: float, days: float, day_count: float = 360) -> float:
    _positive(index_level, days, day_count)
    return float(Fraction(index_level) * Fraction(spread) / 10_000 * Fraction(days) / Fraction(day_count))


@twin
def trf_spread(basis: float, index_level: float, days: float, day_count: float = 360) -> float:
    _positive(index_level, days, day_count)
    return float(Fraction(basis) * 10_000 / Fraction(index_level) * Fraction(day_count) / Fraction(days))


@twin
def trf_forward(near_spread: float, near_days: float, far_spread: float, far_days: float) -> float:
    if not far_days > near_days >= 0:
        refuse(NUM, "needs far_days > near_days >= 0")
    n, N, f, F = Fraction(near_spread), Fraction(near_days), Fraction(far_spread), Fraction(far_days)
    return float((f * F - n * N) / (F - N))


@twin
def trf_forwards(days: Series, spreads: Series) -> tuple[tuple[str, str, str], list[tuple[float, float, float | None]]]:
    equally_long(days, spreads)
    has_a_value(days)
    if any(each is None for each in days):
        refuse(VALUE, "a blank maturity")
    if any(each <= 0 for each in days) or any(after <= before for before, after in itertools.pairwise(days)):
        refuse(NUM, "maturities must be above 0 and increase")
    if sum(spread is not None for spread in spreads) < 2:
        refuse(NA, "fewer than two spreads")
    forwards: list[tuple[float, float, float | None]] = []
    for i in range(len(days)):
        for j in range(i + 1, len(days)):
            unknown = spreads[i] is None or spreads[j] is None
            forwards.append((days[i], days[j], None if unknown else trf_forward(spreads[i], days[i], spreads[j], days[j])))
    return ("from_days", "to_days", "spread_bp"), forwards


@twin
def box_rate(
    call_low: float,
    put_low: float,
    call_high: float,
    put_high: float,
    strike_low: float,
    strike_high: float,
    days: float,
    day_count: float = 360,
) -> float:
    if min(call_low, put_low, call_high, put_high) < 0:
        refuse(NUM, "a negative price")
    _positive(strike_low, days, day_count)
    box = (Fraction(call_low) - Fraction(put_low)) - (Fraction(call_high) - Fraction(put_high))
    if strike_high <= strike_low or box <= 0:
        refuse(NUM, "no box")
    return float(((Fraction(strike_high) - Fraction(strike_low)) / box - 1) * Fraction(day_count) / Fraction(days))


@twin
def spread_dv01(notional: float, days: float, day_count: float = 360) -> float:
    _positive(days, day_count)
    return float(Fraction(notional) * Fraction(days) / Fraction(day_count) / 10_000)


@twin
def turn_premium(
    starts: Sequence[dt.date], ends: Sequence[dt.date], spreads: Series
) -> tuple[tuple[str, str], list[tuple[str, float | None]]]:
    equally_long(starts, ends, spreads)
    has_a_value(spreads)
    strictly_increasing(starts)
    strictly_increasing(ends)
    crossing_row = ex_turn_row = None
    for row in range(len(starts)):
        new_years_eve = dt.date(starts[row].year, 12, 31)
        spans = starts[row] <= new_years_eve < ends[row]
        if spans and crossing_row is None:
            crossing_row = row
        if not spans and ex_turn_row is None:
            ex_turn_row = row
    crossing = None if crossing_row is None else spreads[crossing_row]
    ex_turn = None if ex_turn_row is None else spreads[ex_turn_row]
    excess = bp_days = None
    if crossing is not None and ex_turn is not None:
        excess = crossing - ex_turn
        bp_days = excess * (ends[crossing_row] - starts[crossing_row]).days
    return ("measure", "value"), [
        ("crossing", crossing),
        ("ex_turn", ex_turn),
        ("excess", excess),
        ("bp_days", bp_days),
    ]


def _adjusted(spreads: Series, contracts: Labels | None) -> tuple[list[Fraction | None], list[int], set[int]]:
    """The re-based series, the rows that are sessions, and those sessions whose step to them is a roll."""
    equally_long(spreads, contracts)
    has_a_value(spreads)
    sessions = [row for row in range(len(spreads)) if spreads[row] is not None]
    if contracts is not None and any(contracts[row] is None for row in sessions):
        refuse(VALUE, "a known spread without a contract")
    rolls: set[int] = set()
    for before, after in itertools.pairwise(sessions):
        if contracts is not None and contracts[before] != contracts[after]:
            rolls.add(after)
    adjusted: list[Fraction | None] = [None] * len(spreads)
    adjusted[sessions[-1]] = Fraction(spreads[sessions[-1]])
    for at in range(len(sessions) - 2, -1, -1):
        before, after = sessions[at], sessions[at + 1]
        step = Fraction(0) if after in rolls else Fraction(spreads[after]) - Fraction(spreads[before])
        adjusted[before] = adjusted[after] - step
    return adjusted, sessions, rolls


@twin
def roll_adjusted(spreads: Series, contracts: Labels) -> list[float | None]:
    adjusted, _, _ = _adjusted(spreads, contracts)
    return [None if value is None else float(value) for value in adjusted]


def _changes(spreads: Series, sessions: int, contracts: Labels | None) -> list[Fraction | None]:
    """For each known spread, the change over the last `sessions` steps to it; None where there is none."""
    adjusted, known, rolls = _adjusted(spreads, contracts)
    changes: list[Fraction | None] = []
    for at in range(len(known)):
        steps = known[max(at - sessions + 1, 0) : at + 1]
        if at < sessions or all(step in rolls for step in steps):
            changes.append(None)
        else:
            changes.append(adjusted[known[at]] - adjusted[known[at - sessions]])
    return changes


def _last_is_known(series: Series) -> None:
    has_a_value(series)
    if series[-1] is None:
        refuse(NA, "the last value is missing")


@twin
def spread_change(spreads: Series, sessions: float = 20, contracts: Labels | None = None) -> float:
    sessions = count(sessions)
    changes = _changes(spreads, sessions, contracts)
    _last_is_known(spreads)
    if changes[-1] is None:
        refuse(NA, "too few sessions, or only rolls")
    return float(changes[-1])


def mean_score(value: Fraction, reference: list[Fraction]) -> float:
    """(value − mean) / sample standard deviation of the reference."""
    if len(set(reference)) == 1:
        refuse(DIV0, "the reference does not move")
    mean = sum(reference) / len(reference)
    variance = sum((each - mean) ** 2 for each in reference) / (len(reference) - 1)
    return float(value - mean) / math.sqrt(variance)


def robust_score(value: Fraction, reference: list[Fraction]) -> float:
    """(value − median) / (1.4826 · median absolute deviation) of the reference."""
    median = statistics.median(reference)
    deviation = statistics.median([abs(each - median) for each in reference])
    if deviation == 0:
        refuse(DIV0, "the median absolute deviation is zero")
    return float((value - median) / (Fraction("1.4826") * deviation))


@twin
def spread_change_zscore(spreads: Series, sessions: float = 20, window: float = 252, contracts: Labels | None = None) -> float:
    sessions, window = count(sessions), count(window, 2)
    changes = _changes(spreads, sessions, contracts)
    _last_is_known(spreads)
    if changes[-1] is None:
        refuse(NA, "too few sessions, or only rolls")
    first_step_starts = len(changes) - 1 - sessions
    reference: list[Fraction] = []
    for end in range(first_step_starts, -1, -1):
        if changes[end] is not None and len(reference) < window:
            reference.append(changes[end])
    if len(reference) < window:
        refuse(NA, "too short a history")
    return mean_score(changes[-1], reference)


def _score(spreads: Series, window: int, method: str) -> float:
    """z-score of the last value of these rows."""
    _last_is_known(spreads)
    known = [Fraction(value) for value in spreads if value is not None]
    earlier = known[:-1]
    if len(earlier) < window:
        refuse(NA, "too short a history")
    reference = earlier[-window:]
    return mean_score(known[-1], reference) if method == "mean" else robust_score(known[-1], reference)


def _method(method: str) -> None:
    if method not in ("mean", "robust"):
        refuse(VALUE, f"no method is called {method}")


@twin
def spread_zscore(spreads: Series, window: float = 252, method: str = "mean") -> float:
    window = count(window, 2)
    _method(method)
    return _score(spreads, window, method)


@twin
def spread_zscore_history(spreads: Series, window: float = 252, method: str = "mean") -> list[float | None]:
    window = count(window, 2)
    _method(method)
    has_a_value(spreads)
    scores: list[float | None] = []
    for row in range(len(spreads)):
        try:
            scores.append(_score(spreads[: row + 1], window, method))
        except SignalError:
            scores.append(None)
    return scores


@twin
def spread_percentile(spreads: Series, window: float = 252, convention: str = "weak") -> float:
    window = count(window, 2)
    if convention not in ("weak", "strict", "mean"):
        refuse(VALUE, f"no convention is called {convention}")
    _last_is_known(spreads)
    known = [value for value in spreads if value is not None]
    if len(known) < window:
        refuse(NA, "too short a history")
    ranked = known[-window:]
    not_above = sum(1 for value in ranked if value <= known[-1]) / window
    below = sum(1 for value in ranked if value < known[-1]) / window
    return {"weak": not_above, "strict": below, "mean": (not_above + below) / 2}[convention]


@twin
def event_change(dates: Sequence[dt.date], series: Series, event: dt.date, contracts: Labels | None = None) -> float:
    equally_long(dates, series, contracts)
    strictly_increasing(dates)
    adjusted, known, rolls = _adjusted(series, contracts)
    _last_is_known(series)
    if event > dates[-1]:
        refuse(NA, "the event is after the last date")
    if event == dates[-1]:
        return 0.0
    before = [row for row in known if dates[row] <= event]
    if not before:
        refuse(NA, "the event is before the first known date")
    steps = [row for row in known if row > before[-1]]
    if all(step in rolls for step in steps):
        refuse(NA, "every step since the event is a roll")
    return float(adjusted[known[-1]] - adjusted[before[-1]])
