"""A dashboard that lives through thirty mornings ends as one that was built this morning, whatever the mornings were."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.mornings.cases import CASES, Case, Frames, latest, repeated
from tests.mornings.facts import Mornings, found_in
from tests.workbooks.mornings import differences, values_of
from xlsig.cli import app
from xlsig.errors import DataError
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

SEED = 20250103


def complete() -> Case:
    """A week later, with every row in."""
    week = ["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-10"]
    later: Frames = {name: repeated(frame, week) for name, frame in latest().items()}
    return Case(later)


def build_in(path: Path, template: str, inputs: Inputs) -> Path:
    """Build a template, and say where."""
    build(TEMPLATES[template](inputs), path)
    return path


def _live_through(names: list[str], path: Path, mornings: Mornings) -> None:
    """Each morning as the command line would take it; one that is refused changes nothing."""
    for name in names:
        if any(finding.grade == "refused" for finding in mornings.findings(name)):
            before = path.read_bytes()
            ended = CliRunner().invoke(app, ["refresh", str(path), "--data", mornings.source(name), "--allow-older"])
            assert ended.exit_code == 1, (name, ended.output)
            assert path.read_bytes() == before
        else:
            refresh_workbook(path, mornings.desk(name), allow_older=True)


def _ends_as_new(template: str, names: list[str], mornings: Mornings, folder: Path) -> None:
    """From Christmas Eve through those mornings to a complete one."""
    path = build_in(folder / f"{template}.xlsx", template, inputs_of(mornings.desk("older")))
    _live_through(names, path, mornings)
    last = complete().desk()
    refresh_workbook(path, last, allow_older=True)
    ours, theirs = values_of(path), values_of(build_in(folder / "fresh.xlsx", template, inputs_of(last)))
    assert ours.keys() == theirs.keys()
    assert differences(ours, theirs) == [], names


def _drawn(count: int, seed: int) -> list[str]:
    return random.Random(seed).choices(sorted(CASES), k=count)


def test_a_dashboard_lives_through_six_mornings(mornings: Mornings, tmp_path):
    names = ["flows_eight_sessions_late", "sixty_rows", "rate_in_percent", "region_gone", "weekly_rows", "america_only"]
    _ends_as_new("danger", names, mornings, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_dashboard_lives_through_thirty_mornings(template, mornings: Mornings, tmp_path):
    _ends_as_new(template, _drawn(30, SEED), mornings, tmp_path)


def test_a_refused_morning_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "regions.xlsx"
    build(TEMPLATES["regions"](inputs_of(Case(latest(60)).desk())), path)
    before = path.read_bytes()
    prices = latest(60)["prices"].copy()
    prices.loc[len(prices) - 1, "date"] = "2026-01-03"
    source = Case(latest(60) | {"prices": prices}).write(tmp_path / "desk")
    assert {finding.grade for finding in found_in(source)} == {"refused"}
    ended = CliRunner().invoke(app, ["refresh", str(path), "--data", source])
    assert ended.exit_code == 1
    assert path.read_bytes() == before


def test_an_older_morning_is_refused_unless_it_is_allowed(tmp_path):
    path = tmp_path / "sectors.xlsx"
    build(TEMPLATES["sectors"](inputs_of(Case(latest(40)).desk())), path)
    before = path.read_bytes()
    older = Case({name: frame[frame["date"] <= "2024-12-24"].reset_index(drop=True) for name, frame in latest(40).items()}).desk()
    with pytest.raises(DataError):
        refresh_workbook(path, older)
    assert path.read_bytes() == before
    assert refresh_workbook(path, older, allow_older=True).changed
