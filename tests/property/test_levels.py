"""The level functions agree with their twins, and keep what must not change unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import xlsig
from tests.property.draws import POWERS_OF_TWO, WINDOWS, complete, dated, decimals, series
from tests.twins import levels as twin
from tests.twins.flows import negated
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

METHODS = st.sampled_from(["mean", "robust"])
CONVENTIONS = st.sampled_from(["weak", "strict", "mean"])
LEVELS = st.one_of(series(), series(decimals))


@compares("LEVEL_ZSCORE")
@given(LEVELS, WINDOWS, METHODS)
def test_level_zscore_is_its_twin(levels: Any, window: int, method: str) -> None:
    assert same(outcome(xlsig.level_zscore, levels, window, method), outcome(twin.level_zscore, levels, window, method))


@compares("LEVEL_PERCENTILE")
@given(LEVELS, WINDOWS, CONVENTIONS)
def test_level_percentile_is_its_twin(levels: Any, window: int, convention: str) -> None:
    got, expected = (outcome(each.level_percentile, levels, window, convention) for each in (xlsig, twin))
    assert same(got, expected)


@given(LEVELS, WINDOWS, METHODS, CONVENTIONS)
def test_a_level_is_ranked_and_scored_as_a_spread_is(levels: Any, window: int, method: str, convention: str) -> None:
    assert outcome(xlsig.level_zscore, levels, window, method) == outcome(xlsig.spread_zscore, levels, window, method)
    assert outcome(xlsig.level_percentile, levels, window, convention) == outcome(xlsig.spread_percentile, levels, window, convention)


@compares("RANGE_INDEX")
@given(LEVELS, WINDOWS)
def test_range_index_is_its_twin(levels: Any, window: int) -> None:
    assert same(outcome(xlsig.range_index, levels, window), outcome(twin.range_index, levels, window))


@given(complete(), WINDOWS, POWERS_OF_TWO, st.integers(-50, 50))
def test_neither_unit_nor_level_changes_the_place_in_the_range(levels: Any, window: int, unit: float, more: int) -> None:
    other = [level * unit + more for level in levels]
    assert same(outcome(xlsig.range_index, levels, window), outcome(xlsig.range_index, other, window))


@given(complete(), WINDOWS)
def test_a_mirrored_level_is_as_far_from_the_other_end(levels: Any, window: int) -> None:
    one, other = outcome(xlsig.range_index, levels, window), outcome(xlsig.range_index, negated(levels), window)
    assert one == other if isinstance(one, Refused) else same(one + other, 1.0)


@compares("LOWEST_SINCE", "HIGHEST_SINCE")
@given(dated(LEVELS))
def test_lowest_and_highest_since_are_their_twins_and_each_other_s_mirror(beside: Any) -> None:
    dates, levels = beside
    for name, mirrored in (("lowest_since", "highest_since"), ("highest_since", "lowest_since")):
        got, expected = (outcome(getattr(each, name), dates, levels) for each in (xlsig, twin))
        assert same(got, expected)
        assert got == outcome(getattr(xlsig, mirrored), dates, negated(levels))


@given(dated(complete()))
def test_no_level_after_the_date_named_was_as_extreme(beside: Any) -> None:
    dates, levels = beside
    assume(len(levels) > 1)
    lowest, highest = dates.index(xlsig.lowest_since(dates, levels)), dates.index(xlsig.highest_since(dates, levels))
    assert all(level > levels[-1] for level in levels[lowest + 1 : -1])
    assert all(level < levels[-1] for level in levels[highest + 1 : -1])
    assert lowest == 0 or levels[lowest] <= levels[-1]
    assert highest == 0 or levels[highest] >= levels[-1]


@given(complete(longest=20), complete(longest=20), st.integers(2, 6))
def test_levels_before_the_window_do_not_matter(earlier: list[float], late: list[float], window: int) -> None:
    assume(len(late) > window)
    for function in (xlsig.level_zscore, xlsig.level_percentile, xlsig.range_index):
        assert same(outcome(function, late, window), outcome(function, earlier + late, window))


@pytest.mark.parametrize("window", [1, 0, -252, 2.5])
def test_windows_of_levels_are_whole_numbers_from_two(window: float) -> None:
    for function in (xlsig.level_zscore, xlsig.level_percentile, xlsig.range_index):
        assert outcome(function, [1.0, 2.0, 4.0, 3.0] * 9, window) == Refused("#NUM!")
