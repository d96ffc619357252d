"""Write a layout as an .xlsx file: every formula with its value, spills as dynamic arrays, native charts, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import math
from collections import namedtuple
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlsig.errors import DataError, Problem
from xlsig.formulas import Evaluator, Uncomputable
from xlsig.functions.spelling import Host, stored, uses_ours
from xlsig.grid.addresses import cell_at, cell_name
from xlsig.grid.book import Book, Content, Formula, TableBlock
from xlsig.grid.contents import CellResult, ErrorCell, serial
from xlsig.ooxml.saved_file import check_free, replacing
from xlsig.ooxml.stored_cells import escaped, tags_of
from xlsig.ooxml.workbook import CALCULATED_BY
from xlsig.workbooks.layout import INK, LINE, MUTED, Chart, ChartArea, Layout, Page, Series, properties

CREATED = dt.datetime(2025, 1, 3, 7, 0)  # fixed, so that the same input gives the same bytes
_PATIENCE = 2.0  # seconds to wait for whoever has the file open
_WRAPPED = ("why", "plain_why", "note", "wrapped", "question")
_LINE_HEIGHT = {"note": 15.5, "why": 12.5, "plain_why": 12.5}
_CHARS = {"note": 1.08, "why": 1.38, "plain_why": 1.38, "question": 1.2, "wrapped": 1.1}

_TAGS = tags_of("")

ErrorConstant = namedtuple("ErrorConstant", "error, format")
"""An error as a constant, such as an entry of a spilled block."""


def build(layout: Layout, destination: Path, host: Host = "excel") -> Evaluator:
    """Write the workbook and return the values that stand in it.

    The file appears whole or not at all; one that a person has open is not replaced (`FileInUse`).
    """
    values = Evaluator(layout.book)
    destination.parent.mkdir(parents=True, exist_ok=True)
    check_free(destination, _PATIENCE)
    with replacing(destination, _PATIENCE, None) as stream:
        try:
            _write(layout, values, stream, host)
        except Uncomputable as reason:
            raise DataError([Problem(f"the workbook cannot be built from this data: {reason}", destination.name)]) from None
        except FileCreateError as failure:
            raise OSError(*failure.args) from failure
    return values


def _write(layout: Layout, values: Evaluator, stream: IO[bytes], host: Host) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(stream, options)
    workbook.set_properties({"title": layout.title, "author": "xlsig", "created": CREATED})
    workbook.set_calc_mode("auto", CALCULATED_BY)
    workbook.calc_on_load = False  # nothing is left for Excel, and a reader without the add-in would see #NAME?
    formats = _Formats(workbook)
    for name, page in layout.pages.items():
        sheet = workbook.add_worksheet(name, worksheet_class=ValuedWorksheet)
        _page(sheet, page, formats)
        _SheetWriter(sheet, name, page, layout.book, values, formats, host).write()
        _merge_and_fit(sheet, name, page, values, formats)
    for name, refers_to in layout.book.names.items():
        workbook.define_name(name, f"={refers_to}")
    for name, page in layout.pages.items():
        sheet = workbook.get_worksheet_by_name(name)
        for chart in page.charts:
            _chart(workbook, sheet, chart, values)
    workbook.close()


class _Formats:
    """XlsxWriter formats by style name, made once each."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[str, Format] = {}

    def __getitem__(self, style: str) -> Format:
        if style not in self._made:
            self._made[style] = self._workbook.add_format(properties(style))
        return self._made[style]

    def condition(self, look: dict[str, Any]) -> Format:
        return self._workbook.add_format(look)


def _page(sheet: Any, page: Page, formats: _Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, int(page.one_page))
    if page.repeated_row is not None:
        sheet.repeat_rows(page.repeated_row)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    if page.freeze != (0, 0):
        sheet.freeze_panes(*page.freeze)
    if page.colour:
        sheet.set_tab_color(page.colour)
    if page.print_area:
        sheet.print_area(page.print_area)
    for column, width in page.widths.items():
        sheet.set_column(column, column, width)
    for row, height in page.heights.items():
        sheet.set_row(row, height)
    for condition in page.conditions:
        options = dict(condition.options)
        if "format" in options:
            options["format"] = formats.condition(options["format"])
        sheet.conditional_format(condition.area, options)


class _SheetWriter:
    """Writes the cells of one sheet."""

    def __init__(self, sheet: Any, name: str, page: Page, book: Book, values: Evaluator, formats: _Formats, host: Host) -> None:
        self._sheet, self._name, self._page = sheet, name, page
        self._book, self._values, self._formats, self._host = book, values, formats, host

    def write(self) -> None:
        """Tables first, then every cell, then the styles of cells that hold nothing."""
        for table in self._book.tables.values():
            if table.sheet == self._name:
                self._table(table)
        cells = self._book.sheets[self._name]
        for (row, column), content in cells.items():
            if isinstance(content, Formula):
                self._formula(row, column, content)
            else:
                self._constant(row, column, content)
        for (row, column), style in self._page.styles.items():
            if (row, column) not in cells and self._values.value(self._name, row, column) is None:
                self._sheet.write_blank(row, column, None, self._formats[style])

    def _format(self, row: int, column: int) -> Format:
        return self._formats[self._page.styles.get((row, column), "general")]

    def _constant(self, row: int, column: int, content: Content) -> None:
        style = self._format(row, column)
        if content is None or content == "":
            self._sheet.write_blank(row, column, None, style)
        elif isinstance(content, ErrorCell):
            self._sheet.write_error(row, column, content, style)
        elif isinstance(content, bool):
            self._sheet.write_boolean(row, column, content, style)
        elif isinstance(content, str):
            self._sheet.write_string(row, column, content, style)
        elif isinstance(content, dt.date):
            self._sheet.write_number(row, column, serial(content), style)
        else:
            self._sheet.write_number(row, column, content, style)

    def _formula(self, row: int, column: int, content: Formula) -> None:
        answer = self._values.formula(self._name, row, column)
        if self._host == "values":
            for at, entries in enumerate(answer if isinstance(answer, list) else [[answer]]):
                for across, entry in enumerate(entries):
                    self._constant(row + at, column + across, entry)
            return
        text = stored(content.text, self._host)
        if content.spill is not None:
            self._spill(row, column, text, answer)
        elif self._host == "officejs" and uses_ours(content.text):
            self._array(row, column, row, column, text, answer)
        else:
            self._sheet.write_formula(row, column, text, self._format(row, column), answer)

    def _array(self, row: int, column: int, last_row: int, last_column: int, text: str, answer: Any) -> None:
        self._sheet.write_dynamic_array_formula(row, column, last_row, last_column, text, self._format(row, column), answer)

    def _spill(self, row: int, column: int, text: str, answer: CellResult) -> None:
        block = answer if isinstance(answer, list) else [[answer]]
        height, width = len(block), len(block[0])
        self._array(row, column, row + height - 1, column + width - 1, text, block[0][0])
        for at, entries in enumerate(block):
            for across, entry in enumerate(entries):
                if at or across:
                    self._constant(row + at, column + across, entry)

    def _table(self, table: TableBlock) -> None:
        last_row, last_column = table.row + len(table.rows), table.column + len(table.columns) - 1
        columns = [{"header": name, "header_format": self._format(table.row, table.column + at)} for at, name in enumerate(table.columns)]
        options = {"name": table.name, "columns": columns, "style": None, "autofilter": False}
        self._sheet.add_table(table.row, table.column, last_row, last_column, options)


def _merge_and_fit(sheet: Any, name: str, page: Page, values: Evaluator, formats: _Formats) -> None:
    """Merge areas without losing what stands in them, and make rows high enough for wrapped text."""
    widths: dict[tuple[int, int], float] = {}
    for area in page.merges:
        first, last = (cell_at(cell) for cell in area.split(":"))
        sheet.merge.append([*first, *last])
        widths[first] = sum(page.widths.get(column, 8.43) for column in range(first[1], last[1] + 1))
        style = formats[page.styles[first]]
        for row in range(first[0], last[0] + 1):
            for column in range(first[1], last[1] + 1):
                if (row, column) != first:
                    sheet.write_blank(row, column, None, style)
    heights: dict[int, float] = {}
    for (row, column), style_name in page.styles.items():
        if style_name in _WRAPPED:
            said = values.value(name, row, column)
            width = widths.get((row, column), page.widths.get(column, 8.43)) * _CHARS[style_name]
            lines = _lines(said, width) if isinstance(said, str) else 1
            heights[row] = max(heights.get(row, 15.0), 3 + lines * _LINE_HEIGHT.get(style_name, 13.5))
    for row, height in heights.items():
        sheet.set_row(row, page.heights.get(row, height))


def _lines(text: str, width: float) -> int:
    """How many lines a text takes, wrapped at words."""
    lines, left = 1, width
    for word in text.split():
        if len(word) > left:
            lines, left = lines + 1, width
        left -= len(word) + 1
    return max(lines, math.ceil(len(text) / max(width, 1)))


def _chart(workbook: Any, sheet: Any, chart: Chart, values: Evaluator) -> None:
    kinds = dict.fromkeys(series.kind for series in chart.series)
    made = {kind: workbook.add_chart({"type": kind, **({"subtype": "stacked"} if kind == "column" else {})}) for kind in kinds}
    for series in chart.series:
        made[series.kind].add_series(_series(chart, series, values))
    first, *others = made.values()
    for other in others:
        first.combine(other)
    font = {"name": "Calibri", "size": 9, "color": MUTED}
    first.set_title({"name": chart.title, "name_font": {"name": "Calibri", "size": 11, "color": INK}, "overlay": False})
    first.set_legend({"position": "bottom", "font": font} if len(chart.series) > 1 else {"none": True})
    first.set_size({"width": chart.size[0], "height": chart.size[1]})
    category_axis = {"num_font": font, "line": {"color": LINE}, "label_position": "low", "major_tick_mark": "none"}
    if chart.dates:
        category_axis |= {"date_axis": True, "num_format": "mmm yy", "major_unit": 1, "major_unit_type": "months"}
    elif "line" in kinds:
        category_axis |= {"interval_unit": 7}
    if chart.reverse:
        category_axis |= {"reverse": True}
    plain = {"num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#E4E7EB"}}, "line": {"none": True}}
    title_font = {"name": "Calibri", "size": 9, "bold": False, "color": MUTED}
    value_axis = {**plain, "num_format": chart.number_format, "name": chart.left_title, "name_font": title_font}
    horizontal = "bar" in kinds  # XlsxWriter's x axis is the one along the bottom, also for bars
    first.set_x_axis(value_axis if horizontal else category_axis)
    first.set_y_axis(category_axis if horizontal else value_axis)
    if chart.right_title:
        first.set_y2_axis(
            {"num_font": font, "num_format": "0.0", "name": chart.right_title, "name_font": title_font, "line": {"none": True}}
        )
    first.show_blanks_as("span")
    sheet.insert_chart(chart.at, first)


def _series(chart: Chart, series: Series, values: Evaluator) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": series.name,
        "categories": list(chart.categories),
        "categories_data": _cached(chart.categories, values),
        "values": list(series.values),
        "values_data": _cached(series.values, values),
    }
    if series.right_axis:
        shown["y2_axis"] = True
    if series.kind == "line":
        shown["line"] = {"color": series.colour, "width": 1.5} | ({"dash_type": "dash"} if series.dashed else {})
        if series.marker_only:
            shown["line"] = {"none": True}
            shown["marker"] = {"type": "diamond", "size": 9, "fill": {"color": series.colour}, "border": {"color": series.colour}}
    else:
        shown |= {"fill": {"color": series.colour}, "border": {"none": True}, "gap": 40}
        if series.negative:
            shown |= {"invert_if_negative": True, "invert_if_negative_color": series.negative}
    return shown


def _cached(area: ChartArea, values: Evaluator) -> list[Any]:
    """What a chart shows before it is recalculated; a missing point is left out, never 0."""
    sheet, first_row, first_column, last_row, last_column = area
    cells = (values.value(sheet, row, column) for row in range(first_row, last_row + 1) for column in range(first_column, last_column + 1))
    return [None if cell is None or isinstance(cell, ErrorCell) else cell for cell in cells]


class ValuedWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is not typed
    """Writes what XlsxWriter has no call for: errors as values, and formulas whose value is an error, text or boolean."""

    def write_error(self, row: int, column: int, error: ErrorCell, style: Format) -> None:
        """Place an error as a constant."""
        self._check_dimensions(row, column)
        self.table[row][column] = ErrorConstant(error, style)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if kind == "Number":
            self._valued(row, col, cell, cell.number)
        elif kind == "Formula":
            self._valued(row, col, cell, cell.value, formula=cell.formula)
        elif kind == "ArrayFormula":
            self._valued(row, col, cell, cell.value, formula=cell.formula, spill=cell.range)
        elif kind == "ErrorConstant":
            self._valued(row, col, cell, cell.error)
        else:
            super()._write_cell(row, col, cell)

    def _valued(self, row: int, column: int, cell: Any, value: Any, *, formula: str = "", spill: str = "") -> None:
        style = f' s="{cell.format._get_xf_index()}"' if cell.format else ""
        meta = ' cm="1"' if spill else ""
        kind = f' t="array" ref="{spill}"' if spill else ""
        calculated = f"<f{kind}>{escaped(formula)}</f>" if formula else ""
        self.fh.write(f'<c r="{cell_name(row, column)}"{style}{meta}{_TAGS.typed(value, calculated)}')
