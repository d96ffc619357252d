"""A small real VBA project: a compound file (MS-CFB) with one module (MS-OVBA), built from nothing."""

from __future__ import annotations

import struct
from itertools import pairwise

_SECTOR, _SMALL, _SMALL_BELOW = 512, 64, 4_096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_CODE = """Attribute VB_Name = "Desk"
Option Explicit

Public Sub SayHello()
    MsgBox "Good morning"
End Sub
"""
_BOOK = """Attribute VB_Name = "ThisWorkbook"
Attribute VB_Base = "0{00020819-0000-0000-C000-000000000046}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = True
Attribute VB_Exposed = True
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = True
"""
# CMG, DPB and GC: no protection, no password, visible, as MS-OVBA enciphers it with the project's id
_PROJECT = """ID="{6F3A2B10-58C4-4E0B-9A51-2D7C9E1F4A60}"
Document=ThisWorkbook/&H00000000
Module=Desk
Name="VBAProject"
HelpContextID="0"
VersionCompatible32="393222000"
CMG="5D5FBD6247BB4BBB4BBB4BBB4B"
DPB="5D5FBD6247BE48BE48BE"
GC="5D5FBD6247BE48BE4841"

[Host Extender Info]
&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000

[Workspace]
ThisWorkbook=0, 0, 0, 0, C
Desk=0, 0, 0, 0, C
"""


def vba_project() -> bytes:
    """The bytes of xl/vbaProject.bin. The same every time."""
    modules = {"ThisWorkbook": (_BOOK, 0x22), "Desk": (_CODE, 0x21)}
    vba = {"dir": _packed(_directory({name: kind for name, (_, kind) in modules.items()}))}
    vba |= {"_VBA_PROJECT": struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 1)}
    vba |= {name: _packed(_text(code)) for name, (code, _) in modules.items()}
    return _compound(vba, {"PROJECT": _text(_PROJECT)})


def _text(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("cp1252")


def _packed(content: bytes) -> bytes:
    """MS-OVBA's container with literals only; one chunk is enough here."""
    body = b"".join(b"\0" + content[at : at + 8] for at in range(0, len(content), 8))
    assert len(content) <= _SMALL_BELOW
    assert len(body) <= _SMALL_BELOW
    return b"\x01" + struct.pack("<H", 0xB000 | (len(body) - 1)) + body


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HL", number, len(content)) + content


def _twice(number: int, wide: int, text: str) -> bytes:
    return _record(number, text.encode("cp1252")) + _record(wide, text.encode("utf-16-le"))


def _directory(modules: dict[str, int]) -> bytes:
    """The dir stream: the project's properties and its modules."""
    four, two = struct.Struct("<L").pack, struct.Struct("<H").pack
    out = _record(1, four(1)) + _record(2, four(0x409)) + _record(0x14, four(0x409)) + _record(3, two(1252)) + _record(4, b"VBAProject")
    out += _twice(5, 0x40, "") + _record(6, b"") + _record(0x3D, b"") + _record(7, four(0)) + _record(8, four(0))
    out += struct.pack("<HLLH", 9, 4, 1, 1) + _twice(0x0C, 0x3C, "") + _record(0x0F, two(len(modules))) + _record(0x13, two(0xFFFF))
    for name, kind in modules.items():
        out += _twice(0x19, 0x47, name) + _twice(0x1A, 0x32, name) + _twice(0x1C, 0x48, "")
        out += _record(0x31, four(0)) + _record(0x1E, four(0)) + _record(0x2C, two(0xFFFF)) + _record(kind, b"") + _record(0x2B, b"")
    return out + _record(0x10, b"")


def _compound(vba: dict[str, bytes], top: dict[str, bytes]) -> bytes:
    """A compound file with the storage VBA and the streams beside it, all of them small."""
    streams = [*top.items(), *vba.items()]
    content, chain, starts = bytearray(), [], {}
    for name, data in streams:
        assert len(data) < _SMALL_BELOW
        starts[name] = len(chain)
        count = -(-len(data) // _SMALL)
        chain += [*range(len(chain) + 1, len(chain) + count), _END]
        content += data.ljust(count * _SMALL, b"\0")
    # the first child is the shortest name: VBA in the root, dir in VBA; the others hang to its right
    entries = [("Root Entry", _ROOT, 1, 0, len(content)), ("VBA", _STORAGE, len(top) + 2, 0, 0)]
    entries += [(name, _STREAM, _NONE, starts[name], len(data)) for name, data in streams]
    small = struct.pack(f"<{len(chain)}L", *chain).ljust(_SECTOR, b"\xff")
    assert len(small) == _SECTOR
    content_sectors = -(-len(content) // _SECTOR)
    directory = b"".join(_entry(entry, right) for entry, right in zip(entries, _rights(entries, list(top), list(vba)), strict=True))
    directory += _entry(("", 0, _NONE, 0, 0), _NONE) * (-len(entries) % 4)
    directory_sectors = len(directory) // _SECTOR
    at_small = content_sectors
    at_directory = at_small + 1
    at_fat = at_directory + directory_sectors
    fat = [*range(1, content_sectors), _END, _END, *range(at_directory + 1, at_fat), _END, _FAT]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9L", 0, 1, at_directory, 0, _SMALL_BELOW, at_small, 1, _END, 0)
    header += struct.pack("<109L", at_fat, *[_FREE] * 108)
    body = bytes(content).ljust(content_sectors * _SECTOR, b"\0") + small + directory
    return header + body + struct.pack(f"<{len(fat)}L", *fat).ljust(_SECTOR, b"\xff")


def _rights(entries: list[tuple[str, int, int, int, int]], top: list[str], vba: list[str]) -> list[int]:
    """Each entry's right neighbour: siblings in a chain, shorter names first, as the format orders them."""
    numbers = {name: number for number, (name, *_) in enumerate(entries)}
    rights = [_NONE] * len(entries)
    for siblings in (["VBA", *top], vba):
        ordered = sorted(siblings, key=lambda name: (len(name), name.upper()))
        for name, following in pairwise(ordered):
            rights[numbers[name]] = numbers[following]
    return rights


def _entry(entry: tuple[str, int, int, int, int], right: int) -> bytes:
    name, kind, child, start, size = entry
    wide = name.encode("utf-16-le")
    length = len(wide) + 2 if name else 0
    out = wide.ljust(64, b"\0") + struct.pack("<HBB3L", length, kind, 1, _NONE, right, child) + bytes(36)
    return out + struct.pack("<LQ", start, size)
