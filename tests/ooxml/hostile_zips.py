"""Hostile zips: bombs, crowds of parts, names that lead outside, encryption, files that are no zip, damage."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.ooxml.packing import MAIN, SHEET, STRINGS, WORKBOOK, bomb, directory_entries, forged, minimal, pack, stored

MEGABYTE = 1_000_000
_MANY = "xl/media/part00000.bin"


@dataclass(frozen=True)
class Hostile:
    """A package: its name in the test's report, how to make its bytes, and what its refusal says."""

    name: str
    make: Callable[[], bytes]
    says: str


def bombs() -> Iterator[Hostile]:
    """Parts that unpack to a thousand times their size, to gigabytes together, or lie upon each other."""
    fillers = {
        SHEET: (f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>'.encode(), b"0", b"</v></c></row></sheetData></worksheet>"),
        STRINGS: (f'<sst xmlns="{MAIN}"><si><t>'.encode(), b"A", b"</t></si></sst>"),
        "xl/media/image1.png": (b"\x89PNG", b"\0", b""),
        "xl/vbaProject.bin": (b"\xd0\xcf", b"\0", b""),
    }
    for part, (head, filler, tail) in fillers.items():
        for size in (2, 20, 100, 300):

            def one(part: str = part, head: bytes = head, filler: bytes = filler, size: int = size, tail: bytes = tail) -> bytes:
                others = {name: content for name, content in minimal().items() if name != part}
                return bomb(part, head, filler * MEGABYTE, size, tail, others)

            yield Hostile(f"bomb of {size} MB in {part}", one, "as a zip bomb does")
    for count, size in ((5, 250), (11, 100), (40, 30)):
        yield Hostile(f"{count} parts of {size} MB", lambda count=count, size=size: _many_large(count, size), "unpacks to")
    for count in (2, 10, 100, 1_000, 5_000):
        yield Hostile(f"{count} parts upon each other", lambda count=count: _upon_each_other(count), "shares its bytes")


def _many_large(count: int, size: int) -> bytes:
    """Parts that are packed about 170 times, so that only their sum gives them away."""
    filler = random.Random(1).randbytes(5_500) + b"\0" * (MEGABYTE - 5_500)
    return _listed_often(bomb(_MANY, b"", filler, size, b"", minimal()), count)


def _upon_each_other(count: int) -> bytes:
    """Parts of which each holds all that follow: one file's bytes, counted again and again."""
    package = pack(minimal())
    places = directory_entries(package)
    start = min(places.values())
    inner, listed = b"", []
    for number in range(count, 0, -1):
        name = f"xl/media/part{number:05d}.bin".encode()
        fields = struct.pack("<5H3L2H", 20, 0, 0, 0, 0x21, zlib.crc32(inner), len(inner), len(inner), len(name), 0)
        listed.append((fields, name))
        inner = b"PK\x03\x04" + fields + name + inner
    at, directory = start, package[start:-22]
    for fields, name in reversed(listed):
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<3H2L", 0, 0, 0, 0, at) + name
        at += 30 + len(name)
    total, begins = len(places) + count, start + len(inner)
    return package[:start] + inner + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, total, total, len(directory), begins, 0)


def _listed_often(package: bytes, count: int) -> bytes:
    """A zip whose directory lists the bytes of one part under many names."""
    places = directory_entries(package)
    start = min(places.values())
    fields = package[places[_MANY] : places[_MANY] + 46]
    more = b"".join(fields + f"xl/media/part{number:05d}.bin".encode() for number in range(1, count))
    directory, total = package[start:-22] + more, len(places) + count - 1
    return package[:start] + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, total, total, len(directory), start, 0)


def crowds() -> Iterator[Hostile]:
    """More parts than any workbook has, or a directory that says so."""
    for count in (10_001, 20_000, 65_000):
        yield Hostile(f"{count} parts", lambda count=count: _crowded(count), "more than 10,000")
    for count in (10_001, 65_535):
        yield Hostile(
            f"a directory that claims {count} entries", lambda count=count: _end(pack(minimal()), entries=count), "more than 10,000"
        )
    for length in (2**26, 2**31, 2**32 - 2):
        yield Hostile(
            f"a directory that claims {length} bytes", lambda length=length: _end(pack(minimal()), length=length), "more than 10,000"
        )
    for entries in (10_001, 2**40, 2**63):
        yield Hostile(f"a zip64 directory of {entries} entries", lambda entries=entries: _zip64(entries, 400), "more than 10,000")
    yield Hostile("a zip64 directory of 2^50 bytes", lambda: _zip64(6, 2**50), "more than 10,000")


def _crowded(count: int) -> bytes:
    return pack([*minimal().items(), *((f"xl/media/{number}.png", b"") for number in range(count))])


def _end(package: bytes, entries: int | None = None, length: int | None = None) -> bytes:
    out = bytearray(package)
    if entries is not None:
        struct.pack_into("<2H", out, len(out) - 14, entries, entries)
    if length is not None:
        struct.pack_into("<L", out, len(out) - 10, length)
    return bytes(out)


def _zip64(entries: int, length: int) -> bytes:
    package = pack(minimal())
    start = min(directory_entries(package).values())
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(package) - 22, 1)
    return package[:-22] + record + locator + package[-22:]


def names() -> Iterator[Hostile]:
    """Names that lead out of the package, or that name one part twice."""
    for name in (
        *("../evil.xml", "../../../../etc/cron.d/evil", "xl/../../evil.xml", "xl/./evil.xml", "xl//evil.xml", "xl/.../evil.xml"),
        *(
            "/etc/passwd",
            "//server/share/evil.xml",
            "C:/Windows/evil.dll",
            "c:evil.dll",
            "\\\\server\\share\\evil",
            "xl\\worksheets\\evil.xml",
        ),
        *("%2e%2e/%2e%2e/evil.xml", "xl/%2E%2E/evil.xml", "%2fetc/passwd", "xl/%5c..%5cevil.xml", ".."),
    ):
        yield Hostile(f"a part called {name!r}", lambda name=name: pack({**minimal(), name: b"<a/>"}), "leads outside")
    for name in ("xl/evil\x00.xml", "xl/evil\n.xml", "xl/\x1b[2Jevil.xml", "xl/evil%00.xml", "xl/\u202elmx.live"):
        yield Hostile(f"a part called {name!r}", lambda name=name: pack({**minimal(), name: b"<a/>"}), "cannot be shown")
    for length in (300, 5_000, 60_000):
        long = "xl/" + "n" * length
        yield Hostile(f"a part with a name of {length} signs", lambda long=long: pack({**minimal(), long: b"<a/>"}), "a name of")
    for part in minimal():
        yield Hostile(f"{part} twice", lambda part=part: pack([*minimal().items(), (part, b"<other/>")]), "twice")
    for part in (WORKBOOK, SHEET, STRINGS):
        upper, quoted = part.upper(), part.replace("xl", "%78l")
        yield Hostile(f"{part} twice, in another case", lambda upper=upper: pack({**minimal(), upper: b"<other/>"}), "twice")
        yield Hostile(f"{part} twice, percent-encoded", lambda quoted=quoted: pack({**minimal(), quoted: b"<other/>"}), "twice")
    yield Hostile("a part that is a link", _link, "is a link")


def _link() -> bytes:
    package = pack({**minimal(), "xl/media/link": b"/etc/passwd"})
    return forged(forged(package, "xl/media/link", 38, "<L", 0o120777 << 16), "xl/media/link", 5, "<B", 3)


def encrypted() -> Iterator[Hostile]:
    """Workbooks with a password: single parts, or the whole package in an OLE container."""
    for part in minimal():
        yield Hostile(f"{part} encrypted", lambda part=part: forged(pack(minimal()), part, 8, "<H", 1, local_offset=6), "is encrypted")
    for size in (8, 512, 4_096, 5 * MEGABYTE):
        yield Hostile(
            f"an OLE container of {size} bytes", lambda size=size: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * (size - 8), "password"
        )


def no_zips() -> Iterator[Hostile]:
    """Files of other kinds, and zips cut short."""
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w"):
        pass
    contents = {
        "nothing": b"",
        "one byte": b"P",
        "a web page": b"<html><table><tr><td>1</td></tr></table></html>",
        "a CSV file": b"date,net_flow\n2025-01-03,-12.5\n" * 50,
        "a PDF": b"%PDF-1.7\n" + b"x" * 2_000,
        "a gzip": gzip.compress(pack(minimal()), mtime=0),
        "a tar": tape.getvalue(),
        "a 7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 100,
        "a program": b"MZ" + pack(minimal()),
        "noise": random.Random(2).randbytes(100_000),
        "an empty zip": pack({}),
    }
    for name, content in contents.items():
        yield Hostile(name, lambda content=content: content, "no zip")
    for share in (0.2, 0.5, 0.9, 0.99):
        yield Hostile(
            f"the first {share:.0%} of a workbook", lambda share=share: pack(minimal())[: int(len(pack(minimal())) * share)], "is missing"
        )
    yield Hostile("signs of a zip and nothing between", lambda: b"PK\x03\x04" + b"\0" * 5_000 + b"PK\x05\x06", "is missing")


def damaged() -> Iterator[Hostile]:
    """Zips whose directory lies about what stands where."""
    for part in (SHEET, STRINGS, WORKBOOK):
        yield Hostile(
            f"{part} with a wrong checksum", lambda part=part: forged(pack(minimal()), part, 16, "<L", 1, local_offset=14), "damaged"
        )
        yield Hostile(
            f"{part} longer than declared", lambda part=part: forged(pack(minimal()), part, 24, "<L", 40, local_offset=22), "damaged"
        )
        yield Hostile(f"{part} that is no deflate stream", lambda part=part: _noise(part), "damaged")
        yield Hostile(f"{part} placed elsewhere", lambda part=part: forged(pack(minimal()), part, 42, "<L", 7), "damaged")
        yield Hostile(f"{part} placed beyond the end", lambda part=part: forged(pack(minimal()), part, 42, "<L", 2**31), "damaged")
        yield Hostile(f"{part} under another name", lambda part=part: _renamed_in_place(part), "another name")
    for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")):
        yield Hostile(f"parts packed with {name}", lambda method=method: stored(minimal(), method), "packed in a way")
    for method in (9, 93, 95, 97):
        yield Hostile(
            f"a part packed by method {method}", lambda method=method: forged(pack(minimal()), SHEET, 10, "<H", method), "packed in a way"
        )
    yield Hostile("the last part in the directory", lambda: forged(pack(minimal()), STRINGS, 20, "<L", 100_000), "damaged")


def _noise(part: str) -> bytes:
    package = bytearray(pack(minimal()))
    entry = directory_entries(bytes(package))[part]
    length, local = struct.unpack_from("<L", package, entry + 20)[0], struct.unpack_from("<L", package, entry + 42)[0]
    start = local + 30 + len(part)
    package[start : start + length] = b"\xff" * length
    return bytes(package)


def _renamed_in_place(part: str) -> bytes:
    package = pack(minimal())
    local = struct.unpack_from("<L", package, directory_entries(package)[part] + 42)[0]
    name = local + 30
    return package[:name] + part.encode()[::-1] + package[name + len(part) :]
