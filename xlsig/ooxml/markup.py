"""XML that somebody else wrote, read as a stream: without document types, entities and odd encodings, a tag at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import IO, NamedTuple
from xml.parsers import expat

from xlsig.errors import PackageRefusal

MOST_PROLOG_BYTES = 4_000_000
"""Within these first bytes the root element of a part must begin."""
MOST_HEAD_BYTES = 16_000_000
"""Within these first bytes the rows of a sheet must begin."""
MOST_TAG_BYTES = 4_000_000
"""How long a tag or a comment may be; the largest row of cells is many tags."""
MOST_ATTRIBUTES = 1_000
"""How many attributes a tag in front of a part's content may have."""

_FIRST_BYTES = 4_096
_CHUNK = 1 << 18
_BLANK = b" \t\r\n"
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_STRANGE = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\0\0\0", b"\0\0\0<", b"+/v", b"\x4c\x6f\xa7\x94")  # UTF-32, UTF-7, EBCDIC

Attributes = Mapping[str, str]


class Root(NamedTuple):
    """A part's first element: its name without prefix, and its attributes."""

    name: str
    attributes: Attributes


def begins_as_xml(start: bytes) -> bool:
    """Whether a part's first bytes look like XML, whatever the part is called and declared to be."""
    return start.startswith((*_UTF_16, *_STRANGE)) or start.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK).startswith(b"<")


def is_utf_16(start: bytes) -> bool:
    """Whether a part's first bytes are those of UTF-16."""
    return start.startswith(_UTF_16)


def local_name(name: str) -> str:
    """An element's name without its prefix.

    >>> local_name("x:row"), local_name("row")
    ('row', 'row')
    """
    return name[name.rfind(":") + 1 :]


def parser_of(part: str) -> expat.XMLParserType:
    """A parser that refuses a document type, wherever it stands, and an encoding that Excel does not write."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_document_type(*_: object) -> None:
        raise PackageRefusal(f"{part} declares a document type, which Excel never writes and which can hide an attack")

    def refuse_encoding(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise PackageRefusal(f"{part} is written in the encoding {encoding[:20]!r}, which Excel does not use")

    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.EntityDeclHandler = refuse_document_type
    parser.XmlDeclHandler = refuse_encoding
    return parser


def root_of(stream: IO[bytes], part: str, start: bytes = b"") -> Root:
    """The first element of a part, of which `start` was read already.

    What harms before it, or is no XML, raises `PackageRefusal`; what stands behind it is not read.
    """
    found: list[Root] = []

    def is_root(name: str, attributes: dict[str, str]) -> bool:
        found.append(Root(local_name(name), attributes))
        return True

    if seek(chain((start,), growing(stream)), part, is_root, MOST_PROLOG_BYTES) < 0:
        raise PackageRefusal(f"{part} does not begin as XML")
    return found[0]


def growing(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream in pieces, each as long as all before it: a comment is looked at from its beginning again with each of them."""
    size = _FIRST_BYTES
    while piece := stream.read(size):
        yield piece
        size *= 2


def seek(pieces: Iterable[bytes], part: str, is_it: Callable[[str, dict[str, str]], bool], most: int) -> int:
    """Read up to the first element for which `is_it` is true, within so many bytes: the byte at which it begins; -1 if there is none."""
    parser = parser_of(part)
    at, fed = -1, 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal at
        if len(attributes) > MOST_ATTRIBUTES:
            raise PackageRefusal(f"{part} holds a tag with {len(attributes):,} attributes")
        if is_it(name, attributes):
            at = parser.CurrentByteIndex
            parser.StartElementHandler = None

    parser.StartElementHandler = begin
    for piece in filter(None, pieces):
        if fed == 0 and piece.startswith(_STRANGE):
            raise PackageRefusal(f"{part} is written in an encoding that Excel does not use")
        fed += len(piece)
        try:
            parser.Parse(piece, False)
        except expat.ExpatError as failure:
            if at < 0:
                began = parser.CurrentLineNumber
                raise PackageRefusal(f"{part} does not begin as XML ({expat.ErrorString(failure.code)}, line {began:,})") from None
        if at >= 0:
            return at
        if fed > most:
            raise PackageRefusal(f"{part} does not begin as XML within its first {most:,} bytes")
    return -1


def read_elements(
    stream: IO[bytes],
    part: str,
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call `begin` with the name and attributes of every element, `end` with its name, `text` with what stands between."""
    parser = parser_of(part)
    parser.StartElementHandler = begin
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    fed = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MOST_TAG_BYTES:
                raise PackageRefusal(f"{part} holds a tag or a comment of more than {MOST_TAG_BYTES:,} bytes")
        parser.Parse(b"", True)
    except expat.ExpatError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({expat.ErrorString(failure.code)})") from None
