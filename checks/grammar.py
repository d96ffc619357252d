"""Whether a formula's stored text can be read by Excel at all, and which sheets, books and table columns it names.

Wider than what `formulas` computes: unions, intersections, spills, lambdas, other workbooks and 3-D references are all good grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from xlsig.formulas.trees import structured
from xlsig.formulas.values import Uncomputable
from xlsig.grid.formula_text import DEEPEST, LONGEST_FORMULA, sheet_named, tokens

_BINARY = ("=", "<", ">", "<=", ">=", "<>", "&", "+", "-", "*", "/", "^")
_REFERENCES = ("cells", "columns", "rows", "name")
_STARTS = (*_REFERENCES, "call", "sheet", "brackets")
_BOOK = re.compile(r"\[(\d+)\]")


class BadFormulaError(Exception):
    """Why a formula's text cannot be read."""


@dataclass
class Mentions:
    """What a formula names: sheets of its own book, other books by number, and table columns (None: the whole table)."""

    sheets: set[str] = field(default_factory=set)
    books: set[int] = field(default_factory=set)
    columns: set[tuple[str, str | None]] = field(default_factory=set)


def mentions(formula: str, *, union: bool = False) -> Mentions:
    """What a formula's text, without its =, names. Text that Excel could not read raises `BadFormulaError`.

    `union` allows several ranges side by side, as a defined name and a chart may have them.
    """
    if len(formula) > LONGEST_FORMULA:
        raise BadFormulaError(f"it is {len(formula):,} signs long, more than {LONGEST_FORMULA:,}")
    reader = _Reader(_readable(formula))
    reader.whole(union)
    return reader.found


class _Read(NamedTuple):
    kind: str
    text: str
    spaced: bool
    """Whether blanks stand before it."""


def _readable(formula: str) -> list[_Read]:
    out: list[_Read] = []
    spaced = False
    for kind, text in tokens(formula):
        if kind == "odd":
            raise BadFormulaError("a bracket is not closed" if text.startswith("[") else f"it cannot be read at {text[:20]!r}")
        if kind != "space":
            out.append(_Read(kind, text, spaced))
        spaced = kind == "space"
    return out


class _Reader:
    def __init__(self, tokens: list[_Read]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.found = Mentions()

    def whole(self, union: bool) -> None:
        self._expression()
        while union and self._takes(","):
            self._expression()
        if self._at < len(self._tokens):
            raise BadFormulaError(f"{self._tokens[self._at].text[:30]!r} is one too many")

    def _token(self, ahead: int = 0) -> _Read:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else _Read("end", "", False)

    def _is(self, sign: str, ahead: int = 0) -> bool:
        token = self._token(ahead)
        return token.kind == "sign" and token.text == sign

    def _takes(self, *signs: str) -> bool:
        token = self._token()
        if token.kind == "sign" and token.text in signs:
            self._at += 1
            return True
        return False

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise BadFormulaError(f"{self._token().text[:30]!r} stands where {sign!r} is needed")

    def _expression(self) -> None:
        self._operand()
        while self._takes(*_BINARY):
            self._operand()

    def _operand(self) -> None:
        while self._takes("+", "-", "@"):
            pass
        self._single()
        while True:
            if self._takes(":"):
                self._single()
            elif self._is("(") and not self._token().spaced:
                self._takes("(")
                self._arguments()
            elif not self._takes("%", "#"):
                token = self._token()
                if not token.spaced or not (token.kind in _STARTS or self._is("(")):
                    return
                self._single()  # a blank between two ranges is their intersection

    def _single(self) -> None:
        token = self._token()
        if self._prefixed():
            self._reference()
        elif token.kind in ("text", "number"):
            self._at += 1
        elif token.kind == "error":
            self._at += 1
            if token.text == "#REF!" and self._token().kind in _REFERENCES and not self._token().spaced:
                self._at += 1
        elif self._takes("("):
            self._enter()
            self._expression()
            while self._takes(","):
                self._expression()
            self._needs(")")
            self._depth -= 1
        elif self._takes("{"):
            self._array()
        elif token.kind == "brackets":
            self._at += 1
            self._columns("", token.text)
        elif token.kind in (*_REFERENCES, "call"):
            self._reference()
        else:
            raise BadFormulaError(f"{token.text[:30]!r} stands where a value is needed" if token.text else "it ends too early")

    def _prefixed(self) -> bool:
        """Take a sheet, a span of sheets or another workbook before an exclamation mark."""
        token = self._token()
        if token.kind != "sheet":
            return False
        sheets = sheet_named(token.text)
        book = _BOOK.match(sheets)
        if book:
            self.found.books.add(int(book[1]))
        elif "[" not in sheets:
            self.found.sheets.update(sheets.split(":"))
        self._at += 1
        return True

    def _reference(self) -> None:
        token = self._token()
        if token.kind not in (*_REFERENCES, "call", "error"):
            raise BadFormulaError(f"{token.text[:30]!r} stands where a reference is needed")
        self._at += 1
        if token.kind == "call":
            self._arguments()
        elif self._token().kind == "brackets" and token.kind == "name":
            self._columns(token.text, self._token().text)
            self._at += 1

    def _arguments(self) -> None:
        """Those of a call whose parenthesis is taken."""
        self._enter()
        while not self._takes(")"):
            if not self._is(","):
                self._expression()
            if not self._is(")"):
                self._needs(",")
        self._depth -= 1

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadFormulaError(f"it is nested deeper than {DEEPEST} levels")

    def _array(self) -> None:
        while True:
            self._takes("+", "-")
            token = self._token()
            if token.kind not in ("text", "number", "error") and token.text.upper() not in ("TRUE", "FALSE"):
                raise BadFormulaError(f"{token.text[:30]!r} stands in an array constant")
            self._at += 1
            if self._takes("}"):
                return
            if not self._takes(",", ";"):
                raise BadFormulaError("an array constant is not closed")

    def _columns(self, table: str, brackets: str) -> None:
        try:
            read = structured(table or None, brackets[1:-1])
        except Uncomputable as why:
            raise BadFormulaError(str(why)) from None
        if table:
            self.found.columns.update((table, column) for column in {read.first, read.last})
