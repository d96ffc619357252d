"""A Windows of the tests' own, in Wine: an empty prefix with a real Windows Python in which xlsig is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import xlsig
from tests.hosts.excel.windows_python import cached_python
from tests.patience import PATIENCE, comes_true
from xlsig.hosts.excel.contract import CLSID

ENVIRONMENT = "xlsig env"  # a space, since Windows' paths have them
_END_PATIENCE: Final = 300
"""Seconds for the end of what serves: twice what the server takes at most, and time for a start that nobody waited for."""


@dataclass(frozen=True)
class Running:
    """A script that is running."""

    process: subprocess.Popen[bytes]

    def line(self) -> str:
        """The next line that it echoes."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()


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

    def copy_environment(self, folder: Path) -> None:
        """Another environment with the same Python and xlsig."""
        shutil.copytree(self.drive / ENVIRONMENT, folder, copy_function=_linked)

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

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
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
            timeout=PATIENCE,
        )

    def python(self, *arguments: str) -> str:
        """What the Windows Python says; it must end well."""
        done = self.run(rf"C:\{ENVIRONMENT}\python.exe", "-X", "utf8", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def xlsig(self, *arguments: str, first: str = "") -> subprocess.CompletedProcess[str]:
        """The command line of xlsig; `first` is run before it, there."""
        run = f"{first}\nfrom xlsig.cli import main; main()"
        return self.run(rf"C:\{ENVIRONMENT}\python.exe", "-X", "utf8", "-c", run, *arguments, COLUMNS="2000")

    def script(self, source: str) -> list[str]:
        """The lines that a VBScript echoes."""
        path = self.drive / "test.vbs"
        path.write_text(source, encoding="ascii")
        done = self.run("cscript.exe", "//nologo", r"C:\test.vbs")
        return done.stdout.splitlines()

    @contextmanager
    def started_script(self, source: str) -> Iterator[Running]:
        """A VBScript that runs while the test goes on, and is waited for at the end.

        If the test fails it is killed, and with it the server: Wine, unlike Windows, never tells a server that a client is gone.
        """
        path = self.drive / "running.vbs"
        path.write_text(source, encoding="ascii")
        command = ["wine", "cscript.exe", "//nologo", r"C:\running.vbs"]
        with subprocess.Popen(
            command, env=self._environment(), cwd=self.drive, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as process:
            try:
                yield Running(process)
                process.wait(PATIENCE)
            except BaseException:
                process.kill()
                self.end_servers()
                raise

    @property
    def serve_path(self) -> str:
        """The server's script, as Windows sees it."""
        return rf"C:\{ENVIRONMENT}\Lib\site-packages\xlsig\hosts\excel\serve.py"

    def servers(self) -> list[int]:
        """The processes that serve."""
        return [pid for pid, command in _processes(self.prefix) if "serve.py" in command and "pythonw.exe" in command]

    def kill_server(self) -> None:
        """Kill the process that serves; it must be there, and alone."""
        (server,) = self.servers()
        self._kill(server)

    def servers_end(self) -> bool:
        """Whether all processes that serve end by themselves. What does not is killed: it fails this test and no other.

        Wine's CoUninitialize may wait for ever for a call that is over: RpcServerUnregisterIf sees it running, and the call ends before
        it has noted that somebody waits. xlsig ends such a server within two minutes.
        """
        try:
            return comes_true(lambda: not self.servers(), patience=_END_PATIENCE)
        finally:
            self.end_servers()

    def end_servers(self) -> None:
        """Kill whatever serves."""
        if left := self.servers():
            self._kill(*left)

    def _kill(self, *servers: int) -> None:
        """Kill servers; and Wine's rpcss, which, unlike Windows, does not forget them. It starts again when needed."""
        rpcss = [pid for pid, command in _processes(self.prefix) if "rpcss.exe" in command]
        for pid in (*servers, *rpcss):
            with suppress(ProcessLookupError):  # it ended just now
                os.kill(pid, signal.SIGKILL)

    def our_keys(self) -> list[str]:
        """Every line of the whole registry that names us."""
        exported = self.drive / "registry.reg"
        self.run("regedit.exe", "/E", r"C:\registry.reg")
        lines = exported.read_text(encoding="utf-16").splitlines()
        return [line for line in lines if "xlsig" in line.lower() or CLSID.lower() in line.lower()]

    def files(self) -> set[str]:
        """Every file of the user, and every file of ours, but for what Python and pywin32 keep for themselves."""
        return {
            path.relative_to(self.drive).as_posix()
            for folder in (self.drive / "users", self.drive / "ProgramData")
            for path in folder.rglob("*")
            if path.is_file() and "/Temp/" not in path.as_posix()
        }

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
        # without its driver for Wayland Wine 10 does not say with every program that there is no desktop
        quiet = {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml,winewayland.drv="}
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}  # meant for the Python out here
        return {**ours, "WINEPREFIX": str(self.prefix), **quiet}

    def _call(self, *command: str) -> None:
        # without a pipe: what starts here stays up, and would hold its end open
        subprocess.run(
            command,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
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
