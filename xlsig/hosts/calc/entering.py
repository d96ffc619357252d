"""When formulas are entered, pasted or filled: named for Calc, days shown as days, and a table offered its block. Runs inside Calc."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Function
from xlsig.functions.spelling import our_function
from xlsig.grid.addresses import Box
from xlsig.grid.formula_text import closing, tokens
from xlsig.hosts.calc import exchange
from xlsig.hosts.calc.calls import resolve_cells
from xlsig.hosts.calc.signatures import SERVICE

FILL = "org.xlsig.FillBlock"
"""The job that fills the block which was offered last."""

_ENTERED, _INFOBAR = "cell-change", "xlsig-block"
_FILLED: Final = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: values, days, texts, formulas
_FORMULAS, _DATE = 16, 2  # com.sun.star.util.NumberFormat.DATE
_DAYS: Final = ("date", "start", "end")
"""Columns of tables that hold days; so do the rows of measures whose names end in _date."""
_MOST_DRESSED = 10_000

_offered: list[tuple[Any, Any, Box]] = []
"""At most one: the document, the cell of the formula, and the cells that its answer fills."""


def entered(document: Any, changes: Iterable[Any]) -> int:
    """Set the formulas among cells that were just entered; returns how many were changed.

    Calc has read them and gives ours their full names. Not recorded for Undo, which takes back what was entered.
    """
    areas = [change.ReplacedElement for change in changes if change.Accessor == _ENTERED]
    if not areas:
        return 0
    recording = document.getUndoManager()
    recording.lock()
    try:
        changed = sum(resolve_cells(area, document.NamedRanges, f"{SERVICE}.") for area in areas)
        for area in areas:
            _show_days(document, area)
    finally:
        recording.unlock()
    if len(areas) == 1:
        _offer(document, areas[0])
    return changed


def outermost(formula: str) -> Function | None:
    """The function of ours whose answer is the formula's.

    >>> outermost("=XLSIG.TOP_SELLERS(A1:A9;B1:B9)").name, outermost("=1+XLSIG.SELLOFF_STREAK(A1:A9)")
    ('TOP_SELLERS', None)
    """
    read = [token for token in tokens(formula.strip("{}")) if token.kind != "space" and token.text != "="]
    if not read or read[0].kind != "call" or closing(read, 0) != len(read) - 1:
        return None
    return CATALOGUE.get(our_function(read[0].text[:-1]) or "")


def _show_days(document: Any, area: Any) -> None:
    """Give the cells that are answered with a day a date's format, unless they have one of their own."""
    for block in area.queryContentCells(_FORMULAS):
        rows = block.getFormulaArray()
        if len(rows) * len(rows[0]) > _MOST_DRESSED:
            continue
        for down, row in enumerate(rows):
            for across, formula in enumerate(row):
                function = outermost(formula) if f"{SERVICE}." in formula else None
                if function is not None and function.returns == "date":
                    _as_day(document, block.getCellByPosition(across, down))


def _as_day(document: Any, cells: Any) -> None:
    if exchange.is_standard(cells.NumberFormat):
        cells.NumberFormat = document.getNumberFormats().getStandardFormat(_DATE, document.CharLocale)


def _offer(document: Any, area: Any) -> None:
    """Offer to fill the block of a table-answering function that was entered in a single cell."""
    address, controller = area.getRangeAddress(), document.CurrentController
    if controller is None or (address.StartRow, address.StartColumn) != (address.EndRow, address.EndColumn):
        return
    if controller.hasInfobar(_INFOBAR):
        controller.removeInfobar(_INFOBAR)
    _offered.clear()
    cell = area.getCellByPosition(0, 0)
    function = outermost(cell.getFormula())
    if function is None or function.spills == "no":
        return
    height, width = _size(cell)
    if height * width == 1:
        return
    box = Box(address.StartRow, address.StartColumn, address.StartRow + height - 1, address.StartColumn + width - 1)
    _offered.append((document, cell, box))
    said = f"{function.name} answers with {height} rows and {width} column{'s' if width > 1 else ''}, of which one cell is shown."
    _say(controller, said, (f"Fill {box}", f"vnd.sun.star.job:alias={FILL}"))


def _size(cell: Any) -> tuple[int, int]:
    """The rows and columns of a formula's answer, which is computed again for it."""
    cell.setFormula(cell.getFormula())
    cell.getError()
    return exchange.last_block


def _say(controller: Any, said: str, *buttons: tuple[str, str]) -> None:
    uno = import_module("uno")
    pairs = []
    for label, command in buttons:
        pair = uno.createUnoStruct("com.sun.star.beans.StringPair")
        pair.First, pair.Second = label, command
        pairs.append(pair)
    with contextlib.suppress(Exception):  # a hidden view has no place for it, which Calc says by an error of no kind of its own
        controller.appendInfobar(_INFOBAR, "xlsig", said, 0, tuple(pairs), True)


def fill_offered() -> None:
    """Enter the formula that a block was offered for as an array formula over the whole block, if nothing stands there."""
    if not _offered:
        return
    document, cell, box = _offered.pop()
    controller, sheet = document.CurrentController, cell.getSpreadsheet()
    area = sheet.getCellRangeByPosition(box.left, box.top, box.right, box.bottom)
    formula, filled = cell.getFormula(), sum(_cells_in(each) for each in area.queryContentCells(_FILLED).getRangeAddresses())
    if filled > 1:
        if controller is not None:
            _say(controller, f"{box} is not filled: {filled - 1} of its cells hold something else. Clear them and enter the formula again.")
        return
    recording = document.getUndoManager()
    recording.enterUndoContext("Fill the block")
    try:
        cell.setFormula("")
        area.setArrayFormula(formula)
        function = outermost(formula)
        if function is not None:
            _show_days_of_table(document, area, function)
    finally:
        recording.leaveUndoContext()


def _show_days_of_table(document: Any, area: Any, function: Function) -> None:
    rows = area.getDataArray()
    for at, column in enumerate(function.columns):
        if column in _DAYS:
            _as_day(document, area.getCellRangeByPosition(at, 0, at, len(rows) - 1))
    for down, row in enumerate(rows):
        if any(isinstance(cell, str) and cell.endswith("_date") for cell in row):
            _as_day(document, area.getCellByPosition(len(row) - 1, down))


def _cells_in(address: Any) -> int:
    return int((address.EndRow - address.StartRow + 1) * (address.EndColumn - address.StartColumn + 1))
