"""The one registry of what xlsig builds: danger, sectors, regions and history, which show a desk's data, and the self-test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsig.workbooks.inputs import Inputs
    from xlsig.workbooks.layout import Layout

NEEDED = ("spreads", "prices", "flows")
"""The frames that the tables of every dashboard are made of: with any of them it answers what follows from that."""


@dataclass(frozen=True)
class Template:
    """A dashboard, in the module of its name: a pure function from a morning's inputs to a layout, loaded at the first call."""

    name: str
    frames: tuple[str, ...] = NEEDED
    """The frames of which it needs one at least."""

    def __call__(self, inputs: Inputs) -> Layout:
        layout: Layout = import_module(f"{__name__}.{self.name}").layout(inputs)
        if inputs.weekly:
            from xlsig.workbooks.weeks import in_weeks

            return in_weeks(layout)
        return layout


TEMPLATES: Mapping[str, Template] = {name: Template(name) for name in ("danger", "sectors", "regions", "history")}
"""The dashboards by name."""

SELFTEST = "selftest"
"""The workbook that takes no data."""

NAMES = (*TEMPLATES, SELFTEST)
"""All that can be built."""
