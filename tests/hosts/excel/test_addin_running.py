"""The add-in's VBA, run by an interpreter of VBA against the code that answers Excel."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.interpreter._values import MISSING

from tests.hosts.excel.vba_running import NOW, Running, Surroundings, to_vba
from xlsig.functions import golden
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.client import agrees
from xlsig.hosts.excel.contract import WHOLE_COLUMN
from xlsig.hosts.excel.exchange import error_number

NA = error_number("#N/A")


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_golden_case_is_answered_through_the_wrapper(running: Running, name: str) -> None:
    function, wrong = CATALOGUE[name], []
    for case in golden.cases(name):
        if len(case.arguments) > len(function.arguments) and not function.variadic:
            continue  # Excel itself refuses a formula with too many arguments
        optional = [argument.optional for argument in function.arguments] + [True] * len(case.arguments)
        arguments = [MISSING if cell is None and may else to_vba(cell) for cell, may in zip(case.arguments, optional, strict=False)]
        if not agrees(running.call(name, *arguments), case.expected):
            wrong.append(case.name)
    assert wrong == []
    assert running.asked
    assert running.created == 1


def test_omitted_arguments_at_the_end_are_left_off(running: Running) -> None:
    running.call("SELLOFF_STREAK", to_vba([[-1.0], [-2.0]]))
    assert running.asked == [("SELLOFF_STREAK", (((-1.0,), (-2.0,)),))]


@pytest.mark.parametrize(
    ("cells", "sent"),
    [
        ("A1:A3", ((-1.0,), (-2.0,), (-3.0,))),
        ("A:A", (WHOLE_COLUMN, ((-1.0,), (-2.0,), (-3.0,)))),
        ("A1:A2,A3:A3", error_number("#VALUE!")),
    ],
)
def test_a_range_goes_over_as_its_block_a_whole_column_cut_and_several_areas_as_an_error(running: Running, cells: str, sent: Any) -> None:
    running.application.add_workbook()
    fill = "".join(f'Range("A{row}").Value = -{row}\n' for row in (1, 2, 3))
    asking = f'Public Function Asking()\n{fill}Asking = SELLOFF_STREAK(Range("{cells}"))\nEnd Function\n'
    running.application.add_module(asking, name="Asking_", kind="standard")
    assert running.call("Asking") == (sent if isinstance(sent, int) else 3.0)
    assert running.asked == [("SELLOFF_STREAK", (sent,))]


@pytest.mark.parametrize("number", [462, -2147023174, -2147417848, -2147023170])
def test_a_dead_server_is_asked_once_more_on_a_fresh_object(running: Running, number: int) -> None:
    running.faults.append(number)
    assert running.call("SELLOFF_STREAK", to_vba([[-1.0], [-2.0]])) == 2.0
    assert running.created == 2
    running.faults += [number] * 2
    assert running.call("SELLOFF_STREAK", to_vba([[-1.0], [-2.0]])) == NA
    assert running.created == 3


def test_an_error_of_the_server_is_not_asked_again(running: Running) -> None:
    running.faults.append(-2147467259)
    assert running.call("XLSIG_VERSION") == error_number("#VALUE!")
    assert len(running.asked) == 1


def test_after_a_failed_start_there_is_silence_for_30_seconds(running: Running) -> None:
    running.starts = False
    assert running.call("XLSIG_VERSION") == NA
    tried = running.created
    assert tried == 2
    running.starts = True
    running.application.freeze_clock(NOW + dt.timedelta(seconds=28))
    assert running.call("XLSIG_VERSION") == NA
    assert running.created == tried
    running.application.freeze_clock(NOW + dt.timedelta(seconds=32))
    assert running.call("XLSIG_VERSION") == CATALOGUE["XLSIG_VERSION"]()


def test_nothing_is_asked_in_the_function_wizard(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Surroundings, "wizard_open", True)
    assert running.call("XLSIG_VERSION") is None
    assert running.created == 0


def test_a_workbook_that_counts_from_1904_is_refused(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Surroundings, "from_1904", True)
    assert running.call("XLSIG_VERSION") == error_number("#VALUE!")
    assert running.created == 0
