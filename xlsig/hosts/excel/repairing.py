"""Repair of an open workbook: links to an add-in at another place, formulas stored for another host, and names that show #NAME?."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from xlsig.functions.spelling import stored
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel.contract import ADD_IN_NAME

_LINKS: Final = 1  # xlExcelLinks, xlLinkTypeExcelLinks
_FORMULAS: Final = -4123  # xlCellTypeFormulas


def repair(application: Any) -> str:
    """Repair the active workbook; what was done, in a sentence."""
    book = application.ActiveWorkbook
    if book is None:
        raise RefusedError("Open the workbook to repair first.")
    links = _relink(application, book)
    changed, locked = 0, []
    for sheet in book.Worksheets:
        if sheet.ProtectContents:
            locked.append(str(sheet.Name))
        else:
            changed += sum(_restore(cells) for cells in _formula_areas(sheet))
    application.CalculateFullRebuild()  # a plain name that was read before the add-in was there shows #NAME? until then
    said = f"Repaired {book.Name}: {_counted(links, 'link')} to the add-in, {_counted(changed, 'formula')}, and all recalculated."
    return said + (f" Not touched, since they are protected: {', '.join(locked)}." if locked else "")


def _relink(application: Any, book: Any) -> int:
    """Point links to an add-in of ours elsewhere at the one that is loaded."""
    at_start = f"{application.StartupPath}\\{ADD_IN_NAME}"
    ours = next((str(add_in.FullName) for add_in in application.Workbooks if str(add_in.Name).lower() == ADD_IN_NAME), at_start)
    links = [str(link) for link in book.LinkSources(_LINKS) or ()]
    stale = [link for link in links if link.replace("/", "\\").lower().endswith(f"\\{ADD_IN_NAME}") and link.lower() != ours.lower()]
    for link in stale:
        book.ChangeLink(link, ours, _LINKS)
    return len(stale)


def _formula_areas(sheet: Any) -> Iterator[Any]:
    """The cells with formulas; a sheet without any raises, as Excel does."""
    try:
        found = sheet.UsedRange.SpecialCells(_FORMULAS)
    except Exception:  # whichever error COM makes of it
        return
    yield from found.Areas


def _restore(area: Any) -> int:
    """Give formulas that another host's names are in their plain names; how many there were."""
    formulas = area.Formula2
    rows = formulas if isinstance(formulas, tuple) else ((formulas,),)
    changed = 0
    for down, row in enumerate(rows, start=1):
        for across, formula in enumerate(row, start=1):
            restored = stored(formula, "excel") if isinstance(formula, str) and formula.startswith("=") else formula
            if restored != formula:
                changed += _set(area.Cells(down, across), restored)
    return changed


def _set(cell: Any, formula: str) -> int:
    if not cell.HasArray:
        cell.Formula2 = formula
        return 1
    block = cell.CurrentArray
    if (block.Row, block.Column) != (cell.Row, cell.Column):
        return 0
    block.FormulaArray = formula
    return 1


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
