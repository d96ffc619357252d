"""The parts that several templates share: data, settings and about sheets, the signal's rows, panels with one spilled answer each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsig.frames.judging import LONGEST_SINCE_EVENT
from xlsig.grid.addresses import cell_name
from xlsig.grid.book import Content, Formula, TableBlock
from xlsig.signals.warning import NO_DATA
from xlsig.workbooks import claims
from xlsig.workbooks.claims import explanation
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import AMBER, DATA_COLOUR, GREEN, GREY, RED, Layout
from xlsig.workbooks.templates.checks import checks

_EVENT = "INDEX(Events[date],MATCH(as_of,Events[date],1))"
LAST_EVENT = Formula(f"=IF(as_of-{_EVENT}>{LONGEST_SINCE_EVENT},NA(),{_EVENT})")
SETTINGS = "Settings"
SIGNAL = "Signal"
ABOUT = "About"
WHY = "Why"
MOST_EPISODES, MOST_SESSIONS = 250, 100_000
WORK_COLOUR, FRONT_COLOUR = "#52606D", "#1F4E79"


@dataclass(frozen=True)
class Setting:
    """A named cell that formulas use and the user may change."""

    name: str
    label: str
    value: Content
    style: str
    doc: str


def settings_of(inputs: Inputs) -> dict[str, Setting]:
    """Every setting of the workbooks, by name. A total return future's quote is in no frame: blank, but for the sample's example."""
    quote = (23.1061, 6810.38, 788) if inputs.synthetic else (None, None, None)
    listed = (
        Setting("calendar", "Exchange calendar", "XNYS", "input_general", "exchange code; its holidays do not break a streak"),
        Setting("window", "Reference window (sessions)", 252, "input_count", "known values behind every z-score"),
        Setting("spread_sessions", "Spread change over (sessions)", 20, "input_count", "of the spread gauge"),
        Setting("flow_sessions", "Flow sum over (sessions)", 5, "input_count", "of the flow gauge and of the pace"),
        Setting("z_limit", "z limit", -2, "input_z", "a gauge fires at or below it"),
        Setting("streak_limit", "Streak limit (sessions)", 5, "input_count", "the flow gauge fires at or above it"),
        Setting("max_lag", "Sides may be apart by (sessions)", 0, "input_count", "0: both on the same day"),
        Setting("gap_days", "One episode if apart by (days)", 28, "input_count", "flags at most so far apart are one episode"),
        Setting("week_window", "Reference window (weeks)", 52, "input_count", "for sectors and regions, whose flows are 5-session sums"),
        Setting(
            "event_date", "Event", inputs.event or LAST_EVENT, "input_date", "changes are measured since then: the last Fed announcement"
        ),
        Setting("year_end", "Year end", Formula("=DATE(YEAR(as_of)-1,12,31)"), "input_date", "the turn before the last date"),
        Setting("outcome_sessions", "Look ahead (sessions)", 252, "input_count", "of declines and squeezes"),
        Setting("threshold", "Rise or fall that decides", 0.1, "input_percent", "whichever comes first after an episode"),
        Setting("min_days", "Least days to expiry", 15, "input_count", "closer than this a financing spread says nothing"),
        Setting("near_high", "Near the high", 0.95, "input_percent", "of the high over the reference window"),
        Setting("short_limit", "Crowded short share", 0.6, "input_percent", "above it a squeeze is possible"),
        Setting("squeeze_z", "Heavy selling (z)", -1, "input_z", "at or below it a squeeze is possible"),
        Setting(
            "trf_basis_quote", "TRF basis (index points)", quote[0], "input_decimal", "type your desk's quote of a total return future"
        ),
        Setting("trf_index", "TRF index level", quote[1], "input_index", "the index level it was quoted at"),
        Setting("trf_days", "TRF days to expiry", quote[2], "input_count", "from the quote to the expiry"),
    )
    return {setting.name: setting for setting in listed}


def title(layout: Layout, sheet: str, text: str, last_column: str) -> None:
    """The heading of a front sheet: its title, the date, and what the data is."""
    layout.put(sheet, "A1", text, "title")
    layout.pages[sheet].heights[0] = 28
    layout.merge(sheet, f"A2:{last_column}2", Formula('="As of "&TEXT(as_of,"d mmmm yyyy")&"  ·  "&INDEX(Provenance[kind],1)'), "subtitle")


def settings(layout: Layout, inputs: Inputs, names: Sequence[str]) -> None:
    """The Settings sheet with those settings, each a named cell."""
    layout.sheet(SETTINGS, WORK_COLOUR, (34, 16, 70))
    layout.put(SETTINGS, "A1", "Settings", "title")
    layout.put(SETTINGS, "A2", "Formulas on the other sheets use these cells: change one and every answer follows.", "subtitle")
    for at, heading in enumerate(("Setting", "Value", "What it does")):
        layout.put_at(SETTINGS, 3, at, heading, "head")
    known = settings_of(inputs)
    for row, name in enumerate(("calendar", *(name for name in names if name != "calendar")), start=5):
        setting = known[name]
        layout.put(SETTINGS, f"A{row}", setting.label, "general")
        layout.put(SETTINGS, f"B{row}", setting.value, setting.style)
        layout.put(SETTINGS, f"C{row}", setting.doc, "subtitle")
        layout.name(name, SETTINGS, f"B{row}")


def about(layout: Layout, inputs: Inputs) -> None:
    """The Checks sheet, and the About sheet: version, provenance of every input, and what the data is not."""
    checks(layout, inputs)
    layout.sheet(ABOUT, DATA_COLOUR, (34, 16, 12, 68, 60))
    layout.put(ABOUT, "A1", "About this workbook", "title")
    layout.put(ABOUT, "A3", "xlsig version", "label")
    layout.put(ABOUT, "B3", Formula("=XLSIG_VERSION()"), "text")
    layout.put(ABOUT, "A4", "As of", "label")
    layout.put(ABOUT, "B4", Formula("=INDEX(Flows[date],ROWS(Flows[date]))"), "date")
    layout.name("as_of", ABOUT, "B4")
    table = inputs.tables["Provenance"]
    layout.table(TableBlock(table.name, ABOUT, 5, 0, table.columns, table.rows), table.styles)
    notes = (
        "Every formula cell holds its value, so this file shows its numbers without the add-in; with the add-in they recalculate.",
        "Without the add-in do not recalculate, nor type into cells: xlsig's would turn into #NAME?. To mail it: build --formulas values.",
        '#N/A means that the data cannot answer: the Why column or =EXPLAIN("FUNCTION", …) says why. No data is never an all-clear.',
        "Sums over sectors, regions and products are of the last five sessions. A missing flow is never zero and never bought.",
        "A past episode is not a forecast: look at n and the base rate beside it.",
    )
    for row, note in enumerate(notes):
        layout.put_at(ABOUT, row, 3, note, "subtitle")


def data(layout: Layout, inputs: Inputs, sheet: str, names: Sequence[str]) -> None:
    """A data sheet with those Excel Tables side by side, a column apart."""
    page = layout.sheet(sheet, DATA_COLOUR)
    page.freeze = (3, 0)
    layout.put(sheet, "A1", f"{sheet}: replaced by a refresh, everything else in this workbook is yours", "subtitle")
    column = 0
    for name in names:
        table = inputs.tables[name]
        layout.put_at(sheet, 1, column, name, "label")
        layout.table(TableBlock(name, sheet, 2, column, table.columns, table.rows), table.styles)
        for at, heading in enumerate(table.columns):
            page.widths[column + at] = max(11.0, min(24.0, len(heading) * 1.1 + 3))
        column += len(table.columns) + 1
        page.widths[column - 1] = 3


def sector_names(layout: Layout) -> None:
    """Names for the 11 sectors, without Index, of the table SectorWeek."""
    table = layout.book.tables["SectorWeek"]
    first, last = table.row + 1, table.row + 11
    for name, column in (("sector_names", table.column), ("sector_net", table.column + 1)):
        layout.name(name, table.sheet, f"{cell_name(first, column)}:{cell_name(last, column)}")


def signal(layout: Layout, inputs: Inputs, extra: Mapping[str, tuple[str, str]] | None = None) -> None:
    """The Signal sheet: DANGER_HISTORY and, beside it, answers with one value per session ({heading: (formula, style)})."""
    rows = inputs.sessions
    page = layout.sheet(SIGNAL, WORK_COLOUR, (13, 10, 10, 10, 14, 8, *(17,) * len(extra or {})))
    page.freeze = (4, 1)
    layout.put(SIGNAL, "A1", "Signal, session by session", "title")
    layout.put(SIGNAL, "A2", Formula(explanation(claims.SIGNAL)), "subtitle")
    layout.spill(SIGNAL, "A4", f"={claims.SIGNAL}", (rows + 1, 6), ("date", "z", "z", "count", "text", "count"))
    for name, column in zip(("dates", "spread_z", "flow_z", "streak", "states", "flags"), "ABCDEF", strict=True):
        layout.name(f"signal_{name}", SIGNAL, f"{column}5:{column}{rows + 4}")
    for at, (heading, (formula, style)) in enumerate((extra or {}).items(), start=6):
        letter = cell_name(0, at)[:-1]
        layout.put_at(SIGNAL, 3, at, heading, "head_right")
        layout.spill(SIGNAL, f"{letter}5", f"={formula}", (rows, 1), (style,), header=False)
        layout.name(f"signal_{heading.lower().replace(' ', '_')}", SIGNAL, f"{letter}5:{letter}{rows + 4}")
    layout.condition(SIGNAL, f"E5:E{MOST_SESSIONS}", state_rules())
    for name, source in (("spread_z", "spread_z"), ("flow_z", "flow_z"), ("streak", "streak"), ("state", "states"), ("flag", "flags")):
        last = f"INDEX(signal_{source},ROWS(signal_{source}))"
        kind, unknown = ("ISTEXT", f'"{NO_DATA}"') if name == "state" else ("ISNUMBER", "NA()")
        layout.book.names[f"last_{name}"] = f"IF({kind}({last}),{last},{unknown})"


def state_rules() -> list[dict[str, object]]:
    """Colours of the danger states."""
    colours = {"BOTH": RED, "SPREAD ONLY": AMBER, "FLOW ONLY": AMBER, "NONE": GREEN, "NO DATA": GREY}
    return [
        {
            "type": "cell",
            "criteria": "==",
            "value": f'"{state}"',
            "format": {"bg_color": colour, "font_color": "#FFFFFF"},
        }
        for state, colour in colours.items()
    ]


@dataclass(frozen=True)
class Panel:
    """A spilled answer with its title and its explanation."""

    title: str
    call: str
    size: tuple[int, int]
    styles: tuple[str, ...]
    name: str = ""
    header: bool = True
    row_styles: tuple[str, ...] = field(default=())
    """Styles of the last column row by row, where a table lists different measures."""


_MEASURES_DRIVER = ("money", "money", "percent1", "decimal", "decimal", "right")
_MEASURES_DRAWDOWN = (
    *("date", "index", "date", "index", "date", "index"),
    *("percent1", "percent1", "count", "count", "months", "date"),
)
_MEASURES_OUTCOMES = ("date", "count", "percent1", "date", "percent1", "count", "months", "right")
_BREAKDOWN_STYLES = ("text", "money", "percent1", "percent1", "z", "count", "count", "remark")

TURN = Panel("Year-end turn, last day's forward pairs", claims.TURN, (5, 2), ("text", "bp"), "turn_table")
DRIVER = Panel("Who drove global selling, five sessions", claims.DRIVER, (7, 2), ("text", "money"), "driver_table", True, _MEASURES_DRIVER)
STRIP = Panel("Forwards of the strip", claims.STRIP, (4, 3), ("count", "count", "bp"), "forward_table")
BUYING_DRIVER = Panel(
    "Who drove global buying, five sessions", claims.BUYING_DRIVER, (7, 2), ("text", "money"), "buying_driver_table", True, _MEASURES_DRIVER
)
SECTORS = Panel("Sectors, five sessions", claims.SECTORS, (14, 8), _BREAKDOWN_STYLES, "sector_table")
REGIONS = Panel("Regions, five sessions", claims.REGIONS, (8, 8), _BREAKDOWN_STYLES, "region_table")
PRODUCTS = Panel(
    "Products, five sessions", claims.PRODUCTS, (4, 6), ("text", "money", "percent1", "percent1", "count", "remark"), "product_table"
)
BREADTH = Panel("Breadth", claims.BREADTH, (5, 2), ("text", "count"), "breadth_table")
SELLERS = Panel("Top sellers", claims.SELLERS, (4, 2), ("text", "money"), "seller_table")
BUYERS = Panel("Top buyers", claims.BUYERS, (4, 2), ("text", "money"), "buyer_table")
EPISODES = Panel("Episodes: both gauges on", claims.EPISODES, (MOST_EPISODES + 1, 3), ("date", "date", "count"), "episode_list")
OUTCOMES = Panel(
    "Both branches after the precedent", claims.OUTCOMES, (9, 3), ("text", "text", "general"), "outcome_table", True, _MEASURES_OUTCOMES
)
DRAWDOWN = Panel("The fall after the precedent", claims.DRAWDOWN, (13, 2), ("text", "general"), "drawdown_table", True, _MEASURES_DRAWDOWN)
STUDY = Panel(
    "Returns after episodes, beside the base rate",
    claims.STUDY,
    (5, 8),
    ("count", "count", "percent1", "percent1", "percent", "percent1", "p", "remark"),
    "study_table",
)


def panel(layout: Layout, sheet: str, row: int, column: int, spec: Panel, width: int = 0) -> int:
    """Place a panel: its title and its answer. Returns the row below it, a gap included."""
    section(layout, sheet, row, column, spec.title, max(width, spec.size[1]))
    layout.pages[sheet].reasons.append((spec.title, spec.call))
    layout.spill(sheet, cell_name(row + 1, column), f"={spec.call}", spec.size, spec.styles, header=spec.header)
    for at, style in enumerate(spec.row_styles):
        layout.pages[sheet].styles[row + 2 + at, column + spec.size[1] - 1] = style
    below = row + 1 + spec.size[0]
    if spec.name:  # down to the blank row below, so that the area stays when the answer shrinks
        first, last = cell_name(row + 1 + spec.header, column), cell_name(below, column + spec.size[1] - 1)
        layout.name(spec.name, sheet, f"{first}:{last}")
    return below + 1


def section(layout: Layout, sheet: str, row: int, column: int, heading: str, width: int) -> None:
    """A heading over so many columns."""
    for at in range(width):
        layout.put_at(sheet, row, column + at, heading if at == 0 else None, "section")


def why(layout: Layout, sheet: str, row: int, last_column: int) -> int:
    """The Why section of a sheet: what produced each of its answers. Returns the row below it.

    EXPLAIN stands on the Why sheet, in cells of their own: a function that spills must not stand in merged cells.
    """
    section(layout, sheet, row, 0, "Why", last_column + 1)
    if WHY not in layout.pages:
        layout.sheet(WHY, WORK_COLOUR, (14, 36, 140))
        layout.put(WHY, "A1", "What produced each answer", "title")
        for at, words in enumerate(("Sheet", "Answer", "Why")):
            layout.put_at(WHY, 2, at, words, "head_remark" if words == "Why" else "head")
    for at, (words, call) in enumerate(layout.pages[sheet].reasons, start=row + 1):
        below = 1 + max(taken for taken, _ in layout.book.sheets[WHY])
        layout.put_at(WHY, below, 0, sheet, "text")
        layout.put_at(WHY, below, 1, words, "text")
        layout.put_at(WHY, below, 2, Formula(explanation(call, *_unknown(layout, sheet, call))), "why")
        layout.put_at(sheet, at, 0, words, "reason")
        area = f"{cell_name(at, 1)}:{cell_name(at, last_column)}"
        layout.merge(sheet, area, Formula(f"={WHY}!$C${below + 1}"), "why")
        if call == claims.NOTE:
            layout.marks[f"{claims.WHY}note"] = (WHY, below, 2)
    return row + 1 + len(layout.pages[sheet].reasons)


def _unknown(layout: Layout, sheet: str, call: str) -> tuple[str, ...]:
    """Whether the cell that a call stands in shows an error, as a condition."""
    cells = layout.book.sheets[sheet].items()
    found = (place for place, content in cells if isinstance(content, Formula) and content.text == f"={call}")
    return tuple(f"ISERROR({sheet}!{cell_name(*place)})" for place in list(found)[:1])


_STARTS, _ENDS = "INDEX(episode_list,0,1)", "INDEX(episode_list,0,2)"
_OWN = f"IF(COUNT({_ENDS})=0,0,IF(MAX({_ENDS})<as_of-gap_days,0,IF(ISNUMBER(last_flag),last_flag,1)))"
"""1 where the last episode is the present one, or may be, since nobody knows whether the flag is on."""


def precedent(layout: Layout, sheet: str, cell: str) -> None:
    """The start of the episode before the present one, as the named cell `precedent`."""
    before = f"COUNT({_STARTS})-{_OWN}"
    layout.put(sheet, cell, Formula(f"=IF({before}<1,NA(),INDEX(episode_list,MAX({before},1),1))"), "date")
    layout.name("precedent", sheet, cell)


def base_rate(layout: Layout, sheet: str, cell: str) -> None:
    """BOTH on k of n judged sessions, as text in the named cell `base_rate_text`."""
    rate = '"BOTH on "&COUNTIF(signal_flags,1)&" of "&COUNT(signal_flags)&" judged sessions"'
    layout.put(sheet, cell, Formula(f"=IF(COUNT(signal_dates)=0,NA(),{rate})"), "text")
    layout.name("base_rate_text", sheet, cell)
