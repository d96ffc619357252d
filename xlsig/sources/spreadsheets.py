"""Sheets and tables of .xlsx files that others made: guarded before they are opened, then read with calamine."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from xlsig.errors import DataError, PackageRefusal, Problem
from xlsig.frames import remedies
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.readings import Unstored
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml.guard import open_guarded
from xlsig.ooxml.parts import Parts
from xlsig.ooxml.rows import SheetStream
from xlsig.ooxml.stored_cells import SharedStrings
from xlsig.ooxml.workbook import worksheets
from xlsig.sources.shape import laid_out

_NO_STRINGS = SharedStrings(None, "")
_ERROR_CELL = re.compile(rb"\bt\s*=\s*[\"']e[\"']")


def read_spreadsheet(
    content: bytes, file: str, name: str, sheet: str | None = None, table: str | None = None, declared: Declared | None = None
) -> Raw:
    """The cells of a declared table or sheet; else of the table, then the sheet, called `name`, else of the only sheet.

    The first row with anything in it is the header of a sheet, unless another is declared. An error cell other than #N/A is refused,
    and so is a formula whose value is not in the file.
    """
    declared = declared or Declared()
    with _guarded(content, file) as package:
        book = _opened(content, file)
        wanted = table or (None if sheet else _named(book.table_names or (), name))
        if wanted:
            at_sheet, rows, top, left = _table(book, wanted, name, file, declared)
        else:
            at_sheet = sheet or _named(book.sheet_names, name) or (book.sheet_names[0] if len(book.sheet_names) == 1 else "")
            rows, top, left = _sheet(book, at_sheet, name, file)
        odd = _odd_cells(package, at_sheet)
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
    except (zipfile.BadZipFile, zlib.error, EOFError) as failure:
        raise DataError([Problem(f"a part of the workbook cannot be unpacked ({failure})", file)]) from None


def _opened(content: bytes, file: str) -> Any:
    from python_calamine import CalamineWorkbook

    return _calamine(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content), load_tables=True), file)


def _calamine(read: Any, file: str) -> Any:
    """What calamine answers; its panics, which are not Exceptions, become a problem of the file like any other."""
    try:
        return read()
    except BaseException as failure:
        if isinstance(failure, Exception) or type(failure).__name__ == "PanicException":
            raise DataError([Problem(f"the workbook cannot be read ({failure})", file)]) from None
        raise


def _named(names: list[str] | tuple[str, ...], name: str) -> str | None:
    return next((found for found in names if found.casefold() == name.casefold()), None)


def _table(book: Any, wanted: str, name: str, file: str, declared: Declared) -> tuple[str, list[list[Any]], int, int]:
    """A table's sheet, its rows with the header first, and the row and column at which they begin."""
    found = _named(book.table_names or (), wanted)
    if found is None:
        has = ", ".join(book.table_names or ()) or "none"
        remedy = _nearest(name, "table", wanted, book.table_names or ())
        raise DataError([Problem(f"the workbook has no such table (it has: {has})", file, value=wanted, remedy=remedy)])
    if declared.header_row is not None:
        raise DataError([Problem(f"the table {found} has a header of its own; leave header_row out", file)])
    table = _calamine(lambda: book.get_table_by_name(found), file)
    rows = _calamine(table.to_python, file)
    top, left = table.start or (1, 0)
    return table.sheet, [[str(header).strip() for header in table.columns], *rows], top, left


def _sheet(book: Any, wanted: str, name: str, file: str) -> tuple[list[list[Any]], int, int]:
    """A sheet's rows, and the row and column at which they begin."""
    has = ", ".join(book.sheet_names)
    found = _named(book.sheet_names, wanted) if wanted else None
    if found is None:
        message = "no such sheet" if wanted else f"neither a table nor a sheet called {name}; declare sheet or table"
        remedy = _nearest(name, "sheet", wanted or name, book.sheet_names)
        raise DataError([Problem(f"{message} (sheets: {has})", file, value=wanted, remedy=remedy)])
    sheet = _calamine(lambda: book.get_sheet_by_name(found), file)
    rows = _calamine(sheet.to_python, file)
    if not rows:
        raise DataError([Problem("the sheet is empty", file, value=found)])
    top, left = sheet.start or (0, 0)
    return rows, top + 1, left


def _nearest(section: str, setting: str, wanted: str, names: Iterable[str]) -> str:
    """The lines that name a sheet or table that is there, the nearest first."""
    known = list(names)
    first = remedies.nearest(wanted, known, most=1) or known[:1]
    others = [name for name in known if name not in first]
    return remedies.either(section, setting, *((name, f"the {setting} {name}") for name in (*first, *others))) if known else ""


def _odd_cells(package: zipfile.ZipFile, sheet: str) -> dict[tuple[int, int], Any]:
    """The cells that calamine hands over as blank, by sheet row (1-based) and column (0-based): errors, formulas without their value."""
    parts = Parts(package)
    part = next((known.part for known in worksheets(parts) if known.name == sheet), None)
    if part is None:
        return {}
    found: dict[tuple[int, int], Any] = {}
    with parts.open(part) as source:
        stream = SheetStream(source, part)
        formula = stream.tags.formula_start
        for row in stream:
            for cell in row.cells(stream.tags) if _ERROR_CELL.search(row.raw) or formula in row.raw else ():
                value = cell.value(stream.tags, _NO_STRINGS) if cell.attribute("t") != "s" else ""
                if isinstance(value, ErrorCell):
                    found[row.number + 1, cell.column] = value.code
                elif value is None and formula in cell.inner:
                    found[row.number + 1, cell.column] = Unstored()
    return found
