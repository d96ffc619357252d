"""The commands for spreadsheet programs: what they say, and their exit codes. Each program keeps its files in a home of the test's own."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosts.calc.needed import require_calc
from tests.patience import PATIENCE
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import cases
from xlsig.hosts.installing import ending_calendars
from xlsig.ooxml import open_package

COMMITTED = Path(__file__).parents[1] / "workbooks"
_SCRIPT = "import sys; from xlsig.cli import main; sys.argv[0] = 'xlsig'; main()"

_NOWHERE = "from xlsig.hosts.calc import programs; programs._PLACES = (); "


def run(*arguments: str, home: Path, first: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own; `first` is run before it there."""
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "HOME": str(home), **variables}
    return subprocess.run(
        [sys.executable, "-c", first + _SCRIPT, *arguments], capture_output=True, text=True, env=environment, timeout=PATIENCE
    )


@pytest.mark.parametrize("command", ["install", "uninstall", "doctor", "selftest"])
def test_a_host_that_there_is_not_is_a_usage_error(command: str, tmp_path: Path) -> None:
    done = run(command, "--host", "lotus", home=tmp_path)
    assert done.returncode == 2
    assert "'lotus' is not one of 'excel', 'calc'" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["install", "uninstall", "selftest"])
def test_without_libreoffice_one_line_names_the_packages(command: str, tmp_path: Path) -> None:
    done = run(command, home=tmp_path, first=_NOWHERE, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        "xlsig: LibreOffice is not installed; on Debian and Ubuntu the packages are libreoffice-calc-nogui (or libreoffice-calc) and "
        "python3-uno\n"
    )


def test_doctor_without_libreoffice_says_so_and_exits_with_1(tmp_path: Path) -> None:
    done = run("doctor", home=tmp_path, first=_NOWHERE, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout.startswith("NO  LibreOffice: LibreOffice is not installed; on Debian and Ubuntu the packages are")
    assert done.stderr == ""


def test_doctor_warns_of_calendars_that_end_in_less_than_90_days(tmp_path: Path) -> None:
    on_a_day = (
        "import datetime as dt; from xlsig.hosts import installing; ending = installing.ending_calendars; "
        "installing.ending_calendars = lambda today: ending(dt.date(2026, 10, 3)); "
    )
    done = run("doctor", home=tmp_path, first=_NOWHERE + on_a_day, PATH=str(tmp_path))
    assert done.stdout.splitlines()[1:] == [
        "!!  calendars: the last day of XSHG, XBOM, XSES is 2026-12-31; after it, "
        "what counts their sessions is #N/A until a newer xlsig is installed"
    ]
    assert list(ending_calendars(dt.date(2026, 10, 2))) == []
    soon, later = ending_calendars(dt.date(2028, 12, 31))
    assert soon.good
    assert later.good
    assert "XJSE, BVMF is 2028-12-31; after it," in later.said


def test_selftest_says_what_disagrees_and_exits_with_1(tmp_path: Path) -> None:
    require_calc()
    one_wrong = (
        "import dataclasses; from xlsig.workbooks.templates import selftest; read = selftest.cases; "
        "selftest.cases = lambda name: [dataclasses.replace(read(name)[0], expected=-99), *read(name)[1:]] "
        "if name == 'SELLOFF_PACE' else read(name); "
    )
    done = run("selftest", home=tmp_path, first=one_wrong)
    assert done.returncode == 1, done.stderr
    said = done.stdout.splitlines()
    wrong, case, total = (line for line in said if line and not line.startswith("ok "))
    assert wrong.startswith("NO  SELLOFF_PACE, ")
    assert case.strip() == cases("SELLOFF_PACE")[0].name
    assert sum(line.startswith("ok ") for line in said) == len(CATALOGUE) - 1
    assert total == f"{len(CATALOGUE) - 1} of {len(CATALOGUE)} functions agree with their golden cases."


def _formulas(path: Path) -> set[str]:
    with open_package(path, lock=False) as book:
        return {text for *_, text in book.stored_formulas()}


def test_refresh_stores_formulas_for_calc_and_back_for_excel(tmp_path: Path) -> None:
    path = Path(shutil.copy(COMMITTED / "sectors.xlsx", tmp_path))
    before = _formulas(path)
    assert run("refresh", str(path), "--data", "sample", "--formulas", "calc", home=tmp_path).returncode == 0
    assert any(text.startswith("XLSIG.") for text in _formulas(path))
    assert run("refresh", str(path), "--data", "sample", "--formulas", "excel", home=tmp_path).returncode == 0
    assert _formulas(path) == before


def test_a_dry_run_prints_the_plan_and_writes_nothing(tmp_path: Path) -> None:
    path = Path(shutil.copy(COMMITTED / "sectors.xlsx", tmp_path))
    content = path.read_bytes()
    done = run("refresh", str(path), "--data", "sample", "--formulas", "calc", "--dry-run", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "sectors.xlsx: would change" in done.stdout
    assert "xl/worksheets/sheet1.xml: " in done.stdout
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".xlsx"] == ["sectors.xlsx"]


def test_one_older_copy_is_kept_where_it_is_asked_for(tmp_path: Path) -> None:
    path = Path(shutil.copy(COMMITTED / "sectors.xlsx", tmp_path))
    content = path.read_bytes()
    for host in ("calc", "excel"):
        assert run("refresh", str(path), "--data", "sample", "--formulas", host, "--keep", "1", home=tmp_path).returncode == 0
    assert {each.name for each in tmp_path.glob("*.xlsx")} == {"sectors.xlsx", "sectors (before 1).xlsx"}
    assert (tmp_path / "sectors (before 1).xlsx").read_bytes() != content


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--mode", "frozen", "'frozen' is not one of 'live', 'snapshot'"),
        ("--formulas", "officejs", "'officejs' is not one of 'excel', 'calc'"),
        ("--keep", "-1", "--keep"),
    ],
)
def test_an_option_that_there_is_not_is_a_usage_error(option: str, value: str, said: str, tmp_path: Path) -> None:
    path = Path(shutil.copy(COMMITTED / "sectors.xlsx", tmp_path))
    content = path.read_bytes()
    done = run("refresh", str(path), "--data", "sample", option, value, home=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert path.read_bytes() == content


def test_one_file_that_fails_does_not_stop_the_others_and_exits_with_1(tmp_path: Path) -> None:
    good = Path(shutil.copy(COMMITTED / "sectors.xlsx", tmp_path))
    bad = tmp_path / "bad.xlsx"
    bad.write_text("no workbook")
    done = run("refresh", str(bad), str(good), "--data", "sample", "--formulas", "calc", home=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"xlsig: {bad}: ")
    assert done.stderr.count("\n") == 1
    assert "sectors.xlsx: refreshed" in done.stdout
