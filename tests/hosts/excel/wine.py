"""A Windows of the tests' own, in Wine: an empty prefix with a real Windows Python in which xlsig is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import xlsig
from tests.hosts.excel.windows_python import cached_python

ENVIRONMENT = "xlsig env"  # a space, since Windows' paths have them


@dataclass(frozen=True)
class Wine:
    """The Wine prefix in a folder."""

    prefix: Path

    def start(self) -> None:
        """Make the prefix, let it stay up between programs, and install Python and xlsig in it."""
        self._call("wine", "wineboot", "--init")
        self._call("wine", "winecfg", "-v", "win10")
        self._call("wineserver", "-k")  # the services of the first start are not those of later ones
        self._call("wineserver", "-w")
        self._call("wineserver", "-p")
        self._call("wine", "wineboot")
        shutil.copytree(cached_python(), self.drive / ENVIRONMENT, copy_function=_linked)
        self._install_xlsig(self.drive / ENVIRONMENT / "Lib" / "site-packages")

    def stop(self) -> None:
        """End everything that runs in it and remove it."""
        self._call("wineserver", "-k")
        self._call("wineserver", "-w")
        shutil.rmtree(self.prefix, ignore_errors=True)

    @property
    def drive(self) -> Path:
        """Drive C."""
        return self.prefix / "drive_c"

    @cached_property
    def appdata(self) -> Path:
        """%APPDATA%."""
        return self._folder("APPDATA")

    @cached_property
    def local_appdata(self) -> Path:
        """%LOCALAPPDATA%."""
        return self._folder("LOCALAPPDATA")

    def run(self, *command: str, seconds: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a Windows program; what it says on both streams is its stdout."""
        return subprocess.run(
            ["wine", *command],
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd=self.drive,
            timeout=seconds,
        )

    def python(self, *arguments: str, seconds: float = 120) -> str:
        """What the Windows Python says; it must end well."""
        done = self.run(rf"C:\{ENVIRONMENT}\python.exe", "-X", "utf8", *arguments, seconds=seconds)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def xlsig(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """The command line of xlsig."""
        run = "from xlsig.cli import main; main()"
        return self.run(rf"C:\{ENVIRONMENT}\python.exe", "-X", "utf8", "-c", run, *arguments, seconds=seconds, COLUMNS="200")

    def script(self, source: str, seconds: float = 40) -> list[str]:
        """The lines that a VBScript echoes."""
        path = self.drive / "test.vbs"
        path.write_text(source, encoding="ascii")
        done = self.run("cscript.exe", "//nologo", r"C:\test.vbs", seconds=seconds)
        return done.stdout.splitlines()

    def servers(self) -> list[int]:
        """The processes that serve."""
        return [pid for pid, command in _processes(self.prefix) if "serve.py" in command and "pythonw.exe" in command]

    def _folder(self, variable: str) -> Path:
        (shown,) = self.run("cmd", "/c", "echo", f"%{variable}%").stdout.split("\n")[:1]
        return self.drive.joinpath(*shown.strip().split("\\")[1:])

    def _install_xlsig(self, site: Path) -> None:
        """What unpacking the wheel does: the package, and what says its version."""
        package = Path(xlsig.__file__).parent
        shutil.copytree(package, site / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        about = site / f"xlsig-{xlsig.xlsig_version()}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: xlsig\nVersion: {xlsig.xlsig_version()}\n")

    def _environment(self) -> dict[str, str]:
        quiet = {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
        return {**os.environ, "WINEPREFIX": str(self.prefix), **quiet}

    def _call(self, *command: str) -> None:
        # without a pipe: what starts here stays up, and would hold its end open
        subprocess.run(
            command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120
        )


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _processes(prefix: Path) -> Iterator[tuple[int, str]]:
    """Processes of this prefix and their command lines."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if f"WINEPREFIX={prefix}".encode() in environment.split(b"\0"):
                yield int(folder.name), command.replace(b"\0", b" ").decode(errors="replace")
