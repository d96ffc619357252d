"""`xlsig install`, `uninstall`, `doctor` and `selftest` for LibreOffice Calc."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xlsig.errors import DataError
from xlsig.functions.explain import xlsig_version
from xlsig.grid.addresses import cell_name
from xlsig.hosts.calc.extension import IDENTIFIER, Environment, build_extension
from xlsig.hosts.calc.office import Office
from xlsig.hosts.calc.programs import (
    OWN_PROFILE,
    PATIENCE,
    Profile,
    Programs,
    add_extension,
    clean_environment,
    find_programs,
    is_root,
    listed_extensions,
    office_python_version,
    remove_extension,
)
from xlsig.hosts.installing import Finding, Verdict, log_finding
from xlsig.workbooks.building import build
from xlsig.workbooks.templates.selftest import layout, verdicts

_IMPORT = """
import json, site, sys
for folder in json.loads(sys.argv[1]):
    site.addsitedir(folder)
import numpy
import xlsig
from xlsig.hosts.calc import exchange
print(numpy.__version__)
"""


def install(profile: Profile = OWN_PROFILE, environment: Environment | None = None) -> list[str]:
    """Add the functions to LibreOffice Calc; returns what was done, in sentences. A DataError says why it cannot be."""
    programs = find_programs()
    environment = environment or Environment.current()
    _same_python(programs, environment)
    numpy = _imported(programs, environment)
    with tempfile.TemporaryDirectory(prefix="xlsig-") as folder:
        extension = build_extension(Path(folder) / "xlsig.oxt", environment)
        add_extension(programs, extension, profile)
    whose = "for all users of this machine" if is_root() else "for you"
    return [
        f"xlsig {xlsig_version()} is installed in LibreOffice Calc {whose}.",
        f"Its functions run in {programs.python} with numpy {numpy} from {environment.site[-1]}.",
        "Restart LibreOffice if it is open, then type =XLSIG_VERSION() in a cell.",
    ]


def uninstall(profile: Profile = OWN_PROFILE) -> list[str]:
    """Remove the functions from LibreOffice Calc; returns what was done, in sentences."""
    programs = find_programs()
    if IDENTIFIER not in listed_extensions(programs, profile):
        return ["xlsig is not installed in LibreOffice Calc."]
    remove_extension(programs, IDENTIFIER, profile)
    return ["xlsig is removed from LibreOffice Calc. Restart LibreOffice if it is open."]


def doctor(profile: Profile = OWN_PROFILE, environment: Environment | None = None) -> list[Finding]:
    """What stands between a cell and its answer, checked one after the other until something is wrong."""
    return list(_findings(profile, environment or Environment.current()))


def _findings(profile: Profile, environment: Environment) -> Iterator[Finding]:
    try:
        programs = find_programs()
    except DataError as error:
        yield Finding("LibreOffice", False, str(error))
        return
    yield Finding("LibreOffice", True, str(programs.soffice))
    try:
        _same_python(programs, environment)
        yield Finding("Python", True, f"{programs.python} is {environment.python[0]}.{environment.python[1]}, as here")
        yield Finding("packages", True, f"numpy {_imported(programs, environment)} and xlsig are found from LibreOffice's Python")
        listed = listed_extensions(programs, profile)
    except DataError as error:
        yield Finding("Python", False, str(error))
        return
    version = _listed_version(listed)
    if version is None:
        yield Finding("extension", False, "not installed: run xlsig install --host calc")
    else:
        same = version == xlsig_version()
        yield Finding(
            "extension", same, f"xlsig {version} is installed" + ("" if same else f" and this is {xlsig_version()}: install again")
        )
    yield log_finding(Path(environment.log))


def _same_python(programs: Programs, environment: Environment) -> None:
    version = office_python_version(programs)
    if version != environment.python:
        here, there = (f"{major}.{minor}" for major, minor in (environment.python, version))
        raise DataError(
            f"LibreOffice runs Python {there} ({programs.python}) and xlsig is installed in Python {here}, whose numpy it cannot load: "
            f"make the environment with Python {there} and run xlsig install --host calc from there"
        )


def _imported(programs: Programs, environment: Environment) -> str:
    """The numpy that LibreOffice's Python finds; a DataError if it or xlsig cannot be loaded there."""
    asked = subprocess.run(
        [programs.python, "-c", _IMPORT, json.dumps(environment.site)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    if asked.returncode != 0:
        last = (asked.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DataError(f"LibreOffice's Python ({programs.python}) cannot load xlsig from {', '.join(environment.site)}: {last}")
    return asked.stdout.strip()


def _listed_version(listed: str) -> str | None:
    """The version of our extension in unopkg's list: the line after its identifier."""
    _, found, after = listed.partition(f"Identifier: {IDENTIFIER}")
    if not found:
        return None
    for line in after.splitlines():
        name, _, value = line.strip().partition(": ")
        if name == "Version":
            return value.strip()
    return ""


def selftest(office: Office | None = None) -> list[Verdict]:
    """The verdict of Calc on every function, in the catalogue's order: of a running office, or of one started for it."""
    if office is None:
        with Office() as started:
            return selftest(started)
    page = layout()
    with tempfile.TemporaryDirectory(prefix="xlsig-selftest-") as folder:
        path = Path(folder) / "selftest.xlsx"
        build(page, path, "calc")
        office.open(path)
        office.recalculate()
        named = office.named("test_")
        sheets = {sheet: office.sheet(sheet) for sheet in {sheet for _, _, (sheet, _, _) in verdicts(page)}}
    told: dict[str, list[tuple[str, bool]]] = {}
    for function, case, (sheet, row, column) in verdicts(page):
        told.setdefault(function, []).append((case, sheets[sheet].get(cell_name(row, column)) == 1.0))
    return [
        Verdict(function, named[f"test_{function}"] == 1.0, len(seen), tuple(case for case, agrees in seen if not agrees))
        for function, seen in told.items()
    ]
