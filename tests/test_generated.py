"""What `python -m tasks.generate` makes is current: the stub, the reference, the counts in prose, the exchange sessions.

The committed workbooks are compared where they are built anyway: tests/workbooks/test_building.py and tests/hosts/calc/test_selftest.py.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path

import exchange_calendars
import numpy as np
import pytest
from exchange_calendars.calendar_utils import resolve_alias
from typer.testing import CliRunner

from tasks import generate, pictures, prose, sessions, steps, workbooks
from xlsig.cli import app
from xlsig.frames.calendar import RELEASE_YEAR
from xlsig.frames.session_table import Calendar, read, shipped, shipped_codes
from xlsig.functions.catalogue import CATALOGUE
from xlsig.workbooks import batch_plan
from xlsig.workbooks.templates import NAMES

ROOT = Path(__file__).parent.parent


def test_every_generated_text_is_current() -> None:
    lacking = [said for function in CATALOGUE.values() if (said := steps.without_cases(function))]
    assert not lacking, lacking  # the worked examples are made of them
    behind = generate.stale()
    assert not behind, f"{', '.join(behind)} not current: run {steps.COMMAND}"


@pytest.mark.parametrize("name", [*sessions.CODES, *sessions.ALIKE])
def test_what_is_shipped_of_a_calendar_is_what_exchange_calendars_has(name: str) -> None:
    calendar = shipped(name)
    assert calendar is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's, about later versions of pandas
        opened = exchange_calendars.get_calendar(name, start=str(calendar.first), end=str(calendar.last))
    assert calendar.days.astype(str).tolist() == [str(session.date()) for session in opened.sessions]
    earliest, latest = (bound and str(bound.date()) for bound in (opened.bound_min(), opened.bound_max()))
    assert str(calendar.first) == max("1990-01-01", earliest or "0000")
    assert str(calendar.last) == min(f"{RELEASE_YEAR + 2}-12-31", latest or "9999")


def test_other_names_of_a_shipped_calendar_are_those_of_exchange_calendars() -> None:
    shown = {name for code in sessions.CODES for name in sessions.other_names(code)}
    assert {"NYSE", "NASDAQ", "LSE", "JPX", "HKEX", "BSE", "FWB", "XFRA"} < shown
    for name in shown:
        assert (sessions.ALIKE.get(resolve_alias(name)) or resolve_alias(name)) in shipped_codes()
        assert shipped(name) is not None
    assert shipped_codes() == sessions.CODES


def test_a_weekend_with_sessions_is_shipped_too() -> None:
    days = np.array(["2024-11-01", "2024-11-02", "2024-12-31", "2025-01-05"], dtype="datetime64[D]")
    held = Calendar(days, np.datetime64("2024-10-31"), np.datetime64("2025-01-05"))
    text = sessions.paragraph("XBOM", held, ["BSE"])
    assert text.splitlines()[0] == "XBOM 2024-10-31 2025-01-05 BSE"
    assert text.splitlines()[1].startswith("2024 1031 1102 1104 1105 ")
    assert text.splitlines()[2:] == ["2025 0101 0102 0103 0105"]
    again = read(text)
    assert again.days.tolist() == days.tolist()
    assert (again.first, again.last) == (held.first, held.last)


def test_every_workbook_and_every_picture_of_a_template_is_there() -> None:
    absent = [name for name in NAMES if not (ROOT / f"workbooks/{name}.xlsx").is_file()]
    assert not absent, f"workbooks/{absent} not there: run {steps.COMMAND}"
    assert not pictures.missing(ROOT), f"{pictures.missing(ROOT)} not there: run {steps.COMMAND} --pictures"


def test_no_workbook_is_left_of_a_template_that_went() -> None:
    assert {path.stem for path in (ROOT / "workbooks").glob("*.xlsx")} == set(NAMES)


def test_a_changed_missing_or_left_over_file_is_found_and_mended(tmp_path: Path) -> None:
    written = generate.write(tmp_path)
    assert sorted(generate.generated(tmp_path)) == written
    assert generate.stale(tmp_path) == []
    (tmp_path / "docs/reference/flows.md").write_text("by hand", "utf-8")
    (tmp_path / "docs/reference/history.md").unlink()
    (tmp_path / "docs/reference/retired.md").write_text("of a function that went", "utf-8")
    behind = ["docs/reference/flows.md", "docs/reference/history.md", "docs/reference/retired.md"]
    assert generate.stale(tmp_path) == behind
    assert generate.write(tmp_path) == behind
    assert generate.stale(tmp_path) == []


def test_a_count_in_prose_that_is_not_current_is_found_and_mended(tmp_path: Path) -> None:
    current = prose.current((ROOT / "README.md").read_text("utf-8"))
    (tmp_path / "README.md").write_text(re.sub(r"and \d+ more", "and 7 more", current), "utf-8")
    generate.write(tmp_path)
    assert (tmp_path / "README.md").read_text("utf-8") == current
    (tmp_path / "README.md").write_text(current.replace("history.xlsx) | ", "history.xlsx) | by hand, "), "utf-8")
    assert generate.stale(tmp_path) == ["README.md"]


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("all 7 functions", f"all {len(CATALOGUE)} functions"),
        ("`=TRF_BASIS(…)`,\n`=EXPLAIN(…)` and 7 more", f"`=TRF_BASIS(…)`,\n`=EXPLAIN(…)` and {len(CATALOGUE) - 2} more"),
        ("the nine dashboards", "the four dashboards"),
        ("danger or sectors, or", "danger, sectors, regions or history, or"),
        ("6 functions of yours, and no dashboards", f"{len(CATALOGUE)} functions of yours, and no dashboards"),
        ("three sessions, 42 ms", "three sessions, 42 ms"),
    ],
)
def test_what_is_said_is_what_is_so(said: str, now: str) -> None:
    assert prose.current(said) == now


@pytest.mark.parametrize("rule", list(prose.rules()))
def test_every_rule_about_prose_is_of_use(rule: str) -> None:
    assert any(re.search(rule, text, re.DOTALL) for text in prose.pages(ROOT).values())


def test_the_command_and_the_plan_list_every_template() -> None:
    told = CliRunner().invoke(app, ["build", "--help"], env={"COLUMNS": "200"}).output
    assert [name for name in NAMES if name not in told] == []
    assert prose.current(batch_plan.__doc__ or "") == batch_plan.__doc__


@pytest.fixture
def two_workbooks(tmp_path: Path) -> tuple[Path, Path]:
    """A workbook as it is built, and the one that lies in the repository's folder."""
    (tmp_path / "workbooks").mkdir()
    return tmp_path / "built.xlsx", tmp_path / "workbooks/built.xlsx"


def _zip(path: Path, sheet: str, level: int = 6) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, part in (("xl/workbook.xml", "<workbook/>"), ("xl/worksheets/sheet1.xml", sheet)):
            package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, level)


@pytest.mark.parametrize(("value", "level"), [("0.1000000000000002", 6), ("0.1000000000000001", 0)], ids=["rounding", "compression"])
def test_other_bytes_are_current_elsewhere_and_not_where_the_workbook_was_made(
    two_workbooks: tuple[Path, Path], value: str, level: int
) -> None:
    built, committed = two_workbooks
    _zip(built, "<v>0.1000000000000001</v>" * 9)
    _zip(committed, f"<v>{value}</v>" * 9, level)
    record = committed.parent / workbooks.MADE_WITH
    record.write_text(workbooks.record({**workbooks.maker(), "numpy": "1.0"}), "utf-8")
    assert workbooks.difference(built, committed) == ""
    record.write_text(workbooks.record(workbooks.maker()), "utf-8")
    assert "bytes differ" in workbooks.difference(built, committed)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("<v>1.00001</v>", "<v>1.00002</v>"), ("<v>1.5</v>", "<w>1.5</w>"), ("<v>5</v>", "<v>6</v>"), ("<v>0.1</v>", "<v>0.1</v><v>0.1</v>")],
)
def test_another_number_or_another_cell_is_not_taken_for_rounding(two_workbooks: tuple[Path, Path], ours: str, theirs: str) -> None:
    built, committed = two_workbooks
    _zip(built, ours)
    _zip(committed, theirs)
    assert workbooks.difference(built, committed) == "xl/worksheets/sheet1.xml differs"


def test_a_workbook_is_written_with_its_record_when_it_is_not_current_and_left_alone_when_it_is(tmp_path: Path) -> None:
    built = {"danger": tmp_path / "danger.xlsx"}
    _zip(built["danger"], "<v>0.1000000000000001</v>")
    assert workbooks.write(tmp_path, built) == {"workbooks/danger.xlsx": "it is not there"}
    assert workbooks.made_here(tmp_path / "workbooks")
    assert workbooks.write(tmp_path, built) == {}
    before = (tmp_path / "workbooks/danger.xlsx").read_bytes()
    (tmp_path / "workbooks" / workbooks.MADE_WITH).write_text(workbooks.record({"numpy": "1.0"}), "utf-8")
    _zip(built["danger"], "<v>0.1000000000000002</v>")
    assert workbooks.write(tmp_path, built) == {}
    assert (tmp_path / "workbooks/danger.xlsx").read_bytes() == before


def test_the_functions_that_a_sheet_calls_are_read_from_its_formulas() -> None:
    calls = workbooks.calls(ROOT / "workbooks/danger.xlsx")
    assert "SELLOFF_STREAK" in calls["Danger"]
    assert "SECTOR_BREAKDOWN" not in calls["Danger"]
    assert calls["Settings"] == set()
