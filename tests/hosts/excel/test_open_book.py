"""The refresh of an open workbook, against a workbook object of the tests: no Excel is here. Its plan is the file refresh's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.hosts.excel.open_workbook import AUTOMATIC, MANUAL, OK, Cells, OpenBook
from xlsig.errors import DataError
from xlsig.frames.desk import DeskData
from xlsig.frames.schema import FRAMES
from xlsig.grid.contents import serial
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel import open_book
from xlsig.sources.opening import open_source
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs, InputTable, inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES


@pytest.fixture(scope="module")
def desk() -> DeskData:
    found = open_source("sample").read()
    assert isinstance(found, DeskData)
    return found


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def yesterday(desk: DeskData, tmp_path: Path) -> Path:
    """A dashboard of the day before: one table lacks its last row, and one has a row too many."""
    inputs = inputs_of(desk)
    tables = {name: _of_yesterday(table) for name, table in inputs.tables.items()}
    path = tmp_path / "regions.xlsx"
    build(TEMPLATES["regions"](Inputs(tables, inputs.as_of, inputs.event, inputs.provenance)), path, "excel")
    return path


def _of_yesterday(table: InputTable) -> InputTable:
    rows = {"RegionHistory": table.rows[:-1], "Provenance": (*table.rows, table.rows[-1])}.get(table.name, table.rows)
    return InputTable(table.name, table.columns, table.styles, rows)


def _tables(book: Any) -> dict[str, list[list[Any]]]:
    return {
        table.name: [[_number(cell.value) for cell in row] for row in sheet[table.ref]] for sheet in book for table in sheet.tables.values()
    }


def _number(value: Any) -> Any:
    return float(serial(value.date())) if isinstance(value, dt.datetime) else value


def test_the_tables_and_names_become_those_of_the_file_refresh(yesterday: Path, desk: DeskData, tmp_path: Path) -> None:
    book = OpenBook(yesterday)
    said = open_book.refresh(book, "sample")
    refreshed = tmp_path / "other" / "regions.xlsx"
    refreshed.parent.mkdir()
    refresh_workbook(yesterday, desk, destination=refreshed)
    expected = openpyxl.load_workbook(refreshed)
    assert _tables(book.held) == _tables(expected)
    names = {name: held.attr_text for name, held in book.held.defined_names.items()}
    assert names.pop(open_book.SOURCE_NAME) == '"sample"'
    assert names == {name: held.attr_text for name, held in expected.defined_names.items()}
    kept = yesterday.with_name("regions (before 1).xlsx")
    assert said.splitlines()[:2] == [
        f"Refreshed regions.xlsx. As it was before: {kept}",
        "Excel's list of what can be undone is empty now: that copy is the way back.",
    ]
    assert kept.read_bytes() == yesterday.read_bytes()
    assert (book.app.Calculation, book.app.EnableEvents, book.app.ScreenUpdating) == (AUTOMATIC, True, True)


def test_what_was_below_a_table_that_shrinks_is_cleared(yesterday: Path) -> None:
    book = OpenBook(yesterday)
    (provenance,) = (table for sheet in book.sheets for table in sheet.tables if table.name == "Provenance")
    last = provenance.range.rows[-1]
    open_book.refresh(book, "sample")
    assert last.value == [None] * provenance.range.shape[1]


def test_the_source_is_asked_once_and_remembered(yesterday: Path) -> None:
    book = OpenBook(yesterday, answer="sample")
    open_book.refresh(book)
    open_book.refresh(book)
    assert len(book.app.asked) == 1


def test_no_source_named_changes_nothing(yesterday: Path) -> None:
    book = OpenBook(yesterday, answer=False)
    before = _tables(book.held)
    with pytest.raises(RefusedError, match="no data was named"):
        open_book.refresh(book)
    assert _tables(book.held) == before
    assert sorted(yesterday.parent.glob("*.xlsx")) == [yesterday]


def test_nothing_new_keeps_no_copy(desk: DeskData, tmp_path: Path) -> None:
    path = tmp_path / "regions.xlsx"
    build(TEMPLATES["regions"](inputs_of(desk)), path, "excel")
    assert open_book.refresh(OpenBook(path), "sample") == "regions.xlsx has these rows already; nothing was changed."
    assert list(tmp_path.iterdir()) == [path]


def test_a_protected_sheet_is_refused_before_anything_is_touched(yesterday: Path) -> None:
    book = OpenBook(yesterday)
    for sheet in book.sheets:
        sheet.ProtectContents = any(table.name == "Provenance" for table in sheet.tables)
    before = _tables(book.held)
    with pytest.raises(DataError, match="is protected: unprotect it"):
        open_book.refresh(book, "sample")
    assert _tables(book.held) == before


def test_dates_from_1904_are_refused(yesterday: Path) -> None:
    book = OpenBook(yesterday)
    book.Date1904 = True
    with pytest.raises(RefusedError, match="counts its dates from 1904"):
        open_book.refresh(book, "sample")


def _brings(path: Path, source: str, answer: object) -> OpenBook:
    """The workbook as it comes from elsewhere, with a source in it."""
    book = OpenBook(path, answer)
    book.names.add(open_book.SOURCE_NAME, f'="{source}"')
    return book


@pytest.fixture
def desk_folder(desk: DeskData, tmp_path: Path) -> str:
    folder = tmp_path / "desk"
    folder.mkdir()
    for name in FRAMES:
        frame = getattr(desk, name)
        if frame is not None:
            frame.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
    return str(folder)


def test_a_place_that_the_workbook_brings_is_used_once_the_person_agrees_and_not_asked_again(yesterday: Path, desk_folder: str) -> None:
    book = _brings(yesterday, desk_folder, OK)
    open_book.refresh(book)
    ((prompt, shown),) = book.app.asked
    assert shown == desk_folder
    assert prompt == "regions.xlsx says itself where its data is. Leave it only if you know this place; you are asked once."
    again = _brings(yesterday, desk_folder, False)
    open_book.refresh(again)
    assert again.app.asked == []


def test_another_place_in_the_same_workbook_is_asked_about_again(yesterday: Path, desk_folder: str) -> None:
    open_book.refresh(_brings(yesterday, desk_folder, OK))
    book = _brings(yesterday, f"{desk_folder}/../other", False)
    with pytest.raises(RefusedError, match="no data was named"):
        open_book.refresh(book)
    assert len(book.app.asked) == 1


@pytest.mark.parametrize("source", [r"\\desk\flows", "//desk/flows", "file://desk/flows"])
def test_a_place_on_another_computer_is_not_looked_at_before_the_person_agrees(
    yesterday: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(open_book, "open_source", looked.append)
    book = _brings(yesterday, source, False)
    with pytest.raises(RefusedError, match="no data was named"):
        open_book.refresh(book)
    ((prompt, shown),) = book.app.asked
    assert "It is on another computer, which learns who asks." in prompt
    assert (shown, looked) == (source, [])


def test_a_source_too_long_to_be_shown_is_not_used(yesterday: Path) -> None:
    book = _brings(yesterday, "/".join(["folder"] * 60), False)
    with pytest.raises(RefusedError, match="no data was named"):
        open_book.refresh(book)
    ((prompt, shown),) = book.app.asked
    assert (prompt, shown) == ("Where is the data? A folder, a config file (.toml), or sample.", "")


def test_who_computes_by_hand_still_does_after_a_refresh(yesterday: Path) -> None:
    book = OpenBook(yesterday)
    book.app.Calculation = MANUAL
    open_book.refresh(book, "sample")
    assert book.app.Calculation == MANUAL


def test_a_refresh_that_breaks_leaves_excel_as_it_was(yesterday: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = OpenBook(yesterday)

    def broken(cells: Cells, height: int, width: int) -> Cells:
        assert (book.app.Calculation, book.app.EnableEvents, book.app.ScreenUpdating) == (MANUAL, False, False)
        raise OSError("Excel is gone")

    monkeypatch.setattr(Cells, "resize", broken)
    with pytest.raises(OSError, match="Excel is gone"):
        open_book.refresh(book, "sample")
    assert (book.app.Calculation, book.app.EnableEvents, book.app.ScreenUpdating) == (AUTOMATIC, True, True)


def test_a_workbook_with_a_very_long_name_is_refreshed(yesterday: Path) -> None:
    path = yesterday.rename(yesterday.with_name("r" * 230 + ".xlsx"))
    copies: list[str] = []
    book = OpenBook(path)
    saved = book.SaveCopyAs
    book.SaveCopyAs = lambda copy: (copies.append(copy), saved(copy))  # type: ignore[method-assign,func-returns-value,assignment]
    assert open_book.refresh(book, "sample").startswith("Refreshed ")
    assert [len(copy) for copy in copies] == [218]
