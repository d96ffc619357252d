"""What stands where in a workbook, and how it is shown: pure descriptions, written by `building`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from xlsxwriter.utility import quote_sheetname, xl_cell_to_rowcol, xl_range_abs, xl_rowcol_to_cell

from xlsig.workbooks.model import Book, Content, Formula, TableBlock
from xlsig.workbooks.styles import PALE, heading

ChartKind = Literal["line", "column", "bar"]
Area = tuple[str, int, int, int, int]
"""Sheet, first row, first column, last row, last column."""


@dataclass(frozen=True)
class Series:
    """One line or set of bars: where its values stand."""

    name: str
    values: Area
    colour: str
    kind: ChartKind = "line"
    negative: str | None = None
    """Another colour for the bars below zero, which Excel knows and Calc 7.4 does not."""
    right_axis: bool = False
    dashed: bool = False
    marker_only: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart."""

    title: str
    categories: Area
    series: tuple[Series, ...]
    at: str
    size: tuple[int, int]
    dates: bool = False
    number_format: str = "General"
    left_title: str = ""
    right_title: str = ""
    reverse: bool = False


@dataclass(frozen=True)
class Condition:
    """A conditional format in XlsxWriter's terms."""

    area: str
    options: dict[str, Any]


@dataclass
class Page:
    """How one sheet is shown."""

    styles: dict[tuple[int, int], str] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    freeze: tuple[int, int] = (0, 0)
    colour: str = ""
    print_area: str = ""
    one_page: bool = False
    repeated_row: int | None = None
    reasons: list[tuple[str, str]] = field(default_factory=list)
    """Titles and calls of the panels on this sheet, for its Why section."""


@dataclass
class Layout:
    """A workbook: its cells, and a page of looks for each sheet. Cells are named as in Excel ("B4")."""

    title: str
    book: Book = field(default_factory=Book)
    pages: dict[str, Page] = field(default_factory=dict)
    marks: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """Cells that xlsig finds again without a defined name in the file."""

    def sheet(self, name: str, colour: str = "", widths: Sequence[float] = ()) -> Page:
        """Add a sheet."""
        self.book.sheets.setdefault(name, {})
        page = self.pages.setdefault(name, Page(colour=colour))
        page.widths.update(enumerate(widths))
        return page

    def put(self, sheet: str, cell: str, content: Content, style: str = "general") -> None:
        """Place a value or a formula."""
        row, column = xl_cell_to_rowcol(cell)
        self.put_at(sheet, row, column, content, style)

    def put_at(self, sheet: str, row: int, column: int, content: Content, style: str = "general") -> None:
        """Place by row and column, from 0."""
        if content is not None:
            self.book.sheets[sheet][row, column] = content
        self.pages[sheet].styles[row, column] = style

    def merge(self, sheet: str, area: str, content: Content, style: str) -> None:
        """Place over several cells as one."""
        self.put(sheet, area.split(":")[0], content, style)
        self.pages[sheet].merges.append(area)

    def name(self, name: str, sheet: str, cell: str) -> str:
        """Define a name for a cell or an area."""
        first, _, last = cell.partition(":")
        row, column = xl_cell_to_rowcol(first)
        last_row, last_column = xl_cell_to_rowcol(last or first)
        reference = xl_range_abs(row, column, last_row, last_column)
        self.book.names[name] = f"{quote_sheetname(sheet)}!{reference}"
        return name

    def place(self, name: str) -> tuple[str, int, int]:
        """Sheet, row and column of the (first) cell that a name stands for, or that was marked with it."""
        if name in self.marks:
            return self.marks[name]
        sheet, _, area = self.book.names[name].rpartition("!")
        return (sheet.strip("'"), *xl_cell_to_rowcol(area.split(":")[0].replace("$", "")))

    def table(self, table: TableBlock, styles: Sequence[str]) -> None:
        """Place an Excel Table with a style for each column."""
        page = self.sheet(table.sheet)
        self.book.add_table(table)
        for at, style in enumerate(styles):
            column = table.column + at
            page.styles[table.row, column] = heading(style)
            for row in range(table.row + 1, table.row + 1 + len(table.rows)):
                page.styles[row, column] = style

    def spill(self, sheet: str, cell: str, text: str, size: tuple[int, int], styles: Sequence[str], *, header: bool = True) -> str:
        """Place a formula that spills, with room for `size` rows × columns; returns the reserved area, header left out."""
        row, column = xl_cell_to_rowcol(cell)
        self.book.sheets[sheet][row, column] = Formula(text, size)
        page = self.pages[sheet]
        for at, style in enumerate(styles):
            if header:
                page.styles[row, column + at] = heading(style)
            for below in range(row + header, row + size[0]):
                page.styles[below, column + at] = style
        area = f"{xl_rowcol_to_cell(row + header, column)}:{xl_rowcol_to_cell(row + size[0] - 1, column + size[1] - 1)}"
        self.condition(sheet, area, [{"type": "errors", "format": {"font_color": PALE}}])
        return area

    def condition(self, sheet: str, area: str, rules: Iterable[dict[str, Any]]) -> None:
        """Add conditional formats, the first that holds winning."""
        self.pages[sheet].conditions += [Condition(area, rule) for rule in rules]

    def chart(self, sheet: str, chart: Chart) -> None:
        """Add a native chart."""
        self.pages[sheet].charts.append(chart)
