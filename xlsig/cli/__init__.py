"""The command line: commands parse and call, showing prints. Exit codes: 0 done, 1 a data or file problem in plain words, 2 usage."""

from __future__ import annotations

import sys

from xlsig.cli.commands import app
from xlsig.cli.paper import bear_any_sign
from xlsig.cli.showing import failed
from xlsig.errors import DataError, SignalError, sentence

__all__ = ["app", "main"]


def main() -> None:
    """Run, and turn what went wrong into plain words and an exit code."""
    bear_any_sign()
    try:
        app()
    except (DataError, SignalError, OSError) as failure:
        failed(sentence(failure))
        sys.exit(1)
