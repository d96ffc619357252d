"""Numbers as files write them: decimal and thousands marks, brackets for negatives, percent signs."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Any

from xlsig.frames import remedies
from xlsig.frames.columns import Column
from xlsig.frames.readings import CellError, Reading

SALES = ("negative",)
"""How sales may be written, if not as positive numbers."""

THOUSANDS: Mapping[str, str] = {".": ".", ",": ",", "'": "'’", " ": " \u00a0\u2009\u202f"}
"""The thousands marks that may be declared, each with all signs that it stands for."""

UNITS: Mapping[str, Mapping[str, float]] = {
    "decimal": {"decimal": 1.0, "percent": 0.01, "bp": 0.0001},
    "bp": {"bp": 1.0, "percent": 100.0, "decimal": 10_000.0},
}
"""What numbers of a declared unit are multiplied by, for the unit of the column."""

_LONGEST_WORD = 24
_FIRST_ROWS = 1000
"""How many rows are looked at first to see which decimal mark a text file uses."""
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_GROUPED_TWICE = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+")
_BOTH_MARKS = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?!\1)([.,])\d*")
_ONE_MARK = re.compile(r"\d*([.,])\d*(?:[eE][+-]?\d+)?")


def number(cell: Any, reading: Reading) -> float:
    """A finite number. In a file whose cells have types, a number stored as text is text and is refused, unless its marks are declared."""
    if cell.__class__ is float and not math.isinf(cell):
        return float(cell)
    if isinstance(cell, str):
        value = _of_text(cell.strip(), reading) if reading.text else None
        if value is None:
            raise _refusal(cell.strip(), reading)
    elif isinstance(cell, Real | Decimal) and not isinstance(cell, bool):
        value = float(cell)
    else:
        raise CellError(f"not a number but {_kind(cell)}")
    if math.isinf(value):
        raise CellError("not a finite number")
    return value


def in_unit(column: Column, reading: Reading) -> Callable[[Any], float]:
    """The number of a column's cell, in the column's own unit; a percent sign is the unit of its cell, whatever the others are in."""
    factor = reading.factors.get(column.unit, 1.0)
    of_percent = UNITS.get(column.unit, UNITS["decimal"])["percent"]

    def read(cell: Any) -> float:
        signed = isinstance(cell, str) and "%" in cell
        return float(scaled(number(cell, reading), of_percent if signed else factor))

    return read


def scaled(value: Any, factor: float) -> Any:
    """A number, or an array of numbers, times a factor; a factor below 1 divides, so that 4.35 % are 0.0435."""
    if factor == 1.0:
        return value
    if factor < 0:
        return 0.0 - scaled(value, -factor)
    return value * factor if factor > 1 else value / round(1 / factor, 9)


def _of_text(words: str, reading: Reading) -> float | None:
    """The number that a text is by the declared marks; None if it is none."""
    body = words.replace("−", "-")
    percent = reading.percent and "%" in body
    if percent:
        bracket = ")" if body.endswith("%)") else ""
        body = body.removesuffix(bracket).removesuffix("%").rstrip() + bracket
    negative = reading.brackets and body.startswith("(") and body.endswith(")") and body[1:2] not in ("+", "-")
    if negative:
        body = body[1:-1].strip()
    if not _written(reading.decimal, reading.thousands).fullmatch(body):
        return None
    for sign in THOUSANDS.get(reading.thousands, ""):
        body = body.replace(sign, "")
    value = float(body.replace(reading.decimal, "."))
    return -value if negative else value


@lru_cache(maxsize=64)
def _written(decimal: str, thousands: str) -> re.Pattern[str]:
    mark = re.escape(decimal)
    whole = r"\d+"
    if thousands:
        whole = rf"(?:[1-9]\d{{0,2}}(?:[{re.escape(THOUSANDS[thousands])}]\d{{3}})+|\d+)"
    return re.compile(rf"[+-]?(?:{whole}(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?")


def _refusal(words: str, reading: Reading) -> CellError:
    """What is wrong with a text in a number column, and the settings that would make a number of it."""
    if math.isinf(_of_text(words, replace(reading, text=True)) or 0.0):
        return CellError("not a finite number")
    other = "," if reading.decimal == "." else "."
    marks: list[tuple[str, str, dict[str, Any]]] = [(reading.decimal, reading.thousands, {} if reading.text else {"decimal": "."})]
    if reading.decimal_is_declared and not reading.thousands:
        marks.append((other, "", {"decimal": other}))
    if not reading.thousands:
        marks += [(_beside(mark, reading.decimal), mark, {"thousands": mark}) for mark in THOUSANDS]
    if not reading.text:
        marks.append((",", "", {"decimal": ","}))
    for (decimal, thousands, settings), brackets, percent in itertools.product(marks, (False, True), (False, True)):
        if _of_text(words, Reading(True, decimal=decimal, thousands=thousands, brackets=brackets, percent=percent)) is None:
            continue
        needed = dict(settings)
        if reading.decimal_is_declared and decimal != reading.decimal:
            needed["decimal"] = decimal
        if brackets and not reading.brackets:
            needed["negatives"] = "brackets"
        if percent and not reading.percent:
            needed["percent"] = True
        return CellError(_said(needed), needed)
    declared = f" (the decimal mark is {reading.decimal!r})" if reading.text else ""
    is_word = len(words) <= _LONGEST_WORD and (words.startswith("#") or not any(sign.isdigit() for sign in words))
    return CellError(f"text in a number column{declared}", {"missing": [words]} if is_word else {})


def _beside(thousands: str, decimal: str) -> str:
    """The decimal mark that goes with a thousands mark."""
    return decimal if decimal != thousands else "," if thousands == "." else "."


def _said(needed: Mapping[str, Any]) -> str:
    named = {"thousands": "a thousands mark", "negatives": "brackets", "percent": "a percent sign"}
    parts = [words for setting, words in named.items() if setting in needed]
    options = " and ".join(f"{setting} = {remedies.literal(value)}" for setting, value in needed.items())
    what = f"a number with {' and '.join(parts)}" if parts else "text in a number column, though it looks like a number"
    return f"{what}; {'if that is how numbers are written here, ' if parts else ''}declare {options}"


def _kind(cell: object) -> str:
    if isinstance(cell, bool):
        return "a truth value"
    return "a date" if isinstance(cell, dt.date) else "something else"


@dataclass(frozen=True)
class Unclear:
    """Why a file's decimal mark is not clear, with the first number that leaves it open, and whether it is rather a thousands mark."""

    number: str
    mark: str = ""
    rather_thousands: bool = False


def decimal_mark(columns: Sequence[Sequence[str]], delimiter_is_comma: bool) -> str | Unclear:
    """The decimal mark that a text file's numbers show.

    A number such as 1,234 or 1.234 may have a thousands mark and shows nothing. Where commas separate the columns such a point is
    the decimal mark, unless whole numbers of 100 or more stand beside: then every number may be a whole one.
    """
    first = _Shown(itertools.chain.from_iterable(column[:_FIRST_ROWS] for column in columns))
    if not first.marks and any(len(column) > _FIRST_ROWS for column in columns):
        first = _Shown(itertools.chain.from_iterable(columns), until_shown=True)
    if len(first.marks) == 1:
        return next(iter(first.marks))
    if not first.marks and (not first.unclear or (delimiter_is_comma and set(first.unclear) == {"."} and not first.whole)):
        return "."
    return Unclear("") if first.marks else Unclear(next(iter(first.unclear.values())), next(iter(first.unclear)), first.whole)


def is_shown(columns: Sequence[Sequence[str]]) -> bool:
    """Whether the first rows show one decimal mark, as those of most files do."""
    return len(_Shown(itertools.chain.from_iterable(column[:_FIRST_ROWS] for column in columns)).marks) == 1


class _Shown:
    """What numbers in text show: decimal `marks`; `unclear` ones, each with the first number that leaves it open; `whole` ones from 100."""

    def __init__(self, cells: Iterable[str], until_shown: bool = False) -> None:
        self.marks: set[str] = set()
        self.unclear: dict[str, str] = {}
        self.whole = False
        for cell in cells:
            self._see(cell)
            if until_shown and self.marks:
                break

    def _see(self, cell: str) -> None:
        body = cell.strip().strip("()%+-−").strip()
        if "." not in body and "," not in body:
            self.whole = self.whole or (body.isdecimal() and len(body.lstrip("0")) >= 3)
        elif found := _GROUPED.fullmatch(body):
            self.unclear.setdefault(found[1], body)
        elif found := _GROUPED_TWICE.fullmatch(body):
            self.marks.add("," if found[1] == "." else ".")
        elif found := _BOTH_MARKS.fullmatch(body):
            self.marks.add(found[2])
        elif found := _ONE_MARK.fullmatch(body):
            self.marks.add(found[1])


def unclear(section: str, why: Unclear) -> tuple[str, str]:
    """The sentence about a decimal mark that is not clear, and the lines that settle it."""
    if not why.number:
        return 'both , and . stand as decimal marks; write one, and declare decimal = "." or decimal = ","', ""
    whole, part = why.number.replace(why.mark, ""), why.number.replace(why.mark, ".")
    thousands, decimal = (why.mark, f"{why.number} is {whole}"), (why.mark, f"{why.number} is {float(part):g}")
    if why.rather_thousands:
        lines = remedies.either(section, "thousands", thousands, (("decimal", decimal[0]), decimal[1]))
    else:
        lines = remedies.either(section, "decimal", decimal, (("thousands", thousands[0]), thousands[1]))
    options = " or ".join(f'{name} = "{why.mark}"' for name in ("decimal", "thousands"))
    return f"{why.number} can be read in two ways; declare {options}", lines
