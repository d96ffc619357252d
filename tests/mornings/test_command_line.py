"""The thirty-three folders as the command line takes them: exit codes, and the same findings and answers as without files."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from typer.testing import CliRunner

from tests.mornings.cases import Case, latest, made, until
from tests.mornings.facts import Mornings, same
from tests.mornings.test_cases import OTHERWISE, READ, REFUSED
from xlsig.cli import app


def _ended(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def _the_next_day(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> None:
    monkeypatch.setenv("XLSIG_TODAY", (day + dt.timedelta(days=1)).isoformat())


@pytest.mark.slow
@pytest.mark.parametrize("name", [*READ, *OTHERWISE])
def test_a_folder_that_can_be_read_ends_as_its_findings_say(mornings: Mornings, name, monkeypatch):
    source, answers, findings = mornings.source(name), mornings.morning(name), mornings.findings(name)
    _the_next_day(monkeypatch, answers.as_of)
    checked = _ended("check", "--data", source, "--json")
    assert checked.exit_code == (3 if findings else 0), checked.output
    # A file names its frame and row; all else that is found is the same.
    assert [finding["code"] for finding in json.loads(checked.stdout)["findings"]] == [finding.code for finding in findings]
    printed = _ended("signals", "--data", source, "--json")
    assert printed.exit_code == 0, printed.output
    told = json.loads(printed.stdout)
    assert (told["as_of"], told["state"], told["note"]) == (answers.as_of.isoformat(), answers.state, answers.note)
    assert len(told["findings"]) == len(findings)
    for ours, theirs in zip(answers.claims, told["claims"], strict=True):
        assert same(ours.answer, theirs["answer"]), ours.key
    strict = _ended("signals", "--data", source, "--strict", "--json")
    assert strict.exit_code == (3 if findings else 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_that_is_refused_ends_with_1_and_writes_nothing(mornings: Mornings, name, monkeypatch, tmp_path):
    _the_next_day(monkeypatch, dt.date(2025, 1, 3))
    source = made(name).write(tmp_path / "desk")
    checked = _ended("check", "--data", source, "--json")
    assert checked.exit_code == 1
    found = json.loads(checked.stdout)["findings"]
    assert {finding["code"] for finding in found if finding["grade"] == "refused"} <= set(REFUSED[name].code)
    for command in (["signals"], ["build", "danger", "--out", str(tmp_path / "danger.xlsx")]):
        assert _ended(*command, "--data", source).exit_code == 1, command
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk"]


def test_a_late_morning_on_the_command_line(mornings: Mornings, monkeypatch):
    _the_next_day(monkeypatch, dt.date(2025, 1, 3))
    checked = _ended("check", "--data", mornings.source("flows_one_session_late"))
    assert checked.exit_code == 3
    assert "flows end on 2 January 2025, 1 session before" in " ".join(checked.output.split())
    assert "--as-of" in checked.output


def test_a_refresh_that_leaves_answers_unknown_says_how_many_and_why_and_ends_with_3(tmp_path, monkeypatch):
    _the_next_day(monkeypatch, dt.date(2025, 1, 3))
    frames = latest(60)
    clean = Case(frames).write(tmp_path / "clean")
    flows_late = Case(frames | {"flows": until(frames["flows"], 1)}).write(tmp_path / "flows late")
    futures_late = Case(frames | {"contracts": until(frames["contracts"], 3)}).write(tmp_path / "futures late")
    book = str(tmp_path / "regions.xlsx")
    assert _ended("build", "regions", "--data", clean, "--out", book).exit_code == 0
    built = (tmp_path / "regions.xlsx").read_bytes()
    assert _ended("refresh", book, "--data", flows_late, "--strict").exit_code == 3
    assert (tmp_path / "regions.xlsx").read_bytes() == built
    refreshed = _ended("refresh", book, "--data", flows_late)
    assert refreshed.exit_code == 3
    said = " ".join(refreshed.output.split())
    assert "flows end on 2 January 2025, 1 session before" in said
    assert re.search(r"(an answer is|\d+ answers are) unknown", said)
    assert _ended("refresh", book, "--data", futures_late).exit_code == 0, "regions ask nothing of futures"
    back = _ended("refresh", book, "--data", flows_late, "--as-of", "complete")
    assert back.exit_code == 0, back.output
    assert "2 January 2025" in back.output
