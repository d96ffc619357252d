"""What stands where in a workbook, and how it is shown: pure descriptions, written by `building`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from xlsxwriter.utility import quote_sheetname

from xlsig.grid.addresses import Box, cell_at, cell_name
from xlsig.grid.book import Book, Content, Formula, TableBlock

ChartKind = Literal["line", "column", "bar"]
ChartArea = tuple[str, int, int, int, int]
"""Sheet, first row, first column, last row, last column."""

INK, MUTED, LINE, ACCENT, PAPER = "#1F2933", "#616E7C", "#CBD2D9", "#1F4E79", "#F5F7FA"
RED, AMBER, GREEN, GREY = "#C0392B", "#D68910", "#2E7D4F", "#7B8794"
SELL, BUY = "#C0392B", "#2874A6"
PALE = "#9AA5B1"
DATA_COLOUR = "#9AA5B1"
"""Of the tabs of sheets whose tables a refresh replaces."""
_BASE: Mapping[str, Any] = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "vcenter"}
_RULED: Mapping[str, Any] = {"bottom": 1, "bottom_color": LINE}
_NUMBERS: Mapping[str, str] = {
    "general": "General",
    "date": "d mmm yyyy",
    "bp": "0.0;−0.0;0.0",
    "z": "0.00;−0.00;0.00",
    "money": "#,##0;−#,##0;0",
    "index": "#,##0.00",
    "percent": "0%;−0%;0%",
    "percent1": "0.0%;−0.0%;0.0%",
    "rate": "0.0000%",
    "count": "0",
    "decimal": "0.00",
    "months": "0.0",
    "p": "0.000",
}
_ANSWER_UNITS: Mapping[str, str] = {"bp": '0.0" bp";−0.0" bp";0.0" bp"'}
_SPECIAL: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": ACCENT},
    "subtitle": {"font_color": MUTED},
    "section": {"font_size": 12, "bold": True, "font_color": ACCENT, "bottom": 2, "bottom_color": ACCENT},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True},
    "head_right": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True, "align": "right"},
    "note": {"text_wrap": True, "valign": "top", "bg_color": PAPER, "border": 1, "border_color": LINE, "font_size": 11},
    "state": {"bold": True, "font_size": 16, "align": "center", "font_color": "#FFFFFF", "bg_color": GREY},
    "label": {"bold": True},
    "claim": {"bold": True, "align": "center", "font_color": MUTED, **_RULED},
    "question": {"text_wrap": True, **_RULED},
    "why": {"text_wrap": True, "font_color": MUTED, "font_size": 9, "indent": 1, **_RULED},
    "reason": {"font_size": 9, "bold": True, "text_wrap": True, **_RULED},
    "plain_why": {"indent": 1, "font_color": MUTED, "font_size": 9, "text_wrap": True, "valign": "top"},
    "text": {"align": "left"},
    "right": {"align": "right"},
    "remark": {"align": "left", "indent": 1},
    "head_remark": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "indent": 1},
    "wrapped": {"align": "left", "text_wrap": True, "valign": "top"},
}


@dataclass(frozen=True)
class Series:
    """One line or set of bars: where its values stand."""

    name: str
    values: ChartArea
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
    categories: ChartArea
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
        row, column = cell_at(cell)
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
        row, column = cell_at(first)
        last_row, last_column = cell_at(last or first)
        reference = Box(row, column, last_row, last_column).fixed
        self.book.names[name] = f"{quote_sheetname(sheet)}!{reference}"
        return name

    def place(self, name: str) -> tuple[str, int, int]:
        """Sheet, row and column of the (first) cell that a name stands for, or that was marked with it."""
        if name in self.marks:
            return self.marks[name]
        sheet, _, area = self.book.names[name].rpartition("!")
        return (sheet.strip("'"), *cell_at(area.split(":")[0].replace("$", "")))

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
        row, column = cell_at(cell)
        self.book.sheets[sheet][row, column] = Formula(text, size)
        page = self.pages[sheet]
        for at, style in enumerate(styles):
            if header:
                page.styles[row, column + at] = heading(style)
            for below in range(row + header, row + size[0]):
                page.styles[below, column + at] = style
        area = f"{cell_name(row + header, column)}:{cell_name(row + size[0] - 1, column + size[1] - 1)}"
        self.condition(sheet, area, [{"type": "errors", "format": {"font_color": PALE}}])
        return area

    def condition(self, sheet: str, area: str, rules: Iterable[dict[str, Any]]) -> None:
        """Add conditional formats, the first that holds winning."""
        self.pages[sheet].conditions += [Condition(area, rule) for rule in rules]

    def chart(self, sheet: str, chart: Chart) -> None:
        """Add a native chart."""
        self.pages[sheet].charts.append(chart)


def properties(style: str) -> dict[str, Any]:
    """XlsxWriter's properties of a style: a special one, a number format, or a number format in a setting or answer cell.

    `answer_z` is an answer in the z format, `input_count` a setting that the user may change.
    """
    if style in _SPECIAL:
        return {**_BASE, **_SPECIAL[style]}
    kind, _, number = style.rpartition("_")
    look: Mapping[str, Any] = {
        "": {},
        "answer": {"bold": True, "align": "right", **_RULED},
        "input": {"align": "right", "bg_color": "#FFF8E1", "border": 1, "border_color": LINE},
    }[kind]
    unit = _ANSWER_UNITS.get(number, "") if kind == "answer" else ""
    return {**_BASE, "num_format": unit or _NUMBERS[number], **look}


def heading(style: str) -> str:
    """The style of a column's heading."""
    return {"text": "head", "wrapped": "head", "remark": "head_remark"}.get(style, "head_right")
