"""The last year, session by session, behind the charts: a block of fixed size, so that charts never move when the data grows."""

from __future__ import annotations

from xlsig.grid.book import Formula
from xlsig.workbooks.layout import ACCENT, AMBER, BUY, GREY, RED, SELL, Chart, ChartArea, Layout, Series
from xlsig.workbooks.templates.blocks import WORK_COLOUR

SHEET = "Recent"
ROWS = 260
FIRST = 4  # the first row of the block, from 0


def recent(layout: Layout) -> None:
    """The Recent sheet; what is missing is #N/A, which charts leave out."""
    page = layout.sheet(SHEET, WORK_COLOUR, (9, 13, *(12,) * 9))
    page.freeze = (FIRST, 2)
    layout.put(SHEET, "A1", f"The last {ROWS} sessions, behind the charts", "title")
    layout.put(SHEET, "A2", "The spread has its rolls taken out. A value that is missing is #N/A, which the charts leave out.", "subtitle")
    headings = (
        *("session", "date", "spread_bp", "change_z", "flow_z", "z_limit", "minus_z_limit"),
        *("net_flow", "streak_flow", "other_flow", "event"),
    )
    for column, heading in enumerate(headings):
        layout.put_at(SHEET, FIRST - 1, column, heading, "head" if heading == "date" else "head_right")
    for row in range(FIRST, FIRST + ROWS):
        for column, (formula, style) in enumerate(_row(row + 1)):
            layout.put_at(SHEET, row, column, Formula(f"={formula}"), style)


def _row(row: int) -> tuple[tuple[str, str], ...]:
    """The formulas of one row: n is the session's row in the tables; before the first session all is #N/A."""
    n, net = f"A{row}", f"H{row}"

    def of(reference: str) -> str:
        return f"IF({n}<1,NA(),IF(ISNUMBER(INDEX({reference},MAX({n},1))),INDEX({reference},MAX({n},1)),NA()))"

    return (
        (f"ROWS(Flows[date])-{FIRST + ROWS}+ROW()", "count"),
        (of("Flows[date]"), "date"),
        (of("signal_roll_adjusted"), "bp"),
        (of("signal_spread_z"), "z"),
        (of("signal_flow_z"), "z"),
        ("z_limit", "z"),
        ("-z_limit", "z"),
        (of("Flows[north_america]"), "money"),
        (f"IF(ISNUMBER(answer_streak),IF({n}>ROWS(Flows[date])-answer_streak,{net},NA()),NA())", "money"),
        (f"IF(ISNUMBER(I{row}),NA(),{net})", "money"),
        (f"IF(ISNUMBER(B{row}),IF(B{row}=event_date,C{row},NA()),NA())", "bp"),
    )


def _area(column: int, last: int = ROWS) -> ChartArea:
    return (SHEET, FIRST + ROWS - last, column, FIRST + ROWS - 1, column)


def spread_chart(at: str, size: tuple[int, int]) -> Chart:
    """The spread with the z-score of its change in its band, and the event."""
    return Chart(
        "Financing spread, rolls taken out (bp), and z of its change",
        _area(1),
        (
            Series("spread (bp, left)", _area(2), ACCENT),
            Series("z of the change (right)", _area(3), AMBER, right_axis=True),
            Series("z limit (right)", _area(5), RED, right_axis=True, dashed=True),
            Series("− z limit (right)", _area(6), GREY, right_axis=True, dashed=True),
            Series("event", _area(10), RED, marker_only=True),
        ),
        at,
        size,
        dates=True,
        number_format="0",
        left_title="bp",
        right_title="z",
    )


def flow_chart(at: str, size: tuple[int, int], sessions: int = 60) -> Chart:
    """Net flow bars, the present streak in its own colour."""
    return Chart(
        f"US net flow, last {sessions} sessions; the present streak in red",
        _area(1, sessions),
        (
            Series("present streak", _area(8, sessions), SELL, kind="column"),
            Series("other sessions", _area(9, sessions), BUY, kind="column"),
        ),
        at,
        size,
        dates=True,
        number_format="#,##0",
    )
