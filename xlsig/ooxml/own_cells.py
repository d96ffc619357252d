"""A person's own cells inside a table that is given new rows: which they are, and beside which new rows they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xlsig.grid.addresses import cell_name
from xlsig.grid.contents import Plain
from xlsig.ooxml.body import Body
from xlsig.ooxml.references import Move, moved, shifted
from xlsig.ooxml.rows import StoredRow
from xlsig.ooxml.stored_cells import SharedText, StoredCell, Tags, attributes_of, escaped
from xlsig.ooxml.tables import TablePart

Columns = Sequence[int]
"""Columns of a table, counted from its first."""


@dataclass(frozen=True)
class OwnCell:
    """A cell that a person typed: the row that it stood in, and its formula as it read there."""

    row: int
    cell: StoredCell
    formula: str | None

    def xml(self, row: int, column: int, look: str, sheet: str, moves: Sequence[Move], tags: Tags) -> str:
        """The cell in another row: its formula moves along, `look` is how that row's cell looks."""
        p, name = tags.prefix, cell_name(row, column)
        kept = "".join(f' {key}="{escaped(value)}"' for key, value in attributes_of(self.cell.attributes).items() if key not in ("r", "s"))
        start = f'<{p}c r="{name}{look}{kept}'
        stored = self.cell.formula(tags)
        if self.formula is None or stored is None:
            return f"{start}>{self.cell.inner.decode()}</{p}c>"
        kind = f' t="array" ref="{name}"' if stored.attribute("t") == "array" else ""
        text = moved(shifted(self.formula, row - self.row, 0), sheet, moves)
        return f"{start}><{p}f{kind}>{escaped(text)}</{p}f>{self.cell.inner.replace(stored.raw, b'', 1).decode()}</{p}c>"


@dataclass
class OwnCells:
    """What a person typed into the columns of a table that the data do not bring."""

    typed: set[int] = field(default_factory=set)
    """The columns without a formula of their own: blank in new rows."""
    described: set[int] = field(default_factory=set)
    """The columns whose formula is the one that the table describes, whatever stands in the first row."""
    by_row: dict[int, dict[int, OwnCell]] = field(default_factory=dict)
    """The cells by new row and column."""
    lost: dict[int, list[OwnCell]] = field(default_factory=dict)
    """By column: what stood beside rows that the data no longer have."""


@dataclass
class _Column:
    """The cells of a column, and how many follow from either formula that may be the column's."""

    first: str | None
    described: str | None
    cells: dict[int, OwnCell] = field(default_factory=dict)
    rows: int = 0

    def is_in(self, formula: str | None, first_row: int, cell: OwnCell) -> bool:
        return formula is not None and cell.formula == shifted(formula, cell.row - first_row, 0)


def own_cells(
    table: TablePart,
    rows: Iterable[StoredRow],
    body: Body,
    sources: Sequence[int | None],
    key: Sequence[str],
    tags: Tags,
    strings: SharedText,
) -> OwnCells:
    """Read a table's old rows for cells that neither the data nor a column's formula fill, and give each the new row with the same key.

    `key` names the columns that tell rows apart; the second of two alike goes with the second.
    """
    places = [at for name in key for at, source in enumerate(sources) if source is not None and body.columns[source] == name]
    columns, keys = _read(table, rows, sources, places, tags, strings)
    found = OwnCells()
    cells: dict[int, dict[int, OwnCell]] = {}
    for at, column in columns.items():
        formula = _column_formula(table, at, column)
        if formula is None:
            found.typed.add(at)
        elif formula != column.first:
            found.described.add(at)
        for row, cell in column.cells.items():
            if not column.is_in(formula, table.first, cell):
                cells.setdefault(row, {})[at] = cell
    if cells:
        _place(found, cells, keys, _new_rows(table, body, [sources[at] for at in places]))
    return found


_Key = tuple[tuple[Plain, ...], int]
"""What tells a row apart, and how many rows before it have the same."""


def _read(
    table: TablePart, rows: Iterable[StoredRow], sources: Sequence[int | None], key: Columns, tags: Tags, strings: SharedText
) -> tuple[dict[int, _Column], dict[int, _Key]]:
    left = table.box.left
    columns = {at: _Column(None, table.columns[at].formula) for at, source in enumerate(sources) if source is None}
    masters: dict[str, tuple[int, int, str]] = {}
    keys: dict[int, _Key] = {}
    counts: dict[tuple[Plain, ...], int] = {}
    for row in rows:
        if row.number > table.last:
            break
        if row.number < table.first:
            continue
        cells = {cell.column: cell for cell in row.cells(tags)}
        values = tuple(_plain(cells.get(left + at), tags, strings) for at in key)
        counts[values] = counts.get(values, -1) + 1
        keys[row.number] = (values, counts[values])
        for at, column in columns.items():
            cell = cells.get(left + at)
            if cell is None or not cell.holds_something(tags):
                continue
            text = _formula_text(row.number, cell, masters, tags)
            column.cells[row.number] = OwnCell(row.number, cell, text)
            if row.number == table.first:
                column.first = text
    return columns, keys


def _plain(cell: StoredCell | None, tags: Tags, strings: SharedText) -> Plain:
    value = None if cell is None else cell.value(tags, strings)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _formula_text(row: int, cell: StoredCell, masters: dict[str, tuple[int, int, str]], tags: Tags) -> str | None:
    formula = cell.formula(tags)
    if formula is None:
        return None
    if formula.attribute("t") != "shared":
        return formula.text
    group = formula.attribute("si")
    if formula.text:
        masters[group] = (row, cell.column, formula.text)
    began = masters.get(group)
    return formula.text if began is None else shifted(began[2], row - began[0], cell.column - began[1])


def _column_formula(table: TablePart, at: int, column: _Column) -> str | None:
    """A column's own formula: the one that the table describes, or that stands in the first row, if it fills more of the column.

    A column that the table describes no formula for has one only if all its cells follow from the first.
    """
    in_first = sum(column.is_in(column.first, table.first, cell) for cell in column.cells.values())
    if column.described is None:
        rows = table.last - table.first + 1
        return column.first if in_first == rows else None
    in_described = sum(column.is_in(column.described, table.first, cell) for cell in column.cells.values())
    return column.described if column.first is None or in_described > in_first else column.first


def _new_rows(table: TablePart, body: Body, key: Sequence[int | None]) -> dict[_Key, int]:
    found: dict[_Key, int] = {}
    counts: dict[tuple[Plain, ...], int] = {}
    for number, row in enumerate(body, start=table.first):
        values = tuple(_as_float(row[at]) for at in key if at is not None)
        counts[values] = counts.get(values, -1) + 1
        found[values, counts[values]] = number
    return found


def _as_float(value: Plain) -> Plain:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _place(found: OwnCells, cells: dict[int, dict[int, OwnCell]], keys: dict[int, _Key], new_rows: dict[_Key, int]) -> None:
    for row, own in cells.items():
        to = new_rows.get(keys[row])
        if to is not None:
            found.by_row[to] = own
            continue
        for at, cell in own.items():
            found.lost.setdefault(at, []).append(cell)
