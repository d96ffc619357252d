"""Every template that we write is a file that Microsoft's validator and our own lint find nothing in."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.lint import lint
from tests.ooxml.validator import sdk_errors
from xlsig.functions.spelling import HOSTS, Host
from xlsig.workbooks.building import build
from xlsig.workbooks.layout import Layout
from xlsig.workbooks.templates import TEMPLATES

OTHER_HOSTS = [host for host in HOSTS if host != "excel"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_validator_finds_nothing_in_a_template(name: str, templates: dict[str, Path]) -> None:
    assert sdk_errors(templates[name]) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_lint_finds_nothing_in_a_template(name: str, templates: dict[str, Path]) -> None:
    assert lint(templates[name]) == []


@pytest.fixture(scope="module", params=OTHER_HOSTS)
def stored_otherwise(request: pytest.FixtureRequest, danger: Layout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The danger template with its formulas stored as another host reads them."""
    host: Host = request.param
    path = tmp_path_factory.mktemp(host) / "danger.xlsx"
    build(danger, path, host)
    return path


def test_a_template_stored_for_another_host_is_as_good(stored_otherwise: Path) -> None:
    assert sdk_errors(stored_otherwise) == []
    assert lint(stored_otherwise) == []
