"""Answers that a workbook leaves unknown though it should not: what a command says of them, and ends with 3 for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.formulas.named_cells import followers
from xlsig.frames.judging import Finding
from xlsig.grid.book import Book, Content, Formula, Key
from xlsig.grid.contents import ErrorCell
from xlsig.workbooks.claims import ANSWER, CLAIMS
from xlsig.workbooks.news import WATCHED, cell_of

_NO_DATA = "NO DATA"
_CORE: Mapping[str, tuple[str, str]] = {
    "state": ("answer_state", "signal_states"),
    "streak": ("answer_streak", "signal_streak"),
    "pace": ("answer_pace", "signal_streak"),
    "spread z": ("answer_spread_z", "signal_spread_z"),
    "flow z": ("answer_flow_z", "signal_flow_z"),
}
"""What must not be lost in silence: the name of its answer, and that of its history, whose last value is the answer where there is none."""
_TABLES: Mapping[str, tuple[str, ...]] = {
    "flows": ("Flows", "Week", *(f"{what}{when}" for what in ("Sector", "Region", "Product") for when in ("Week", "History"))),
    "spreads": ("Spreads", "Pairs"),
    "prices": ("Prices",),
    "contracts": ("Futures",),
    "squeeze": ("Squeeze",),
    "events": ("Events",),
}
"""The tables that are made of each frame."""
_WITHHOLDING = ("late", "incomplete", "stopped", "absent", "hole", "frequency", "part", "events", "calendar_end")
"""What findings are about that leave answers unknown."""
_DECISIVE = ("late", "incomplete", "frequency", "calendar_end")
"""Those that leave every answer unknown which needs the last session."""
_HIGHEST = 12
"""Rows above an answer in which a reason may stand that several rows share."""
_NO_ANSWER = re.compile(r"^No answer \([^)]*\): ")


@dataclass
class Standings:
    """A book with its values, what it said before, and what its data is judged by."""

    book: Book
    values: Evaluator
    before: Mapping[str, Any] = field(default_factory=dict)
    """What the file said under each name before it was given new data; empty for a new one."""
    findings: Sequence[Finding] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    """What our tables are called in the book, where a person renamed them."""

    def __post_init__(self) -> None:
        frames = dict.fromkeys(finding.frame for finding in self.findings if finding.code in _WITHHOLDING)
        self._explained = [
            (sheet, row, column) for sheet, row, column, formula in self.book.formulas() if "EXPLAIN(" in formula.text.upper()
        ]
        self._following: dict[str, Collection[Key]] = {frame: self._followers(frame) for frame in frames}

    def _followers(self, frame: str) -> set[Key]:
        """The cells that follow from a frame; from all of them, where a finding is about the whole data."""
        names = _TABLES.get(frame, tuple(name for tables in _TABLES.values() for name in tables))
        standing = (self.tables.get(name, name) for name in names)
        return followers(self.book, [name for name in standing if name in self.book.tables], ())

    def unknown(self) -> tuple[str, ...]:
        """One phrase for each answer that is unknown and should not be: what, and why.

        The state, the streak, the pace, the spread z and the flow z should be known if the book knew them before, if its history knows an
        earlier one, or if a finding withholds them; any other answer if a finding withholds it.
        """
        found = [said for label, names in _CORE.items() if (said := self._core(label, *names))]
        core = {name for names in _CORE.values() for name in names}
        others = (name for name in self.book.names if name.startswith(ANSWER) and name not in core)
        return (*found, *(said for name in others if (said := self._other(name))))

    def _core(self, label: str, answer: str, history: str) -> str:
        """A phrase, or nothing where all is well."""
        name = answer if self._cell(answer) else history
        cell = self._cell(name)
        if cell is None or not self._is_unknown(cell, label):
            return ""
        blamed = self._blamed(cell)
        if blamed or not _is_nothing(self.before.get(name), label) or self._was_known(history, label):
            return f"{label}: {self._reason(answer, cell, blamed)}"
        return ""

    def _other(self, name: str) -> str:
        cell = self._cell(name)
        if cell is None or not self._is_unknown(cell, ""):
            return ""
        blamed, why = self._blamed(cell), self._why(cell)
        is_withheld = any(finding.what in why if why else finding.code in _DECISIVE for finding in blamed)
        if is_withheld or (blamed and not _is_nothing(self.before.get(name), "")):
            return f"{WATCHED.get(name, name.removeprefix(ANSWER).replace('_', ' '))}: {self._reason(name, cell, blamed)}"
        return ""

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

    def _blamed(self, cell: Key) -> list[Finding]:
        """The findings that withhold answers of what a cell shows: its own formula's, or one's that spills over it or would if it could."""
        sheet, row, column = cell
        sources = {cell}
        for on, top, left, formula in self.book.formulas():
            if on == sheet and top <= row and left <= column and formula.spill is not None:
                height, width = formula.spill
                if (row < top + height and column < left + width) or not self._spills((on, top, left)):
                    sources.add((on, top, left))
        withholding = (finding for finding in self.findings if finding.code in _WITHHOLDING)
        return [finding for finding in withholding if not sources.isdisjoint(self._following[finding.frame])]

    def _spills(self, key: Key) -> bool:
        try:
            return isinstance(self.values.formula(*key), list)
        except Uncomputable:
            return False

    def _why(self, cell: Key) -> str:
        """What the book says of an answer: the explanation to its right, or above that where rows share one; empty if it has none."""
        sheet, row, column = cell
        near = [(at, -across) for on, at, across in self._explained if on == sheet and row - _HIGHEST < at <= row and across > column]
        if not near:
            return ""
        at, across = max(near)
        try:
            return str(self.values.value(sheet, at, -across))
        except Uncomputable:
            return ""

    def _reason(self, name: str, cell: Key, blamed: Sequence[Finding]) -> str:
        why = self._why(cell)
        said = next((finding.what for finding in blamed if finding.what in why), blamed[0].what if blamed else "")
        return (said or _NO_ANSWER.sub("", why or self._explanations.get(name, "")) or "the data does not tell").rstrip(".")

    @cached_property
    def _explanations(self) -> dict[str, str]:
        """What our functions say of the answers that must not be lost, for books that have no cell for it."""
        claims = [claim for claim in CLAIMS if any(f"{ANSWER}{claim.key}" in names for names in _CORE.values())]
        asked: dict[tuple[int, int], Content] = {(row, 0): Formula(claim.explanation) for row, claim in enumerate(claims)}
        values = Evaluator(Book({**self.book.sheets, "": asked}, self.book.tables, self.book.names))
        said = {}
        for row, claim in enumerate(claims):
            with suppress(Uncomputable):
                said[f"{ANSWER}{claim.key}"] = str(values.value("", row, 0))
        return said


def _is_nothing(value: Any, label: str) -> bool:
    """Whether a value is no answer: of the state a word other than NO DATA is one, of a core figure a number."""
    if label == "state":
        return not isinstance(value, str) or value in ("", _NO_DATA)
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
