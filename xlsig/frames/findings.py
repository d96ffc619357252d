"""A finding: one thing that a morning's data is judged by, in a sentence, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from xlsig.errors import DataError, Problem

Grade = Literal["refused", "warned"]
CODES = (
    *("unread", "duplicate", "lone_date", "unit", "subtotal", "calendar_end", "old", "late", "incomplete", "stopped", "absent", "hole"),
    *("frequency", "part", "events", "jump", "preliminary", "joined"),
)
"""The fixed words for what a finding is about, the gravest first."""

AMERICA, WORLD, SPREADS, PRICES, CONTRACTS, SQUEEZE, EVENTS = INPUTS = (
    *("flows of North America", "flows of the world", "spreads", "prices", "contracts", "squeeze", "events"),
)
"""What answers are made of."""


@dataclass(frozen=True)
class Finding:
    """What is so, where and since when, and what to do or to write; `inputs` are those that it leaves unknown."""

    grade: Grade
    frame: str
    code: str
    what: str
    remedy: str = ""
    inputs: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What a program reads of it."""
        return {"grade": self.grade, "frame": self.frame, "code": self.code, "what": self.what, "remedy": self.remedy}


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of their codes."""
    return tuple(sorted(findings, key=lambda finding: CODES.index(finding.code)))


def refused(failure: DataError) -> tuple[Finding, ...]:
    """The findings that data which could not be read make."""
    return tuple(_refused(problem) for problem in failure.problems)


def _refused(problem: Problem) -> Finding:
    frame = problem.file.partition(".")[0]
    told = str(Problem(problem.message, problem.file, problem.row, problem.column, problem.value))
    return Finding("refused", frame, problem.code, told, problem.mending)
