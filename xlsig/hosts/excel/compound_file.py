"""A compound file (MS-CFB, version 3) from a tree of streams, as Office keeps VBA projects in it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

Tree = Mapping[str, "bytes | Tree"]

_SECTOR, _SMALL_SECTOR, _SMALL_STREAM = 512, 64, 4096
_END, _FREE, _OF_THE_TABLE, _NOBODY = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TABLE_IN_HEADER = 109


@dataclass
class _Entry:
    """One entry of the directory: siblings form a tree, ordered by name."""

    name: str
    kind: int
    data: bytes = b""
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le")
        head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, self.kind, 1)
        return head + struct.pack("<3I16x4xQQIQ", self.left, self.right, self.child, 0, 0, self.start, self.size)


class _Sectors:
    """Sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = bytearray()
        self.chain: list[int] = []

    def add(self, data: bytes) -> int:
        """Put data in; returns where it begins."""
        if not data:
            return _END
        start, count = len(self.chain), -(-len(data) // self.size)
        self.content += data.ljust(count * self.size, b"\0")
        self.chain += [*range(start + 1, start + count), _END]
        return start


def compound_file(tree: Tree) -> bytes:
    """The file's bytes; the same tree gives the same bytes."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(tree, entries)
    large, small = _Sectors(_SECTOR), _Sectors(_SMALL_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (small if entry.size < _SMALL_STREAM else large).add(entry.data)
    entries[0].size = len(small.content)
    entries[0].start = large.add(bytes(small.content))
    small_table = _numbers(small.chain, _SECTOR)
    small_table_start = large.add(small_table)
    unused = struct.pack("<64xHBB3I16x4xQQIQ", 0, 0, 0, _NOBODY, _NOBODY, _NOBODY, 0, 0, 0, 0)
    directory = b"".join(entry.packed() for entry in entries) + unused * (-len(entries) % 4)
    directory_start = large.add(directory)
    table_sectors = 1
    while len(large.chain) + table_sectors > table_sectors * _SECTOR // 4:
        table_sectors += 1
    if table_sectors > _TABLE_IN_HEADER:
        raise ValueError("the streams are too long for one compound file")
    table_start = len(large.chain)
    table = _numbers([*large.chain, *[_OF_THE_TABLE] * table_sectors], _SECTOR)
    header = _MAGIC + struct.pack("<16x5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    small_sectors = len(small_table) // _SECTOR
    header += struct.pack("<9I", 0, table_sectors, directory_start, 0, _SMALL_STREAM, small_table_start, small_sectors, _END, 0)
    places = [*range(table_start, table_start + table_sectors), *[_FREE] * (_TABLE_IN_HEADER - table_sectors)]
    return header + struct.pack(f"<{_TABLE_IN_HEADER}I", *places) + bytes(large.content) + table


def _numbers(chain: list[int], size: int) -> bytes:
    packed = struct.pack(f"<{len(chain)}I", *chain)
    return packed + b"\xff" * (-len(packed) % size)


def _add(tree: Tree, entries: list[_Entry]) -> int:
    """Append the entries of a storage; returns the root of their tree."""
    numbers = []
    for name, content in tree.items():
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            storage = _Entry(name, _STORAGE)
            entries.append(storage)
            storage.child = _add(content, entries)
    return _balanced(sorted(numbers, key=lambda number: (len(entries[number].name), entries[number].name.upper())), entries)


def _balanced(numbers: list[int], entries: list[_Entry]) -> int:
    if not numbers:
        return _NOBODY
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.left, entry.right = _balanced(numbers[:middle], entries), _balanced(numbers[middle + 1 :], entries)
    return numbers[middle]
