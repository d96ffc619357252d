"""What opening a document does and leaves alone, and what Calc stores of it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from checks.typing_office import TypingOffice
from tests.hosts.calc.dashboards import dashboards
from tests.hosts.calc.linked_book import SHEET, linked_book

COMMITTED = Path(__file__).parents[3] / "workbooks"
FORMULA = re.compile(rb"<f[ >].*?</f>|<formula>.*?</formula>")


@pytest.mark.parametrize("name", [*dashboards(), "selftest"])
def test_opening_a_workbook_does_not_mark_it_modified(name: str, running: TypingOffice) -> None:
    running.open(COMMITTED / f"{name}.xlsx")
    assert running.tell("modified") is False


def test_a_file_that_excel_saved_computes(running: TypingOffice, tmp_path: Path) -> None:
    running.open(linked_book(tmp_path / "linked.xlsx"))
    assert running.tell("modified") is False
    assert running.value("C1", SHEET) == 2
    assert running.value("C2", SHEET) == -2.5
    assert running.block("D1:D2", SHEET) == [["measure"], ["sold"]]
    assert running.tell("formula", area="C1", sheet=SHEET)[1] == "=SELLOFF_STREAK(A1:A3)"


def test_a_save_of_it_stores_no_broken_formula(running: TypingOffice, tmp_path: Path) -> None:
    running.open(linked_book(tmp_path / "linked.xlsx"))
    with zipfile.ZipFile(running.save(tmp_path / "saved.xlsx")) as package:
        stored = [found for name in package.namelist() for found in FORMULA.findall(package.read(name))]
    assert len(stored) == 4
    assert [formula for formula in stored if b"[1]" in formula] == []


def test_what_calc_made_of_such_a_file_without_xlsig_is_mended(running: TypingOffice, bare_calc: TypingOffice, tmp_path: Path) -> None:
    bare_calc.open(linked_book(tmp_path / "linked.xlsx"))
    running.open(bare_calc.save(tmp_path / "broken.xlsx"))
    running.recalculate()
    assert running.value("C1", SHEET) == 2
    assert running.value("C2", SHEET) == -2.5
