"""Every golden case, through the way a spreadsheet takes: cells in, cells out."""

from __future__ import annotations

import pytest

from tests.functions.golden_cases import agrees, arguments, serial
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import FUNCTIONS, Case, GoldenError, cases, parse
from xlsig.grid.contents import ErrorCell

EVERY = [pytest.param(name, case, id=f"{name}: {case.name}") for name in FUNCTIONS for case in cases(name)]


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_the_function_answers_as_the_golden_case_says(name: str, case: Case) -> None:
    got = CATALOGUE[name].from_cells(*arguments(case))
    assert agrees(case, got), f"expected {case.expected}, got {got}; source: {case.source}"


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_every_function_has_golden_cases_with_a_source(name: str) -> None:
    assert name in FUNCTIONS
    known = cases(name)
    assert len(known) >= 2
    assert all(case.source.strip() for case in known)
    assert len({case.name for case in known}) == len(known)


def test_no_golden_file_is_left_of_a_function_that_went() -> None:
    assert set(FUNCTIONS) <= set(CATALOGUE)


def test_a_wrong_number_does_not_agree() -> None:
    case = Case("two", (), 2, "by hand")
    assert agrees(case, 2.0)
    assert not agrees(case, 2.00001)
    assert not agrees(case, True)
    assert not agrees(case, "2")
    assert not agrees(case, [[2], [2]])
    assert not agrees(case, ErrorCell("#N/A"))


def test_an_error_agrees_by_its_code_alone() -> None:
    case = Case("unknown", (), GoldenError("#N/A"), "by hand")
    assert agrees(case, ErrorCell("#N/A", "the last session has no net flow"))
    assert not agrees(case, ErrorCell("#VALUE!"))


def test_the_report_s_friday_as_excel_counts() -> None:
    dated = 'case,arguments,expected,source\nday,"[{""date"": ""2025-01-03""}, null]","{""error"": ""#NUM!""}",by hand\n'
    (case,) = parse(dated, "DAY.csv")
    assert arguments(case) == [45660, None]
    assert serial(case.arguments[0]) == 45660  # type: ignore[arg-type]
    assert case.expected == GoldenError("#NUM!")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("case,arguments,source\n", "header"),
        ("case,arguments,expected,source\na,[1],2\n", "row 2"),
        ("case,arguments,expected,source\na,[1,2,3,by hand\n", "row 2"),
        ('case,arguments,expected,source\na,"[[[1,2],[3]]]",0,by hand\n', "rectangle"),
        ('case,arguments,expected,source\na,"[{""day"": 1}]",0,by hand\n', "not a cell"),
    ],
)
def test_a_broken_golden_file_is_named_with_its_row(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as caught:
        parse(text, "BROKEN.csv")
    assert "BROKEN.csv" in str(caught.value)
