"""Formulas that are copies of one another: read once, and each means its own cells."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.formulas.dependents import followers
from xlsig.formulas.interpreter import first_of
from xlsig.grid.addresses import cell_name, letters
from xlsig.grid.book import Book, Content, Formula, TableBlock
from xlsig.grid.contents import CellResult
from xlsig.grid.formula_text import shape_of, tokens

_SIGNS = st.sampled_from(
    [*"A1B2$:[]()'\"!?\\.,;é{}0#@ ", "XFD1", "XFE1", "A1048576", "A1048577", "$A1", "A$1", "T[", "LOG10(", '"A1"', "'A1'", "1E5", "[["]
)
_CELLS = st.tuples(st.integers(0, 3), st.integers(0, 3))
_APART = st.tuples(st.integers(20, 23), st.integers(20, 23))


@settings(max_examples=1_500)
@given(st.lists(_SIGNS, max_size=8), st.lists(_SIGNS, max_size=8), _CELLS, _CELLS)
@example(["T[", "A1", "'["], ["T[", "A2", "'["], (0, 0), (1, 0))
def test_formulas_of_one_shape_differ_in_nothing_but_cells(
    left: list[str], right: list[str], at: tuple[int, int], then: tuple[int, int]
) -> None:
    one, other = "=" + "".join(left), "=" + "".join(right)
    for text in (other, *_as_copied(one, then[0] - at[0], then[1] - at[1])):
        if shape_of(one, *at) == shape_of(text, *then):
            kept = [[token.kind if token.kind in ("cells", "odd") else token for token in tokens(formula)] for formula in (one, text)]
            assert kept[0] == kept[1]


def _as_copied(formula: str, down: int, across: int) -> list[str]:
    """The formula with every A1 in it moved, whatever it stands in: what a careless reader would take for its copy."""
    return [formula.replace("A1", f"{letters(max(0, across))}{max(1, 1 + down)}")]


_REFERENCES = ("A1", "$A1", "A$1", "$A$1", "B3", "A$3:B4", "$B2:A$4", "Prices[close]", "rate", "Notes!B2", "'Notes'!A1:A2", "$A:$B")
_WRAPPED = ("{}", "SUM({})+1", "IF(SUM({})>3,MAX({}),COUNT({}))", "ROWS({})", "COUNT({},A2)", "-{}", "INDEX({},1)")


@settings(max_examples=300)
@given(st.sampled_from(_WRAPPED), st.lists(st.sampled_from(_REFERENCES), min_size=3, max_size=3), _APART, _APART)
def test_a_copy_answers_as_the_same_formula_typed_anew(shell: str, said: list[str], at: tuple[int, int], then: tuple[int, int]) -> None:
    text = "=" + shell.format(*said)
    down, across = then[0] - at[0], then[1] - at[1]
    copy = "=" + shell.format(*(_moved(reference, down, across) for reference in said))
    first_of.cache_clear()
    first = _answers({at: text, then: copy} if at != then else {at: text})
    first_of.cache_clear()
    assert first[then] == _answers({then: copy})[then]


@given(st.lists(st.sampled_from(_REFERENCES[:7]), min_size=1, max_size=3), _CELLS)
def test_what_follows_from_a_cell_is_what_mentions_it_copy_by_copy(said: list[str], at: tuple[int, int]) -> None:
    formulas = {(row, 9): "=" + "+".join(f"SUM({_moved(reference, row, 0)})" for reference in said) for row in range(4)}
    book = _book(formulas)
    book.sheets["Data"][at] = Formula("=1")
    book.sheets["Data"][9, 9] = Formula("=1")
    mentions = {place for place, text in formulas.items() if any(_holds(part.strip("SUM()"), at) for part in text[1:].split("+"))}
    assert followers(book, [], [("Data", *at)]) == {("Data", *at), *(("Data", *place) for place in mentions)}


def _holds(reference: str, at: tuple[int, int]) -> bool:
    rows, columns = zip(*((int(side.strip("$AB")) - 1, ord(side.strip("$1234567890")) - 65) for side in _corners(reference)), strict=True)
    return bool(min(rows) <= at[0] <= max(rows) and min(columns) <= at[1] <= max(columns))


def _corners(reference: str) -> list[str]:
    return [side.replace("$", "") for side in reference.split(":")]


def _moved(reference: str, down: int, across: int) -> str:
    """A reference as a spreadsheet copies it, side by side."""
    sheet, _, cells = reference.rpartition("!")
    if cells in ("rate", "$A:$B") or "[" in cells:
        return reference
    sides = []
    for side in cells.split(":"):
        column = side.lstrip("$")[0]
        row = int(side.rpartition("$")[2] if "$" in side[1:] else side.lstrip("$")[1:])
        line = f"${row}" if "$" in side[1:] else str(max(1, row + down))
        sides.append((f"${column}" if side.startswith("$") else letters(max(0, ord(column) - 65 + across))) + line)
    return (f"{sheet}!" if sheet else "") + ":".join(sides)


def _book(formulas: dict[tuple[int, int], str]) -> Book:
    data: dict[tuple[int, int], Content] = {(row, column): float(10 * row + column) for row in range(8) for column in range(8)}
    notes: dict[tuple[int, int], Content] = {(row, column): float(100 + 10 * row + column) for row in range(8) for column in range(8)}
    book = Book(
        {"Data": {**data, **{place: Formula(text) for place, text in formulas.items()}}, "Notes": notes}, names={"rate": "Notes!$B$2"}
    )
    book.tables["Prices"] = TableBlock("Prices", "Notes", 9, 0, ("close",), ((5.0,), (6.0,)))
    return book


def _answers(formulas: dict[tuple[int, int], str]) -> dict[tuple[int, int], CellResult | str]:
    values = Evaluator(_book(formulas))
    found: dict[tuple[int, int], CellResult | str] = {}
    for place in formulas:
        try:
            found[place] = values.formula("Data", *place)
        except Uncomputable as reason:
            found[place] = reason.reason.replace(cell_name(*place), "here")
    return found
