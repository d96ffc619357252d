"""Flow functions: net selling and net buying, their streak, pace and rarity, and who drove them."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xlsig.errors import NA, VALUE, SignalError
from xlsig.frames.wording import counted, day
from xlsig.functions.answers import Answer, Table, amount, decimals, percent, place, span
from xlsig.functions.spec import Argument, function
from xlsig.signals import flows as signals
from xlsig.signals.series import DateArray, FloatArray, complete_months, known

FLOWS = "Flows"

Flows = Annotated[
    FloatArray,
    Argument("series", "net flow per session, oldest first, selling negative", unit="currency", axis="sessions"),
]
Dates = Annotated[DateArray, Argument("dates", "date of each session", unit="date", axis="sessions")]
Sessions = Annotated[int, Argument("count", "sessions that are summed", unit="sessions", least=1)]
Tolerance = Annotated[float, Argument("number", "a session sold if its net flow is below minus this", unit="currency", least=0)]
FlowSide = Annotated[signals.Side, Argument("choice", '"selling" or "buying"', choices=("selling", "buying"))]
StreakDates = Annotated[DateArray | None, Argument("dates", "date of each session; needed with a calendar", unit="date", axis="sessions")]
Calendar = Annotated[str | None, Argument("text", "exchange code such as XNYS: its holidays do not break a streak, a missing session does")]
LongBuys = Annotated[FloatArray, Argument("series", "bought to open or add to longs", unit="currency", axis="sessions")]
LongSells = Annotated[FloatArray, Argument("series", "sold out of longs", unit="currency", axis="sessions")]
ShortSales = Annotated[FloatArray, Argument("series", "sold short", unit="currency", axis="sessions")]
ShortCovers = Annotated[FloatArray, Argument("series", "bought back to cover shorts", unit="currency", axis="sessions")]


@function(
    FLOWS,
    sheet="danger/Signal",
    example="=NET_FLOW(Flows[long_buys],Flows[long_sells],Flows[short_sales],Flows[short_covers])",
    returns="currency per row, net selling negative",
    spills="rows",
)
def net_flow(long_buys: LongBuys, long_sells: LongSells, short_sales: ShortSales, short_covers: ShortCovers) -> Answer:
    """Net flow of each session from its four legs.

    long_buys + short_covers − long_sells − short_sales. A missing leg leaves the row unknown; a negative leg is #NUM!.
    """
    values = signals.net_flow(long_buys, long_sells, short_sales, short_covers)
    return Answer(
        values,
        lambda: (
            f"{np.count_nonzero(known(values))} of {counted(values.size, 'row')} have all four legs: buys and covers less sells and short "
            f"sales; they sum to {amount(float(np.nansum(values)))}."
        ),
    )


@function(
    FLOWS,
    sheet="danger/Signal",
    example="=GROSS_FLOW(Flows[long_buys],Flows[long_sells],Flows[short_sales],Flows[short_covers])",
    returns="currency per row, negative while gross exposure is cut",
    spills="rows",
)
def gross_flow(long_buys: LongBuys, long_sells: LongSells, short_sales: ShortSales, short_covers: ShortCovers) -> Answer:
    """Change of gross exposure of each session from its four legs: negative is de-grossing.

    long_buys − long_sells + short_sales − short_covers: what opens positions less what closes them. A missing leg leaves the row unknown; a
    negative leg is #NUM!.
    """
    values = signals.gross_flow(long_buys, long_sells, short_sales, short_covers)

    def because() -> str:
        total = float(np.nansum(values))
        moved = "was cut" if total < 0 else "grew" if total > 0 else "did not change"
        return (
            f"{np.count_nonzero(known(values))} of {counted(values.size, 'row')} have all four legs: long buys and short sales less long "
            f"sales and covers; they sum to {amount(total)}, so gross exposure {moved}."
        )

    return Answer(values, because)


@function(
    FLOWS,
    sheet="danger/Danger",
    example='=SELLOFF_STREAK(Flows[north_america],Flows[date],"XNYS")',
    returns="sessions",
)
def selloff_streak(flows: Flows, dates: StreakDates = None, calendar: Calendar = None, tolerance: Tolerance = 0.0) -> Answer:
    """Sessions in a row, up to the last, with net selling.

    Counts back from the last row while net flow < −tolerance; a session that did not sell ends it, so 0 is an answer. A missing value, or
    with a calendar a scheduled session without a row, met first is #N/A naming it; rows outside the exchange's sessions are passed over.
    """
    return _streak(flows, dates, calendar, tolerance, "selling")


@function(
    FLOWS,
    sheet="danger/Details",
    example='=BUYING_STREAK(Flows[north_america],Flows[date],"XNYS")',
    returns="sessions",
)
def buying_streak(
    flows: Flows,
    dates: StreakDates = None,
    calendar: Calendar = None,
    tolerance: Annotated[float, Argument("number", "a session bought if its net flow is above this", unit="currency", least=0)] = 0.0,
) -> Answer:
    """Sessions in a row, up to the last, with net buying.

    SELLOFF_STREAK of −flows: counts back from the last row while net flow > tolerance; a session that did not buy ends it, so 0 is an
    answer. A missing value or session met first is #N/A naming it, as there.
    """
    return _streak(flows, dates, calendar, tolerance, "buying")


_DID = {"selling": ("sell", "sold"), "buying": ("buy", "bought")}


def _streak(flows: FloatArray, dates: DateArray | None, calendar: str | None, tolerance: float, side: signals.Side) -> Answer:
    given = dates
    if calendar is not None:
        if dates is None:
            raise SignalError(VALUE, "a calendar needs the dates of the flows")
        dates, flows = on_calendar(dates, flows, calendar)
    run = signals.last_streak(flows if side == "selling" else -flows, tolerance)
    if run.missing_at is not None:
        lacks = calendar is not None and given is not None and dates is not None and dates[run.missing_at] not in given
        what = f"there is no row for {place(dates, run.missing_at)}, on which {calendar} traded"
        missing = f"the flow of {place(dates, run.missing_at)} is missing"
        raise SignalError(NA, f"{what if lacks else missing}, so the streak cannot be told")
    last = flows.size - 1

    def because() -> str:
        does, did = _DID[side]
        limit = f" below {amount(-tolerance)}" if side == "selling" else f" above {amount(tolerance)}"
        if run.sessions == 0:
            return f"0: the last session, {place(dates, last)}, did not {does}: net flow {amount(float(flows[last]))}."
        in_a_row = f"{counted(run.sessions, 'session')} in a row with net {side}{limit if tolerance else ''}"
        ran = f"{in_a_row}, {span(dates, last - run.sessions + 1, last)}"
        if run.reaches_start:
            return f"At least {ran}: the first row is reached and still {did}."
        before = last - run.sessions
        return f"{ran}; the session before, {place(dates, before)}, had a net flow of {amount(float(flows[before]))}."

    return Answer(run.sessions, because)


def on_calendar(dates: DateArray, values: FloatArray, calendar: str) -> tuple[DateArray, FloatArray]:
    """A series on the exchange's sessions from its first date to its last: NaN where a session has no row, other rows passed over."""
    from xlsig.frames.calendar import sessions

    scheduled = sessions(calendar, dates[0], dates[-1])
    if scheduled.size == 0:
        raise SignalError(NA, f"{calendar} has no session from {dates[0]} to {dates[-1]}")
    rows = np.searchsorted(scheduled, dates)
    inside = scheduled[np.minimum(rows, scheduled.size - 1)] == dates
    out = np.full(scheduled.size, np.nan)
    out[rows[inside]] = values[inside]
    return scheduled, out


@function(
    FLOWS,
    sheet="danger/Signal",
    example="=SELLOFF_STREAK_HISTORY(Flows[north_america])",
    returns="sessions per row",
    spills="rows",
)
def selloff_streak_history(flows: Flows, tolerance: Tolerance = 0.0) -> Answer:
    """The running selling streak of every session.

    After a missing value it is unknown until a session that did not sell.
    """
    values = signals.streak_history(flows, tolerance)
    return Answer(
        values,
        lambda: (
            f"The running count of sessions with net selling; the longest is {int(np.nanmax(values, initial=0))}, and "
            f"{counted(int(np.isnan(values).sum()), 'row')} cannot be known after a missing flow."
        ),
    )


@function(FLOWS, sheet="danger/Details", example="=SESSIONS_SOLD(Flows[north_america],8)", returns="sessions")
def sessions_sold(
    flows: Flows,
    sessions: Annotated[int, Argument("count", "last rows that are looked at", unit="sessions", least=1)] = 8,
    tolerance: Tolerance = 0.0,
) -> Answer:
    """How many of the last sessions were net sold, as in "net sold in 7 of the last 8".

    Counts the last `sessions` rows with net flow < −tolerance, whatever the calendar. #N/A if one of them is missing or there are fewer.
    """
    value = signals.sessions_sold(flows, sessions, tolerance)
    return Answer(
        value,
        lambda: (
            f"Net sold in {value} of the last {counted(sessions, 'session')}"
            f"{f' by more than {amount(tolerance)}' if tolerance else ''}, whose net flows sum to {amount(float(flows[-sessions:].sum()))}."
        ),
    )


@function(FLOWS, sheet="danger/Danger", example="=SELLOFF_PACE(Flows[north_america],5)", returns="currency per session")
def selloff_pace(flows: Flows, sessions: Sessions = 5) -> Answer:
    """Mean net flow per session over the last sessions.

    #N/A if one of them is missing or there are fewer.
    """
    value = signals.pace(flows, sessions)
    return Answer(
        value,
        lambda: f"{amount(value)} a session: {amount(value * sessions)} over the last {counted(sessions, 'session')}.",
    )


@function(FLOWS, sheet="danger/Danger", example="=FLOW_ZSCORE(Flows[north_america],5,252)", returns="standard deviations")
def flow_zscore(
    flows: Flows,
    sessions: Sessions = 5,
    window: Annotated[int, Argument("count", "earlier sums in the reference window", unit="sessions", least=2)] = 252,
) -> Answer:
    """How unusual the net flow of the last sessions is, as a z-score.

    The last sum against the `window` latest sums of as many sessions that end before it begins (they may overlap each other):
    (x − mean)/sample standard deviation. Needs window + 2·sessions − 1 rows (#N/A); #DIV/0! if all are equal.
    """
    value = signals.flow_zscore(flows, sessions, window)
    return Answer(
        value,
        lambda: (
            f"z {decimals(value, 2)}: {amount(float(flows[-sessions:].sum()))} over the last {counted(sessions, 'session')} against the "
            f"{window} latest sums of as many sessions that ended before."
        ),
    )


def _since(dates: DateArray, flows: FloatArray, sessions: int, side: signals.Side) -> tuple[signals.Fastest, str]:
    found = signals.fastest_since(flows, sessions, side)
    does, did = _DID[side]
    now = f"the last {counted(sessions, 'session')} {did} {amount(abs(found.total))}"
    first_row, row = max(0, found.row - sessions + 1), found.row
    if found.on_record:
        return found, f"{now}, the fastest on record since {day(dates[row])}: no earlier window {did} as much"
    then = abs(float(flows[first_row : row + 1].sum()))
    return found, f"{now}; the latest earlier window to {does} as much ({amount(then)}) was {span(dates, first_row, row)}"


@function(FLOWS, sheet="danger/Danger", example="=FASTEST_SINCE(Flows[date],Flows[north_america],5)", returns="date")
def fastest_since(dates: Dates, flows: Flows, sessions: Sessions = 5, side: FlowSide = "selling") -> Answer:
    """Date since which net selling, or net buying, has not been as fast.

    Where the latest earlier non-overlapping window of as many sessions that sold at least as much ended (ties count). None as fast: the
    first date with a known flow. #N/A if the last sessions did not sell, one is missing, or there is no window to compare with.
    side "buying" asks the same of −flows.
    """
    found, sentence = _since(dates, flows, sessions, side)
    return Answer(dates[found.row].item(), lambda: f"{day(dates[found.row])}: {sentence}.")


@function(FLOWS, sheet="danger/Danger", example="=FASTEST_MONTHS(Flows[date],Flows[north_america],5)", returns="complete months")
def fastest_months(dates: Dates, flows: Flows, sessions: Sessions = 5, side: FlowSide = "selling") -> Answer:
    """Complete months since net selling, or net buying, was last as fast.

    From FASTEST_SINCE to the last date, as DATEDIF(from, to, "m").
    """
    found, sentence = _since(dates, flows, sessions, side)
    months = complete_months(dates[found.row], dates[-1])
    return Answer(months, lambda: f"{counted(months, 'complete month')} from {day(dates[found.row])} to {day(dates[-1])}: {sentence}.")


@function(
    FLOWS,
    sheet="danger/Details",
    example="=SELLING_DRIVER(Flows[long_buys],Flows[long_sells],Flows[short_sales],Flows[short_covers])",
    returns="table of measure and value",
    spills="table",
    columns=("measure", "value"),
)
def selling_driver(long_buys: LongBuys, long_sells: LongSells, short_sales: ShortSales, short_covers: ShortCovers) -> Answer:
    """Whether short sales or long sales drove the net selling.

    The series are totalled. net_long = LB − LS; net_short = SC − SS; short_contribution = min(net_short, 0)/(min(net_short, 0) +
    min(net_long, 0)); then SS/LS, SS/LB and the verdict. A zero denominator leaves a cell unknown; a negative leg is #NUM!, a
    missing one #N/A.
    """
    _all_known(long_buys, long_sells, short_sales, short_covers)
    driver = signals.selling_driver(long_buys, long_sells, short_sales, short_covers)
    return _driven(driver, driver.net_short, driver.short_contribution, "short sales are {} of the selling")


@function(
    FLOWS,
    sheet="danger/Details",
    example="=BUYING_DRIVER(Flows[long_buys],Flows[long_sells],Flows[short_sales],Flows[short_covers])",
    returns="table of measure and value",
    spills="table",
    columns=("measure", "value"),
)
def buying_driver(long_buys: LongBuys, long_sells: LongSells, short_sales: ShortSales, short_covers: ShortCovers) -> Answer:
    """Whether short covers or long buys drove the net buying.

    The series are totalled. net_long = LB − LS; net_cover = SC − SS; cover_contribution = max(net_cover, 0)/(max(net_cover, 0) +
    max(net_long, 0)); then SC/SS, SC/LB and the verdict. A zero denominator leaves a cell unknown; a negative leg is #NUM!, a
    missing one #N/A.
    """
    _all_known(long_buys, long_sells, short_sales, short_covers)
    driver = signals.buying_driver(long_buys, long_sells, short_sales, short_covers)
    return _driven(driver, driver.net_cover, driver.cover_contribution, "short covers are {} of the buying")


def _all_known(*legs: FloatArray) -> None:
    for name, values in zip(("long_buys", "long_sells", "short_sales", "short_covers"), legs, strict=True):
        if not known(values).all():
            raise SignalError(NA, f"{name} is missing in row {int(np.isnan(values).argmax()) + 1}")


def _driven(driver: signals.Driver | signals.BuyingDriver, net_of_shorts: float, contribution: float, part: str) -> Answer:
    table = Table.of(("measure", "value"), zip(driver._fields, driver, strict=True))

    def because() -> str:
        nets = f"{driver.verdict.capitalize()}: longs {amount(driver.net_long)} net, shorts {amount(net_of_shorts)} net"
        return f"{nets}." if np.isnan(contribution) else f"{nets}, so {part.format(percent(contribution, 1))}."

    return Answer(table, because)
