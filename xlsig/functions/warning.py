"""Warning functions: the danger state, its history, its episodes and how rare it is."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from xlsig.errors import NA, SignalError
from xlsig.frames.wording import counted, day
from xlsig.functions.answers import Answer, Scalar, Table, decimals, percent
from xlsig.functions.flows import on_calendar
from xlsig.functions.spec import Argument, function
from xlsig.signals import warning as signals
from xlsig.signals.series import DateArray, FloatArray, LabelArray

WARNING = "Warning"
HISTORY_COLUMNS = ("date", "spread_z", "flow_z", "streak", "state", "flag")

SpreadZ = Annotated[
    float, Argument("number", "z-score of the spread's change: SPREAD_CHANGE_ZSCORE", unit="standard deviations", may_be_missing=True)
]
FlowZ = Annotated[float, Argument("number", "z-score of the flows: FLOW_ZSCORE", unit="standard deviations", may_be_missing=True)]
StreakNow = Annotated[float, Argument("number", "selling streak: SELLOFF_STREAK", unit="sessions", may_be_missing=True)]
ZLimit = Annotated[float, Argument("number", "a gauge fires at or below this z-score", unit="standard deviations")]
StreakLimit = Annotated[int, Argument("count", "the flow gauge fires at or above this streak", unit="sessions", least=1)]
Dates = Annotated[DateArray, Argument("dates", "date of each session", unit="date", axis="sessions")]
Flags = Annotated[FloatArray, Argument("flags", "1 where the danger signal is on, 0 where not: DANGER_FLAG", axis="sessions")]
GapDays = Annotated[float, Argument("number", "flags at most this far apart are one episode", unit="days", least=0)]


@function(WARNING, sheet="danger/Details", example="=DANGER_STATE(-2.6,-2.2,5)", returns="BOTH, SPREAD ONLY, FLOW ONLY, NONE or NO DATA")
def danger_state(spread_z: SpreadZ, flow_z: FlowZ, streak: StreakNow, z_limit: ZLimit = -2.0, streak_limit: StreakLimit = 5) -> Answer:
    """Whether financing spreads, fund flows, both or neither show a significant sell-off.

    The spread side fires if spread_z ≤ z_limit, the flow side if flow_z ≤ z_limit or streak ≥ streak_limit. NO DATA whenever a side
    cannot be judged (the flow side can when either input fires it, or both are known): no data is never "no warning".
    """
    return Answer(
        signals.danger_state(spread_z, flow_z, streak, z_limit, streak_limit),
        lambda: _state_sentence(spread_z, flow_z, streak, z_limit, streak_limit),
    )


@function(WARNING, sheet="danger/Danger", example="=DANGER_FLAG(-2.6,-2.2,5)", returns="1 or 0")
def danger_flag(spread_z: SpreadZ, flow_z: FlowZ, streak: StreakNow, z_limit: ZLimit = -2.0, streak_limit: StreakLimit = 5) -> Answer:
    """1 when DANGER_STATE is BOTH, 0 when it is another state.

    #N/A for NO DATA.
    """
    sentence = _state_sentence(spread_z, flow_z, streak, z_limit, streak_limit)
    flag = signals.flag_of(signals.danger_state(spread_z, flow_z, streak, z_limit, streak_limit))
    if np.isnan(flag):
        raise SignalError(NA, sentence.rstrip("."))
    return Answer(int(flag), lambda: f"{int(flag)}: {sentence}")


def _state_sentence(spread_z: float, flow_z: float, streak: float, z_limit: float, streak_limit: int) -> str:
    spread = signals.spread_side(spread_z, z_limit)
    flow = signals.flow_side(flow_z, streak, z_limit, streak_limit)
    inputs = (
        f"spread z {_or_missing(spread_z, 2)} {_says(spread)}, "
        f"flow z {_or_missing(flow_z, 2)} with a streak of {_or_missing(streak, 0)} {_says(flow)}"
    )
    return f"{signals.state_of(spread, flow)}: {inputs} (limits: z {decimals(z_limit, 2)}, streak {streak_limit})."


def _or_missing(number: float, places: int) -> str:
    return "missing" if np.isnan(number) else decimals(number, places)


def _says(fires: bool | None) -> str:
    return "cannot be judged" if fires is None else "fires" if fires else "does not fire"


@function(
    WARNING,
    sheet="danger/Signal",
    example="=DANGER_HISTORY(Flows[date],Spreads[spread_bp],Flows[north_america])",
    returns="table, a row per date",
    spills="table",
    columns=HISTORY_COLUMNS,
)
def danger_history(
    dates: Dates,
    spreads: Annotated[FloatArray, Argument("series", "financing spread per session", unit="bp", axis="sessions", may_be_missing=True)],
    flows: Annotated[
        FloatArray, Argument("series", "net flow per session, selling negative", unit="currency", axis="sessions", may_be_missing=True)
    ],
    window: Annotated[int, Argument("count", "reference window of both z-scores", unit="sessions", least=2)] = 252,
    spread_sessions: Annotated[int, Argument("count", "sessions of the spread's change", unit="sessions", least=1)] = 20,
    flow_sessions: Annotated[int, Argument("count", "sessions of the flow's sum", unit="sessions", least=1)] = 5,
    z_limit: ZLimit = -2.0,
    streak_limit: StreakLimit = 5,
    max_lag: Annotated[int, Argument("count", "sessions the two sides may be apart", unit="sessions", least=0)] = 0,
    contracts: Annotated[
        LabelArray | None,
        Argument("labels", "contract of each spread; given, a roll is not a move", axis="sessions", may_be_missing=True),
    ] = None,
    calendar: Annotated[str | None, Argument("text", "exchange code such as XNYS whose sessions count")] = None,
) -> Answer:
    """Danger state of every date, each from the rows up to it.

    SPREAD_CHANGE_ZSCORE, FLOW_ZSCORE and the running streak per date, and their state. BOTH if one side fires in this row and the other in
    this or one of the max_lag rows before. A row in which a side cannot be judged is NO DATA. With calendar, rows outside the exchange's
    sessions are NO DATA and count in no window, and a scheduled session without a row is missing.
    """
    rows, spread, flow, labels = _on_sessions(dates, spreads, flows, contracts, calendar)
    at = signals.gauges(spread, flow, window, spread_sessions, flow_sessions, labels)
    states = signals.danger_history(at, z_limit, streak_limit, max_lag)
    unknown = (None, None, None, signals.NO_DATA, None)
    table_rows: list[tuple[Scalar, ...]] = []
    for date, row in zip(dates.tolist(), rows, strict=True):
        if row is None:
            table_rows.append((date, *unknown))
        else:
            z, fz, streak = float(at.spread_z[row]), float(at.flow_z[row]), float(at.streak[row])
            table_rows.append((date, z, fz, streak, states[row], signals.flag_of(states[row])))
    table = Table.of(HISTORY_COLUMNS, table_rows)

    def because() -> str:
        shown = [str(row[4]) for row in table_rows]
        rate = signals.base_rate(shown)
        share = f" ({percent(rate.both / rate.judged, 1)})" if rate.judged else ""
        judged = counted(rate.judged, "judged session")
        return f"{shown[-1]} on {day(dates[-1])}; BOTH on {rate.both} of {judged}{share}, of {dates.size} rows."

    return Answer(table, because)


def _on_sessions(
    dates: DateArray, spreads: FloatArray, flows: FloatArray, contracts: LabelArray | None, calendar: str | None
) -> tuple[list[int | None], FloatArray, FloatArray, LabelArray | None]:
    """Each row's session number (None outside the calendar) and the series by session."""
    if calendar is None:
        return list(range(dates.size)), spreads, flows, contracts
    sessions, flow = on_calendar(dates, flows, calendar)
    _, spread = on_calendar(dates, spreads, calendar)
    numbers = np.searchsorted(sessions, dates)
    rows = [
        int(number) if number < sessions.size and sessions[number] == date else None for number, date in zip(numbers, dates, strict=True)
    ]
    labels = None
    if contracts is not None:
        labels = np.full(sessions.size, None, dtype=object)
        for row, label in zip(rows, contracts, strict=True):
            if row is not None:
                labels[row] = label
    return rows, spread, flow, labels


@function(
    WARNING,
    sheet="danger/Details",
    example="=EPISODES(A2:A1260,F2:F1260)",
    returns="table of start, end and sessions",
    spills="table",
    columns=("start", "end", "sessions"),
)
def episodes(dates: Dates, flags: Flags, gap_days: GapDays = 28.0) -> Answer:
    """Start, end and length of every episode in which the signal was on.

    Flags at most gap_days apart are one episode; sessions are the rows from start to end, both included. #N/A if there was none.
    """
    found = signals.episodes(dates, flags, gap_days)
    if not found:
        raise SignalError(NA, "the flag was never on")
    rows = tuple((dates[one.start].item(), dates[one.end].item(), one.sessions) for one in found)
    return Answer(
        Table.of(("start", "end", "sessions"), rows),
        lambda: (
            f"{counted(len(found), 'episode')}: {counted(int((flags == 1).sum()), 'flagged row')}, "
            f"one episode where at most {gap_days:g} days "
            f"apart; the latest began {day(rows[-1][0])}."
        ),
    )


@function(WARNING, sheet="danger/Danger", example="=FIRST_SINCE(A2:A1260,F2:F1260)", returns="date")
def first_since(dates: Dates, flags: Flags, gap_days: GapDays = 28.0) -> Answer:
    """Date since which the present signal is the first.

    The last date of the previous episode; none on record: the first date with a known flag. #N/A if the signal is not on now or nothing is
    known before it.
    """
    found = signals.first_since(dates, flags, gap_days)
    began = dates[signals.episodes(dates, flags, gap_days)[-1].start]

    def because() -> str:
        now = f"the present episode began {day(began)}"
        if found.on_record:
            return f"{day(dates[found.row])}: {now} and is the first on record since then."
        return f"{day(dates[found.row])}: {now}; the previous one ended then."

    return Answer(dates[found.row].item(), because)
