"""A function is added in five steps, and none can be forgotten: each test says which step is missing and what to run.

1. the maths in `xlsig/signals`, with a slow twin (`tests/twins`, under @twin) and a property (`tests/property`, under @compares)
2. the spec and the call in `xlsig/functions`
3. its golden cases, `xlsig/functions/golden/<NAME>.csv`
4. a cell on the template sheet that its spec names
5. a line in CHANGELOG.md

Then `python -m tasks.generate` makes all the rest: tests/test_generated.py.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.property
from tasks import steps, workbooks
from tasks.worked import worked
from tests.twins import pairs
from tests.twins.pairs import PROPERTIES, TWINS, compares
from tests.twins.rules import outcome
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Function

ROOT = Path(__file__).parent.parent

WITHOUT_MATHS = ("DESK_NOTE", "XLSIG_VERSION", "EXPLAIN")
"""Functions whose answer is a text that is put together, not computed: nothing in `signals`, so no twin."""

EVERY = [pytest.param(function, id=name) for name, function in CATALOGUE.items()]
COMPUTING = [pytest.param(function, id=name) for name, function in CATALOGUE.items() if name not in WITHOUT_MATHS]

for module in pkgutil.iter_modules(tests.property.__path__, f"{tests.property.__name__}."):
    importlib.import_module(module.name)  # each marks what it compares


@pytest.mark.parametrize("function", COMPUTING)
def test_step_1_every_function_has_a_slow_twin_and_a_property_that_holds_it_against_the_twin(function: Function) -> None:
    assert function.name in TWINS, steps.without_twin(function)
    assert function.name in PROPERTIES, steps.without_twin(function)


@pytest.mark.parametrize("function", EVERY)
def test_step_3_every_function_has_golden_cases_and_a_worked_example(function: Function) -> None:
    assert not (lacks := steps.without_cases(function)), lacks
    assert worked(function).formula.startswith(f"={function.name}(")


@pytest.mark.parametrize("function", EVERY)
def test_step_4_every_function_stands_on_the_sheet_that_it_names(function: Function) -> None:
    assert not (lacks := steps.without_cell(function, ROOT)), lacks


@pytest.mark.parametrize("function", EVERY)
def test_step_5_every_function_is_in_the_changelog(function: Function) -> None:
    assert not (lacks := steps.without_change(function, ROOT)), lacks


@pytest.mark.parametrize("function", EVERY)
def test_then_the_reference_has_a_section_and_a_line_for_every_function(function: Function) -> None:
    page = (ROOT / f"docs/reference/{function.category.lower()}.md").read_text("utf-8")
    index = (ROOT / "docs/reference/index.md").read_text("utf-8")
    sections = page.count(f"\n## {function.name}\n")
    assert sections == 1, f"{function.name} is not in the function reference: run {steps.COMMAND}"
    assert f"[`{function.name}`]" in index, f"{function.name} is not in the index of the function reference: run {steps.COMMAND}"


def test_then_the_committed_self_test_asks_every_function() -> None:
    asked = set().union(*workbooks.calls(ROOT / "workbooks/selftest.xlsx").values())
    missing = sorted(set(CATALOGUE) - asked)
    assert not missing, f"{', '.join(missing)} not in workbooks/selftest.xlsx: run {steps.COMMAND}"


@pytest.mark.parametrize("left", [TWINS, PROPERTIES, WITHOUT_MATHS], ids=["twins", "properties", "exceptions"])
def test_nothing_is_left_of_a_function_that_went(left: Iterable[str]) -> None:
    assert set(left) <= set(CATALOGUE)


def _marked(monkeypatch: pytest.MonkeyPatch, sides: tuple[object, ...]) -> None:
    monkeypatch.setattr(pairs, "PROPERTIES", {})

    @compares("SELLOFF_PACE")
    @settings(max_examples=2)
    @given(st.lists(st.integers(-9, 9), min_size=5, max_size=9))
    def property_of_the_pace(flows: list[int]) -> None:
        for side in sides:
            outcome(side, flows)  # type: ignore[arg-type]

    property_of_the_pace()


def test_a_property_that_never_asks_the_function_or_never_its_twin_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    function, twin = CATALOGUE["SELLOFF_PACE"], TWINS["SELLOFF_PACE"]
    _marked(monkeypatch, (function, twin))
    with pytest.raises(AssertionError, match="never asked its twin"):
        _marked(monkeypatch, (function, TWINS["FLOW_ZSCORE"]))
    with pytest.raises(AssertionError, match="never asked the function"):
        _marked(monkeypatch, (twin,))


def test_what_is_not_drawn_by_hypothesis_cannot_be_marked_as_a_property() -> None:
    with pytest.raises(AssertionError, match="stands above @given"):
        compares("SELLOFF_PACE")(lambda: None)


def test_a_function_that_lacks_a_step_is_told_which_and_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text("nothing yet", "utf-8")
    pace = CATALOGUE["SELLOFF_PACE"]
    said = [steps.without_twin(pace), steps.without_cell(pace, tmp_path), steps.without_change(pace, tmp_path)]
    assert [sentence.split(",")[1] for sentence in said] == [" step 1 of 5", " step 4 of 5", " step 5 of 5"]
    assert "run pytest tests/property" in said[0]
    assert "xlsig/workbooks/templates/danger.py, then run python -m tasks.generate" in said[1]
