"""What a spreadsheet may hand over and what it gets back, seen through the functions themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import xlsig
from tests.functions.golden_cases import serial
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import ErrorCell

COLUMN_ROWS = 1_048_576
OLD_CODES = ["#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
NEW_CODES = ["#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!"]
JANUARY = [serial(dt.date(2025, 1, day)) for day in (6, 7, 8, 10)]


def cell(name: str, *arguments: Any) -> Any:
    """The answer in a cell: a value, rows of values, or the code of an error."""
    answer = CATALOGUE[name].from_cells(*arguments)
    return answer.code if isinstance(answer, ErrorCell) else answer


def column(*values: Any) -> list[list[Any]]:
    return [[value] for value in values]


def whole_column(*top: Any) -> list[list[Any]]:
    """A whole column of a sheet: these cells, then blanks to the last row."""
    return [*([value] for value in top), *([[None]] * (COLUMN_ROWS - len(top)))]


# Shapes


def test_a_row_a_column_and_a_single_cell_are_series() -> None:
    assert cell("SELLOFF_STREAK", column(1, -2, -3)) == 2
    assert cell("SELLOFF_STREAK", [[1, -2, -3]]) == 2
    assert cell("SELLOFF_STREAK", -3) == 1
    assert cell("SELLOFF_STREAK", [[-3]]) == 1


@pytest.mark.parametrize("block", [[[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6]], [[-1, None], [-2, None]]])
def test_a_block_is_not_a_series(block: list[list[Any]]) -> None:
    assert cell("SELLOFF_STREAK", block) == "#VALUE!"
    assert cell("SPREAD_ZSCORE_HISTORY", block, 2) == "#VALUE!"


def test_a_range_where_one_number_is_asked_for() -> None:
    assert cell("TRF_BASIS", [[100]], [[5000]], [[360]]) == 50
    assert cell("TRF_BASIS", column(100, 200), 5000, 360) == "#VALUE!"


def test_a_value_for_each_row_comes_back_in_the_shape_it_was_given() -> None:
    assert cell("SELLOFF_STREAK_HISTORY", column(-1, -2, 3)) == [[1], [2], [0]]
    assert cell("SELLOFF_STREAK_HISTORY", [[-1, -2, 3]]) == [[1, 2, 0]]


def test_an_unknown_cell_of_a_spill_is_na() -> None:
    (first,), (second,) = CATALOGUE["SELLOFF_STREAK_HISTORY"].from_cells(column(-1, None))
    assert first == 1
    assert isinstance(second, ErrorCell)
    assert second.code == "#N/A"


def test_unequal_lengths_are_refused_whatever_the_axis() -> None:
    assert cell("SELLOFF_STREAK", column(-1, -2), column(*JANUARY[:3])) == "#VALUE!"
    assert cell("ROLL_ADJUSTED", column(1, 2), column("DEC")) == "#VALUE!"
    assert cell("NET_FLOW", column(1, 2), column(1, 2), column(1), column(1, 2)) == "#VALUE!"
    assert cell("FASTEST_SINCE", column(*JANUARY), column(-1, -2), 1) == "#VALUE!"


def test_a_row_of_dates_may_stand_beside_a_column_of_values() -> None:
    assert cell("EVENT_CHANGE", [JANUARY], column(10, 12, 15, 11), JANUARY[1]) == -1


@pytest.mark.parametrize("arguments", [(), ([],), ([[]],), (None,), ("",)])
def test_nothing_at_all_is_na(arguments: tuple[Any, ...]) -> None:
    assert cell("SELLOFF_STREAK", *arguments) == "#N/A"


def test_one_argument_too_many_is_value() -> None:
    assert cell("SELLOFF_PACE", column(-1, -2), 1, "more") == "#VALUE!"


# Missing, text, booleans, errors


@pytest.mark.parametrize("missing", [None, "", "#N/A", "#N/A N/A", "#N/A Invalid Security", "#N/A Requesting Data...", ErrorCell("#N/A")])
def test_what_counts_as_missing(missing: Any) -> None:
    assert cell("SPREAD_ZSCORE", column(1, missing, 2, 3, 5), 3) == 3
    assert cell("SPREAD_ZSCORE", column(1, 2, 3, missing), 2) == "#N/A"
    assert cell("SELLOFF_STREAK", column(-1, missing)) == "#N/A"
    assert cell("TRF_BASIS", missing, 5000, 360) == "#N/A"


@pytest.mark.parametrize("code", OLD_CODES + NEW_CODES)
def test_any_other_error_cell_is_passed_on_by_its_code(code: str) -> None:
    assert cell("SELLOFF_STREAK", column(1, ErrorCell(code), -1)) == code
    assert cell("SELLOFF_STREAK", ErrorCell(code)) == code
    assert cell("TRF_BASIS", 100, ErrorCell(code), 360) == code
    assert cell("ROLL_ADJUSTED", column(1, 2), column("DEC", ErrorCell(code))) == code
    assert cell("EVENT_CHANGE", column(JANUARY[0], ErrorCell(code)), column(1, 2), JANUARY[0]) == code
    assert cell("SPREAD_ZSCORE", column(1, 2, 3, 5), 3, ErrorCell(code)) == code


@pytest.mark.parametrize("wrong", [True, False, "12", "-3", "1e3", "n/a", "NA", "N/A", "sold", " ", "#VALUE", "inf"])
def test_text_and_booleans_are_not_numbers(wrong: Any) -> None:
    assert cell("SELLOFF_STREAK", column(-1, wrong, -2)) == "#VALUE!"
    assert cell("SELLOFF_PACE", column(-1, -2), wrong) == "#VALUE!"
    assert cell("TRF_BASIS", wrong, 5000, 360) == "#VALUE!"


@pytest.mark.parametrize("infinite", [float("inf"), float("-inf")])
def test_an_infinite_number_is_num(infinite: float) -> None:
    assert cell("SELLOFF_STREAK", column(-1, infinite)) == "#NUM!"
    assert cell("TRF_BASIS", infinite, 5000, 360) == "#NUM!"


def test_a_result_too_large_for_a_cell_is_num() -> None:
    assert cell("TRF_BASIS", 1e300, 1e300, 360) == "#NUM!"
    assert cell("SELLOFF_PACE", column(-1.7e308, -1.7e308), 2) == "#NUM!"


def test_blank_optionals_take_their_defaults() -> None:
    spreads = column(*range(100, 122))
    assert cell("SPREAD_CHANGE", spreads, None) == cell("SPREAD_CHANGE", spreads) == 20
    assert cell("SPREAD_PERCENTILE", column(3, 1, 2), 3, None) == pytest.approx(2 / 3)


@pytest.mark.parametrize("flow", [Decimal("-2.5"), np.float64(-2.5), np.float32(-2.5)])
def test_decimals_and_numpy_numbers_are_numbers(flow: Any) -> None:
    answer = cell("SELLOFF_PACE", column(Decimal("-1.5"), flow), 2)
    assert answer == -2
    assert type(answer) is float


# Dates


@pytest.mark.parametrize(
    "event",
    [
        serial(dt.date(2025, 1, 7)),
        float(serial(dt.date(2025, 1, 7))),
        dt.date(2025, 1, 7),
        dt.datetime(2025, 1, 7),
        np.datetime64("2025-01-07"),
        Decimal(serial(dt.date(2025, 1, 7))),
    ],
)
def test_a_date_is_a_date_however_it_is_handed_over(event: Any) -> None:
    assert cell("EVENT_CHANGE", column(*JANUARY), column(10, 12, 15, 11), event) == -1
    dates = column(JANUARY[0], event, *JANUARY[2:])
    assert cell("EVENT_CHANGE", dates, column(10, 12, 15, 11), JANUARY[1]) == -1


def test_dates_come_back_as_serials() -> None:
    answer = cell("FASTEST_SINCE", column(*JANUARY), column(-5, 1, 2, -5), 1)
    assert answer == JANUARY[0]
    assert type(answer) is int


@pytest.mark.parametrize("wrong", [0, 0.5, -1, -45000, None, "", "2025-01-07", "7 January", True, 2_958_466, 1e18])
def test_what_is_not_a_date(wrong: Any) -> None:
    dates = column(wrong, *JANUARY[1:])
    assert cell("EVENT_CHANGE", dates, column(10, 12, 15, 11), JANUARY[1]) == "#VALUE!"
    assert cell("EVENT_CHANGE", column(*JANUARY), column(10, 12, 15, 11), wrong) == "#VALUE!"


def test_an_event_that_is_not_known_is_na_but_a_row_needs_its_date() -> None:
    assert cell("EVENT_CHANGE", column(*JANUARY), column(10, 12, 15, 11), ErrorCell("#N/A")) == "#N/A"
    assert cell("EVENT_CHANGE", column(ErrorCell("#N/A"), *JANUARY[1:]), column(10, 12, 15, 11), JANUARY[1]) == "#VALUE!"


def test_the_first_days_excel_knows() -> None:
    """Serial 59 is 28 February 1900 and 61 is 1 March; 60 is a 29 February that never was."""
    assert cell("FASTEST_SINCE", column(1, 59, 61), column(-1, 2, -1), 1) == 1
    assert cell("FASTEST_SINCE", column(59, 61, 62), column(-1, 2, -1), 1) == 59
    assert cell("FASTEST_MONTHS", column(59, 61, 90), column(-1, 2, -1), 1) == 1
    assert cell("FASTEST_SINCE", column(59, 60, 61), column(-1, 2, -1), 1) == "#VALUE!"


def test_a_time_of_day_is_no_date() -> None:
    spreads = column(10, 12, 15, 11)
    assert cell("EVENT_CHANGE", column(*[day + 0.6875 for day in JANUARY]), spreads, JANUARY[1]) == "#VALUE!"
    assert cell("EVENT_CHANGE", column(*JANUARY), spreads, JANUARY[1] + 0.6875) == "#VALUE!"
    assert cell("EVENT_CHANGE", column(*JANUARY), spreads, dt.datetime(2025, 1, 7, 16, 30)) == "#VALUE!"


def test_dates_move_forward_only() -> None:
    assert cell("SELLOFF_STREAK", column(-1, -2), column(JANUARY[0], JANUARY[0])) == "#VALUE!"
    assert cell("SELLOFF_STREAK", column(-1, -2), column(JANUARY[1], JANUARY[0])) == "#VALUE!"


# Whole columns


def test_a_whole_column_ends_at_its_last_value() -> None:
    assert cell("SELLOFF_STREAK", whole_column(1, -2, -3)) == 2


def test_a_whole_column_may_have_a_header_below_blank_rows() -> None:
    assert cell("SELLOFF_STREAK", whole_column("net", 1, -2, -3)) == 2
    assert cell("SELLOFF_STREAK", whole_column(None, None, "net", 1, -2, -3)) == 2


def test_a_second_text_in_a_whole_column_is_not_a_header() -> None:
    assert cell("SELLOFF_STREAK", whole_column("net", "USD m", 1, -2, -3)) == "#VALUE!"


def test_an_exact_range_is_never_cut() -> None:
    assert cell("SELLOFF_STREAK", column("net", 1, -2)) == "#VALUE!"
    assert cell("SELLOFF_STREAK", column(1, -2, None)) == "#N/A"


def test_a_whole_axis_ends_at_the_last_row_of_any_of_its_series() -> None:
    dates = whole_column("date", *JANUARY)
    assert cell("SELLOFF_STREAK", whole_column("net", 1, -2, -3, -4), dates, "XNYS") == 3
    assert cell("SELLOFF_STREAK", whole_column("net", 1, -2, -3), dates) == "#N/A"
    assert cell("FASTEST_SINCE", whole_column("date", *JANUARY[:3]), whole_column("net", 1, -2, -3, -4), 1) == "#VALUE!"
    assert cell("EVENT_CHANGE", dates, whole_column("bp", 10, 12, 15, 11), JANUARY[1]) == -1


def test_contracts_in_a_whole_column_keep_their_first_label() -> None:
    spreads, labels = whole_column("bp", 50, 52, 80), whole_column("contract", "DEC", "DEC", "MAR")
    assert cell("SPREAD_CHANGE", spreads, 2, labels) == 2


def test_an_empty_whole_column_is_na() -> None:
    assert cell("SELLOFF_STREAK", whole_column()) == "#N/A"
    assert cell("SELLOFF_STREAK", whole_column("net")) == "#N/A"


# Python


def test_python_takes_lists_arrays_columns_and_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    flows = [1.0, -2.0, -3.0]
    rows = [[1.0], [-2.0], [-3.0]]
    for series in (flows, tuple(flows), np.array(flows), np.array(rows), rows, pandas.Series(flows, index=[9, 8, 7])):
        assert xlsig.selloff_streak(series) == 2


@pytest.mark.parametrize("block", [np.ones((2, 2)), np.ones((1, 3)), [[1.0, 2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]]])
def test_python_takes_no_other_block(block: Any) -> None:
    with pytest.raises(xlsig.SignalError) as caught:
        xlsig.selloff_streak(block)
    assert caught.value.code == "#VALUE!"


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan])
def test_missing_in_python(missing: Any) -> None:
    with pytest.raises(xlsig.SignalError) as caught:
        xlsig.selloff_streak([-1.0, missing])
    assert caught.value.code == "#N/A"
    assert xlsig.spread_zscore([1, missing, 2, 3, 5], 3) == 3


def test_pandas_own_missing_values_are_missing() -> None:
    pandas = pytest.importorskip("pandas")
    assert xlsig.spread_zscore(pandas.Series([1, pandas.NA, 2, 3, 5], dtype="Int64"), 3) == 3
    assert xlsig.spread_zscore([1, pandas.NA, 2, 3, 5], 3) == 3
    with pytest.raises(xlsig.SignalError) as caught:
        xlsig.event_change([pandas.Timestamp("2025-01-06"), pandas.NaT], [1.0, 2.0], dt.date(2025, 1, 6))
    assert caught.value.code == "#VALUE!"


@pytest.mark.parametrize("make", [list, np.array])
def test_python_dates(make: Any) -> None:
    pandas = pytest.importorskip("pandas")
    days = [dt.date(2025, 1, day) for day in (6, 7, 8, 10)]
    flows = [-5.0, 1.0, 2.0, -5.0]
    stamps = pandas.DatetimeIndex(days)
    for dates in (days, np.array(days, dtype="datetime64[D]"), np.array(days, dtype="datetime64[ns]"), stamps,
                  pandas.Series(stamps), make([serial(day) for day in days])):  # fmt: skip
        since = xlsig.fastest_since(dates, flows, 1)
        assert since == dt.date(2025, 1, 6)
        assert type(since) is dt.date


def test_a_value_for_each_row_is_a_float_array_with_nan_where_unknown() -> None:
    answer = xlsig.selloff_streak_history([-1, None, 2])
    assert isinstance(answer, np.ndarray)
    assert answer.dtype == np.float64
    np.testing.assert_array_equal(answer, [1, np.nan, 0])


def test_python_scalars_are_plain() -> None:
    assert type(xlsig.selloff_streak(np.array([-1, -2]))) is int
    assert type(xlsig.selloff_pace(np.array([-1, -2]), np.int64(2))) is float


def test_the_arguments_are_left_as_they_were() -> None:
    spreads = np.array([50.0, 52.0, 80.0])
    xlsig.roll_adjusted(spreads, ["DEC", "DEC", "MAR"])
    xlsig.spread_zscore_history(spreads, 2)
    np.testing.assert_array_equal(spreads, [50.0, 52.0, 80.0])
