"""The text of a formula as tokens: the one reader of what Excel, Calc and our templates write.

Nothing is lost and nothing is refused here: the tokens' texts together are the formula. What no rule explains is a token of the kind "odd",
which whoever needs to understand the formula refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from xlsig.grid.addresses import LAST_COLUMN, LAST_ROW, column_number, letters
from xlsig.grid.contents import ERRORS

LONGEST_FORMULA = 8_192
"""Signs in a formula."""
DEEPEST = 64
"""Levels of parentheses in a formula."""

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_COLUMN = r"\$?[A-Za-z]{1,3}"
_NAME = r"(?:[^\W\d]|\\)[\w.\\?]*"
_END = r"(?![\w.(\[!])"
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<error>{"|".join(re.escape(code) for code in sorted(ERRORS, key=len, reverse=True))})
    | (?P<sheet>(?:'(?:[^']|'')+'|\[\d+\]|(?!{_CELL}:)(?:\[\d+\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!)
    | (?P<quoted>'(?:[^']|'')*')
    | (?P<cells>{_CELL}(?::{_CELL})?{_END})
    | (?P<columns>{_COLUMN}:{_COLUMN}{_END})
    | (?P<rows>\$?\d+:\$?\d+{_END})
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?(?![\w.]))
    | (?P<call>{_NAME}\()
    | (?P<name>{_NAME})
    | (?P<sign><=|>=|<>|[-+*/^&=<>%:@\#(),;{{}}!])
    | (?P<odd>[\w.]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_RELATIVE = re.compile(r'"(?:[^"]|"")*"|\[[^\[\]]*\]|(?<![\w.$\\?])(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})(?![\w.(\[!])')
_LONGEST_KEPT = 1_000
_CLOSING = {"(": ")", "{": "}"}
_LAST_LETTERS = letters(LAST_COLUMN)


class Token(NamedTuple):
    """One token: its kind and its text.

    space · text ("…") · error · sheet (Data!, 'My data'!, Jan:Mar!, [1]Data!, [1]!) · quoted ('…' that no ! follows, a sheet in Calc) ·
    cells (A1, $A$1:B2) · columns (A:B) · rows (1:3) · number · call (a name and its parenthesis) · name · brackets ([…] with all inside,
    of a table, or a link) · sign · odd.
    """

    kind: str
    text: str


def tokens(formula: str) -> tuple[Token, ...]:
    """The tokens of a formula, with or without its leading = (which is a sign).

    >>> [token.text for token in tokens("=SUM(Flows[net],'My data'!A1:A3)")]
    ['=', 'SUM(', 'Flows', '[net]', ',', "'My data'!", 'A1:A3', ')']
    """
    return _kept(formula) if len(formula) <= _LONGEST_KEPT else _tokens(formula)


@lru_cache(maxsize=20_000)
def _kept(formula: str) -> tuple[Token, ...]:
    return _tokens(formula)


def _tokens(formula: str) -> tuple[Token, ...]:
    read: list[Token] = []
    match, made, at = _TOKEN.match, tuple.__new__, 0
    while at < len(formula):
        found = match(formula, at)
        assert found is not None
        kind, end = found.lastgroup, found.end()
        if kind == "cells" and formula[at + 2 : at + 3].isalpha() and _is_name(formula[at:end]):
            kind = "name"
        if kind == "odd" and formula[at] == "[":
            closed = _behind_bracket(formula, at)
            kind, end = ("brackets", closed) if closed else ("odd", len(formula))
        read.append(made(Token, (kind, formula[at:end])))  # half the time of Token(…)
        at = end
    return tuple(read)


def _is_name(text: str) -> bool:
    """Whether what looks like a cell lies right of the last column, and so is a name: XYZ1."""
    return text.isalnum() and text[:3].isalpha() and text[:3].upper() > _LAST_LETTERS


def _behind_bracket(formula: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`, or 0 if none does. An apostrophe takes the next sign as it is."""
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


class Shape(str):
    """A formula's text where its references to cells stand as distances: what is copied from cell to cell has one shape.

    Equal shapes are the same formula but for the place, so that what was found out about the first holds for the others.
    """

    __slots__ = ("column", "row", "text")
    text: str
    row: int
    """Where the formula stands, for what moves along in it; 0 where nothing does."""
    column: int


def shape_of(formula: str, row: int, column: int) -> Shape:
    """The shape of a formula that stands in a cell.

    >>> shape_of("=A2*$B$1", 4, 0) == shape_of("=A9*$B$1", 11, 0)
    True
    >>> shape_of("=A2*$B$1", 4, 0) == shape_of("=A2*$B$1", 11, 0)
    False
    """

    def distance(found: re.Match[str]) -> str:
        is_column_fixed, name, is_row_fixed, number = found.groups()
        if name is None:
            return found[0]
        at, line = column_number(name), int(number) - 1
        if at > LAST_COLUMN or line > LAST_ROW:
            return found[0]
        across = f"${name}" if is_column_fixed else f"\0{at - column}"
        return across + (f"${number}" if is_row_fixed else f"\0{line - row}")

    if "'" in formula or "[[" in formula or "\0" in formula:  # these can hide what is text and what is not
        shape, row, column = Shape(f"\0{formula}"), 0, 0
    else:
        shape = Shape(_RELATIVE.sub(distance, formula))
    shape.text, shape.row, shape.column = formula, row, column
    return shape


def sheet_named(prefix: str) -> str:
    """The sheet, or the sheets, that a token of the kind "sheet" names.

    >>> sheet_named("'John''s data'!")
    "John's data"
    """
    bare = prefix.removesuffix("!")
    return bare[1:-1].replace("''", "'") if bare.startswith("'") else bare


def closing(read: Sequence[Token], start: int) -> int:
    """Where the parenthesis or brace that the token at `start` opens is closed; behind the last token if it is not.

    >>> closing(tokens("IF((1),2)+3"), 0)
    6
    """
    depth = 0
    for at in range(start, len(read)):
        kind, text = read[at]
        if kind == "call" or (kind == "sign" and text in _CLOSING):
            depth += 1
        elif kind == "sign" and text in _CLOSING.values():
            depth -= 1
            if depth == 0:
                return at
    return len(read)


def arguments(read: Sequence[Token]) -> list[list[Token]]:
    """The tokens between a call's parentheses, argument by argument: split at each comma or semicolon of their own level.

    >>> [len(argument) for argument in arguments(tokens("A1,SUM(1,2),"))]
    [1, 5, 0]
    """
    found: list[list[Token]] = [[]]
    at = 0
    while at < len(read):
        kind, text = read[at]
        if kind == "sign" and text in (",", ";"):
            found.append([])
            at += 1
            continue
        end = closing(read, at) if kind == "call" or (kind == "sign" and text in _CLOSING) else at
        found[-1] += read[at : end + 1]
        at = end + 1
    return found
