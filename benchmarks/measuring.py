"""Interleaved timing of several ways to one answer, and the table that shows it.

All ways run turn by turn in one process, so that a busy machine slows all of them, and the medians of many turns are compared. A turn of a
quick way is a batch of calls. The answers are compared first: a wrong answer raises, a missed target is only printed.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

Way = Callable[[], Any]

_BATCH_SECONDS = 1e-3


@dataclass(frozen=True)
class Contest:
    """One question, answered by a peer and in one or more ways of ours, the first of which is judged.

    The target is the least ratio of the peer's time to ours, or the most microseconds that ours may take; or there is none.
    """

    name: str
    ways: Mapping[str, Way]
    peer: Way
    least_ratio: float | None = None
    most_microseconds: float | None = None

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.least_ratio is not None:
            return f"≥ {self.least_ratio:g}×"
        return "" if self.most_microseconds is None else f"≤ {self.most_microseconds:g} µs"


@dataclass(frozen=True)
class Outcome:
    """The medians of a contest, in seconds: of each of our ways, and of the peer."""

    contest: Contest
    seconds: Mapping[str, float]
    peer: float

    def ratio(self, way: str) -> float:
        """How many times faster than the peer a way is."""
        return self.peer / self.seconds[way]

    @property
    def met(self) -> bool | None:
        """Whether the first way met the target; None where there is none."""
        judged = next(iter(self.seconds))
        if self.contest.least_ratio is not None:
            return self.ratio(judged) >= self.contest.least_ratio
        return None if self.contest.most_microseconds is None else self.seconds[judged] * 1e6 <= self.contest.most_microseconds


def hold(contest: Contest, turns: int) -> Outcome:
    """Check that all ways agree, then time them turn by turn."""
    expected = contest.peer()
    for name, way in contest.ways.items():
        if not same(way(), expected):
            raise AssertionError(f"{contest.name}, {name}: {way()!r} is not the peer's {expected!r}")
    ways = [*contest.ways.values(), contest.peer]
    batches = [max(1, round(_BATCH_SECONDS / _seconds(way, 3))) for way in ways]
    taken: list[list[float]] = [[] for _ in ways]
    for turn in range(turns):
        for way, batch, seconds in zip(ways, batches, taken, strict=True):
            seconds.append(_seconds(way, batch))
        if turn % 20 == 0:
            gc.collect()
    *ours, peer = (float(np.median(seconds)) for seconds in taken)
    return Outcome(contest, dict(zip(contest.ways, ours, strict=True)), peer)


def _seconds(way: Way, calls: int) -> float:
    """Seconds per call, garbage collection off."""
    gc.disable()
    began = time.perf_counter()
    for _ in range(calls):
        way()
    ended = time.perf_counter()
    gc.enable()
    return (ended - began) / calls


def same(ours: Any, peer: Any) -> bool:
    """Equal dates, words and counts; numbers to 1e-9; columns to 1e-6, NaN in the same places."""
    if isinstance(ours, np.ndarray):
        return bool(np.allclose(ours, np.asarray(peer, dtype=np.float64), rtol=1e-6, atol=1e-6, equal_nan=True))
    if isinstance(ours, float):
        return math.isclose(ours, float(peer), rel_tol=1e-9, abs_tol=1e-9)
    return bool(ours == peer)


def show(title: str, contests: Iterable[Contest], turns: int) -> list[Outcome]:
    """Hold the contests, print their table and how many targets were met."""
    outcomes = [hold(contest, turns) for contest in contests]
    ways = list(outcomes[0].seconds)
    table = Table(title=title, title_justify="left")
    table.add_column("function")
    for heading in (*ways, "pandas", *(f"pandas/{way}" for way in ways), "target", "met"):
        table.add_column(heading, justify="right")
    for outcome in outcomes:
        met = "" if outcome.met is None else "yes" if outcome.met else "NO"
        times = map(_spelled, (*outcome.seconds.values(), outcome.peer))
        table.add_row(outcome.contest.name, *times, *(f"{outcome.ratio(way):.1f}×" for way in ways), outcome.contest.target, met)
    console = Console(width=120)
    console.print(table)
    judged = [outcome.met for outcome in outcomes if outcome.met is not None]
    console.print(f"{sum(judged)} of {len(judged)} targets met; medians of {turns} interleaved turns.\n")
    return outcomes


def _spelled(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"
