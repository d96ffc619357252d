"""What holds for all tests: nothing drawn is timed, and what shares a host or a long preparation stays in one process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from xlsig.hosts.calc.office import Office

# A first call that opens an exchange calendar is slower than all others, and on a busy machine any call may be.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ALONE = ("installed", "running", "bare_calc", "cluster")
"""Fixtures that start a host. Under pytest -n the tests of each stay in one process, and begin first, since they take longest."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {}
    for item in items:
        host = next((name for name in ALONE if name in getattr(item, "fixturenames", ())), None)
        item.add_marker(pytest.mark.xdist_group(host or item.nodeid.partition("::")[0]))
        order[item] = ALONE.index(host) if host else len(ALONE)
    if items and hasattr(items[0].config, "workerinput"):
        items.sort(key=order.__getitem__)


@pytest.fixture(scope="session")
def bare_calc() -> Iterator[Office]:
    """One LibreOffice without the add-in; every file that it opens is recalculated."""
    from tests.hosts.calc.needed import require_calc
    from xlsig.hosts.calc.office import Office

    require_calc()
    with Office(add_in=False, seconds=PATIENCE) as started:
        yield started
