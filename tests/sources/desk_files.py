"""A small desk: three frames as text, and the same as Parquet and Excel files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pandas as pd
import xlsxwriter

FLOWS = """date,region,sector,product,long_buys,long_sells,short_sales,short_covers
2025-01-02,NA,XLV,stocks,1,2,3,4
2025-01-03,North America,Health Care,stocks,1.5,2,3,4
2025-01-02,Europe,Index,ETF,10,0,0,0
2025-01-03,Europe,Index,ETF,0,20,0,0
"""
SPREADS = """date,contract,start,end,spread_bp
2025-01-03,H5/M5,2025-03-21,2025-06-20,99.3
2025-01-02,H5/M5,2025-03-21,2025-06-20,101.5
"""
PRICES = """date,close
2025-01-02,5873.40
2025-01-03,5881.20
"""
CONTRACTS = """date,contract,expiry,spot,future,dividends,rate
2021-12-01,Z1,2021-12-17,4513.04,4508.5,2.995319,0.0007956957
2021-12-01,H2,2022-03-18,4513.04,4502.5,19.081932,0.0008736756
"""


def write_desk(folder: Path, **changed: str | None) -> Path:
    """flows.csv, spreads.csv and prices.csv in a folder; a text given replaces a file's, None leaves it out."""
    for name, text in {"flows": FLOWS, "spreads": SPREADS, "prices": PRICES, **changed}.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def typed(text: str) -> pd.DataFrame:
    """The same rows with real dates and numbers."""
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False)
    for name in frame.columns.intersection(["date", "start", "end", "expiry"]):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def excel(sheets: dict[str, str], *, tables: bool = False, top: int = 0, left: int = 0) -> bytes:
    """A workbook with one sheet per text; with `tables`, each an Excel table called after its sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name, text in sheets.items():
        sheet = book.add_worksheet(f"{name} sheet" if tables else name)
        rows = list(csv.reader(io.StringIO(text)))
        for down, row in enumerate(rows, start=top):
            for right, cell in enumerate(row, start=left):
                write(sheet, down, right, cell)
        if tables:
            headers = [{"header": header} for header in rows[0]]
            block = (top, left, top + len(rows) - 1, left + len(rows[0]) - 1)
            sheet.add_table(*block, {"name": name.title(), "columns": headers})
    book.close()
    return stream.getvalue()


def write(sheet: xlsxwriter.worksheet.Worksheet, down: int, right: int, cell: str) -> None:
    """Text as a date, a number, an error formula or text, as it looks."""
    if cell.startswith("#"):
        sheet.write_formula(down, right, f"={cell}", None, cell)
        return
    try:
        sheet.write_datetime(down, right, dt.datetime.fromisoformat(cell))
    except ValueError:
        sheet.write(down, right, cell) if not cell.replace(".", "").isdigit() else sheet.write_number(down, right, float(cell))
