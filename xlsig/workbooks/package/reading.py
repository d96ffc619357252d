"""A stored sheet as the cells of a book: values, formulas in full, and what spills from where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from xlsig.workbooks.model import Content, Formula
from xlsig.workbooks.package.addresses import LAST_COLUMN, LAST_ROW, Box, box_of
from xlsig.workbooks.package.cells import Plain, SharedText, Tags, cells_in
from xlsig.workbooks.package.references import shifted
from xlsig.workbooks.storage import stored

_STORED_FOR_A_HOST = re.compile(r"_xldudf_|XLSIG\.|\[\d+\]!", re.IGNORECASE)


class ReadCell(NamedTuple):
    """A cell: its value, its formula without = (None: a constant), and the block that an array formula fills."""

    row: int
    column: int
    value: Plain
    formula: str | None
    block: Box | None
    is_dynamic: bool


def read_cells(
    rows: Iterable[tuple[int, bytes | None]], tags: Tags, strings: SharedText, *, formulas_only: bool = False
) -> Iterator[ReadCell]:
    """Every cell that holds something, row by row; shared formulas as each cell reads them. `formulas_only`: these, without values."""
    masters: dict[str, tuple[int, int, str]] = {}
    for number, xml in rows:
        if xml is None or (formulas_only and tags.formula_start not in xml):
            continue
        for column, cell in cells_in(xml, tags).items():
            formula = cell.formula(tags)
            if formulas_only and formula is None:
                continue
            value = None if formulas_only else cell.value(tags, strings)
            if formula is None:
                if value is not None:
                    yield ReadCell(number, column, value, None, None, False)
                continue
            kind, text, block = formula.attribute("t"), formula.text, None
            if kind == "shared":
                group = formula.attribute("si")
                if text:
                    masters[group] = (number, column, text)
                elif group in masters:
                    row, left, text = masters[group]
                    text = shifted(text, number - row, column - left)
            elif kind == "array":
                block = box_of(formula.attribute("ref"))
            if kind == "dataTable" or not text:
                yield ReadCell(number, column, value, None, None, False)
            else:
                yield ReadCell(number, column, value, text, block, bool(cell.attribute("cm")))


def typed(formula: str) -> str:
    """A stored formula as a person types it: with =, and our functions under their plain names.

    >>> typed("_xldudf_SELLOFF_STREAK(Flows[net])")
    '=SELLOFF_STREAK(Flows[net])'
    """
    text = f"={formula}"
    return stored(text, "excel") if _STORED_FOR_A_HOST.search(formula) else text


def contents(cells: Iterable[ReadCell], growth: tuple[int, int]) -> dict[tuple[int, int], Content]:
    """The cells of a sheet for a book. What spilled is left out: it follows from its formula, which has room to grow so far."""
    found: dict[tuple[int, int], Content] = {}
    blocks: list[ReadCell] = []
    for cell in cells:
        found[cell.row, cell.column] = cell.value if cell.formula is None else Formula(typed(cell.formula))
        if cell.block is not None:
            blocks.append(cell)
    for cell in blocks:
        box = cell.block
        assert box is not None
        for row in range(box.top, box.bottom + 1):
            for column in range(box.left, box.right + 1):
                if (row, column) != (cell.row, cell.column) and not isinstance(found.get((row, column)), Formula):
                    found.pop((row, column), None)
    boxes = [cell.block for cell in blocks if cell.block is not None]
    for cell in blocks:
        box = cell.block
        assert box is not None
        assert cell.formula is not None
        room = _room(box, found, [other for other in boxes if other is not box], growth) if cell.is_dynamic else box
        size = (room.bottom - room.top + 1, room.right - room.left + 1)
        found[cell.row, cell.column] = Formula(typed(cell.formula), size, is_fixed=not cell.is_dynamic)
    return found


def _room(box: Box, found: dict[tuple[int, int], Content], others: list[Box], growth: tuple[int, int]) -> Box:
    """How far a block can grow to the right and down over empty cells."""

    def is_free(row: int, column: int) -> bool:
        return (row, column) not in found and not any(other.holds(row, column) for other in others)

    right, bottom = box.right, box.bottom
    while right < min(LAST_COLUMN, box.right + growth[1]) and all(is_free(row, right + 1) for row in range(box.top, box.bottom + 1)):
        right += 1
    while bottom < min(LAST_ROW, box.bottom + growth[0]) and all(is_free(bottom + 1, column) for column in range(box.left, box.right + 1)):
        bottom += 1
    return box._replace(bottom=bottom, right=right)
