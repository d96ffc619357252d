"""Sheets and tables of .xlsx files that others made: guarded before they are opened, then read with calamine."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Raw

MOST_BYTES = 2_000_000_000
"""What the parts of a workbook may come to when unpacked."""
MOST_RATIO = 300
"""How many times smaller than its content a part may be packed (where that matters: above a megabyte)."""
MOST_CELLS = 25_000_000
"""The largest block, rows × columns, that a sheet's outermost cells may span."""

_SPREADSHEET = re.compile(r"\{[^}]*\}")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br\s*=\s*[\"'](\d+)[\"']")
_CELL_COLUMN = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})\d+[\"']")
_ERROR_CELL = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d+)")


def read_spreadsheet(content: bytes, file: str, name: str, sheet: str | None = None, table: str | None = None) -> Raw:
    """The cells of a declared table or sheet; else of the table, then the sheet, called `name`, else of the only sheet.

    The first row with anything in it is the header of a sheet. An error cell other than #N/A is refused.
    """
    guard(content, file)
    book = _opened(content, file)
    wanted = table or (None if sheet else _named(book.table_names or (), name))
    if wanted:
        at_sheet, header, rows, top, left = _table(book, wanted, file)
    else:
        at_sheet = sheet or _named(book.sheet_names, name) or (book.sheet_names[0] if len(book.sheet_names) == 1 else "")
        header, rows, top, left = _sheet(book, at_sheet, name, file)
    errors = _error_cells(content, at_sheet)
    for (row, column), code in errors.items():
        if top <= row < top + len(rows) and left <= column < left + len(header):
            rows[row - top][column - left] = code
    kept = [at for at, cells in enumerate(rows) if any(cell != "" for cell in cells)]
    columns = tuple([rows[at][column] for at in kept] for column in range(len(header)))
    return Raw(file, header, columns, [top + at for at in kept])


def guard(content: bytes, file: str) -> None:
    """Refuse what would not open, or would not fit: encrypted, doubled or overblown parts, a DTD, a sheet of absurd extent."""

    def refuse(message: str, value: str = "") -> DataError:
        return DataError([Problem(message, file, value=value)])

    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("the workbook is protected by a password or of the old .xls kind; save it as .xlsx without one")
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise refuse("not an Excel workbook") from None
    with package:
        parts = package.infolist()
        names = [part.filename for part in parts]
        if len(set(names)) != len(names):
            raise refuse("the workbook holds a part twice", next(part for part in names if names.count(part) > 1))
        if sum(part.file_size for part in parts) > MOST_BYTES:
            raise refuse(f"the workbook unpacks to more than {MOST_BYTES:,} bytes")
        for part in parts:
            if part.flag_bits & 1:
                raise refuse("the workbook is encrypted", part.filename)
            if part.file_size > 1_000_000 and part.file_size > MOST_RATIO * max(part.compress_size, 1):
                raise refuse(f"a part is packed more than {MOST_RATIO} times", part.filename)
            if part.filename.lower().endswith((".xml", ".rels")):
                _guard_part(package, part, refuse)


def _guard_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, refuse: Any) -> None:
    is_sheet = re.match(r"/?xl/worksheets/[^/]+\.xml$", part.filename, re.IGNORECASE)
    rows = columns = 0
    try:
        for at, piece in enumerate(_pieces(package, part)):
            if at == 0 and b"<!DOCTYPE" in piece:
                raise refuse("a part of the workbook declares a document type", part.filename)
            if not is_sheet:
                continue  # read to its end all the same: a part longer than it declares fails there
            rows = max([rows, *map(int, _ROW.findall(piece))])
            columns = max([columns, *(_column(name.decode()) for name in set(_CELL_COLUMN.findall(piece)))])
            if rows * columns > MOST_CELLS:
                raise refuse(f"a sheet spans {rows:,} rows × {columns:,} columns", part.filename)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as failure:
        raise refuse(f"a part of the workbook cannot be unpacked ({failure})", part.filename) from None


def _pieces(package: zipfile.ZipFile, part: zipfile.ZipInfo, size: int = 1 << 20) -> Iterator[bytes]:
    """A part in pieces that overlap, so that no tag is cut in two."""
    with package.open(part) as stream:
        kept = b""
        while piece := stream.read(size):
            yield kept + piece
            kept = piece[-256:]


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


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


def _error_cells(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """Sheet row (1-based) and column (0-based) of every error cell, which calamine hands over as blank, with its code."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        part = _sheet_part(package, sheet)
        if part not in package.namelist():
            return {}
        if not any(_ERROR_CELL.search(piece) for piece in _pieces(package, package.getinfo(part))):
            return {}
        found = {}
        with package.open(part) as stream:
            for _, element in ElementTree.iterparse(stream):
                tag = _SPREADSHEET.sub("", element.tag)
                place = _REFERENCE.fullmatch(element.get("r", ""))
                if tag == "c" and element.get("t") == "e" and place:
                    code = next((child.text for child in element if _SPREADSHEET.sub("", child.tag) == "v"), None)
                    found[int(place[2]), _column(place[1]) - 1] = code or "#VALUE!"
                if tag == "row":
                    element.clear()
    return found


def _sheet_part(package: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds the sheet of that name."""
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in book.iter():
        if _SPREADSHEET.sub("", element.tag) == "sheet" and element.get("name") == sheet:
            related = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            return posixpath.normpath(posixpath.join("xl", targets.get(related, ""))).removeprefix("/")
    return ""
