"""The financing functions agree with their twins, and keep what must not change unchanged."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import xlsig
from tests.property.draws import POWERS_OF_TWO, SESSIONS, WINDOWS, complete, dated, decimals, rolled, series
from tests.twins import financing as twin
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

prices = st.floats(1, 10_000)
days = st.integers(1, 1500)
rates = st.floats(-0.05, 0.2)
dividends = st.floats(0, 50)
day_counts = st.sampled_from([360, 365])
METHODS = st.sampled_from(["mean", "robust"])
CONVENTIONS = st.sampled_from(["weak", "strict", "mean"])


def near(one: float, other: float, abs_: float = 1e-9) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=abs_)


@compares("IMPLIED_FINANCING")
@given(prices, prices, days, dividends, rates, day_counts)
def test_implied_financing_is_its_twin(S: float, F: float, T: int, D: float, r: float, dc: int) -> None:
    market = (S, F, T, D, r, dc)
    assert near(outcome(xlsig.implied_financing, *market), outcome(twin.implied_financing, *market))


@given(prices, prices, days, dividends, rates)
def test_implied_financing_gives_the_future_back(S: float, F: float, T: int, D: float, r: float) -> None:
    implied = xlsig.implied_financing(S, F, T, D, r)
    assert near(S * (1 + implied * T / 360) - D * (1 + r * T / 720), F, 1e-6)


@compares("FINANCING_SPREAD")
@given(prices, prices, st.integers(-3, 40), rates, dividends, st.integers(0, 30), day_counts)
def test_financing_spread_is_its_twin(S: float, F: float, T: int, r: float, D: float, least: int, dc: int) -> None:
    got = outcome(xlsig.financing_spread, S, F, T, r, D, least, dc)
    expected = outcome(twin.financing_spread, S, F, T, r, D, least, dc)
    assert got == expected if isinstance(expected, Refused) else near(got, expected, 1e-6)


@given(prices, prices, st.integers(15, 400), rates, dividends, POWERS_OF_TWO)
def test_index_points_of_another_size_leave_the_financing_spread(S: float, F: float, T: int, r: float, D: float, size: float) -> None:
    assert near(xlsig.financing_spread(S, F, T, r, D), xlsig.financing_spread(S * size, F * size, T, r, D * size), 1e-6)


@compares("FORWARD_SPREAD")
@given(st.tuples(prices, prices, st.integers(-2, 200), st.integers(-2, 400), rates, rates, dividends, dividends, day_counts))
def test_forward_spread_is_its_twin(market: Any) -> None:
    got, expected = outcome(xlsig.forward_spread, *market), outcome(twin.forward_spread, *market)
    assert got == expected if isinstance(expected, Refused) else near(got, expected, 1e-5)


@given(prices, prices, st.integers(0, 100), st.integers(1, 200), rates, rates, dividends, dividends, POWERS_OF_TWO)
def test_index_points_of_another_size_leave_the_forward_spread(
    F1: float, F2: float, T1: int, gap: int, r1: float, r2: float, D1: float, D2: float, size: float
) -> None:
    one = xlsig.forward_spread(F1, F2, T1, T1 + gap, r1, r2, D1, D2)
    other = xlsig.forward_spread(F1 * size, F2 * size, T1, T1 + gap, r1, r2, D1 * size, D2 * size)
    assert near(one, other, 1e-5)


@compares("TRF_BASIS", "TRF_SPREAD")
@given(st.floats(-500, 500), prices, days, day_counts)
def test_trf_basis_and_spread_are_their_twins_and_each_other_s_inverse(spread: float, level: float, T: int, dc: int) -> None:
    swap = (spread, level, T, dc)
    basis = outcome(xlsig.trf_basis, *swap)
    assert near(basis, outcome(twin.trf_basis, *swap))
    assert near(xlsig.trf_spread(basis, level, T, dc), spread)
    assert near(outcome(xlsig.trf_spread, *swap), outcome(twin.trf_spread, *swap))


@st.composite
def forward_pairs(draw: st.DrawFn) -> tuple[list[dt.date], list[dt.date], list[float | None]]:
    starts, spreads = draw(dated(series(longest=6)))
    lengths = draw(st.lists(st.integers(1, 200), min_size=len(starts), max_size=len(starts)))
    ends, latest = [], dt.date(2021, 1, 1)
    for start, length in zip(starts, lengths, strict=True):
        latest = max(latest + dt.timedelta(days=1), start + dt.timedelta(days=length))
        ends.append(latest)
    return starts, ends, spreads


@compares("TURN_PREMIUM")
@given(forward_pairs())
def test_turn_premium_is_its_twin(pairs: Any) -> None:
    assert same(outcome(xlsig.turn_premium, *pairs), outcome(twin.turn_premium, *pairs))


@given(forward_pairs(), st.integers(-50, 50))
def test_a_dearer_market_leaves_the_turn(pairs: Any, more: int) -> None:
    starts, ends, spreads = pairs
    assume(any(spread is not None for spread in spreads))
    dearer = [None if spread is None else spread + more for spread in spreads]
    one, other = xlsig.turn_premium(starts, ends, spreads), xlsig.turn_premium(starts, ends, dearer)
    assert one.value("excess") == other.value("excess")
    assert one.value("bp_days") == other.value("bp_days")


@compares("ROLL_ADJUSTED")
@given(rolled())
def test_roll_adjusted_is_its_twin(quoted: Any) -> None:
    assert same(outcome(xlsig.roll_adjusted, *quoted), outcome(twin.roll_adjusted, *quoted))


@given(rolled())
def test_within_a_contract_every_step_is_kept_and_a_roll_has_none(quoted: Any) -> None:
    spreads, contracts = quoted
    known = [row for row, spread in enumerate(spreads) if spread is not None]
    assume(known)
    adjusted = xlsig.roll_adjusted(spreads, contracts)
    assert adjusted[known[-1]] == spreads[known[-1]]
    for before, after in itertools.pairwise(known):
        step = 0 if contracts[before] != contracts[after] else spreads[after] - spreads[before]
        assert adjusted[after] - adjusted[before] == step


@compares("SPREAD_CHANGE")
@given(rolled(), SESSIONS, st.booleans())
def test_spread_change_is_its_twin(quoted: Any, sessions: int, with_contracts: bool) -> None:
    spreads, contracts = quoted
    arguments = (spreads, sessions, contracts if with_contracts else None)
    assert same(outcome(xlsig.spread_change, *arguments), outcome(twin.spread_change, *arguments))


@compares("SPREAD_CHANGE_ZSCORE")
@given(rolled(longest=60), st.integers(1, 3), st.integers(2, 4), st.booleans())
def test_spread_change_zscore_is_its_twin(quoted: Any, sessions: int, window: int, with_contracts: bool) -> None:
    spreads, contracts = quoted
    arguments = (spreads, sessions, window, contracts if with_contracts else None)
    assert same(outcome(xlsig.spread_change_zscore, *arguments), outcome(twin.spread_change_zscore, *arguments))


@given(rolled(longest=60), st.integers(1, 3), st.integers(2, 4), POWERS_OF_TWO, st.integers(-50, 50))
def test_neither_level_nor_unit_changes_how_unusual_a_change_is(quoted: Any, sessions: int, window: int, unit: float, more: int) -> None:
    spreads, contracts = quoted
    other = [None if spread is None else spread * unit + more for spread in spreads]
    assert same(
        outcome(xlsig.spread_change_zscore, spreads, sessions, window, contracts),
        outcome(xlsig.spread_change_zscore, other, sessions, window, contracts),
    )


@given(complete(longest=40), complete(longest=20), st.integers(1, 3), st.integers(2, 4))
def test_what_was_before_the_window_does_not_matter(earlier: list[float], late: list[float], sessions: int, window: int) -> None:
    assume(len(late) >= window + 2 * sessions)
    for function, arguments in (
        (xlsig.spread_change, (sessions,)),
        (xlsig.spread_change_zscore, (sessions, window)),
        (xlsig.spread_zscore, (window,)),
        (xlsig.spread_percentile, (window,)),
    ):
        assert same(outcome(function, late, *arguments), outcome(function, earlier + late, *arguments))


@compares("SPREAD_ZSCORE")
@given(st.one_of(series(), series(decimals)), WINDOWS, METHODS)
def test_spread_zscore_is_its_twin(spreads: Any, window: int, method: str) -> None:
    got, expected = (outcome(each.spread_zscore, spreads, window, method) for each in (xlsig, twin))
    assert same(got, expected)


@compares("SPREAD_ZSCORE_HISTORY")
@given(st.one_of(series(), series(decimals)), WINDOWS, METHODS)
def test_spread_zscore_history_is_its_twin(spreads: Any, window: int, method: str) -> None:
    got, expected = (outcome(each.spread_zscore_history, spreads, window, method) for each in (xlsig, twin))
    assert same(got, expected)


@given(series(), WINDOWS, METHODS)
def test_each_row_of_the_zscore_history_is_what_was_known_then(spreads: Any, window: int, method: str) -> None:
    assume(any(spread is not None for spread in spreads))
    history = outcome(xlsig.spread_zscore_history, spreads, window, method)
    for row, score in enumerate(history):
        then = outcome(xlsig.spread_zscore, spreads[: row + 1], window, method)
        assert same(score, None if isinstance(then, Refused) else then)


@given(complete(longest=30), WINDOWS, st.sampled_from([1e9, -1e12]))
def test_an_outlier_leaves_no_trace_once_it_is_out_of_the_window(spreads: Any, window: int, outlier: float) -> None:
    without = outcome(xlsig.spread_zscore_history, [spreads[0], *spreads], window)
    after = outcome(xlsig.spread_zscore_history, [outlier, *spreads], window)
    assert same(after[window + 1 :], without[window + 1 :])


@given(series(), WINDOWS, METHODS, POWERS_OF_TWO, st.integers(-50, 50))
def test_neither_level_nor_unit_changes_a_zscore(spreads: Any, window: int, method: str, unit: float, more: int) -> None:
    other = [None if spread is None else spread * unit + more for spread in spreads]
    assert same(outcome(xlsig.spread_zscore, spreads, window, method), outcome(xlsig.spread_zscore, other, window, method))


@compares("SPREAD_PERCENTILE")
@given(series(), WINDOWS, CONVENTIONS)
def test_spread_percentile_is_its_twin(spreads: Any, window: int, convention: str) -> None:
    got, expected = (outcome(each.spread_percentile, spreads, window, convention) for each in (xlsig, twin))
    assert same(got, expected)


@given(series(), WINDOWS, CONVENTIONS)
def test_a_rank_depends_on_the_order_alone(spreads: Any, window: int, convention: str) -> None:
    cubed = [None if spread is None else spread**3 for spread in spreads]
    got, expected = (outcome(xlsig.spread_percentile, each, window, convention) for each in (cubed, spreads))
    assert same(got, expected)


@compares("EVENT_CHANGE")
@given(dated(series()), st.integers(-10, 900), st.booleans(), st.data())
def test_event_change_is_its_twin(beside: Any, day: int, with_contracts: bool, data: st.DataObject) -> None:
    dates, values = beside
    event = dt.date(2021, 1, 1) + dt.timedelta(days=day)
    if dates and data.draw(st.booleans()):
        event = data.draw(st.sampled_from(dates))
    label = st.lists(st.sampled_from(["Dec 24", "Mar 25"]), min_size=len(dates), max_size=len(dates))
    contracts = data.draw(label) if with_contracts else None
    arguments = (dates, values, event, contracts)
    assert same(outcome(xlsig.event_change, *arguments), outcome(twin.event_change, *arguments))


@given(dated(complete()), st.data())
def test_changes_since_two_events_differ_by_the_change_between_them(beside: Any, data: st.DataObject) -> None:
    dates, values = beside
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(dates) - 1)] * 2)))
    since_first = xlsig.event_change(dates, values, dates[first])
    since_second = xlsig.event_change(dates, values, dates[second])
    assert since_first - since_second == values[second] - values[first]


@pytest.mark.parametrize("sessions", [0, -1, 1.5])
def test_sessions_are_whole_numbers_from_one(sessions: float) -> None:
    for function in (xlsig.spread_change, xlsig.spread_change_zscore):
        assert outcome(function, [1.0, 2.0, 4.0, 3.0] * 9, sessions) == Refused("#NUM!")


@pytest.mark.parametrize("window", [1, 0, -252, 2.5])
def test_windows_are_whole_numbers_from_two(window: float) -> None:
    for function in (xlsig.spread_zscore, xlsig.spread_zscore_history, xlsig.spread_percentile):
        assert outcome(function, [1.0, 2.0, 4.0, 3.0] * 9, window) == Refused("#NUM!")
