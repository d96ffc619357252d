"""Workbooks that several test files look at, each built once and not before it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbooks.mornings import until
from xlsig.formulas import Evaluator
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.layout import Layout


class Built(dict[str, Path]):
    """Workbooks in a folder by name, each written when it is first looked up; and the values that were computed for it."""

    def __init__(self, folder: Path, layouts: dict[str, Layout]) -> None:
        self.folder, self.layouts, self.values_of = folder, layouts, dict[str, Evaluator]()

    def __missing__(self, name: str) -> Path:
        from xlsig.workbooks.building import build

        path = self.folder / f"{name}.xlsx"
        self.values_of[name] = build(self.layouts[name], path)
        self[name] = path
        return path


@pytest.fixture(scope="session")
def sample_inputs() -> Inputs:
    """What the bundled sample gives the templates."""
    from xlsig.frames.desk import DeskData
    from xlsig.sources.opening import open_source
    from xlsig.workbooks.inputs import inputs_of

    desk = open_source("sample").read()
    assert isinstance(desk, DeskData)
    return inputs_of(desk)


@pytest.fixture(scope="session")
def evening() -> Inputs:
    """What the sample gave as it stood on 31 December 2024."""
    return inputs_of(until("2024-12-31"))


@pytest.fixture(scope="session")
def morning() -> Inputs:
    """What it gave on 3 January 2025, the next morning of a refresh."""
    return inputs_of(until("2025-01-03"))


@pytest.fixture(scope="session")
def layouts(sample_inputs: Inputs) -> dict[str, Layout]:
    """The four templates of the sample, before they are written."""
    from xlsig.workbooks.templates import TEMPLATES

    return {name: layout(sample_inputs) for name, layout in TEMPLATES.items()}


@pytest.fixture(scope="session")
def danger(layouts: dict[str, Layout]) -> Layout:
    """The danger template of the sample, before it is written."""
    return layouts["danger"]


@pytest.fixture(scope="session")
def templates(layouts: dict[str, Layout], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The four templates of the sample as files, by name. Copy one before you change it."""
    return Built(tmp_path_factory.mktemp("templates"), layouts)
