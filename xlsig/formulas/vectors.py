"""Operators on large arrays of plain numbers, all entries at once; what needs a closer look is left to the rule for single values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlsig.formulas.values import Block, Value

LARGE = 32
"""Entries from which on it pays."""

Floats = NDArray[np.float64]

_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
_NUMBERS: frozenset[type] = frozenset({float, int, type(None)})
_WITH_TRUTHS = _NUMBERS | {bool}
_WITHOUT_ERRORS = _WITH_TRUTHS | {str}
_CLOSE = 1e-13


def calculated(sign: str, left: Value | Block, right: Value | Block) -> Block | None:
    """What an operator gives; None where it is not sure that each entry is what the rule for single values gives."""
    if sign in _COMPARISONS:
        if isinstance(right, str):
            return _same_text(sign, left, right)
        return _compared(sign, _floats(left, _NUMBERS), _floats(right, _NUMBERS))
    if sign not in _ARITHMETIC:
        return None
    one, other = _floats(left, _WITH_TRUTHS), _floats(right, _WITH_TRUTHS)
    if one is None or other is None or not _fit(one, other) or (sign == "/" and not other.all()):
        return None
    with np.errstate(all="ignore"):
        found = _ARITHMETIC[sign](one, other)
    return _block(found) if np.isfinite(found).all() else None


def negated(operand: Block) -> Block | None:
    """A minus before an array."""
    numbers = _floats(operand, _WITH_TRUTHS)
    return None if numbers is None else _block(-numbers)


def _compared(sign: str, one: Floats | None, other: Floats | None) -> Block | None:
    if one is None or other is None or not _fit(one, other):
        return None
    close = np.abs(one - other) <= _CLOSE * np.abs(one)
    if (close & (one != other)).any():
        return None
    return _block(_COMPARISONS[sign](one, other))


def _same_text(sign: str, operand: Value | Block, text: str) -> Block | None:
    if sign not in ("=", "<>") or not isinstance(operand, list) or not set(map(type, chain.from_iterable(operand))) <= _WITHOUT_ERRORS:
        return None
    lowered, is_same = text.lower(), sign == "="
    return [
        [((entry.lower() if isinstance(entry, str) else "" if entry is None else None) == lowered) == is_same for entry in row]
        for row in operand
    ]


def _floats(operand: Value | Block, kinds: frozenset[type]) -> Floats | None:
    rows = operand if isinstance(operand, list) else [[operand]]
    found = set(map(type, chain.from_iterable(rows)))
    if not found <= kinds:
        return None
    if type(None) in found:
        rows = [[0.0 if entry is None else entry for entry in row] for row in rows]
    try:
        return np.array(rows, dtype=np.float64)
    except OverflowError:
        return None


def _fit(one: Floats, other: Floats) -> bool:
    return all(size == beside or 1 in (size, beside) for size, beside in zip(one.shape, other.shape, strict=True))


def _block(found: NDArray[Any]) -> Block:
    rows: Block = found.tolist()
    return rows
