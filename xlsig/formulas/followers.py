"""Which formula cells follow from cells that changed, read from the formulas' text: also from text that cannot be computed here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from xlsig.formulas.named_cells import Area
from xlsig.formulas.trees import cells_of, columns_of, rows_of
from xlsig.formulas.values import Uncomputable
from xlsig.grid.book import Book
from xlsig.grid.formula_text import sheet_named, tokens

Key = tuple[str, int, int]
_WORD = re.compile(r"[^\W\d][\w.]*")
_AREAS = {"cells": cells_of, "columns": columns_of, "rows": rows_of}


@dataclass
class Mentions:
    """What a formula mentions: areas, and words that may be tables or names."""

    areas: list[Area] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


def mentioned(text: str, sheet: str) -> Mentions:
    """What a formula on a sheet mentions; where it cannot be read, every word in it.

    >>> mentioned("=SUM(A1:A3)+Flows[net]", "Data").words
    {'flows'}
    """
    found = Mentions()
    before, on = "", None
    for kind, part in tokens(text):
        if kind in _AREAS:
            _add_area(found, kind, part, on or sheet)
        elif kind == "name":
            found.words.add(part.lower())
        elif kind == "brackets" and before != "name":
            found.words.add("")
        elif kind == "odd":
            found.words |= {word.lower() for word in _WORD.findall(text)}
        before, on = kind, sheet_named(part) if kind == "sheet" else None
    return found


def _add_area(found: Mentions, kind: str, text: str, sheet: str) -> None:
    """What cells, columns or rows stand for; beyond the sheet they are a word that means nothing."""
    try:
        area = _AREAS[kind](text, None)
    except Uncomputable:
        found.words.add(text.lower())
    else:
        found.areas.append(Area(sheet, area.top, area.left, area.bottom, area.right))


def followers(book: Book, tables: Iterable[str], seeds: Iterable[Key]) -> set[Key]:
    """The formula cells that follow from replaced tables and from recomputed cells (the seeds included), directly or through others."""
    cells = {(sheet, row, column): formula for sheet, row, column, formula in book.formulas()}
    mentions = {key: _placed(mentioned(formula.text, key[0]), key, book) for key, formula in cells.items()}
    names = {name.rpartition("!")[2].lower(): mentioned(f"={text}", "") for name, text in book.names.items()}
    words = {name.lower() for name in tables}
    areas = [_table_area(book, name) for name in tables]
    following: set[Key] = set()
    new = set(seeds)
    while new or areas:
        following |= new
        changed = _Changed([*areas, *(_answer_area(key, cells[key].spill) for key in new)])
        renamed = {name for name, said in names.items() if name not in words and changed.touches(said, words)}
        while renamed:
            words |= renamed
            renamed = {name for name, said in names.items() if name not in words and said.words & words}
        new = {key for key in cells.keys() - following if changed.touches(mentions[key], words)}
        areas = []
    return following


def _placed(said: Mentions, key: Key, book: Book) -> Mentions:
    """A reference to the formula's own row of a table means the table that it stands in."""
    if "" in said.words:
        sheet, row, column = key
        said.words |= {
            table.name.lower()
            for table in book.tables.values()
            if table.sheet == sheet and table.row < row <= table.row + len(table.rows) and 0 <= column - table.column < len(table.columns)
        }
    return said


def _table_area(book: Book, name: str) -> Area:
    table = book.tables[name]
    return Area(table.sheet, table.row, table.column, table.row + len(table.rows), table.column + len(table.columns) - 1)


def _answer_area(key: Key, spill: tuple[int, int] | None) -> Area:
    sheet, row, column = key
    height, width = spill or (1, 1)
    return Area(sheet, row, column, row + height - 1, column + width - 1)


class _Changed:
    """Areas that changed, by sheet."""

    def __init__(self, areas: Iterable[Area]) -> None:
        by_sheet: dict[str, list[Area]] = {}
        for area in areas:
            by_sheet.setdefault(area.sheet.lower(), []).append(area)
        self._sheets = {sheet: np.array([area[1:] for area in found]).T for sheet, found in by_sheet.items()}

    def touches(self, said: Mentions, words: set[str]) -> bool:
        """Whether what a formula mentions changed."""
        return bool(said.words & words) or any(map(self._meets, said.areas))

    def _meets(self, area: Area) -> bool:
        found = self._sheets.get(area.sheet.lower())
        if found is None:
            return False
        top, left, bottom, right = found
        return bool(((area.top <= bottom) & (top <= area.bottom) & (area.left <= right) & (left <= area.right)).any())
