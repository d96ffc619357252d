"""The danger dashboard: the desk note on top, every sentence of the report with its answer and its reason, two charts."""

from __future__ import annotations

from xlsig.workbooks import claims
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Layout
from xlsig.workbooks.model import Formula
from xlsig.workbooks.templates import parts, recent

FRONT = "Danger"
DETAILS = "Details"
HEAD_ROW = 6  # of the table of answers, as Excel counts

_SETTINGS = (
    *("window", "spread_sessions", "flow_sessions", "z_limit", "streak_limit", "max_lag", "gap_days", "week_window"),
    *("event_date", "year_end", "outcome_sessions", "threshold", "min_days", "near_high", "short_limit", "squeeze_z"),
    *("trf_basis_quote", "trf_index", "trf_days"),
)


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig danger dashboard")
    _front(book, inputs)
    _details(book)
    parts.signal(
        book,
        inputs,
        {
            "roll_adjusted": (claims.ADJUSTED, "bp"),
            "level_z": (f"SPREAD_ZSCORE_HISTORY({claims.ADJUSTED},window)", "z"),
            "running_streak": ("SELLOFF_STREAK_HISTORY(Flows[north_america])", "count"),
            "world_net": ("NET_FLOW(Flows[long_buys],Flows[long_sells],Flows[short_sales],Flows[short_covers])", "money"),
        },
    )
    recent.recent(book)
    parts.settings(book, inputs, _SETTINGS)
    parts.data(book, inputs, "Data sessions", ("Flows", "Spreads", "Prices", "Squeeze"))
    parts.data(
        book,
        inputs,
        "Data weeks",
        (
            *("Week", "Pairs", "Futures", "RegionWeek", "ProductWeek", "SectorWeek"),
            *("RegionHistory", "ProductHistory", "SectorHistory"),
        ),
    )
    parts.sector_names(book)
    _single_answers(book)
    parts.about(book, inputs)
    return book


def _front(book: Layout, inputs: Inputs) -> None:
    page = book.sheet(FRONT, parts.FRONT_COLOUR, (5, 58, 24, 100))
    page.freeze = (HEAD_ROW, 0)
    parts.title(book, FRONT, "Danger signal", inputs, "D")
    book.merge(FRONT, "A3:B3", "State of the last session", "label")
    book.put(FRONT, "C3", Formula("=last_state"), "state")
    page.heights[2] = 30
    book.condition(FRONT, "C3", parts.state_rules())
    book.put(FRONT, "D3", Formula(f'=EXPLAIN("DANGER_STATE",{claims._STATE_INPUTS})'), "plain_why")
    book.merge(FRONT, "A4:D4", Formula(f"={claims.NOTE}"), "note")
    book.name("desk_note", FRONT, "A4")
    book.marks[f"{claims.ANSWER}note"] = (FRONT, 3, 0)
    for column, heading in enumerate(("#", "Question", "Answer", "Why")):
        book.put_at(FRONT, HEAD_ROW - 1, column, heading, "head_right" if heading == "Answer" else "head")
    shown = [claim for claim in claims.CLAIMS if claim.key != "note"]
    for row, claim in enumerate(shown, start=HEAD_ROW + 1):
        book.put(FRONT, f"A{row}", claim.id, "claim")
        book.put(FRONT, f"B{row}", claim.question, "question")
        book.put(FRONT, f"C{row}", Formula(claim.formula), f"answer_{'general' if claim.style == 'text' else claim.style}")
        book.put(FRONT, f"D{row}", Formula(claim.explanation), "why")
        book.name(claims.ANSWER + claim.key, FRONT, f"C{row}")
        book.marks[claims.WHY + claim.key] = (FRONT, row - 1, 3)
        if claim.key in ("state", "flag"):
            book.condition(FRONT, f"C{row}", parts.state_rules())
    book.book.names["short_contribution"] = book.book.names["answer_short_contribution"]
    below = HEAD_ROW + len(shown) + 2
    book.chart(FRONT, recent.spread_chart(f"A{below}", (680, 330)))
    book.chart(FRONT, recent.flow_chart(f"D{below}", (690, 330)))
    page.print_area = f"A1:D{below + 17}"


def _details(book: Layout) -> None:
    """Every spilled table in two columns of panels, and the items of the desk note."""
    page = book.sheet(DETAILS, parts.WORK_COLOUR, (24, 14, 14, 14, 10, 9, 9, 24, 3, 20, 16, 16, 12, 12, 12, 12, 14))
    book.put(DETAILS, "A1", "Details behind the answers", "title")
    page.freeze = (1, 0)
    row = 2
    for spec in (parts.SECTORS, parts.REGIONS, parts.PRODUCTS, parts.STUDY, parts.DRIVER, parts.DRAWDOWN):
        row = parts.panel(book, DETAILS, row, 0, spec, 8)
    row = 2
    for spec in (parts.BREADTH, parts.SELLERS, parts.BUYERS, parts.TURN, parts.OUTCOMES):
        row = parts.panel(book, DETAILS, row, 9, spec, 8)
    book.put_at(DETAILS, row, 9, "The precedent: start of the previous episode", "label")
    parts.precedent(book, DETAILS, f"M{row + 1}")
    book.put_at(DETAILS, row + 1, 9, "Base rate", "label")
    parts.base_rate(book, DETAILS, f"M{row + 2}")
    _note_items(book, row + 3)
    parts.panel(book, DETAILS, row + 3, 12, parts.EPISODES, 5)


def _note_items(book: Layout, row: int) -> None:
    book.put_at(DETAILS, row, 9, "Items of the desk note", "section")
    book.put_at(DETAILS, row, 10, None, "section")
    book.put_at(DETAILS, row + 1, 9, Formula(parts.claims_explanation(claims.NOTE)), "plain_why")
    book.pages[DETAILS].merges.append(f"J{row + 2}:K{row + 2}")
    book.marks[f"{claims.WHY}note"] = (DETAILS, row + 1, 9)
    row += 1
    styles = {claim.key: claim.style for claim in claims.CLAIMS} | {"as_of": "date", "event": "date", "flow_z": "z"}
    for at, (item, formula) in enumerate(claims.NOTE_ITEMS.items(), start=row + 1):
        book.put_at(DETAILS, at, 9, item, "text")
        style = styles.get(item, "general")
        book.put_at(DETAILS, at, 10, Formula(formula), "text" if style in ("wrapped", "text") else style)
    last = row + 1 + len(claims.NOTE_ITEMS)
    book.name("note_items", DETAILS, f"J{row + 2}:J{last}")
    book.name("note_values", DETAILS, f"K{row + 2}:K{last}")


def _single_answers(book: Layout) -> None:
    """Functions with one number for one quote, for the nearest future and the quote on the Settings sheet."""
    row = 1 + max(at for at, _ in book.book.sheets[DETAILS])
    book.put_at(DETAILS, row + 1, 0, "Financing of single quotes", "section")
    for at in range(1, 8):
        book.put_at(DETAILS, row + 1, at, None, "section")
    quotes = (
        (
            "Implied financing, nearest future",
            f"IMPLIED_FINANCING({claims._future(1, 'spot', 'future', 'days', 'dividends', 'rate')})",
            "rate",
        ),
        ("TRF basis of the quoted spread", "TRF_BASIS(answer_trf_spread,trf_index,trf_days)", "decimal"),
        (
            "Return over 21 sessions after the precedent",
            "FORWARD_RETURN(Prices[date],Prices[close],precedent,21)",
            "percent1",
        ),
    )
    for at, (label, call, style) in enumerate(quotes, start=row + 3):
        book.put(DETAILS, f"A{at}", label, "text")
        book.put(DETAILS, f"D{at}", Formula(f"={call}"), style)
        book.merge(DETAILS, f"E{at}:H{at}", Formula(parts.claims_explanation(call)), "plain_why")
