"""What a function answers: a value, the sentence behind it, and the table that spills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Scalar = float | int | str | bool | dt.date | None


@dataclass(frozen=True)
class Table:
    """A spilled result: named columns and rows of plain values, None where a cell cannot be known.

    >>> Table(("measure", "value"), (("sold", 8), ("bought", 3))).to_dict()
    {'measure': ['sold', 'bought'], 'value': [8, 3]}
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]

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


Compute = Callable[..., Answer | Any]
