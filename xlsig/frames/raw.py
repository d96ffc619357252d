"""An input as it was read: cells as they stand, and the line of the file each row came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Raw:
    """Columns of unparsed cells.

    `lines[i]` is the line of the file (or row of the sheet) of row i; `text` says that every cell is text, as in a
    CSV, and `delimiter` what separates its columns.
    """

    file: str
    header: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    lines: Sequence[int]
    text: bool = False
    delimiter: str = ""

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Declared:
    """What a desk has said about its file, so that nothing need be guessed.

    `columns` maps our name to the file's, `ignore` names columns to leave out, `date_format` is a strptime format (or
    "excel" for serials), `decimal` the decimal mark of numbers in text, `missing` further words that mean no value.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    date_format: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()


def from_pandas(frame: pd.DataFrame, file: str) -> Raw:
    """The cells of a data frame; its first row counts as line 2, below a header."""
    cells = frame.astype(object).where(frame.notna(), None)
    columns = tuple(cells.iloc[:, at].tolist() for at in range(cells.shape[1]))
    return Raw(file, tuple(str(name) for name in frame.columns), columns, range(2, len(frame) + 2))
