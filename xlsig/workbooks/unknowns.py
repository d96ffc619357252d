"""Answers that a workbook leaves unknown though it should not: what a command says of them, and ends with 3 for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.frames.findings import Finding
from xlsig.grid.book import Book, Formula, Key
from xlsig.grid.contents import ErrorCell
from xlsig.signals.warning import NO_DATA
from xlsig.workbooks.claims import ANSWER, CLAIMS, explanation, inputs_of_call
from xlsig.workbooks.news import WATCHED, cell_of

_CORE: Mapping[str, tuple[str, str]] = {
    "state": ("answer_state", "signal_states"),
    "streak": ("answer_streak", "signal_streak"),
    "pace": ("answer_pace", "signal_streak"),
    "spread z": ("answer_spread_z", "signal_spread_z"),
    "flow z": ("answer_flow_z", "signal_flow_z"),
}
"""What must not be lost in silence: the name of its answer, and that of its history, whose last value is the answer where there is none."""
_CALLS: Mapping[str, str] = {f"{ANSWER}{claim.key}": claim.call for claim in CLAIMS}
_NO_ANSWER = re.compile(r"^No answer \([^)]*\): ")


@dataclass
class Standings:
    """A book with its values, what it said before, and what its data is judged by."""

    book: Book
    values: Evaluator
    before: Mapping[str, Any] = field(default_factory=dict)
    """What the file said under each name before it was given new data; empty for a new one."""
    findings: Sequence[Finding] = ()

    def unknown(self) -> tuple[str, ...]:
        """One phrase for each answer that is unknown and should not be: what, and why.

        The state, the streak, the pace, the spread z and the flow z should be known if the book knew them before, if its history knows an
        earlier one, or if a finding withholds them; any other answer if a finding withholds it.
        """
        found = [said for label, names in _CORE.items() if (said := self._core(label, *names))]
        core = {name for names in _CORE.values() for name in names}
        others = (name for name in self.book.names if name in _CALLS and name not in core)
        return (*found, *(said for name in others if (said := self._other(name))))

    def _core(self, label: str, answer: str, history: str) -> str:
        """A phrase, or nothing where all is well."""
        name = answer if self._cell(answer) else history
        cell = self._cell(name)
        if cell is None or not self._is_unknown(cell, label):
            return ""
        blamed = self._blamed(answer)
        if blamed or not _is_nothing(self.before.get(name), label) or self._was_known(history, label):
            return f"{label}: {self._reason(answer, blamed)}"
        return ""

    def _other(self, name: str) -> str:
        cell, blamed = self._cell(name), self._blamed(name)
        if cell is None or not blamed or not self._is_unknown(cell, ""):
            return ""
        return f"{WATCHED.get(name, name.removeprefix(ANSWER).replace('_', ' '))}: {self._reason(name, blamed)}"

    def _cell(self, name: str) -> Key | None:
        """The cell that a name stands for: of a history the last one."""
        return cell_of(self.book.names.get(name, ""), self.book.sheets, is_last=not name.startswith(ANSWER))

    def _is_unknown(self, cell: Key, label: str) -> bool:
        """Whether a cell has no answer. What is left for Excel to compute may have one."""
        try:
            return _is_nothing(self.values.value(*cell), label)
        except Uncomputable:
            return False

    def _was_known(self, history: str, label: str) -> bool:
        """Whether an earlier session has the answer."""
        first, last = cell_of(self.book.names.get(history, ""), self.book.sheets), self._cell(history)
        if first is None or last is None:
            return False
        of = "streak" if history == "signal_streak" else label
        return any(not self._is_unknown((first[0], row, first[2]), of) for row in range(first[1], last[1]))

    def _blamed(self, answer: str) -> list[Finding]:
        """The findings that leave an answer unknown, by what it is made of."""
        made_of = set(inputs_of_call(_CALLS[answer]))
        return [finding for finding in self.findings if made_of & set(finding.inputs)]

    def _reason(self, answer: str, blamed: Sequence[Finding]) -> str:
        """What is found about the data, or what our function says of itself."""
        if blamed:
            return blamed[0].what.rstrip(".")
        asked = Book({**self.book.sheets, "": {(0, 0): Formula(explanation(_CALLS[answer]))}}, self.book.tables, self.book.names)
        try:
            said = str(Evaluator(asked).value("", 0, 0))
        except Uncomputable:
            said = ""
        return (_NO_ANSWER.sub("", said) or "the data does not tell").rstrip(".")


def _is_nothing(value: Any, label: str) -> bool:
    """Whether a value is no answer: of the state a word other than NO DATA is one, of a core figure a number."""
    if label == "state":
        return not isinstance(value, str) or value in ("", NO_DATA)
    if label:
        return not isinstance(value, int | float)
    return value is None or value == "" or isinstance(value, ErrorCell)


def grouped(unknown: Iterable[str]) -> list[str]:
    """The phrases, those with one reason as one.

    >>> grouped(["streak: flows end on 2 January", "state: no spreads", "pace: flows end on 2 January"])
    ['streak, pace: flows end on 2 January', 'state: no spreads']
    """
    by_reason: dict[str, list[str]] = {}
    for phrase in unknown:
        what, _, why = phrase.partition(": ")
        by_reason.setdefault(why, []).append(what)
    return [f"{', '.join(what)}: {why}" for why, what in by_reason.items()]
