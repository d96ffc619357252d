"""The regions dashboard: where the selling came from, through which products, and whether longs or shorts drove it."""

from __future__ import annotations

from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Chart, Layout, Series
from xlsig.workbooks.model import Formula
from xlsig.workbooks.styles import SELL
from xlsig.workbooks.templates import parts
from xlsig.workbooks.templates.sectors import bars

FRONT = "Regions"


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig regions")
    page = book.sheet(FRONT, parts.FRONT_COLOUR, (22, 13, 12, 13, 10, 9, 8, 24, 3, 27, 14))
    parts.title(book, FRONT, "Regions", inputs, "K")
    first = 3
    products = parts.panel(book, FRONT, first, 0, parts.REGIONS, 8)
    bars(book, FRONT, f"B{first + 4}:B{first + 9}")
    row = parts.panel(book, FRONT, products, 0, parts.PRODUCTS, 8)
    right = parts.panel(book, FRONT, first, 9, parts.DRIVER, 2)
    book.put_at(FRONT, right, 9, "Largest global selling since", "section")
    book.put_at(FRONT, right, 10, None, "section")
    since = "FASTEST_SINCE(Flows[date],Flows[world],5)"
    book.put_at(FRONT, right + 1, 9, Formula(f"={since}"), "date")
    book.put_at(FRONT, right + 1, 10, Formula("=FASTEST_MONTHS(Flows[date],Flows[world],5)"), "count")
    book.merge(FRONT, f"J{right + 3}:K{right + 3}", Formula(parts.claims_explanation(since)), "plain_why")
    for at, (heading, rows, cell) in enumerate(
        (("Net flow by region, five sessions", (first + 3, first + 8), "A"), ("Net flow by product", (products + 3, products + 4), "G"))
    ):
        book.chart(
            FRONT,
            Chart(
                heading,
                (FRONT, rows[0], 0, rows[1], 0),
                (Series("net flow", (FRONT, rows[0], 1, rows[1], 1), SELL, kind="bar"),),
                f"{cell}{row + 1}",
                ((520, 300), (460, 300))[at],
                number_format="#,##0",
                reverse=True,
            ),
        )
    page.print_area = f"A1:K{row + 17}"
    parts.settings(book, inputs, ("week_window",))
    parts.data(book, inputs, "Data regions", ("RegionWeek", "ProductWeek", "Week", "RegionHistory"))
    parts.data(book, inputs, "Data sessions", ("Flows",))
    parts.about(book, inputs)
    return book
