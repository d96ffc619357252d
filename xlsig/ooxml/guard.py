"""Open an Excel file that somebody else made: what could harm the reader, or cannot be edited safely, is refused in one sentence."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import SHEET_COLUMNS, SHEET_ROWS, column_number
from xlsig.ooxml.parts import MAIN, OFFICE, PROLOG_BYTES, STRICT, ContentTypes, Relation, check_part, check_prolog, content_types, relations
from xlsig.ooxml.zip import check_directory, check_entries

__all__ = ["check_part", "open_guarded"]

MOST_STRINGS_BYTES = 256_000_000
"""How long the shared strings may be when unpacked: 250,000 × 15 different texts of 50 signs."""

_WORKBOOK = f"{{{MAIN}}}workbook"
_SHEET = f"{{{MAIN}}}sheet"
_SHEET_ID = f"{{{OFFICE}}}id"
_COUNTED = re.compile(
    rb"<(?:[\w.-]+:)?sst\b[^>]*?\b(?:uniqueC|c)ount\s*=\s*[\"'](\d+)[\"'](?:[^>]*?\b(?:uniqueC|c)ount\s*=\s*[\"'](\d+)[\"'])?"
)
_SHORTEST_STRING = 5  # bytes of <si/>
_EDITABLE = ("sheet.main+xml", "sheet.macroenabled.main+xml", "template.main+xml", "template.macroenabled.main+xml")
_EDITABLE_ADD_IN = "addin.macroenabled.main+xml"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError)

MOST_CELLS = 30_000_000
"""Rows × columns that a sheet may span however little it holds: all rows of 26 columns fit, 250,000 × 15 are 3.75 million."""
FEWEST_IN = 1_000
"""Beyond that, a sheet must hold at least one cell in so many that it spans."""
_BLOCK = 1 << 20
_OVERLAP = 512
_WIDE = re.compile(rb"r\s*=\s*[\"'][A-Za-z]{2,3}\d")  # only a column beyond Z can make a sheet too large
_CELL = re.compile(rb"<(?:[\w.-]+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"']")
_DIMENSION = re.compile(
    rb"<(?:[\w.-]+:)?dimension\b[^>]*?\bref\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?(\d{1,9})(?::\$?([A-Za-z]{1,3})\$?(\d{1,9}))?[\"']"
)


def open_guarded(source: str | os.PathLike[str] | BinaryIO) -> zipfile.ZipFile:
    """An .xlsx or .xlsm package, a file or its bytes, open for reading, of which every XML part may be read: none holds a document type.

    Refused (`PackageRefusal`): what is no zip or is encrypted, zip bombs, parts twice or with names that lead outside, document types,
    absurd extents and string counts, a missing workbook, Strict and binary workbooks. What the operating system refuses (no such file,
    no permission) stays its own `OSError`. Nothing is read as a whole but the few small parts that tell what the others are.
    """
    if isinstance(source, str | os.PathLike):
        if not stat.S_ISREG(os.stat(source).st_mode):
            raise PackageRefusal(f"{Path(source).name} is not a file")
        with open(source, "rb") as stream:
            check_directory(stream)
    else:
        check_directory(source)
    try:
        package = zipfile.ZipFile(source)
    except _UNREADABLE as failure:
        raise PackageRefusal(f"the file is not a readable zip, and so no Excel workbook ({failure})") from None
    try:
        _check(package)
    except _UNREADABLE as failure:
        package.close()
        raise PackageRefusal(f"the file is damaged: a part cannot be unpacked ({failure})") from None
    except BaseException:
        package.close()
        raise
    return package


def _check(package: zipfile.ZipFile) -> None:
    check_entries(package)
    types = content_types(package)
    for info in package.infolist():
        if _is_xml(info, types):
            with package.open(info) as stream:
                start = stream.read(PROLOG_BYTES)
            if start:
                check_prolog(start, info.filename)
    workbook = _workbook(package, types)
    _check_book(package, workbook)


def _is_xml(info: zipfile.ZipInfo, types: ContentTypes) -> bool:
    name = info.filename.lower()
    return not info.is_dir() and (
        name.endswith((".xml", ".rels", ".vml")) or types.of(info.filename).lower().endswith(("xml", "vmldrawing"))
    )


def _workbook(package: zipfile.ZipFile, types: ContentTypes) -> str:
    """The part that is the workbook, if it is one of a kind that can be edited."""
    main = [relation for relation in relations(package, "") if relation.kind == "officeDocument" and not relation.external]
    if not main:
        raise PackageRefusal("the file is not an Excel workbook: nothing in it says where the workbook is")
    if len({relation.target for relation in main}) > 1:
        raise PackageRefusal("the file names two workbooks, and which of them Excel would open is not certain")
    _refuse_strict(main[0].type)
    part = main[0].target
    if part not in package.NameToInfo:
        raise PackageRefusal(f"the file is not an Excel workbook: its part {part[:80]!r} is missing")
    kind = types.of(part).lower()
    if "sheet.binary" in kind:
        raise PackageRefusal("the workbook is binary (.xlsb): save it as .xlsx or .xlsm first")
    if not kind.endswith((*_EDITABLE, _EDITABLE_ADD_IN)) or "wordprocessing" in kind or "presentation" in kind:
        raise PackageRefusal(f"the file is not an Excel workbook: its main part is declared as {kind[:100] or 'nothing'!r}")
    return part


def _refuse_strict(name: str) -> None:
    if name.startswith(STRICT):
        raise PackageRefusal("the workbook is a Strict Open XML file: save it as “Excel Workbook (*.xlsx)” first")


def _check_book(package: zipfile.ZipFile, workbook: str) -> None:
    """Every sheet is there and of a sensible extent; so are the shared strings."""
    root = check_part(package.read(workbook), workbook)
    _refuse_strict(str(root.tag).lstrip("{"))
    if root.tag != _WORKBOOK:
        raise PackageRefusal(f"the file is not an Excel workbook: {workbook} holds {str(root.tag)[:80]!r}")
    pointers = {relation.id: relation for relation in relations(package, workbook)}
    sheets = list(root.iter(_SHEET))
    if not sheets:
        raise PackageRefusal("the workbook has no sheet")
    for sheet in sheets:
        name = sheet.get("name", "")[:40]
        pointer = pointers.get(sheet.get(_SHEET_ID, ""))
        if pointer is None or pointer.external or pointer.target not in package.NameToInfo:
            raise PackageRefusal(f"the sheet {name!r} is missing from the file")
        if pointer.kind in ("worksheet", "xlMacrosheet", "xlIntlMacrosheet"):
            check_extent(package, pointer.target, name)
    for pointer in pointers.values():
        if pointer.kind == "sharedStrings":
            _check_strings(package, pointer)


def _check_strings(package: zipfile.ZipFile, pointer: Relation) -> None:
    if pointer.external or pointer.target not in package.NameToInfo:
        raise PackageRefusal("the workbook's shared strings are missing from the file")
    size = package.getinfo(pointer.target).file_size
    if size > MOST_STRINGS_BYTES:
        raise PackageRefusal(f"the shared strings unpack to {size:,} bytes, more than the {MOST_STRINGS_BYTES:,} that are read")
    with package.open(pointer.target) as stream:
        counted = _COUNTED.search(stream.read(PROLOG_BYTES))
    if counted:
        # `count` is the number of uses, `uniqueCount` of strings; only the smaller must fit
        declared = min(int(number) for number in counted.groups() if number is not None)
        if declared * _SHORTEST_STRING > size:
            raise PackageRefusal(f"the shared strings declare {declared:,} strings in {size:,} bytes")


def check_extent(package: zipfile.ZipFile, part: str, sheet: str) -> None:
    """Refuse a sheet whose cells, or whose declared dimension, span far more than it holds."""
    declared_rows = declared_columns = rows = columns = cells = 0
    for at, block in enumerate(_blocks(package, part)):
        if at == 0:
            if block.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
                raise PackageRefusal(f"{part} is written in UTF-16: open the workbook in Excel and save it once")
            declared_rows, declared_columns = _declared(block)
        wide = _WIDE.search(block) is not None
        found = _CELL.findall(block if wide else block[-4 * _OVERLAP :])
        rows = max([rows, *(int(row) for _, row in found)])
        columns = max([columns, *(column_number(letters.decode()) + 1 for letters in {letters for letters, _ in found})])
        cells += block.count(b"<c ") or block.count(b":c ")
    for height, width, how in ((declared_rows, declared_columns, "declares"), (rows, columns, "spans")):
        if height > SHEET_ROWS or width > SHEET_COLUMNS:
            raise PackageRefusal(f"the sheet {sheet!r} {how} cells beyond the grid (row {height:,}, column {width:,})")
        if height * width > MOST_CELLS and cells * FEWEST_IN < height * width:
            raise PackageRefusal(
                f"the sheet {sheet!r} {how} {height:,} rows × {width:,} columns and holds {cells:,} cells: "
                "delete the empty rows and columns beyond your data and save"
            )


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in blocks that overlap, so that no cell's tag is cut in two."""
    with package.open(part) as stream:
        kept = b""
        while block := stream.read(_BLOCK):
            yield kept + block
            kept = block[-_OVERLAP:]


def _declared(start: bytes) -> tuple[int, int]:
    found = _DIMENSION.search(start)
    if found is None:
        return 0, 0
    letters, row, last_letters, last_row = found.groups()
    return int(last_row or row) - int(row) + 1, column_number((last_letters or letters).decode()) - column_number(letters.decode()) + 1
