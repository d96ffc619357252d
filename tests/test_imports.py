"""What importing xlsig loads, and that imports go one way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    ],
    ids=["the names", "a streak of a list", "a sector table", "an explanation"],
)
def test_the_functions_need_numpy_alone(script: str) -> None:
    loaded = _loaded_after(script)
    assert {"xlsig", "numpy"} <= loaded
    assert not loaded & set(HEAVY)


def test_importing_the_package_alone_loads_no_function() -> None:
    assert not _loaded_after("import xlsig") & {"numpy", *HEAVY}


def test_a_calendar_is_loaded_when_it_is_asked_for() -> None:
    assert "exchange_calendars" in _loaded_after("import xlsig; xlsig.selloff_streak([-1], [45660], 'XNYS')")


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out
