"""LibreOffice Calc opening a workbook that it has not made."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from tests.hosts_required import require_program

_PACKAGE = "libreoffice-calc-nogui"
_SECONDS = 180


def opened_in_calc(source: Path, folder: Path, settings: str = "") -> Path:
    """The workbook as Calc saves it after opening it, with these settings in its profile. No process of ours is left behind."""
    program = require_program("soffice", _PACKAGE)
    home = folder / "home"
    (home / "profile" / "user").mkdir(parents=True)
    if settings:
        (home / "profile" / "user" / "registrymodifications.xcu").write_text(settings, encoding="utf-8")
    target = folder / "saved"
    process = subprocess.Popen(
        [program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir", target, source],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert process.returncode == 0, said.decode(errors="replace")
    return target / f"{source.stem}.xlsx"
