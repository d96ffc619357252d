"""The page about data: the files that it shows, with the configuration that it shows below each, are read as it says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from xlsig.frames.desk import DeskData
from xlsig.sources.config import read_config
from xlsig.sources.files import read_desk
from xlsig.sources.settings import SECTION, TOP

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
EXAMPLES = re.findall(r"```text\n(.*?)```\s+```toml\n(.*?)```", PAGE, re.DOTALL)
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def shown(folder: Path, file: str) -> DeskData:
    """The desk of the example whose configuration names that file."""
    ((text, toml),) = [(text, toml) for text, toml in EXAMPLES if f'"{file}"' in toml]
    path = folder / file
    if path.suffix == ".xlsx":
        save(text, path)
    else:
        path.write_text(text, encoding="cp1252" if "cp1252" in toml else "utf-8")
    (folder / "desk.toml").write_text(toml, encoding="utf-8")
    return read_desk(read_config(folder / "desk.toml"))


def save(text: str, path: Path) -> None:
    """The rows as a sheet with dates and numbers, as far as they are written so."""
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(text)):
        book.active.append([typed(cell) for cell in row])
    book.save(path)


def typed(cell: str) -> object:
    for kind in (float, dt.datetime.fromisoformat):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell or None


DAYS = [pd.Timestamp(2025, 1, 2), pd.Timestamp(2025, 1, 3)]


@pytest.mark.parametrize("file", ["spx.xlsx", "kurse.csv"])
def test_prices_are_read_as_shown(tmp_path, file):
    prices = shown(tmp_path, file).prices
    assert (prices["date"].tolist(), prices["close"].tolist()) == (DAYS, [5873.40, 5881.20])


def test_a_prime_broker_s_flows_are_read_as_shown(tmp_path):
    flows = shown(tmp_path, "client_flows.csv").flows
    assert flows[["region", "sector", "product"]].to_numpy().tolist() == [
        ["North America", "Consumer Discretionary", "Single stocks"],
        ["North America", "Index", "Macro products"],
    ]
    assert flows["long_buys"].tolist() == [1_204_500, 640_000]
    assert flows["short_covers"].isna().tolist() == [False, True]


def test_a_table_of_dates_by_sectors_is_read_as_shown(tmp_path):
    flows = shown(tmp_path, "na_by_sector.csv").flows
    assert flows["net"].tolist() == [-12.5, 3, -140, 4, -1.5, -90]
    assert flows["sector"].tolist() == ["Energy", "Health Care", "Index"] * 2
    assert set(flows["region"]) == {"North America"}


def test_a_spread_of_constant_maturity_is_read_as_shown(tmp_path):
    spreads = shown(tmp_path, "three_month.csv").spreads
    assert spreads["spread_bp"].tolist() == pytest.approx([101.5, 99.3])
    assert (set(spreads["contract"]), spreads["start"].tolist()) == ({"91 days"}, DAYS)
    assert (spreads["end"] - spreads["start"]).dt.days.tolist() == [91, 91]


def test_raw_futures_are_read_as_shown(tmp_path):
    found = shown(tmp_path, "futures.csv")
    assert found.contracts is not None
    assert found.contracts["rate"].tolist() == pytest.approx([0.0007956957, 0.0008736756], rel=1e-12)
    assert found.contracts["date"].tolist() == [pd.Timestamp(2021, 12, 1)] * 2
    assert found.spreads["spread_bp"].round(4).tolist() == [79.5953]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_configuration_that_is_shown_is_one_that_is_read(tmp_path, number):
    (tmp_path / "desk.toml").write_text(BLOCKS[number], encoding="utf-8")
    read_config(tmp_path / "desk.toml")


def test_every_example_is_tried():
    named = {re.search(r'file = "(.*?)"', toml)[1] for _, toml in EXAMPLES}
    assert named == {"spx.xlsx", "kurse.csv", "client_flows.csv", "na_by_sector.csv", "three_month.csv", "futures.csv"}


def test_every_setting_is_on_the_page():
    said = set(re.findall(r"`(\w+)(?: = [^`]*)?`", PAGE)) | {
        line.split(" ")[0].strip("[]") for block in BLOCKS for line in block.splitlines()
    }
    assert {*SECTION, *TOP} <= said
