"""Charts: the ranges they draw follow their table, and the points they keep are those of the cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from xlsig.functions.cells import ErrorCell
from xlsig.workbooks.package.addresses import Box, box_of
from xlsig.workbooks.package.cells import Plain, number_text
from xlsig.workbooks.package.parts import Parts, Tree, below, child, children, local
from xlsig.workbooks.package.references import Move, moved, rewritten

_REFERENCES = ("numRef", "strRef", "multiLvlStrRef")
_CACHES = ("numCache", "strCache", "multiLvlStrCache")
_MOST_POINTS = 32_000  # what Excel keeps of a series


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


def refill(parts: Parts, drawings: list[Drawn], values: Values) -> None:
    """Give the charts the points of the cells that they draw."""
    for drawing in drawings:
        if drawing.is_large:
            _forget(drawing)
            parts.mark(drawing.part, "its points are left to Excel")
            continue
        cells = [
            row
            for sheet, box in drawing.areas
            for row in zip(
                *(values.column(sheet, column, range(box.top, box.bottom + 1)) for column in range(box.left, box.right + 1)), strict=True
            )
        ]
        cache = next((entry for entry in drawing.reference if local(entry) in _CACHES), None)
        if cache is None or not cells:
            continue
        if local(cache) == "multiLvlStrCache":
            changed = _refill_levels(cache, cells)
        else:
            changed = _refill(cache, cache, [cell for row in cells for cell in row], numbers=local(cache) == "numCache")
        if changed:
            parts.mark(drawing.part, "its points are those of the cells")


def _forget(drawing: Drawn) -> None:
    """Keep no points of a range that is too long for that: old ones would be wrong."""
    for point in list(below(drawing.reference, ["pt"])):
        holder = point.getparent()
        if holder is not None:
            holder.remove(point)
    for count in below(drawing.reference, ["ptCount"]):
        count.set("val", "0")


def _refill_levels(cache: Tree, cells: Sequence[Sequence[Plain]]) -> bool:
    levels = list(children(cache, "lvl"))
    if len(levels) != len(cells[0]):
        return False
    changed = False
    for level, column in zip(levels, reversed(range(len(levels))), strict=True):
        changed |= _refill(cache, level, [row[column] for row in cells], numbers=False)
    return changed


def _refill(counted: Tree, holder: Tree, points: Sequence[Plain], *, numbers: bool) -> bool:
    """Replace the points of a cache or of one of its levels; whether they differ. A missing point is left out, never 0."""
    before = etree.tostring(holder)
    count = _count(counted, len(points))
    first = next((at for at, entry in enumerate(holder) if local(entry) == "pt"), None)
    if first is None:
        first = end = holder.index(count) + 1 if holder is counted else 0
    else:
        end = len(holder) - next(at for at, entry in enumerate(reversed(holder)) if local(entry) == "pt")
    formats = {point.get("idx"): point.get("formatCode") for point in children(holder, "pt")} if b" formatCode=" in before else {}
    texts = enumerate(map(_number if numbers else _text, points))
    if formats:
        written = [f'<pt idx="{at}"{_format(formats.get(str(at)))}><v>{text}</v></pt>' for at, text in texts if text is not None]
    else:
        written = [f'<pt idx="{at}"><v>{text}</v></pt>' for at, text in texts if text is not None]
    above, below_them = map(_xml, islice(holder, first)), (_xml(holder[at]) for at in range(end, len(holder)))
    name = etree.QName(holder)
    fresh = etree.fromstring(f'<{name.localname} xmlns="{name.namespace}">{"".join([*above, *written, *below_them])}</{name.localname}>')
    fresh.tail = holder.tail
    fresh.attrib.update(holder.attrib)
    parent = holder.getparent()
    assert parent is not None
    parent.replace(holder, fresh)
    return etree.tostring(fresh) != before


def _format(code: str | None) -> str:
    return f" formatCode={quoteattr(code)}" if code else ""


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


def _xml(element: Tree) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _number(value: Plain) -> str | None:
    """A point of numbers; text is none."""
    if type(value) is float:
        return number_text(value)
    if isinstance(value, bool):
        return str(int(value))
    return None if value is None or isinstance(value, str | ErrorCell) else number_text(value)


def _text(value: Plain) -> str | None:
    """A point of labels."""
    if value is None or value == "" or isinstance(value, ErrorCell):
        return None
    if isinstance(value, bool):
        return str(value).upper()
    return escape(value) if isinstance(value, str) else number_text(value)
