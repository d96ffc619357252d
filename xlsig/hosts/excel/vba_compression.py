"""The compression of VBA projects (MS-OVBA 2.4.1)."""

from __future__ import annotations

import struct
from typing import Final

_CHUNK: Final = 4096


def compressed(data: bytes) -> bytes:
    """The container of some bytes."""
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
