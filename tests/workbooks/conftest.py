"""Workbooks that several test files look at, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Layout


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
def danger(sample_inputs: Inputs) -> Layout:
    """The danger template of the sample, before it is written."""
    from xlsig.workbooks.templates import TEMPLATES

    return TEMPLATES["danger"](sample_inputs)


@pytest.fixture(scope="session")
def templates(sample_inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The four templates of the sample as files, by name. Copy one before you change it."""
    from xlsig.workbooks.building import build
    from xlsig.workbooks.templates import TEMPLATES

    folder = tmp_path_factory.mktemp("templates")
    paths = {name: folder / f"{name}.xlsx" for name in TEMPLATES}
    for name, layout in TEMPLATES.items():
        build(layout(sample_inputs), paths[name])
    return paths
