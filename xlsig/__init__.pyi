# Made from the catalogue by `python -m tasks.generate`; not edited by hand.
"""xlsig: the danger signal of equity financing and fund flows, one function per sentence of the desk's report."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import SignalError as SignalError
from xlsig.functions.answers import Table

class _PandasLike(Protocol):
    def to_numpy(self) -> NDArray[Any]: ...

_Number: TypeAlias = float | Decimal | np.floating[Any] | np.integer[Any]
_Count: TypeAlias = int | np.integer[Any]
_Date: TypeAlias = dt.date | np.datetime64 | float
_Label: TypeAlias = str | float | dt.date | np.datetime64

_SeriesLike: TypeAlias = Sequence[_Number | None] | Sequence[Sequence[_Number | None]] | NDArray[Any] | _PandasLike
_DatesLike: TypeAlias = Sequence[_Date] | Sequence[Sequence[_Date]] | NDArray[Any] | _PandasLike
_LabelsLike: TypeAlias = Sequence[_Label | None] | Sequence[Sequence[_Label | None]] | NDArray[Any] | _PandasLike
_CountsLike: TypeAlias = Sequence[_Count] | Sequence[Sequence[_Count]] | NDArray[Any] | _PandasLike
_GridLike: TypeAlias = Sequence[Sequence[_Number | None]] | NDArray[Any] | _PandasLike
_MixedLike: TypeAlias = Sequence[Any] | NDArray[Any] | _PandasLike

__all__ = [
    "SignalError",
    "box_rate",
    "buying_driver",
    "buying_streak",
    "danger_flag",
    "danger_history",
    "danger_state",
    "desk_note",
    "drawdown_after",
    "episodes",
    "event_change",
    "event_study",
    "explain",
    "fastest_months",
    "fastest_since",
    "financing_spread",
    "first_since",
    "flow_shares",
    "flow_zscore",
    "forward_return",
    "forward_spread",
    "gross_flow",
    "highest_since",
    "implied_financing",
    "level_percentile",
    "level_zscore",
    "lowest_since",
    "net_flow",
    "outcomes",
    "product_split",
    "range_index",
    "region_breakdown",
    "roll_adjusted",
    "sector_breakdown",
    "selling_driver",
    "selloff_breadth",
    "selloff_pace",
    "selloff_streak",
    "selloff_streak_history",
    "sessions_sold",
    "spread_change",
    "spread_change_zscore",
    "spread_dv01",
    "spread_percentile",
    "spread_zscore",
    "spread_zscore_history",
    "squeeze_alert",
    "squeeze_score",
    "top_buyers",
    "top_sellers",
    "trf_basis",
    "trf_forward",
    "trf_forwards",
    "trf_spread",
    "turn_premium",
    "xlsig_version",
]

def implied_financing(
    spot: _Number, future: _Number, days: _Number, dividends: _Number = 0.0, rate: _Number = 0.0, day_count: _Number = 360.0
) -> float:
    """Financing rate that a futures price implies."""

def financing_spread(
    spot: _Number,
    future: _Number,
    days: _Number,
    rate: _Number,
    dividends: _Number = 0.0,
    min_days: _Number = 15.0,
    day_count: _Number = 360.0,
) -> float:
    """Financing spread of a future over a benchmark rate, in basis points."""

def forward_spread(
    near: _Number,
    far: _Number,
    days_near: _Number,
    days_far: _Number,
    rate_near: _Number,
    rate_far: _Number,
    div_near: _Number = 0.0,
    div_far: _Number = 0.0,
    day_count: _Number = 360.0,
) -> float:
    """Financing spread between two futures over the matched forward OIS rate, in basis points."""

def trf_basis(spread: _Number, index_level: _Number, days: _Number, day_count: _Number = 360.0) -> float:
    """Basis, in index points, of a total return future quoted as a spread."""

def trf_spread(basis: _Number, index_level: _Number, days: _Number, day_count: _Number = 360.0) -> float:
    """Financing spread of a total return future's basis, in basis points."""

def turn_premium(starts: _DatesLike, ends: _DatesLike, spreads: _SeriesLike) -> Table:
    """Year-end turn in one day's forward financing spreads."""

def roll_adjusted(spreads: _SeriesLike, contracts: _LabelsLike) -> NDArray[np.float64]:
    """Financing spread with the rolls taken out: no step spans a contract change."""

def spread_change(spreads: _SeriesLike, sessions: _Count = 20, contracts: _LabelsLike | None = None) -> float:
    """Change of the financing spread over the last sessions."""

def spread_change_zscore(spreads: _SeriesLike, sessions: _Count = 20, window: _Count = 252, contracts: _LabelsLike | None = None) -> float:
    """How unusual the change of the financing spread is, as a z-score."""

def spread_zscore(spreads: _SeriesLike, window: _Count = 252, method: Literal["mean", "robust"] = "mean") -> float:
    """How unusual the level of the financing spread is, as a z-score."""

def spread_zscore_history(spreads: _SeriesLike, window: _Count = 252, method: Literal["mean", "robust"] = "mean") -> NDArray[np.float64]:
    """SPREAD_ZSCORE of every session, each from the sessions before it."""

def spread_percentile(spreads: _SeriesLike, window: _Count = 252, convention: Literal["weak", "strict", "mean"] = "weak") -> float:
    """Where the last financing spread ranks among the last sessions, from 0 to 1."""

def event_change(dates: _DatesLike, series: _SeriesLike, event: _Date, contracts: _LabelsLike | None = None) -> float:
    """Change since an event: last value less the latest known value on or before its date."""

def trf_forward(near_spread: _Number, near_days: _Number, far_spread: _Number, far_days: _Number) -> float:
    """Forward financing spread between the maturities of two total return futures, in basis points."""

def trf_forwards(days: _SeriesLike, spreads: _SeriesLike | None) -> Table:
    """Forward financing spreads between all maturities of a strip of total return futures."""

def box_rate(
    call_low: _Number,
    put_low: _Number,
    call_high: _Number,
    put_high: _Number,
    strike_low: _Number,
    strike_high: _Number,
    days: _Number,
    day_count: _Number = 360.0,
) -> float:
    """Financing rate in a box of European options on the index."""

def spread_dv01(notional: _Number, days: _Number, day_count: _Number = 360.0) -> float:
    """What one basis point of financing spread is worth on a notional over the days."""

def net_flow(long_buys: _SeriesLike, long_sells: _SeriesLike, short_sales: _SeriesLike, short_covers: _SeriesLike) -> NDArray[np.float64]:
    """Net flow of each session from its four legs."""

def gross_flow(long_buys: _SeriesLike, long_sells: _SeriesLike, short_sales: _SeriesLike, short_covers: _SeriesLike) -> NDArray[np.float64]:
    """Change of gross exposure of each session from its four legs: negative is de-grossing."""

def selloff_streak(flows: _SeriesLike, dates: _DatesLike | None = None, calendar: str | None = None, tolerance: _Number = 0.0) -> int:
    """Sessions in a row, up to the last, with net selling."""

def buying_streak(flows: _SeriesLike, dates: _DatesLike | None = None, calendar: str | None = None, tolerance: _Number = 0.0) -> int:
    """Sessions in a row, up to the last, with net buying."""

def selloff_streak_history(flows: _SeriesLike, tolerance: _Number = 0.0) -> NDArray[np.float64]:
    """The running selling streak of every session."""

def sessions_sold(flows: _SeriesLike, sessions: _Count = 8, tolerance: _Number = 0.0) -> int:
    """How many of the last sessions were net sold, as in "net sold in 7 of the last 8"."""

def selloff_pace(flows: _SeriesLike, sessions: _Count = 5) -> float:
    """Mean net flow per session over the last sessions."""

def flow_zscore(flows: _SeriesLike, sessions: _Count = 5, window: _Count = 252) -> float:
    """How unusual the net flow of the last sessions is, as a z-score."""

def fastest_since(dates: _DatesLike, flows: _SeriesLike, sessions: _Count = 5, side: Literal["selling", "buying"] = "selling") -> dt.date:
    """Date since which net selling, or net buying, has not been as fast."""

def fastest_months(dates: _DatesLike, flows: _SeriesLike, sessions: _Count = 5, side: Literal["selling", "buying"] = "selling") -> int:
    """Complete months since net selling, or net buying, was last as fast."""

def selling_driver(long_buys: _SeriesLike, long_sells: _SeriesLike, short_sales: _SeriesLike, short_covers: _SeriesLike) -> Table:
    """Whether short sales or long sales drove the net selling."""

def buying_driver(long_buys: _SeriesLike, long_sells: _SeriesLike, short_sales: _SeriesLike, short_covers: _SeriesLike) -> Table:
    """Whether short covers or long buys drove the net buying."""

def level_zscore(levels: _SeriesLike, window: _Count = 252, method: Literal["mean", "robust"] = "mean") -> float:
    """How unusual a level is, as a z-score."""

def level_percentile(levels: _SeriesLike, window: _Count = 252, convention: Literal["weak", "strict", "mean"] = "weak") -> float:
    """Where a level ranks among its last values, from 0 to 1."""

def range_index(levels: _SeriesLike, window: _Count = 156) -> float:
    """Where a level lies between its lowest and its highest, from 0 to 1: the "COT index"."""

def lowest_since(dates: _DatesLike, levels: _SeriesLike) -> dt.date:
    """Date since which a level has not been as low."""

def highest_since(dates: _DatesLike, levels: _SeriesLike) -> dt.date:
    """Date since which a level has not been as high."""

def flow_shares(flows: _SeriesLike, of: Literal["net", "selling"] = "net") -> NDArray[np.float64]:
    """Each entry's share of the net flow or of the gross selling."""

def selloff_breadth(flows: _SeriesLike) -> Table:
    """How many entries sold, were flat, bought, or have no flow."""

def top_sellers(names: _LabelsLike, flows: _SeriesLike, n: _Count = 3) -> Table:
    """The entries that sold most, the largest first."""

def top_buyers(names: _LabelsLike, flows: _SeriesLike, n: _Count = 3) -> Table:
    """The entries that bought most, the largest first."""

def sector_breakdown(sectors: _LabelsLike, flows: _SeriesLike, history: _GridLike | None = None, window: _Count = 252) -> Table:
    """Net flow of the 11 GICS sectors: shares, z-score, streak and rank."""

def region_breakdown(regions: _LabelsLike, flows: _SeriesLike, history: _GridLike | None = None, window: _Count = 252) -> Table:
    """Net flow of the six regions: shares, z-score, streak and rank."""

def product_split(products: _LabelsLike, flows: _SeriesLike) -> Table:
    """Net flow through macro products against single stocks."""

def danger_state(
    spread_z: _Number | None, flow_z: _Number | None, streak: _Number | None, z_limit: _Number = -2.0, streak_limit: _Count = 5
) -> Literal["BOTH", "SPREAD ONLY", "FLOW ONLY", "NONE", "NO DATA"]:
    """Whether financing spreads, fund flows, both or neither show a significant sell-off."""

def danger_flag(
    spread_z: _Number | None, flow_z: _Number | None, streak: _Number | None, z_limit: _Number = -2.0, streak_limit: _Count = 5
) -> int:
    """1 when DANGER_STATE is BOTH, 0 when it is another state."""

def danger_history(
    dates: _DatesLike,
    spreads: _SeriesLike | None,
    flows: _SeriesLike | None,
    window: _Count = 252,
    spread_sessions: _Count = 20,
    flow_sessions: _Count = 5,
    z_limit: _Number = -2.0,
    streak_limit: _Count = 5,
    max_lag: _Count = 0,
    contracts: _LabelsLike | None = None,
    calendar: str | None = None,
) -> Table:
    """Danger state of every date, each from the rows up to it."""

def episodes(dates: _DatesLike, flags: _SeriesLike, gap_days: _Number = 28.0) -> Table:
    """Start, end and length of every episode in which the signal was on."""

def first_since(dates: _DatesLike, flags: _SeriesLike, gap_days: _Number = 28.0) -> dt.date:
    """Date since which the present signal is the first."""

def desk_note(items: _LabelsLike, values: _MixedLike) -> str:
    """The morning's paragraph in plain desk English, each number a cell's."""

def forward_return(dates: _DatesLike, prices: _SeriesLike, date: _Date, sessions: _Count) -> float:
    """Return over the sessions after an event."""

def drawdown_after(dates: _DatesLike, prices: _SeriesLike, date: _Date, sessions: _Count = 252) -> Table:
    """The fall after an event: peak, trough, depth, length and recovery."""

def event_study(dates: _DatesLike, prices: _SeriesLike, events: _DatesLike, horizons: _CountsLike = (21, 63, 126, 252)) -> Table:
    """Returns after a set of events, beside the base rate and chance."""

def outcomes(dates: _DatesLike, prices: _SeriesLike, date: _Date, sessions: _Count = 252, threshold: _Number = 0.1) -> Table:
    """Both branches after an event, side by side: the decline and the squeeze to new highs."""

def squeeze_score(
    short_interest: _SeriesLike | None,
    days_to_cover: _SeriesLike | None,
    borrow_fee: _SeriesLike | None,
    short_share: _SeriesLike | None,
    high_distance: _SeriesLike | None,
    shorts_loss: _SeriesLike | None,
) -> float:
    """Short-squeeze risk, 0 to 100, from where six factors stand in their own histories."""

def squeeze_alert(
    prices: _SeriesLike,
    short_share: _Number,
    flow_z: _Number,
    window: _Count = 252,
    near_high: _Number = 0.95,
    short_limit: _Number = 0.6,
    z_limit: _Number = -1.0,
) -> int:
    """1 when heavy short selling meets a price near its high: the makings of a squeeze."""

def xlsig_version() -> str:
    """Version of xlsig that answers in this workbook."""

def explain(function: str, *arguments: Any) -> str:
    """One sentence on which sessions, values and rule produced an answer, or why there is none."""
