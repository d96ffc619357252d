"""Last-value functions on 250 rows of numpy arrays, against the pandas idiom. Target: the rule at least 5 times faster.

`rule` is the function of `xlsig.signals`, `call` the same through `xlsig.<name>(…)`, which also reads and checks the arguments.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

import xlsig
from benchmarks import idioms
from benchmarks.measuring import Contest, Outcome, Way, show
from benchmarks.year import WINDOW, a_year
from xlsig.signals import financing, flows, history, warning, windows
from xlsig.signals.series import complete_months

TITLE = "The last value of 250 rows, numpy arrays in, against the pandas idiom"
LEAST_RATIO = 5.0


def _contest(name: str, rule: Way, call: Way, idiom: Way) -> Contest:
    return Contest(name, {"rule": rule, "call": call}, idiom, LEAST_RATIO)


def of_spreads() -> Iterator[Contest]:
    """How wide, how unusual, how changed."""
    year = a_year()
    spreads, contracts, dates, event = year.spreads, year.contracts, year.dates, year.event
    spread, contract, day = year.series(spreads), year.series(contracts), np.datetime64(event)
    yield _contest(
        "SPREAD_ZSCORE",
        lambda: windows.last_zscore(spreads, WINDOW),
        lambda: xlsig.spread_zscore(spreads, WINDOW),
        lambda: idioms.spread_zscore(spread, WINDOW),
    )
    yield _contest(
        "SPREAD_PERCENTILE",
        lambda: windows.last_percentile(spreads, WINDOW),
        lambda: xlsig.spread_percentile(spreads, WINDOW),
        lambda: idioms.spread_percentile(spread, WINDOW),
    )
    yield _contest(
        "SPREAD_CHANGE",
        lambda: financing.spread_change(spreads, 20),
        lambda: xlsig.spread_change(spreads, 20),
        lambda: idioms.spread_change(spread, 20),
    )
    yield _contest(
        "SPREAD_CHANGE, rolls out",
        lambda: financing.spread_change(spreads, 20, contracts),
        lambda: xlsig.spread_change(spreads, 20, contracts),
        lambda: idioms.spread_change_rolls(spread, 20, contract),
    )
    yield _contest(
        "SPREAD_CHANGE_ZSCORE",
        lambda: financing.spread_change_zscore(spreads, 20, WINDOW),
        lambda: xlsig.spread_change_zscore(spreads, 20, WINDOW),
        lambda: idioms.spread_change_zscore(spread, 20, WINDOW),
    )
    yield _contest(
        "SPREAD_CHANGE_ZSCORE, rolls out",
        lambda: financing.spread_change_zscore(spreads, 20, WINDOW, contracts),
        lambda: xlsig.spread_change_zscore(spreads, 20, WINDOW, contracts),
        lambda: idioms.spread_change_zscore_rolls(spread, 20, WINDOW, contract),
    )
    yield _contest(
        "EVENT_CHANGE",
        lambda: financing.event_change(dates, spreads, day),
        lambda: xlsig.event_change(dates, spreads, event),
        lambda: idioms.event_change(spread, event),
    )


def of_flows() -> Iterator[Contest]:
    """How long, how fast, how rare."""
    year = a_year()
    net, dates, flow, flags = year.flows, year.dates, year.series(year.flows), year.flags
    flag = year.series(flags)
    yield _contest(
        "SELLOFF_STREAK",
        lambda: flows.last_streak(net).sessions,
        lambda: xlsig.selloff_streak(net),
        lambda: idioms.selloff_streak(flow),
    )
    yield _contest(
        "SELLOFF_PACE",
        lambda: flows.pace(net, 5),
        lambda: xlsig.selloff_pace(net, 5),
        lambda: idioms.selloff_pace(flow, 5),
    )
    yield _contest(
        "FLOW_ZSCORE",
        lambda: flows.flow_zscore(net, 5, WINDOW),
        lambda: xlsig.flow_zscore(net, 5, WINDOW),
        lambda: idioms.flow_zscore(flow, 5, WINDOW),
    )
    yield _contest(
        "FASTEST_SINCE",
        lambda: dates[flows.fastest_since(net, 5).row].item(),
        lambda: xlsig.fastest_since(dates, net, 5),
        lambda: idioms.fastest_since(flow, 5),
    )
    yield _contest(
        "FASTEST_MONTHS",
        lambda: complete_months(dates[flows.fastest_since(net, 5).row], dates[-1]),
        lambda: xlsig.fastest_months(dates, net, 5),
        lambda: idioms.fastest_months(flow, 5),
    )
    yield _contest(
        "FIRST_SINCE",
        lambda: dates[warning.first_since(dates, flags, 28).row].item(),
        lambda: xlsig.first_since(dates, flags, 28),
        lambda: idioms.first_since(flag, 28),
    )


def of_history() -> Iterator[Contest]:
    """What followed, and what may follow."""
    year = a_year()
    prices, dates, factors = year.prices, year.dates, tuple(year.factors.values())
    price, frame, day = year.series(prices), pd.DataFrame(year.factors, index=year.index), dates[100]
    event = day.item()

    def alert() -> int:
        near = prices[-1] >= 0.95 * history.high_of(prices, WINDOW)
        return int(near and 0.86 > 0.6 and -2.2 <= -1)

    yield _contest(
        "FORWARD_RETURN",
        lambda: history.forward_return(history.sessions_of(dates, prices), day, 21),
        lambda: xlsig.forward_return(dates, prices, event, 21),
        lambda: idioms.forward_return(price, event, 21),
    )
    yield _contest(
        "SQUEEZE_SCORE",
        lambda: history.squeeze_score(year.factors),
        lambda: xlsig.squeeze_score(*factors),
        lambda: idioms.squeeze_score(frame),
    )
    yield _contest(
        "SQUEEZE_ALERT",
        alert,
        lambda: xlsig.squeeze_alert(prices, 0.86, -2.2, WINDOW),
        lambda: idioms.squeeze_alert(price, 0.86, -2.2, WINDOW),
    )


def run() -> list[Outcome]:
    """Measure and print."""
    return show(TITLE, [*of_spreads(), *of_flows(), *of_history()], turns=200)


if __name__ == "__main__":
    run()
