"""What is put on a sheet: a table's new rows, if there is room, and the block of a formula whose answer spills."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, Box, box_of, cell_name, letters, place
from xlsig.grid.contents import ErrorCell, Plain
from xlsig.ooxml.body import BLOCK, Body, ValuesOfColumn
from xlsig.ooxml.filters import Hides
from xlsig.ooxml.own_cells import OwnCell, OwnCells
from xlsig.ooxml.parts import Tree
from xlsig.ooxml.references import Move, moved, shifted
from xlsig.ooxml.rows import SheetStream, StoredRow
from xlsig.ooxml.stored_cells import StoredCell, Tags, attribute, attributes_of, cells_in, escaped, style_in, without_type
from xlsig.ooxml.tables import TablePart

_KEPT_TEXTS = 50_000
_EXACT = 1 << 53
"""From here on a double does not hold every whole number."""

NOT_AVAILABLE = ErrorCell("#N/A")


@dataclass(frozen=True)
class ColumnFormula:
    """A calculated column: its formula as it reads in the table's first row, and how the file marks it."""

    text: str
    is_array: bool
    meta: str

    def element(self, down: int, cell: str, prefix: str) -> str:
        """The formula element so many rows below the first."""
        kind = f' t="array" ref="{cell}"' if self.is_array else ""
        return f"<{prefix}f{kind}>{escaped(shifted(self.text, down, 0))}</{prefix}f>"

    @property
    def is_constant(self) -> bool:
        """Whether it reads the same in every row."""
        return not self.is_array and shifted(self.text, 1, 0) == self.text


@dataclass
class Standing:
    """What a scan of the sheet found where a table stands and where it will stand."""

    first: dict[int, StoredCell] = field(default_factory=dict)
    last: dict[int, StoredCell] = field(default_factory=dict)
    totals: dict[int, StoredCell] = field(default_factory=dict)
    masters: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """Shared formulas that begin in the body: their group, row, column and text."""
    height: str = ""
    """How high the last row is, as new ones will be."""

    def has_formulas(self, table: TablePart, tags: Tags) -> list[bool]:
        """For each column of the table whether a formula fills it."""
        return [column.formula is not None or self._formula(at, tags) for at, column in enumerate(table.columns, start=table.box.left)]

    def _formula(self, column: int, tags: Tags) -> bool:
        cell = self.first.get(column)
        formula = None if cell is None else cell.formula(tags)
        return formula is not None and bool(formula.text)


def scan(table: TablePart, stream: SheetStream, new_last: int) -> Standing:
    """Read a sheet down to the table's last row, old or new. A person's own content in the way raises `PackageRefusal`."""
    found, tags, leaps = Standing(), stream.tags, True
    end = new_last + table.totals_rows
    for row in stream:
        if row.number > max(table.box.bottom, end):
            break
        if row.number < table.first:
            continue
        if row.number == table.first:
            found.first = _inside(row, table, tags)
        if row.number in (table.first, table.last):
            found.last = _inside(row, table, tags)
            found.height = "".join(f' {name}="{value}"' for name in ("ht", "customHeight") if (value := _attribute(row, name)))
        if row.number > table.box.bottom:
            for cell in _inside(row, table, tags).values():
                if cell.holds_something(tags):
                    where = place(table.sheet, row.number, cell.column)
                    raise PackageRefusal(f"{where} is not empty, and the table {table.name} would grow over it (to row {end + 1})")
        elif table.totals_rows and row.number == table.last + 1:
            found.totals = _inside(row, table, tags)
        elif b"shared" in row.raw and row.number <= table.last:
            for cell in _inside(row, table, tags).values():
                formula = cell.formula(tags)
                if formula is not None and formula.text and formula.attribute("t") == "shared":
                    found.masters[formula.attribute("si")] = (row.number, cell.column, formula.text)
        if leaps and row.number < table.last:
            leaps = stream.leap(table.last, unless=b"shared")
    return found


def _attribute(row: StoredRow, name: str) -> str:
    return attribute(row.attributes, name)


def _inside(row: StoredRow, table: TablePart, tags: Tags) -> dict[int, StoredCell]:
    return {cell.column: cell for cell in row.cells(tags) if table.box.left <= cell.column <= table.box.right}


def check_room(table: TablePart, new_last: int, others: Iterable[TablePart], merged: Iterable[Box]) -> None:
    """Refuse where another table or a merged cell is in the way."""
    box = table.box._replace(top=table.first, bottom=max(table.box.bottom, new_last + table.totals_rows))
    growth = box._replace(top=table.box.bottom + 1)
    for other in others:
        if growth.top <= growth.bottom and growth.meets(other.box):
            at = place(table.sheet, other.box.top, max(other.box.left, box.left))
            raise PackageRefusal(f"the table {other.name} begins at {at}, and the table {table.name} would grow over it")
    for area in merged:
        if box.meets(area):
            at = place(table.sheet, area.top, area.left)
            raise PackageRefusal(f"{at} is a merged cell ({area}), and the table {table.name} would run through it")


class Placement:
    """A table's new rows, ready to be written as cells."""

    def __init__(
        self, table: TablePart, body: Body, sources: Sequence[int | None], move: Move, standing: Standing, tags: Tags, own: OwnCells
    ) -> None:
        self.table = table
        self.body = body
        self.move = move
        self.standing = standing
        self.own = own
        self.left, self.right = table.box.left, table.box.right
        self.first, self.old_last, self.new_last = move.first, move.old_last, move.new_last
        self.totals_row = move.new_last + 1 if table.totals_rows else None
        self.last_touched = max(move.old_last, move.new_last) + table.totals_rows
        self.hidden: Hides | None = None
        self.sources = list(sources)
        self._tags = tags
        self._texts: dict[str, str] = {}
        self._rows: list[bytes] = []
        self.untold: list[Tree] = []
        self._stored_formulas = [self._formula(at) for at in range(len(table.columns))]
        self.formulas = self._stored_formulas
        self._constants: list[str] = []
        self._moves: Sequence[Move] = []
        self.follow([move])
        names = [letters(column) for column in range(self.left, self.right + 1)]
        self._names = [name.encode() for name in names]
        self.letters = frozenset(self._names)
        self._starts = [f'<{tags.prefix}c r="{name}' for name in names]
        self._new_styles = [self._style(standing.last.get(column) or standing.first.get(column)) for column in self._places()]
        self._looks = self._with_styles(self._new_styles)
        self._above = self._new_styles
        self._found: list[tuple[bytes, bytes]] = []

    def _places(self) -> range:
        """Its columns on the sheet."""
        return range(self.left, self.right + 1)

    def follow(self, moves: Sequence[Move]) -> None:
        """Let the formulas of columns and of a person's own cells follow the tables that moved."""
        self._moves = list(moves)
        self.formulas = [
            None if formula is None else replace(formula, text=moved(formula.text, self.table.sheet, moves))
            for formula in self._stored_formulas
        ]
        self._constants = [
            formula.element(0, "", self._tags.prefix) if formula is not None and formula.is_constant else "" for formula in self.formulas
        ]
        self._written = -1

    def _formula(self, at: int) -> ColumnFormula | None:
        """A column's formula: as it stands in the first row, else as the table describes it."""
        column = self.table.columns[at]
        if at in self.own.typed or (column.formula is None and self.sources[at] is not None):
            return None
        cell = None if at in self.own.described else self.standing.first.get(self.left + at)
        stored = None if cell is None else cell.formula(self._tags)
        if cell is not None and stored is not None and stored.text:
            return ColumnFormula(stored.text, stored.attribute("t") == "array", cell.attribute("cm"))
        if column.formula is None:
            return None
        return ColumnFormula(column.formula, column.is_array, "")

    def hides(self, row: int, stored: StoredRow | None) -> bool:
        """Whether the table's filter hides a data row."""
        at = row - self.first
        return self.hidden is not None and at < len(self.body) and self.hidden(self.body.row(at), self.styles(row, stored))

    @property
    def usual_styles(self) -> tuple[list[str], list[str]]:
        """The styles of its first and of its last row, as most rows have them."""
        return [self._style(self.standing.first.get(column)) for column in self._places()], self._new_styles

    def _with_styles(self, styles: Sequence[str]) -> list[str]:
        """What stands behind a cell's name, column by column: its style, and how a formula that spills is marked."""
        metas = ["" if formula is None else formula.meta for formula in self.formulas]
        return [
            '"' + (f' s="{style}"' if style else "") + (f' cm="{meta}"' if meta else "") for style, meta in zip(styles, metas, strict=True)
        ]

    def _style(self, cell: StoredCell | None) -> str:
        return "" if cell is None else style_in(cell.attributes)

    def styles(self, row: int, stored: StoredRow | None) -> list[str]:
        """The styles of a data row's cells: those that it had; a new row's are those of the row above, and so are a new cell's."""
        if row == self.first:
            self._above, self._found = self._new_styles, []
        if stored is None or row > self.old_last:
            return self._new_styles
        found = stored.looks(self._tags)
        if found != self._found:  # most rows look like the one above
            by_name = {name: style_in(rest) for name, rest in found}
            self._above = [by_name.get(name, above) for name, above in zip(self._names, self._above, strict=True)]
            self._found = found
        return self._above

    def covers(self, row: int) -> bool:
        """Whether the table stood or stands in a row."""
        return self.first <= row <= self.last_touched

    def values(self, row: int, column: int) -> ValuesOfColumn:
        """What a column of the table holds from a data row to the end of its block; None where only a formula stands."""
        block, inside = divmod(row - self.first, BLOCK)
        source = self.sources[column - self.left]
        rows = min(BLOCK, self.new_last + 1 - self.first - block * BLOCK)
        values: ValuesOfColumn = (None,) * rows if source is None or not len(self.body) else self.body.block(block)[source]
        return values[inside:]

    def cells(self, row: int, stored: StoredRow | None = None) -> bytes:
        """The cells of a data row and the row's closing tag, as XML; `stored` is the row that stood there."""
        styles, own = self.styles(row, stored), self.own.by_row.get(row)
        if own is not None or styles != self._new_styles:
            return self._single_row(row, self._with_styles(styles), own or {})
        block, inside = divmod(row - self.first, BLOCK)
        if block != self._written:
            close = self._tags.row_close
            first = self.first + block * BLOCK
            rows = range(first, min(first + BLOCK, self.new_last + 1))
            columns = self._columns(rows, [self.values(first, column) for column in self._places()], self._looks)
            self._rows = [("".join(cells) + close).encode() for cells in zip(*columns, strict=True)]
            self._written = block
        return self._rows[inside]

    def _single_row(self, row: int, looks: list[str], own: Mapping[int, OwnCell]) -> bytes:
        """A row that does not look as the new ones do, or holds cells that a person typed."""
        values = [self.values(row, column)[:1] for column in self._places()]
        cells = [cell for (cell,) in self._columns(range(row, row + 1), values, looks)]
        for at, cell in own.items():
            cells[at] = cell.xml(row, self.left + at, looks[at], self.table.sheet, self._moves, self._tags)
        return ("".join(cells) + self._tags.row_close).encode()

    def _columns(self, rows: range, values: Sequence[ValuesOfColumn], looks: Sequence[str]) -> Iterator[list[str]]:
        """The cells of some rows, column by column. A table without data keeps one empty row."""
        numbers = [str(row + 1) for row in rows]
        for at, (column, look) in enumerate(zip(values, looks, strict=True)):
            formula = self.formulas[at]
            yield (
                self._plain_column(at, numbers, column, look) if formula is None else self._formula_column(at, formula, rows, column, look)
            )

    def _plain_column(self, at: int, numbers: list[str], column: ValuesOfColumn, look: str) -> list[str]:
        start, p = self._starts[at], self._tags.prefix
        kinds = set(map(type, column))
        if kinds == {float} or (kinds == {int} and max(map(abs, column)) < _EXACT):
            open_value, close = f"{look}><{p}v>", f"</{p}v></{p}c>"
            return [f"{start}{number}{open_value}{value!r}{close}" for number, value in zip(numbers, column, strict=True)]
        typed = self._text if kinds == {str} else self._tags.typed
        return [f"{start}{number}{look}{typed(value)}" for number, value in zip(numbers, column, strict=True)]

    def _formula_column(self, at: int, formula: ColumnFormula, rows: range, column: ValuesOfColumn, look: str) -> list[str]:
        start, p, typed = self._starts[at], self._tags.prefix, self._tags.typed
        constant = self._constants[at]
        return [
            f"{start}{row + 1}{look}" + typed(value, constant or formula.element(row - self.first, cell_name(row, self.left + at), p))
            for row, value in zip(rows, column, strict=True)
        ]

    def _text(self, text: str) -> str:
        """What follows a text cell's name and style; the same few texts fill most columns."""
        written = self._texts.get(text)
        if written is None:
            written = self._tags.typed(text)
            if len(self._texts) < _KEPT_TEXTS:
                self._texts[text] = written
        return written

    def totals(self) -> dict[int, bytes]:
        """The cells of the totals row, where it stands now; formulas lose their value, since what they sum has changed."""
        out = {}
        for column, cell in self.standing.totals.items():
            attributes = _renamed(cell, cell_name(self.move.new_last + 1, column))
            formula = cell.formula(self._tags)
            if formula is None:
                out[column] = _element(self._tags, attributes, cell.inner)
                continue
            text = moved(formula.text, self.table.sheet, [self.move])
            element = formula.raw if text == formula.text else f"<{self._tags.prefix}f>{escaped(text)}</{self._tags.prefix}f>".encode()
            out[column] = _element(self._tags, without_type(attributes), element)
        return out


def _renamed(cell: StoredCell, name: str) -> bytes:
    kept = "".join(f' {key}="{escaped(value)}"' for key, value in attributes_of(cell.attributes).items() if key != "r")
    return f' r="{name}"{kept}'.encode()


def _element(tags: Tags, attributes: bytes, inner: bytes) -> bytes:
    p = tags.prefix.encode()
    return b"<%bc%b>%b</%bc>" % (p, attributes, inner, p) if inner else b"<%bc%b/>" % (p, attributes)


@dataclass
class Spill:
    """A formula's block as it will be: where, what goes into it, and how cells that are new to it look."""

    box: Box
    old: Box
    values: dict[tuple[int, int], Plain] = field(default_factory=dict)
    styles: dict[tuple[int, int], str] = field(default_factory=dict)


class RowsBelow:
    """The rows of a sheet from a row down, again and again from lower ones, each read once."""

    def __init__(self, rows: Iterable[tuple[int, bytes | None]], tags: Tags) -> None:
        self._coming = iter(rows)
        self._tags = tags
        self._read: deque[tuple[int, dict[int, StoredCell]]] = deque()

    def since(self, row: int) -> Iterator[tuple[int, dict[int, StoredCell]]]:
        """The cells by column of each row from this one down; no row above it is asked for again."""
        while self._read and self._read[0][0] < row:
            self._read.popleft()
        yield from self._read
        for number, xml in self._coming:
            if number >= row and xml is not None:
                self._read.append((number, cells_in(xml, self._tags)))
                yield self._read[-1]


def resized_spill(sheet: str, anchor: tuple[int, int], block: list[list[Plain]], rows: RowsBelow, tags: Tags) -> Spill:
    """Read the sheet's rows from the formula down. What the old answer left over is cleared; anything else in the way is refused."""
    row, column = anchor
    where = place(sheet, row, column)
    old, spill = None, Spill(Box(row, column, row, column), Box(row, column, row, column))
    seen: dict[int, dict[int, str]] = {}
    for number, cells in rows.since(row):
        if old is not None and number > max(old.bottom, spill.box.bottom):
            break
        if number == row:
            cell = cells.get(column)
            old = None if cell is None else _block_of(cell, tags)
            if cell is None or old is None:
                raise PackageRefusal(f"{where} holds no formula that spills")
            spill = _filled(anchor, block, old, is_fixed=not cell.attribute("cm"))
            if spill.box.bottom > LAST_ROW or spill.box.right > LAST_COLUMN:
                raise PackageRefusal(f"the answer of {where} does not fit on the sheet")
        if old is None:
            break
        _check_row(sheet, number, cells, old, spill, anchor, tags)
        if number <= spill.box.bottom:
            seen[number] = {cell.column: style_in(cell.attributes) for cell in _within(cells, spill.box.left, spill.box.right)}
    if old is None:
        raise PackageRefusal(f"{where} holds no formula that spills")
    spill.styles = {} if block == [[None]] else _styles_of_new_cells(spill.box, seen)
    return spill


def _block_of(cell: StoredCell, tags: Tags) -> Box | None:
    formula = cell.formula(tags)
    return None if formula is None or formula.attribute("t") != "array" else box_of(formula.attribute("ref"))


def _filled(anchor: tuple[int, int], block: list[list[Plain]], old: Box, *, is_fixed: bool) -> Spill:
    """The values by cell. An array formula entered with Ctrl+Shift+Enter keeps its size and shows #N/A where the answer is smaller."""
    row, column = anchor
    height, width = len(block), len(block[0])
    box = old if is_fixed else Box(row, column, row + height - 1, column + width - 1)
    spill = Spill(box, old)
    if block == [[None]]:  # a box may be as large as a sheet; its cells that are there lose their values as they are met
        spill.values[anchor] = None
        return spill
    for down in range(box.bottom - box.top + 1):
        for across in range(box.right - box.left + 1):
            at = (0 if height == 1 else down, 0 if width == 1 else across)
            value = block[at[0]][at[1]] if at[0] < height and at[1] < width else NOT_AVAILABLE
            spill.values[row + down, column + across] = value
    return spill


def _check_row(sheet: str, number: int, cells: dict[int, StoredCell], old: Box, spill: Spill, anchor: tuple[int, int], tags: Tags) -> None:
    for cell in _within(cells, anchor[1], max(old.right, spill.box.right)):
        column = cell.column
        was, will = old.holds(number, column), spill.box.holds(number, column)
        if (number, column) == anchor or not (was or will):
            continue
        is_own = was and cell.formula(tags) is None
        if not is_own and cell.holds_something(tags):
            where = place(sheet, number, column)
            raise PackageRefusal(f"{where} is not empty, and the answer of {place(sheet, *anchor)} would spill over it")
        if was and (number, column) not in spill.values:
            spill.values[number, column] = None


def _within(cells: dict[int, StoredCell], left: int, right: int) -> list[StoredCell]:
    """The cells of a row from one column to another."""
    if right - left > len(cells):
        return [cell for column, cell in cells.items() if left <= column <= right]
    return [cells[column] for column in range(left, right + 1) if column in cells]


def _styles_of_new_cells(box: Box, seen: Mapping[int, Mapping[int, str]]) -> dict[tuple[int, int], str]:
    """How the cells of a block look that are not in the file yet: like the one above. `seen` has the styles of those that are."""
    styles: dict[tuple[int, int], str] = {}
    above: dict[int, str] = {}
    for row in range(box.top, box.bottom + 1):
        here = seen.get(row, {})
        for column in range(box.left, box.right + 1):
            if column in here:
                above[column] = here[column]
            elif style := above.get(column):
                styles[row, column] = style
    return styles


def check_spill(sheet: str, anchor: tuple[int, int], box: Box, tables: Iterable[TablePart], merged: Iterable[Box]) -> None:
    """Refuse a block that would run into a table or a merged cell."""
    for table in tables:
        if box.meets(table.box):
            raise PackageRefusal(f"the answer of {place(sheet, *anchor)} would spill into the table {table.name}")
    for area in merged:
        if box.meets(area) and (area.top, area.left) != anchor:
            raise PackageRefusal(f"{place(sheet, area.top, area.left)} is a merged cell, and {place(sheet, *anchor)} would spill over it")
