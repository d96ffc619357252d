"""Financing functions: spreads from prices, rolls and turns taken out, and how unusual the level or its change is."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xlsig.frames.wording import counted, day
from xlsig.functions.answers import Answer, Table, amount, bp, decimals, percent, place
from xlsig.functions.spec import Argument, function
from xlsig.signals import financing as signals
from xlsig.signals import windows
from xlsig.signals.series import DateArray, FloatArray, LabelArray, known, require_last

FINANCING = "Financing"

Spot = Annotated[float, Argument("number", "index level today", unit="index points")]
Future = Annotated[float, Argument("number", "futures price", unit="index points")]
Days = Annotated[float, Argument("number", "calendar days to expiry", unit="days")]
Dividends = Annotated[float, Argument("number", "dividends going ex between today and expiry, as index points", unit="index points")]
DayCount = Annotated[float, Argument("number", "days of a year in the rate's convention: 360 or 365", unit="days")]
Level = Annotated[float, Argument("number", "index level", unit="index points")]
Spreads = Annotated[
    FloatArray,
    Argument("series", "financing spread per session, oldest first; a gap is bridged", unit="bp", axis="sessions"),
]
Contracts = Annotated[
    LabelArray | None,
    Argument("labels", "contract or forward pair of each spread; given, a roll is not a move", axis="sessions"),
]
Window = Annotated[int, Argument("count", "known values in the reference window", unit="sessions", least=2)]
Steps = Annotated[int, Argument("count", "steps the change runs over", unit="sessions", least=1)]
Method = Annotated[
    windows.Method,
    Argument("choice", '"mean" (and standard deviation) or "robust" (median and 1.4826·MAD)', choices=("mean", "robust")),
]


@function(
    FINANCING,
    sheet="danger/Details",
    example="=IMPLIED_FINANCING(6000,6065,88,18.5,0.0432)",
    returns="decimal rate, simple, per year",
)
def implied_financing(
    spot: Spot,
    future: Future,
    days: Days,
    dividends: Dividends = 0.0,
    rate: Annotated[float, Argument("number", "rate at which dividends are reinvested, half-way to expiry", unit="decimal")] = 0.0,
    day_count: DayCount = 360.0,
) -> Answer:
    """Financing rate that a futures price implies.

    ((F + D·(1 + r·T/(2·dc)))/S − 1)·dc/T. Index points for S, F and D, calendar days for T, decimals for rates.
    #NUM! if the spot, the future, the days or the day count is not above 0.
    """
    value = signals.implied_financing(spot, future, days, dividends, rate, day_count)
    return Answer(
        value,
        lambda: (
            f"{percent(value, 4)}: the future at {amount(future)} plus {amount(dividends)} index points of dividends over the index at "
            f"{amount(spot)}, for {amount(days)} days on a {amount(day_count)}-day year, simple."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=FINANCING_SPREAD(6000,6065,88,0.0432,18.5)",
    returns="basis points",
)
def financing_spread(
    spot: Spot,
    future: Future,
    days: Days,
    rate: Annotated[float, Argument("number", "benchmark rate to the same date, such as OIS", unit="decimal")],
    dividends: Dividends = 0.0,
    min_days: Annotated[float, Argument("number", "closer to expiry than this the answer is #N/A", unit="days", least=0)] = 15.0,
    day_count: DayCount = 360.0,
) -> Answer:
    """Financing spread of a future over a benchmark rate, in basis points.

    (IMPLIED_FINANCING at that rate − rate)·1e4. #N/A with fewer than min_days to expiry: one index point is
    3.6e6/(S·T) bp there, 200 bp at S = 6000 and T = 3. #NUM! as IMPLIED_FINANCING.
    """
    value = signals.financing_spread(spot, future, days, rate, dividends, min_days, day_count)
    return Answer(
        value,
        lambda: (
            f"{bp(value)}: implied financing of {percent(value / 1e4 + rate, 4)} less the rate of {percent(rate, 4)}, for "
            f"{amount(days)} days."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=FORWARD_SPREAD(4508.5,4502.5,16,107,0.0007956957,0.0008736756,2.995319,19.081932)",
    returns="basis points",
)
def forward_spread(
    near: Annotated[float, Argument("number", "price of the nearer future", unit="index points")],
    far: Annotated[float, Argument("number", "price of the farther future", unit="index points")],
    days_near: Annotated[float, Argument("number", "calendar days to the nearer expiry", unit="days")],
    days_far: Annotated[float, Argument("number", "calendar days to the farther expiry", unit="days")],
    rate_near: Annotated[float, Argument("number", "OIS rate to the nearer expiry", unit="decimal")],
    rate_far: Annotated[float, Argument("number", "OIS rate to the farther expiry", unit="decimal")],
    div_near: Annotated[float, Argument("number", "dividends to the nearer expiry", unit="index points")] = 0.0,
    div_far: Annotated[float, Argument("number", "dividends to the farther expiry", unit="index points")] = 0.0,
    day_count: DayCount = 360.0,
) -> Answer:
    """Financing spread between two futures over the matched forward OIS rate, in basis points.

    Dj* = Dj·(1 + rj·Tj/(2·dc)); f = ((F2 + D2*)/(F1 + D1*) − 1)·dc/(T2 − T1);
    ois = ((1 + r2·T2/dc)/(1 + r1·T1/dc) − 1)·dc/(T2 − T1); (f − ois)·1e4.
    #NUM! unless T2 > T1 ≥ 0 and both prices are above 0.
    """
    value = signals.forward_spread(near, far, days_near, days_far, rate_near, rate_far, div_near, div_far, day_count)
    return Answer(
        value,
        lambda: (
            f"{bp(value)}: what holding from day {amount(days_near)} to day {amount(days_far)} costs between the futures at "
            f"{amount(near)} and {amount(far)}, dividends counted, over the forward OIS rate of the same days."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Details",
    example="=TRF_BASIS(15.5,6810.38,788)",
    returns="index points",
)
def trf_basis(
    spread: Annotated[float, Argument("number", "financing spread of the total return future", unit="bp")],
    index_level: Level,
    days: Days,
    day_count: DayCount = 360.0,
) -> Answer:
    """Basis, in index points, of a total return future quoted as a spread.

    index · spread/1e4 · days/dc. #NUM! if the index level, the days or the day count is not above 0.
    """
    value = signals.trf_basis(spread, index_level, days, day_count)
    return Answer(
        value,
        lambda: (
            f"{amount(value)} index points: {bp(spread)} of {amount(index_level)} "
            f"for {amount(days)} days on a {amount(day_count)}-day year."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=TRF_SPREAD(23.1061,6810.38,788)",
    returns="basis points",
)
def trf_spread(
    basis: Annotated[float, Argument("number", "basis of the total return future", unit="index points")],
    index_level: Level,
    days: Days,
    day_count: DayCount = 360.0,
) -> Answer:
    """Financing spread of a total return future's basis, in basis points.

    The inverse of TRF_BASIS: basis·1e4·dc/(index·days). #NUM! as there.
    """
    value = signals.trf_spread(basis, index_level, days, day_count)
    return Answer(
        value,
        lambda: (
            f"{bp(value)}: a basis of {amount(basis)} index points on {amount(index_level)} for {amount(days)} days on a "
            f"{amount(day_count)}-day year."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Details",
    example="=TURN_PREMIUM(A2:A5,B2:B5,C2:C5)",
    returns="table of measure and value, in bp and bp·days",
    spills="table",
    columns=("measure", "value"),
)
def turn_premium(
    starts: Annotated[DateArray, Argument("dates", "start of each forward pair, in order", unit="date", axis="pairs")],
    ends: Annotated[DateArray, Argument("dates", "end of each forward pair", unit="date", axis="pairs")],
    spreads: Annotated[FloatArray, Argument("series", "spread of each forward pair on one day", unit="bp", axis="pairs")],
) -> Answer:
    """Year-end turn in one day's forward financing spreads.

    A pair spans the turn when start ≤ 31 December < end. crossing is the first pair that does, ex_turn the first that does not,
    excess their difference, and bp_days = excess · days of the crossing pair. What has no pair is #N/A.
    """
    turn = signals.turn_premium(starts, ends, spreads)
    table = Table.of(("measure", "value"), zip(turn._fields, turn, strict=True))
    spans = signals.spans_turn(starts, ends)

    def because() -> str:
        if not spans.any() or spans.all():
            return f"No premium can be told: {'every' if spans.all() else 'no'} pair of the day spans a year end."
        over, clear = int(spans.argmax()), int((~spans).argmax())
        return (
            f"The pair {day(starts[over])} to {day(ends[over])} spans the year end at {_known_bp(turn.crossing)}, the pair "
            f"{day(starts[clear])} to {day(ends[clear])} does not at {_known_bp(turn.ex_turn)}: the turn is worth {_known_bp(turn.excess)}."
        )

    return Answer(table, because)


def _known_bp(spread: float) -> str:
    return "an unknown spread" if np.isnan(spread) else bp(spread)


@function(
    FINANCING,
    sheet="danger/Signal",
    example="=ROLL_ADJUSTED(Spreads[spread_bp],Spreads[contract])",
    returns="bp per row; the last value is as quoted",
    spills="rows",
)
def roll_adjusted(
    spreads: Spreads,
    contracts: Annotated[LabelArray, Argument("labels", "contract or forward pair of each spread", axis="sessions")],
) -> Answer:
    """Financing spread with the rolls taken out: no step spans a contract change.

    Re-based backwards, so that the last value is unchanged; a missing value stays missing. #VALUE! if a known spread has no label.
    """
    at = signals.steps(spreads, contracts)
    rolls = int(at.rolls[-1])
    return Answer(
        signals.roll_adjusted(spreads, contracts),
        lambda: (
            f"{counted(rolls, 'roll')} taken out of {counted(at.rows.size, 'known spread')}: earlier values are moved so that the step "
            f"into each new contract is 0, and the last value stays {bp(float(at.levels[-1]))}."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=SPREAD_CHANGE(Spreads[spread_bp],5,Spreads[contract])",
    returns="basis points",
)
def spread_change(spreads: Spreads, sessions: Steps = 20, contracts: Contracts = None) -> Answer:
    """Change of the financing spread over the last sessions.

    Last value − value `sessions` known rows before; with contracts, of ROLL_ADJUSTED: a roll is not a move.
    #N/A if the last spread is missing, the history is short, or every step is a roll.
    """
    value = signals.spread_change(spreads, sessions, contracts)

    def because() -> str:
        at = signals.steps(spreads, contracts)
        last = at.rows.size - 1
        return (
            f"{bp(value)}: from row {at.rows[last - sessions] + 1} to row {at.rows[last] + 1}, {counted(sessions, 'step')} between known "
            f"spreads{_rolls_out(at, last - sessions, contracts)}."
        )

    return Answer(value, because)


def _rolls_out(at: signals.Steps, since: int, contracts: LabelArray | None) -> str:
    if contracts is None:
        return ""
    rolls = int(at.rolls[-1] - at.rolls[since])
    return f", {counted(rolls, 'roll')} taken out" if rolls else ", no roll inside"


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=SPREAD_CHANGE_ZSCORE(Spreads[spread_bp],20,252,Spreads[contract])",
    returns="standard deviations",
)
def spread_change_zscore(spreads: Spreads, sessions: Steps = 20, window: Window = 252, contracts: Contracts = None) -> Answer:
    """How unusual the change of the financing spread is, as a z-score.

    SPREAD_CHANGE against the `window` latest changes of as many steps that end no later than the row where it begins (they may overlap
    each other). (x − mean)/sample standard deviation. Needs window + 2·sessions known rows (#N/A); #DIV/0! if all are equal.
    """
    value = signals.spread_change_zscore(spreads, sessions, window, contracts)

    def because() -> str:
        change = signals.spread_change(spreads, sessions, contracts)
        rolls = ", rolls taken out" if contracts is not None else ""
        return (
            f"z {decimals(value, 2)}: the change of {bp(change)} over {counted(sessions, 'session')} against the {window} latest changes "
            f"of as many sessions that ended before it began{rolls}."
        )

    return Answer(value, because)


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=SPREAD_ZSCORE(Spreads[spread_bp])",
    returns="standard deviations",
)
def spread_zscore(spreads: Spreads, window: Window = 252, method: Method = "mean") -> Answer:
    """How unusual the level of the financing spread is, as a z-score.

    (last − mean of the `window` known values before it)/their sample standard deviation; the last value is not in its own reference.
    "robust" takes the median and 1.4826·MAD. #N/A if the last is missing or the window not full; #DIV/0! without deviation.
    """
    last = require_last(spreads, "spread")
    value = windows.last_zscore(spreads, window, method)
    return Answer(
        value,
        lambda: (
            f"z {decimals(value, 2)}: the last spread, {bp(last)}, against the {_measure(method)} of the {window} known spreads before it."
        ),
    )


def _measure(method: windows.Method) -> str:
    return "median and MAD" if method == "robust" else "mean and standard deviation"


@function(
    FINANCING,
    sheet="danger/Signal",
    example="=SPREAD_ZSCORE_HISTORY(Spreads[spread_bp])",
    returns="standard deviations per row",
    spills="rows",
)
def spread_zscore_history(spreads: Spreads, window: Window = 252, method: Method = "mean") -> Answer:
    """SPREAD_ZSCORE of every session, each from the sessions before it.

    Unknown until the window is full, where the spread is missing, and where the reference has no deviation.
    """
    values = windows.zscore_history(spreads, window, method)
    return Answer(
        values,
        lambda: (
            f"{np.count_nonzero(known(values))} of {counted(spreads.size, 'row')} have a z-score: each known spread against the "
            f"{_measure(method)} of the {window} known spreads before it."
        ),
    )


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=SPREAD_PERCENTILE(Spreads[spread_bp])",
    returns="share, 0 to 1",
)
def spread_percentile(
    spreads: Spreads,
    window: Window = 252,
    convention: Annotated[
        windows.Convention,
        Argument("choice", '"weak" (share at or below), "strict" (below) or "mean" of both', choices=("weak", "strict", "mean")),
    ] = "weak",
) -> Answer:
    """Where the last financing spread ranks among the last sessions, from 0 to 1.

    Among the last `window` known values, itself included: weak count(≤)/n, strict count(<)/n, or the mean of both.
    """
    last = require_last(spreads, "spread")
    value = windows.last_percentile(spreads, window, convention)
    share = {"weak": "at or below it", "strict": "below it", "mean": "below it, ties counted half"}[convention]
    return Answer(
        value,
        lambda: f"{percent(value, 1)} of the last {window} known spreads are {share}: the last one is {bp(last)}.",
    )


@function(
    FINANCING,
    sheet="danger/Danger",
    example="=EVENT_CHANGE(Spreads[date],Spreads[spread_bp],DATE(2024,12,18),Spreads[contract])",
    returns="in the series' unit",
)
def event_change(
    dates: Annotated[DateArray, Argument("dates", "date of each session", unit="date", axis="sessions")],
    series: Annotated[FloatArray, Argument("series", "spread (or any level) per session", unit="bp", axis="sessions")],
    event: Annotated[np.datetime64, Argument("date", "the day of the event, such as a Fed announcement", unit="date")],
    contracts: Contracts = None,
) -> Answer:
    """Change since an event: last value less the latest known value on or before its date.

    With contracts, of ROLL_ADJUSTED. #N/A if the event is before the first known date or after the last, or if every step since is a
    roll; 0 on the last date.
    """
    value = signals.event_change(dates, series, event, contracts)

    def because() -> str:
        at = signals.steps(series, contracts)
        before = int(np.searchsorted(dates[at.rows], event, side="right")) - 1
        return (
            f"{bp(value)}: the last value, of {place(dates, dates.size - 1)}, "
            f"less that of {place(dates, int(at.rows[before]))}, the latest "
            f"on or before the event{_rolls_out(at, before, contracts)}."
        )

    return Answer(value, because)
