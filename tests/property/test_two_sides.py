"""The two sides of the market: each new flow function is its twin, and a mirrored morning gives the same numbers on the other side.

A morning is mirrored when long buys and long sells are swapped, and short sales and covers: every net flow is negated.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import xlsig
from tests.property.draws import SESSIONS, complete, dated, decimals, series
from tests.property.test_flows import four_legs, new_york, new_york_rows, tolerances
from tests.twins import flows as twin
from tests.twins.flows import negated
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

cents = st.integers(0, 40_000).map(lambda number: number / 100)
MIRRORED_WORDS = {"short sales": "short covers", "long sales": "long buys", "not net selling": "not net buying"}


@st.composite
def legs_of_cents(draw: st.DrawFn) -> list[list[float]]:
    """Decimals, few enough that totals tie on paper and not in binary."""
    rows = draw(st.integers(1, 8))
    few = st.one_of(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 0.9]), cents)
    return [draw(st.lists(few, min_size=rows, max_size=rows)) for _ in range(4)]


def mirror(legs: Any) -> tuple[Any, Any, Any, Any]:
    long_buys, long_sells, short_sales, short_covers = legs
    return long_sells, long_buys, short_covers, short_sales


@compares("GROSS_FLOW")
@given(four_legs())
def test_gross_flow_is_its_twin(legs: Any) -> None:
    assert same(outcome(xlsig.gross_flow, *legs), outcome(twin.gross_flow, *legs))


@given(st.one_of(four_legs(gaps=False), legs_of_cents()))
def test_gross_and_net_flow_of_a_mirrored_morning_turn_their_signs(legs: Any) -> None:
    assert (xlsig.gross_flow(*mirror(legs)) == -xlsig.gross_flow(*legs)).all()
    assert same(xlsig.net_flow(*mirror(legs)).tolist(), (-xlsig.net_flow(*legs)).tolist())


@compares("SESSIONS_SOLD")
@given(series(), st.integers(1, 9), tolerances)
def test_sessions_sold_is_its_twin(flows: Any, sessions: int, tolerance: float) -> None:
    got, expected = (outcome(each.sessions_sold, flows, sessions, tolerance) for each in (xlsig, twin))
    assert same(got, expected)


@given(complete(), st.integers(1, 9), tolerances)
def test_what_sold_what_bought_and_what_did_neither_are_all_sessions(flows: list[float], sessions: int, tolerance: float) -> None:
    sold = outcome(xlsig.sessions_sold, flows, sessions, tolerance)
    bought = outcome(xlsig.sessions_sold, negated(flows), sessions, tolerance)
    if len(flows) < sessions:
        assert sold == bought == Refused("#N/A")
    else:
        assert sold + bought + sum(abs(flow) <= tolerance for flow in flows[-sessions:]) == sessions


@given(complete(), tolerances)
def test_a_streak_is_as_many_sessions_sold_and_one_more_is_not(flows: list[float], tolerance: float) -> None:
    streak = xlsig.selloff_streak(flows, tolerance=tolerance)
    assert streak == 0 or xlsig.sessions_sold(flows, streak, tolerance) == streak
    assert streak == len(flows) or xlsig.sessions_sold(flows, streak + 1, tolerance) == streak


@compares("BUYING_STREAK")
@given(series(), tolerances)
def test_buying_streak_is_its_twin(flows: Any, tolerance: float) -> None:
    got, expected = (outcome(each.buying_streak, flows, tolerance=tolerance) for each in (xlsig, twin))
    assert same(got, expected)


@compares("BUYING_STREAK")
@given(new_york_rows(), tolerances)
def test_buying_streak_with_a_calendar_is_its_twin_and_the_mirrored_selling_streak(rows: Any, tolerance: float) -> None:
    flows, dates = rows
    got = outcome(xlsig.buying_streak, flows, dates, "XNYS", tolerance)
    assert same(got, outcome(twin.buying_streak, flows, dates, new_york, tolerance))
    assert got == outcome(xlsig.selloff_streak, negated(flows), dates, "XNYS", tolerance)


@given(dated(st.one_of(series(), series(decimals))), SESSIONS)
def test_a_mirrored_series_is_as_fast_on_the_other_side(beside: Any, sessions: int) -> None:
    dates, flows = beside
    for function in (xlsig.fastest_since, xlsig.fastest_months):
        sold = outcome(function, dates, flows, sessions)
        assert sold == outcome(function, dates, negated(flows), sessions, "buying")
        bought = outcome(function, dates, flows, sessions, "buying")
        assert isinstance(sold, Refused) or isinstance(bought, Refused)


@compares("BUYING_DRIVER")
@given(four_legs())
def test_buying_driver_is_its_twin(legs: Any) -> None:
    assert same(outcome(xlsig.buying_driver, *legs), outcome(twin.buying_driver, *legs))


@given(st.one_of(four_legs(gaps=False), legs_of_cents()))
def test_who_drove_the_selling_drove_the_buying_of_a_mirrored_morning(legs: Any) -> None:
    sold, bought = xlsig.selling_driver(*legs), xlsig.buying_driver(*mirror(legs))
    assert same(bought.value("net_long"), -sold.value("net_long"))
    assert same(bought.value("net_cover"), -sold.value("net_short"))
    assert same(bought.value("cover_contribution"), sold.value("short_contribution"))
    assert same(bought.value("covers_to_long_buys"), sold.value("short_to_long_sales"))
    verdict = str(sold.value("verdict"))
    for selling, buying in MIRRORED_WORDS.items():
        verdict = verdict.replace(selling, buying)
    assert bought.value("verdict") == verdict


@given(legs_of_cents())
def test_no_morning_is_both_net_sold_and_net_bought(legs: Any) -> None:
    verdicts = xlsig.selling_driver(*legs).value("verdict"), xlsig.buying_driver(*legs).value("verdict")
    assert "not net selling" in verdicts or "not net buying" in verdicts


@given(four_legs(gaps=False), SESSIONS, st.integers(2, 4), tolerances)
def test_a_mirrored_morning_gives_the_same_numbers_on_the_buying_side(legs: Any, sessions: int, window: int, tolerance: float) -> None:
    flows, mirrored = xlsig.net_flow(*legs).tolist(), xlsig.net_flow(*mirror(legs)).tolist()
    dates = [dt.date(2024, 1, 1) + dt.timedelta(days=row) for row in range(len(flows))]
    selling, buying = (
        [
            outcome(streak, morning, tolerance=tolerance),
            outcome(xlsig.fastest_since, dates, morning, sessions, side),
            outcome(xlsig.fastest_months, dates, morning, sessions, side),
        ]
        for morning, side, streak in ((flows, "selling", xlsig.selloff_streak), (mirrored, "buying", xlsig.buying_streak))
    )
    assert selling == buying
    for function, arguments in ((xlsig.selloff_pace, (sessions,)), (xlsig.flow_zscore, (sessions, window))):
        one, other = outcome(function, flows, *arguments), outcome(function, mirrored, *arguments)
        assert one == other if isinstance(one, Refused) else same(one, -other)


@given(series(longest=12), st.integers(1, 4))
def test_who_sold_most_bought_most_on_a_mirrored_morning(flows: Any, n: int) -> None:
    assume(any(flow is not None for flow in flows))
    names = [f"entry {row}" for row in range(len(flows))]
    sold, bought = outcome(xlsig.top_sellers, names, flows, n), outcome(xlsig.top_buyers, names, negated(flows), n)
    assert sold == bought if isinstance(sold, Refused) else sold[1] == [(name, -flow) for name, flow in bought[1]]
    one, other = xlsig.selloff_breadth(flows), xlsig.selloff_breadth(negated(flows))
    assert [one.value(what) for what in ("sold", "flat", "bought", "missing")] == [
        other.value(what) for what in ("bought", "flat", "sold", "missing")
    ]
