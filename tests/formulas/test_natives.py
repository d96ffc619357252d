"""The edges of Excel's functions: what they refuse, and what Calc cannot be asked."""

from __future__ import annotations

import pytest

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.grid.book import Book, Formula
from xlsig.grid.contents import CellResult, ErrorCell

NA, VALUE, NUM = ErrorCell("#N/A"), ErrorCell("#VALUE!"), ErrorCell("#NUM!")
DIV0, REF = ErrorCell("#DIV/0!"), ErrorCell("#REF!")


def _answer(text: str, *, array: bool = False) -> CellResult:
    """A1:A6 hold 4, text, a blank, TRUE, 2.5 and #N/A; B1:B3 hold 1, 2 and 3."""
    cells = {(0, 0): 4, (1, 0): "Tech", (3, 0): True, (4, 0): 2.5, (5, 0): NA, (0, 1): 1, (1, 1): 2, (2, 1): 3}
    book = Book(sheets={"Desk": {**cells, (0, 25): Formula(text, (9, 9) if array else None)}})
    return Evaluator(book).formula("Desk", 0, 25)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=COUNT("x",1)', 1),
        ("=COUNT(NA(),2)", 1),
        ("=COUNTA(NA())", 1),
        ("=AVERAGE(A2:A4)", DIV0),
        ("=AND(A2:A3)", VALUE),
        ("=OR(A1:A6)", NA),
        ("=OR(A1:A5)", True),
        ("=MEDIAN(A2:A4)", NUM),
        ("=LARGE(A1:A5,3)", NUM),
        ("=STDEV(A1:A6)", NA),
        ("=SUMPRODUCT(NA(),1)", NA),
        ("=SUMPRODUCT(A1:A6)", NA),
        ("=SUMPRODUCT(B1:B3,A1:A3)", 4),
        ("=SUMPRODUCT(5)", 5),
        ("=SUMPRODUCT(B:B,A:A)", NA),
        ("=SUMPRODUCT(B:B,B:B)", 14),
        ("=IF(A6,1,2)", NA),
        ("=CHOOSE(NA(),1)", NA),
        ("=CHOOSE(1,,2)", 0),
        ("=INDEX(A6,1)", NA),
        ("=INDEX(NA(),1)", NA),
        ("=INDEX(7,1)", 7),
        ("=INDEX(7,2)", REF),
        ("=INDEX(B1:B3,1,1,1)", 1),
        ('=INDEX(B1:B3,"x")', VALUE),
        ("=ROWS(NA())", NA),
        ("=ROWS(3)", 1),
        ("=MATCH(NA(),B1:B3,0)", NA),
        ("=MATCH(1,NA(),0)", NA),
        ("=MATCH(1,A1:B3,0)", NA),
        ("=MATCH(0,B1:B3)", NA),
        ('=MATCH("te~ch",A1:A3,0)', NA),
        ('=MATCH("tec?",A1:A3,0)', 2),
        ("=MATCH(TRUE,A1:A6,0)", 4),
        ("=VLOOKUP(2,B1:B3,1)", 2),
        ("=VLOOKUP(2,B1:B3,2)", REF),
        ("=VLOOKUP(2,B1:B3,0)", VALUE),
        ("=HLOOKUP(1,B:B,9,FALSE)", 0),
        ("=COUNTIF(A1:A6,TRUE)", 1),
        ('=COUNTIF(A1:A6,"<3")', 1),
        ("=COUNTIF(A:A,TRUE)", 1),
        ('=COUNTIF(A:A,"")', 1048576 - 5),
        ('=SUMIF(A1:A6,"<>x",A1:A6)', NA),
        ('=SUMIF(A:A,"Tech",B:B)', 2),
        ('=SUMIF(A1:A3,"",B1:B3)', 3),
        ("=ROUND(A2,0)", VALUE),
        ("=LEFT(NA(),1)", NA),
        ('=REPT("ab",20000)', VALUE),
        ('=REPT("a",32767)&"b"', VALUE),
        ('=SUBSTITUTE("aa","","x",1)', "aa"),
        ("=DATE(25,1,3)", 9135),
        ("=DATE(9999,12,32)", NUM),
        ("=DATE(2025,-30000,1)", NUM),
        ("=EDATE(TRUE,1)", VALUE),
        ("=EDATE(45000,1E6)", NUM),
        ("=WEEKDAY(45000,4)", NUM),
        ("=YEAR(3000000)", NUM),
        ('=DATEDIF(45001,45000,"d")', NUM),
        ("=MOD(5.5,2)", 1.5),
        ("=1E200*1E200", NUM),
        ("=EXP(800)", NUM),
        ("=SUM(1E308,1E308)", NUM),
        ('=TEXT(-0.2,"0")', "0"),
        ('=TEXT("5","0.0")', "5.0"),
        ('=TEXT(" ","0")', " "),
        ('="8 of 11 sold"+1', VALUE),
        ("=A3=FALSE", True),
        ('="b">"ab"', True),
        ('="ab"<"abc"', True),
        ('=TRUE="TRUE"', False),
        ("=NOT(A2)", VALUE),
        ("=VALUE(A3)", 0),
        ("=AND(,1)", False),
    ],
)
def test_edges_are_excels(formula: str, value: CellResult) -> None:
    answer = _answer(formula)
    assert answer == value
    assert isinstance(answer, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("formula", "block"),
    [
        ("=A1:B3", [[4, 1], ["Tech", 2], [0, 3]]),
        ("=ROW(A1:A3)", [[1], [2], [3]]),
        ("=COLUMN(A1:C1)", [[1, 2, 3]]),
        ("=INDEX(A1:B3,2,0)", [["Tech", 2]]),
        ("=INDEX({1,2;3,4},0,2)", [[2], [4]]),
        ("=IF(B1:B3>1,B1:B3)", [[False], [2], [3]]),
        ("=IF(B1:B3=A3,1,0)", [[0], [0], [0]]),
        ("=IFERROR(A5:A6,0)", [[2.5], [0]]),
        ("=MATCH({1;5},B1:B3,0)", [[1], [NA]]),
        ("={1,2}+{1;2;3}", [[2, 3], [3, 4], [4, 5]]),
        ("={1,2,3}+{1,2}", [[2, 4, NA]]),
        ("={1;2;3}+{1;2}", [[2], [4], [NA]]),
        ('=LEFT({"abc","de"},2)', [["ab", "de"]]),
        ("=-B1:B2%", [[-0.01], [-0.02]]),
        ('={-1,+2;"a",#N/A}', [[-1, 2], ["a", NA]]),
    ],
)
def test_arrays_are_excels(formula: str, block: CellResult) -> None:
    assert _answer(formula, array=True) == block


@pytest.mark.parametrize(
    "formula",
    [
        "=COUNTBLANK(5)",
        "=COUNTIF(5,5)",
        "=SUMIF({1,2},1)",
        "=COUNTIF(A1:A6,A3)",
        "=COUNTIF(A1:A6,NA())",
        '=COUNTIF(A1:A6,"#N/A")',
        '=COUNTIF(A1:A6,">")',
        '=COUNTIF(A1:A6,">Tech")',
        '=COUNTIF(A1:A6,"1/2")',
        '=SUMPRODUCT("x")',
        "=LARGE(B1:B3,1.5)",
        "=MATCH(1,5,0)",
        "=MATCH(0.3,{0,0.30000000000000004},0)",
        "=MATCH(2,{3,2,2},-1)",
        '=MATCH(2,{3,2,"x"},-1)',
        "=INDEX(B1:B3*2,1)",
        "=INDEX(B1:B3,1,1,2)",
        "=INDEX(B1:B3,{1,2})",
        "=ROW(5)",
        "=ROW(A1:A3)+0",
        "=CHOOSE(B1:INDEX(B1:B3,1)+{1,2},1,2,3)",
        '=IF("true",1,2)',
        '=AND("TRUE",TRUE)',
        "=LEFT(\"a\",-0.5)",
        "=LEN(\"\U0001f4c8\")",
        '=UPPER("ß")',
        "=TEXT(TRUE,\"0\")",
        "=TEXT(1,\"mmm\")",
        "=1E+15&A1",
        "=ROUND(1,400)",
        "=ROUND(2.4999999999999996,0)",
        "=MOD(1E300,3)",
        "=A1:5",
        "=A1:(3+4)",
        "=Desk!5",
        "=5 5",
        "=(1,2)",
        "={A1}",
        "={-\"a\"}",
        "={1,2",
        "={1 2}",
        "=SUMPRODUCT(IFERROR(B1:B3,0))",
        "=\"é\"<\"z\"",
        '=MATCH(REPT("a",300),A1:A6,0)',
    ],
)  # fmt: skip
def test_edges_where_spreadsheets_differ_have_no_value(formula: str) -> None:
    with pytest.raises(Uncomputable):
        _answer(formula)
