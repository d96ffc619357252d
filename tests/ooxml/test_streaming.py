"""Large tables: the memory that an edit takes does not grow with the rows, and rows may come from a generator."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ooxml.table_books import COLUMNS, FLOW_COLUMNS, cells, desk_book, hand_made
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml import open_package, replace_table
from xlsig.ooxml.body import Body

_CHILD = """
import random, resource, sys
from xlsig.ooxml import replace_table
path, count = sys.argv[1], int(sys.argv[2])
draw = random.Random(3)
rows = ([45000 + number, ("Energy", "Utilities")[number % 2], draw.gauss(0, 5e6)] for number in range(count))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert replace_table(path, "Flows", ("date", "sector", "net"), rows)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def grown(path: Path, rows: int) -> float:
    """How many MiB a process needs on top of what it has, to put so many rows into the table."""
    ended = subprocess.run([sys.executable, "-c", _CHILD, path, str(rows)], capture_output=True, text=True, check=True)
    return float(ended.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="reads the peak memory as POSIX tells it")
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    small = grown(path, 20_000)
    large = grown(path, 80_000)
    assert len(cells(path, "Data")) == 80_001
    assert large < small + 40
    assert grown(path, 20_000) < small + 40


def test_rows_that_cross_the_pieces_in_which_a_sheet_is_read_stay_whole(tmp_path: Path) -> None:
    rows = [[number, "x" * (number % 700)] for number in range(3000)]
    path = hand_made(tmp_path / "desk.xlsx")
    replace_table(path, "T", COLUMNS, rows)
    assert not replace_table(path, "T", COLUMNS, iter(rows))
    rows[2999] = [0, "changed"]
    assert replace_table(path, "T", COLUMNS, iter(rows))
    assert [row[1] for row in cells(path, "Desk")[1:]] == [row[1] for row in rows]


def test_a_row_longer_than_a_piece_is_read(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    draw = random.Random(5)
    rows = [["".join(draw.choices("aé&<", k=32_767)) for _ in range(2)] for _ in range(12)]
    replace_table(path, "T", COLUMNS, rows)
    assert not replace_table(path, "T", COLUMNS, rows)
    with open_package(path) as edit:
        values = edit.values("Desk")
    assert [values[row, 1] for row in range(1, 13)] == [row[1] for row in rows]


def test_a_body_gives_its_rows_back_in_any_order() -> None:
    rows = [[number, f"r{number}", None if number % 3 else ErrorCell("#N/A")] for number in range(5000)]
    body = Body("T", ("a", "b", "c"), iter(rows))
    assert len(body) == 5000
    assert [list(row) for row in body] == rows
    assert [body.row(at) for at in (4999, 0, 1023, 1024)] == [tuple(rows[at]) for at in (4999, 0, 1023, 1024)]
    body.close()


@pytest.mark.slow
def test_a_quarter_of_a_million_rows_of_fifteen_columns_need_less_than_200_mib(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "wide.xlsx"
    names = [f"c{number}" for number in range(15)]
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Data").add_table(0, 0, 1, 14, {"name": "Flows", "columns": [{"header": name} for name in names]})
    code = _CHILD.replace('("date", "sector", "net")', repr(tuple(names))).replace(
        "draw.gauss(0, 5e6)]", "*[draw.random() for _ in range(13)]]"
    )
    ended = subprocess.run([sys.executable, "-c", code, path, "250000"], capture_output=True, text=True, check=True)
    assert float(ended.stdout) < 200


def test_a_column_of_text_dates_and_errors_streams_as_well(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    rows = ([45000 + number, f"sector {number}", ErrorCell("#N/A") if number % 2 else None] for number in range(5000))
    assert replace_table(path, "Flows", FLOW_COLUMNS, rows)
    read = cells(path, "Data")
    assert read[5000][1] == "sector 4999"
