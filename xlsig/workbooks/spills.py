"""Answers that spill, when they change their size: the room they take, and the names that follow them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.formulas.work import Work
from xlsig.functions.spelling import typed
from xlsig.grid.addresses import Box, box_of
from xlsig.grid.book import Book, Formula, Key
from xlsig.grid.formula_text import Token, sheet_named, tokens
from xlsig.ooxml import Edit

_ROUNDS = 12

Size = tuple[int, int]
"""Rows and columns."""


@dataclass(frozen=True)
class Settled:
    """A book whose spills have the room that their answers take, the names that follow them, and its values."""

    book: Book
    names: Mapping[str, str]
    evaluator: Evaluator


def settled(edit: Edit, book: Book) -> Settled:
    """Evaluate a file's book until the spills and the names that follow them stand still: their sizes depend on formulas, which depend on
    them.

    An answer has the room that the file has for it and some rows below. One that needs more, as after an error, which takes one cell, is
    given what it needs; where something stands in its way, it is #SPILL!.
    """
    names, boxes = edit.names, _boxes(book)
    current, work = dict(names), Work()
    for _ in range(_ROUNDS):
        book.names = {name: typed(text, edit.links) for name, text in current.items()}
        evaluator = Evaluator(book, work)
        sizes = {key: size for key in boxes if (size := _size(evaluator, key)) is not None}
        moved = following_names(names, boxes, sizes)
        short = {key: size for key, size in evaluator.short.items() if key in boxes}
        if moved == current and not short:
            break
        current = moved
        for (sheet, row, column), size in short.items():
            formula = book.content(sheet, row, column)
            assert isinstance(formula, Formula)
            book.sheets[sheet][row, column] = replace(formula, spill=size)
    return Settled(book, current, evaluator)


def _boxes(book: Book) -> dict[Key, Box]:
    """Where each formula that spills spilled so far."""
    return {(sheet, row, column): found.taken for sheet, row, column, found in book.formulas() if found.taken is not None}


def _size(evaluator: Evaluator, key: Key) -> Size | None:
    try:
        answer = evaluator.formula(*key)
    except Uncomputable:
        return evaluator.short.get(key)
    return (len(answer), len(answer[0])) if isinstance(answer, list) else (1, 1)


def following_names(names: Mapping[str, str], old: Mapping[Key, Box], sizes: Mapping[Key, Size]) -> dict[str, str]:
    """Each name's text once the spills have their new sizes.

    A name of several cells follows a spill if it stands for its columns from its first row, or from below its header, to its last row.
    While the answer is an error, which takes one cell, the name stays as it is, and follows again when there is an answer.

    >>> names = {"flags": "Signal!$F$5:$F$9"}
    >>> following_names(names, {("Signal", 3, 0): Box(3, 0, 8, 5)}, {("Signal", 3, 0): (7, 6)})
    {'flags': 'Signal!$F$5:$F$10'}
    >>> following_names(names, {("Signal", 3, 0): Box(3, 0, 3, 0)}, {("Signal", 3, 0): (7, 6)})
    {'flags': 'Signal!$F$5:$F$10'}
    """
    return {name: _followed(text, old, sizes) for name, text in names.items()}


def _followed(text: str, old: Mapping[Key, Box], sizes: Mapping[Key, Size]) -> str:
    match tokens(text):
        case (Token("sheet", prefix), Token("cells", cells)):
            area = box_of(cells)
        case _:
            return text
    if area is None or area.top == area.bottom:
        return text
    for (sheet, row, column), box in old.items():
        size = sizes.get((sheet, row, column), (1, 1))
        if sheet == sheet_named(prefix) and size != (1, 1) and _follows(area, box, size):
            return f"{prefix}{area._replace(bottom=max(area.top + 1, row + size[0] - 1)).fixed}"
    return text


def _follows(area: Box, box: Box, size: Size) -> bool:
    """Whether an area of several rows follows a spill that took a box so far and takes another size now."""
    right = box.left + size[1] - 1
    if area.top not in (box.top, box.top + 1) or not box.left <= area.left <= area.right <= max(box.right, right):
        return False
    if box.top < box.bottom:
        return area.bottom == max(area.top + 1, box.bottom)
    has_room = area.top > box.top and area.bottom > box.top + size[0] - 1 and (area.left, area.right) == (box.left, right)
    return not has_room  # as wide as the whole answer and longer: an area that was kept for it, which never changes
