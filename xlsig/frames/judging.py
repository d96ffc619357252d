"""What is wrong or late in a desk's data, found once after reading, whatever read it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from xlsig.errors import DataError, Problem

Grade = Literal["refused", "warned"]
CODES = (
    *("late", "incomplete", "stopped", "absent", "joined", "preliminary", "part", "jump", "unit", "subtotal", "frequency", "lone_date"),
    *("duplicate", "events", "hole", "old", "calendar_end", "unread"),
)
"""The fixed words for what a finding is about."""


@dataclass(frozen=True)
class Finding:
    """One thing that a morning's data is judged by: what is so, where and since when, and what to do or to write."""

    grade: Grade
    frame: str
    code: str
    what: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """Its parts by name."""
        return asdict(self)


def refused(failure: DataError) -> tuple[Finding, ...]:
    """The findings that data which could not be read make."""
    return tuple(_refused(problem) for problem in failure.problems)


def _refused(problem: Problem) -> Finding:
    frame = problem.file.partition(".")[0]
    told = str(Problem(problem.message, problem.file, problem.row, problem.column, problem.value))
    return Finding("refused", frame, problem.code, told, problem.remedy)
