"""A formula whose answer spills: its block of cells made as large as the new answer, if a person's own cells leave room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, Box, box_of, place
from xlsig.grid.contents import ErrorCell, Plain
from xlsig.ooxml.cells import StoredCell, Tags, cells_in
from xlsig.ooxml.tables import TablePart

NOT_AVAILABLE = ErrorCell("#N/A")


@dataclass
class Spill:
    """A formula's block as it will be: where, what goes into it, and how cells that are new to it look."""

    box: Box
    old: Box
    values: dict[tuple[int, int], Plain] = field(default_factory=dict)
    styles: dict[tuple[int, int], str] = field(default_factory=dict)


def resized_spill(
    sheet: str,
    anchor: tuple[int, int],
    block: list[list[Plain]],
    rows: Iterable[tuple[int, bytes | None]],
    tags: Tags,
) -> Spill:
    """Read the sheet's rows from the formula down. What the old answer left over is cleared; anything else in the way is refused."""
    row, column = anchor
    where = place(sheet, row, column)
    old, spill = None, Spill(Box(row, column, row, column), Box(row, column, row, column))
    for number, xml in rows:
        if old is not None and number > max(old.bottom, spill.box.bottom):
            break
        if number < row or xml is None:
            continue
        cells = cells_in(xml, tags)
        if number == row:
            cell = cells.get(column)
            old = None if cell is None else _block_of(cell, tags)
            if cell is None or old is None:
                raise PackageRefusal(f"{where} holds no formula that spills")
            spill = _filled(anchor, block, old, is_fixed=not cell.attribute("cm"))
            if spill.box.bottom > LAST_ROW or spill.box.right > LAST_COLUMN:
                raise PackageRefusal(f"the answer of {where} does not fit on the sheet")
        if old is None:
            break
        _check_row(sheet, number, cells, old, spill, anchor, tags)
    if old is None:
        raise PackageRefusal(f"{where} holds no formula that spills")
    return spill


def _block_of(cell: StoredCell, tags: Tags) -> Box | None:
    formula = cell.formula(tags)
    return None if formula is None or formula.attribute("t") != "array" else box_of(formula.attribute("ref"))


def _filled(anchor: tuple[int, int], block: list[list[Plain]], old: Box, *, is_fixed: bool) -> Spill:
    """The values by cell. An array formula entered with Ctrl+Shift+Enter keeps its size and shows #N/A where the answer is smaller."""
    row, column = anchor
    height, width = len(block), len(block[0])
    box = old if is_fixed else Box(row, column, row + height - 1, column + width - 1)
    spill = Spill(box, old)
    for down in range(box.bottom - box.top + 1):
        for across in range(box.right - box.left + 1):
            at = (0 if height == 1 else down, 0 if width == 1 else across)
            value = block[at[0]][at[1]] if at[0] < height and at[1] < width else NOT_AVAILABLE
            spill.values[row + down, column + across] = value
    return spill


def _check_row(sheet: str, number: int, cells: dict[int, StoredCell], old: Box, spill: Spill, anchor: tuple[int, int], tags: Tags) -> None:
    for column, cell in cells.items():
        was, will = old.holds(number, column), spill.box.holds(number, column)
        if (number, column) == anchor or not (was or will):
            continue
        is_own = was and cell.formula(tags) is None
        if not is_own and cell.holds_something(tags):
            where = place(sheet, number, column)
            raise PackageRefusal(f"{where} is not empty, and the answer of {place(sheet, *anchor)} would spill over it")
        if was and not will:
            spill.values[number, column] = None
        if was and number == old.bottom and (style := cell.attribute("s")):
            for below in range(old.bottom + 1, spill.box.bottom + 1):
                spill.styles[below, column] = style


def check_spill(sheet: str, anchor: tuple[int, int], box: Box, tables: Iterable[TablePart], merged: Iterable[Box]) -> None:
    """Refuse a block that would run into a table or a merged cell."""
    for table in tables:
        if box.meets(table.box):
            raise PackageRefusal(f"the answer of {place(sheet, *anchor)} would spill into the table {table.name}")
    for area in merged:
        if box.meets(area) and (area.top, area.left) != anchor:
            raise PackageRefusal(f"{place(sheet, area.top, area.left)} is a merged cell, and {place(sheet, *anchor)} would spill over it")
