"""One sheet as a whole: what its areas, merged cells, spills, tables and conditions may not do to each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from lxml import etree

from checks.lint_book import LintBook, M, Sheet, Table
from checks.lint_cells import Cells
from checks.lint_package import unknown_ids
from xlsig.grid.addresses import Box, box_of

_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_CONDITIONS = (f"{M}formula", f"{M}formula1", f"{M}formula2", f"{_XM}f")


def sheet_findings(book: LintBook, sheet: Sheet) -> Iterator[str]:
    """All of them. Rows are read in a stream and forgotten; the rest of the sheet is small."""
    tables = [table for table in book.tables if table.sheet == sheet.name]
    headers = frozenset(
        (table.box.top, column) for table in tables if table.box and table.header for column in range(table.box.left, table.box.right + 1)
    )
    cells = Cells(book, sheet, headers)
    with book.package.open(sheet.part) as stream:
        rows = etree.iterparse(stream, events=("end",), tag=f"{M}row", resolve_entities=False, no_network=True, huge_tree=True)
        try:
            for _, row in rows:
                yield from cells.row(row)
                row.clear(keep_tail=False)
                while row.getprevious() is not None:
                    del row.getparent()[0]
        except etree.XMLSyntaxError as why:
            yield f"{sheet.part} is not well-formed XML ({why.msg})"
            return
    root = rows.root
    merged = [(f"the merged cells {area}", box) for area, box in _boxes(root, "mergeCell", "ref") if box is not None]
    taken = [(f"the table {table.name}", table.box) for table in tables if table.box]
    spills = [(f"the array {box}", box) for box in cells.arrays.values()]
    yield from _areas(root, sheet)
    yield from _meetings(sheet, merged + taken + spills)
    yield from _inside_spills(cells)
    yield from _formulas(book, sheet, root)
    yield from _differences(book, sheet, root)
    yield from unknown_ids(book.package, sheet.part, root)
    yield from table_findings(book, sheet, tables, cells)
    yield from _calculated_first(book, cells)


def _boxes(root: etree._Element, tag: str, attribute: str) -> Iterator[tuple[str, Box | None]]:
    for element in root.iter(f"{M}{tag}"):
        reference = element.get(attribute, "")
        yield reference, box_of(reference)


def _areas(root: etree._Element, sheet: Sheet) -> Iterator[str]:
    for tag, attribute in (
        ("mergeCell", "ref"),
        ("hyperlink", "ref"),
        ("autoFilter", "ref"),
        ("dimension", "ref"),
        ("selection", "activeCell"),
    ):
        for reference, box in _boxes(root, tag, attribute):
            if box is None and not (tag == "selection" and not reference):
                yield f"{sheet.name}: the {tag} {reference!r} is no block of cells"
    for element in root.iter(etree.Element):
        areas = element.get("sqref") if element.tag != f"{_XM}sqref" else element.text or ""
        if areas is not None:
            for area in areas.split() or [""]:
                if not is_area(area):
                    yield f"{sheet.name}: the area {area!r} of a {etree.QName(element).localname} cannot be read"


def is_area(text: str) -> bool:
    """Whether a text is a block of cells, or whole rows or columns as Excel writes them in a sheet: A1:XFD3, A:C or 1:3."""
    if box_of(text) is not None:
        return True
    first, _, last = text.replace("$", "").partition(":")
    if first.isdecimal() and last.isdecimal():
        return box_of(f"A{first}:A{last}") is not None
    return first.isalpha() and last.isalpha() and box_of(f"{first}1:{last}1") is not None


def _meetings(sheet: Sheet, blocks: list[tuple[str, Box]]) -> Iterator[str]:
    """Blocks that may not share a cell and do. From top to bottom, each with those that have not ended."""
    going: list[tuple[str, Box]] = []
    for name, box in sorted(blocks, key=lambda block: block[1]):
        going = [(other, there) for other, there in going if there.bottom >= box.top]
        for other, there in going:
            if there.meets(box):
                yield f"{sheet.name}: {name} meets {other}"
        going.append((name, box))


def _inside_spills(cells: Cells) -> Iterator[str]:
    for anchor, box in cells.arrays.items():
        area = (box.bottom - box.top + 1) * (box.right - box.left + 1)
        if area <= len(cells.formulas):
            places: Iterable[tuple[int, int]] = (
                (row, column) for row in range(box.top, box.bottom + 1) for column in range(box.left, box.right + 1)
            )
            inside = [place for place in places if place in cells.formulas]
        else:
            inside = [place for place in cells.formulas if box.holds(*place)]
        for place in sorted(inside):
            if place != anchor:
                yield f"{cells.sheet.name}: the array {box} covers the formula in {Box(*place, *place)}"


def _formulas(book: LintBook, sheet: Sheet, root: etree._Element) -> Iterator[str]:
    """Conditions, validations and sparklines."""
    for element in root.iter(*_CONDITIONS):
        text = (element.text or "").removeprefix("=")
        if element.getparent() is not None and text:
            yield from book.formula(text, f"{sheet.name}: a {etree.QName(element.getparent()).localname}", union=True)


def _differences(book: LintBook, sheet: Sheet, root: etree._Element) -> Iterator[str]:
    for rule in root.iter(f"{M}cfRule"):
        number = rule.get("dxfId")
        if number is not None and int(number) >= book.styles.differences:
            yield f"{sheet.name}: a condition uses the format {number} of {book.styles.differences}"
    for column in root.iter(f"{M}col"):
        number = column.get("style")
        if number is not None and int(number) >= book.styles.cells:
            yield f"{sheet.name}: a column's style {number} is not among the {book.styles.cells} styles"
    spans = sorted((int(column.get("min", 0)), int(column.get("max", 0))) for column in root.iter(f"{M}col"))
    for (_, last), (first, _) in pairwise(spans):
        if first <= last:
            yield f"{sheet.name}: the widths of column {first} are given twice"


def _calculated_first(book: LintBook, cells: Cells) -> Iterator[str]:
    """The calculation chain names cells that hold formulas."""
    for element in book.chain.get(cells.sheet.name, ()):
        box = box_of(element)
        if box is None or (
            (box.top, box.left) not in cells.formulas and not any(there.holds(box.top, box.left) for there in cells.arrays.values())
        ):
            yield f"{cells.sheet.name}!{element}: the calculation chain names it, and it has no formula"


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def table_findings(book: LintBook, sheet: Sheet, tables: list[Table], cells: Cells) -> Iterator[str]:
    """What is wrong with the tables of a sheet."""
    strings = _strings(book, set(cells.numbered.values()))
    for table in tables:
        yield from _shape(table)
        yield from _columns(table)
        yield from _column_formulas(book, table)
        if table.header and table.box is not None:
            for at, column in enumerate(table.columns[: table.box.right - table.box.left + 1]):
                place = table.box.top, table.box.left + at
                shown = cells.texts.get(place)
                if shown is None and place in cells.numbered:
                    shown = strings.get(cells.numbered[place])
                if shown is None:
                    yield f"{table.part}: no text heads the column {column.name!r}"
                elif _plain(shown) != _plain(column.name):
                    yield f"{table.part}: the column {column.name!r} is headed {shown!r}"


def _shape(table: Table) -> Iterator[str]:
    if table.box is None:
        yield f"{table.part}: its cells cannot be read"
        return
    width, height = table.box.right - table.box.left + 1, table.box.bottom - table.box.top + 1
    if width != len(table.columns) or table.counted != len(table.columns):
        yield f"{table.part}: it spans {width} columns, says {table.counted} and lists {len(table.columns)}"
    if height < table.header + 1 + table.totals:
        yield f"{table.part}: it spans {height} rows, too few for its header, a row and its totals"
    if table.filtered is not None:
        expected = table.box._replace(bottom=table.box.bottom - table.totals)
        if table.filtered.replace("$", "") != str(expected):
            yield f"{table.part}: its filter covers {table.filtered}, its header and rows {expected}"


def _columns(table: Table) -> Iterator[str]:
    for what, values in (("name", [column.name.casefold() for column in table.columns]), ("id", [column.id for column in table.columns])):
        for twice, times in Counter(values).items():
            if times > 1:
                yield f"{table.part}: {times} columns have the {what} {twice!r}"
    if any(not column.name for column in table.columns):
        yield f"{table.part}: a column has no name"


def _column_formulas(book: LintBook, table: Table) -> Iterator[str]:
    for column in table.columns:
        for text in column.formulas:
            yield from book.formula(text.removeprefix("="), f"{table.part}, column {column.name!r}")


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text).replace("\r\n", "\n")


def _strings(book: LintBook, wanted: set[int]) -> dict[int, str]:
    """Some shared strings by number."""
    part = next((pointer.target for pointer in book.pointers if pointer.kind == "sharedStrings"), None)
    found: dict[int, str] = {}
    if part is None or not wanted:
        return found
    with book.package.open(part) as stream:
        items = etree.iterparse(stream, events=("end",), tag=f"{M}si", resolve_entities=False, no_network=True, huge_tree=True)
        for number, (_, item) in enumerate(items):
            if number in wanted:
                runs = item.xpath("m:t|m:r/m:t", namespaces={"m": M.strip("{}")})
                found[number] = "".join(run.text or "" for run in runs)
            item.clear(keep_tail=False)
            while item.getprevious() is not None:
                del item.getparent()[0]
    return found
