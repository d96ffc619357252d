"""How long a test waits for what may never come. Such a limit ends a hang and judges no speed, so it is minutes: both cores may be busy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 600
"""Seconds for a program's answer, a host's start or a process's end."""


def comes_true(asked: Callable[[], bool], pause: float = 0.05, patience: float = PATIENCE) -> bool:
    """Ask until it is so; whether it came to that before the patience ended."""
    end = time.monotonic() + patience
    while not asked():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
