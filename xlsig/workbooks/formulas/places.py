"""References as typed, before they are looked up: A1 style and structured."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsig.functions.cells import SHEET_ROWS
from xlsig.workbooks.formulas.values import Uncomputable

SHEET_COLUMNS = 16_384
_PARTS = ("#all", "#data", "#headers", "#totals", "#this row")
_ITEM = re.compile(r"\[((?:'.|[^\]'])*)\]")


@dataclass(frozen=True, slots=True)
class Places:
    """Cells as typed: corners from 0, both inside; `fixed` where every row and column has its $."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int
    fixed: bool


@dataclass(frozen=True, slots=True)
class Structured:
    """A structured reference: the table (None: the one that the formula stands in), its parts, and the columns from first to last."""

    table: str | None
    parts: tuple[str, ...]
    first: str | None
    last: str | None


def cells_of(text: str, sheet: str | None) -> Places:
    """A1, $A$1 or A1:B2."""
    rows, columns = [], []
    for corner in text.split(":"):
        row, column = _parted(corner)
        rows.append(row)
        columns.append(column)
    fixed = text.count("$") == 2 * len(rows)
    return _checked(Places(sheet, min(rows), min(columns), max(rows), max(columns), fixed))


def is_name(text: str) -> bool:
    """Whether what looks like a cell lies right of the last column, and so is a name: XYZ1."""
    return text.isalnum() and _parted(text)[1] >= SHEET_COLUMNS


def columns_of(text: str, sheet: str | None) -> Places:
    """A:B."""
    columns = [column_number(side.replace("$", "")) for side in text.split(":")]
    return _checked(Places(sheet, 0, min(columns), SHEET_ROWS - 1, max(columns), text.count("$") == 2))


def column_number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _parted(corner: str) -> tuple[int, int]:
    bare = corner.replace("$", "")
    letters = bare.rstrip("0123456789")
    return int(bare[len(letters) :]) - 1, column_number(letters)


def _checked(places: Places) -> Places:
    if places.bottom >= SHEET_ROWS or places.right >= SHEET_COLUMNS:
        raise Uncomputable("it refers to a cell beyond the sheet")
    return places


def structured(table: str | None, content: str) -> Structured:
    """What stands between the outer brackets: a column, @column, [#Part], or [#Part],[first]:[last]."""
    text = content.strip()
    this_row = text.startswith("@")
    if this_row:
        text = text[1:].strip()
    if not text.startswith("["):
        return _plain(table, text, this_row)
    parts, columns = ["#this row"] if this_row else [], []
    for item in _items(text):
        lowered = item.strip().lower()
        if lowered in _PARTS:
            parts.append(lowered)
        else:
            columns.append(_unescaped(item))
    if len(columns) > 2 or (len(columns) == 2) != _is_range(text):
        raise Uncomputable(f"the structured reference [{content}] cannot be read")
    return Structured(table, tuple(parts), columns[0] if columns else None, columns[-1] if columns else None)


def _plain(table: str | None, text: str, this_row: bool) -> Structured:
    if this_row:
        column = _unescaped(text) or None
        return Structured(table, ("#this row",), column, column)
    if text.lower() in _PARTS:
        return Structured(table, (text.lower(),), None, None)
    column = _unescaped(text) or None
    return Structured(table, (), column, column)


def _items(text: str) -> list[str]:
    """The entries in inner brackets: [a],[b] or [a]:[b]."""
    if _ITEM.sub("", text).strip(" ,:"):
        raise Uncomputable(f"the structured reference [{text}] cannot be read")
    return _ITEM.findall(text)


def _is_range(text: str) -> bool:
    return _ITEM.sub("", text).count(":") == 1


def _unescaped(name: str) -> str:
    return re.sub(r"'(.)", r"\1", name)
