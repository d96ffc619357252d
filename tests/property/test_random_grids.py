"""Whatever cells a spreadsheet hands over, a function answers with cells and never with an exception."""

from __future__ import annotations

import datetime as dt
import math
import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.functions.golden_cases import arguments
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import FUNCTIONS, GoldenError, cases
from xlsig.grid.contents import ErrorCell

GRIDS = 2_000
CODES = [
    *("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!"),
    *("#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!"),
]
NUMBERS = [
    *(0, -0.0, 1, -1, 0.5, 2, 5, 60, 61, 252, 0.1, 1e-300, 5e-324, -1e-17, 1e15, 2.0**53, -1e16, 1e100, 1e300, -1e308),
    *(1.7976931348623157e308, 45660, 45660.75, 2_958_465, 2_958_466, -45660, 10**400, -(10**30)),
]
WORDS = [
    *("", " ", "#N/A", "#N/A N/A", "12", "1e5", "TRUE", "net", "mean", "robust", "weak", "selling", "XNYS", "xnys"),
    *("MOON", "Energy", "XLV", "Index", "EM Asia", "futures", "DEC", "state", "BOTH", "NO DATA", "SELLOFF_STREAK"),
    *("EXPLAIN", "=1+1", "é", "表", "\x00", "\ud800", "a" * 40_000, "{", "2025-01-03", "nan", "inf", "-inf", "None"),
]
ODD = [
    *(float("inf"), float("-inf"), float("nan"), dt.date(2025, 1, 3), dt.datetime(1899, 12, 30), dt.date(1, 1, 1)),
    *(dt.datetime(9999, 12, 31, 23, 59, 59, 999_999), dt.time(12), dt.timedelta(days=400), Decimal("-2.5")),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e5000"), 1 + 2j, b"bytes", np.float64("nan")),
    *(np.float32(1.5), np.int64(7), np.bool_(True), np.datetime64("NaT"), np.datetime64("2025-01-03"), object()),
    *(dt.datetime(2025, 1, 3, tzinfo=dt.UTC), [], (), {}, [[]], [[], []], [[[1]]], [1, 2, 3], [[1], [2, 3]]),
]

NOTE = {
    "as_of": 45660,
    "state": "BOTH",
    "streak": 5,
    "fastest_since": 45400,
    "fastest_months": 8,
    "short_contribution": 0.7,
    "driver": "primarily short sales",
    "regions_sold": 6,
    "regions_known": 6,
    "region_1": "North America",
    "macro_share": 0.77,
    "sectors_sold": 8,
    "sectors_known": 11,
    "seller_1": "Health Care",
    "buyer_1": "Energy",
    "event": 45644,
    "spread_z": -2.5,
    "change_since_event": -30,
    "change_ex_turn": -12,
    "change_week": -4,
    "flow_z": -3,
    "previous_episode": 44545,
    "decline_depth": -0.25,
    "decline_months": 9.9,
    "new_high_date": 44564,
    "base_rate": "BOTH on 9 of 999 judged sessions",
}


def any_cell(choose: random.Random) -> Any:
    """One cell: mostly small numbers, then everything a sheet can hold and some things it cannot."""
    kind = choose.random()
    if kind < 0.45:
        return choose.choice([choose.uniform(-50, 50), choose.randint(-9, 9), choose.choice(NUMBERS)])
    if kind < 0.55:
        return None
    if kind < 0.70:
        return choose.choice(WORDS)
    if kind < 0.80:
        return ErrorCell(choose.choice(CODES))
    if kind < 0.85:
        return choose.random() < 0.5
    if kind < 0.95:
        return choose.randint(40_000, 46_000)
    return choose.choice(ODD)


def any_grid(choose: random.Random, rows: int) -> Any:
    """A scalar, a column, a row or a block, mixed or (as real ranges are) mostly of one kind."""
    shape = choose.random()
    if shape < 0.25:
        return any_cell(choose)
    if shape < 0.35:
        return [[any_cell(choose) for _ in range(choose.randint(1, 4))] for _ in range(choose.randint(1, 5))]
    kind = choose.random()
    if kind < 0.4:
        column: list[Any] = [choose.choice([choose.uniform(-9, 9), choose.randint(-3, 3)]) for _ in range(rows)]
    elif kind < 0.6:
        column = sorted(choose.sample(range(43_000, 46_000), rows))
    elif kind < 0.7:
        column = [choose.choice(WORDS) for _ in range(rows)]
    else:
        column = [any_cell(choose) for _ in range(rows)]
    for _ in range(choose.choice([0, 0, 0, 1, 2])):
        column[choose.randrange(rows)] = any_cell(choose)
    return [column] if shape > 0.9 else [[each] for each in column]


def spoilt(choose: random.Random, known: list[Any]) -> list[Any]:
    """Arguments of a golden case with one to three cells replaced, half of them mildly, or a whole argument."""
    spoiling = [[list(row) for row in each] if isinstance(each, list) else each for each in known]
    whole = choose.randrange(len(spoiling)) if spoiling and choose.random() < 0.15 else None
    for at in choose.choices(range(len(spoiling)), k=choose.choice([1, 1, 1, 2, 3])) if spoiling else []:
        mild = choose.choice([choose.uniform(-9, 9), choose.randint(-9, 45_700), choose.choice(NUMBERS), None])
        cell = mild if choose.random() < 0.5 else any_cell(choose)
        if isinstance(known[at], list):
            row = choose.choice(spoiling[at])
            row[choose.randrange(len(row))] = cell
        else:
            spoiling[at] = cell
    if whole is not None:
        spoiling[whole] = any_grid(choose, choose.randint(1, 12))
    return spoiling


def draws(name: str, count: int) -> list[list[Any]]:
    """Argument lists for one function, always the same ones: one in three at random, else a spoilt golden case."""
    choose = random.Random(f"grids for {name}")
    if name == "EXPLAIN":
        explained = [other for other in CATALOGUE if other != name]
        each = 1 + count // len(explained)
        return [[other, *drawn] for other in explained for drawn in draws(other, each)]
    known = cases(name) if name in FUNCTIONS else []
    golden = [arguments(case) for case in known if not isinstance(case.expected, GoldenError)]
    if name == "DESK_NOTE":
        golden.append([[[each] for each in NOTE], [[each] for each in NOTE.values()]])
    longest = len(CATALOGUE[name].arguments) + 1
    drawn: list[list[Any]] = []
    for number in range(count):
        if number % 3 and golden:
            drawn.append(spoilt(choose, choose.choice(golden)))
        else:
            rows = choose.choice([1, 2, 3, 5, 12, 30])
            drawn.append([any_grid(choose, rows) for _ in range(choose.randint(0, longest))])
    return drawn


def fault_of_a_cell(value: Any) -> str:
    if type(value) is ErrorCell:
        return "" if value.code in CODES else f"the code {value.code!r}"
    if type(value) is float:
        return "" if math.isfinite(value) else f"{value}"
    return "" if type(value) in (int, str, bool) else f"{value!r} of {type(value)}"


def fault_of(answer: Any) -> str:
    """What is wrong with an answer as cells; empty if nothing is."""
    if not isinstance(answer, list):
        return fault_of_a_cell(answer)
    if not answer or any(not isinstance(row, list) or not row for row in answer):
        return "an empty range"
    if len({len(row) for row in answer}) != 1:
        return "a range that is no rectangle"
    return next((fault for row in answer for value in row if (fault := fault_of_a_cell(value))), "")


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_any_cells_give_cells(name: str) -> None:
    for drawn in draws(name, GRIDS):
        answer = CATALOGUE[name].from_cells(*drawn)
        assert not fault_of(answer), f"{fault_of(answer)} from {drawn!r:.2000}"


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name != "EXPLAIN"])
def test_any_cells_are_explained_in_a_sentence(name: str) -> None:
    for drawn in draws(name, 200):
        sentence = CATALOGUE["EXPLAIN"].from_cells(name, *drawn)
        assert isinstance(sentence, str), f"{sentence!r} from {drawn!r:.2000}"
        assert sentence.strip()
        assert len(sentence) <= 32_767, "longer than a cell holds"


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_the_draws_reach_answers_and_errors(name: str) -> None:
    """The draws would show little if every one of them were refused."""
    refused = [isinstance(CATALOGUE[name].from_cells(*drawn), ErrorCell) for drawn in draws(name, GRIDS)]
    assert any(refused) or name == "EXPLAIN"
    assert not all(refused)


@pytest.mark.parametrize(
    "answer",
    [None, float("nan"), float("inf"), np.float64(1), np.int64(1), np.bool_(True), dt.date(2025, 1, 3), [], [[]],
     [[1], [2, 3]], [1, 2], [[1], [None]], ErrorCell("N/A"), ErrorCell(""), (1,), Decimal(1)],
)  # fmt: skip
def test_what_is_no_answer_in_cells_is_noticed(answer: Any) -> None:
    assert fault_of(answer)
