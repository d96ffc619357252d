"""A desk's small book for the tests of formulas: a sheet Desk to fill, a table of four sessions, a few names."""

from __future__ import annotations

import datetime as dt

import pytest

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.grid.book import Book, Content, Formula, TableBlock
from xlsig.grid.contents import CellResult

NETS = (2.0, -1.0, -3.0, -4.0)


def small_desk(**cells: Content) -> Book:
    """A sheet Desk with these cells, and the table Flows on the sheet Data, its header in B3."""
    book = Book(sheets={"Desk": {}}, names={"limit": "Settings!$A$1", "rate": "=0.05", "spread": "=limit*rate", "moves": "Settings!A1"})
    book.sheets["Settings"] = {(0, 0): 4}
    book.names["XYZ1"] = "2"
    for name, content in cells.items():
        book.sheets["Desk"][int(name[1:]) - 1, ord(name[0]) - 65] = content
    days = [dt.date(2025, 1, 2) + dt.timedelta(days=at) for at in range(4)]
    rows = tuple((day, net, Formula("=Flows[[#This Row],[net flow]]*2")) for day, net in zip(days, NETS, strict=True))
    book.add_table(TableBlock("Flows", "Data", 2, 1, ("date", "net flow", "twice"), rows))
    return book


def answer_of(text: str, spill: tuple[int, int] | None = None, **cells: Content) -> CellResult:
    """What a formula in Desk!Z1 gives."""
    return Evaluator(small_desk(Z1=Formula(text, spill), **cells)).formula("Desk", 0, 25)


def reason_of(text: str, spill: tuple[int, int] | None = None, **cells: Content) -> str:
    """Why a formula in Desk!Z1 has no value."""
    with pytest.raises(Uncomputable) as caught:
        answer_of(text, spill, **cells)
    return caught.value.reason
