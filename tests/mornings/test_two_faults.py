"""Twenty mornings with two faults at once: both are found, neither hides the other, and every answer is the twin's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pytest

from tests.mornings.cases import ABROAD, LEGS, Case, Frames, dates_of, latest, repeated, until
from tests.mornings.facts import contradicting, differing, found_in, graded, malformed, pretending, twin_of, unexplained
from xlsig.frames.judging import judge
from xlsig.workbooks.morning import morning

SESSIONS = 100
ASIA = ("Developed Asia", "Emerging Asia")


@dataclass(frozen=True)
class Two:
    """A case, the codes that are found, and those that may be found too."""

    case: Callable[[], Case]
    codes: frozenset[str]
    also: frozenset[str] = frozenset()


TWO: dict[str, Two] = {}


def _two(*codes: str, also: tuple[str, ...] = (), toml: str = "") -> Callable[[Callable[[], Frames]], Callable[[], Frames]]:
    def keep(make: Callable[[], Frames]) -> Callable[[], Frames]:
        TWO[make.__name__] = Two(lambda: Case(make(), toml), frozenset(codes), frozenset(also))
        return make

    return keep


def _latest() -> Frames:
    return latest(SESSIONS)


def _cut(frames: Frames, **sessions: int) -> Frames:
    return frames | {name: until(frames[name], late) for name, late in sessions.items()}


def _without(frames: Frames, name: str, which: Callable[[pd.DataFrame], pd.Series]) -> Frames:
    return frames | {name: frames[name][~which(frames[name])].reset_index(drop=True)}


def _since(rows: pd.DataFrame, sessions: int) -> pd.Series:
    """Whether a row is of the last so many sessions."""
    return rows["date"] > dates_of(rows)[-1 - sessions]


def _region(name: str, sessions: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: (rows["region"] == name) & _since(rows, sessions)


def _energy_of_america(sessions: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: (rows["region"] == "North America") & (rows["sector"] == "Energy") & _since(rows, sessions)


def _on(day: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: rows["date"] == day


def _old_events(frames: Frames) -> Frames:
    return frames | {"events": pd.DataFrame({"date": pd.to_datetime(["2024-07-31", "2024-09-18"]), "what": ["FOMC", "FOMC"]})}


@_two("late")
def flows_and_spreads_are_late() -> Frames:
    return _cut(_latest(), flows=1, spreads=3)


@_two("late", "stopped")
def a_region_stopped_and_flows_are_late() -> Frames:
    return _cut(_without(_latest(), "flows", _region("Emerging Asia", 14)), flows=2)


@_two("stopped", "incomplete")
def a_region_stopped_and_the_next_day_is_half_in() -> Frames:
    frames = _without(_latest(), "flows", _region("Europe", 10))
    return frames | {"flows": repeated(frames["flows"], ["2025-01-06"], ASIA)}


@_two("late")
def tokyo_is_closed_and_flows_are_late() -> Frames:
    frames = _without(_latest(), "flows", lambda rows: (rows["region"] == "Developed Asia") & (rows["date"] >= "2024-12-31"))
    return _cut(frames, flows=1)


@_two("stopped")
def two_regions_stopped_one_after_the_other() -> Frames:
    return _without(_without(_latest(), "flows", _region("Europe", 12)), "flows", _region("Latin America", 3))


@_two("stopped", "late")
def a_sector_stopped_and_prices_are_late() -> Frames:
    return _cut(_without(_latest(), "flows", _energy_of_america(7)), prices=20)


@_two("joined", "events")
def a_product_joined_and_the_events_ended() -> Frames:
    early = _without(
        _latest(), "flows", lambda rows: (rows["region"] == "Europe") & (rows["product"] == "Macro products") & ~_since(rows, 15)
    )
    return _old_events(early)


@_two("hole", "late")
def flows_have_a_hole_and_contracts_are_late() -> Frames:
    return _cut(_without(_latest(), "flows", _on("2024-12-30")), contracts=5)


@_two("hole")
def spreads_and_prices_have_holes() -> Frames:
    return _without(_without(_latest(), "spreads", _on("2024-12-30")), "prices", _on("2024-12-27"))


@_two("part", "late")
def two_regions_and_late_spreads() -> Frames:
    frames = _latest()
    two = frames["flows"]["region"].isin(["North America", "Europe"])
    return _cut(frames | {"flows": frames["flows"][two].reset_index(drop=True)}, spreads=1)


@_two("jump", "hole")
def flows_change_their_unit_and_spreads_have_a_hole() -> Frames:
    frames = _without(_latest(), "spreads", _on("2024-12-23"))
    rows = frames["flows"]
    return frames | {"flows": rows.assign(**{leg: rows[leg].where(~_since(rows, 12), rows[leg] * 1000) for leg in LEGS})}


@_two("absent", "late")
def no_short_legs_and_late_prices() -> Frames:
    frames = _cut(_latest(), prices=2)
    return frames | {"flows": frames["flows"].assign(short_sales=float("nan"), short_covers=float("nan"))}


@_two("incomplete", also=("stopped", "absent"))
def new_york_was_closed_and_hong_kong_is_not_in() -> Frames:
    frames = {name: repeated(frame, ["2025-01-06", "2025-01-07", "2025-01-08"]) for name, frame in _latest().items()}
    abroad = repeated(frames["flows"], ["2025-01-09"], ABROAD)
    back = frames["flows"][(frames["flows"]["date"] == "2025-01-08") & (frames["flows"]["region"] != "Emerging Asia")]
    flows = pd.concat([abroad, back.assign(date=pd.Timestamp("2025-01-10"))], ignore_index=True)
    return {name: repeated(frame, ["2025-01-10"]) for name, frame in frames.items()} | {"flows": flows}


@_two("preliminary", "joined")
def the_last_day_is_preliminary_and_a_sector_joined() -> Frames:
    frames = _without(_latest(), "flows", lambda rows: (rows["region"] == "Europe") & (rows["sector"] == "Utilities") & ~_since(rows, 20))
    return frames | {"flows": frames["flows"].assign(is_final=(~_since(frames["flows"], 1)).astype("boolean"))}


@_two("events", "late")
def events_ended_and_squeeze_factors_are_late() -> Frames:
    return _old_events(_cut(_latest(), squeeze=3))


@_two("late", toml='absent = "zero"\n')
def rows_that_did_not_trade_are_zero_and_spreads_are_late() -> Frames:
    frames = _cut(_latest(), spreads=2)
    return frames | {"flows": frames["flows"][frames["flows"].index % 100 != 99].reset_index(drop=True)}


@_two("stopped", "late", toml='absent = "zero"\n')
def six_sessions_without_a_sector_are_too_many_and_contracts_are_late() -> Frames:
    return _cut(_without(_latest(), "flows", _energy_of_america(6)), contracts=4)


@_two("preliminary", also=("stopped", "absent"), toml='absent = "zero"\n')
def five_sessions_without_a_sector_are_zero_and_the_last_day_is_preliminary() -> Frames:
    frames = _without(_latest(), "flows", _energy_of_america(5))
    return frames | {"flows": frames["flows"].assign(is_final=(~_since(frames["flows"], 1)).astype("boolean"))}


@_two("late", "stopped")
def everything_but_prices_is_late_and_a_region_stopped() -> Frames:
    frames = _without(_latest(), "flows", _region("EMEA", 9))
    return _cut(frames, flows=1, spreads=1, contracts=1, squeeze=1)


@cache
def usual() -> dict[str, object]:
    """What the twin answers without a fault."""
    return twin_of(Case(_latest())).answers


@pytest.mark.parametrize("name", TWO)
def test_both_faults_are_found_and_every_answer_is_the_twins(name):
    two = TWO[name]
    case = two.case()
    findings, answers, twin = judge(case.desk()), morning(case.desk()), twin_of(case)
    codes = {code for _, _, code in graded(findings)}
    assert two.codes <= codes <= two.codes | two.also, graded(findings)
    assert [finding for finding in findings if finding.grade == "refused"] == []
    assert malformed(findings) == []
    assert answers.as_of == twin.as_of
    assert differing(answers, twin.answers) == {}
    unknown = {claim.key for claim in answers.claims if claim.answer is None}
    lost = [key for key, value in usual().items() if value is not None and twin.answers[key] is None and key in unknown]
    assert unexplained(answers, lost, findings) == {}
    assert pretending(answers) == []
    assert contradicting(answers) == []


def test_there_are_twenty():
    assert len(TWO) + 1 == 20


def test_a_date_that_stands_alone_is_refused_though_flows_are_late_too(tmp_path):
    frames = _cut(_latest(), flows=1)
    prices = frames["prices"].copy()
    prices.loc[3, "date"] = pd.Timestamp("2023-01-11")
    findings = found_in(Case(frames | {"prices": prices}).write(tmp_path))
    refused = [finding for finding in findings if finding.grade == "refused"]
    assert [finding.code for finding in refused] == ["lone_date"]
    assert "row 5" in refused[0].what
    assert "2023" in refused[0].what
    assert {finding.code for finding in findings} <= {"lone_date", "late"}
