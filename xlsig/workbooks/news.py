"""What changed since the last refresh, in the desk's words: read from the file before and from the values after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.functions.wording import day, decimals
from xlsig.grid.book import Book
from xlsig.grid.contents import ErrorCell
from xlsig.grid.serials import day_of

WATCHED = {
    "as_of": "as of",
    "answer_state": "state",
    "answer_streak": "streak",
    "answer_sectors": "sectors",
    "answer_regions": "regions",
    "answer_seller_1": "top seller",
    "answer_seller_2": "second seller",
    "answer_seller_3": "third seller",
    "answer_spread_z": "spread z",
    "answer_flow_z": "flow z",
}
"""Defined names whose values make the news, and what the desk calls them."""


def standing(path: Path, names: Mapping[str, str]) -> dict[str, Any]:
    """The watched values as they stand in the file."""
    found: dict[str, Any] = {}
    places = {name: _place(names[name]) for name in WATCHED if name in names}
    with CalamineWorkbook.from_path(path) as book:
        for name, (sheet, row, column) in places.items():
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=row + 1)
            found[name] = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
    return found


def news(before: Mapping[str, Any], book: Book, values: Evaluator) -> tuple[str, ...]:
    """One phrase for each watched value that changed."""
    told = []
    for name, said in WATCHED.items():
        if name not in before:
            continue
        was, now = _worded(name, before[name]), _worded(name, _value(values, book.names[name]))
        if was != now:
            told.append(f"{said} {was} → {now}")
    return tuple(told)


def _place(refers_to: str) -> tuple[str, int, int]:
    sheet, _, cell = refers_to.rpartition("!")
    row, column = xl_cell_to_rowcol(cell.replace("$", "").split(":")[0])
    return sheet.strip("'").replace("''", "'"), row, column


def _value(values: Evaluator, refers_to: str) -> Any:
    try:
        return values.value(*_place(refers_to))
    except Uncomputable:
        return None


def _worded(name: str, value: Any) -> str:
    if value is None or value == "" or isinstance(value, ErrorCell):
        return "unknown"
    if name == "as_of":
        if isinstance(value, int | float):
            value = day_of(value)
        return day(value)
    if isinstance(value, int | float):
        return decimals(value, 2 if name.endswith("_z") else 0)
    return str(value)
