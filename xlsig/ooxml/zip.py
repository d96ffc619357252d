"""The zip around a workbook: judged before anything in it is unpacked, and written anew with untouched entries as they are packed."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO, BinaryIO
from urllib.parse import unquote

from xlsig.errors import PackageRefusal

MOST_PARTS = 10_000
"""Parts in a package; a large workbook has a few hundred."""
MOST_BYTES = 1_000_000_000
"""What all parts may come to when unpacked; 250,000 × 15 cells are about 200 million."""
MOST_RATIO = 300
"""How many times smaller than its content a part above a megabyte may be packed; sheets of equal numbers reach about 200."""
RATIO_FROM_BYTES = 1_000_000
"""Below this a part's ratio does not matter."""
MOST_NAME = 255
"""Signs in a part's name."""

_OLE = b"\xd0\xcf\x11\xe0"
_LOCAL = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_64_LOCATOR = b"PK\x06\x07"
_END_64 = b"PK\x06\x06"
_END_BYTES, _LOCATOR_BYTES, _END_64_BYTES, _LOCAL_BYTES = 22, 20, 56, 30
_MOST_COMMENT = 65_535
_DIRECTORY_ENTRY_BYTES = 46
_KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DRIVE = re.compile(r"[A-Za-z]:")

_LOCAL_HEADER = struct.Struct("<4s2B4HL2L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_DIRECTORY_END = struct.Struct("<4s4H2LH")
_NAME_LENGTHS_AT = 26
_LOCAL_NAME_LENGTHS = struct.Struct("<2H")
_MOST = 0xFFFF_FFFE
_FLAGS_KEPT = ~0x0008  # sizes stand in the header, not behind the data
_ZIP64_EXTRA = 1
_LEVEL = 4  # a file 5 % larger than at 6, in half of the time
_CHUNK = 1 << 18


def check_directory(stream: BinaryIO) -> None:
    """Refuse what is no zip, or whose directory is too large to read."""
    start = stream.read(4)
    if start == _OLE:
        raise PackageRefusal("the workbook is protected by a password, or of the old .xls kind: save it as .xlsx without one")
    size = stream.seek(0, 2)
    if start != _LOCAL or size < _END_BYTES:
        raise PackageRefusal("the file is not an Excel workbook (it is no zip)")
    from_byte = max(0, size - _END_BYTES - _MOST_COMMENT - _LOCATOR_BYTES)
    stream.seek(from_byte)
    tail = stream.read()
    at = len(tail) - _END_BYTES
    if not (tail[at:].startswith(_END) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise PackageRefusal("the file is not a readable zip, and so no Excel workbook: its end is missing")
    entries, length = struct.unpack_from("<HL", tail, at + 10)
    if at >= _LOCATOR_BYTES and tail.startswith(_END_64_LOCATOR, at - _LOCATOR_BYTES):
        stream.seek(max(0, from_byte + at - _LOCATOR_BYTES - _END_64_BYTES))
        record = stream.read(_END_64_BYTES)
        if not record.startswith(_END_64):
            raise PackageRefusal("the file is not a readable zip, and so no Excel workbook: its directory is damaged")
        entries, length = struct.unpack_from("<QQ", record, 32)
    if entries > MOST_PARTS or length > MOST_PARTS * (_DIRECTORY_ENTRY_BYTES + MOST_NAME):
        raise PackageRefusal(f"the workbook holds more than {MOST_PARTS:,} parts")


def check_entries(package: zipfile.ZipFile) -> None:
    """Refuse bombs by their declared sizes, encrypted or doubled parts, parts that share bytes, and names that lead outside."""
    entries = package.infolist()
    if len(entries) > MOST_PARTS:
        raise PackageRefusal(f"the workbook holds {len(entries):,} parts, more than {MOST_PARTS:,}")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry)
        key = unquote(entry.filename).casefold()
        if key in seen:
            raise PackageRefusal(f"the workbook holds the part {entry.filename!r} twice")
        seen.add(key)
        if entry.flag_bits & 0x1:
            raise PackageRefusal("the workbook is encrypted: save it without a password")
        if entry.compress_type not in _KINDS:
            raise PackageRefusal(f"{entry.filename} is packed in a way that Excel does not know")
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise PackageRefusal(f"{entry.filename} unpacks to more than {MOST_RATIO} times its size in the file, as a zip bomb does")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise PackageRefusal(f"the workbook unpacks to {total:,} bytes, more than the {MOST_BYTES:,} that are read")
    _check_places(package, entries)


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    decoded = unquote(name)
    segments = decoded.removesuffix("/").split("/")
    outside = decoded.startswith("/") or "\\" in decoded or _DRIVE.match(decoded) or any(not segment.strip(".") for segment in segments)
    if not decoded.isprintable():
        raise PackageRefusal(f"the workbook holds a part whose name cannot be shown ({name[:80]!r})")
    if outside or PurePosixPath(decoded).is_absolute():
        raise PackageRefusal(f"the workbook holds a part whose name leads outside of it ({name[:80]!r})")
    if len(name) > MOST_NAME:
        raise PackageRefusal(f"the workbook holds a part with a name of {len(name):,} signs")
    if entry.create_system == 3 and stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageRefusal(f"the part {name!r} is a link to another file")


def _check_places(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Every entry has its own bytes in the file, and is called there as it is in the directory."""
    stream = package.fp
    assert stream is not None
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        stream.seek(max(0, entry.header_offset))
        header = stream.read(_LOCAL_BYTES)
        if entry.header_offset < 0 or len(header) < _LOCAL_BYTES or not header.startswith(_LOCAL):
            raise PackageRefusal(f"the file is damaged: {entry.filename} is not where the directory says")
        name_bytes, extra_bytes = struct.unpack_from("<HH", header, 26)
        encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
        if stream.read(name_bytes).decode(encoding, errors="replace") != entry.orig_filename:
            raise PackageRefusal(f"the file is damaged: {entry.filename} has another name where it stands")
        if entry.header_offset < end:
            raise PackageRefusal(f"{entry.filename} shares its bytes with another part, as in a zip bomb")
        end = entry.header_offset + _LOCAL_BYTES + name_bytes + extra_bytes + entry.compress_size
    if end > package.start_dir:
        raise PackageRefusal("the file is damaged: its last part runs into the directory")


def check_unpacked(package: zipfile.ZipFile, part: str) -> None:
    """Refuse a part that unpacks to another length than the directory says, as another reader would unpack all of it."""
    info, source = package.getinfo(part), package.fp
    assert source is not None
    if info.compress_type == zipfile.ZIP_STORED:
        if info.compress_size != info.file_size:
            raise PackageRefusal(f"the file is damaged: {part} is of another length than the directory says")
        return
    source.seek(info.header_offset + _NAME_LENGTHS_AT)
    source.seek(sum(_LOCAL_NAME_LENGTHS.unpack(source.read(4))), 1)
    unpacker, size, left = zlib.decompressobj(-zlib.MAX_WBITS), 0, info.compress_size
    while left and not unpacker.eof and size <= info.file_size:
        packed = source.read(min(_CHUNK, left))
        left -= len(packed) or left
        while packed and size <= info.file_size:
            size += len(unpacker.decompress(packed, _CHUNK))
            packed = unpacker.unconsumed_tail
    size += len(unpacker.decompress(b"", _CHUNK))
    if size != info.file_size or not unpacker.eof or unpacker.unused_data or left:
        raise PackageRefusal(f"the file is damaged: {part} is of another length than the directory says")


def copy_of(package: zipfile.ZipFile, parts: Iterable[str]) -> IO[bytes]:
    """A package of some of the parts, as they are packed, for a reader that trusts what it is given."""
    target = io.BytesIO()
    out = ZipOut(target)
    for part in parts:
        check_unpacked(package, part)
        out.copy(package, package.getinfo(part))
    out.close()
    target.seek(0)
    return target


class ZipOut:
    """A zip being written to a file that can seek."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._directory: list[bytes] = []

    def copy(self, package: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        """Take an entry over, its packed bytes as they are."""
        source = package.fp
        assert source is not None
        source.seek(info.header_offset + _NAME_LENGTHS_AT)
        name_length, extra_length = _LOCAL_NAME_LENGTHS.unpack(source.read(4))
        source.seek(name_length + extra_length, 1)
        offset = self._target.tell()
        self._header(info, info.compress_type, info.CRC, info.compress_size, info.file_size)
        left = info.compress_size
        while left:
            chunk = source.read(min(_CHUNK, left))
            if not chunk:
                raise PackageRefusal(f"the file is damaged: it ends within {info.filename}")
            self._target.write(chunk)
            left -= len(chunk)
        self._entry(info, info.compress_type, info.CRC, info.compress_size, info.file_size, offset)

    def write(self, info: zipfile.ZipInfo, chunks: Iterable[bytes]) -> None:
        """Write an entry anew, under the name, time and rights that it had."""
        offset = self._target.tell()
        self._header(info, zipfile.ZIP_DEFLATED, 0, 0, 0)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        check, size, packed = 0, 0, 0
        for chunk in chunks:
            check = zlib.crc32(chunk, check)
            size += len(chunk)
            packed += self._target.write(packer.compress(chunk))
        packed += self._target.write(packer.flush())
        end = self._target.tell()
        self._target.seek(offset)
        self._header(info, zipfile.ZIP_DEFLATED, check, packed, size)
        self._target.seek(end)
        self._entry(info, zipfile.ZIP_DEFLATED, check, packed, size, offset)

    def close(self, comment: bytes = b"") -> None:
        """Write the directory."""
        start = self._target.tell()
        directory = b"".join(self._directory)
        entries = len(self._directory)
        _fits(start + len(directory))
        self._target.write(directory)
        self._target.write(_DIRECTORY_END.pack(b"PK\x05\x06", 0, 0, entries, entries, len(directory), start, len(comment)) + comment)

    def _header(self, info: zipfile.ZipInfo, method: int, check: int, packed: int, size: int) -> None:
        _fits(self._target.tell(), packed, size)
        name, flags = _name(info)
        date, time = _dos_time(info)
        header = _LOCAL_HEADER.pack(b"PK\x03\x04", 20, 0, flags, method, time, date, check, packed, size, len(name), 0)
        self._target.write(header + name)

    def _entry(self, info: zipfile.ZipInfo, method: int, check: int, packed: int, size: int, offset: int) -> None:
        name, flags = _name(info)
        date, time = _dos_time(info)
        extra, comment = _without_zip64(info.extra), info.comment
        lengths = (len(name), len(extra), len(comment))
        made = (info.create_version, info.create_system, 20, 0)
        rights = (0, info.internal_attr, info.external_attr, offset)
        self._directory.append(_CENTRAL.pack(b"PK\x01\x02", *made, flags, method, time, date, check, packed, size, *lengths, *rights))
        self._directory[-1] += name + extra + comment


def _fits(*sizes: int) -> None:
    if max(sizes) > _MOST:
        raise PackageRefusal("the workbook would become larger than 4 GB")


def _name(info: zipfile.ZipInfo) -> tuple[bytes, int]:
    flags = info.flag_bits & _FLAGS_KEPT
    return info.orig_filename.encode("utf-8" if flags & 0x800 else "cp437"), flags


def _dos_time(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return (max(year, 1980) - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2


def _without_zip64(extra: bytes) -> bytes:
    """The extra fields but the long sizes, which are not needed here."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != _ZIP64_EXTRA:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept
