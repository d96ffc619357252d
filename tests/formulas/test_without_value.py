"""Cycles, long chains, and when a formula has no value."""

from __future__ import annotations

import pytest

from tests.formulas.desk_book import answer_of, reason_of, small_desk
from xlsig.formulas import NATIVES, Evaluator, Uncomputable
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.book import Book, Formula
from xlsig.grid.contents import ErrorCell


def test_a_cell_that_waits_for_itself_is_an_error_that_shows_the_way() -> None:
    book = small_desk(A1=Formula("=B1+1"), B1=Formula("=IFERROR(C1,5)"), C1=Formula("=A1*2"), D1=Formula("=A1"), E1=Formula("=E1"))
    evaluator = Evaluator(book)
    for column in (3, 0, 1, 2, 4):
        assert evaluator.formula("Desk", 0, column) == ErrorCell("#REF!")
    answer = evaluator.formula("Desk", 0, 0)
    assert isinstance(answer, ErrorCell)
    assert "Desk!A1 → Desk!B1 → Desk!C1 → Desk!A1" in answer.message


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_cycle_is_the_same_wherever_it_is_entered(first: int) -> None:
    evaluator = Evaluator(small_desk(A1=Formula("=B1"), B1=Formula("=IFERROR(C1,5)"), C1=Formula("=A1"), D1=Formula("=IFERROR(B1,7)")))
    evaluator.formula("Desk", 0, first)
    assert [evaluator.value("Desk", 0, column) for column in range(4)] == [ErrorCell("#REF!")] * 3 + [7]


def test_a_running_total_of_five_thousand_rows_is_computed_from_its_end() -> None:
    book = Book(sheets={"Desk": {(row, 0): Formula(f"=A{row}+1") for row in range(1, 5000)}})
    assert Evaluator(book).value("Desk", 4999, 0) == 4999


def test_a_cycle_of_a_hundred_cells_is_found() -> None:
    book = Book(sheets={"Desk": {(row, 0): Formula(f"=IFERROR(A{row},1)" if row else "=A100") for row in range(100)}})
    evaluator = Evaluator(book)
    assert {evaluator.value("Desk", row, 0) for row in range(100)} == {ErrorCell("#REF!")}


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=TODAY()", "TODAY changes with every calculation"),
        ("=SUM(OFFSET(A1,1,1))", "OFFSET changes with every calculation"),
        ("=XIRR(A1:A2,A3:A4)", "XIRR is not among the functions"),
        ("=AGGREGATE(9,0,A1:A3)", "AGGREGATE is not among"),
        ("=SUBTOTAL(9,{1,2})", "SUBTOTAL of what is no reference"),
        ("=TEXTSPLIT(A1,1)", "TEXTSPLIT is not among the functions"),
        ("=LAMBDA(x,x)(1)", "cannot be read"),
        ("=_xlfn.TAKE(A1:A2,1)", "TAKE is not among"),
        ("=IF(TRUE,1,XIRR(A1,A1))", "XIRR is not among"),
        ("=A2#", "spilled range"),
        ("=[1]Desk!A1", "another workbook"),
        ("='[Book.xlsx]Desk'!A1", "another workbook"),
        ("='Desk:Data'!A1", "several sheets"),
        ("=SUM(Desk:Data!A1)", "several sheets at once"),
        ("=SUM(1:3)", "whole rows"),
        ("=SUM((A1,A2))", "unites"),
        ("=A1:A3 A2:B2", "intersects"),
        ("=nosuchname", "no name or table"),
        ("=Flows[volume]", "no column 'volume'"),
        ("=Trades[net flow]", "no table"),
        ("=Flows[#Totals]", "totals row"),
        ("=Nowhere!A1", "no sheet"),
        ("=SUM(A1:INDEX(Data!A1:A3,2))", "from one sheet to another"),
        ("=SUM(A1:limit:spread)", "from one sheet to another"),
        ("=SUM(A1:rate)", "what are no references"),
        ("=Flows[[#This Row],[#Data],[date]]", "mixes #This Row"),
        ("=Flows[[date],[twice]]", "cannot be read"),
        ("=Flows[[date]x]", "cannot be read"),
        ("=Flows[date", "not closed"),
        ("=moves", "means another cell in every cell"),
        ("=1+", "ends too early"),
        ("=SUM(1", "ends too early"),
        ("=SUM(1]", "cannot be read"),
        ("=ROUND(1)", "takes 2 to 2 arguments"),
        ("={1,2;3}", "not equally long"),
        ("=XFE1", "no name or table"),
        ("=A1048577", "beyond the sheet"),
        ('=TEXT(1,"0.000")', "format"),
        ('=DATEDIF(1,2,"md")', "before March 1900"),
        ('=DATEDIF(45000,45001,"md")', "unit"),
        ("=YEAR(0)", "before March 1900"),
        ("=INT(0.3/0.1)", "rounding limit"),
        ("=MOD(0.3,0.1)", "too close to a multiple"),
        ("=MATCH(2,{3,1,2},1)", "not in order"),
        ('="x-y"<"xy"', "depends on the language"),
        ('="1/2"+1', "may or may not be read as a number"),
        ("=0.00001&A1", "exponent"),
        ("=MATCH(A9,{1,2},0)", "a blank is looked up"),
        ("=INDEX(Data!B4:D7,2)", "a row and no column"),
        ("=SUMPRODUCT(IF(Flows[net flow]<0,1,0))", "not entered as an array formula"),
        ("=SELLOFF_STREAK(Flows[net flow]*1)", "not entered as an array formula"),
        ('=IF(TRUE,)&"x"', "left empty"),
        ("=SUMPRODUCT((A:A=1)*1)", "whole columns entry by entry"),
        ("=" + "(" * 70 + "1" + ")" * 70, "nested deeper"),
    ],
)
def test_what_is_not_certain_has_no_value(formula: str, reason: str) -> None:
    assert reason in reason_of(formula)


def test_a_cell_that_depends_on_one_without_value_has_none_either() -> None:
    book = small_desk(
        A1=Formula("=NOW()"), A2=Formula("=A1+1"), A3=Formula('=IFERROR(A2,"safe")'), A4=Formula("=SUM(A1:A9)"), A5=Formula("=1+1")
    )
    evaluator = Evaluator(book)
    for row in range(4):
        with pytest.raises(Uncomputable, match=r"^Desk!A1: NOW changes"):
            evaluator.value("Desk", row, 0)
    assert evaluator.value("Desk", 4, 0) == 2


def test_a_long_chain_of_operators_is_no_deep_nesting() -> None:
    assert answer_of("=" + "+".join(["1"] * 3000)) == 3000


def test_a_cell_without_a_formula_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="Desk!A1 holds no formula"):
        Evaluator(small_desk()).formula("Desk", 0, 0)


def test_a_number_that_no_cell_can_hold_has_no_value() -> None:
    assert "no number" in reason_of("=A1+1", A1=float("nan"))


def test_natives_and_our_functions_do_not_share_a_name() -> None:
    assert NATIVES.isdisjoint(CATALOGUE)
