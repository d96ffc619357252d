"""LibreOffice's own installer of extensions, unopkg. As root it takes shared extensions only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from xlsig.errors import DataError
from xlsig.hosts.calc.programs import Programs


def is_root() -> bool:
    """Whether this is the superuser of a Unix system."""
    return sys.platform != "win32" and os.geteuid() == 0


def add_extension(programs: Programs, extension: Path, environment: dict[str, str], places: list[str]) -> None:
    """Add an extension with unopkg; as root it has to be a shared one."""
    _unopkg(programs, ["add", *_as_root(), "--force", *places, str(extension)], environment)


def remove_extension(programs: Programs, identifier: str, environment: dict[str, str], places: list[str]) -> None:
    """Remove an extension with unopkg."""
    _unopkg(programs, ["remove", *_as_root(), *places, identifier], environment)


def listed_extensions(programs: Programs, environment: dict[str, str], places: list[str]) -> str:
    """What unopkg lists."""
    return _unopkg(programs, ["list", *_as_root(), *places], environment)


def _as_root() -> list[str]:
    return ["--shared"] if is_root() else []


def _unopkg(programs: Programs, arguments: list[str], environment: dict[str, str]) -> str:
    try:
        done = subprocess.run([programs.unopkg, *arguments], env=environment, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        raise DataError("unopkg did not end within three minutes; close LibreOffice and try again") from None
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 0:
        raise DataError(f"unopkg {arguments[0]} failed: {said[-500:] or f'exit code {done.returncode}'}")
    return said
