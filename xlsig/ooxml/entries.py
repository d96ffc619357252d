"""The rows that a script brings for a table, in whatever shape: each as its values in the order of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from xlsig.errors import PackageRefusal
from xlsig.ooxml.tables import column_key

Rows = Iterable[Sequence[Any]] | Iterable[Mapping[str, Any]] | Any
"""Rows of values in the order of the columns, or by column name; or a table of pandas, polars or Arrow."""
_TEXT = (str, bytes, bytearray, memoryview)
_PLAIN_ROWS = frozenset({list, tuple})


def in_order(table: str, columns: Sequence[str], rows: Rows) -> Iterator[Sequence[Any]]:
    """The rows with their values in the order of the columns.

    A table of pandas, polars or Arrow and rows with names (dicts) are taken by column name, in any order; lists and tuples as they
    stand. What is no rows, such as a text or a flat list of values, raises `PackageRefusal`.
    """
    if isinstance(columns, _TEXT):
        raise PackageRefusal(f"the columns of the data for the table {table} are {_called(columns)}: a list of names is wanted")
    what = f"the data for the table {table}"
    names = None if isinstance(rows, (*_TEXT, Mapping, Set)) else _names_of(rows)
    if names is None and (isinstance(rows, (*_TEXT, Mapping, Set)) or not hasattr(rows, "__iter__")):
        raise PackageRefusal(f"{what} is {_called(rows)}: rows are wanted, each a list of values or a dict by column name")
    if names is None:
        return _each(what, columns, rows)
    order = _order(what, columns, names)
    return ([row[at] for at in order] for row in _rows_of(rows))


def _names_of(rows: Any) -> list[str] | None:
    """The names of the columns of a table of pandas, polars, Arrow or numpy; None for anything else."""
    if hasattr(rows, "to_pylist") and hasattr(rows, "schema"):  # Arrow's table and record batch, whose columns are no names
        return [str(name) for name in rows.schema.names]
    if hasattr(rows, "columns") and (hasattr(rows, "itertuples") or hasattr(rows, "iter_rows")):
        return [str(name) for name in rows.columns]
    fields = getattr(getattr(rows, "dtype", None), "names", None)
    return None if fields is None else list(fields)


def _rows_of(rows: Any) -> Iterable[Sequence[Any]]:
    if hasattr(rows, "itertuples"):
        found: Iterable[Sequence[Any]] = rows.itertuples(index=False, name=None)
        return found
    if hasattr(rows, "iter_rows"):
        return rows.iter_rows()  # type: ignore[no-any-return]
    if hasattr(rows, "to_pylist"):
        batches = rows.to_batches() if hasattr(rows, "to_batches") else [rows]
        return (row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return rows  # type: ignore[no-any-return]  # a structured array of numpy


def _order(what: str, columns: Sequence[str], names: Sequence[str]) -> list[int]:
    """Where each column stands among some names."""
    places: dict[str, int] = {}
    for at, name in enumerate(names):
        if column_key(name) in places:
            raise PackageRefusal(f"{what} has the column {name!r} twice")
        places[column_key(name)] = at
    missing = next((name for name in columns if column_key(name) not in places), None)
    if missing is not None:
        raise PackageRefusal(f"{what} has no column {missing!r} (it has {', '.join(names) or 'none'})")
    wanted = {column_key(name) for name in columns}
    extra = next((name for name in names if column_key(name) not in wanted), None)
    if extra is not None:
        raise PackageRefusal(f"{what} has a column {extra!r} that is not among the columns named: name it too, or leave it out of the data")
    return [places[column_key(name)] for name in columns]


def _each(what: str, columns: Sequence[str], rows: Iterable[Any]) -> Iterator[Sequence[Any]]:
    known: dict[tuple[str, ...], list[str]] = {}
    for number, row in enumerate(rows, start=1):
        if type(row) in _PLAIN_ROWS:
            yield row
        elif isinstance(row, Mapping) or (hasattr(row, "keys") and hasattr(row, "__getitem__")):
            names = tuple(row.keys())
            if names not in known:
                order = _order(f"row {number} of {what}", columns, list(map(str, names)))
                known[names] = [names[at] for at in order]
            yield [row[name] for name in known[names]]
        elif isinstance(row, (*_TEXT, Set)) or not (hasattr(row, "__len__") and hasattr(row, "__iter__")) or getattr(row, "ndim", 1) != 1:
            raise PackageRefusal(f"row {number} of {what} is {_called(row)}: a list of values or a dict by column name is wanted")
        else:
            yield list(row)


def _called(value: Any) -> str:
    """What a person would call a value that is no rows."""
    if isinstance(value, str):
        return "a text"
    if isinstance(value, _TEXT):
        return "bytes"
    if isinstance(value, Set):
        return "a set, which has no order"
    if isinstance(value, Mapping):
        return "a dict"
    if value is None:
        return "nothing"
    return f"a single value ({type(value).__name__})" if not hasattr(value, "__iter__") else f"of the kind {type(value).__name__}"
