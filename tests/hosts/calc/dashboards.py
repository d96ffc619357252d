"""The dashboards by name, those that Calc takes long over among the slow tests."""

from __future__ import annotations

from typing import Any

import pytest

from xlsig.workbooks.templates import TEMPLATES

LONG = ("danger", "history")


def dashboards() -> list[Any]:
    """A parameter for each."""
    return [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in TEMPLATES]
