"""What a Python user hands over: arrays, pandas objects, dates of every kind; each is read, or refused in one sentence."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import xlsig
from xlsig.functions.catalogue import CATALOGUE, named
from xlsig.functions.cells import WholeColumn
from xlsig.grid.contents import ErrorCell

DAYS = [dt.date(2025, 1, 2), dt.date(2025, 1, 3), dt.date(2025, 1, 6)]


def code(call) -> str:
    with pytest.raises(xlsig.SignalError) as refused:
        call()
    assert refused.value.message
    return refused.value.code


def refusal(call) -> str:
    with pytest.raises(xlsig.SignalError) as refused:
        call()
    return refused.value.message


@pytest.mark.parametrize(
    "flows",
    [
        [1, -1, -2],
        (1, -1, -2),
        np.array([1, -1, -2]),
        np.array([1.0, -1, -2]),
        np.array([[1], [-1], [-2]]),
        [[1], [-1], [-2]],
        ((1,), (-1,), (-2,)),
        pd.Series([1, -1, -2]),
        pd.Series([1, -1, -2], dtype="Int64"),
        np.array([1, Decimal(-1), -2], dtype=object),
        (value for value in (1, -1, -2)),
        range(1, -3, -1),
    ],
    ids=lambda flows: type(flows).__name__,
)
def test_a_series_comes_in_many_forms(flows):
    assert xlsig.selloff_streak(flows) in (2, 2)


def test_one_number_is_a_series_of_one_session():
    assert xlsig.selloff_streak(-5) == 1
    assert xlsig.selloff_streak(np.float64(-5)) == 1
    assert xlsig.selloff_streak(np.array(-5.0)) == 1


@pytest.mark.parametrize(
    "flows", [[[1, 2, 3]], np.ones((1, 3)), np.ones((2, 2)), np.ones((2, 2, 2)), [[1], [2, 3]], [1, [2]], {"a": 1}, b"12", object()]
)
def test_what_is_not_one_column_is_refused(flows):
    assert code(lambda: xlsig.selloff_streak(flows)) == "#VALUE!"


@pytest.mark.parametrize(
    "flows", [[], None, [[]], [None, None], np.array([]), np.array([np.nan]), pd.Series([pd.NA, pd.NA], dtype="Float64")]
)
def test_a_series_without_a_value_cannot_be_answered(flows):
    assert code(lambda: xlsig.selloff_streak(flows)) == "#N/A"


@pytest.mark.parametrize(
    "missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, Decimal("nan"), np.datetime64("NaT"), "", "#N/A", "#N/A Field"]
)
def test_what_is_missing_in_python_is_missing(missing):
    assert xlsig.selloff_breadth([-1.0, missing]).value("missing") == 1


def test_an_infinite_flow_is_no_number():
    assert code(lambda: xlsig.selloff_streak([1.0, float("inf")])) == "#NUM!"
    assert code(lambda: xlsig.selloff_streak([1, 10**400])) == "#NUM!"


@pytest.mark.parametrize(
    "wrong", [np.array([True, False]), np.array(["1", "2"]), np.array([1j, 2]), [True], ["x"], [dt.date(2025, 1, 2)], [object()]]
)
def test_what_is_not_a_number_is_refused(wrong):
    assert code(lambda: xlsig.selloff_streak(wrong)) == "#VALUE!"


@pytest.mark.parametrize(
    "dates",
    [
        DAYS,
        [dt.datetime(2025, 1, 2), dt.datetime(2025, 1, 3), dt.datetime(2025, 1, 6)],
        np.array(DAYS, dtype="datetime64[D]"),
        np.array(DAYS, dtype="datetime64[ns]"),
        pd.DatetimeIndex(DAYS),
        pd.Series(pd.to_datetime(DAYS)),
        [45659, 45660, 45663],
        np.array([45659.0, 45660.0, 45663.0]),
        [45659, dt.date(2025, 1, 3), np.datetime64("2025-01-06")],
        np.array(DAYS, dtype=object),
    ],
    ids=range(10),
)
def test_dates_come_in_many_forms(dates):
    assert xlsig.event_change(dates, [1, 2, 4], DAYS[1]) == 2


@pytest.mark.parametrize(
    "dates",
    [
        np.array(["2025-01-02", "NaT", "2025-01-06"], dtype="datetime64[D]"),
        np.array(["1850-01-02", "2025-01-03", "2025-01-06"], dtype="datetime64[D]"),
        np.array(["2025-01-02T12", "2025-01-03T00", "2025-01-06T00"], dtype="datetime64[h]"),
        [dt.datetime(2025, 1, 2, 12), DAYS[1], DAYS[2]],
        [DAYS[1], DAYS[0], DAYS[2]],
        [DAYS[0], DAYS[0], DAYS[2]],
        [DAYS[0], ErrorCell("#N/A"), DAYS[2]],
        [DAYS[0], object(), DAYS[2]],
        ["2025-01-02", DAYS[1], DAYS[2]],
    ],
    ids=range(9),
)
def test_dates_that_cannot_be_sessions_are_refused(dates):
    assert code(lambda: xlsig.event_change(dates, [1, 2, 4], 45660)) == "#VALUE!"


def test_days_that_are_all_blank_are_an_empty_series():
    assert code(lambda: xlsig.event_change(np.array(["NaT"], dtype="datetime64[D]"), [1.0], 45660)) == "#N/A"
    assert code(lambda: xlsig.event_change([np.nan], [1.0], 45660)) == "#N/A"
    assert code(lambda: xlsig.event_change(["", None], [1.0, 2.0], 45660)) == "#N/A"


def test_an_error_among_dates_is_passed_on():
    assert code(lambda: xlsig.event_change([45659, ErrorCell("#REF!")], [1, 2], 45660)) == "#REF!"


@pytest.mark.parametrize("label", [1, 1.5, np.int64(3), Decimal("2.5"), dt.date(2025, 3, 21), np.datetime64("2025-03-21"), "#1"])
def test_a_number_or_a_date_can_name_a_contract(label):
    assert xlsig.spread_change([1, 2, 5], 2, [label, label, label]) == 4


def test_a_contract_label_of_another_kind_is_refused():
    assert code(lambda: xlsig.spread_change([1, 2, 5], 2, ["A", True, "A"])) == "#VALUE!"
    assert code(lambda: xlsig.spread_change([1, 2, 5], 2, ["A", ErrorCell("#NAME?"), "A"])) == "#NAME?"


def test_flags_from_an_array_of_booleans():
    assert len(xlsig.episodes(DAYS, np.array([True, False, True]))) == 1
    assert code(lambda: xlsig.episodes(DAYS, [1, 2, 0])) == "#NUM!"


@pytest.mark.parametrize(
    "history",
    [
        [[-1.0, 2.0], [-3.0, 4.0]],
        np.array([[-1.0, 2.0], [-3.0, 4.0]]),
        pd.DataFrame({"a": [-1.0, -3.0], "b": [2.0, 4.0]}),
        WholeColumn([[-1.0, 2.0], [-3.0, 4.0]]),
    ],
    ids=["lists", "array", "frame", "column"],
)
def test_a_history_comes_in_many_forms(history):
    table = xlsig.sector_breakdown(["HC", "IT"], [-5.0, 1.0], history, 2)
    assert table.value("Health Care", "streak") == 3


def test_a_history_of_one_row_is_a_history():
    assert xlsig.sector_breakdown(["HC", "IT"], [-5.0, 1.0], [-1.0, 2.0], 2).value("Health Care", "streak") == 2
    assert xlsig.sector_breakdown(["HC", "IT"], [-5.0, 1.0], np.array([-1.0, 2.0]), 2).value("Health Care", "streak") == 2


@pytest.mark.parametrize("history", [[[1, 2], [3]], [[1, 2], 3], [[1], [2]], 5])
def test_a_history_that_does_not_fit_is_refused(history):
    assert code(lambda: xlsig.sector_breakdown(["HC", "IT"], [-5.0, 1.0], history, 2)) == "#VALUE!"


def test_an_empty_history_is_one_that_does_not_fit():
    assert code(lambda: xlsig.sector_breakdown(["HC", "IT"], [-5.0, 1.0], [[], []], 2)) == "#VALUE!"


@pytest.mark.parametrize("spot", [[1, 2], np.array([1, 2]), WholeColumn([1])])
def test_a_single_number_is_not_a_range(spot):
    assert code(lambda: xlsig.implied_financing(spot, 6065, 88)) == "#VALUE!"


def test_a_single_number_may_stand_in_a_cell_of_its_own():
    assert xlsig.implied_financing([[6000]], np.array([6065]), 88) == xlsig.implied_financing(6000, 6065, 88)


def test_a_word_of_the_wrong_kind_is_refused():
    assert code(lambda: xlsig.spread_zscore([1, 2, 3], 2, 5)) == "#VALUE!"
    assert code(lambda: xlsig.spread_zscore([1, 2, 3], 2, "#N/A")) == "#N/A"
    assert code(lambda: xlsig.spread_zscore([1, 2, 3], 2, ErrorCell("#REF!"))) == "#REF!"


def test_arguments_may_be_named():
    assert xlsig.selloff_streak(flows=[-1, -5], tolerance=2) == 1
    with pytest.raises(TypeError, match="unexpected"):
        xlsig.selloff_streak([1], speed=2)
    with pytest.raises(TypeError, match="repeated"):
        xlsig.selloff_streak([1], flows=[1])
    with pytest.raises(TypeError, match="takes 4"):
        xlsig.selloff_streak([1], None, None, 0, 5)


def test_a_function_is_found_by_name_in_either_case():
    assert named(" =selloff_streak") is CATALOGUE["SELLOFF_STREAK"]
    assert named("nothing") is None


def test_a_table_is_named_columns_and_rows():
    table = xlsig.selloff_breadth([-1.0, 2.0])
    assert len(table) == 4
    assert next(iter(table)) == ("sold", 1)
    assert table.column("measure") == ["sold", "flat", "bought", "missing"]
    assert table.to_pandas().shape == (4, 2)
    with pytest.raises(KeyError):
        table.value("nothing")


def test_too_many_cells_for_a_function_are_refused_in_a_cell_and_in_a_sentence():
    assert CATALOGUE["SELLOFF_PACE"].from_cells(1, 2, 3) == ErrorCell("#VALUE!")
    assert "takes 2 arguments" in CATALOGUE["SELLOFF_PACE"].explain(1, 2, 3)


def test_an_error_prints_as_its_code_and_a_refusal_as_code_and_sentence():
    assert str(ErrorCell("#N/A")) == "#N/A"
    with pytest.raises(xlsig.SignalError, match=r"#N/A: flows is empty"):
        xlsig.selloff_streak([])


def test_a_sum_that_no_double_can_hold_is_refused():
    assert code(lambda: xlsig.selloff_pace([1.7e308, 1.7e308], 2)) == "#NUM!"
    assert code(lambda: xlsig.net_flow([1.7e308], [0], [0], [1.7e308])) == "#NUM!"


def test_a_column_that_a_host_marks_as_whole_is_cut_to_its_data():
    flows = WholeColumn([["net"], [1], [-1], [-2], [None], [None]])
    assert xlsig.selloff_streak(flows) == 2


def test_whole_columns_of_text_alone_lose_their_header_too():
    items, values = WholeColumn([["item"], ["state"], [None]]), [["NONE"]]
    assert "reads NONE" in CATALOGUE["DESK_NOTE"].from_cells(items, values)


def test_headers_in_different_rows_are_refused():
    dates = WholeColumn([[None], ["date"], [45659], [45660]])
    flows = WholeColumn([["net"], [-1], [-2], [-3]])
    assert code(lambda: xlsig.fastest_since(dates, flows, 1)) == "#VALUE!"


def test_a_weekend_row_and_a_roll_do_not_disturb_the_danger_history():
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2024-01-02", "2024-03-28")
    days = days[~days.isin(pd.to_datetime(["2024-01-15", "2024-02-19"]))]
    spreads, flows = rng.normal(50, 3, days.size).round(1), rng.normal(0, 1, days.size).round(2)
    labels = np.where(days < "2024-03-15", "H4", "M4").astype(object)
    arguments = {"window": 10, "spread_sessions": 3, "flow_sessions": 2}
    plain = xlsig.danger_history(days, spreads, flows, contracts=labels, **arguments)
    at = int(np.searchsorted(days, pd.Timestamp("2024-03-02")))
    with_saturday = [np.insert(array, at, value) for array, value in ((spreads, 999.0), (flows, 999.0), (labels, "X"))]
    dates = days.insert(at, pd.Timestamp("2024-03-02"))
    spotted = xlsig.danger_history(dates, with_saturday[0], with_saturday[1], contracts=with_saturday[2], calendar="XNYS", **arguments)
    assert spotted.rows[at][4] == "NO DATA"
    assert [row for index, row in enumerate(spotted.rows) if index != at] == list(plain.rows)


TABLE = pa.table({"a": [1]})
LOOP: list = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "flows",
    [
        np.ma.array([5.0, -4.0, -1.0], mask=[1, 0, 0]),
        np.ma.array([5, -4, -1], mask=[1, 0, 0]),
        np.ma.array([[5.0], [-4.0], [-1.0]], mask=[[1], [0], [0]]),
        list(np.ma.array([5.0, -4.0, -1.0], mask=[1, 0, 0])),
        np.ma.array([5.0, -4.0, -1.0], mask=[1, 0, 0], dtype=object),
        pa.array([None, -4.0, -1.0]),
        pa.chunked_array([[None, -4], [-1]]),
        pa.array([None, Decimal(-4), Decimal(-1)]),
    ],
    ids=lambda flows: type(flows).__name__,
)
def test_a_mask_and_a_null_are_missing_values(flows):
    assert xlsig.flow_shares(flows).tolist() == pytest.approx([float("nan"), 0.8, 0.2], nan_ok=True)


def test_arrow_scalars_and_dates_are_read():
    assert xlsig.spread_zscore(pa.array([1.0, 2.0, 3.0, 5.0]), pa.scalar(3)) == 3.0
    assert xlsig.selloff_streak([1, -1, -2], pa.array(DAYS)) == 2
    assert xlsig.roll_adjusted([1, 2], pa.array(["H5", "H5"])).tolist() == [1, 2]


@pytest.mark.parametrize(
    "flows",
    [{-1.0, -2.0}, frozenset([1]), bytearray(b"12"), memoryview(b"12"), LOOP, [LOOP], {"a": 1}.keys(), [{1: 2}, [3]], TABLE],
)
def test_what_has_no_order_or_no_end_is_refused(flows):
    assert code(lambda: xlsig.selloff_streak(flows)) == "#VALUE!"


@pytest.mark.parametrize("window", [dt.timedelta(1), np.timedelta64(5, "D"), {5}, LOOP, [5, 6], pa.array([5, 6])])
def test_what_is_no_window_is_refused(window):
    assert code(lambda: xlsig.spread_zscore([1.0, 2.0, 4.0], window)) == "#VALUE!"


def test_a_span_of_time_is_neither_a_flow_nor_a_date_nor_a_name():
    span = np.timedelta64(5, "D")
    assert code(lambda: xlsig.selloff_streak([1.0, span])) == "#VALUE!"
    assert code(lambda: xlsig.selloff_streak(np.array([span]))) == "#VALUE!"
    assert code(lambda: xlsig.selloff_streak([1.0], [span])) == "#VALUE!"
    assert code(lambda: xlsig.roll_adjusted([1.0], [span])) == "#VALUE!"


def test_a_day_that_a_sheet_cannot_have_is_refused():
    assert "after 9999" in refusal(lambda: xlsig.selloff_streak([1.0], np.array(["12000-01-03"], dtype="datetime64[D]")))
    assert "before 1900" in refusal(lambda: xlsig.selloff_streak([1.0], np.array(["1800-01-03"], dtype="datetime64[D]")))


def test_shares_of_the_largest_numbers_are_shares():
    assert xlsig.flow_shares([1e308, 1e308]).tolist() == [0.5, 0.5]
    assert xlsig.flow_shares([-1e308, -1e308, 1e308], "selling").tolist() == [0.5, 0.5, 0.0]
    assert xlsig.flow_shares([5e-324, 5e-324]).tolist() == [0.5, 0.5]


def test_a_spread_that_is_flat_but_for_its_last_digit_has_the_z_of_the_rule():
    up = float(np.nextafter(80.1, 100))
    assert xlsig.spread_zscore([80.1, 80.1, 80.1, up, up], 4) == pytest.approx(1.5)
    assert xlsig.spread_zscore_history([80.1, 80.1, 80.1, up, up], 4)[-1] == pytest.approx(1.5)
    assert code(lambda: xlsig.spread_zscore([80.1] * 4 + [up], 4)) == "#DIV/0!"
