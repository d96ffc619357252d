"""Two hundred packages that must not be opened, each with words that its refusal says. Made when asked for, never stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from tests.ooxml.hostile_zips import MEGABYTE, Hostile, bombs, crowds, damaged, encrypted, names, no_zips
from tests.ooxml.packing import HEAD, MAIN, OFFICE, POINTERS, SHEET, STRINGS, TOP, TYPES, WORKBOOK, bomb, changed, minimal, pack

_STYLES, _CUSTOM, _DRAWING = "xl/styles.xml", "customXml/item1.xml", "xl/drawings/vmlDrawing1.vml"
_EXTRA = {_STYLES: f'{HEAD}<styleSheet xmlns="{MAIN}"/>'.encode(), _CUSTOM: f"{HEAD}<state/>".encode(), _DRAWING: b"<xml/>"}
_LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
_DOCUMENT_TYPES = {
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>',
    "a quadratic blowup": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>',
    "a file of this machine": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil.dtd"> %p;]>',
    "an outer document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">',
}


def hostile() -> list[Hostile]:
    """All of them, family by family."""
    zips = (bombs, crowds, names, encrypted, no_zips, damaged)
    books = (document_types, encodings, extents, counts, missing, swollen)
    return [package for family in zips + books for package in family()]


def _packed(parts: Mapping[str, bytes]) -> Callable[[], bytes]:
    return lambda: pack(parts)


def _replaced(part: str, old: str, new: str) -> Callable[[], bytes]:
    return lambda: pack(changed(minimal(), part, old, new))


def document_types() -> Iterator[Hostile]:
    """Document types, the root of every attack by entities, in every part that is XML and before or behind what may precede them."""
    parts = {**minimal(), **_EXTRA}
    for what, text in _DOCUMENT_TYPES.items():
        for part in (TYPES, TOP, WORKBOOK, SHEET, STRINGS, _CUSTOM, _DRAWING):
            head, _, rest = parts[part].decode().rpartition("?>\n")
            content = f"{head}?>\n{text}{rest}" if head else text + rest
            yield Hostile(f"{what} in {part}", _packed({**parts, part: content.encode()}), "document type")
    text = _DOCUMENT_TYPES["a file of this machine"]
    body = f'<styleSheet xmlns="{MAIN}">&e;</styleSheet>'
    for what, content in {
        "behind a comment": f"{HEAD}<!-- a book -->{text}{body}".encode(),
        "behind 60,000 spaces": f"{HEAD}{' ' * 60_000}{text}{body}".encode(),
        "behind an instruction": f"{HEAD}<?app x?>{text}{body}".encode(),
        "in UTF-16": f'\ufeff<?xml version="1.0" encoding="UTF-16"?>{text}{body}'.encode("utf-16-le"),
        "in UTF-16, the other way round": f'\ufeff<?xml version="1.0" encoding="UTF-16"?>{text}{body}'.encode("utf-16-be"),
        "in UTF-16 without a mark": f'<?xml version="1.0" encoding="UTF-16"?>{text}{body}'.encode("utf-16-le"),
    }.items():
        yield Hostile(f"a document type {what}", _packed({**parts, _STYLES: content}), "document type")
    hidden = changed(parts, TYPES, "</Types>", f'<Override PartName="/xl/evil.bin" ContentType="{"application/vnd.x+xml"}"/></Types>')
    yield Hostile(
        "a document type in a part called .bin", _packed({**hidden, "xl/evil.bin": f"{text}<x>&e;</x>".encode()}), "document type"
    )


def encodings() -> Iterator[Hostile]:
    """Encodings in which a document type could hide from who looks for its letters."""
    body = f'<styleSheet xmlns="{MAIN}"/>'
    for encoding in ("utf-7", "cp037", "utf-32-le", "utf-32-be"):
        content = f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)
        yield Hostile(f"styles in {encoding}", _packed({**minimal(), _STYLES: content}), "Excel does not use")
    for encoding in ("IBM037", "UTF-7", "ISO-2022-JP", "windows-1252"):
        content = f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode()
        yield Hostile(f"styles that declare {encoding}", _packed({**minimal(), _STYLES: content}), "which Excel does not use")
    for what, content in {"noise": b"\x00\x01\x02", "text": b"net flow", "a long comment": b"<!--" + b"-" * 70_000 + b"--><a/>"}.items():
        yield Hostile(f"styles that are {what}", _packed({**minimal(), _STYLES: content}), "does not begin as XML")


def extents() -> Iterator[Hostile]:
    """Sheets that span the grid for a few cells."""
    cell = '<c r="B1"><v>12.5</v></c></row>'
    spans, declares = "spans", "declares"
    for far in ("XFD1048576", "XFD2000", "ZZ1048576", "AC1048576", "XFC999999", "AAA100000"):
        row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        yield Hostile(f"a cell at {far}", _replaced(SHEET, cell, f'{cell}<row r="{row}"><c r="{far}"><v>1</v></c></row>'), spans)
    for far in ("XFD1048576", "XFD50000", "AZ1048576"):
        yield Hostile(f"a dimension to {far}", _replaced(SHEET, 'ref="A1:B1"', f'ref="A1:{far}"'), declares)
    for far in ("A1048577", "A99999999", "XFE1", "ZZZ1"):
        row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        yield Hostile(
            f"a cell at {far}", _replaced(SHEET, cell, f'{cell}<row r="{row}"><c r="{far}"><v>1</v></c></row>'), "beyond the grid"
        )
    yield Hostile(
        "two corners", _replaced(SHEET, cell, f'{cell}<row r="2"><c r="XFD2"/></row><row r="1048576"><c r="A1048576"/></row>'), spans
    )
    prefixed = {name: content for name, content in minimal().items() if name != SHEET}
    cell_apart = "<x:c s=\"0\"\n r = 'XFD1048576'/>"
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1048576">{cell_apart}</x:row></x:sheetData></x:worksheet>'
    yield Hostile("a far cell in prefixed XML", _packed({**prefixed, SHEET: sheet.encode()}), spans)
    yield Hostile("a far cell in UTF-16", _packed({**prefixed, SHEET: sheet.encode("utf-16")}), "UTF-16")
    gap = "".join(f'<row r="{row}"><c r="A{row}"/><c r="XFD{row}"/></row>' for row in range(1, 1_000_000, 997))
    yield Hostile(
        "two thousand cells along both edges", _packed(changed(minimal(), SHEET, '<row r="1">', f'{gap}<row r="1048576">')), spans
    )


def counts() -> Iterator[Hostile]:
    """Shared strings that are too long, or that promise more than there are."""
    for size in (260, 500, 900):
        filler = b"<si><t>" + bytes(range(97, 123)) * 400 + b"</t></si>"
        filler = (filler * (MEGABYTE // len(filler))).ljust(MEGABYTE)
        filler = _uneven(filler)
        make = lambda size=size, filler=filler: bomb(STRINGS, f'<sst xmlns="{MAIN}">'.encode(), filler, size, b"</sst>", _no_strings())  # noqa: E731
        yield Hostile(f"shared strings of {size} MB", make, "the shared strings unpack to")
    for count in (1_000, 2**31 - 1, 2**32 - 1, 10**20):
        counted = f'count="{count}" uniqueCount="{count}"'
        yield Hostile(f"{count} promised strings", _replaced(STRINGS, 'count="1" uniqueCount="1"', counted), "declare")


def _no_strings() -> dict[str, bytes]:
    return {name: content for name, content in minimal().items() if name != STRINGS}


def _uneven(filler: bytes) -> bytes:
    """The same text with enough noise in it that it is packed less than a bomb's 300 times."""
    noise = random.Random(3)
    letters = bytes(noise.choice(b"abcdefghijklmnopqrstuvwxyz") for _ in range(8_000))
    return filler[:100].replace(filler[10:90], letters[:80]) + b"<si><t>" + letters + b"</t></si>" + filler[8_114:]


def missing() -> Iterator[Hostile]:
    """Packages without what makes a workbook, or that are something else."""
    no_book = "not an Excel workbook"
    for part in (TYPES, TOP, WORKBOOK):
        parts = {name: content for name, content in minimal().items() if name != part}
        yield Hostile(f"no {part}", _packed(parts), no_book)
    for part in (SHEET, POINTERS, STRINGS):
        parts = {name: content for name, content in minimal().items() if name != part}
        yield Hostile(f"no {part}", _packed(parts), "missing from the file")
    yield Hostile("a zip of one text file", _packed({"readme.txt": b"hello"}), no_book)
    yield Hostile("a workbook without a sheet", _replaced(WORKBOOK, '<sheet name="Desk" sheetId="1" r:id="rId1"/>', ""), "no sheet")
    yield Hostile(
        "a sheet on the network",
        _replaced(POINTERS, 'Target="worksheets/sheet1.xml"', 'Target="http://a/b" TargetMode="External"'),
        "missing",
    )
    yield Hostile("a sheet outside", _replaced(POINTERS, "worksheets/sheet1.xml", "../../../../etc/passwd"), "missing")
    yield Hostile(
        "two workbooks",
        _replaced(TOP, "</Relationships>", f'<Relationship Id="r2" Type="{OFFICE}/officeDocument" Target="xl/b.xml"/></Relationships>'),
        "two workbooks",
    )
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    binary = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    for what, kind, says in (
        ("Word", word, no_book),
        ("PowerPoint", slides, no_book),
        ("a binary workbook", binary, ".xlsb"),
        ("nothing", "", no_book),
    ):
        yield Hostile(f"the file of {what}", _replaced(TYPES, f'"{sheet}"', f'"{kind}"'), says)
    strict = "http://purl.oclc.org/ooxml/"
    yield Hostile(
        "a Strict package", _replaced(TOP, f"{OFFICE}/officeDocument", f"{strict}officeDocument/relationships/officeDocument"), "Strict"
    )
    yield Hostile("a Strict workbook", _replaced(WORKBOOK, MAIN, f"{strict}spreadsheetml/main"), "Strict")
    yield Hostile("a workbook of another kind", _replaced(WORKBOOK, MAIN, "urn:other"), no_book)


def swollen() -> Iterator[Hostile]:
    """XML that is not well-formed, too deep or too full for a tree."""
    sheet = '<sheet name="Desk" sheetId="1" r:id="rId1"/>'
    for depth in (1_000, 20_000, 140_000):
        yield Hostile(f"{depth} levels in the workbook", _replaced(WORKBOOK, sheet, "<a>" * depth + "</a>" * depth), "well-formed")
    yield Hostile(
        "two million tags in the workbook",
        _replaced(WORKBOOK, sheet, "".join(f"<a{number}/>" for number in range(2_000_000)) + sheet),
        "tags and attributes",
    )
    many = " ".join(f'a{number}=""' for number in range(2_000_000))
    yield Hostile("two million attributes", _replaced(WORKBOOK, sheet, f"<a {many}/>{sheet}"), "tags and attributes")
    for part, says in ((TYPES, TYPES), (TOP, TOP), (WORKBOOK, WORKBOOK), (POINTERS, POINTERS)):
        yield Hostile(f"{part} cut short", _packed({**minimal(), part: minimal()[part][:-5]}), says)
        yield Hostile(
            f"{part} with an unknown entity", _packed({**minimal(), part: minimal()[part].replace(b'xmlns="', b'a="&e;" xmlns="', 1)}), says
        )
    size = 70 * MEGABYTE
    long = bomb(
        WORKBOOK,
        HEAD.encode() + b"<workbook>",
        _uneven(b"<!-- " + b"x" * (MEGABYTE - 9) + b" -->"),
        70,
        b"</workbook>",
        {n: c for n, c in minimal().items() if n != WORKBOOK},
    )
    yield Hostile(f"a workbook part of {size} bytes", lambda: long, "bytes long")
