"""The add-in's VBA in LibreOffice, which reads VBA projects and runs what needs no object of Excel.

An error value of VBA arrives as nothing there.
"""

from __future__ import annotations

from typing import Any

import pytest

from checks.typing_office import TypingOffice
from xlsig.hosts.excel.addin import build_addin, modules
from xlsig.hosts.excel.contract import OMITTED


@pytest.fixture(scope="module")
def office(bare_calc: TypingOffice, tmp_path_factory: pytest.TempPathFactory) -> TypingOffice:
    path = tmp_path_factory.mktemp("addin") / "xlsig.xlam"
    build_addin(path)
    bare_calc.tell("open", path=str(path), macros=True)
    assert sorted(bare_calc.tell("modules")) == sorted(module.name for module in modules())
    return bare_calc


@pytest.mark.parametrize(
    ("module", "function", "arguments", "returned"),
    [
        pytest.param("XlsigAnswers", "XlsigAnswer", [2.5], 2.5, id="a number is itself"),
        pytest.param("XlsigAnswers", "XlsigAnswer", ["rising"], "rising", id="a text is itself"),
        pytest.param("XlsigAnswers", "XlsigAnswer", [7], 7, id="an integer beyond the errors is itself"),
        pytest.param("XlsigAnswers", "XlsigAnswer", [-2146826246], None, id="the number of #N/A is an error"),
        pytest.param("XlsigArguments", "XlsigArgument", [], OMITTED, id="what is omitted is marked"),
        pytest.param("XlsigArguments", "XlsigArgument", [[[1.0], [2.0]]], [[1.0], [2.0]], id="a computed block is itself"),
        pytest.param("XlsigArguments", "XlsigGiven", [[1.5, "a", OMITTED, OMITTED]], [1.5, "a"], id="omitted ends are left off"),
        pytest.param("XlsigFunctions", "XLSIG_VERSION", [], None, id="without the server the answer is an error"),
    ],
)
def test_libreoffice_evaluates_what_is_pure_vba(
    office: TypingOffice, module: str, function: str, arguments: list[Any], returned: Any
) -> None:
    assert office.tell("macro", module=module, function=function, arguments=arguments) == returned
