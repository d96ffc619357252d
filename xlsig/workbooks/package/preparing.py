"""What a save will change: the sheets that really differ, and the parts that follow from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from xlsig.workbooks.package.cells import SharedText
from xlsig.workbooks.package.charts import Drawn, drawn
from xlsig.workbooks.package.parts import Parts
from xlsig.workbooks.package.references import Move
from xlsig.workbooks.package.related import drop_calculation_chain, mark_pivots
from xlsig.workbooks.package.rows import SheetStream
from xlsig.workbooks.package.sheets import SheetEdit
from xlsig.workbooks.package.watching import Watch
from xlsig.workbooks.package.workbook import Sheet, Workbook


@dataclass
class Prepared:
    """The sheets to write anew with the reasons, the charts over them, and the values to catch for those."""

    sheets: list[Sheet]
    reasons: dict[str, str]
    drawings: list[Drawn]
    watch: Watch


def prepare(
    parts: Parts, workbook: Workbook, edits: Mapping[str, SheetEdit], strings: SharedText, replaced: Collection[str], moves: list[Move]
) -> Prepared:
    """Find the sheets that differ and mark what follows from them."""
    changed = [sheet for sheet in workbook.sheets if _differs(parts, sheet, edits[sheet.name])]
    watch, drawings = Watch(strings), []
    if changed:
        names = {sheet.name.lower() for sheet in changed}
        for sheet in changed:
            _take_filters_off(parts, edits[sheet.name])
        drawings = [drawing for drawing in drawn(parts, workbook.names()) if all(on.lower() in names for on, _ in drawing.areas)]
        for drawing in drawings:
            if not drawing.is_large:
                watch.add(drawing.areas)
        tables = [placement.table.name for sheet in changed for placement in edits[sheet.name].placements]
        mark_pivots(parts, [name for name in tables if name in replaced], [sheet.name for sheet in changed], moves)
        drop_calculation_chain(parts)
    reasons = {sheet.part: _why(edits[sheet.name]) for sheet in changed}
    return Prepared(changed, reasons, drawings, watch)


def _differs(parts: Parts, sheet: Sheet, edit: SheetEdit) -> bool:
    if edit.is_empty and not edit.moves:
        return False
    with parts.open(sheet.part) as source:
        return edit.differs(SheetStream(source, sheet.part))


def _why(edit: SheetEdit) -> str:
    reasons = [f"the table {placement.table.name} has new rows" for placement in edit.placements]
    if edit.spills:
        reasons.append(f"{len(edit.spills)} spilled answers")
    if edit.values:
        reasons.append(f"{sum(map(len, edit.values.values())):,} values")
    if edit.spelled is not None:
        reasons.append("formulas are stored for another host")
    return "; ".join(reasons) or "its references follow a table"


def _take_filters_off(parts: Parts, edit: SheetEdit) -> None:
    for placement in edit.placements:
        for condition in placement.untold:
            parent = condition.getparent()
            if parent is not None:
                parent.remove(condition)
                parts.mark(placement.table.part, "a filter that only Excel can apply is taken off")


def chart_parts_of(drawings: Iterable[Drawn]) -> set[str]:
    """The charts that draw changed sheets."""
    return {drawing.part for drawing in drawings}
