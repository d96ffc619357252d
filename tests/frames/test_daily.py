import math

import numpy as np
import pandas as pd
import pytest

from xlsig.errors import DataError
from xlsig.frames.daily import headline_spread, spreads_from_contracts, sums


def test_sums_end_at_the_last_session_and_do_not_overlap():
    index = pd.date_range("2025-01-01", periods=12, name="date")
    frame = pd.DataFrame({"a": np.arange(12.0), "b": np.r_[np.ones(9), np.nan, 1, 1]}, index=index)
    blocks = sums(frame, 5)
    assert blocks["a"].tolist() == [2 + 3 + 4 + 5 + 6, 7 + 8 + 9 + 10 + 11]
    assert blocks["b"].isna().tolist() == [False, True]
    assert blocks.index.tolist() == [index[6], index[11]]


def test_fewer_sessions_than_a_block_give_no_sum():
    assert len(sums(pd.DataFrame({"a": [1.0, 2.0]}), 5)) == 0


def spreads(*rows):
    frame = pd.DataFrame(rows, columns=["date", "contract", "start", "end", "spread_bp"])
    return frame.astype(dict.fromkeys(("date", "start", "end"), "datetime64[ns]"))


DECEMBER = ("2024-12-18", "Z4-H5", "2024-12-20", "2025-03-21", 129.5)
MARCH = ("2024-12-18", "H5-M5", "2025-03-21", "2025-06-20", 99.3)


def test_the_headline_is_the_pair_that_starts_next():
    day = headline_spread(spreads(MARCH, DECEMBER)).iloc[0]
    assert (day["contract"], day["spread_bp"]) == ("Z4-H5", 129.5)


def test_the_december_pair_carries_the_turn_and_the_march_pair_does_not():
    day = headline_spread(spreads(DECEMBER, MARCH)).iloc[0]
    assert (day["ex_turn_contract"], day["ex_turn_bp"]) == ("H5-M5", 99.3)


def test_the_label_changes_on_the_day_a_pair_starts():
    later = [("2024-12-20", *DECEMBER[1:4], 130.0), ("2024-12-20", *MARCH[1:4], 98.0)]
    table = headline_spread(spreads(DECEMBER, MARCH, *later))
    assert table["contract"].tolist() == ["Z4-H5", "H5-M5"]
    assert table["spread_bp"].tolist() == [129.5, 98.0]


def test_a_headline_without_a_value_is_missing_and_no_other_pair_stands_in():
    day = headline_spread(spreads((*DECEMBER[:4], np.nan), MARCH)).iloc[0]
    assert day["contract"] == "Z4-H5"
    assert math.isnan(day["spread_bp"])
    assert day["ex_turn_bp"] == 99.3


def test_a_day_whose_pairs_have_all_started_has_no_headline():
    day = headline_spread(spreads(("2025-01-02", *DECEMBER[1:]))).iloc[0]
    assert day["contract"] is None
    assert day["ex_turn_contract"] is None
    assert math.isnan(day["spread_bp"])
    assert math.isnan(day["ex_turn_bp"])


def test_a_pair_ending_on_new_years_eve_does_not_span_the_turn():
    day = headline_spread(spreads(("2024-12-02", "a", "2024-12-20", "2024-12-31", 5.0))).iloc[0]
    assert day["ex_turn_bp"] == 5.0
    day = headline_spread(spreads(("2024-12-02", "a", "2024-12-31", "2025-01-01", 5.0))).iloc[0]
    assert math.isnan(day["ex_turn_bp"])


def contracts(**changed):
    columns = {
        "date": pd.to_datetime(["2021-12-01"] * 3),
        "contract": ["Z1", "H2", "M2"],
        "expiry": pd.to_datetime(["2021-12-17", "2022-03-18", "2022-06-17"]),
        "spot": [4513.04] * 3,
        "future": [4508.5, 4502.5, 4497.0],
        "dividends": [2.995319, 19.081932, 36.0],
        "rate": [0.0007956957, 0.0008736756, 0.0011],
    }
    return pd.DataFrame({**columns, **changed})


def test_neighbouring_futures_make_the_forward_pairs_of_a_day():
    frame = spreads_from_contracts(contracts().sample(frac=1, random_state=1))
    assert frame["contract"].tolist() == ["Z1-H2", "H2-M2"]
    assert frame["spread_bp"][0] == pytest.approx(79.5953, abs=5e-5)
    assert (frame["start"][0], frame["end"][0]) == (pd.Timestamp(2021, 12, 17), pd.Timestamp(2022, 3, 18))
    assert headline_spread(frame)["contract"].tolist() == ["Z1-H2"]


def test_a_future_without_a_price_makes_its_pairs_missing():
    assert spreads_from_contracts(contracts(future=[4508.5, np.nan, 4497.0]))["spread_bp"].isna().tolist() == [True, True]


def test_one_future_alone_makes_no_pair():
    assert len(spreads_from_contracts(contracts().head(1))) == 0


def test_a_future_that_is_not_above_zero_is_refused_by_name():
    with pytest.raises(DataError, match="Z1-H2 on 2021-12-01"):
        spreads_from_contracts(contracts(future=[-1.0, 4502.5, 4497.0]))


def test_a_spread_of_constant_maturity_is_one_contract_that_starts_anew_each_day():
    frame = spreads(("2024-12-17", "CM17", "2024-12-17", "2025-03-18", 110.0), ("2024-12-18", "CM18", "2024-12-18", "2025-03-19", 109.0))
    table = headline_spread(frame)
    assert table["contract"].tolist() == ["CM17", "CM17"]
    assert table["spread_bp"].tolist() == [110.0, 109.0]


def test_a_pair_that_is_named_anew_each_day_is_known_by_its_dates():
    frame = spreads(("2024-12-17", "a", *DECEMBER[2:4], 128.0), ("2024-12-18", "b", *DECEMBER[2:4], 129.5))
    assert headline_spread(frame)["contract"].tolist() == ["a", "a"]


def test_a_pair_has_started_on_its_own_first_day_and_is_not_of_constant_maturity():
    frame = spreads(DECEMBER, ("2024-12-20", *DECEMBER[1:]), ("2024-12-20", *MARCH[1:]))
    assert headline_spread(frame)["contract"].tolist() == ["Z4-H5", "H5-M5"]
