"""Charts: the ranges they draw follow their table, and the points they keep are those of the cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol
from xml.sax.saxutils import quoteattr

from lxml import etree

from xlsig.grid.addresses import Box, box_of
from xlsig.grid.contents import ErrorCell, Plain
from xlsig.ooxml.parts import Parts, Tree, below, child, children, local, serialized
from xlsig.ooxml.placement import Placement
from xlsig.ooxml.references import Move, moved, rewritten
from xlsig.ooxml.stored_cells import SharedText, Tags, cells_in, escaped, number_text

_REFERENCES = ("numRef", "strRef", "multiLvlStrRef")
_CACHES = ("numCache", "strCache", "multiLvlStrCache")
_POINTS = re.compile(rb'<((?:[\w.\-]+:)?)pt idx="points (\d+)"/>')
_REFILLED, _LEFT_OUT = "its points are those of the cells", "its points are left to Excel"
_MOST_POINTS = 32_000  # what Excel keeps of a series

Seen = dict[int, dict[int, Plain]]
"""Values by column and row."""


class Values(Protocol):
    """The cells as they will be."""

    def column(self, sheet: str, column: int, rows: range) -> list[Plain]:
        """The values of one column."""


@dataclass(frozen=True)
class Drawn:
    """What one reference of a chart draws: its element, and the blocks of cells."""

    part: str
    reference: Tree
    areas: tuple[tuple[str, Box], ...]

    @property
    def is_large(self) -> bool:
        """Whether there are more cells than are worth keeping a second time."""
        return sum((box.bottom - box.top + 1) * (box.right - box.left + 1) for _, box in self.areas) > _MOST_POINTS


def chart_parts(parts: Parts) -> list[str]:
    """The charts of a package."""
    return [*parts.typed("drawingml.chart+xml"), *parts.typed("ms-office.chartex+xml")]


def move_charts(parts: Parts, moves: list[Move]) -> None:
    """Let the ranges of all charts follow their tables."""
    if not moves:
        return
    for part in chart_parts(parts):
        for formula in below(parts.tree(part), ["f"]):
            text = formula.text or ""
            parent = formula.getparent()
            is_title = parent is not None and (above := parent.getparent()) is not None and local(above) == "tx"
            to = moved(text, None, moves, single=not is_title)
            if to != text:
                formula.text = to
                parts.mark(part, "its ranges follow their table")


def drawn(parts: Parts, names: dict[str, str]) -> Iterator[Drawn]:
    """Every reference of every chart whose cells can be told."""
    lowered = {name.lower(): text for name, text in names.items()}
    for part in chart_parts(parts):
        for reference in below(parts.tree(part), _REFERENCES):
            formula = child(reference, "f")
            text = "" if formula is None else formula.text or ""
            areas = _areas(text) or _areas(_named(text, lowered))
            if areas:
                yield Drawn(part, reference, areas)


def _named(text: str, names: dict[str, str]) -> str:
    """What a name stands for that a chart draws: Sheet!name, Book.xlsx!name or [0]!name."""
    scope, _, name = text.rpartition("!")
    sheet = scope.strip("'").replace("''", "'")
    return names.get(f"{sheet}!{name}".lower(), names.get(name.lower(), ""))


def _areas(text: str) -> tuple[tuple[str, Box], ...]:
    """The blocks that a reference such as Data!$A$2:$A$9 or (Data!$A$2,Data!$A$5:$A$9) means; none for anything else."""
    found: list[tuple[str, Box]] = []

    def note(sheet: str | None, reference: str) -> str:
        box = box_of(reference)
        if sheet is not None and box is not None:
            found.append((sheet, box))
        return "#"

    rest = rewritten(text, note)
    plain = "".join(piece.rpartition("!")[2] for piece in rest.strip("()").split(","))
    return tuple(found) if found and plain == "#" * len(found) else ()


def refill(parts: Parts, drawings: Iterable[Drawn], values: Values) -> None:
    """Give the charts the points of the cells that they draw."""
    for part, of_part in groupby(drawings, lambda drawing: drawing.part):
        listed = list(of_part)
        root = listed[0].reference.getroottree().getroot()
        before, caches = serialized(root), list[Points]()
        for drawing in listed:
            if drawing.is_large:
                _forget(drawing)
            else:
                _refill(drawing, values, caches)
        xml = _with_points(serialized(root), caches)
        parts.rewrite(part, xml)
        if xml != before:
            parts.mark(part, _LEFT_OUT if all(drawing.is_large for drawing in listed) else _REFILLED)


def _with_points(xml: bytes, caches: list[Points]) -> bytes:
    """The chart with the new points where their marks stand: as text, since a tree of thousands of points is slow to build."""
    return _POINTS.sub(lambda found: caches[int(found[2])].xml(found[1].decode()), xml)


def _forget(drawing: Drawn) -> None:
    """Keep no points of a range that is too long for that: old ones would be wrong."""
    for point in list(below(drawing.reference, ["pt"])):
        holder = point.getparent()
        if holder is not None:
            holder.remove(point)
    for count in below(drawing.reference, ["ptCount"]):
        count.set("val", "0")


def _refill(drawing: Drawn, values: Values, caches: list[Points]) -> None:
    """Put a mark for the new points into the cache of a reference, or into each of its levels."""
    cells = [
        row
        for sheet, box in drawing.areas
        for row in zip(
            *(values.column(sheet, column, range(box.top, box.bottom + 1)) for column in range(box.left, box.right + 1)), strict=True
        )
    ]
    cache = next((entry for entry in drawing.reference if local(entry) in _CACHES), None)
    if cache is None or not cells:
        return
    if local(cache) == "multiLvlStrCache":
        levels = list(children(cache, "lvl"))
        if len(levels) == len(cells[0]):
            _count(cache, len(cells))
            for level, column in zip(levels, reversed(range(len(levels))), strict=True):
                _mark(level, 0, list(map(_text, (row[column] for row in cells))), caches)
        return
    points = [cell for row in cells for cell in row]
    below_count = cache.index(_count(cache, len(points))) + 1
    text_of = _number if local(cache) == "numCache" else _text
    texts = list(map(text_of, points))
    _mark(cache, below_count, texts, caches)


def _mark(holder: Tree, place: int, texts: list[str | None], caches: list[Points]) -> None:
    """Take the old points out, and put one with the number of the new ones where they were, or at `place`."""
    first = next((at for at, entry in enumerate(holder) if local(entry) == "pt"), None)
    formats: dict[int, str] = {}
    if first is not None:
        place = first
        if b" formatCode=" in etree.tostring(holder):
            formats = {int(point.get("idx", "-1")): code for point in children(holder, "pt") if (code := point.get("formatCode"))}
        etree.strip_elements(holder, f"{{{etree.QName(holder).namespace}}}pt", with_tail=True)
    holder.insert(place, holder.makeelement(f"{{{etree.QName(holder).namespace}}}pt", {"idx": f"points {len(caches)}"}))
    caches.append(Points(texts, formats))


@dataclass(frozen=True)
class Points:
    """The points of one cache. A missing one is left out, never 0."""

    texts: list[str | None]
    formats: dict[int, str]

    def xml(self, prefix: str) -> bytes:
        """The points under a prefix of the chart's namespace, which may be empty."""
        p, texts = prefix, enumerate(self.texts)
        if self.formats:
            written = [f'<{p}pt idx="{at}"{self._format(at)}><{p}v>{text}</{p}v></{p}pt>' for at, text in texts if text is not None]
        else:
            written = [f'<{p}pt idx="{at}"><{p}v>{text}</{p}v></{p}pt>' for at, text in texts if text is not None]
        return "".join(written).encode()

    def _format(self, at: int) -> str:
        code = self.formats.get(at)
        return "" if code is None else f" formatCode={quoteattr(code)}"


def _count(counted: Tree, points: int) -> Tree:
    """Note how many points there are, those that are missing too."""
    count = child(counted, "ptCount")
    if count is None:
        count = etree.Element(f"{{{etree.QName(counted).namespace}}}ptCount")
        first = child(counted, "formatCode")
        if first is None:
            counted.insert(0, count)
        else:
            first.addnext(count)
    count.set("val", str(points))
    return count


def _number(value: Plain) -> str | None:
    """A point of numbers; text is none."""
    if isinstance(value, bool):
        return str(int(value))
    return None if value is None or isinstance(value, str | ErrorCell) else number_text(value)


def _text(value: Plain) -> str | None:
    """A point of labels."""
    if value is None or value == "" or isinstance(value, ErrorCell):
        return None
    if isinstance(value, bool):
        return str(value).upper()
    return escaped(value) if isinstance(value, str) else number_text(value)


class Watch:
    """Areas of some sheets, and the values seen in them."""

    def __init__(self, strings: SharedText) -> None:
        self._strings = strings
        self._boxes: dict[str, list[Box]] = {}
        self._seen: dict[str, Seen] = {}

    def add(self, areas: Iterable[tuple[str, Box]]) -> None:
        """Watch these areas too."""
        for sheet, box in areas:
            boxes = self._boxes.setdefault(sheet.lower(), [])
            if box not in boxes:
                boxes.append(box)

    def on(self, sheet: str, tags: Tags) -> SheetWatch | None:
        """What wants to see each row of a sheet; None if nothing of it is watched."""
        boxes = self._boxes.get(sheet.lower())
        if boxes is None:
            return None
        return SheetWatch(boxes, self._seen.setdefault(sheet.lower(), {}), tags, self._strings)

    def column(self, sheet: str, column: int, rows: range) -> list[Plain]:
        """The values of a column as they were written."""
        seen = self._seen.get(sheet.lower(), {}).get(column, {})
        return [seen.get(row) for row in rows]


class SheetWatch:
    """The watched areas of one sheet; shown its rows from top to bottom, it notes their values."""

    def __init__(self, boxes: list[Box], seen: Seen, tags: Tags, strings: SharedText) -> None:
        self._boxes = boxes
        self._seen = seen
        self._tags = tags
        self._strings = strings
        self._edges = sorted({edge for box in boxes for edge in (box.top, box.bottom + 1)}, reverse=True)
        self._here: set[int] = set()
        self._columns = {column for box in boxes for column in range(box.left, box.right + 1)}
        self._noted = 0

    def _watched(self, row: int) -> set[int]:
        """The watched columns of a row; they change only where an area begins or ends."""
        if self._edges and row >= self._edges[-1]:
            while self._edges and row >= self._edges[-1]:
                self._edges.pop()
            here = (box for box in self._boxes if box.top <= row <= box.bottom)
            self._here = {column for box in here for column in range(box.left, box.right + 1)}
        return self._here

    def see_row(self, row: int, xml: bytes) -> None:
        """Note the values of a row from its XML."""
        wanted = self._watched(row)
        if wanted:
            for column, cell in cells_in(xml, self._tags).items():
                if column in wanted:
                    self._seen.setdefault(column, {})[row] = cell.value(self._tags, self._strings)

    def see_table(self, row: int, table: Placement) -> None:
        """Note the values of a row that a table alone fills, and those that its data have for the next ones."""
        if row < self._noted:
            return
        until = row
        for column in self._columns:
            if table.left <= column <= table.right:
                values = table.values(row, column)
                until = row + len(values)
                self._seen.setdefault(column, {}).update(zip(range(row, until), values, strict=True))
        self._noted = until
