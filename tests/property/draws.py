"""What hypothesis draws for the twins: short series with gaps, ties, constant stretches and rolls.

Values are quarters, so that every sum and difference is exact in binary and a tie is a tie for the function and its
twin alike; `decimals` are cents, for rules that only compare and average.
"""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

WINDOWS = st.integers(2, 6)
SESSIONS = st.integers(1, 4)
POWERS_OF_TWO = st.sampled_from([0.25, 0.5, 2.0, 8.0, 1024.0])

quarters = st.one_of(st.integers(-6, 6), st.integers(-2000, 2000)).map(lambda number: number / 4)
decimals = st.integers(-99_999, 99_999).map(lambda cents: cents / 100)


def _stretches(values: st.SearchStrategy[float | None], longest: int) -> st.SearchStrategy[list[float | None]]:
    """Values that repeat a while before they move."""
    stretch = st.tuples(values, st.integers(1, 5)).map(lambda drawn: [drawn[0]] * drawn[1])
    return st.lists(stretch, max_size=longest // 3).map(lambda parts: [each for part in parts for each in part])


def series(values: st.SearchStrategy[float] = quarters, longest: int = 40) -> st.SearchStrategy[list[float | None]]:
    """About one value in ten is missing; some series have none missing, some are constant for a while."""
    gappy = st.tuples(st.integers(0, 9), values).map(lambda drawn: drawn[1] if drawn[0] else None)
    return st.one_of(
        st.lists(values, min_size=1, max_size=longest),
        st.lists(gappy, min_size=1, max_size=longest),
        _stretches(gappy, longest),
    )


def complete(values: st.SearchStrategy[float] = quarters, longest: int = 40) -> st.SearchStrategy[list[float]]:
    """A series without a gap."""
    return st.lists(values, min_size=1, max_size=longest)


@st.composite
def dated(draw: st.DrawFn, values: st.SearchStrategy[list[float | None]]) -> tuple[list[dt.date], list[float | None]]:
    """Strictly increasing dates beside a series, one day to five weeks apart."""
    drawn = draw(values)
    steps = draw(st.lists(st.integers(1, 35), min_size=len(drawn), max_size=len(drawn)))
    day, dates = dt.date(2021, 1, 1), []
    for step in steps:
        day += dt.timedelta(days=step)
        dates.append(day)
    return dates, drawn


@st.composite
def rolled(draw: st.DrawFn, longest: int = 40) -> tuple[list[float | None], list[str | None]]:
    """Spreads with the contract each is quoted in; a row without a spread sometimes has no contract either."""
    spreads = draw(series(longest=longest))
    at, contracts = 0, list[str | None]()
    for spread in spreads:
        at += draw(st.sampled_from([0, 0, 0, 1]))
        blank = spread is None and draw(st.booleans())
        contracts.append(None if blank else ("Dec 24", "Mar 25", "Jun 25")[at % 3])
    return spreads, contracts
