"""Which twin a function has, and which properties hold it against its twin: marked where they are written, checked when they run."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import is_hypothesis_test

from xlsig.functions.catalogue import CATALOGUE

Slow = TypeVar("Slow", bound=Callable[..., Any])

TWINS: dict[str, Callable[..., Any]] = {}
"""A function's name → its slow twin."""

PROPERTIES: dict[str, list[str]] = {}
"""A function's name → the hypothesis tests that hold it against its twin."""

_asked: set[int] = set()


def twin(slow: Slow) -> Slow:
    """Mark the slow twin of the function of the same name."""
    TWINS[slow.__name__.upper()] = slow
    return slow


def asked(function: Callable[..., Any]) -> None:
    """Note that an answer was asked of this function; `outcome` does."""
    _asked.add(id(function))


def compares(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a hypothesis test that holds these functions against their twins; it stands above `given`.

    The mark cannot lie: the test fails when it ran without asking both a function and its twin through `outcome`.
    """

    def mark(test: Callable[..., None]) -> Callable[..., None]:
        assert is_hypothesis_test(test), f"{test.__name__}: @compares stands above @given"
        for name in names:
            PROPERTIES.setdefault(name, []).append(test.__name__)

        @functools.wraps(test)
        def watched(*arguments: Any, **named: Any) -> None:
            _asked.clear()
            test(*arguments, **named)
            for name in names:
                sides = {"the function": CATALOGUE[name], "its twin": TWINS[name]}
                missed = [side for side, function in sides.items() if id(function) not in _asked]
                assert not missed, f"{test.__name__} is marked to compare {name} with its twin, but never asked {' or '.join(missed)}"

        return watched

    return mark
