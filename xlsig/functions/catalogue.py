"""The catalogue: every function, in the order of the reference. All bindings are derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xlsig.functions import breakdown, explain, financing, flows, history, levels, note, strip, warning
from xlsig.functions.spec import Function

_MODULES = (financing, strip, flows, levels, breakdown, warning, note, history, explain)
_listed = [entry for module in _MODULES for entry in vars(module).values() if isinstance(entry, Function)]
_by_name = {entry.name: entry for entry in _listed}

EXPLAIN = explain.explaining(_by_name)
_by_name[EXPLAIN.name] = EXPLAIN

CATALOGUE: Mapping[str, Function] = MappingProxyType(_by_name)
"""Excel name → function."""


def named(name: str) -> Function | None:
    """The function of a name, in either case and with or without a leading =; None if there is none."""
    return CATALOGUE.get(name.strip().lstrip("=").upper())
