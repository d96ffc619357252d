"""The type library (.rdb) that tells Calc the add-in's interface, written without LibreOffice's SDK.

The format is UNOIDL's, as `unoidl-write` writes it: little-endian; a string is its length and bytes, or the place of an earlier equal one
with the highest bit set; each module ends with a sorted map of names to entities; the header names the outermost map.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from xlsig.hosts.calc.signatures import INTERFACE, MODULE, Method

_MAGIC = b"UNOIDL\xff\0"
_MODULE_ENTITY, _INTERFACE_ENTITY = 0, 5
_SEEN_BEFORE = 0x8000_0000
_BASE = "com.sun.star.uno.XInterface"


class _Writer:
    """Bytes so far, and where each string already stands."""

    def __init__(self) -> None:
        self.bytes = bytearray(_MAGIC + b"\0" * 8)
        self._places: dict[str, int] = {}

    def number(self, value: int) -> None:
        self.bytes += struct.pack("<I", value)

    def string(self, text: str) -> None:
        if text in self._places:
            self.number(self._places[text] | _SEEN_BEFORE)
            return
        self._places[text] = len(self.bytes)
        encoded = text.encode("ascii")
        self.number(len(encoded))
        self.bytes += encoded

    def name(self, text: str) -> int:
        """A name of a map: zero-terminated; returns its place."""
        place = len(self.bytes)
        self.bytes += text.encode("ascii") + b"\0"
        return place


def type_library(methods: Iterable[Method], modules: tuple[str, ...] = MODULE) -> bytes:
    """The .rdb with one interface of these methods, inside these modules."""
    written = _Writer()
    entity = _interface(written, list(methods))
    inner = INTERFACE
    for module in reversed(modules):
        name = written.name(inner)
        place = len(written.bytes)
        written.bytes.append(_MODULE_ENTITY)
        written.number(1)
        written.number(name)
        written.number(entity)
        inner, entity = module, place
    name = written.name(inner)
    root = len(written.bytes)
    written.number(name)
    written.number(entity)
    struct.pack_into("<II", written.bytes, len(_MAGIC), root, 1)
    return bytes(written.bytes)


def _interface(written: _Writer, methods: list[Method]) -> int:
    place = len(written.bytes)
    written.bytes.append(_INTERFACE_ENTITY)
    written.number(1)
    written.string(_BASE)
    written.number(0)  # optional bases
    written.number(0)  # attributes
    written.number(len(methods))
    for method in methods:
        written.string(method.name)
        written.string(method.returns)
        written.number(len(method.parameters))
        for parameter in method.parameters:
            written.bytes.append(0)  # [in]
            written.string(parameter.identifier)
            written.string(parameter.type)
        written.number(0)  # exceptions
    return place
