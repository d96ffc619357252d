"""History functions: what followed, in both branches, with the number of cases and the base rate."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xlsig.frames.wording import counted, day, listed
from xlsig.functions.answers import Answer, Table, amount, decimals, percent
from xlsig.functions.spec import Argument, function
from xlsig.signals import history as signals
from xlsig.signals.series import DateArray, FloatArray, IntArray, require_last

HISTORY = "History"
STUDY_COLUMNS = ("horizon", "n", "mean", "median", "hit_rate", "base_mean", "p_value", "note")

Dates = Annotated[DateArray, Argument("dates", "date of each close", unit="date", axis="sessions")]
Prices = Annotated[FloatArray, Argument("series", "close of each session; a blank row is not a session", unit="price", axis="sessions")]
Event = Annotated[np.datetime64, Argument("date", "day of the event; between sessions, the next one counts", unit="date")]
Within = Annotated[int, Argument("count", "sessions after the event that are looked at", unit="sessions", least=1)]


@function(
    HISTORY, sheet="history/Paths", example="=FORWARD_RETURN(Prices[date],Prices[close],DATE(2021,12,15),21)", returns="decimal return"
)
def forward_return(dates: Dates, prices: Prices, date: Event, sessions: Within) -> Answer:
    """Return over the sessions after an event.

    price[i + sessions]/price[i] − 1. #N/A if the history does not reach so far.
    """
    at = signals.sessions_of(dates, prices)
    value = signals.forward_return(at, date, sessions)
    row = at.start(date)
    return Answer(
        value,
        lambda: (
            f"{percent(value, 1)}: from {amount(float(at.closes[row]))} on {day(at.dates[row])} to "
            f"{amount(float(at.closes[row + sessions]))} on {day(at.dates[row + sessions])}, {counted(sessions, 'session')} later."
        ),
    )


@function(
    HISTORY,
    sheet="history/History",
    example="=DRAWDOWN_AFTER(Prices[date],Prices[close],DATE(2021,12,15),252)",
    returns="table of measure and value",
    spills="table",
    columns=("measure", "value"),
)
def drawdown_after(dates: Dates, prices: Prices, date: Event, sessions: Within = 252) -> Answer:
    """The fall after an event: peak, trough, depth, length and recovery.

    Trough: the lowest close within `sessions` (to the end of a shorter history), first of equals; peak: the highest close from the event to
    it; months = days/30.4375; recovery: the first close at or above the peak after the trough, searched to the end. Never below the event's
    close: depth 0, recovery unknown. #N/A if no session follows the event.
    """
    at = signals.sessions_of(dates, prices)
    fall = signals.drawdown_after(at, date, sessions)
    start, peak, trough = (float(at.closes[row]) for row in (fall.start, fall.peak, fall.trough))
    days = int((at.dates[fall.trough] - at.dates[fall.start]).astype(np.int64))
    depth = (trough - peak) / peak
    rows = (
        ("start_date", at.dates[fall.start]),
        ("start_price", start),
        ("peak_date", at.dates[fall.peak]),
        ("peak_price", peak),
        ("trough_date", at.dates[fall.trough]),
        ("trough_price", trough),
        ("depth_from_peak", depth),
        ("depth_from_start", (trough - start) / start),
        ("sessions", fall.trough - fall.start),
        ("days", days),
        ("months", days / signals.DAYS_PER_MONTH),
        ("recovery_date", None if fall.recovery is None else at.dates[fall.recovery]),
    )

    def because() -> str:
        if fall.trough == fall.start:
            return f"The price never closed below {amount(start)}, its close of {day(at.dates[fall.start])}, in the sessions looked at."
        back = f"recovered on {day(at.dates[fall.recovery])}" if fall.recovery is not None else "not recovered by the end of the history"
        return (
            f"{percent(depth, 1)} from {amount(peak)} on {day(at.dates[fall.peak])} to {amount(trough)} on {day(at.dates[fall.trough])}, "
            f"{decimals(days / signals.DAYS_PER_MONTH, 1)} months after {day(at.dates[fall.start])}; {back}."
        )

    return Answer(Table.of(("measure", "value"), rows), because)


@function(
    HISTORY,
    sheet="history/History",
    example="=EVENT_STUDY(Prices[date],Prices[close],A2:A8)",
    returns="table, a row per horizon",
    spills="table",
    columns=STUDY_COLUMNS,
)
def event_study(
    dates: Dates,
    prices: Prices,
    events: Annotated[DateArray, Argument("dates", "days of the events, oldest first", unit="date")],
    horizons: Annotated[IntArray, Argument("counts", "horizons to look at", unit="sessions", least=1)] = (21, 63, 126, 252),  # type: ignore[assignment]
) -> Answer:
    """Returns after a set of events, beside the base rate and chance.

    Per horizon: n, mean, median, hit_rate (share below 0), base_mean over every start, and p_value = (1 + k)/(1 + 2000), k = random sets of
    n starts under the same spacing with a mean as low. Events without the horizon, or closer than it to the one before, are left out of n.
    """
    at = signals.sessions_of(dates, prices)
    studies = signals.event_study(at, events, [int(horizon) for horizon in horizons])

    def because() -> str:
        kept = listed([f"{study.n} over {study.horizon} sessions" for study in studies])
        return (
            f"Of {counted(events.size, 'event')}, those with the whole horizon "
            f"inside the history and apart from the one before count: {kept}. "
            f"The p-value is the share of {signals.DRAWS} random sets of as many starts, spaced alike, with a mean as low."
        )

    return Answer(Table.of(STUDY_COLUMNS, studies), because)


@function(
    HISTORY,
    sheet="history/History",
    example="=OUTCOMES(Prices[date],Prices[close],DATE(2021,12,15))",
    returns="table of branch, measure and value",
    spills="table",
    columns=("branch", "measure", "value"),
)
def outcomes(
    dates: Dates,
    prices: Prices,
    date: Event,
    sessions: Within = 252,
    threshold: Annotated[float, Argument("number", "rise or fall that decides which branch came first", unit="decimal", above=0)] = 0.1,
) -> Answer:
    """Both branches after an event, side by side: the decline and the squeeze to new highs.

    squeeze: first close above the highest close so far, and the best gain; decline: trough, depth from the event's close, months. first:
    whichever of a close ≤ (1 − threshold)·event and one ≥ (1 + threshold)·event is reached first, or "neither".
    """
    at = signals.sessions_of(dates, prices)
    found = signals.outcomes(at, date, sessions, threshold)
    start = float(at.closes[found.start])

    def days_to(row: int) -> int:
        return int((at.dates[row] - at.dates[found.start]).astype(np.int64))

    new_high = None if found.new_high is None else (at.dates[found.new_high], days_to(found.new_high))
    depth = (float(at.closes[found.trough]) - start) / start
    rows = (
        ("squeeze", "new_high_date", new_high and new_high[0]),
        ("squeeze", "days_to_new_high", new_high and new_high[1]),
        ("squeeze", "best_gain", (float(at.closes[found.best]) - start) / start),
        ("decline", "trough_date", at.dates[found.trough]),
        ("decline", "depth", depth),
        ("decline", "days_to_trough", days_to(found.trough)),
        ("decline", "months", days_to(found.trough) / signals.DAYS_PER_MONTH),
        ("first", "first", found.first),
    )

    def because() -> str:
        reached = "" if found.first_at is None else f" on {day(at.dates[found.first_at])}"
        high = f"a new high on {day(new_high[0])}" if new_high else "no new high"
        which = {"decline": f"−{percent(threshold)}", "squeeze": f"+{percent(threshold)}", "neither": f"neither ±{percent(threshold)}"}[
            found.first
        ]
        return (
            f"After {day(at.dates[found.start])} at {amount(start)}: {which} was reached first{reached}; {high}; the lowest close was "
            f"{percent(depth, 1)} on {day(at.dates[found.trough])}."
        )

    return Answer(Table.of(("branch", "measure", "value"), rows), because)


def _factor(doc: str, unit: str) -> Argument:
    return Argument("series", f"{doc}; the last value is now, blank drops the factor", unit=unit, may_be_missing=True)


_FACTORS = ("short_interest", "days_to_cover", "borrow_fee", "short_share", "high_distance", "shorts_loss")


@function(HISTORY, sheet="history/History", example="=SQUEEZE_SCORE(A2:A260,B2:B260,C2:C260,D2:D260,E2:E260,F2:F260)", returns="0 to 100")
def squeeze_score(
    short_interest: Annotated[FloatArray, _factor("short interest", "shares or share of float")],
    days_to_cover: Annotated[FloatArray, _factor("days to cover", "days")],
    borrow_fee: Annotated[FloatArray, _factor("stock borrow fee", "decimal")],
    short_share: Annotated[FloatArray, _factor("short sales as a share of selling", "decimal")],
    high_distance: Annotated[FloatArray, _factor("price over its high, less 1: 0 is at the high", "decimal")],
    shorts_loss: Annotated[FloatArray, _factor("loss of the shorts at today's price", "decimal")],
) -> Answer:
    """Short-squeeze risk, 0 to 100, from where six factors stand in their own histories.

    The mean of the weak percentiles of the last values, ×100; larger is more risk. A factor that is blank, missing now, or has fewer than
    60 known values is dropped and the rest re-weighted; fewer than three left: #N/A.
    """
    series = (short_interest, days_to_cover, borrow_fee, short_share, high_distance, shorts_loss)
    histories = dict(zip(_FACTORS, series, strict=True))
    value = signals.squeeze_score(histories)

    def because() -> str:
        factors = {name: signals.squeeze_factor(values) for name, values in histories.items()}
        used = [f"{name} {percent(factor.percentile)}" for name, factor in factors.items() if not factor.dropped]
        dropped = [f"{name} ({factor.dropped})" for name, factor in factors.items() if factor.dropped]
        left_out = f"; dropped: {listed(dropped)}" if dropped else ""
        return f"{decimals(value, 1)}: the mean of {listed(used)}{left_out}."

    return Answer(value, because)


@function(HISTORY, sheet="history/History", example="=SQUEEZE_ALERT(Prices[close],0.86,-2.2)", returns="1 or 0")
def squeeze_alert(
    prices: Annotated[FloatArray, Argument("series", "close of each session", unit="price")],
    short_share: Annotated[float, Argument("number", "short sales as a share of selling: SELLING_DRIVER", unit="decimal")],
    flow_z: Annotated[float, Argument("number", "z-score of the flows: FLOW_ZSCORE", unit="standard deviations")],
    window: Annotated[int, Argument("count", "known closes of which the high is taken", unit="sessions", least=2)] = 252,
    near_high: Annotated[float, Argument("number", "near the high means at or above this part of it", unit="decimal")] = 0.95,
    short_limit: Annotated[float, Argument("number", "short share above which selling is crowded", unit="decimal")] = 0.6,
    z_limit: Annotated[float, Argument("number", "flow z at or below which selling is heavy", unit="standard deviations")] = -1.0,
) -> Answer:
    """1 when heavy short selling meets a price near its high: the makings of a squeeze.

    The last price ≥ near_high × its `window` high, short_share > short_limit and flow_z ≤ z_limit; else 0. #N/A if an input is missing.
    """
    last = require_last(prices, "price")
    high = signals.high_of(prices, window)
    conditions = {
        f"price {percent(last / high, 1)} of its {window}-session high": last >= near_high * high,
        f"short share {percent(short_share)}": short_share > short_limit,
        f"flow z {decimals(flow_z, 2)}": flow_z <= z_limit,
    }
    value = int(all(conditions.values()))

    def because() -> str:
        said = [f"{what} ({'met' if met else 'not met'})" for what, met in conditions.items()]
        limits = f"{percent(near_high)} of the high, {percent(short_limit)}, {decimals(z_limit, 2)}"
        return f"{value}: {listed(said)}; limits {limits}."

    return Answer(value, because)
