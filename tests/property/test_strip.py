"""The functions of a strip agree with their twins, and with each other."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import xlsig
from tests.property.draws import POWERS_OF_TWO, series
from tests.property.test_financing import day_counts, near
from tests.twins import financing as twin
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

spreads = st.integers(-800, 800).map(lambda quarter: quarter / 4)
maturities = st.integers(-2, 1500)
premiums = st.integers(-4, 8000).map(lambda quarter: quarter / 4)
strikes = st.integers(-1, 400).map(lambda number: number * 25)


@st.composite
def strips(draw: st.DrawFn) -> tuple[list[float | None], list[float | None]]:
    """Mostly maturities in order; now and then one out of order, at or below 0, or blank."""
    quoted = draw(series(spreads, longest=6))
    days: list[float | None] = sorted(draw(st.lists(st.integers(1, 1500), min_size=len(quoted), max_size=len(quoted), unique=True)))
    if days and draw(st.integers(0, 4)) == 0:
        days[draw(st.integers(0, len(days) - 1))] = draw(st.one_of(st.none(), maturities))
    return days, quoted


@compares("TRF_FORWARD")
@given(spreads, maturities, spreads, maturities)
def test_trf_forward_is_its_twin(near_spread: float, near_days: int, far_spread: float, far_days: int) -> None:
    got, expected = (outcome(each.trf_forward, near_spread, near_days, far_spread, far_days) for each in (xlsig, twin))
    assert same(got, expected)


@given(spreads, st.integers(0, 700), spreads, st.integers(1, 700))
def test_the_near_leg_and_its_forward_cost_what_the_far_leg_costs(near_spread: float, days: int, far_spread: float, more: int) -> None:
    forward = xlsig.trf_forward(near_spread, days, far_spread, days + more)
    assert near(near_spread * days + forward * more, far_spread * (days + more), 1e-6)


@given(spreads, spreads, st.integers(1, 1500))
def test_a_forward_from_today_is_the_spread_itself(near_spread: float, far_spread: float, days: int) -> None:
    assert xlsig.trf_forward(near_spread, 0, far_spread, days) == far_spread


@compares("TRF_FORWARDS")
@given(strips())
def test_trf_forwards_are_their_twin(strip: Any) -> None:
    assert same(outcome(xlsig.trf_forwards, *strip), outcome(twin.trf_forwards, *strip))


@given(strips())
def test_neighbouring_forwards_add_up_to_the_one_over_both(strip: Any) -> None:
    forwards = outcome(xlsig.trf_forwards, *strip)
    assume(not isinstance(forwards, Refused))
    spread = {(start, end): bp for start, end, bp in forwards[1] if bp is not None}
    for (start, middle), first in spread.items():
        for (begin, end), second in spread.items():
            if begin == middle:
                assert near(first * (middle - start) + second * (end - middle), spread[start, end] * (end - start), 1e-6)


@compares("BOX_RATE")
@given(st.tuples(premiums, premiums, premiums, premiums, strikes, strikes, maturities, day_counts))
def test_box_rate_is_its_twin(market: Any) -> None:
    assert same(outcome(xlsig.box_rate, *market), outcome(twin.box_rate, *market))


@given(strikes, st.integers(1, 80), st.integers(1, 1500), st.floats(0, 0.2), st.floats(0, 0.05), st.integers(3000, 7000))
def test_a_box_gives_the_rate_it_was_discounted_with(low: float, steps: int, days: int, rate: float, carry: float, spot: int) -> None:
    assume(low > 0)
    high, discount = low + 25 * steps, 1 / (1 + rate * days / 360)
    parity = [spot * (1 - carry) - strike * discount for strike in (low, high)]  # call less put
    calls, puts = [max(each, 0) + 10 for each in parity], [max(-each, 0) + 10 for each in parity]
    assert near(xlsig.box_rate(calls[0], puts[0], calls[1], puts[1], low, high, days), rate, 1e-4 * 360 / days)


@compares("SPREAD_DV01")
@given(st.floats(-1e11, 1e11), maturities, day_counts)
def test_spread_dv01_is_its_twin(notional: float, days: int, day_count: int) -> None:
    got, expected = (outcome(each.spread_dv01, notional, days, day_count) for each in (xlsig, twin))
    assert same(got, expected)


@given(st.floats(100, 10_000), st.integers(-500, 500), st.integers(1, 1500), day_counts, POWERS_OF_TWO)
def test_a_basis_is_so_many_basis_points_of_the_index(level: float, spread: int, days: int, day_count: int, unit: float) -> None:
    assert near(xlsig.trf_basis(spread, level, days, day_count), spread * xlsig.spread_dv01(level, days, day_count))
    assert near(xlsig.spread_dv01(level * unit, days, day_count), unit * xlsig.spread_dv01(level, days, day_count))
