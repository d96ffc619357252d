"""The mornings, shared by the tests of one process."""

import pytest

from tests.mornings.facts import Mornings


@pytest.fixture(scope="session")
def mornings(tmp_path_factory: pytest.TempPathFactory) -> Mornings:
    """Every case, made when it is first asked for."""
    return Mornings(tmp_path_factory.mktemp("mornings"))
