"""What `doctor` looks at on Windows, from Python to a live answer; every line that is wrong says what to do."""

from __future__ import annotations

import importlib.metadata
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xlsig.errors import DataError
from xlsig.functions.explain import xlsig_version
from xlsig.hosts.excel import client, registration
from xlsig.hosts.excel.contract import CLSID
from xlsig.hosts.excel.obstacles import obstacles
from xlsig.hosts.installing import Finding, log_finding

_AGAIN = "run xlsig install --host excel"
_SLOWEST_START = 180.0


def findings(*, answering: bool = False) -> Iterator[Finding]:
    """Every check, in the order in which an answer depends on them. `answering`: it is the server that asks, so that it does answer."""
    try:
        registration.require_windows()
    except DataError as error:
        yield Finding("Windows", False, str(error))
        return
    yield _python()
    yield _pywin32()
    for view in registration.VIEWS:
        yield _registration(view)
    yield _add_in()
    yield _mark_of_the_web()
    yield from obstacles(answering=answering)
    yield Finding("round trip", True, f"xlsig {xlsig_version()} answers this Excel") if answering else _round_trip()
    yield log_finding(registration.server_log())


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    seen = f"{version}, {64 if sys.maxsize > 2**32 else 32}-bit, {sys.executable}; 32-bit and 64-bit Excel can both ask it"
    try:
        registration.refuse_store_python()
    except DataError as error:
        return Finding("Python", False, str(error))
    return Finding("Python", True, seen)


def _pywin32() -> Finding:
    try:
        import win32com  # noqa: F401

        return Finding("pywin32", True, importlib.metadata.version("pywin32"))
    except ImportError as error:
        return Finding("pywin32", False, f"it cannot be loaded ({error}): run python -m pip install --force-reinstall pywin32")


def _registration(view: int) -> Finding:
    check = f"registration, {view}-bit view"
    found = registration.registered(view)
    if not found:
        return Finding(check, False, f"the server is not registered: {_AGAIN}")
    if found != registration.entries(registration.server_command()):
        started = found.get(rf"CLSID\{CLSID}\LocalServer32", "nothing")
        return Finding(check, False, f"another environment or version is registered, which starts {started}: {_AGAIN} again")
    command = registration.server_command()
    if len(command) > registration.LONGEST_COMMAND:
        said = f"the command that starts this environment has {len(command)} signs, more than every Windows takes"
        return Finding(check, True, f"{said}: if no answer comes, make the environment in a folder with a shorter name", soon=True)
    return Finding(check, True, f"HKEY_CURRENT_USER\\{registration.CLASSES} starts this environment")


def _add_in() -> Finding:
    from xlsig.hosts.excel.addin import build_addin

    path = registration.add_in_path()
    if not path.exists():
        return Finding("add-in", False, f"{path} is not there: {_AGAIN}")
    with tempfile.TemporaryDirectory(prefix="xlsig-") as folder:
        fresh = Path(folder) / path.name
        build_addin(fresh)
        if fresh.read_bytes() != path.read_bytes():
            return Finding("add-in", False, f"{path} is not the one of xlsig {xlsig_version()}: close Excel and {_AGAIN} again")
    return Finding("add-in", True, f"{path} is the one of xlsig {xlsig_version()}")


def _mark_of_the_web() -> Finding:
    mark = Path(f"{registration.add_in_path()}:Zone.Identifier")
    if mark.exists():
        return Finding("Mark of the Web", False, f"Windows takes the add-in for a download, and Excel blocks its code: {_AGAIN} again")
    return Finding("Mark of the Web", True, "the add-in carries none")


def _round_trip() -> Finding:
    try:
        who, started, call = client.within(_SLOWEST_START, client.round_trip)
    except Exception as error:
        said = " ".join(str(error).split())
        return Finding("round trip", False, f"the server does not answer ({said}): {registration.server_log()} may say why; {_AGAIN} again")
    if who != f"xlsig {xlsig_version()}":
        return Finding("round trip", False, f"{who} answers, and this is xlsig {xlsig_version()}: close Excel and {_AGAIN} again")
    return Finding("round trip", True, f"{who} answers after {started:.1f} s, then in {call * 1e3:.1f} ms a call with 250 rows")
