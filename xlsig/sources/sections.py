"""The text of a configuration: TOML in which a section may stand twice, so that lines can be pasted below what is there."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_MOST_LEVELS = 8
_MOST_POINTS = 1_000
_HEADER = re.compile(r"\s*\[\s*((?:[\w-]+|\"[^\"]*\")(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))+|[\w-]+)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*=")


def loads(text: str) -> dict[str, Any]:
    """What the text says. A section that stands twice is one: of a setting that it has twice the later holds.

    >>> loads('[flows]\\ndecimal = "."\\n[prices]\\n[flows]\\ndecimal = ","\\nmissing = ["-"]')
    {'flows': {'decimal': ',', 'missing': ['-']}, 'prices': {}}
    """
    if (deepest := max((line.count(".") for line in text.splitlines()), default=0)) > _MOST_POINTS:
        raise ValueError(f"a line with {deepest:,} points")  # names within names, each of which is looked up anew
    try:
        told = _parsed(text)
    except RecursionError:
        raise ValueError("brackets within brackets, deeper than any setting") from None
    level: list[Any] = [told]
    for _ in range(_MOST_LEVELS):
        held = (inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer))
        level = [inner for inner in held if isinstance(inner, dict | list)]
    if level:
        raise ValueError(f"tables or lists within one another, more than {_MOST_LEVELS} deep")
    return told


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        joined = _joined(text)
        if joined is None:
            raise
        return tomllib.loads(joined)


def _joined(text: str) -> str | None:
    """The text with each section once; None if none stands twice."""
    sections: dict[str, dict[str, list[str]]] = {"": {}}
    headers: list[str] = []
    section, setting = sections[""], ""
    for line in text.splitlines():
        if found := _HEADER.fullmatch(line):
            headers.append("".join(found[1].split()).replace('"', ""))
            section, setting = sections.setdefault(headers[-1], {}), ""
            section.setdefault("", [line])
        elif found := _KEY.match(line):
            setting = "=" + next(part for part in found.groups() if part is not None)
            section[setting] = [line]
        else:
            section.setdefault(setting, []).append(line)
    if len(set(headers)) == len(headers):
        return None
    return "\n".join(line for section in sections.values() for lines in section.values() for line in lines)
