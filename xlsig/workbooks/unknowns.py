"""Answers that a workbook leaves unknown though it should not: what a command says of them, and ends with 3 for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.formulas.values import Value
from xlsig.frames.findings import Finding
from xlsig.grid.book import Book, Content, Formula, Key
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
_NO_WEEK = "COUNT(Week[net])=ROWS(Week[net])"
_NO_FLOW_Z = "ROWS(Flows[date])<window+2*flow_sessions-1"
_NO_SPREAD_Z = "ROWS(Spreads[date])<window+2*spread_sessions"
_BY_ITSELF: Mapping[tuple[str, ...], str] = {
    ("state",): f"OR({_NO_SPREAD_Z},{_NO_FLOW_Z})",
    ("spread_z", "spread_zscore", "spread_percentile"): _NO_SPREAD_Z,
    ("flow_z",): _NO_FLOW_Z,
    ("financing_spread", "forward_spread"): "COUNT(Futures[spot])>0",
    ("turn_excess",): "COUNT(Pairs[start])>0",
    ("fastest_since", "fastest_months"): "answer_pace>=0",
    ("world_since", "world_months"): "SELLOFF_PACE(Flows[world],5)>=0",
    ("driver", "short_contribution"): _NO_WEEK,
    ("squeeze_alert",): f"AND({_NO_WEEK},ISNUMBER(last_flow_z),ISNUMBER(INDEX(Prices[close],ROWS(Prices[close]))))",
    ("region_1", "region_2"): "COUNT(RegionWeek[net])=ROWS(RegionWeek[net])",
    ("macro_share", "single_share"): "COUNT(ProductWeek[net])=ROWS(ProductWeek[net])",
    tuple(f"{who}_{at}" for who in ("seller", "buyer") for at in (1, 2, 3)): "COUNT(sector_net)=ROWS(sector_net)",
    ("previous_episode", "years_since"): "last_flag=0",
    ("first_branch", "decline_depth", "trough_date", "decline_months", "new_high_date", "best_gain"): "ISERROR(precedent)",
    ("study_n", "study_base"): "ISERROR(INDEX(episode_list,1,1))",
}
"""When answers are unknown with nothing wrong: the window is not full yet, nobody sold, the signal is off, there is no precedent."""
_ALRIGHT: Mapping[str, str] = {f"{ANSWER}{key}": f"={condition}" for keys, condition in _BY_ITSELF.items() for key in keys}
_QUESTIONS = {text: row for row, text in enumerate(dict.fromkeys((*_ALRIGHT.values(), *map(explanation, _CALLS.values()))))}
"""The formulas that a book is asked beside its own, by the row in which they stand."""
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
        earlier one, or if a finding withholds them; any other answer if a finding withholds it. No finding withholds what would be unknown
        with nothing wrong.
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
        """The findings that leave an answer unknown, by what it is made of; none where it would be unknown with nothing wrong."""
        made_of = set(inputs_of_call(_CALLS[answer]))
        blamed = [finding for finding in self.findings if made_of & set(finding.inputs)]
        return [] if blamed and answer in _ALRIGHT and self._asked(_ALRIGHT[answer]) is True else blamed

    def _reason(self, answer: str, blamed: Sequence[Finding]) -> str:
        """What is found about the data, or what our function says of itself."""
        said = blamed[0].what if blamed else _NO_ANSWER.sub("", str(self._asked(explanation(_CALLS[answer])) or ""))
        return (said or "the data does not tell").rstrip(".")

    def _asked(self, formula: str) -> Value:
        """What one of our questions is answered in the book; None where that cannot be computed."""
        try:
            return self._replies.value("", _QUESTIONS[formula], 0)
        except Uncomputable:
            return None

    @cached_property
    def _replies(self) -> Evaluator:
        sheet: dict[tuple[int, int], Content] = {(row, 0): Formula(question) for question, row in _QUESTIONS.items()}
        return Evaluator(Book({**self.book.sheets, "": sheet}, self.book.tables, self.book.names))


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
