"""A LibreOffice of our own: hidden, with a private profile and the add-in, told what to do, and gone afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from pathlib import Path
from types import TracebackType
from typing import IO, Any, ClassVar, Self

from xlsig.grid.addresses import cell_name
from xlsig.grid.contents import ErrorCell, Plain
from xlsig.hosts.calc.exchange import error_code
from xlsig.hosts.calc.extension import Environment, build_extension
from xlsig.hosts.calc.programs import PATIENCE, Profile, Programs, add_extension, clean_environment, find_programs

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""


class OfficeError(Exception):
    """LibreOffice did not do what it was told, or not in time."""


class Office:
    """`with Office() as office:` starts a hidden LibreOffice with the add-in of this environment; nothing of it is left behind."""

    driver: ClassVar[Path] = Path(__file__).with_name("driver.py")

    def __init__(
        self, *, add_in: bool = True, extension: Path | None = None, others: tuple[Path, ...] = (), seconds: float = PATIENCE
    ) -> None:
        self.programs: Programs = find_programs()
        self.seconds = seconds
        self._add_in, self._extension, self._others = add_in, extension, others
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._processes: list[subprocess.Popen[str]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()

    @property
    def home(self) -> Path:
        """The private folder: profile, extension, log."""
        if self._folder is None:
            raise OfficeError("the office is not running")
        return Path(self._folder.name)

    @property
    def log(self) -> Path:
        """The log of the functions in this office."""
        return self.home / "calc.log"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="xlsig-calc-", ignore_cleanup_errors=True)
        try:
            self._prepare()
            self._start()
        except BaseException:  # an interrupt leaves no office running either
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def _profile(self) -> Profile:
        return Profile(self.home / "profile", self.home / "shared", self.home)

    def _prepare(self) -> None:
        user = self.home / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        if self._add_in:
            extension = self._extension or build_extension(self.home / "xlsig.oxt", Environment.current(self.log))
            self._others = (extension, *self._others)
        for each in self._others:
            add_extension(self.programs, each, self._profile)

    def _spawn(self, command: list[str], **streams: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(command, env=clean_environment(self.home), text=True, start_new_session=True, **streams)
        self._processes.append(process)
        return process

    def _start(self) -> None:
        pipe = f"xlsig{uuid.uuid4().hex}"
        with (self.home / "soffice.txt").open("w") as said:
            self._spawn(
                [
                    str(self.programs.soffice),
                    *self._profile.options(),
                    "--headless",
                    "--norestore",
                    "--nologo",
                    "--nodefault",
                    f"--accept=pipe,name={pipe};urp;",
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self._driver = self._spawn(
            [str(self.programs.python), str(self.driver), pipe, str(self.seconds / 2)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self._driver.stdout is not None
        threading.Thread(target=self._listen, args=(self._driver.stdout,), daemon=True).start()
        self._answer("starting")

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def _answer(self, command: str) -> Any:
        try:
            line = self._lines.get(timeout=self.seconds)
        except queue.Empty:
            raise OfficeError(f"LibreOffice did not finish {command} within {self.seconds:g} seconds") from None
        if line is None:
            assert self._driver.stderr is not None
            raise OfficeError(f"LibreOffice ended while {command}: {self._driver.stderr.read()[-500:]}")
        said = json.loads(line)
        if "error" in said:
            raise OfficeError(f"{command}: {said['error']}")
        return said["answer"]

    def tell(self, command: str, **arguments: Any) -> Any:
        """One command of `driver.Driver`."""
        assert self._driver.stdin is not None
        try:
            self._driver.stdin.write(json.dumps({"command": command, "arguments": arguments}) + "\n")
            self._driver.stdin.flush()
        except BrokenPipeError:
            raise OfficeError(f"LibreOffice is gone: {command} was not done") from None
        return self._answer(command)

    def open(self, path: Path | None = None) -> list[str]:
        """Open a file, or a new spreadsheet; returns its sheets."""
        if path is not None and not path.exists():
            raise FileNotFoundError(2, "there is no such file", str(path))
        return list(self.tell("open", path=str(path.resolve()) if path else None))

    def recalculate(self) -> float:
        """Recalculate everything; returns the seconds."""
        return float(self.tell("recalculate"))

    def sheet(self, name: str) -> dict[str, Plain]:
        """Every filled cell of a sheet, by address (B4)."""
        cells = self.tell("used", sheet=name)
        return {cell_name(*map(int, at.split(","))): held(cell) for at, cell in cells.items()}

    def named(self, prefix: str = "") -> dict[str, Plain]:
        """The first cell of each defined name that begins so."""
        return {name: held(cell) for name, cell in self.tell("names", prefix=prefix).items()}

    def close(self) -> None:
        """End the office and remove its folder."""
        for process in reversed(self._processes):
            _end(process)
        self._processes.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def held(cell: list[Any]) -> Plain:
    """What a cell holds, from what the driver tells of it."""
    kind, value, _ = cell
    return ErrorCell(error_code(int(value))) if kind == "e" else value


def _end(process: subprocess.Popen[str]) -> None:
    """End a process that we started, with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
