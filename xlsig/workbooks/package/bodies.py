"""The rows that go into a table: taken once, checked, and kept packed, so that a quarter of a million of them stay small."""

from __future__ import annotations

import datetime as dt
import marshal
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

from xlsig.functions.cells import ErrorCell, serial
from xlsig.workbooks.package.addresses import LAST_ROW
from xlsig.workbooks.package.cells import Plain
from xlsig.workbooks.package.refusal import PackageRefusal

LONGEST_TEXT = 32_767
_BLOCK = 1024  # rows
_IN_MEMORY = 16 << 20  # bytes

Entries = Sequence[Any]


def plain(value: Any) -> Plain:
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
        return plain(value.astype("datetime64[us]").item())
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return plain(value.item())
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
    """A table's new rows. `columns` are the data's names; every row has a value for each."""

    def __init__(self, table: str, columns: Sequence[str], rows: Iterable[Entries]) -> None:
        self.columns = tuple(columns)
        self._table = table
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the body
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self._at = -1
        self._block: list[tuple[Plain, ...]] = []
        self._rows = 0
        source = iter(rows)
        while block := [self._checked(row, self._rows + at) for at, row in enumerate(islice(source, _BLOCK))]:
            self._starts.append(self._spool.tell())
            packed = marshal.dumps([tuple(map(_packed, row)) for row in block] if any(map(_has_errors, block)) else block)
            self._lengths.append(self._spool.write(packed))
            self._rows += len(block)
            if self._rows > LAST_ROW:
                raise PackageRefusal(f"the data for the table {table} has more rows than a sheet")

    def __len__(self) -> int:
        return self._rows

    def row(self, at: int) -> tuple[Plain, ...]:
        """One row; asked for from front to back they are unpacked once each."""
        block, inside = divmod(at, _BLOCK)
        if block != self._at:
            self._spool.seek(self._starts[block])
            loaded = marshal.loads(self._spool.read(self._lengths[block]))
            self._block = [tuple(map(_unpacked, row)) if tuple in map(type, row) else row for row in loaded]
            self._at = block
        return self._block[inside]

    def __iter__(self) -> Iterator[tuple[Plain, ...]]:
        return map(self.row, range(self._rows))

    def close(self) -> None:
        """Give the space back."""
        self._spool.close()

    def _checked(self, row: Entries, number: int) -> tuple[Plain, ...]:
        if len(row) != len(self.columns):
            raise PackageRefusal(
                f"row {number + 1} of the data for the table {self._table} has {len(row)} values for {len(self.columns)} columns"
            )
        out: list[Plain] = []
        for value in row:
            kind = type(value)
            if (kind is float and value - value == 0.0) or (kind is str and 0 < len(value) <= LONGEST_TEXT):
                out.append(value)
            else:
                out.append(value if value is None else self._plain(value, number, len(out)))
        return tuple(out)

    def _plain(self, value: Any, row: int, column: int) -> Plain:
        try:
            return plain(value)
        except ValueError as failure:
            where = f"row {row + 1}, column {self.columns[column]}"
            raise PackageRefusal(f"{where} of the data for the table {self._table}: {failure}") from None


def _has_errors(row: tuple[Plain, ...]) -> bool:
    return any(type(value) is ErrorCell for value in row)


def _packed(value: Plain) -> Any:
    return (value.code,) if isinstance(value, ErrorCell) else value


def _unpacked(value: Any) -> Plain:
    return ErrorCell(value[0]) if type(value) is tuple else value
