"""What importing xlsig loads, and that imports go one way."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent
HEAVY = ("pandas", "xlwings", "openpyxl", "xlsxwriter", "lxml", "exchange_calendars", "python_calamine", "pyarrow", "typer", "rich")


def _loaded_after(script: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after the script."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys\nprint(*sys.modules)"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in shown.stdout.split()}


@pytest.mark.parametrize(
    "script",
    [
        "import xlsig; xlsig.__all__",
        "import xlsig; assert xlsig.selloff_streak([1, -2, -3]) == 2",
        "import xlsig; assert xlsig.sector_breakdown(['HC'], [-1]).value('Total', 'net') == -1",
        "import xlsig; assert 'sessions in a row' in xlsig.explain('SELLOFF_STREAK', [1, -2, -3])",
        "import xlsig; assert xlsig.selloff_streak([-1], [45660], 'XNYS') == 1",
    ],
    ids=["the names", "a streak of a list", "a sector table", "an explanation", "a streak on a calendar that is shipped"],
)
def test_the_functions_need_numpy_alone(script: str) -> None:
    loaded = _loaded_after(script)
    assert {"xlsig", "numpy"} <= loaded
    assert not loaded & set(HEAVY)


def test_importing_the_package_alone_loads_no_function() -> None:
    assert not _loaded_after("import xlsig") & {"numpy", *HEAVY}


def test_the_library_of_calendars_is_loaded_for_one_that_is_not_shipped() -> None:
    assert "exchange_calendars" in _loaded_after("import xlsig; xlsig.selloff_streak([-1], [45660], 'XWBO')")


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_no_module_is_imported_by_what_it_imports() -> None:
    graph = grimp.build_graph("xlsig", cache_dir=None)  # imports for types alone, and those inside functions, count too
    TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}).prepare()


def test_no_two_modules_have_one_name() -> None:
    """A category has one in signals, functions and templates, and a role one in each host."""
    shared = {"breakdown", "financing", "flows", "history", "levels", "warning", "installing", "exchange"}
    names = Counter(path.stem for path in (ROOT / "xlsig").rglob("*.py") if path.stem != "__init__")
    assert {name for name, times in names.items() if times > 1} <= shared


def test_functions_and_modules_are_read_at_one_sitting() -> None:
    for path in (ROOT / "xlsig").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 450, f"{path.relative_to(ROOT)} has more than 450 lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno < 60, f"{node.name} in {path.relative_to(ROOT)} has more than 60 lines"
