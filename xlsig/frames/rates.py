"""Rates in the wrong unit: percent where decimals are wanted, in a whole file or on a single day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlsig.frames.desk import Declared
from xlsig.frames.faults import Faults
from xlsig.frames.parsed import Bools, Parsed

MOST = 0.25
"""The highest rate that is read."""
_TIMES = 50

Floats = NDArray[np.float64]


def refuse_units(parsed: Parsed, declared: Declared, faults: Faults) -> None:
    """Refuse rates above 0.25, and those that are 50 times or more the known ones just before and just after."""
    if "rate" not in parsed.columns:
        return
    rate, date = parsed.columns["rate"], parsed.columns["date"]
    alone, before, after = _beyond_neighbours(rate, date)
    with np.errstate(invalid="ignore"):
        high = (rate > MOST) & ~alone
    heading = parsed.headings["rate"]
    for wrong, single in ((high, False), (alone, True)):
        if not wrong.any():
            continue
        at = int(np.flatnonzero(wrong)[0])
        if single:
            days = [day.astype(object) for day in np.unique(date[wrong])]
            beside = f"({before[at]:g} and {after[at]:g})"
            message = f"{_TIMES} times or more the rates just before and just after it {beside}; correct it or ignore the date"
            remedy = faults.settings(ignore_dates=days)
        else:
            message = f"a rate above {MOST:g}: rates are decimals, such as 0.0432, unless another unit is declared"
            remedy = faults.settings(unit="percent" if declared.unit in (None, "decimal") else "bp")
        count = f"; {int(wrong.sum()):,} rows, this is the first" if wrong.sum() > 1 else ""
        faults.add(message + count, int(parsed.lines[at]), heading, f"{rate[at]:g}", "unit", remedy)


def _beyond_neighbours(rate: Floats, date: NDArray[np.datetime64]) -> tuple[Bools, Floats, Floats]:
    """Which rates are 50 times those of the dates before and after or more, and the highest of each."""
    alone, nothing = np.zeros(len(rate), dtype=bool), np.full(len(rate), np.nan)
    known = ~np.isnan(rate) & ~np.isnat(date)
    days, number = np.unique(date[known], return_inverse=True)
    if len(days) < 3:
        return alone, nothing, nothing
    highest = np.full(len(days), -np.inf)
    np.maximum.at(highest, number, rate[known])
    before, after = nothing.copy(), nothing.copy()
    before[known], after[known] = np.r_[np.nan, highest[:-1]][number], np.r_[highest[1:], np.nan][number]
    with np.errstate(invalid="ignore"):
        alone = (before > 0) & (after > 0) & (rate >= _TIMES * before) & (rate >= _TIMES * after)
    return alone, before, after
