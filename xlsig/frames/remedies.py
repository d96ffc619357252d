"""Lines of the configuration file to paste, and the known words nearest to one that is not known."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_LONGEST_WORD = 200
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def literal(value: Any) -> str:
    """A value as TOML writes it.

    >>> literal("a \\\\ b"), literal(True), literal(["n.a."]), literal(dt.date(2025, 1, 3))
    ('"a \\\\\\\\ b"', 'true', '["n.a."]', '2025-01-03')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def key(word: str) -> str:
    """A key as TOML writes it: bare where it may be."""
    return word if _BARE.fullmatch(word) else literal(word)


def lines(section: str, settings: Mapping[str, Any]) -> str:
    """The lines that make these settings in a section.

    >>> print(lines("flows", {"thousands": ","}))
    [flows]
    thousands = ","
    """
    return "\n".join((f"[{section}]", *(f"{key(name)} = {literal(value)}" for name, value in settings.items())))


def either(section: str, name: str, first: tuple[Any, str], *others: tuple[Any, str]) -> str:
    """The lines for a setting of which there is more than one to choose from: the first stands, the others beside it as comments.

    Each is a value with what it means; an `others` value may be a (name, value) pair.
    """
    written = [f"[{section}]", f"{name} = {literal(first[0])}  # {first[1]}"]
    for value, meaning in others:
        other, value = value if isinstance(value, tuple) else (name, value)
        written.append(f"# {other} = {literal(value)}  # {meaning}")
    return "\n".join(written)


def nearest(word: str, known: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """The known words most like `word`, best first.

    >>> nearest("thousand", ["decimal", "thousands"])
    ['thousands']
    """
    if len(word) > _LONGEST_WORD:
        return []
    spelled = {name.casefold(): name for name in known if len(name) <= _LONGEST_WORD}
    return [spelled[found] for found in difflib.get_close_matches(word.casefold(), spelled, most, cutoff)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that names the nearest known word; empty where none is near.

    >>> did_you_mean("fiel", ["file", "sheet"]), did_you_mean("colour", ["file"])
    ("; did you mean 'file'?", '')
    """
    found = nearest(word, known, most=1)
    return f"; did you mean {found[0]!r}?" if found else ""
