"""The self-test workbook: complete, current, and TRUE in Calc for every function."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.steps import COMMAND
from tasks.workbooks import difference
from tests.hosts.calc.needed import require_calc
from tests.test_cli_hosts import run
from xlsig.formulas import Evaluator
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import cases
from xlsig.grid.book import Formula
from xlsig.workbooks.building import build
from xlsig.workbooks.templates import selftest

COMMITTED = Path(__file__).parents[3] / "workbooks" / "selftest.xlsx"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `xlsig selftest --json` says of each function."""
    require_calc()
    done = run("selftest", "--host", "calc", "--json", home=tmp_path_factory.mktemp("home"))
    assert done.returncode == 0, done.stdout + done.stderr
    return {entry["function"]: entry for entry in json.loads(done.stdout)}


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_calc_agrees_with_every_golden_case(name: str, verdicts: dict[str, dict[str, Any]]) -> None:
    verdict = verdicts[name]
    assert verdict["failed"] == []
    assert verdict["agrees"] is True
    assert verdict["cases"] >= len(cases(name)) - 1


def test_every_function_is_told_and_nearly_every_case_can_be_shown_in_calc(verdicts: dict[str, dict[str, Any]]) -> None:
    assert list(verdicts) == list(CATALOGUE)
    every = sum(len(cases(name)) for name in CATALOGUE)
    assert sum(verdict["cases"] for verdict in verdicts.values()) == every - 4


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
