"""What a function answers: a value, the sentence behind it, and the table that spills."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import NUM, SignalError

if TYPE_CHECKING:
    import pandas as pd

Scalar = float | int | str | bool | dt.date | None


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


Value = float | int | str | dt.date | NDArray[np.float64] | Table


@dataclass(frozen=True)
class Answer:
    """A value and, composed only when asked for, the sentence that says what produced it."""

    value: Value
    because: Callable[[], str]
