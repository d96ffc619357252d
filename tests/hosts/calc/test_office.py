"""The office that tests and the self-test start: private, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from checks.typing_office import TypingOffice
from tests.hosts.calc.needed import require_calc
from tests.hosts_required import require_program
from tests.patience import PATIENCE
from xlsig.grid.contents import ErrorCell
from xlsig.hosts.calc.office import OfficeError


def _processes_of(folder: Path) -> list[str]:
    """Processes whose command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(folder) in command:
                found.append(command)
    return found


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    require_calc()
    with TypingOffice(seconds=PATIENCE) as office:
        home = office.home
        assert _processes_of(home)
        office.open()
    assert not home.exists()
    assert _processes_of(home) == []


def _impatient(seen: list[Path]) -> None:
    with TypingOffice(seconds=PATIENCE) as office:
        seen.append(office.home)
        office.open()
        office.seconds = 0.0
        office.recalculate()


def test_an_office_that_does_not_answer_in_time_is_ended() -> None:
    require_calc()
    seen: list[Path] = []
    with pytest.raises(OfficeError, match="did not finish recalculate within 0 seconds"):
        _impatient(seen)
    assert _processes_of(seen[0]) == []
    assert not seen[0].exists()


def test_without_the_add_in_a_function_of_ours_is_unknown(bare_calc: TypingOffice) -> None:
    bare_calc.open()
    bare_calc.type("A1", "=XLSIG_VERSION()")
    assert bare_calc.value("A1") == ErrorCell("#NAME?")


def test_a_file_that_is_not_there_is_said_to_be_so(running: TypingOffice, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        running.open(tmp_path / "none.xlsx")


def test_a_page_is_drawn(office: TypingOffice, tmp_path: Path) -> None:
    program = require_program("pdftoppm", "poppler-utils")
    office.type("A1", "=XLSIG_VERSION()")
    office.save(tmp_path / "page.pdf")
    subprocess.run([program, "-png", "-r", "40", tmp_path / "page.pdf", tmp_path / "page"], check=True, timeout=PATIENCE)
    (drawn,) = tmp_path.glob("page*.png")
    assert drawn.read_bytes().startswith(b"\x89PNG")


def test_the_office_does_not_see_the_virtual_environment() -> None:
    from xlsig.hosts.calc.programs import clean_environment

    environment = clean_environment(Path("/somewhere"))
    assert "VIRTUAL_ENV" not in environment
    assert "PYTHONPATH" not in environment
    assert shutil.which("soffice", path=environment["PATH"]) or not shutil.which("soffice")
