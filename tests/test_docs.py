"""The documentation is complete, and its code runs."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.mornings import cases
from xlsig.cli import app
from xlsig.frames.schema import FRAMES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def test_the_code_of_the_guides_runs_and_answers_as_shown() -> None:
    for page in PAGES:
        tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
        assert tried.failed == 0, page.name
        assert tried.attempted or page.name != "getting-started.md"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        assert not path.startswith(("http:", "https:")) or anchor == ""
        if not path.startswith(("http:", "https:")):
            linked = (page.parent / path).resolve() if path else page
            assert linked.is_file(), target
            assert not anchor or anchor in _anchors(linked), target


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(contents) == sorted(page.relative_to(DOCS).as_posix() for page in PAGES)


@pytest.mark.parametrize("name", list(FRAMES))
def test_the_data_page_lists_the_columns_of_the_frame(name: str) -> None:
    page = (DOCS / "data.md").read_text("utf-8")
    section = page.split(f"\n### {name}\n")[1].split("\n#")[0]
    described = dict(re.findall(r"^\| (\w+) \| (.+) \|$", section, re.MULTILINE))
    described.pop("column")
    assert list(described) == [column.name for column in FRAMES[name].columns]
    assert {column.name for column in FRAMES[name].columns if column.optional} == {
        column for column, holds in described.items() if holds.startswith("optional")
    }


_SHOWN = re.findall(r"<!-- (\w+) -->\n\n```text\n(.*?)```\n\n```json\n(.*?)```", (DOCS / "checks.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize(("case", "text", "as_json"), _SHOWN, ids=[case for case, _, _ in _SHOWN])
def test_the_checks_that_are_shown_are_what_is_found(
    case: str, text: str, as_json: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XLSIG_TODAY", "2025-01-06")
    data = cases.made(case).write(tmp_path / "desk")
    assert CliRunner().invoke(app, ["check", "--data", data]).stdout == text
    assert CliRunner().invoke(app, ["check", "--data", data, "--json"]).stdout == as_json


def test_five_mornings_are_shown() -> None:
    assert len(_SHOWN) == 5
