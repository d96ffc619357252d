"""Tables that a person renamed are refreshed, those that became plain cells are refused by name, and a person's own are left alone."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from checks.lint import lint
from tests.workbooks.mornings import build_edited, differences, values_of
from tests.workbooks.table_edits import converted, renamed
from xlsig.errors import PackageRefusal
from xlsig.ooxml import open_package
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.refreshing import plan_of, refresh_workbook
from xlsig.workbooks.templates import TEMPLATES


@pytest.fixture(scope="module")
def built(evening: Inputs, morning: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    for name in ("sectors", "regions", "history"):
        build(TEMPLATES[name](evening), folder / f"{name}.xlsx")
        build(TEMPLATES[name](morning), folder / f"{name} after.xlsx")
    return folder


@pytest.fixture
def book(built: Path, tmp_path: Path):
    return lambda name: Path(shutil.copy(built / f"{name}.xlsx", tmp_path))


@pytest.mark.parametrize(
    ("name", "table"),
    [("sectors", "SectorHistory"), ("sectors", "SectorWeek"), ("regions", "Flows"), ("history", "Prices"), ("history", "Week")],
)
def test_a_renamed_table_is_refreshed_under_its_new_name(name, table, book, built, morning) -> None:
    path = renamed(book(name), table, "Numbers")
    assert set(plan_of(path, morning).tables) >= {"Numbers"}
    done = refresh_workbook(path, morning)
    assert (done.uncomputed, done.said) == ((), "")
    assert differences(values_of(path), values_of(built / f"{name} after.xlsx")) == []
    with open_package(path, lock=False) as kept:
        assert "Numbers" in kept.tables
        assert table not in kept.tables
    assert lint(path) == []


def test_all_tables_renamed_at_once_are_refreshed(book, built, morning) -> None:
    path = book("history")
    with open_package(path, lock=False) as kept:
        names = list(kept.tables)
    for name in names:
        renamed(path, name, f"desk_{name}")
    refresh_workbook(path, morning)
    assert differences(values_of(path), values_of(built / "history after.xlsx")) == []


def test_a_renamed_table_with_a_calculated_column_of_the_person_s_own_is_refreshed(evening, morning, tmp_path) -> None:
    def own(workbook):
        sheet = workbook.add_worksheet("Mine")
        columns = [{"header": name} for name in evening.tables["Flows"].columns] + [
            {"header": "double", "formula": "=Desk[[#This Row],[world]]*2"}
        ]
        last = len(evening.tables["Flows"].rows)
        sheet.add_table(0, 0, last, len(columns) - 1, {"name": "Desk", "columns": columns})
        for row, entries in enumerate(evening.tables["Flows"].rows, start=1):
            sheet.write_row(row, 0, [str(entries[0]), *(0 if entry is None else entry for entry in entries[1:])])

    path = tmp_path / "regions.xlsx"
    build_edited(_without(TEMPLATES["regions"](evening), "Flows"), path, own)
    done = refresh_workbook(path, morning)
    assert done.changed
    rows = values_of(path)["Mine"]
    assert len(rows) == len(morning.tables["Flows"].rows) + 1
    assert rows[-1][2] == pytest.approx(morning.tables["Flows"].rows[-1][2])
    assert rows[-1][7] == pytest.approx(2 * morning.tables["Flows"].rows[-1][2])


def _without(layout, name):
    """A layout that lacks a table, and the formulas that refer to it."""
    table = layout.book.tables.pop(name)
    cells = layout.book.sheets[table.sheet]
    for row in range(table.row - 1, table.row + len(table.rows) + 1):
        for column in range(table.column, table.column + len(table.columns)):
            cells.pop((row, column), None)
    for sheet, row, column, formula in list(layout.book.formulas()):
        if f"{name}[" in formula.text:
            layout.book.sheets[sheet][row, column] = dataclasses.replace(formula, text="=45000")
    return layout


def test_two_tables_that_may_be_the_same_one_are_refused_by_name(evening, morning, tmp_path) -> None:
    def own(workbook):
        for name in ("One", "Two"):
            columns = [{"header": column} for column in evening.tables["Flows"].columns]
            workbook.add_worksheet(name).add_table(0, 0, 3, len(columns) - 1, {"name": name, "columns": columns})

    path = tmp_path / "regions.xlsx"
    build_edited(_without(TEMPLATES["regions"](evening), "Flows"), path, own)
    before = path.read_bytes()
    with pytest.raises(PackageRefusal, match="the tables One and Two all have the columns of Flows: name the one Flows"):
        refresh_workbook(path, morning)
    assert path.read_bytes() == before


def test_a_table_with_the_columns_of_two_of_ours_is_refused_by_name(book, morning) -> None:
    path = renamed(book("sectors"), "SectorWeek", "Numbers")
    twin = dataclasses.replace(morning.tables["SectorWeek"], name="SectorTwin")
    with pytest.raises(PackageRefusal, match="the table Numbers has the columns of SectorWeek and SectorTwin"):
        refresh_workbook(path, dataclasses.replace(morning, tables={**morning.tables, "SectorTwin": twin}))


def test_copies_of_a_table_that_is_still_there_are_the_person_s(evening, morning, tmp_path) -> None:
    def own(workbook):
        columns = [{"header": column} for column in evening.tables["Flows"].columns]
        sheet = workbook.add_worksheet("Kept")
        sheet.add_table(0, 0, 1, len(columns) - 1, {"name": "Flows_2024", "columns": columns})
        sheet.write_row(1, 0, range(7))

    path = tmp_path / "regions.xlsx"
    build_edited(TEMPLATES["regions"](evening), path, own)
    refresh_workbook(path, morning)
    assert values_of(path)["Kept"][1] == list(range(7))


def test_a_table_of_two_columns_among_ours_without_our_name_above_it_is_refused_by_name(book, morning) -> None:
    path = renamed(book("history"), "Prices", "Closes")
    with open_package(path) as edit:
        place = next(key for key, value in edit.values("Data sessions").items() if value == "Prices")
        edit.set_values({("Data sessions", *place): "closes of the index"})
        edit.save()
    with pytest.raises(PackageRefusal, match="the table Closes stands among xlsig's and has the columns of Prices: name it Prices if"):
        refresh_workbook(path, morning)


def test_a_person_s_list_with_more_columns_among_ours_is_theirs(evening, morning, tmp_path) -> None:
    def own(workbook):
        sheet = workbook.get_worksheet_by_name("Data sessions")
        sheet.add_table(2, 30, 4, 31, {"name": "Notes", "columns": [{"header": "date"}, {"header": "note"}]})
        sheet.write_row(3, 30, [45000, "mine"])

    path = tmp_path / "sectors.xlsx"
    build_edited(TEMPLATES["sectors"](evening), path, own)
    assert refresh_workbook(path, morning).changed
    assert "mine" in values_of(path)["Data sessions"][3]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("Closes", ("date", "close")),
        ("Prices", ("day", "price")),
        ("Holidays", ("date",)),
        ("Week", ("date", "hours")),
        ("Events", ("what",)),
    ],
)
def test_a_person_s_own_list_is_theirs(table, columns, evening, morning, tmp_path) -> None:
    def own(workbook):
        sheet = workbook.add_worksheet("Own")
        sheet.add_table(0, 0, 2, len(columns) - 1, {"name": table, "columns": [{"header": column} for column in columns]})
        sheet.write_row(1, 0, range(len(columns)))

    path = tmp_path / "sectors.xlsx"
    build_edited(TEMPLATES["sectors"](evening), path, own)
    assert refresh_workbook(path, morning).said == ""
    assert values_of(path)["Own"][1] == list(range(len(columns)))


@pytest.mark.parametrize(
    ("name", "table", "cell"), [("sectors", "SectorHistory", "D3"), ("history", "Prices", "O3"), ("regions", "Flows", "A3")]
)
def test_a_table_that_was_turned_into_plain_cells_is_refused_by_name(name, table, cell, book, morning) -> None:
    path = converted(book(name), table)
    before = path.read_bytes()
    with pytest.raises(PackageRefusal, match=rf"the table {table} was turned into plain cells.*begin at .*!{cell}\).* named {table}"):
        refresh_workbook(path, morning)
    assert path.read_bytes() == before


def test_a_table_that_formulas_still_name_is_refused_by_name(book, morning) -> None:
    path = converted(book("history"), "Prices", formulas=False)
    with pytest.raises(PackageRefusal, match="refers to the table Prices, which is not in the workbook"):
        refresh_workbook(path, morning)


def test_plain_cells_below_other_headings_are_refused_if_formulas_use_them(book, morning) -> None:
    path = converted(book("history"), "Spreads")
    with open_package(path) as edit:
        place = next(key for key, value in edit.values("Data sessions").items() if value == "Spreads")
        edit.set_values({("Data sessions", *place): None})
        edit.save()
    with pytest.raises(PackageRefusal, match="the table Spreads was turned into plain cells"):
        refresh_workbook(path, morning)


def test_a_paste_of_a_table_that_the_workbook_never_had_is_the_person_s(evening, morning, tmp_path) -> None:
    def own(workbook):
        sheet = workbook.add_worksheet("Own")
        sheet.write_row(0, 0, evening.tables["Spreads"].columns)
        sheet.write_row(1, 0, range(5))

    path = tmp_path / "sectors.xlsx"
    build_edited(TEMPLATES["sectors"](evening), path, own)
    assert refresh_workbook(path, morning).changed
    assert values_of(path)["Own"][1] == list(range(5))


def test_a_dashboard_of_an_older_xlsig_is_refreshed_with_a_word_on_what_it_lacks(evening, morning, tmp_path) -> None:
    layout = TEMPLATES["regions"](evening)
    for name in ("Checks", "Inputs", "Reasons"):
        layout = _without(layout, name)
    build(layout, tmp_path / "regions.xlsx")
    done = refresh_workbook(tmp_path / "regions.xlsx", morning)
    assert done.changed
    assert "regions.xlsx was built by an older xlsig, without the tables Checks, Inputs and Reasons" in done.said
