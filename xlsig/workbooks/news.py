"""What changed since the last refresh, in the desk's words: read from the file before and from the values after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.functions.answers import day, decimals
from xlsig.grid.addresses import box_of
from xlsig.grid.book import Book
from xlsig.grid.contents import ErrorCell, day_of
from xlsig.grid.formula_text import Token, sheet_named, tokens
from xlsig.ooxml import Edit

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


def standing(edit: Edit) -> dict[str, Any]:
    """The watched values as they stand in the file. A name that stands for no cell of it, or is gone, is left out."""
    places = {name: place for name in WATCHED if (place := _place(edit.names.get(name, ""), edit.sheet_names)) is not None}
    cells = {sheet: edit.values(sheet) for sheet in {sheet for sheet, _, _ in places.values()}}
    return {name: _read(name, cells[sheet].get((row, column))) for name, (sheet, row, column) in places.items()}


def news(before: Mapping[str, Any], book: Book, values: Evaluator) -> tuple[str, ...]:
    """One phrase for each watched value that changed."""
    told = []
    for name, said in WATCHED.items():
        if name not in before:
            continue
        was, now = _worded(name, before[name]), _worded(name, _now(values, book, name))
        if was != now:
            told.append(f"{said} {was} → {now}")
    return tuple(told)


def _place(refers_to: str, sheets: Iterable[str]) -> tuple[str, int, int] | None:
    """The first cell that a name stands for; None where it stands for something else, such as a formula, a constant or #REF!."""
    match tokens(refers_to):
        case (Token("sheet", sheet), Token("cells", cells)):
            known = next((name for name in sheets if name.lower() == sheet_named(sheet).lower()), None)
            box = box_of(cells)
            return None if known is None or box is None else (known, box.top, box.left)
    return None


def _read(name: str, value: Any) -> Any:
    """A cell's value as a person reads it: a date instead of its serial, nothing where it shows an error."""
    if isinstance(value, ErrorCell):
        return None
    return day_of(value) if name == "as_of" and isinstance(value, int | float) else value


def _now(values: Evaluator, book: Book, name: str) -> Any:
    place = _place(book.names.get(name, ""), book.sheets)
    try:
        return None if place is None else _read(name, values.value(*place))
    except Uncomputable:
        return None


def _worded(name: str, value: Any) -> str:
    if value is None or value == "":
        return "unknown"
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, int | float):
        return decimals(value, 2 if name.endswith("_z") else 0)
    return str(value)
