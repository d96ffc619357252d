import csv
import datetime as dt
import hashlib
import io
import math
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from xlsig.errors import DataError
from xlsig.frames.calendar import fomc_dates
from xlsig.sources.cftc import CftcData, bundled, published, read_cftc
from xlsig.sources.opening import open_source
from xlsig.sources.reports import CONTRACTS, dollars_per_point

HEADER = (
    "Market_and_Exchange_Names,Report_Date_as_YYYY-MM-DD,CFTC_Contract_Market_Code,Asset_Mgr_Positions_Long_All,"
    "Asset_Mgr_Positions_Short_All,Lev_Money_Positions_Long_All,Lev_Money_Positions_Short_All,Contract_Units,FutOnly_or_Combined"
)
S5 = "(S&P 500 INDEX X $50.00)"


@pytest.fixture(scope="module")
def real() -> CftcData:
    return read_cftc(bundled())


def line(date, long, short, code="13874A", units=S5, basis="FutOnly", managers="   10,    5"):
    return f"E-MINI S&P 500 - CHICAGO MERCANTILE EXCHANGE,{date},{code} ,{managers},  {long},   {short},{units},{basis}"


def written(folder, *lines, header=HEADER, name="tff.csv"):
    path = folder / name
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def series(data, code="13874A", group="leveraged funds", column="net_flow"):
    rows = data.flows[(data.flows["code"] == code) & (data.flows["group"] == group)]
    return dict(zip(rows["date"].dt.strftime("%Y-%m-%d"), rows[column], strict=True))


def refusal(*paths, **options):
    with pytest.raises(DataError) as refused:
        read_cftc(paths, **options)
    return str(refused.value)


def by_hand():
    """Leveraged funds' net of the E-mini S&P 500, times $50, straight from the files."""
    net = {}
    for path in bundled():
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8"))):
            if row["CFTC_Contract_Market_Code"].strip() == "13874A":
                contracts = int(row["Lev_Money_Positions_Long_All"]) - int(row["Lev_Money_Positions_Short_All"])
                net[row["Report_Date_as_YYYY-MM-DD"]] = 50.0 * contracts
    return dict(sorted(net.items()))


def test_positions_and_weekly_flows_are_those_of_the_published_files(real):
    net = by_hand()
    assert len(net) == 69
    assert series(real, column="net_position") == net
    flows, dates = series(real), list(net)
    for before, after in pairwise(dates):
        if after != "2025-01-07":
            assert flows[after] == net[after] - net[before]


def test_a_gap_of_two_years_is_not_a_flow(real):
    assert real.flows.loc[real.flows["date"] == "2025-01-07", "net_flow"].isna().all()
    assert real.missing[0] == (
        "No report between 2022-12-27 and 2025-01-07: 2023 and 2024 are missing; the change between the two is not a flow, and since-dates "
        "and z-scores pass over it"
    )


def test_health_care_and_industrials_are_missing_in_2025_and_not_zero(real):
    for code, name in (("13874E", "Health Care"), ("13874F", "Industrials")):
        positions = series(real, code, column="net_position")
        assert all(math.isnan(value) for date, value in positions.items() if date >= "2025")
        assert any(
            sentence.startswith(name) and f"({code})" in sentence and "2025-01-07 to 2025-04-29" in sentence for sentence in real.missing
        )


def test_a_known_contract_that_no_file_holds_is_named():
    told = read_cftc(bundled()[1:]).missing
    assert "Health Care (E-mini S&P sector) (13874E): no report in 17 of 17 weeks: 2025-01-07 to 2025-04-29" in told


def without(folder, *weeks):
    """The shipped file of 2025 without the reports of these weeks."""
    lines = bundled()[1].read_text("utf-8").splitlines(keepends=True)
    path = folder / "holes.csv"
    path.write_text("".join(each for each in lines if not any(f",{week}," in each for week in weeks)), "utf-8")
    return path


def test_a_week_without_any_report_is_a_row_without_values(tmp_path):
    whole, holed = read_cftc(bundled()[1:]), read_cftc([without(tmp_path, "2025-04-15")])
    before, after = series(whole), series(holed)
    assert list(after) == list(before)
    assert {date for date in after if math.isnan(after[date]) and not math.isnan(before[date])} == {"2025-04-15", "2025-04-22"}
    assert all(after[date] == before[date] for date in after if not math.isnan(after[date]))
    assert holed.flows.loc[holed.flows["date"] == "2025-04-15", ["net_position", "net_flow"]].isna().all(axis=None)
    assert holed.missing[0] == (
        "No report of any contract in the week of 2025-04-15: the flow of that week and of the next are unknown, "
        "and so is a streak that reaches over it"
    )


def test_several_weeks_without_a_report_are_one_sentence(tmp_path):
    holed = read_cftc([without(tmp_path, "2025-02-04", "2025-04-08", "2025-04-15")])
    assert holed.missing[0].startswith("No report of any contract in 3 weeks of 2025-02-04, 2025-04-08 to 2025-04-15: the flows of those")
    assert "Health Care (E-mini S&P sector) (13874E): no report in 14 of 14 weeks" in " ".join(holed.missing)


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [
        ("2024-12-24", "2025-01-07", ["2024-12-31"]),
        ("2024-12-17", "2024-12-30", ["2024-12-24"]),
        ("2024-12-30", "2025-01-14", ["2025-01-07"]),
        ("2024-12-30", "2025-01-13", ["2025-01-07"]),
        ("2025-01-07", "2025-02-04", ["2025-01-14", "2025-01-21", "2025-01-28"]),
        ("2022-12-27", "2024-01-02", []),
        ("2023-01-10", "2023-01-19", []),
    ],
)
def test_the_rows_of_a_hole_are_the_tuesdays_between_and_a_lost_year_has_none(tmp_path, first, second, between):
    data = read_cftc([written(tmp_path, line(first, 100, 40), line(second, 90, 60))])
    flows = series(data)
    assert list(flows) == [first, *between, second]
    assert all(math.isnan(flow) for flow in flows.values())


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("2022-12-27", "2024-01-02", "No report between 2022-12-27 and 2024-01-02: 2023 is missing; "),
        ("2020-12-29", "2025-01-07", "No report between 2020-12-29 and 2025-01-07: 2021, 2022, 2023 and 2024 are missing; "),
        ("2023-01-10", "2023-01-19", "The reports of 2023-01-10 and 2023-01-19 are 9 days apart: their change is not a week's flow"),
    ],
)
def test_what_lies_between_two_reports_is_named(tmp_path, first, second, sentence):
    assert read_cftc([written(tmp_path, line(first, 100, 40), line(second, 90, 60))]).missing[0].startswith(sentence)


def test_a_contract_absent_for_a_week_has_no_flow_in_that_week_nor_in_the_next(real):
    flows, positions = series(real, "13874U"), series(real, "13874U", column="net_position")
    assert math.isnan(positions["2022-03-22"])
    assert [math.isnan(flows[date]) for date in ("2022-03-15", "2022-03-22", "2022-03-29", "2022-04-05")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_every_contract_and_group_has_a_row_for_every_report(real):
    sizes = real.flows.groupby(["code", "group"]).size()
    assert set(sizes) == {69}
    assert set(real.flows["group"]) == {"leveraged funds", "asset managers"}
    assert list(real.flows.columns) == ["date", "code", "contract", "group", "net_position", "net_flow"]


def test_an_index_stands_for_its_contracts_the_consolidated_first(real):
    assert real.indices == {
        "S&P 500": ("13874+", "13874A", "13874U"),
        "Nasdaq-100": ("20974+", "209742", "209747"),
        "DJIA": ("12460+", "124603"),
        "Russell 2000": ("239742", "239747"),
        "S&P MidCap 400": ("33874A",),
        "Nikkei 225": ("240741", "240743"),
        "MSCI EAFE": ("244041",),
        "MSCI Emerging Markets": ("244042",),
    }


def test_public_positions_are_labelled_a_proxy(real):
    assert [origin.kind for origin in real.provenance] == ["public proxy (CFTC TFF futures only: weekly positions, not trades)"] * 2
    assert [origin.rows for origin in real.provenance] == [1154, 435]
    assert real.provenance[0].sha256 == hashlib.sha256(bundled()[0].read_bytes()).hexdigest()
    assert (real.unit, real.as_of) == ("US dollars per index point", dt.date(2025, 4, 29))


def test_a_relabelled_unit_is_not_a_sale(tmp_path):
    path = written(
        tmp_path,
        line("2023-04-25", 1000, 400, "13874+", "(S&P 500 INDEX X $250.00)"),
        line("2023-05-02", 5100, 2000, "13874+", "(S&P 500 INDEX X $50.00)"),
    )
    assert series(read_cftc([path]), "13874+") == {"2023-04-25": pytest.approx(math.nan, nan_ok=True), "2023-05-02": 5000.0}


@pytest.mark.parametrize(
    ("code", "units", "dollars"),
    [
        ("13874+", "(S&P 500 INDEX X $250.00)", 250),
        ("12460+", "($10 X DJIA INDEX)", 10),
        ("20974+", "(NASDAQ 100 INDEX X $100)", 100),
        ("13874P", "($250 x S&P Select Sector Communication Index)", 250),
        ("1170E1", "($1,000 X INDEX)", 1000),
        ("239747", "(RUSSEL 2000 INDEX X $0.5)", 5),
        ("240743", "(NIKKEI INDEX X JPY 500)", None),
        ("043602", "($100,000 FACE VALUE)", None),
    ],
)
def test_the_unit_is_what_the_row_states(code, units, dollars):
    assert dollars_per_point(code, units) == dollars


def test_every_unit_in_the_real_files_is_read_but_the_yen(real):
    told = [sentence for sentence in real.missing if "counted in" in sentence]
    assert len(told) == 1
    assert "(240743): counted in (NIKKEI INDEX X JPY 500)" in told[0]
    assert real.flows.loc[real.flows["code"] == "240743", "net_position"].isna().all()


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [("2024-12-24", "2024-12-30", 6), ("2024-12-31", "2025-01-07", 7), ("2024-12-30", "2025-01-07", 8)],
)
def test_a_monday_report_still_makes_a_week(tmp_path, first, second, days):
    path = written(tmp_path, line(first, 100, 40), line(second, 90, 60))
    assert (dt.date.fromisoformat(second) - dt.date.fromisoformat(first)).days == days
    assert series(read_cftc([path]))[second] == (30 - 60) * 50


@pytest.mark.parametrize("second", ["2025-01-12", "2025-01-16", "2025-01-21"])
def test_reports_five_or_nine_days_apart_make_no_flow(tmp_path, second):
    path = written(tmp_path, line("2025-01-07", 100, 40), line(second, 90, 60))
    assert math.isnan(series(read_cftc([path]))[second])


def test_a_point_is_no_value(tmp_path):
    path = written(tmp_path, line("2025-01-07", 100, 40), line("2025-01-14", ".", 60), line("2025-01-21", 100, 60))
    assert [math.isnan(value) for value in series(read_cftc([path])).values()] == [True, True, True]
    assert series(read_cftc([path]), group="asset managers")["2025-01-14"] == 0.0


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace("YYYY-MM-DD", "MM_DD_YYYY"),
        HEADER.lower().replace("yyyy-mm-dd", "yyyy_mm_dd"),
        HEADER.lower().replace("yyyy-mm-dd", "yyyy_mm_dd").replace("_all", ""),
    ],
)
@pytest.mark.parametrize("date", ["2025-01-07", "2025-01-07T00:00:00.000", "01/07/2025", "1/7/2025 12:00:00 AM"])
def test_every_spelling_of_header_and_date_says_the_same(tmp_path, header, date):
    data = read_cftc([written(tmp_path, line(date, 100, 40), header=header)])
    assert series(data, column="net_position") == {"2025-01-07": 3000.0}


def test_combined_positions_are_read_and_never_mixed_with_futures_only(tmp_path):
    combined = written(tmp_path, line("2025-01-07", 100, 40, basis="Combined"), name="combined.csv")
    futures = written(tmp_path, line("2025-01-14", 100, 40), name="futures.csv")
    assert "futures and options combined" in read_cftc([combined]).provenance[0].kind
    message = refusal(futures, combined)
    assert message == ("combined.csv: positions of two kinds cannot be put together: futures and options combined and futures only")


def test_other_markets_are_passed_over(tmp_path):
    header = HEADER + ",CFTC_SubGroup_Code"
    euro = "EURO FX - CME,2025-01-07,099741 ,1,2,3,4,(CONTRACTS OF EUR 125000),FutOnly,F10"
    path = written(tmp_path, line("2025-01-07", 100, 40) + ",F20", euro, header=header)
    assert set(read_cftc([path]).flows["code"]) == {"13874A"}
    assert "there is no equity contract in the file" in refusal(written(tmp_path, euro, header=header))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("2025-13-07", "1", "2"), "tff.csv, row 2, column Report_Date_as_YYYY-MM-DD: not a date (found '2025-13-07')"),
        (
            ("2025-01-07", "many", "2"),
            "tff.csv, row 2, column Lev_Money_Positions_Long_All: not a number of contracts (found 'many')",
        ),
    ],
)
def test_a_bad_cell_is_one_sentence_with_file_row_column_and_value(tmp_path, cells, message):
    assert refusal(written(tmp_path, line(*cells))) == message


def test_a_report_that_is_in_two_files_is_one(tmp_path):
    year = written(tmp_path, line("2025-01-07", 1, 2), line("2025-01-14", 3, 2), name="year.csv")
    week = written(tmp_path, line("2025-01-14", "3.0", 2, units="($50 X S&P 500 INDEX)"), line("2025-01-21", 3, 9), name="week.csv")
    data = read_cftc([year, week])
    assert series(data, column="net_position") == {"2025-01-07": -50.0, "2025-01-14": 50.0, "2025-01-21": -300.0}
    assert [origin.rows for origin in data.provenance] == [2, 2]
    assert series(read_cftc([year, year]), column="net_position") == {"2025-01-07": -50.0, "2025-01-14": 50.0}


def test_a_report_that_two_files_tell_differently_names_both(tmp_path):
    first = written(tmp_path, line("2025-01-07", 1, 2), line("2025-01-14", 1, 2), name="a.csv")
    second = written(tmp_path, line("2025-01-21", 1, 2), line("2025-01-07", 2, 3), name="b.csv")
    assert refusal(first, second) == (
        "b.csv, row 3, column CFTC_Contract_Market_Code: other positions than in a.csv, row 2, for the same contract and date: "
        "leave one of the two files out (found '13874A, 2025-01-07')"
    )
    third = written(tmp_path, line("2025-01-14", 9, 2), line("2025-01-07", 1, 3), name="c.csv")
    assert "c.csv, row 2, column CFTC_Contract_Market_Code: other positions than in a.csv, row 3" in refusal(first, third)
    assert "the first of 2 such rows: leave one" in refusal(first, third)
    assert "other positions than in d.csv, row 2, for the same contract and date: take one of the rows out" in refusal(
        written(tmp_path, line("2025-01-07", 1, 2), line("2025-01-07", 5, 2), name="d.csv")
    )


def test_a_fault_in_many_rows_is_one_sentence(tmp_path):
    path = written(tmp_path, line("2025-01-07", 1, 2), line("2025-01-14", "x", 2), line("2025-01-21", 1, 2), line("2025-01-28", "y", 2))
    assert refusal(path) == (
        "tff.csv, row 3, column Lev_Money_Positions_Long_All: not a number of contracts, the first of 2 such rows (found 'x')"
    )


def test_what_is_wrong_with_several_files_is_said_together(tmp_path):
    first = written(tmp_path, line("2025-01-07", "x", 2), name="a.csv")
    second = written(tmp_path, "2025-01-07,5", header="date,close", name="b.csv")
    said = refusal(first, second, tmp_path / "c.csv").splitlines()
    assert [sentence.partition(",")[0].partition(":")[0] for sentence in said] == ["a.csv", "b.csv", "c.csv"]


def test_a_file_of_another_kind_is_refused_by_its_first_missing_column(tmp_path):
    path = written(tmp_path, "2025-01-07,5", header="date,close")
    assert "column cftc_contract_market_code: not a Traders in Financial Futures file" in refusal(path)


def test_a_report_is_public_on_friday_afternoon_in_new_york():
    expected = dt.datetime(2025, 1, 3, 20, 30, tzinfo=dt.UTC)
    assert published(dt.date(2024, 12, 31)) == expected
    assert published(dt.date(2024, 12, 30)) == expected
    assert published(dt.date(2025, 7, 1)).astimezone(dt.UTC).hour == 19


def test_nothing_is_known_before_it_is_published():
    files = bundled()
    assert read_cftc(files, as_of=dt.date(2025, 4, 24)).as_of == dt.date(2025, 4, 15)
    assert read_cftc(files, as_of=dt.date(2025, 4, 25)).as_of == dt.date(2025, 4, 22)
    friday = dt.datetime(2025, 4, 25, 15, 29, tzinfo=ZoneInfo("America/New_York"))
    assert read_cftc(files, as_of=friday).as_of == dt.date(2025, 4, 15)
    assert read_cftc(files, as_of=friday + dt.timedelta(minutes=1)).as_of == dt.date(2025, 4, 22)
    assert "no report in the files had been published by then" in refusal(*files, as_of=dt.date(2022, 1, 6))


def test_the_command_line_names_files_after_cftc(real):
    found = open_source("cftc:" + ",".join(map(str, bundled()))).read()
    assert found.flows.equals(real.flows)


def test_sector_contracts_are_called_by_their_sector():
    assert CONTRACTS["138748"].startswith("Consumer Staples")
    assert len([name for name in CONTRACTS.values() if "sector" in name]) == 9


def test_the_committees_dates_come_with_the_package():
    dates = fomc_dates()
    assert dt.date(2024, 12, 18) in dates
    assert list(dates) == sorted(set(dates))
    assert set(dates) - set(fomc_dates(scheduled_only=True)) == {dt.date(2020, 3, 3), dt.date(2020, 3, 15)}


def test_what_a_file_does_not_say_is_not_taken_for_futures_only(tmp_path):
    path = written(tmp_path, line("2025-01-07", 1, 2, basis=""))
    assert "CFTC TFF of unstated kind" in read_cftc([path]).provenance[0].kind
    assert "neither FutOnly nor Combined (found 'Both')" in refusal(written(tmp_path, line("2025-01-07", 1, 2, basis="Both")))


@pytest.mark.parametrize("date", ["next week", "02/30/2025"])
def test_a_date_that_is_none_is_refused(tmp_path, date):
    assert f"not a date (found '{date}')" in refusal(written(tmp_path, line(date, 1, 2)))
