"""A missing program skips a test, and fails it where the hosts are required."""

from __future__ import annotations

import pytest

from tests.hosts_required import REQUIRED, require_program


def test_a_program_that_is_there_is_found() -> None:
    assert require_program("sh", "dash").endswith("sh")


def test_a_missing_program_skips_and_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="libreoffice-calc-nogui"):
        require_program("no-such-spreadsheet", "libreoffice-calc-nogui")


def test_a_missing_program_fails_where_hosts_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="libreoffice-calc-nogui"):
        require_program("no-such-spreadsheet", "libreoffice-calc-nogui")
