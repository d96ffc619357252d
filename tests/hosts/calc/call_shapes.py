"""Every call shape of every function as a formula in one workbook, and what Python answers to the same cells.

One argument at a time is a blank cell, a cell with #N/A, a reference, a constant, or computed, while the others are all references, or
constants as far as they are single values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import Case, GoldenError, cases
from xlsig.functions.spec import Argument
from xlsig.grid.contents import CellResult, ErrorCell, serial

NA = ErrorCell("#N/A")

Block = list[list[Any]]


@dataclass(frozen=True)
class Given:
    """An argument as a formula spells it, and as Python's cells."""

    text: str
    cells: Any


@dataclass(frozen=True)
class Shape:
    """One call: what varies in it, its formula, and Python's answer."""

    name: str
    formula: str
    answer: Block


class Inputs:
    """The sheet that holds the cells; each area is placed to the right of the one before."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._column = sheet, 0

    def place(self, block: Block) -> str:
        for down, row in enumerate(block):
            for across, cell in enumerate(row):
                at = down, self._column + across
                if isinstance(cell, ErrorCell):
                    self._sheet.write_formula(*at, {"#N/A": "=NA()", "#DIV/0!": "=1/0"}[cell.code], None, cell.code)
                elif isinstance(cell, bool):
                    self._sheet.write_boolean(*at, cell)
                elif cell is not None:
                    self._sheet.write(*at, cell)
        area = xl_range_abs(0, self._column, len(block) - 1, self._column + len(block[0]) - 1)
        self._column += len(block[0]) + 1
        return f"Inputs!{area}"


def _plain(cell: Any) -> Any:
    if isinstance(cell, GoldenError):
        return ErrorCell(cell.code)
    return serial(cell) if isinstance(cell, dt.date) else cell


def _base(name: str) -> list[Any]:
    """The arguments of the golden case that gives most of them; those left out have a value that is no default where one is at hand."""
    if name == "EXPLAIN" or not CATALOGUE[name].arguments:
        return []
    fullest = max(cases(name), key=lambda case: (not _has_error(case), sum(argument is not None for argument in case.arguments)))
    values = [[list(map(_plain, row)) for row in each] if isinstance(each, tuple) else _plain(each) for each in fullest.arguments]
    left = CATALOGUE[name].arguments[len(values) :]
    return values + [None if argument.is_series or argument.kind == "grid" else argument.default for argument in left]


def _has_error(case: Case) -> bool:
    """Whether there is an error among the arguments, or for an answer."""
    rows = [row for each in (*case.arguments, case.expected) for row in (each if isinstance(each, tuple) else ((each,),))]
    return any(isinstance(cell, GoldenError) for row in rows for cell in row)


def _constant(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ";".join(",".join(map(_constant, row)) for row in value) + "}"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _is_constant(value: Any) -> bool:
    rows = value if isinstance(value, list) else [[value]]
    return all(isinstance(cell, int | float | str) and not isinstance(cell, bool) for row in rows for cell in row)


def _ways(value: Any, argument: Argument, inputs: Inputs) -> Iterator[tuple[str, Given]]:
    """An argument in every shape that a sheet knows."""
    block = value if isinstance(value, list) else [[value]]
    area = inputs.place(block)
    yield "reference", Given(area, value)
    if _is_constant(value):
        yield "constant", Given(_constant(value), value)
        if isinstance(value, list) and len(value) > 1:
            yield "computed", Given(f"TRANSPOSE(TRANSPOSE({area}))", value)
        elif isinstance(value, int | float) and argument.kind != "labels":
            yield "computed", Given(f"({area}+0)", value)
    for said, missing in (("blank", None), ("#N/A", NA)):
        if isinstance(value, list) and len(value) > 1:
            middle = [[missing if at == len(value) // 2 else cell for cell in row] for at, row in enumerate(value)]
            yield f"{said} inside", Given(inputs.place(middle), middle)
            nothing = [[missing for _ in row] for row in value]
            yield f"{said} all over", Given(inputs.place(nothing), nothing)
        else:
            yield said, Given(inputs.place([[missing]]), missing)


def _shapes(name: str, inputs: Inputs) -> Iterator[Shape]:
    function = CATALOGUE[name]
    base = _base(name)
    ways = [dict(_ways(value, argument, inputs)) for value, argument in zip(base, function.arguments, strict=bool(base))]
    if not base:
        return
    plain = [each["reference"] if value is not None else Given("", None) for each, value in zip(ways, base, strict=True)]
    single = [
        each["constant"] if "constant" in each and not isinstance(value, list) else given
        for each, value, given in zip(ways, base, plain, strict=True)
    ]
    for at, argument in enumerate(function.arguments):
        for said, given in ways[at].items():
            if base[at] is None and said == "reference":
                continue
            for beside, others in (("references", plain), ("constants", single)):
                arguments = [*others[:at], given, *others[at + 1 :]]
                call = f"{name}: {argument.name} {said} beside {beside}"
                yield _shape(call, name, arguments)
                if function.spills == "no":
                    yield _shape(f"EXPLAIN {call}", "EXPLAIN", [Given(f'"{name}"', name), *arguments])


def _shape(said: str, name: str, arguments: list[Given]) -> Shape:
    while arguments and not arguments[-1].text:
        arguments.pop()
    answer: CellResult = CATALOGUE[name].from_cells(*(given.cells for given in arguments))
    formula = f"={name}({','.join(given.text for given in arguments)})"
    return Shape(said, formula, answer if isinstance(answer, list) else [[answer]])


def written(path: Path) -> dict[str, tuple[int, Shape]]:
    """The workbook with all calls; returns each with the row of its formula on the sheet Calls."""
    placed: dict[str, tuple[int, Shape]] = {}
    with xlsxwriter.Workbook(path) as workbook:
        calls, inputs = workbook.add_worksheet("Calls"), Inputs(workbook.add_worksheet("Inputs"))
        row = 0
        for name in CATALOGUE:
            for shape in _shapes(name, inputs):
                placed[shape.name] = row, shape
                height, width = len(shape.answer), len(shape.answer[0])
                if (height, width) == (1, 1):
                    calls.write_formula(row, 0, shape.formula)
                else:
                    calls.write_array_formula(row, 0, row + height - 1, width - 1, f"{{{shape.formula}}}")
                row += height + 1
    return placed
