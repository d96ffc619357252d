"""The functions layer: from 250 rows of one cell, as a spreadsheet hands them over, to the answer. Target: at most 100 µs.

The target is for one column of cells; functions of two and three columns are shown beside it. The peer makes pandas Series of the same
cells and applies the idiom.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import idioms
from benchmarks.measuring import Contest, Outcome, Way, show
from benchmarks.year import WINDOW, a_year, cells
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import serial

TITLE = "From 250 rows of one cell to the answer (from_cells), against a pandas Series of them and the idiom"
MOST_MICROSECONDS = 100.0


def _call(name: str, *arguments: Any) -> Way:
    function = CATALOGUE[name]
    return lambda: function.from_cells(*arguments)


def _series(column: list[list[Any]]) -> pd.Series:
    return pd.Series([row[0] for row in column])


def _dated(column: list[list[Any]], dates: list[list[Any]]) -> pd.Series:
    days = np.array([row[0] for row in dates], dtype="timedelta64[D]") + np.datetime64("1899-12-30")
    return pd.Series([row[0] for row in column], index=pd.DatetimeIndex(days.astype("datetime64[ns]")))


def contests() -> Iterator[Contest]:
    """Functions of one column, then of two and of three."""
    year = a_year()
    spreads, flows, dates, contracts = (cells(values) for values in (year.spreads, year.flows, year.dates, year.contracts))
    event = year.event

    def contest(name: str, ours: Way, idiom: Way) -> Contest:
        target = None if "columns" in name else MOST_MICROSECONDS
        return Contest(name, {"from_cells": ours}, idiom, most_microseconds=target)

    yield contest("SPREAD_ZSCORE", _call("SPREAD_ZSCORE", spreads, WINDOW), lambda: idioms.spread_zscore(_series(spreads), WINDOW))
    yield contest(
        "SPREAD_PERCENTILE", _call("SPREAD_PERCENTILE", spreads, WINDOW), lambda: idioms.spread_percentile(_series(spreads), WINDOW)
    )
    yield contest("SPREAD_CHANGE", _call("SPREAD_CHANGE", spreads, 20), lambda: idioms.spread_change(_series(spreads), 20))
    yield contest(
        "SPREAD_CHANGE_ZSCORE",
        _call("SPREAD_CHANGE_ZSCORE", spreads, 20, WINDOW),
        lambda: idioms.spread_change_zscore(_series(spreads), 20, WINDOW),
    )
    yield contest("SELLOFF_STREAK", _call("SELLOFF_STREAK", flows), lambda: idioms.selloff_streak(_series(flows)))
    yield contest("SELLOFF_PACE", _call("SELLOFF_PACE", flows, 5), lambda: idioms.selloff_pace(_series(flows), 5))
    yield contest("FLOW_ZSCORE", _call("FLOW_ZSCORE", flows, 5, WINDOW), lambda: idioms.flow_zscore(_series(flows), 5, WINDOW))
    yield contest(
        "FASTEST_SINCE, two columns",
        _call("FASTEST_SINCE", dates, flows, 5),
        lambda: serial(idioms.fastest_since(_dated(flows, dates), 5)),
    )
    yield contest(
        "SPREAD_CHANGE_ZSCORE, two columns",
        _call("SPREAD_CHANGE_ZSCORE", spreads, 20, WINDOW, contracts),
        lambda: idioms.spread_change_zscore_rolls(_series(spreads), 20, WINDOW, _series(contracts)),
    )
    yield contest(
        "EVENT_CHANGE, three columns",
        _call("EVENT_CHANGE", dates, spreads, serial(event), contracts),
        lambda: idioms.event_change(idioms.roll_adjusted(_dated(spreads, dates), _dated(contracts, dates)), event),
    )


def run() -> list[Outcome]:
    """Measure and print."""
    return show(TITLE, contests(), turns=200)


if __name__ == "__main__":
    run()
