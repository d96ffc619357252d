"""A CSV read column by column and cell by cell: the same frame, or the same refusal."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.sources.mended import LEGS, csv, plain
from xlsig.errors import DataError
from xlsig.frames.desk import Declared
from xlsig.frames.schema import check
from xlsig.sources import columnar
from xlsig.sources.config import FileRules
from xlsig.sources.delimited import read_delimited
from xlsig.sources.files import read_frame

FLOWS = ("date", "region", "sector", "product", *LEGS)


def outcome(read) -> pd.DataFrame | str:
    try:
        return read()
    except DataError as refused:
        return str(refused)


def same(folder: Path, content: bytes, name: str, rules: FileRules) -> pd.DataFrame | str:
    """What both ways answer."""
    path = folder / f"{name}.csv"
    path.write_bytes(content)
    ours = outcome(lambda: read_frame(path, name, rules)[0])
    careful = outcome(
        lambda: check(name, read_delimited(content, path.name, rules.delimiter, rules.encoding, name, rules.declared), rules.declared)
    )
    if isinstance(careful, str) or isinstance(ours, str):
        assert ours == careful
    else:
        pd.testing.assert_frame_equal(ours, careful)
    return ours


DATES = st.sampled_from(["2025-01-02", "2025-01-03", "20250106", "7 Jan 2025", "2025/1/8", " 2025-01-09", "2025-01-10T00:00"])
NAMES = {
    "region": ["NA", "north america", "Europe", "EU", "Mars", "World", ""],
    "sector": ["Energy", "XLE", " energy ", "10", "Health  Care", "Index", "Crypto", ""],
    "product": ["ETF", "etf", "Futures", "stocks", "Single stocks", "Bond"],
}
USUAL = st.sampled_from(["1.5", "2.25", "100.75", "0.5", "12", "1234.5", "0"])
ODD = st.sampled_from(
    [
        *("", " ", "nan", "inf", "-1", "+1", "1e3", ".5", "5.", "1,5", "1.234", "250", "0x10", "#N/A", "#N/A N/A", "#N/A x", "n.a."),
        *(" n.a.", "1_0", "(1)", "1%", "−1", "1.5 ", "\u00a01.5", "1e999", "١", "TRUE", "1d5", "-0", "-.5", "Infinity", "1e-3", "00012"),
        "null",
    ]
)


def quotes(which: str, cell: str) -> st.SearchStrategy[str]:
    """A cell with quotation marks around it, without, or with marks that do not belong."""
    if which == "some":
        return st.sampled_from([cell, f'"{cell}"', cell, cell, f'{cell}"', f'"{cell}""', f'"{cell}\n"'])
    return st.just(f'"{cell}"' if which else cell)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, FileRules]:
    odd = draw(st.booleans())
    numbers = st.one_of(USUAL, USUAL, ODD) if odd else USUAL
    known = {field: st.sampled_from(words if odd else words[:4]) for field, words in NAMES.items()}
    dates = st.one_of(DATES, st.sampled_from(["", "soon", "01/02/2025", "2025-02-30"])) if draw(st.integers(0, 9)) == 0 else DATES
    row = st.tuples(dates, known["region"], known["sector"], known["product"], *[numbers] * 4)
    rows = draw(st.lists(row, min_size=1, max_size=12, unique_by=lambda cells: cells[:4]))
    mark, end = draw(st.sampled_from([",", ",", ";", "\t"])), draw(st.sampled_from(["\n", "\r\n"]))
    header = draw(st.sampled_from([FLOWS, FLOWS, ("Date", *FLOWS[1:]), (*FLOWS[:-1], "Covers")]))
    quoted = draw(st.sampled_from(["", "", "", "all", "some"]))
    lines = [mark.join(draw(quotes(quoted, cell)) for cell in cells) for cells in (header, *rows)]
    if draw(st.integers(0, 5)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(["", mark * 7, "Total", "sep=;", f"x{mark}y", " "])))
    text = draw(st.sampled_from(["", "", "\ufeff"])) + end.join(lines) + draw(st.sampled_from([end, end, "", end * 2]))
    declared = Declared(
        decimal=draw(st.sampled_from([None, None, ".", ","])),
        missing=draw(st.sampled_from([(), ("n.a.",), ("n.a.", "null"), ("12",)])),
        scale=draw(st.sampled_from([1.0, 1000.0, 0.001])),
        sales=draw(st.sampled_from([None, None, None, "negative"])),
        values=draw(st.sampled_from([{}, {"region": {"World": "ignore", "Mars": "EMEA"}, "sector": {"": "Index", "Crypto": "IT"}}])),
        ignore_dates=draw(st.sampled_from([(), (dt.date(2025, 1, 3),)])),
        date_format=draw(st.sampled_from([None, None, None, "%Y-%m-%d"])),
    )
    return text, FileRules(declared=declared, encoding=draw(st.sampled_from([None, "utf-8", "cp1252"])))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files())
@example(("date,region,sector,product,long_buys,long_sells,short_sales,short_covers\n2025-01-02,NA,10,ETF,1.5,,nan,2\n", FileRules()))
def test_drawn_flows_are_read_or_refused_alike(tmp_path, drawn):
    text, rules = drawn
    same(tmp_path, text.encode("utf-8" if rules.encoding != "cp1252" else "cp1252", "replace"), "flows", rules)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(DATES, st.one_of(USUAL, ODD)), min_size=1, max_size=8), st.sampled_from([",", ";"]), st.booleans())
def test_drawn_prices_are_read_or_refused_alike(tmp_path, rows, mark, declared):
    text = "\n".join(mark.join(cells) for cells in (("date", "close"), *rows)) + "\n"
    same(tmp_path, text.encode(), "prices", FileRules(declared=Declared(decimal="." if declared else None)))


@pytest.mark.parametrize("name", ["flows", "spreads", "prices", "contracts"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_plain_file_is_read_column_by_column_and_as_carefully(tmp_path, name, mark):
    content = csv(plain()[name], mark=mark).encode()
    assert columnar.parsed(io.BytesIO(content), "x.csv", name, FileRules()) is not None
    assert not isinstance(same(tmp_path, content, name, FileRules()), str)


@pytest.mark.parametrize(
    ("rules", "change"),
    [
        (Declared(thousands=","), lambda text: text),
        (Declared(negatives="brackets"), lambda text: text),
        (Declared(percent=True), lambda text: text),
        (Declared(header_row=1), lambda text: text),
        (Declared(skip_footer=1), lambda text: text),
        (Declared(missing=("0.5",)), lambda text: text),
        (Declared(), lambda text: text.replace("H5-M5", '"H5""M5"', 1)),
        (Declared(), lambda text: text.replace("H5-M5", '"H5\n-M5"', 1)),
        (Declared(), lambda text: text.replace("H5-M5", 'H5"M5"', 1)),
        (Declared(), lambda text: "sep=,\n" + text),
        (Declared(), lambda text: text.replace("H5-M5", "", 1)),
    ],
)
def test_what_is_not_plain_is_left_to_the_careful_way(tmp_path, rules, change):
    content = change(csv(plain()["spreads"])).encode()
    assert columnar.parsed(io.BytesIO(content), "x.csv", "spreads", FileRules(declared=rules)) is None
    same(tmp_path, content, "spreads", FileRules(declared=rules))


def test_quotation_marks_around_cells_are_plain(tmp_path):
    prices = plain()["prices"].assign(close=lambda frame: frame["close"].map("{:.2f}".format))
    for quoting in (0, 1, 2):
        content = prices.to_csv(index=False, quoting=quoting, date_format="%Y-%m-%d").encode()
        assert columnar.parsed(io.BytesIO(content), "x.csv", "prices", FileRules()) is not None
        assert len(same(tmp_path, content, "prices", FileRules())) == 30


def test_points_that_may_part_thousands_are_left_to_the_careful_way(tmp_path):
    whole = plain()["prices"].assign(close=[f"{1000 + 7 * at:,}".replace(",", ".") if at % 3 else "250" for at in range(30)])
    assert "can be read in two ways" in same(tmp_path, csv(whole).encode(), "prices", FileRules())


def test_problems_name_the_rows_of_the_file(tmp_path):
    prices = csv(plain()["prices"]).replace("\n2024-11-20", "\n\n\n2024-11-20")
    twice = prices + prices.splitlines()[-1] + "\n"
    assert "row 34, column date: the same key as row 33" in same(tmp_path, twice.encode(), "prices", FileRules())


def test_without_pyarrow_files_are_read_cell_by_cell(tmp_path, monkeypatch):
    content = csv(plain()["flows"]).encode()
    expected = same(tmp_path, content, "flows", FileRules())
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert columnar.parsed(io.BytesIO(content), "x.csv", "flows", FileRules()) is None
    pd.testing.assert_frame_equal(same(tmp_path, content, "flows", FileRules()), expected)
