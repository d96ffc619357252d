"""What a table comes in: byte order marks, `sep=` lines, compressed CSV, Parquet with an index."""

from __future__ import annotations

import gzip
import hashlib

import numpy as np
import pandas as pd
import pytest

from tests.sources.mended import assert_plain, csv, plain, read, refused, write
from xlsig.frames.desk import Declared
from xlsig.sources import file_bytes, files
from xlsig.sources.delimited import read_delimited

PRICES = csv(plain()["prices"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_a_byte_order_mark_says_how_a_csv_is_encoded(tmp_path, encoding):
    content = ("\ufeff" + PRICES).encode(encoding.removesuffix("-bom")) if encoding.endswith("-bom") else PRICES.encode(encoding)
    assert_plain(read(write(tmp_path, prices=content)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_byte_order_mark_does_not_disturb_a_declared_encoding(tmp_path, encoding):
    content = ("\ufeff" if encoding == "utf-8" else "") + PRICES
    assert_plain(read(write(tmp_path, prices=content.encode(encoding)), f'[prices]\nencoding = "{encoding}"'))


def test_a_byte_order_mark_does_not_disturb_a_configuration(tmp_path):
    write(tmp_path, prices=csv(plain()["prices"], mark=";"))
    (tmp_path / "desk.toml").write_bytes(b'\xef\xbb\xbf[prices]\ndelimiter = ";"\n')
    assert_plain(files.DeskFolder.named(str(tmp_path / "desk.toml")).read())


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;", "sep=;\r"])
def test_a_first_line_may_say_what_separates_the_columns(tmp_path, first):
    text = f"{first}\n" + csv(plain()["prices"], lambda close: f"{close:.2f}".replace(".", ","), ";")
    assert_plain(read(write(tmp_path, prices=text)))
    (problem,) = refused(write(tmp_path, prices=text.replace("2024-11-19", "soon")))
    assert problem.row == 4


@pytest.mark.parametrize("name", ["prices.csv.gz", "prices.CSV.GZ"])
def test_a_compressed_csv_is_read(tmp_path, name):
    write(tmp_path).joinpath("prices.csv").unlink()
    content = gzip.compress(PRICES.encode())
    (tmp_path / name).write_bytes(content)
    found = read(tmp_path)
    assert_plain(found)
    assert {origin.source: origin.sha256 for origin in found.provenance}[name] == hashlib.sha256(content).hexdigest()


def test_a_compressed_csv_is_known_by_what_is_in_it(tmp_path):
    assert_plain(read(write(tmp_path, prices=gzip.compress(PRICES.encode()))))


def test_a_compressed_csv_that_is_damaged_or_too_large_is_refused(tmp_path, monkeypatch):
    content = gzip.compress(PRICES.encode())
    for damaged in (content[:-20], content[:20] + b"\xff" * 9 + content[29:]):
        (problem,) = refused(write(tmp_path, prices=damaged))
        assert problem.message.startswith("the file cannot be unpacked (")
    flows = gzip.compress(csv(plain()["flows"]).encode())
    for name in ("prices", "spreads", "contracts"):
        (tmp_path / f"{name}.csv").unlink()
    (tmp_path / "flows.csv").write_bytes(flows)
    monkeypatch.setattr(file_bytes, "MOST_FILE_BYTES", len(flows))
    (problem,) = refused(tmp_path)
    assert problem.message == f"the file unpacks to more than {len(flows):,} bytes, which are the most"


@pytest.mark.parametrize("index", [["date"], ["date", "region", "sector", "product"]])
def test_a_parquet_file_may_have_its_keys_as_an_index(tmp_path, index):
    write(tmp_path).joinpath("flows.csv").unlink()
    plain()["flows"].set_index(index).to_parquet(tmp_path / "flows.parquet")
    assert_plain(read(tmp_path))


def test_a_parquet_file_s_dates_without_a_name_are_mapped(tmp_path):
    write(tmp_path).joinpath("prices.csv").unlink()
    prices = plain()["prices"].set_index("date")
    prices.index.name = None
    prices.to_parquet(tmp_path / "prices.parquet")
    (problem,) = refused(tmp_path)
    assert problem.remedy == '[prices.columns]\ndate = "index"'
    assert_plain(read(tmp_path, problem.remedy))


def test_a_parquet_file_s_row_numbers_are_no_column(tmp_path):
    write(tmp_path).joinpath("prices.csv").unlink()
    prices = plain()["prices"]
    pd.concat([prices.iloc[:3], prices.iloc[3:]]).set_index(np.arange(30)[::-1]).to_parquet(tmp_path / "prices.parquet")
    assert_plain(read(tmp_path))


@pytest.mark.parametrize("setting", ["header_row = 2", "skip_footer = 1"])
def test_a_parquet_file_has_no_header_row(tmp_path, setting):
    write(tmp_path).joinpath("prices.csv").unlink()
    plain()["prices"].to_parquet(tmp_path / "prices.parquet")
    (problem,) = refused(tmp_path, f"[prices]\n{setting}")
    assert problem.message == "a Parquet file has no header and footer rows; leave header_row and skip_footer out"


def test_rows_count_as_lines_of_the_file_below_a_declared_header():
    content = b"a report\n\ndate,close\n2025-01-02,1\n\n2025-01-03,2\nend\n"
    raw = read_delimited(content, "p.csv", declared=Declared(header_row=3, skip_footer=1))
    assert (raw.header, list(raw.lines), raw.columns) == (("date", "close"), [4, 6], (("2025-01-02", "2025-01-03"), ("1", "2")))


def test_cells_beyond_the_header_that_say_nothing_are_passed_over(tmp_path):
    lines = PRICES.splitlines()
    text = "\n".join([lines[0], *(f"{line},,#N/A" for line in lines[1:])])
    assert_plain(read(write(tmp_path, prices=text)))
