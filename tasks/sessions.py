"""The text of the calendars that come with xlsig (`xlsig.frames.session_table` says how it is read), made from exchange_calendars."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby

import numpy as np

from xlsig.frames.calendar import of_exchange_calendars
from xlsig.frames.session_table import Calendar

PATH = "xlsig/frames/data/sessions.txt"

CODES = (
    *("XNYS", "XTSE", "XLON", "XETR", "XPAR", "XTKS", "XHKG", "XSHG", "XKRX", "XTAI"),
    *("XBOM", "XASX", "XSES", "XJSE", "BVMF"),
)

ALIKE = {"XFRA": "XETR", "XDUS": "XETR", "XHAM": "XETR"}
"""Calendars of their own in exchange_calendars that have the sessions of another one."""

_HEAD = """\
Made from exchange_calendars by `python -m tasks.generate`; not edited by hand. Of every calendar: its code, the first and the last
day that it answers for, other names; then by year, as month and day, the weekdays without a session and the days of weekends with one.
"""


@cache
def table() -> str:
    """The whole text; opening the calendars takes seconds."""
    return "\n".join([_HEAD, *(f"{paragraph(code, of_exchange_calendars(code), other_names(code))}\n" for code in CODES)])


def paragraph(code: str, calendar: Calendar, others: Iterable[str] = ()) -> str:
    """One calendar's part of the text."""
    every = np.arange(calendar.first, calendar.last + 1)
    listed = every[np.is_busday(every) != np.isin(every, calendar.days)].astype(str).tolist()
    lines = [" ".join((code, str(calendar.first), str(calendar.last), *others))]
    for year, days in groupby(listed, lambda day: day[:4]):
        lines.append(" ".join((year, *(day[5:].replace("-", "") for day in days))))
    return "\n".join(lines)


def other_names(code: str) -> list[str]:
    """The names under which the sessions of a code go too: those of exchange_calendars, and ours of the calendars that are alike."""
    from exchange_calendars.calendar_utils import aliases_to_names

    alike = {code, *(name for name, like in ALIKE.items() if like == code)}
    return sorted({*alike, *(alias for alias, name in aliases_to_names().items() if name in alike)} - {code})
