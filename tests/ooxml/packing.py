"""Zip packages made part by part, and their bytes forged where a test needs a lie."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
EPOCH = (1980, 1, 1, 0, 0, 0)

WORKBOOK, SHEET, STRINGS = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TYPES, TOP, POINTERS = "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"


def minimal() -> dict[str, bytes]:
    """The parts of the smallest workbook worth attacking: one sheet of two cells, and shared strings."""
    parts = {
        TYPES: f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{WORKBOOK}" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{KIND}.worksheet+xml"/>'
        f'<Override PartName="/{STRINGS}" ContentType="{KIND}.sharedStrings+xml"/></Types>',
        TOP: f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{WORKBOOK}"/></Relationships>',
        WORKBOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Desk" sheetId="1" r:id="rId1"/></sheets></workbook>',
        POINTERS: f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        SHEET: f'<worksheet xmlns="{MAIN}"><dimension ref="A1:B1"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c>'
        '<c r="B1"><v>12.5</v></c></row></sheetData></worksheet>',
        STRINGS: f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>net flow</t></si></sst>',
    }
    return {name: (HEAD + text).encode() for name, text in parts.items()}


def pack(parts: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of the parts, in their order; the same name may come twice. The same parts give the same bytes."""
    return stored(parts, zipfile.ZIP_DEFLATED)


def stored(parts: Mapping[str, bytes] | Iterable[tuple[str, bytes]], method: int) -> bytes:
    """The same, packed by a method of the zip format."""
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # doubled names are what some tests are about
        with zipfile.ZipFile(target, "w", method) as package:
            for name, content in parts.items() if isinstance(parts, Mapping) else parts:
                info = zipfile.ZipInfo(name, EPOCH)
                info.filename = name  # ZipInfo cuts names at a NUL; the file shall hold it
                info.compress_type = method
                package.writestr(info, content)
    return target.getvalue()


def save(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The parts as a file."""
    path.write_bytes(pack(parts))
    return path


def read(path: Path) -> dict[str, bytes]:
    """The parts of a file."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(parts: Mapping[str, bytes], part: str, old: str, new: str) -> dict[str, bytes]:
    """The parts with one piece of text exchanged, which must be there exactly as given; only its first place changes."""
    assert old.encode() in parts[part], (part, old)
    return {**parts, part: parts[part].replace(old.encode(), new.encode(), 1)}


def directory_entries(package: bytes) -> dict[str, int]:
    """Where each part's entry begins in the directory of a zip."""
    at: int = struct.unpack_from("<L", package, len(package) - 6)[0]
    places = {}
    while package.startswith(b"PK\x01\x02", at):
        name, extra, comment = struct.unpack_from("<HHH", package, at + 28)
        places[package[at + 46 : at + 46 + name].decode()] = at
        at += 46 + name + extra + comment
    return places


def forged(package: bytes, part: str, offset: int, form: str, value: int, *, local_offset: int | None = None) -> bytes:
    """A zip in which one field of a part's directory entry (and, if given, of its local header) holds another value."""
    entry = directory_entries(package)[part]
    out = bytearray(package)
    struct.pack_into(form, out, entry + offset, value)
    if local_offset is not None:
        local = struct.unpack_from("<L", package, entry + 42)[0]
        struct.pack_into(form, out, local + local_offset, value)
    return bytes(out)


def bomb(name: str, head: bytes, filler: bytes, times: int, tail: bytes, others: Mapping[str, bytes]) -> bytes:
    """A zip with one part that holds `filler` many times over, made without unpacking it anywhere, and the other parts."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = squeeze.compress(head) + squeeze.flush(zlib.Z_FULL_FLUSH)
    once = squeeze.compress(filler) + squeeze.flush(zlib.Z_FULL_FLUSH)
    last = squeeze.compress(tail) + squeeze.flush()
    check = zlib.crc32(head)
    for _ in range(times):
        check = zlib.crc32(filler, check)
    content = first + once * times + last
    length = len(head) + len(filler) * times + len(tail)
    package = stored({name: content, **others}, zipfile.ZIP_STORED)
    for offset, local, form, value in ((10, 8, "<H", 8), (16, 14, "<L", zlib.crc32(tail, check)), (24, 22, "<L", length)):
        package = forged(package, name, offset, form, value, local_offset=local)
    return package
