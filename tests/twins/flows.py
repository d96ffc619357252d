"""Twins of the flow functions: sums in fractions, walks one row at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from tests.twins.financing import mean_score
from tests.twins.pairs import twin
from tests.twins.rules import NA, NUM, VALUE, Series, count, equally_long, has_a_value, refuse, strictly_increasing

Dates = Sequence[dt.date]
Scheduled = Callable[[dt.date], bool]


def _no_negative(*legs: Series) -> None:
    for leg in legs:
        if any(value is not None and value < 0 for value in leg):
            refuse(NUM, "a negative trade")


def _legs(*legs: Series) -> Iterator[tuple[Fraction, ...] | None]:
    """The four legs of each session exactly; None where one is missing."""
    equally_long(*legs)
    for leg in legs:
        has_a_value(leg)
    _no_negative(*legs)
    for session in zip(*legs, strict=True):
        known = [Fraction(value) for value in session if value is not None]
        yield tuple(known) if len(known) == len(session) else None


@twin
def net_flow(long_buys: Series, long_sells: Series, short_sales: Series, short_covers: Series) -> list[float | None]:
    return [
        None if legs is None else float(legs[0] + legs[3] - legs[1] - legs[2])
        for legs in _legs(long_buys, long_sells, short_sales, short_covers)
    ]


@twin
def gross_flow(long_buys: Series, long_sells: Series, short_sales: Series, short_covers: Series) -> list[float | None]:
    """What opens positions counts up, what closes them counts down."""
    return [
        None if legs is None else float(legs[0] - legs[1] + legs[2] - legs[3])
        for legs in _legs(long_buys, long_sells, short_sales, short_covers)
    ]


@twin
def selloff_streak(flows: Series, dates: Dates | None = None, scheduled: Scheduled | None = None, tolerance: float = 0) -> int:
    """`scheduled` says of a day whether the exchange meant to be open; without it every row is a session."""
    equally_long(flows, dates)
    if tolerance < 0:
        refuse(NUM, "a negative tolerance")
    if dates is not None:
        strictly_increasing(dates)
    has_a_value(flows)
    if scheduled is None:
        walk = list(flows)
    else:
        if dates is None:
            refuse(VALUE, "a calendar needs dates")
        row_of = {date: row for row, date in enumerate(dates)}
        walk = []
        day = dates[0]
        while day <= dates[-1]:
            if scheduled(day):
                walk.append(flows[row_of[day]] if day in row_of else None)
            day += dt.timedelta(days=1)
        if not walk:
            refuse(NA, "no row is a session")
    streak = 0
    for value in reversed(walk):
        if value is None:
            refuse(NA, "a missing flow")
        if not value < -tolerance:
            return streak
        streak += 1
    return streak


def negated(flows: Series) -> list[float | None]:
    """The other side of the market: buying is the selling of these."""
    return [None if flow is None else -flow for flow in flows]


@twin
def buying_streak(flows: Series, dates: Dates | None = None, scheduled: Scheduled | None = None, tolerance: float = 0) -> int:
    return selloff_streak(negated(flows), dates, scheduled, tolerance)


@twin
def sessions_sold(flows: Series, sessions: float = 8, tolerance: float = 0) -> int:
    sessions = count(sessions)
    if tolerance < 0:
        refuse(NUM, "a negative tolerance")
    has_a_value(flows)
    if len(flows) < sessions:
        refuse(NA, "fewer rows than asked for")
    sold = 0
    for row in range(len(flows) - sessions, len(flows)):
        if flows[row] is None:
            refuse(NA, "one of the rows is missing")
        if flows[row] < -tolerance:
            sold += 1
    return sold


@twin
def selloff_streak_history(flows: Series, tolerance: float = 0) -> list[float | None]:
    if tolerance < 0:
        refuse(NUM, "a negative tolerance")
    has_a_value(flows)
    streaks: list[float | None] = []
    streak: int | None = 0
    for value in flows:
        if value is None:
            streak = None
        elif not value < -tolerance:
            streak = 0
        elif streak is not None:
            streak += 1
        streaks.append(streak)
    return streaks


def _sum(flows: Series, end: int, sessions: int) -> Fraction | None:
    """The net flow of the `sessions` rows that end at row `end`; None if a row is missing or before the first."""
    start = end - sessions + 1
    if start < 0:
        return None
    total = Fraction(0)
    for row in range(start, end + 1):
        if flows[row] is None:
            return None
        total += Fraction(flows[row])
    return total


def _current(flows: Series, sessions: int) -> Fraction:
    has_a_value(flows)
    total = _sum(flows, len(flows) - 1, sessions)
    if total is None:
        refuse(NA, "a flow of the last sessions is missing")
    return total


@twin
def selloff_pace(flows: Series, sessions: float = 5) -> float:
    sessions = count(sessions)
    return float(_current(flows, sessions) / sessions)


@twin
def flow_zscore(flows: Series, sessions: float = 5, window: float = 252) -> float:
    sessions, window = count(sessions), count(window, 2)
    current = _current(flows, sessions)
    reference: list[Fraction] = []
    for end in range(len(flows) - 1 - sessions, -1, -1):
        total = _sum(flows, end, sessions)
        if total is not None and len(reference) < window:
            reference.append(total)
    if len(reference) < window:
        refuse(NA, "too short a history")
    return mean_score(current, reference)


@twin
def fastest_since(dates: Dates, flows: Series, sessions: float = 5, side: str = "selling") -> dt.date:
    equally_long(dates, flows)
    strictly_increasing(dates)
    if side not in ("selling", "buying"):
        refuse(VALUE, f"no side is called {side}")
    if side == "buying":
        return fastest_since(dates, negated(flows), sessions)
    sessions = count(sessions)
    current = _current(flows, sessions)
    if current >= 0:
        refuse(NA, "not selling")
    compared = False
    for end in range(len(flows) - 1 - sessions, -1, -1):
        total = _sum(flows, end, sessions)
        if total is None:
            continue
        compared = True
        if total <= current:
            return dates[end]
    if not compared:
        refuse(NA, "no earlier window")
    first_known = 0
    while flows[first_known] is None:
        first_known += 1
    return dates[first_known]


@twin
def fastest_months(dates: Dates, flows: Series, sessions: float = 5, side: str = "selling") -> int:
    since, last = fastest_since(dates, flows, sessions, side), dates[-1]
    months = 12 * (last.year - since.year) + last.month - since.month
    return months if last.day >= since.day else months - 1


@twin
def selling_driver(
    long_buys: Series, long_sells: Series, short_sales: Series, short_covers: Series
) -> tuple[tuple[str, str], list[tuple[str, float | str | None]]]:
    legs = (long_buys, long_sells, short_sales, short_covers)
    equally_long(*legs)
    _no_negative(*legs)
    if any(not leg or any(value is None for value in leg) for leg in legs):
        refuse(NA, "a trade is missing")
    LB, LS, SS, SC = (sum((Fraction(value) for value in leg), Fraction(0)) for leg in legs)
    net_long, net_short = LB - LS, SC - SS
    sold_short, sold_long = min(net_short, Fraction(0)), min(net_long, Fraction(0))
    contribution = sold_short / (sold_short + sold_long) if sold_short + sold_long != 0 else None
    if net_long + net_short >= 0:
        verdict = "not net selling"
    elif contribution > Fraction(9, 10):
        verdict = "almost entirely short sales"
    elif contribution > Fraction(1, 2):
        verdict = "primarily short sales"
    elif contribution == Fraction(1, 2):
        verdict = "evenly"
    else:
        verdict = "primarily long sales"
    return ("measure", "value"), [
        ("net_long", float(net_long)),
        ("net_short", float(net_short)),
        ("short_contribution", None if contribution is None else float(contribution)),
        ("short_to_long_sales", None if LS == 0 else float(SS / LS)),
        ("short_sales_to_long_buys", None if LB == 0 else float(SS / LB)),
        ("verdict", verdict),
    ]


@twin
def buying_driver(
    long_buys: Series, long_sells: Series, short_sales: Series, short_covers: Series
) -> tuple[tuple[str, str], list[tuple[str, float | str | None]]]:
    legs = (long_buys, long_sells, short_sales, short_covers)
    equally_long(*legs)
    _no_negative(*legs)
    if any(not leg or any(value is None for value in leg) for leg in legs):
        refuse(NA, "a trade is missing")
    LB, LS, SS, SC = (sum((Fraction(value) for value in leg), Fraction(0)) for leg in legs)
    bought = LB - LS if LB > LS else Fraction(0)
    covered = SC - SS if SC > SS else Fraction(0)
    contribution = None if bought == covered == 0 else covered / (bought + covered)
    if LB + SC <= LS + SS:
        verdict = "not net buying"
    elif 10 * covered > 9 * (bought + covered):
        verdict = "almost entirely short covers"
    elif covered > bought:
        verdict = "primarily short covers"
    elif covered == bought:
        verdict = "evenly"
    else:
        verdict = "primarily long buys"
    return ("measure", "value"), [
        ("net_long", float(LB - LS)),
        ("net_cover", float(SC - SS)),
        ("cover_contribution", None if contribution is None else float(contribution)),
        ("covers_to_short_sales", None if SS == 0 else float(SC / SS)),
        ("covers_to_long_buys", None if LB == 0 else float(SC / LB)),
        ("verdict", verdict),
    ]
