"""Parts that lack a type, pointers that lead nowhere, ids that no pointer has, XML that is none."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from xlsig.errors import PackageRefusal
from xlsig.ooxml.parts import CONTENT_TYPES, OFFICE, check_part, content_types, relations, relations_part

_STREAMED = re.compile(r"xl/(worksheets|macrosheets)/[^/]+\.xml|xl/sharedStrings\.xml", re.IGNORECASE)


def package_findings(package: zipfile.ZipFile) -> Iterator[str]:
    """All of them, part by part."""
    parts = [name for name in package.namelist() if not name.endswith("/")]
    yield from _types(package, parts)
    yield from _pointers(package, parts)
    for part in parts:
        yield from _ids(package, part)


def _types(package: zipfile.ZipFile, parts: list[str]) -> Iterator[str]:
    types = content_types(package)
    for part in parts:
        if part != CONTENT_TYPES and not types.of(part):
            yield f"{part}: its content type is not declared"
    known = {part.casefold() for part in parts}
    for part in types.overrides:
        if part not in known:
            yield f"{CONTENT_TYPES}: it declares {part}, which is not there"


def _pointers(package: zipfile.ZipFile, parts: list[str]) -> Iterator[str]:
    pointed: set[str] = set()
    for source in ("", *parts):
        pointers = relations(package, source)
        for twice, times in Counter(pointer.id for pointer in pointers).items():
            if times > 1:
                yield f"{relations_part(source)}: the id {twice} is there {times} times"
        for pointer in pointers:
            if pointer.external:
                continue
            pointed.add(pointer.target)
            if pointer.target not in package.NameToInfo:
                yield f"{relations_part(source)}: {pointer.id} points at {pointer.target}, which is not there"
    for part in parts:
        folder, _, name = part.rpartition("_rels/")
        if name.endswith(".rels"):
            source = folder + name.removesuffix(".rels")
            if source and source not in package.NameToInfo:
                yield f"{part}: it belongs to {source}, which is not there"
        elif part != CONTENT_TYPES and part not in pointed:
            yield f"{part}: nothing points at it"


def _ids(package: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Ids used in a part that its pointers do not have; and whether it is XML at all. Sheets are read elsewhere, in a stream."""
    if _STREAMED.fullmatch(part) or not part.lower().endswith((".xml", ".rels")):
        return
    try:
        root = check_part(package.read(part), part)
    except PackageRefusal as why:
        yield str(why)
        return
    yield from unknown_ids(package, part, root)


def unknown_ids(package: zipfile.ZipFile, part: str, root: etree._Element) -> Iterator[str]:
    """Pointers that a part's XML uses and does not have."""
    known = {pointer.id for pointer in relations(package, part)}
    for unknown in sorted(set(_office_ids(root)) - known):
        yield f"{part}: it uses the pointer {unknown}, which {relations_part(part)} has not"


def _office_ids(root: etree._Element) -> Iterator[str]:
    prefix = f"{{{OFFICE}}}"
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if str(name).startswith(prefix) and value:
                yield str(value)
