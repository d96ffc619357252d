"""What a series is: a float array, oldest first, NaN where a value is missing; dates are numpy days."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import NA, SignalError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
DateArray = NDArray[np.datetime64]
LabelArray = NDArray[Any]
"""Contract labels and names: an object array of text, None where blank."""


def known(values: FloatArray) -> BoolArray:
    """Where a series has a value.

    >>> known(np.array([1.0, np.nan])).tolist()
    [True, False]
    """
    return ~np.isnan(values)


def require_last(values: FloatArray, what: str) -> float:
    """The last value of a series; a missing one is never replaced by an older.

    >>> require_last(np.array([1.0, 2.0]), "spread")
    2.0
    """
    if values.size == 0:
        raise SignalError(NA, f"the {what} series is empty")
    last = float(values[-1])
    if last != last:
        raise SignalError(NA, f"the last {what} is missing")
    return last


def complete_months(start: np.datetime64, end: np.datetime64) -> int:
    """Complete calendar months between two days, as a spreadsheet's DATEDIF(start, end, "m").

    >>> complete_months(np.datetime64("2024-05-31"), np.datetime64("2024-06-30"))
    0
    """
    first, last = start.astype("datetime64[M]"), end.astype("datetime64[M]")
    months = int((last - first).astype(np.int64))
    unfinished = bool((end - last.astype("datetime64[D]")) < (start - first.astype("datetime64[D]")))
    return months - unfinished
