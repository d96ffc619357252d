"""Open an Excel file that somebody else made: what could harm the reader, or cannot be edited safely, is refused in one sentence."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from xlsig.errors import PackageRefusal
from xlsig.ooxml.extents import check_extent
from xlsig.ooxml.markup import begins_as_xml, local_name, read_elements, root_of
from xlsig.ooxml.parts import MAIN, OFFICE, STRICT, ContentTypes, Relation, check_part, content_types, read_whole, relations
from xlsig.ooxml.zip import check_directory, check_entries

__all__ = ["check_part", "open_guarded"]

MOST_STRINGS_BYTES = 256_000_000
"""How long the shared strings may be when unpacked: 250,000 × 15 different texts of 50 signs."""

MOST_UNCOUNTED_STRINGS = 1_000_000
"""As many strings may be declared without being there."""

_WORKBOOK = f"{{{MAIN}}}workbook"
_SHEET = f"{{{MAIN}}}sheet"
_SHEET_ID = f"{{{OFFICE}}}id"
_SHORTEST_STRING = 5  # bytes of <si/>
_MOST_DIGITS = 30
_PEEKED = 64
_EDITABLE = ("sheet.main+xml", "sheet.macroenabled.main+xml", "template.main+xml", "template.macroenabled.main+xml")
_EDITABLE_ADD_IN = "addin.macroenabled.main+xml"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError)


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
        if info.file_size and not info.is_dir():
            _check_start(package, info, types)
    workbook = _workbook(package, types)
    _check_book(package, workbook)


def _check_start(package: zipfile.ZipFile, info: zipfile.ZipInfo, types: ContentTypes) -> None:
    """A part that is XML, by its name, by its type or by how it begins, begins without harm."""
    named = info.filename.lower().endswith((".xml", ".rels", ".vml")) or types.of(info.filename).lower().endswith(("xml", "vmldrawing"))
    with package.open(info) as stream:
        start = stream.read(_PEEKED)
        if named or begins_as_xml(start):
            root_of(stream, info.filename, start)


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
    root = check_part(read_whole(package, workbook), workbook)
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
        counted = root_of(stream, pointer.target).attributes
    # `count` is the number of uses, `uniqueCount` of strings; only the smaller must fit
    declared = min((number for name in ("count", "uniqueCount") if (number := counted_in(counted.get(name, ""))) is not None), default=0)
    if declared * _SHORTEST_STRING > size:
        raise PackageRefusal(f"the shared strings declare {declared:,} strings in {size:,} bytes")


def check_count(package: zipfile.ZipFile, part: str) -> None:
    """Refuse shared strings that declare many more than there are, for a reader that makes room for as many as are declared."""
    with package.open(part) as stream:
        declared = counted_in(root_of(stream, part).attributes.get("uniqueCount", "")) or 0
    if declared <= MOST_UNCOUNTED_STRINGS:
        return
    held = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal held
        held += local_name(name) == "si"

    with package.open(part) as stream:
        read_elements(stream, part, begin)
    if declared > 2 * held:
        raise PackageRefusal(f"the shared strings declare {declared:,} strings and hold {held:,}")


def counted_in(text: str) -> int | None:
    """A whole number as a part declares it; None for anything else."""
    digits = text.strip().removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None
