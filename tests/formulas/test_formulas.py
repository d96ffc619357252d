"""What formulas mean: precedence, references, our functions, spills, arrays."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.formulas.desk_book import NETS, answer_of, reason_of, small_desk
from xlsig.formulas import Evaluator
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.book import Content, Formula, TableBlock
from xlsig.grid.contents import CellResult, ErrorCell


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
    assert answer_of(formula) == value


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
    assert answer_of(formula, A1=7, A3=3) == value


def test_a_row_of_a_table_is_the_formulas_own() -> None:
    evaluator = Evaluator(small_desk())
    assert [evaluator.value("Data", row, 3) for row in range(3, 7)] == [2 * net for net in NETS]


def test_a_table_without_its_name_is_the_one_around_the_formula() -> None:
    book = small_desk()
    book.sheets["Data"][4, 3] = Formula("=[@[net flow]]+SUM([net flow])")
    assert Evaluator(book).value("Data", 4, 3) == -7
    assert "outside a table" in reason_of("=[@date]")


def test_signs_in_a_column_name_are_escaped() -> None:
    book = small_desk()
    book.add_table(TableBlock("Odd", "Data", 20, 1, ("a [bp]", "it's #1"), ((3, 4),)))
    book.sheets["Desk"] = {(0, 0): Formula("=Odd[a '[bp']]"), (1, 0): Formula("=Odd[[a '[bp']]:[it''s '#1]]", (1, 2))}
    evaluator = Evaluator(book)
    assert evaluator.value("Desk", 0, 0) == 3
    assert evaluator.formula("Desk", 1, 0) == [[3, 4]]


def test_a_sheet_name_with_an_apostrophe_is_quoted() -> None:
    book = small_desk(A1=Formula("='Bob''s desk'!A1"))
    book.sheets["Bob's desk"] = {(0, 0): 9}
    assert Evaluator(book).value("Desk", 0, 0) == 9


def test_a_table_without_rows_has_one_blank_row() -> None:
    book = small_desk(A1=Formula("=ROWS(Empty)"), A2=Formula("=COUNTBLANK(Empty[a])"))
    book.add_table(TableBlock("Empty", "Data", 40, 1, ("a",), ()))
    evaluator = Evaluator(book)
    assert (evaluator.value("Desk", 0, 0), evaluator.value("Desk", 1, 0)) == (1, 1)


def test_our_functions_are_called_under_every_stored_name() -> None:
    for name in ("SELLOFF_STREAK", "selloff_streak", "_xldudf_SELLOFF_STREAK", "XLSIG.SELLOFF_STREAK"):
        assert answer_of(f"={name}(Flows[net flow])") == 3


def test_our_functions_get_whole_columns_as_such() -> None:
    assert answer_of("=SELLOFF_STREAK(Data!C:C)") == 3
    assert answer_of("=SELLOFF_PACE(Data!C:C,2)") == -3.5


def test_our_functions_get_blanks_omitted_arguments_and_errors() -> None:
    assert answer_of("=SELLOFF_STREAK(Flows[net flow],,,A1)") == 3
    assert answer_of("=SELLOFF_STREAK(Flows[net flow],,,A1)", A1=3.5) == 1
    assert answer_of("=SELLOFF_STREAK(A1:A2)", A1=-1, A2=ErrorCell("#DIV/0!")) == ErrorCell("#DIV/0!")
    assert answer_of("=SELLOFF_STREAK(A1:A2)", A1=-1) == ErrorCell("#N/A")


def test_an_answer_of_ours_keeps_its_sentence() -> None:
    answer = answer_of("=SELLOFF_STREAK(A1:A2)+1", A1=-1)
    assert isinstance(answer, ErrorCell)
    assert answer.message == CATALOGUE["SELLOFF_STREAK"].from_cells([[-1], [None]]).message  # type: ignore[union-attr]


def test_explain_gets_the_same_arguments() -> None:
    assert "3 sessions in a row" in str(answer_of('=EXPLAIN("SELLOFF_STREAK",Flows[net flow])'))


def test_a_spilling_answer_is_a_block_and_its_cells_are_read_one_by_one() -> None:
    book = small_desk(
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
    book = small_desk(A1=Formula("=Flows[net flow]", (4, 1)), A3="in the way", B1=Formula("=A2"))
    evaluator = Evaluator(book)
    answer = evaluator.formula("Desk", 0, 0)
    assert answer == ErrorCell("#SPILL!")
    assert isinstance(answer, ErrorCell)
    assert "A3" in answer.message
    assert evaluator.value("Desk", 1, 0) is None
    assert evaluator.value("Desk", 0, 1) == 0


def test_a_block_larger_than_its_reserved_cells_has_no_value() -> None:
    assert "4 × 1 cells do not fit into the 2 × 1" in reason_of("=Flows[net flow]", (2, 1))


def test_an_array_entered_for_fewer_cells_shows_as_much_as_fits() -> None:
    book = small_desk(A1=Formula("=SELLOFF_STREAK_HISTORY(Flows[net flow])", (2, 1), is_fixed=True), A3="not in the way")
    assert Evaluator(book).formula("Desk", 0, 0) == [[0], [1]]


def test_a_formula_that_may_not_spill_shows_its_first_entry() -> None:
    assert answer_of("=SELLOFF_STREAK_HISTORY(Flows[net flow])+10") == 10
    assert answer_of("={5,6;7,8}") == 5


def test_arrays_are_calculated_entry_by_entry_where_a_formula_may_spill() -> None:
    assert answer_of("=Flows[net flow]*2", (4, 1)) == [[2 * net] for net in NETS]
    assert answer_of("={1,2}+{10;20}", (2, 2)) == [[11, 12], [21, 22]]
    assert answer_of('=IF(Flows[net flow]<0,"sold","bought")', (4, 1)) == [["bought"], ["sold"], ["sold"], ["sold"]]
    assert answer_of("=SUM(IF(Flows[net flow]<0,1,0))", (1, 1)) == 3


def test_a_single_cell_formula_means_the_cell_of_its_own_row() -> None:
    book = small_desk(A1=Formula("=Data!C1:C9*10"))
    book.sheets["Desk"][3, 0] = Formula("=Data!C1:C9*10")
    evaluator = Evaluator(book)
    assert evaluator.value("Desk", 3, 0) == 20
    assert evaluator.value("Desk", 0, 0) == 0


def test_sumproduct_calculates_entry_by_entry_in_any_formula() -> None:
    assert answer_of("=SUMPRODUCT((Flows[net flow]<-1)*Flows[net flow])") == -7


def test_only_the_chosen_branch_counts() -> None:
    assert answer_of("=IF(A1>0,1,A2)", A1=1, A2=Formula("=TODAY()")) == 1
    assert "TODAY" in reason_of("=IF(A1>0,1,A2)", A1=0, A2=Formula("=TODAY()"))
    assert answer_of("=CHOOSE(1,A1,A2)", A1=1, A2=ErrorCell("#N/A")) == 1


def test_errors_spread_the_first_one_first() -> None:
    cells: dict[str, Content] = {"A1": ErrorCell("#N/A"), "A2": ErrorCell("#DIV/0!")}
    assert answer_of("=A1+A2", **cells) == ErrorCell("#N/A")
    assert answer_of("=A2>A1", **cells) == ErrorCell("#DIV/0!")
    assert answer_of("=ROUND(A2,A1)", **cells) == ErrorCell("#DIV/0!")
    assert answer_of("=SUM(A1:A2)", **cells) == ErrorCell("#N/A")
    assert answer_of("=COUNT(A1:A2)", **cells) == 0
    assert answer_of('=IFERROR(A1,"none")', **cells) == "none"
    assert answer_of('=IFNA(A2,"none")', **cells) == ErrorCell("#DIV/0!")


def test_what_only_the_last_binary_digits_leave_over_is_zero_at_the_end_of_a_formula() -> None:
    assert answer_of("=0.1+0.2-0.3") == 0
    assert answer_of("=(0.1+0.2-0.3)") != 0
    assert answer_of("=0.1+0.2=0.3") is True


def test_dates_are_serials() -> None:
    assert answer_of("=A1+1", A1=dt.date(2025, 1, 3)) == 45661
    assert answer_of("=A1*1", A1=dt.datetime(2025, 1, 3, 12)) == 45660.5
    assert Evaluator(small_desk(A1=dt.date(2025, 1, 3))).value("Desk", 0, 0) == 45660
