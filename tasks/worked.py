"""A worked example of each function: the first of its golden cases that has an answer, computed anew by the library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlsig.functions.answers import Scalar, Table
from xlsig.functions.golden import FUNCTIONS, Case, GoldenCell, GoldenError, GoldenScalar, cases
from xlsig.functions.spec import Function
from xlsig.grid.contents import ErrorCell, serial

_NOTE: dict[str, GoldenScalar] = {
    "as_of": dt.date(2025, 1, 3),
    "state": "BOTH",
    "streak": 5,
    "fastest_since": dt.date(2024, 5, 20),
    "fastest_months": 7,
    "short_contribution": 0.75,
    "driver": "primarily short sales",
    "previous_episode": None,
}
_TYPED: dict[str, tuple[str, tuple[GoldenCell, ...]]] = {
    "DESK_NOTE": ("some answers of a morning, one of them missing", (tuple((k,) for k in _NOTE), tuple((v,) for v in _NOTE.values()))),
    "EXPLAIN": ("a streak explained", ("SELLOFF_STREAK", ((3,), (-5,), (-4,), (-3,)))),
}
"""For the functions whose answer is a sentence: what is typed. The answer is computed like the others'."""


@dataclass(frozen=True)
class Worked:
    """What is typed into which cells, and what the library answers."""

    title: str
    formula: str
    columns: tuple[tuple[str, str], ...]
    """Letter and argument of each column of the sheet."""
    rows: tuple[tuple[GoldenScalar, ...], ...]
    """The sheet from row 1 on, so that row numbers are those that EXPLAIN names."""
    answer: Scalar | Table | list[Scalar]
    because: str


def worked(function: Function) -> Worked:
    """The worked example of a function."""
    title, arguments = _TYPED.get(function.name) or _first_answer(function.name)
    columns: list[tuple[str, str]] = []
    cells: list[Sequence[GoldenScalar]] = []
    typed: list[str] = []
    names = [argument.name for argument in function.arguments]
    for at, argument in enumerate(arguments):
        if not isinstance(argument, tuple):
            typed.append(spelled(argument))
            continue
        across = argument if len(argument) > 1 else tuple((cell,) for cell in argument[0])
        first = len(columns)
        for number, column in enumerate(zip(*across, strict=True), 1):
            name = names[min(at, len(names) - 1)]
            columns.append((chr(ord("A") + len(columns)), name if len(across[0]) == 1 else f"{name} {number}"))
            cells.append(column)
        typed.append(f"{columns[first][0]}1:{columns[-1][0]}{len(across)}")
    answer = function.answer([_handed_over(argument) for argument in arguments], rows_too=True)
    value = [None if v != v else v for v in answer.value.tolist()] if isinstance(answer.value, np.ndarray) else answer.value
    depth = max(map(len, cells), default=0)
    rows = tuple(tuple(column[row] if row < len(column) else None for column in cells) for row in range(depth))
    return Worked(title, f"={function.name}({','.join(typed)})", tuple(columns), rows, value, answer.because())


def has_example(name: str) -> bool:
    """Whether a function has what its worked example is made of: a golden case with an answer, or a call typed here."""
    return name in _TYPED or (name in FUNCTIONS and any(not isinstance(case.expected, GoldenError) for case in cases(name)))


def _first_answer(name: str) -> tuple[str, tuple[GoldenCell, ...]]:
    case: Case = next(case for case in cases(name) if not isinstance(case.expected, GoldenError))
    return case.name, case.arguments


def _handed_over(cell: GoldenCell) -> Any:
    if isinstance(cell, tuple):
        return [[_handed_over(each) for each in row] for row in cell]
    if isinstance(cell, GoldenError):
        return ErrorCell(cell.code)
    return serial(cell) if isinstance(cell, dt.date) else cell


def spelled(cell: GoldenScalar) -> str:
    """A single argument as it is typed into a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, str):
        return '"' + cell.replace('"', '""') + '"'
    if isinstance(cell, dt.date):
        return f"DATE({cell.year},{cell.month},{cell.day})"
    return "NA()" if isinstance(cell, GoldenError) else f"{cell:.15g}"
