"""A formula's text to its tree, with Excel's precedence: ranges, %, unary signs, ^, * and /, + and −, &, comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xlsig.functions.cells import ErrorCell
from xlsig.workbooks.formulas.lexing import Token, tokens
from xlsig.workbooks.formulas.places import Places, Structured, cells_of, columns_of, is_name, structured
from xlsig.workbooks.formulas.values import Uncomputable, Value

_LEVELS = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_DEEPEST = 64
_FORMULAS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, TRUE, FALSE or an error as typed."""

    value: Value


@dataclass(frozen=True, slots=True)
class ArrayLiteral:
    """An array constant such as {1,2;3,4}."""

    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A defined name, or a table's name standing for its body."""

    name: str
    sheet: str | None


@dataclass(frozen=True, slots=True)
class Unary:
    """A sign before, or a % behind; @ asks for the one cell of this row or column."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Span:
    """The range from one reference to another."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in parentheses."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; None where one is left out between commas."""

    name: str
    arguments: tuple[Node | None, ...]


Node = Literal | ArrayLiteral | Places | Structured | Named | Unary | Binary | Span | Group | Call


@lru_cache(maxsize=_FORMULAS_KEPT)
def parse(formula: str) -> Node:
    """The tree of a formula; one that cannot be read, or holds what is not supported, raises `Uncomputable`."""
    return _Parser(tokens(formula)).formula()


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


class _Parser:
    def __init__(self, read: Iterator[Token]) -> None:
        self._tokens = list(read)
        self._at = 0
        self._depth = 0

    def formula(self) -> Node:
        node = self._expression(1)
        if self._at < len(self._tokens):
            raise Uncomputable(f"it cannot be read at {self._tokens[self._at].text!r}, or intersects two ranges")
        return node

    def _peek(self) -> str:
        """The coming sign; empty if what comes is none."""
        if self._at < len(self._tokens) and self._tokens[self._at].kind == "sign":
            return self._tokens[self._at].text
        return ""

    def _next(self) -> Token:
        if self._at == len(self._tokens):
            raise Uncomputable("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        found = self._next()
        if found != ("sign", sign):
            raise Uncomputable(f"{found.text!r} stands where {sign!r} is expected")

    def _expression(self, level: int) -> Node:
        left = self._signed()
        while _LEVELS.get(self._peek(), 0) >= level:
            sign = self._next().text
            left = Binary(sign, left, self._expression(_LEVELS[sign] + 1))
        return left

    def _signed(self) -> Node:
        signs = []
        while self._peek() in ("+", "-"):
            signs.append(self._next().text)
        node = self._span()
        while self._peek() == "%":
            node = Unary(self._next().text, node)
        for sign in reversed(signs):
            node = Unary(sign, node)
        return node

    def _span(self) -> Node:
        if self._peek() == "@":
            self._next()
            return Unary("@", self._span())
        node = self._primary()
        while self._peek() == ":":
            self._next()
            right = self._primary()
            for side in (node, right):
                if isinstance(side, Literal | ArrayLiteral):
                    raise Uncomputable("it refers to whole rows, or to no range")
            node = Span(node, right)
        if self._peek() == "#":
            raise Uncomputable("it refers to a spilled range (#)")
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
                return self._on_sheet(text[:-1])
            case "cells" | "columns" | "name":
                return self._reference(kind, text, None)
        raise Uncomputable(f"{text!r} stands where a value is expected")

    def _on_sheet(self, prefix: str) -> Node:
        sheet = prefix[1:-1].replace("''", "'") if prefix.startswith("'") else prefix
        if "[" in sheet:
            raise Uncomputable("it refers to another workbook")
        if ":" in sheet:
            raise Uncomputable("it refers to several sheets at once")
        kind, text = self._next()
        if kind == "error":
            return Literal(ErrorCell(text.upper()))
        if kind not in ("cells", "columns", "name"):
            raise Uncomputable(f"{text!r} stands where a reference is expected")
        return self._reference(kind, text, sheet)

    def _reference(self, kind: str, text: str, sheet: str | None) -> Node:
        if kind == "cells" and not is_name(text):
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
        if self._depth > _DEEPEST:
            raise Uncomputable(f"it is nested deeper than Excel's {_DEEPEST} levels")

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
