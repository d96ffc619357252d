"""The settings of a configuration file: where each may stand, what is wanted of it, and what was meant by one that is mistyped."""

from __future__ import annotations

import codecs
import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xlsig.errors import Problem, SignalError
from xlsig.frames import marks, names, remedies, wide
from xlsig.frames.schema import FRAMES
from xlsig.frames.wording import listed


@dataclass(frozen=True)
class Setting:
    """What is wanted of a setting's value: in words, as a rule, from a few words; and in which frames' sections it may stand."""

    wanted: str
    fits: Callable[[Any], bool]
    choices: tuple[str, ...] = ()
    frames: tuple[str, ...] = tuple(FRAMES)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_named_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _are_dates(value: Any) -> bool:
    return isinstance(value, list) and all(day_of(day) is not None for day in value)


def day_of(value: Any) -> dt.date | None:
    """The date that TOML gives, or that a text writes year first; None if it is none."""
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _one_of(*words: str, frames: tuple[str, ...] = tuple(FRAMES)) -> Setting:
    return Setting(listed([repr(word) for word in words], "or"), lambda value: value in words, words, frames)


_ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "cp1252",
    "cp1250",
    "latin-1",
    "iso8859-15",
    "mac-roman",
    "cp850",
    "cp437",
    "shift_jis",
    "gb18030",
)
"""Encodings to propose for one that is not known."""


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


_TEXT = Setting("text", _is_text)
_TEXTS = Setting("a list of texts", _are_texts)
_NAMED = Setting("a table of texts", _are_named_texts)
_FLOWS = ("flows",)

WRITTEN: Mapping[str, Setting] = {
    "delimiter": Setting("one character", lambda value: _is_text(value) and len(value) == 1),
    "decimal": _one_of(".", ","),
    "thousands": _one_of(*marks.THOUSANDS),
    "negatives": _one_of("brackets"),
    "percent": Setting("true or false", lambda value: isinstance(value, bool)),
    "date_format": _TEXT,
    "encoding": Setting("an encoding", lambda value: _is_text(value) and _is_encoding(value), _ENCODINGS),
    "missing": _TEXTS,
}
"""How files are written: for all files at the top, or for one in its section."""

SECTION: Mapping[str, Setting] = {
    **WRITTEN,
    "file": _TEXT,
    "sheet": _TEXT,
    "table": _TEXT,
    "ignore": _TEXTS,
    "ignore_dates": Setting("a list of dates, such as [2025-01-03],", _are_dates),
    "columns": _NAMED,
    "header_row": Setting("a whole number of 1 or more", lambda value: _is_whole(value, 1)),
    "skip_footer": Setting("a whole number", lambda value: _is_whole(value, 0)),
    "unit": _one_of(*marks.UNITS["bp"], frames=("spreads", "contracts", "squeeze")),
    "scale": Setting("a number above 0", _is_positive, frames=_FLOWS),
    "sales": _one_of(*marks.SALES, frames=_FLOWS),
    "tenor": Setting("a whole number of days", lambda value: _is_whole(value, 1), frames=("spreads",)),
    "layout": _one_of(*wide.LAYOUTS, frames=_FLOWS),
    **{field: Setting("text", _is_text, frames=_FLOWS) for field in names.FIELDS},
    "values": Setting(
        "a table for region, sector or product",
        lambda value: isinstance(value, dict) and all(map(_are_named_texts, value.values())),
        frames=_FLOWS,
    ),
}
"""What may stand in a file's section."""

TOP: Mapping[str, Setting] = {
    **WRITTEN,
    "absent": _one_of("missing", "zero"),
    "folder": _TEXT,
    "calendar": Setting("text", _is_text),
    "calendars": _NAMED,
    "retired": _TEXTS,
}
"""What may stand above all sections."""

_EXCHANGES = (
    *("XNYS", "XNAS", "XTSE", "XLON", "XETR", "XFRA", "XPAR", "XAMS", "XBRU", "XSWX", "XMIL", "XMAD", "XSTO", "XCSE", "XHEL", "XOSL"),
    *("XTKS", "XHKG", "XASX", "XNZE", "XSHG", "XSES", "XBOM", "XKRX", "XTAI", "XBKK", "XKLS", "XIDX", "XPHS", "XJSE", "XTAE", "XSAU"),
    *("XIST", "XWAR", "BVMF", "XMEX", "XSGO", "XBUE", "XBOG", "XLIM", "XDUB", "XLIS", "XWBO", "XPRA", "XBUD", "ASEX"),
)
"""Exchange codes to propose for one that is not known."""


class Judge:
    """What is wrong with a configuration file, gathered."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, message: str, key: str, value: Any = "", remedy: str = "") -> None:
        """A problem of one key."""
        self.problems.append(Problem(message, self.file, column=key, value=str(value), remedy=remedy))

    def settings(self, told: Mapping[str, Any], known: Mapping[str, Setting], section: str = "") -> None:
        """Refuse what is not known, does not belong here or is not what is wanted."""
        at = f"{section}." if section else ""
        for key, value in told.items():
            if key not in known:
                self.refuse(_unknown(key, known, section), at + key)
            elif section and section not in known[key].frames:
                allowed = known[key].frames
                self.refuse(f"{section} have no such setting; it is one of {' and '.join(allowed)}", at + key)
            elif not known[key].fits(value):
                meant = _meant(value, known[key])
                message = f"{known[key].wanted} is wanted{remedies.did_you_mean(str(value), known[key].choices)}"
                line = f"{key} = {remedies.literal(meant)}"
                self.refuse(message, at + key, value, "" if meant is None else f"[{section}]\n{line}" if section else line)

    def names_of(self, field: str, told: Mapping[str, str], key: str) -> None:
        """Refuse names of the desk's own that are mapped to a name that is not known."""
        for theirs, ours in told.items():
            if ours != names.IGNORE and names.meaning(ours, field) is None:
                known = (*names.CANONICAL[field], names.IGNORE)
                near = names.nearest(ours, field) or remedies.nearest(ours, known, 1)
                said = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                self.refuse(f"an unknown {field}; {said}", f"{key}.{theirs}", ours)

    def known_name(self, field: str, name: str, key: str) -> str:
        """A region, sector or product under its one name; one that is not known is refused."""
        meaning = names.meaning(name, field)
        if meaning is None:
            near = names.nearest(name, field)
            said = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(names.CANONICAL[field])}"
            self.refuse(f"an unknown {field}{said}", key, name)
        return meaning or name

    def exchange(self, code: str, key: str) -> str:
        """An exchange code in capitals; one that has no calendar is refused."""
        from xlsig.frames.calendar import coverage

        try:
            coverage(code)
        except SignalError as refused:
            self.refuse(refused.message + remedies.did_you_mean(code, _EXCHANGES), key, code)
        return code.strip().upper()


def _unknown(key: str, known: Mapping[str, Setting], section: str) -> str:
    if section and key in TOP:
        return "this setting is for all files: it stands at the top, above the first [section]"
    if not section and key in SECTION:
        return f"this setting is for one file: it stands in the section of the file, below [{SECTION[key].frames[0]}]"
    here = [name for name, setting in known.items() if not section or section in setting.frames]
    others = () if section else tuple(FRAMES)
    return f"an unknown setting; known are {', '.join((*here, *others))}{remedies.did_you_mean(key, (*here, *others))}"


_SPOKEN: Mapping[str, Any] = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "comma": ",",
    "point": ".",
    "dot": ".",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "bar": "|",
    "pipe": "|",
    "space": " ",
}
"""What people write for a value, and the value."""


def _meant(value: Any, setting: Setting) -> Any:
    """The value that was meant by one of the wrong type, or mistyped; None where that is not plain."""
    tried: list[Any] = [[value], str(value)] if not isinstance(value, dict | list) else []
    if isinstance(value, str):
        tried.append(_SPOKEN.get(value.strip().casefold()))
        for number in (int, float):
            try:
                tried.append(number(value.replace(",", "").replace("_", "")))
            except ValueError:
                continue
        tried += remedies.nearest(value, setting.choices, most=1)
    return next((meant for meant in tried if meant is not None and setting.fits(meant)), None)
