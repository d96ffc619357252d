"""Excel's functions of how numbers are spread: medians, ranks, percentiles, deviations, correlation."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from xlsig.errors import DIV0, NUM, SignalError
from xlsig.formulas.aggregates import Given, numbers_of
from xlsig.formulas.cell_ranges import Cells, abreast
from xlsig.formulas.values import Uncomputable, Value, alike, as_number, failing, finite, is_number
from xlsig.grid.contents import ErrorCell


def _ordered(operand: Given) -> Sequence[float]:
    """The numbers of some cells in rising order, sorted once for all who ask."""
    if not isinstance(operand, Cells):
        return sorted(numbers_of((operand,)))
    if "ordered" not in operand.kept:
        operand.kept["ordered"] = sorted(numbers_of((operand,)))
    found: Sequence[float] = operand.kept["ordered"]
    return found


def _variance(operands: tuple[Given, ...], *, of_all: bool) -> float:
    numbers = numbers_of(operands)
    degrees = len(numbers) - (not of_all)
    if degrees < 1:
        raise SignalError(DIV0, "there are too few numbers for a deviation")
    mean = math.fsum(numbers) / len(numbers)
    return finite(math.fsum((number - mean) ** 2 for number in numbers) / degrees)


def deviation(*operands: Given) -> float:
    """STDEV, STDEV.S: of a sample, n − 1."""
    return math.sqrt(_variance(operands, of_all=False))


def deviation_of_all(*operands: Given) -> float:
    """STDEV.P, STDEVP: of all there are, n."""
    return math.sqrt(_variance(operands, of_all=True))


def variance(*operands: Given) -> float:
    """VAR, VAR.S: of a sample, n − 1."""
    return _variance(operands, of_all=False)


def variance_of_all(*operands: Given) -> float:
    """VAR.P, VARP: of all there are, n."""
    return _variance(operands, of_all=True)


def median(*operands: Given) -> float:
    """MEDIAN."""
    numbers = numbers_of(operands)
    if not numbers:
        raise SignalError(NUM, "there is no number to take the middle of")
    return finite(statistics.median(numbers))


def nth_largest(operand: Given, rank: Value) -> float:
    """LARGE."""
    return _ordered(operand)[-1 - _place(operand, rank)]


def nth_smallest(operand: Given, rank: Value) -> float:
    """SMALL."""
    return _ordered(operand)[_place(operand, rank)]


def _place(operand: Given, rank: Value) -> int:
    number = as_number(rank)
    if number % 1:
        raise Uncomputable(f"a rank of {number!r}")
    if not 1 <= number <= len(_ordered(operand)):
        raise SignalError(NUM, f"there is no number of rank {number:g}")
    return int(number) - 1


def percentile(operand: Given, share: Value) -> float:
    """PERCENTILE, PERCENTILE.INC: from the smallest (0) to the largest (1), between two numbers in proportion."""
    ordered, part = _ordered(operand), as_number(share)
    if not ordered or not 0 <= part <= 1:
        raise SignalError(NUM, "there is no such percentile")
    return _between(ordered, part * (len(ordered) - 1))


def percentile_inside(operand: Given, share: Value) -> float:
    """PERCENTILE.EXC: the numbers part the whole into n + 1."""
    ordered, part = _ordered(operand), as_number(share)
    place = part * (len(ordered) + 1) - 1
    if not ordered or not 0 < part < 1:
        raise SignalError(NUM, "there is no such percentile")
    if any(place != limit and abs(place - limit) < 1e-9 for limit in (0, len(ordered) - 1)):
        raise Uncomputable("a percentile too close to the first or the last that there is")
    if not 0 <= place <= len(ordered) - 1:
        raise SignalError(NUM, "there is no such percentile")
    return _between(ordered, place)


def quartile(operand: Given, quarter: Value) -> float:
    """QUARTILE, QUARTILE.INC: 0 is the smallest, 4 the largest."""
    return percentile(operand, _quarter(quarter) / 4)


def quartile_inside(operand: Given, quarter: Value) -> float:
    """QUARTILE.EXC: 1, 2 or 3."""
    return percentile_inside(operand, _quarter(quarter) / 4)


def _quarter(value: Value) -> int:
    number = as_number(value)
    if number % 1:
        raise Uncomputable(f"a quartile of {number!r}")
    return int(number)


def _between(ordered: Sequence[float], place: float) -> float:
    at = int(place)
    if at == place:
        return ordered[at]
    return finite(ordered[at] + (place - at) * (ordered[at + 1] - ordered[at]))


def rank(wanted: Value, operand: Given, rising: Value = None) -> int:
    """RANK, RANK.EQ: 1 for the largest, or for the smallest where `rising`; equal ones share the first of their ranks."""
    first, _ = _ranks(wanted, operand, rising)
    return first


def rank_on_average(wanted: Value, operand: Given, rising: Value = None) -> float:
    """RANK.AVG: equal ones share the middle of their ranks."""
    first, last = _ranks(wanted, operand, rising)
    return (first + last) / 2


def _ranks(wanted: Value, operand: Given, rising: Value) -> tuple[int, int]:
    number, ordered = as_number(wanted), _ordered(operand)
    first, behind = bisect_left(ordered, number), bisect_right(ordered, number)
    for near in (*ordered[max(0, first - 1) : first], *ordered[behind : behind + 1]):
        if alike(near, number):
            raise Uncomputable(f"{number!r} and {near!r} are equal in all digits that are shown")
    if first == behind:
        raise Uncomputable(f"spreadsheets differ on the rank of {number!r}, which is not among the numbers")
    if as_number(rising) != 0:
        return first + 1, behind
    return len(ordered) - behind + 1, len(ordered) - first


def trimmed_mean(operand: Given, share: Value) -> float:
    """TRIMMEAN: the average without a share of the numbers, half of it from each end."""
    ordered, part = _ordered(operand), as_number(share)
    if not ordered or not 0 <= part < 1:
        raise SignalError(NUM, "there is no such share of the numbers")
    left_out = part * len(ordered) / 2
    if left_out % 1 and abs(left_out - round(left_out)) < 1e-9:
        raise Uncomputable("a share too close to a whole count of numbers")
    cut = int(left_out)
    kept = ordered[cut : len(ordered) - cut]
    return finite(math.fsum(kept) / len(kept))


def correlation(one: Given, other: Given) -> float:
    """CORREL: of the pairs in which both are numbers."""
    for side in (one, other):
        if isinstance(side, ErrorCell):
            raise failing(side)
    if not isinstance(one, Cells) or not isinstance(other, Cells):
        raise Uncomputable("CORREL of what is neither cells nor an array")
    if (one.height, one.width) != (other.height, other.width):
        raise Uncomputable("CORREL of ranges of different shapes")
    pairs = _pairs(one, other)
    if len(pairs) < 2:
        raise SignalError(DIV0, "a correlation needs two pairs of numbers")
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    if min(left) == max(left) or min(right) == max(right):
        raise SignalError(DIV0, "the numbers of one side are all the same")
    means = math.fsum(left) / len(pairs), math.fsum(right) / len(pairs)
    together = math.fsum((x - means[0]) * (y - means[1]) for x, y in pairs)
    spreads = [math.fsum((number - mean) ** 2 for number in side) for side, mean in zip((left, right), means, strict=True)]
    for spread, mean in zip(spreads, means, strict=True):
        if spread <= 1e-18 * len(pairs) * mean**2:
            raise Uncomputable("numbers so close to each other that their differences are lost in the last digits")
    return finite(together / math.sqrt(spreads[0] * spreads[1]))


def _pairs(one: Cells, other: Cells) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for entries in abreast([one, other]):
        for left, right in zip(*entries, strict=True):
            for cell in (left, right):
                if isinstance(cell, ErrorCell):
                    raise failing(cell)
                if isinstance(cell, bool):
                    raise Uncomputable("a boolean stands among the numbers")
            if is_number(left) and is_number(right):
                found.append((float(left), float(right)))
    return found
