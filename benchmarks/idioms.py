"""The peers: what an analyst writes in a notebook for the same answer, with pandas Series indexed by date.

Written for clarity and with pandas' own vectorised calls; none of them is slowed on purpose. They know less than xlsig: no missing-value
rule, no error that says why, and (but for `..._rolls`) no rolls.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

Numbers = pd.Series


def spread_zscore(spread: Numbers, window: int) -> float:
    before = spread.shift(1).rolling(window)
    return ((spread - before.mean()) / before.std()).iloc[-1]


def spread_percentile(spread: Numbers, window: int) -> float:
    return spread.rolling(window).rank(pct=True, method="max").iloc[-1]


def spread_change(spread: Numbers, sessions: int) -> float:
    return spread.diff(sessions).iloc[-1]


def spread_change_rolls(spread: Numbers, sessions: int, contract: pd.Series) -> float:
    moves = spread.diff().where(contract.eq(contract.shift()), 0)
    return moves.rolling(sessions).sum().iloc[-1]


def spread_change_zscore(spread: Numbers, sessions: int, window: int) -> float:
    change = spread.diff(sessions)
    before = change.shift(sessions).rolling(window)
    return ((change - before.mean()) / before.std()).iloc[-1]


def spread_change_zscore_rolls(spread: Numbers, sessions: int, window: int, contract: pd.Series) -> float:
    moves = spread.diff().where(contract.eq(contract.shift()), 0)
    return spread_change_zscore(moves.cumsum(), sessions, window)


def roll_adjusted(spread: Numbers, contract: pd.Series) -> Numbers:
    moves = spread.diff().where(contract.eq(contract.shift()), 0)
    level = moves.cumsum()
    return level + (spread.iloc[-1] - level.iloc[-1])


def event_change(spread: Numbers, event: dt.date) -> float:
    return spread.iloc[-1] - spread.asof(pd.Timestamp(event))


def streak_history(flow: Numbers) -> Numbers:
    sold = flow < 0
    return sold.groupby((~sold).cumsum()).cumsum()


def selloff_streak(flow: Numbers) -> int:
    return int(streak_history(flow).iloc[-1])


def selloff_pace(flow: Numbers, sessions: int) -> float:
    return flow.rolling(sessions).mean().iloc[-1]


def flow_zscore(flow: Numbers, sessions: int, window: int) -> float:
    total = flow.rolling(sessions).sum()
    before = total.shift(sessions).rolling(window)
    return ((total - before.mean()) / before.std()).iloc[-1]


def fastest_since(flow: Numbers, sessions: int) -> dt.date:
    total = flow.rolling(sessions).sum()
    earlier = total.iloc[:-sessions]
    return earlier[earlier <= total.iloc[-1]].index[-1].date()


def fastest_months(flow: Numbers, sessions: int) -> int:
    since, last = pd.Timestamp(fastest_since(flow, sessions)), flow.index[-1]
    return (last.year - since.year) * 12 + last.month - since.month - (last.day < since.day)


def first_since(flag: Numbers, gap_days: int) -> dt.date:
    on = flag.index[flag == 1].to_series()
    episode = on.diff().gt(pd.Timedelta(days=gap_days)).cumsum()
    return on[episode < episode.iloc[-1]].iloc[-1].date()


def forward_return(price: Numbers, date: dt.date, sessions: int) -> float:
    return (price.shift(-sessions) / price - 1)[pd.Timestamp(date)]


def squeeze_score(factors: pd.DataFrame) -> float:
    return factors.rank(pct=True, method="max").iloc[-1].mean() * 100


def squeeze_alert(price: Numbers, short_share: float, flow_z: float, window: int) -> int:
    near = price.iloc[-1] >= 0.95 * price.rolling(window).max().iloc[-1]
    return int(near and short_share > 0.6 and flow_z <= -1)


def zscore_history(spread: Numbers, window: int) -> Numbers:
    before = spread.shift(1).rolling(window)
    return (spread - before.mean()) / before.std()


def net_flow(long_buys: Numbers, long_sells: Numbers, short_sales: Numbers, short_covers: Numbers) -> Numbers:
    return long_buys + short_covers - long_sells - short_sales
