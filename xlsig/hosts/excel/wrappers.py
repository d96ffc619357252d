"""The VBA that is derived from the catalogue: a wrapper per function, and its registration for the Function Wizard."""

from __future__ import annotations

from textwrap import shorten
from typing import Final

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Argument, Function

_LONGEST: Final = 255
_NAMES_A_ROW: Final = 6
_RESERVED: Final = frozenset(
    """
    and any as boolean byref byte byval call case close const currency date declare dim do double each else empty
    end enum eqv error event exit false for friend function get global go if imp implements in input integer is
    let like local lock long loop me mod name new next not nothing null object on open option optional or output
    print private property public put resume return select set single static step stop string sub then time to
    true type until variant wend while with write xor
    """.split()  # noqa: SIM905
)
_SPELLED: Final = str.maketrans({"−": "-", "σ": "sigma", "≥": ">=", "≤": "<=", "→": "->", "≠": "<>", "Δ": "change of ", "∈": "in"})


def wrappers() -> str:
    """The functions that formulas call."""
    return "Option Explicit\n\n" + "\n".join(map(_wrapper, CATALOGUE.values()))


def function_names() -> str:
    """The names of all functions as one text of VBA, a space between them."""
    names = list(CATALOGUE)
    rows = [" ".join(names[at : at + _NAMES_A_ROW]) for at in range(0, len(names), _NAMES_A_ROW)]  # VBA's lines end somewhere
    return ' " & _\n        "'.join(rows).join('""')


def descriptions() -> str:
    """The registration of every function's descriptions."""
    head = (
        "Option Explicit\nOption Private Module\n\n"
        "Private Sub Describe(ByVal name As String, ByVal about As String, ByVal arguments As Variant)\n"
        "    On Error Resume Next\n"
        '    Application.MacroOptions Macro:="\'" & ThisWorkbook.Name & "\'!" & name, Description:=about, Category:="xlsig", _\n'
        "        ArgumentDescriptions:=arguments\n"
        "End Sub\n\n"
        "Public Sub XlsigDescribeAll()\n"
    )
    return head + "".join(map(_description, CATALOGUE.values())) + "End Sub\n"


def plain_text(text: str) -> str:
    """A text in the signs that VBA's code page has, cut to what Excel takes."""
    return shorten(text.translate(_SPELLED).encode("cp1252", "replace").decode("cp1252"), _LONGEST, placeholder=" ...")


def vba_name(function: Function, argument: Argument) -> str:
    """An argument's name in VBA, where some words are taken."""
    taken = argument.name.lower() in _RESERVED or argument.name.upper() == function.name
    return f"{argument.name}_" if taken else argument.name


def _wrapper(function: Function) -> str:
    names = [vba_name(function, argument) for argument in function.arguments]
    if function.variadic:
        return _variadic(function.name, names[0])
    declared = [f"Optional {name}" if argument.optional else name for name, argument in zip(names, function.arguments, strict=True)]
    sent = ", _\n        ".join(f"XlsigArgument({name})" for name in names)
    given = f"XlsigGiven(Array( _\n        {sent}))" if names else "Array()"
    typed = ", _\n    ".join(f"{one} As Variant" for one in declared)
    return f"Public Function {function.name}({typed}) As Variant\n" + _first(function.name) + _last(function.name, given)


def _first(name: str) -> str:
    """Whatever happens, there is an answer: what a function leaves without a value, a cell shows as 0."""
    return f"    {name} = CVErr(2042)\n    If XlsigInWizard() Then Exit Function\n"


def _last(name: str, given: str) -> str:
    return f'    {name} = XlsigAsk("{name}", {given})\nEnd Function\n'


def _variadic(name: str, first: str) -> str:
    return (
        f"Public Function {name}({first} As Variant, ParamArray others() As Variant) As Variant\n"
        "    Dim sent() As Variant, at As Long\n"
        f"{_first(name)}"
        "    ReDim sent(0 To UBound(others) + 1)\n"
        f"    sent(0) = XlsigArgument({first})\n"
        "    For at = 0 To UBound(others)\n"
        "        sent(at + 1) = XlsigArgument(others(at))\n"
        "    Next at\n"
        f"{_last(name, 'XlsigGiven(sent)')}"
    )


def _description(function: Function) -> str:
    docs = ", _\n        ".join(_vba_text(argument.described) for argument in function.arguments)
    return f'    Describe "{function.name}", _\n        {_vba_text(function.doc)}, _\n        Array({docs})\n'


def _vba_text(text: str) -> str:
    return '"' + plain_text(text).replace('"', '""') + '"'
