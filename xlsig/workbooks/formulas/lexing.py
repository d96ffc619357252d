"""A formula's text to its tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from xlsig.functions.cells import ERROR_NUMBERS
from xlsig.workbooks.formulas.brackets import closing
from xlsig.workbooks.formulas.values import Uncomputable

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
