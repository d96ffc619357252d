"""What is fast against slow and obvious twins: wildcards, criteria over long columns, arrays of numbers, what follows from what."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formulas.desk_book import small_desk
from xlsig.formulas import Evaluator
from xlsig.formulas.dependents import followers
from xlsig.grid.book import Book, Content, Formula, Key


def _answers(cells: dict[tuple[int, int], Content], *formulas: str) -> list[object]:
    asked: dict[tuple[int, int], Content] = {(row, 25): Formula(text) for row, text in enumerate(formulas)}
    evaluator = Evaluator(Book(sheets={"Desk": {**cells, **asked}}))
    return [evaluator.value("Desk", row, 25) for row in range(len(formulas))]


def _fits(wanted: str, text: str) -> bool:
    """Whether a text fits a pattern of * and ?, by all the ways there are."""

    @cache
    def fits(at: int, place: int) -> bool:
        if at == len(wanted):
            return place == len(text)
        if wanted[at] == "*":
            return any(fits(at + 1, later) for later in range(place, len(text) + 1))
        return place < len(text) and wanted[at] in ("?", text[place]) and fits(at + 1, place + 1)

    return fits(0, 0)


@given(st.text("ab*?", min_size=1, max_size=8), st.lists(st.text("ab", min_size=1, max_size=9), min_size=1, max_size=6))
def test_wildcards_match_what_they_should(wanted: str, texts: list[str]) -> None:
    cells: dict[tuple[int, int], Content] = {(row, 0): text for row, text in enumerate(texts)}
    fitting = [row for row, text in enumerate(texts) if _fits(wanted, text)]
    count, place = _answers(cells, f'=COUNTIF(A1:A99,"{wanted}")', f'=IFERROR(MATCH("{wanted}",A1:A99,0),0)')
    assert (count, place) == (len(fitting), fitting[0] + 1 if fitting else 0)


Entries = list[float | str | None]
COLUMN = st.lists(st.integers(-3, 3).map(float) | st.sampled_from(["x", "Y", "xy", None]), min_size=70, max_size=90)
SIGN = st.sampled_from(["", "=", "<>", "<", ">", "<=", ">="])


def _meets(sign: str, number: int, cell: object) -> bool:
    if sign in ("", "="):
        return cell == number
    if sign == "<>":
        return cell != number
    if not isinstance(cell, float):
        return False
    return {"<": cell < number, ">": cell > number, "<=": cell <= number, ">=": cell >= number}[sign]


@settings(max_examples=20)
@given(COLUMN, COLUMN, SIGN, st.integers(-3, 3))
def test_criteria_over_long_columns_are_those_of_each_cell(
    judged: list[float | str | None], given_: list[float | str | None], sign: str, number: int
) -> None:
    rows = max(len(judged), len(given_))
    left, right = ([*column, *[None] * (rows - len(column))] for column in (judged, given_))
    cells: dict[tuple[int, int], Content] = {
        (row, column): entry for column, side in enumerate((left, right)) for row, entry in enumerate(side)
    }
    met = [entry for cell, entry in zip(left, right, strict=True) if _meets(sign, number, cell)]
    numbers = [entry for entry in met if isinstance(entry, float)]
    wanted = f'"{sign}{number}"'
    asked = (
        f"=COUNTIF(A1:A{rows},{wanted})",
        f"=SUMIFS(B1:B{rows},A1:A{rows},{wanted})",
        f'=COUNTIFS(A1:A{rows},{wanted},B1:B{rows},"<>")',
    )
    assert _answers(cells, *asked) == [len(met), sum(numbers), sum(entry is not None for entry in met)]


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.integers(-99, 99), st.integers(1, 99)), min_size=40, max_size=60), st.sampled_from("+-*/"), st.integers(-99, 99)
)
def test_arrays_of_numbers_are_calculated_as_single_ones(pairs: list[tuple[int, int]], sign: str, limit: int) -> None:
    cells: dict[tuple[int, int], Content] = {(row, side): float(pair[side]) for row, pair in enumerate(pairs) for side in (0, 1)}
    last = len(pairs)
    single: dict[tuple[int, int], Content] = {(row, 3): Formula(f"=A{row + 1}{sign}B{row + 1}") for row in range(last)}
    of_all, one_by_one, above = _answers(
        {**cells, **single},
        f"=SUMPRODUCT(A1:A{last}{sign}B1:B{last})",
        f"=SUM(D1:D{last})",
        f"=SUMPRODUCT((A1:A{last}>{limit})*-B1:B{last})",
    )
    assert of_all == one_by_one
    assert above == -sum(pair[1] for pair in pairs if pair[0] > limit)


Corner = tuple[int, int]
PLACE = st.tuples(st.integers(0, 11), st.integers(0, 2))
READ = st.tuples(PLACE, PLACE)


def _holds(box: tuple[int, int, int, int], row: int, column: int) -> bool:
    top, left, bottom, right = box
    return top <= row <= bottom and left <= column <= right


def _follow(reads: dict[Key, tuple[int, int, int, int]], seeds: set[Key]) -> set[Key]:
    """Formula cells that read a following cell follow, again and again."""
    following = set(seeds)
    while True:
        more = {
            key
            for key, (top, left, bottom, right) in reads.items()
            if any(top <= row <= bottom and left <= column <= right for _, row, column in following)
        }
        if more <= following:
            return following
        following |= more


@given(st.dictionaries(PLACE, READ, min_size=1, max_size=20), st.data())
def test_what_follows_is_what_reads_a_cell_that_follows(
    read: dict[tuple[int, int], tuple[tuple[int, int], tuple[int, int]]], data: st.DataObject
) -> None:
    reads: dict[Key, tuple[int, int, int, int]] = {}
    cells: dict[tuple[int, int], Content] = {}
    for (row, column), ((one, left), (other, right)) in read.items():
        top, bottom, left, right = min(one, other), max(one, other), min(left, right), max(left, right)
        reads["Desk", row, column] = top, left, bottom, right
        cells[row, column] = Formula(f"=SUM({chr(65 + left)}{top + 1}:{chr(65 + right)}{bottom + 1})")
    seeds = {data.draw(st.sampled_from(sorted(reads)))}
    assert followers(Book(sheets={"Desk": cells}), [], seeds) == _follow(reads, seeds)


def test_what_reads_a_table_by_a_name_of_a_name_follows_it() -> None:
    texts = "=nets", "=A1+1", "=SUM(Data!C4:C5)", "=limit", "=SUM(Data!H4:H5)"
    book = small_desk(**{f"A{row}": Formula(text) for row, text in enumerate(texts, start=1)})
    book.names |= {"net": "Flows[net flow]", "nets": "SUM(net)"}
    own = {row for sheet, row, _ in followers(book, ["Flows"], []) if sheet == "Desk"}
    assert own == {0, 1, 2}
