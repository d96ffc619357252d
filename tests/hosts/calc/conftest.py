"""One LibreOffice with the add-in for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checks.typing_office import TypingOffice
from tests.hosts.calc.needed import require_calc
from tests.patience import PATIENCE


@pytest.fixture(scope="session")
def running() -> Iterator[TypingOffice]:
    require_calc()
    with TypingOffice(seconds=PATIENCE) as started:
        yield started


@pytest.fixture
def office(running: TypingOffice) -> TypingOffice:
    """The running office with a new, empty spreadsheet."""
    running.open()
    return running
