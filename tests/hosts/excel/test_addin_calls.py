"""The add-in's VBA at work: run by an interpreter on this machine, answered by what the COM server answers with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.functions.golden_cases import agrees
from tests.hosts.excel.interpreted import AddIn, Server
from xlsig.functions import golden
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.cells import ErrorCell
from xlsig.hosts.excel import contract
from xlsig.hosts.writing_log import Log

SELLING = ((-1.0,), (-2.0,), (-3.0,))
NOT_STARTED, SERVER_DIED, PYTHON_FAILED = 429, 462, -2147467259


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(str(tmp_path / "excel.log"))


@pytest.fixture(scope="module")
def add_in(tmp_path_factory: pytest.TempPathFactory) -> AddIn:
    log = Log(str(tmp_path_factory.mktemp("log") / "excel.log"))
    return AddIn(lambda: Server(log))


def typed(case: golden.Case) -> list[golden.GoldenCell]:
    """A case's arguments as a person types them: omitted ones at the end are left out."""
    arguments = list(case.arguments)
    while arguments and arguments[-1] is None:
        arguments.pop()
    return arguments


def can_be_typed(case: golden.Case, name: str) -> bool:
    """Excel itself refuses an argument too many or too few, and knows no range without cells."""
    function = CATALOGUE[name]
    required = sum(not argument.optional for argument in function.arguments)
    fits = required <= len(typed(case)) and (function.variadic or len(case.arguments) <= len(function.arguments))
    return fits and all(argument and all(argument) for argument in case.arguments if isinstance(argument, tuple))


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_wrapper_of_every_function_gives_the_golden_answers(add_in: AddIn, name: str) -> None:
    cases = [case for case in golden.cases(name) if can_be_typed(case, name)]
    assert cases
    for case in cases:
        got = add_in.run(name, *typed(case))
        assert agrees(case, got), (case.name, got)


def test_the_server_is_created_and_greeted_once(log: Log) -> None:
    server = Server(log)
    add_in = AddIn(lambda: server)
    assert [add_in.run("SELLOFF_STREAK", SELLING) for _ in range(3)] == [3.0, 3.0, 3.0]
    assert add_in.started == 1
    assert [name for name, _ in server.asked] == ["SELLOFF_STREAK"] * 3


def test_an_argument_that_is_left_out_in_the_middle_takes_its_default(add_in: AddIn) -> None:
    assert add_in.run("SELLOFF_STREAK", SELLING, None, None, 1.5) == 2.0


def test_a_server_that_died_is_replaced_within_the_call(log: Log) -> None:
    servers = [Server(log), Server(log)]
    add_in = AddIn(lambda: servers[add_in.started - 1])
    assert add_in.run("SELLOFF_STREAK", SELLING) == 3.0
    servers[0].failure = SERVER_DIED
    assert add_in.run("SELLOFF_STREAK", SELLING) == 3.0
    assert add_in.started == 2


def test_a_server_that_cannot_start_is_left_alone_for_thirty_seconds(log: Log) -> None:
    server = Server(log)
    server.failure = NOT_STARTED
    add_in = AddIn(lambda: server)
    nine = dt.datetime(2025, 1, 3, 9, 0, 0)
    add_in.at(nine)
    assert [add_in.run("SELLOFF_STREAK", SELLING) for _ in range(5)] == [ErrorCell("#N/A")] * 5
    assert add_in.started == 2
    add_in.at(nine + dt.timedelta(seconds=29))
    server.failure = 0
    assert add_in.run("SELLOFF_STREAK", SELLING) == ErrorCell("#N/A")
    add_in.at(nine + dt.timedelta(seconds=31))
    assert add_in.run("SELLOFF_STREAK", SELLING) == 3.0


def test_a_call_that_python_fails_is_not_repeated(log: Log) -> None:
    server = Server(log)
    add_in = AddIn(lambda: server)
    server.failure = PYTHON_FAILED
    assert add_in.run("SELLOFF_STREAK", SELLING) == ErrorCell("#N/A")
    assert add_in.started == 1
    server.failure = 0
    assert add_in.run("SELLOFF_STREAK", SELLING) == 3.0


def test_an_add_in_of_another_protocol_shows_no_number(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "PROTOCOL", contract.PROTOCOL + 1)
    assert AddIn(lambda: Server(log)).run("SELLOFF_STREAK", SELLING) == ErrorCell("#N/A")
