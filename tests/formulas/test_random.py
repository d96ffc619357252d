"""Random arithmetic, written with as few parentheses as Excel's precedence allows, against Python's own."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.grid.book import Book, Formula
from xlsig.grid.contents import ErrorCell

_LEVELS = {"+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_SIGNED, _PERCENT, _ATOM = 6, 7, 8


@dataclass(frozen=True)
class Drawn:
    """A formula's text, how tightly its last step binds, and what Python makes of it (None: an error)."""

    text: str
    level: int
    value: float | None

    def inside(self, level: int) -> str:
        """The text as an operand of a step that binds at a level."""
        return self.text if self.level >= level else f"({self.text})"


def _atom(number: float) -> Drawn:
    return Drawn(repr(number).upper(), _ATOM, float(number))


def _binary(sign: str, left: Drawn, right: Drawn) -> Drawn:
    level = _LEVELS[sign]
    return Drawn(left.inside(level) + sign + right.inside(level + 1), level, _computed(sign, left.value, right.value))


def _computed(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        value = {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__, "^": left.__pow__}[sign](right)
    except (ZeroDivisionError, OverflowError):
        return None
    if isinstance(value, complex) or not math.isfinite(value) or (sign == "^" and left == right == 0):
        return None
    return float(value)


def _signed(sign: str, operand: Drawn) -> Drawn:
    value = operand.value if operand.value is None or sign == "+" else -operand.value
    return Drawn(sign + operand.inside(_SIGNED), _SIGNED, value)


def _percent(operand: Drawn) -> Drawn:
    return Drawn(operand.inside(_PERCENT) + "%", _PERCENT, None if operand.value is None else operand.value / 100)


ATOMS = (st.integers(0, 20) | st.floats(0.01, 50).map(lambda number: round(number, 2))).map(_atom)
ARITHMETIC = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds(_binary, st.sampled_from("+-*/^"), inner, inner)
        | st.builds(_signed, st.sampled_from("+-"), inner)
        | st.builds(_percent, inner)
    ),
    max_leaves=12,
)


@given(ARITHMETIC)
def test_arithmetic_is_pythons(drawn: Drawn) -> None:
    book = Book(sheets={"Desk": {(0, 0): Formula(f"=({drawn.text})")}})
    value = Evaluator(book).formula("Desk", 0, 0)
    if drawn.value is None:
        assert isinstance(value, ErrorCell)
    else:
        assert isinstance(value, float | int)
        assert math.isclose(value, drawn.value, rel_tol=1e-12)


@given(st.text(alphabet="A1B2:$!#[]@{}(),;\"'+-*/^%&<>= .EFlowsSUM", max_size=40))
def test_any_text_has_a_value_or_a_reason(text: str) -> None:
    book = Book(sheets={"Desk": {(0, 0): Formula("=" + text), (1, 1): 3}})
    value: object
    try:
        value = Evaluator(book).value("Desk", 0, 0)
    except Uncomputable as error:
        value = error.reason
    assert isinstance(value, float | int | str | bool | ErrorCell)
    assert not isinstance(value, float) or math.isfinite(value)


@given(st.lists(st.integers(0, 11), min_size=12, max_size=12), st.permutations(range(12)))
def test_values_do_not_depend_on_the_order_in_which_cells_are_asked(targets: list[int], order: list[int]) -> None:
    cells = {(row, 0): Formula(f"=A{target + 1}+1") if target != row else 1 for row, target in enumerate(targets)}
    straight, mixed = Evaluator(Book(sheets={"Desk": dict(cells)})), Evaluator(Book(sheets={"Desk": dict(cells)}))
    for row in order:
        mixed.value("Desk", row, 0)
    assert [straight.value("Desk", row, 0) for row in range(12)] == [mixed.value("Desk", row, 0) for row in range(12)]
