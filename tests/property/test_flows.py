"""The flow functions agree with their twins, and keep what must not change unchanged."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import xlsig
from tests.property.draws import POWERS_OF_TWO, SESSIONS, complete, dated, decimals, quarters, series
from tests.twins import flows as twin
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

SIDES = st.sampled_from(["selling", "buying"])
trades = st.integers(0, 4000).map(lambda number: number / 4)
tolerances = st.integers(0, 40).map(lambda number: number / 4)


@st.composite
def four_legs(draw: st.DrawFn, gaps: bool = True) -> list[list[float | None]]:
    rows = draw(st.integers(1, 12))
    value = st.tuples(st.integers(0, 19), trades).map(lambda drawn: drawn[1] if drawn[0] or not gaps else None)
    return [draw(st.lists(value, min_size=rows, max_size=rows)) for _ in range(4)]


@compares("NET_FLOW")
@given(four_legs())
def test_net_flow_is_its_twin(legs: Any) -> None:
    assert same(outcome(xlsig.net_flow, *legs), outcome(twin.net_flow, *legs))


@given(four_legs(gaps=False))
def test_who_buys_instead_of_selling_turns_the_sign(legs: Any) -> None:
    long_buys, long_sells, short_sales, short_covers = legs
    turned = xlsig.net_flow(long_sells, long_buys, short_covers, short_sales)
    assert list(turned) == [-net for net in xlsig.net_flow(*legs)]


@compares("SELLOFF_STREAK")
@given(series(), tolerances)
def test_selloff_streak_is_its_twin(flows: Any, tolerance: float) -> None:
    got, expected = (outcome(each.selloff_streak, flows, tolerance=tolerance) for each in (xlsig, twin))
    assert same(got, expected)


@given(series(), POWERS_OF_TWO)
def test_the_currency_unit_does_not_change_the_streak(flows: Any, unit: float) -> None:
    other = [None if flow is None else flow * unit for flow in flows]
    assert outcome(xlsig.selloff_streak, flows) == outcome(xlsig.selloff_streak, other)


@given(complete(), complete())
def test_what_was_before_a_session_that_bought_does_not_matter(earlier: list[float], late: list[float]) -> None:
    assume(max(late) >= 0)
    assert xlsig.selloff_streak(late) == xlsig.selloff_streak(earlier + late)


NEW_YORK_CLOSED = {
    dt.date(2024, 11, 28),
    dt.date(2024, 12, 25),
    dt.date(2025, 1, 1),
    dt.date(2025, 1, 9),
    dt.date(2025, 1, 20),
    dt.date(2025, 2, 17),
}


def new_york(day: dt.date) -> bool:
    """Whether the New York exchange opened, for November 2024 to February 2025."""
    return day.weekday() < 5 and day not in NEW_YORK_CLOSED


@st.composite
def new_york_rows(draw: st.DrawFn) -> tuple[list[float | None], list[dt.date]]:
    """Mostly sessions, now and then one without a row, now and then a row on a closed day."""
    day = dt.date(2024, 11, 18) + dt.timedelta(days=draw(st.integers(0, 60)))
    flows, dates = list[float | None](), list[dt.date]()
    for _ in range(draw(st.integers(1, 40))):
        seldom = draw(st.integers(0, 29)) == 0
        if new_york(day) != seldom:
            dates.append(day)
            flows.append(draw(st.sampled_from([-4.0, -3.0, -2.5, -2.0, -1.0, -0.5, 0.0, 1.0, None])))
        day += dt.timedelta(days=1)
    assume(dates)
    return flows, dates


@compares("SELLOFF_STREAK")
@given(new_york_rows(), tolerances)
def test_selloff_streak_with_a_calendar_is_its_twin(rows: Any, tolerance: float) -> None:
    flows, dates = rows
    got = outcome(xlsig.selloff_streak, flows, dates, "XNYS", tolerance)
    assert same(got, outcome(twin.selloff_streak, flows, dates, new_york, tolerance))


@compares("SELLOFF_STREAK_HISTORY")
@given(series(), tolerances)
def test_selloff_streak_history_is_its_twin(flows: Any, tolerance: float) -> None:
    got, expected = (outcome(each.selloff_streak_history, flows, tolerance) for each in (xlsig, twin))
    assert same(got, expected)


@given(series(), tolerances)
def test_each_row_of_the_streak_history_is_what_was_known_then(flows: Any, tolerance: float) -> None:
    assume(any(flow is not None for flow in flows))
    for row, streak in enumerate(outcome(xlsig.selloff_streak_history, flows, tolerance)):
        then = outcome(xlsig.selloff_streak, flows[: row + 1], tolerance=tolerance)
        assert same(streak, None if isinstance(then, Refused) else then)


@compares("SELLOFF_PACE")
@given(st.one_of(series(), series(decimals)), SESSIONS)
def test_selloff_pace_is_its_twin(flows: Any, sessions: int) -> None:
    assert same(outcome(xlsig.selloff_pace, flows, sessions), outcome(twin.selloff_pace, flows, sessions))


@given(complete(), SESSIONS, st.integers(-50, 50))
def test_one_more_a_session_is_one_more_a_session(flows: list[float], sessions: int, more: int) -> None:
    assume(len(flows) >= sessions)
    pace = xlsig.selloff_pace(flows, sessions)
    assert xlsig.selloff_pace([flow + more for flow in flows], sessions) == pytest.approx(pace + more)


@compares("FLOW_ZSCORE")
@given(series(longest=60), st.integers(1, 3), st.integers(2, 5))
def test_flow_zscore_is_its_twin(flows: Any, sessions: int, window: int) -> None:
    got, expected = (outcome(each.flow_zscore, flows, sessions, window) for each in (xlsig, twin))
    assert same(got, expected)


@given(series(longest=60), st.integers(1, 3), st.integers(2, 5), POWERS_OF_TWO)
def test_the_currency_unit_does_not_change_how_unusual_a_flow_is(flows: Any, sessions: int, window: int, unit: float) -> None:
    other = [None if flow is None else flow * unit for flow in flows]
    got, expected = (outcome(xlsig.flow_zscore, each, sessions, window) for each in (other, flows))
    assert same(got, expected)


@given(complete(longest=40), complete(longest=20), st.integers(1, 3), st.integers(2, 5))
def test_flows_before_the_window_do_not_matter(earlier: list[float], late: list[float], sessions: int, window: int) -> None:
    assume(len(late) >= window + 2 * sessions - 1)
    got, expected = (outcome(xlsig.flow_zscore, each, sessions, window) for each in (earlier + late, late))
    assert same(got, expected)


@st.composite
def shuffled_cents(draw: st.DrawFn) -> list[float]:
    """A few decimals over and over in changing order: sums tie although they round differently one by one."""
    few = draw(st.lists(st.integers(-99, -1).map(lambda cents: cents / 100), min_size=3, max_size=3))
    rounds = draw(st.lists(st.permutations(few), min_size=2, max_size=6))
    return [each for one in rounds for each in one]


@given(shuffled_cents(), st.integers(2, 3))
def test_the_same_flows_in_another_order_tie(flows: list[float], window: int) -> None:
    dates = [dt.date(2024, 1, 1) + dt.timedelta(days=row) for row in range(len(flows))]
    assert xlsig.fastest_since(dates, flows, 3) == twin.fastest_since(dates, flows, 3)
    assert same(outcome(xlsig.flow_zscore, flows, 3, window), outcome(twin.flow_zscore, flows, 3, window))


@compares("FASTEST_SINCE", "FASTEST_MONTHS")
@given(dated(series()), SESSIONS, SIDES)
def test_fastest_since_and_months_are_their_twins(beside: Any, sessions: int, side: str) -> None:
    dates, flows = beside
    for name in ("fastest_since", "fastest_months"):
        got, expected = (outcome(getattr(each, name), dates, flows, sessions, side) for each in (xlsig, twin))
        assert same(got, expected)


@given(st.lists(quarters, min_size=8, max_size=40), SESSIONS)
def test_no_window_after_the_one_named_was_as_fast(flows: list[float], sessions: int) -> None:
    flows[-1] = min(flows[-1], -sum(flows[-sessions:-1]) - 1)
    dates = [dt.date(2024, 1, 1) + dt.timedelta(days=row) for row in range(len(flows))]
    since = xlsig.fastest_since(dates, flows, sessions)
    last, named = len(flows) - 1, dates.index(since)
    now = sum(flows[last - sessions + 1 :])
    for end in range(max(named + 1, sessions - 1), last - sessions + 1):
        assert sum(flows[end - sessions + 1 : end + 1]) > now
    assert named == 0 or sum(flows[named - sessions + 1 : named + 1]) <= now


@compares("SELLING_DRIVER")
@given(four_legs())
def test_selling_driver_is_its_twin(legs: Any) -> None:
    assert same(outcome(xlsig.selling_driver, *legs), outcome(twin.selling_driver, *legs))


@given(four_legs(gaps=False), POWERS_OF_TWO)
def test_the_currency_unit_changes_neither_the_driver_nor_its_shares(legs: Any, unit: float) -> None:
    other = [[value * unit for value in leg] for leg in legs]
    one, two = xlsig.selling_driver(*legs).rows, xlsig.selling_driver(*other).rows
    assert one[2:] == two[2:]


@pytest.mark.parametrize("sessions", [0, -5, 2.5])
def test_flow_sessions_are_whole_numbers_from_one(sessions: float) -> None:
    flows = [-1.0, 2.0, -3.0] * 100
    dates = [dt.date(2024, 1, 1) + dt.timedelta(days=row) for row in range(300)]
    assert outcome(xlsig.selloff_pace, flows, sessions) == Refused("#NUM!")
    assert outcome(xlsig.flow_zscore, flows, sessions) == Refused("#NUM!")
    assert outcome(xlsig.fastest_since, dates, flows, sessions) == Refused("#NUM!")
    assert outcome(xlsig.fastest_months, dates, flows, sessions) == Refused("#NUM!")
