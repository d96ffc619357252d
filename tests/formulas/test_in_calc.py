"""Every native function against LibreOffice Calc, which recalculates the same file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from checks.typing_office import TypingOffice
from tests.formulas.calc_answers import NOT_RECALCULATED, answers
from tests.formulas.checked_formulas import EXCEL_DIFFERS, SHEET, TWO_ERRORS, WITHOUT_VALUE, agreed_formulas, agrees, asked
from tests.formulas.newer_calc import recorded
from xlsig.formulas import NATIVES, Evaluator, Uncomputable
from xlsig.formulas.interpreter import native_name, ours
from xlsig.formulas.trees import Call, nodes, parse
from xlsig.formulas.values import Value
from xlsig.grid.book import Book
from xlsig.grid.contents import CellResult, ErrorCell
from xlsig.sources.opening import open_source
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import TEMPLATES


def _of_calc(formulas: list[str], calc: TypingOffice, folder: Path) -> list[Value]:
    shown = answers(asked(formulas), calc, folder)
    return [shown.get((SHEET, row, 4)) for row in range(len(formulas))]


def _ours(formulas: list[str]) -> list[Value]:
    evaluator = Evaluator(asked(formulas))
    return [evaluator.value(SHEET, row, 4) for row in range(len(formulas))]


def test_every_native_agrees_with_calc(bare_calc: TypingOffice, tmp_path: Path) -> None:
    formulas = agreed_formulas()
    calc = _of_calc(formulas, bare_calc, tmp_path)
    assert NOT_RECALCULATED not in calc
    apart = [row for row in zip(formulas, _ours(formulas), calc, strict=True) if not agrees(*row[1:])]
    assert [row for row in apart if row[0] not in TWO_ERRORS or row[2] not in (ErrorCell("#N/A"), ErrorCell("#DIV/0!"))] == []


def test_every_native_stands_in_two_of_the_formulas_thatagrees() -> None:
    counts: Counter[str] = Counter()
    for formula in [*agreed_formulas(), *(formula for formula, _ in recorded())]:
        tree = parse(formula.strip("{}"))
        counts.update({native_name(node.name) for node in nodes(tree) if isinstance(node, Call)})
    assert {name for name in NATIVES if counts[name] < 2} == set()


def test_where_calc_is_known_to_differ_excel_is_followed(bare_calc: TypingOffice, tmp_path: Path) -> None:
    formulas = [formula for formula, _, _ in EXCEL_DIFFERS]
    calc = _of_calc(formulas, bare_calc, tmp_path)
    assert [(formula, seen) for formula, seen in zip(formulas, calc, strict=True)] == [
        (formula, seen) for formula, _, seen in EXCEL_DIFFERS
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_native_formula_of_a_template_agrees_with_calc(name: str, bare_calc: TypingOffice, tmp_path: Path) -> None:
    book = TEMPLATES[name](inputs_of(open_source("sample").read())).book
    evaluator = Evaluator(book)
    for sheet, row, column, formula in list(book.formulas()):
        if any(isinstance(node, Call) and ours(node.name) for node in nodes(parse(formula.text))):
            _replace_by_values(book, sheet, row, column, evaluator.formula(sheet, row, column))
    natives = [(sheet, row, column) for sheet, row, column, _ in book.formulas()]
    assert natives
    calc = answers(book, bare_calc, tmp_path)
    ours_again = Evaluator(book)
    apart = [
        (place, ours_again.value(*place), calc.get(place)) for place in natives if not agrees(ours_again.value(*place), calc.get(place))
    ]
    assert apart == []


def _replace_by_values(book: Book, sheet: str, row: int, column: int, answer: CellResult) -> None:
    """Calc here does not know our functions: it gets their answers."""
    for down, entries in enumerate(answer if isinstance(answer, list) else [[answer]]):
        for across, entry in enumerate(entries):
            book.sheets[sheet][row + down, column + across] = entry


@pytest.mark.parametrize(("formula", "excel"), [(formula, excel) for formula, excel, _ in EXCEL_DIFFERS])
def test_excels_documented_answer_is_given(formula: str, excel: Value) -> None:
    (value,) = _ours([formula])
    assert value == excel
    assert isinstance(value, bool) == isinstance(excel, bool)


@pytest.mark.parametrize("formula", WITHOUT_VALUE)
def test_where_excel_is_documented_otherwise_there_is_no_value(formula: str) -> None:
    with pytest.raises(Uncomputable, match=r"differ|may or may not|SWITCH among errors"):
        _ours([formula])
