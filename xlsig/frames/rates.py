"""Rates in the wrong unit: percent where decimals are wanted, in a whole file or on a single day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xlsig.frames.desk import Declared
from xlsig.frames.faults import Faults, of_rows
from xlsig.frames.marks import UNITS
from xlsig.frames.parsed import Bools, Parsed

MOST = 0.25
"""The highest rate that is read."""
_TIMES = 50

Floats = NDArray[np.float64]


def refuse_units(parsed: Parsed, declared: Declared, faults: Faults) -> None:
    """Refuse rates above 0.25, and those that are 50 times or more the known ones just before and just after."""
    if "rate" not in parsed.columns:
        return
    rate, date, heading = parsed.columns["rate"], parsed.columns["date"], parsed.headings["rate"]
    before, after = _beside(rate, date)
    with np.errstate(invalid="ignore"):
        over, under = (rate >= _TIMES * before) & (before > 0), (rate >= _TIMES * after) & (after > 0)
        alone = (over & under) | ((rate > MOST) & ((over & np.isnan(after)) | (under & np.isnan(before))))
        high = (rate > MOST) & ~alone
    if high.any():
        message = f"a rate above {MOST:g}: rates are decimals, such as 0.0432, unless another unit is declared"
        _refuse(parsed, high, message, _unit(rate, declared, faults), faults, heading)
    if alone.any():
        at = int(np.flatnonzero(alone)[0])
        sides = [f"just {side} it ({value:g})" for side, value in (("before", before[at]), ("after", after[at])) if value > 0]
        message = f"{_TIMES} times or more the rate {' and '.join(sides)}; correct it or ignore the date"
        days = [day.astype(object) for day in np.unique(date[alone])]
        _refuse(parsed, alone, message, faults.settings(ignore_dates=days), faults, heading)


def _unit(rate: Floats, declared: Declared, faults: Faults) -> str:
    """The lines that declare the unit in which no rate is too high; none where there is none."""
    factors = UNITS["decimal"]
    in_file = np.nanmax(rate) / factors[declared.unit or "decimal"]
    unit = next((unit for unit in ("percent", "bp") if in_file * factors[unit] <= MOST), None)
    return faults.settings(unit=unit) if unit and unit != declared.unit else ""


def _refuse(parsed: Parsed, wrong: Bools, message: str, remedy: str, faults: Faults, heading: str) -> None:
    at, count = int(np.flatnonzero(wrong)[0]), int(wrong.sum())
    faults.add(message + of_rows(count), int(parsed.lines[at]), heading, f"{parsed.columns['rate'][at]:g}", "unit", remedy)


def _beside(rate: Floats, date: NDArray[np.datetime64]) -> tuple[Floats, Floats]:
    """The highest known rate of the date before each rate's, and of the date after."""
    before, after = np.full(len(rate), np.nan), np.full(len(rate), np.nan)
    known = ~np.isnan(rate) & ~np.isnat(date)
    days, number = np.unique(date[known], return_inverse=True)
    highest = np.full(len(days), -np.inf)
    np.maximum.at(highest, number, rate[known])
    if len(days):
        before[known], after[known] = np.r_[np.nan, highest[:-1]][number], np.r_[highest[1:], np.nan][number]
    return before, after
