"""The workbook that refreshes are measured on (five sheets, two tables of 15 columns, three charts), and the rows that it gets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COLUMNS = ("date", "sector", *(f"value_{number}" for number in range(1, 14)))
TABLES = {"Flows": "Flows data", "Spreads": "Spreads data"}
ROWS = 750
_SECTORS = ("Energy", "Materials", "Industrials", "Financials", "Health Care", "Utilities", "Real Estate")
_FIRST = dt.date(2000, 1, 3)
_MODULUS = 1 << 31

Row = tuple[dt.date | str | float, ...]


def rows(count: int, seed: int) -> Iterator[Row]:
    """So many rows, one at a time: a date, a sector, thirteen numbers with three decimals."""
    state = seed
    for number in range(count):
        values = []
        for _ in range(13):
            state = (state * 1_103_515_245 + 12_345) % _MODULUS
            values.append((state // 64 % 2_000_003 - 1_000_001) / 1_000)
        yield (_FIRST + dt.timedelta(days=number % 20_000), _SECTORS[state // 64 % 7], *values)


def write_book(path: Path, seed: int = 1) -> None:
    """The workbook with XlsxWriter: a front sheet with charts, notes, formulas over both tables, two sheets of data."""
    import xlsxwriter

    workbook = xlsxwriter.Workbook(str(path))
    front, notes, summary = (workbook.add_worksheet(name) for name in ("Front", "Notes", "Summary"))
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for table, name in TABLES.items():
        sheet = workbook.add_worksheet(name)
        columns = [{"header": column} for column in COLUMNS]
        sheet.add_table(0, 0, ROWS, len(COLUMNS) - 1, {"name": table, "columns": columns})
        fill(sheet, day, rows(ROWS, seed))
    for row in range(40):
        notes.write_string(row, 0, f"Note {row}: read before the meeting")
        summary.write_formula(row, 0, f"=SUM(Flows[value_{row % 13 + 1}])", None, "")
        summary.write_formula(row, 1, f"=AVERAGE(Spreads[value_{row % 13 + 1}])", None, "")
    for number, (kind, name) in enumerate(zip(("line", "column", "line"), (*TABLES.values(), "Flows data"), strict=True)):
        chart = workbook.add_chart({"type": kind})
        chart.add_series({"name": name, "categories": [name, 1, 0, ROWS, 0], "values": [name, 1, 2 + number, ROWS, 2 + number]})
        front.insert_chart(2 + 16 * number, 1, chart)
    workbook.close()


def fill(sheet: Any, day: Any, body: Iterator[Row]) -> None:
    """Rows below a header with XlsxWriter, each value by its own kind: its quickest way."""
    for number, (date, sector, *values) in enumerate(body, start=1):
        sheet.write_datetime(number, 0, date, day)
        sheet.write_string(number, 1, sector)
        for across, value in enumerate(values, start=2):
            sheet.write_number(number, across, value)


def refresh_ours(source: Path, destination: Path, data: dict[str, list[Row]]) -> None:
    """The tables replaced by the part editor."""
    from xlsig.ooxml import open_package

    with open_package(source, lock=False) as edit:
        for table, body in data.items():
            edit.replace_table(table, COLUMNS, body)
        edit.save(destination)


def refresh_openpyxl(source: Path, destination: Path, data: dict[str, list[Row]]) -> None:
    """The peer: load, fill, save."""
    import openpyxl

    workbook = openpyxl.load_workbook(source)
    for table, body in data.items():
        sheet = workbook[TABLES[table]]
        for down, row in enumerate(body, start=2):
            for across, value in enumerate(row, start=1):
                sheet.cell(down, across).value = value
    workbook.save(destination)
