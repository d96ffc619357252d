"""Random sheets around a table, judged by openpyxl: the table holds its rows, every other cell what it held; or the growth was refused."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils import get_column_letter

from checks.lint import lint
from xlsig.ooxml import PackageRefusal, open_package, replace_table

WIDTH, DEPTH = 8, 26


def _value(draw: random.Random) -> Any:
    return draw.choice(
        [draw.randint(-9, 9), round(draw.random(), 6), "text & <more>", "=1+1", True, None, "x" * draw.randint(1, 9), 1e-300, 2**60]
    )


def _book(path: Path, draw: random.Random) -> tuple[dict[tuple[int, int], Any], int, int, int, int]:
    """A table of two data columns and a calculated one somewhere on the sheet, other cells around it; what stands where."""
    top, left, rows = draw.randint(0, 4), draw.randint(0, 4), draw.randint(1, 8)
    others: dict[tuple[int, int], Any] = {}
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Data")
        columns = [{"header": "a"}, {"header": "b"}, {"header": "twice", "formula": "=T[[#This Row],[b]]*2"}]
        sheet.add_table(top, left, top + rows, left + 2, {"name": "T", "columns": columns})
        for _ in range(draw.randint(0, 60)):
            row, column = draw.randint(0, DEPTH), draw.randint(0, WIDTH)
            if top <= row <= top + rows and left <= column <= left + 2:
                continue
            if draw.random() < 0.3:
                others[row, column] = "=1+2"
                sheet.write_formula(row, column, "=1+2", None, 3)
            else:
                others[row, column] = _value(draw) or 5
                sheet.write(row, column, others[row, column])
    return others, top, left, rows, left + 2


@pytest.mark.parametrize("seed", range(60))
def test_a_random_table_changes_and_its_neighbours_do_not(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    path = tmp_path / "desk.xlsx"
    others, top, left, rows, right = _book(path, draw)
    for _ in range(3):
        data = [[_value(draw), _value(draw)] for _ in range(draw.randint(0, 14))]
        new_rows = max(len(data), 1)
        blocked = sorted((row, column) for row, column in others if top + rows < row <= top + new_rows and left <= column <= right)
        if blocked:
            with pytest.raises(PackageRefusal, match=f"{get_column_letter(blocked[0][1] + 1)}{blocked[0][0] + 1} is not empty"):
                replace_table(path, "T", ("b", "a"), data)
            continue
        replace_table(path, "T", ("b", "a"), data)
        rows = new_rows
        assert not replace_table(path, "T", ("b", "a"), data)
        expected = dict(others)
        expected.update({(top, left): "a", (top, left + 1): "b", (top, left + 2): "twice"})
        for at in range(rows):
            expected[top + 1 + at, left + 2] = "=T[[#This Row],[b]]*2"
            for column, value in enumerate(reversed(data[at]) if data else (None, None), start=left):
                expected[top + 1 + at, column] = value
        _compare(path, {key: value for key, value in expected.items() if value is not None})
        assert lint(path) == []


def _compare(path: Path, expected: dict[tuple[int, int], Any]) -> None:
    sheet = openpyxl.load_workbook(path)["Data"]
    found = {(cell.row - 1, cell.column - 1): cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        cell = found[key]
        assert cell.value == value
        is_formula = isinstance(value, str) and value in ("=1+2", "=T[[#This Row],[b]]*2")
        assert (cell.data_type == "f") == is_formula
    with open_package(path) as edit:
        formulas = {(row, column) for _, row, column, _, _ in edit.formulas()}
    assert formulas == {key for key, value in expected.items() if value in ("=1+2", "=T[[#This Row],[b]]*2")}
