"""The first call with an exchange calendar in a fresh process, against exchange_calendars: python -m benchmarks.calendars.

From the import of the calendars' module, numpy being loaded before, to the sessions of five years. Target for calendars that come with
xlsig: at most 50 ms. One that does not is shown beside them. Each way runs in processes of its own, turn by turn, and medians are compared;
the answers must be the same. The peer opens its calendar from 2000, xlsig from 1990.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from rich.console import Console
from rich.table import Table

TURNS = 5
MOST_MS = 50.0
SHIPPED, OTHER = ("XNYS", "XTKS", "XKRX"), ("XWBO",)
_FIRST, _LAST = "2020-01-02", "2025-01-03"

_CLOCK = """
import sys, time
import numpy as np
began = time.perf_counter()
{work}
print((time.perf_counter() - began) * 1e3, days.size, days[0], days[-1])
"""
_WAYS = {
    "xlsig": f"""
from xlsig.frames.calendar import sessions
days = sessions(sys.argv[1], np.datetime64("{_FIRST}"), np.datetime64("{_LAST}"))
""",
    "exchange_calendars": f"""
from exchange_calendars import get_calendar
days = get_calendar(sys.argv[1], start="2000-01-01").sessions_in_range("{_FIRST}", "{_LAST}").to_numpy().astype("datetime64[D]")
""",
}


def _taken(way: str, calendar: str) -> tuple[float, str]:
    """Milliseconds of one first call, and what it answered."""
    command = [sys.executable, "-W", "ignore", "-c", _CLOCK.format(work=_WAYS[way]), calendar]
    taken, _, answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.partition(" ")
    return float(taken), answer


def _medians(calendar: str) -> dict[str, float]:
    """Median milliseconds by way, turn by turn."""
    taken: dict[str, list[float]] = {way: [] for way in _WAYS}
    answers = set()
    for _ in range(TURNS):
        for way, each in taken.items():
            milliseconds, answer = _taken(way, calendar)
            each.append(milliseconds)
            answers.add(answer)
    if len(answers) != 1:
        raise AssertionError(f"{calendar}: {sorted(answers)}")
    return {way: statistics.median(each) for way, each in taken.items()}


def run() -> None:
    """Measure and print."""
    table = Table(title="First call with a calendar in a fresh process, median, numpy loaded before", title_justify="left")
    for heading in ("calendar", *_WAYS, "ratio", "target", "met"):
        table.add_column(heading, justify="left" if heading == "calendar" else "right")
    for calendar in (*SHIPPED, *OTHER):
        ours, peer = _medians(calendar).values()
        judged = calendar in SHIPPED
        verdict = ("yes" if ours <= MOST_MS else "NO") if judged else ""
        times = (f"{ours:,.0f} ms", f"{peer:,.0f} ms", f"{peer / ours:.1f}×")
        table.add_row(calendar, *times, f"≤ {MOST_MS:g} ms" if judged else "", verdict)
    Console(width=120).print(table)


if __name__ == "__main__":
    run()
