"""Books that somebody damaged, by chance or on purpose: attacks on the parts of a good one, and copies of it changed at random."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from lxml import etree

from tests.ooxml.packing import pack

Parts = Mapping[str, bytes]
Make = Callable[[], bytes]

_ODD = ("", "-1", "0", "1e999", "4294967296", "99999999999999999999", "x", "A1:XFD1048576", "XFD1048576", "ZZZZ1", "rId1", "../../../x")
_ODD_TEXTS = (*_ODD, "#REF!", "[7]!X(", "=" * 300, "nan", "true", "\u202e", "_x0000_", "'" * 99, "(" * 5_000, "9" * 5_000, "a" * 70_000)
_TYPES = "[Content_Types].xml"
_LAUGHS = '<!DOCTYPE x [<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
_NOISE = random.Random(5).randbytes(3_000).hex().encode()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def attacks(content: bytes) -> Iterator[tuple[str, Make]]:
    """Every attack on a book, by name."""
    parts = parts_of(content)
    for part in _targets(parts):
        for said, change in _ON_ANY_XML.items():
            yield f"{part}: {said}", partial(_changed, parts, part, change)
    for kind, changes in _ON_KINDS.items():
        part = _first(parts, kind)
        if part is None:
            continue
        for pattern, new in changes:
            if re.search(pattern, parts[part]):
                yield f"{part}: {pattern[:60]!r} → {new[:60]!r}", partial(_replaced, parts, part, pattern, new)
    for part in _targets(parts):
        yield f"{part}: left out", partial(_without, parts, part)
        yield f"{part}: called a picture", partial(_retyped, parts, part)


def _targets(parts: Parts) -> list[str]:
    """One part of each kind."""
    top = (r"\[Content", r"_rels/\.rels", r"xl/workbook\.xml", r"xl/_rels/", r"docProps/core")
    sheets = (r"xl/worksheets/sheet", r"xl/worksheets/_rels", r"xl/tables/", r"xl/sharedStrings", r"xl/styles", r"xl/metadata")
    return [
        part
        for kind in (*top, *sheets, r"xl/charts/chart", r"xl/drawings/drawing", r"xl/theme")
        if (part := _first(parts, kind)) is not None
    ]


def _first(parts: Parts, kind: str) -> str | None:
    """The first part so called; of sheets the one with the most tables' rows."""
    found = [name for name in parts if re.match(kind, name)]
    return max(found, key=lambda name: len(parts[name])) if "sheet" in kind and found else found[0] if found else None


def _changed(parts: Parts, part: str, change: Callable[[bytes], bytes]) -> bytes:
    return pack({**parts, part: change(parts[part])})


def _replaced(parts: Parts, part: str, pattern: bytes, new: bytes) -> bytes:
    return pack(
        {**parts, part: re.sub(pattern, lambda found: new.replace(b"{1}", found[1] if found.re.groups else b""), parts[part], count=1)}
    )


def _without(parts: Parts, part: str) -> bytes:
    return pack({name: content for name, content in parts.items() if name != part})


def _retyped(parts: Parts, part: str) -> bytes:
    typed = b'<Override PartName="/%b" ContentType="image/png"/></Types>' % part.encode()
    cleared = re.sub(rb'<Override PartName="/%b"[^>]*/>' % re.escape(part.encode()), b"", parts[_TYPES])
    return pack({**parts, _TYPES: cleared.replace(b"</Types>", typed)})


def _at_root(xml: bytes, text: bytes) -> bytes:
    """The XML with a text right behind its root's tag."""
    at = re.search(rb"<[A-Za-z][^>]*>", xml)
    assert at is not None
    return xml[: at.end()] + text + xml[at.end() :]


def _at_end(xml: bytes, text: bytes) -> bytes:
    at = xml.rfind(b"</")
    return xml[:at] + text + xml[at:]


def _before_root(xml: bytes, text: bytes) -> bytes:
    at = re.search(rb"<[A-Za-z]", xml)
    assert at is not None
    return xml[: at.start()] + text + xml[at.start() :]


def _in_root(xml: bytes, text: bytes) -> bytes:
    at = re.search(rb"<[A-Za-z][\w:]*", xml)
    assert at is not None
    return xml[: at.end()] + b" " + text + xml[at.end() :]


def _recoded(encoding: str, said: str, xml: bytes) -> bytes:
    text = re.sub(r"^<\?xml[^>]*\?>", f'<?xml version="1.0" encoding="{said}"?>', xml.decode())
    return text.encode(encoding)


_LONG = b"".join(_NOISE[at % 5_000 : at % 5_000 + 700] + b"x" * 9_300 for at in range(0, 60_000, 100))  # 6 MB
_ON_ANY_XML: Mapping[str, Callable[[bytes], bytes]] = {
    "laughs": lambda xml: _before_root(xml, _LAUGHS.encode()),
    "laughs behind a comment of 1.1 MB": lambda xml: _before_root(xml, b"<!--" + b"x" * 1_100_000 + b"-->" + _LAUGHS.encode()),
    "laughs in UTF-16": lambda xml: _recoded("utf-16", "UTF-16", _before_root(xml, _LAUGHS.encode())),
    "in UTF-16": lambda xml: _recoded("utf-16", "UTF-16", xml),
    "in UTF-7": lambda xml: _recoded("utf-7", "UTF-7", xml),
    "in another code page than it says": lambda xml: _recoded("utf-16-le", "UTF-8", xml),
    "empty": lambda xml: b"",
    "noise": lambda xml: _NOISE,
    "cut in half": lambda xml: xml[: len(xml) // 2],
    "twice": lambda xml: xml + xml,
    "100,000 levels": lambda xml: _at_end(xml, b"<a>" * 100_000 + b"</a>" * 100_000),
    "150 levels": lambda xml: _at_end(xml, b"<a>" * 150 + b"</a>" * 150),
    "100,000 attributes": lambda xml: _in_root(xml, b" ".join(b'a%d=""' % at for at in range(100_000))),
    "an attribute of 6 MB": lambda xml: _in_root(xml, b'a="' + _LONG + b'"'),
    "a text of 6 MB": lambda xml: _at_end(xml, b"<a>" + _LONG + b"</a>"),
    "a comment of 6 MB": lambda xml: _at_end(xml, b"<!--" + _LONG + b"-->"),
    "a comment of 300,000 tags": lambda xml: _at_root(xml, b"<!--" + b"<c <dimension <row " * 100_000 + b"-->"),
    "100,000 comments": lambda xml: _at_end(xml, b"<!---->" * 100_000),
    "an instruction": lambda xml: _at_end(xml, b'<?x <c r="XFD1048576"><v>1</v></c> ?>'),
    "300,000 children": lambda xml: _at_end(xml, b"<a/>" * 300_000),
    "an unknown entity": lambda xml: _at_end(xml, b"<a>&e;</a>"),
    "a sign that is none": lambda xml: _at_end(xml, b"<a>&#99999999999999999999;</a>"),
    "NULs": lambda xml: _at_end(xml, b"\0\0\0"),
    "bytes that are no UTF-8": lambda xml: _at_end(xml, b"<a>\xff\xfe\xfd</a>"),
    "another namespace": lambda xml: re.sub(rb'xmlns="[^"]*"', b'xmlns="urn:x"', xml),
    "a prefix": lambda xml: re.sub(rb"<(/?)(?=[A-Za-z][\w]*[\s/>])", rb"<\1q:", xml).replace(b"xmlns=", b"xmlns:q=", 1),
}

_FILTERED, _FILTER_END = rb'{1}<autoFilter ref="A4:B9"><filterColumn colId="0">', rb"</filterColumn></autoFilter>"
_SHEET_END = rb"</sheetData>"
_FAR = rb'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
_ON_KINDS: Mapping[str, tuple[tuple[bytes, bytes], ...]] = {
    r"xl/worksheets/sheet": (
        (_SHEET_END, _FAR),
        (_SHEET_END, rb'<row x=">" r="1048576"><c x=">" r="XFD1048576"><v>1</v></c></row></sheetData>'),
        (_SHEET_END, rb'<row><c r="XFD1048576"/></row></sheetData>'),
        (_SHEET_END, rb'<row r="1048576">' + b"<c/>" * 16_384 + rb"</row></sheetData>"),
        (_SHEET_END, rb'<row r="1048576"><c r="Z1048576"><v>1</v></c></row></sheetData>'),
        (_SHEET_END, rb'<row r="99999999999"/></sheetData>'),
        (_SHEET_END, rb'<row r="0"/></sheetData>'),
        (_SHEET_END, rb'<row r="-5"><c r="A-5"/></row></sheetData>'),
        (_SHEET_END, rb'<row r="1"><c r="A1"/></row></sheetData>'),
        (_SHEET_END, b"<row/>" * 50_000 + rb"</sheetData>"),
        (_SHEET_END, b"<row>" * 5_000 + b"</row>" * 5_000 + rb"</sheetData>"),
        (_SHEET_END, rb"<row>" + b"<c>" * 5_000 + b"</c>" * 5_000 + rb"</row></sheetData>"),
        (_SHEET_END, rb'<row><c t="inlineStr"><is>' + b"<rPh/>" * 100_000 + rb"</is></c></row></sheetData>"),
        (_SHEET_END, rb'<row><c t="s"><v>99999999</v></c><c t="s"><v>-1</v></c><c t="s"><v>x</v></c></row></sheetData>'),
        (_SHEET_END, b'<row><c t="b"><v>9</v></c><c t="d"><v>x</v></c><c t="e"><v>\x1b</v></c><c t="?"><v>1</v></c></row></sheetData>'),
        (_SHEET_END, rb"<row><c><v>1e999</v></c><c><v>nan</v></c><c><v>" + b"9" * 70_000 + rb"</v></c></row></sheetData>"),
        (_SHEET_END, rb'<row><c s="99999999999"><v>1</v></c><c s="-1"/><c cm="99999"><f>1</f></c></row></sheetData>'),
        (_SHEET_END, rb"<row><c><f>" + b"(" * 50_000 + rb"</f></c></row></sheetData>"),
        (_SHEET_END, rb"<row><c><f>" + b"-" * 50_000 + rb"1</f><v>1</v></c></row></sheetData>"),
        (_SHEET_END, rb"<row><c><f>SELLOFF_STREAK(Flows[north_america])" + b"+1" * 30_000 + rb"</f></c></row></sheetData>"),
        (_SHEET_END, rb"<row><c><f>SELLOFF_STREAK(" + b"IF(1," * 3_000 + rb"1</f></c></row></sheetData>"),
        (_SHEET_END, rb'<row><c><f t="shared" si="7"/></c><c><f t="shared" si="x" ref="A1:XFD1048576">1</f></c></row></sheetData>'),
        (_SHEET_END, rb'<row><c><f t="array" ref="x">1</f></c><c><f t="dataTable" ref="A1:B2" r1="x"/></c></row></sheetData>'),
        (_SHEET_END, b'<row><c><f>"\x07\x1b[31m"</f><v>1</v></c></row></sheetData>'),
        (rb"<dimension[^>]*>", rb'<dimension ref="A1:XFD1048576"/>'),
        (rb"<dimension[^>]*>", rb'<dimension ref="XFD1048577:A0"/>'),
        (_SHEET_END, rb"</sheetData><mergeCells>" + rb'<mergeCell ref="A1:XFD1048576"/>' * 20_000 + rb"</mergeCells>"),
        (_SHEET_END, rb'</sheetData><conditionalFormatting sqref="' + b"A1:B2 " * 50_000 + rb'"/>'),
        (
            _SHEET_END,
            rb'</sheetData><conditionalFormatting sqref="x"><cfRule><formula>'
            + b"(" * 9_999
            + rb"</formula></cfRule></conditionalFormatting>",
        ),
        (rb"<row r=\"4\"", rb'<row r="4" hidden="x" ht="1e999" spans="9:1"'),
        (rb"<sheetData>", rb"<sheetData><sheetData>"),
        (rb"<sheetData>", rb"<!-- <sheetData> --><sheetData>"),
        (rb"<sheetData>", rb"<cols>" + b"<col/>" * 100_000 + rb"</cols><sheetData>"),
        (rb"<sheetData>", rb"<![CDATA[<sheetData>]]><sheetData>"),
        (rb"<c r=\"A4\"", rb'<c r="A4" r="A5"'),
        (rb"<c r=\"A4\"", b"<c  s = '1'\n r\t=\t'A4'"),
        (rb"<v>[^<]*</v>", rb"<v><![CDATA[1]]></v>"),
    ),
    r"xl/tables/": (
        *((rb' ref="[^"]*"', b' ref="%b"' % odd.encode()) for odd in _ODD),
        (rb' ref="[^"]*"', rb' ref="A1048576:XFD1048576"'),
        (rb"<table ", rb'<table headerRowCount="4000000000" '),
        (rb"<table ", rb'<table headerRowCount="-1" '),
        (rb"<table ", rb'<table totalsRowCount="4000000000" '),
        (rb"<table ", rb'<table totalsRowCount="x" '),
        (rb'displayName="[^"]*"', b'displayName="' + b"x" * 100_000 + b'"'),
        (rb'displayName="[^"]*"', b'displayName="&#27;[31m"'),
        (rb"(<tableColumn[^>]*)/>", rb"{1}><calculatedColumnFormula>" + b"(" * 9_999 + rb"</calculatedColumnFormula></tableColumn>"),
        (rb"</tableColumns>", rb'<tableColumn id="9" name="date"/></tableColumns>'),
        (
            rb"(<table [^>]*>)",
            _FILTERED.replace(rb"A4:B9", rb"x").replace(rb'"0"', rb'"-9"') + rb"<top10/>" + _FILTER_END,
        ),
        (rb"(<table [^>]*>)", _FILTERED + rb'<customFilters><customFilter operator="y" val="1"/></customFilters>' + _FILTER_END),
        (rb"(<table [^>]*>)", _FILTERED + rb'<customFilters><customFilter val="' + b"*a" * 30 + rb'b"/></customFilters>' + _FILTER_END),
        (rb"(<table [^>]*>)", _FILTERED + rb'<filters><dateGroupItem year="x" dateTimeGrouping="year"/></filters>' + _FILTER_END),
        (rb"(<table [^>]*>)", _FILTERED.replace(rb'"0"', rb'"x"') + _FILTER_END),
    ),
    r"xl/workbook\.xml": (
        (rb"</sheets>", b'<sheet name="s" sheetId="99" r:id="rId999"/></sheets>'),
        (rb"</sheets>", b'<sheet name="s" sheetId="99" r:id="rId1"/></sheets>'),
        (rb'<sheet name="[^"]*"', b'<sheet name="' + b"x" * 100_000 + b'"'),
        (rb'<sheet name="[^"]*"', b'<sheet name="&#10;&#27;"'),
        (rb'<sheet name="[^"]*"', b'<sheet name=""'),
        (rb"<definedName ", b'<definedName localSheetId="x" '),
        (rb"<definedName ", b'<definedName localSheetId="-1" '),
        (rb"<definedName ", b'<definedName localSheetId="4000000000" '),
        (rb"<definedName [^>]*>[^<]*", b'<definedName name="as_of">as_of'),
        (rb"<definedName [^>]*>[^<]*", b'<definedName name="as_of">' + b"(" * 9_999),
        (rb"<definedName [^>]*>[^<]*", b"<definedName name=\"as_of\">'x'!$XFD$1048577"),
        (rb"<definedName [^>]*>[^<]*", b'<definedName name="as_of">' + b"a" * 100_000),
        (rb"<definedNames>", b"<definedNames>" + b'<definedName name="n">1</definedName>' * 50_000),
        (
            rb"<definedNames>",
            b"<definedNames>" + b"".join(b'<definedName name="n%d">n%d+n%d</definedName>' % (n, n - 1, n - 1) for n in range(1, 60)),
        ),
        (rb"<calcPr[^>]*>", b'<calcPr calcId="x" iterateCount="-1"/>'),
        (rb"<workbookPr[^>]*>", b'<workbookPr date1904="1"/>'),
        (rb"</sheets>", b'</sheets><externalReferences><externalReference r:id="rId999"/></externalReferences>'),
        (rb"</sheets>", b"</sheets><externalReferences>" + b'<externalReference r:id="rId1"/>' * 9_999 + b"</externalReferences>"),
    ),
    r"xl/sharedStrings": (
        *((rb'uniqueCount="[^"]*"', b'uniqueCount="%b"' % odd.encode()) for odd in ("4000000000", "-1", "x", "9" * 5_000, "3000000")),
        (rb"</sst>", b"<si/>" * 300_000 + b"</sst>"),
        (rb"</sst>", b"<si>" * 50_000 + b"</si>" * 50_000 + b"</sst>"),
        (rb"</sst>", b"<si><t>" + _LONG + b"</t></si></sst>"),
        (rb"<si>", b"<x/>"),
    ),
    r"xl/_rels/": tuple(
        (rb'Target="[^"]*"', b'Target="%b"' % odd.encode())
        for odd in ("", "#", "/", "..", "../" * 999, "worksheets/sheet1.xml", "%00", "a:b")
    ),
    r"xl/worksheets/_rels": tuple(
        (rb'Target="[^"]*"', b'Target="%b"' % odd.encode()) for odd in ("", "#x", "sheet1.xml", "../workbook.xml", "../tables/x.xml")
    ),
    r"xl/charts/chart": (
        *((rb'ptCount val="[^"]*"', b'ptCount val="%b"' % odd.encode()) for odd in ("4000000000", "-1", "x")),
        *((rb'pt idx="[^"]*"', b'pt idx="%b"' % odd.encode()) for odd in ("4000000000", "-1", "x")),
        *((rb"<c:f>[^<]*", b"<c:f>" + odd.encode()) for odd in _ODD_TEXTS),
    ),
    r"xl/styles": tuple((rb'numFmtId="[^"]*"', b'numFmtId="%b"' % odd.encode()) for odd in ("-1", "x", "99999999999")),
    r"docProps/core": ((rb"<dcterms:modified[^>]*>[^<]*", b"<dcterms:modified>x"), (rb"</cp:coreProperties>", b"<a/></cp:coreProperties>")),
}


def mutated(content: bytes, draw: random.Random) -> bytes:
    """A copy of a book with something in it changed at random: its XML's structure, bits of a part, or bits of the zip."""
    kind = draw.random()
    if kind < 0.15:
        return _flipped(content, draw, draw.choice((1, 2, 8)))
    parts = parts_of(content)
    names = _targets(parts) if draw.random() < 0.5 else list(parts)
    for _ in range(draw.choice((1, 1, 2, 4))):
        part = draw.choice(names)
        parts[part] = _flipped(parts[part], draw, draw.choice((1, 3, 9))) if kind < 0.35 else _restructured(parts[part], draw)
    return pack(parts)


def _flipped(content: bytes, draw: random.Random, count: int) -> bytes:
    flipped = bytearray(content)
    for _ in range(count if flipped else 0):
        flipped[draw.randrange(len(flipped))] ^= 1 << draw.randrange(8)
    return bytes(flipped)


def _restructured(xml: bytes, draw: random.Random) -> bytes:
    """XML in which elements are gone, doubled, moved or renamed, attributes odd, or texts others; well-formed still."""
    try:
        root = etree.fromstring(xml)
    except etree.XMLSyntaxError:
        return xml
    for _ in range(draw.choice((1, 1, 2, 5))):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        _change(draw.choice(elements), draw.choice(elements), draw)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _change(element: etree._Element, other: etree._Element, draw: random.Random) -> None:
    parent = element.getparent()
    way = draw.randrange(8)
    if way == 0 and parent is not None:
        parent.remove(element)
    elif way == 1 and parent is not None:
        parent.insert(draw.randrange(len(parent) + 1), etree.fromstring(etree.tostring(element)))
    elif way == 2 and other not in element.iterancestors() and other is not element and parent is not None:
        if element not in other.iterancestors():
            other.append(element)
    elif way == 3:
        element.tag = other.tag
    elif way == 4 and element.attrib:
        element.set(draw.choice(list(element.attrib)), draw.choice(_ODD_TEXTS[:-3]))
    elif way == 5 and element.attrib:
        del element.attrib[draw.choice(list(element.attrib))]
    elif way == 6:
        element.text = draw.choice(_ODD_TEXTS)
    else:
        for name, value in other.attrib.items():
            element.set(name, value)
