"""What a function answers: a value, the sentence behind it, the table that spills; and how numbers and dates are worded in sentences."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import NUM, SignalError
from xlsig.frames import wording
from xlsig.signals.series import DateArray

if TYPE_CHECKING:
    import pandas as pd

Scalar = float | int | str | bool | dt.date | None

_MINUS = "−"


def is_finite_number(value: Any) -> TypeGuard[float | int]:
    """Whether a value is a number of Python's own that a cell can show, as most answers are."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


def plain(value: Any) -> Scalar:
    """A signal's number, date or text as a plain Python value; None where it is NaN or NaT.

    >>> plain(np.float64("nan")), plain(np.datetime64("2025-01-03"))
    (None, datetime.date(2025, 1, 3))
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        if value != value:
            return None
        raise SignalError(NUM, "the answer is too large for a cell")
    assert value is None or isinstance(value, float | int | str | bool | dt.date)
    return value


@dataclass(frozen=True)
class Table:
    """A spilled result: named columns and rows of plain values, None where a cell cannot be known.

    >>> Table.of(("measure", "value"), [("sold", 8), ("bought", 3)]).to_dict()
    {'measure': ['sold', 'bought'], 'value': [8, 3]}
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]

    @classmethod
    def of(cls, columns: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> Table:
        """A table from a signal's rows: numpy numbers and days become plain, NaN becomes None."""
        return cls(columns, tuple(tuple(map(plain, row)) for row in rows))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Scalar, ...]]:
        return iter(self.rows)

    def column(self, name: str) -> list[Scalar]:
        """The values of one column, top to bottom."""
        at = self.columns.index(name)
        return [row[at] for row in self.rows]

    def value(self, key: Scalar, column: str | None = None) -> Scalar:
        """The entry beside `key` in the first column: of the last column, or of the one named."""
        at = len(self.columns) - 1 if column is None else self.columns.index(column)
        for row in self.rows:
            if row[0] == key:
                return row[at]
        raise KeyError(key)

    def to_dict(self) -> dict[str, list[Scalar]]:
        """Columns by name."""
        return {name: self.column(name) for name in self.columns}

    def to_pandas(self) -> pd.DataFrame:
        """The same table as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.to_dict(), columns=list(self.columns))


Found = float | int | str | dt.date | NDArray[np.float64] | Table


@dataclass(frozen=True)
class Answer:
    """A value and, composed only when asked for, the sentence that says what produced it."""

    value: Found
    because: Callable[[], str]


_HUGE = 1e15
"""From here on a number is written with its power of ten."""


def amount(number: float) -> str:
    """A flow or a price: four significant figures at least, thousands apart.

    >>> amount(-12345.678), amount(0.5)
    ('−12,345.7', '0.5')
    """
    size = abs(number)
    text = f"{size:,.1f}" if 1000 <= size < _HUGE else f"{size:.4g}"
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return (_MINUS if number < 0 and text != "0" else "") + text


def decimals(number: float, places: int) -> str:
    """A number with so many decimal places.

    >>> decimals(-2.345, 2)
    '−2.35'
    """
    text = f"{abs(number):.{places}f}" if abs(number) < _HUGE else f"{abs(number):.4g}"
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


def span(dates: DateArray | None, first: int, last: int) -> str:
    """From one row to another, by date where there are dates.

    >>> span(None, 0, 4)
    'rows 1 to 5'
    """
    if dates is None:
        return f"row {first + 1}" if first == last else f"rows {first + 1} to {last + 1}"
    return wording.span(dates[first : last + 1])


def place(dates: DateArray | None, row: int) -> str:
    """One row, by its date where there are dates."""
    return span(dates, row, row)
