"""A VBA project as Excel stores it, from the modules' text alone; the same modules give the same bytes.

Three layers of Microsoft's, one below the other: the project (MS-OVBA 2.3), the compression of its streams (MS-OVBA 2.4.1), and the
compound file that holds them (MS-CFB, version 3).
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

WORKBOOK_CLASS: Final = "0{00020819-0000-0000-C000-000000000046}"
SHEET_CLASS: Final = "0{00020820-0000-0000-C000-000000000046}"
_ENCODING: Final = "cp1252"
_SEED: Final = 0x5D
_CHUNK: Final = 4096
_LIBRARIES: Final = {
    "stdole": r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    "Office": r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
}
_OF_DOCUMENTS: Final = {
    "GlobalNameSpace": False,
    "Creatable": False,
    "PredeclaredId": True,
    "Exposed": True,
    "TemplateDerived": False,
    "Customizable": True,
}

_SECTOR, _MINI_SECTOR, _MINI_BELOW = 512, 64, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_IN_HEADER: Final = 109

Streams = Mapping[str, "bytes | Streams"]
"""Streams by name; a mapping among them is a storage."""


@dataclass(frozen=True)
class Module:
    """One module: its code without the attributes. A document's `base` is the class of what it belongs to."""

    name: str
    code: str
    kind: Literal["module", "document"] = "module"
    base: str = ""

    def source(self) -> str:
        """The module as it is stored, lines ended as Windows does."""
        lines = [f'Attribute VB_Name = "{self.name}"']
        if self.kind == "document":
            lines.append(f'Attribute VB_Base = "{self.base}"')
            lines += [f"Attribute VB_{name} = {value}" for name, value in _OF_DOCUMENTS.items()]
        return "\r\n".join([*lines, *self.code.rstrip().splitlines()]) + "\r\n"


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The project's compound file."""
    vba = {"_VBA_PROJECT": bytes.fromhex("cc61ffff000100"), "dir": _compressed(_dir_stream(name, modules))}
    vba |= {module.name: _compressed(module.source().encode(_ENCODING)) for module in modules}
    names = b"".join(module.name.encode(_ENCODING) + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in modules)
    return _compound_file({"VBA": vba, "PROJECT": _project_stream(name, modules), "PROJECTwm": names + b"\0\0"})


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _short(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<H", value))


def _text(number: int, wide: int, text: str) -> bytes:
    return _record(number, text.encode(_ENCODING)) + _record(wide, text.encode("utf-16-le"))


def _dir_stream(name: str, modules: Sequence[Module]) -> bytes:
    out = _number(0x01, 1) + _number(0x02, 0x409) + _number(0x14, 0x409) + _short(0x03, 1252) + _record(0x04, name.encode(_ENCODING))
    out += _text(0x05, 0x40, "") + _record(0x06, b"") + _record(0x3D, b"") + _number(0x07, 0) + _number(0x08, 0)
    out += struct.pack("<HIIH", 0x09, 4, 1361024421, 6) + _text(0x0C, 0x3C, "")
    for library, where in _LIBRARIES.items():
        path = where.encode(_ENCODING)
        out += _text(0x16, 0x3E, library) + _record(0x0D, struct.pack("<I", len(path)) + path + bytes(6))
    out += _short(0x0F, len(modules)) + _short(0x13, 0xFFFF)
    for module in modules:
        out += _text(0x19, 0x47, module.name) + _text(0x1A, 0x32, module.name) + _text(0x1C, 0x48, "")
        out += _number(0x31, 0) + _number(0x1E, 0) + _short(0x2C, 0xFFFF)
        out += _record(0x21 if module.kind == "module" else 0x22, b"") + _record(0x2B, b"")
    return out + _record(0x10, b"")


def _project_stream(name: str, modules: Sequence[Module]) -> bytes:
    identity = "{" + str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.vba")).upper() + "}"
    lines = [f'ID="{identity}"']
    lines += [f"Module={module.name}" if module.kind == "module" else f"Document={module.name}/&H00000000" for module in modules]
    lines += [f'Name="{name}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'{key}="{_encrypted(data, identity)}"' for key, data in (("CMG", bytes(4)), ("DPB", bytes(1)), ("GC", b"\xff"))]
    lines += ["", "[Host Extender Info]", "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000", "", "[Workspace]"]
    lines += [f"{module.name}=0, 0, 0, 0, C" for module in modules]
    return ("\r\n".join(lines) + "\r\n").encode(_ENCODING)


def _encrypted(data: bytes, identity: str) -> str:
    """MS-OVBA 2.4.3.2: here no more than the notation of "not protected"."""
    key = sum(identity.encode("ascii")) & 0xFF
    out = [_SEED, _SEED ^ 2, _SEED ^ key]
    clear, last, before = key, out[2], out[1]
    for byte in bytes([_SEED]) * ((_SEED & 6) // 2) + struct.pack("<I", len(data)) + data:
        coded = (byte ^ (before + clear)) & 0xFF
        out.append(coded)
        before, last, clear = last, coded, byte
    return bytes(out).hex().upper()


def _compressed(data: bytes) -> bytes:
    """The compressed container of some bytes."""
    return b"\x01" + b"".join(_chunk(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK))


def _chunk(data: bytes) -> bytes:
    body, at = bytearray(), 0
    while at < len(data):
        flags_at, flags = len(body), 0
        body.append(0)
        for bit in range(8):
            if at >= len(data):
                break
            offset, length = _longest(data, at)
            if length:
                body += struct.pack("<H", (offset - 1) << (16 - _offset_bits(at)) | (length - 3))
                flags |= 1 << bit
                at += length
            else:
                body.append(data[at])
                at += 1
        body[flags_at] = flags
    if len(body) > _CHUNK:
        return struct.pack("<H", 0x3FFF) + data.ljust(_CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(body) - 1)) + body


def _offset_bits(at: int) -> int:
    return max((at - 1).bit_length(), 4)


def _longest(data: bytes, at: int) -> tuple[int, int]:
    """How far back the longest repetition starts and how long it is; (0, 0) where none pays."""
    if not at:
        return 0, 0
    most = min((0xFFFF >> _offset_bits(at)) + 3, len(data) - at)
    length, offset, wanted = 0, 0, 3
    while wanted <= most:
        found = data.rfind(data[at : at + wanted], 0, at + wanted - 1)
        if found < 0:
            break
        while wanted < most and data[found + wanted] == data[at + wanted]:
            wanted += 1
        length, offset, wanted = wanted, at - found, wanted + 1
    return offset, length


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le")
        head = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name) + 2, self.kind, 1, self.left, self.right, self.child)
        return head + bytes(16) + struct.pack("<IQQIQ", 0, 0, 0, self.start, self.size)


@dataclass
class _Sectors:
    size: int
    content: bytearray = field(default_factory=bytearray)
    chain: list[int] = field(default_factory=list)

    def put(self, data: bytes, fill: bytes = b"\0") -> int:
        """Add data; the sector where it starts."""
        if not data:
            return _END
        start, count = len(self.chain), -(-len(data) // self.size)
        self.content += data.ljust(count * self.size, fill)
        self.chain += [*range(start + 1, start + count), _END]
        return start


def _compound_file(streams: Streams) -> bytes:
    """The file that holds the streams."""
    entries = [_Entry("Root Entry", _ROOT)]
    _enter(entries, 0, streams)
    sectors, mini = _Sectors(_SECTOR), _Sectors(_MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (mini if entry.size < _MINI_BELOW else sectors).put(entry.data)
    entries[0].start, entries[0].size = sectors.put(bytes(mini.content)), len(mini.content)
    mini_fat = struct.pack(f"<{len(mini.chain)}I", *mini.chain)
    mini_fat_at = sectors.put(mini_fat, b"\xff")
    unused = bytes(68) + struct.pack("<III", _NONE, _NONE, _NONE) + bytes(48)
    directory_at = sectors.put(b"".join(entry.packed() for entry in entries) + unused * (-len(entries) % 4))
    return _assembled(sectors, directory_at, mini_fat_at, -(-len(mini_fat) // _SECTOR))


def _enter(entries: list[_Entry], parent: int, streams: Streams) -> None:
    made = []
    for name, content in streams.items():
        made.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _enter(entries, made[-1], content)
    made.sort(key=lambda at: (len(entries[at].name), entries[at].name.upper()))
    entries[parent].child = _tree(entries, made)


def _tree(entries: list[_Entry], made: list[int]) -> int:
    """Link sorted siblings as a balanced tree; its top."""
    if not made:
        return _NONE
    middle = len(made) // 2
    top = entries[made[middle]]
    top.left, top.right = _tree(entries, made[:middle]), _tree(entries, made[middle + 1 :])
    return made[middle]


def _assembled(sectors: _Sectors, directory: int, mini_fat: int, mini_fat_sectors: int) -> bytes:
    count = 1
    while len(sectors.chain) + count > count * (_SECTOR // 4):
        count += 1
    first = len(sectors.chain)
    if count > _IN_HEADER:
        raise ValueError("a compound file of more than 7 MB is not written here")
    chain = [*sectors.chain, *[_FAT] * count]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(count * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, count, directory, 0, _MINI_BELOW, mini_fat, mini_fat_sectors, _END, 0)
    header += struct.pack(f"<{_IN_HEADER}I", *range(first, first + count), *[_FREE] * (_IN_HEADER - count))
    return header + bytes(sectors.content) + fat
