"""`xlsig install`, `uninstall`, `doctor` and `selftest` for Excel on Windows: the add-in, and the server that it asks, for this user."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xlsig.errors import DataError
from xlsig.functions.explain import xlsig_version
from xlsig.hosts.excel import registration
from xlsig.hosts.installing import Finding, Verdict


def install() -> list[str]:
    """Add the functions to Excel; returns what was done, in sentences. A DataError says why it cannot be."""
    registration.require_windows()
    registration.refuse_store_python()
    command = registration.server_command()
    target = registration.add_in_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    build_only(target)
    registration.register(command)
    return [
        f"xlsig {xlsig_version()} is installed in Excel for you: {target}",
        "Its functions run in " + command.split('"')[1] + ", which Windows starts with the first call.",
        "Restart Excel if it is open, then type =XLSIG_VERSION() in a cell.",
    ]


def build_only(path: Path) -> list[str]:
    """Write the add-in, whole or not at all."""
    from xlsig.hosts.excel.addin import build_addin

    with tempfile.TemporaryDirectory(prefix=".xlsig-", dir=path.parent) as folder:
        made = Path(folder) / path.name
        build_addin(made)
        try:
            os.replace(made, path)
        except PermissionError:
            raise DataError(f"{path} is in use: close Excel, then run xlsig install --host excel again") from None
    return [f"Built {path}."]


def uninstall() -> list[str]:
    """Remove the functions from Excel; returns what was done, in sentences."""
    registration.require_windows()
    removed = registration.unregister()
    log = registration.server_log()
    kept = [registration.state_file(what) for what in registration.KEPT]
    for file in (registration.add_in_path(), log, log.with_name(f"{log.name}.1"), *kept):
        removed |= file.exists()
        try:
            file.unlink(missing_ok=True)
        except PermissionError:
            raise DataError(f"{file} is in use: close Excel, then run xlsig uninstall --host excel again") from None
    if log.parent.is_dir() and not any(log.parent.iterdir()):
        log.parent.rmdir()
    return ["xlsig is removed from Excel. Restart Excel if it is open." if removed else "xlsig is not installed in Excel."]


def doctor() -> list[Finding]:
    """What stands between a cell and its answer."""
    from xlsig.hosts.excel.doctor import findings

    return list(findings())


def selftest() -> list[Verdict]:
    """The verdict of the server on every function."""
    registration.require_windows()
    from xlsig.hosts.excel.client import selftest as ask

    return ask()
