"""The sectors dashboard: who sold, who bought, how unusual it is, against each sector's own year."""

from __future__ import annotations

from xlsig.grid.book import Formula
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import ACCENT, AMBER, BUY, SELL, Chart, Layout, Series
from xlsig.workbooks.templates import blocks
from xlsig.workbooks.templates.checks import data_line

FRONT = "Sectors"
SHARES = blocks.Panel("Share of gross selling", 'FLOW_SHARES(sector_net,"selling")', (11, 1), ("percent1",), header=False)


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig sectors")
    page = book.sheet(FRONT, blocks.FRONT_COLOUR, (26, 12, 12, 13, 9, 9, 8, 24, 3, 26, 14))
    page.one_page = True
    blocks.title(book, FRONT, "Sectors", "K")
    data_line(book, FRONT, "A3:K3")
    top = 3
    below = blocks.panel(book, FRONT, top, 0, blocks.SECTORS, 8)
    book.name("answer_sectors", FRONT, f"H{top + 15}")
    sellers = blocks.panel(book, FRONT, top, 9, blocks.BREADTH, 2)
    buyers = blocks.panel(book, FRONT, sellers, 9, blocks.SELLERS, 2)
    row = blocks.panel(book, FRONT, buyers, 9, blocks.BUYERS, 2)
    for at in (1, 2, 3):
        book.name(f"answer_seller_{at}", FRONT, f"J{sellers + 2 + at}")
    _shares(book, row)
    first, last = top + 2, top + 12
    names = (FRONT, first, 0, last, 0)

    def column(at: int) -> tuple[str, int, int, int, int]:
        return (FRONT, first, at, last, at)

    flows = Series("net flow", column(1), BUY, kind="bar", negative=SELL)
    rarity = (Series("z", column(4), ACCENT, kind="bar"), Series("streak (weeks)", column(5), AMBER, kind="bar"))
    book.chart(
        FRONT, Chart("Net flow by sector, five sessions", names, (flows,), f"A{below + 1}", (440, 340), number_format="#,##0", reverse=True)
    )
    book.chart(FRONT, Chart("z-score and streak", names, rarity, f"E{below + 1}", (390, 340), number_format="0.0", reverse=True))
    end = blocks.why(book, FRONT, below + 18, 10)
    page.print_area = f"A1:K{end}"
    blocks.settings(book, inputs, ("week_window",))
    blocks.data(book, inputs, "Data sectors", ("SectorWeek", "SectorHistory"))
    blocks.data(book, inputs, "Data sessions", ("Flows",))
    blocks.sector_names(book)
    blocks.about(book, inputs)
    return book


def _shares(book: Layout, row: int) -> None:
    """Shares of gross selling beside the sectors' names."""
    blocks.section(book, FRONT, row, 9, SHARES.title, 2)
    book.pages[FRONT].reasons.append((SHARES.title, SHARES.call))
    book.spill(FRONT, f"K{row + 2}", f"={SHARES.call}", SHARES.size, SHARES.styles, header=False)
    for at in range(11):
        book.put_at(FRONT, row + 1 + at, 9, Formula(f"=INDEX(sector_names,{at + 1})"), "text")
