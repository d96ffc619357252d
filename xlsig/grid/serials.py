"""Days and their serials: Excel counts days from 1 January 1900 and, after Lotus, a 29 February 1900 that never was."""

from __future__ import annotations

import datetime as dt
from typing import Final

EPOCH: Final = dt.date(1899, 12, 30)
"""The day that serials are counted from, for every day since 1 March 1900."""

LEAP_BUG: Final = 60
"""The serial of the day that never was. Before it serials are one lower than the days since the epoch, and spreadsheets differ."""

LAST_SERIAL: Final = 2_958_465
"""31 December 9999."""


def serial(day: dt.date) -> int:
    """The Excel serial of a day (1900 system).

    >>> serial(dt.date(1900, 1, 1)), serial(dt.date(2025, 1, 3))
    (1, 45660)
    """
    days = (day - EPOCH).days
    return days if days > LEAP_BUG else days - 1


def day_of(number: float) -> dt.date:
    """The day since 1 March 1900 that a serial stands for; its time of day is dropped.

    >>> day_of(45660.75)
    datetime.date(2025, 1, 3)
    """
    return EPOCH + dt.timedelta(days=int(number))
