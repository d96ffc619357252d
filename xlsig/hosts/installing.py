"""What installing a host reports, the same for every host."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that `doctor` looked at: whether it is right, and what was seen or has to be done."""

    check: str
    good: bool
    said: str

    def __str__(self) -> str:
        return f"{'ok ' if self.good else 'NO '} {self.check}: {self.said}"
