"""What a refresh says of answers that it leaves unknown: those that were known, and those that a finding withholds."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from tests.workbooks.mornings import until
from xlsig.cli import main
from xlsig.frames import schema
from xlsig.frames.desk import DeskData
from xlsig.frames.findings import Finding
from xlsig.ooxml import open_package
from xlsig.workbooks import run_batch
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

LATE = "flows end on 2 January 2025, 1 session before 3 January 2025."
STALE = "contracts end on 20 December 2024, 8 sessions before 3 January 2025."


def _cut(desk: DeskData, frame: str, last: str) -> DeskData:
    rows = getattr(desk, frame)
    return dataclasses.replace(desk, **{frame: rows[rows["date"] <= pd.Timestamp(last)].reset_index(drop=True)})


def _judged(desk: DeskData, *more: Finding) -> Inputs:
    inputs = inputs_of(desk)
    return dataclasses.replace(inputs, findings=(*inputs.findings, *more))


@pytest.fixture(scope="module")
def desks() -> Mapping[str, DeskData]:
    whole = until("2025-01-03")
    return {
        "whole": whole,
        "flows late": _cut(whole, "flows", "2025-01-02"),
        "spreads late": _cut(whole, "spreads", "2024-12-20"),
        "no spreads": dataclasses.replace(whole, spreads=schema.empty("spreads")),
        "contracts late": _cut(whole, "contracts", "2024-12-20"),
    }


@pytest.fixture(scope="module")
def built(desks: Mapping[str, DeskData], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    for name in ("danger", "history", "sectors"):
        build(TEMPLATES[name](_judged(until("2024-12-31"))), folder / f"{name}.xlsx")
    build(TEMPLATES["history"](_judged(dataclasses.replace(until("2024-12-31"), spreads=schema.empty("spreads")))), folder / "alone.xlsx")
    return folder


@pytest.fixture
def book(built: Path, tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copy(built / f"{name}.xlsx", tmp_path))


def _whats(unknown: tuple[str, ...]) -> set[str]:
    return {phrase.partition(": ")[0] for phrase in unknown}


def test_a_complete_morning_leaves_nothing_unknown(book, desks) -> None:
    assert refresh_workbook(book("danger"), _judged(desks["whole"])).unknown == ()


def test_answers_that_late_flows_withhold_are_told_with_the_finding(book, desks) -> None:
    done = refresh_workbook(book("danger"), _judged(desks["flows late"]))
    assert {"state", "streak", "pace", "flow z"} <= _whats(done.unknown)
    assert "streak: flows end on 2 January 2025, 1 session before 3 January 2025" in done.unknown
    assert "spread z" not in _whats(done.unknown)
    assert "trf spread" not in _whats(done.unknown)


def test_a_figure_that_was_known_and_is_unknown_is_told_without_a_finding_too(book, desks) -> None:
    done = refresh_workbook(book("danger"), _judged(desks["no spreads"]))
    assert _whats(done.unknown) == {"state", "spread z"}


def test_a_missing_quote_alone_is_no_loss(book, desks) -> None:
    path = book("danger")
    with open_package(path) as edit:
        sheet, _, cell = edit.names["trf_basis_quote"].partition("!")
        edit.set_values({(sheet, int(cell.rpartition("$")[2]) - 1, 1): None})
        edit.save()
    assert refresh_workbook(path, _judged(desks["whole"])).unknown == ()


def test_late_contracts_withhold_what_is_made_of_them_alone(book, desks) -> None:
    done = refresh_workbook(book("danger"), _judged(desks["contracts late"]))
    assert _whats(done.unknown) == {"financing spread", "forward spread"}
    assert done.unknown[0] == f"financing spread: {STALE.removesuffix('.')}"


def test_a_remark_on_the_data_withholds_nothing(book, desks) -> None:
    remarks = tuple(Finding("warned", "flows", code, f"{code}.") for code in ("joined", "preliminary", "jump", "old"))
    assert refresh_workbook(book("history"), _judged(desks["whole"], *remarks)).unknown == ()


def test_a_state_that_earlier_sessions_have_is_told_again_the_next_morning(book, desks) -> None:
    path = book("history")
    for _ in range(2):
        state, spread = refresh_workbook(path, _judged(desks["spreads late"])).unknown
        assert state == "state: spreads end on 20 December 2024, 8 sessions before 3 January 2025"
        assert spread.startswith("spread z: spreads end on 20 December 2024")


def test_a_desk_that_never_had_spreads_is_no_loss(book, desks) -> None:
    assert refresh_workbook(book("alone"), _judged(desks["no spreads"])).unknown == ()


def test_a_book_with_no_explanations_beside_its_answers_names_what_lateness_withholds(book, desks) -> None:
    path = book("sectors")
    for _ in range(2):
        assert {"top seller", "second seller", "third seller"} <= _whats(refresh_workbook(path, _judged(desks["flows late"])).unknown)


# Back in time


def test_older_data_is_refused_with_both_dates_and_the_option(book) -> None:
    path = book("sectors")
    before = path.read_bytes()
    assert _message(path, until("2024-12-24")) == (
        "sectors.xlsx is as of 31 December 2024, and the data ends 24 December 2024: older data is put into it only with --allow-older"
    )
    assert path.read_bytes() == before
    assert refresh_workbook(path, until("2024-12-24"), allow_older=True).changed


def test_a_book_without_the_name_is_as_old_as_its_daily_tables(book) -> None:
    path = book("sectors")
    with open_package(path) as edit:
        edit.set_name("as_of", "#REF!")
        edit.save()
    assert "is as of 31 December 2024" in _message(path, until("2024-12-24"))


def test_a_book_that_tells_no_date_is_not_judged(book) -> None:
    path = book("sectors")
    with open_package(path) as edit:
        edit.set_name("as_of", '"soon"')
        table = edit.table("Flows")
        edit.set_values({(table.sheet, row, table.box.left): "?" for row in range(table.first, table.last + 1)})
        edit.save()
    assert refresh_workbook(path, until("2024-12-24")).changed


def _message(path: Path, desk: DeskData) -> str:
    with pytest.raises(Exception, match="older data") as refused:
        refresh_workbook(path, desk)
    return str(refused.value)


# The command line


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Desk folders: the last 420 sessions, the same with the spreads twelve sessions late, and the same to the day before."""
    folder = tmp_path_factory.mktemp("desks")
    whole = until("2025-01-03")
    first = whole.prices["date"].iloc[-420]
    for name, desk in {"whole": whole, "late": _cut(whole, "spreads", "2024-12-16"), "older": until("2025-01-02")}.items():
        (folder / name).mkdir()
        for frame in ("flows", "spreads", "prices", "contracts"):
            rows = getattr(desk, frame)
            rows[rows["date"] >= first].to_csv(folder / name / f"{frame}.csv", index=False)
    return folder


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int | str | None:
    monkeypatch.setattr("sys.argv", ["xlsig", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_the_exit_code_is_3_where_something_is_lost_and_the_reasons_are_shown(book, folders, monkeypatch, capsys) -> None:
    path = book("history")
    assert _run(monkeypatch, "refresh", path, "--data", folders / "whole") == 0
    capsys.readouterr()
    assert _run(monkeypatch, "refresh", path, "--data", folders / "late") == 3
    said = capsys.readouterr().out
    assert "refreshed" in said
    assert "  2 answers are unknown:\n" in said


def test_json_tells_of_every_book_and_a_failure_comes_first(book, folders, monkeypatch, capsys) -> None:
    path = book("history")
    gone = path.with_name("gone.xlsx")
    assert _run(monkeypatch, "refresh", path, gone, "--data", folders / "late", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["as_of", "findings", "books"]
    assert told["as_of"] == "2025-01-03"
    refreshed, failed = told["books"]
    assert list(refreshed) == ["file", "written", "status", "news", "unknown", "uncomputed", "said"]
    assert (refreshed["file"], refreshed["written"], refreshed["status"]) == (str(path), str(path), "refreshed")
    assert [phrase.partition(": ")[0] for phrase in refreshed["unknown"]] == ["state", "spread z"]
    assert any(phrase.startswith("as of ") for phrase in refreshed["news"])
    assert (failed["file"], failed["written"], failed["status"]) == (str(gone), None, "failed")
    assert "No such file" in failed["said"]


def test_json_of_a_dry_run_and_of_a_second_refresh(book, folders, monkeypatch, capsys) -> None:
    path = book("history")
    statuses = []
    for option in (["--dry-run"], [], []):
        assert _run(monkeypatch, "refresh", path, "--data", folders / "whole", "--json", *option) == 0
        (told,) = json.loads(capsys.readouterr().out)["books"]
        statuses.append((told["status"], told["written"]))
    assert statuses == [("would change", None), ("refreshed", str(path)), ("unchanged", None)]


def test_older_data_ends_with_1_unless_the_option_is_given(book, folders, monkeypatch, capsys) -> None:
    path = book("sectors")
    assert _run(monkeypatch, "refresh", path, "--data", folders / "whole") == 0
    before = path.read_bytes()
    assert _run(monkeypatch, "refresh", path, "--data", folders / "older") == 1
    assert "--allow-older" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert _run(monkeypatch, "refresh", path, "--data", folders / "older", "--allow-older") == 0


# Batches


def _plan(folder: Path, folders: Path, template: str, desk: str) -> Path:
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.copytree(folders / desk, folder / "data" / "alpha")
    plan = folder / "plan.toml"
    plan.write_text(f'template = "{template}"\nbooks = "data/*"\n')
    return plan


@pytest.mark.parametrize("template", ["history", "own.xlsx"])
def test_a_book_of_a_batch_tells_what_its_own_data_could_tell_before(template, built, folders, tmp_path, monkeypatch, capsys) -> None:
    shutil.copy(built / "history.xlsx", tmp_path / "own.xlsx")
    plan = _plan(tmp_path, folders, template, "late")
    (made,) = run_batch(plan, jobs=1).books
    assert made.status == "made"
    assert _whats(made.unknown) == {"state", "spread z"}
    assert _run(monkeypatch, "batch", plan, "--jobs", "1", "--json") == 3
    (told,) = json.loads(capsys.readouterr().out)["books"]
    assert (told["status"], told["unknown"]) == ("unchanged", list(made.unknown))
    assert run_batch(_plan(tmp_path, folders, template, "whole"), jobs=1).books[0].unknown == ()


def test_a_book_is_not_made_of_older_data_than_it_was_made_of(folders, tmp_path) -> None:
    run_batch(_plan(tmp_path, folders, "regions", "whole"), jobs=1)
    output = tmp_path / "out" / "alpha.xlsx"
    before = output.read_bytes()
    plan = _plan(tmp_path, folders, "regions", "older")
    (failed,) = run_batch(plan, jobs=1).books
    assert failed.status == "failed"
    assert (
        failed.said == "alpha.xlsx is as of 3 January 2025, and the data ends 2 January 2025: older data is put into it only with --force"
    )
    assert output.read_bytes() == before
    (made,) = run_batch(plan, jobs=1, force=True).books
    assert (made.status, made.as_of) == ("made", dt.date(2025, 1, 2).isoformat())


def test_a_template_of_a_later_day_is_no_morning_of_the_book_s(built, folders, tmp_path, desks) -> None:
    build(TEMPLATES["regions"](_judged(desks["whole"])), tmp_path / "own.xlsx")
    (made,) = run_batch(_plan(tmp_path, folders, "own.xlsx", "older"), jobs=1).books
    assert (made.status, made.as_of) == ("made", "2025-01-02")
