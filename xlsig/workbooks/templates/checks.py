"""The Checks sheet: every finding about the data, the inputs with their first and last days, and the lines that other sheets show."""

from __future__ import annotations

from xlsig.grid.addresses import cell_name
from xlsig.grid.book import Formula, TableBlock
from xlsig.workbooks.claims import COMBINATIONS, reason_name
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import AMBER, GREEN, Layout

CHECKS = "Checks"
COLOUR = "#9AA5B1"
_INPUTS, _FINDINGS = 6, 17  # the heading rows of the tables, from 0
_REASONS_COLUMN = 6
_COUNT = 'COUNTIF(Checks[grade],"warned")'
_LINE = f'="data: "&IF({_COUNT}=0,"complete",{_COUNT}&IF({_COUNT}=1," warning"," warnings")&", see Checks")'
_SENTENCE = (
    f'=IF({_COUNT}=0,"complete","data: "&INDEX(Checks[finding],1)&IF({_COUNT}>1," And "&{_COUNT}-1&" more on the sheet Checks.",""))'
)


def checks(layout: Layout, inputs: Inputs) -> None:
    """The sheet, whose tables a refresh replaces."""
    page = layout.sheet(CHECKS, COLOUR, (24, 13, 15, 90, 60, 3, 44, 60))
    layout.put(CHECKS, "A1", "Checks", "title")
    layout.put(CHECKS, "A2", Formula(_LINE), "label")
    layout.name("data_line", CHECKS, "A2")
    layout.put(CHECKS, "A3", "What the data of this morning is judged by. Replaced by a refresh.", "subtitle")
    layout.put(CHECKS, "A4", Formula(_SENTENCE), "subtitle")
    layout.name("data_sentence", CHECKS, "A4")
    page.heights[3] = 15
    for name, row, words in (("Inputs", _INPUTS, "Inputs of the answers"), ("Checks", _FINDINGS, "Findings")):
        table = inputs.tables[name]
        layout.put_at(CHECKS, row - 1, 0, words, "label")
        layout.table(TableBlock(name, CHECKS, row, 0, table.columns, table.rows), table.styles)
    reasons = inputs.tables["Reasons"]
    layout.put_at(CHECKS, _INPUTS - 1, _REASONS_COLUMN, "Why an answer is unknown, by what it is made of", "label")
    layout.table(TableBlock("Reasons", CHECKS, _INPUTS, _REASONS_COLUMN, reasons.columns, reasons.rows), reasons.styles)
    for at, combined in enumerate(COMBINATIONS, start=_INPUTS + 2):
        layout.name(reason_name(combined), CHECKS, cell_name(at - 1, _REASONS_COLUMN + 1))
    layout.name("regions_named", CHECKS, f"E{_INPUTS + 3}")
    data_rules(layout, CHECKS, "A2")


def data_line(layout: Layout, sheet: str, area: str) -> None:
    """Whether the data is complete, in a line under the state."""
    layout.merge(sheet, area, Formula("=data_line"), "label")
    data_rules(layout, sheet, area.partition(":")[0])


def data_rules(layout: Layout, sheet: str, cell: str) -> None:
    """The colours of the line: what is complete, and what is to be looked at."""
    for words, colour in (("complete", GREEN), ("warning", AMBER)):
        layout.condition(sheet, cell, [{"type": "text", "criteria": "containing", "value": words, "format": {"font_color": colour}}])
