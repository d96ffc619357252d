"""One Windows for all tests here: Wine with a real Windows Python, in which `xlsig install --host excel` has run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.hosts.excel.wine import Wine
from tests.hosts_required import require_program

collect_ignore = ["excel_variants.py", "golden_client.py", "awkward_client.py", "calendar_client.py"]  # they run in the Windows Python


@dataclass(frozen=True)
class Installed:
    """The Windows, what install said, and what there was before it: the registry's keys and the files."""

    wine: Wine
    said: str
    keys_before: list[str]
    files_before: set[str]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    require_program("wine", "wine")
    wine = Wine(tmp_path_factory.mktemp("wine") / "prefix")
    try:
        wine.start()
        keys, files = wine.our_keys(), wine.files()
        done = wine.xlsig("install", "--host", "excel")
        assert done.returncode == 0, done.stdout
        yield Installed(wine, done.stdout, keys, files)
    finally:
        wine.stop()


@pytest.fixture
def wine(installed: Installed) -> Wine:
    """The Windows in which xlsig is installed."""
    return installed.wine
