"""Flows by home session: what is shut, what is carried, what is missing and what stopped. Every expectation is counted by hand."""

import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest

from xlsig.errors import SignalError
from xlsig.frames import taxonomy
from xlsig.frames.calendar import sessions
from xlsig.frames.daily import LEGS, Flows
from xlsig.frames.desk import DeskData
from xlsig.frames.schema import empty
from xlsig.frames.timetable import timetable_of

US, EU, JP, EM = "North America", "Europe", "Developed Asia", "Emerging Asia"
SINGLE, MACRO = "Single stocks", "Macro products"


def flows(*rows):
    """Rows of day, region, sector, product and what was bought; a day is a number in January 2025 or a date."""
    frame = pd.DataFrame([(*row[:4], row[4], 0.0, 0.0, 0.0) for row in rows], columns=["date", "region", "sector", "product", *LEGS])
    days = [f"2025-01-{day:02}" if isinstance(day, int) else day for day in frame["date"]]
    return frame.assign(date=pd.to_datetime(days)).astype(dict.fromkeys(LEGS, float))


def by_session(frame, **settings):
    desk = DeskData(frame, empty("spreads"), empty("prices"), None, None, (), **settings)
    return Flows(desk, timetable_of(desk))


def days(first, last):
    """The sessions of New York in January 2025 between two days."""
    return [day for day in (2, 3, 6, 7, 8, 10, 13, 14, 15, 16, 17) if first <= day <= last]


TWO_DAYS = flows((2, US, "Energy", SINGLE, 1), (2, EU, "Index", MACRO, 10), (3, US, "Energy", SINGLE, 4), (3, EU, "Index", MACRO, 20))


def test_net_is_buys_and_covers_less_sells_and_short_sales():
    frame = TWO_DAYS.assign(long_sells=[0, 3, 0, 0], short_sales=[5, 0, 0, 0], short_covers=[0, 0, 7, 0]).astype(dict.fromkeys(LEGS, float))
    table = by_session(frame).net_by("region")
    assert table[US].tolist() == [-4, 11]
    assert table[EU].tolist() == [7, 20]
    assert list(table.columns) == list(taxonomy.REGIONS)
    assert table.index.tolist() == [pd.Timestamp(2025, 1, 2), pd.Timestamp(2025, 1, 3)]


@pytest.mark.parametrize("absent", ["missing", "zero"])
def test_a_region_that_is_never_named_is_missing_and_not_flat(absent):
    assert by_session(TWO_DAYS, absent=absent).net_by("region")["EMEA"].isna().all()


def test_the_index_stands_beside_the_sectors_only_where_there_is_one():
    assert list(by_session(TWO_DAYS).net_by("sector").columns) == [*taxonomy.SECTORS, "Index"]
    assert list(by_session(TWO_DAYS).net_by("sector", region="NA").columns) == [*taxonomy.SECTORS, "Index"]
    assert list(by_session(TWO_DAYS[TWO_DAYS["sector"] != "Index"]).net_by("sector").columns) == list(taxonomy.SECTORS)


def test_totals_add_the_legs_of_the_world_or_of_a_region():
    first = by_session(TWO_DAYS).totals().iloc[0].to_dict()
    assert first == {"long_buys": 11, "long_sells": 0, "short_sales": 0, "short_covers": 0, "net": 11}
    assert by_session(TWO_DAYS).totals(region="US & Canada")["net"].tolist() == [1, 4]


def test_net_flows_that_the_desk_gives_are_taken_as_they_are():
    frame = TWO_DAYS.assign(net=[-1.0, -2.0, -3.0, -4.0], **dict.fromkeys(LEGS, np.nan))
    totals = by_session(frame).totals()
    assert totals["net"].tolist() == [-3, -7]
    assert totals["long_buys"].isna().all()


def test_a_missing_leg_makes_the_net_of_its_groups_missing():
    frame = TWO_DAYS.assign(long_buys=[1.0, np.nan, 0.0, 0.0])
    assert by_session(frame).net_by("product")[MACRO].isna().tolist() == [True, False]
    day = by_session(frame).totals().iloc[0]
    assert (math.isnan(day["net"]), math.isnan(day["long_buys"]), day["long_sells"]) == (True, True, 0)


def test_etf_and_futures_together_are_macro_products():
    frame = flows((2, US, "Index", "ETF", 1), (2, US, "Index", "Futures", 2), (3, US, "Index", "ETF", 1))
    table = by_session(frame).net_by("product")
    assert table[MACRO].iloc[0] == 3
    assert math.isnan(table[MACRO].iloc[1])
    assert table[SINGLE].isna().all()


def test_an_unknown_region_is_refused_by_name():
    with pytest.raises(SignalError, match="'Mars' is not a region"):
        by_session(TWO_DAYS).totals(region="Mars")


def test_an_entry_that_is_absent_makes_its_groups_missing_and_no_others():
    rows = [(day, region, "Energy", SINGLE, 1) for day in days(2, 7) for region in (US, EU)]
    found = by_session(flows(*rows, *((day, EU, "Index", MACRO, 1) for day in (2, 3, 6))))
    today = found.net_by("region").iloc[-1]
    assert (math.isnan(today[EU]), today[US]) == (True, 1)
    today = found.net_by("sector").iloc[-1]
    assert (math.isnan(today["Index"]), today["Energy"]) == (True, 2)
    assert math.isnan(found.totals()["net"].iloc[-1])


def stopped(absent, for_sessions, usual=30):
    """Europe's Energy goes on; its Utilities stop for the last sessions."""
    scheduled = sessions("XNYS", dt.date(2024, 10, 1), dt.date(2025, 1, 17))
    chosen = scheduled[-usual - for_sessions :].astype(str)
    rows = [(day, EU, "Energy", SINGLE, 1) for day in chosen]
    rows += [(day, EU, "Utilities", SINGLE, 1) for day in chosen[:usual]]
    return by_session(flows(*rows), absent=absent).net_by("region")[EU].tolist()[-for_sessions:]


def test_an_entry_that_stopped_stays_missing_for_as_long_as_it_is_away():
    assert all(map(math.isnan, stopped("missing", 1)))
    assert all(map(math.isnan, stopped("missing", 9)))


def test_where_absent_is_zero_a_gap_counts_nothing_until_its_sixth_session_makes_all_of_it_missing():
    assert stopped("zero", 5) == [1] * 5
    assert all(map(math.isnan, stopped("zero", 6)))


def test_an_entry_that_is_seldom_seen_is_not_missed():
    held = [f"2024-{month:02}-{day:02}" for month, day in ((11, 4), (11, 5), (11, 6), (11, 7), (11, 8), (11, 11), (11, 12))]
    rows = [(day, EU, "Energy", SINGLE, 1) for day in held]
    found = by_session(flows(*rows, (held[4], EU, "Utilities", SINGLE, 1))).net_by("region")[EU]
    assert found.tolist() == [1, 1, 1, 1, 2, 1, 1]


def test_an_entry_that_is_retired_is_missed_no_more():
    rows = [(day, EU, "Energy", SINGLE, 1) for day in days(2, 10)] + [(day, EU, "Index", MACRO, 1) for day in (2, 3)]
    for retired in ("Europe · Macro products", "Europe · Futures", "Europe · Index", "Europe · Index · Macro products"):
        assert by_session(flows(*rows), retired=(retired,)).net_by("region")[EU].tolist() == [2, 2, 1, 1, 1, 1]
    assert by_session(flows(*rows)).net_by("region")[EU].isna().tolist() == [False, False, True, True, True, True]


@pytest.mark.parametrize("absent", ["missing", "zero"])
def test_a_region_without_any_row_on_its_own_session_is_missing_and_so_is_the_world(absent):
    rows = [(day, region, "Energy", SINGLE, 1) for day in days(2, 7) for region in (US, EU) if (day, region) != (7, EU)]
    found = by_session(flows(*rows), absent=absent)
    assert math.isnan(found.net_by("region")[EU].iloc[-1])
    assert found.totals(US)["net"].tolist() == [1, 1, 1, 1]
    assert found.totals()["net"].isna().tolist() == [False, False, False, True]
    assert math.isnan(found.net_by("sector")["Energy"].iloc[-1])


def test_a_region_that_is_shut_counts_nothing_and_is_not_missing():
    rows = [(day, US, "Energy", SINGLE, 1) for day in ("2024-12-30", "2024-12-31", 2, 3, 6)]
    rows += [(day, JP, "Energy", SINGLE, 10) for day in ("2024-12-30", 6)]
    found = by_session(flows(*rows))
    assert found.totals()["net"].tolist() == [11, 1, 1, 1, 11]
    assert found.net_by("region")[JP].tolist() == [10, 0, 0, 0, 10]


def test_rows_of_a_region_that_is_shut_count_all_the_same():
    rows = [(day, US, "Energy", SINGLE, 1) for day in days(2, 6)] + [(3, JP, "Energy", SINGLE, 10), (6, JP, "Energy", SINGLE, 10)]
    assert by_session(flows(*rows)).totals()["net"].tolist() == [1, 11, 11]


def test_what_is_traded_elsewhere_on_a_home_holiday_counts_in_the_next_session():
    rows = [(day, US, "Energy", SINGLE, 1) for day in days(7, 10)] + [(day, EU, "Energy", SINGLE, 10) for day in (7, 8, 9, 10)]
    found = by_session(flows(*rows))
    assert found.index.day.tolist() == [7, 8, 10]
    assert found.totals()["net"].tolist() == [11, 11, 21]


def test_what_is_carried_is_no_row_of_the_session_that_it_is_carried_into():
    rows = [(day, US, "Energy", SINGLE, 1) for day in days(7, 10)] + [(day, EU, "Energy", SINGLE, 10) for day in (7, 8, 9)]
    assert math.isnan(by_session(flows(*rows)).totals()["net"].iloc[-1])


def test_rows_after_the_last_session_of_the_home_market_are_set_aside():
    rows = [(day, region, "Energy", SINGLE, 1) for day in days(2, 6) for region in (US, JP)]
    found = by_session(flows(*rows, (7, JP, "Energy", SINGLE, 99)))
    assert found.index.day.tolist() == [2, 3, 6]
    assert found.timetable.as_of == dt.date(2025, 1, 6)


def test_a_group_has_no_flow_before_its_first_row_and_the_world_has():
    rows = [(day, US, "Energy", SINGLE, 1) for day in days(2, 7)] + [(day, EU, "Energy", SINGLE, 1) for day in days(6, 7)]
    found = by_session(flows(*rows))
    assert found.net_by("region")[EU].isna().tolist() == [True, True, False, False]
    assert found.totals()["net"].tolist() == [1, 1, 2, 2]


def test_where_flows_end_before_the_last_session_nothing_is_known_of_it():
    frame = flows(*((day, region, "Energy", SINGLE, 1) for day in days(2, 3) for region in (US, JP)))
    prices = pd.DataFrame({"date": pd.to_datetime(["2025-01-03", "2025-01-06"]), "close": [1.0, 2.0]})
    desk = DeskData(frame, empty("spreads"), prices, None, None, ())
    table = Flows(desk, timetable_of(desk)).net_by("region")
    assert table[JP].isna().tolist() == [False, False, True]


def test_net_flows_by_group_agree_with_adding_row_by_row():
    rng = np.random.default_rng(7)
    entries = list(itertools.product(days(2, 17), (US, EU), (*taxonomy.SECTORS, "Index"), (MACRO, SINGLE)))
    frame = flows(*((*entry, float(rng.integers(0, 100))) for entry in entries if rng.random() > 0.04))
    frame.loc[5, "short_sales"] = np.nan
    found = by_session(frame)
    for by, region in itertools.product(("region", "sector", "product"), (None, EU)):
        table = found.net_by(by, region)
        kept = frame if region is None else frame[frame["region"] == region]
        at = ("region", "sector", "product").index(by)
        rows_of = {key: set(rows["date"]) for key, rows in kept.groupby(["region", "sector", "product"])}
        for number, date in enumerate(table.index):
            gone = set()
            for key, seen in rows_of.items():
                before = [past for past in table.index[:number] if past in seen]
                if before and date not in seen:
                    until = [past for past in table.index if past <= before[-1]]
                    if 2 * sum(past in seen for past in until) >= len(until):
                        gone.add(key[at])
            today = kept[kept["date"] == date]
            for name in table.columns:
                rows = today[today[by] == name]
                net = (rows["long_buys"] + rows["short_covers"] - rows["long_sells"] - rows["short_sales"]).sum(skipna=False)
                named = any(key[at] == name for key in rows_of)
                expected = math.nan if name in gone or not named else net
                assert table.loc[date, name] == pytest.approx(expected, nan_ok=True), (by, region, date, name)
