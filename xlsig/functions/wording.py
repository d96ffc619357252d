"""How numbers and dates are written in the sentences of EXPLAIN and the desk note."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from xlsig.signals.series import DateArray

_MINUS = "−"
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def amount(number: float) -> str:
    """A flow or a price: four significant figures at least, thousands apart.

    >>> amount(-12345.678), amount(0.5)
    ('−12,345.7', '0.5')
    """
    size = abs(number)
    text = f"{size:,.1f}" if 1000 <= size < 1e15 else f"{size:.4g}"
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return (_MINUS if number < 0 and text != "0" else "") + text


def decimals(number: float, places: int) -> str:
    """A number with so many decimal places.

    >>> decimals(-2.345, 2)
    '−2.35'
    """
    text = f"{abs(number):.{places}f}"
    return (_MINUS if number < 0 and float(text) else "") + text


def bp(spread: float) -> str:
    """Basis points.

    >>> bp(-12.34)
    '−12.3 bp'
    """
    return f"{decimals(spread, 1)} bp"


def percent(share: float, places: int = 0) -> str:
    """A share as a percentage.

    >>> percent(0.774)
    '77 %'
    """
    return f"{decimals(share * 100, places)} %"


def day(date: np.datetime64 | dt.date) -> str:
    """A date as a desk writes it, without the system's language.

    >>> day(np.datetime64("2025-01-03"))
    '3 January 2025'
    """
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
    found = dt.date.fromisoformat(str(date)[:10])
    return f"{found.day} {months[found.month - 1]} {found.year}"


def span(dates: DateArray | None, first: int, last: int) -> str:
    """From one row to another, by date where there are dates.

    >>> span(None, 0, 4)
    'rows 1 to 5'
    """
    if dates is None:
        return f"row {first + 1}" if first == last else f"rows {first + 1} to {last + 1}"
    return day(dates[first]) if first == last else f"{day(dates[first])} to {day(dates[last])}"


def place(dates: DateArray | None, row: int) -> str:
    """One row, by its date where there are dates."""
    return span(dates, row, row)


def listed(words: Sequence[str]) -> str:
    """Words in a sentence.

    >>> listed(["Energy", "Materials", "Utilities"])
    'Energy, Materials and Utilities'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


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
