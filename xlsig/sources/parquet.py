"""A Parquet file's columns, judged by what the file declares before any of them is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Raw, from_pandas

MOST_CELLS = 100_000_000
"""Rows × columns; 5,000,000 flows have 40 million."""
MOST_BYTES = 4_000_000_000
"""What the columns may come to when unpacked."""
FREE_CELLS, CELLS_PER_BYTE = 2_600_000, 100
"""So many cells a file may have however small it is; beyond that, so many for each of its bytes."""
FREE_BYTES, MOST_RATIO = 64_000_000, 300
"""So long its columns may be when unpacked; beyond that, so many times its size."""


def read_parquet(content: bytes, file: str) -> Raw:
    """A Parquet file's columns, those first that it has as an index (unless that only counts the rows)."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise DataError([Problem('Parquet files need pyarrow: pip install "xlsig[parquet]"', file)]) from None
    try:
        opened = parquet.ParquetFile(io.BytesIO(content))
        problems = [Problem(message, file, column=column) for message, column in _faults(opened, len(content))]
        if not problems:
            return from_pandas(_frame(opened), file)
    except (pa.ArrowException, ValueError, TypeError, KeyError, OSError, OverflowError, MemoryError, NotImplementedError) as failure:
        raise DataError([Problem(f"not a Parquet file that can be read ({_first_line(failure)})", file)]) from None
    raise DataError(problems)


def _first_line(failure: Exception) -> str:
    return (str(failure).splitlines() or [type(failure).__name__])[0]


def _faults(opened: Any, size: int) -> Iterator[tuple[str, str]]:
    """What is wrong with what the file declares: its size, and columns that do not hold one plain value a row."""
    import pyarrow as pa

    told = opened.metadata
    cells = told.num_rows * told.num_columns
    unpacked = sum(max(0, told.row_group(group).total_byte_size) for group in range(told.num_row_groups))
    if cells > min(MOST_CELLS, max(FREE_CELLS, CELLS_PER_BYTE * size)):
        yield f"it declares {told.num_rows:,} rows × {told.num_columns:,} columns in {size:,} bytes, more than are read", ""
    elif unpacked > min(MOST_BYTES, max(FREE_BYTES, MOST_RATIO * size)):
        yield f"it unpacks to {unpacked:,} bytes from {size:,}, more than are read", ""
    for column in opened.schema_arrow:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not _is_plain(kind):
            yield f"the column holds {column.type} values, where a text, a number or a date is wanted in each row", column.name
    names = opened.schema_arrow.names
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield "two columns have this name", name


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    numbers = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_boolean(kind)
    texts = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return bool(numbers or texts or types.is_date(kind) or types.is_timestamp(kind) or types.is_null(kind))


def _frame(opened: Any) -> Any:
    import pandas as pd

    frame = opened.read().to_pandas()
    counts = frame.index.nlevels == 1 and frame.index.name is None and pd.api.types.is_integer_dtype(frame.index.dtype)
    return frame if counts else frame.reset_index()
