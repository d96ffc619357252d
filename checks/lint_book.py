"""What a lint needs to know of the whole workbook before it looks at sheets: names, tables, styles, strings, metadata."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from checks.grammar import BadFormulaError, mentions
from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import Box, box_of
from xlsig.ooxml.parts import MAIN, OFFICE, Relation, check_part, relations

M = f"{{{MAIN}}}"
R = f"{{{OFFICE}}}"

_NAME = re.compile(r"[^\W\d][\w.?\\]*|\\[\w.?\\]*")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[1-9]\d{0,6}|[Rr](\d*([Cc]\d*)?)?|[Cc]\d*")
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Column:
    """A table's column: its name and what its part says of its formulas."""

    name: str
    id: str
    formulas: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table as its part declares it. `box` is None where its reference cannot be read."""

    part: str
    sheet: str
    id: str
    name: str
    box: Box | None
    columns: tuple[Column, ...]
    counted: int
    header: bool
    totals: int
    filtered: str | None
    own_name: str


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its part, and where the part points. Chart sheets hold no cells."""

    name: str
    part: str
    pointers: tuple[Relation, ...]
    has_cells: bool


@dataclass(frozen=True)
class Styles:
    """How many there are of what cells, rows and conditions choose by number."""

    cells: int = 1
    differences: int = 0


@dataclass
class LintBook:
    """The workbook as far as every sheet depends on it."""

    package: zipfile.ZipFile
    part: str
    root: etree._Element
    pointers: tuple[Relation, ...]
    sheets: list[Sheet]
    tables: list[Table] = field(default_factory=list)
    styles: Styles = field(default_factory=Styles)
    strings: int = 0
    cell_metadata: int = 0
    value_metadata: int = 0
    books: int = 0
    chain: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sheet_names = {sheet.name.casefold() for sheet in self.sheets}
        self._columns = {table.name.casefold(): {column.name.casefold() for column in table.columns} for table in self.tables}

    def formula(self, text: str, where: str, *, union: bool = False) -> Iterator[str]:
        """What is wrong with a formula's text: grammar, unknown sheets, tables and columns."""
        try:
            found = mentions(text, union=union)
        except BadFormulaError as why:
            yield f"{where}: the formula {_short(text)} does not parse: {why}"
            return
        for sheet in sorted(found.sheets):
            if sheet.casefold() not in self.sheet_names:
                yield f"{where}: the formula {_short(text)} names the sheet {sheet!r}, which is not there"
        for book in sorted(found.books):
            if book > self.books:
                yield f"{where}: the formula {_short(text)} names the workbook [{book}], and there are {self.books} links"
        for table, column in sorted(found.columns, key=str):
            columns = self._columns.get(table.casefold())
            if columns is None:
                yield f"{where}: the formula {_short(text)} names the table {table}, which is not there"
            elif column is not None and _escaped(column) not in columns and column.casefold() not in columns:
                yield f"{where}: the formula {_short(text)} names the column {column!r}, which {table} has not"


def read_book(package: zipfile.ZipFile) -> LintBook:
    """The workbook of a package that the guard let in."""
    part = next(pointer.target for pointer in relations(package, "") if pointer.kind == "officeDocument")
    root = check_part(package.read(part), part)
    pointers = tuple(relations(package, part))
    by_id = {pointer.id: pointer for pointer in pointers}
    sheets, tables = [], []
    for entry in root.iter(f"{M}sheet"):
        pointer = by_id[entry.get(f"{R}id", "")]
        own = tuple(relations(package, pointer.target))
        sheet = Sheet(entry.get("name", ""), pointer.target, own, pointer.kind in ("worksheet", "xlMacrosheet"))
        sheets.append(sheet)
        tables += [
            _table(package, at.target, sheet.name)
            for at in own
            if at.kind == "table" and not at.external and at.target in package.NameToInfo
        ]
    by_kind = {pointer.kind: pointer.target for pointer in pointers if not pointer.external}
    metadata = _root(package, by_kind.get("sheetMetadata"))
    return LintBook(
        *(package, part, root, pointers, sheets, tables),
        styles=_styles(_root(package, by_kind.get("styles"))),
        strings=_count_strings(package, by_kind.get("sharedStrings")),
        cell_metadata=_children(metadata, "cellMetadata"),
        value_metadata=_children(metadata, "valueMetadata"),
        books=sum(1 for _ in root.iter(f"{M}externalReference")),
        chain=_chain(root, _root(package, by_kind.get("calcChain"))),
    )


def bad_name(name: str) -> bool:
    """Whether Excel would not accept this as a name of a range or a table."""
    return not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or _is_cell(name)


def _is_cell(name: str) -> bool:
    return bool(_CELL_LIKE.fullmatch(name)) and ((name[:1] in "RrCc" and box_of(name) is None) or box_of(name) is not None)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _escaped(column: str) -> str:
    return column.replace("\n", "_x000a_").casefold()


def _root(package: zipfile.ZipFile, part: str | None) -> etree._Element | None:
    return check_part(package.read(part), part) if part in package.NameToInfo and part is not None else None


def _children(root: etree._Element | None, name: str) -> int:
    found = None if root is None else root.find(f"{M}{name}")
    return 0 if found is None else len(found)


def _styles(root: etree._Element | None) -> Styles:
    return Styles() if root is None else Styles(_children(root, "cellXfs"), _children(root, "dxfs"))


def _count_strings(package: zipfile.ZipFile, part: str | None) -> int:
    if part is None:
        return 0
    count = 0
    with package.open(part) as stream:
        items = etree.iterparse(stream, events=("end",), tag=f"{M}si", resolve_entities=False, no_network=True, huge_tree=True)
        try:
            for _, item in items:
                count += 1
                item.clear(keep_tail=False)
                while item.getprevious() is not None:
                    del item.getparent()[0]
        except etree.XMLSyntaxError as why:
            raise PackageRefusal(f"{part} is not well-formed XML ({why.msg})") from None
    return count


def _chain(root: etree._Element, chain: etree._Element | None) -> dict[str, list[str]]:
    """The cells of the calculation chain, by sheet. An entry without a sheet's number has that of the entry before."""
    names = {entry.get("sheetId", ""): entry.get("name", "") for entry in root.iter(f"{M}sheet")}
    cells: dict[str, list[str]] = {}
    number = ""
    for entry in () if chain is None else chain.iter(f"{M}c"):
        number = entry.get("i", number)
        cells.setdefault(names.get(number, ""), []).append(entry.get("r", ""))
    return cells


def _table(package: zipfile.ZipFile, part: str, sheet: str) -> Table:
    root = check_part(package.read(part), part)
    columns = root.find(f"{M}tableColumns")
    filtered = root.find(f"{M}autoFilter")
    entries = [] if columns is None else columns.findall(f"{M}tableColumn")
    return Table(
        part=part,
        sheet=sheet,
        id=root.get("id", ""),
        name=root.get("displayName", ""),
        box=box_of(root.get("ref", "")),
        columns=tuple(_column(entry) for entry in entries),
        counted=int(columns.get("count") or len(entries)) if columns is not None else 0,
        header=root.get("headerRowCount", "1") != "0",
        totals=int(root.get("totalsRowCount", "0")),
        filtered=None if filtered is None else filtered.get("ref", ""),
        own_name=root.get("name", ""),
    )


def _column(entry: etree._Element) -> Column:
    formulas = (entry.findtext(f"{M}{kind}") for kind in ("calculatedColumnFormula", "totalsRowFormula"))
    return Column(entry.get("name", ""), entry.get("id", ""), tuple(text for text in formulas if text))
