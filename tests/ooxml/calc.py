"""LibreOffice Calc opening a workbook that it has not made."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from tests.hosts_required import require_program
from tests.patience import PATIENCE

_PACKAGE = "libreoffice-calc-nogui"


def opened_in_calc(source: Path, folder: Path) -> Path:
    """The workbook as a Calc with nobody's settings saves it after opening it. No process of ours is left behind."""
    program = require_program("soffice", _PACKAGE)
    home = folder / "home"
    home.mkdir()
    target = folder / "saved"
    process = subprocess.Popen(
        [program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir", target, source],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert process.returncode == 0, said.decode(errors="replace")
    return target / f"{source.stem}.xlsx"
