"""What Calc is told of each function: a method with typed parameters, derived from the catalogue.

Calc decides by the declared type what may stand in an argument, and refuses the call otherwise:

- `XCellRange`: a reference. Blanks, errors and booleans can be told apart, and a whole column is never copied. No constant, no computed array.
- `any`: a constant, a single cell, a computed array, a range without error cells; None when omitted. A blank cell arrives as 0.

So a required series is a reference, and everything else is `any`. Each function with references has a second method, NAME_ARRAY, in which
all is `any`: the resolver chooses it where a series is computed, as in SPREAD_ZSCORE(ROLL_ADJUSTED(…)).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Argument, Function

SERVICE = "XLSIG"
MODULE = ("org", "xlsig")
INTERFACE = "XFunctions"
ARRAY_SUFFIX = "_ARRAY"

RANGE = "com.sun.star.table.XCellRange"
ANY = "any"
BLOCK = "[][]any"

_MOST_EXPLAINED = max(len(function.arguments) for function in CATALOGUE.values())


@dataclass(frozen=True)
class Parameter:
    """One argument as Calc sees it."""

    name: str
    type: str
    doc: str

    @property
    def identifier(self) -> str:
        """The name as UNO allows it, without underscores: dayCount for day_count."""
        first, *others = self.name.split("_")
        return first + "".join(map(str.capitalize, others))


@dataclass(frozen=True)
class Method:
    """One method of the add-in: `function` is the name in the catalogue that answers."""

    name: str
    function: str
    doc: str
    parameters: tuple[Parameter, ...]
    returns: str

    @property
    def full_name(self) -> str:
        """The name under which Calc's files know it."""
        return f"{SERVICE}.{self.name}"


def needs_reference(argument: Argument) -> bool:
    """Whether Calc must hand the argument over as a reference, since a missing cell in it has a meaning."""
    return (
        not argument.optional and argument.kind != "anything" and (argument.is_series or argument.kind == "grid" or argument.may_be_missing)
    )


def _parameter(argument: Argument, *, computed: bool) -> Parameter:
    kind = RANGE if needs_reference(argument) and not computed else ANY
    unit = f" ({argument.unit})" if argument.unit else ""
    default = f"; {_shown(argument.default)} if omitted" if argument.optional and argument.default is not None else ""
    return Parameter(argument.name, kind, f"{argument.doc}{unit}{default}")


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ", ".join(map(_shown, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def _method(function: Function) -> Method:
    returns = ANY if function.spills == "no" else BLOCK
    if function.variadic:
        first, rest = function.arguments[0], function.arguments[-1]
        numbered = [Parameter(f"argument_{at}", ANY, rest.doc) for at in range(1, _MOST_EXPLAINED + 1)]
        return Method(function.name, function.name, function.doc, (_parameter(first, computed=False), *numbered), returns)
    return Method(
        function.name, function.name, function.doc, tuple(_parameter(each, computed=False) for each in function.arguments), returns
    )


def _array_method(function: Function) -> Method:
    doc = f"{function.name} for computed arrays and constants: {function.doc}"
    plain = _method(function)
    return Method(
        f"{function.name}{ARRAY_SUFFIX}",
        function.name,
        doc,
        tuple(_parameter(each, computed=True) for each in function.arguments),
        plain.returns,
    )


@cache
def methods() -> tuple[Method, ...]:
    """Every method of the add-in, in the order of the catalogue."""
    plain = [_method(function) for function in CATALOGUE.values()]
    arrays = [_array_method(function) for function in CATALOGUE.values() if any(map(needs_reference, function.arguments))]
    return (*plain, *arrays)
