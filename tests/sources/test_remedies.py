"""Every refusal that an option mends names the option, and its lines, pasted into the configuration, make the file read."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from tests.sources.mended import DAYS, LEGS, assert_plain, csv, mended, plain, read, refused, write


def whole() -> pd.DataFrame:
    """The flows in whole numbers, some of them below 1000."""
    flows = plain()["flows"]
    return flows.assign(**{leg: flows[leg].round() for leg in LEGS})


def dotted(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")


def test_points_before_three_digits_beside_whole_numbers_may_part_thousands(tmp_path):
    (problem,), found = mended(write(tmp_path, flows=csv(whole(), dotted)))
    assert problem.message.endswith('can be read in two ways; declare decimal = "." or thousands = "."')
    assert_plain(found, flows=whole())
    other = problem.remedy.replace("thousands =", "#").replace("# decimal", "decimal")
    first = float(csv(whole(), dotted).splitlines()[1].split(",")[4])
    assert read(tmp_path, other).flows["long_buys"].iloc[0] == first


def test_a_comma_before_three_digits_between_semicolons_is_read_as_the_first_remedy_or_the_other(tmp_path):
    text = "date;close\n2025-01-02;1,234\n2025-01-03;1,250\n"
    (problem,), found = mended(write(tmp_path, prices=text))
    assert problem.message == '1,234 can be read in two ways; declare decimal = "," or thousands = ","'
    assert found.prices["close"].tolist() == [1.234, 1.25]
    assert read(tmp_path, '[prices]\nthousands = ","').prices["close"].tolist() == [1234, 1250]


@pytest.mark.parametrize(
    ("mark", "written"),
    [
        (",", lambda value: f"{value:,.2f}"),
        (";", lambda value: f"{value:,.2f}".translate(str.maketrans(",.", ".,"))),
        (",", lambda value: f"{value:,.2f}".replace(",", "'")),
        (",", lambda value: f"{value:,.2f}".replace(",", "’")),
        (";", lambda value: f"{value:,.2f}".replace(",", "\u202f").replace(".", ",")),
        (",", lambda value: f"{value:,.2f}".replace(",", " ")),
    ],
    ids=["comma", "point", "apostrophe", "typographic apostrophe", "narrow blank", "blank"],
)
def test_a_thousands_mark_is_declared(tmp_path, mark, written):
    problems, found = mended(write(tmp_path, flows=csv(plain()["flows"], written, mark)))
    (problem,) = problems
    assert problem.message.startswith("a number with a thousands mark; if that is how numbers are written here, declare thousands = ")
    cells = sum((plain()["flows"][leg] >= 1000).sum() for leg in LEGS)
    assert problem.message.endswith(f"; {cells:,} cells in 4 columns, this is the first")
    assert_plain(found)


def bracketed(value: float) -> str:
    return f"({-value:,.2f})" if value < 0 else f"{value:,.2f}"


def test_brackets_for_negatives_are_declared(tmp_path):
    (problem,), found = mended(write(tmp_path, spreads=csv(plain()["spreads"], bracketed)))
    negative = (plain()["spreads"]["spread_bp"] < 0).sum()
    assert problem.message == (
        'a number with brackets; if that is how numbers are written here, declare negatives = "brackets"; '
        f"{negative} cells, this is the first"
    )
    assert_plain(found)


def test_brackets_around_thousands_are_declared_together(tmp_path):
    spreads = plain()["spreads"]
    spreads["spread_bp"] *= 100
    _, found = mended(write(tmp_path, spreads=csv(spreads, bracketed)))
    assert_plain(found, spreads=spreads)


def test_a_percent_sign_is_declared_and_is_the_unit_of_its_cell(tmp_path):
    contracts, spreads = plain()["contracts"], plain()["spreads"]
    files = {
        "contracts": csv(contracts, lambda rate: f"{rate * 100:.3f}%", columns=["rate"]),
        "spreads": csv(spreads, lambda spread: f"{spread / 100:.4f} %"),
    }
    problems, found = mended(write(tmp_path, **files))
    assert [problem.remedy for problem in problems] == ["[spreads]\npercent = true", "[contracts]\npercent = true"]
    assert_plain(found)


def test_rates_in_percent_are_declared(tmp_path):
    contracts = plain()["contracts"]
    (problem,), found = mended(write(tmp_path, contracts=contracts.assign(rate=contracts["rate"] * 100)))
    assert (problem.code, problem.column, problem.row) == ("unit", "rate", 2)
    assert problem.message.startswith("a rate above 0.25: rates are decimals, such as 0.0432")
    assert problem.message.endswith("; 30 rows, this is the first")
    assert_plain(found)


def test_one_rate_in_percent_among_decimals_is_named_and_its_date_can_be_ignored(tmp_path):
    contracts = plain()["contracts"]
    contracts.loc[20, "rate"] *= 100
    (problem,), found = mended(write(tmp_path, contracts=contracts))
    assert (problem.code, problem.row) == ("unit", 22)
    beside = "just before it (0.04331) and just after it (0.04329)"
    assert problem.message == f"50 times or more the rate {beside}; correct it or ignore the date"
    assert_plain(found, contracts=plain()["contracts"].drop(20))


def test_a_last_rate_above_a_quarter_is_a_slip_where_the_others_are_decimals_and_the_unit_where_they_are_not(tmp_path):
    contracts = plain()["contracts"]
    contracts.loc[29, "rate"] *= 100
    (problem,), found = mended(write(tmp_path, contracts=contracts))
    assert problem.message == "50 times or more the rate just before it (0.04322); correct it or ignore the date"
    assert_plain(found, contracts=plain()["contracts"].drop(29))
    rising = plain()["contracts"].assign(rate=[0.05] * 10 + [0.2] * 10 + [0.4] * 10)
    (problem,), found = mended(write(tmp_path, contracts=rising))
    assert problem.remedy == '[contracts]\nunit = "percent"'
    assert_plain(found, contracts=rising.assign(rate=rising["rate"] / 100))


def test_a_rate_that_rises_over_weeks_is_no_fault(tmp_path):
    contracts = plain()["contracts"]
    contracts["rate"] = [0.0003] * 15 + [0.05] * 15
    assert read(write(tmp_path, contracts=contracts)).contracts["rate"].tolist() == contracts["rate"].tolist()


def test_spreads_in_percent_or_decimals_and_flows_in_thousands_are_declared(tmp_path):
    flows, spreads = plain()["flows"], plain()["spreads"]
    thousands = flows.assign(**{leg: flows[leg] / 1000 for leg in LEGS})
    write(tmp_path, flows=thousands, spreads=spreads.assign(spread_bp=spreads["spread_bp"] / 100))
    assert_plain(read(tmp_path, '[flows]\nscale = 1000\n[spreads]\nunit = "percent"'))
    write(tmp_path, flows=thousands, spreads=spreads.assign(spread_bp=spreads["spread_bp"] / 10_000))
    assert_plain(read(tmp_path, '[flows]\nscale = 1_000.0\n[spreads]\nunit = "decimal"'))


def test_names_that_are_not_known_are_one_message_each_with_the_nearest_to_paste(tmp_path):
    names = {"North America": "US", "Health Care": "Healthcare Eq.", "Energy": "Oil & Gas", "Single stocks": "Cash Shares"}
    problems, found = mended(write(tmp_path, flows=plain()["flows"].replace(names)))
    assert [(problem.row, problem.column, problem.value) for problem in problems] == [
        (2, "region", "US"),
        (2, "sector", "Oil & Gas"),
        (2, "product", "Cash Shares"),
        (3, "sector", "Healthcare Eq."),
    ]
    assert problems[0].message == "an unknown region in 90 rows, of which this is the first; the nearest known is North America"
    assert problems[0].remedy == '[flows.values.region]\nUS = "North America"  # or "ignore"'
    assert_plain(found)


def test_a_name_declared_to_be_ignored_leaves_its_rows_out_whatever_else_they_hold(tmp_path):
    flows = plain()["flows"]
    total = pd.DataFrame({"date": DAYS, "region": "World", "sector": "", "product": "Total"} | dict.fromkeys(LEGS, "see above"))
    text = csv(flows) + csv(total).partition("\n")[2]
    problems = refused(write(tmp_path, flows=text))
    assert '[flows.values.region]\nWorld = "ignore"' in {problem.remedy for problem in problems}
    assert_plain(read(tmp_path, '[flows.values.region]\nworld = "ignore"'))


def test_a_blank_sector_can_stand_for_the_index(tmp_path):
    (problem,), found = mended(write(tmp_path, flows=plain()["flows"].replace({"Index": ""})))
    assert problem.message == "this cell must have a value; 30 cells, this is the first"
    assert problem.remedy == '[flows.values.sector]\n"" = "Index"  # or "ignore"'
    assert_plain(found)


def test_several_names_declared_to_mean_one_are_added_up(tmp_path):
    flows = plain()["flows"]
    halves = {leg: flows[leg] / 2 for leg in LEGS}
    parts = [flows.assign(region=flows["region"].replace({"North America": name}), **halves) for name in ("US", "Canada")]
    both = pd.concat([parts[0], parts[1][parts[1]["region"] == "Canada"]])
    europe = both["region"] == "Europe"
    both.loc[europe, LEGS] *= 2
    problems, found = mended(write(tmp_path, flows=both))
    assert {problem.value for problem in problems} == {"US", "Canada"}
    assert_plain(found)


def test_gics_codes_are_sectors_as_text_and_as_numbers(tmp_path):
    coded = plain()["flows"].replace({"Energy": "10", "Health Care": "35"})
    assert_plain(read(write(tmp_path, flows=coded)))
    (tmp_path / "flows.csv").unlink()
    numbers = coded.assign(sector=[float(name) if name.isdigit() else name for name in coded["sector"]])
    numbers.to_excel(tmp_path / "flows.xlsx", index=False)
    assert_plain(read(tmp_path))


@pytest.mark.parametrize("name", ["", "Comment"])
def test_a_column_that_is_not_known_is_ignored_by_name(tmp_path, name):
    prices = plain()["prices"].assign(comment="quiet")
    (problem,), found = mended(write(tmp_path, prices=csv(prices).replace("comment", name)))
    assert problem.message == "prices has no such column; map it or list it under ignore"
    assert_plain(found)


def test_lists_that_are_pasted_keep_what_was_listed_before(tmp_path):
    prices = plain()["prices"].assign(Comment="quiet", Desk="A")
    (problem,), found = mended(write(tmp_path, prices=prices), '[prices]\nignore = ["Comment"]')
    assert problem.remedy == '[prices]\nignore = ["Comment", "Desk"]'
    assert_plain(found)


@pytest.mark.parametrize(("region", "first"), [("Asia", "ignore"), ("Nordics", "ignore"), ("Europ", "Europe"), ("US", "North America")])
def test_a_name_beside_the_one_it_may_belong_to_is_not_counted_twice_by_a_paste(tmp_path, region, first):
    asia = plain()["flows"].replace({"Europe": "Emerging Asia", "North America": "Europe"})
    more = asia[asia["region"] == "Europe"].assign(region=region)
    problems, _ = mended(write(tmp_path, flows=pd.concat([asia, more])))
    assert [problem.remedy.splitlines()[1].split(" = ")[1].split("  #")[0] for problem in problems] == [f'"{first}"']


def test_what_the_whole_file_is_about_is_declared_where_no_column_says_it(tmp_path):
    flows = plain()["flows"]
    america = flows[(flows["region"] == "North America") & (flows["sector"] == "Index")]
    (problem,), found = mended(write(tmp_path, flows=america.drop(columns=["region", "sector", "product"])))
    assert problem.remedy.splitlines()[1:3] == ['region = "North America"', 'sector = "Index"']
    assert_plain(found, flows=america.assign(product="Single stocks"))


def test_a_wide_table_whose_dates_have_no_heading_is_declared_at_once(tmp_path):
    america = plain()["flows"][plain()["flows"]["region"] == "North America"]
    (problem,), found = mended(write(tmp_path, flows=csv(wide(america, "sector")).removeprefix("date")))
    assert problem.remedy.endswith('[flows.columns]\ndate = ""')
    assert len(found.flows) == 90


@pytest.mark.parametrize("file", ["prices.xlsx", "prices.parquet"])
def test_a_time_of_day_that_says_nothing_is_declared(tmp_path, file):
    write(tmp_path).joinpath("prices.csv").unlink()
    save(plain()["prices"].assign(date=DAYS + pd.Timedelta(hours=16)), tmp_path / file)
    (problem,), found = mended(tmp_path)
    assert problem.message.startswith("a date is wanted, without a time of day")
    assert_plain(found)


def test_a_file_and_a_folder_that_are_mistyped_are_named_with_the_nearest(tmp_path):
    (problem,), found = mended(write(tmp_path), '[prices]\nfile = "price.csv"')
    assert problem.message == "there is no such file; did you mean 'prices.csv'?"
    assert_plain(found)
    (tmp_path / "exports").mkdir()
    (problem, *_) = refused(tmp_path, 'folder = "export"')
    assert problem.message == "there is no such folder; did you mean 'exports'?"


def test_an_empty_column_without_a_heading_is_passed_over(tmp_path):
    text = csv(plain()["prices"]).replace("\n", ",\n")
    assert_plain(read(write(tmp_path, prices=text)))


def test_columns_of_other_names_are_mapped_where_the_names_leave_little_doubt(tmp_path):
    headings = {
        "date": "Trade Date",
        "region": "Region",
        "sector": "GICS Sector",
        "product": "Product Type",
        "long_buys": "Buys (USD)",
        "long_sells": "Sells (USD)",
        "short_sales": "Short Sells (USD)",
        "short_covers": "Covers (USD)",
    }
    files = {"flows": plain()["flows"].rename(columns=headings), "prices": plain()["prices"].rename(columns={"close": "PX_LAST"})}
    problems, found = mended(write(tmp_path, **files))
    assert [problem.column for problem in problems] == ["date, sector, product, long_buys, long_sells, short_sales, short_covers", "close"]
    assert problems[0].message.startswith("the file has none of these columns; it has Trade Date, Region, GICS Sector")
    assert problems[1].remedy == '[prices.columns]\nclose = "PX_LAST"'
    assert_plain(found)


def test_columns_in_doubt_are_not_mapped_by_us(tmp_path):
    flows = plain()["flows"].rename(columns={"long_buys": "Value 1", "short_sales": "Value 2"})
    problems = refused(write(tmp_path, flows=flows))
    assert [problem.column for problem in problems] == ["long_buys, short_sales", "Value 1, Value 2"]
    assert problems[0].remedy == ""


def net(flows: pd.DataFrame) -> pd.Series:
    return flows["long_buys"] - flows["long_sells"] - flows["short_sales"] + flows["short_covers"]


def test_one_net_column_stands_for_the_four_legs(tmp_path):
    flows = plain()["flows"]
    found = read(write(tmp_path, flows=flows.assign(net=net(flows)).drop(columns=LEGS))).flows
    assert found["net"].to_numpy() == pytest.approx(net(flows.sort_values(["date"], kind="stable")).to_numpy())
    assert found[LEGS].isna().all().all()


def test_a_net_beside_the_legs_is_refused_and_one_is_ignored(tmp_path):
    flows = plain()["flows"]
    (problem,), found = mended(write(tmp_path, flows=flows.assign(net=net(flows))))
    assert problem.message.startswith("the file has 'net' and 'long_buys', 'long_sells', 'short_sales', 'short_covers', which say the same")
    assert_plain(found)
    assert "net" not in found.flows
    assert read(tmp_path, f"[flows]\nignore = {LEGS}").flows["net"].notna().all()


def wide(flows: pd.DataFrame, by: str) -> pd.DataFrame:
    return flows.assign(net=net(flows)).pivot_table(index="date", columns=by, values="net", aggfunc="sum").reset_index()


def test_a_table_of_dates_by_sectors_is_declared(tmp_path):
    america = plain()["flows"][plain()["flows"]["region"] == "North America"]
    (problem,), found = mended(write(tmp_path, flows=csv(wide(america, "sector"))))
    assert problem.message == "the headings are names, not columns: if this is a table of dates by names, declare its layout"
    assert set(found.flows["region"]) == {"North America"}
    assert set(found.flows["product"]) == {"Single stocks"}
    shown = found.flows.pivot_table(index="date", columns="sector", values="net")
    assert list(shown.index) == list(DAYS)
    assert shown.to_numpy() == pytest.approx(wide(america, "sector").set_index("date")[list(shown.columns)].to_numpy(), abs=0.005)


def test_a_table_of_dates_by_regions_is_declared_too_and_its_cells_are_named_by_their_heading(tmp_path):
    text = csv(wide(plain()["flows"], "region"))
    toml = '[flows]\nlayout = "dates by regions"\nsector = "Index"\nproduct = "ETF"\nregion = "Europe"'
    assert len(read(write(tmp_path, flows=text), toml).flows) == 60
    lines = text.splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[1], "closed")
    (problem,) = refused(write(tmp_path, flows="\n".join(lines)), toml)
    assert (problem.row, problem.column, problem.value) == (4, "Europe", "closed")
    lines[4] = lines[4].replace(lines[4].split(",")[0], "soon")
    assert [problem.column for problem in refused(write(tmp_path, flows="\n".join(lines)), toml)] == ["Europe", "date"]


def test_a_wide_table_says_what_is_not_declared_of_it(tmp_path):
    america = plain()["flows"][plain()["flows"]["region"] == "North America"]
    (problem,), found = mended(write(tmp_path, flows=csv(wide(america, "sector"))), '[flows]\nlayout = "dates by sectors"\nregion = "NA"')
    assert problem.message == "a table with a column for each sector does not say its product; declare product"
    assert len(found.flows) == 90


def test_a_column_that_is_the_same_in_every_row_may_be_declared_instead(tmp_path):
    flows = plain()["flows"][plain()["flows"]["region"] == "Europe"]
    found = read(write(tmp_path, flows=flows.drop(columns=["region", "product"])), '[flows]\nregion = "EU"\nproduct = "stocks"')
    assert_plain(found, flows=flows)


HEAD = "Report,HF flows\nAs of,2025-01-03\n\n"


def test_a_header_further_down_is_named_and_declared(tmp_path):
    (problem,), found = mended(write(tmp_path, prices=HEAD + csv(plain()["prices"])))
    assert (problem.row, problem.remedy) == (1, "[prices]\nheader_row = 4")
    assert problem.message.startswith("the header does not stand here but in row 4 (date, close")
    assert_plain(found)


def test_a_header_further_down_in_the_vendor_s_words_is_declared_and_mapped_at_once(tmp_path):
    prices = plain()["prices"].rename(columns={"date": "Date", "close": "PX_LAST"}).astype(object)
    rows = [["Security", "SPX Index"], ["Start Date", "18/11/2024"], [None, None], list(prices.columns), *prices.to_numpy().tolist()]
    pd.DataFrame(rows).to_excel(tmp_path / "prices.xlsx", index=False, header=False)
    (problem,), found = mended(write(tmp_path, prices__xlsx=(tmp_path / "prices.xlsx").read_bytes()))
    assert problem.remedy == '[prices]\nheader_row = 4\n[prices.columns]\nclose = "PX_LAST"'
    assert_plain(found)


@pytest.mark.parametrize("footer", ["Total,12\nSource: desk,\n", "\nTotal\nend of report\n", ",\n,99\n"])
def test_rows_below_the_table_are_declared(tmp_path, footer):
    (problem,), found = mended(write(tmp_path, prices=csv(plain()["prices"]) + footer))
    assert problem.remedy.startswith("[prices]\nskip_footer = ")
    assert_plain(found)


def test_a_row_number_that_holds_nothing_is_said(tmp_path):
    (problem,) = refused(write(tmp_path), "[prices]\nheader_row = 99")
    assert problem.message == "header_row = 99 is empty or beyond the end; the last row with anything in it is 31"


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("%d/%m/%Y", 'date_format = "%d/%m/%Y"'),
        ("%m/%d/%Y", 'date_format = "%m/%d/%Y"'),
        ("%d.%m.%y", 'date_format = "%d.%m.%y"'),
        ("%d-%b-%y", 'date_format = "%d-%b-%y"'),
        ("%Y-%m-%d 16:00:00", 'date_format = "%Y-%m-%d %H:%M:%S"'),
        ("%b %d, %Y", 'date_format = "%b %d, %Y"'),
    ],
)
def test_dates_are_read_in_the_one_format_that_all_of_them_have(tmp_path, written, remedy):
    prices = plain()["prices"].assign(date=DAYS.strftime(written))
    (problem,), found = mended(write(tmp_path, prices=prices))
    assert (problem.column, problem.remedy) == ("date", f"[prices]\n{remedy}")
    assert problem.message.endswith("; 30 cells, this is the first")
    assert_plain(found)


def test_dates_that_two_formats_fit_are_read_by_the_one_that_is_declared(tmp_path):
    days = pd.DatetimeIndex(["2025-01-02", "2025-02-01"])
    prices = pd.DataFrame({"date": days.strftime("%d/%m/%Y"), "close": [5.0, 6.0]})
    (problem,), found = mended(write(tmp_path, prices=prices))
    assert problem.remedy.splitlines()[1:] == [
        'date_format = "%d/%m/%Y"  # 02/01/2025 is 2025-01-02',
        '# date_format = "%m/%d/%Y"  # 02/01/2025 is 2025-02-01',
    ]
    assert found.prices["date"].tolist() == list(days)


def serials() -> list[int]:
    return [(day.date() - dt.date(1899, 12, 30)).days for day in DAYS]


@pytest.mark.parametrize("file", ["prices.csv", "prices.xlsx", "prices.parquet"])
def test_serial_numbers_are_dates_when_declared(tmp_path, file):
    write(tmp_path).joinpath("prices.csv").unlink()
    save(plain()["prices"].assign(date=serials()), tmp_path / file)
    (problem,), found = mended(tmp_path)
    assert problem.remedy == '[prices]\ndate_format = "excel"'
    assert_plain(found)


def save(frame: pd.DataFrame, path) -> None:
    {".csv": frame.to_csv, ".xlsx": frame.to_excel, ".parquet": frame.to_parquet}[path.suffix](path, index=False)


@pytest.mark.parametrize("file", ["prices.csv", "prices.xlsx", "prices.parquet"])
def test_dates_without_marks_are_read_as_text_and_as_numbers(tmp_path, file):
    write(tmp_path).joinpath("prices.csv").unlink()
    save(plain()["prices"].assign(date=[int(day) for day in DAYS.strftime("%Y%m%d")]), tmp_path / file)
    assert_plain(read(tmp_path))
    assert_plain(read(tmp_path, '[prices]\ndate_format = "%Y%m%d"'))


@pytest.mark.parametrize("word", ["n.a.", "-", "NULL", "#DIV/0!"])
def test_words_without_a_value_are_declared(tmp_path, word):
    prices = plain()["prices"].astype({"close": object})
    prices.loc[[3, 5], "close"] = word
    (problem,), found = mended(write(tmp_path, prices=prices))
    assert problem.remedy == f'[prices]\nmissing = ["{word}"]'
    assert found.prices["close"].isna().sum() == 2


def test_a_price_of_zero_that_means_none_is_declared(tmp_path):
    prices = plain()["prices"]
    prices.loc[3, "close"] = 0
    (problem,), found = mended(write(tmp_path, prices=csv(prices)))
    assert problem.remedy == '[prices]\nmissing = ["0.00"]'
    assert found.prices["close"].isna().tolist().index(True) == 3
    (tmp_path / "prices.csv").unlink()
    prices.to_excel(tmp_path / "prices.xlsx", index=False)
    assert mended(tmp_path)[1].prices["close"].isna().sum() == 1


def test_numbers_stored_as_text_are_read_when_their_mark_is_declared(tmp_path):
    write(tmp_path).joinpath("prices.csv").unlink()
    prices = plain()["prices"]
    for written, option in (("{:.2f}".format, 'decimal = "."'), ("{:,.2f}".format, 'thousands = ","')):
        prices.assign(close=prices["close"].map(written)).to_excel(tmp_path / "prices.xlsx", index=False)
        (problem,), found = mended(tmp_path)
        assert problem.remedy == f"[prices]\n{option}"
        assert_plain(found)


def test_a_column_of_flags_that_says_something_else_can_be_ignored(tmp_path):
    (problem,), found = mended(write(tmp_path, flows=plain()["flows"].assign(is_final="official")))
    assert problem.message == "not TRUE or FALSE; 150 cells, this is the first"
    assert_plain(found)


def test_what_separates_the_columns_is_declared_where_it_is_not_clear(tmp_path):
    (problem,) = refused(write(tmp_path, prices="date;close,x\n2025-01-02;1,2\n"))
    assert problem.remedy.splitlines() == ["[prices]", 'delimiter = ","  # comma', '# delimiter = ";"  # semicolon']
    mapping = '[prices.columns]\nclose = "close,x"'
    assert read(tmp_path, f'[prices]\ndelimiter = ";"\ndecimal = ","\n{mapping}').prices["close"].tolist() == [1.2]


def test_text_in_another_encoding_is_declared(tmp_path):
    prices = plain()["prices"].rename(columns={"close": "Schlußkurs"})
    (problem,) = refused(write(tmp_path, prices=csv(prices).encode("cp1252")))
    assert problem.remedy == '[prices]\nencoding = "cp1252"'
    assert_plain(read(tmp_path, f'{problem.remedy}\n[prices.columns]\nclose = "Schlußkurs"'))


def test_a_sheet_is_declared_where_none_has_the_frame_s_name(tmp_path):
    write(tmp_path).joinpath("prices.csv").unlink()
    with pd.ExcelWriter(tmp_path / "prices.xlsx") as book:
        plain()["prices"].to_excel(book, sheet_name="SPX prices", index=False)
        plain()["spreads"].to_excel(book, sheet_name="Notes", index=False)
    (problem,), found = mended(tmp_path)
    assert problem.remedy.splitlines()[1].startswith('sheet = "SPX prices"')
    assert_plain(found)


def test_one_of_two_files_is_declared(tmp_path):
    write(tmp_path)
    save(plain()["prices"], tmp_path / "prices.parquet")
    (problem,), found = mended(tmp_path)
    assert problem.message == "several files for prices: prices.csv, prices.parquet"
    assert_plain(found)


def test_a_date_far_from_all_others_is_named_and_can_be_ignored(tmp_path):
    prices = plain()["prices"]
    prices.loc[29, "date"] = pd.Timestamp("2025-12-27")
    (problem,), found = mended(write(tmp_path, prices=prices))
    assert (problem.code, problem.file, problem.row, problem.value) == ("lone_date", "prices.csv", 31, "2025-12-27")
    assert_plain(found, prices=prices.iloc[:29])
    assert_plain(read(tmp_path, '[prices]\nignore_dates = ["2025-12-27"]'), prices=prices.iloc[:29])


@pytest.mark.parametrize("days", [pd.date_range("2020-01-31", periods=20, freq="QE"), pd.DatetimeIndex(["2020-01-02", "2025-01-03"])])
def test_rows_that_are_all_far_apart_are_not_lone(tmp_path, days):
    prices = pd.DataFrame({"date": days, "close": 5.0})
    assert len(read(write(tmp_path, prices=prices)).prices) == len(days)


def test_events_may_lie_far_apart(tmp_path):
    days = [*pd.date_range("2024-01-02", periods=20), pd.Timestamp("2026-01-05")]
    assert len(read(write(tmp_path, events=pd.DataFrame({"date": days}))).events) == 21


def test_spreads_of_constant_maturity_have_one_label_and_are_read_by_their_dates(tmp_path):
    spreads = plain()["spreads"]
    expected = spreads.assign(contract="91 days", start=DAYS, end=DAYS + pd.Timedelta(days=91))
    (problem,), found = mended(write(tmp_path, spreads=spreads[["date", "spread_bp"]]))
    assert problem.remedy.startswith("[spreads]\ntenor = 91")
    assert_plain(found, spreads=expected)
    named = expected.assign(contract=[f"CM {day:%m%d}" for day in DAYS])
    assert_plain(read(write(tmp_path, spreads=named), "[spreads]\ntenor = 91"), spreads=expected)
    strip = pd.concat([expected, expected.assign(contract="30 days", end=DAYS + pd.Timedelta(days=30), spread_bp=0.0)])
    assert_plain(read(write(tmp_path, spreads=strip), "[spreads]\ntenor = 91"), spreads=expected)


def test_a_tenor_that_no_spread_has_is_refused(tmp_path):
    (problem,) = refused(write(tmp_path), "[spreads]\ntenor = 30")
    assert problem.message == "no spread of the file begins on its date or later and runs 30 days; correct tenor"


def test_a_pair_that_is_named_anew_each_day_is_called_by_its_dates(tmp_path):
    spreads = plain()["spreads"]
    anew = spreads.assign(contract=[f"H5-M5 {day:%m%d}" for day in DAYS])
    assert_plain(read(write(tmp_path, spreads=anew)), spreads=spreads.assign(contract="2025-03-21/2025-06-20"))


def test_two_rows_of_one_key_are_one_problem_with_its_count(tmp_path):
    prices = pd.concat([plain()["prices"], plain()["prices"].iloc[:3]])
    (problem,) = refused(write(tmp_path, prices=prices))
    assert (problem.code, problem.row, problem.message) == ("duplicate", 32, "the same key as row 2; 3 rows, this is the first")


def test_a_formula_without_its_value_is_not_taken_for_a_blank(tmp_path):
    write(tmp_path).joinpath("prices.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["date", "close", "note"])
    for number, row in enumerate(plain()["prices"].itertuples(index=False), start=2):
        sheet.append([row.date.to_pydatetime(), row.close if number < 30 else f"=2*{row.close}", f"=A{number}"])
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "prices.xlsx").write_bytes(stream.getvalue())
    (problem,) = refused(tmp_path, '[prices]\nignore = ["note"]')
    assert (problem.row, problem.column) == (30, "close")
    assert problem.message == (
        "a formula whose value is not in the file; open the workbook in Excel and save it; 2 cells, this is the first"
    )
