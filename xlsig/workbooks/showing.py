"""How an answer of a given style is written outside a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlsig.functions.wording import amount, decimals, percent
from xlsig.workbooks.morning import Plain

_BY_STYLE: Mapping[str, Callable[[float], str]] = {
    "bp": lambda number: f"{decimals(number, 1)} bp",
    "z": lambda number: decimals(number, 2),
    "percent": percent,
    "percent1": lambda number: percent(number, 1),
    "months": lambda number: decimals(number, 1),
    "money": amount,
}


def shown(answer: Plain, style: str) -> str:
    """An answer as a desk reads it; #N/A where there is none.

    >>> shown(-18.24, "bp"), shown(None, "z")
    ('−18.2 bp', '#N/A')
    """
    if answer is None:
        return "#N/A"
    if isinstance(answer, int | float) and style in _BY_STYLE:
        return _BY_STYLE[style](float(answer))
    return str(answer)
