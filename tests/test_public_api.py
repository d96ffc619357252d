"""The public Python API: what is exported, documented and typed, all of it from the catalogue."""

from __future__ import annotations

import datetime as dt
import inspect
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl.formula import Tokenizer

import xlsig
from tasks.stub import answer_type
from tests.functions.golden_cases import arguments
from xlsig.functions.answers import Table
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import GoldenError, cases
from xlsig.functions.spec import Function
from xlsig.workbooks.templates import TEMPLATES

EVERY = [pytest.param(function, id=name) for name, function in CATALOGUE.items()]


def test_what_is_exported_is_the_catalogue_and_its_error() -> None:
    assert sorted(xlsig.__all__) == sorted(["SignalError", *map(str.lower, CATALOGUE)])
    public = {name for name in vars(xlsig) if not name.startswith("_")}
    submodules = {name for name in public if inspect.ismodule(getattr(xlsig, name))}
    assert public - submodules == set(xlsig.__all__)


@pytest.mark.parametrize("function", EVERY)
def test_the_exported_function_is_the_catalogue_s(function: Function) -> None:
    assert getattr(xlsig, function.python_name) is function
    assert function.name == function.name.upper()
    assert re.fullmatch("[A-Z]+(_[A-Z]+[0-9]*)*", function.name)


@pytest.mark.parametrize("function", EVERY)
def test_every_function_is_documented(function: Function) -> None:
    assert function.doc.endswith(".")
    assert "\n" not in function.doc
    assert len(function.doc) <= 100
    assert function.returns
    assert function.category
    assert inspect.getdoc(function) == f"{function.doc}\n\n{function.details}".strip()
    assert bool(function.columns) == (function.spills == "table")


@pytest.mark.parametrize("function", EVERY)
def test_every_argument_says_what_it_is_and_in_which_unit(function: Function) -> None:
    for argument in function.arguments:
        assert argument.doc, argument.name
        assert argument.name.isidentifier()
        if argument.kind in ("number", "series", "grid", "dates", "date"):
            assert argument.unit, argument.name
        if argument.kind == "choice":
            assert argument.choices


@pytest.mark.parametrize("function", EVERY)
def test_the_signature_shows_every_default(function: Function) -> None:
    shown = inspect.signature(function).parameters
    assert list(shown) == [argument.name for argument in function.arguments]
    for argument in function.arguments:
        if shown[argument.name].kind is not inspect.Parameter.VAR_POSITIONAL:
            assert (shown[argument.name].default is not inspect.Parameter.empty) == argument.optional
            assert not argument.optional or shown[argument.name].default == argument.default


@pytest.mark.parametrize("function", EVERY)
def test_the_example_is_a_call_of_the_function(function: Function) -> None:
    parsed = Tokenizer(function.example).items
    assert [parsed[0].value, parsed[0].subtype] == [f"{function.name}(", "OPEN"]
    assert [parsed[-1].value, parsed[-1].subtype] == [")", "CLOSE"]
    depth, separators = 0, 0
    for token in parsed:
        depth += {"OPEN": 1, "CLOSE": -1}.get(token.subtype, 0) if token.type == "FUNC" else 0
        separators += token.type == "SEP" and depth == 1
    given = 0 if len(parsed) == 2 else separators + 1
    required = sum(not argument.optional for argument in function.arguments)
    assert depth == 0
    assert required <= given <= (given if function.variadic else len(function.arguments))


@pytest.mark.parametrize("function", EVERY)
def test_every_function_names_the_sheet_that_shows_it(function: Function) -> None:
    book, separator, sheet = function.sheet.partition("/")
    assert book in TEMPLATES
    assert separator
    assert sheet


_TYPES: dict[str, type[Any]] = {
    "float": float,
    "int": int,
    "str": str,
    "dt.date": dt.date,
    "Table": Table,
    "NDArray[np.float64]": np.ndarray,
}


@pytest.mark.parametrize("function", EVERY)
def test_the_golden_answers_are_of_the_type_the_stub_promises(function: Function) -> None:
    promised = answer_type(function)
    for case in cases(function.name):
        if isinstance(case.expected, GoldenError):
            continue
        answer = function.answer(arguments(case), rows_too=True).value
        if promised.startswith("Literal"):
            assert f'"{answer}"' in promised
        else:
            assert type(answer) is _TYPES[promised], case.name
        if isinstance(answer, Table):
            assert answer.columns == function.columns
        if isinstance(answer, np.ndarray):
            assert answer.dtype == np.float64


USER_SCRIPT = """
import datetime as dt

import numpy as np
import pandas as pd

import xlsig
from xlsig import SignalError, selloff_streak

flows = [120.0, -310.0, None, -480]
sessions: int = selloff_streak(flows)
z: float = xlsig.spread_zscore(np.array([1.0, 2.0, 3.0, 5.0]), window=3, method="robust")
of_pandas: float = xlsig.selloff_pace(pd.Series([1.0, -2.0]), sessions=2)
of_cells: float = xlsig.selloff_pace([[1.0], [-2.0]], 2)
days = [dt.date(2024, 12, 17), dt.date(2024, 12, 18)]
since: dt.date = xlsig.fastest_since(days, [-2, -2], 1)
change: float = xlsig.event_change(pd.to_datetime(days), [90, 70], dt.date(2024, 12, 17), ["Z4", "Z4"])
rows: list[float] = xlsig.selloff_streak_history(flows, tolerance=1).tolist()
table = xlsig.sector_breakdown(["HC", "IT"], [-3, 2], history=[[1, 2], [-1, None]], window=2)
names: tuple[str, ...] = table.columns
state: str = xlsig.danger_state(None, -2.2, np.int64(5))
sentence: str = xlsig.explain("SELLOFF_STREAK", flows)
try:
    xlsig.trf_basis(15.5, 0, 788)
except SignalError as error:
    code: str = error.code + error.message
"""
MISTAKES = """
import xlsig

xlsig.selloff_streak("five")
xlsig.spread_zscore([1.0, 2.0], method="median")
xlsig.selloff_pace([1.0], session=5)
days: int = xlsig.fastest_months([1.0])
state: int = xlsig.danger_state(-2, -2, 5)
"""


def _mypy(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "desk.py").write_text(script, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(folder / "cache"), str(folder / "desk.py")]
    environment = {**os.environ, "MYPYPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_script_of_the_desk_is_well_typed(tmp_path: Path) -> None:
    checked = _mypy(USER_SCRIPT, tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_type_checker_finds_the_desk_s_mistakes(tmp_path: Path) -> None:
    checked = _mypy(MISTAKES, tmp_path)
    wrong_lines = {int(line.split(":")[1]) for line in checked.stdout.splitlines() if ": error:" in line}
    assert wrong_lines == {4, 5, 6, 7, 8}, checked.stdout + checked.stderr


def test_the_version_in_a_cell_is_the_installed_one() -> None:
    assert xlsig.xlsig_version() == version("xlsig")


def test_an_error_has_the_cell_s_code_and_a_sentence() -> None:
    with pytest.raises(xlsig.SignalError) as caught:
        xlsig.trf_basis(15.5, 0, 788)
    assert caught.value.code == "#NUM!"
    assert caught.value.message == "index_level must be above 0, not 0"


def test_arguments_go_by_position_or_by_name() -> None:
    assert xlsig.trf_basis(15.5, 6810.38, 788) == xlsig.trf_basis(days=788, spread=15.5, index_level=6810.38)
    with pytest.raises(TypeError, match="maturity"):
        xlsig.trf_basis(15.5, 6810.38, maturity=788)  # type: ignore[call-arg]
