"""Where LibreOffice is on this machine: soffice, unopkg and the Python it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from xlsig.errors import DataError

PACKAGES = "libreoffice-calc-nogui (or libreoffice-calc) and python3-uno"
_PLACES = (
    "/usr/lib/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    "C:/Program Files/LibreOffice/program",
)
_ASK = "import sys, uno; print(*sys.version_info[:2])"


@dataclass(frozen=True)
class Programs:
    """The programs of one LibreOffice."""

    soffice: Path
    unopkg: Path
    python: Path


def find_programs() -> Programs:
    """LibreOffice's programs; a DataError in plain words where there is none, or none with Python."""
    folder = _folder()
    if folder is None:
        raise DataError(f"LibreOffice is not installed; on Debian and Ubuntu the packages are {PACKAGES}")
    ending = ".exe" if sys.platform == "win32" else ""
    unopkg = folder / f"unopkg{ending}"
    if not unopkg.exists():
        raise DataError(f"the LibreOffice in {folder} has no unopkg, which installs extensions")
    return Programs(folder / f"soffice{ending}", unopkg, _python(folder, ending))


def _folder() -> Path | None:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found and (folder := Path(found).resolve().parent).joinpath("unopkg").exists():
        return folder
    for place in map(Path, _PLACES):
        for folder in sorted(place.parent.parent.glob(f"{place.parent.name}/{place.name}"), reverse=True):
            if any((folder / name).exists() for name in ("soffice", "soffice.exe")):
                return folder
    return None


def _python(folder: Path, ending: str) -> Path:
    """LibreOffice's own Python, or the system's where it uses that (Debian, Ubuntu, Fedora)."""
    for candidate in (folder / f"python{ending}", folder.parent / "Resources" / "python", Path("/usr/bin/python3")):
        if candidate.exists():
            return candidate
    raise DataError(f"the LibreOffice in {folder} has no Python; on Debian and Ubuntu the package is python3-uno")


def clean_environment(home: Path | None = None) -> dict[str, str]:
    """An environment without a virtual environment's paths, which would crash LibreOffice's Python."""
    kept = {name: value for name in ("SYSTEMROOT", "TEMP", "APPDATA", "LOCALAPPDATA") if (value := os.environ.get(name))}
    path = os.environ.get("PATH", "") if sys.platform == "win32" else "/usr/bin:/bin:/usr/sbin:/sbin"
    return {**kept, "PATH": path, "HOME": str(home or Path.home()), "LANG": "C.UTF-8"}


def office_python_version(programs: Programs) -> tuple[int, int]:
    """The version of the Python inside LibreOffice."""
    try:
        asked = subprocess.run(
            [programs.python, "-c", _ASK], env=clean_environment(), capture_output=True, text=True, timeout=60, check=True
        )
    except subprocess.CalledProcessError:
        raise DataError(f"{programs.python} cannot import uno; on Debian and Ubuntu install the package python3-uno") from None
    major, minor = asked.stdout.split()
    return int(major), int(minor)


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
