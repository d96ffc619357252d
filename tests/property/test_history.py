"""History: the functions equal their twins on any price path, and the study's p-value estimates what it claims to."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import xlsig
from tests.twins import history as twin
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

UNTIMED = settings(deadline=None)

PRICE = st.one_of(
    st.integers(1, 12).map(float),
    st.integers(80, 120).map(float),
    st.integers(4, 4000).map(lambda quarter: quarter / 4),
)
GAPPY = st.one_of(PRICE, PRICE, PRICE, PRICE, st.none())
START = dt.date(2021, 1, 4)


@st.composite
def a_path(draw: st.DrawFn, price: Any = GAPPY) -> tuple[list[dt.date], list[float | None]]:
    length = draw(st.integers(1, 24))
    gaps = draw(st.lists(st.sampled_from([1, 1, 1, 2, 4, 40]), min_size=length, max_size=length))
    day, dates = START, []
    for gap in gaps:
        dates.append(day)
        day += dt.timedelta(days=gap)
    return dates, draw(st.lists(price, min_size=length, max_size=length))


@st.composite
def a_path_and_a_day(draw: st.DrawFn, price: Any = GAPPY) -> tuple[list[dt.date], list[float | None], dt.date]:
    dates, prices = draw(a_path(price))
    on_a_row = st.sampled_from(dates)
    near = st.integers(-3, (dates[-1] - START).days + 3).map(lambda ahead: START + dt.timedelta(days=ahead))
    return dates, prices, draw(st.one_of(on_a_row, near))


@st.composite
def a_path_and_days(draw: st.DrawFn) -> tuple[list[dt.date], list[float | None], list[dt.date]]:
    dates, prices = draw(a_path())
    span = (dates[-1] - START).days
    rows = st.lists(st.sampled_from(dates), min_size=1, max_size=6)
    others = st.lists(st.integers(-3, span + 3).map(lambda ahead: START + dt.timedelta(days=ahead)), max_size=3)
    return dates, prices, sorted({*draw(rows), *draw(others)})


@compares("FORWARD_RETURN")
@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([1, 2, 3, 30]))
def test_forward_return_equals_the_twin(path: Any, sessions: int) -> None:
    assert same(outcome(xlsig.forward_return, *path, sessions), outcome(twin.forward_return, *path, sessions))


@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([1, 2, 3]), st.sampled_from([0.5, 2.0, 1024.0]))
def test_the_unit_of_the_price_moves_no_return(path: Any, sessions: int, unit: float) -> None:
    dates, prices, day = path
    scaled = [None if price is None else price * unit for price in prices]
    one = outcome(xlsig.forward_return, dates, prices, day, sessions)
    assert same(one, outcome(xlsig.forward_return, dates, scaled, day, sessions))


@compares("DRAWDOWN_AFTER")
@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([1, 2, 5, 252]))
def test_drawdown_after_equals_the_twin(path: Any, sessions: int) -> None:
    assert same(outcome(xlsig.drawdown_after, *path, sessions), outcome(twin.drawdown_after, *path, sessions))


@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([1, 2, 5, 252]))
def test_a_depth_is_never_positive_and_never_shallower_from_the_peak(path: Any, sessions: int) -> None:
    answer = outcome(xlsig.drawdown_after, *path, sessions)
    if not isinstance(answer, Refused):
        of = dict(answer[1])
        assert of["depth_from_peak"] <= of["depth_from_start"] + 1e-12
        assert of["depth_from_start"] <= 0
        assert of["start_date"] <= of["peak_date"] <= of["trough_date"]
        assert of["recovery_date"] is None or of["recovery_date"] > of["trough_date"]


@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([1, 2, 5]))
def test_rows_after_the_horizon_change_only_the_recovery(path: Any, sessions: int) -> None:
    dates, prices, day = path
    whole = outcome(xlsig.drawdown_after, dates, prices, day, sessions)
    assume(not isinstance(whole, Refused))
    start = dict(whole[1])["start_date"]
    later = [at for at, price in enumerate(prices) if price is not None and dates[at] > start]
    rows = (later[:sessions] or [0])[-1] + 1
    early = outcome(xlsig.drawdown_after, dates[:rows], prices[:rows], day, sessions)
    assert same(early[1][:-1], whole[1][:-1])


@compares("OUTCOMES")
@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([1, 2, 5, 252]), st.sampled_from([0.1, 0.05, 0.25, 0.5]))
def test_outcomes_equal_the_twin(path: Any, sessions: int, threshold: float) -> None:
    one = outcome(xlsig.outcomes, *path, sessions, threshold)
    assert same(one, outcome(twin.outcomes, *path, sessions, threshold))


@pytest.mark.parametrize("threshold", [0.05, 0.1, 0.2, 0.3])
def test_a_threshold_met_to_the_cent_is_reached(threshold: float) -> None:
    dates = [START, START + dt.timedelta(days=1), START + dt.timedelta(days=2)]
    hundredths = round(100 * threshold)
    for hundreds in range(1, 60):
        event = 100 * hundreds
        up, down = hundreds * (100 + hundredths), hundreds * (100 - hundredths)
        assert xlsig.outcomes(dates, [event, up, down], START, 252, threshold).rows[-1][-1] == "squeeze", (event, up)
        assert xlsig.outcomes(dates, [event, down, up], START, 252, threshold).rows[-1][-1] == "decline", (event, down)


@UNTIMED
@given(a_path_and_a_day(), st.sampled_from([2, 5, 252]))
def test_the_decline_of_the_outcomes_is_the_drawdown_from_the_start(path: Any, sessions: int) -> None:
    both, fall = outcome(xlsig.outcomes, *path, sessions), outcome(xlsig.drawdown_after, *path, sessions)
    if isinstance(both, Refused):
        assert both == fall
        return
    decline = {measure: value for branch, measure, value in both[1] if branch == "decline"}
    of = dict(fall[1])
    assert same(list(decline.values()), [of["trough_date"], of["depth_from_start"], of["days"], of["months"]])


@compares("EVENT_STUDY")
@UNTIMED
@given(a_path_and_days(), st.lists(st.sampled_from([1, 2, 3, 5, 30]), min_size=1, max_size=3))
def test_event_study_equals_the_twin_but_for_its_random_draws(path: Any, horizons: list[int]) -> None:
    one, other = outcome(xlsig.event_study, *path, horizons), outcome(twin.event_study, *path, horizons)
    if isinstance(one, Refused):
        assert one == other
        return
    at = one[0].index("p_value")
    without = [(*row[:at], None, *row[at + 1 :]) for row in one[1]]
    assert same((one[0], without), other)


@UNTIMED
@given(a_path_and_days(), st.sampled_from([1, 2, 3]))
def test_a_p_value_is_a_share_of_2001_and_the_same_again(path: Any, horizon: int) -> None:
    one = outcome(xlsig.event_study, *path, [horizon])
    assume(not isinstance(one, Refused))
    found = dict(zip(*(one[0], one[1][0]), strict=True))
    if found["n"] == 0:
        assert found["p_value"] is None
        return
    assert 0 < found["p_value"] <= 1
    assert math.isclose(found["p_value"] * 2001, round(found["p_value"] * 2001), abs_tol=1e-6)
    assert outcome(xlsig.event_study, *path, [horizon]) == one


@settings(UNTIMED, max_examples=60)
@given(a_path_and_days(), st.sampled_from([1, 2, 3, 4]))
def test_the_p_value_estimates_the_share_of_all_spaced_sets(path: Any, horizon: int) -> None:
    one = outcome(xlsig.event_study, *path, [horizon])
    assume(not isinstance(one, Refused))
    exact = twin.exact_p(*path, horizon)
    p = dict(zip(one[0], one[1][0], strict=True))["p_value"]
    if exact is None:
        assert p is None
        return
    error = math.sqrt(exact * (1 - exact) / 2000)
    assert abs(p - exact) <= 6 * error + 4 / 2001


@pytest.mark.parametrize(
    ("closes", "rows"),
    [([100, 100, 100, 100, 100, 100, 10, 100, 100, 1], (3, 6)), ([100, 100, 100, 10, 100, 100, 1, 100, 100, 1], (0, 3))],
    ids=["the last pair", "the first pair"],
)
def test_every_one_of_ten_spaced_pairs_is_as_likely(closes: list[float], rows: tuple[int, int]) -> None:
    dates = [START + dt.timedelta(days=ahead) for ahead in range(10)]
    events = [dates[row] for row in rows]
    assert twin.exact_p(dates, closes, events, 3) == 0.1
    p = xlsig.event_study(dates, closes, events, [3]).column("p_value")[0]
    assert isinstance(p, float)
    assert abs(p - 0.1) < 4 * math.sqrt(0.1 * 0.9 / 2000)


FACTOR = st.one_of(
    st.none(),
    st.lists(st.one_of(st.integers(-3, 3).map(float), st.floats(-9, 9)), min_size=1, max_size=59),
    *[
        st.lists(st.one_of(st.integers(-3, 3).map(float), st.floats(-9, 9)), min_size=60, max_size=66),
        st.lists(st.one_of(st.none(), *[st.integers(-3, 3).map(float)] * 20), min_size=60, max_size=70),
    ]
    * 2,
)
FACTORS = st.lists(FACTOR, min_size=6, max_size=6)


@compares("SQUEEZE_SCORE")
@settings(UNTIMED, max_examples=60)
@given(FACTORS)
def test_squeeze_score_equals_the_twin(factors: list[Any]) -> None:
    assert same(outcome(xlsig.squeeze_score, *factors), outcome(twin.squeeze_score, *factors))


@settings(UNTIMED, max_examples=30)
@given(FACTORS, st.permutations(range(6)))
def test_every_factor_weighs_the_same_and_the_score_is_out_of_a_hundred(factors: list[Any], order: list[int]) -> None:
    score = outcome(xlsig.squeeze_score, *factors)
    assert same(score, outcome(xlsig.squeeze_score, *[factors[at] for at in order]))
    assert isinstance(score, Refused) or 0 < score <= 100


@compares("SQUEEZE_ALERT")
@UNTIMED
@given(
    st.lists(st.one_of(*[st.integers(90, 101).map(float)] * 5, st.none()), min_size=1, max_size=8),
    st.sampled_from([None, 0.5, 0.6, 0.61, 0.9]),
    st.sampled_from([None, -2.0, -1.0, -0.99]),
    st.integers(2, 5),
)
def test_squeeze_alert_equals_the_twin(prices: Any, short_share: Any, flow_z: Any, window: int) -> None:
    inputs = prices, short_share, flow_z, window
    assert same(outcome(xlsig.squeeze_alert, *inputs), outcome(twin.squeeze_alert, *inputs))


@UNTIMED
@given(st.lists(st.integers(90, 101).map(float), min_size=5, max_size=8), st.integers(2, 5), st.floats(0.5, 1.0))
def test_prices_older_than_the_window_raise_no_alert(prices: list[float], window: int, near: float) -> None:
    whole = xlsig.squeeze_alert(prices, 0.9, -3.0, window, near)
    assert whole == xlsig.squeeze_alert(prices[-window:], 0.9, -3.0, window, near)
