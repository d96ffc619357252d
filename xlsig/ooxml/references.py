"""The cell references inside a formula's text: shifted for shared formulas, moved where a table they cover grows or shrinks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, Box, box_of, column_number, letters
from xlsig.grid.formula_text import Token, sheet_named, tokens

_LINK = re.compile(r"(?<![^'])\[(\d+)\]")
_PARTS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")

Change = Callable[[str | None, str], str]
"""From the sheet a reference names (None: its own) and its text to its new text."""

Spelling = Callable[[str, Mapping[int, str]], str]
"""A formula's text, without =, with other names for the functions that it calls; the mapping says where each external link leads."""


def as_stored(formula: str, links: Mapping[int, str]) -> str:
    """The spelling that changes nothing."""
    return formula


def linked(formula: str) -> set[int]:
    """The numbers of the external links that a formula uses.

    >>> sorted(linked("[2]!PRICE('[13]My data'!A1)"))
    [2, 13]
    """
    return {int(number) for kind, text in tokens(formula) if kind == "sheet" for number in _LINK.findall(text)}


def relinked(formula: str, numbers: Mapping[int, int]) -> str:
    """A formula with other numbers for its external links.

    >>> relinked("[2]!PRICE('[13]My data'!A1)", {13: 12})
    "[2]!PRICE('[12]My data'!A1)"
    """

    def renumbered(link: re.Match[str]) -> str:
        return f"[{numbers.get(int(link[1]), int(link[1]))}]"

    return "".join(_LINK.sub(renumbered, text) if kind == "sheet" else text for kind, text in tokens(formula))


def rewritten(formula: str, change: Change) -> str:
    """A formula with each A1 reference changed; text, names and structured references stay as they are.

    Two cells with a colon between them, each with its sheet, are one reference.

    >>> rewritten("SUM(Data!A2:Data!A9)", lambda sheet, text: {"A2:A9": "A2:A12"}[text])
    'SUM(Data!A2:Data!A12)'
    """
    out: list[str] = []
    sheet = None
    read = tokens(formula)
    at = 0
    while at < len(read):
        kind, text = read[at]
        if kind == "cells" and (again := _second_corner(read, at, sheet)):
            to = change(sheet, f"{text}:{read[at + 3].text}")
            first, colon, last = to.partition(":")
            out.append(f"{first}:{again}{last}" if colon else to)
            at += 4
            continue
        out.append(change(sheet, text) if kind == "cells" else text)
        sheet = sheet_named(text) if kind == "sheet" else None
        at += 1
    return "".join(out)


def _second_corner(read: Sequence[Token], at: int, sheet: str | None) -> str:
    """How the sheet is written before the second corner of Sheet!A2:Sheet!A9 whose first corner stands here; empty elsewhere."""
    match read[at : at + 4]:
        case (_, Token("sign", ":"), Token("sheet", again), Token("cells", other)):
            if sheet is not None and ":" not in read[at].text + other and sheet_named(again).lower() == sheet.lower():
                return again
    return ""


@lru_cache(maxsize=20_000)
def shifted(formula: str, down: int, across: int) -> str:
    """The formula as it reads so many rows below and columns to the right: references without $ move along.

    >>> shifted('SUM($A1:A$1)&"A1"', 2, 1)
    'SUM($A3:B$1)&"A1"'
    """
    if not down and not across:
        return formula
    return "".join(part if isinstance(part, str) else _shifted(part, down, across) for part in _shape(formula))


_Corner = tuple[str, int, str, int]
"""A $ or nothing, a column, a $ or nothing, a row; from 0."""


@lru_cache(maxsize=64)
def _shape(formula: str) -> list[str | list[_Corner]]:
    """A formula's text in pieces, its A1 references as corners."""
    return [_corners(text) if kind == "cells" else text for kind, text in tokens(formula)]


def _corners(text: str) -> list[_Corner]:
    found = []
    for corner in text.split(":"):
        parts = _PARTS.fullmatch(corner)
        assert parts is not None
        found.append((parts[1], column_number(parts[2]), parts[3], int(parts[4]) - 1))
    return found


def _shifted(corners: list[_Corner], down: int, across: int) -> str:
    moved = []
    for fixed_column, column, fixed_row, row in corners:
        column = column if fixed_column else column + across
        row = row if fixed_row else row + down
        if not (0 <= column <= LAST_COLUMN and 0 <= row <= LAST_ROW):
            return "#REF!"
        moved.append(f"{fixed_column}{letters(column)}{fixed_row}{row + 1}")
    return ":".join(moved)


@dataclass(frozen=True)
class Move:
    """A table that has grown or shrunk: its box from header to last data row, and where its last data and totals rows were and are."""

    sheet: str
    left: int
    right: int
    header: int | None
    first: int
    old_last: int
    new_last: int
    totals: bool

    def box(self, box: Box, *, single: bool) -> Box:
        """Where a block of cells lies afterwards. It follows if it spans the table's rows exactly; a single cell only if `single`."""
        if box.left < self.left or box.right > self.right:
            return box
        top, bottom = box.top, box.bottom
        if self.totals and top == bottom == self.old_last + 1:
            return box._replace(top=self.new_last + 1, bottom=self.new_last + 1)
        if top not in (self.header, self.first) or (top == bottom and not single):
            return box
        if bottom == self.old_last and bottom >= self.first:
            return box._replace(bottom=self.new_last)
        if self.totals and bottom == self.old_last + 1:
            return box._replace(bottom=self.new_last + 1)
        return box


def moved(formula: str, own_sheet: str | None, moves: Iterable[Move], *, single: bool = False) -> str:
    """A formula whose references follow the tables they span.

    >>> move = Move("Data", 0, 6, 2, 3, 62, 99, totals=False)
    >>> moved("SUM(Data!$E$4:$E$63)+Data!E5", None, [move])
    'SUM(Data!$E$4:$E$100)+Data!E5'
    """
    by_sheet: dict[str, list[Move]] = {}
    for move in moves:
        by_sheet.setdefault(move.sheet.lower(), []).append(move)

    def change(sheet: str | None, text: str) -> str:
        on = own_sheet if sheet is None else sheet
        for move in by_sheet.get("" if on is None else on.lower(), ()):
            text = _moved(text, move, single)
        return text

    return rewritten(formula, change)


def _moved(text: str, move: Move, single: bool) -> str:
    box = box_of(text)
    if box is None:
        return text
    to = move.box(box, single=single or ":" in text)
    return text if to == box else _with_rows(text, box, to)


def _with_rows(text: str, box: Box, to: Box) -> str:
    """The reference with new rows; its letters and $ signs stay."""
    corners = [_PARTS.fullmatch(corner) for corner in text.split(":")]
    rows = {box.top: to.top, box.bottom: to.bottom}
    if len(corners) == 1 and to.top != to.bottom:
        corners = corners * 2
        lines = [to.top, to.bottom]
    elif box.top == box.bottom and len(corners) == 2:
        lines = [to.top, to.bottom]
    else:
        lines = [rows[int(corner[4]) - 1] for corner in corners if corner is not None]
    return ":".join(f"{corner[1]}{corner[2]}{corner[3]}{line + 1}" for corner, line in zip(corners, lines, strict=True) if corner)


def moves_somewhere(formula: str, own_sheet: str, moves: Sequence[Move], height: int, width: int) -> bool:
    """Whether one of so many rows and columns of copies of a formula follows a table: its `$` parts with what moves along.

    >>> move = Move("Data", 0, 6, 2, 3, 62, 99, totals=False)
    >>> moves_somewhere("SUM(Data!E$4:E$63)*A1", "Mine", [move], 3, 1), moves_somewhere("Data!E$4+A1", "Mine", [move], 3, 1)
    (True, False)
    """
    near = [move for move in moves if move.old_last != move.new_last]
    if not near:
        return False
    for down in sorted(set(_telling_rows(formula, near, height))):
        for across in range(width):
            text = shifted(formula, down, across)
            if moved(text, own_sheet, near) != text:
                return True
    return False


def _telling_rows(formula: str, moves: Sequence[Move], height: int) -> Iterator[int]:
    """How far down a formula's copies begin to refer to an edge of a table: elsewhere none begins to follow it."""
    rows: list[int] = []

    def note(_: str | None, text: str) -> str:
        rows.extend(int(parts[4]) - 1 for corner in text.split(":") if (parts := _PARTS.fullmatch(corner)) and not parts[3])
        return text

    rewritten(formula, note)
    yield 0
    for move in moves:
        for edge in (move.first if move.header is None else move.header, move.first, move.old_last, move.old_last + 1):
            yield from (edge - row for row in rows if 0 < edge - row < height)


def moved_areas(areas: str, moves: Iterable[Move]) -> str:
    """A list of areas on a table's own sheet (`sqref`) that follow it.

    >>> moved_areas("E4:E63 A1", [Move("Data", 0, 6, 2, 3, 62, 99, totals=False)])
    'E4:E100 A1'
    """
    out = []
    for area in areas.split():
        box = box_of(area)
        if box is None:
            out.append(area)
            continue
        to = box
        for move in moves:
            to = move.box(to, single=True)
        out.append(area if to == box else str(to))
    return " ".join(out)
