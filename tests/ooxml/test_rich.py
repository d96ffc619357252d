"""The workbook with everything in it: that it really has everything, and is as good as one from Excel."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from checks.lint import lint
from tests.ooxml.packing import read
from tests.ooxml.rich import COLUMNS, FIRST, ROWS, Rich, build_rich
from tests.ooxml.validator import sdk_errors
from xlsig.hosts.calc.office import Office
from xlsig.ooxml.guard import open_guarded


@pytest.fixture(scope="module", params=["rich.xlsm", "rich.xlsx"])
def rich(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rich:
    return build_rich(tmp_path_factory.mktemp("rich") / request.param)


def test_every_feature_is_there(rich: Rich) -> None:
    parts = read(rich.path)
    missing = [feature for feature, (part, mark) in rich.features.items() if mark.encode("latin-1") not in parts.get(part, b"")]
    assert missing == []
    assert len(rich.features) >= 34
    assert ("a VBA project" in rich.features) == (rich.path.suffix == ".xlsm")


def test_the_validator_finds_nothing(rich: Rich) -> None:
    assert sdk_errors(rich.path) == []


def test_the_lint_finds_nothing(rich: Rich) -> None:
    assert lint(rich.path) == []


def test_the_guard_lets_it_in(rich: Rich) -> None:
    with open_guarded(rich.path) as package:
        assert len(package.namelist()) >= 59


def test_the_same_rows_give_the_same_bytes(rich: Rich, tmp_path: Path) -> None:
    assert build_rich(tmp_path / rich.path.name).path.read_bytes() == rich.path.read_bytes()


def test_the_table_holds_what_is_said(rich: Rich) -> None:
    book = CalamineWorkbook.from_path(str(rich.path), load_tables=True)
    table = book.get_table_by_name(rich.table)
    assert table.sheet == rich.sheet
    assert tuple(table.columns) == COLUMNS
    sheet = book.get_sheet_by_name(rich.sheet).to_python(skip_empty_area=False)
    shown = [tuple(cells[:7]) for cells in sheet[FIRST : FIRST + ROWS]]
    assert [cells[:6] for cells in shown] == list(rich.rows)
    assert [cells[6] for cells in shown] == pytest.approx([row[4] / row[5] for row in rich.rows])


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_calc_opens_it_and_shows_the_same(rich: Rich, bare_calc: Office, tmp_path: Path) -> None:
    bare_calc.open(rich.path)
    saved = openpyxl.load_workbook(bare_calc.save(tmp_path / "saved.xlsx"), data_only=True)
    assert saved.sheetnames == ["Data", "Dashboard", "Pivot", "Notes", "Lists", "Vault", "Picture"]
    data = saved["Data"]
    assert [data.cell(FIRST + 1 + number, 5).value for number in range(ROWS)] == [row[4] for row in rich.rows]
    assert data["I5"].value == pytest.approx(sum(row[4] for row in rich.rows))
    assert data.cell(FIRST + ROWS + 1, 5).value == pytest.approx(sum(row[4] for row in rich.rows))
    assert saved["Pivot"]["A9"].value in ("Grand Total", "Total Result")
    assert saved["Pivot"]["B9"].value == pytest.approx(sum(row[4] for row in rich.rows))
    assert saved["Notes"]["A8"].value == '=HYPERLINK("http://example.com","no link")'
    assert saved["Lists"].sheet_state == "hidden"
