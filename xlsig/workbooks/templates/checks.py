"""The Checks sheet: every finding about the data, the inputs with their first and last days, and the lines that other sheets show."""

from __future__ import annotations

from xlsig.grid.addresses import cell_name
from xlsig.grid.book import Formula, TableBlock
from xlsig.workbooks.claims import COMBINATIONS, reason_name
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import AMBER, DATA_COLOUR, GREEN, Layout

CHECKS = "Checks"
_HEAD = 6
"""The heading row of the tables, which stand side by side, from 0."""
_PLACES = (
    ("Checks", 0, "Findings"),
    ("Inputs", 6, "Inputs of the answers"),
    ("Reasons", 12, "Why an answer is unknown, by what it is made of"),
)
_WIDTHS = (10, 11, 13, 76, 60, 3, 24, 13, 13, 10, 10, 3, 44, 60)
_COUNT = 'COUNTIF(Checks[grade],"warned")'
_LINE = f'="data: "&IF({_COUNT}=0,"complete",{_COUNT}&IF({_COUNT}=1," warning"," warnings")&", see Checks")'
_SENTENCE = (
    f'=IF({_COUNT}=0,"complete","data: "&INDEX(Checks[finding],1)&IF({_COUNT}>1," And "&{_COUNT}-1&" more on the sheet Checks.",""))'
)


def checks(layout: Layout, inputs: Inputs) -> None:
    """The sheet, whose tables a refresh replaces."""
    page = layout.sheet(CHECKS, DATA_COLOUR, _WIDTHS)
    page.freeze = (_HEAD + 1, 0)
    layout.put(CHECKS, "A1", "Checks", "title")
    layout.put(CHECKS, "A2", Formula(_LINE), "label")
    layout.name("data_line", CHECKS, "A2")
    layout.put(CHECKS, "A3", "What the data of this morning is judged by: a refresh replaces it.", "subtitle")
    layout.put(CHECKS, "A4", Formula(_SENTENCE), "subtitle")
    layout.name("data_sentence", CHECKS, "A4")
    for name, column, words in _PLACES:
        table = inputs.tables[name]
        layout.put_at(CHECKS, _HEAD - 1, column, words, "label")
        layout.table(TableBlock(name, CHECKS, _HEAD, column, table.columns, table.rows), table.styles)
    for at, combined in enumerate(COMBINATIONS, start=_HEAD + 1):
        layout.name(reason_name(combined), CHECKS, cell_name(at, 13))
    layout.name("regions_named", CHECKS, cell_name(_HEAD + 2, 10))
    page.print_area = "A1:E40"
    data_rules(layout, CHECKS, "A2")


def data_line(layout: Layout, sheet: str, area: str) -> None:
    """Whether the data is complete, in a line under the state."""
    layout.merge(sheet, area, Formula("=data_line"), "label")
    data_rules(layout, sheet, area.partition(":")[0])


def data_rules(layout: Layout, sheet: str, cell: str) -> None:
    """The colours of the line: what is complete, and what is to be looked at."""
    for words, colour in (("complete", GREEN), ("warning", AMBER)):
        layout.condition(sheet, cell, [{"type": "text", "criteria": "containing", "value": words, "format": {"font_color": colour}}])
