"""What a morning's answers are held to: the twin's, their reasons, and that nothing pretends to be an answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.mornings.cases import Case, made
from tests.mornings.twin import Twin
from xlsig.errors import DataError
from xlsig.frames.desk import DeskData
from xlsig.frames.findings import CODES, Finding, refused
from xlsig.frames.judging import judge
from xlsig.sources.opening import open_source
from xlsig.workbooks.morning import Morning, morning

STATES = ("BOTH", "SPREAD ONLY", "FLOW ONLY", "NONE", "NO DATA")
NO_ANSWER = "No answer"
SHARES = ("macro_share", "single_share")
ALL_MISSING = {"0 of 6 sold, 6 missing", "0 of 11 sold, 11 missing"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Mornings:
    """The cases as files, desks, answers and findings, each made once and not before it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source, self.desk, self.morning = cache(self._source), cache(self._desk), cache(self._morning)
        self.findings, self.twin = cache(self._findings), cache(self._twin)

    def _source(self, name: str) -> str:
        return made(name).write(self.folder / name)

    def _desk(self, name: str) -> DeskData:
        return made(name).desk() if made(name).typed else read(self.source(name))

    def _morning(self, name: str) -> Morning:
        return morning(self.desk(name))

    def _findings(self, name: str) -> tuple[Finding, ...]:
        return judge(self.desk(name)) if made(name).typed else found_in(self.source(name))

    def _twin(self, name: str) -> Twin:
        return twin_of(made(name))


def read(source: str) -> DeskData:
    """A desk's data as a command reads it."""
    desk = open_source(source).read()
    assert isinstance(desk, DeskData)
    return desk


def found_in(source: str) -> tuple[Finding, ...]:
    """What is wrong with a desk's files, whether they can be read or not."""
    try:
        return judge(read(source))
    except DataError as failure:
        return refused(failure)


def twin_of(case: Case) -> Twin:
    """The twin of what a case's files mean."""
    told = case.told
    return Twin(case.numbers, told.get("absent", "missing"), told.get("retired", ()), told.get("calendars"))


def said(day: dt.date) -> str:
    """A date as a desk reads it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def bare(sentence: str) -> str:
    """A sentence without what differs between its places: capitals and the full stop."""
    return " ".join(sentence.split()).strip(" .").casefold()


def begins_with(explanation: str, finding: Finding) -> bool:
    """Whether a reason begins with a finding's sentence."""
    return bare(explanation).startswith(bare(finding.what))


def as_written(value: Any) -> Any:
    """An answer as `signals` gives it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def same(ours: Any, theirs: Any) -> bool:
    """Whether two answers are one, rounding aside."""
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(ours), abs(theirs))
    return bool(ours == theirs)


def differing(answers: Morning, twin: Mapping[str, Any], free: Collection[str] = ()) -> dict[str, tuple[Any, Any]]:
    """The answers that are not the twin's: (given, wanted).

    A breakdown of nothing but missing entries may be unknown, and a study without episodes may be empty. Where one product is missing, the
    other's share is of what is known.
    """
    wrong = {}
    for claim in answers.claims:
        if claim.key in free or claim.key == "note" or (claim.key in SHARES and None in (twin[SHARES[0]], twin[SHARES[1]])):
            continue
        wanted = as_written(twin[claim.key])
        if same(claim.answer, wanted):
            continue
        may_be_unknown = wanted in ALL_MISSING or (claim.key == "study_n" and wanted == 0) or claim.key == "study_base"
        if not (claim.answer is None and may_be_unknown):
            wrong[claim.key] = (claim.answer, wanted)
    return wrong


def unexplained(answers: Morning, lost: Iterable[str], because: Iterable[Finding]) -> dict[str, str]:
    """The answers that a finding took away and whose reason does not begin with its sentence."""
    findings, reasons = tuple(because), {claim.key: claim.explanation for claim in answers.claims}
    return {key: reasons[key] for key in lost if not any(begins_with(reasons[key], finding) for finding in findings)}


def pretending(answers: Morning) -> list[str]:
    """What is shown as an answer and is none: beside "No answer", or a word for nothing."""
    wrong = []
    for claim in answers.claims:
        if claim.answer is not None and NO_ANSWER in claim.explanation:
            wrong.append(f"{claim.key}: {claim.answer!r} beside {claim.explanation!r}")
        if claim.answer in ("", "0", "None", "nan", "NaN") or claim.answer != claim.answer:
            wrong.append(f"{claim.key}: {claim.answer!r}")
        if claim.answer is None and len(claim.explanation.strip()) < 15:
            wrong.append(f"{claim.key}: no answer and no reason but {claim.explanation!r}")
    state = next(claim.answer for claim in answers.claims if claim.key == "state")
    if answers.state not in STATES or state != answers.state:
        wrong.append(f"the state is {answers.state!r}, its answer {state!r}")
    note = next(claim.answer for claim in answers.claims if claim.key == "note")
    if note != answers.note or len(answers.note) < 40 or re.search(r"\bNone\b|\bnan\b|#N/A", answers.note):
        wrong.append(f"the note is {answers.note!r}")
    return wrong


def contradicting(answers: Morning) -> list[str]:
    """What the note tells although its cell has no answer."""
    told = {
        "streak": ("sessions in a row", "session in a row", "last session did not sell"),
        "fastest_since": ("its pace is the fastest",),
        "driver": ("Global selling", "Global flows"),
        "sectors_sold": ("sectors sold",),
        "macro_share": ("macro products made up",),
        "change_since_event": ("Financing spreads changed by",),
        "spread_z": ("the spread's change is",),
        "decline_depth": ("a decline of",),
        "new_high_date": ("made a new high",),
    }
    unknown = {claim.key for claim in answers.claims if claim.answer is None}
    note = answers.note.partition("Missing: ")[0].casefold()
    both_unknown = unknown & {"change_since_event", "change_ex_turn"} == {"change_since_event", "change_ex_turn"}
    keys = [key for key in told if key in unknown and (key != "change_since_event" or (both_unknown and "change_week" in unknown))]
    return [f"{key} is unknown and the note says {words!r}" for key in keys for words in told[key] if words.casefold() in note]


def graded(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Grade, frame and code of each finding, each once."""
    return sorted({(finding.grade, finding.frame, finding.code) for finding in findings})


def malformed(findings: Iterable[Finding]) -> list[str]:
    """Findings that are not what a finding is: a known word, one sentence, and what to do."""
    return [
        str(finding)
        for finding in findings
        if finding.code not in CODES
        or finding.grade not in ("refused", "warned")
        or len(finding.what) < 15
        or len(finding.remedy) < 5
        or "nan" in finding.what.casefold().split()
    ]
