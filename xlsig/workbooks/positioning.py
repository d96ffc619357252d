"""What public CFTC positions say: streak, z-score and since-date of each contract and trader group. A proxy, and labelled so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xlsig.errors import SignalError
from xlsig.functions.catalogue import CATALOGUE
from xlsig.signals.warning import NO_DATA
from xlsig.sources.cftc import CftcData
from xlsig.workbooks.morning import Plain

SESSIONS, WINDOW = 1, 52
"""A report is a session; a year of reports is the reference."""

_QUESTIONS = (
    (5, "SELLOFF_STREAK", "how many reports in a row show net selling?", "=SELLOFF_STREAK(flows,dates)"),
    (6, "FLOW_ZSCORE", "how unusual is the last week's flow? (z)", f"=FLOW_ZSCORE(flows,{SESSIONS},{WINDOW})"),
    (6, "FASTEST_SINCE", "since when has net selling not been as fast?", f"=FASTEST_SINCE(dates,flows,{SESSIONS})"),
    (6, "FASTEST_MONTHS", "… in complete months", f"=FASTEST_MONTHS(dates,flows,{SESSIONS})"),
)


@dataclass(frozen=True)
class Position:
    """One answer about one contract and trader group."""

    id: int
    contract: str
    code: str
    group: str
    question: str
    formula: str
    answer: Plain
    explanation: str


@dataclass(frozen=True)
class Positioning:
    """What the public data says this week."""

    as_of: dt.date
    source: str
    unit: str
    note: str
    claims: tuple[Position, ...]
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """One object: as_of, source, state, note, claims, missing."""
        return {
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "state": NO_DATA,
            "note": self.note,
            "unit": self.unit,
            "claims": [asdict(claim) for claim in self.claims],
            "missing": list(self.missing),
        }


def positioning(data: CftcData) -> Positioning:
    """Answer what weekly positions can answer, per contract and group, and list what they cannot."""
    source = "; ".join(dict.fromkeys(one.kind for one in data.provenance))
    claims = tuple(_claims(data))
    sellers = [claim for claim in claims if claim.id == 5 and isinstance(claim.answer, int) and claim.answer > 0]
    judged = [claim for claim in claims if claim.id == 5 and claim.answer is not None]
    note = (
        f"As of the report of {data.as_of.isoformat()}, {len(sellers)} of {len(judged)} contract and group "
        f"pairs that can be judged show net "
        "selling in the last week. These are changes of public CFTC positions, a proxy: they are not trades, and no statement about hedge "
        "funds' own selling. Without financing spreads the danger state is NO DATA, which is not an all-clear."
    )
    missing = (
        *data.missing,
        "Financing spreads, regions, products and long and short legs: CFTC positions carry the net change only, "
        "so what needs them is #N/A.",
    )
    return Positioning(data.as_of, source, data.unit, note, claims, missing)


def _claims(data: CftcData) -> Iterator[Position]:
    for key, rows in data.flows.groupby(["code", "contract", "group"], sort=False):
        code, contract, group = map(str, key)
        flows = rows["net_flow"].to_numpy(np.float64)
        if np.isnan(flows).all():
            continue
        dates = rows["date"].to_numpy().astype("datetime64[D]")
        for number, name, question, formula in _QUESTIONS:
            answer, explanation = _answer(name, dates, flows)
            yield Position(number, contract, code, group, f"{contract}, {group}: {question}", formula, answer, explanation)


def _answer(name: str, dates: Any, flows: Any) -> tuple[Plain, str]:
    given = {"dates": dates, "flows": flows, "sessions": SESSIONS, "window": WINDOW}
    arguments = [given.get(argument.name) for argument in CATALOGUE[name].arguments]
    explanation = CATALOGUE[name].explain(*arguments, rows_too=False)
    try:
        answer = CATALOGUE[name](*arguments)
    except SignalError:
        return None, explanation
    return (answer.isoformat() if isinstance(answer, dt.date) else answer), explanation
