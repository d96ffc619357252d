"""How days, counts and lists are worded in a sentence, without the system's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def day(date: np.datetime64 | dt.date) -> str:
    """A date as a desk writes it, without the system's language.

    >>> day(np.datetime64("2025-01-03"))
    '3 January 2025'
    """
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
    found = dt.date.fromisoformat(str(date)[:10])
    return f"{found.day} {months[found.month - 1]} {found.year}"


def span(days: Sequence[dt.date] | NDArray[np.datetime64]) -> str:
    """Ascending days by the first and the last of them.

    >>> span(np.array(["2025-01-03", "2025-01-06"], "M8[D]"))
    '3 January 2025 to 6 January 2025'
    """
    return day(days[0]) if len(days) == 1 else f"{day(days[0])} to {day(days[-1])}"


def latest(days: Sequence[dt.date] | NDArray[np.datetime64]) -> str:
    """One session by its date, several by their number and the last.

    >>> latest([dt.date(2025, 1, 2), dt.date(2025, 1, 3)])
    '2 sessions, the last 3 January 2025'
    """
    last = day(days[-1])
    return last if len(days) == 1 else f"{len(days)} sessions, the last {last}"


def listed(words: Sequence[str], before_last: str = "and") -> str:
    """Words in a sentence.

    >>> listed(["Energy", "Materials", "Utilities"])
    'Energy, Materials and Utilities'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {before_last} {words[-1]}"


def counted(number: int, thing: str, plural: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "session"), counted(5, "session")
    ('1 session', '5 sessions')
    """
    return f"{number} {thing if number == 1 else plural or f'{thing}s'}"


def in_words(number: int) -> str:
    """Small numbers as words.

    >>> in_words(10), in_words(13)
    ('ten', '13')
    """
    return _SMALL[number] if 0 <= number < len(_SMALL) else str(number)
