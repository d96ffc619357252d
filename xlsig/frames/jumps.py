"""Columns whose size changes for good from one day to the next, as where thousands become millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from xlsig.frames.findings import Finding
from xlsig.frames.wording import day

_BEFORE, _AFTER, _TIMES = 20, 3, 50.0
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


def jump(values: Floats, least: float = 0.0) -> int | None:
    """The first row at which a series' size changes 50-fold and stays so for three rows at least; None if there is none.

    What is smaller than `least` counts as that: near zero every size is many times another.

    >>> jump(np.r_[np.full(20, 2.0), np.full(3, -300.0)]), jump(np.r_[np.full(20, 2.0), 900.0, 2.0, 2.0])
    (20, None)
    """
    rows = np.flatnonzero(~np.isnan(values))
    sizes = np.maximum(np.abs(values[rows]), least)
    if sizes.size < _BEFORE + _AFTER:
        return None
    windows = np.lib.stride_tricks.sliding_window_view
    before = np.median(windows(sizes, _BEFORE), axis=1)[: sizes.size - _BEFORE - _AFTER + 1]
    after = windows(sizes, _AFTER)[_BEFORE:]
    now = np.median(after, axis=1)
    known = (before > 0) & (now > 0)
    times = np.divide(now, before, out=np.ones_like(now), where=known)
    grown = (times >= _TIMES) & (after.min(axis=1) > before * np.sqrt(_TIMES))
    shrunk = (times <= 1 / _TIMES) & (after.max(axis=1) < before / np.sqrt(_TIMES))
    found = np.flatnonzero(grown | shrunk)
    return int(rows[found[0] + _BEFORE]) if found.size else None


def jumps(frame: str, days: Days, columns: Mapping[str, Floats], option: str, least: float = 0.0) -> Iterator[Finding]:
    """One finding for the columns of a frame that jump, with the first day of it."""
    at = {name: row for name, values in columns.items() if (row := jump(values, least)) is not None}
    if at:
        first = min(at.values())
        names = ", ".join(at)
        what = f"{frame} change in size 50-fold on {day(days[first])} and stay so ({names}), as if they were in another unit from there on."
        yield Finding("warned", frame, "jump", what, f"write one unit throughout, or declare it in [{frame}]: {option}")
