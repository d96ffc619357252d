"""What people and programs do to a dashboard between two refreshes, as edits of its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.ooxml.packing import HEAD, KIND, MAIN, OFFICE, PACKAGE, POINTERS, TOP, TYPES, WORKBOOK, read, save

Parts = dict[str, bytes]


def change(parts: Parts, part: str, pattern: str, new: str) -> None:
    """Exchange every match of a pattern in a part; there must be one."""
    parts[part], hits = re.subn(pattern.encode(), new.encode().replace(b"\\", b"\\\\"), parts[part], flags=re.DOTALL)
    assert hits, pattern


def before(parts: Parts, part: str, place: str, new: str) -> None:
    """Put text before the first place where some other text stands."""
    assert place.encode() in parts[part], place
    parts[part] = parts[part].replace(place.encode(), (new + place).encode(), 1)


def sheet_part(parts: Parts, title: str) -> str:
    """The part of a sheet."""
    relation = re.search(rf'<sheet name="{title}"[^>]*r:id="([^"]*)"', parts[WORKBOOK].decode())
    assert relation is not None
    pointer = re.search(rf'<Relationship [^>]*Id="{relation[1]}"[^>]*>', parts[POINTERS].decode())
    assert pointer is not None
    target = re.search(r'Target="([^"]*)"', pointer[0])
    assert target is not None
    return "xl/" + target[1].removeprefix("/xl/")


def table_part(parts: Parts, name: str) -> str:
    """The part of a table."""
    return next(part for part, xml in parts.items() if part.startswith("xl/tables/") and f'displayName="{name}"'.encode() in xml)


def last_row(parts: Parts, name: str) -> int:
    """The last row of a table, counted from 1."""
    found = re.search(rb' ref="[A-Z]+\d+:[A-Z]+(\d+)"', parts[table_part(parts, name)])
    assert found is not None
    return int(found[1])


def add_sheet(parts: Parts, number: int, title: str, rows: str, tail: str = "") -> str:
    """A sheet of a person's own; `rows` is the XML of its rows. Its part is answered."""
    part = f"xl/worksheets/sheet{number}.xml"
    parts[part] = f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{rows}</sheetData>{tail}</worksheet>'.encode()
    before(parts, WORKBOOK, "</sheets>", f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>')
    pointer = f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
    before(parts, POINTERS, "</Relationships>", pointer)
    before(parts, TYPES, "</Types>", f'<Override PartName="/{part}" ContentType="{KIND}.worksheet+xml"/>')
    return part


def add_table(parts: Parts, number: int, title: str, name: str, columns: Sequence[str]) -> tuple[str, str]:
    """A table of a person's own on a sheet of its own, a header and two rows; the parts of both are answered."""
    letters = [chr(65 + at) for at in range(len(columns))]
    head = "".join(f'<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in zip(letters, columns, strict=True))
    rows = [f'<row r="{row}">' + "".join(f'<c r="{at}{row}"><v>{row}</v></c>' for at in letters) + "</row>" for row in (2, 3)]
    tail = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    sheet = add_sheet(parts, number, title, f'<row r="1">{head}</row>{"".join(rows)}', tail)
    part = f"xl/tables/table{number}.xml"
    parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/table" Target="../tables/table{number}.xml"/></Relationships>'
    ).encode()
    described = "".join(f'<tableColumn id="{at}" name="{column}"/>' for at, column in enumerate(columns, start=1))
    parts[part] = (
        f'{HEAD}<table xmlns="{MAIN}" id="{number}" name="{name}" displayName="{name}" ref="A1:{letters[-1]}3" totalsRowShown="0">'
        f'<tableColumns count="{len(columns)}">{described}</tableColumns></table>'
    ).encode()
    before(parts, TYPES, "</Types>", f'<Override PartName="/{part}" ContentType="{KIND}.table+xml"/>')
    return sheet, part


def filled_down(formula: str, cells: Sequence[str]) -> list[str]:
    """Cells that share a formula, as a fill leaves them."""
    first = f'<c r="{cells[0]}"><f t="shared" ref="{cells[0]}:{cells[-1]}" si="0">{escape(formula)}</f><v>0</v></c>'
    return [first, *(f'<c r="{cell}"><f t="shared" si="0"/><v>0</v></c>' for cell in cells[1:])]


def add_note_column(parts: Parts, sheet: str, notes: dict[int, str]) -> None:
    """A column note at the right of the table Flows, which ends in column G, with texts in some rows (3 is the header's)."""
    part, bottom = table_part(parts, "Flows"), last_row(parts, "Flows")
    change(parts, part, f'ref="A3:G{bottom}"', f'ref="A3:H{bottom}"')
    change(parts, part, '<tableColumns count="7">', '<tableColumns count="8">')
    before(parts, part, "</tableColumns>", '<tableColumn id="8" name="note"/>')
    for row, text in {3: "note", **notes}.items():
        cell = f'<c r="H{row}" t="inlineStr"><is><t>{text}</t></is></c>'
        at = parts[sheet].index(b"</row>", parts[sheet].index(f'<row r="{row}"'.encode()))
        parts[sheet] = parts[sheet][:at] + cell.encode() + parts[sheet][at:]


def paint(parts: Parts, sheet: str, row: int, style: int) -> None:
    """Give all cells of a row but the first, which is a date, a style."""
    old = re.search(rf'<row r="{row}".*?</row>'.encode(), parts[sheet], re.DOTALL)
    assert old is not None
    date, cells, rest = old[0].partition(b'<c r="B')
    parts[sheet] = parts[sheet].replace(old[0], date + re.sub(rb' s="\d+"', f' s="{style}"'.encode(), cells + rest))


def tick(parts: Parts, name: str, column: int, texts: Sequence[str]) -> None:
    """Filter a column of a table to texts, as they are shown."""
    part = table_part(parts, name)
    area = re.search(rb' ref="([A-Z0-9:]+)"', parts[part])
    assert area is not None
    parts[part] = re.sub(rb"<autoFilter.*?(?:/>|</autoFilter>)", b"", parts[part])
    listed = "".join(f'<filter val="{text}"/>' for text in texts)
    condition = f'<filterColumn colId="{column}"><filters>{listed}</filters></filterColumn>'
    before(parts, part, "<tableColumns", f'<autoFilter ref="{area[1].decode()}">{condition}</autoFilter>')


ORIGIN = "_xmlsignatures/origin.sigs"


def sign(parts: Parts) -> None:
    """A digital signature of the whole package, as Excel stores it."""
    parts[ORIGIN] = b""
    parts["_xmlsignatures/sig1.xml"] = f'{HEAD}<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="idPackageSignature"/>'.encode()
    parts["_xmlsignatures/_rels/origin.sigs.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{PACKAGE}/relationships/digital-signature/signature" Target="sig1.xml"/></Relationships>'
    ).encode()
    kinds = "application/vnd.openxmlformats-package.digital-signature"
    before(parts, TYPES, "</Types>", f'<Default Extension="sigs" ContentType="{kinds}-origin"/>')
    before(parts, TYPES, "</Types>", f'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="{kinds}-xmlsignature+xml"/>')
    pointer = f'<Relationship Id="rIdSigned" Type="{PACKAGE}/relationships/digital-signature/origin" Target="{ORIGIN}"/>'
    before(parts, TOP, "</Relationships>", pointer)


def edited(source: Path, target: Path, *edits: object) -> Path:
    """A copy of a book after some edits of its parts."""
    parts = read(source)
    for edit in edits:
        assert callable(edit)
        edit(parts)
    return save(target, parts)
