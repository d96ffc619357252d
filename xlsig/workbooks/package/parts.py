"""The parts of an open package: their bytes, their trees, how they point at each other, and which of them have been changed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from lxml import etree

from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.relations import CONTENT_TYPES, Relation, content_types, relations, relations_part
from xlsig.workbooks.package.xml_parts import check_part

Tree = etree._Element
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Parts:
    """An open package. Trees are parsed once, and may be changed in place: `changed` says so, with the reason."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self.types = content_types(package)
        self.plan: dict[str, str] = {}
        self.dropped: dict[str, str] = {}
        self._trees: dict[str, Tree] = {}
        self._rewritten: dict[str, bytes] = {}
        self._relations: dict[str, list[Relation]] = {}
        self.workbook = next(relation.target for relation in self.relations("") if relation.kind == "officeDocument")

    def __contains__(self, part: str) -> bool:
        return part in self.package.NameToInfo

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
            self._trees[part] = check_part(self.package.read(part) if xml is None else xml, part)
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
