"""The danger dashboard: the desk note on top, every sentence of the report with its answer and its reason, two charts."""

from __future__ import annotations

from xlsig.grid.book import Formula
from xlsig.workbooks import claims
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Layout
from xlsig.workbooks.templates import blocks, recent
from xlsig.workbooks.templates.checks import data_line

FRONT = "Danger"
DETAILS = "Details"
_STRIP = 3  # futures in it
CHART_ROW, HEAD_ROW = 6, 24  # of the charts and of the table of answers, as Excel counts

_SETTINGS = (
    *("window", "spread_sessions", "flow_sessions", "z_limit", "streak_limit", "max_lag", "gap_days", "week_window"),
    *("event_date", "year_end", "outcome_sessions", "threshold", "min_days", "near_high", "short_limit", "squeeze_z"),
    *("trf_basis_quote", "trf_index", "trf_days"),
)
_NEAREST = f"answer_financing_spread,{claims.future(1, 'days')}"
_LEGS = "Flows[long_buys],Flows[long_sells],Flows[short_sales],Flows[short_covers]"


def layout(inputs: Inputs) -> Layout:
    """The whole workbook."""
    book = Layout("xlsig danger dashboard")
    _front(book)
    _details(book)
    blocks.signal(
        book,
        inputs,
        {
            "roll_adjusted": (claims.ADJUSTED, "bp"),
            "level_z": (f"SPREAD_ZSCORE_HISTORY({claims.ADJUSTED},window)", "z"),
            "running_streak": ("SELLOFF_STREAK_HISTORY(Flows[north_america])", "count"),
            "world_net": (f"NET_FLOW({_LEGS})", "money"),
            "world_gross": (f"GROSS_FLOW({_LEGS})", "money"),
        },
    )
    recent.recent(book)
    blocks.settings(book, inputs, _SETTINGS)
    blocks.data(book, inputs, "Data sessions", ("Flows", "Spreads", "Prices", "Squeeze"))
    blocks.data(
        book,
        inputs,
        "Data weeks",
        (
            *("Week", "Pairs", "Futures", "RegionWeek", "ProductWeek", "SectorWeek"),
            *("RegionHistory", "ProductHistory", "SectorHistory", "Events"),
        ),
    )
    blocks.sector_names(book)
    blocks.about(book, inputs)
    return book


def _front(book: Layout) -> None:
    page = book.sheet(FRONT, blocks.FRONT_COLOUR, (5, 62, 26, 96))
    page.freeze = (4, 0)
    blocks.title(book, FRONT, "Danger signal", "D")
    book.merge(FRONT, "A3:B3", "State of the last session", "label")
    book.put(FRONT, "C3", Formula("=last_state"), "state")
    page.heights[2] = 30
    book.condition(FRONT, "C3", blocks.state_rules())
    book.put(FRONT, "D3", Formula(claims.explanation(f"DANGER_STATE({claims.STATE_INPUTS})", 'C3="NO DATA"')), "remark")
    book.merge(FRONT, "A4:D4", Formula("=note_text"), "note")
    book.marks[f"{claims.ANSWER}note"] = (FRONT, 3, 0)
    data_line(book, FRONT, "A5:D5")
    for column, heading in enumerate(("#", "Question", "Answer", "Why")):
        book.put_at(FRONT, HEAD_ROW - 1, column, heading, {"Answer": "head_right", "Why": "head_remark"}.get(heading, "head"))
    shown = [claim for claim in claims.CLAIMS if claim.key != "note"]
    said, reason = "", HEAD_ROW + 1
    for row, claim in enumerate(shown, start=HEAD_ROW + 1):
        book.put(FRONT, f"A{row}", claim.id, "claim")
        book.put(FRONT, f"B{row}", claim.question, "question")
        book.put(FRONT, f"C{row}", Formula(claim.formula), f"answer_{'general' if claim.style == 'text' else claim.style}")
        if claim.call != said:  # one reason for the rows that read the same table
            reason = row
        book.put(FRONT, f"D{row}", Formula(claims.explanation(claim.call, *_unknown(claim, row))) if reason == row else None, "why")
        said = claim.call
        book.name(claims.ANSWER + claim.key, FRONT, f"C{row}")
        book.marks[claims.WHY + claim.key] = (FRONT, reason - 1, 3)
        if claim.key in ("state", "flag"):
            book.condition(FRONT, f"C{row}", blocks.state_rules())
    book.book.names["short_contribution"] = book.book.names["answer_short_contribution"]
    book.chart(FRONT, recent.spread_chart(f"A{CHART_ROW}", (660, 330)))
    book.chart(FRONT, recent.flow_chart(f"D{CHART_ROW}", (675, 330)))
    page.print_area = f"A1:D{HEAD_ROW + len(shown)}"
    page.repeated_row = HEAD_ROW - 1


def _unknown(claim: claims.Claim, row: int) -> tuple[str, ...]:
    """When the reason in a row is to begin with what is wrong with the data: one of the answers that share it is unknown."""
    if claim.key == "state":
        return (f'C{row}="NO DATA"',)
    at = claims.CLAIMS.index(claim)
    sharing = 1
    while at + sharing < len(claims.CLAIMS) and claims.CLAIMS[at + sharing].call == claim.call:
        sharing += 1
    return tuple(f"ISERROR(C{row + below})" for below in range(sharing))


def _details(book: Layout) -> None:
    """Every spilled table in two columns of panels, the items of the desk note, and the reasons below."""
    page = book.sheet(DETAILS, blocks.WORK_COLOUR, (30, 20, 14, 14, 10, 9, 9, 24, 3, 26, 22, 16, 3, 16, 16, 12))
    book.put(DETAILS, "A1", "Details behind the answers", "title")
    page.freeze = (1, 0)
    left = 2
    for spec in (blocks.SECTORS, blocks.REGIONS, blocks.PRODUCTS, blocks.STUDY, blocks.DRIVER, blocks.BUYING_DRIVER, blocks.DRAWDOWN):
        left = blocks.panel(book, DETAILS, left, 0, spec, 8)
    left = _single_answers(book, _strip(book, left))
    right = 2
    for spec in (blocks.BREADTH, blocks.SELLERS, blocks.BUYERS, blocks.TURN, blocks.OUTCOMES):
        right = blocks.panel(book, DETAILS, right, 9, spec, 3)
    blocks.section(book, DETAILS, right, 9, "The precedent", 3)
    book.put_at(DETAILS, right + 1, 9, "start of the previous episode", "text")
    blocks.precedent(book, DETAILS, f"L{right + 2}")
    book.put_at(DETAILS, right + 2, 9, "base rate", "text")
    blocks.base_rate(book, DETAILS, f"K{right + 3}")
    right = _note_items(book, right + 4)
    blocks.panel(book, DETAILS, 2, 13, blocks.EPISODES, 3)
    end = blocks.why(book, DETAILS, max(left, right) + 1, 11)
    page.print_area = f"A1:P{end}"


def _note_items(book: Layout, row: int) -> int:
    blocks.section(book, DETAILS, row, 9, "Items of the desk note", 3)
    book.pages[DETAILS].reasons.append(("The desk note", claims.NOTE))
    others = {
        **dict.fromkeys(("as_of", "event", "precedent", "on_record_since"), "date"),
        "flow_z": "z",
        "regions_named": "count",
        "preliminary": "count",
    }
    styles = {claim.key: claim.style for claim in claims.CLAIMS} | others
    for at, (item, formula) in enumerate(claims.NOTE_ITEMS.items(), start=row + 1):
        book.put_at(DETAILS, at, 9, item, "text")
        style = styles.get(item, "general")
        book.put_at(DETAILS, at, 10, Formula(formula), "text" if style in ("wrapped", "text") else style)
    last = row + 1 + len(claims.NOTE_ITEMS)
    book.put_at(DETAILS, last + 1, 9, "the note", "label")
    book.put_at(DETAILS, last + 1, 10, Formula(f"={claims.NOTE}"), "text")
    book.name("note_text", DETAILS, f"K{last + 2}")
    book.name("note_items", DETAILS, f"J{row + 2}:J{last}")
    book.name("note_values", DETAILS, f"K{row + 2}:K{last}")
    return last + 2


def _strip(book: Layout, row: int) -> int:
    """The nearest futures as a strip, their spreads, and the forwards between them."""
    blocks.section(book, DETAILS, row, 0, "The strip: nearest futures", 8)
    for column, heading in enumerate(("days", "spread_bp")):
        book.put_at(DETAILS, row + 1, column, heading, "head_right")
    first = row + 2
    for at in range(_STRIP):
        days = claims.there(f"INDEX(Futures[days],{at + 1})")
        quote = claims.future(at + 1, "spot", "future", "days", "rate", "dividends")
        book.put_at(DETAILS, first + at, 0, Formula(f"=IF(ROWS(Futures[days])<{at + 1},NA(),{days})"), "count")
        book.put_at(DETAILS, first + at, 1, Formula(f"=IF(ROWS(Futures[days])<{at + 1},NA(),FINANCING_SPREAD({quote},min_days))"), "bp")
    for name, letter in (("days", "A"), ("spreads", "B")):
        top = f"{DETAILS}!${letter}${first + 1}"
        book.book.names[f"strip_{name}"] = f"{top}:INDEX({top}:${letter}${first + _STRIP},MIN({_STRIP},ROWS(Futures[days])))"
    return blocks.panel(book, DETAILS, first + _STRIP + 1, 0, blocks.STRIP, 8)


def _single_answers(book: Layout, row: int) -> int:
    """Functions with one number: of the flows' other side, of levels, for the nearest future and the quote on the Settings sheet."""
    blocks.section(book, DETAILS, row, 0, "Single answers", 8)
    nearest = claims.future(1, "spot", "future", "days", "dividends", "rate")
    quotes = (
        ("State, both sides on the same day", f"DANGER_STATE({claims.STATE_INPUTS})", "right"),
        ("US: net sold, of the last 8", claims.SESSIONS_SOLD, "count"),
        ("US: net bought in a row", claims.BUYING_STREAK, "count"),
        ("Short interest: z", "LEVEL_ZSCORE(Squeeze[short_interest],window)", "z"),
        ("Short interest: percentile", "LEVEL_PERCENTILE(Squeeze[short_interest],window)", "percent"),
        ("Short interest: place in range", "RANGE_INDEX(Squeeze[short_interest],window)", "percent"),
        ("Short interest: lowest since", "LOWEST_SINCE(Squeeze[date],Squeeze[short_interest])", "date"),
        ("The index: highest since", "HIGHEST_SINCE(Prices[date],Prices[close])", "date"),
        ("Implied financing, nearest future", f"IMPLIED_FINANCING({nearest})", "rate"),
        ("TRF basis of the quoted spread", "TRF_BASIS(answer_trf_spread,trf_index,trf_days)", "decimal"),
        ("Forward to the quoted TRF (bp)", f"TRF_FORWARD({_NEAREST},answer_trf_spread,trf_days)", "bp"),
        ("1 bp on 100 mn for 90 days", "SPREAD_DV01(100000000,90)", "money"),
        ("Rate in a box, worked example", "BOX_RATE(2010,10,1040,27.6543209876543,4000,5000,90)", "rate"),
        ("21 sessions after the precedent", "FORWARD_RETURN(Prices[date],Prices[close],precedent,21)", "percent1"),
    )
    for at, (label, call, style) in enumerate(quotes, start=row + 1):
        book.put_at(DETAILS, at, 0, label, "text")
        book.put_at(DETAILS, at, 1, Formula(f"={call}"), style)
        book.pages[DETAILS].reasons.append((label, call))
    return row + 1 + len(quotes)
