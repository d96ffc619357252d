"""The morning's answers without a workbook: the danger dashboard evaluated in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from xlsig.formulas import Evaluator
from xlsig.frames.by_session import BySession
from xlsig.frames.desk import DeskData
from xlsig.frames.findings import Finding
from xlsig.functions.answers import amount, decimals, percent
from xlsig.grid.contents import ErrorCell, day_of
from xlsig.signals.warning import NO_DATA
from xlsig.workbooks.claims import ANSWER, CLAIMS, WHY, Claim
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.layout import Layout
from xlsig.workbooks.templates import TEMPLATES
from xlsig.workbooks.weeks import weeks_said

Plain = float | int | str | bool | None
NO_NOTE = "There is no note: see the reason beside it."


@dataclass(frozen=True)
class Answered:
    """One question of the report with its answer: None and the reason where the data cannot tell."""

    id: int
    key: str
    question: str
    formula: str
    answer: Plain
    explanation: str
    style: str


@dataclass(frozen=True)
class Morning:
    """What the data says this morning."""

    as_of: dt.date
    source: str
    state: str
    note: str
    claims: tuple[Answered, ...]
    findings: tuple[Finding, ...]
    """What the data is judged by."""

    @property
    def missing(self) -> list[str]:
        """The questions without an answer, each with its reason."""
        return [f"{claim.question} {claim.explanation}" for claim in self.claims if claim.answer is None]

    def as_json(self) -> dict[str, Any]:
        """One object: as_of, source, state, note, claims, missing, findings."""
        shown = ("id", "question", "formula", "answer", "explanation")
        return {
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "state": self.state,
            "note": self.note,
            "claims": [{name: asdict(claim)[name] for name in shown} for claim in self.claims],
            "missing": self.missing,
            "findings": [finding.as_json() for finding in self.findings],
        }


def morning(data: DeskData | BySession | Inputs, event: dt.date | None = None) -> Morning:
    """Answer every sentence of the report from a desk's data."""
    inputs = data if isinstance(data, Inputs) else inputs_of(data, event)
    layout = TEMPLATES["danger"](inputs)
    values = Evaluator(layout.book)
    claims = tuple(_answered(claim, layout, values) for claim in CLAIMS)
    if inputs.weekly:
        claims = tuple(replace(claim, question=weeks_said(claim.question)) for claim in claims)
    by_key = {claim.key: claim.answer for claim in claims}
    source = "; ".join(dict.fromkeys(one.kind for one in inputs.provenance))
    return Morning(inputs.as_of, source, str(by_key["state"] or NO_DATA), str(by_key["note"] or NO_NOTE), claims, inputs.findings)


def _answered(claim: Claim, layout: Layout, values: Evaluator) -> Answered:
    answer = values.value(*layout.place(ANSWER + claim.key))
    explanation = str(values.value(*layout.place(WHY + claim.key)))
    if isinstance(answer, ErrorCell) or answer == "":
        answer = None
    elif claim.style == "date" and isinstance(answer, int | float):
        answer = day_of(answer).isoformat()
    return Answered(claim.id, claim.key, claim.question, f"={claim.call}", answer, explanation, claim.style)


_BY_STYLE: Mapping[str, Callable[[float], str]] = {
    "bp": lambda number: f"{decimals(number, 1)} bp",
    "z": lambda number: decimals(number, 2),
    "percent": percent,
    "percent1": lambda number: percent(number, 1),
    "months": lambda number: decimals(number, 1),
    "money": amount,
}


def shown(answer: Plain, style: str) -> str:
    """An answer as a desk reads it; #N/A where there is none.

    >>> shown(-18.24, "bp"), shown(None, "z")
    ('−18.2 bp', '#N/A')
    """
    if answer is None:
        return "#N/A"
    if isinstance(answer, int | float) and style in _BY_STYLE:
        return _BY_STYLE[style](float(answer))
    return str(answer)
