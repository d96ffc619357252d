"""The warning: the functions equal their twins on any input, and nothing in them looks ahead."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xlsig
from tests.twins import warning as twin
from tests.twins.pairs import compares
from tests.twins.rules import Refused, outcome, same

UNTIMED = settings(deadline=None)

QUARTERS = st.one_of(*[st.integers(-16, 16).map(lambda quarter: quarter / 4)] * 7, st.none())
Z = st.one_of(st.none(), st.sampled_from([-3.0, -2.0, -1.999, -1.0, 0.0, 2.0]), st.floats(-5, 5))
STREAK = st.one_of(st.none(), st.integers(0, 9))
LIMITS = st.tuples(st.sampled_from([-2.0, -1.0, -0.5, 0.0]), st.sampled_from([1, 2, 5]))


@st.composite
def dates_of(draw: st.DrawFn, length: int) -> list[dt.date]:
    gaps = draw(st.lists(st.sampled_from([1, 1, 1, 3, 4, 28, 29, 60]), min_size=length, max_size=length))
    day = dt.date(2021, 1, 4)
    dates = []
    for gap in gaps:
        dates.append(day)
        day += dt.timedelta(days=gap)
    return dates


@st.composite
def a_history(draw: st.DrawFn) -> dict[str, Any]:
    """Dates, spreads (with or without contracts) and flows of up to 26 rows, with small windows."""
    length = draw(st.integers(1, 26))
    spreads = draw(st.lists(QUARTERS, min_size=length, max_size=length))
    contracts = None
    if draw(st.booleans()):
        rolls = draw(st.lists(st.sampled_from([0, 0, 0, 0, 1]), min_size=length, max_size=length))
        contracts = [f"contract {sum(rolls[: at + 1])}" for at in range(length)]
        blank = draw(st.lists(st.booleans(), min_size=length, max_size=length))
        contracts = [None if empty and spread is None else label for label, empty, spread in zip(contracts, blank, spreads, strict=True)]
    z_limit, streak_limit = draw(LIMITS)
    return {
        "dates": draw(dates_of(length)),
        "spreads": spreads,
        "flows": draw(st.lists(QUARTERS, min_size=length, max_size=length)),
        "window": draw(st.sampled_from([2, 3, 4])),
        "spread_sessions": draw(st.sampled_from([1, 2, 3])),
        "flow_sessions": draw(st.sampled_from([1, 2, 3])),
        "z_limit": z_limit,
        "streak_limit": streak_limit,
        "max_lag": draw(st.sampled_from([0, 0, 1, 2, 30])),
        "contracts": contracts,
    }


def cut(history: dict[str, Any], rows: int) -> dict[str, Any]:
    series = ("dates", "spreads", "flows", "contracts")
    return {name: value[:rows] if name in series and value is not None else value for name, value in history.items()}


@compares("DANGER_STATE", "DANGER_FLAG")
@UNTIMED
@given(Z, Z, STREAK, LIMITS)
def test_danger_state_equals_the_twin(spread_z: float | None, flow_z: float | None, streak: int | None, limits: tuple[float, int]) -> None:
    for name in ("danger_state", "danger_flag"):
        public, slow = getattr(xlsig, name), getattr(twin, name)
        assert same(outcome(public, spread_z, flow_z, streak, *limits), outcome(slow, spread_z, flow_z, streak, *limits))
        assert same(outcome(public, spread_z, flow_z, streak), outcome(slow, spread_z, flow_z, streak))


@UNTIMED
@given(Z, Z, STREAK, LIMITS)
def test_a_missing_input_never_turns_into_another_warning(
    spread_z: float | None, flow_z: float | None, streak: int | None, limits: tuple[float, int]
) -> None:
    whole = xlsig.danger_state(spread_z, flow_z, streak, *limits)
    for left in ((None, flow_z, streak), (spread_z, None, streak), (spread_z, flow_z, None), (None, None, None)):
        assert xlsig.danger_state(*left, *limits) in ("NO DATA", whole)


@compares("DANGER_HISTORY")
@UNTIMED
@given(a_history())
def test_danger_history_equals_the_twin(history: dict[str, Any]) -> None:
    assert same(outcome(xlsig.danger_history, **history), outcome(twin.danger_history, **history))


@UNTIMED
@given(a_history(), st.data())
def test_later_rows_never_change_earlier_ones(history: dict[str, Any], data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, len(history["dates"])))
    whole, early = outcome(xlsig.danger_history, **history), outcome(xlsig.danger_history, **cut(history, rows))
    if not isinstance(early, Refused):
        assert same(early[1], whole[1][:rows])


@UNTIMED
@given(a_history())
def test_the_last_row_is_danger_state_of_the_last_value_functions(history: dict[str, Any]) -> None:
    table = outcome(xlsig.danger_history, **{**history, "max_lag": 0})
    if isinstance(table, Refused):
        return
    steps, window = (history["spread_sessions"], history["flow_sessions"]), history["window"]

    def known(function: Any, *arguments: Any) -> Any:
        answer = outcome(function, *arguments)
        return None if isinstance(answer, Refused) else answer

    spread_z = known(xlsig.spread_change_zscore, history["spreads"], steps[0], window, history["contracts"])
    flow_z = known(xlsig.flow_zscore, history["flows"], steps[1], window)
    streak = known(xlsig.selloff_streak, history["flows"])
    limits = history["z_limit"], history["streak_limit"]
    state = xlsig.danger_state(spread_z, flow_z, streak, *limits)
    flag = known(xlsig.danger_flag, spread_z, flow_z, streak, *limits)
    assert same(table[1][-1], (history["dates"][-1], spread_z, flow_z, streak, state, flag))


@UNTIMED
@given(a_history())
def test_a_longer_lag_only_adds_both(history: dict[str, Any]) -> None:
    short = outcome(xlsig.danger_history, **{**history, "max_lag": 0})
    longer = outcome(xlsig.danger_history, **{**history, "max_lag": 3})
    if isinstance(short, Refused):
        assert short == longer
        return
    for one, other in zip(short[1], longer[1], strict=True):
        assert other[4] in (one[4], "BOTH")
        assert (one[4] == "NO DATA") == (other[4] == "NO DATA")
        assert one[4] != "NONE" or other[4] == "NONE"


@st.composite
def new_york_days(draw: st.DrawFn) -> dict[str, Any]:
    """Days around the turn of 2024: weekends, two holidays, a day of mourning, and sessions left out."""
    days = [dt.date(2024, 12, 16) + dt.timedelta(days=ahead) for ahead in range(32)]
    kept = draw(st.lists(st.sampled_from([True, True, True, True, False]), min_size=32, max_size=32))
    weekend = draw(st.booleans())
    dates = [day for day, keep in zip(days, kept, strict=True) if keep and (weekend or day.weekday() < 5)]
    return {
        "dates": dates or [dt.date(2024, 12, 18)],
        "spreads": draw(st.lists(QUARTERS, min_size=max(1, len(dates)), max_size=max(1, len(dates)))),
        "flows": draw(st.lists(QUARTERS, min_size=max(1, len(dates)), max_size=max(1, len(dates)))),
        "window": 2,
        "spread_sessions": draw(st.sampled_from([1, 2])),
        "flow_sessions": draw(st.sampled_from([1, 2])),
        "z_limit": -0.5,
        "streak_limit": draw(st.sampled_from([1, 3])),
        "max_lag": draw(st.sampled_from([0, 1, 2])),
        "calendar": "XNYS",
    }


@compares("DANGER_HISTORY")
@UNTIMED
@given(new_york_days())
def test_danger_history_with_a_calendar_equals_the_twin(history: dict[str, Any]) -> None:
    assert same(outcome(xlsig.danger_history, **history), outcome(twin.danger_history, **history))


@UNTIMED
@given(new_york_days())
def test_rows_outside_the_exchange_change_no_other_row(history: dict[str, Any]) -> None:
    table = outcome(xlsig.danger_history, **history)
    if isinstance(table, Refused):
        return
    inside = [at for at, day in enumerate(history["dates"]) if twin._scheduled("XNYS", day, day)]
    if not inside or any(all(history[name][at] is None for at in inside) for name in ("spreads", "flows")):
        return
    series = {name: [history[name][at] for at in inside] for name in ("dates", "spreads", "flows")}
    assert same([table[1][at] for at in inside], outcome(xlsig.danger_history, **{**history, **series})[1])
    others = [row for at, row in enumerate(table[1]) if at not in inside]
    assert all(row[1:] == (None, None, None, "NO DATA", None) for row in others)


FLAGS = st.lists(st.sampled_from([0, 0, 1, 1.0, True, False, None]), min_size=1, max_size=20)
GAPS = st.sampled_from([0, 1, 3, 28, 60])


@compares("EPISODES", "FIRST_SINCE")
@UNTIMED
@given(FLAGS.flatmap(lambda flags: st.tuples(dates_of(len(flags)), st.just(flags))), GAPS)
def test_episodes_and_first_since_equal_the_twin(pair: tuple[list[dt.date], list[Any]], gap: int) -> None:
    assert same(outcome(xlsig.episodes, *pair, gap), outcome(twin.episodes, *pair, gap))
    assert same(outcome(xlsig.first_since, *pair, gap), outcome(twin.first_since, *pair, gap))


@UNTIMED
@given(FLAGS.flatmap(lambda flags: st.tuples(dates_of(len(flags)), st.just(flags))), GAPS)
def test_episodes_are_apart_and_cover_every_flag(pair: tuple[list[dt.date], list[Any]], gap: int) -> None:
    dates, flags = pair
    on = [day for day, flag in zip(dates, flags, strict=True) if flag]
    found = outcome(xlsig.episodes, dates, flags, gap)
    if not on:
        assert found == Refused("#N/A")
        return
    rows = found[1]
    for before, after in itertools.pairwise(rows):
        assert (after[0] - before[1]).days > gap
    for start, end, sessions in rows:
        assert start in on
        assert end in on
        assert sessions == sum(1 for day in dates if start <= day <= end)
    assert all(sum(1 for start, end, _ in rows if start <= day <= end) == 1 for day in on)


@pytest.mark.parametrize(
    ("flags", "code"),
    [([0, 2], "#NUM!"), ([0.5, 1], "#NUM!"), (["on", 1], "#VALUE!"), ([None, None], "#N/A")],
    ids=["two", "half", "text", "nothing"],
)
def test_a_flag_is_one_or_zero(flags: list[Any], code: str) -> None:
    dates = [dt.date(2024, 1, 2), dt.date(2024, 1, 3)]
    assert outcome(xlsig.episodes, dates, flags) == Refused(code)
    assert outcome(xlsig.first_since, dates, flags) == Refused(code)
