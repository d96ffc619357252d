"""What a save changes: the sheets to write anew and what follows from them, and the package written with them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from xlsig.errors import PackageRefusal
from xlsig.ooxml.charts import Drawn, Watch, drawn
from xlsig.ooxml.parts import Parts
from xlsig.ooxml.placement import Placement
from xlsig.ooxml.references import Move
from xlsig.ooxml.rows import SheetStream
from xlsig.ooxml.sheet import Piece, SheetEdit
from xlsig.ooxml.stored_cells import SharedText
from xlsig.ooxml.workbook import Sheet, Workbook, drop_calculation_chain, mark_pivots
from xlsig.ooxml.zip import ZipOut

Pieces = Callable[[], Iterable[Piece]]


@dataclass
class Prepared:
    """The sheets to write anew with the reasons, the charts over them, and the values to catch for those."""

    sheets: list[Sheet]
    reasons: dict[str, str]
    drawings: list[Drawn]
    watch: Watch
    told: list[str]
    """What a person should know about it."""


def prepare(
    parts: Parts, workbook: Workbook, edits: Mapping[str, SheetEdit], strings: SharedText, replaced: Collection[str], moves: list[Move]
) -> Prepared:
    """Find the sheets that differ and mark what follows from them."""
    changed = [sheet for sheet in workbook.sheets if _differs(parts, sheet, edits[sheet.name])]
    watch, drawings = Watch(strings), []
    told = [said for sheet in changed for placement in edits[sheet.name].placements for said in _filters_taken_off(placement)]
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
    return Prepared(changed, reasons, drawings, watch, told)


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


def _filters_taken_off(placement: Placement) -> Iterator[str]:
    table = placement.table
    for condition in placement.untold:
        at = int(condition.get("colId", "-1"))
        column = repr(table.columns[at].name) if 0 <= at < len(table.columns) else "a column"
        yield f"only Excel can apply the filter of {column} in the table {table.name}: it is taken off, so set it again"


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


def write_package(
    parts: Parts, target: IO[bytes], streams: Mapping[str, Pieces], late: Iterable[str], before_late: Callable[[], None]
) -> None:
    """Write every entry in its place: `streams` piece by piece, changed trees, the rest as it is.

    The `late` parts need what `before_late` does when all streams are written; one that stood before a stream goes to the end.
    """
    waiting, unwritten = set(late), set(streams)
    put_off: list[zipfile.ZipInfo] = []
    out = ZipOut(target)
    for info in parts.package.infolist():
        if info.filename in parts.dropped:
            continue
        if info.filename in unwritten:
            out.write(info, well_formed(streams[info.filename](), info.filename))
            unwritten.remove(info.filename)
            if not unwritten:
                before_late()
        elif info.filename in waiting and unwritten:
            put_off.append(info)
        else:
            _settle(parts, out, info)
    for info in put_off:
        _settle(parts, out, info)
    out.close(parts.package.comment)


def _settle(parts: Parts, out: ZipOut, info: zipfile.ZipInfo) -> None:
    if info.filename in parts.plan:
        out.write(info, [parts.changed(info.filename)])
    else:
        out.copy(parts.package, info)


def well_formed(pieces: Iterable[Piece], part: str) -> Iterator[bytes]:
    """The pieces' XML, once what they took over from the file has proved to be XML; what was added is so by the way it is made."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        for piece in pieces:
            parser.Parse(piece.taken_over, False)
            yield piece.xml
        parser.Parse(b"", True)
    except expat.ExpatError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({expat.ErrorString(failure.code)})") from None
