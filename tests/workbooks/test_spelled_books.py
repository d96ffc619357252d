"""However a host spelt our functions in a workbook, a refresh knows them; and what the workbook's names became never stops it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from html import escape
from pathlib import Path

import pytest

from checks.lint import lint
from tests.ooxml.packing import WORKBOOK, read, save
from tests.ooxml.validator import sdk_errors
from tests.workbooks.linked_books import ADD_IN, links_of, respelt
from tests.workbooks.mornings import differences, values_of
from xlsig.cli import main
from xlsig.functions.spelling import typed, uses_ours
from xlsig.ooxml import open_package
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.news import WATCHED
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

OTHER = "file:///C:/Desk/Other.xlsx"
SPELT = {
    "linked alone": ("[1]!{}", (ADD_IN,)),
    "linked second": ("[2]!{}", (OTHER, ADD_IN)),
    "linked third": ("[3]!{}", (OTHER, "Rates.xlsx", "xlsig.xlam")),
    "linked before another": ("[1]!{}", (ADD_IN, OTHER)),
    "linked to nothing": ("[2]!{}", ()),
    "by path": ("'C:\\Add ins\\xlsig.xlam'!{}", ()),
    "Office.js": ("_xldudf_{}", ()),
    "Office.js with a namespace": ("_xldudf_XLSIG_{}", ()),
    "Calc": ("XLSIG.{}", ()),
}


@pytest.fixture(scope="module")
def plain(evening: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "danger.xlsx"
    build(TEMPLATES["danger"](evening), path)
    return path


@pytest.fixture(scope="module")
def refreshed(plain: Path, morning: Inputs, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """The workbook with plain names after a refresh, and its news."""
    path = Path(shutil.copy(plain, tmp_path_factory.mktemp("refreshed") / "danger.xlsx"))
    return path, refresh_workbook(path, morning).news


def _formulas(path: Path) -> list[tuple[str, int, int, str, str | None]]:
    with open_package(path, lock=False, spelling=typed) as book:
        return sorted(book.formulas())


@pytest.mark.parametrize("spelling", SPELT)
def test_a_refresh_gives_what_it_gives_the_book_with_plain_names(spelling, plain, refreshed, morning, tmp_path) -> None:
    path = respelt(plain, tmp_path / "danger.xlsx", *SPELT[spelling])
    done = refresh_workbook(path, morning)
    assert (done.news, done.uncomputed) == (refreshed[1], ())
    assert differences(values_of(path), values_of(refreshed[0])) == []
    assert _formulas(path) == _formulas(refreshed[0])


@pytest.mark.parametrize("spelling", [spelling for spelling in SPELT if "linked" in spelling])
def test_stored_for_excel_the_names_are_plain_and_an_unused_link_is_gone(spelling, plain, refreshed, morning, tmp_path) -> None:
    form, links = SPELT[spelling]
    path = respelt(plain, tmp_path / "danger.xlsx", form, links)
    refresh_workbook(path, morning, host="excel")
    with open_package(path, lock=False) as book:
        stored = sorted((sheet, row, column, f"={text}") for sheet, row, column, text in book.stored_formulas())
        assert book.links == dict(enumerate((link for link in links if "xlsig" not in link), start=1))
    assert stored == [found[:4] for found in _formulas(refreshed[0])]
    assert len(links_of(path)) == 2 * sum("xlsig" not in link for link in links)
    assert differences(values_of(path), values_of(refreshed[0])) == []
    assert lint(path) == []
    assert sdk_errors(path) == []


def test_a_function_of_another_add_in_with_our_name_is_not_ours(plain, morning, tmp_path) -> None:
    path = respelt(plain, tmp_path / "danger.xlsx", "[1]!{}", ("file:///C:/Desk/Other.xlam", ADD_IN))
    done = refresh_workbook(path, morning)
    assert any("refers to another workbook" in cell for cell in done.uncomputed)
    (said,) = [phrase for phrase in done.unknown if "[1]" in phrase]
    assert said.startswith("functions with xlsig's names are called through the link [1] to file:///C:/Desk/Other.xlam, which is not known")
    assert "Danger!" in said
    assert not uses_ours("[1]!SELLOFF_STREAK(A1)", {1: "Other.xlam"})


def test_a_link_keeps_its_number_in_a_formula_when_one_before_it_goes(plain, morning, tmp_path) -> None:
    path = respelt(plain, tmp_path / "danger.xlsx", "[1]!{}", (ADD_IN, OTHER))
    parts = read(path)
    names = parts[WORKBOOK].replace(b"</definedNames>", b'<definedName name="theirs">[2]Desk!$A$1</definedName></definedNames>')
    path = save(tmp_path / "named.xlsx", {**parts, WORKBOOK: names})
    refresh_workbook(path, morning, host="excel")
    with open_package(path, lock=False) as book:
        assert book.links == {1: OTHER}
        assert book.names["theirs"] == "[1]Desk!$A$1"


BECAME = {
    "a lost sheet": "#REF!",
    "a lost cell": "Danger!#REF!",
    "a constant": "5",
    "a text": '"BOTH"',
    "a formula": "SUM(Flows[world])",
    "a cell of a sheet that is gone": "Gone!$A$1",
    "nothing": None,
}


def _renamed(source: Path, target: Path, names: Iterable[str], became: str | None) -> Path:
    """A copy of a workbook in which defined names stand for something else, or are deleted."""
    parts = read(source)
    for name in names:
        entry = re.compile(rf'<definedName name="{name}">[^<]*</definedName>'.encode())
        assert entry.search(parts[WORKBOOK])
        new = "" if became is None else f'<definedName name="{name}">{escape(became)}</definedName>'
        parts[WORKBOOK] = entry.sub(new.encode(), parts[WORKBOOK])
    return save(target, parts)


@pytest.mark.parametrize("name", WATCHED)
def test_a_watched_name_that_was_lost_costs_its_line_of_news(name, plain, refreshed, morning, tmp_path) -> None:
    done = refresh_workbook(_renamed(plain, tmp_path / "bad.xlsx", [name], "#REF!"), morning, dry_run=True)
    assert list(done.news) == [line for line in refreshed[1] if not line.startswith(f"{WATCHED[name]} ")]


@pytest.mark.parametrize("became", BECAME)
def test_watched_names_that_are_no_cells_cost_the_news_alone(became, plain, morning, tmp_path) -> None:
    done = refresh_workbook(_renamed(plain, tmp_path / "bad.xlsx", WATCHED, BECAME[became]), morning, dry_run=True)
    assert done.changed
    assert done.news == ()


def test_the_files_after_one_with_a_lost_name_are_refreshed(plain, refreshed, tmp_path, monkeypatch, capsys) -> None:
    bad = _renamed(plain, tmp_path / "bad.xlsx", ["answer_state"], "#REF!")
    good = Path(shutil.copy(plain, tmp_path / "good.xlsx"))
    monkeypatch.setattr("sys.argv", ["xlsig", "refresh", str(bad), str(good), "--data", "sample"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.count("refreshed\n") == 2
    news = [line for line in said.splitlines() if line.startswith("  ")]
    assert len(news) == 2 * len(refreshed[1]) - 1
    assert len([line for line in news if line.startswith("  state ")]) == 1
