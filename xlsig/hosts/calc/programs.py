"""The programs of LibreOffice on this machine: soffice, unopkg, which keeps its extensions, and the Python it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xlsig.errors import DataError

_PLACES = (
    "/usr/lib/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    "C:/Program Files/LibreOffice/program",
)
_ASK = "import sys, uno; print(*sys.version_info[:2])"


PATIENCE = 600.0
"""Seconds after which a program of LibreOffice is taken to hang."""


@dataclass(frozen=True)
class Programs:
    """The programs of one LibreOffice."""

    soffice: Path
    unopkg: Path
    python: Path


@dataclass(frozen=True)
class Profile:
    """Whose settings and extensions: this user's own, or those in folders of their own. `shared` is where root's extensions are."""

    folder: Path | None = None
    shared: Path | None = None
    home: Path | None = None

    def options(self) -> list[str]:
        """The options of LibreOffice's programs for it."""
        places = {"UserInstallation": self.folder, "UNO_SHARED_PACKAGES_CACHE": self.shared}
        return [f"-env:{name}={folder.resolve().as_uri()}" for name, folder in places.items() if folder]


OWN_PROFILE: Final = Profile()


def find_programs() -> Programs:
    """LibreOffice's programs; a DataError in plain words where there is none, or none with Python."""
    folder = _folder()
    if folder is None:
        raise DataError(
            "LibreOffice is not installed; on Debian and Ubuntu the packages are "
            "libreoffice-calc-nogui (or libreoffice-calc) and python3-uno"
        )
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
            [programs.python, "-c", _ASK], env=clean_environment(), capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except subprocess.CalledProcessError:
        raise DataError(f"{programs.python} cannot import uno; on Debian and Ubuntu install the package python3-uno") from None
    major, minor = asked.stdout.split()
    return int(major), int(minor)


def is_root() -> bool:
    """Whether this is the superuser of a Unix system."""
    return sys.platform != "win32" and os.geteuid() == 0


def add_extension(programs: Programs, extension: Path, profile: Profile) -> None:
    """Add an extension with unopkg."""
    _unopkg(programs, "add", profile, "--force", str(extension))


def remove_extension(programs: Programs, identifier: str, profile: Profile) -> None:
    """Remove an extension with unopkg."""
    _unopkg(programs, "remove", profile, identifier)


def listed_extensions(programs: Programs, profile: Profile) -> str:
    """What unopkg lists."""
    return _unopkg(programs, "list", profile)


def _unopkg(programs: Programs, command: str, profile: Profile, *rest: str) -> str:
    """What unopkg says; as root an extension has to be a shared one."""
    asked = [str(programs.unopkg), command, *(["--shared"] if is_root() else []), *profile.options(), *rest]
    try:
        done = subprocess.run(asked, env=clean_environment(profile.home), capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise DataError("unopkg did not end within three minutes; close LibreOffice and try again") from None
    said = (done.stdout + done.stderr).strip()
    if done.returncode != 0:
        raise DataError(f"unopkg {command} failed: {said[-500:] or f'exit code {done.returncode}'}")
    return said
