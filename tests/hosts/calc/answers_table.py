"""One table of cases: a formula over named areas of cells, asked of Calc and of the Python API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlsig.functions.cells import WholeColumn
from xlsig.grid.contents import ErrorCell

NA, DIV, VALUE = ErrorCell("#N/A"), ErrorCell("#DIV/0!"), ErrorCell("#VALUE!")
DAYS = [45659.0 + day for day in (0, 1, 4, 5, 6, 7)]

AREAS: dict[str, tuple[str, list[Any]]] = {
    "flows": ("A1:A6", [5.0, -3.0, -4.0, -2.0, -9.0, -1.0]),
    "days": ("B1:B6", DAYS),
    "labels": ("C1:C6", ["DEC", "DEC", "DEC", "MAR", "MAR", "MAR"]),
    "gap": ("D1:D6", [5.0, -3.0, None, -2.0, -9.0, -1.0]),
    "not_known": ("E1:E6", [5.0, -3.0, NA, -2.0, -9.0, NA]),
    "broken": ("F1:F6", [5.0, -3.0, DIV, -2.0, -9.0, -1.0]),
    "texts": ("G1:G6", [5.0, -3.0, "n.a.", -2.0, -9.0, -1.0]),
    "vendor": ("H1:H6", [5.0, -3.0, "#N/A N/A", -2.0, -9.0, -1.0]),
    "truth": ("I1:I6", [5.0, -3.0, True, -2.0, -9.0, -1.0]),
    "ones": ("J1:J6", [5.0, 1.0, 0.0, 1.0, -9.0, -1.0]),
    "short_one": ("K1:K5", [5.0, -3.0, -4.0, -2.0, -9.0]),
    "empty": ("L1:L6", [None] * 6),
    "tolerance": ("M1", [2.0]),
    "blank": ("M2", [None]),
    "na_cell": ("M3", [NA]),
    "div_cell": ("M4", [DIV]),
    "word": ("M5", ["word"]),
    "robust": ("M6", ["robust"]),
    "headed": ("N1:N7", ["net flow", 5.0, -3.0, -4.0, -2.0, -9.0, -1.0]),
    "headed_days": ("O1:O7", ["date", *DAYS]),
    "flags": ("P1:P6", [0.0, True, 0.0, False, 1.0, 1.0]),
    "limit": ("M7", [-2.0]),
    "streak": ("M8", [5.0]),
    "low": ("M9", [-2.5]),
}
WHOLE = {"whole_headed": ("N:N", "headed"), "whole_days": ("O:O", "headed_days")}
"""Whole columns, and whose values stand in them."""


@dataclass(frozen=True)
class Question:
    """A call: the function, and its arguments as names of areas, constants, or None where omitted."""

    function: str
    arguments: tuple[Any, ...]
    constants: bool = False

    def typed(self) -> str:
        """As typed, with the areas' addresses."""
        return f"={self.function}({','.join(map(_spelled, self.arguments))})"

    def named(self) -> str:
        """As typed, with defined names."""
        return f"={self.function}({','.join(_spelled(each, names=True) for each in self.arguments)})"

    def cells(self) -> list[Any]:
        """The arguments as Python's cells."""
        return [_cells(each) for each in self.arguments]

    def __str__(self) -> str:
        return self.named()


def _is_area(argument: Any) -> bool:
    return isinstance(argument, str) and (argument in AREAS or argument in WHOLE)


def _spelled(argument: Any, *, names: bool = False) -> str:
    if argument is None:
        return ""
    if _is_area(argument):
        if argument in WHOLE:
            return WHOLE[argument][0]
        return f"in_{argument}" if names else AREAS[argument][0]
    return f'"{argument}"' if isinstance(argument, str) else repr(argument)


def _cells(argument: Any) -> Any:
    if not _is_area(argument):
        return argument
    if argument in WHOLE:
        return WholeColumn([[cell] for cell in AREAS[WHOLE[argument][1]][1]])
    address, cells = AREAS[argument]
    return [[cell] for cell in cells] if ":" in address else cells[0]


def _q(function: str, *arguments: Any) -> Question:
    return Question(function, arguments)


QUESTIONS = (
    _q("SELLOFF_STREAK", "flows"),
    _q("SELLOFF_STREAK", "flows", None, None, 2),
    _q("SELLOFF_STREAK", "flows", None, None, "tolerance"),
    _q("SELLOFF_STREAK", "flows", "days", "XNYS"),
    _q("SELLOFF_STREAK", "flows", "days", "word"),
    _q("SELLOFF_STREAK", "gap"),
    _q("SELLOFF_STREAK", "not_known"),
    _q("SELLOFF_STREAK", "broken"),
    _q("SELLOFF_STREAK", "texts"),
    _q("SELLOFF_STREAK", "truth"),
    _q("SELLOFF_STREAK", "empty"),
    _q("SELLOFF_STREAK", "ones"),
    _q("SELLOFF_STREAK", "whole_headed"),
    _q("SELLOFF_STREAK", "whole_headed", "whole_days", "XNYS"),
    _q("SELLOFF_PACE", "flows"),
    _q("SELLOFF_PACE", "flows", 2),
    _q("SELLOFF_PACE", "flows", 2.5),
    _q("SELLOFF_PACE", "flows", 0),
    _q("SELLOFF_PACE", "flows", "word"),
    _q("SELLOFF_PACE", "flows", "na_cell"),
    _q("SELLOFF_PACE", "flows", "div_cell"),
    _q("SELLOFF_PACE", "broken", 2),
    _q("SELLOFF_PACE", "vendor", 2),
    _q("SPREAD_ZSCORE", "flows", 3),
    _q("SPREAD_ZSCORE", "gap", 3),
    _q("SPREAD_ZSCORE", "vendor", 3),
    _q("SPREAD_ZSCORE", "not_known", 3),
    _q("SPREAD_ZSCORE", "flows", 3, "robust"),
    _q("SPREAD_ZSCORE", "flows", 3, "word"),
    _q("SPREAD_ZSCORE", "flows", 300),
    _q("SPREAD_CHANGE", "flows", 2, "labels"),
    _q("SPREAD_CHANGE", "flows", 2, "blank"),
    _q("SPREAD_PERCENTILE", "flows", 4, "strict"),
    _q("FASTEST_SINCE", "days", "flows", 2),
    _q("FASTEST_SINCE", "flows", "flows", 2),
    _q("FASTEST_SINCE", "days", "short_one", 2),
    _q("FASTEST_SINCE", "days", "flows", 1, "buying"),
    _q("FASTEST_SINCE", "days", "flows", 2, "word"),
    _q("FASTEST_MONTHS", "days", "flows", 1),
    _q("SESSIONS_SOLD", "flows", 4),
    _q("SESSIONS_SOLD", "gap", 4),
    _q("BUYING_STREAK", "ones"),
    _q("BUYING_STREAK", "whole_headed", "whole_days", "XNYS"),
    _q("LEVEL_ZSCORE", "flows", 3, "robust"),
    _q("LEVEL_PERCENTILE", "gap", 4),
    _q("RANGE_INDEX", "flows", 4),
    _q("RANGE_INDEX", "not_known", 3),
    _q("LOWEST_SINCE", "days", "gap"),
    _q("HIGHEST_SINCE", "days", "flows"),
    _q("HIGHEST_SINCE", "days", "texts"),
    _q("FIRST_SINCE", "days", "flags", 1),
    _q("FIRST_SINCE", "days", "texts", 1),
    _q("EVENT_CHANGE", "days", "flows", 45660),
    _q("EVENT_CHANGE", "days", "flows", "word"),
    _q("FLOW_ZSCORE", "flows", 1, 3),
    _q("DANGER_STATE", "low", "low", "streak"),
    _q("DANGER_STATE", "low", "na_cell", "streak"),
    _q("DANGER_STATE", "na_cell", "low", "streak", "limit", 3),
    _q("DANGER_STATE", "blank", "low", "streak"),
    _q("DANGER_STATE", "div_cell", "low", "streak"),
    _q("DANGER_FLAG", "low", "low", "streak"),
    _q("DANGER_FLAG", "low", "na_cell", "blank"),
    _q("TRF_BASIS", 15.5, 6810.38, 788),
    _q("TRF_BASIS", "tolerance", 6810.38, 788),
    _q("TRF_BASIS", "na_cell", 6810.38, 788),
    _q("TRF_BASIS", "div_cell", 6810.38, 788),
    _q("TRF_BASIS", "word", 6810.38, 788),
    _q("TRF_BASIS", 15.5, 6810.38, None),
    _q("TRF_BASIS", 15.5, 6810.38, 0),
    _q("IMPLIED_FINANCING", 6000, 6065, 88, 18.5, 0.0432),
    _q("IMPLIED_FINANCING", 6000, 6065, 88, None, 0.0432),
    _q("TRF_FORWARD", 60, 90, 75, 360),
    _q("BOX_RATE", 2010, 10, 1040, 27.6543209876543, 4000, 5000, 90),
    _q("SPREAD_DV01", 1e9, 90),
    _q("SPREAD_DV01", 1e9, "na_cell"),
    _q("EXPLAIN", "SPREAD_DV01", 1e9, 90),
    _q("FORWARD_RETURN", "days", "flows", 45659, 2),
    _q("XLSIG_VERSION"),
    _q("EXPLAIN", "SELLOFF_STREAK", "flows"),
    _q("EXPLAIN", "TRF_BASIS", 15.5, 6810.38, 788),
    _q("EXPLAIN", "NO_SUCH_FUNCTION", 1),
)

BLOCKS = (
    _q("ROLL_ADJUSTED", "flows", "labels"),
    _q("ROLL_ADJUSTED", "gap", "labels"),
    _q("ROLL_ADJUSTED", "short_one", "labels"),
    _q("SELLOFF_STREAK_HISTORY", "not_known"),
    _q("SPREAD_ZSCORE_HISTORY", "gap", 2),
    _q("FLOW_SHARES", "flows", "selling"),
    _q("SELLOFF_BREADTH", "not_known"),
    _q("GROSS_FLOW", "ones", "flows", "flows", "flows"),
    _q("TRF_FORWARDS", "days", "not_known"),
    _q("TRF_FORWARDS", "gap", "flows"),
    _q("TOP_SELLERS", "labels", "flows", 2),
    _q("TOP_BUYERS", "labels", "broken", 2),
    _q("EPISODES", "days", "flags", 1),
    _q("EPISODES", "whole_days", "whole_headed", 1),
)
