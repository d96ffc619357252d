"""Formulas that ask for more work than there is have no value, those beside them have; and what is large but ordinary is computed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.grid.book import Book, Content, Formula
from xlsig.grid.contents import ErrorCell

DOUBLING = {"twice_0": "1"} | {f"twice_{at}": f"twice_{at - 1}+twice_{at - 1}" for at in range(1, 41)}


def _evaluator(cells: Mapping[tuple[int, int], Content], names: Mapping[str, str] | None = None) -> Evaluator:
    return Evaluator(Book(sheets={"Desk": dict(cells)}, names=dict(names or {})))


@pytest.mark.parametrize(
    "bomb",
    [
        "=twice_40",
        "=SUM(twice_40,1)",
        "=SUMPRODUCT($A$10:$A$2009*$B$1:$BXY$1)",
        "=SUMPRODUCT(ROW($A$1:$A$1000000)*1)",
        "=SUMPRODUCT(COUNTIF($C$1:$C$50000,$D$1:$D$50000))",
        "=SUM(LARGE($C$1:$C$200000,ROW($A$1:$A$200000)))",
        "=_xlfn.LET(_xlpm.a,twice_30,_xlpm.a)",
        "=SUM($A$2:$XFD$1000)",
        "=LEN(REPT({" + ",".join(["1"] * 4000) + "},32000))",
    ],
)
def test_a_bomb_has_no_value_and_what_stands_beside_it_has(bomb: str) -> None:
    filled: dict[tuple[int, int], Content] = {(row, column): 1.0 for row in range(1, 1000) for column in range(2, 6)}
    evaluator = _evaluator({**filled, (0, 0): Formula(bomb, (1, 1), is_fixed=True), (0, 1): Formula("=SUM(C2:F1000)")}, DOUBLING)
    with pytest.raises(Uncomputable, match="more work"):
        evaluator.value("Desk", 0, 0)
    assert evaluator.value("Desk", 0, 1) == 4 * 999


def test_a_thousand_bombs_leave_easy_cells_their_values() -> None:
    bombs: dict[tuple[int, int], Content] = {(row, 0): Formula("=twice_40") for row in range(1000)}
    easy: dict[tuple[int, int], Content] = {(row, 1): Formula(f"=SUM(C1:C9)+{row}") for row in range(1000)}
    evaluator = _evaluator({**bombs, **easy, (0, 2): 5.0}, DOUBLING)
    for row in range(1000):
        with pytest.raises(Uncomputable):
            evaluator.value("Desk", row, 0)
        assert evaluator.value("Desk", row, 1) == row + 5


def test_names_that_mean_each_other_have_no_value() -> None:
    evaluator = _evaluator({(0, 0): Formula("=one"), (0, 1): Formula("=1+1")}, {"one": "two+two", "two": "one*2"})
    with pytest.raises(Uncomputable):
        evaluator.value("Desk", 0, 0)
    assert evaluator.value("Desk", 0, 1) == 2


@pytest.mark.parametrize(
    "growing",
    [
        '=SUBSTITUTE(REPT("a",32767),"a",REPT("b",32767))',
        '=SUBSTITUTE(REPT("a",32767),"a","bb",7)',
        '=_xlfn.CONCAT(REPT("a",32767),"b")',
        '=_xlfn.TEXTJOIN(REPT("y",32767),TRUE,"a","b","c")',
        '=CONCATENATE(REPT("a",20000),REPT("b",20000))',
    ],
)
def test_no_text_is_longer_than_a_cell_takes(growing: str) -> None:
    assert _evaluator({(0, 0): Formula(growing)}).value("Desk", 0, 0) == ErrorCell("#VALUE!")


def _text_or_none(evaluator: Evaluator, row: int) -> object:
    try:
        return evaluator.value("Desk", row, 0)
    except Uncomputable as error:
        return None if "more text" in error.reason else error.reason


def test_the_text_that_a_book_keeps_has_a_limit() -> None:
    cells: dict[tuple[int, int], Content] = {(row, 0): Formula(f'=REPT("{row % 10}",32000)') for row in range(900)}
    evaluator = _evaluator({**cells, (0, 1): Formula('="still"')})
    shown = [_text_or_none(evaluator, row) for row in range(900)]
    assert shown[:600] == [str(row % 10) * 32000 for row in range(600)]
    assert shown[700:] == [None] * 200
    assert evaluator.value("Desk", 0, 1) == "still"


def test_only_cells_that_are_there_are_visited() -> None:
    cells = {(1_048_575, 25): 1.0, (4, 1): "here", (9, 2): 7.0, (0, 0): Formula("=SUM(B:Z)"), (1, 0): Formula('=MATCH("here",B:B,0)')}
    more = {(2, 0): Formula("=MATCH(1,Z:Z,0)"), (3, 0): Formula("=COUNTBLANK(Z:Z)"), (4, 0): Formula('=SUMIF(Z:Z,"",C:C)')}
    evaluator = _evaluator({**cells, **more})
    assert [evaluator.value("Desk", row, 0) for row in range(5)] == [8, 5, 1_048_576, 1_048_575, 7]


def test_large_ordinary_books_are_computed() -> None:
    rows = range(2500)
    cells: dict[tuple[int, int], Content] = {(row, 0): float(row) for row in rows}
    for column, text in enumerate(("=B{0}+1", "=SUM(A$1:A{1})", "=COUNTIF(A$1:A$2500,A{1})", "=RANK(A{1},A$1:A$2500,1)"), start=1):
        cells |= {(row, column): Formula(text.format(row, row + 1)) for row in rows}
    cells |= {(0, 1): 1.0} | {(row, 5): Formula(f"=VLOOKUP(A{row + 1},A$1:B$2500,2,FALSE)") for row in rows}
    evaluator = _evaluator(cells)
    for row in rows:
        expected = [row + 1, row * (row + 1) / 2, 1, row + 1, row + 1]
        assert [evaluator.value("Desk", row, column) for column in range(1, 6)] == expected


def test_a_long_chain_ends_whichever_end_is_asked() -> None:
    length = 5_000
    down: dict[tuple[int, int], Content] = {(row, 0): Formula(f"=A{row}+1") for row in range(1, length)}
    up: dict[tuple[int, int], Content] = {(row, 1): Formula(f"=B{row + 2}+1") for row in range(length - 1)}
    evaluator = _evaluator({**down, **up, (length - 1, 1): 0.0})
    assert evaluator.value("Desk", length - 1, 0) == length - 1
    assert evaluator.value("Desk", 0, 1) == length - 1


def test_a_range_of_cells_each_at_the_end_of_a_chain_is_summed() -> None:
    chains: dict[tuple[int, int], Content] = {
        (row, column): Formula(f"={chr(66 + column)}{row + 1}+1") for row in range(200) for column in range(1, 21)
    }
    evaluator = _evaluator({**chains, (0, 0): Formula("=SUM(B1:B200)")})
    assert evaluator.value("Desk", 0, 0) == 200 * 20


def test_a_product_over_ten_thousand_rows_is_computed_many_times() -> None:
    cells: dict[tuple[int, int], Content] = {(row, column): float(row + column) for row in range(10_000) for column in (0, 1)}
    cells |= {(row, 3): Formula(f"=SUMPRODUCT((A1:A10000>{row})*(B1:B10000<900)*A1:A10000)") for row in range(5)}
    evaluator = _evaluator(cells)
    for row in range(5):
        assert evaluator.value("Desk", row, 3) == sum(number for number in range(10_000) if number > row and number + 1 < 900)


def test_signs_before_a_number_are_no_deep_nesting_of_the_parser() -> None:
    evaluator = _evaluator(
        {(0, 0): Formula("=" + "-" * 64 + "3"), (1, 0): Formula("=" + "-" * 7000 + "3"), (2, 0): Formula("=" + "@" * 7000 + "A1")}
    )
    assert evaluator.value("Desk", 0, 0) == 3
    for row in (1, 2):
        with pytest.raises(Uncomputable):
            evaluator.value("Desk", row, 0)


def test_an_array_entered_for_more_cells_fills_them_as_excel_does() -> None:
    cells = {
        (0, 0): Formula("={1;2}", (3, 2), is_fixed=True),
        (5, 0): Formula("={1,2}", (2, 3), is_fixed=True),
        (9, 0): Formula("=7", (2, 2), is_fixed=True),
    }
    evaluator = _evaluator(cells)
    missing = ErrorCell("#N/A")
    assert evaluator.formula("Desk", 0, 0) == [[1, 1], [2, 2], [missing, missing]]
    assert evaluator.formula("Desk", 5, 0) == [[1, 2, missing], [1, 2, missing]]
    assert evaluator.formula("Desk", 9, 0) == [[7, 7], [7, 7]]
    with pytest.raises(Uncomputable, match="more work"):
        _evaluator({(0, 0): Formula("={1;2}", (1_000_000, 16_000), is_fixed=True)}).formula("Desk", 0, 0)
