"""On every morning and in every template: where the reason says that there is no answer, no cell shows one."""

from __future__ import annotations

import re

import pytest

from tests.mornings.cases import Case, latest, made
from tests.mornings.facts import Mornings, pretending
from tests.mornings.test_cases import OTHERWISE, READ
from xlsig.formulas import Evaluator, Uncomputable
from xlsig.frames.desk import DeskData
from xlsig.grid.contents import ErrorCell
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.layout import Layout
from xlsig.workbooks.morning import morning
from xlsig.workbooks.templates import TEMPLATES

OURS = re.compile(r"=([A-Z][A-Z0-9_]*)\((.*)\)", re.DOTALL)
NOTHING = ("", "0", "None", "nan")


def dishonest(layout: Layout) -> list[str]:
    """Cells with an answer whose explanation, anywhere in the book, says "No answer"; and cells with a word for nothing."""
    values = Evaluator(layout.book)
    formulas = [(sheet, row, column, formula.text) for sheet, row, column, formula in layout.book.formulas()]
    explaining = [entry for entry in formulas if 'EXPLAIN("' in entry[3]]
    wrong = []
    for sheet, row, column, text in formulas:
        place = f"{sheet} row {row + 1} column {column + 1} {text[:60]}"
        answer = _answer(values, sheet, row, column)
        if isinstance(answer, str) and answer in NOTHING:
            wrong.append(f"{place}: {answer!r}")
        call = OURS.fullmatch(text)
        if call is None or 'EXPLAIN("' in text or isinstance(answer, ErrorCell):
            continue
        explained = f'EXPLAIN("{call[1]}",{call[2]})'
        for at in (entry for entry in explaining if explained in entry[3]):
            reason = str(_answer(values, *at[:3]))
            if "No answer" in reason:
                wrong.append(f"{place}: {answer!r} beside {reason[:120]!r}")
    return wrong


def _answer(values: Evaluator, sheet: str, row: int, column: int) -> object:
    try:
        return values.value(sheet, row, column)
    except Uncomputable:
        return None


def _honest(desk: DeskData) -> None:
    inputs = inputs_of(desk)
    for name, template in TEMPLATES.items():
        assert dishonest(template(inputs)) == [], name
    assert pretending(morning(desk)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*READ, *OTHERWISE])
def test_no_cell_of_any_template_pretends(mornings: Mornings, name):
    _honest(mornings.desk(name))


def test_without_flows_that_are_in_no_cell_pretends():
    frames = latest(70)
    _honest(Case(frames | {"flows": frames["flows"][frames["flows"]["date"] < "2025-01-03"]}).desk())


def test_with_blank_legs_no_cell_pretends():
    frames = latest(70)
    _honest(Case(frames | {"flows": frames["flows"].assign(short_sales=float("nan"), short_covers=float("nan"))}).desk())


def test_a_year_of_weeks_pretends_nothing(mornings: Mornings):
    _honest(mornings.desk("weekly_rows"))


def test_a_front_cell_without_an_answer_is_an_error_and_not_blank(mornings: Mornings):
    """The danger dashboard's own answer cells, as a file would hold them."""
    inputs = inputs_of(made("region_gone").desk())
    layout = TEMPLATES["danger"](inputs)
    values = Evaluator(layout.book)
    answers = {claim.key: claim.answer for claim in mornings.morning("region_gone").claims}
    unknown = [key for key, answer in answers.items() if answer is None]
    shown = {key: values.value(*layout.place(f"answer_{key}")) for key in unknown}
    assert unknown
    assert [key for key, cell in shown.items() if not isinstance(cell, ErrorCell)] == []
