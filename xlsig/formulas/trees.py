"""A formula's text to its tree, with Excel's precedence: ranges, %, unary signs, ^, * and /, + and −, &, comparisons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from xlsig.formulas.values import Uncomputable, Value
from xlsig.grid.addresses import SHEET_COLUMNS, SHEET_ROWS, column_number
from xlsig.grid.contents import ErrorCell
from xlsig.grid.formula_text import DEEPEST, Token, sheet_named, tokens

_PARTS = ("#all", "#data", "#headers", "#totals", "#this row")

_ITEM = re.compile(r"\[((?:'.|[^\]'])*)\]")

_LEVELS = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_LEADING = frozenset({"+", "-"})
_FORMULAS_KEPT = 20_000


class Corner(NamedTuple):
    """A cell as typed, from 0; fixed where a $ stands before."""

    row: int
    column: int
    is_row_fixed: bool
    is_column_fixed: bool

    def moved(self, down: int, across: int) -> Corner:
        """As it reads in a copy so many rows below and columns to the right."""
        row = self.row if self.is_row_fixed else self.row + down
        return Corner(row, self.column if self.is_column_fixed else self.column + across, self.is_row_fixed, self.is_column_fixed)


@dataclass(slots=True)
class Places:
    """Cells as typed: corners from 0, both inside; `fixed` where every row and column has its $."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int
    fixed: bool
    corners: tuple[Corner, Corner] | None = None
    """As they were typed; None where whole rows or columns are meant."""

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.top == self.bottom and self.left == self.right

    def moved(self, down: int, across: int) -> Places:
        """As it reads in a copy of its formula so many rows below and columns to the right; whole rows and columns have no copies."""
        if self.corners is None or self.fixed or not (down or across):
            return self
        first, last = self.corners
        return _between(self.sheet, first.moved(down, across), last.moved(down, across))


@dataclass(slots=True)
class Structured:
    """A structured reference: the table (None: the one that the formula stands in), its parts, and the columns from first to last."""

    table: str | None
    parts: tuple[str, ...]
    first: str | None
    last: str | None


def cells_of(text: str, sheet: str | None) -> Places:
    """A1, $A$1 or A1:B2."""
    first, _, last = text.partition(":")
    corner = _corner(first)
    return _between(sheet, corner, _corner(last) if last else corner)


def _between(sheet: str | None, first: Corner, last: Corner) -> Places:
    """The cells from one corner to the other, whichever lies above or to the left."""
    is_fixed = all((first.is_row_fixed, first.is_column_fixed, last.is_row_fixed, last.is_column_fixed))
    top, bottom = (first.row, last.row) if first.row <= last.row else (last.row, first.row)
    left, right = (first.column, last.column) if first.column <= last.column else (last.column, first.column)
    return Places(sheet, top, left, bottom, right, is_fixed, (first, last))


def columns_of(text: str, sheet: str | None) -> Places:
    """A:B."""
    columns = [column_number(side.replace("$", "")) for side in text.split(":")]
    return _checked(Places(sheet, 0, min(columns), SHEET_ROWS - 1, max(columns), text.count("$") == 2))


def rows_of(text: str, sheet: str | None) -> Places:
    """1:3."""
    rows = [int(side.replace("$", "")) - 1 for side in text.split(":")]
    return _checked(Places(sheet, min(rows), 0, max(rows), SHEET_COLUMNS - 1, text.count("$") == 2))


@lru_cache(maxsize=20_000)
def _corner(text: str) -> Corner:
    bare = text.replace("$", "")
    letters = bare.rstrip("0123456789")
    row, column = int(bare[len(letters) :]) - 1, column_number(letters)
    if row >= SHEET_ROWS or column >= SHEET_COLUMNS:
        raise Uncomputable("it refers to a cell beyond the sheet")
    return Corner(row, column, "$" in text[1:], text.startswith("$"))


def _checked(places: Places) -> Places:
    if places.bottom >= SHEET_ROWS or places.right >= SHEET_COLUMNS:
        raise Uncomputable("it refers to a cell beyond the sheet")
    return places


def structured(table: str | None, content: str) -> Structured:
    """What stands between the outer brackets: a column, @column, [#Part], or [#Part],[first]:[last]."""
    text = content.strip()
    this_row = text.startswith("@")
    if this_row:
        text = text[1:].strip()
    if not text.startswith("["):
        return _single_part(table, text, this_row)
    parts, columns = ["#this row"] if this_row else [], []
    for item in _items(text):
        lowered = item.strip().lower()
        if lowered in _PARTS:
            parts.append(lowered)
        else:
            columns.append(_unescaped(item))
    if len(columns) > 2 or (len(columns) == 2) != _is_range(text):
        raise Uncomputable(f"the structured reference [{content}] cannot be read")
    return Structured(table, tuple(parts), columns[0] if columns else None, columns[-1] if columns else None)


def _single_part(table: str | None, text: str, this_row: bool) -> Structured:
    if this_row:
        column = _unescaped(text) or None
        return Structured(table, ("#this row",), column, column)
    if text.lower() in _PARTS:
        return Structured(table, (text.lower(),), None, None)
    column = _unescaped(text) or None
    return Structured(table, (), column, column)


def _items(text: str) -> list[str]:
    """The entries in inner brackets: [a],[b] or [a]:[b]."""
    if _ITEM.sub("", text).strip(" ,:"):
        raise Uncomputable(f"the structured reference [{text}] cannot be read")
    return _ITEM.findall(text)


def _is_range(text: str) -> bool:
    return _ITEM.sub("", text).count(":") == 1


def _unescaped(name: str) -> str:
    return re.sub(r"'(.)", r"\1", name)


@dataclass(slots=True)
class Literal:
    """A number, text, TRUE, FALSE or an error as typed."""

    value: Value


@dataclass(slots=True)
class ArrayLiteral:
    """An array constant such as {1,2;3,4}."""

    rows: tuple[tuple[Value, ...], ...]


@dataclass(slots=True)
class Named:
    """A defined name, or a table's name standing for its body."""

    name: str
    sheet: str | None


@dataclass(slots=True)
class Unary:
    """A sign before, or a % behind; @ asks for the one cell of this row or column."""

    sign: str
    operand: Node


@dataclass(slots=True)
class Binary:
    """An operator between two operands."""

    sign: str
    left: Node
    right: Node


@dataclass(slots=True)
class Span:
    """The range from one reference to another."""

    left: Node
    right: Node


@dataclass(slots=True)
class Group:
    """What stands in parentheses."""

    inner: Node


@dataclass(slots=True)
class Call:
    """A function and its arguments; None where one is left out between commas."""

    name: str
    arguments: tuple[Node | None, ...]


Node = Literal | ArrayLiteral | Places | Structured | Named | Unary | Binary | Span | Group | Call


@lru_cache(maxsize=_FORMULAS_KEPT)
def parse(formula: str) -> Node:
    """The tree of a formula; one that cannot be read, or holds what is not supported, raises `Uncomputable`."""
    return _Parser(_readable(formula)).formula()


def nodes(tree: Node) -> Iterator[Node]:
    """Every node of a tree."""
    waiting: list[Node | None] = [tree]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        yield node
        match node:
            case Call(_, arguments):
                waiting += arguments
            case Unary(_, inner) | Group(inner):
                waiting.append(inner)
            case Binary(_, left, right) | Span(left, right):
                waiting += (left, right)


def _readable(formula: str) -> list[Token]:
    """The tokens that count. Brackets behind a name are "brackets", others "own": of the table that the formula stands in."""
    found: list[Token] = []
    before = ""
    for kind, text in tokens(formula)[formula.startswith("=") :]:
        if before == "own" and kind not in ("space", "sign"):
            raise Uncomputable("it refers to another workbook")
        if kind == "odd":
            raise Uncomputable("a bracket is not closed" if text.startswith("[") else f"it cannot be read at {text[:20]!r}")
        before = "own" if kind == "brackets" and before != "name" else kind
        if kind == "brackets":
            found.append(Token(before, text[1:-1]))
        elif kind != "space":
            found.append(Token(kind, text))
    return found


class _Parser:
    def __init__(self, read: list[Token]) -> None:
        self._tokens = read
        self._signs = [text if kind == "sign" else "" for kind, text in read] + [""]
        self._at = 0
        self._depth = 0

    def formula(self) -> Node:
        node = self._expression(1)
        if self._at < len(self._tokens):
            raise Uncomputable(f"it cannot be read at {self._tokens[self._at].text[:20]!r}, or intersects two ranges")
        return node

    def _peek(self) -> str:
        """The coming sign; empty if what comes is none."""
        return self._signs[self._at]

    def _next(self) -> Token:
        if self._at == len(self._tokens):
            raise Uncomputable("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        found = self._next()
        if found != ("sign", sign):
            raise Uncomputable(f"{found.text[:20]!r} stands where {sign!r} is expected")

    def _expression(self, level: int) -> Node:
        left = self._signed()
        while (bound := _LEVELS.get(self._signs[self._at], 0)) >= level:
            sign = self._next().text
            left = Binary(sign, left, self._expression(bound + 1))
        return left

    def _signed(self) -> Node:
        first = self._at
        while self._signs[self._at] in _LEADING:
            self._at += 1
        signs = self._signs[first : self._at]
        node = self._span()
        while self._signs[self._at] == "%":
            node = Unary(self._next().text, node)
        for sign in reversed(signs):
            node = Unary(sign, node)
        return node

    def _span(self) -> Node:
        ats = self._at
        while self._signs[self._at] == "@":
            self._at += 1
        ats = self._at - ats
        node = self._primary()
        while self._signs[self._at] == ":":
            self._next()
            right = self._primary()
            for side in (node, right):
                if isinstance(side, Literal | ArrayLiteral):
                    raise Uncomputable("it refers to whole rows, or to no range")
            node = Span(node, right)
        if self._signs[self._at] == "#":
            raise Uncomputable("it refers to a spilled range (#)")
        for _ in range(ats):
            node = Unary("@", node)
        return node

    def _primary(self) -> Node:
        kind, text = self._next()
        match kind:
            case "number":
                return Literal(float(text))
            case "text":
                return Literal(text[1:-1].replace('""', '"'))
            case "error":
                return Literal(ErrorCell(text.upper()))
            case "call":
                return self._call(text[:-1])
            case "own":
                return structured(None, text)
            case "sign" if text == "(":
                return self._group()
            case "sign" if text == "{":
                return self._array()
            case "sheet":
                return self._on_sheet(text)
            case "rows":
                raise Uncomputable("it refers to whole rows, or to no range")
            case "cells" | "columns" | "name":
                return self._reference(kind, text, None)
        raise Uncomputable(f"{text[:20]!r} stands where a value is expected")

    def _on_sheet(self, prefix: str) -> Node:
        sheet = sheet_named(prefix)
        if "[" in sheet:
            raise Uncomputable("it refers to another workbook")
        if ":" in sheet:
            raise Uncomputable("it refers to several sheets at once")
        kind, text = self._next()
        if kind == "error":
            return Literal(ErrorCell(text.upper()))
        if kind not in ("cells", "columns", "name"):
            raise Uncomputable(f"{text[:20]!r} stands where a reference is expected")
        return self._reference(kind, text, sheet)

    def _reference(self, kind: str, text: str, sheet: str | None) -> Node:
        if kind == "cells":
            return cells_of(text, sheet)
        if kind == "columns":
            return columns_of(text, sheet)
        if self._at < len(self._tokens) and self._tokens[self._at].kind == "brackets":
            return structured(text, self._next().text)
        if sheet is None and text.upper() in ("TRUE", "FALSE"):
            return Literal(text.upper() == "TRUE")
        return Named(text, sheet)

    def _group(self) -> Node:
        self._enter()
        inner = self._expression(1)
        if self._peek() == ",":
            raise Uncomputable("it unites several ranges")
        self._expect(")")
        self._depth -= 1
        return Group(inner)

    def _call(self, name: str) -> Node:
        self._enter()
        arguments: list[Node | None] = []
        if self._peek() == ")":
            self._next()
        else:
            while True:
                arguments.append(None if self._peek() in (",", ")") else self._expression(1))
                if self._peek() != ",":
                    break
                self._next()
            self._expect(")")
        self._depth -= 1
        return Call(name.upper(), tuple(arguments))

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Uncomputable(f"it is nested deeper than Excel's {DEEPEST} levels")

    def _array(self) -> Node:
        rows: list[tuple[Value, ...]] = []
        entries: list[Value] = []
        while True:
            entries.append(self._constant())
            sign = self._next()
            if sign == ("sign", ","):
                continue
            rows.append(tuple(entries))
            if sign == ("sign", "}"):
                break
            if sign != ("sign", ";"):
                raise Uncomputable(f"{sign.text!r} stands in an array constant")
            entries = []
        if len({len(row) for row in rows}) > 1:
            raise Uncomputable("the rows of an array constant are not equally long")
        return ArrayLiteral(tuple(rows))

    def _constant(self) -> Value:
        sign = self._next().text if self._peek() in ("+", "-") else ""
        node = self._primary()
        if not isinstance(node, Literal):
            raise Uncomputable("an array constant holds more than constants")
        if not sign:
            return node.value
        if not isinstance(node.value, float):
            raise Uncomputable("an array constant has a sign before what is no number")
        return -node.value if sign == "-" else node.value
