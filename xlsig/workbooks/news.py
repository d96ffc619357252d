"""What changed since the last refresh, in the desk's words: read from the file before and from the values after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.frames.wording import day
from xlsig.functions.answers import decimals
from xlsig.grid.addresses import box_of
from xlsig.grid.book import Book, Key
from xlsig.grid.contents import LEAP_BUG, ErrorCell, day_of
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
_HISTORY = "signal_"
_TOLD = ("answer_", _HISTORY)


def standing(edit: Edit) -> dict[str, Any]:
    """What stands in the file under each name of an answer or of a history's last one. A name that stands for no cell of it is left out."""
    sheets = edit.sheet_names
    named = {name: text for name, text in edit.names.items() if name in WATCHED or name.startswith(_TOLD)}
    places = {name: place for name, text in named.items() if (place := cell_of(text, sheets, is_last=name.startswith(_HISTORY)))}
    values = edit.value_of(places.values())
    return {name: _read(name, values.get(cell)) for name, cell in places.items()}


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


def cell_of(refers_to: str, sheets: Iterable[str], *, is_last: bool = False) -> Key | None:
    """The first or the last cell that a name stands for; None where it stands for something else: a formula, a constant or #REF!."""
    match tokens(refers_to):
        case (Token("sheet", sheet), Token("cells", cells)):
            known = next((name for name in sheets if name.lower() == sheet_named(sheet).lower()), None)
            box = box_of(cells)
            if known is not None and box is not None:
                return (known, box.bottom, box.right) if is_last else (known, box.top, box.left)
    return None


def _read(name: str, value: Any) -> Any:
    """A cell's value as a person reads it: a date instead of its serial, nothing where it shows an error."""
    if isinstance(value, ErrorCell):
        return None
    if name == "as_of" and isinstance(value, int | float):
        return day_of(value) if value > LEAP_BUG else None  # a blank cell reads as 0
    return value


def _now(values: Evaluator, book: Book, name: str) -> Any:
    place = cell_of(book.names.get(name, ""), book.sheets)
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
