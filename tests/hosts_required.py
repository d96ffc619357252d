"""What a test needs besides Python packages: a program of the system. Without it the test is skipped, or fails where hosts are required."""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRED = "XLSIG_REQUIRE_HOSTS"


def require_program(name: str, package: str) -> str:
    """The path of a program. Where it is missing the test is skipped, naming the package; with XLSIG_REQUIRE_HOSTS=1 it fails."""
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"the program {name} is missing: install the package {package}"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{reason} ({REQUIRED}=1)")
    pytest.skip(reason)
