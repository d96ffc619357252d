"""A frame's columns: what each is called, what is in its cells, and which keys may not occur twice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a frame. `blank` says that a cell may have no value; numbers keep to the range given.

    `unit` is what numbers are in here: "decimal" for rates, "bp" for spreads, "currency" for flows, "sale" for flows that are sales.
    """

    name: str
    kind: str
    blank: bool = False
    optional: bool = False
    at_least: float | None = None
    positive: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Frame:
    """A frame: its columns, and the keys that may not occur twice.

    `later` holds pairs of dates of which the second may not be earlier; True forbids that they are equal, too. `instead` names
    columns in whose place another may stand: flows may have one `net` in place of the four legs. `sparse` frames have dates that
    may lie far apart.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    later: tuple[tuple[str, str, bool], ...] = ()
    instead: tuple[str, tuple[str, ...]] = ("", ())
    sparse: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
