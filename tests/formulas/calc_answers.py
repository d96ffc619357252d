"""LibreOffice Calc's own answers to the formulas of a book: the independent check of ours."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from xlsxwriter.utility import xl_range

from checks.typing_office import TypingOffice
from xlsig.formulas.values import Value
from xlsig.grid.book import Book, Formula
from xlsig.grid.contents import ErrorCell, serial

NOT_RECALCULATED = 987_654_321


def write(book: Book, path: Path) -> None:
    """Write a book with a wrong value in every formula cell, so that a right one can only come from a recalculation."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        for sheet, cells in book.sheets.items():
            worksheet = workbook.add_worksheet(sheet)
            for (row, column), content in cells.items():
                if isinstance(content, Formula) and content.spill:
                    height, width = content.spill
                    block = xl_range(row, column, row + height - 1, column + width - 1)
                    worksheet.write_array_formula(block, f"{{{content.text}}}", None, NOT_RECALCULATED)
                elif isinstance(content, Formula):
                    worksheet.write_formula(row, column, content.text, None, NOT_RECALCULATED)
                elif isinstance(content, ErrorCell):
                    worksheet.write_formula(row, column, f"={content.code}", None, content.code)
                elif isinstance(content, bool | str | int | float):
                    worksheet.write(row, column, content)
                elif content is not None:
                    worksheet.write_number(row, column, serial(content))
            for table in book.tables.values():
                if table.sheet == sheet:
                    bottom, right = table.row + len(table.rows), table.column + len(table.columns) - 1
                    columns = [{"header": name} for name in table.columns]
                    worksheet.add_table(table.row, table.column, bottom, right, {"name": table.name, "columns": columns})
        for name, text in book.names.items():
            workbook.define_name(name, text if text.startswith("=") else f"={text}")


def answers(book: Book, calc: TypingOffice, folder: Path) -> dict[tuple[str, int, int], Value]:
    """What Calc shows in every filled cell of a book."""
    source = folder / "asked.xlsx"
    write(book, source)
    calc.open(source)
    answered = calc.save(folder / "answered.xlsx")
    return in_cells(openpyxl.load_workbook(answered, data_only=True))


def in_cells(workbook: openpyxl.Workbook) -> dict[tuple[str, int, int], Value]:
    """What stands in every filled cell of a workbook."""
    shown: dict[tuple[str, int, int], Value] = {}
    for worksheet in workbook.worksheets:
        for row in worksheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    shown[worksheet.title, cell.row - 1, cell.column - 1] = _plain(cell.value, cell.data_type)
    return shown


def _plain(value: Any, kind: str) -> Value:
    """A cell as openpyxl reads it: a day is its serial, an error an `ErrorCell`."""
    if isinstance(value, dt.datetime):
        return (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    return ErrorCell(value) if kind == "e" else value
