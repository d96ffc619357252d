"""Numbers as files write them: what is written by a rule is read back by it, and refused with the rule that reads it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsig.frames.columns import Column
from xlsig.frames.marks import Unclear, decimal_mark, in_unit, number
from xlsig.frames.readings import CellError, Reading

CENTS = st.integers(-(10**11), 10**11)
THOUSANDS = {".": ",", ",": ".", "'": ".", " ": ","}
"""Each thousands mark with a decimal mark that goes with it."""


def written(cents: int, thousands: str, brackets: bool, percent: bool) -> str:
    """A number of cents in full, by hand: its digits in threes."""
    digits, rest = str(abs(cents) // 100), f"{abs(cents) % 100:02}"
    groups = []
    while digits:
        groups.insert(0, digits[-3:])
        digits = digits[:-3]
    body = thousands.join(groups) + THOUSANDS.get(thousands, ".") + rest + ("%" if percent else "")
    return body if cents >= 0 else f"({body})" if brackets else f"-{body}"


@given(CENTS, st.sampled_from(["", *THOUSANDS]), st.booleans(), st.booleans())
def test_a_number_is_read_as_it_is_written_when_the_way_is_declared(cents, thousands, brackets, percent):
    reading = Reading(True, decimal=THOUSANDS.get(thousands, "."), thousands=thousands, brackets=brackets, percent=percent)
    assert number(written(cents, thousands, brackets, percent), reading) == cents / 100


@given(CENTS, st.sampled_from(["", *THOUSANDS]), st.booleans(), st.booleans())
def test_what_is_refused_is_read_by_the_settings_that_the_refusal_names(cents, thousands, brackets, percent):
    text = written(cents, thousands, brackets, percent)
    settings = named_by(text, Reading(True, decimal=THOUSANDS.get(thousands, ".")))
    reading = Reading(
        True,
        decimal=THOUSANDS.get(thousands, "."),
        thousands=settings.get("thousands", ""),
        brackets="negatives" in settings,
        percent="percent" in settings,
    )
    assert number(text, reading) == cents / 100


def named_by(text, reading):
    """The settings that the refusal of a number names; none if it is read."""
    try:
        number(text, reading)
    except CellError as refused:
        return refused.settings
    return {}


@pytest.mark.parametrize(
    "text", ["12,34", "1,2345", "1,,234", ",123", "1,23,456", "(1", "1)", "(-1)", "--1", "1 2", "%", "()", "1.2.3", "$5"]
)
def test_what_is_no_number_by_the_declared_marks_is_refused(text):
    with pytest.raises(CellError):
        number(text, Reading(True, thousands=",", brackets=True, percent=True))


@pytest.mark.parametrize(
    ("text", "value"),
    [("−1.5", -1.5), ("(1.5%)", -1.5), ("(1.5)%", -1.5), ("1.5 %", 1.5), ("+2", 2), (".5", 0.5), ("1e3", 1000), ("007", 7)],
)
def test_other_ways_to_write_a_number(text, value):
    assert number(text, Reading(True, thousands=",", brackets=True, percent=True)) == value


@pytest.mark.parametrize(
    ("column", "declared", "cell", "value"),
    [
        ("decimal", "percent", "4.35", 0.0435),
        ("decimal", "percent", "4.35%", 0.0435),
        ("decimal", "decimal", "4.35%", 0.0435),
        ("decimal", "bp", "435", 0.0435),
        ("bp", "bp", "1.5", 1.5),
        ("bp", "percent", "1.5", 150),
        ("bp", "bp", "1.5%", 150),
        ("bp", "decimal", "0.015", 150),
        ("", "", "1.5%", 0.015),
    ],
)
def test_a_percent_sign_is_the_unit_of_its_cell_and_the_declared_unit_that_of_all_others(column, declared, cell, value):
    factors = {("decimal", "percent"): 0.01, ("decimal", "bp"): 0.0001, ("bp", "percent"): 100.0, ("bp", "decimal"): 10_000.0}
    reading = Reading(True, percent=True, factors={column: factors.get((column, declared), 1.0)})
    assert in_unit(Column("x", "number", unit=column), reading)(cell) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("cells", "comma", "mark"),
    [
        (["1.5"], True, "."),
        (["1,5"], False, ","),
        (["1.234"], True, "."),
        (["1.234", "99"], True, "."),
        (["0.123", "250"], True, "."),
        (["1.234", "250", "1.5"], True, "."),
        (["1.234.567", "250"], True, ","),
        (["1,234.5"], False, "."),
        (["1.234,5", "1.234"], False, ","),
        (["(1.234,5)", "7"], False, ","),
        (["12", "345"], False, "."),
        ([], True, "."),
    ],
)
def test_a_mark_that_is_shown(cells, comma, mark):
    assert decimal_mark([cells], comma) == mark


@pytest.mark.parametrize(
    ("cells", "comma", "thousands"),
    [(["1.234", "250"], True, True), (["19.569", "830", "7"], True, True), (["1,234"], False, False), (["1.234", "500"], False, True)],
)
def test_a_mark_that_is_not_shown(cells, comma, thousands):
    found = decimal_mark([cells], comma)
    assert isinstance(found, Unclear)
    assert (found.number, found.rather_thousands) == (cells[0], thousands)


def test_all_rows_are_looked_at_before_a_mark_is_called_unclear():
    cells = ["1.234", "250"] * 2000
    assert isinstance(decimal_mark([cells], True), Unclear)
    assert decimal_mark([[*cells, "1.5"]], True) == "."
    assert isinstance(decimal_mark([["1.234"] * 2000, ["5"] * 1999 + ["250"]], True), Unclear)


def test_infinity_is_no_number():
    with pytest.raises(CellError, match="not a finite number"):
        number(math.inf, Reading())
    with pytest.raises(CellError, match="not a finite number"):
        number("1e999", Reading(True))
