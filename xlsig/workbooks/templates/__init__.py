"""The templates: danger, sectors, regions and history, each a pure function from a morning's inputs to a layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.layout import Layout
from xlsig.workbooks.templates import danger, history, regions, sectors

TEMPLATES: Mapping[str, Callable[[Inputs], Layout]] = {
    "danger": danger.layout,
    "sectors": sectors.layout,
    "regions": regions.layout,
    "history": history.layout,
}
"""The layout of each template, by name."""
