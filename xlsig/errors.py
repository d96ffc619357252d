"""The errors of xlsig: `SignalError` is the only one that may reach a cell, `DataError` the only one a source may raise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NA = "#N/A"
VALUE = "#VALUE!"
NUM = "#NUM!"
DIV0 = "#DIV/0!"


class SignalError(Exception):
    """Why a function has no answer: `code` is what the cell shows, `message` the sentence that explains it.

    >>> SignalError(NA, "the last session has no net flow").code
    '#N/A'
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


MOST_MESSAGE, MOST_VALUE, MOST_REMEDY = 1_000, 160, 4_000
"""Signs of what a file holds that are repeated to a person."""


def cut(text: str, most: int = MOST_VALUE) -> str:
    """A text of a bearable length.

    >>> cut("close"), cut("c" * 2_000_000, 20)
    ('close', 'cccccccccccccccccccc… (2,000,000 signs)')
    """
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} signs)"


@dataclass(frozen=True)
class Problem:
    """One thing wrong in an input: what, and where. `row` is the line of the file, its header being line 1.

    `code` is the fixed word of a finding (`xlsig.frames.judging`), `remedy` the lines to write that mend it.
    """

    message: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    code: str = "unread"
    remedy: str = ""

    def __str__(self) -> str:
        place = [cut(self.file)] if self.file else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(f"column {cut(self.column)}")
        found = f" (found {cut(self.value)!r})" if self.value else ""
        mend = "".join(f"\n    {line}" for line in self.mending.splitlines())
        return f"{', '.join(place)}{': ' if place else ''}{cut(self.message, MOST_MESSAGE)}{found}{mend}"

    @property
    def mending(self) -> str:
        """The remedy, unless it repeats more of the file than a person would read."""
        return self.remedy if len(self.remedy) <= MOST_REMEDY else ""


class DataError(Exception):
    """Data that cannot be used. All problems of an input are reported together, the first 20 in words."""

    shown = 20

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[: self.shown]]
        more = len(self.problems) - len(lines)
        if more:
            lines.append(f"… and {more} more")
        return "\n".join(lines)


class PackageRefusal(DataError):  # noqa: N818 (a refusal is an answer, not a fault)
    """A workbook that is left exactly as it is, with the reason in one sentence.

    ``str(refusal)`` is that sentence: it names the file's part or cell and what a person can do.
    Nothing has been written when this is raised.
    """


def sentence(failure: Exception) -> str:
    """What went wrong, for a person: what an error of ours says, or the system's reason with the file it is about.

    >>> sentence(FileNotFoundError(2, "No such file or directory", "flows.csv"))
    'flows.csv: No such file or directory'
    """
    if not isinstance(failure, OSError):
        return str(failure)
    reason = failure.strerror or str(failure)
    return f"{failure.filename}: {reason}" if failure.filename else reason
