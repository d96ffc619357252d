"""Which rows a table's filter hides once the data are new."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tests.ooxml.packing import MAIN
from xlsig.ooxml.filters import hidden_rows, with_visibility


def hidden(condition: str, values: list[Any]) -> list[bool] | str:
    """Which of these values a condition hides; "taken off" where that cannot be told."""
    xml = f'<autoFilter xmlns="{MAIN}" ref="A1:A9"><filterColumn colId="0">{condition}</filterColumn></autoFilter>'
    hides, untold = hidden_rows(etree.fromstring(xml), [0])
    return "taken off" if untold else [hides((value,)) for value in values]


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ('<filters><filter val="Energy"/></filters>', ["energy", "Utilities", None, 5], [False, True, True, True]),
        ('<filters blank="1"><filter val="5"/></filters>', [5.0, None, 5.5, True], [False, False, True, True]),
        ('<filters><filter val="TRUE"/></filters>', [True, False], [False, True]),
        (
            '<filters><dateGroupItem year="2025" month="1" dateTimeGrouping="month"/></filters>',
            [45660, 45688.5, 45689, "text"],
            [False, False, True, True],
        ),
        ('<filters><dateGroupItem year="2025" month="1" day="3" hour="7" dateTimeGrouping="hour"/></filters>', [], "taken off"),
        ('<customFilters><customFilter operator="lessThan" val="0"/></customFilters>', [-1, 0, "text", None], [False, True, True, True]),
        (
            '<customFilters and="1"><customFilter operator="greaterThanOrEqual" val="1"/>'
            '<customFilter operator="notEqual" val="3"/></customFilters>',
            [0.5, 1, 3, 4],
            [True, False, True, False],
        ),
        (
            '<customFilters><customFilter val="En*"/><customFilter operator="equal" val="?tilities"/></customFilters>',
            ["energy", "Utilities", "Tech"],
            [False, False, True],
        ),
        ('<customFilters><customFilter operator="notEqual" val="*x*"/></customFilters>', ["axb", "ab", None], [True, False, False]),
        ('<customFilters><customFilter operator="greaterThan" val="M"/></customFilters>', [], "taken off"),
        ('<top10 val="3"/>', [], "taken off"),
        ('<dynamicFilter type="today"/>', [], "taken off"),
    ],
)
def test_a_condition_hides_what_it_hides_in_excel(condition: str, values: list[Any], expected: list[bool] | str) -> None:
    assert hidden(condition, values) == expected


def test_a_row_must_pass_every_condition() -> None:
    one = '<filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn>'
    two = '<filterColumn colId="1"><customFilters><customFilter operator="greaterThan" val="0"/></customFilters></filterColumn>'
    hides, untold = hidden_rows(etree.fromstring(f'<autoFilter xmlns="{MAIN}">{one}{two}</autoFilter>'), [1, 0])
    assert untold == []
    assert [hides(row) for row in ((1.0, "a"), (-1.0, "a"), (1.0, "b"))] == [False, True, True]


def test_a_condition_on_a_calculated_column_cannot_be_told() -> None:
    one = '<filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn>'
    assert len(hidden_rows(etree.fromstring(f'<autoFilter xmlns="{MAIN}">{one}</autoFilter>'), [None])[1]) == 1


def test_a_row_is_shown_and_hidden_again() -> None:
    assert with_visibility(b'<row r="2" hidden="1" ht="9">', False) == b'<row r="2" ht="9">'
    assert with_visibility(b'<row r="2">', True) == b'<row r="2" hidden="1">'
