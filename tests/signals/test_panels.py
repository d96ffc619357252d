"""Panels (dates × series): each column is answered as if it stood alone, by the slow rule of the reference."""

import numpy as np
import pytest

from tests.twins import financing, flows
from xlsig.errors import SignalError
from xlsig.signals.breakdown import total_against_history
from xlsig.signals.flows import streak_history, window_sums
from xlsig.signals.history import sessions_of
from xlsig.signals.series import require_last
from xlsig.signals.windows import percentile_history, zscore_history


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(7)
    values = rng.normal(0, 1, (60, 4)).cumsum(axis=0).round(1)
    values[rng.random((60, 4)) < 0.1] = np.nan
    values[20:40, 3] = 5.0
    return values


def gappy(column):
    return [None if np.isnan(value) else value for value in column.tolist()]


def same(ours, theirs):
    expected = np.array([np.nan if value is None else float(value) for value in theirs])
    return np.allclose(ours, expected, rtol=1e-9, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("method", ["mean", "robust"])
def test_z_scores_of_a_panel_are_those_of_its_columns(panel, method):
    ours = zscore_history(panel, 10, method)
    assert ours.shape == panel.shape
    for at in range(panel.shape[1]):
        assert same(ours[:, at], financing.spread_zscore_history(gappy(panel[:, at]), 10, method))


def test_percentiles_of_a_panel_are_those_of_its_columns(panel):
    ours = percentile_history(panel, 10, "mean")
    for at in range(panel.shape[1]):
        column = gappy(panel[:, at])
        for row, value in enumerate(column):
            if value is None or sum(known is not None for known in column[: row + 1]) < 10:
                assert np.isnan(ours[row, at])
            else:
                assert ours[row, at] == pytest.approx(float(financing.spread_percentile(column[: row + 1], 10, "mean")))


def test_streaks_of_a_panel_are_those_of_its_columns(panel):
    ours = streak_history(panel, 0.5)
    for at in range(panel.shape[1]):
        assert same(ours[:, at], flows.selloff_streak_history(gappy(panel[:, at]), 0.5))


def test_a_panel_without_columns_stays_without():
    assert zscore_history(np.empty((5, 0)), 3).shape == (5, 0)


def test_long_windows_are_summed_like_short_ones():
    values = np.arange(50.0)
    assert window_sums(values, 40).tolist() == [sum(range(start, start + 40)) for start in range(11)]
    assert window_sums(values[:3], 4).size == 0


def test_a_total_that_is_missing_today_has_no_past():
    assert all(np.isnan(total_against_history(np.array([1.0, 2.0]), np.nan, 2)))


def test_a_history_without_any_price_has_no_sessions():
    with pytest.raises(SignalError, match="no price"):
        sessions_of(np.array(["2025-01-02"], dtype="datetime64[D]"), np.array([np.nan]))


def test_an_empty_series_has_no_last_value():
    with pytest.raises(SignalError, match="empty"):
        require_last(np.array([]), "spread")
