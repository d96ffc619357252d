"""Sheets and tables of .xlsx files that others made: guarded before they are opened, then read with calamine."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xlsig.errors import DataError, PackageRefusal, Problem
from xlsig.frames.desk import Raw
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml.cells import SharedStrings
from xlsig.ooxml.guard import open_guarded
from xlsig.ooxml.parts import Parts
from xlsig.ooxml.rows import SheetStream
from xlsig.ooxml.workbook import worksheets

_NO_STRINGS = SharedStrings(None, "")
_ERROR_CELL = re.compile(rb"\bt\s*=\s*[\"']e[\"']")


def read_spreadsheet(content: bytes, file: str, name: str, sheet: str | None = None, table: str | None = None) -> Raw:
    """The cells of a declared table or sheet; else of the table, then the sheet, called `name`, else of the only sheet.

    The first row with anything in it is the header of a sheet. An error cell other than #N/A is refused.
    """
    with _guarded(content, file) as package:
        book = _opened(content, file)
        wanted = table or (None if sheet else _named(book.table_names or (), name))
        if wanted:
            at_sheet, header, rows, top, left = _table(book, wanted, file)
        else:
            at_sheet = sheet or _named(book.sheet_names, name) or (book.sheet_names[0] if len(book.sheet_names) == 1 else "")
            header, rows, top, left = _sheet(book, at_sheet, name, file)
        errors = _error_cells(package, at_sheet)
    for (row, column), code in errors.items():
        if top <= row < top + len(rows) and left <= column < left + len(header):
            rows[row - top][column - left] = code
    kept = [at for at, cells in enumerate(rows) if any(cell != "" for cell in cells)]
    columns = tuple([rows[at][column] for at in kept] for column in range(len(header)))
    return Raw(file, header, columns, [top + at for at in kept])


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


def _table(book: Any, wanted: str, file: str) -> tuple[str, tuple[str, ...], list[list[Any]], int, int]:
    name = _named(book.table_names or (), wanted)
    if name is None:
        has = ", ".join(book.table_names or ()) or "none"
        raise DataError([Problem(f"the workbook has no such table (it has: {has})", file, value=wanted)])
    table = _calamine(lambda: book.get_table_by_name(name), file)
    rows = _calamine(table.to_python, file)
    top, left = table.start or (1, 0)
    return table.sheet, tuple(str(header).strip() for header in table.columns), rows, top + 1, left


def _sheet(book: Any, wanted: str, name: str, file: str) -> tuple[tuple[str, ...], list[list[Any]], int, int]:
    has = ", ".join(book.sheet_names)
    found = _named(book.sheet_names, wanted) if wanted else None
    if found is None:
        message = "no such sheet" if wanted else f"neither a table nor a sheet called {name}; declare sheet or table"
        raise DataError([Problem(f"{message} (sheets: {has})", file, value=wanted)])
    sheet = _calamine(lambda: book.get_sheet_by_name(found), file)
    rows = _calamine(sheet.to_python, file)
    if not rows:
        raise DataError([Problem("the sheet is empty", file, value=found)])
    top, left = sheet.start or (0, 0)
    return tuple(str(cell).strip() for cell in rows[0]), rows[1:], top + 2, left


def _error_cells(package: zipfile.ZipFile, sheet: str) -> dict[tuple[int, int], str]:
    """Sheet row (1-based) and column (0-based) of every error cell, which calamine hands over as blank, with its code."""
    parts = Parts(package)
    part = next((known.part for known in worksheets(parts) if known.name == sheet), None)
    if part is None:
        return {}
    found = {}
    with parts.open(part) as source:
        stream = SheetStream(source, part)
        for row in stream:
            for cell in row.cells(stream.tags) if _ERROR_CELL.search(row.raw) else ():
                value = cell.value(stream.tags, _NO_STRINGS)
                if isinstance(value, ErrorCell):
                    found[row.number + 1, cell.column] = value.code
    return found
