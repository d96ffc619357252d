"""The add-in's VBA, run by an interpreter of VBA against the code that answers Excel."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAArray, VBAInt

from tests.hosts.excel.vba_running import NOW, Running, Surroundings, to_vba
from xlsig.functions import golden
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.client import agrees
from xlsig.hosts.excel.contract import ERROR_BASE, WHOLE_COLUMN
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
        ("A2:A1048576", (WHOLE_COLUMN, ((-2.0,), (-3.0,)))),
        ("A3:A1048576", (WHOLE_COLUMN, -3.0)),
        ("A4:A1048576", (WHOLE_COLUMN, None)),
        ("A1048576", None),
        ("A1:A2,A3:A3", error_number("#VALUE!")),
    ],
)
def test_a_range_goes_over_as_its_block_an_open_one_cut_and_several_areas_as_an_error(running: Running, cells: str, sent: Any) -> None:
    running.application.add_workbook()
    fill = "".join(f'Range("A{row}").Value = -{row}\n' for row in (1, 2, 3))
    asking = f'Public Function Asking()\n{fill}Asking = SELLOFF_STREAK(Range("{cells}"))\nEnd Function\n'
    running.application.add_module(asking, name="Asking_", kind="standard")
    running.call("Asking")
    assert running.asked == [("SELLOFF_STREAK", (sent,))]


GONE = {
    "no object": 429,
    "automation error": 440,
    "no remote server": 462,
    "RPC_E_CALL_REJECTED": 0x80010001 - 2**32,
    "RPC_E_SERVER_DIED": 0x80010007 - 2**32,
    "RPC_E_SERVER_DIED_DNE": 0x80010012 - 2**32,
    "RPC_E_DISCONNECTED": 0x80010108 - 2**32,
    "RPC_E_SERVERCALL_RETRYLATER": 0x8001010A - 2**32,
    "CO_E_OBJNOTCONNECTED": 0x800401FD - 2**32,
    "RPC_S_SERVER_UNAVAILABLE": 0x800706BA - 2**32,
    "RPC_S_CALL_FAILED": 0x800706BE - 2**32,
    "RPC_S_CALL_FAILED_DNE": 0x800706BF - 2**32,
}


@pytest.mark.parametrize("number", GONE.values(), ids=list(GONE))
def test_a_server_that_is_gone_or_busy_is_asked_once_more_on_a_fresh_object(running: Running, number: int) -> None:
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
    assert running.call("XLSIG_VERSION") == NA
    assert running.call("EXPLAIN", "XLSIG_VERSION") == NA
    assert running.created == 0


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_function_leaves_without_a_value_which_a_cell_would_show_as_0(
    running: Running, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [to_vba(cell) for cell in golden.cases(name)[0].arguments[: len(CATALOGUE[name].arguments)]]
    running.replies[name] = EMPTY
    assert running.call(name, *arguments) == NA
    running.starts = False
    running.press("XlsigForget")
    assert running.call(name, *arguments) == NA
    monkeypatch.setattr(Surroundings, "wizard_open", True)
    assert running.call(name, *arguments) == NA


def test_a_block_without_a_value_in_it_shows_that_it_is_missing(running: Running) -> None:
    running.replies["TOP_SELLERS"] = VBAArray([(1, 1), (1, 2)], items=[EMPTY, 2.0])
    assert running.call("TOP_SELLERS", to_vba([["a"]]), to_vba([[1.0]])) == ((NA, 2.0),)


def test_an_error_that_is_newer_than_the_add_in_comes_back_as_it_is(running: Running) -> None:
    running.replies["XLSIG_VERSION"] = VBAInt(ERROR_BASE + 2999)
    assert running.call("XLSIG_VERSION") == ERROR_BASE + 2999


def test_a_workbook_that_counts_from_1904_is_refused(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Surroundings, "from_1904", True)
    assert running.call("XLSIG_VERSION") == error_number("#VALUE!")
    assert running.created == 0
