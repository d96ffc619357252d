"""The workbook part: its sheets, its defined names, and whether it asks for calculation on load."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import box_of
from xlsig.ooxml.parts import MAIN, OFFICE, Parts, Tree, below, child, children, needed
from xlsig.ooxml.references import Move, moved

_NAME = re.compile(r"[^\W\d\\][\w.\\?]{0,254}|\\[\w.\\?]{0,254}")
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_BEFORE_CALCULATION = (*_BEFORE_NAMES, "definedNames")

AUTHOR = "xlsig"
CALCULATED_BY = 191029
"""The version of Excel's calculation that files name: that of every Excel since 2019."""


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, its part, and its place among all sheets."""

    name: str
    part: str
    place: int


def worksheets(parts: Parts) -> Iterator[Sheet]:
    """The worksheets of a package, in order."""
    pointers = {relation.id: relation for relation in parts.relations(parts.workbook)}
    for place, entry in enumerate(_sheet_entries(parts)):
        pointer = pointers.get(entry.get(f"{{{OFFICE}}}id", ""))
        if pointer is not None and pointer.kind == "worksheet":
            yield Sheet(entry.get("name", ""), pointer.target, place)


def _sheet_entries(parts: Parts) -> Iterator[Tree]:
    return children(needed(child(parts.tree(parts.workbook), "sheets"), parts.workbook, "sheets"), "sheet")


class Workbook:
    """The workbook part of a package."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._root = parts.tree(parts.workbook)
        properties = child(self._root, "workbookPr")
        if properties is not None and properties.get("date1904") in ("1", "true"):
            raise PackageRefusal("the workbook counts its dates from 1904: turn that off in Excel's options (Advanced) first")
        self.sheet_names = [entry.get("name", "") for entry in _sheet_entries(parts)]
        self.sheets = list(worksheets(parts))
        self._scopes = {str(place): name for place, name in enumerate(self.sheet_names)}

    def sheet(self, name: str) -> Sheet:
        """A worksheet by its name."""
        for sheet in self.sheets:
            if sheet.name.lower() == name.lower():
                return sheet
        raise PackageRefusal(f"the workbook has no worksheet {name!r}")

    def names(self) -> dict[str, str]:
        """Defined names: what each refers to, without =. A sheet's own are called Sheet!name."""
        return {self._called(entry): entry.text or "" for entry in self._entries()}

    def _entries(self) -> Iterator[Tree]:
        return children(child(self._root, "definedNames"), "definedName")

    def _called(self, entry: Tree) -> str:
        local, name = entry.get("localSheetId", ""), entry.get("name", "")
        return f"{self._scopes[local]}!{name}" if local in self._scopes else name

    def set_name(self, name: str, refers_to: str) -> bool:
        """Make a name refer to something else, or define it; whether that changed anything."""
        text = refers_to.removeprefix("=")
        for entry in self._entries():
            if self._called(entry).lower() == name.lower():
                if entry.text == text:
                    return False
                entry.text = text
                self._parts.mark(self._parts.workbook, f"the name {name} moves")
                return True
        sheet, _, bare = name.rpartition("!")
        if not _NAME.fullmatch(bare):
            raise PackageRefusal(f"{bare!r} cannot be a defined name")
        names = child(self._root, "definedNames")
        if names is None:
            names = self._insert("definedNames", _BEFORE_NAMES)
        entry = etree.SubElement(names, f"{{{MAIN}}}definedName", {"name": bare})
        if sheet:
            entry.set("localSheetId", str(self.sheet(sheet).place))
        entry.text = text
        self._parts.mark(self._parts.workbook, f"the name {name} is defined")
        return True

    def move(self, moves: Iterable[Move]) -> None:
        """Let the names that span a table follow it."""
        for entry in self._entries():
            text = moved(entry.text or "", None, moves)
            if text != (entry.text or ""):
                entry.text = text
                self._parts.mark(self._parts.workbook, f"the name {self._called(entry)} follows its table")

    @property
    def is_calculated_on_load(self) -> bool:
        """Whether Excel computes everything when it opens the file."""
        settings = child(self._root, "calcPr")
        return settings is not None and settings.get("fullCalcOnLoad") in ("1", "true")

    def calculate_on_load(self, wanted: bool) -> None:
        """Set whether Excel computes everything when it opens the file. It does so unasked with what an older Excel has computed."""
        settings = child(self._root, "calcPr")
        if settings is None:
            settings = self._insert("calcPr", _BEFORE_CALCULATION)
        version = settings.get("calcId", "")
        is_written = not wanted or self._parts.workbook in self._parts.plan
        if is_written and not (version.isdecimal() and int(version) >= CALCULATED_BY):
            settings.set("calcId", str(CALCULATED_BY))
            self._parts.mark(self._parts.workbook, "it names the calculation of today's Excel")
        if wanted and not self.is_calculated_on_load:
            settings.set("fullCalcOnLoad", "1")
            self._parts.mark(self._parts.workbook, "Excel computes on load")
        elif not wanted and settings.get("fullCalcOnLoad") is not None:
            del settings.attrib["fullCalcOnLoad"]
            self._parts.mark(self._parts.workbook, "Excel shows the values as they are")

    def links(self) -> dict[int, str]:
        """The external links by number, and the address that each leads to; empty where it says none."""
        return {number: self._leads_to(part) for number, (_, part) in enumerate(self._links(), start=1)}

    def _links(self) -> list[tuple[Tree, str]]:
        """The entries of the external links in the order that gives them their numbers, each with its part."""
        pointers = {relation.id: relation.target for relation in self._parts.relations(self._parts.workbook)}
        entries = children(child(self._root, "externalReferences"), "externalReference")
        return [(entry, pointers.get(entry.get(f"{{{OFFICE}}}id", ""), "")) for entry in entries]

    def _leads_to(self, part: str) -> str:
        return next((relation.target for relation in self._parts.relations(part) if relation.external), "") if part in self._parts else ""

    def drop_link(self, number: int) -> None:
        """Leave an external link out with its part; the links behind it have a number less."""
        entry, part = self._links()[number - 1]
        holder = needed(entry.getparent(), self._parts.workbook, "externalReferences")
        holder.remove(entry)
        if not len(holder):
            self._root.remove(holder)
        self._parts.mark(self._parts.workbook, "an external link that nothing uses is left out")
        if part in self._parts:
            self._parts.drop(part, "nothing uses this external link any more")

    def _insert(self, name: str, behind: Iterable[str]) -> Tree:
        """Add an element where the schema wants it: behind the last of these."""
        last = [entry for earlier in behind for entry in children(self._root, earlier)][-1]
        made = self._root.makeelement(f"{{{MAIN}}}{name}", {})
        last.addnext(made)
        return made


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
