import datetime as dt

import pandas as pd
import pytest

from xlsig.errors import DataError
from xlsig.frames.desk import Declared, Raw, from_pandas
from xlsig.frames.schema import check

FLOWS = ("date", "region", "sector", "product", "long_buys", "long_sells", "short_sales", "short_covers")
GOOD = ("2025-01-03", "NA", "XLV", "ETF", "1", "2", "3", "4")


def text(header, *rows, file="flows.csv", delimiter=","):
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * len(header)
    return Raw(file, header, columns, range(2, len(rows) + 2), text=True, delimiter=delimiter)


def refusal(name, raw, **declared):
    with pytest.raises(DataError) as refused:
        check(name, raw, Declared(**declared))
    return str(refused.value)


def changed(**cells):
    return tuple(cells.get(name, cell) for name, cell in zip(FLOWS, GOOD, strict=True))


def test_a_good_file_comes_out_typed_and_under_canonical_names():
    frame = check("flows", text(FLOWS, GOOD))
    row = frame.iloc[0]
    assert (row["region"], row["sector"], row["product"]) == ("North America", "Health Care", "Macro products")
    assert row["date"] == pd.Timestamp(2025, 1, 3)
    assert [row[leg] for leg in FLOWS[4:]] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"sector": "Helth Care"},
            "flows.csv, row 2, column sector: an unknown sector; the nearest known is Health Care (found 'Helth Care')\n"
            '    [flows.values.sector]\n    "Helth Care" = "Health Care"  # or "ignore"',
        ),
        (
            {"region": "Mars"},
            "flows.csv, row 2, column region: an unknown region; known are North America, Europe, Developed Asia, Emerging Asia, EMEA, "
            "Latin America (found 'Mars')\n    [flows.values.region]\n    Mars = \"ignore\"",
        ),
        (
            {"product": "Bond"},
            "flows.csv, row 2, column product: an unknown product; known are Macro products, Single stocks (found 'Bond')\n"
            '    [flows.values.product]\n    Bond = "ignore"',
        ),
        ({"short_sales": "-3"}, "flows.csv, row 2, column short_sales: a negative number (found '-3')"),
        (
            {"sector": ""},
            'flows.csv, row 2, column sector: this cell must have a value\n    [flows.values.sector]\n    "" = "Index"  # or "ignore"',
        ),
        (
            {"long_buys": "many"},
            "flows.csv, row 2, column long_buys: text in a number column (the decimal mark is '.') (found 'many')\n"
            '    [flows]\n    missing = ["many"]',
        ),
        (
            {"date": "01/02/2025"},
            "flows.csv, row 2, column date: the order of day, month and year is ambiguous; "
            "declare date_format, such as %d/%m/%Y (found '01/02/2025')\n    [flows]\n"
            '    date_format = "%d/%m/%Y"  # 01/02/2025 is 2025-02-01\n    # date_format = "%m/%d/%Y"  # 01/02/2025 is 2025-01-02',
        ),
        ({"date": "2025-02-30"}, "flows.csv, row 2, column date: there is no such day (found '2025-02-30')"),
        ({"long_buys": "1e999"}, "flows.csv, row 2, column long_buys: not a finite number (found '1e999')"),
    ],
)
def test_one_bad_cell_is_one_sentence_with_file_row_column_and_value(cells, message):
    assert refusal("flows", text(FLOWS, changed(**cells))) == message


def test_a_duplicate_names_both_rows():
    other = changed(date="2025-01-02")
    message = refusal("flows", text(FLOWS, GOOD, other, changed(region="US & Canada", product="etf")))
    assert message.startswith("flows.csv, row 4, column date, region, sector, product: the same key as row 2")
    assert "2025-01-03, North America, Health Care" in message


def problems(name, raw, **declared):
    with pytest.raises(DataError) as refused:
        check(name, raw, Declared(**declared))
    return refused.value.problems


def test_a_kind_of_fault_is_one_problem_with_its_count_and_first_place():
    rows = [changed(date=f"2025-01-{day:02}", long_buys="x", short_sales="-1", sector="Crypto") for day in range(1, 16)]
    found = problems("flows", text(FLOWS, *rows))
    assert {(problem.row, problem.column, problem.value) for problem in found} == {
        (2, "sector", "Crypto"),
        (2, "long_buys", "x"),
        (2, "short_sales", "-1"),
    }
    said = {problem.column: problem.message for problem in found}
    assert said["sector"].startswith("an unknown sector in 15 rows, of which this is the first; known are Energy,")
    assert said["long_buys"] == "text in a number column (the decimal mark is '.'); 15 cells, this is the first"
    assert said["short_sales"] == "a negative number; 15 cells, this is the first"


def test_problems_are_told_in_the_order_of_the_file_and_counted_over_columns():
    rows = [changed(), changed(date="2025-01-06", long_sells="-1"), changed(date="2025-01-07", short_sales="-2"), changed(date="never")]
    assert [(problem.row, problem.column, problem.message) for problem in problems("flows", text(FLOWS, *rows))] == [
        (3, "long_sells", "a negative number; 2 cells in 2 columns, this is the first"),
        (5, "date", "not a date; write 2025-01-03 or declare date_format"),
    ]


def test_more_than_twenty_problems_are_counted():
    rows = [changed(date=f"2025-01-{day:02}", sector=f"Crypto {day}") for day in range(1, 26)]
    with pytest.raises(DataError) as refused:
        check("flows", text(FLOWS, *rows))
    assert len(refused.value.problems) == 25
    assert str(refused.value).endswith("… and 5 more")


def test_an_unknown_column_is_refused_by_name_unless_ignored():
    raw = text((*FLOWS, "Comment"), (*GOOD, "quiet"))
    assert "row 1, column Comment: flows has no such column" in refusal("flows", raw)
    assert len(check("flows", raw, Declared(ignore=("comment",)))) == 1


def test_a_missing_column_is_refused_by_name():
    message = refusal("prices", text(("date", "PX"), ("2025-01-03", "5")))
    assert "column close: the file has no such column; it has date, PX" in message


def test_a_mapped_column_is_read_and_named_as_in_the_file():
    header = ("Trade Date", "PX")
    mapped = {"date": "trade date", "close": "PX"}
    assert check("prices", text(header, ("2025-01-03", "5.5")), Declared(columns=mapped))["close"].tolist() == [5.5]
    assert "column PX: a number above 0 is wanted (found '0')" in refusal("prices", text(header, ("2025-01-03", "0")), columns=mapped)
    assert "the configuration maps a column that prices does not have" in refusal(
        "prices", text(("date", "close"), ("2025-01-03", "5")), columns={"open": "o"}
    )


def test_a_column_twice_is_refused():
    assert "two columns have this name" in refusal("prices", text(("date", "close", "Close"), ("2025-01-03", "5", "6")))


def test_a_header_alone_is_refused():
    assert refusal("prices", text(("date", "close"), file="p.csv")) == "p.csv, row 1: there is a header but no row below it"


def test_a_blank_number_is_missing_and_never_zero():
    frame = check("flows", text(FLOWS, changed(long_buys="", short_sales="#N/A N/A")))
    assert frame[["long_buys", "short_sales"]].isna().all().all()


def test_na_is_north_america_and_not_missing():
    assert check("flows", text(FLOWS, GOOD))["region"].tolist() == ["North America"]


def test_words_for_missing_can_be_declared():
    raw = text(("date", "close"), ("2025-01-02", "n.a."), ("2025-01-03", "5"))
    assert "text in a number column" in refusal("prices", raw)
    assert check("prices", raw, Declared(missing=("n.a.",)))["close"].isna().tolist() == [True, False]


@pytest.mark.parametrize("written", ["2025-01-03", "2025-01-03T00:00:00.000", "20250103", "3 Jan 2025", "03-January-2025", "2025/1/3"])
def test_an_unambiguous_date_needs_no_format(written):
    assert check("prices", text(("date", "close"), (written, "5")))["date"][0] == pd.Timestamp(2025, 1, 3)


def test_an_ambiguous_date_is_read_as_declared():
    raw = text(("date", "close"), ("01/02/2025", "5"))
    assert check("prices", raw, Declared(date_format="%d/%m/%Y"))["date"][0] == pd.Timestamp(2025, 2, 1)
    assert check("prices", raw, Declared(date_format="%m/%d/%Y"))["date"][0] == pd.Timestamp(2025, 1, 2)


def test_serials_are_dates_only_when_declared():
    raw = Raw("p.xlsx", ("date", "close"), ([45660.0], [5.0]), [2])
    assert 'declare date_format = "excel"' in refusal("prices", raw)
    assert check("prices", raw, Declared(date_format="excel"))["date"][0] == pd.Timestamp(2025, 1, 3)
    assert "not the serial number of a day" in refusal(
        "prices", Raw("p.xlsx", ("date", "close"), ([45660.5], [5.0]), [2]), date_format="excel"
    )


def test_a_time_of_day_is_not_a_date():
    raw = Raw("p.xlsx", ("date", "close"), ([dt.datetime(2025, 1, 3, 16)], [5.0]), [2])
    assert "without a time of day" in refusal("prices", raw)


@pytest.mark.parametrize("cell", ["5", True, dt.date(2025, 1, 3), "#DIV/0!"])
def test_only_a_number_is_a_number_where_cells_have_types(cell):
    raw = Raw("p.xlsx", ("date", "close"), ([dt.date(2025, 1, 3)], [cell]), [7])
    message = refusal("prices", raw)
    assert message.startswith("p.xlsx, row 7, column close: ")
    assert repr(str(cell)) in message


@pytest.mark.parametrize(("cells", "values"), [(("1,5", "2,25"), [1.5, 2.25]), (("1.5", "2.250"), [1.5, 2.25]), (("15", "20"), [15, 20])])
def test_the_decimal_mark_is_read_where_the_numbers_show_it(cells, values):
    rows = [(f"2025-01-0{day}", cell) for day, cell in enumerate(cells, start=2)]
    assert check("prices", text(("date", "close"), *rows, delimiter=";"))["close"].tolist() == values


def test_a_number_that_can_be_read_in_two_ways_needs_a_declared_mark():
    raw = text(("date", "close"), ("2025-01-03", "1,234"), delimiter=";")
    assert "1,234 can be read in two ways; declare decimal" in refusal("prices", raw)
    assert check("prices", raw, Declared(decimal=","))["close"].tolist() == [1.234]
    mixed = text(("date", "close"), ("2025-01-02", "1,5"), ("2025-01-03", "1.5"), delimiter=";")
    assert "both , and . stand as decimal marks" in refusal("prices", mixed)


def test_a_point_is_the_mark_where_commas_part_the_columns():
    assert check("prices", text(("date", "close"), ("2025-01-03", "1.234")))["close"].tolist() == [1.234]


def test_a_spread_must_end_after_it_starts():
    header = ("date", "contract", "start", "end", "spread_bp")
    row = ("2025-01-03", "H5/M5", "2025-06-20", "2025-06-20", "40")
    assert "column end: end must be after start (2025-06-20) (found '2025-06-20')" in refusal("spreads", text(header, row))


def test_a_pair_may_stand_once_a_day_by_name_and_by_dates():
    header = ("date", "contract", "start", "end", "spread_bp")
    row = ("2025-01-03", "H5/M5", "2025-03-21", "2025-06-20", "40")
    assert refusal("spreads", text(header, row, row)).count("the same key as row 2") == 1
    assert "date, start, end: the same key" in refusal("spreads", text(header, row, ("2025-01-03", "other", *row[2:])))


def test_a_contract_cannot_have_expired_and_its_rate_is_a_decimal():
    header = ("date", "contract", "expiry", "spot", "future", "dividends", "rate")
    row = ("2025-01-03", "H5", "2025-01-02", "5900", "5950", "1", "4.32")
    message = refusal("contracts", text(header, row))
    assert "rates are decimals, such as 0.0432, unless another unit is declared (found '4.32')" in message
    assert "expiry must be on or after date (2025-01-03)" in message


def test_rows_come_out_in_the_order_of_the_key():
    rows = [changed(date="2025-01-03"), changed(date="2025-01-02", region="LatAm"), changed(date="2025-01-02", sector="XLE")]
    frame = check("flows", text(FLOWS, *rows))
    assert frame["region"].tolist() == ["North America", "Latin America", "North America"]
    assert frame["date"].is_monotonic_increasing


def test_products_that_a_desk_keeps_apart_stay_apart():
    frame = check("flows", text(FLOWS, changed(product="ETF"), changed(product="Futures"), changed(product="stocks")))
    assert sorted(frame["product"]) == ["ETF", "Futures", "Single stocks"]


def test_a_data_frame_is_checked_like_a_file():
    frame = pd.DataFrame({"date": pd.to_datetime(["2025-01-03", "2025-01-02"]), "close": [5, None]})
    checked = check("prices", from_pandas(frame, "prices.parquet"))
    assert checked["close"].isna().tolist() == [True, False]
    frame["close"] = ["5", "6"]
    with pytest.raises(DataError, match=r"prices\.parquet, row 2, column close: text in a number column"):
        check("prices", from_pandas(frame, "prices.parquet"))


def test_whether_a_row_is_final_is_true_false_or_unknown():
    raw = text((*FLOWS, "is_final"), (*GOOD, "TRUE"), (*changed(date="2025-01-06"), ""), (*changed(date="2025-01-07"), "0"))
    assert check("flows", raw)["is_final"].tolist() == [True, pd.NA, False]
    assert "not TRUE or FALSE (found 'maybe')" in refusal("flows", text((*FLOWS, "is_final"), (*GOOD, "maybe")))


@pytest.mark.parametrize(
    ("written", "date_format", "message"),
    [
        ("1812-06-24", None, "dates run from 1950-01-01 to 2100-12-31 (found '1812-06-24')"),
        ("2025-01-03", "%d/%m/%Y", "not a date in the declared format %d/%m/%Y (found '2025-01-03')"),
        ("3 Janvier 2025", None, "not a date; write 2025-01-03 or declare date_format (found '3 Janvier 2025')"),
        ("yesterday", None, "not a date; write 2025-01-03 or declare date_format (found 'yesterday')"),
    ],
)
def test_what_is_no_date_is_refused(written, date_format, message):
    raw = text(("date", "close"), (written, "5"), file="p.csv")
    assert refusal("prices", raw, date_format=date_format).splitlines()[0] == f"p.csv, row 2, column date: {message}"


def test_a_number_is_no_name():
    raw = Raw("p.xlsx", FLOWS, tuple([cell] for cell in (dt.date(2025, 1, 3), 5.0, "HC", "ETF", 1.0, 2.0, 3.0, 4.0)), [2])
    assert refusal("flows", raw) == "p.xlsx, row 2, column region: text is wanted here (found '5.0')"


def test_rows_whose_key_cannot_be_read_are_not_called_duplicates():
    (only,) = problems("flows", text(FLOWS, changed(sector=""), changed(sector="")))
    assert (only.row, only.column, only.code) == (2, "sector", "unread")
    assert only.message == "this cell must have a value; 2 cells, this is the first"
