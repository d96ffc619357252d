"""The functions as VBA: a wrapper for each, and what Excel's Function Wizard shows of it. Derived from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from xlsig.functions.spec import Argument, Function

_LONGEST_DESCRIPTION = 255
_RESERVED = frozenset(
    (
        *("and", "as", "boolean", "byte", "call", "case", "const", "currency", "date", "debug", "declare", "dim", "do", "double", "each"),
        *("else", "empty", "end", "enum", "error", "event", "exit", "false", "fixed", "for", "function", "get", "if", "in", "input"),
        *("integer", "is", "let", "like", "long", "loop", "me", "mod", "new", "next", "not", "nothing", "null", "object", "on", "option"),
        *("optional", "or", "print", "private", "property", "public", "resume", "return", "select", "set", "single", "static", "step"),
        *("stop", "string", "sub", "then", "to", "true", "type", "variant", "wend", "while", "with", "write", "xor"),
    )
)
_NEXT_LINE = ", _\n        "
_PER_ARRAY = 6
"""Argument texts on one line of source."""


def wrappers(functions: Iterable[Function]) -> str:
    """A module with a public function for each function of the catalogue."""
    return "Option Explicit\n\n' Made from the catalogue of xlsig.\n\n" + "\n".join(map(wrapper, functions))


def wrapper(function: Function) -> str:
    """One function as Excel calls it."""
    if function.variadic:
        return _variadic(function)
    declared = ", ".join(f"{'Optional ' if argument.optional else ''}ByVal {_name(argument)} As Variant" for argument in function.arguments)
    handed = ", ".join(f"XlsigIn({_name(argument)})" for argument in function.arguments)
    lines = [
        f"Public Function {function.name}({declared}) As Variant",
        f'    {function.name} = XlsigCall("{function.name}", Array({handed}))',
        "End Function",
    ]
    return "\n".join(lines) + "\n"


def _variadic(function: Function) -> str:
    """A function that takes as many arguments as are given."""
    first = _name(function.arguments[0])
    lines = [
        f"Public Function {function.name}(ByVal {first} As Variant, ParamArray others() As Variant) As Variant",
        "    Dim handed() As Variant",
        "    Dim at As Long",
        "    ReDim handed(0 To UBound(others) + 1)",
        f"    handed(0) = XlsigIn({first})",
        "    For at = 0 To UBound(others)",
        "        If Not IsMissing(others(at)) Then handed(at + 1) = XlsigIn(others(at))",
        "    Next at",
        f'    {function.name} = XlsigCall("{function.name}", handed)',
        "End Function",
    ]
    return "\n".join(lines) + "\n"


def _name(argument: Argument) -> str:
    """An argument's name in VBA, in which some are words of the language."""
    return f"{argument.name}_" if argument.name in _RESERVED else argument.name


def help_module(functions: Iterable[Function]) -> str:
    """A module that gives Excel the descriptions of all functions."""
    listed = list(functions)
    calls = "\n".join(f"    Describe{number}" for number in range(1, len(listed) + 1))
    described = "\n".join(_described(number, function) for number, function in enumerate(listed, start=1))
    return (
        "Option Explicit\n\n' Made from the catalogue of xlsig.\n\n"
        f"Public Sub XlsigRegister()\n    On Error Resume Next\n{calls}\nEnd Sub\n\n{described}"
    )


def _described(number: int, function: Function) -> str:
    texts = [_quoted(f"{argument.doc}{f' ({argument.unit})' if argument.unit else ''}") for argument in function.arguments]
    lines = [", ".join(texts[at : at + _PER_ARRAY]) for at in range(0, len(texts), _PER_ARRAY)]
    options = [
        f'Macro:="{function.name}"',
        f"Description:={_quoted(function.doc)}",
        f'Category:="xlsig {function.category}"',
        *([f"ArgumentDescriptions:=Array({_NEXT_LINE.join(lines)})"] if texts else []),
    ]
    return f"Private Sub Describe{number}()\n    Application.MacroOptions {_NEXT_LINE.join(options)}\nEnd Sub\n"


def _quoted(text: str) -> str:
    """A text in VBA's quotes and code page, as long as Excel takes it."""
    plain = " ".join(text.replace("…", "...").replace("−", "-").replace("≤", "<=").replace("≥", ">=").split())
    shown = plain.encode("cp1252", errors="replace").decode("cp1252")
    shown = shown if len(shown) <= _LONGEST_DESCRIPTION else shown[: _LONGEST_DESCRIPTION - 3].rstrip() + "..."
    return '"' + shown.replace('"', '""') + '"'
