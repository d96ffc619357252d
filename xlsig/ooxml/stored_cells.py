"""One cell of a sheet's XML: values to text and back, and a stored cell with another value."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import IO, NamedTuple

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import column_number
from xlsig.grid.contents import ErrorCell, Plain
from xlsig.ooxml.markup import local_name, read_elements
from xlsig.ooxml.references import shifted

_ATTRIBUTE = rb"""\s+[\w:.\-]+\s*=\s*(?:"[^"]*"|'[^']*')"""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\r\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9A-Fa-f]+)|(\w+));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LETTERS = re.compile(rb"""\sr\s*=\s*["']([A-Z]+)""")
_GIVEN = re.compile(rb"""\s([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DEEPEST = 100
_TYPED = re.compile(rb"""\s(?:t|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")


def escaped(text: str) -> str:
    """Text as XML holds it; signs that XML cannot hold as Excel's _x0000_."""
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _ILLEGAL.sub(lambda sign: f"_x{ord(sign.group()):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped_xml(text: str) -> str:
    """XML text without its entities."""
    return _ENTITY.sub(_entity, text) if "&" in text else text


def unescaped(text: str) -> str:
    """Text as a person sees it."""
    text = unescaped_xml(text)
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def _entity(found: re.Match[str]) -> str:
    if found[3]:
        return _ENTITIES.get(found[3], found[0])
    number = int(found[1]) if found[1] else int(found[2], 16)
    if number > sys.maxunicode:
        raise PackageRefusal(f"a cell refers to the sign {found[0][:20]}, which is none")
    return chr(number)


def number_text(value: float | int) -> str:
    """A number in full, such that it reads back as the same double."""
    if type(value) is float and not value.is_integer():
        return repr(value)
    if isinstance(value, int) and abs(value) >= 1 << 53:
        value = float(value)
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


@lru_cache(maxsize=64)
def tags_of(prefix: str) -> Tags:
    """The element names of the sheets that give their elements this prefix, mostly none."""
    return Tags(prefix)


class Tags:
    """The element names of one sheet, which may carry a prefix, and the expressions that find them."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        p = re.escape(prefix.encode())
        self.sheet_data = re.compile(rb"<%bsheetData((?:%b)*)\s*(/?)>" % (p, _ATTRIBUTE))
        self.sheet_data_end = f"</{prefix}sheetData".encode()
        self.rows_end = re.compile(rb"\s*</%bsheetData\s*>" % p)
        self.row = re.compile(rb"\s*(<)%brow((?: r=\"(\d+)\")?(?:%b)*)\s*(/?)>" % (p, _ATTRIBUTE))
        self.row_open = f"<{prefix}row ".encode()
        self.row_end = f"</{prefix}row".encode()
        self.row_close = f"</{prefix}row>"
        inner = rb"[^<]*+(?:<(?!/?%bc[\s/>])[^<]*+)*+" % p
        self.cell = re.compile(rb"<%bc((?: r=\"([A-Z]+)\d+\")?(?:%b)*)\s*(?:/>|>(%b)</%bc\s*>)" % (p, _ATTRIBUTE, inner, p))
        self.cell_start = re.compile(rb"<%bc(?=[\s/>])((?:%b)*)" % (p, _ATTRIBUTE))
        self.cell_open = f"<{prefix}c ".encode()
        self.cell_opens = [f"<{prefix}c{end}".encode() for end in " \t\r\n/>"]
        self.cell_named = re.compile(rb"<%bc r=\"([A-Z]+)" % p)
        self.cell_styled = re.compile(rb"<%bc r=\"([A-Z]+)\d+\"([^>]*)>" % p)
        self.value = re.compile(rb"<%bv(?:%b)*\s*(?:/>|>([^<]*)</%bv\s*>)" % (p, _ATTRIBUTE, p))
        self.formula = re.compile(rb"<%bf((?:%b)*)\s*(?:/>|>([^<]*)</%bf\s*>)" % (p, _ATTRIBUTE, p))
        self.formula_start = f"<{prefix}f".encode()
        self.text = re.compile(rb"<%bt(?:%b)*\s*(?:/>|>([^<]*)</%bt\s*>)" % (p, _ATTRIBUTE, p))
        self.phonetic = re.compile(rb"<%brPh(?:%b)*\s*(?:/>|>[^<]*+(?:<(?!/?%brPh\b)[^<]*+)*+</%brPh\s*>)" % (p, _ATTRIBUTE, p, p))

    def typed(self, value: Plain, formula: str = "") -> str:
        """What follows a cell's other attributes: its type, `formula` as XML, its value and the closing tag."""
        p = self.prefix
        if isinstance(value, str):
            if formula:
                return f' t="str">{formula}<{p}v>{escaped(value)}</{p}v></{p}c>'
            space = ' xml:space="preserve"' if value != value.strip() or "\n" in value or "\t" in value or "  " in value else ""
            return f' t="inlineStr"><{p}is><{p}t{space}>{escaped(value)}</{p}t></{p}is></{p}c>'
        if value is None:
            return f">{formula}</{p}c>" if formula else "/>"
        if isinstance(value, bool):
            return f' t="b">{formula}<{p}v>{int(value)}</{p}v></{p}c>'
        if isinstance(value, ErrorCell):
            return f' t="e">{formula}<{p}v>{escaped(value.code)}</{p}v></{p}c>'
        return f">{formula}<{p}v>{number_text(value)}</{p}v></{p}c>"


class StoredCell(NamedTuple):
    """A cell as it stands in the file."""

    column: int
    attributes: bytes
    inner: bytes
    raw: bytes

    def attribute(self, name: str) -> str:
        """An attribute's value; empty if it is not there."""
        return attribute(self.attributes, name)

    def formula(self, tags: Tags) -> StoredFormula | None:
        """Its formula, if it has one."""
        found = tags.formula.search(self.inner) if tags.formula_start in self.inner else None
        if found is None:
            return None
        return StoredFormula(unescaped_xml((found[2] or b"").decode()), found[1] or b"", found.group())

    def value(self, tags: Tags, strings: SharedText) -> Plain:
        """Its value, typed; a formula's empty text is "", any other is None."""
        kind = self.attribute("t")
        if kind == "inlineStr":
            inner = tags.phonetic.sub(b"", self.inner)
            return unescaped(b"".join(tags.text.findall(inner)).decode()) or None
        found = tags.value.search(self.inner)
        if found is None:
            return None
        text = (found[1] or b"").decode()
        if kind == "s":
            return strings[int(text)] or None
        if kind in ("str", "d"):
            return unescaped(text) if tags.formula_start in self.inner else unescaped(text) or None
        if kind == "e":
            return ErrorCell(unescaped(text))
        if kind == "b":
            return text.strip() in ("1", "true")
        return float(text) if text.strip() else None

    def holds_something(self, tags: Tags) -> bool:
        """Whether a person would say that there is something in this cell."""
        if not self.inner:
            return False
        if tags.formula_start in self.inner:
            return True
        return tags.value.search(self.inner) is not None or tags.text.search(self.inner) is not None


class StoredFormula(NamedTuple):
    """A formula element: its text without =, its attributes and the element itself."""

    text: str
    attributes: bytes
    raw: bytes

    def attribute(self, name: str) -> str:
        """An attribute's value; empty if it is not there."""
        return attribute(self.attributes, name)


class SharedText:
    """Shared strings by number; the package's own reads them when first asked."""

    def __getitem__(self, number: int) -> str:
        raise NotImplementedError


def attribute(attributes: bytes, name: str) -> str:
    """One attribute of a start tag."""
    if name.encode() not in attributes:
        return ""
    for found in _GIVEN.finditer(attributes):
        if found[1].decode() == name:
            return unescaped_xml((found[2] if found[2] is not None else found[3]).decode())
    return ""


def attributes_of(attributes: bytes) -> dict[str, str]:
    """All attributes of a start tag."""
    return {found[1].decode(): unescaped_xml((found[2] or found[3] or b"").decode()) for found in _GIVEN.finditer(attributes)}


@lru_cache(maxsize=4_096)
def style_in(attributes: bytes) -> str:
    """A cell's style by number; empty if it has none."""
    style = attribute(attributes, "s")
    return style if style.isdecimal() else ""


def column_named(letters: re.Match[bytes]) -> int:
    """The column whose letters `Tags.cell_named` has found."""
    return _column(letters[1])


def column_of(attributes: bytes) -> int | None:
    """The column that a cell's name gives; None for a cell without one."""
    found = _LETTERS.search(attributes)
    return None if found is None else _column(found[1])


@lru_cache(maxsize=20_000)
def _column(name: bytes) -> int:
    return column_number(name.decode())


def cells_of(raw: bytes, start: int, tags: Tags) -> list[StoredCell]:
    """The cells of a row's XML; a cell without a name follows the one before it."""
    cells, column = [], -1
    for found in tags.cell.finditer(raw, start):
        attributes, name, inner = found.groups()
        named = column_of(attributes) if name is None else _column(name)
        column = column + 1 if named is None else named
        cells.append(tuple.__new__(StoredCell, (column, attributes, inner or b"", found.group())))  # half the time of StoredCell(…)
    return cells


def cells_in(raw: bytes, tags: Tags) -> dict[int, StoredCell]:
    """The cells of a row's XML by column."""
    return {cell.column: cell for cell in cells_of(raw, 0, tags)}


def without_type(attributes: bytes) -> bytes:
    """A cell's attributes without those that describe its old value."""
    return _TYPED.sub(b"", attributes)


def with_value(cell: StoredCell, value: Plain, tags: Tags, formula: bytes | None = None) -> bytes:
    """The cell with another value: its formula (or the one given), style and the rest stay."""
    if formula is None:
        found = cell.formula(tags)
        formula = b"" if found is None else found.raw
    start = f"<{tags.prefix}c".encode() + without_type(cell.attributes)
    if value == "" and not formula:
        value = None
    return start + tags.typed(value, formula.decode()).encode()


class SharedStrings(SharedText):
    """Shared strings by number, packed in one block of bytes."""

    def __init__(self, source: Callable[[], IO[bytes]] | None, part: str = "") -> None:
        self._source = source
        self._part = part
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._read = source is None

    def __getitem__(self, number: int) -> str:
        if not self._read:
            self._read_all()
        if not 0 <= number < len(self._ends) - 1:
            raise PackageRefusal(f"a cell refers to the shared string {number}, and the workbook has {len(self._ends) - 1}")
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")

    def _read_all(self) -> None:
        assert self._source is not None
        self._read = True
        said: list[str] = []
        inside: list[str] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            inside.append(local_name(name))
            if len(inside) > _DEEPEST:
                raise PackageRefusal(f"{self._part} holds elements within elements, {_DEEPEST} deep")
            if inside[-1] == "si":
                said.clear()

        def end(name: str) -> None:
            if inside.pop() == "si":
                self._bytes += unescaped("".join(said).replace("&", "&amp;")).encode("utf-8", "surrogatepass")
                self._ends.append(len(self._bytes))

        def text(piece: str) -> None:
            if inside[-1] == "t" and "rPh" not in inside:
                said.append(piece)

        with self._source() as stream:
            read_elements(stream, self._part, begin, end, text)


def equal(left: Plain, right: Plain) -> bool:
    """Whether two cells hold the same; TRUE is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


class Comparison:
    """Compares the rows of one sheet, from top to bottom."""

    def __init__(self, tags: Tags, strings: SharedText) -> None:
        self._tags = tags
        self._strings = strings
        self._masters: dict[str, tuple[int, int, str]] = {}

    def same(self, number: int, old: Iterable[StoredCell], new: Iterable[StoredCell], given: Collection[int]) -> bool:
        """Whether a row's values and formulas stay. A formula without a value keeps the one it had, unless it was given none."""
        stored = {cell.column: cell for cell in old}
        for cell in stored.values():
            formula = cell.formula(self._tags) if b"shared" in cell.inner else None
            if formula is not None and formula.text and formula.attribute("t") == "shared":
                self._masters[formula.attribute("si")] = (number, cell.column, formula.text)
        for cell in new:
            before = stored.pop(cell.column, None)
            if before is not None and before.raw == cell.raw:
                continue
            holds = before is not None and before.holds_something(self._tags)
            if holds != cell.holds_something(self._tags):
                return False
            if before is not None and holds and not self._same(number, before, cell, cell.column in given):
                return False
        return not any(cell.holds_something(self._tags) for cell in stored.values())

    def _same(self, number: int, old: StoredCell, new: StoredCell, is_given: bool) -> bool:
        text = self._formula(number, new)
        if text != self._formula(number, old):
            return False
        value = new.value(self._tags, self._strings)
        if value is None and text is not None and not is_given:
            return True
        return equal(value, old.value(self._tags, self._strings))

    def _formula(self, number: int, cell: StoredCell) -> str | None:
        """A cell's formula in full, with the range that it spills over; None for a constant."""
        formula = cell.formula(self._tags)
        if formula is None:
            return None
        kind = formula.attribute("t")
        if kind == "shared" and not formula.text:
            row, column, text = self._masters.get(formula.attribute("si"), (number, cell.column, ""))
            return shifted(text, number - row, cell.column - column)
        return f"{{{formula.attribute('ref')}}}{formula.text}" if kind == "array" else formula.text
