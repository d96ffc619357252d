"""The warning, read from the function reference a second time: each row is worked out anew from the rows up to it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.twins.breakdown import Answer, streak, unknown_if_none, z_score
from tests.twins.pairs import twin
from tests.twins.rules import NA, NUM, VALUE, Series, count, equally_long, has_a_value, refuse, strictly_increasing
from xlsig.errors import SignalError

BOTH, SPREAD_ONLY, FLOW_ONLY, NONE, NO_DATA = "BOTH", "SPREAD ONLY", "FLOW ONLY", "NONE", "NO DATA"


def spread_fires(spread_z: float | None, z_limit: float) -> bool | None:
    """Whether the spread side fires; None if it cannot be judged."""
    return None if spread_z is None else spread_z <= z_limit


def flow_fires(flow_z: float | None, days: float | None, z_limit: float, streak_limit: float) -> bool | None:
    """Either input is enough to fire; both must be known to say that nothing does."""
    if flow_z is not None and flow_z <= z_limit:
        return True
    if days is not None and days >= streak_limit:
        return True
    return None if flow_z is None or days is None else False


def named(spread: bool | None, flow: bool | None) -> str:
    """The word for two sides."""
    if spread is None or flow is None:
        return NO_DATA
    if spread and flow:
        return BOTH
    if spread:
        return SPREAD_ONLY
    return FLOW_ONLY if flow else NONE


@twin
def danger_state(
    spread_z: float | None,
    flow_z: float | None,
    streak: float | None,
    z_limit: float = -2,
    streak_limit: float = 5,
) -> str:
    count(streak_limit)
    return named(spread_fires(spread_z, z_limit), flow_fires(flow_z, streak, z_limit, streak_limit))


@twin
def danger_flag(
    spread_z: float | None,
    flow_z: float | None,
    streak: float | None,
    z_limit: float = -2,
    streak_limit: float = 5,
) -> int:
    state = danger_state(spread_z, flow_z, streak, z_limit, streak_limit)
    if state == NO_DATA:
        refuse(NA, "a side cannot be judged")
    return 1 if state == BOTH else 0


def _change_z(spreads: Series, contracts: Sequence[str | None] | None, sessions: int, window: int) -> float:
    """The z of the change up to the last row, which must be known; steps over a roll move nothing."""
    if not spreads or spreads[-1] is None:
        refuse(NA, "the last spread is missing")
    levels: list[Fraction] = []
    labels: list[str | None] = []
    for row, spread in enumerate(spreads):
        if spread is not None:
            levels.append(Fraction(spread))
            labels.append(None if contracts is None else contracts[row])

    def change_up_to(last: int) -> Fraction | None:
        steps = [levels[at] - levels[at - 1] for at in range(last - sessions + 1, last + 1) if labels[at] == labels[at - 1]]
        return sum(steps, Fraction(0)) if steps else None

    now = len(levels) - 1
    if now < sessions:
        refuse(NA, "too few sessions")
    change = change_up_to(now)
    if change is None:
        refuse(NA, "every step is a roll")
    reference: list[Fraction] = []
    last = now - sessions
    while last >= sessions and len(reference) < window:
        earlier = change_up_to(last)
        if earlier is not None:
            reference.append(earlier)
        last -= 1
    if len(reference) < window:
        refuse(NA, "too few earlier changes")
    return z_score(change, reference)


def _sum_z(flows: Series, sessions: int, window: int) -> float:
    """The z of the last sum; a sum with a missing flow is unknown, and no part of the reference."""

    def sum_up_to(last: int) -> Fraction | None:
        total = Fraction(0)
        for at in range(last - sessions + 1, last + 1):
            flow = flows[at]
            if flow is None:
                return None
            total += Fraction(flow)
        return total

    now = len(flows) - 1
    if now + 1 < sessions:
        refuse(NA, "too few sessions")
    current = sum_up_to(now)
    if current is None:
        refuse(NA, "a missing flow in the sum")
    reference: list[Fraction] = []
    last = now - sessions
    while last >= sessions - 1 and len(reference) < window:
        earlier = sum_up_to(last)
        if earlier is not None:
            reference.append(earlier)
        last -= 1
    if len(reference) < window:
        refuse(NA, "too few earlier sums")
    return z_score(current, reference)


def _scheduled(calendar: str, first: dt.date, last: dt.date) -> list[dt.date]:
    """The exchange's sessions from `first` to `last`."""
    return [day for day in _sessions(calendar) if first <= day <= last]


@functools.cache
def _sessions(calendar: str) -> list[dt.date]:
    """Every session of the exchange in the years of the draws."""
    import exchange_calendars

    opened = exchange_calendars.get_calendar(calendar, start="2015-01-01", end="2026-06-30")
    return [day.date() for day in opened.sessions]


@twin
def danger_history(
    dates: Sequence[dt.date],
    spreads: Series,
    flows: Series,
    window: float = 252,
    spread_sessions: float = 20,
    flow_sessions: float = 5,
    z_limit: float = -2,
    streak_limit: float = 5,
    max_lag: float = 0,
    contracts: Sequence[str | None] | None = None,
    calendar: str | None = None,
) -> Answer:
    equally_long(dates, spreads, flows, contracts)
    strictly_increasing(dates)
    window, spread_sessions, flow_sessions = count(window, 2), count(spread_sessions), count(flow_sessions)
    count(streak_limit)
    max_lag = count(max_lag, 0)
    if contracts is not None:
        for spread, label in zip(spreads, contracts, strict=True):
            if spread is not None and not label:
                refuse(VALUE, "a blank label beside a known spread")

    row_of = {date: row for row, date in enumerate(dates)}
    axis = list(dates) if calendar is None else _scheduled(calendar, dates[0], dates[-1])
    spread_at = [spreads[row_of[day]] if day in row_of else None for day in axis]
    flow_at = [flows[row_of[day]] if day in row_of else None for day in axis]
    label_at = None if contracts is None else [contracts[row_of[day]] if day in row_of else None for day in axis]

    judged: dict[dt.date, list[Any]] = {}
    sides: list[tuple[bool | None, bool | None]] = []
    for now in range(len(axis)):
        upto = now + 1
        labels = None if label_at is None else label_at[:upto]
        spread_z = unknown_if_none(lambda: _change_z(spread_at[:upto], labels, spread_sessions, window))  # noqa: B023
        flow_z = unknown_if_none(lambda: _sum_z(flow_at[:upto], flow_sessions, window))  # noqa: B023
        days = unknown_if_none(lambda: streak(flow_at[:upto]))  # noqa: B023
        spread, flow = spread_fires(spread_z, z_limit), flow_fires(flow_z, days, z_limit, streak_limit)
        recent = sides[max(0, now - max_lag) :] if max_lag else []
        sides.append((spread, flow))
        state = named(spread, flow)
        if state != NO_DATA:
            for spread_before, flow_before in recent:
                if (spread and flow_before) or (flow and spread_before):
                    state = BOTH
        flag = None if state == NO_DATA else 1 if state == BOTH else 0
        judged[axis[now]] = [axis[now], spread_z, flow_z, days, state, flag]
    outside = [None, None, None, NO_DATA, None]
    rows = [judged.get(day, [day, *outside]) for day in dates]
    return ["date", "spread_z", "flow_z", "streak", "state", "flag"], rows


def _flagged(dates: Sequence[dt.date], flags: Sequence[float | bool | None], gap_days: float) -> list[tuple[int, int]]:
    """The episodes as first and last row."""
    equally_long(dates, flags)
    strictly_increasing(dates)
    if gap_days < 0:
        refuse(NUM, "a negative gap")
    has_a_value(flags)
    for flag in flags:
        if flag is not None and flag not in (0, 1):
            refuse(NUM, "a flag is 1 or 0")
    found: list[tuple[int, int]] = []
    for row, flag in enumerate(flags):
        if flag is None or flag == 0:
            continue
        if found and (dates[row] - dates[found[-1][1]]).days <= gap_days:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


@twin
def episodes(dates: Sequence[dt.date], flags: Sequence[float | bool | None], gap_days: float = 28) -> Answer:
    found = _flagged(dates, flags, gap_days)
    if not found:
        refuse(NA, "no episode")
    return ["start", "end", "sessions"], [[dates[first], dates[last], last - first + 1] for first, last in found]


@twin
def first_since(dates: Sequence[dt.date], flags: Sequence[float | bool | None], gap_days: float = 28) -> dt.date:
    found = _flagged(dates, flags, gap_days)
    if flags[-1] is None or flags[-1] == 0:
        refuse(NA, "not on now")
    if len(found) > 1:
        return dates[found[-2][1]]
    for row in range(found[-1][0]):
        if flags[row] is not None:
            return dates[row]
    raise SignalError(NA, "nothing known before")
