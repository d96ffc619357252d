"""Workbooks: the templates, what stands where in them, and how they are written, refreshed and made by the batch."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsig.workbooks.batching import BatchResult, BookResult, run_batch
    from xlsig.workbooks.refreshing import Refreshed, refresh_workbook

__all__ = ["BatchResult", "BookResult", "Refreshed", "refresh_workbook", "run_batch"]

_HOMES = {
    "BatchResult": "xlsig.workbooks.batching",
    "BookResult": "xlsig.workbooks.batching",
    "run_batch": "xlsig.workbooks.batching",
    "Refreshed": "xlsig.workbooks.refreshing",
    "refresh_workbook": "xlsig.workbooks.refreshing",
}


def __getattr__(name: str) -> Any:
    """Loaded when first asked for, so that the package itself stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
