"""What formulas mean: precedence, references, spills, cycles, and when there is no value."""

from __future__ import annotations

import datetime as dt

import pytest

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.cells import CellResult, ErrorCell
from xlsig.workbooks.formulas import NATIVES, Evaluator, Uncomputable
from xlsig.workbooks.model import Book, Content, Formula, TableBlock

NETS = (2.0, -1.0, -3.0, -4.0)


def _book(**cells: Content) -> Book:
    """A sheet Desk with these cells, and the table Flows on the sheet Data, its header in B3."""
    book = Book(sheets={"Desk": {}}, names={"limit": "Settings!$A$1", "rate": "=0.05", "spread": "=limit*rate", "moves": "Settings!A1"})
    book.sheets["Settings"] = {(0, 0): 4}
    book.names["XYZ1"] = "2"
    for name, content in cells.items():
        book.sheets["Desk"][int(name[1:]) - 1, ord(name[0]) - 65] = content
    days = [dt.date(2025, 1, 2) + dt.timedelta(days=at) for at in range(4)]
    rows = tuple((day, net, Formula("=Flows[[#This Row],[net flow]]*2")) for day, net in zip(days, NETS, strict=True))
    book.add_table(TableBlock("Flows", "Data", 2, 1, ("date", "net flow", "twice"), rows))
    return book


def _answer(text: str, spill: tuple[int, int] | None = None, **cells: Content) -> CellResult:
    return Evaluator(_book(Z1=Formula(text, spill), **cells)).formula("Desk", 0, 25)


def _reason(text: str, spill: tuple[int, int] | None = None, **cells: Content) -> str:
    with pytest.raises(Uncomputable) as caught:
        _answer(text, spill, **cells)
    return caught.value.reason


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=5+2*3", 11),
        ("=(5+2)*3", 21),
        ("=-2^2", 4),
        ("=0-2^2", -4),
        ("=2^3^2", 64),
        ("=2^-1", 0.5),
        ("=--3", 3),
        ("=50%^2", 0.25),
        ("=-10%", -0.1),
        ("=200%%", 0.02),
        ("=8/4/2", 1),
        ("=8-4-2", 2),
        ("=8/4*2", 4),
        ("=1+2&3+4", "37"),
        ('="a"&1=1&"a"', False),
        ("=1+1=2", True),
        ("=2>1=TRUE", True),
        ("=1<2<3", False),
        ("=3-2>=1", True),
        ("=+5", 5),
        ("= 1 +\n2 ", 3),
        ("=1.5E3+.5", 1500.5),
        ('="say ""hi"""', 'say "hi"'),
        ("=true", True),
        ("=#N/A", ErrorCell("#N/A")),
    ],
)
def test_operators_bind_as_in_excel(formula: str, value: CellResult) -> None:
    assert _answer(formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1", 7),
        ("=$A$1", 7),
        ("=desk!a1", 7),
        ("='Desk'!$A1", 7),
        ("=SUM(A1:A3)", 10),
        ("=SUM(A3:A1)", 10),
        ("=SUM(Desk!A1:A3)", 10),
        ("=SUM(Desk!A1:Desk!A3)", 10),
        ("=SUM(A:A)", 10),
        ("=SUM(A1:INDEX(A:A,2))", 7),
        ("=SUM(INDEX(A:A,2):A3)", 3),
        ("=COUNTBLANK(A1:A3)", 1),
        ("=limit", 4),
        ("=LIMIT*rate", 0.2),
        ("=spread", 0.2),
        ("=SUM(Flows[net flow])", -6),
        ("=SUM(flows[NET FLOW])", -6),
        ("=SUM(Flows[twice])", -12),
        ("=ROWS(Flows)", 4),
        ("=ROWS(Flows[#All])", 5),
        ("=ROWS(Flows[#Data])", 4),
        ("=ROWS(Flows[[#Headers],[#Data],[date]])", 5),
        ("=COLUMNS(Flows[[date]:[net flow]])", 2),
        ("=COLUMNS(Flows[ [date]:[twice] ])", 3),
        ("=Flows[[#Headers],[net flow]]", "net flow"),
        ("=COUNTA(Flows[#Headers])", 3),
        ("=COUNTA(Flows[[#All],[net flow]])", 5),
        ("=INDEX(Flows[date],1)", 45659),
        ("=SUM(CHOOSE(1,A1:A3,A1))", 10),
        ("=SUM(IF(A1>5,A1:A3,A1))", 10),
        ("=Flows[@[net flow]]", ErrorCell("#VALUE!")),
        ("=A1:A3", 7),
        ("=@A1:A3", 7),
        ("=A2:A3", ErrorCell("#VALUE!")),
        ("=B9", 0),
        ('=B9&"x"', "x"),
        ("=Desk!#REF!", ErrorCell("#REF!")),
        ("=SUM(A1:INDEX(A1:A3,9))", ErrorCell("#REF!")),
        ("=(IF(A1>5,,1))", 0),
        ("=XYZ1+1", 3),
    ],
)
def test_references_are_looked_up(formula: str, value: CellResult) -> None:
    assert _answer(formula, A1=7, A3=3) == value


def test_a_row_of_a_table_is_the_formulas_own() -> None:
    evaluator = Evaluator(_book())
    assert [evaluator.value("Data", row, 3) for row in range(3, 7)] == [2 * net for net in NETS]


def test_a_table_without_its_name_is_the_one_around_the_formula() -> None:
    book = _book()
    book.sheets["Data"][4, 3] = Formula("=[@[net flow]]+SUM([net flow])")
    assert Evaluator(book).value("Data", 4, 3) == -7
    assert "outside a table" in _reason("=[@date]")


def test_signs_in_a_column_name_are_escaped() -> None:
    book = _book()
    book.add_table(TableBlock("Odd", "Data", 20, 1, ("a [bp]", "it's #1"), ((3, 4),)))
    book.sheets["Desk"] = {(0, 0): Formula("=Odd[a '[bp']]"), (1, 0): Formula("=Odd[[a '[bp']]:[it''s '#1]]", (1, 2))}
    evaluator = Evaluator(book)
    assert evaluator.value("Desk", 0, 0) == 3
    assert evaluator.formula("Desk", 1, 0) == [[3, 4]]


def test_a_sheet_name_with_an_apostrophe_is_quoted() -> None:
    book = _book(A1=Formula("='Bob''s desk'!A1"))
    book.sheets["Bob's desk"] = {(0, 0): 9}
    assert Evaluator(book).value("Desk", 0, 0) == 9


def test_a_table_without_rows_has_one_blank_row() -> None:
    book = _book(A1=Formula("=ROWS(Empty)"), A2=Formula("=COUNTBLANK(Empty[a])"))
    book.add_table(TableBlock("Empty", "Data", 40, 1, ("a",), ()))
    evaluator = Evaluator(book)
    assert (evaluator.value("Desk", 0, 0), evaluator.value("Desk", 1, 0)) == (1, 1)


def test_our_functions_are_called_under_every_stored_name() -> None:
    for name in ("SELLOFF_STREAK", "selloff_streak", "_xldudf_SELLOFF_STREAK", "XLSIG.SELLOFF_STREAK"):
        assert _answer(f"={name}(Flows[net flow])") == 3


def test_our_functions_get_whole_columns_as_such() -> None:
    assert _answer("=SELLOFF_STREAK(Data!C:C)") == 3
    assert _answer("=SELLOFF_PACE(Data!C:C,2)") == -3.5


def test_our_functions_get_blanks_omitted_arguments_and_errors() -> None:
    assert _answer("=SELLOFF_STREAK(Flows[net flow],,,A1)") == 3
    assert _answer("=SELLOFF_STREAK(Flows[net flow],,,A1)", A1=3.5) == 1
    assert _answer("=SELLOFF_STREAK(A1:A2)", A1=-1, A2=ErrorCell("#DIV/0!")) == ErrorCell("#DIV/0!")
    assert _answer("=SELLOFF_STREAK(A1:A2)", A1=-1) == ErrorCell("#N/A")


def test_an_answer_of_ours_keeps_its_sentence() -> None:
    answer = _answer("=SELLOFF_STREAK(A1:A2)+1", A1=-1)
    assert isinstance(answer, ErrorCell)
    assert answer.message == CATALOGUE["SELLOFF_STREAK"].from_cells([[-1], [None]]).message  # type: ignore[union-attr]


def test_explain_gets_the_same_arguments() -> None:
    assert "3 sessions in a row" in str(_answer('=EXPLAIN("SELLOFF_STREAK",Flows[net flow])'))


def test_a_spilling_answer_is_a_block_and_its_cells_are_read_one_by_one() -> None:
    book = _book(
        A1=Formula("=SELLOFF_STREAK_HISTORY(Flows[net flow])", (6, 1)),
        B1=Formula("=A4"),
        B2=Formula("=SUM(A1:A6)"),
        B3=Formula("=COUNTBLANK(A1:A6)"),
        B4=Formula("=A6"),
        B5=Formula("=ISBLANK(A6)"),
    )
    evaluator = Evaluator(book)
    assert evaluator.formula("Desk", 0, 0) == [[0], [1], [2], [3]]
    assert [evaluator.value("Desk", row, 0) for row in range(7)] == [0, 1, 2, 3, None, None, None]
    assert [evaluator.value("Desk", row, 1) for row in range(5)] == [3, 6, 2, 0, True]


def test_a_spill_into_a_filled_cell_is_an_error_that_names_it() -> None:
    book = _book(A1=Formula("=Flows[net flow]", (4, 1)), A3="in the way", B1=Formula("=A2"))
    evaluator = Evaluator(book)
    answer = evaluator.formula("Desk", 0, 0)
    assert answer == ErrorCell("#SPILL!")
    assert isinstance(answer, ErrorCell)
    assert "A3" in answer.message
    assert evaluator.value("Desk", 1, 0) is None
    assert evaluator.value("Desk", 0, 1) == 0


def test_a_block_larger_than_its_reserved_cells_has_no_value() -> None:
    assert "4 × 1 cells do not fit into the 2 × 1" in _reason("=Flows[net flow]", (2, 1))


def test_a_formula_that_may_not_spill_shows_its_first_entry() -> None:
    assert _answer("=SELLOFF_STREAK_HISTORY(Flows[net flow])+10") == 10
    assert _answer("={5,6;7,8}") == 5


def test_arrays_are_calculated_entry_by_entry_where_a_formula_may_spill() -> None:
    assert _answer("=Flows[net flow]*2", (4, 1)) == [[2 * net] for net in NETS]
    assert _answer("={1,2}+{10;20}", (2, 2)) == [[11, 12], [21, 22]]
    assert _answer('=IF(Flows[net flow]<0,"sold","bought")', (4, 1)) == [["bought"], ["sold"], ["sold"], ["sold"]]
    assert _answer("=SUM(IF(Flows[net flow]<0,1,0))", (1, 1)) == 3


def test_a_single_cell_formula_means_the_cell_of_its_own_row() -> None:
    book = _book(A1=Formula("=Data!C1:C9*10"))
    book.sheets["Desk"][3, 0] = Formula("=Data!C1:C9*10")
    evaluator = Evaluator(book)
    assert evaluator.value("Desk", 3, 0) == 20
    assert evaluator.value("Desk", 0, 0) == 0


def test_sumproduct_calculates_entry_by_entry_in_any_formula() -> None:
    assert _answer("=SUMPRODUCT((Flows[net flow]<-1)*Flows[net flow])") == -7


def test_only_the_chosen_branch_counts() -> None:
    assert _answer("=IF(A1>0,1,A2)", A1=1, A2=Formula("=TODAY()")) == 1
    assert "TODAY" in _reason("=IF(A1>0,1,A2)", A1=0, A2=Formula("=TODAY()"))
    assert _answer("=CHOOSE(1,A1,A2)", A1=1, A2=ErrorCell("#N/A")) == 1


def test_errors_spread_the_first_one_first() -> None:
    cells: dict[str, Content] = {"A1": ErrorCell("#N/A"), "A2": ErrorCell("#DIV/0!")}
    assert _answer("=A1+A2", **cells) == ErrorCell("#N/A")
    assert _answer("=A2>A1", **cells) == ErrorCell("#DIV/0!")
    assert _answer("=ROUND(A2,A1)", **cells) == ErrorCell("#DIV/0!")
    assert _answer("=SUM(A1:A2)", **cells) == ErrorCell("#N/A")
    assert _answer("=COUNT(A1:A2)", **cells) == 0
    assert _answer('=IFERROR(A1,"none")', **cells) == "none"
    assert _answer('=IFNA(A2,"none")', **cells) == ErrorCell("#DIV/0!")


def test_what_only_the_last_binary_digits_leave_over_is_zero_at_the_end_of_a_formula() -> None:
    assert _answer("=0.1+0.2-0.3") == 0
    assert _answer("=(0.1+0.2-0.3)") != 0
    assert _answer("=0.1+0.2=0.3") is True


def test_dates_are_serials() -> None:
    assert _answer("=A1+1", A1=dt.date(2025, 1, 3)) == 45661
    assert _answer("=A1*1", A1=dt.datetime(2025, 1, 3, 12)) == 45660.5
    assert Evaluator(_book(A1=dt.date(2025, 1, 3))).value("Desk", 0, 0) == 45660


def test_a_cell_that_waits_for_itself_is_an_error_that_shows_the_way() -> None:
    book = _book(A1=Formula("=B1+1"), B1=Formula("=IFERROR(C1,5)"), C1=Formula("=A1*2"), D1=Formula("=A1"), E1=Formula("=E1"))
    evaluator = Evaluator(book)
    for column in (3, 0, 1, 2, 4):
        assert evaluator.formula("Desk", 0, column) == ErrorCell("#REF!")
    answer = evaluator.formula("Desk", 0, 0)
    assert isinstance(answer, ErrorCell)
    assert "Desk!A1 → Desk!B1 → Desk!C1 → Desk!A1" in answer.message


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_cycle_is_the_same_wherever_it_is_entered(first: int) -> None:
    evaluator = Evaluator(_book(A1=Formula("=B1"), B1=Formula("=IFERROR(C1,5)"), C1=Formula("=A1"), D1=Formula("=IFERROR(B1,7)")))
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
        ("=LET(x,1,x+1)", "LET is not among the functions"),
        ("=LAMBDA(x,x)(1)", "cannot be read"),
        ("=_xlfn.XLOOKUP(1,A1:A2,A1:A2)", "XLOOKUP is not among"),
        ("=IF(TRUE,1,XLOOKUP(1,A1,A1))", "XLOOKUP is not among"),
        ("=A2#", "spilled range"),
        ("=[1]Desk!A1", "another workbook"),
        ("='[Book.xlsx]Desk'!A1", "another workbook"),
        ("='Desk:Data'!A1", "several sheets"),
        ("=SUM(Desk:Data!A1)", "no name or table 'Desk'"),
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
    assert reason in _reason(formula)


def test_a_cell_that_depends_on_one_without_value_has_none_either() -> None:
    book = _book(
        A1=Formula("=NOW()"), A2=Formula("=A1+1"), A3=Formula('=IFERROR(A2,"safe")'), A4=Formula("=SUM(A1:A9)"), A5=Formula("=1+1")
    )
    evaluator = Evaluator(book)
    for row in range(4):
        with pytest.raises(Uncomputable, match=r"^Desk!A1: NOW changes"):
            evaluator.value("Desk", row, 0)
    assert evaluator.value("Desk", 4, 0) == 2


def test_a_long_chain_of_operators_is_no_deep_nesting() -> None:
    assert _answer("=" + "+".join(["1"] * 3000)) == 3000


def test_a_cell_without_a_formula_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="Desk!A1 holds no formula"):
        Evaluator(_book()).formula("Desk", 0, 0)


def test_a_number_that_no_cell_can_hold_has_no_value() -> None:
    assert "no number" in _reason("=A1+1", A1=float("nan"))


def test_natives_and_our_functions_do_not_share_a_name() -> None:
    assert NATIVES.isdisjoint(CATALOGUE)
