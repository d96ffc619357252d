"""Mornings of the same families that nobody named: one side alone, rows at month ends, weekly flows beside daily prices, random faults."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tests.mornings.cases import LEGS, Case, Frames, dates_of, latest, until
from tests.mornings.facts import contradicting, differing, malformed, pretending, read, twin_of
from tests.mornings.twin_flows import REGIONS, SECTORS
from xlsig.frames.judging import judge
from xlsig.workbooks.morning import Morning, morning

SESSIONS = 90


def by_key(answers: Morning) -> dict[str, object]:
    return {claim.key: claim.answer for claim in answers.claims}


def _as_the_twin(case: Case, tmp_path) -> Morning:
    """The answers to a desk's files, held to the twin's."""
    answers = morning(read(case.write(tmp_path)))
    assert differing(answers, twin_of(case).answers) == {}
    assert pretending(answers) == []
    assert contradicting(answers) == []
    return answers


def test_spreads_alone_give_all_that_follows_from_them(tmp_path):
    answers = _as_the_twin(Case({"spreads": latest(SESSIONS)["spreads"]}), tmp_path)
    assert answers.state == "NO DATA"
    assert "Financing spreads changed by −18.2 bp" in answers.note


def test_prices_alone_have_a_note(tmp_path):
    assert _as_the_twin_state(Case({"prices": latest(SESSIONS)["prices"]}), tmp_path) == "NO DATA"


def _as_the_twin_state(case: Case, tmp_path) -> str:
    answers = morning(read(case.write(tmp_path)))
    assert pretending(answers) == []
    return answers.state


def test_without_north_america_the_others_are_answered(tmp_path):
    frames = latest(SESSIONS)
    abroad = frames["flows"][frames["flows"]["region"] != "North America"]
    answers = _as_the_twin(Case(frames | {"flows": abroad}), tmp_path)
    assert by_key(answers)["streak"] is None
    assert by_key(answers)["regions"] == "5 of 6 sold, 1 missing"
    assert "global" not in answers.note.casefold()


def test_rows_at_month_ends_have_no_zeros_between_them(tmp_path):
    frames = {name: latest(1260)[name] for name in ("flows", "spreads", "prices")}
    ends = {name: frame[frame["date"].dt.is_month_end] for name, frame in frames.items()}
    answers = by_key(_as_the_twin(Case(ends), tmp_path))
    assert (answers["streak"], answers["pace"], answers["fastest_since"], answers["regions"]) == (None, None, None, answers["regions"])
    assert answers["regions"] in (None, "0 of 6 sold, 6 missing")


def test_weekly_flows_beside_daily_spreads_are_not_daily(tmp_path):
    rows = latest(420)["flows"]
    case = Case(latest(SESSIONS) | {"flows": rows[rows["date"].dt.day_name() == "Friday"]})
    desk = read(case.write(tmp_path))
    answers = morning(desk)
    assert "frequency" in {finding.code for finding in judge(desk)}
    assert (answers.state, by_key(answers)["streak"]) == ("NO DATA", None)
    assert not any("net flow of 0" in claim.explanation for claim in answers.claims)
    assert pretending(answers) == []


Fault = Callable[[random.Random, Frames], Frames]
"""A fault drawn at random."""


def _dropped(frames: Frames, name: str, which: pd.Series) -> Frames:
    return frames | {name: frames[name][~which].reset_index(drop=True)}


def _an_input_is_late(rng: random.Random, frames: Frames) -> Frames:
    name = rng.choice(sorted(frames))
    return frames | {name: until(frames[name], rng.choice([1, 2, 5, 9]))}


def _span(rng: random.Random, rows: pd.DataFrame, lengths: list[int]) -> pd.Series:
    """Some sessions in a row, as often as not the last."""
    days, length = dates_of(rows), rng.choice(lengths)
    first = rng.choice([len(days) - length, rng.randrange(len(days) - length)])
    return rows["date"].isin(days[first : first + length])


def _a_region_is_away(rng: random.Random, frames: Frames) -> Frames:
    rows = frames["flows"]
    return _dropped(frames, "flows", (rows["region"] == rng.choice(REGIONS)) & _span(rng, rows, [1, 2, 5, 6, 8, 20]))


def _an_entry_is_away(rng: random.Random, frames: Frames) -> Frames:
    rows = frames["flows"]
    which = (rows["region"] == rng.choice(REGIONS)) & (rows["sector"] == rng.choice(SECTORS))
    return _dropped(frames, "flows", which & _span(rng, rows, [1, 4, 5, 6, 7, 12]))


def _rows_are_left_out(rng: random.Random, frames: Frames) -> Frames:
    out = np.random.default_rng(rng.randrange(10**6)).random(len(frames["flows"])) < 0.01
    return _dropped(frames, "flows", pd.Series(out, index=frames["flows"].index))


def _an_input_has_a_hole(rng: random.Random, frames: Frames) -> Frames:
    name = rng.choice(["flows", "spreads", "prices", "squeeze"])
    return _dropped(frames, name, frames[name]["date"] == rng.choice(dates_of(frames[name])[-20:-1]))


def _others_trade_on(day: str) -> Fault:
    def trade(rng: random.Random, frames: Frames) -> Frames:
        rows = frames["flows"]
        abroad = rng.sample(REGIONS[1:], rng.choice([1, 3, 5]))
        more = rows[(rows["date"] == dates_of(rows)[-8]) & rows["region"].isin(abroad)].assign(date=pd.Timestamp(day))
        if (rows["date"] == day).any():
            return frames
        return frames | {"flows": pd.concat([rows, more], ignore_index=True)}

    return trade


def _a_leg_is_blank(rng: random.Random, frames: Frames) -> Frames:
    rows = frames["flows"].copy()
    rows.loc[rng.randrange(len(rows) - 400, len(rows)), rng.choice(LEGS)] = float("nan")
    return frames | {"flows": rows}


def _an_entry_joins(rng: random.Random, frames: Frames) -> Frames:
    rows = frames["flows"]
    which = (rows["region"] == rng.choice(REGIONS)) & (rows["sector"] == rng.choice(SECTORS))
    return _dropped(frames, "flows", which & rows["date"].isin(dates_of(rows)[: rng.choice([3, 20, 60])]))


def _only_some_regions(rng: random.Random, frames: Frames) -> Frames:
    kept = {"North America", *rng.sample(REGIONS[1:], rng.choice([2, 3]))}
    return _dropped(frames, "flows", ~frames["flows"]["region"].isin(kept))


FAULTS: tuple[Fault, ...] = (
    *(_an_input_is_late, _a_region_is_away, _an_entry_is_away, _rows_are_left_out, _an_input_has_a_hole, _a_leg_is_blank, _an_entry_joins),
    *(_only_some_regions, *(_others_trade_on(day) for day in ("2024-11-28", "2024-12-25", "2024-12-28", "2025-01-01", "2025-01-06"))),
)


def _random_morning(seed: int) -> Case:
    rng, frames = random.Random(seed), latest(SESSIONS)
    for fault in rng.sample(FAULTS, rng.choice([1, 2, 3])):
        frames = fault(rng, frames)
    return Case(frames, rng.choice(["", 'absent = "zero"\n']))


def _holds(seed: int) -> None:
    case = _random_morning(seed)
    findings, answers, twin = judge(case.desk()), morning(case.desk()), twin_of(case)
    assert answers.as_of == twin.as_of
    assert differing(answers, twin.answers) == {}
    assert pretending(answers) + contradicting(answers) + malformed(findings) == []


@pytest.mark.parametrize("seed", range(8))
def test_a_random_morning_is_answered_as_the_twin_answers(seed):
    _holds(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1080))
def test_eighty_random_mornings_are_answered_as_the_twin_answers(seed):
    _holds(seed)
