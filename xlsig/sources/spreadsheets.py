"""Sheets and tables of .xlsx files that others made: guarded before they are opened, then read with calamine."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from xlsig.errors import DataError, PackageRefusal, Problem
from xlsig.frames import remedies
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.readings import Unstored
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml.extents import check_data_extent, check_span
from xlsig.ooxml.guard import check_count, open_guarded
from xlsig.ooxml.package import DAMAGED
from xlsig.ooxml.parts import CONTENT_TYPES, Parts, relations_part
from xlsig.ooxml.rows import SheetStream
from xlsig.ooxml.stored_cells import SharedStrings
from xlsig.ooxml.tables import TablePart, read_table
from xlsig.ooxml.workbook import Sheet, worksheets
from xlsig.ooxml.zip import copy_of
from xlsig.sources.shape import laid_out

_NO_STRINGS = SharedStrings(None, "")
_ERROR_CELL = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_READ_WITH_A_SHEET = ("sharedStrings", "styles")


def read_spreadsheet(
    content: bytes, file: str, name: str, sheet: str | None = None, table: str | None = None, declared: Declared | None = None
) -> Raw:
    """The cells of a declared table or sheet; else of the table, then the sheet, called `name`, else of the only sheet.

    The first row with anything in it is the header of a sheet, unless another is declared. An error cell other than #N/A is refused,
    and so is a formula whose value is not in the file.
    """
    declared = declared or Declared()
    with _guarded(content, file) as package:
        parts = Parts(package)
        sheets = list(worksheets(parts))
        tables = dict(_tables(parts, sheets))
        wanted = table or (None if sheet else _named(tables, name))
        if wanted:
            found = _table(parts, tables, wanted, name, file, declared)
            at_sheet = next(known for known in sheets if known.name == found.sheet)
            rows, top, left = _of_table(found, *_cells(parts, at_sheet, file))
        else:
            names = [known.name for known in sheets]
            at_sheet = sheets[_sheet(names, sheet or _named(names, name) or (names[0] if len(names) == 1 else ""), name, file)]
            rows, top, left = _cells(parts, at_sheet, file)
            if not rows:
                raise DataError([Problem("the sheet is empty", file, value=at_sheet.name)])
        odd = _odd_cells(parts, at_sheet)
    width = len(rows[0])
    inside = {(row - top, column - left): cell for (row, column), cell in odd.items() if row >= top and 0 <= column - left < width}
    if not wanted:
        rows += [[""] * width for _ in range(max((row for row, _ in inside), default=0) + 1 - len(rows))]
    for (row, column), cell in inside.items():
        if row < len(rows):
            rows[row][column] = cell
    kept = [at for at, cells in enumerate(rows) if any(cell != "" for cell in cells)]
    header, body, lines = laid_out(file, [rows[at] for at in kept], [top + at for at in kept], name, declared)
    columns = tuple([row[column] for row in body] for column in range(len(header)))
    return Raw(file, header, columns, lines)


@contextmanager
def _guarded(content: bytes, file: str) -> Iterator[zipfile.ZipFile]:
    """The workbook's package; what the guard of all Excel files refuses is a problem of this file."""
    try:
        with open_guarded(io.BytesIO(content)) as package:
            yield package
    except PackageRefusal as refusal:
        raise DataError([Problem(str(refusal), file)]) from None
    except DAMAGED as failure:
        raise DataError([Problem(f"a part of the workbook cannot be read ({failure})", file)]) from None


def _cells(parts: Parts, sheet: Sheet, file: str) -> tuple[list[list[Any]], int, int]:
    """A sheet's rows, and the row (from 1) and column (from 0) at which they begin. Calamine is given no part that was not judged."""
    from python_calamine import CalamineWorkbook

    check_data_extent(parts.package, sheet.part, sheet.name)
    book = parts.workbook
    beside = [part for kind in _READ_WITH_A_SHEET for part in parts.pointed(book, kind)]
    for part in parts.pointed(book, "sharedStrings"):
        check_count(parts.package, part)
    judged = [part for part in (CONTENT_TYPES, relations_part(""), book, relations_part(book), *beside, sheet.part) if part in parts]
    with copy_of(parts.package, dict.fromkeys(judged)) as copy:
        opened = _calamine(lambda: CalamineWorkbook.from_filelike(copy), file)
    cells = _calamine(lambda: opened.get_sheet_by_index(sheet.place), file)
    rows = _calamine(cells.to_python, file)
    top, left = cells.start or (0, 0)
    return rows, top + 1, left


def _calamine(read: Callable[[], Any], file: str) -> Any:
    """What calamine answers; its panics, which are not Exceptions, become a problem of the file like any other."""
    try:
        return read()
    except BaseException as failure:
        if isinstance(failure, Exception) or type(failure).__name__ == "PanicException":
            raise DataError([Problem(f"the workbook cannot be read ({failure})", file)]) from None
        raise


def _named(names: Iterable[str], name: str) -> str | None:
    return next((found for found in names if found.casefold() == name.casefold()), None)


def _tables(parts: Parts, sheets: Iterable[Sheet]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The workbook's tables: the name of each, its part and the name of its sheet."""
    for sheet in sheets:
        for part in parts.pointed(sheet.part, "table"):
            root = parts.tree(part)
            yield root.get("displayName") or root.get("name") or "", (part, sheet.name)


def _table(parts: Parts, tables: dict[str, tuple[str, str]], wanted: str, name: str, file: str, declared: Declared) -> TablePart:
    found = _named(tables, wanted)
    if found is None:
        remedy = _nearest(name, "table", wanted, tables)
        raise DataError(
            [Problem(f"the workbook has no such table (it has: {', '.join(tables) or 'none'})", file, value=wanted, remedy=remedy)]
        )
    if declared.header_row is not None:
        raise DataError([Problem(f"the table {found} has a header of its own; leave header_row out", file)])
    return read_table(parts, *tables[found])


def _of_table(table: TablePart, rows: list[list[Any]], top: int, left: int) -> tuple[list[list[Any]], int, int]:
    """A table's rows with its columns' names first, out of its sheet's rows, and the row and column at which they begin."""
    first, last = table.first + 1 - top, min(table.last + 1 - top, len(rows) - 1)
    width, held = len(table.columns), len(rows[0]) if rows else 0
    check_span(f"the table {table.name} spans", max(0, last - first + 1), width, held * len(rows))
    begin = table.box.left - left
    before, start, end = max(0, -begin), max(0, begin), max(0, begin + width)
    body = []
    for at in range(first, last + 1):
        cells = [*[""] * before, *rows[at][start:end]] if at >= 0 else []
        body.append([*cells, *[""] * (width - len(cells))][:width])
    return [[column.name.strip() for column in table.columns], *body], table.first, table.box.left


def _sheet(names: list[str], wanted: str, name: str, file: str) -> int:
    """Which of the sheets is meant."""
    found = _named(names, wanted) if wanted else None
    if found is None:
        message = "no such sheet" if wanted else f"neither a table nor a sheet called {name}; declare sheet or table"
        remedy = _nearest(name, "sheet", wanted or name, names)
        raise DataError([Problem(f"{message} (sheets: {', '.join(names)})", file, value=wanted, remedy=remedy)])
    return names.index(found)


def _nearest(section: str, setting: str, wanted: str, names: Iterable[str]) -> str:
    """The lines that name a sheet or table that is there, the nearest first."""
    known = list(names)
    first = remedies.nearest(wanted, known, most=1) or known[:1]
    others = [name for name in known if name not in first]
    return remedies.either(section, setting, *((name, f"the {setting} {name}") for name in (*first, *others))) if known else ""


def _odd_cells(parts: Parts, sheet: Sheet) -> dict[tuple[int, int], Any]:
    """The cells that calamine hands over as blank, by sheet row (1-based) and column (0-based): errors, formulas without their value."""
    found: dict[tuple[int, int], Any] = {}
    with parts.open(sheet.part) as source:
        stream = SheetStream(source, sheet.part)
        formula = stream.tags.formula_start
        for row in stream:
            for cell in row.cells(stream.tags) if _ERROR_CELL.search(row.raw) or formula in row.raw else ():
                value = cell.value(stream.tags, _NO_STRINGS) if cell.attribute("t") != "s" else ""
                if isinstance(value, ErrorCell):
                    found[row.number + 1, cell.column] = value.code
                elif value is None and formula in cell.inner:
                    found[row.number + 1, cell.column] = Unstored()
    return found
