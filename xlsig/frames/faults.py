"""What is wrong with one file, gathered by kind: each kind is one problem with its count, its first place and the lines that mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlsig.errors import DataError, Problem
from xlsig.frames import remedies
from xlsig.frames.readings import CellError

_MOST_WORDS = 8
"""How many words a list in a remedy may have: a column with more is no column of numbers with a few words in it."""


@dataclass
class _Kind:
    """Cells that are wrong in one way: how many in which columns, and the first of them."""

    at: int
    row: int
    value: str
    code: str
    count: int = 0
    columns: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)


def of_rows(count: int) -> str:
    """The end of a sentence about the first of so many rows; nothing if it is the only one."""
    return f"; {count:,} rows, this is the first" if count > 1 else ""


class Faults:
    """The problems of one file, and the settings that its section of the configuration has already."""

    def __init__(self, file: str, section: str, lists: Mapping[str, tuple[Any, ...]] | None = None) -> None:
        self.file, self.section, self._lists = file, section, dict(lists or {})
        self._kinds: dict[str, _Kind] = {}
        self._others: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._kinds or self._others)

    def cell(self, error: CellError, at: int, row: int, column: str, cell: Any) -> None:
        """A cell that cannot be read: the `at`-th of its column, in that row of the file."""
        value = "" if cell is None else str(cell)
        kind = self._kinds.setdefault(str(error), _Kind(at, row, value, error.code))
        if at < kind.at:
            kind.at, kind.row, kind.value = at, row, value
            kind.columns = [column, *(other for other in kind.columns if other != column)]
        kind.count += 1
        if column not in kind.columns:
            kind.columns.append(column)
        for name, setting in error.settings.items():
            if isinstance(setting, list):
                kind.settings[name] = list(dict.fromkeys((*kind.settings.get(name, ()), *setting)))
            else:
                kind.settings[name] = setting

    def add(self, message: str, row: int | None = None, column: str = "", value: str = "", code: str = "unread", remedy: str = "") -> None:
        """A problem that is one of its kind."""
        self._others.append(Problem(message, self.file, row, column, value, code, remedy))

    def settings(self, **settings: Any) -> str:
        """The lines for settings of the file's section; lists are added to those that it has."""
        whole = {name: [*self._lists.get(name, ()), *value] if isinstance(value, list) else value for name, value in settings.items()}
        return remedies.lines(self.section, whole)

    def mend(self, column: str, lines: str) -> None:
        """The lines that mend every kind of fault in a column."""
        for kind in self._kinds.values():
            if kind.columns == [column]:
                kind.settings = {"": lines}

    def problems(self) -> list[Problem]:
        """All of them in the order of the file."""
        found = [self._problem(message, kind) for message, kind in self._kinds.items()]
        return sorted((*found, *self._others), key=lambda problem: problem.row or 0)

    def _problem(self, message: str, kind: _Kind) -> Problem:
        if kind.count > 1:
            where = f" in {len(kind.columns)} columns" if len(kind.columns) > 1 else ""
            message = f"{message}; {kind.count:,} cells{where}, this is the first"
        return Problem(message, self.file, kind.row, kind.columns[0], kind.value, kind.code, self._remedy(kind))

    def _remedy(self, kind: _Kind) -> str:
        if "" in kind.settings:
            return str(kind.settings[""])
        too_many = any(isinstance(value, list) and len(value) > _MOST_WORDS for value in kind.settings.values())
        return self.settings(**kind.settings) if kind.settings and not too_many else ""

    def raise_any(self) -> None:
        """Refuse the file if anything is wrong with it."""
        if self:
            raise DataError(self.problems())
