"""vbaProject.bin from sources (MS-OVBA), without a cache: the host compiles it when it is opened."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from xlsig.hosts.excel.compound_file import compound_file
from xlsig.hosts.excel.vba_compression import compressed

WORKBOOK: Final = "0{00020819-0000-0000-C000-000000000046}"
SHEET: Final = "0{00020820-0000-0000-C000-000000000046}"
_ENCODING: Final = "cp1252"
_SEED: Final = 0x5D
_LIBRARIES: Final = {
    "stdole": r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    "Office": r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
}
_DOCUMENT: Final = {
    "GlobalNameSpace": False,
    "Creatable": False,
    "PredeclaredId": True,
    "Exposed": True,
    "TemplateDerived": False,
    "Customizable": True,
}


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
            lines += [f"Attribute VB_{name} = {value}" for name, value in _DOCUMENT.items()]
        return "\r\n".join([*lines, *self.code.rstrip().splitlines()]) + "\r\n"


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The project's compound file."""
    vba = {"_VBA_PROJECT": bytes.fromhex("cc61ffff000100"), "dir": compressed(_directory(name, modules))}
    vba |= {module.name: compressed(module.source().encode(_ENCODING)) for module in modules}
    names = b"".join(module.name.encode(_ENCODING) + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in modules)
    return compound_file({"VBA": vba, "PROJECT": _project(name, modules), "PROJECTwm": names + b"\0\0"})


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _short(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<H", value))


def _text(number: int, wide: int, text: str) -> bytes:
    return _record(number, text.encode(_ENCODING)) + _record(wide, text.encode("utf-16-le"))


def _directory(name: str, modules: Sequence[Module]) -> bytes:
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


def _project(name: str, modules: Sequence[Module]) -> bytes:
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
    plain, last, before = key, out[2], out[1]
    for byte in bytes([_SEED]) * ((_SEED & 6) // 2) + struct.pack("<I", len(data)) + data:
        coded = (byte ^ (before + plain)) & 0xFF
        out.append(coded)
        before, last, plain = last, coded, byte
    return bytes(out).hex().upper()
