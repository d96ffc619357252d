"""Value-per-row functions on 1,000,000 rows, against the pandas idiom, and the error of the z-scores against exact arithmetic.

Targets: streaks at least 2 times faster, z-scores at least 1.5 times, and with an error of at most 1e-12 on a random walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console

import xlsig
from benchmarks import idioms
from benchmarks.measuring import Contest, Outcome, show

TITLE = "Every value of 1,000,000 rows, against the pandas idiom"
ROWS = 1_000_000
WINDOW = 252
MOST_ERROR = 1e-12
SAMPLES = 500

Numbers = NDArray[np.float64]


def a_walk() -> Numbers:
    """A spread that wanders far from where it began, as running sums fear it."""
    return 60 + np.random.default_rng(20250103).normal(size=ROWS).cumsum()


def contests() -> Iterator[Contest]:
    """The functions that spill a value per row."""
    random = np.random.default_rng(20241218)
    walk, flows = a_walk(), random.normal(size=ROWS)
    walk_series, flow_series = pd.Series(walk), pd.Series(flows)
    legs = tuple(random.lognormal(size=ROWS) for _ in range(4))
    leg_series = tuple(map(pd.Series, legs))
    yield Contest(
        "SELLOFF_STREAK_HISTORY",
        {"call": lambda: xlsig.selloff_streak_history(flows)},
        lambda: idioms.streak_history(flow_series),
        least_ratio=2.0,
    )
    yield Contest(
        "SPREAD_ZSCORE_HISTORY",
        {"call": lambda: xlsig.spread_zscore_history(walk, WINDOW)},
        lambda: idioms.zscore_history(walk_series, WINDOW),
        least_ratio=1.5,
    )
    yield Contest("NET_FLOW", {"call": lambda: xlsig.net_flow(*legs)}, lambda: idioms.net_flow(*leg_series))


def exact_zscore(values: Numbers, row: int, window: int) -> Decimal:
    """The z-score of a row in rational arithmetic, its one square root to 50 digits."""
    reference = [Fraction(value) for value in values[row - window : row].tolist()]
    mean = sum(reference, Fraction()) / window
    variance = sum(((value - mean) ** 2 for value in reference), Fraction()) / (window - 1)
    above = Fraction(float(values[row])) - mean
    with localcontext(prec=50):
        deviation = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        return Decimal(above.numerator) / Decimal(above.denominator) / deviation


def largest_error(values: Numbers, zscores: Numbers, rows: list[int], window: int) -> float:
    """The largest absolute error of some rows' z-scores."""
    return float(max(abs(Decimal(float(zscores[row])) - exact_zscore(values, row, window)) for row in rows))


def show_errors() -> None:
    """Print the errors of xlsig and of pandas at rows spread over the walk."""
    walk = a_walk()
    rows = np.random.default_rng(7).choice(np.arange(WINDOW, ROWS), SAMPLES, replace=False).tolist()
    rows += [WINDOW, ROWS - 1]
    ours = largest_error(walk, xlsig.spread_zscore_history(walk, WINDOW), rows, WINDOW)
    theirs = largest_error(walk, idioms.zscore_history(pd.Series(walk), WINDOW).to_numpy(), rows, WINDOW)
    met = "met" if ours <= MOST_ERROR else "NOT met"
    Console(width=120).print(
        f"SPREAD_ZSCORE_HISTORY, largest error of {len(rows)} rows against exact arithmetic: xlsig {ours:.1e}, pandas {theirs:.1e}; "
        f"target ≤ {MOST_ERROR:g} {met}.\n"
    )


def run() -> list[Outcome]:
    """Measure and print."""
    outcomes = show(TITLE, contests(), turns=25)
    show_errors()
    return outcomes


if __name__ == "__main__":
    run()
