"""Formulas entered through Calc's user interface by short name: whatever the arguments are, they compute as in Python."""

from __future__ import annotations

from typing import Any

import pytest

from checks.typing_office import TypingOffice
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import ErrorCell
from xlsig.hosts.calc.calls import full

FLOWS = [5.0, -3.0, None, -2.5, -9.0, -1.5]
LABELS = ["DEC", "DEC", "DEC", "MAR", "MAR", "MAR"]
FILLED = [each or 0.0 for each in FLOWS]
SPREADS = [40.0, 42.0, 45.0, 61.0, 60.0, 63.0]
ROLLED = CATALOGUE["ROLL_ADJUSTED"].from_cells([[each] for each in SPREADS], [[each] for each in LABELS])
COLUMN = [[each] for each in FLOWS]
NOTHING = [[None]] * 6


@pytest.fixture
def filled(office: TypingOffice) -> TypingOffice:
    office.tell("fill", area="A1:B6", rows=[[flow, label] for flow, label in zip(FILLED, LABELS, strict=True)])
    office.put("A3", None)
    office.tell("fill", area="D1:D6", rows=[[spread] for spread in SPREADS])
    office.type("C1", "=NA()")
    office.type("C2", "=1/0")
    office.tell("define", name="limit", content="-2.5")
    return office


@pytest.mark.parametrize(
    ("typed", "function", "arguments"),
    [
        ("SELLOFF_STREAK(A1:A6)", "SELLOFF_STREAK", [COLUMN]),
        ("SELLOFF_STREAK(FLOW_SHARES(A4:A6))", "SELLOFF_STREAK", [[[2.5 / 13], [9 / 13], [1.5 / 13]]]),
        ("SELLOFF_STREAK(-5)", "SELLOFF_STREAK", [-5.0]),
        ("SELLOFF_STREAK({5;-3;-2})", "SELLOFF_STREAK", [[[5.0], [-3.0], [-2.0]]]),
        ("SELLOFF_STREAK(E1:E6)", "SELLOFF_STREAK", [NOTHING]),
        ("SELLOFF_STREAK(C1:C2)", "SELLOFF_STREAK", [[[ErrorCell("#N/A")], [ErrorCell("#DIV/0!")]]]),
        ("SPREAD_CHANGE(ROLL_ADJUSTED(D1:D6;B1:B6);2)", "SPREAD_CHANGE", [ROLLED, 2.0]),
        ("SPREAD_ZSCORE(ROLL_ADJUSTED(D1:D6;B1:B6);3)", "SPREAD_ZSCORE", [ROLLED, 3.0]),
        ('SPREAD_ZSCORE(A1:A6;3;"robust")', "SPREAD_ZSCORE", [COLUMN, 3.0, "robust"]),
        ("DANGER_STATE(-3;-3;5)", "DANGER_STATE", [-3.0, -3.0, 5.0]),
        ("DANGER_STATE(A4;E1;5)", "DANGER_STATE", [-2.5, None, 5.0]),
        ("DANGER_STATE(A4;E1;A1)", "DANGER_STATE", [-2.5, None, 5.0]),
        ("DANGER_STATE(E1;-2.2;5)", "DANGER_STATE", [None, -2.2, 5.0]),
        ("DANGER_STATE(C1;-2.2;5)", "DANGER_STATE", [ErrorCell("#N/A"), -2.2, 5.0]),
        ("DANGER_STATE(-3;-2.2;5;limit)", "DANGER_STATE", [-3.0, -2.2, 5.0, -2.5]),
        ("DANGER_STATE(-3;limit;A1)", "DANGER_STATE", [-3.0, -2.5, 5.0]),
        ("FINANCING_SPREAD(6000;6065;88;E1)", "FINANCING_SPREAD", [6000.0, 6065.0, 88.0, None]),
        ("FINANCING_SPREAD(6000;6065;88;0.04;E1)", "FINANCING_SPREAD", [6000.0, 6065.0, 88.0, 0.04, None]),
        ('EXPLAIN("DANGER_STATE";-3;E1;A1)', "EXPLAIN", ["DANGER_STATE", -3.0, None, 5.0]),
        ("TRF_BASIS(E1;E2;E3)", "TRF_BASIS", [None, None, None]),
        ("TRF_BASIS(15.5;6810.38;788)", "TRF_BASIS", [15.5, 6810.38, 788.0]),
        ('EXPLAIN("SELLOFF_STREAK";A1:A6)', "EXPLAIN", ["SELLOFF_STREAK", COLUMN]),
        ('EXPLAIN("SELLOFF_STREAK";C1:C2)', "EXPLAIN", ["SELLOFF_STREAK", [[ErrorCell("#N/A")], [ErrorCell("#DIV/0!")]]]),
    ],
)
def test_an_entered_formula_computes_whatever_its_arguments_are(
    typed: str, function: str, arguments: list[Any], filled: TypingOffice
) -> None:
    _, calc = filled.enter("H1", f"={typed}")
    python = CATALOGUE[function].from_cells(*arguments)
    assert calc == (pytest.approx(python) if isinstance(python, float | int) else python)


def test_a_call_inside_other_functions_is_found(filled: TypingOffice) -> None:
    assert filled.enter("H1", '=IF(SPREAD_CHANGE(ROLL_ADJUSTED(D1:D6;B1:B6);1)>0;"wider";SUM(A1:A2))')[1] == "wider"


def test_a_computed_series_with_an_error_in_it_never_reaches_us(filled: TypingOffice) -> None:
    filled.tell("put", area="I1:I6", content={"array": "=XLSIG.ROLL_ADJUSTED(A1:A6;B1:B6)"})
    filled.type("J1", "=SPREAD_CHANGE(I1:I6,2)")
    assert filled.value("J1") == 1
    assert filled.enter("H1", "=SPREAD_CHANGE(ROLL_ADJUSTED(A1:A6;B1:B6);2)")[1] == ErrorCell("#N/A")


SHOWN = ["SELLOFF_STREAK(A1:A6)", "DANGER_STATE(A1;A2;A3)", 'SPREAD_ZSCORE(A1:A6;3;"robust")', "TRF_BASIS(15.5;6810.38;788)"]


@pytest.mark.parametrize("typed", SHOWN)
def test_the_formula_bar_shows_what_was_typed(typed: str, filled: TypingOffice) -> None:
    filled.tell("put", area="H1", content={"formula": f"=XLSIG.{typed}"})
    assert filled.tell("formula", area="H1")[1] == f"={typed.replace(';', ',')}"


def test_cells_beside_constants_keep_the_name_of_the_function(filled: TypingOffice) -> None:
    filled.tell("put", area="H1", content={"formula": full("=FINANCING_SPREAD(6000;6065;88;E1)")})
    assert filled.tell("formula", area="H1")[1] == "=FINANCING_SPREAD(6000,6065,88,_(E1))"


def test_undo_takes_back_what_was_entered_in_one_step(filled: TypingOffice) -> None:
    assert filled.enter("H1", "=A1+1", "=DANGER_STATE(-3;-3;5)", undone=1) == ("=A1+1", 6)


@pytest.mark.parametrize("text", ["=SUM(A1:A6)", "SELLOFF_STREAK(-A1:A6)"])
def test_formulas_and_texts_of_others_are_left_alone(text: str, filled: TypingOffice) -> None:
    assert filled.enter("H1", text)[0] == text


def _sellers(filled: TypingOffice) -> None:
    filled.tell("fill", area="K1:M3", rows=[["a", 5.0, 45659.0], ["b", -3.0, 45660.0], ["c", -4.0, 45661.0]])


def test_a_table_fills_its_block_when_the_offer_is_taken(filled: TypingOffice) -> None:
    _sellers(filled)
    formula, seen = filled.tell("enter", area="H1", texts=["=TOP_SELLERS(K1:K3;L1:L3;2)"], filled=True, seen="H1:I3")
    assert formula == "{=XLSIG.TOP_SELLERS(K1:K3;L1:L3;2)}"
    assert [[value for _, value, _ in row] for row in seen] == [["name", "flow"], ["c", -4], ["b", -3]]


def test_a_table_fills_no_cell_that_holds_something(filled: TypingOffice) -> None:
    _sellers(filled)
    filled.put("I2", "mine")
    formula, seen = filled.tell("enter", area="H1", texts=["=TOP_SELLERS(K1:K3;L1:L3;2)"], filled=True, seen="H1:I3")
    assert formula == "=XLSIG.TOP_SELLERS(K1:K3;L1:L3;2)"
    assert [value for _, value, _ in seen[1]] == [None, "mine"]


def test_days_are_shown_as_days(filled: TypingOffice) -> None:
    _sellers(filled)
    _, seen = filled.tell("enter", area="H1", texts=["=FASTEST_SINCE(M1:M3;L1:L3;1)"])
    assert seen[0][0][2] == "01/02/25"


def test_days_of_a_table_are_shown_as_days(filled: TypingOffice) -> None:
    _sellers(filled)
    _, seen = filled.tell("enter", area="H1", texts=["=EPISODES(M1:M3;{1;1;1};1)"], filled=True, seen="H1:J2")
    assert [shown for _, _, shown in seen[1]] == ["01/02/25", "01/04/25", "3"]


def test_a_format_of_ones_own_stays(filled: TypingOffice) -> None:
    _sellers(filled)
    filled.tell("form", area="H1", code="YYYY-MM-DD")
    _, seen = filled.tell("enter", area="H1", texts=["=FASTEST_SINCE(M1:M3;L1:L3;1)"])
    assert seen[0][0][2] == "2025-01-02"
