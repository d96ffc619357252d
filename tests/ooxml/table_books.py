"""Small workbooks with one table, written by hand where XlsxWriter would be too tidy, and what a test reads back."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

from checks.lint import lint
from tests.ooxml.packing import HEAD, KIND, MAIN, OFFICE, PACKAGE, SHEET, TYPES, WORKBOOK, changed, minimal, save
from tests.ooxml.validator import sdk_errors

TABLE = "xl/tables/table1.xml"
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>day</t></is></c><c r="B1" t="inlineStr"><is><t>net</t></is></c></row>'
    '<row r="2"><c r="A2"><v>45660</v></c><c r="B2"><v>1.5</v></c></row><row r="3"><c r="A3"><v>45663</v></c><c r="B3"><v>-2</v></c></row>'
)
"""The table A1:B3 with the columns day and net."""
DATA = [[45660, 1.5], [45663, -2.0]]
"""The same as data."""
COLUMNS = ("day", "net")


def hand_made(
    path: Path, rows: str = ROWS, *, tail: str = "", columns: str = "", table: str = "", sheet: str = "", names: str = ""
) -> Path:
    """A workbook with the table T on the sheet Desk. `rows` go into the sheet's data, `tail` behind it; the rest replaces a default."""
    parts = minimal()
    described = columns or '<tableColumn id="1" name="day"/><tableColumn id="2" name="net"/>'
    count = described.count("<tableColumn ")
    about = table or f'ref="A1:B3" totalsRowShown="0"><autoFilter ref="A1:B3"/><tableColumns count="{count}">{described}</tableColumns>'
    parts[TABLE] = f'{HEAD}<table xmlns="{MAIN}" id="1" name="T" displayName="T" {about}</table>'.encode()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/table" Target="../tables/table1.xml"/></Relationships>'
    ).encode()
    parts[SHEET] = (HEAD + (sheet or _sheet(rows, tail))).encode()
    parts = changed(parts, TYPES, "</Types>", f'<Override PartName="/{TABLE}" ContentType="{KIND}.table+xml"/></Types>')
    if names:
        parts = changed(parts, WORKBOOK, "</sheets>", f"</sheets><definedNames>{names}</definedNames>")
    return save(path, parts)


def _sheet(rows: str, tail: str) -> str:
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><dimension ref="A1:B3"/><sheetData>{rows}</sheetData>{tail}'
        '<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>'
    )


def desk_book(path: Path, rows: int = 4) -> Path:
    """A workbook of XlsxWriter: the table Flows with a calculated column, and a person's formulas, chart and formats on it."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    data, own = book.add_worksheet("Data"), book.add_worksheet("My notes")
    day, money = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.00"})
    columns = [{"header": name} for name in ("date", "sector", "net")]
    columns.append({"header": "double", "formula": "=Flows[[#This Row],[net]]*2"})
    data.add_table(0, 0, rows, 3, {"name": "Flows", "columns": columns})
    for row in range(1, rows + 1):
        data.write_number(row, 0, 45659 + row, day)
        data.write_string(row, 1, "Energy")
        data.write_number(row, 2, row, money)
        data.write_formula(row, 3, "=Flows[[#This Row],[net]]*2", None, row * 2)
    own.write_formula("A1", f"=SUM(Data!$C$2:$C${rows + 1})", None, sum(range(1, rows + 1)))
    own.write_formula("A2", "=SUM(Flows[net])", None, 7)
    own.write_string("A3", "mine")
    chart = book.add_chart({"type": "line"})
    values = list(range(1, rows + 1))
    chart.add_series({"categories": ["Data", 1, 0, rows, 0], "values": ["Data", 1, 2, rows, 2], "values_data": values})
    own.insert_chart("C3", chart)
    data.conditional_format(1, 2, rows, 2, {"type": "cell", "criteria": "<", "value": 0, "format": money})
    data.data_validation(1, 1, rows, 1, {"validate": "list", "source": ["Energy", "Utilities"]})
    book.define_name("net_column", f"=Data!$C$2:$C${rows + 1}")
    book.define_name("first_net", "=Data!$C$2")
    book.close()
    return path


def flows(count: int) -> list[list[Any]]:
    """Rows for the table Flows."""
    return [[45659 + row, "Utilities" if row % 2 else "Energy", row / 4] for row in range(1, count + 1)]


FLOW_COLUMNS = ("date", "sector", "net")


def part(path: Path, name: str) -> str:
    """A part's text."""
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def changed_parts(before: Path, after: Path) -> set[str]:
    """The parts that differ between two packages, or are in one of them only."""
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        names = set(old.namelist()) | set(new.namelist())
        return {name for name in names if not (name in old.namelist() and name in new.namelist() and old.read(name) == new.read(name))}


def cells(path: Path, sheet: str) -> list[list[Any]]:
    """A sheet as another library reads it."""
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def cell_xml(path: Path, name: str, sheet: str = SHEET) -> str:
    """One cell's element; empty if it is not there."""
    found = re.search(rf'<(\w+:)?c r="{name}"[^>]*?(/>|>.*?</(\w+:)?c>)', part(path, sheet), re.DOTALL)
    return found.group() if found else ""


def assert_sound(path: Path) -> None:
    """Neither our lint nor the SDK's validator finds anything."""
    assert lint(path) == []
    assert sdk_errors(path) == []
