"""Levels: what a desk is told as a level, such as leverage or a long/short ratio, against its own past.

A level is in a unit of its own, NaN where missing; gaps are bridged, but the last value must be known. z-scores and percentiles of levels
are those of `windows`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from xlsig.errors import DIV0, NA, SignalError
from xlsig.signals.series import FloatArray, known, require_last
from xlsig.signals.windows import safe_scale

Extreme = Literal["lowest", "highest"]

TIE = 1e-12
"""Two levels tie if they differ by no more than this part of the larger."""


class Range(NamedTuple):
    """Where the last level lies between the lowest and the highest of its window."""

    place: float
    """0 at the lowest, 1 at the highest."""
    lowest: float
    highest: float


def range_index(levels: FloatArray, window: int = 156) -> Range:
    """(last − lowest)/(highest − lowest) of the last `window` known values, the last included; 0 to 1.

    >>> range_index(np.array([9.0, 2.0, 6.0, 3.0]), 3)
    Range(place=0.25, lowest=2.0, highest=6.0)
    """
    last = require_last(levels, "level")
    present = levels[known(levels)]
    if present.size < window:
        raise SignalError(NA, f"the window needs {window} known values and there are {present.size}")
    lowest, highest = float(present[-window:].min()), float(present[-window:].max())
    largest = max(abs(lowest), abs(highest))
    scale = safe_scale(largest)
    width = highest * scale - lowest * scale
    if width <= TIE * largest * scale:
        raise SignalError(DIV0, f"all {window} values of the window are equal, so there is no range")
    return Range((last * scale - lowest * scale) / width, lowest, highest)


class Since(NamedTuple):
    """The latest earlier row with a level at least as extreme as the last one."""

    row: int
    """Its row; that of the first known value if nothing on record was as extreme."""
    on_record: bool
    """Whether no earlier level was as extreme."""


def extreme_since(levels: FloatArray, extreme: Extreme) -> Since:
    """Look back for a level as low, or as high, as the last one; ties count.

    >>> extreme_since(np.array([1.0, 4.0, 2.0, 3.0, 2.0]), "lowest")
    Since(row=2, on_record=False)
    >>> extreme_since(np.array([1.0, 4.0, 2.0, 5.0]), "highest")
    Since(row=0, on_record=True)
    """
    last = require_last(levels, "level")
    earlier = levels[:-1]
    present = known(earlier)
    if not present.any():
        raise SignalError(NA, "no level is known before the last one")
    tie = TIE * np.maximum(np.abs(earlier), abs(last))
    as_extreme = np.flatnonzero(earlier <= last + tie if extreme == "lowest" else earlier >= last - tie)
    if as_extreme.size:
        return Since(int(as_extreme[-1]), on_record=False)
    return Since(int(present.argmax()), on_record=True)
