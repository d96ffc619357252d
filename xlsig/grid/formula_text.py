"""A formula's text to its tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from xlsig.formulas.values import Uncomputable
from xlsig.grid.contents import ERROR_NUMBERS

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_COLUMN = r"\$?[A-Za-z]{1,3}"
_END = r"(?![\w.(\[!])"
_ERRORS = "|".join(re.escape(code) for code in sorted(ERROR_NUMBERS, key=len, reverse=True))
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<error>{_ERRORS})
    | (?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)
    | (?P<cells>{_CELL}(?::{_CELL})?{_END})
    | (?P<columns>{_COLUMN}:{_COLUMN}{_END})
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?(?![\w.]))
    | (?P<call>[^\W\d][\w.]*\()
    | (?P<name>[^\W\d][\w.]*)
    | (?P<sign><=|>=|<>|[-+*/^&=<>%:@#(),;{{}}])
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """One token: its kind ("text", "number", "cells", "sign", …) and its text."""

    kind: str
    text: str


def tokens(formula: str) -> Iterator[Token]:
    """The tokens of a formula, blanks left out; a formula that cannot be read raises `Uncomputable`."""
    at = 1 if formula.startswith("=") else 0
    before = ""
    while at < len(formula):
        if formula[at] == "[":
            end = closing(formula, at)
            if not end:
                raise Uncomputable("a bracket is not closed")
            yield Token("brackets" if before == "name" else "own", formula[at + 1 : end - 1])
            if before != "name" and formula[end : end + 1] not in ("", *" ,;)}+-*/^&=<>%:\n"):
                raise Uncomputable("it refers to another workbook")
            at, before = end, "brackets"
            continue
        found = _TOKEN.match(formula, at)
        if found is None:
            raise Uncomputable(f"it cannot be read at {formula[at : at + 20]!r}")
        before = found.lastgroup or ""
        if before != "space":
            yield Token(before, found.group())
        at = found.end()


def closing(formula: str, start: int) -> int:
    """Where a bracket's content ends: behind its closing bracket, or 0 if it is not closed. An apostrophe takes the next sign as it is.

    >>> closing("T[[a'] b]]+1", 1)
    10
    """
    depth, at = 0, start
    while at < len(formula):
        sign = formula[at]
        if sign == "'":
            at += 1
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return 0
