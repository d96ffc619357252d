"""Small parts that follow a refresh: pivot caches, the calculation chain, the core properties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from xlsig.workbooks.package.addresses import box_of
from xlsig.workbooks.package.parts import Parts, below
from xlsig.workbooks.package.references import Move

AUTHOR = "xlsig"


def mark_pivots(parts: Parts, tables: Collection[str], sheets: Collection[str], moves: list[Move]) -> None:
    """Pivot caches over a refreshed table, or over cells of its sheet, are filled anew when Excel opens the file."""
    names = {name.lower() for name in tables}
    places = {name.lower() for name in sheets}
    for part in parts.typed("pivotcachedefinition+xml"):
        root = parts.tree(part)
        for source in below(root, ["worksheetSource"]):
            box = box_of(source.get("ref", ""))
            sheet = source.get("sheet", "")
            if box is not None:
                for move in moves:
                    if move.sheet.lower() == sheet.lower() and (to := move.box(box, single=False)) != box:
                        source.set("ref", str(to))
                        parts.mark(part, "its source follows the table")
                        box = to
            concerned = source.get("name", "").lower() in names or (box is not None and sheet.lower() in places)
            if concerned and root.get("refreshOnLoad") not in ("1", "true"):
                root.set("refreshOnLoad", "1")
                parts.mark(part, "the pivot is filled anew on load")


def drop_calculation_chain(parts: Parts) -> None:
    """Excel makes the order of calculation anew; a stale one would be reported as damage."""
    for part in parts.pointed(parts.workbook, "calcChain"):
        if part not in parts.dropped:
            parts.drop(part, "Excel makes the order of calculation anew")


def stamp(parts: Parts, moment: dt.datetime) -> None:
    """Who changed the file last, and when; all other properties stay."""
    for part in parts.pointed("", "core-properties"):
        root = parts.tree(part)
        for entry in below(root, ["modified"]):
            entry.text = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            parts.mark(part, "when it was changed")
        for entry in below(root, ["lastModifiedBy"]):
            entry.text = AUTHOR
            parts.mark(part, "who changed it")
