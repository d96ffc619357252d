"""The regions dashboard: where the selling came from, through which products, and whether longs or shorts drove it."""

from __future__ import annotations

from xlsig.grid.book import Formula
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import BUY, SELL, Chart, Layout, Series
from xlsig.workbooks.templates import blocks
from xlsig.workbooks.templates.checks import data_line

FRONT = "Regions"
SINCE = "FASTEST_SINCE(Flows[date],Flows[world],5)"


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig regions")
    page = book.sheet(FRONT, blocks.FRONT_COLOUR, (26, 13, 12, 13, 10, 9, 8, 24, 3, 28, 22))
    page.one_page = True
    blocks.title(book, FRONT, "Regions", "K")
    data_line(book, FRONT, "A3:K3")
    top = 3
    products = blocks.panel(book, FRONT, top, 0, blocks.REGIONS, 8)
    book.name("answer_regions", FRONT, f"H{top + 9}")
    below = blocks.panel(book, FRONT, products, 0, blocks.PRODUCTS, 8)
    _since(book, blocks.panel(book, FRONT, top, 9, blocks.DRIVER, 2))
    groups = (
        ("Net flow by region, five sessions", top + 2, 6, "A", (470, 280)),
        ("Net flow by product", products + 2, 2, "E", (430, 280)),
    )
    for heading, first, entries, letter, size in groups:
        last = first + entries - 1
        flows = Series("net flow", (FRONT, first, 1, last, 1), BUY, kind="bar", negative=SELL)
        chart = Chart(heading, (FRONT, first, 0, last, 0), (flows,), f"{letter}{below + 1}", size, number_format="#,##0", reverse=True)
        book.chart(FRONT, chart)
    end = blocks.why(book, FRONT, below + 15, 10)
    page.print_area = f"A1:K{end}"
    blocks.settings(book, inputs, ("week_window",))
    blocks.data(book, inputs, "Data regions", ("RegionWeek", "ProductWeek", "Week", "RegionHistory"))
    blocks.data(book, inputs, "Data sessions", ("Flows",))
    blocks.about(book, inputs)
    return book


def _since(book: Layout, row: int) -> None:
    blocks.section(book, FRONT, row, 9, "Largest global selling", 2)
    book.pages[FRONT].reasons.append(("Largest global selling", SINCE))
    for at, (label, call, style) in enumerate(
        (("since", SINCE, "date"), ("complete months", "FASTEST_MONTHS(Flows[date],Flows[world],5)", "count")), start=row + 1
    ):
        book.put_at(FRONT, at, 9, label, "text")
        book.put_at(FRONT, at, 10, Formula(f"={call}"), style)
