"""XML of a package, read without trust: no document types, no entities, no network, no more than is said."""

from __future__ import annotations

import re

from lxml import etree

from xlsig.errors import PackageRefusal

MOST_TREE_MARKS = 2_000_000
"""Tags, attributes and the like that a part may hold where it is read as a whole: about 300 MB of tree at the worst."""
MOST_TREE_BYTES = 64_000_000
"""The longest part that is read as a whole. Sheets and shared strings may be longer: they are read in a stream."""
PROLOG_BYTES = 65_536
"""Within these first bytes the root element of a part must begin."""

_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<[^\W\d]")
_DECLARED = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be")


def check_part(xml: bytes, part: str = "a part") -> etree._Element:
    """The root of a part's XML; what could harm the reader, or is no XML, raises `PackageRefusal` naming the part."""
    if len(xml) > MOST_TREE_BYTES:
        raise PackageRefusal(f"{part} is {len(xml):,} bytes long, more than the {MOST_TREE_BYTES:,} that are read at once")
    check_prolog(xml[:PROLOG_BYTES], part)
    if xml.count(b"<") + xml.count(b"=") > MOST_TREE_MARKS:
        raise PackageRefusal(f"{part} holds more than {MOST_TREE_MARKS:,} tags and attributes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({failure.msg})") from None


def check_prolog(start: bytes, part: str) -> None:
    """Refuse a part whose first bytes hold a document type, an encoding Excel does not write, or no XML."""
    text = _decoded(start, part)
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in _ENCODINGS:
        raise PackageRefusal(f"{part} is written in the encoding {declared[1][:20]!r}, which Excel does not use")
    at = 0
    while skipped := _SKIPPED.match(text, at):
        at = skipped.end()
    if text[at : at + 9].upper() == "<!DOCTYPE":
        raise PackageRefusal(f"{part} declares a document type, which Excel never writes and which can hide an attack")
    if not _ROOT.match(text, at):
        raise PackageRefusal(f"{part} does not begin as XML")


def _decoded(start: bytes, part: str) -> str:
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\0\0\0", b"\0\0\0<", b"+/v", b"\x4c\x6f\xa7\x94")):
        raise PackageRefusal(f"{part} is written in an encoding that Excel does not use")
    if start.startswith((b"\xff\xfe", b"<\0")):
        return start.decode("utf-16-le", errors="replace").removeprefix("\ufeff")
    if start.startswith((b"\xfe\xff", b"\0<")):
        return start.decode("utf-16-be", errors="replace").removeprefix("\ufeff")
    return start.decode("utf-8", errors="replace").removeprefix("\ufeff")
