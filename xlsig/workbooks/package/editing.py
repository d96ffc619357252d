"""Editing a workbook in place: tables, values, spills and names change in one pass over the package, and nothing else does."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from xlsig.functions.cells import ErrorCell
from xlsig.workbooks.model import Book
from xlsig.workbooks.package import charts, reading, related
from xlsig.workbooks.package.bodies import Body, Entries, plain
from xlsig.workbooks.package.cells import Plain
from xlsig.workbooks.package.filters import hidden_rows
from xlsig.workbooks.package.guard import open_guarded
from xlsig.workbooks.package.locking import only_one
from xlsig.workbooks.package.parts import Parts
from xlsig.workbooks.package.placing import Placement, check_room, scan
from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.relations import CONTENT_TYPES
from xlsig.workbooks.package.rows import SheetStream
from xlsig.workbooks.package.saving import check_free, replacing
from xlsig.workbooks.package.sheets import SheetEdit
from xlsig.workbooks.package.skeleton import merged_areas, tail_tree
from xlsig.workbooks.package.spilling import resized_spill
from xlsig.workbooks.package.strings import SharedStrings
from xlsig.workbooks.package.tables import TablePart, matched, read_table
from xlsig.workbooks.package.watching import Watch
from xlsig.workbooks.package.workbook import Sheet, Workbook
from xlsig.workbooks.package.writing import write_package

Mode = Literal["live", "snapshot"]
Key = tuple[str, int, int]
LOCK_PATIENCE = 120.0
OPEN_PATIENCE = 2.0


def open_package(path: str | os.PathLike[str], *, lock: bool = True) -> Edit:
    """Open an .xlsx or .xlsm file to edit it. Until it is closed no other edit of the file begins (`lock=False`: only to read it).

    Raises `PackageRefusal` with one sentence for a file that will not be edited, and the system's own `OSError`.
    """
    return Edit(Path(path), lock=lock)


class Edit:
    """A workbook being edited. Nothing is written before `save`; rows and columns count from 0.

    Tables first, then the book that follows from them, then values, spills and names:

        with open_package(path) as edit:
            edit.replace_table("Flows", columns, rows)
            answers = Evaluator(edit.book())
            edit.set_values(...)
            edit.save()
    """

    def __init__(self, path: Path, *, lock: bool, lock_patience: float = LOCK_PATIENCE, patience: float = OPEN_PATIENCE) -> None:
        self.path = path
        self._patience = patience
        self._closing = contextlib.ExitStack()
        try:
            if lock:
                check_free(path, patience)
                self._closing.enter_context(only_one(path, lock_patience))
            self._seen = os.stat(path)
            self._parts = Parts(self._closing.enter_context(open_guarded(path)))
            self._workbook = Workbook(self._parts)
            self._strings = self._shared_strings()
            self.tables = self._tables()
        except BaseException:
            self._closing.close()
            raise
        self._sheets = {sheet.name: SheetEdit(sheet.name) for sheet in self._workbook.sheets}
        self._replaced: dict[str, TablePart] = {}
        self._followed = 0
        self._renamed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._closing.close()

    def _shared_strings(self) -> SharedStrings:
        part = next(iter(self._parts.pointed(self._parts.workbook, "sharedStrings")), None)
        return SharedStrings(None if part is None else lambda: self._parts.open(part), part or "")

    def _tables(self) -> dict[str, TablePart]:
        """The tables by name."""
        found = (read_table(self._parts, part, sheet.name) for sheet in self._workbook.sheets for part in self._parts.pointed(sheet.part, "table"))
        return {table.name: table for table in found}

    @property
    def sheet_names(self) -> list[str]:
        """The worksheets, in order."""
        return [sheet.name for sheet in self._workbook.sheets]

    @property
    def names(self) -> dict[str, str]:
        """Defined names and what they refer to, without =; a sheet's own are called Sheet!name."""
        self._follow()
        return self._workbook.names()

    def table(self, name: str) -> TablePart:
        """A table by its name, in either case."""
        for known, table in self.tables.items():
            if known.lower() == name.lower():
                return table
        raise PackageRefusal(f"the workbook has no table {name!r} (it has {', '.join(sorted(self.tables)) or 'none'})")

    def replace_table(self, name: str, columns: Sequence[str], rows: Iterable[Entries]) -> None:
        """Give a table new rows. `columns` name the data's columns, in any order; the table's others must be calculated ones.

        Values that the data bring for a calculated column become its formula's values. Refused where the table would grow over
        anything that is not its own.
        """
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
        with self._parts.open(sheet.part) as source:
            stream = SheetStream(source, sheet.part)
            standing = scan(table, stream, new_last, stream.tags)
            stream.skip()
        merged = merged_areas(tail_tree(stream.head, stream.tail))
        check_room(table, new_last, (other for other in self.tables.values() if other.sheet == table.sheet and other is not table), merged)
        sources = matched(table, columns, standing.has_formulas(table, stream.tags))
        move = table.resize(len(body))
        placement = Placement(table, body, sources, move, standing, stream.tags)
        filters = table.filter
        if filters is not None:
            placement.hidden, placement.untold = hidden_rows(filters, sources)
        if move.old_last != move.new_last:
            self._parts.mark(table.part, f"the table {table.name} has {len(body):,} rows")
            for edit in self._sheets.values():
                edit.moves.append(move)
        self._sheets[sheet.name].placements.append(placement)
        self._replaced[table.name] = table

    def set_values(self, values: Mapping[Key, Any]) -> None:
        """Set the values of cells: (sheet, row, column) → value, `ErrorCell` or None. Formulas stay, with None they have no value."""
        for (name, row, column), value in values.items():
            sheet = self._workbook.sheet(name)
            if not (0 <= row <= LAST_ROW and 0 <= column <= LAST_COLUMN):
                raise PackageRefusal(f"row {row + 1}, column {column + 1} lies beyond the sheet {sheet.name!r}")
            self._sheets[sheet.name].set_value(row, column, _held(value, sheet.name, row, column))

    def set_spill(self, sheet: str, row: int, column: int, block: Any) -> None:
        """Set the answer of a formula that spills: a list of rows, or a single value. Refused where it would grow over anything else."""
        known = self._workbook.sheet(sheet)
        rows = block if isinstance(block, list) else [[block]]
        held = [[_held(value, known.name, row, column) for value in entries] for entries in rows]
        if not held or not held[0] or len({len(entries) for entries in held}) > 1:
            raise ValueError("a spilled block must have rows of one length")
        edit = self._sheets[known.name]
        with self._parts.open(known.part) as source:
            stream = SheetStream(source, known.part)
            steps = ((number, new) for number, _, new in edit.steps(stream))
            spill = resized_spill(known.name, (row, column), held, steps, stream.tags)
            stream.skip()
        if (row, column) != (spill.box.bottom, spill.box.right):
            tables = [table for table in self.tables.values() if table.sheet == known.name]
            check_spill(known.name, (row, column), spill.box, tables, merged_areas(tail_tree(stream.head, stream.tail)))
        edit.spills[row, column] = spill.box
        edit.styles.update(spill.styles)
        for (at, across), value in spill.values.items():
            edit.set_value(at, across, value)

    def set_name(self, name: str, refers_to: str) -> None:
        """Make a defined name refer to something; Sheet!name for a sheet's own. One that does not exist is defined."""
        self._follow()
        self._renamed |= self._workbook.set_name(name, refers_to)

    def _follow(self) -> None:
        """Let names, charts and calculated columns follow the tables that were moved since the last time."""
        moves = self._moves[self._followed :]
        self._followed = len(self._moves)
        if not moves:
            return
        self._workbook.move(moves)
        charts.move_charts(self._parts, moves)
        for table in self.tables.values():
            if table.follow(moves):
                self._parts.mark(table.part, "a calculated column follows a table")

    @property
    def _moves(self) -> list[Move]:
        return next(iter(self._sheets.values())).moves if self._sheets else []
