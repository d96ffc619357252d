"""What Python callers hand over, made plain: masks, Arrow arrays and data frames become arrays or lists; what has no order is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import VALUE, SignalError

_DEEPEST = 8
"""Lists within lists that a single cell may stand in."""
_NO_SERIES = (Mapping, Set, bytes, bytearray, memoryview)


def series(value: Any, name: str) -> Sequence[Any] | NDArray[Any]:
    """What is no single value, as an array without a mask or as a list of its cells."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, _NO_SERIES):
        raise _refusal(value, name)
    if hasattr(value, "to_pylist"):  # Arrow's, None where they are null
        return list(value.to_pylist())
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        return unmasked(value)
    if isinstance(value, Iterable):
        return list(value)
    raise _refusal(value, name)


def rows(value: Any, name: str) -> Sequence[Sequence[Any]]:
    """A block as rows of cells; a single series is one row, a single value one cell."""
    if hasattr(value, "to_pylist"):
        columns = getattr(value, "columns", None)  # of an Arrow table
        value = list(zip(*(column.to_pylist() for column in columns), strict=True)) if columns is not None else value.to_pylist()
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        value = unmasked(value).tolist()
    if not isinstance(value, list | tuple):
        return [[value]]
    if not any(isinstance(row, list | tuple | np.ndarray) for row in value):
        return [value]
    if not all(isinstance(row, list | tuple) or (isinstance(row, np.ndarray) and row.ndim == 1) for row in value):
        raise SignalError(VALUE, f"{name} must be a rectangular block")
    return value


def unmasked(array: NDArray[Any]) -> NDArray[Any]:
    """An array in which a masked value is missing."""
    if not isinstance(array, np.ma.MaskedArray):
        return np.asarray(array)
    kinds: dict[str, tuple[Any, Any]] = {"M": (array.dtype, np.datetime64("NaT")), **dict.fromkeys("fiu", (np.float64, np.nan))}
    kind, missing = kinds.get(array.dtype.kind, (object, None))
    plain = np.array(array.data, dtype=kind)
    plain[np.ma.getmaskarray(array)] = missing
    return plain


def only(value: Any) -> Any:
    """The one cell of a block of one, and an Arrow scalar as Python's; anything else as it is."""
    for _ in range(_DEEPEST):
        if isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        elif isinstance(value, np.ndarray) and value.size == 1:
            value = unmasked(value).reshape(-1)[0]
        elif hasattr(value, "as_py"):
            value = value.as_py()
        else:
            break
    return value


def _refusal(value: Any, name: str) -> SignalError:
    order = ", which has no order" if isinstance(value, Set) else ""
    return SignalError(VALUE, f"{name} must be a row or column of cells, not {type(value).__name__}{order}")
