"""What a script may pass as rows: by position, by name, a table of another library; and what is no rows."""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.ooxml.table_books import COLUMNS, cells, hand_made
from xlsig.ooxml import PackageRefusal, replace_table

ROWS = [[45660.0, 1.5], [45661.0, None], [45662.0, 3.0]]
FRAME = pd.DataFrame(ROWS, columns=list(COLUMNS))
Day = namedtuple("Day", "day net")


def _arrow() -> Any:
    pyarrow = pytest.importorskip("pyarrow")
    return pyarrow.table({"net": [1.5, None, 3.0], "day": [45660.0, 45661.0, 45662.0]})


def _polars() -> Any:
    polars = pytest.importorskip("polars")
    return polars.DataFrame({"net": [1.5, None, 3.0], "day": [45660.0, 45661.0, 45662.0]})


def _sqlite() -> Any:
    base = sqlite3.connect(":memory:")
    base.row_factory = sqlite3.Row
    return base.execute("select 1.5 net, 45660.0 day union all select null, 45661.0 union all select 3.0, 45662.0").fetchall()


TAKEN = {
    "lists": lambda: ROWS,
    "tuples": lambda: iter([tuple(row) for row in ROWS]),
    "named tuples": lambda: [Day(*row) for row in ROWS],
    "an array": lambda: np.array(ROWS, dtype=float),
    "a structured array": lambda: np.array([(1.5, 45660), (np.nan, 45661), (3, 45662)], dtype=[("net", float), ("day", float)]),
    "dicts": lambda: FRAME.to_dict("records"),
    "dicts in another order": lambda: [{"net": net, "day": day} for day, net in ROWS],
    "dicts, each in an order of its own": lambda: [dict(sorted(zip(COLUMNS, row, strict=True), reverse=row[0] > 45660)) for row in ROWS],
    "a frame": lambda: FRAME,
    "a frame, columns swapped": lambda: FRAME[["net", "day"]],
    "rows of a frame": lambda: [row for _, row in FRAME[["net", "day"]].iterrows()],
    "Arrow": _arrow,
    "a batch of Arrow": lambda: _arrow().to_batches()[0],
    "polars": _polars,
    "SQLite": _sqlite,
}


@pytest.mark.parametrize("kind", TAKEN)
def test_rows_arrive_in_their_columns(tmp_path: Path, kind: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    assert replace_table(path, "T", COLUMNS, TAKEN[kind]())
    assert cells(path, "Desk")[1:] == [[45660.0, 1.5], [45661.0, ""], [45662.0, 3.0]]


REFUSED = {
    "a text": ("ab", "is a text"),
    "bytes": (b"ab", "is bytes"),
    "a number": (5, "is a single value"),
    "nothing": (None, "is nothing"),
    "a dict of columns": ({"day": [1], "net": [2]}, "is a dict"),
    "a set of rows": ({(1, 2)}, "is a set"),
    "flat numbers": ([5.0, 6.0], "row 1 of the data for the table T is a single value"),
    "flat texts of two signs": (["xy", "zw"], "row 1 .* is a text"),
    "a row of bytes": ([[1, 2], b"xy"], "row 2 .* is bytes"),
    "a row that is a set": ([{1, 2}], "row 1 .* is a set"),
    "a row without an end": ([iter([1, 2])], "row 1 "),
    "an array of numbers": (np.array([1.0, 2.0]), "row 1 "),
    "an array of tables": (np.zeros((1, 2, 2)), "row 1 "),
    "a dict that lacks a column": ([{"day": 1, "net": 2}, {"day": 1}], r"row 2 .* has no column 'net' \(it has day\)"),
    "a dict with more": ([{"day": 1, "net": 2, "desk": 3}], "has a column 'desk' that is not among the columns named"),
    "a frame that lacks a column": (FRAME[["day"]], "has no column 'net'"),
    "a frame with a column twice": (pd.concat([FRAME, FRAME[["net"]]], axis=1), "has the column 'net' twice"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_rows_is_refused_and_the_file_stays(tmp_path: Path, kind: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    before = path.read_bytes()
    rows, said = REFUSED[kind]
    with pytest.raises(PackageRefusal, match=said):
        replace_table(path, "T", COLUMNS, rows)
    assert path.read_bytes() == before


def test_the_columns_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(PackageRefusal, match="the columns of the data for the table T are a text"):
        replace_table(hand_made(tmp_path / "desk.xlsx"), "T", "ab", [[1, 2]])


@pytest.mark.parametrize("stored", ["net&#10;flow", "net_x000a_flow", "net&#13;&#10;flow", "net_x000d__x000a_flow", "net flow"])
@pytest.mark.parametrize("given", ["net\nflow", "net_x000a_flow", "net_x000A_flow", "net\r\nflow", "Net flow"])
def test_a_heading_with_a_line_break_is_known_by_either_spelling(tmp_path: Path, stored: str, given: str) -> None:
    columns = f'<tableColumn id="1" name="day"/><tableColumn id="2" name="{stored}"/>'
    path = hand_made(tmp_path / "desk.xlsx", columns=columns)
    assert replace_table(path, "T", ("day", given), [[1, 2.5]])
    assert replace_table(path, "T", ("day", given), [{given: 3.5, "day": 1}])
    assert cells(path, "Desk")[1] == [1.0, 3.5]
