"""Editing a workbook in place: tables, values, spills and names change in one pass over the package, and nothing else does."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, place
from xlsig.grid.book import Key
from xlsig.grid.contents import Plain
from xlsig.ooxml import charts, workbook
from xlsig.ooxml.body import Body, as_cell
from xlsig.ooxml.charts import Watch
from xlsig.ooxml.entries import Rows
from xlsig.ooxml.filters import hidden_rows
from xlsig.ooxml.guard import open_guarded
from xlsig.ooxml.own_cells import OwnCells, own_cells
from xlsig.ooxml.package import LOCK_PATIENCE, OPEN_PATIENCE, OpenWorkbook
from xlsig.ooxml.placement import Placement, RowsBelow, check_room, check_spill, resized_spill, scan
from xlsig.ooxml.prepared import Prepared, chart_parts_of, prepare, write_package
from xlsig.ooxml.references import Spelling, as_stored, linked, relinked
from xlsig.ooxml.rows import SheetStream, merged_areas, new_tail, tail_tree
from xlsig.ooxml.saved_file import check_free, check_unchanged, refreshed_name, replacing
from xlsig.ooxml.sheet import Piece
from xlsig.ooxml.tables import TablePart, matched
from xlsig.ooxml.workbook import Sheet

_LINKED = re.compile(rb"\[(\d+)\]")
_DRAWN = ("chart+xml", "chartex+xml", "drawing+xml", "pivotcachedefinition+xml")

Mode = Literal["live", "snapshot"]
"""live: Excel computes everything when it opens the file. snapshot: it shows the values as they are."""


class Edit(OpenWorkbook):
    """A workbook being edited. Nothing is written before `save`; rows and columns count from 0.

    Tables first, then the book that follows from them, then values, spills and names:

        with open_package(path) as edit:
            edit.replace_table("Flows", columns, rows)
            answers = Evaluator(edit.book())
            edit.set_values(...)
            edit.save()
    """

    def __init__(
        self,
        path: Path,
        *,
        lock: bool,
        spelling: Spelling = as_stored,
        lock_patience: float = LOCK_PATIENCE,
        patience: float = OPEN_PATIENCE,
    ) -> None:
        super().__init__(path, lock=lock, spelling=spelling, lock_patience=lock_patience, patience=patience)
        self._replaced: set[str] = set()
        self._renamed = False
        self._is_done = False
        self._prepared: Prepared | None = None
        self.mode: Mode | None = "live"
        """Whether Excel is to compute on opening; None: as the file said so far."""
        self._told: list[str] = []
        self.displaced: list[str] = []
        """The tables in which what a person typed goes to another row, or is gone."""

    def replace_table(self, name: str, columns: Sequence[str], rows: Rows, *, key: Sequence[str] = ()) -> None:
        """Give a table new rows. `columns` name the data's columns, in any order; the table's others must be calculated ones.

        Values that the data bring for a calculated column become its formula's values. With a `key`, names of columns that tell rows
        apart, what a person typed into the table's other columns stays beside the row with the same key. Refused where the table would
        grow over anything that is not its own.
        """
        self._change()
        table = self.table(name)
        if table.name in self._replaced:
            raise ValueError(f"the table {table.name} was given its rows already")
        if table.kind:
            raise PackageRefusal(f"the table {table.name} is filled by a source of its own ({table.kind}), which would undo any change")
        body = Body(table.name, columns, rows)
        self._closing.callback(body.close)
        new_last = table.first + max(len(body), 1) - 1
        if new_last + table.totals_rows > LAST_ROW:
            raise PackageRefusal(f"the table {table.name} would reach beyond the sheet's last row")
        sheet = self._workbook.sheet(table.sheet)
        with self._reading(), self._parts.open(sheet.part) as source:
            stream = SheetStream(source, sheet.part)
            standing = scan(table, stream, new_last)
            stream.skip()
        merged = merged_areas(tail_tree(stream.head, stream.tail))
        check_room(table, new_last, (other for other in self.tables.values() if other.sheet == table.sheet and other is not table), merged)
        sources = matched(table, columns, standing.has_formulas(table, stream.tags) if not key else [True] * len(table.columns))
        own = self._own_cells(table, body, sources, key) if key and None in sources else OwnCells()
        move = table.resize(len(body))
        placement = Placement(table, body, sources, move, standing, stream.tags, own)
        filters = table.filter
        if filters is not None:
            placement.hidden, placement.untold = hidden_rows(filters, sources, self._formats, placement.usual_styles)
        if move.old_last != move.new_last:
            self._parts.mark(table.part, f"the table {table.name} has {len(body):,} rows")
            for edit in self._sheets.values():
                edit.moves.append(move)
        self._sheets[sheet.name].placements.append(placement)
        self._replaced.add(table.name)

    def _change(self) -> None:
        """Something is about to change: what was found of the workbook so far is found anew when it is asked for."""
        self._prepared = None
        self._values.clear()

    def tell(self, said: str) -> None:
        """Note what a person should know about the edit: a sentence without its full stop."""
        self._told.append(said)

    @property
    def told(self) -> list[str]:
        """What a person should know about the edit."""
        told = [*self._told, *self._prepare().told]
        if self._parts.is_signed and self.plan:
            told.append("the workbook was signed digitally, and its signature holds no longer: sign it again")
        return told

    def _own_cells(self, table: TablePart, body: Body, sources: Sequence[int | None], key: Sequence[str]) -> OwnCells:
        """What a person typed into a table's other columns; what loses its row is told."""
        part = self._workbook.sheet(table.sheet).part
        with self._reading(), self._parts.open(part) as source:
            stream = SheetStream(source, part)
            found = own_cells(table, stream, body, sources, key, stream.tags, self._strings)
        if found.lost or any(cell.row != row for row, cells in found.by_row.items() for cell in cells.values()):
            self.displaced.append(table.name)
        for at, lost in found.lost.items():
            cells = "a cell" if len(lost) == 1 else f"{len(lost)} cells"
            first = lost[0]
            said = f"{place(table.sheet, first.row, first.cell.column)}: {first.cell.value(stream.tags, self._strings)}"
            self.tell(
                f"{cells} of the column {table.columns[at].name!r} in the table {table.name} stood beside rows that the data no longer has "
                f"and {'is' if len(lost) == 1 else 'are'} gone ({said})"
            )
        return found

    def set_values(self, values: Mapping[Key, Any]) -> None:
        """Set the values of cells: (sheet, row, column) → value, `ErrorCell` or None. Formulas stay, with None they have no value."""
        self._change()
        for (name, row, column), value in values.items():
            sheet = self._workbook.sheet(name)
            if not (0 <= row <= LAST_ROW and 0 <= column <= LAST_COLUMN):
                raise PackageRefusal(f"row {row + 1}, column {column + 1} lies beyond the sheet {sheet.name!r}")
            self._sheets[sheet.name].set_value(row, column, _held(value, sheet.name, row, column))

    def set_spills(self, answers: Mapping[Key, Any]) -> None:
        """Set the answers of formulas that spill: (sheet, row, column) → a list of rows, or a single value.

        Refused where one would grow over anything else.
        """
        self._change()
        blocks: dict[str, dict[tuple[int, int], list[list[Plain]]]] = {}
        for (name, row, column), block in answers.items():
            sheet = self._workbook.sheet(name).name
            rows = block if isinstance(block, list) else [[block]]
            held = [[_held(value, sheet, row, column) for value in entries] for entries in rows]
            if not held or not held[0] or len({len(entries) for entries in held}) > 1:
                raise ValueError("a spilled block must have rows of one length")
            blocks.setdefault(sheet, {})[row, column] = held
        for name, found in blocks.items():
            self._set_spills_on(self._workbook.sheet(name), found)

    def _set_spills_on(self, sheet: Sheet, blocks: Mapping[tuple[int, int], list[list[Plain]]]) -> None:
        edit = self._sheets[sheet.name]
        for anchor in blocks:
            edit.forget_spill(*anchor)
        with self._reading(), self._parts.open(sheet.part) as source:
            stream = SheetStream(source, sheet.part)
            rows = RowsBelow(((step.number, step.xml) for step in edit.steps_of_tables(stream, min(blocks)[0])), stream.tags)
            spills = {anchor: resized_spill(sheet.name, anchor, blocks[anchor], rows, stream.tags) for anchor in sorted(blocks)}
            stream.skip()
        tables = [table for table in self.tables.values() if table.sheet == sheet.name]
        merged = merged_areas(tail_tree(stream.head, stream.tail))
        for anchor, spill in spills.items():
            if anchor != (spill.box.bottom, spill.box.right):
                check_spill(sheet.name, anchor, spill.box, tables, merged)
            edit.set_spill(*anchor, spill)

    def respell(self, spelling: Spelling) -> None:
        """Spell the functions that formulas call in another way: in cells, table columns, conditional formats, validations and names.

        An external link that only such calls used goes with its part.
        """
        self._change()
        before = self._linked()
        self._rewrite_formulas(lambda text: spelling(text, self.links))
        gone = before - self._linked() if before else set()
        drawn = self._linked_by_drawings() if gone else set()
        gone = {number for number in gone if not any(other >= number for other in drawn)}
        if gone:
            kept = [number for number in self.links if number not in gone]
            numbers = dict(zip(kept, range(1, len(kept) + 1), strict=True))
            self._rewrite_formulas(lambda text: relinked(text, numbers))
            for number in sorted(gone, reverse=True):
                self._workbook.drop_link(number)

    def _rewrite_formulas(self, change: Callable[[str], str]) -> None:
        for edit in self._sheets.values():
            edit.spell(change)
        for sheet, row, column, text in list(self.stored_formulas()):
            new = change(text)
            if new != text:
                self._sheets[sheet].set_formula(row, column, new)
        for table in self.tables.values():
            if table.rewrite(change):
                self._parts.mark(table.part, "a calculated column calls functions by other names")
        for name, text in self.names.items():
            new = change(text)
            if new != text:
                self.set_name(name, new)

    def _linked(self) -> set[int]:
        """The numbers of the external links that formulas use, with all edits so far."""
        if not self.links:
            return set()
        texts = [text for *_, text in self.stored_formulas()] + list(self.names.values())
        texts += [text for table in self.tables.values() for text in table.formulas()]
        found = set().union(*map(linked, texts)) if texts else set()
        for sheet in self._workbook.sheets:
            with self._reading(), self._parts.open(sheet.part) as source:
                stream = SheetStream(source, sheet.part)
                stream.skip()
                edit = self._sheets[sheet.name]
                tail = new_tail(stream.head, stream.tail, stream.tags, sheet.name, [], edit.spelled)
            found |= {int(number) for number in _LINKED.findall(tail)}
        return found & self.links.keys()

    def _linked_by_drawings(self) -> set[int]:
        """The numbers of the external links that charts, drawings and pivots use: these are not written anew."""
        parts = [part for kind in _DRAWN for part in self._parts.typed(kind)]
        return {int(number) for part in parts for number in _LINKED.findall(self._parts.package.read(part))}

    def set_name(self, name: str, refers_to: str) -> None:
        """Make a defined name refer to something; Sheet!name for a sheet's own. One that does not exist is defined."""
        self._change()
        self._follow()
        self._renamed |= self._workbook.set_name(name, refers_to)

    def _prepare(self) -> Prepared:
        """What a save will change; found once for all edits so far."""
        if self._prepared is None:
            self._prepared = self._prepare_anew()
        return self._prepared

    def _prepare_anew(self) -> Prepared:
        self._follow()
        for edit in self._sheets.values():
            edit.follow()
        with self._reading():
            return prepare(self._parts, self._workbook, self._sheets, self._strings, self._replaced, self._moves)

    @property
    def plan(self) -> list[tuple[str, str]]:
        """The parts that a save would change, and why; empty if nothing differs from what the file holds."""
        prepared = self._prepare()
        if not (prepared.sheets or self._renamed):
            return []
        found = {**self._parts.plan, **prepared.reasons}
        for part in sorted(chart_parts_of(prepared.drawings)):
            found.setdefault(part, "it draws cells that change")
        if self.mode == "live" and not self._workbook.is_calculated_on_load:
            found.setdefault(self._parts.workbook, "Excel computes on load")
        for part in self._parts.pointed("", "core-properties"):
            found.setdefault(part, "when it was changed, and by whom")
        return sorted([*found.items(), *self._parts.dropped.items()])

    def save(self, destination: str | os.PathLike[str] | None = None, *, modified: dt.datetime | None = None) -> bool:
        """Write the workbook, in place or elsewhere, whole or not at all; False if there was nothing to write.

        Raises `FileInUse` if the destination is open somewhere, and the system's own `OSError`.
        """
        if self._is_done:
            raise ValueError("the workbook was saved in place already: open it again")
        if self._parts.package.fp is None:  # closed for a replacement that was refused
            self._parts.package = self._closing.enter_context(open_guarded(self.path))
        target = self.path if destination is None else Path(destination)
        is_beside = target == refreshed_name(self.path)
        in_place = not is_beside and target.exists() and os.path.samefile(target, self.path)
        prepared = self._prepare()
        is_changed = bool(prepared.sheets) or self._renamed
        if in_place and not is_changed:
            return False
        if target.exists():
            check_free(target, self._patience)
        if is_changed:
            if self.mode is not None:
                self._workbook.calculate_on_load(self.mode == "live")
            with self._reading():
                workbook.stamp(self._parts, modified or dt.datetime.now(dt.UTC))
        with replacing(target, self._patience, self._seen if in_place else None, follows=not is_beside) as stream:
            if is_changed:
                with self._reading():
                    self._write(prepared, stream)
            else:
                with open(self.path, "rb") as source:
                    shutil.copyfileobj(source, stream)
            check_unchanged(self.path, self._seen)
            if os.name == "nt" and in_place:
                self._parts.package.close()
        self._is_done = in_place
        return True

    def _write(self, prepared: Prepared, target: IO[bytes]) -> None:
        streams = {sheet.part: partial(self._sheet_xml, sheet, prepared.watch) for sheet in prepared.sheets}

        def refill() -> None:
            charts.refill(self._parts, prepared.drawings, prepared.watch)

        write_package(self._parts, target, streams, chart_parts_of(prepared.drawings), refill)

    def _sheet_xml(self, sheet: Sheet, watch: Watch) -> Iterator[Piece]:
        edit = self._sheets[sheet.name]
        with self._parts.open(sheet.part) as source:
            bottom = edit.last_kept(SheetStream(source, sheet.part)) if edit.has_shrunk else None
        with self._parts.open(sheet.part) as source:
            stream = SheetStream(source, sheet.part)
            yield from edit.xml(stream, bottom, watch.on(sheet.name, stream.tags))


def open_package(path: str | os.PathLike[str], *, lock: bool = True, spelling: Spelling = as_stored) -> Edit:
    """Open an .xlsx or .xlsm file to edit it. Until it is closed no other edit of the file begins (`lock=False`: only to read it).

    `spelling` says how a person types the functions that a stored formula calls, for what is read.

    Raises `PackageRefusal` with one sentence for a file that will not be edited, and the system's own `OSError`.
    """
    return Edit(Path(path), lock=lock, spelling=spelling)


def _held(value: Any, sheet: str, row: int, column: int) -> Plain:
    """A value as a cell holds it; empty text stays, since a formula may answer it."""
    if isinstance(value, str) and value == "":
        return ""
    try:
        return as_cell(value)
    except ValueError as failure:
        raise PackageRefusal(f"{place(sheet, row, column)}: {failure}") from None


def replace_table(
    source: str | os.PathLike[str],
    table: str,
    columns: Sequence[str],
    rows: Rows,
    destination: str | os.PathLike[str] | None = None,
) -> bool:
    """Give an Excel Table of any workbook new rows and leave everything else as it is; returns whether a file was written.

    `columns` name the data's columns, in any order; columns of the table that they leave out must hold formulas, which are kept.
    Rows: lists of values in the order of `columns`, dicts by column name, or a table of pandas, polars or Arrow.
    Values: numbers, text (never a formula, whatever it looks like), booleans, dates, `ErrorCell`, None. In place unless a
    `destination` is given. If the table holds these rows already, the file in place is not touched.
    Raises `PackageRefusal`, one sentence naming what and where, and nothing is written.
    """
    in_place = destination is None or (os.path.exists(destination) and os.path.samefile(source, destination))
    with open_package(source, lock=in_place) as edit:
        edit.replace_table(table, columns, rows)
        return edit.save(destination)
