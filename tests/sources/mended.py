"""A desk of thirty sessions, written in any way; what its refusal says to paste is pasted, and it is read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import DeskData
from xlsig.sources.opening import open_source

LEGS = ["long_buys", "long_sells", "short_sales", "short_covers"]
DAYS = pd.bdate_range("2024-11-18", periods=30)
NAMES = (
    ("North America", "Energy", "Single stocks"),
    ("North America", "Health Care", "Single stocks"),
    ("North America", "Index", "Macro products"),
    ("Europe", "Energy", "Single stocks"),
    ("Europe", "Health Care", "Single stocks"),
)


def plain() -> dict[str, pd.DataFrame]:
    """Flows, spreads, prices and contracts: numbers with two decimals, some of thousands, spreads of both signs."""
    draw = np.random.default_rng(7)
    rows = [(day, *names) for day in DAYS for names in NAMES]
    flows = pd.DataFrame(rows, columns=["date", "region", "sector", "product"])
    for leg in LEGS:
        flows[leg] = draw.integers(20_000, 900_000, len(flows)) / 100
    start, end = pd.Timestamp("2025-03-21"), pd.Timestamp("2025-06-20")
    spreads = pd.DataFrame({"date": DAYS, "contract": "H5-M5", "start": start, "end": end})
    spreads["spread_bp"] = draw.integers(-9_000, 12_000, len(DAYS)) / 100
    prices = pd.DataFrame({"date": DAYS, "close": draw.integers(580_000, 610_000, len(DAYS)) / 100})
    contracts = pd.DataFrame({"date": DAYS, "contract": "H5", "expiry": start, "spot": 5900.25, "future": 5950.5, "dividends": 12.5})
    contracts["rate"] = 0.0435 - np.arange(len(DAYS)) / 100_000
    return {"flows": flows, "spreads": spreads, "prices": prices, "contracts": contracts}


def csv(frame: pd.DataFrame, written: Callable[[float], str] = "{:.2f}".format, mark: str = ",", columns: Sequence[str] = ()) -> str:
    """A frame as text, dates year first, the numbers of some (or all) columns as `written` writes them."""
    shown = frame.copy()
    for name in shown.columns:
        if pd.api.types.is_datetime64_any_dtype(shown[name]):
            shown[name] = shown[name].dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(shown[name]) and (not columns or name in columns):
            shown[name] = shown[name].map(written)
    return shown.to_csv(index=False, sep=mark)


def write(folder: Path, **files: str | bytes | pd.DataFrame) -> Path:
    """The plain desk's files in a folder, but for those that are given; a name without a suffix is a CSV's."""
    given = {name.partition("__")[0] for name in files}
    whole = {name: frame for name, frame in plain().items() if name not in given} | files
    for name, content in whole.items():
        file = name.replace("__", ".") if "__" in name else f"{name}.csv"
        if isinstance(content, pd.DataFrame):
            content.to_csv(folder / file, index=False, date_format="%Y-%m-%d")
        else:
            (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(folder: Path, toml: str = "") -> DeskData:
    """The desk, by its configuration."""
    (folder / "desk.toml").write_text(toml, encoding="utf-8")
    found = open_source(str(folder / "desk.toml")).read()
    assert isinstance(found, DeskData)
    return found


def refused(folder: Path, toml: str = "") -> tuple[Problem, ...]:
    """What is wrong with the desk."""
    try:
        read(folder, toml)
    except DataError as failure:
        return failure.problems
    raise AssertionError("the desk was read")


def mended(folder: Path, toml: str = "") -> tuple[tuple[Problem, ...], DeskData]:
    """What is wrong with the desk, and the desk that is read once all remedies are pasted below its configuration."""
    problems = refused(folder, toml)
    assert all(problem.remedy for problem in problems), problems
    return problems, read(folder, "\n".join((toml, *(problem.remedy for problem in problems))))


def assert_plain(found: DeskData, *names: str, **changed: pd.DataFrame) -> None:
    """The frames are those of the plain desk, or the ones given."""
    expected = {**plain(), **changed}
    for name in names or expected:
        frame, wanted = getattr(found, name), expected[name]
        keys = [key for key in ("date", "region", "sector", "product", "start") if key in wanted]
        pd.testing.assert_frame_equal(
            frame.sort_values(keys, ignore_index=True)[list(wanted.columns)],
            wanted.sort_values(keys, ignore_index=True),
            check_dtype=False,
        )
