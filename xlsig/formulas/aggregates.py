"""Excel's functions of many cells: sums, counts, averages, ranks."""

from __future__ import annotations

import math
from collections.abc import Callable

from xlsig.errors import DIV0, VALUE, SignalError
from xlsig.formulas.cell_ranges import Cells, abreast
from xlsig.formulas.values import (
    Omitted,
    Uncomputable,
    Value,
    as_number,
    as_truth,
    failing,
    finite,
    is_number,
)
from xlsig.grid.contents import ErrorCell

_FLOATS = frozenset({float})

Given = Cells | Value | Omitted
Aggregate = Callable[..., Value]


def numbers_of(operands: tuple[Given, ...]) -> list[float]:
    """The numbers: of cells only true numbers, of values typed in also booleans and text that is a number. An empty argument is 0."""
    found: list[float] = []
    for operand in operands:
        if isinstance(operand, Cells):
            if set(map(type, operand.flat())) <= _FLOATS:
                found.extend(operand.flat())  # type: ignore[arg-type]
                continue
            for cell in operand.flat():
                if isinstance(cell, ErrorCell):
                    raise failing(cell)
                if is_number(cell):
                    found.append(float(cell))
        else:
            found.append(0.0 if isinstance(operand, Omitted) else as_number(operand))
    return found


def _truths(operands: tuple[Given, ...]) -> list[bool]:
    found: list[bool] = []
    for operand in operands:
        if isinstance(operand, Cells):
            for cell in operand.flat():
                if isinstance(cell, ErrorCell):
                    raise failing(cell)
                if isinstance(cell, bool | int | float):
                    found.append(bool(cell))
        else:
            found.append(False if isinstance(operand, Omitted) else as_truth(operand))
    if not found:
        raise SignalError(VALUE, "no cell holds a condition")
    return found


def all_true(*operands: Given) -> bool:
    """AND."""
    return all(_truths(operands))


def any_true(*operands: Given) -> bool:
    """OR."""
    return any(_truths(operands))


def total(*operands: Given) -> float:
    """SUM."""
    return finite(math.fsum(numbers_of(operands)))


def product(*operands: Given) -> float:
    """PRODUCT: 0 where there is no number."""
    numbers = numbers_of(operands)
    return finite(math.prod(numbers)) if numbers else 0.0


def average(*operands: Given) -> float:
    """AVERAGE."""
    numbers = numbers_of(operands)
    if not numbers:
        raise SignalError(DIV0, "there is no number to average")
    return finite(math.fsum(numbers) / len(numbers))


def least(*operands: Given) -> float:
    """MIN: 0 where there is no number."""
    return min(numbers_of(operands), default=0.0)


def largest(*operands: Given) -> float:
    """MAX: 0 where there is no number."""
    return max(numbers_of(operands), default=0.0)


def count_numbers(*operands: Given) -> int:
    """COUNT: errors and text are passed over."""
    return sum(_counted(operand) for operand in operands)


def _counted(operand: Given) -> int:
    if isinstance(operand, Cells):
        return sum(map(is_number, operand.flat()))
    if isinstance(operand, Omitted):
        return 1
    try:
        as_number(operand)
    except SignalError:
        return 0
    return 1


def count_filled(*operands: Given) -> int:
    """COUNTA: whatever is not blank, errors too."""
    return sum(sum(cell is not None for cell in operand.flat()) if isinstance(operand, Cells) else 1 for operand in operands)


def count_blank(operand: Given) -> int:
    """COUNTBLANK: blanks and empty text."""
    if not isinstance(operand, Cells):
        raise Uncomputable("COUNTBLANK of what is no range")
    return sum(cell is None or (isinstance(cell, str) and not cell) for cell in operand.flat()) + operand.beyond


def total_of_products(*operands: Given) -> float:
    """SUMPRODUCT: entry by entry; what is no number counts as 0."""
    blocks: list[Cells] = []
    for operand in operands:
        if isinstance(operand, ErrorCell):
            raise failing(operand)
        if not isinstance(operand, Cells) and not is_number(operand):
            raise Uncomputable("SUMPRODUCT of what is neither cells nor a number")
        blocks.append(operand if isinstance(operand, Cells) else Cells([[operand]], 1, 1))
    if len({(block.height, block.width) for block in blocks}) > 1:
        raise SignalError(VALUE, "the arrays are not equally large")
    if all(set(map(type, block.flat())) <= _FLOATS and block.places == blocks[0].places for block in blocks):
        return finite(math.fsum(map(math.prod, zip(*(block.flat() for block in blocks), strict=False))))
    for block in blocks:
        for cell in block.flat():
            if isinstance(cell, ErrorCell):
                raise failing(cell)
    entries = (entry for rows in abreast(blocks) for entry in zip(*rows, strict=True))
    return finite(math.fsum(math.prod(float(cell) if is_number(cell) else 0.0 for cell in row) for row in entries))
