"""A blank or #N/A argument is missing in every call, whatever stands beside it: all functions in all call shapes, as in Python."""

from __future__ import annotations

from typing import Any

import pytest

from checks.typing_office import TypingOffice
from tests.hosts.calc.call_shapes import Shape, written
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.addresses import cell_name


@pytest.fixture(scope="module")
def seen(running: TypingOffice, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Shape, list[list[Any]]]]:
    """Each call with the cells that Calc shows."""
    path = tmp_path_factory.mktemp("shapes") / "shapes.xlsx"
    placed = written(path)
    running.open(path)
    running.recalculate()
    cells = running.sheet("Calls")
    return {
        name: (shape, [[cells.get(cell_name(row + down, across)) for across in range(len(line))] for down, line in enumerate(shape.answer)])
        for name, (row, shape) in placed.items()
    }


def _same(calc: Any, python: Any) -> bool:
    if isinstance(python, int | float) and isinstance(calc, float):
        return abs(calc - python) <= 1e-9 * max(1.0, abs(python))
    return bool(calc == python or (calc is None and python == ""))


@pytest.mark.parametrize("function", [name for name in CATALOGUE if name not in ("EXPLAIN", "XLSIG_VERSION")])
def test_a_call_answers_as_python_does_in_every_shape(function: str, seen: dict[str, tuple[Shape, list[list[Any]]]]) -> None:
    asked = {name: each for name, each in seen.items() if name.removeprefix("EXPLAIN ").startswith(f"{function}:")}
    assert len(asked) >= 8
    apart = [
        (name, shape.formula, calc, shape.answer)
        for name, (shape, calc) in asked.items()
        if not all(_same(*pair) for rows in zip(calc, shape.answer, strict=True) for pair in zip(*rows, strict=True))
    ]
    assert apart == []
