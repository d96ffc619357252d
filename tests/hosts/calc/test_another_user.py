"""A person who is not root, with xlsig from a built wheel: install, look, compute in the person's own LibreOffice, remove."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import xlsig
from tests.hosts.calc.needed import require_calc
from tests.hosts_required import require_program
from tests.patience import PATIENCE
from xlsig.hosts.calc.programs import find_programs

SOURCE = Path(__file__).parents[3]
NOBODY = 65534
BOOK = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
  office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:body><office:spreadsheet><table:table table:name="Sheet1">
<table:table-row><table:table-cell office:value-type="float" office:value="5"/>
  <table:table-cell table:formula="of:=SELLOFF_STREAK([.A1:.A3])"/></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="-3"/>
  <table:table-cell table:formula="of:=SELLOFF_PACE([.A1:.A3];0)"/></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="-4"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document>
"""


class Person:
    """A user without rights, with a folder of its own for a home and an environment that has xlsig from a wheel."""

    def __init__(self, home: Path, environment: Path) -> None:
        self.home, self.xlsig = home, environment / "bin" / "xlsig"

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        setpriv = require_program("setpriv", "util-linux")
        variables = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200"}
        user = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        return subprocess.run([*user, *map(str, command)], env=variables, cwd=self.home, capture_output=True, text=True, timeout=PATIENCE)

    def says(self, command: str, *, code: int = 0) -> str:
        done = self.run(self.xlsig, command, "--host", "calc")
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def computed(self) -> list[str]:
        """The rows of the book as this user's LibreOffice writes them."""
        (self.home / "book.fods").write_text(BOOK, encoding="utf-8")
        done = self.run(find_programs().soffice, "--headless", "--convert-to", "csv", "book.fods")
        assert done.returncode == 0, done.stderr
        return (self.home / "book.csv").read_text(encoding="utf-8").split()


@pytest.fixture
def person() -> Iterator[Person]:
    require_calc()
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    folder = Path(tempfile.mkdtemp(prefix="xlsig-person-"))
    try:
        folder.chmod(0o755)
        home, environment = folder / "home", folder / "venv"
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        _environment_from_a_wheel(environment, folder)
        yield Person(home, environment)
    finally:
        shutil.rmtree(folder)


def _environment_from_a_wheel(environment: Path, folder: Path) -> None:
    """An environment of LibreOffice's Python, in which the wheel of this source and what it needs are installed."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([find_programs().python, "-m", "venv", "--without-pip", environment], check=True, timeout=PATIENCE)
    subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, SOURCE], check=True, timeout=PATIENCE)
    (wheel,) = folder.glob("xlsig-*.whl")
    subprocess.run([*pip, "--python", environment / "bin" / "python", "install", "--quiet", wheel], check=True, timeout=PATIENCE)


@pytest.mark.slow
def test_a_person_without_rights_installs_computes_and_removes(person: Person) -> None:
    where = person.run(person.xlsig.with_name("python"), "-c", "import xlsig; print(xlsig.__file__)").stdout
    assert Path(where).is_relative_to(person.xlsig.parents[1])  # the wheel, not the source
    assert person.computed() == ["5,#NAME?", "-3,#NAME?", "-4,"]
    assert "NO  extension: not installed: run xlsig install --host calc" in person.says("doctor", code=1)

    assert f"xlsig {xlsig.xlsig_version()} is installed in LibreOffice Calc for you." in person.says("install")
    assert person.computed() == ["5,2", "-3,#NUM!", "-4,"]
    seen = person.says("doctor")
    assert "NO " not in seen
    assert f"{person.home}/.local/state/xlsig/calc.log says why cells show errors" in seen
    assert "SELLOFF_PACE: #NUM! sessions must be 1 or more, not 0" in seen

    assert "xlsig is removed from LibreOffice Calc." in person.says("uninstall")
    assert person.computed() == ["5,#NAME?", "-3,#NAME?", "-4,"]
