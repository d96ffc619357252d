"""The sectors dashboard: who sold, who bought, how unusual it is, against each sector's own year."""

from __future__ import annotations

from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Chart, Layout, Series
from xlsig.workbooks.model import Formula
from xlsig.workbooks.styles import ACCENT, AMBER, BUY, SELL
from xlsig.workbooks.templates import parts

FRONT = "Sectors"
SHARES = parts.Panel("Share of gross selling", 'FLOW_SHARES(sector_net,"selling")', (11, 1), ("percent1",), header=False)


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig sectors")
    page = book.sheet(FRONT, parts.FRONT_COLOUR, (26, 12, 12, 13, 9, 9, 8, 24, 3, 26, 14))
    page.one_page = True
    parts.title(book, FRONT, "Sectors", "K")
    top = 3
    below = parts.panel(book, FRONT, top, 0, parts.SECTORS, 8)
    book.name("answer_sectors", FRONT, f"H{top + 15}")
    sellers = parts.panel(book, FRONT, top, 9, parts.BREADTH, 2)
    buyers = parts.panel(book, FRONT, sellers, 9, parts.SELLERS, 2)
    row = parts.panel(book, FRONT, buyers, 9, parts.BUYERS, 2)
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
    end = parts.why(book, FRONT, below + 18, 10)
    page.print_area = f"A1:K{end}"
    parts.settings(book, inputs, ("week_window",))
    parts.data(book, inputs, "Data sectors", ("SectorWeek", "SectorHistory"))
    parts.data(book, inputs, "Data sessions", ("Flows",))
    parts.sector_names(book)
    parts.about(book, inputs)
    return book


def _shares(book: Layout, row: int) -> None:
    """Shares of gross selling beside the sectors' names."""
    parts.section(book, FRONT, row, 9, SHARES.title, 2)
    book.pages[FRONT].reasons.append((SHARES.title, SHARES.call))
    book.spill(FRONT, f"K{row + 2}", f"={SHARES.call}", SHARES.size, SHARES.styles, header=False)
    for at in range(11):
        book.put_at(FRONT, row + 1 + at, 9, Formula(f"=INDEX(sector_names,{at + 1})"), "text")
