"""A year of 250 sessions to measure on: random, seeded, and shaped so that every question has an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SESSIONS = 250
WINDOW = 200
EVENT_ROW = 240


@dataclass(frozen=True)
class Year:
    """The same 250 sessions as numpy arrays; `series` and `cells` give any of them to pandas and as a sheet would."""

    dates: NDArray[np.datetime64]
    spreads: NDArray[np.float64]
    contracts: NDArray[Any]
    flows: NDArray[np.float64]
    prices: NDArray[np.float64]
    flags: NDArray[np.float64]
    factors: dict[str, NDArray[np.float64]]
    index: pd.DatetimeIndex = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", pd.DatetimeIndex(self.dates.astype("datetime64[ns]")))

    @property
    def event(self) -> dt.date:
        """The day of the event."""
        day: dt.date = self.dates[EVENT_ROW].item()
        return day

    def series(self, values: NDArray[Any]) -> pd.Series:
        """Values as a pandas Series by date."""
        return pd.Series(values, index=self.index)


def a_year() -> Year:
    """The year that every benchmark uses."""
    random = np.random.default_rng(20250103)
    flows = random.normal(size=SESSIONS)
    flows[-5:] = -np.abs(flows[-5:]) - 0.5
    flows[60:65] = flows[-5:] * 1.01  # as fast, seven months before
    flags = np.zeros(SESSIONS)
    flags[[30, 31, 40, 150, 152, 247, 249]] = 1
    return Year(
        dates=np.busday_offset("2024-01-02", np.arange(SESSIONS)),
        spreads=60 + random.normal(size=SESSIONS).cumsum(),
        contracts=np.repeat(np.array(["H4", "M4", "U4", "Z4"], dtype=object), [62, 63, 63, 62]),
        flows=flows,
        prices=5000 * np.exp(random.normal(0.0005, 0.01, SESSIONS).cumsum()),
        flags=flags,
        factors={
            name: random.lognormal(size=SESSIONS)
            for name in ("short_interest", "days_to_cover", "borrow_fee", "short_share", "high_distance", "shorts_loss")
        },
    )


def cells(values: NDArray[Any]) -> list[list[Any]]:
    """Values as a spreadsheet hands them over: rows of one cell; dates as serials, NaN as blank."""
    if values.dtype.kind == "M":
        values = (values - np.datetime64("1899-12-30")).astype(np.int64)
    return [[None if value != value else value] for value in values.tolist()]
