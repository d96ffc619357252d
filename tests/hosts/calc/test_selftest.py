"""The self-test workbook: complete, current, and TRUE in Calc for every function."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tasks.steps import COMMAND
from tasks.workbooks import difference
from xlsig.formulas import Evaluator
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import cases
from xlsig.grid.book import Formula
from xlsig.hosts.calc import installing as in_calc
from xlsig.hosts.calc.office import Office
from xlsig.hosts.installing import Verdict
from xlsig.workbooks.building import build
from xlsig.workbooks.templates import selftest

COMMITTED = Path(__file__).parents[3] / "workbooks" / "selftest.xlsx"


@pytest.fixture(scope="module")
def verdicts(running: Office) -> list[Verdict]:
    return in_calc.selftest(running)


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_calc_agrees_with_every_golden_case(name: str, verdicts: list[Verdict]) -> None:
    (verdict,) = (each for each in verdicts if each.function == name)
    assert verdict.failed == ()
    assert verdict.agrees
    assert verdict.cases >= len(cases(name)) - 1


def test_nearly_every_case_can_be_shown_in_calc(verdicts: list[Verdict]) -> None:
    every = sum(len(cases(name)) for name in CATALOGUE)
    assert sum(verdict.cases for verdict in verdicts) == every - 4


def test_a_wrong_answer_is_told_by_function_and_case(running: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    original = selftest.cases

    def one_wrong(name: str):  # type: ignore[no-untyped-def]
        read = original(name)
        return [dataclasses.replace(read[0], expected=-99), *read[1:]] if name == "SELLOFF_PACE" else read

    monkeypatch.setattr(selftest, "cases", one_wrong)
    told = {verdict.function: verdict for verdict in in_calc.selftest(running)}
    assert told["SELLOFF_PACE"].failed == (original("SELLOFF_PACE")[0].name,)
    assert not told["SELLOFF_PACE"].agrees
    assert all(verdict.agrees for name, verdict in told.items() if name != "SELLOFF_PACE")


def test_there_is_a_sheet_for_each_category_and_a_named_cell_for_each_function() -> None:
    book = selftest.layout().book
    assert list(book.sheets) == [selftest.FRONT, *dict.fromkeys(function.category for function in CATALOGUE.values())]
    assert {name for name in book.names if name.startswith("test_")} == {f"test_{name}" for name in CATALOGUE}


def test_its_headline_counts_the_functions_that_agree() -> None:
    layout = selftest.layout()
    assert Evaluator(layout.book).value(*layout.place("selftest_headline")).startswith(f"{len(CATALOGUE)} of {len(CATALOGUE)} functions")
    sheet, row, column = layout.place("test_SELLOFF_PACE")
    layout.book.sheets[sheet][row, column] = Formula("=FALSE")
    assert Evaluator(layout.book).value(*layout.place("selftest_headline")).startswith(f"{len(CATALOGUE) - 1} of")


def test_the_committed_workbook_is_current(tmp_path: Path) -> None:
    build(selftest.layout(), tmp_path / "selftest.xlsx")
    why = difference(tmp_path / "selftest.xlsx", COMMITTED)
    assert not why, f"workbooks/selftest.xlsx is not current: {why}; run {COMMAND}"
