"""What Excel is set to while its cells are changed, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

MANUAL: Final = -4135  # xlCalculationManual


@contextmanager
def still(application: Any) -> Iterator[None]:
    """Excel without recalculation, events and screen updates; as it was before afterwards. What was so already is not set."""
    wanted = {"Calculation": MANUAL, "EnableEvents": False, "ScreenUpdating": False}
    before = {name: getattr(application, name) for name in wanted}
    changed = [name for name, value in wanted.items() if before[name] != value]
    try:
        for name in changed:
            setattr(application, name, wanted[name])
        yield
    finally:
        for name in reversed(changed):  # calculation last: with it Excel computes, and may ask for answers
            setattr(application, name, before[name])
