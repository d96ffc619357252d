"""What Calc saved goes to somebody with Excel: `xlsig refresh --formulas excel` leaves no name of Calc's in any part, and all computes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from typer.testing import CliRunner

from checks.typing_office import TypingOffice
from tests.hosts.calc.dashboards import dashboards
from xlsig.cli import app
from xlsig.grid.contents import ErrorCell

COMMITTED = Path(__file__).parents[3] / "workbooks"
OF_CALC = re.compile(rb"XLSIG\.|[A-Z]_ARRAY\(|\bCELLS\(", re.IGNORECASE)
DESK = "My desk"
FLOWS, SPREADS, CONTRACTS = "'Data sessions'!$B$4:$B$1263", "'Data sessions'!$K$4:$K$1263", "'Data sessions'!$J$4:$J$1263"


def _of_calc(path: Path) -> dict[str, int]:
    """How often each part of a file spells a function of ours as Calc does."""
    with zipfile.ZipFile(path) as package:
        counted = {name: len(OF_CALC.findall(package.read(name))) for name in package.namelist()}
    return {name: count for name, count in counted.items() if count}


def _refresh(path: Path) -> str:
    done = CliRunner().invoke(app, ["refresh", str(path), "--data", "sample", "--formulas", "excel"])
    assert done.exit_code == 0, done.output
    return done.output


def _with_a_desk_of_its_own(path: Path) -> Path:
    """The danger dashboard with a sheet of the analyst's: a computed series, an array formula, a condition and a name."""
    book = openpyxl.load_workbook(COMMITTED / "danger.xlsx")
    desk = book.create_sheet(DESK)
    desk["A1"] = f"=SPREAD_CHANGE(ROLL_ADJUSTED({SPREADS},{CONTRACTS}),5)"
    desk["A2"] = f'=EXPLAIN("SELLOFF_STREAK",{FLOWS})'
    desk["A3"] = "=desk_streak+1"
    desk["A4"] = "=DANGER_STATE(-3,-3,5)"
    desk["B1"] = ArrayFormula("B1:C5", f"=SELLOFF_BREADTH({FLOWS})")
    desk.conditional_formatting.add("A1:A4", FormulaRule(formula=[f"SELLOFF_STREAK({FLOWS})>3"]))
    book.defined_names["desk_streak"] = DefinedName("desk_streak", attr_text=f"SELLOFF_STREAK({FLOWS})")
    book.save(path)
    return path


@pytest.mark.parametrize("name", dashboards())
def test_a_dashboard_saved_by_calc_is_cleaned_in_every_part(name: str, running: TypingOffice, tmp_path: Path) -> None:
    running.open(COMMITTED / f"{name}.xlsx")
    running.recalculate()
    saved = running.save(tmp_path / f"{name}.xlsx")
    assert _of_calc(saved)
    assert "are left for Excel to compute" not in _refresh(saved)
    assert _of_calc(saved) == {}


@pytest.mark.slow
def test_formulas_names_conditions_and_arrays_of_ones_own_are_cleaned_and_compute(running: TypingOffice, tmp_path: Path) -> None:
    running.open(_with_a_desk_of_its_own(tmp_path / "desk.xlsx"))
    running.recalculate()
    calc = running.sheet(DESK)
    assert calc["A4"] == "BOTH"
    assert not [value for value in calc.values() if isinstance(value, ErrorCell)]
    saved = running.save(tmp_path / "saved.xlsx")
    with zipfile.ZipFile(saved) as package:
        last = sum(name.startswith("xl/worksheets/sheet") for name in package.namelist())
        named, sheet = package.read("xl/workbook.xml").decode(), package.read(f"xl/worksheets/sheet{last}.xml").decode()
    assert re.search(r'<definedName[^>]*name="desk_streak"[^>]*>(XLSIG\.)?SELLOFF_STREAK', named)  # Calc 25.2 saves the short name
    assert re.search(r"<cfRule.*?<formula>[^<]*SELLOFF_STREAK", sheet)
    assert re.search(r't="array"[^>]*>(XLSIG\.)?SELLOFF_BREADTH', sheet)

    _refresh(saved)
    assert _of_calc(saved) == {}
    stored = openpyxl.load_workbook(saved, data_only=True)[DESK]
    apart = {place: (stored[place].value, value) for place, value in calc.items() if stored[place].value != pytest.approx(value)}
    assert apart == {}

    running.open(saved)
    running.recalculate()
    assert {place: value for place, value in running.sheet(DESK).items() if value != pytest.approx(calc[place])} == {}
