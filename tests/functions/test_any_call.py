"""Whatever a script passes, a function answers with plain finite values or refuses with a SignalError; nothing else, no warning."""

from __future__ import annotations

import datetime as dt
import math
import random
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import xlsig
from tests.functions import golden_cases
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import cases
from xlsig.functions.spec import Function
from xlsig.grid.contents import ErrorCell

GOLDEN = {name: cases(name) for name in CATALOGUE}
CALLS = 10_000
SHARE = 20
"""Parts in which the calls are made, each a test."""

_LOOP: list[Any] = []
_LOOP.append(_LOOP)
_NUMBERS: list[Any] = [
    *(0, 1, -1, 5, 21, 252, -0.0, 0.5, -2.2, 1e-300, 5e-324, -5e-324, 1e300, 1e308, -1e308, 1.7976931348623157e308),
    *(2**53 + 1, -(2**63), 10**400, 45_658, 45_658.5, 60, float("nan"), float("inf"), -float("inf")),
]
_CELLS: list[Any] = [
    *(None, "", " ", "#N/A", "#N/A N/A", "#REF!", "x", "DEC", "ETF", "mean", "robust", "selling", "12", "\x00", "\ud800", "١", True, False),
    *(Decimal("1.5"), Decimal("nan"), Decimal("sNaN"), Decimal("inf"), Decimal("1e999"), Fraction(1, 3), 1j, b"1", bytearray(b"1")),
    *(
        np.float32(1.5),
        np.float64("nan"),
        np.longdouble("1e4000"),
        np.int8(-3),
        np.uint64(2**64 - 1),
        np.bool_(True),
        np.str_("a"),
        np.void(b"1"),
    ),
    *(np.timedelta64(5, "D"), np.timedelta64("NaT"), np.datetime64("2025-01-03"), np.datetime64("NaT"), np.datetime64("2025-01-03T10:00")),
    *(
        np.void(b"1"),
        np.datetime64(2**62, "Y"),
        np.datetime64(-(2**62), "s"),
        np.ma.masked,
        pd.NA,
        pd.NaT,
        pd.Timestamp("2025-01-03"),
        pd.Timedelta(1, "D"),
    ),
    *(
        pd.Timedelta(1, "D"),
        pd.Timestamp("2025-01-03 10:00:00.000000001", tz="UTC"),
        dt.date(2025, 1, 3),
        dt.date.min,
        dt.date.max,
        dt.datetime(2025, 1, 3),
    ),
    *(
        dt.time(1),
        dt.timedelta(1),
        ErrorCell("#N/A"),
        ErrorCell("#DIV/0!"),
        pa.scalar(1.5),
        pa.scalar(None),
        pa.scalar("x"),
        object(),
        _LOOP,
        {},
    ),
    *(object(), _LOOP, {}, {1.0}, {"a": 1}, {"a": 1}.values(), frozenset(), range(3), Ellipsis, NotImplemented, len, type),
]


def _cells(draw: random.Random, count: int) -> list[Any]:
    """A column: of plain numbers, of rising days, of odd numbers, of words, or of anything."""
    kind = draw.randrange(8)
    if kind < 3:
        return [draw.gauss(0, 100) for _ in range(count)]
    if kind == 3:
        return [45_000 + 2 * at for at in range(count)]
    if kind == 4:
        return [draw.choice(_NUMBERS) for _ in range(count)]
    if kind == 5:
        return [draw.choice(["H5-M5", "M5-U5", "Energy", "North America", "Index", "", None, "ETF"]) for _ in range(count)]
    if kind == 6:
        return [draw.choice(_CELLS) if draw.random() < 0.1 else draw.gauss(0, 100) for _ in range(count)]
    return [draw.choice(_CELLS + _NUMBERS) for _ in range(count)]


def _arrow(cells: list[Any]) -> list[Any]:
    """Cells that Arrow takes without harm to the process."""
    return [cell if isinstance(cell, float | str | None) else 1.0 for cell in cells]


def _masked(cells: list[Any], draw: random.Random) -> Any:
    return np.ma.array(cells, mask=[draw.random() < 0.2 for _ in cells])


_FORMS: list[Callable[[list[Any], random.Random], Any]] = [
    lambda cells, draw: cells,
    lambda cells, draw: tuple(cells),
    lambda cells, draw: [[cell] for cell in cells],
    lambda cells, draw: [cells],
    lambda cells, draw: [[cell, cell] for cell in cells],
    lambda cells, draw: [cells, *cells[:1]],
    lambda cells, draw: iter(cells),
    lambda cells, draw: np.array(cells),
    lambda cells, draw: np.array(cells, dtype=object).reshape(-1, 1),
    lambda cells, draw: np.array(cells, dtype="float32"),
    lambda cells, draw: np.array(cells, dtype=">f8")[::-1],
    lambda cells, draw: np.array(cells, dtype="longdouble") * np.longdouble("1e4000"),
    lambda cells, draw: np.array(cells, dtype="m8[D]"),
    lambda cells, draw: np.array(cells, dtype="M8[D]"),
    lambda cells, draw: np.array(cells, dtype="M8[ns]"),
    lambda cells, draw: np.array([(cell, 1) for cell in cells], dtype=[("a", "f8"), ("b", "i4")]),
    _masked,
    lambda cells, draw: list(_masked(cells, draw)),
    lambda cells, draw: pd.Series(cells),
    lambda cells, draw: pd.Series(cells).astype("Float64"),
    lambda cells, draw: pd.Series(cells).astype("category"),
    lambda cells, draw: pd.Series(pd.to_datetime(cells), index=range(5, 5 + len(cells))),
    lambda cells, draw: pd.DataFrame({"a": cells}),
    lambda cells, draw: pd.DataFrame({"a": cells, "b": cells}),
    lambda cells, draw: pd.DatetimeIndex(cells, tz="UTC"),
    lambda cells, draw: pa.array(_arrow(cells)),
    lambda cells, draw: pa.chunked_array([_arrow(cells), _arrow(cells)]),
    lambda cells, draw: pa.table({"a": _arrow(cells), "b": _arrow(cells)}),
    lambda cells, draw: pa.array(_arrow(cells)).dictionary_encode(),
    lambda cells, draw: memoryview(np.array(cells, dtype=float)),
    lambda cells, draw: set(map(str, cells)),
    lambda cells, draw: dict(enumerate(cells)),
    lambda cells, draw: [cells, [cells]],
    lambda cells, draw: [[[[[[[[[[cells]]]]]]]]]],
]


def value(draw: random.Random) -> Any:
    """Something to pass: a single value, or cells in one of many forms (a list where they cannot have it)."""
    if draw.random() < 0.25:
        return draw.choice(_NUMBERS + _CELLS)
    cells = _cells(draw, draw.choice([0, 1, 2, 5, 12, 30, 260]))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return draw.choice(_FORMS)(cells, draw)
    except Exception:  # what pandas, numpy or Arrow refuse to make is no value
        return cells


def arguments(function: Function, draw: random.Random) -> list[Any]:
    """The arguments of a golden case, of which some are replaced and some have a cell that is; EXPLAIN's are another function's."""
    if function.variadic and draw.random() < 0.8:
        other = draw.choice([known for known in CATALOGUE.values() if not known.variadic])
        return [other.name, *arguments(other, draw)]
    given = golden_cases.arguments(draw.choice(GOLDEN[function.name]))
    for at, argument in enumerate(given):
        luck = draw.random()
        if luck < 0.15:
            given[at] = value(draw)
        elif luck < 0.35 and isinstance(argument, list):
            row = draw.randrange(len(argument))
            given[at] = [*argument[:row], [draw.choice(_NUMBERS + _CELLS), *argument[row][1:]], *argument[row + 1 :]]
    return given


def is_plain(answer: Any) -> bool:
    """Whether an answer holds nothing but plain finite values; NaN stands only in an array with a value per row."""
    if isinstance(answer, np.ndarray):
        return not np.isinf(answer).any() if answer.dtype.kind == "f" else answer.dtype.kind in "biMO"
    if hasattr(answer, "rows"):
        return all(is_plain(cell) for row in answer.rows for cell in row)
    if isinstance(answer, ErrorCell):
        return True
    if isinstance(answer, list):
        return all(is_plain(cell) for row in answer for cell in row)
    if isinstance(answer, float):
        return math.isfinite(answer)
    return answer is None or type(answer) in (int, str, bool, dt.date)


@pytest.mark.parametrize("part", range(SHARE))
def test_any_call_is_answered_plainly_or_refused(part):
    draw = random.Random(part)
    functions = [function for function in CATALOGUE.values() if function.arguments]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(CALLS // SHARE):
            function = draw.choice(functions)
            given = arguments(function, draw)
            assert is_plain(function.from_cells(*given) if number % 2 else answer_or_refusal(function, given))


def answer_or_refusal(function: Function, given: list[Any]) -> Any:
    """What a function answers in Python; the sentence with which it refuses, of a bearable length."""
    try:
        return function(*given)
    except xlsig.SignalError as refused:
        return str(refused) if len(str(refused)) < 400 else refused
