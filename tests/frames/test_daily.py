import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest

from xlsig.errors import DataError, SignalError
from xlsig.frames import taxonomy
from xlsig.frames.daily import headline_spread, net_by, spreads_from_contracts, sums, totals
from xlsig.frames.desk import DeskData, Provenance

LEGS = ["long_buys", "long_sells", "short_sales", "short_covers"]


def flows(*rows):
    """Rows of day, region, sector, product and the four legs."""
    frame = pd.DataFrame(rows, columns=["date", "region", "sector", "product", *LEGS])
    return frame.assign(date=pd.to_datetime([f"2025-01-{day:02}" for day in frame["date"]]))


def desk(frame, absent="missing"):
    spreads = pd.DataFrame({"date": pd.to_datetime(["2025-01-08"])})
    return DeskData(frame, spreads, spreads, None, None, (Provenance("x", dt.date(2025, 1, 8), 1, "", "desk data"),), absent)


TWO_DAYS = flows(
    (2, "North America", "Energy", "Single stocks", 1, 2, 3, 4),
    (2, "Europe", "Index", "Macro products", 10, 0, 0, 0),
    (3, "North America", "Energy", "Single stocks", 0, 0, 5, 0),
    (3, "Europe", "Index", "Macro products", 0, 20, 0, 0),
)


def test_net_is_buys_and_covers_less_sells_and_short_sales():
    table = net_by(TWO_DAYS, "region")
    assert table["North America"].tolist() == [0, -5]
    assert table["Europe"].tolist() == [10, -20]
    assert list(table.columns) == list(taxonomy.REGIONS)
    assert table.index.tolist() == [pd.Timestamp(2025, 1, 2), pd.Timestamp(2025, 1, 3)]


def test_a_region_that_is_not_listed_is_missing_and_not_flat():
    assert net_by(TWO_DAYS, "region")["EMEA"].isna().all()
    assert net_by(TWO_DAYS, "region", absent="zero")["EMEA"].isna().all()


def test_the_index_stands_beside_the_sectors_only_where_there_is_one():
    assert list(net_by(TWO_DAYS, "sector").columns) == [*taxonomy.SECTORS, "Index"]
    assert list(net_by(TWO_DAYS, "sector", region="NA").columns) == [*taxonomy.SECTORS, "Index"]
    assert list(net_by(TWO_DAYS[TWO_DAYS["sector"] != "Index"], "sector").columns) == list(taxonomy.SECTORS)


def test_totals_add_the_legs_of_the_world_or_of_a_region():
    assert totals(TWO_DAYS).iloc[0].to_dict() == {
        "long_buys": 11, "long_sells": 2, "short_sales": 3, "short_covers": 4, "net": 10
    }  # fmt: skip
    assert totals(TWO_DAYS, region="US & Canada")["net"].tolist() == [0, -5]


def test_an_entry_that_is_absent_today_makes_its_groups_missing():
    frame = flows(
        (2, "Europe", "Energy", "Single stocks", 1, 0, 0, 0),
        (2, "Europe", "Index", "Macro products", 1, 0, 0, 0),
        (2, "EMEA", "Energy", "Single stocks", 1, 0, 0, 0),
        (3, "Europe", "Energy", "Single stocks", 1, 0, 0, 0),
        (3, "EMEA", "Energy", "Single stocks", 1, 0, 0, 0),
    )
    assert math.isnan(totals(frame)["net"].iloc[1])
    assert totals(frame, region="EMEA")["net"].tolist() == [1, 1]
    regions, sectors = net_by(frame, "region").iloc[1], net_by(frame, "sector").iloc[1]
    assert (math.isnan(regions["Europe"]), regions["EMEA"]) == (True, 1)
    assert (math.isnan(sectors["Index"]), sectors["Energy"]) == (True, 2)


def test_an_absent_entry_is_zero_where_the_desk_says_so():
    frame = TWO_DAYS.iloc[[0, 1, 2]]
    assert net_by(desk(frame, "zero"), "region")["Europe"].tolist() == [10, 0]
    assert totals(desk(frame, "zero"))["net"].tolist() == [10, -5]
    assert math.isnan(net_by(desk(frame), "region")["Europe"].iloc[1])


def test_a_holiday_of_one_region_leaves_its_row_missing():
    frame = flows(
        (2, "Developed Asia", "Energy", "Single stocks", 1, 0, 0, 0),
        (2, "Europe", "Energy", "Single stocks", 1, 0, 0, 0),
        (3, "Europe", "Energy", "Single stocks", 1, 0, 0, 0),
        (6, "Developed Asia", "Energy", "Single stocks", 1, 0, 0, 0),
        (6, "Europe", "Energy", "Single stocks", 1, 0, 0, 0),
    )
    asia = totals(frame, region="Developed Asia")["net"]
    assert asia.isna().tolist() == [False, True, False]
    assert net_by(frame, "region")["Europe"].tolist() == [1, 1, 1]


def test_a_missing_leg_makes_the_net_of_its_groups_missing():
    frame = TWO_DAYS.assign(long_buys=[1.0, np.nan, 0.0, 0.0])
    assert net_by(frame, "product")["Macro products"].isna().tolist() == [True, False]
    day = totals(frame).iloc[0]
    assert (math.isnan(day["net"]), math.isnan(day["long_buys"]), day["long_sells"]) == (True, True, 2)


def test_etf_and_futures_together_are_macro_products():
    frame = flows(
        (2, "Europe", "Index", "ETF", 1, 0, 0, 0),
        (2, "Europe", "Index", "Futures", 2, 0, 0, 0),
        (3, "Europe", "Index", "ETF", 1, 0, 0, 0),
    )
    table = net_by(frame, "product")
    assert table["Macro products"].iloc[0] == 3
    assert math.isnan(table["Macro products"].iloc[1])
    assert table["Single stocks"].isna().all()


def test_net_flows_by_group_agree_with_adding_row_by_row():
    rng = np.random.default_rng(7)
    products = ("Macro products", "Single stocks")
    entries = list(itertools.product(range(2, 9), taxonomy.REGIONS, (*taxonomy.SECTORS, "Index"), products))
    frame = flows(*((*entry, *rng.integers(0, 100, 4)) for entry in entries if rng.random() > 0.02))
    frame.loc[5, "short_sales"] = np.nan
    for by, region in itertools.product(("region", "sector", "product"), (None, "Europe")):
        table = net_by(frame, by, region)
        kept = frame if region is None else frame[frame["region"] == region]
        before: set[tuple[str, str, str]] = set()
        for date in table.index:
            today = kept[kept["date"] == date]
            keys = set(zip(today["region"], today["sector"], today["product"], strict=True))
            at = ("region", "sector", "product").index(by)
            gone = {key[at] for key in before - keys}
            for name in table.columns:
                rows = today[today[by] == name]
                net = (rows["long_buys"] + rows["short_covers"] - rows["long_sells"] - rows["short_sales"]).sum(skipna=False)
                expected = math.nan if name in gone or rows.empty else net
                assert table.loc[date, name] == pytest.approx(expected, nan_ok=True)
            before = keys


def test_an_unknown_region_is_refused_by_name():
    with pytest.raises(SignalError, match="'Mars' is not a region"):
        totals(TWO_DAYS, region="Mars")


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


def test_the_desk_is_as_of_its_last_session():
    assert desk(TWO_DAYS).as_of == dt.date(2025, 1, 8)
