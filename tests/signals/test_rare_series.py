"""Series that a desk seldom has: enormous ones, ones that hardly move, ones that are too short. The answers are known beforehand."""

import numpy as np
import pytest

import xlsig
from xlsig.functions.cells import Numbers, column, dates
from xlsig.signals.history import spaced_sets
from xlsig.signals.windows import percentile_history, zscore_history, zscore_of


def test_the_z_score_of_values_that_hardly_move_loses_no_digit():
    assert zscore_of(1e9 + 3, np.array([1e9 + 1, 1e9 + 2, 1e9 + 3])) == 1.0


@pytest.mark.parametrize("size", [1e-200, 1e120])
@pytest.mark.parametrize(("method", "expected"), [("mean", 3.0), ("robust", 3.0 / 1.4826)])
def test_a_z_score_does_not_depend_on_the_unit(size, method, expected):
    values = np.array([1.0, 2.0, 3.0, 5.0]) * size
    assert zscore_of(values[3], values[:3], method) == pytest.approx(expected, rel=1e-4)
    history = zscore_history(values, 3, method)
    assert np.isnan(history[:3]).all()
    assert history[3] == pytest.approx(expected, rel=1e-4)


def test_a_history_shorter_than_its_window_is_all_missing():
    short = np.array([1.0, 2.0, 3.0])
    for history in (zscore_history(short, 4), zscore_history(short, 4, "robust"), percentile_history(short, 4)):
        assert np.isnan(history).all()


def test_few_of_many_positions_are_drawn_without_repetition_and_apart():
    sets = spaced_sets(100, 20, 3, 500)
    assert sets.shape == (500, 20)
    assert (np.diff(sets, axis=1) >= 3).all()
    assert sets.min() >= 0
    assert sets.max() < 100


def test_forward_pairs_that_end_before_they_start_are_refused():
    with pytest.raises(xlsig.SignalError, match="must end after it starts"):
        xlsig.turn_premium([45_700], [45_600], [99.3])


def test_numbers_that_are_known_to_be_numbers_are_taken_as_they_are():
    values = np.array([1.0, -2.0])
    assert column(Numbers(values), "flows", rows_too=True) is values


def test_serials_without_a_single_day_are_an_empty_series_and_one_without_among_others_is_refused():
    assert dates(np.array([np.nan, np.nan]), "dates").size == 0
    with pytest.raises(xlsig.SignalError, match="dates has no date in row 2"):
        dates(np.array([45_660.0, np.nan]), "dates")
