"""The sectors dashboard: who sold, who bought, how unusual it is, against each sector's own year."""

from __future__ import annotations

from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Chart, Layout, Series
from xlsig.workbooks.model import Formula
from xlsig.workbooks.styles import ACCENT, AMBER, BUY, SELL
from xlsig.workbooks.templates import parts

FRONT = "Sectors"


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig sectors")
    page = book.sheet(FRONT, parts.FRONT_COLOUR, (24, 12, 12, 13, 9, 9, 8, 24, 3, 24, 12, 3))
    parts.title(book, FRONT, "Sectors", inputs, "K")
    row = 3
    below = parts.panel(book, FRONT, row, 0, parts.SECTORS, 8)
    bars(book, FRONT, f"B{row + 4}:B{row + 15}")
    shares = parts.Panel("Share of gross selling", 'FLOW_SHARES(sector_net,"selling")', (11, 1), ("percent1",), "", header=False)
    for spec in (parts.BREADTH, parts.SELLERS, parts.BUYERS):
        row = parts.panel(book, FRONT, row, 9, spec, 2)
    _shares(book, below, shares)
    area = (FRONT, 6, 0, 16, 0)
    book.chart(
        FRONT,
        Chart(
            "Net flow by sector, five sessions",
            area,
            (Series("net flow", (FRONT, 6, 1, 16, 1), SELL, kind="bar"),),
            f"A{below + 1}",
            (560, 380),
            number_format="#,##0",
            reverse=True,
        ),
    )
    book.chart(
        FRONT,
        Chart(
            "z-score and streak of each sector",
            area,
            (
                Series("z", (FRONT, 6, 4, 16, 4), ACCENT, kind="bar"),
                Series("streak (weeks)", (FRONT, 6, 5, 16, 5), AMBER, kind="bar"),
            ),
            f"F{below + 1}",
            (330, 380),
            number_format="0.0",
            reverse=True,
        ),
    )
    page.print_area = f"A1:K{below + 20}"
    parts.settings(book, inputs, ("week_window",))
    parts.data(book, inputs, "Data sectors", ("SectorWeek", "SectorHistory"))
    parts.data(book, inputs, "Data sessions", ("Flows",))
    parts.sector_names(book)
    parts.about(book, inputs)
    return book


def _shares(book: Layout, row: int, spec: parts.Panel) -> None:
    """Shares of gross selling beside the sectors' names."""
    book.put_at(FRONT, row, 9, spec.title, "section")
    book.put_at(FRONT, row, 10, None, "section")
    book.merge(FRONT, f"J{row + 2}:K{row + 2}", Formula(parts.claims_explanation(spec.call)), "plain_why")
    for at in range(11):
        book.put_at(FRONT, row + 2 + at, 9, Formula(f"=INDEX(sector_names,{at + 1})"), "text")
    book.spill(FRONT, f"K{row + 3}", f"={spec.call}", spec.size, spec.styles, header=False)


def bars(book: Layout, sheet: str, area: str) -> None:
    """Data bars in a column of net flows: selling red to the left, buying blue to the right."""
    rule = {"type": "data_bar", "bar_color": BUY, "bar_negative_color": SELL, "bar_solid": True, "data_bar_2010": True}
    book.condition(sheet, area, [rule])
