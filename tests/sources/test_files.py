import datetime as dt
import hashlib
import sys

import pandas as pd
import pytest

from tests.sources.desk_files import CONTRACTS, FLOWS, PRICES, SPREADS, excel, typed, write_desk
from xlsig.errors import DataError
from xlsig.frames.desk import Absent, Declared, from_pandas
from xlsig.frames.schema import FRAMES, check, empty
from xlsig.frames.timetable import timetable_of
from xlsig.sources import file_bytes
from xlsig.sources.config import Config, FileRules, read_config
from xlsig.sources.delimited import read_delimited
from xlsig.sources.files import read_desk, read_frame
from xlsig.sources.opening import open_source


def refusal(read, *arguments):
    with pytest.raises(DataError) as refused:
        read(*arguments)
    return str(refused.value)


def desk(folder):
    return read_desk(Config(folder))


def configured(folder, text):
    path = folder / "desk.toml"
    path.write_text(text, encoding="utf-8")
    return read_desk(read_config(path))


def test_a_folder_of_csv_files_is_a_desk(tmp_path):
    found = desk(write_desk(tmp_path))
    assert found.flows["long_buys"].tolist() == [1, 10, 1.5, 0]
    assert found.spreads["spread_bp"].tolist() == [101.5, 99.3]
    assert found.prices["close"].tolist() == [5873.40, 5881.20]
    assert (found.contracts, found.squeeze, found.absent) == (None, None, "missing")
    assert timetable_of(found).as_of == dt.date(2025, 1, 3)


def test_every_frame_says_where_it_came_from(tmp_path):
    found = desk(write_desk(tmp_path)).provenance
    assert [origin.source for origin in found] == ["flows.csv", "spreads.csv", "prices.csv"]
    assert [origin.rows for origin in found] == [4, 2, 2]
    assert found[0].sha256 == hashlib.sha256(FLOWS.encode()).hexdigest()
    assert {(origin.kind, origin.as_of) for origin in found} == {("desk data", dt.date(2025, 1, 3))}


def test_parquet_and_excel_files_say_the_same_as_csv(tmp_path):
    for name in ("csv", "parquet", "sheets", "tables"):
        (tmp_path / name).mkdir()
    expected = desk(write_desk(tmp_path / "csv"))
    texts = {"flows": FLOWS, "spreads": SPREADS, "prices": PRICES}
    for name, text in texts.items():
        typed(text).to_parquet(tmp_path / "parquet" / f"{name}.parquet")
        (tmp_path / "sheets" / f"{name}.xlsx").write_bytes(excel({name: text, "Notes": "hello"}, top=2, left=1))
        (tmp_path / "tables" / f"{name}.xlsx").write_bytes(excel({name: text, "other": PRICES}, tables=True))
    for kind in ("parquet", "sheets", "tables"):
        found = desk(tmp_path / kind)
        for name in texts:
            pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))


def test_spreads_are_made_from_raw_futures_where_they_have_no_file(tmp_path):
    found = desk(write_desk(tmp_path, spreads=None, contracts=CONTRACTS))
    assert found.spreads["spread_bp"].round(4).tolist() == [79.5953]
    assert found.contracts is not None
    assert found.provenance[-1].kind == "desk data (spreads made from raw futures)"


@pytest.mark.parametrize("name", ["flows", "spreads", "prices", "contracts"])
def test_a_folder_with_one_of_them_is_read_and_the_others_have_no_rows(tmp_path, name):
    texts = {"flows": FLOWS, "spreads": SPREADS, "prices": PRICES, "contracts": CONTRACTS}
    (tmp_path / f"{name}.csv").write_text(texts[name])
    found = desk(tmp_path)
    rows = {frame: len(getattr(found, frame)) for frame in ("flows", "spreads", "prices")}
    there = {"flows": {"flows": 4}, "spreads": {"spreads": 2}, "prices": {"prices": 2}, "contracts": {"spreads": 1}}[name]
    assert rows == {"flows": 0, "spreads": 0, "prices": 0} | there
    assert all(list(getattr(found, frame).columns) == list(empty(frame).columns) for frame in rows if rows[frame] == 0)
    assert open_source(str(tmp_path)).frames == {name} | ({"spreads"} if name == "contracts" else set())


def test_a_folder_with_none_of_them_is_refused_naming_what_is_looked_for(tmp_path):
    (tmp_path / "squeeze.csv").write_text("date,short_interest,days_to_cover,borrow_fee,shorts_loss\n2025-01-03,1,2,0.01,3\n")
    message = refusal(desk, tmp_path)
    assert message.startswith(
        f"{tmp_path.name}: no file for flows, spreads, contracts, prices (flows.csv, flows.csv.gz, flows.parquet, flows.xlsx"
    )
    assert "\n" not in message


def test_dates_of_events_are_read(tmp_path):
    write_desk(tmp_path)
    (tmp_path / "events.csv").write_text("date,what\n2021-12-15,FOMC\n2024-12-18,\n")
    events = desk(tmp_path).events
    assert events["date"].tolist() == [pd.Timestamp(2021, 12, 15), pd.Timestamp(2024, 12, 18)]
    assert events["what"].tolist()[0] == "FOMC"
    assert events["what"].isna().tolist() == [False, True]
    assert "events" in open_source(str(tmp_path)).frames


def test_two_files_for_one_frame_are_refused(tmp_path):
    (write_desk(tmp_path) / "flows.xlsx").write_bytes(b"")
    assert "several files for flows: flows.csv, flows.xlsx" in refusal(desk, tmp_path)


def test_the_problems_of_all_files_are_told_together(tmp_path):
    bad = write_desk(tmp_path, flows=FLOWS.replace("XLV", "XXX"), prices=PRICES.replace("5873.40", "none"))
    lines = [line for line in refusal(desk, bad).splitlines() if not line.startswith(" ")]
    assert [line.partition(";")[0] for line in lines] == [
        "flows.csv, row 2, column sector: an unknown sector",
        "prices.csv, row 2, column close: text in a number column (the decimal mark is '.') (found 'none')",
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("flows", "", "flows.csv: the file is empty"),
        ("flows", "\n\n", "flows.csv: the file is empty"),
        ("prices", "date,close\n", "prices.csv, row 1: there is a header but no row below it"),
        (
            "prices",
            "date,close\n2025-01-02,1\n2025-01-03,1,7\n",
            "prices.csv, row 3: 3 cells where the header has 2 (found '2025-01-03,1,7')",
        ),
        ("prices", PRICES + "2025-01-03,1\n", "prices.csv, row 4, column date: the same key as row 3 (found '2025-01-03')"),
        ("flows", FLOWS.replace(",2,3,4", ",2,-3,4", 1), "flows.csv, row 2, column short_sales: a negative number (found '-3')"),
        ("prices", 'date,close\n2025-01-02,"5\n', "prices.csv, row 2: the line cannot be read (unexpected end of data)"),
    ],
)
def test_a_bad_file_gives_one_clear_message(tmp_path, name, text, message):
    assert refusal(desk, write_desk(tmp_path, **{name: text})) == message


def test_a_row_is_named_by_its_line_even_after_quoted_line_breaks_and_empty_lines(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text('date,close,Note\n2025-01-02,1,"two\nlines"\n\n2025-01-03,x,\n')
    rules = FileRules(declared=Declared(ignore=("Note",)))
    assert refusal(read_frame, path, "prices", rules).startswith("prices.csv, row 5, column close: text in a number column")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_read_from_the_first_rows(mark):
    raw = read_delimited(f"date{mark}close\n2025-01-02{mark}1.5\n".encode(), "p.csv")
    assert (raw.header, raw.delimiter) == (("date", "close"), mark)


def test_semicolons_and_decimal_commas_are_read_together(tmp_path):
    write_desk(tmp_path, prices="date;close\n2025-01-02;5873,40\n2025-01-03;5881,20\n")
    assert desk(tmp_path).prices["close"].tolist() == [5873.40, 5881.20]


def test_a_delimiter_that_is_not_clear_must_be_declared():
    content = b"date;close,x\n2025-01-02;1,2\n"
    assert "what separates the columns is not clear (comma or semicolon)" in refusal(read_delimited, content, "p.csv")
    assert read_delimited(content, "p.csv", ";").header == ("date", "close,x")


def test_text_that_is_not_utf8_needs_a_declared_encoding():
    content = "date,Börse\n2025-01-02,1\n".encode("cp1252")
    assert "p.csv, row 1: not utf-8-sig text; declare its encoding" in refusal(read_delimited, content, "p.csv")
    assert read_delimited(content, "p.csv", encoding="cp1252").header[1] == "Börse"
    assert "no such encoding" in refusal(read_delimited, content, "p.csv", None, "klingon")


def test_a_byte_order_mark_is_not_part_of_a_name():
    assert read_delimited("\ufeffdate,close\n2025-01-02,1\n".encode(), "p.csv").header[0] == "date"


CONFIG = """
absent = "zero"
folder = "exports"
date_format = "%d/%m/%Y"

[flows]
file = "hf.csv"
delimiter = ";"
decimal = ","
ignore = ["Comment"]
missing = ["n.a."]
[flows.columns]
date = "Trade Date"
long_buys = "Buys"

[spreads]
file = "book.xlsx"
sheet = "Export"

[prices]
file = "book.xlsx"
table = "Closes"
"""


def test_a_configuration_says_how_a_desks_exports_are_written(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    header = "Trade Date;region;sector;product;Buys;long_sells;short_sales;short_covers;Comment"
    (exports / "hf.csv").write_text(f"{header}\n02/01/2025;NA;XLE;stocks;1,5;n.a.;3;4;quiet\n", encoding="utf-8")
    (exports / "book.xlsx").write_bytes(excel({"Export": SPREADS, "closes": PRICES}))
    with_tables = excel({"closes": PRICES}, tables=True)
    (exports / "closes.xlsx").write_bytes(with_tables)
    found = configured(tmp_path, CONFIG.replace('file = "book.xlsx"\ntable', 'file = "closes.xlsx"\ntable'))
    day = found.flows.iloc[0]
    assert (day["date"], day["long_buys"], pd.isna(day["long_sells"])) == (pd.Timestamp(2025, 1, 2), 1.5, True)
    assert (found.absent, len(found.spreads), len(found.prices)) == ("zero", 2, 2)


def test_the_two_meanings_of_absent_are_the_ones_a_desk_may_say():
    assert set(Absent.__args__) == {"missing", "zero"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("absent = 'maybe'", "desk.toml, column absent: 'missing' or 'zero' is wanted (found 'maybe')"),
        ("colour = 'red'", "desk.toml, column colour: an unknown setting; known are"),
        ("[flows]\nfiel = 'x'", "desk.toml, column flows.fiel: an unknown setting; known are"),
        ("[flows]\nfile = 3", "desk.toml, column flows.file: text is wanted (found '3')"),
        ("[flows]\nignore = [3]", "desk.toml, column flows.ignore: a list of texts is wanted"),
        ("delimiter = ', '", "desk.toml, column delimiter: one character is wanted"),
        ("[flows", "desk.toml: not a configuration file"),
        ("[flows]\nfile = 'none.csv'", "none.csv: there is no such file"),
        ("[flows]\nfile = 'flows.txt'", "flows.txt: not a .csv, .csv.gz, .parquet, .xlsx file"),
    ],
)
def test_a_configuration_that_is_not_understood_is_refused_by_name(tmp_path, text, message):
    assert message in refusal(configured, write_desk(tmp_path), text)


def test_a_file_that_is_not_parquet_is_refused(tmp_path):
    write_desk(tmp_path, prices=None)
    (tmp_path / "prices.parquet").write_bytes(b"PAR1 but no more")
    assert "prices.parquet: not a Parquet file" in refusal(desk, tmp_path)


def test_a_source_is_a_folder_a_configuration_or_named_files(tmp_path):
    write_desk(tmp_path)
    (tmp_path / "desk.toml").write_text('absent = "zero"')
    assert open_source(str(tmp_path)).read().absent == "missing"
    assert open_source(str(tmp_path / "desk.toml")).read().absent == "zero"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nowhere", "nowhere: there is no such folder or configuration file"),
        ("cftc:nowhere.csv", "nowhere.csv: there is no such file"),
        ("cftc:", "no CFTC file was named"),
    ],
)
def test_a_source_that_is_not_there_is_one_line(text, message):
    answer = refusal(lambda text: open_source(text).read(), text)
    assert answer.startswith(message)
    assert "\n" not in answer


def test_a_source_of_another_kind_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a")
    assert "not a folder or a .toml configuration file" in refusal(open_source, str(tmp_path / "x.csv"))


def test_a_folder_named_like_a_file_and_a_file_too_large_are_refused(tmp_path, monkeypatch):
    write_desk(tmp_path, prices=None)
    (tmp_path / "prices.csv").mkdir()
    assert refusal(desk, tmp_path) == "prices.csv: this is a folder, not a file"
    monkeypatch.setattr(file_bytes, "MOST_FILE_BYTES", 10)
    assert f"flows.csv: the file has {len(FLOWS)} bytes; 10 are the most" in refusal(desk, tmp_path)


def test_the_sample_is_a_desk_whose_frames_pass_every_check():
    found = open_source("sample").read()
    for name in FRAMES:
        frame = getattr(found, name)
        if name == "events":
            assert frame is None
            continue
        pd.testing.assert_frame_equal(check(name, from_pandas(frame, name)), frame)


def test_a_parquet_file_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    write_desk(tmp_path, prices=None)
    typed(PRICES).to_parquet(tmp_path / "prices.parquet")
    for engine in ("pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, engine, None)
    assert refusal(desk, tmp_path) == 'prices.parquet: Parquet files need pyarrow: pip install "xlsig[parquet]"'
