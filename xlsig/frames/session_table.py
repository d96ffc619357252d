"""The calendars that come with xlsig: a text that lists the days on which each differs from Monday to Friday.

A calendar is a paragraph. Its first line has the code, the first and the last day that it answers for, and other names of the same
sessions; each further line has a year and days of it as month and day. A weekday that is listed is no session, a day of a weekend is one.
`python -m tasks.generate` writes the text from exchange_calendars.
"""

from __future__ import annotations

import os.path  # pathlib takes several times as long to load as a calendar
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from xlsig.signals.series import DateArray

_FILE = os.path.join(os.path.dirname(__file__), "data", "sessions.txt")


class Calendar(NamedTuple):
    """All sessions of an exchange, ascending and read-only, and the first and last day that it answers for."""

    days: DateArray
    first: np.datetime64
    last: np.datetime64


def shipped_codes() -> tuple[str, ...]:
    """The codes of the calendars that come with xlsig, without their other names."""
    return tuple(dict.fromkeys(paragraph.split(maxsplit=1)[0] for paragraph in _paragraphs().values()))


def shipped(name: str) -> Calendar | None:
    """The calendar of that code or other name, in capitals; None if it does not come with xlsig."""
    paragraph = _paragraphs().get(name)
    return None if paragraph is None else read(paragraph)


def read(paragraph: str) -> Calendar:
    """The calendar that a paragraph describes."""
    head, *years = paragraph.splitlines()
    first, last = np.array(head.split()[1:3], dtype="datetime64[D]")
    listed = [f"{year}-{day[:2]}-{day[2:]}" for year, *days in map(str.split, years) for day in days]
    every = np.arange(first, last + 1)
    held = np.is_busday(every)
    held[(np.array(listed, dtype="datetime64[D]") - first).astype(np.int64)] ^= True
    days = every[held]
    days.flags.writeable = False
    return Calendar(days, first, last)


@cache
def _paragraphs() -> Mapping[str, str]:
    """The paragraph of every code and other name."""
    with open(_FILE, encoding="utf-8") as stream:
        _, *paragraphs = stream.read().strip().split("\n\n")  # the first says what the file is
    found = {}
    for paragraph in paragraphs:
        code, _, _, *others = paragraph.partition("\n")[0].split()
        found.update(dict.fromkeys((code, *others), paragraph))
    return found
