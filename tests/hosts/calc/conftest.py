"""One LibreOffice with the add-in for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.calc.needed import require_calc
from tests.patience import PATIENCE
from xlsig.hosts.calc.office import Office


@pytest.fixture(scope="session")
def running() -> Iterator[Office]:
    require_calc()
    with Office(seconds=PATIENCE) as started:
        yield started


@pytest.fixture
def office(running: Office) -> Office:
    """The running office with a new, empty spreadsheet."""
    running.open()
    return running
