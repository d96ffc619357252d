"""The history dashboard: every episode, what followed in both branches, the base rate beside it, and the risk of a squeeze."""

from __future__ import annotations

from xlsig.grid.addresses import letters
from xlsig.grid.book import Formula
from xlsig.workbooks import claims
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import ACCENT, AMBER, GREY, RED, Chart, Layout, Series
from xlsig.workbooks.templates import blocks
from xlsig.workbooks.templates.checks import data_line

FRONT = "History"
PATHS = "Paths"
SHOWN = 4  # episodes in the chart, the latest ones
STEP, STEPS = 3, 84  # a point every third session, over 252

_SETTINGS = (
    *("window", "spread_sessions", "flow_sessions", "z_limit", "streak_limit", "max_lag", "gap_days", "outcome_sessions", "threshold"),
    *("near_high", "short_limit", "squeeze_z"),
)


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig history")
    page = book.sheet(FRONT, blocks.FRONT_COLOUR, (28, 14, 12, 12, 12, 12, 10, 12, 3, 26, 22, 16))
    page.one_page = True
    blocks.title(book, FRONT, "History", "L")
    data_line(book, FRONT, "A3:L3")
    top = 3
    row = blocks.panel(book, FRONT, top, 0, blocks.STUDY, 8)
    blocks.panel(book, FRONT, row, 0, blocks.DRAWDOWN, 2)
    book.chart(FRONT, _path_chart(f"D{row + 2}"))
    right = _precedent(book, blocks.panel(book, FRONT, top, 9, blocks.OUTCOMES, 3))
    right = _squeeze(book, right)
    blocks.panel(book, FRONT, right, 9, blocks.EPISODES, 3)
    end = blocks.why(book, FRONT, row + 16, 7)
    page.print_area = f"A1:L{max(end, right + 12)}"
    blocks.signal(book, inputs)
    blocks.settings(book, inputs, _SETTINGS)
    blocks.data(book, inputs, "Data sessions", ("Flows", "Spreads", "Prices", "Squeeze"))
    blocks.data(book, inputs, "Data weeks", ("Week",))
    _paths(book)
    blocks.about(book, inputs)
    return book


def _precedent(book: Layout, row: int) -> int:
    blocks.section(book, FRONT, row, 9, "The precedent", 3)
    book.put_at(FRONT, row + 1, 9, "start of the previous episode", "text")
    blocks.precedent(book, FRONT, f"L{row + 2}")
    book.put_at(FRONT, row + 2, 9, "state of the last session", "text")
    book.put_at(FRONT, row + 2, 11, Formula("=last_state"), "right")
    book.name("answer_state", FRONT, f"L{row + 3}")
    book.put_at(FRONT, row + 3, 9, "base rate", "text")
    blocks.base_rate(book, FRONT, f"K{row + 4}")
    return row + 5


def _squeeze(book: Layout, row: int) -> int:
    blocks.section(book, FRONT, row, 9, "Short-squeeze risk", 3)
    rows = (
        ("short part of the selling", f"INDEX({claims.DRIVER},4,2)", "percent", claims.DRIVER),
        ("score, 0 to 100", _call("squeeze_score"), "months", _call("squeeze_score")),
        ("alert, 1 or 0", _call("squeeze_alert"), "count", _call("squeeze_alert")),
    )
    for at, (label, formula, style, call) in enumerate(rows, start=row + 1):
        book.put_at(FRONT, at, 9, label, "text")
        book.put_at(FRONT, at, 11, Formula(f"={formula}"), style)
        book.pages[FRONT].reasons.append((f"Squeeze: {label}", call))
    book.name("short_contribution", FRONT, f"L{row + 2}")
    return row + 5


def _call(key: str) -> str:
    return next(claim.call for claim in claims.CLAIMS if claim.key == key)


def _paths(book: Layout) -> None:
    """Returns after each of the latest episodes, a point every few sessions: fixed in size, #N/A where there is no future yet."""
    page = book.sheet(PATHS, blocks.WORK_COLOUR, (10, *(14,) * SHOWN))
    page.freeze = (4, 1)
    book.put(PATHS, "A1", "Return after the start of each episode", "title")
    book.put(PATHS, "A2", "The latest episodes, newest first. #N/A: not that many episodes, or no such session yet.", "subtitle")
    book.put(PATHS, "A4", "sessions", "head_right")
    for at in range(SHOWN):
        letter = letters(at + 1)
        nth = f"COUNT(INDEX(episode_list,0,1))-{at}"
        book.put(PATHS, f"{letter}4", Formula(f"=IF({nth}<1,NA(),INDEX(episode_list,MAX({nth},1),1))"), "date")
    for row in range(5, 5 + STEPS):
        book.put(PATHS, f"A{row}", (row - 4) * STEP, "count")
        for at in range(SHOWN):
            letter = letters(at + 1)
            book.put(PATHS, f"{letter}{row}", Formula(f"=FORWARD_RETURN(Prices[date],Prices[close],{letter}$4,$A{row})"), "percent1")


def _path_chart(at: str) -> Chart:
    colours = (RED, ACCENT, AMBER, GREY)
    names = ("latest episode", "the one before", "two before", "three before")
    series = tuple(Series(names[column - 1], (PATHS, 4, column, 3 + STEPS, column), colours[column - 1]) for column in range(1, SHOWN + 1))
    return Chart(
        "Return after each episode, by sessions",
        (PATHS, 4, 0, 3 + STEPS, 0),
        series,
        at,
        (415, 250),
        number_format="0%",
    )
