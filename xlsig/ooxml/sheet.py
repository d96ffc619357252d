"""One sheet's pending changes, and its XML with them: new table rows, new values, moved references."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from copy import copy
from itertools import groupby
from typing import NamedTuple

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import Box, box_of, cell_name, place
from xlsig.grid.contents import Plain
from xlsig.ooxml.charts import SheetWatch
from xlsig.ooxml.filters import with_visibility
from xlsig.ooxml.placement import Placement, Spill
from xlsig.ooxml.references import Move, moved, moves_somewhere, shifted
from xlsig.ooxml.rows import SheetStream, StoredRow, new_tail, row_start, with_dimension
from xlsig.ooxml.stored_cells import Comparison, SharedText, StoredCell, Tags, cells_of, column_of, equal, escaped, with_value

_GATHERED = 1 << 18


class Step(NamedTuple):
    """A row's number, the row as it stands and its new XML; None where there is none.

    Where one table alone fills the new row, `table` is it and `start` the row's opening tag.
    """

    number: int
    row: StoredRow | None
    xml: bytes | None
    table: Placement | None = None
    start: bytes = b""


class Piece(NamedTuple):
    """A stretch of a sheet's XML, and what of it came from the file: enough to tell whether the whole is well-formed."""

    xml: bytes
    taken_over: bytes


class SheetEdit:
    """What will change on one sheet."""

    def __init__(self, name: str, strings: SharedText) -> None:
        self.name = name
        self._strings = strings
        self.placements: list[Placement] = []
        self.values: dict[int, dict[int, Plain]] = {}
        self.texts: dict[int, dict[int, str]] = {}
        self.styles: dict[tuple[int, int], str] = {}
        self.spills: dict[tuple[int, int], Box] = {}
        self.moves: list[Move] = []
        self.spelled: Callable[[str], str] | None = None
        self._unshared: dict[str, tuple[int, int, str]] = {}
        """Shared formulas whose copies follow a table each in its own way: where each group began, and its text."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing on the sheet was asked to change; references to other sheets may still move."""
        return not (self.placements or self.values or self.spills or self.texts or self.spelled)

    @property
    def has_shrunk(self) -> bool:
        """Whether a table of the sheet has fewer rows than before."""
        return any(placement.new_last < placement.old_last for placement in self.placements)

    def follow(self) -> None:
        """Let the calculated columns' formulas follow the tables that moved."""
        for placement in self.placements:
            placement.follow(self.moves)

    def spell(self, change: Callable[[str], str]) -> None:
        """Rewrite the formulas behind the rows, after what they were rewritten by before; those of cells are set one by one."""
        first = self.spelled
        self.spelled = change if first is None else lambda text: change(first(text))

    def set_value(self, row: int, column: int, value: Plain) -> None:
        """One cell's new value."""
        self.values.setdefault(row, {})[column] = value

    def set_formula(self, row: int, column: int, text: str) -> None:
        """Another text, without =, for the formula that a cell holds; its value stays."""
        self.texts.setdefault(row, {})[column] = text

    def set_spill(self, row: int, column: int, spill: Spill) -> None:
        """A formula's new block. Refused where a value that was set, or another answer, is in its way."""
        for at, across in spill.values:
            if not spill.old.holds(at, across) and self.values.get(at, {}).get(across) not in (None, ""):
                where, anchor = place(self.name, at, across), place(self.name, row, column)
                raise PackageRefusal(f"{where} is not empty, and the answer of {anchor} would spill over it")
        self.spills[row, column] = spill.box
        self.styles.update(spill.styles)
        for (at, across), value in spill.values.items():
            self.set_value(at, across, value)

    def forget_spill(self, row: int, column: int) -> None:
        """Take back the block that a formula was given before."""
        box = self.spills.pop((row, column), None)
        if box is not None:
            for at in range(box.top, box.bottom + 1):
                for across in range(box.left, box.right + 1):
                    self.values.get(at, {}).pop(across, None)

    def steps_of_tables(self, stream: SheetStream, first: int) -> Iterator[Step]:
        """The same without the values that were set: only tables have changed."""
        bare = copy(self)
        bare.values, bare.spills = {}, {}
        return bare.steps(stream, first)

    def steps(self, stream: SheetStream, first: int = 0) -> Iterator[Step]:
        """The sheet row by row, as it stands and as it will be; from the row `first` on."""
        self._unshared = {}
        needed = (number for number in self._needed() if number >= first)
        coming = next(needed, None)
        needles = self._needles()
        for row in stream:
            if row.number < first:
                continue
            while coming is not None and coming < row.number:
                yield self._row(coming, None, stream.tags)
                coming = next(needed, None)
            if coming == row.number:
                coming = next(needed, None)
            yield self._row(row.number, row, stream.tags) if self._touches(row, needles) else Step(row.number, row, row.raw)
        while coming is not None:
            yield self._row(coming, None, stream.tags)
            coming = next(needed, None)

    def _needed(self) -> Iterator[int]:
        """The rows that must be there afterwards, in order."""
        ranges = [range(placement.first, placement.new_last + 1 + placement.table.totals_rows) for placement in self.placements]
        if len(ranges) == 1 and not self.values:
            return iter(ranges[0])
        return (number for number, _ in groupby(heapq.merge(*ranges, sorted(self.values))))

    def _needles(self) -> list[bytes]:
        """What must stand in a row's XML for a formula of it to be affected."""
        rows = {move.old_last + 1 + behind for move in self.moves if move.old_last != move.new_last for behind in (0, int(move.totals))}
        needles = [str(row).encode() for row in sorted(rows)]
        if needles or any(placement.standing.masters for placement in self.placements):
            needles.append(b"shared")
        return needles

    def _touches(self, row: StoredRow, needles: list[bytes]) -> bool:
        number = row.number
        for placement in self.placements:
            if placement.covers(number):
                return True
        if number in self.values or number in self.texts or not row.is_numbered:
            return True
        return bool(needles) and any(needle in row.raw for needle in needles)

    def _row(self, number: int, row: StoredRow | None, tags: Tags) -> Step:
        here = [placement for placement in self.placements if placement.covers(number)]
        start = self._start(number, row, here, tags)
        if len(here) == 1 and number <= here[0].new_last and number not in self.values:
            only = here[0]
            if row is None or row.lies_within(only.left, only.right, tags):
                xml = start + only.cells(number, row)
                return Step(number, row, xml) if only.own.by_row else Step(number, row, xml, only, start)
        return Step(number, row, self._mixed_row(number, row, start, here, tags))

    def _mixed_row(self, number: int, row: StoredRow | None, start: bytes, here: list[Placement], tags: Tags) -> bytes | None:
        """A row in which tables, values that were set and a person's cells may stand side by side."""
        values = self.values.get(number)
        close = tags.row_close.encode()
        if here and not values and number not in self.texts and self._are_alone(number, row, here, tags):
            filled = sorted((placement for placement in here if number <= placement.new_last), key=lambda placement: placement.left)
            inner = b"".join([placement.cells(number, row).removesuffix(close) for placement in filled])
            return start + inner + close if inner or _says_more(row) else None
        stored = row.cells(tags) if row is not None else []
        if row is not None and not here and values and self._holds(number, stored, values, tags):
            values = None
        cells: dict[int, bytes] = {}
        for cell in stored:
            if not any(placement.left <= cell.column <= placement.right for placement in here):
                cells[cell.column] = self._kept(number, cell, tags)
        for placement in here:
            if number <= placement.new_last:
                cells.update((cell.column, cell.raw) for cell in cells_of(placement.cells(number, row), 0, tags))
            elif number == placement.totals_row:
                cells.update(placement.totals())
        for column, value in (values or {}).items():
            self._value(cells, number, column, value, tags)
        for column, text in self.texts.get(number, {}).items():
            if column in cells:
                cells[column] = _with_text(cells[column], text, tags)
        if row is not None and not here and not values and all(cells[cell.column] == cell.raw for cell in stored) and row.is_numbered:
            return row.raw
        return start + b"".join(cells[column] for column in sorted(cells)) + close if cells or _says_more(row) else None

    def _are_alone(self, number: int, row: StoredRow | None, here: list[Placement], tags: Tags) -> bool:
        """Whether nothing stands in a row but what the tables have there, and had."""
        if any(number == placement.totals_row for placement in here):
            return False
        return row is None or row.is_within(frozenset().union(*(placement.letters for placement in here)), tags)

    def _start(self, number: int, row: StoredRow | None, here: list[Placement], tags: Tags) -> bytes:
        height = "" if row is not None else next((placement.standing.height for placement in here if number <= placement.new_last), "")
        start = row_start(row, number, tags, height)
        told = [placement.hides(number, row) for placement in here if placement.hidden is not None]
        return with_visibility(start, any(told)) if told else start

    def _holds(self, number: int, stored: list[StoredCell], values: dict[int, Plain], tags: Tags) -> bool:
        """Whether a row holds these values already, its spills as large as they shall be."""
        cells = {cell.column: cell for cell in stored}
        for column, value in values.items():
            cell = cells.get(column)
            if cell is None:
                if value is not None and value != "":
                    return False
                continue
            formula = cell.formula(tags)
            spill = self.spills.get((number, column))
            if spill is not None and (formula is None or box_of(formula.attribute("ref")) != spill):
                return False
            held = cell.value(tags, self._strings)
            if not equal(held, value) and not (formula is None and held is None and value == ""):
                return False
        return True

    def _kept(self, number: int, cell: StoredCell, tags: Tags) -> bytes:
        """A cell that is not the table's: only what its formula refers to may have moved. It gets a name if it had none."""
        if column_of(cell.attributes) is None:
            name = f' r="{cell_name(number, cell.column)}"'.encode()
            at = len(tags.prefix) + 2
            raw = cell.raw[:at] + name + cell.raw[at:]
            cell = cell._replace(attributes=name + cell.attributes, raw=raw)
        formula = cell.formula(tags)
        if formula is None or not (self.moves or self.placements):
            return cell.raw
        text, kind = formula.text, formula.attributes.decode()
        if formula.attribute("t") == "shared":
            group = formula.attribute("si")
            if text and self._copies_follow(text, box_of(formula.attribute("ref"))):
                self._unshared[group] = (number, cell.column, text)
            began = self._unshared.get(group) or (None if text else self._lost_master(group))
            if began is not None:
                text, kind = shifted(began[2], number - began[0], cell.column - began[1]), ""
        new = moved(text, self.name, self.moves)
        if new == formula.text and kind == formula.attributes.decode():
            return cell.raw
        element = f"<{tags.prefix}f{kind}>{escaped(new)}</{tags.prefix}f>".encode()
        return cell.raw.replace(formula.raw, element, 1)

    def _copies_follow(self, text: str, area: Box | None) -> bool:
        """Whether a shared formula has to become plain ones: what moves along in it and what follows a table do not go together."""
        if area is None or _is_fixed(text):
            return False
        return moves_somewhere(text, self.name, self.moves, area.bottom - area.top + 1, area.right - area.left + 1)

    def _lost_master(self, group: str) -> tuple[int, int, str] | None:
        """Where a shared formula began, if that cell is the table's and is written anew."""
        for placement in self.placements:
            if group in placement.standing.masters:
                return placement.standing.masters[group]
        return None

    def _value(self, cells: dict[int, bytes], number: int, column: int, value: Plain, tags: Tags) -> None:
        raw = cells.get(column)
        if raw is None:
            if value is None or value == "":
                return
            style = self.styles.get((number, column), "")
            look = f' s="{style}"' if style else ""
            cells[column] = f'<{tags.prefix}c r="{cell_name(number, column)}"{look}{tags.typed(value)}'.encode()
            return
        cell = cells_of(raw, 0, tags)[0]
        spill = self.spills.get((number, column))
        formula = cell.formula(tags)
        element = None
        if spill is not None and formula is not None:
            element = f'<{tags.prefix}f t="array" ref="{spill}">{escaped(formula.text)}</{tags.prefix}f>'.encode()
        cells[column] = with_value(cell, value, tags, element)

    def differs(self, stream: SheetStream) -> bool:
        """Whether any value or formula of the sheet changes."""
        if any(placement.new_last != placement.old_last for placement in self.placements):
            return True
        comparison = Comparison(stream.tags, self._strings)
        for step in self.steps(stream):
            if step.row is None or step.xml is None or step.xml != step.row.raw:
                old = step.row.cells(stream.tags) if step.row is not None else []
                fresh = cells_of(step.xml, 0, stream.tags) if step.xml is not None else []
                if not comparison.same(step.number, old, fresh, self.values.get(step.number, {})):
                    return True
        return new_tail(stream.head, stream.tail, stream.tags, self.name, self.moves, self.spelled) is not stream.tail

    def xml(self, stream: SheetStream, bottom: int | None, watch: SheetWatch | None) -> Iterator[Piece]:
        """The sheet's new XML in pieces. `bottom` is the last row that stays used where a table shrinks; `watch` is shown every row."""
        head = with_dimension(stream.head, stream.tags, self._boxes(), bottom)
        yield Piece(head, head)
        rows: list[bytes] = []
        taken_over: list[bytes] = []
        size, close = 0, stream.tags.row_close.encode()
        for step in self.steps(stream):
            if step.xml is None:
                continue
            rows.append(step.xml)
            if step.table is None:
                taken_over.append(step.xml)
                if watch is not None:
                    watch.see_row(step.number, step.xml)
            else:
                # a table's rows are alike: what its first took over from the file, the others repeat
                taken_over.append(step.xml if step.number == step.table.first else step.start + close)
                if watch is not None:
                    watch.see_table(step.number, step.table)
            size += len(step.xml)
            if size > _GATHERED:
                yield Piece(b"".join(rows), b"".join(taken_over))
                rows, taken_over, size = [], [], 0
        tail = new_tail(stream.head, stream.tail, stream.tags, self.name, self.moves, self.spelled)
        yield Piece(b"".join([*rows, tail]), b"".join([*taken_over, tail]))

    def last_kept(self, stream: SheetStream) -> int:
        """The last row that stays used besides the new rows of the sheet's tables."""
        last = 0
        for row in stream:
            left = [placement for placement in self.placements if placement.covers(row.number)]
            emptied = len(left) == 1 and row.lies_within(left[0].left, left[0].right, stream.tags)
            if not emptied and stream.tags.cell_start.search(row.raw):
                last = row.number
        return last

    def _boxes(self) -> list[Box]:
        boxes = [placement.table.box for placement in self.placements]
        filled = [(row, column) for row, values in self.values.items() for column, value in values.items() if value is not None]
        if filled:
            rows, columns = [row for row, _ in filled], [column for _, column in filled]
            boxes.append(Box(min(rows), min(columns), max(rows), max(columns)))
        return boxes


def _says_more(row: StoredRow | None) -> bool:
    """Whether a row that holds no cell says something still, such as its height."""
    return row is not None and b"=" in row.attributes.replace(b" r=", b"").replace(b" spans=", b"")


def _is_fixed(formula: str) -> bool:
    """Whether no reference in it moves along when it is copied."""
    return shifted(formula, 1, 1) == formula


def _with_text(raw: bytes, text: str, tags: Tags) -> bytes:
    """A cell's XML with another text for its formula. A formula that was shared stands by itself then."""
    formula = cells_of(raw, 0, tags)[0].formula(tags)
    if formula is None:
        return raw
    kind = b"" if formula.attribute("t") == "shared" else formula.attributes
    element = b"<%bf%b>%b</%bf>" % (tags.prefix.encode(), kind, escaped(text).encode(), tags.prefix.encode())
    return raw.replace(formula.raw, element, 1)
