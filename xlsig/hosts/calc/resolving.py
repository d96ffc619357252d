"""When Calc opens a document or a formula is entered: our functions under the names by which Calc calls them. Runs inside Calc.

Calc's import of .xlsx knows an add-in function by its full name only, XLSIG.NAME, so short names arrive as #NAME?. Each formula with one of
ours is set again under the full name, in the variant that takes its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.calc.calls import Known, resolved
from xlsig.hosts.calc.signatures import MOST_EXPLAINED, SERVICE, has_cells_variant, needs_reference

_ENTERED = "cell-change"
_FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


@cache
def known_functions() -> Mapping[str, Known]:
    """Every function of the catalogue, as the resolver knows it."""
    return {
        name: Known(
            name,
            references=sum(map(needs_reference, function.arguments)),
            required=sum(not argument.optional for argument in function.arguments) if has_cells_variant(function) else 0,
            counted=MOST_EXPLAINED if function.variadic else 0,
        )
        for name, function in CATALOGUE.items()
    }


def full(formula: str) -> str:
    """The formula for Calc's programming interface, which knows full names.

    >>> full("=SPREAD_ZSCORE(ROLL_ADJUSTED(A1:A9;B1:B9);252)")
    '=XLSIG.SPREAD_ZSCORE_ARRAY(XLSIG.ROLL_ADJUSTED(A1:A9;B1:B9);252)'
    """
    return resolved(formula, known_functions(), f"{SERVICE}.{{}}".format)


def short(formula: str) -> str:
    """The formula as typed and shown, with short names."""
    return resolved(formula, known_functions())


def resolve(document: Any) -> int | None:
    """Set every formula of a document that calls one of ours; returns how many were changed, and None of what is no spreadsheet."""
    if not document.supportsService(_SPREADSHEET):
        return None
    document.lockControllers()
    document.addActionLock()
    try:
        return sum(_conditions(sheet) + _cells(sheet) for sheet in document.Sheets) + _names(document)
    finally:
        document.removeActionLock()
        document.unlockControllers()


def resolve_changed(document: Any, changes: Iterable[Any]) -> int:
    """Set the formulas among cells that were just entered, pasted or filled; returns how many were changed.

    Calc has read them and gives ours their full names. Not recorded for Undo, which takes back what was entered.
    """
    entered = [change.ReplacedElement for change in changes if change.Accessor == _ENTERED]
    if not entered:
        return 0
    recording = document.getUndoManager()
    recording.lock()
    try:
        return sum(_cells(area, f"{SERVICE}.") for area in entered)
    finally:
        recording.unlock()


def _conditions(sheet: Any) -> int:
    changed = 0
    for conditional in sheet.ConditionalFormats.getConditionalFormats():
        for at in range(conditional.getCount()):
            entry = conditional.getByIndex(at)
            for key in ("Formula1", "Formula2"):
                if not entry.getPropertySetInfo().hasPropertyByName(key):
                    continue
                old = entry.getPropertyValue(key)
                new = short(old)  # conditions are spelled as in the user interface
                if new != old:
                    entry.setPropertyValue(key, new)
                    changed += 1
    return changed


def _cells(area: Any, mark: str = "(") -> int:
    """Set the formulas of an area; `mark` is what they all contain, so that others are passed over at once."""
    changed = 0
    for block in area.queryContentCells(_FORMULAS):
        for down, row in enumerate(block.getFormulaArray()):
            for across, old in enumerate(row):
                new = full(old) if mark in old else old
                if new == old:
                    continue
                cell = block.getCellByPosition(across, down)
                if old.startswith("{"):
                    changed += _array(area.getSpreadsheet(), cell)
                else:
                    cell.setFormula(new)
                    changed += 1
    return changed


def _array(sheet: Any, cell: Any) -> int:
    """Set an array formula again, once for all its cells."""
    cursor = sheet.createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    area, here = cursor.getRangeAddress(), cell.CellAddress
    if (area.StartColumn, area.StartRow) != (here.Column, here.Row):
        return 0
    cursor.setArrayFormula(full(cell.getFormula()[1:-1]))
    return 1


def _names(document: Any) -> int:
    changed = 0
    for names in [document.NamedRanges] + [sheet.NamedRanges for sheet in document.Sheets]:
        for name in names.ElementNames:
            defined = names.getByName(name)
            new = full(defined.Content)
            if new != defined.Content:
                defined.setContent(new)
                changed += 1
    return changed
