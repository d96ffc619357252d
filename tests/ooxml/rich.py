"""A workbook with everything in it that a refresh must not lose: XlsxWriter's part of it here, the rest from `rich_parts`."""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.ooxml.packing import pack, read
from tests.ooxml.rich_parts import Parts, add_parts
from tests.ooxml.vba_project import vba_project
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import serial

COLUMNS = ("date", "fund", "sector", "region", "net", "aum", "share")
SECTORS = ("Information Technology", "Energy", "Health Care", "Financials", "Utilities")
REGIONS = ("US", "EU", "APAC", "EM")
SHOWN = SECTORS[:3]
"""The sectors that the table's filter lets through."""
FIRST, ROWS = 4, 60
"""The table's first body row, counted from 0, and how many there are; its header stands above, its totals below."""
CREATED = dt.datetime(2025, 1, 3, 7, 0)


@dataclass(frozen=True)
class Rich:
    """What stands where in the workbook. The table's last column is calculated."""

    path: Path
    table: str
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    ref: str
    features: dict[str, tuple[str, str]]
    """By feature: the part that holds it, and a piece of text or bytes by which it is known there."""


def rich_rows(count: int = ROWS) -> tuple[tuple[Any, ...], ...]:
    """The table's rows without the calculated column. The same every time."""
    draw = random.Random(7)
    start = dt.date(2024, 10, 7)
    return tuple(
        (
            start + dt.timedelta(days=number + 2 * (number // 5)),
            f"FUND{number % 7:03d}",
            SECTORS[number % 5],
            REGIONS[number % 4],
            round(draw.gauss(-1.0, 5.0), 2),
            round(50 + draw.random() * 50, 2),
        )
        for number in range(count)
    )


def build_rich(path: Path) -> Rich:
    """Write the workbook. With the ending .xlsm it has a VBA project, with .xlsx none."""
    rows = rich_rows()
    macros = path.suffix == ".xlsm"
    _write(path, rows, macros)
    parts = Parts(read(path))
    features = add_parts(parts, rows)
    path.write_bytes(pack(parts.content))
    if macros:
        features["a VBA project"] = ("xl/vbaProject.bin", "\u00d0\u00cf\u0011\u00e0")
    ref = f"A{FIRST}:G{FIRST + ROWS + 1}"
    return Rich(path, "Flows", "Data", COLUMNS, rows, ref, features)


def _write(path: Path, rows: tuple[tuple[Any, ...], ...], macros: bool) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Desk", "author": "A person", "created": CREATED})
    book.set_custom_property("Owner", "equity desk")
    book.set_custom_property("Reviewed", 3, "number")
    if macros:
        book.add_vba_project(io.BytesIO(vba_project()), True)
        book.set_vba_name("ThisWorkbook")
    looks = {
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "bold": book.add_format({"bold": True}),
        "red": book.add_format({"font_color": "#C00000", "bg_color": "#FFE0E0"}),
        "open": book.add_format({"locked": False, "border": 1}),
    }
    sheets = {name: book.add_worksheet(name) for name in ("Data", "Dashboard", "Pivot", "Notes", "Lists", "Vault")}
    _data(sheets["Data"], rows, looks)
    _dashboard(book, sheets["Dashboard"], rows, looks)
    sheets["Pivot"].write_row(2, 0, ("Row Labels", "Sum of net"))
    _notes(sheets["Notes"], looks)
    sheets["Lists"].write_column(0, 0, REGIONS)
    sheets["Lists"].hide()
    sheets["Vault"].write(0, 0, 42)
    sheets["Vault"].very_hidden()
    _names(book)
    chart_sheet = book.add_chartsheet("Picture")
    chart_sheet.set_chart(_chart(book, "area", rows, "net on its own sheet"))
    book.close()


def _data(sheet: Any, rows: tuple[tuple[Any, ...], ...], looks: dict[str, Any]) -> None:
    """The table with a calculated column, totals, a filter that hides rows, and what a person put beside it."""
    last = FIRST + ROWS - 1
    total = sum(row[4] for row in rows)
    columns: list[dict[str, Any]] = [{"header": name} for name in COLUMNS]
    columns[0] |= {"format": looks["day"], "total_string": "Total"}
    columns[4] |= {"format": looks["money"], "total_function": "sum", "total_value": total}
    columns[5] |= {"format": looks["money"]}
    columns[6] |= {"format": looks["share"], "formula": "=Flows[[#This Row],[net]]/Flows[[#This Row],[aum]]"}
    data = [[serial(row[0]), *row[1:]] for row in rows]
    sheet.add_table(FIRST - 1, 0, last + 1, 6, {"name": "Flows", "columns": columns, "data": data, "total_row": True})
    for number, row in enumerate(rows, start=FIRST):
        sheet.write_formula(number, 6, "=Flows[[#This Row],[net]]/Flows[[#This Row],[aum]]", looks["share"], row[4] / row[5])
        if row[2] not in SHOWN:
            sheet.set_row(number, None, None, {"hidden": True})
    sheet.write("A1", "Daily flows", looks["bold"])
    sheet.write("I3", "my own note", looks["bold"])
    sheet.write_formula("I4", "=SUM(Flows[net])", looks["money"], total)
    sheet.write_formula("I5", f"=SUM(E{FIRST + 1}:E{last + 1})", looks["money"], total)
    sheet.write_comment("I3", "ask before you move this", {"author": "A person"})
    sheet.insert_textbox("K3", "What I watch: net", {"width": 160, "height": 40})
    sheet.freeze_panes(FIRST, 1)
    sheet.set_column(0, 0, 12)
    sheet.set_column(8, 8, 14, None, {"level": 1})
    sheet.conditional_format(FIRST, 4, last, 4, {"type": "data_bar", "data_bar_2010": True, "bar_axis_position": "middle"})
    sheet.conditional_format(FIRST, 5, last, 5, {"type": "icon_set", "icon_style": "3_traffic_lights"})
    sheet.conditional_format(FIRST, 6, last, 6, {"type": "cell", "criteria": "<", "value": -0.05, "format": looks["red"]})
    sheet.conditional_format(FIRST, 0, last, 0, {"type": "formula", "criteria": f"=$E{FIRST + 1}<0", "format": looks["bold"]})
    sheet.data_validation(FIRST, 2, last, 2, {"validate": "list", "source": list(SECTORS)})
    sheet.data_validation("I8", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1})
    for number in range(4):
        place = {"range": f"Data!$E${FIRST + 1 + number * 10}:$E${FIRST + 10 + number * 10}", "type": ("line", "column")[number % 2]}
        sheet.add_sparkline(8 + number, 8, {**place, "markers": True})
    sheet.print_area(0, 0, last + 1, 6)
    sheet.repeat_rows(FIRST - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&L&D&RDesk")
    sheet.set_h_pagebreaks([40])


def _dashboard(book: Any, sheet: Any, rows: tuple[tuple[Any, ...], ...], looks: dict[str, Any]) -> None:
    """Our functions with tables, ranges, names and each other as arguments; spills; charts; drawings."""
    nets, sectors = [[row[4]] for row in rows], [[row[2]] for row in rows]
    streak = CATALOGUE["SELLOFF_STREAK"].from_cells(nets)
    last = FIRST + ROWS
    sheet.write("A1", "Danger", looks["bold"])
    sheet.write_formula("B2", "=SELLOFF_STREAK(Flows[net])", None, streak)
    sheet.write_formula("B3", f"=SELLOFF_STREAK(Data!$E${FIRST + 1}:$E${last})", None, streak)
    sheet.write_formula("B4", "=SELLOFF_STREAK(NetColumn)", None, streak)
    sheet.write_formula("B5", "=DANGER_STATE(-3,-3,B2)", None, CATALOGUE["DANGER_STATE"].from_cells(-3, -3, streak))
    sheet.write_formula("B6", "=IF(B2>2,danger_level,0)+ToBps(0.01)", None, (1 if streak > 2 else 0) + 100)
    sheet.write_formula("B7", "='[1]Sheet1'!$A$1", None, 7)
    sheet.write_formula("B8", '=_xlfn.XLOOKUP("Energy",Flows[sector],Flows[net])', looks["money"], rows[1][4])
    sheet.write_formula("B9", "=SUM(_xlfn.ANCHORARRAY(P2))", None, sum(row[0] for row in _answer("SELLOFF_STREAK_HISTORY", nets)))
    _spill(sheet, 11, 0, "=TOP_SELLERS(Flows[sector],Flows[net],3)", _answer("TOP_SELLERS", sectors, nets, 3))
    _spill(sheet, 1, 15, "=SELLOFF_STREAK_HISTORY(Flows[net])", _answer("SELLOFF_STREAK_HISTORY", nets))
    _spill(sheet, 1, 17, "=_xlfn._xlws.SORT(_xlfn.UNIQUE(Flows[sector]))", [[sector] for sector in sorted(SECTORS)])
    sheet.insert_chart("D2", _chart(book, "line", rows, "net"))
    sheet.insert_chart("D18", _chart(book, "column", rows, "net as columns"))
    by_name = book.add_chart({"type": "line"})
    by_name.add_series(
        {"name": "streak", "values": "=Dashboard!$P$2:$P$61", "values_data": [row[0] for row in _answer("SELLOFF_STREAK_HISTORY", nets)]}
    )
    sheet.insert_chart("D34", by_name)
    sheet.insert_image("A20", "flag.png", {"image_data": io.BytesIO(_picture()), "description": "a red flag", "object_position": 2})
    sheet.insert_textbox("A26", "linked", {"textlink": "=$B$2", "object_position": 3})
    sheet.insert_button("A30", {"macro": "SayHello", "caption": "Say hello"})
    sheet.insert_checkbox("B34", True)
    sheet.write_boolean("B35", True)


def _spill(sheet: Any, row: int, column: int, formula: str, answer: list[list[Any]]) -> None:
    """A dynamic array with its true values in every cell."""
    bottom, right = row + len(answer) - 1, column + len(answer[0]) - 1
    sheet.write_dynamic_array_formula(row, column, bottom, right, formula, None, answer[0][0])
    for down, entries in enumerate(answer):
        for across, value in enumerate(entries):
            if down or across:
                sheet.write(row + down, column + across, "" if value is None else value)


def _answer(name: str, *arguments: Any) -> list[list[Any]]:
    answer = CATALOGUE[name].from_cells(*arguments)
    assert isinstance(answer, list), answer
    return answer


def _chart(book: Any, kind: str, rows: tuple[tuple[Any, ...], ...], title: str) -> Any:
    chart = book.add_chart({"type": kind})
    chart.add_series(
        {
            "name": ["Data", FIRST - 1, 4],
            "categories": ["Data", FIRST, 0, FIRST + ROWS - 1, 0],
            "values": ["Data", FIRST, 4, FIRST + ROWS - 1, 4],
            "categories_data": [serial(row[0]) for row in rows],
            "values_data": [row[4] for row in rows],
        }
    )
    chart.set_title({"name": title})
    return chart


def _notes(sheet: Any, looks: dict[str, Any]) -> None:
    """A person's own sheet: merged cells, links, rich text, comments, protection, printing."""
    sheet.merge_range("A1:D1", "Why did Europe turn?", looks["bold"])
    sheet.write_rich_string("A3", "mostly ", looks["bold"], "futures", " and some stock")
    sheet.write_comment("C3", "Why did EU flip?", {"author": "A person"})
    sheet.write_url("A5", "https://example.com/x?a=1&b=2", string="a page")
    sheet.write_url("A6", "internal:'Data'!A1", string="to the data")
    sheet.write("A8", '=HYPERLINK("http://example.com","no link")')
    sheet.write("A9", "+1 and <b> & “quotes”")
    sheet.write_formula("A10", "=SELLOFF_STREAK({-1;-2;3;-4})", looks["open"], 1)
    sheet.write("F1", "left", looks["open"])
    sheet.autofilter("F1:G4")
    sheet.protect("pw", {"select_locked_cells": True})
    sheet.set_footer("&CPage &P of &N")
    sheet.set_margins(0.3, 0.3)
    sheet.print_row_col_headers()
    sheet.set_tab_color("#C00000")


def _names(book: Any) -> None:
    last = FIRST + ROWS
    book.define_name("NetColumn", f"=Data!$E${FIRST + 1}:$E${last}")
    book.define_name("danger_level", "=_xlfn.LET(_xlpm.s,SUM(Flows[net]),IF(_xlpm.s<0,1,0))")
    book.define_name("ToBps", "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x*10000)")
    book.define_name("streak_now", "=SELLOFF_STREAK(Flows[net])")
    book.define_name("Notes!here", "=Notes!$A$1")


def _picture() -> bytes:
    """A small red PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    pixels = (b"\0" + b"\xc0\x20\x20" * 40) * 20
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">2L5B", 40, 20, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )
