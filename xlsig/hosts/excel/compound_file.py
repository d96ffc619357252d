"""A compound file (MS-CFB, version 3) from named streams; the same streams give the same bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_SECTOR, _MINI_SECTOR, _MINI_BELOW = 512, 64, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_IN_HEADER: Final = 109

Streams = Mapping[str, "bytes | Streams"]


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


def compound_file(streams: Streams) -> bytes:
    """The file that holds the streams; a mapping in them is a storage."""
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
