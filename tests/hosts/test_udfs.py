"""The catalogue bound to xlwings, in each of its hosts: the real decorators and the real way of a call."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.udf_answers import asked
from tests.patience import PATIENCE
from xlsig.functions import golden
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import serial

ANSWERS = Path(__file__).with_name("udf_answers.py")
SERVER = {"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"}
TYPES = {
    "#DIV/0!": "Div0",
    "#N/A": "NotAvailable",
    "#NAME?": "Name",
    "#NULL!": "Null",
    "#NUM!": "Num",
    "#REF!": "Ref",
    "#VALUE!": "Value",
}


def python(*arguments: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _expected(cell: Any, host: str) -> Any:
    if isinstance(cell, tuple):
        return [[_expected(each, host) for each in row] for row in cell]
    if isinstance(cell, golden.GoldenError):
        code = cell.code if cell.code in TYPES else "#VALUE!"
        return {"type": "Error", "errorType": TYPES[code]} if host == "server" else code
    return serial(cell) if isinstance(cell, dt.date) else cell


def _same(answer: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(answer) == len(expected) and all(map(_same, answer, expected))
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(answer) is type(expected) and bool(answer == expected)
    return isinstance(answer, int | float) and math.isclose(answer, expected, rel_tol=1e-9, abs_tol=1e-12)


def wrong_answers(told: str, host: str) -> list[Any]:
    """The golden cases that are answered otherwise. A block of one cell is that cell, and the other way round."""
    answers = json.loads(told)
    cases = asked()
    assert [answer[:2] for answer in answers] == [[name, case.name] for name, case in cases]
    assert len(cases) > 500

    def rows(cells: Any) -> Any:
        return cells if isinstance(cells, list) else [[cells]]

    return [
        answer for (_, case), answer in zip(cases, answers, strict=True) if not _same(rows(answer[2]), rows(_expected(case.expected, host)))
    ]


def test_without_a_host_they_are_plain_functions() -> None:
    assert wrong_answers(python(str(ANSWERS), "plain"), "plain") == []


def test_server_and_lite_answer_every_golden_case() -> None:
    assert wrong_answers(python(str(ANSWERS), "server", **SERVER), "server") == []


def test_server_and_lite_register_every_function_with_its_texts() -> None:
    source = (
        "import json, xlsig.udfs as u; from xlwings.server import custom_functions_meta as meta; print(json.dumps(meta(u)['functions']))"
    )
    registered = {entry["name"]: entry for entry in json.loads(python("-c", source, **SERVER))}
    assert set(registered) == set(CATALOGUE)
    for name, function in CATALOGUE.items():
        assert registered[name]["id"] == name
        assert registered[name]["description"] == function.doc
        shown = registered[name]["parameters"]
        assert [parameter["name"].rstrip("_") for parameter in shown] == [argument.name for argument in function.arguments]
        assert [bool(parameter.get("optional") or parameter.get("repeating")) for parameter in shown] == [
            argument.optional for argument in function.arguments
        ]
        assert all(parameter["description"].startswith(argument.doc) for parameter, argument in zip(shown, function.arguments, strict=True))


def test_the_failing_import_of_every_cell_is_gone_on_a_server() -> None:
    source = (
        "import xlsig.udfs; from xlwings.pro import _xlofficejs as office; print(office._is_jsnull(None), office._is_jsnull.__module__)"
    )
    assert python("-c", source, **SERVER).split() == ["False", "xlsig.hosts.bindings"]


def test_a_future_xlwings_without_that_check_still_loads() -> None:
    source = "from xlwings.pro import _xlofficejs as office; del office._is_jsnull; import xlsig.udfs; print(hasattr(office, '_is_jsnull'))"
    assert python("-c", source, **SERVER).strip() == "False"


def test_an_xlwings_from_before_on_server_loads_and_answers() -> None:
    without = "import xlwings; vars(xlwings).pop('on_server', None); "
    asking = "import xlsig.udfs as udfs; print(udfs.SELLOFF_STREAK([[1.0], [-1.0], [-2.0]]))"
    assert python("-c", without + asking).strip() == "2"


def test_pyodide_before_0_28_gets_the_null_that_xlwings_looks_for() -> None:
    source = """
import sys, types
import xlwings
pyodide, ffi = types.ModuleType("pyodide"), types.ModuleType("pyodide.ffi")
pyodide.ffi = ffi
sys.modules.update({"pyodide": pyodide, "pyodide.ffi": ffi})
sys.platform = "emscripten"
import xlsig.udfs
from xlwings.utils import is_jsnull
print(is_jsnull(None), is_jsnull(ffi.JsNull()))
"""
    assert python("-c", source, **SERVER).split() == ["False", "True"]


def test_a_fault_of_ours_is_an_error_cell_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    import xlsig.udfs as udfs

    def broken(*cells: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(type(CATALOGUE["TRF_BASIS"]), "from_cells", broken)
    assert udfs.TRF_BASIS([[1.0]], [[2.0]], [[3.0]]) == "#VALUE!"


STUBBED = """
import io, sys, types
for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["pythoncom"].CoInitialize = lambda *given: None
sys.modules["pywintypes"].com_error = Exception
sys.modules["win32com.client"].Dispatch = lambda *given, **named: None
import xlwings, xlwings.udfs as classic
xlwings.func, xlwings.arg = classic.xlfunc, classic.xlarg
import xlsig.udfs
class Workbook:
    Name = "Book.xlsm"
written = io.StringIO()
classic.generate_vba_wrapper("xlsig.udfs", xlsig.udfs, written, Workbook)
print(written.getvalue())
"""


def test_classic_xlwings_writes_a_wrapper_that_vba_can_read_for_every_function() -> None:
    """With pywin32's modules stubbed, since they exist on Windows only; the calls themselves are tested under Wine."""
    written = python("-c", STUBBED)
    heads = [line for line in written.splitlines() if line.startswith("Function ")]
    assert sorted(head.split("(")[0].removeprefix("Function ") for head in heads) == sorted(CATALOGUE)
    names = {name.split()[-1].rstrip("()") for head in heads for name in head.partition("(")[2].rstrip(")").split(", ") if name}
    assert not names & {"date", "event", "function", "end", "next", "type", "string", "in", "is", "to", "with"}
    assert "Function EXPLAIN(function_, ParamArray arguments())" in heads
    assert written.count("Application.CommandBars") == len(CATALOGUE)
