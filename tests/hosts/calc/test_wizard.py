"""The Function Wizard and typing: every function under its short name, with its help."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from checks.typing_office import TypingOffice
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import GoldenError, cases
from xlsig.grid.contents import ErrorCell, serial
from xlsig.hosts.calc.signatures import ANY, methods


@pytest.fixture(scope="module")
def shown(running: TypingOffice) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in running.tell("functions")}


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_the_wizard_shows_a_function_with_its_arguments(name: str, shown: dict[str, dict[str, Any]]) -> None:
    (method,) = (each for each in methods() if each.name == name)
    function, entry = CATALOGUE[name], shown[name]
    assert entry["doc"] == f"{function.category}: {function.doc}"
    assert [each["name"] for each in entry["arguments"]] == [parameter.name for parameter in method.parameters]
    assert [each["doc"] for each in entry["arguments"]] == [parameter.doc for parameter in method.parameters]
    optional = {argument.name for argument in function.arguments if argument.optional}
    assert optional <= {each["name"] for each in entry["arguments"] if each["optional"]} or function.variadic
    assert all(each["optional"] == (parameter.type == ANY) for each, parameter in zip(entry["arguments"], method.parameters, strict=True))


def test_each_function_is_listed_once_and_what_xlsig_puts_in_its_place_elsewhere(running: TypingOffice) -> None:
    entries = running.tell("functions")
    (add_in,) = {entry["category"] for entry in entries if entry["name"] in CATALOGUE}
    ours = {method.shown for method in methods()}
    assert sorted(entry["name"] for entry in entries if entry["name"] in CATALOGUE) == sorted(CATALOGUE)
    assert {entry["name"] for entry in entries if entry["category"] == add_in} & ours == set(CATALOGUE)
    assert {name for name in ours - set(CATALOGUE) if not name.startswith("XLSIG.")} == {"_"}


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_a_function_typed_by_its_short_name_computes(name: str, office: TypingOffice) -> None:
    function, case = CATALOGUE[name], cases(name)[0]
    column, spelled = 30, []
    for argument in case.arguments:
        rows = argument if isinstance(argument, tuple) else ((argument,),)
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                place = xl_rowcol_to_cell(down, column + across)
                if isinstance(cell, GoldenError):
                    office.type(place, {"#N/A": "=NA()", "#DIV/0!": "=1/0"}[cell.code])
                elif cell is not None:
                    office.put(place, serial(cell) if isinstance(cell, dt.date) else cell)
        spelled.append("" if argument is None else xl_range(0, column, len(rows) - 1, column + len(rows[0]) - 1))
        column += len(rows[0]) + 1
    expected = case.expected[0][0] if isinstance(case.expected, tuple) else case.expected
    office.type("A1", f"={name.lower()}({','.join(spelled)})")
    answer = office.value("A1")
    if isinstance(expected, GoldenError):
        assert answer == ErrorCell(expected.code)
    elif isinstance(expected, int | float):
        assert answer == pytest.approx(expected, rel=1e-9)
    else:
        assert answer == (serial(expected) if isinstance(expected, dt.date) else expected)
    assert office.tell("formula", area="A1")[1].startswith(f"={name}(")
    assert function.name in office.tell("formula", area="A1")[0]
