"""Calc and Python give the same answers: one table of cases for both."""

from __future__ import annotations

from typing import Any

import pytest

from checks.typing_office import TypingOffice
from tests.hosts.calc.answers_table import AREAS, BLOCKS, QUESTIONS, Question
from tests.patience import comes_true
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import ErrorCell


def _fill(office: TypingOffice) -> None:
    office.open()
    for name, (address, cells) in AREAS.items():
        column, first = address.split(":")[0].rstrip("0123456789"), int(address.split(":")[0].lstrip("ABCDEFGHIJKLMNOP"))
        for row, cell in enumerate(cells, start=first):
            if isinstance(cell, bool):
                office.type(f"{column}{row}", f"={str(cell).upper()}()")
            elif isinstance(cell, ErrorCell):
                office.type(f"{column}{row}", {"#N/A": "=NA()", "#DIV/0!": "=1/0"}[cell.code])
            elif cell is not None:
                office.put(f"{column}{row}", cell)
        absolute = ":".join(f"${part.rstrip('0123456789')}${part.lstrip('ABCDEFGHIJKLMNOP')}" for part in address.split(":"))
        office.tell("define", name=f"in_{name}", content=f"$Sheet1.{absolute}")


@pytest.fixture(scope="module")
def filled(running: TypingOffice) -> TypingOffice:
    _fill(running)
    return running


def _agree(calc: Any, python: Any) -> bool:
    if isinstance(python, int | float) and isinstance(calc, float):
        return abs(calc - python) <= 1e-9 * max(1.0, abs(python))
    return bool(calc == python)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_cell_answers_as_python_does(question: Question, filled: TypingOffice) -> None:
    python = CATALOGUE[question.function].from_cells(*question.cells())
    for text in (question.typed(), question.named()):
        filled.type("Z1", text)
        calc = filled.value("Z1")
        assert _agree(calc, python), (text, calc, python)


@pytest.mark.parametrize("question", BLOCKS, ids=str)
def test_an_array_formula_answers_as_python_does(question: Question, filled: TypingOffice) -> None:
    answer = CATALOGUE[question.function].from_cells(*question.cells())
    python = answer if isinstance(answer, list) else [[answer]]
    area = f"AB1:{'ABCDEFGHIJ'[0] + 'BCDEFGHIJ'[len(python[0]) - 1]}{len(python)}"
    filled.tell(
        "put",
        area=area,
        content={"array": question.typed().replace(f"={question.function}", f"=XLSIG.{question.function}").replace(",", ";")},
    )
    calc = filled.block(area)
    filled.put(area, None)
    assert all(_agree(*pair) for rows in zip(calc, python, strict=True) for pair in zip(*rows, strict=True)), (calc, python)


def test_a_computed_series_is_taken_by_the_array_form(filled: TypingOffice) -> None:
    filled.type("Z1", "=XLSIG.SPREAD_CHANGE(ROLL_ADJUSTED(A1:A6,C1:C6),2)")
    filled.type("Z2", "=SPREAD_CHANGE(A1:A6,2,C1:C6)")
    assert filled.value("Z1") == filled.value("Z2")


def test_explain_is_handed_cells_with_errors(filled: TypingOffice) -> None:
    filled.type("Z1", '=EXPLAIN("SELLOFF_STREAK",_(E1:E6))')
    assert filled.value("Z1") == CATALOGUE["EXPLAIN"].from_cells("SELLOFF_STREAK", [[cell] for cell in AREAS["not_known"][1]])


def test_a_changed_cell_changes_the_answer(office: TypingOffice) -> None:
    for row, flow in enumerate((-1, 2, -3, -4, -5), start=1):
        office.put(f"A{row}", flow)
    office.type("B1", "=SELLOFF_STREAK(A1:A5)")
    assert office.value("B1") == 3
    office.put("A2", -2)
    assert office.value("B1") == 5


def test_why_a_cell_has_no_answer_is_in_the_log(filled: TypingOffice) -> None:
    filled.type("Z1", "=SELLOFF_PACE(A1:A6,0)")
    assert filled.value("Z1") == ErrorCell("#NUM!")
    assert comes_true(lambda: "SELLOFF_PACE: #NUM! sessions must be 1 or more, not 0" in filled.log.read_text())
