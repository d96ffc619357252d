"""The forms in which the CFTC publishes: a year's text in a .zip, the week's text without a header, the API's JSON, and folders of them."""

import csv
import json
import zipfile

import pytest

from xlsig.errors import DataError
from xlsig.sources.cftc import bundled, read_cftc
from xlsig.sources.opening import open_source

YEAR = bundled()[1]
PLACES = {
    0: "Market_and_Exchange_Names",
    2: "Report_Date_as_YYYY-MM-DD",
    3: "CFTC_Contract_Market_Code",
    11: "Asset_Mgr_Positions_Long_All",
    12: "Asset_Mgr_Positions_Short_All",
    14: "Lev_Money_Positions_Long_All",
    15: "Lev_Money_Positions_Short_All",
    81: "Contract_Units",
    82: "CFTC_Contract_Market_Code",
    85: "CFTC_SubGroup_Code",
    86: "FutOnly_or_Combined",
}
AS_PUBLISHED = (
    '"E-MINI S&P 500 - CHICAGO MERCANTILE EXCHANGE",250429,2025-04-29,13874A,CME ,00,138 , 2134084,  167266,  920807,   45811, 1109378,'
    "  279977,  146645,  150010,  399887,   62244,  207016,   73912,    4992, 1893362, 1934275,  240722,  199809,  -75572,  -12198,"
    "  -37299,    6596,   -7784,  -24066,   -6673,  -18589,  -20545,    -613,  -38881,    5832,   -1707,  -79849,  -78475,    4277,"
    "    2903,  100.0,    7.8,   43.1,    2.1,   52.0,   13.1,    6.9,    7.0,   18.7,    2.9,    9.7,    3.5,    0.2,   88.7,   90.6,"
    "   11.3,    9.4,    466,     24,     40,     21,    158,     61,     91,     61,     82,     61,     19,     18,      7,    337,"
    "    309,    10.6,    22.6,    18.9,    34.4,    10.3,    21.1,    18.4,    31.5,($50 X S&P 500 INDEX),13874A,CME ,138 ,F20,FutOnly"
)


def rows(path=YEAR):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def zipped(folder, content=None, name="fut_fin_txt_2025.zip", inside="FinFutYY.txt"):
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inside, YEAR.read_bytes() if content is None else content)
    return path


def of_the_api(told, all_at_the_end=False):
    """Rows as the public API gives them: lower-case names, text throughout, no name for what has no value."""
    for row in told:
        said = {}
        for name, cell in row.items():
            short = name.lower().replace("yyyy-mm-dd", "yyyy_mm_dd")
            said[short if all_at_the_end else short.removesuffix("_all")] = cell.strip()
        said["report_date_as_yyyy_mm_dd"] += "T00:00:00.000"
        yield {name: cell for name, cell in said.items() if cell != "."}


def weekly(told):
    """Rows as the weekly text has them: 87 columns in the order of the yearly file, and no header."""
    lines = []
    for row in told:
        date = row["Report_Date_as_YYYY-MM-DD"]
        cells = [row[PLACES[at]] if at in PLACES else "       0" for at in range(87)]
        cells[0], cells[1] = f'"{cells[0]}"', date[2:4] + date[5:7] + date[8:]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def refusal(*paths):
    with pytest.raises(DataError) as refused:
        read_cftc(paths)
    return str(refused.value)


def test_a_year_in_a_zip_is_the_year(tmp_path):
    path = zipped(tmp_path)
    found = read_cftc([path])
    assert found.flows.equals(read_cftc([YEAR]).flows)
    assert [origin.source for origin in found.provenance] == ["fut_fin_txt_2025.zip"]


def test_a_row_in_a_zip_is_named_by_both_files(tmp_path):
    text = YEAR.read_text("utf-8").replace("2025-04-29", "2025-04-31", 1)
    assert refusal(zipped(tmp_path, text)) == (
        "fut_fin_txt_2025.zip/FinFutYY.txt, row 2, column Report_Date_as_YYYY-MM-DD: not a date (found '2025-04-31')"
    )


def test_a_zip_that_unpacks_to_more_than_any_reports_is_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("FinFutYY.txt", "w") as packed:
        for _ in range(129):
            packed.write(b"0" * 1_000_000)
    assert refusal(path) == "bomb.zip: FinFutYY.txt in it is larger than 128,000,000 bytes, which no reports are"


def test_a_zip_that_holds_no_text_or_several_is_one_sentence(tmp_path):
    assert refusal(zipped(tmp_path, inside="FinFutYY.xls")) == (
        "fut_fin_txt_2025.zip: no text file in it, where a year's .zip of the CFTC holds one; unpack it and name the folder"
    )
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("a.txt", "1")
        archive.writestr("b.txt", "2")
    assert refusal(tmp_path / "both.zip").startswith("both.zip: 2 text files (a.txt, b.txt) in it")


def test_what_a_mac_adds_to_a_zip_is_passed_over(tmp_path):
    path = zipped(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/._FinFutYY.txt", b"\0")
    assert read_cftc([path]).as_of.isoformat() == "2025-04-29"


def test_a_damaged_zip_is_one_sentence(tmp_path):
    path = zipped(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(path).startswith("fut_fin_txt_2025.zip: the .zip cannot be unpacked (")


@pytest.mark.parametrize("all_at_the_end", [False, True])
def test_the_public_api_s_json_is_read(tmp_path, all_at_the_end):
    path = tmp_path / "gpe5-46if.json"
    path.write_text(json.dumps(list(of_the_api(rows(), all_at_the_end))), "utf-8")
    assert read_cftc([path]).flows.equals(read_cftc([YEAR]).flows)


def test_numbers_in_json_are_counts_too(tmp_path):
    told = list(of_the_api(rows()))
    for row in told:
        row["lev_money_positions_long"] = int(row["lev_money_positions_long"])
        row["lev_money_positions_short"] = float(row["lev_money_positions_short"])
    path = tmp_path / "api.json"
    path.write_text("\ufeff" + json.dumps(told), "utf-8")
    assert read_cftc([path]).flows.equals(read_cftc([YEAR]).flows)


def test_a_bad_cell_in_json_is_named_by_its_number_in_the_list(tmp_path):
    told = list(of_the_api(rows()))[:3]
    told[1]["lev_money_positions_long"] = "many"
    path = tmp_path / "api.json"
    path.write_text(json.dumps(told), "utf-8")
    assert refusal(path) == "api.json, row 2, column lev_money_positions_long: not a number of contracts (found 'many')"


def test_a_thousand_rows_of_the_api_are_not_all_of_them(tmp_path):
    path = tmp_path / "api.json"
    path.write_text(json.dumps((list(of_the_api(rows())) * 3)[:1000]), "utf-8")
    assert refusal(path) == (
        "api.json: exactly 1,000 rows, where the CFTC's public API stops if not asked for more: add $limit=50000 to the address"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"error": true, "message": "no such dataset"}', "JSON of another kind than the CFTC's public API gives"),
        ("[]", "JSON of another kind"),
        ('[["13874A", 5]]', "JSON of another kind"),
        ('[{"cftc_contract_market_code": ', "JSON that cannot be read ("),
        ('[{"date": "2025-01-07", "close": "5"}]', "not a Traders in Financial Futures file: it has no such column and lacks"),
        ("<!DOCTYPE html><html>404</html>", "a web page and not a report: the address led to no file, download it again"),
    ],
)
def test_what_is_no_report_is_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "api.json"
    path.write_text(content, "utf-8")
    said = refusal(path)
    assert sentence in said
    assert said.startswith("api.json")
    assert "\n" not in said


def test_the_week_s_text_without_a_header_is_read(tmp_path):
    path = tmp_path / "FinFutWk.txt"
    last = [row for row in rows() if row["Report_Date_as_YYYY-MM-DD"] == "2025-04-29"]
    path.write_text(weekly(last), "utf-8")
    found, whole = read_cftc([path]).flows, read_cftc([YEAR]).flows
    whole = whole[(whole["date"] == "2025-04-29") & whole["code"].isin(found["code"])]
    assert found["code"].nunique() == len(last)
    assert found["net_position"].to_list() == pytest.approx(whole["net_position"].to_list(), nan_ok=True)
    assert found["net_flow"].isna().all()


def test_a_week_as_it_was_published_is_read(tmp_path):
    path = tmp_path / "FinFutWk.txt"
    path.write_text(AS_PUBLISHED + "\r\n", "utf-8", newline="")
    flows = read_cftc([path]).flows
    assert dict(zip(flows["group"], flows["net_position"], strict=True)) == {
        "leveraged funds": (150010 - 399887) * 50,
        "asset managers": (1109378 - 279977) * 50,
    }


def test_the_week_s_text_goes_on_from_the_year_s(tmp_path):
    (tmp_path / "year.txt").write_text("".join(each for each in YEAR.open(encoding="utf-8") if ",2025-04-29," not in each), "utf-8")
    (tmp_path / "FinFutWk.txt").write_text(weekly(row for row in rows() if row["Report_Date_as_YYYY-MM-DD"] > "2025-04-15"), "utf-8")
    assert read_cftc([tmp_path]).flows.equals(read_cftc([YEAR]).flows)


def test_a_bad_cell_in_the_first_row_without_a_header_is_named(tmp_path):
    path = tmp_path / "FinFutWk.txt"
    path.write_text(AS_PUBLISHED.replace("  150010", "       x"), "utf-8")
    assert refusal(path) == "FinFutWk.txt, row 1, column Lev_Money_Positions_Long_All: not a number of contracts (found 'x')"


def test_a_text_without_a_header_in_another_shape_is_one_sentence(tmp_path):
    path = tmp_path / "deafut.txt"
    path.write_text(AS_PUBLISHED.rpartition(",")[0] + "\n", "utf-8")
    assert refusal(path) == ("deafut.txt, row 1: no header line and 86 columns, where the week's Traders in Financial Futures have 87")
    path.write_text(AS_PUBLISHED.replace(",F20,FutOnly", ",FutOnly,F20"), "utf-8")
    assert "no header line, and other columns than the yearly files have: columns 4 and 83 should hold the same code" in refusal(path)


def test_a_folder_stands_for_the_files_in_it(tmp_path):
    (tmp_path / "2022.TXT").write_bytes(bundled()[0].read_bytes())
    zipped(tmp_path)
    (tmp_path / "again.json").write_text(json.dumps(list(of_the_api(rows()))), "utf-8")
    (tmp_path / "notes.md").write_text("not a report")
    (tmp_path / ".hidden.txt").write_text("not a report")
    (tmp_path / "older.txt").mkdir()
    source = open_source(f"cftc:{tmp_path}")
    assert [path.name for path in source.files()] == ["2022.TXT", "again.json", "fut_fin_txt_2025.zip"]
    assert source.read().flows.equals(read_cftc(bundled()).flows)


def test_files_and_folders_are_read_together(tmp_path):
    zipped(tmp_path)
    assert open_source(f"cftc:{bundled()[0]}, {tmp_path}").read().flows.equals(read_cftc(bundled()).flows)


def test_a_folder_without_reports_is_one_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty") == "empty: no .txt, .csv, .zip or .json file in the folder"


def test_a_text_that_is_no_report_is_not_passed_over_in_a_folder(tmp_path):
    zipped(tmp_path)
    (tmp_path / "readme.txt").write_text("The reports of 2025")
    said = refusal(tmp_path)
    assert said.startswith("readme.txt, row 1, column cftc_contract_market_code: not a Traders in Financial Futures file")
    assert "\n" not in said


def test_the_counts_and_dates_of_the_oldest_years_are_read(tmp_path):
    """The file of 2006 to 2016 writes 1/3/2012 12:00:00 AM and 100.000000."""
    text = YEAR.read_text("utf-8").splitlines()
    header = text[0].replace("Report_Date_as_YYYY-MM-DD", "Report_Date_as_MM_DD_YYYY")
    old = next(csv.reader([next(each for each in text if ",2025-04-29,13874A," in each)]))
    old[1] = "4/29/2025 12:00:00 AM"
    old[3:7] = [f"{cell.strip()}.000000" for cell in old[3:7]]
    path = tmp_path / "F_TFF_2006_2016.txt"
    path.write_text(f"{header}\n{','.join(old)}\n", "utf-8")
    flows = read_cftc([path]).flows
    assert flows["net_position"].to_list() == [(150010 - 399887) * 50, (1109378 - 279977) * 50]
