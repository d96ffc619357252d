"""Repair of an open workbook: links to an add-in at another place, and formulas stored for another host.

Only cells whose formula calls a function of ours in another host's spelling are touched, and nothing is recalculated from here: Excel
computes what is entered, and the add-in asks for what shows #NAME?.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from xlsig.functions.spelling import stored
from xlsig.grid.addresses import place
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel.contract import ADD_IN_NAME
from xlsig.hosts.excel.excel_settings import still

_LINKS: Final = 1  # xlExcelLinks, xlLinkTypeExcelLinks
_FORMULAS: Final = -4123  # xlCellTypeFormulas
_NAMED = 5  # places that are named


@dataclass
class _Found:
    """What a repair came across."""

    links: int = 0
    formulas: int = 0
    protected: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def repair(application: Any, name: str = "") -> str:
    """Repair an open workbook, the active one if none is named; what was done, in sentences, nothing where nothing was to do."""
    book = application.Workbooks.Item(name) if name else application.ActiveWorkbook
    if book is None:
        raise RefusedError("Open the workbook to repair first.")
    found = _Found()
    with still(application):
        _relink(application, book, found)
        for sheet in book.Worksheets:
            _restore_sheet(sheet, found)
    return _said(str(book.Name), found)


def _said(book: str, found: _Found) -> str:
    told = []
    if found.links or found.formulas:
        told.append(f"Repaired {book}: {_counted(found.links, 'link')} to the add-in, {_counted(found.formulas, 'formula')}.")
    for places, why in (
        (found.protected, "Not touched, since they are protected"),
        (found.unread, "Not read, since Excel does not hand over their formulas"),
        (found.refused, "Not changed, since Excel refused"),
    ):
        if places:
            more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
            told.append(f"{why}: {', '.join(places[:_NAMED])}{more}.")
    return " ".join(told)


def _relink(application: Any, book: Any, found: _Found) -> None:
    """Point links to an add-in of ours elsewhere at the one that is loaded."""
    try:
        ours = str(application.Workbooks.Item(ADD_IN_NAME).FullName)  # add-ins are not among those that can be counted
    except Exception:  # whichever error COM makes of it
        ours = f"{application.StartupPath}\\{ADD_IN_NAME}"
    for link in map(str, book.LinkSources(_LINKS) or ()):
        if link.replace("/", "\\").lower().endswith(f"\\{ADD_IN_NAME}") and link.lower() != ours.lower():
            try:
                book.ChangeLink(link, ours, _LINKS)
                found.links += 1
            except Exception:  # whichever error COM makes of it
                found.refused.append(f"the link to {link}")


def _restore_sheet(sheet: Any, found: _Found) -> None:
    name, protected = str(sheet.Name), bool(sheet.ProtectContents)
    try:
        for area in _formula_areas(sheet, protected):
            for down, across, formula in _to_restore(area):
                if protected:
                    found.protected.append(name)
                    return
                _enter(area.Cells(down, across), formula, name, found)
    except Exception:  # whichever error COM makes of it
        found.unread.append(name)


def _formula_areas(sheet: Any, protected: bool) -> Iterator[Any]:
    """The cells with formulas; of a protected sheet, where Excel does not choose them, all cells."""
    used = sheet.UsedRange
    if used.HasFormula is not False:  # None: some cells have
        yield from (used,) if protected else used.SpecialCells(_FORMULAS).Areas


def _to_restore(area: Any) -> Iterator[tuple[int, int, str]]:
    """Row and column, from 1, of formulas that another host's names are in, and what they are with plain names."""
    formulas = _formulas(area)
    rows = formulas if isinstance(formulas, tuple) else ((formulas,),)
    for down, row in enumerate(rows, start=1):
        for across, formula in enumerate(row, start=1):
            if isinstance(formula, str) and formula.startswith("="):
                restored = stored(formula, "excel")
                if restored != formula:
                    yield down, across, restored


def _formulas(area: Any) -> Any:
    try:
        return area.Formula2  # with @ where a formula does not spill
    except Exception:  # Excel 2016 and 2019 have none
        return area.Formula


def _enter(cell: Any, formula: str, sheet: str, found: _Found) -> None:
    try:
        if not cell.HasArray:
            _set(cell, formula)
        else:
            block = cell.CurrentArray
            if (block.Row, block.Column) != (cell.Row, cell.Column):
                return
            block.FormulaArray = formula
        found.formulas += 1
    except Exception:  # whichever error COM makes of it
        found.refused.append(place(sheet, int(cell.Row) - 1, int(cell.Column) - 1))


def _set(cell: Any, formula: str) -> None:
    try:
        cell.Formula2 = formula
    except Exception:  # Excel 2016 and 2019 have none
        cell.Formula = formula


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
