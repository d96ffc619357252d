"""After mornings on which much of the data was missing, the first complete one makes every workbook whole again."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from checks.lint import lint
from tests.ooxml.packing import read
from tests.ooxml.validator import sdk_errors
from tests.workbooks.mornings import build_edited, differences, until, values_of
from xlsig.frames import schema
from xlsig.frames.desk import DeskData
from xlsig.grid.addresses import box_of
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml import open_package
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.spills import following_names
from xlsig.workbooks.templates import TEMPLATES

FRAMES = ("flows", "spreads", "prices", "contracts", "squeeze")


def _without_last_flows(desk: DeskData) -> DeskData:
    return dataclasses.replace(desk, flows=desk.flows[desk.flows["date"] < desk.flows["date"].max()].reset_index(drop=True))


def _last_sessions(desk: DeskData, count: int) -> DeskData:
    first = desk.prices["date"].iloc[-count]

    def cut(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["date"] >= first].reset_index(drop=True)

    return dataclasses.replace(desk, **{name: cut(getattr(desk, name)) for name in FRAMES})


INCOMPLETE: dict[str, Callable[[DeskData], DeskData]] = {
    "flows a session late": _without_last_flows,
    "no spreads": lambda desk: dataclasses.replace(desk, spreads=schema.empty("spreads")),
    "no prices": lambda desk: dataclasses.replace(desk, prices=schema.empty("prices")),
    "no contracts": lambda desk: dataclasses.replace(desk, contracts=None),
    "sixty sessions": lambda desk: _last_sessions(desk, 60),
    "three sessions": lambda desk: _last_sessions(desk, 3),
}


@pytest.fixture(scope="module")
def complete() -> Inputs:
    return inputs_of(until("2025-01-03"))


@pytest.fixture(scope="module")
def incomplete() -> dict[str, Inputs]:
    return {what: inputs_of(change(until("2025-01-02"))) for what, change in INCOMPLETE.items()}


@pytest.fixture(scope="module")
def evenings(complete: Inputs, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbooks of the evening before, and under "name after" those that are built from the complete morning."""
    folder = tmp_path_factory.mktemp("evenings")
    evening = inputs_of(until("2024-12-31"))
    for name, template in TEMPLATES.items():
        build(template(evening), folder / f"{name}.xlsx")
        build(template(complete), folder / f"{name} after.xlsx")
    return {path.stem: path for path in folder.iterdir()}


def _names(path: Path) -> dict[str, str]:
    with open_package(path, lock=False) as book:
        return dict(book.names)


def _drawn(path: Path) -> dict[str, list[bytes]]:
    """What each chart draws."""
    return {part: re.findall(rb"<c:f>([^<]*)</c:f>", content) for part, content in read(path).items() if part.startswith("xl/charts/")}


def _is_whole(path: Path, built: Path) -> bool:
    assert differences(values_of(path), values_of(built)) == []
    assert _names(path) == _names(built)
    assert _drawn(path) == _drawn(built)
    assert lint(path) == []
    return True


@pytest.mark.parametrize("what", INCOMPLETE)
@pytest.mark.parametrize("name", ["sectors", "regions", "history"])
def test_the_next_complete_morning_makes_a_workbook_whole(name, what, evenings, incomplete, complete, tmp_path) -> None:
    path = Path(shutil.copy(evenings[name], tmp_path))
    refresh_workbook(path, incomplete[what])
    done = refresh_workbook(path, complete)
    assert done.uncomputed == ()
    assert _is_whole(path, evenings[f"{name} after"])


def test_so_it_does_after_several_incomplete_mornings(evenings, incomplete, complete, tmp_path) -> None:
    path = Path(shutil.copy(evenings["danger"], tmp_path))
    for what in ("no prices", "no spreads", "no spreads", "sixty sessions"):
        refresh_workbook(path, incomplete[what])
    done = refresh_workbook(path, complete)
    assert done.uncomputed == ()
    assert _is_whole(path, evenings["danger after"])
    assert not refresh_workbook(path, complete).changed
    assert sdk_errors(path) == []


@pytest.mark.parametrize("name", ["danger", "sectors", "history"])
def test_a_workbook_that_was_saved_without_the_add_in_is_whole_again(name, evenings, complete, tmp_path) -> None:
    """Excel then shows #NAME? in one cell for each answer, and leaves the defined names as they are."""
    path = Path(shutil.copy(evenings[name], tmp_path))
    with open_package(path) as book:
        for sheet, row, column, _, block in list(book.formulas()):
            if block is not None:
                book.set_spills({(sheet, row, column): ErrorCell("#NAME?")})
        book.save()
    refresh_workbook(path, complete)
    assert _is_whole(path, evenings[f"{name} after"])


def test_new_cells_of_an_answer_look_like_those_above(evenings, incomplete, complete, tmp_path) -> None:
    path = Path(shutil.copy(evenings["history"], tmp_path))
    refresh_workbook(path, incomplete["no spreads"])
    refresh_workbook(path, complete)
    sheet = load_workbook(path)["Signal"]
    last = sheet.max_row
    assert last == len(complete.tables["Flows"].rows) + 4
    assert [sheet.cell(last, column).number_format for column in range(1, 7)] == [
        sheet.cell(5, column).number_format for column in range(1, 7)
    ]
    assert sheet.cell(last, 1).font.bold is False


def test_a_person_s_cell_in_the_way_is_kept_and_named_and_once_it_is_gone_all_is_whole(evenings, incomplete, complete, tmp_path) -> None:
    path = Path(shutil.copy(evenings["history"], tmp_path))
    refresh_workbook(path, incomplete["no prices"])
    with open_package(path) as book:
        book.set_values({("History", 6, 1): "my note"})
        book.save()
    done = refresh_workbook(path, complete)
    assert done.unknown == ("History!A5 does not spill: History!B7 is not empty",)
    assert "History!A5: History!B7 is not empty" in done.uncomputed
    assert values_of(path)["History"][6][1] == "my note"
    with open_package(path) as book:
        book.set_values({("History", 6, 1): None})
        book.save()
    assert refresh_workbook(path, complete).unknown == ()
    assert _is_whole(path, evenings["history after"])


def test_a_formula_of_a_person_s_own_around_an_answer_takes_the_room_it_needs(evenings, incomplete, complete, tmp_path) -> None:
    def own(workbook):
        sheet = workbook.add_worksheet("Mine")
        sheet.write_dynamic_array_formula(
            "B2:C6", '=IFERROR(TURN_PREMIUM(Pairs[start],Pairs[end],Pairs[spread_bp]),"none")', None, "measure"
        )

    path = tmp_path / "danger.xlsx"
    build_edited(TEMPLATES["danger"](inputs_of(until("2024-12-31"))), path, own)
    refresh_workbook(path, incomplete["no spreads"])
    assert values_of(path)["Mine"] == [["", ""], ["", "none"]]
    refresh_workbook(path, complete)
    assert [row[1:] for row in values_of(path)["Mine"][1:]] == _turn(evenings["danger after"])


def _turn(path: Path) -> list[list[object]]:
    """The table of the turn, row by row, as the dashboard shows it."""
    with open_package(path, lock=False) as book:
        anchor = next((row, column) for sheet, row, column, text, _ in book.formulas() if sheet == "Details" and text[1:5] == "TURN")
    rows = values_of(path)["Details"]
    return [rows[row][anchor[1] : anchor[1] + 2] for row in range(anchor[0], anchor[0] + 5)]


# Which names follow a spill

SIGNAL = ("Signal", 3, 0)


@pytest.mark.parametrize(
    ("text", "old", "size", "follows"),
    [
        ("Signal!$F$5:$F$9", "A4:F9", (7, 6), "Signal!$F$5:$F$10"),
        ("Signal!$A$4:$F$9", "A4:F9", (4, 6), "Signal!$A$4:$F$7"),
        ("Signal!$F$5:$F$9", "A4:F9", (1, 1), "Signal!$F$5:$F$9"),
        ("Signal!$F$5:$F$9", "A4", (9, 6), "Signal!$F$5:$F$12"),
        ("Signal!$F$5:$F$9", "A4", (3, 6), "Signal!$F$5:$F$6"),
        ("Signal!$F$5:$F$9", "A4", (2, 6), "Signal!$F$5:$F$6"),
        ("Signal!$F$5:$F$6", "A4:F5", (9, 6), "Signal!$F$5:$F$12"),
        ("Signal!$A$5:$F$13", "A4", (9, 6), "Signal!$A$5:$F$13"),
        ("Signal!$A$5:$F$11", "A4", (9, 6), "Signal!$A$5:$F$12"),
        ("Signal!$A$5", "A4:F5", (9, 6), "Signal!$A$5"),
        ("Signal!$G$5:$G$9", "A4", (9, 6), "Signal!$G$5:$G$9"),
        ("Signal!$F$6:$F$9", "A4", (9, 6), "Signal!$F$6:$F$9"),
        ("Other!$F$5:$F$9", "A4:F9", (7, 6), "Other!$F$5:$F$9"),
    ],
    ids=[
        *("grows", "shrinks with its header", "stays while there is an error", "grows again after an error", "shrinks after an error"),
        *("keeps two rows", "grows from two rows", "was kept for the whole answer", "is shorter than the whole answer", "is a single cell"),
        *("stands beside it", "begins lower", "is on another sheet"),
    ],
)
def test_a_name_follows_the_rows_of_an_answer(text, old, size, follows) -> None:
    assert following_names({"own": text}, {SIGNAL: box_of(old)}, {SIGNAL: size}) == {"own": follows}
