"""The rows that go into a table: taken once, checked, and kept packed, so that a quarter of a million of them stay small."""

from __future__ import annotations

import datetime as dt
import marshal
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import LAST_ROW
from xlsig.grid.contents import LONGEST_TEXT, ErrorCell, Plain, serial
from xlsig.ooxml.entries import Rows, in_order

BLOCK = 256
"""Rows that are checked, packed and written together."""
_IN_MEMORY = 16 << 20  # bytes

ValuesOfColumn = tuple[Any, ...]


def as_cell(value: Any) -> Plain:
    """A value as a cell can hold it: dates as serials; NaN, NaT and empty text as nothing. What no cell can hold raises `ValueError`."""
    if value is None or isinstance(value, bool | ErrorCell):
        return value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"a text of {len(value):,} signs is longer than a cell can hold")
        return str(value) or None
    if isinstance(value, dt.datetime):
        return _moment(value) if value == value else None
    if isinstance(value, dt.date):
        return _day(value)
    if isinstance(value, dt.time):
        return (dt.datetime.combine(dt.date.min, value.replace(tzinfo=None)) - dt.datetime.min) / dt.timedelta(days=1)
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float | int):
        if isinstance(value, float) and value != value:
            return None
        try:
            fits = math.isfinite(float(value))
        except OverflowError:
            fits = False
        if not fits:
            raise ValueError("an infinite number fits no cell")
        return float(value) if isinstance(value, float) else int(value)
    return _foreign(value)


def _foreign(value: Any) -> Plain:
    """A scalar of numpy or pandas, told without importing them."""
    kind = type(value).__name__
    if kind in ("NAType", "NaTType"):
        return None
    if kind == "datetime64":
        return as_cell(value.astype("datetime64[us]").item())
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return as_cell(value.item())
    raise ValueError(f"a value of the kind {kind} fits no cell")


def _day(day: dt.date) -> int:
    number = serial(day)
    if number < 1:
        raise ValueError(f"the date {day} is before 1900")
    return number


def _moment(moment: dt.datetime) -> float | int:
    bare = moment.replace(tzinfo=None)
    midnight = dt.datetime.combine(bare.date(), dt.time())
    return _day(bare.date()) if bare == midnight else _day(bare.date()) + (bare - midnight) / dt.timedelta(days=1)


class Body:
    """A table's new rows, in blocks of columns. `columns` are the data's names; every row has a value for each."""

    def __init__(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        self.columns = tuple(columns)
        self._table = table
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the body
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self._at = -1
        self._block: list[ValuesOfColumn] = []
        self._rows = 0
        source = in_order(table, columns, rows)
        while block := list(islice(source, BLOCK)):
            self._check_widths(block)
            columns_of_block = [self._checked(values, at) for at, values in enumerate(zip(*block, strict=True))]
            self._starts.append(self._spool.tell())
            self._lengths.append(self._spool.write(marshal.dumps([_packed(column) for column in columns_of_block])))
            self._rows += len(block)
            if self._rows > LAST_ROW:
                raise PackageRefusal(f"the data for the table {table} has more rows than a sheet")

    def __len__(self) -> int:
        return self._rows

    def block(self, number: int) -> list[ValuesOfColumn]:
        """The columns of the rows from `number * BLOCK` on; asked for from front to back they are unpacked once each."""
        if number != self._at:
            self._spool.seek(self._starts[number])
            self._block = [_unpacked(column) for column in marshal.loads(self._spool.read(self._lengths[number]))]
            self._at = number
        return self._block

    def row(self, at: int) -> tuple[Plain, ...]:
        """One row."""
        block, inside = divmod(at, BLOCK)
        return tuple(column[inside] for column in self.block(block))

    def __iter__(self) -> Iterator[tuple[Plain, ...]]:
        return map(self.row, range(self._rows))

    def close(self) -> None:
        """Give the space back."""
        self._spool.close()

    def _check_widths(self, block: Sequence[Sequence[Any]]) -> None:
        if set(map(len, block)) == {len(self.columns)}:
            return
        at, row = next((at, row) for at, row in enumerate(block, start=self._rows) if len(row) != len(self.columns))
        raise PackageRefusal(f"row {at + 1} of the data for the table {self._table} has {len(row)} values for {len(self.columns)} columns")

    def _checked(self, values: ValuesOfColumn, column: int) -> ValuesOfColumn:
        """A block's column as cells can hold it. Columns of one kind, as most are, are judged as a whole."""
        kinds = set(map(type, values))
        if kinds == {float} and sum(values) - sum(values) == 0.0:
            return values
        if kinds == {str} and all(values) and max(map(len, values)) <= LONGEST_TEXT:
            return values
        return tuple(
            [
                value if value is None or (type(value) is float and value - value == 0.0) else self._plain(value, row, column)
                for row, value in enumerate(values, start=self._rows)
            ]
        )

    def _plain(self, value: Any, row: int, column: int) -> Plain:
        try:
            return as_cell(value)
        except ValueError as failure:
            where = f"row {row + 1}, column {self.columns[column]}"
            raise PackageRefusal(f"{where} of the data for the table {self._table}: {failure}") from None


def _packed(column: ValuesOfColumn) -> ValuesOfColumn:
    """A column that `marshal` can write: an error is a tuple of its code."""
    if ErrorCell not in map(type, column):
        return column
    return tuple((value.code,) if type(value) is ErrorCell else value for value in column)


def _unpacked(column: ValuesOfColumn) -> ValuesOfColumn:
    if tuple not in map(type, column):
        return column
    return tuple(ErrorCell(value[0]) if type(value) is tuple else value for value in column)
