"""The five steps of adding a function, and which of them one still lacks: a sentence that ends with the command to run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tasks import workbooks
from tasks.worked import has_example
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import FUNCTIONS, cases
from xlsig.functions.spec import Function

COMMAND = "python -m tasks.generate"
FEWEST_CASES = 2


def lacking(root: Path) -> Iterator[str]:
    """What the functions of the catalogue lack of steps 3 to 5. Step 1 is the tests' to see, step 2 puts a function into the catalogue."""
    for function in CATALOGUE.values():
        yield from filter(None, (without_cases(function), without_cell(function, root), without_change(function, root)))


def without_twin(function: Function) -> str:
    """Step 1, for a function that no slow twin or no property holds in check."""
    page = function.category.lower()
    return (
        f"{function.name}, step 1 of 5, the maths and what holds it in check: write the slow twin `{function.python_name}` in "
        f'tests/twins/{page}.py under @twin, and a property in tests/property/test_{page}.py under @compares("{function.name}") '
        "and @given; then run pytest tests/property"
    )


def without_cases(function: Function) -> str:
    """Step 3: too few golden cases, or none with an answer for the worked example; empty if it is done."""
    if has_example(function.name) and function.name in FUNCTIONS and len(cases(function.name)) >= FEWEST_CASES:
        return ""
    return (
        f"{function.name}, step 3 of 5, golden cases: write xlsig/functions/golden/{function.name}.csv with {FEWEST_CASES} cases or more, "
        f"the first that has an answer being the worked example; then run {COMMAND}"
    )


def without_cell(function: Function, root: Path) -> str:
    """Step 4: no formula of the committed workbook's sheet calls it; empty if one does."""
    book, _, sheet = function.sheet.partition("/")
    if book not in workbooks.NAMES:
        return (
            f"{function.name}, step 2 of 5, the spec: its sheet is {function.sheet!r}, and the workbooks are {', '.join(workbooks.NAMES)}"
        )
    path = root / workbooks.FOLDER / f"{book}.xlsx"
    if path.is_file() and function.name in _calls(path, path.stat().st_mtime_ns).get(sheet, ()):
        return ""
    return (
        f"{function.name}, step 4 of 5, a cell: no formula on the sheet {sheet} of {workbooks.FOLDER}/{book}.xlsx calls it; "
        f"put one there in xlsig/workbooks/templates/{book}.py, then run {COMMAND}"
    )


@cache
def _calls(workbook: Path, _changed: int) -> dict[str, set[str]]:
    return workbooks.calls(workbook)


def without_change(function: Function, root: Path) -> str:
    """Step 5: the changelog does not name it; empty if it does."""
    if f"`{function.name}`" in (root / "CHANGELOG.md").read_text("utf-8"):
        return ""
    return f"{function.name}, step 5 of 5, a line in CHANGELOG.md that names `{function.name}`"
