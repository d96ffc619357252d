"""Mornings on which nothing is wrong, though they do not look like yesterday's: nothing is refused, nothing warned, and all is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.mornings.cases import ABROAD, LEGS, Case, Frames, dates_of, latest, made, repeated
from tests.mornings.facts import differing, pretending, read, twin_of
from xlsig.cli import app
from xlsig.frames.judging import judge
from xlsig.workbooks.morning import morning

SESSIONS = 100
QUIET: dict[str, Callable[[], Case]] = {}
"""Mornings whose rows are a desk's data as they are."""
WRITTEN: dict[str, Callable[[Path], str]] = {}
"""Mornings that are the last 100 sessions of the sample in another spelling: how each is written, and what `--data` names it by."""


def _quiet(make: Callable[[], Case]) -> Callable[[], Case]:
    QUIET[make.__name__] = make
    return make


def _written(write: Callable[[Path], str]) -> Callable[[Path], str]:
    WRITTEN[write.__name__] = write
    return write


def _latest() -> Frames:
    return latest(SESSIONS)


def _flows(change: Callable[[pd.DataFrame], pd.DataFrame], toml: str = "") -> Case:
    frames = _latest()
    return Case(frames | {"flows": change(frames["flows"]).reset_index(drop=True)}, toml)


def _last(rows: pd.DataFrame, sessions: int = 1) -> pd.Series:
    return rows["date"].isin(dates_of(rows)[-sessions:])


def _scaled(rows: pd.DataFrame, which: pd.Series, factor: float) -> pd.DataFrame:
    return rows.assign(**{leg: rows[leg].where(~which, (rows[leg] * factor).round(3)) for leg in LEGS})


@_quiet
def a_quiet_day() -> Case:
    """On the last day everyone buys what they sell."""
    return _flows(lambda rows: rows.assign(**{leg: rows[leg].where(~_last(rows), 10.0) for leg in LEGS}))


@_quiet
def a_day_sixty_times_as_large() -> Case:
    return _flows(lambda rows: _scaled(rows, _last(rows), 60.0))


@_quiet
def two_days_sixty_times_as_large_last_month() -> Case:
    return _flows(lambda rows: _scaled(rows, rows["date"].isin(dates_of(rows)[-25:-23]), 60.0))


@_quiet
def a_fall_of_forty_basis_points_in_a_day() -> Case:
    frames = _latest()
    spreads = frames["spreads"]
    return Case(frames | {"spreads": spreads.assign(spread_bp=spreads["spread_bp"] - 40 * _last(spreads))})


@_quiet
def spreads_below_zero() -> Case:
    frames = _latest()
    return Case(frames | {"spreads": frames["spreads"].assign(spread_bp=frames["spreads"]["spread_bp"] - 300)})


@_quiet
def an_entry_that_trades_every_tenth_session() -> Case:
    frames = latest(330)
    rows = frames["flows"]
    tenth = rows["date"].isin(dates_of(rows)[::10])
    seldom = (rows["region"] == "Latin America") & (rows["sector"] == "Utilities")
    return Case(frames | {"flows": rows[~seldom | tenth].reset_index(drop=True)})


@_quiet
def an_entry_that_trades_seldom_where_absent_means_zero() -> Case:
    seldom = an_entry_that_trades_every_tenth_session()
    return Case(seldom.frames, 'absent = "zero"\n')


@_quiet
def entries_that_did_not_trade_where_absent_means_zero() -> Case:
    return _flows(lambda rows: rows[rows.index % 100 != 99], 'absent = "zero"\n')


@_quiet
def christmas_eve() -> Case:
    return Case({name: frame[frame["date"] <= "2024-12-24"].reset_index(drop=True) for name, frame in _latest().items()})


@_quiet
def the_morning_after_a_roll() -> Case:
    return Case({name: frame[frame["date"] <= "2024-12-23"].reset_index(drop=True) for name, frame in _latest().items()})


@_quiet
def the_holidays_of_london_and_sao_paulo() -> Case:
    """London is closed on 26 December, São Paulo on 24 and 31 December."""
    closed = {"Europe": ["2024-12-26"], "Latin America": ["2024-12-24", "2024-12-31"]}

    def open_(rows: pd.DataFrame) -> pd.DataFrame:
        away = np.zeros(len(rows), dtype=bool)
        for region, days in closed.items():
            away |= (rows["region"] == region) & rows["date"].isin(pd.to_datetime(days))
        return rows[~away]

    return _flows(open_)


@_quiet
def frankfurts_holidays_as_declared() -> Case:
    def open_(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[~((rows["region"] == "Europe") & rows["date"].isin(pd.to_datetime(["2024-12-24", "2024-12-26", "2024-12-31"])))]

    return _flows(open_, '[calendars]\nEurope = "XFRA"\n')


@_quiet
def thanksgiving_on_which_the_others_trade() -> Case:
    def with_abroad(rows: pd.DataFrame) -> pd.DataFrame:
        before = rows[(rows["date"] == "2024-11-27") & rows["region"].isin(ABROAD)]
        return pd.concat([rows, before.assign(date=pd.Timestamp("2024-11-28"))]).sort_values("date", kind="stable")

    return _flows(with_abroad)


@_quiet
def a_mourning_day_on_which_nobody_has_reported() -> Case:
    """New York is closed on 9 January 2025, and no region has a row of it."""
    return Case({name: repeated(frame, ["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-10"]) for name, frame in _latest().items()})


@_quiet
def prices_and_squeeze_factors_that_start_in_mid_history() -> Case:
    frames = _latest()
    return Case(
        frames | {name: frames[name][frames[name]["date"] >= "2024-09-16"].reset_index(drop=True) for name in ("prices", "squeeze")}
    )


@_quiet
def flows_that_start_in_mid_history() -> Case:
    return _flows(lambda rows: rows[rows["date"] >= "2024-08-19"])


@_quiet
def all_rows_are_final() -> Case:
    return _flows(lambda rows: rows.assign(gross_mv=1000.0, is_final=pd.array([True] * len(rows), dtype="boolean")))


@_quiet
def a_region_that_was_retired() -> Case:
    return _flows(
        lambda rows: rows[~((rows["region"] == "Emerging Asia") & (rows["product"] == "Macro products") & _last(rows, 15))],
        'retired = ["Emerging Asia · Macro products"]\n',
    )


@_quiet
def rates_that_rise_from_nothing_to_five_percent() -> Case:
    """As the overnight rate did over two years, here in thirty sessions."""
    frames = _latest()
    contracts = frames["contracts"]
    days = {day: 0.0003 * (0.053 / 0.0003) ** (at / 29) for at, day in enumerate(dates_of(contracts))}
    return Case(frames | {"contracts": contracts.assign(rate=contracts["date"].map(days).round(6))})


@_quiet
def no_squeeze_factors_and_no_futures() -> Case:
    return Case({name: frame for name, frame in _latest().items() if name in ("flows", "spreads", "prices")})


@pytest.mark.parametrize("name", QUIET)
def test_nothing_is_found_and_every_answer_is_the_twins(name):
    case = QUIET[name]()
    answers, twin = morning(case.desk()), twin_of(case)
    assert judge(case.desk()) == () == answers.findings
    assert answers.as_of == twin.as_of
    assert differing(answers, twin.answers) == {}
    assert pretending(answers) == []


def test_on_a_quiet_day_nothing_was_sold():
    answers = {claim.key: claim.answer for claim in morning(a_quiet_day().desk()).claims}
    assert answers["streak"] == 0
    assert answers["state"] != "BOTH"


def _csv(folder: Path, name: str, text: str, **spelling: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_text(text, **{"encoding": "utf-8", "newline": "", **spelling})


def _text(frame: pd.DataFrame, **spelling: object) -> str:
    return str(frame.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n", **spelling))


@_written
def newest_first(folder: Path) -> str:
    for name, frame in _latest().items():
        _csv(folder, name, _text(frame.iloc[::-1]))
    return str(folder)


@_written
def windows_line_ends_and_a_byte_order_mark(folder: Path) -> str:
    for name, frame in _latest().items():
        _csv(folder, name, _text(frame).replace("\n", "\r\n"), encoding="utf-8-sig")
    return str(folder)


@_written
def semicolons_and_decimal_commas(folder: Path) -> str:
    for name, frame in _latest().items():
        _csv(folder, name, _text(frame, sep=";", decimal=","))
    return Case.configure(folder, 'delimiter = ";"\ndecimal = ","\n')


@_written
def parquet(folder: Path) -> str:
    folder.mkdir()
    for name, frame in _latest().items():
        frame.to_parquet(folder / f"{name}.parquet")
    return str(folder)


@_written
def days_first_as_declared_and_prices_in_excel(folder: Path) -> str:
    for name, frame in _latest().items():
        if name != "prices":
            _csv(folder, name, str(frame.to_csv(index=False, date_format="%d/%m/%Y", lineterminator="\n")))
    _latest()["prices"].to_excel(folder / "prices.xlsx", index=False)
    dates = "".join(f'[{name}]\ndate_format = "%d/%m/%Y"\n' for name in ("flows", "spreads", "contracts", "squeeze"))
    return Case.configure(folder, dates)


@pytest.fixture(scope="module")
def usual():
    return morning(Case(_latest()).desk())


@pytest.mark.parametrize("name", WRITTEN)
def test_another_spelling_of_the_same_rows_is_clean_and_answered_alike(name, usual, tmp_path, monkeypatch):
    source = WRITTEN[name](tmp_path / "desk")
    answers = morning(read(source))
    assert differing(answers, {claim.key: claim.answer for claim in usual.claims}) == {}
    monkeypatch.setenv("XLSIG_TODAY", "2025-01-05")
    checked = CliRunner().invoke(app, ["check", "--data", source, "--json"])
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["findings"] == []


def test_the_untouched_morning_and_a_late_one_end_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setenv("XLSIG_TODAY", "2025-01-05")
    clean, late = tmp_path / "clean", tmp_path / "late"
    frames = _latest()
    Case(frames).write(clean)
    Case(frames | {"spreads": frames["spreads"][~_last(frames["spreads"])]}).write(late)
    for command in (["check"], ["check", "--strict"], ["signals", "--json"], ["signals", "--strict", "--json"]):
        assert CliRunner().invoke(app, [*command, "--data", str(clean)]).exit_code == 0, command
        ended = CliRunner().invoke(app, [*command, "--data", str(late)])
        assert ended.exit_code == (0 if command == ["signals", "--json"] else 3), (command, ended.output)


@pytest.mark.parametrize(("today", "code"), [("2025-01-04", 0), ("2025-01-06", 0), ("2025-01-07", 0), ("2025-01-08", 3), ("2025-01-31", 3)])
def test_data_is_old_when_more_than_one_session_has_closed_since(today, code, tmp_path, monkeypatch):
    source = Case(latest(30)).write(tmp_path)
    monkeypatch.setenv("XLSIG_TODAY", today)
    checked = CliRunner().invoke(app, ["check", "--data", source, "--json"])
    assert checked.exit_code == code, checked.output
    assert [finding["code"] for finding in json.loads(checked.stdout)["findings"]] == (["old"] if code else [])
    if code:
        refused = CliRunner().invoke(app, ["check", "--data", source, "--max-age", "1"])
        assert refused.exit_code == 1
        assert CliRunner().invoke(app, ["check", "--data", source, "--as-of", "2025-01-03"]).exit_code == 0


def test_the_sample_is_never_old(monkeypatch):
    monkeypatch.setenv("XLSIG_TODAY", "2031-06-02")
    assert CliRunner().invoke(app, ["check", "--data", "sample"]).exit_code == 0


def test_twenty_mornings_and_five_spellings_are_tried():
    assert (len(QUIET), len(WRITTEN)) == (20, 5)
    assert made("untouched").frames["flows"]["date"].nunique() == 420
