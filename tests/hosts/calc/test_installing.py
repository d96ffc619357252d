"""Install, doctor, uninstall: in a LibreOffice of the test's own."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

import xlsig
from checks.typing_office import TypingOffice
from tests.hosts.calc.needed import require_calc
from tests.patience import PATIENCE
from xlsig.errors import DataError
from xlsig.hosts.calc import programs
from xlsig.hosts.calc.extension import Environment, build_extension
from xlsig.hosts.calc.installing import doctor, install, uninstall
from xlsig.hosts.calc.programs import Profile


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    require_calc()
    return Profile(tmp_path / "profile", tmp_path / "shared")


def _wrong(profile: Profile, environment: Environment) -> list[str]:
    return [f"{finding.check}: {finding.said}" for finding in doctor(profile, environment) if not finding.good]


def test_doctor_follows_install_and_uninstall(profile: Profile, tmp_path: Path) -> None:
    environment = Environment.current(tmp_path / "calc.log")
    assert _wrong(profile, environment) == ["extension: not installed: run xlsig install --host calc"]
    assert install(profile, environment)[0].startswith(f"xlsig {xlsig.xlsig_version()} is installed in LibreOffice Calc")
    assert install(profile, environment)
    assert _wrong(profile, environment) == []
    assert uninstall(profile) == ["xlsig is removed from LibreOffice Calc. Restart LibreOffice if it is open."]
    assert uninstall(profile) == ["xlsig is not installed in LibreOffice Calc."]


def test_another_python_is_explained_and_not_installed(profile: Profile) -> None:
    other = Environment(Environment.current().site, (3, 99), "/somewhere/calc.log")
    with pytest.raises(DataError, match=r"LibreOffice runs Python 3\.\d+ .* and xlsig is installed in Python 3\.99"):
        install(profile, other)
    assert [said for said in _wrong(profile, other) if "make the environment with Python" in said]


def test_an_environment_without_numpy_is_explained(profile: Profile, tmp_path: Path) -> None:
    shutil.copytree(Path(xlsig.__file__).parent, tmp_path / "site" / "xlsig")
    bare = Environment((str(tmp_path / "site"),), sys.version_info[:2], "/somewhere/calc.log")
    with pytest.raises(DataError, match=r"cannot load xlsig from .*numpy"):
        install(profile, bare)


def test_without_libreoffice_the_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs, "_PLACES", (str(tmp_path / "none" / "program"),))
    monkeypatch.setenv("PATH", str(tmp_path))
    (finding,) = doctor()
    assert not finding.good
    assert "libreoffice-calc-nogui" in finding.said
    with pytest.raises(DataError, match="python3-uno"):
        install()


def test_the_log_is_named_with_its_last_line(profile: Profile, tmp_path: Path) -> None:
    log = tmp_path / "calc.log"
    last = "2025-01-03 07:00:00 SELLOFF_STREAK: #N/A the flow of row 6 is missing"
    log.write_text(f"{last}\n")
    said = [finding.said for finding in doctor(profile, Environment.current(log)) if finding.check == "log"]
    assert said == [f"{log} says why cells show errors; its last line: {last}"]


def test_a_package_that_was_copied_into_a_site_folder_answers_in_calc(tmp_path: Path) -> None:
    require_calc()
    site = tmp_path / "site"
    shutil.copytree(Path(xlsig.__file__).parent, site / "xlsig")
    log = tmp_path / "calc.log"
    environment = Environment((str(site), sysconfig.get_path("purelib")), sys.version_info[:2], str(log))
    with TypingOffice(extension=build_extension(tmp_path / "xlsig.oxt", environment), seconds=PATIENCE) as office:
        office.open()
        office.put("A1", -1)
        office.type("B1", "=SELLOFF_STREAK(A1:A1)")
        assert office.value("B1") == 1


def test_cells_of_an_environment_that_is_gone_say_so(tmp_path: Path) -> None:
    require_calc()
    log = tmp_path / "calc.log"
    gone = Environment((str(tmp_path / "gone"),), sys.version_info[:2], str(log))
    with TypingOffice(extension=build_extension(tmp_path / "xlsig.oxt", gone), seconds=PATIENCE) as office:
        office.open()
        office.type("A1", '=EXPLAIN("SELLOFF_STREAK",B1:B3)')
        office.type("A2", "=SELLOFF_STREAK(B1:B3)")
        assert str(office.value("A1")).startswith("xlsig cannot answer here. the folder")
        assert str(office.value("A2")) == "#N/A"
    assert "is gone: run xlsig install --host calc again" in log.read_text()
