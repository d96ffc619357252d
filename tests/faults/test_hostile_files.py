"""Files of every kind that is read, made to harm: each is refused in one sentence that names it, and nothing waits or is held for it."""

import gzip
import io
import os
import socket
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.apart import apart
from tests.sources.mended import csv, plain, refused, write
from xlsig.errors import DataError, Problem
from xlsig.sources.cftc import CftcFiles
from xlsig.sources.config import read_config
from xlsig.sources.files import DeskFolder
from xlsig.workbooks.batch_manifest import Manifest
from xlsig.workbooks.batch_plan import read_plan

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, sockets and devices in folders, which Windows does not know")
FRAMES = plain()


def said(call):
    """What a call is refused with."""
    with pytest.raises(DataError) as refusal:
        call()
    return str(refusal.value)


def with_prices(folder, name, content):
    """A desk whose prices are in a file of that name."""
    write(folder).joinpath("prices.csv").unlink()
    (folder / name).write_bytes(content)
    return folder


# what is no file

ODD = {
    "pipe": os.mkfifo,
    "folder": os.mkdir,
    "device": lambda path: os.symlink("/dev/zero", path),
    "socket": lambda path: socket.socket(socket.AF_UNIX).bind(str(path)),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["prices.csv", "prices.csv.gz", "prices.parquet", "prices.xlsx"])
def test_what_is_no_ordinary_file_is_not_read(odd, name, tmp_path, monkeypatch):
    write(tmp_path).joinpath("prices.csv").unlink()
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    ODD[odd](Path(name))
    found = apart(DeskFolder.named(".").read)
    assert found.how == "refused", found.said
    assert f"{name}: this is " in found.said


@pytest.mark.parametrize("odd", ODD)
def test_nor_are_settings_plans_manifests_and_reports(odd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, read in {
        "desk.toml": lambda: read_config(Path("desk.toml")),
        "plan.toml": lambda: read_plan("plan.toml"),
        "plan.batch.json": lambda: Manifest(Path("plan.batch.json")),
        "report.txt": CftcFiles((Path("report.txt"),)).read,
    }.items():
        ODD[odd](Path(name))
        found = apart(read)
        assert found.how == "refused", (name, found.said)


# text

HEADERS = {
    "one name of two million signs": b"date," + b"a" * 2_000_000 + b",close\n2025-01-02,1,5\n",
    "one name of a thousand signs": b"date," + b"a" * 1_000 + b",close\n2025-01-02,1,5\n",
    "a hundred thousand columns": b"date,close" + b",x" * 100_000 + b"\n",
    "a cell of 200,000 signs": b'date,close\n2025-01-02,"' + b"5" * 200_000 + b'"\n',
    "a quotation mark left open": b'date,close\n2025-01-02,"5' + b",5\n" * 60_000,
    "NULs": b"date,close\n\0\0\0,5\n2025-01-02,\0\n",
    "nothing but NULs": b"\0" * 100_000,
    "nothing but marks": b"," * 200_000,
    "noise": bytes(range(256)) * 500,
    "a number of 9,000 digits": b"date,close\n2025-01-02," + b"9" * 9_000 + b"\n2025-01-03,5\n",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_swollen_text_is_refused_in_few_words(name, tmp_path):
    found = apart(DeskFolder.named(str(with_prices(tmp_path, "prices.csv", HEADERS[name]))).read, 400_000_000)
    assert found.how == "refused", found.said
    assert found.said.startswith("prices.csv")
    assert len(found.said) < 1_500


def test_spaces_within_a_percentage_are_passed_over_once(tmp_path):
    content = b"date,close\n2025-01-02,1" + b" " * 100_000 + b"%x\n2025-01-03,5\n"
    with_prices(tmp_path, "prices.csv", content)
    (tmp_path / "desk.toml").write_text("[prices]\npercent = true\n")
    found = apart(DeskFolder.named(str(tmp_path / "desk.toml")).read)
    assert found.how == "refused", found.said


def test_a_packed_text_that_unpacks_to_three_hundred_times_its_size_is_a_bomb(tmp_path):
    bomb = gzip.compress(b"2025-01-02,5\n" * 4_000_000)
    (problem,) = refused(with_prices(tmp_path, "prices.csv.gz", bomb))
    assert problem.message == "the file unpacks to more than 300 times its size, as a bomb does"


def test_a_problem_repeats_little_of_what_a_file_holds():
    problem = Problem("m" * 9_000, "f" * 9_000, 3, "c" * 9_000, "v" * 9_000, remedy="r" * 9_000)
    assert len(str(problem)) < 1_700
    assert "(9,000 signs)" in str(problem)


# Parquet

NESTED = {
    "lists": pa.array([[1.0, 2.0]]),
    "structs": pa.array([{"a": 1}]),
    "maps": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    "bytes": pa.array([b"5"]),
    "durations": pa.array([5], pa.duration("s")),
    "times": pa.array([5], pa.time32("s")),
    "lists of lists": pa.array([[[1.0]]]),
}


@pytest.mark.parametrize("kind", NESTED)
def test_a_parquet_column_of_no_plain_values_is_named(kind, tmp_path):
    stream = io.BytesIO()
    pq.write_table(pa.table({"date": ["2025-01-02"], "close": NESTED[kind]}), stream)
    (problem,) = refused(with_prices(tmp_path, "prices.parquet", stream.getvalue()))
    assert problem.column == "close"
    assert "where a text, a number or a date is wanted in each row" in problem.message


def test_a_parquet_column_in_two_categories_or_as_a_decimal_is_plain(tmp_path):
    from decimal import Decimal

    prices = FRAMES["prices"]
    closes = pa.array([Decimal(f"{close:.2f}") for close in prices["close"]])
    table = pa.table({"date": pa.array(prices["date"].astype(str)).dictionary_encode(), "close": closes})
    stream = io.BytesIO()
    pq.write_table(table, stream)
    found = DeskFolder.named(str(with_prices(tmp_path, "prices.parquet", stream.getvalue()))).read()
    assert found.prices["close"].tolist() == prices["close"].tolist()


def test_a_parquet_file_is_judged_by_what_it_declares_before_it_is_read(tmp_path):
    stream = io.BytesIO()
    with pq.ParquetWriter(stream, pa.schema({"date": pa.string(), "close": pa.float64()})) as writer:
        rows = pa.table({"date": pa.array(["2025-01-02"] * 1_000_000), "close": pa.array([1.0] * 1_000_000)})
        for _ in range(5):
            writer.write_table(rows)
    found = apart(DeskFolder.named(str(with_prices(tmp_path, "prices.parquet", stream.getvalue()))).read, 300_000_000)
    assert found.how == "refused"
    assert "it declares 5,000,000 rows × 2 columns in " in found.said


def test_a_parquet_file_with_a_column_twice_or_cut_short_is_refused(tmp_path):
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["2025-01-02"]), pa.array([1.0]), pa.array([2.0])], ["date", "close", "close"]), stream)
    (problem,) = refused(with_prices(tmp_path, "prices.parquet", stream.getvalue()))
    assert (problem.column, problem.message) == ("close", "two columns have this name")
    for content in (stream.getvalue()[:-9], b"PAR1" * 9, stream.getvalue()[:200] + b"\xff" * 99 + stream.getvalue()[299:]):
        (problem,) = refused(with_prices(write(tmp_path), "prices.parquet", content))
        assert problem.message.startswith("not a Parquet file that can be read (")


# settings, plans and manifests

TEXTS = {
    "brackets 100,000 deep": "a = " + "[" * 100_000,
    "brackets 50 deep": "a = " + "[" * 50 + "]" * 50,
    "a number of 9,000 digits": "a = " + "9" * 9_000,
    "names within names": "a" + ".a" * 100_000 + " = 1",
    "a megabyte": "# " + "x" * 1_000_000,
    "NULs": "a = 1\0",
    "no TOML": "\x1b[31m",
    "a date that is none": "a = 2025-13-45",
}


@pytest.mark.parametrize("name", TEXTS)
def test_settings_and_plans_that_are_none_are_refused(name, tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(TEXTS[name])
    for read in (lambda: read_config(path), lambda: read_plan(path)):
        found = apart(read)
        assert found.how == "refused", found.said
        assert found.said.startswith("desk.toml")
    path.write_bytes(b"\xff\xfe a = 1")
    assert said(lambda: read_config(path)).startswith("desk.toml: not a configuration file")
    assert said(lambda: read_plan(path)).startswith("desk.toml: not a plan")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{}", "[]", '{"books": 3}', '{"books": {"a": 5}}', '{"books": {"a": {"sha256": "x"}}}', "9" * 9_000]
)
def test_a_manifest_that_is_none_is_refused(text, tmp_path):
    path = tmp_path / "plan.batch.json"
    path.write_text(text)
    assert "not a batch's manifest" in said(lambda: Manifest(path))


# reports of the CFTC


def test_a_zipped_report_that_is_a_bomb_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("report.txt", b"0" * 60_000_000)
    (tmp_path / "report.zip").write_bytes(stream.getvalue())
    assert "report.txt in it unpacks to more than 300 times its size" in said(CftcFiles((tmp_path / "report.zip",)).read)


@pytest.mark.parametrize("cell", ["9" * 9_000, "index " * 20_000, "\x1b[31m"])
def test_a_report_with_an_absurd_cell_is_refused_or_read(cell, tmp_path):
    names = "Market_and_Exchange_Names,Report_Date_as_YYYY-MM-DD,CFTC_Contract_Market_Code,Contract_Units"
    legs = ",".join(f"{group}_Positions_{side}" for group in ("Lev_Money", "Asset_Mgr") for side in ("Long", "Short"))
    for row in (f"x,2025-01-07,13874A,{cell},1,2,3,4", f"x,2025-01-07,13874A,$50 x index,{cell},2,3,4", f"{cell},{cell},13874A,x,1,2,3,4"):
        (tmp_path / "report.txt").write_text(f"{names},{legs}\n{row}\n")
        found = apart(CftcFiles((tmp_path / "report.txt",)).read)
        assert found.how in ("refused", "done"), found.said


def test_json_that_is_too_deep_is_refused(tmp_path):
    (tmp_path / "report.json").write_text("[" * 100_000)
    assert "JSON that cannot be read" in said(CftcFiles((tmp_path / "report.json",)).read)


def test_the_desk_without_any_of_this_is_read(tmp_path):
    assert len(DeskFolder.named(str(write(tmp_path, prices=csv(FRAMES["prices"])))).read().prices) == 30
    assert isinstance(FRAMES["prices"], pd.DataFrame)
