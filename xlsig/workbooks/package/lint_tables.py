"""Tables against the cells they stand on, and against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from xlsig.workbooks.package.lint_book import LintBook, M, Sheet, Table
from xlsig.workbooks.package.lint_cells import Cells

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def table_findings(book: LintBook, sheet: Sheet, tables: list[Table], cells: Cells) -> Iterator[str]:
    """What is wrong with the tables of a sheet."""
    strings = _strings(book, set(cells.numbered.values()))
    for table in tables:
        yield from _shape(table)
        yield from _columns(table)
        yield from _formulas(book, table)
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


def _formulas(book: LintBook, table: Table) -> Iterator[str]:
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
