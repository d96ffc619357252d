"""What public CFTC positions say: streak, z-score and since-date of each contract and trader group. A proxy, and labelled so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from xlsig.errors import SignalError
from xlsig.functions.catalogue import CATALOGUE
from xlsig.signals.warning import NO_DATA
from xlsig.sources.cftc import GROUPS, CftcData
from xlsig.workbooks.morning import Plain

SESSIONS, WINDOW = 1, 52
"""A report is a session; a year of reports is the reference."""

_QUESTIONS = (
    (5, "SELLOFF_STREAK", "how many reports in a row show net selling?", "=SELLOFF_STREAK(flows,dates)"),
    (6, "FLOW_ZSCORE", "how unusual is the last week's flow? (z)", f"=FLOW_ZSCORE(flows,{SESSIONS},{WINDOW})"),
    (6, "FASTEST_SINCE", "since when has net selling not been as fast?", f"=FASTEST_SINCE(dates,flows,{SESSIONS})"),
    (6, "FASTEST_MONTHS", "… in complete months", f"=FASTEST_MONTHS(dates,flows,{SESSIONS})"),
)


_SESSION = re.compile(r"\bsession(s?)\b")


@dataclass(frozen=True)
class Position:
    """One answer about one contract and trader group.

    `caveat` says which missing years it reaches over, `on_record` that a date is the first with a flow, since none sold as fast.
    """

    id: int
    contract: str
    code: str
    group: str
    question: str
    formula: str
    answer: Plain
    explanation: str
    caveat: str = ""
    on_record: bool = False


@dataclass(frozen=True)
class Pair:
    """One contract and trader group: the last week's net flow, and the equity index that the note counts it for, if it does."""

    contract: str
    code: str
    group: str
    net_flow: float | None
    counted_for: str | None


@dataclass(frozen=True)
class Positioning:
    """What the public data says this week."""

    as_of: dt.date
    source: str
    unit: str
    note: str
    pairs: tuple[Pair, ...]
    claims: tuple[Position, ...]
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """One object: as_of, source, state, note, pairs, claims, missing."""
        return {
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "state": NO_DATA,
            "note": self.note,
            "unit": self.unit,
            "pairs": [asdict(pair) for pair in self.pairs],
            "claims": [asdict(claim) for claim in self.claims],
            "missing": list(self.missing),
        }


def positioning(data: CftcData) -> Positioning:
    """Answer what weekly positions can answer, per contract and group, and list what they cannot."""
    source = "; ".join(dict.fromkeys(one.kind for one in data.provenance))
    pairs = tuple(_pairs(data))
    note = (
        f"As of the report of {data.as_of.isoformat()}, {_headline(data, pairs)} These are changes of public CFTC positions, a proxy: "
        "they are not trades, and no statement about hedge funds' own selling. Without financing spreads the danger state is NO DATA, "
        "which is not an all-clear."
    )
    missing = (
        *data.missing,
        "Financing spreads, regions, products and long and short legs: CFTC positions carry the net change only, "
        "so what needs them is #N/A.",
    )
    return Positioning(data.as_of, source, data.unit, note, pairs, tuple(_claims(data)), missing)


def _headline(data: CftcData, pairs: tuple[Pair, ...]) -> str:
    """How many pairs sold, of those whose change since the week before is known; and whose is not."""
    flows = [pair.net_flow for pair in pairs if pair.counted_for and pair.net_flow is not None]
    if not flows:
        return f"no pair of an equity index and a group of traders can be judged: {_why_none(data)}."
    unknown: dict[str, list[str]] = {}
    for pair in pairs:
        if pair.counted_for and pair.net_flow is None:
            unknown.setdefault(pair.counted_for, []).append(pair.group)
    names = ", ".join(index if len(groups) == len(GROUPS) else f"{index} ({groups[0]})" for index, groups in unknown.items())
    return (
        f"{sum(flow < 0 for flow in flows)} of {len(flows)} pairs show net selling in the last week (a pair is an equity index and a group "
        "of traders; an index counts once, by its consolidated contract where there is one)."
        f"{f' Unknown: {names}.' if names else ''}"
    )


def _why_none(data: CftcData) -> str:
    if data.flows["date"].nunique() == 1:
        return "there is this report alone, and a week's flow is the change between two"
    if data.gaps and data.gaps[-1].after == data.as_of:
        return f"the report before it is of {data.gaps[-1].before.isoformat()}, which is not the week before"
    return "no contract on the price of an equity index is both in this report and in the one before"


def _pairs(data: CftcData) -> Iterator[Pair]:
    """Every contract and group, first those that the note counts; not those without a position in the last year of reports."""
    found: dict[tuple[str, str], Pair] = {}
    for key, rows in data.flows.groupby(["code", "contract", "group"], sort=False):
        code, contract, group = map(str, key)
        if rows["net_position"].tail(WINDOW).notna().any():
            last = float(rows["net_flow"].iloc[-1])
            found[code, group] = Pair(contract, code, group, None if np.isnan(last) else last, None)
    for index, codes in data.indices.items():
        for group in GROUPS:
            on = [found[code, group] for code in codes if (code, group) in found]
            if on:
                stands = next((pair for pair in on if pair.net_flow is not None), on[0])
                yield replace(found.pop((stands.code, group)), counted_for=index)
    yield from found.values()


def _claims(data: CftcData) -> Iterator[Position]:
    for key, rows in data.flows.groupby(["code", "contract", "group"], sort=False):
        code, contract, group = map(str, key)
        flows = rows["net_flow"].to_numpy(np.float64)
        if np.isnan(flows).all():
            continue
        dates = rows["date"].to_numpy().astype("datetime64[D]")
        unequalled = not (flows[:-1] <= flows[-1]).any()
        for number, name, question, formula in _QUESTIONS:
            answer, explanation = _answer(name, dates, flows)
            caveat = _caveat(data, _reach(name, answer, dates, flows))
            told = f"{explanation} {caveat}".rstrip()
            on_record = name == "FASTEST_SINCE" and answer is not None and unequalled
            yield Position(number, contract, code, group, f"{contract}, {group}: {question}", formula, answer, told, caveat, on_record)


def _answer(name: str, dates: Any, flows: Any) -> tuple[Plain, str]:
    given = {"dates": dates, "flows": flows, "sessions": SESSIONS, "window": WINDOW}
    arguments = [given.get(argument.name) for argument in CATALOGUE[name].arguments]
    explanation = _SESSION.sub(r"week\1", CATALOGUE[name].explain(*arguments, rows_too=False))
    try:
        answer = CATALOGUE[name](*arguments)
    except SignalError:
        return None, explanation
    return (answer.isoformat() if isinstance(answer, dt.date) else answer), explanation


def _reach(name: str, answer: Plain, dates: Any, flows: Any) -> dt.date | None:
    """The earliest week that an answer rests on, if it may be long ago."""
    if name == "FASTEST_SINCE" and isinstance(answer, str):
        return dt.date.fromisoformat(answer)
    if name == "FLOW_ZSCORE" and answer is not None:
        first: dt.date = dates[~np.isnan(flows)][-WINDOW - SESSIONS].item()
        return first
    return None


def _caveat(data: CftcData, reach: dt.date | None) -> str:
    years = [gap.years for gap in data.gaps if gap.years and reach and reach <= gap.before]
    return f"Reaches over {', '.join(years)}, of which there is no report." if years else ""
