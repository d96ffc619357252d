"""A VBA project from the source of its modules (MS-OVBA): what a workbook holds as vbaProject.bin.

It carries no compiled code: the header of _VBA_PROJECT says so (2.3.4.1), and Office compiles from source.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from xlsig.hosts.excel.compound_file import compound_file

Kind = Literal["module", "workbook", "sheet"]

_BASES = {"workbook": "0{00020819-0000-0000-C000-000000000046}", "sheet": "0{00020820-0000-0000-C000-000000000046}"}
_DOCUMENT = (
    *("VB_GlobalNameSpace = False", "VB_Creatable = False", "VB_PredeclaredId = True", "VB_Exposed = True"),
    *("VB_TemplateDerived = False", "VB_Customizable = True"),
)
_REFERENCES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL"
        "#Microsoft Office 16.0 Object Library",
    ),
)
_CODE_PAGE = 1252
_CHUNK = 4096
_SEED = 0x5D


@dataclass(frozen=True)
class Module:
    """A module: its name, its source, and whether it is code or belongs to the workbook or a sheet."""

    name: str
    code: str
    kind: Kind = "module"

    def source(self) -> str:
        """The source as the project holds it, attributes first."""
        lines = [f'Attribute VB_Name = "{self.name}"']
        if self.kind != "module":
            lines += [f'Attribute VB_Base = "{_BASES[self.kind]}"', *(f"Attribute {attribute}" for attribute in _DOCUMENT)]
        return "\r\n".join([*lines, *self.code.splitlines()]) + "\r\n"


def vba_project(name: str, modules: Sequence[Module], identity: str) -> bytes:
    """The project's bytes. `identity` is its GUID in braces; the same input gives the same bytes."""
    vba = {"_VBA_PROJECT": struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 1), "dir": compressed(_dir(name, modules))}
    vba |= {module.name: compressed(_encoded(module.source())) for module in modules}
    return compound_file({"VBA": vba, "PROJECT": _project(name, modules, identity), "PROJECTwm": _names(modules)})


def _encoded(text: str) -> bytes:
    return text.encode(f"cp{_CODE_PAGE}")


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _text(number: int, wide_number: int, text: str) -> bytes:
    return _record(number, _encoded(text)) + _record(wide_number, text.encode("utf-16-le"))


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    """The directory of the project (2.3.4.2): its information, references and modules."""
    long, short = struct.Struct("<I").pack, struct.Struct("<H").pack
    out = _record(1, long(1)) + _record(2, long(0x409)) + _record(0x14, long(0x409)) + _record(3, short(_CODE_PAGE))
    out += _record(4, _encoded(name)) + _text(5, 0x40, "") + _record(6, b"") + _record(0x3D, b"")
    out += _record(7, long(0)) + _record(8, long(0)) + struct.pack("<HIIH", 9, 4, 1, 1) + _text(0x0C, 0x3C, "")
    for reference, library in _REFERENCES:
        out += _text(0x16, 0x3E, reference) + _record(0x0D, long(len(library)) + _encoded(library) + bytes(6))
    out += _record(0x0F, short(len(modules))) + _record(0x13, short(0xFFFF))
    for module in modules:
        out += _text(0x19, 0x47, module.name) + _text(0x1A, 0x32, module.name) + _text(0x1C, 0x48, "")
        out += _record(0x31, long(0)) + _record(0x1E, long(0)) + _record(0x2C, short(0xFFFF))
        out += _record(0x21 if module.kind == "module" else 0x22, b"") + _record(0x2B, b"")
    return out + _record(0x10, b"")


def _project(name: str, modules: Sequence[Module], identity: str) -> bytes:
    """The project as text (2.3.1): not locked, no password, visible."""
    listed = [f"Module={module.name}" if module.kind == "module" else f"Document={module.name}/&H00000000" for module in modules]
    protection = (("CMG", bytes(4)), ("DPB", bytes(1)), ("GC", b"\xff"))
    lines = [f'ID="{identity}"', *listed, f'Name="{name}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'{key}="{_encrypted(value, identity)}"' for key, value in protection]
    lines += ["", "[Host Extender Info]", "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000", "", "[Workspace]"]
    return _encoded("\r\n".join([*lines, *(f"{module.name}=0, 0, 0, 0, C" for module in modules)]) + "\r\n")


def _names(modules: Sequence[Module]) -> bytes:
    """The modules' names in both encodings (2.3.3)."""
    return b"".join(_encoded(each.name) + b"\0" + each.name.encode("utf-16-le") + b"\0\0" for each in modules) + b"\0\0"


def _encrypted(data: bytes, identity: str) -> str:
    """The protection values as the project text holds them (2.4.3.2)."""
    key = sum(identity.encode("ascii")) & 0xFF
    out = [_SEED, _SEED ^ 2, _SEED ^ key]
    plain, last, before = key, out[2], out[1]
    for byte in bytes([_SEED] * ((_SEED & 6) // 2)) + struct.pack("<I", len(data)) + data:
        out.append((byte ^ (before + plain)) & 0xFF)
        before, last, plain = last, out[-1], byte
    return bytes(out).hex().upper()


def compressed(data: bytes) -> bytes:
    """Data as VBA's containers hold it (2.4.1): chunks of literals and of copies from what the chunk had before."""
    out = bytearray(b"\x01")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        body = _tokens(chunk)
        if len(body) <= _CHUNK:
            out += struct.pack("<H", 0xB000 | (len(body) - 1)) + body
        else:
            out += struct.pack("<H", 0x3FFF) + chunk.ljust(_CHUNK, b"\0")
    return bytes(out)


def _tokens(chunk: bytes) -> bytes:
    body, at = bytearray(), 0
    while at < len(chunk):
        flags, flags_at = 0, len(body)
        body.append(0)
        for bit in range(8):
            if at == len(chunk):
                break
            offset, length = _copy(chunk, at)
            if length:
                bits = max((at - 1).bit_length(), 4)
                body += struct.pack("<H", (offset - 1) << (16 - bits) | (length - 3))
                flags |= 1 << bit
                at += length
            else:
                body.append(chunk[at])
                at += 1
        body[flags_at] = flags
    return bytes(body)


def _copy(chunk: bytes, at: int) -> tuple[int, int]:
    """How far back the longest match begins, and how long it is; 0, 0 where there is none worth a token."""
    if at == 0:
        return 0, 0
    longest = min((0xFFFF >> max((at - 1).bit_length(), 4)) + 3, len(chunk) - at)
    offset = length = 0
    wanted = 3
    while wanted <= longest:
        found = chunk.rfind(chunk[at : at + wanted], 0, at + wanted - 1)
        if found < 0:
            break
        while wanted < longest and chunk[found + wanted] == chunk[at + wanted]:
            wanted += 1
        offset, length = at - found, wanted
        wanted += 1
    return offset, length
