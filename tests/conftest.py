"""What holds for all tests: nothing drawn is timed, and what shares a host or a long preparation stays in one process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from checks.typing_office import TypingOffice

# A first call that loads a library is slower than all others, and on a busy machine any call may be.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

BARE = ("tests/hosts/excel/test_addin_in_libreoffice.py", "tests/formulas/test_in_calc.py")
"""Files that look at a Calc without the add-in."""
HOSTS = {"Wine": ("tests/hosts/excel/test_com_server.py", "tests/hosts/excel/test_installing.py"), "Calc": ("tests/hosts/calc/", *BARE)}
"""Files whose tests share a host, by host. Under pytest -n they run in one process, so that it starts once."""
SLOWEST_FIRST = (*HOSTS, "tests/workbooks/")


def _unit(nodeid: str) -> str:
    """What runs in one process: a host's tests, or else a file's."""
    path = nodeid.partition("::")[0]
    return next((host for host, paths in HOSTS.items() if path.startswith(paths)), path)


# Not by xdist's own groups: its version 3.8 does not see them under pytest 9.2.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class ByHostAndFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit(nodeid)

    config.option.loadscopereorder = False
    return ByHostAndFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under pytest -n what takes longest begins first, so that the processes end together."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: next((at for at, unit in enumerate(SLOWEST_FIRST) if _unit(item.nodeid).startswith(unit)), 99))


@pytest.fixture(scope="session")
def bare_calc() -> Iterator[TypingOffice]:
    """One LibreOffice without the add-in; every file that it opens is recalculated."""
    from checks.typing_office import TypingOffice
    from tests.hosts.calc.needed import require_calc

    require_calc()
    with TypingOffice(add_in=False, seconds=PATIENCE) as started:
        yield started
