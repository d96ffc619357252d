"""The four dashboards in Calc: recalculated hard they show what is in the files, and they follow a changed input."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from checks.typing_office import TypingOffice
from xlsig.grid.contents import ErrorCell
from xlsig.sources.sample import sample
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import TEMPLATES

COMMITTED = Path(__file__).parents[3] / "workbooks"
EPOCH = dt.datetime(1899, 12, 30)


def _cached(path: Path) -> dict[tuple[str, str], object]:
    """Every value in a file, as it was stored."""
    book = openpyxl.load_workbook(path, data_only=True)
    cells = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    cells[sheet.title, cell.coordinate] = _plain(cell.value, cell.data_type)
    return cells


def _plain(value: object, kind: str) -> object:
    if isinstance(value, dt.datetime):
        return (value - EPOCH) / dt.timedelta(days=1)
    if kind == "e":
        return ErrorCell(str(value))
    return float(value) if isinstance(value, bool | int) else value


def _apart(cached: dict[tuple[str, str], object], office: TypingOffice) -> list[tuple[object, ...]]:
    """Cells in which Calc shows something else."""
    shown = {sheet: office.sheet(sheet) for sheet in dict.fromkeys(sheet for sheet, _ in cached)}
    return [
        (*place, value, shown[place[0]].get(place[1])) for place, value in cached.items() if not _same(value, shown[place[0]].get(place[1]))
    ]


def _same(stored: object, shown: object) -> bool:
    if isinstance(stored, float) and isinstance(shown, float):
        return abs(stored - shown) <= 1e-9 * max(1.0, abs(stored))
    return stored == shown


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_dashboard_made_for_excel_recalculates_to_the_values_in_the_file(name: str, running: TypingOffice) -> None:
    path = COMMITTED / f"{name}.xlsx"
    cached = _cached(path)
    running.open(path)
    running.recalculate()
    assert _apart(cached, running) == []
    assert len(cached) > 10_000


@pytest.mark.slow
@pytest.mark.parametrize("host", ["calc", "officejs"])
@pytest.mark.parametrize("name", list(TEMPLATES))
def test_so_does_one_made_for_another_host(name: str, host: str, running: TypingOffice, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.xlsx"
    build(TEMPLATES[name](inputs_of(sample())), path, host)  # type: ignore[arg-type]
    running.open(path)
    running.recalculate()
    assert _apart(_cached(path), running) == []


def test_what_spills_in_excel_is_an_array_formula_in_calc(running: TypingOffice) -> None:
    running.open(COMMITTED / "sectors.xlsx")
    assert running.tell("formula", area="A5", sheet="Sectors")[0].startswith("{=XLSIG.SECTOR_BREAKDOWN(")
    assert running.tell("formula", area="H18", sheet="Sectors")[0].startswith("{=")


def test_buying_in_the_last_session_ends_the_danger(running: TypingOffice) -> None:
    running.open(COMMITTED / "danger.xlsx")
    running.recalculate()
    assert running.value("answer_state") == "BOTH"
    assert running.value("answer_streak") == 5
    table = openpyxl.load_workbook(COMMITTED / "danger.xlsx")["Data sessions"].tables["Flows"]
    left, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
    letter = openpyxl.utils.get_column_letter
    (header,) = running.block(f"{letter(left)}{top}:{letter(right)}{top}", "Data sessions")
    running.put(f"{letter(left + header.index('north_america'))}{bottom}", 50_000.0, "Data sessions")
    assert running.value("answer_streak") == 0
    assert running.value("answer_state") == "SPREAD ONLY"
    assert "the present streak" not in str(running.value("note_text"))


def test_a_looser_limit_is_followed(running: TypingOffice) -> None:
    running.open(COMMITTED / "danger.xlsx")
    running.recalculate()
    running.put("z_limit", -9.0)
    assert running.value("answer_state") in ("FLOW ONLY", "NONE")
