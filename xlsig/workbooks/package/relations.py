"""How the parts of a package point at each other, and what each of them is."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote

from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.xml_parts import check_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/"
CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


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
        root = check_part(package.read(CONTENT_TYPES), CONTENT_TYPES)
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
        content = package.read(part)
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
