"""Which tables of a workbook are ours: by name, by columns where a person renamed them; and which of ours became plain cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from xlsig.errors import PackageRefusal
from xlsig.formulas.named_cells import mentioned
from xlsig.grid.addresses import Box, place
from xlsig.grid.book import Book, Content
from xlsig.grid.formula_text import tokens
from xlsig.ooxml import Edit
from xlsig.ooxml.tables import TablePart
from xlsig.workbooks.inputs import InputTable

_MARK = "Provenance"
"""The table that every dashboard ever built has."""
_LATER = ("Checks", "Inputs", "Reasons")
"""Those that every dashboard has now, and older ones lack."""
_COMMON = frozenset({"date", "close", "net", "sector", "region", "product"})
"""Columns that a person's own table may well have: one with no others is not known by them."""


def our_tables(edit: Edit, known: Mapping[str, InputTable]) -> dict[str, TablePart]:
    """Ours by the name that we know them by.

    A table of our name is ours if it has our columns, whatever other columns a person added; refused if it lacks some, and the person's
    own if it lacks most. Where that alone does not tell, the sheet does: ours have their name above the first heading and stand together.
    One of our name and columns that stands apart in a dashboard is told of before it is written over. A renamed one is ours if it has
    our columns in our order; where these are such as anybody's table has, our name must stand above the first one. Two that may be the
    same one are refused.
    """
    found = _named(edit, known)
    judged = {name.lower() for name in known}
    renamed: dict[str, list[TablePart]] = {}
    for table in edit.tables.values():
        if table.name.lower() not in judged and (name := _renamed(table, known, found)) is not None:
            renamed.setdefault(name, []).append(table)
    sheets = {table.sheet for table in found.values()}
    sheets |= {table.sheet for name, fitting in renamed.items() for table in fitting if not _is_common(known[name])}
    for name, fitting in renamed.items():
        if _is_common(known[name]):
            fitting = [table for table in fitting if _is_proven(edit, table, known[name], sheets)]
        if len(fitting) > 1:
            names = " and ".join(table.name for table in fitting)
            raise PackageRefusal(
                f"the tables {names} all have the columns of {name}: name the one {name} that is to have the new rows, and leave the others"
            )
        found.update((name, table) for table in fitting)
    return found


def _named(edit: Edit, known: Mapping[str, InputTable]) -> dict[str, TablePart]:
    """Those that have our name."""
    by_name = {table.name.lower(): table for table in edit.tables.values()}
    namesakes = {name: table for name in known if (table := by_name.get(name.lower())) is not None}
    sure = {name: table for name, table in namesakes.items() if not _is_common(known[name]) and not _lacking(table, known[name])}
    found = {}
    for name, table in namesakes.items():
        is_among = any(other.sheet == table.sheet for another, other in sure.items() if another != name)
        if _is_ours(edit, table, known[name], is_among=is_among, is_dashboard=_MARK in sure):
            found[name] = table
    return found


def _is_ours(edit: Edit, table: TablePart, ours: InputTable, *, is_among: bool, is_dashboard: bool) -> bool:
    """Whether a table of our name is ours. `is_among`: others that surely are stand on its sheet."""
    lacking = _lacking(table, ours)
    if len(lacking) * 2 > len(ours.columns):
        return False
    if lacking:
        if is_among or _is_labelled(edit, table, ours):
            raise PackageRefusal(
                f"the table {table.name} lacks the column {lacking[0]!r}: put it back, or rename the table to keep it as it is"
            )
        return False
    if is_among and not _is_common(ours):
        return True
    if _is_labelled(edit, table, ours):
        return True
    added = [column for column in table.columns if column.name.lower() not in {name.lower() for name in ours.columns}]
    is_typed = any(column.formula is None for column in added)
    if added and (is_typed or not is_among if _is_common(ours) else is_typed and is_dashboard):
        if is_among:
            raise PackageRefusal(
                f"the table {table.name} has xlsig's columns and {added[0].name!r}: write {ours.name} into the cell above its first "
                "heading if it is to have the new rows, or rename it to keep it as it is"
            )
        return False
    if is_dashboard and not is_among and ours.name != _MARK:
        where = place(table.sheet, table.box.top, table.box.left)
        edit.tell(
            f"the table {table.name} at {where} has the name and the columns of one of xlsig's, so its rows are replaced: rename it to "
            "keep rows of your own"
        )
    return True


def _lacking(table: TablePart, ours: InputTable) -> list[str]:
    theirs = _columns(table)
    return [column for column in ours.columns if column.lower() not in theirs]


def _is_labelled(edit: Edit, table: TablePart, ours: InputTable) -> bool:
    """Whether our name stands above a table's first heading, where we put it."""
    above = (table.sheet, table.box.top - 1, table.box.left)
    return _lower(edit.value_of([above]).get(above)) == ours.name.lower()


def telling_columns(ours: InputTable) -> tuple[str, ...]:
    """The first columns of one of ours that tell its rows apart: the date of a session, the name of a sector."""
    for count in range(1, len(ours.columns)):
        if len({row[:count] for row in ours.rows}) == len(ours.rows):
            return ours.columns[:count]
    return ours.columns


def _is_common(ours: InputTable) -> bool:
    """Whether the columns of one of ours are such as anybody's table has: dates and closes, or sectors and flows."""
    return _COMMON.issuperset(ours.columns)


def _is_proven(edit: Edit, table: TablePart, ours: InputTable, sheets: Collection[str]) -> bool:
    """Whether a table with such columns is ours: our name stands above it. One that may be, since it stands among ours, is refused."""
    if _is_labelled(edit, table, ours):
        return True
    if table.sheet in sheets and _columns(table) == [column.lower() for column in ours.columns]:
        raise PackageRefusal(
            f"the table {table.name} stands among xlsig's and has the columns of {ours.name}: name it {ours.name} if it is to have the new "
            "rows, or move it to a sheet of your own"
        )
    return False


def lacks_later(known: Mapping[str, InputTable], found: Mapping[str, TablePart]) -> tuple[str, ...]:
    """Tables that a dashboard built by an older xlsig lacks. A workbook of a person's own around our tables lacks none."""
    return tuple(name for name in _LATER if name in known and name not in found) if _MARK in found else ()


def _renamed(table: TablePart, known: Mapping[str, InputTable], found: Mapping[str, TablePart]) -> str | None:
    """The one of ours that a table with another name is; None if it is none."""
    theirs = _columns(table)
    fitting = {name: ours for name, ours in known.items() if name not in found and _in_order(ours.columns, theirs)}
    most = max((len(ours.columns) for ours in fitting.values()), default=0)
    fitting = {name: ours for name, ours in fitting.items() if len(ours.columns) == most}
    if len(fitting) > 1:
        raise PackageRefusal(f"the table {table.name} has the columns of {' and '.join(fitting)}: give it back the name of the one it is")
    return next(iter(fitting), None)


def column_of(table: TablePart, name: str) -> int:
    """The column of the sheet in which one of a table's columns stands."""
    return table.box.left + _columns(table).index(name)


def _columns(table: TablePart) -> list[str]:
    return [column.name.lower() for column in table.columns]


def _in_order(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether our columns stand among theirs, in our order."""
    rest = iter(theirs)
    return all(column.lower() in rest for column in ours)


def check_lost(book: Book, known: Mapping[str, InputTable], found: Mapping[str, TablePart]) -> None:
    """Refuse a workbook that had one of our tables and has plain cells instead, by the table's name.

    It had it if a formula or a name still refers to the table, or if its headings stand side by side as plain cells, with the table's name
    above the first one or, unless anybody's table has such columns, with a formula or a name that refers to the cells below. Otherwise it
    never had it.
    """
    lacking = {name: ours for name, ours in known.items() if name not in found}
    for name in lacking:
        where = _calling(book, name)
        if where:
            raise PackageRefusal(f"{where} refers to the table {name}, which is not in the workbook: go back to a copy that has it")
    for name, sheet, area in _headings(book, lacking):
        is_labelled = _lower(book.sheets[sheet].get((area.top - 1, area.left))) == name.lower()
        if is_labelled or (not _is_common(known[name]) and _is_used(book, sheet, area)):
            raise PackageRefusal(
                f"the table {name} was turned into plain cells, which get no new rows (its headings begin at "
                f"{place(sheet, area.top, area.left)}): make them a table again (Insert, Table) named {name}, or go back to an older copy"
            )


def _calling(book: Book, table: str) -> str:
    """Where a formula or a defined name refers to a table that is not there; empty if none does."""
    wanted = table.lower()
    if wanted in {name.lower() for name in book.tables}:
        return ""
    for sheet, row, column, formula in book.formulas():
        if _calls(formula.text, wanted):
            return place(sheet, row, column)
    return next((f"the name {name}" for name, text in book.names.items() if _calls(text, wanted)), "")


def _calls(formula: str, table: str) -> bool:
    """Whether a formula refers to a part of a table, such as Flows[net]."""
    if f"{table}[" not in formula.lower():
        return False
    return any(one.kind == "name" and one.text.lower() == table and after.kind == "brackets" for one, after in pairwise(tokens(formula)))


def _headings(book: Book, lacking: Mapping[str, InputTable]) -> Iterator[tuple[str, str, Box]]:
    """Where the headings of tables stand in a row of plain cells: the table, the sheet, and the row's cells from the first heading on."""
    first = {ours.columns[0].lower() for ours in lacking.values()}
    for sheet, cells in book.sheets.items():
        inside = [
            Box(table.row, table.column, table.row + len(table.rows), table.column + len(table.columns) - 1)
            for table in book.tables.values()
            if table.sheet == sheet
        ]
        for (row, left), content in cells.items():
            if _lower(content) not in first or any(box.holds(row, left) for box in inside):
                continue
            headings = [_lower(content)]
            while heading := _lower(cells.get((row, left + len(headings)))):
                headings.append(heading)
            for name, ours in lacking.items():
                if ours.columns[0].lower() == headings[0] and _in_order(ours.columns, headings):
                    yield name, sheet, Box(row, left, row, left + len(headings) - 1)


def _lower(content: Content) -> str:
    return content.lower() if isinstance(content, str) else ""


def _is_used(book: Book, sheet: str, headings: Box) -> bool:
    """Whether a formula or a name refers to the row below some headings."""
    below = headings._replace(top=headings.top + 1, bottom=headings.top + 1)
    texts = [(formula.text, on) for on, _, _, formula in book.formulas()] + [(f"={text}", "") for text in book.names.values()]
    areas = (area for text, on in texts for area in mentioned(text, on).areas)
    return any(area.sheet.lower() == sheet.lower() and below.meets(Box(*area[1:])) for area in areas)
