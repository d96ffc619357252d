"""The golden cases: what a cell holds, what the function must answer, and where that expectation comes from.

One CSV per function, `<NAME>.csv`, with the columns `case`, `arguments`, `expected` and `source`. `arguments` (a JSON
list) and `expected` (JSON) spell cells: a number, text or boolean as itself; `null` a blank cell or an omitted
argument; a list of rows a range; `{"date": "2024-12-18"}` a date; `{"error": "#N/A"}` an error cell. They are package
data, so that tests, the self-test workbook and every host read the same cases.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

HEADER = ("case", "arguments", "expected", "source")


@dataclass(frozen=True)
class GoldenError:
    """An error cell, by its code."""

    code: str


GoldenScalar = float | int | str | bool | dt.date | GoldenError | None
GoldenCell = GoldenScalar | tuple[tuple[GoldenScalar, ...], ...]


@dataclass(frozen=True)
class Case:
    """One fact about a function: its arguments as cells and the cell or cells it must answer with."""

    name: str
    arguments: tuple[GoldenCell, ...]
    expected: GoldenCell
    source: str


def _scalar(spelled: Any) -> GoldenScalar:
    match spelled:
        case {"date": str(day)}:
            return dt.date.fromisoformat(day)
        case {"error": str(code)}:
            return GoldenError(code)
        case None | bool() | int() | float() | str():
            return spelled
    raise ValueError(f"not a cell: {spelled!r}")


def _cell(spelled: Any) -> GoldenCell:
    if isinstance(spelled, list):
        rows = tuple(tuple(_scalar(each) for each in row) for row in spelled)
        if len({len(row) for row in rows}) > 1:
            raise ValueError(f"not a rectangle of cells: {spelled!r}")
        return rows
    return _scalar(spelled)


def parse(text: str, where: str) -> list[Case]:
    """The cases of one CSV; `where` names it in an error.

    >>> parse('case,arguments,expected,source\\nflat,"[[[-1],[2]]]",0,by hand\\n', "SELLOFF_STREAK.csv")
    [Case(name='flat', arguments=(((-1,), (2,)),), expected=0, source='by hand')]
    """
    lines = csv.reader(io.StringIO(text, newline=""))
    header = tuple(next(lines, ()))
    if header != HEADER:
        raise ValueError(f"{where}: the header is {header}, not {HEADER}")
    read: list[Case] = []
    for number, line in enumerate(lines, start=2):
        try:
            name, arguments, expected, source = line
            read.append(Case(name, tuple(_cell(each) for each in json.loads(arguments)), _cell(json.loads(expected)), source))
        except ValueError as error:
            raise ValueError(f"{where}, row {number}: {error}") from error
    return read


_FILES = (each.name for each in files(__name__).iterdir())
FUNCTIONS = tuple(sorted(name.removesuffix(".csv") for name in _FILES if name.endswith(".csv")))


def cases(name: str) -> list[Case]:
    """The golden cases of one function, by its Excel name, in the order of the file."""
    return parse((files(__name__) / f"{name}.csv").read_text(encoding="utf-8"), f"{name}.csv")
