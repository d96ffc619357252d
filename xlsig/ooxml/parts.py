"""The parts of an open package: their XML, read without trust, how they point at each other, and which of them have been changed."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from lxml import etree

from xlsig.errors import PackageRefusal
from xlsig.ooxml.markup import root_of

MOST_TREE_MARKS = 2_000_000
"""Tags, attributes and the like that a part may hold where it is read as a whole: about 300 MB of tree at the worst."""
MOST_MARKS = 3_000_000
"""What all parts that are read as a whole may hold together."""
MOST_TREE_BYTES = 64_000_000
"""The longest part that is read as a whole. Sheets and shared strings may be longer: they are read in a stream."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/"
CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
Tree = etree._Element
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def check_part(xml: bytes, part: str = "a part") -> etree._Element:
    """The root of a part's XML; what could harm the reader, or is no XML, raises `PackageRefusal` naming the part."""
    _check_size(len(xml), part)
    if marks_in(xml) > MOST_TREE_MARKS:
        raise PackageRefusal(f"{part} holds more than {MOST_TREE_MARKS:,} tags and attributes")
    root_of(io.BytesIO(xml), part)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({failure.msg})") from None


def marks_in(xml: bytes) -> int:
    """How many tags and attributes XML may hold at most."""
    return xml.count(b"<") + xml.count(b"=")


def _check_size(size: int, part: str) -> None:
    if size > MOST_TREE_BYTES:
        raise PackageRefusal(f"{part} is {size:,} bytes long, more than the {MOST_TREE_BYTES:,} that are read at once")


def read_whole(package: zipfile.ZipFile, part: str) -> bytes:
    """A part's bytes; one that the directory says is too long to hold is not unpacked. `KeyError` if there is no such part."""
    _check_size(package.getinfo(part).file_size, part)
    return package.read(part)


@dataclass(frozen=True)
class Relation:
    """One pointer: its id in its source, its type, and the part that it points at.

    If `external`, it points at no part: at an address, or (beginning with #) at a place in the source.
    """

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of the type: worksheet, table, sharedStrings, …"""
        return self.type.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class ContentTypes:
    """What each part is, as [Content_Types].xml says. Names are compared without regard to case."""

    defaults: dict[str, str]
    overrides: dict[str, str]

    def of(self, part: str) -> str:
        """A part's type; empty if none is declared."""
        extension = posixpath.basename(part).rpartition(".")[2].lower()
        return self.overrides.get(part.casefold(), self.defaults.get(extension, ""))


def content_types(package: zipfile.ZipFile) -> ContentTypes:
    """The declared types of a package."""
    try:
        root = check_part(read_whole(package, CONTENT_TYPES), CONTENT_TYPES)
    except KeyError:
        raise PackageRefusal(f"the file is not an Excel workbook: it has no {CONTENT_TYPES}") from None
    defaults = {entry.get("Extension", "").lower(): entry.get("ContentType", "") for entry in root.iter(f"{_TYPES}Default")}
    overrides = {
        entry.get("PartName", "").removeprefix("/").casefold(): entry.get("ContentType", "") for entry in root.iter(f"{_TYPES}Override")
    }
    return ContentTypes(defaults, overrides)


def relations_part(source: str) -> str:
    """The part that holds a part's pointers; the source of the whole package is "".

    >>> relations_part("xl/workbook.xml"), relations_part("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(package: zipfile.ZipFile, source: str) -> list[Relation]:
    """Where a part points; empty if it points nowhere."""
    part = relations_part(source)
    try:
        content = read_whole(package, part)
    except KeyError:
        return []
    found = []
    for entry in check_part(content, part).iter(_RELATION):
        target = entry.get("Target", "")
        external = entry.get("TargetMode") == "External" or target.startswith("#")
        found.append(Relation(entry.get("Id", ""), entry.get("Type", ""), target if external else resolved(source, target), external))
    return found


def resolved(source: str, target: str) -> str:
    """The part that a target written in another part means.

    >>> resolved("xl/worksheets/sheet1.xml", "../tables/table1.xml")
    'xl/tables/table1.xml'
    """
    path = unquote(target.partition("#")[0])
    base = "/" if path.startswith("/") else "/" + posixpath.dirname(source)
    return posixpath.normpath(posixpath.join(base, path)).lstrip("/")


class Parts:
    """An open package. Trees are parsed once, and may be changed in place: `changed` says so, with the reason."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self.types = content_types(package)
        self.plan: dict[str, str] = {}
        self.dropped: dict[str, str] = {}
        self._trees: dict[str, Tree] = {}
        self._marks = 0
        self._rewritten: dict[str, bytes] = {}
        self._relations: dict[str, list[Relation]] = {}
        self.workbook = next(relation.target for relation in self.relations("") if relation.kind == "officeDocument")

    def __contains__(self, part: str) -> bool:
        return part in self.package.NameToInfo

    @property
    def is_signed(self) -> bool:
        """Whether the package has a digital signature. That of a VBA project is another, and stays as it is."""
        return any(relation.type.lower().endswith("/digital-signature/origin") for relation in self.relations(""))

    def relations(self, part: str) -> list[Relation]:
        """Where a part points."""
        if part not in self._relations:
            self._relations[part] = relations(self.package, part)
        return self._relations[part]

    def pointed(self, part: str, kind: str) -> list[str]:
        """The parts of a kind that a part points at."""
        return [relation.target for relation in self.relations(part) if relation.kind == kind and relation.target in self]

    def typed(self, ending: str) -> list[str]:
        """The parts whose content type ends so."""
        return [info.filename for info in self.package.infolist() if self.types.of(info.filename).lower().endswith(ending)]

    def tree(self, part: str) -> Tree:
        """The root of a part's XML."""
        if part not in self._trees:
            xml = self._rewritten.pop(part, None)
            if xml is None:
                xml = read_whole(self.package, part)
                self._marks += marks_in(xml)
                if self._marks > MOST_MARKS:
                    raise PackageRefusal(f"the parts of the workbook hold more than {MOST_MARKS:,} tags and attributes")
            self._trees[part] = check_part(xml, part)
        return self._trees[part]

    def rewrite(self, part: str, xml: bytes) -> None:
        """Give a part new XML as a whole; its tree is that of this XML from now on."""
        self._rewritten[part] = xml
        self._trees.pop(part, None)

    def open(self, part: str) -> IO[bytes]:
        """A part as a stream."""
        return self.package.open(part)

    def mark(self, part: str, why: str) -> None:
        """A part's tree was changed."""
        known = self.plan.get(part, "")
        if why not in known:
            self.plan[part] = f"{known}; {why}" if known else why

    def drop(self, part: str, why: str) -> None:
        """Leave a part out, with its content type and every pointer from the workbook to it."""
        self.dropped[part] = why
        if relations_part(part) in self:
            self.dropped[relations_part(part)] = why
        _remove(self.tree(CONTENT_TYPES), lambda entry: entry.get("PartName", "").lower() == f"/{part}".lower())
        self.mark(CONTENT_TYPES, f"{part} is left out")
        pointers = {relation.id for relation in self.relations(self.workbook) if relation.target == part}
        source = relations_part(self.workbook)
        _remove(self.tree(source), lambda entry: entry.get("Id") in pointers)
        self.mark(source, f"{part} is left out")

    def changed(self, part: str) -> bytes:
        """A changed part's XML."""
        xml = self._rewritten.get(part)
        return serialized(self.tree(part)) if xml is None else xml


def _remove(root: Tree, condition: Callable[[Tree], bool]) -> None:
    for entry in [entry for entry in root if condition(entry)]:
        root.remove(entry)


def serialized(root: Tree) -> bytes:
    """A tree as a part's bytes, in UTF-8."""
    return _DECLARATION + etree.tostring(root.getroottree(), xml_declaration=False, encoding="UTF-8")


def local(element: Tree) -> str:
    """An element's name without its namespace; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(parent: Tree | None, name: str) -> Iterator[Tree]:
    """The children so called, in any namespace."""
    return iter(()) if parent is None else parent.iterchildren(f"{{*}}{name}")


def child(parent: Tree | None, name: str) -> Tree | None:
    """The first child so called."""
    return next(children(parent, name), None)


def below(root: Tree, names: Iterable[str]) -> Iterator[Tree]:
    """Every element below the root that is called one of these, in any namespace."""
    return root.iter(*(f"{{*}}{name}" for name in names))


def needed(element: Tree | None, part: str, name: str) -> Tree:
    """An element that must be there."""
    if element is None:
        raise PackageRefusal(f"{part} has no {name}")
    return element
