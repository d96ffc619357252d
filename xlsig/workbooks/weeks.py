"""A layout of weekly rows: what it says of sessions, it says of weeks."""

from __future__ import annotations

import re
from dataclasses import replace

from xlsig.grid.book import Book, Content, Formula
from xlsig.workbooks.layout import Layout

_SPOKEN = re.compile(r"=.*\b(EXPLAIN|DESK_NOTE)\(")
_TEXT = re.compile(r'"[^"]*"')


def weeks_said(words: str) -> str:
    """The words with weeks for sessions.

    >>> weeks_said("For how many sessions in a row?")
    'For how many weeks in a row?'
    """
    return words.replace("session", "week").replace("Session", "Week")


def in_weeks(layout: Layout) -> Layout:
    """The same layout, which speaks of weeks wherever it spoke of sessions; names, sheets and tables stay."""
    book = layout.book
    for sheet, cells in book.sheets.items():
        data = _table_cells(book, sheet)
        cells.update({place: _said(content) for place, content in cells.items() if place not in data})
    for page in layout.pages.values():
        page.charts[:] = [replace(chart, title=weeks_said(chart.title)) for chart in page.charts]
    return layout


def _table_cells(book: Book, sheet: str) -> set[tuple[int, int]]:
    return {
        (table.row + down, table.column + across)
        for table in book.tables.values()
        if table.sheet == sheet
        for down in range(len(table.rows) + 1)
        for across in range(len(table.columns))
    }


def _said(content: Content) -> Content:
    if isinstance(content, str):
        return weeks_said(content)
    if not isinstance(content, Formula):
        return content
    if _SPOKEN.match(content.text):
        said = f'SUBSTITUTE({content.text[1:]},"session","week")'
        return replace(content, text=f'=SUBSTITUTE({said},"over the week","over five weeks")' if "DESK_NOTE(" in said else f"={said}")
    return replace(content, text=_TEXT.sub(_week_text, content.text))


def _week_text(found: re.Match[str]) -> str:
    """A text inside a formula; one that looks something up stays as it is."""
    return weeks_said(found[0]) if " " in found[0] else found[0]
