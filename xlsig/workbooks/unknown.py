"""The answers of a workbook that something found about the data leaves unknown: what a build must not be silent about."""

from __future__ import annotations

from dataclasses import dataclass

from xlsig.formulas import Evaluator, Uncomputable
from xlsig.frames.judging import reason
from xlsig.grid.contents import ErrorCell
from xlsig.signals.warning import NO_DATA
from xlsig.workbooks.claims import ANSWER, CLAIMS, inputs_of_call
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Layout


@dataclass(frozen=True)
class Unknown:
    """An answer without a value, and what was found about the data that it is made of."""

    answer: str
    reason: str


def unknown_answers(layout: Layout, values: Evaluator, inputs: Inputs) -> tuple[Unknown, ...]:
    """Of the answers that a layout has, those that a finding leaves unknown."""
    calls = {f"{ANSWER}{claim.key}": claim.call for claim in CLAIMS}
    found = []
    for name in layout.book.names:
        why = reason(inputs.findings, inputs_of_call(calls[name])) if name in calls else ""
        if why and _is_unknown(values, layout.place(name)):
            found.append(Unknown(name.removeprefix(ANSWER).replace("_", " "), why))
    return tuple(found)


def _is_unknown(values: Evaluator, place: tuple[str, int, int]) -> bool:
    try:
        value = values.value(*place)
    except Uncomputable:
        return False
    return isinstance(value, ErrorCell) or value in (None, "", NO_DATA)
