"""What Calc is told of each function: a method with typed parameters, derived from the catalogue.

Calc decides by the declared type what may stand in an argument, and refuses the call otherwise:

- `XCellRange`: a reference, never a constant or a computed array. Blanks, errors and booleans can be told apart, and a whole column is
  read down to its last value only.
- `any`: a constant, a single cell, a computed array, a range without error cells; None when omitted. A blank cell arrives as 0, TRUE as 1.

So a required series is a reference, and everything else is `any`. For the calls that this does not suit there are variants, between which
the resolver chooses: NAME_ARRAY, in which all is `any`, for series that are computed, as in SPREAD_ZSCORE(ROLL_ADJUSTED(…)); NAME_CELLS, in
which required numbers and dates are references too; EXPLAIN_1 to EXPLAIN_11, in which so many arguments are references.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Argument, Function

SERVICE = "XLSIG"
MODULE = ("org", "xlsig")
INTERFACE = "XFunctions"

RANGE = "com.sun.star.table.XCellRange"
ANY = "any"
BLOCK = "[][]any"

MOST_EXPLAINED = max(len(function.arguments) for function in CATALOGUE.values())


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


def needs_reference(argument: Argument) -> bool:
    """Whether Calc must hand the argument over as a reference, since a missing cell in it has a meaning."""
    return (
        not argument.optional and argument.kind != "anything" and (argument.is_series or argument.kind == "grid" or argument.may_be_missing)
    )


def has_cells_variant(function: Function) -> bool:
    """Whether a required argument is a single number, date or text, which can be a constant or a cell."""
    return not function.variadic and any(not argument.optional and not needs_reference(argument) for argument in function.arguments)


@cache
def methods() -> tuple[Method, ...]:
    """Every method of the add-in, in the order of the catalogue."""
    functions = CATALOGUE.values()
    explain = CATALOGUE["EXPLAIN"]
    return (
        *(_explaining(function, 0) if function.variadic else _method(function, _usual_type) for function in functions),
        *(
            _method(function, lambda argument: ANY, "_ARRAY", "computed arrays and constants")
            for function in functions
            if any(map(needs_reference, function.arguments))
        ),
        *(
            _method(function, lambda argument: ANY if argument.optional else RANGE, "_CELLS", "arguments in cells")
            for function in functions
            if has_cells_variant(function)
        ),
        *(_explaining(explain, references) for references in range(1, MOST_EXPLAINED + 1)),
    )


def _method(function: Function, type_of: Callable[[Argument], str], suffix: str = "", suits: str = "") -> Method:
    """A function as a method, or as a variant with a suffix, which `suits` some arguments."""
    doc = f"{function.name} for {suits}: {function.doc}" if suits else function.doc
    parameters = tuple(Parameter(each.name, type_of(each), _described(each)) for each in function.arguments)
    return Method(f"{function.name}{suffix}", function.name, doc, parameters, ANY if function.spills == "no" else BLOCK)


def _explaining(function: Function, references: int) -> Method:
    """EXPLAIN, the first arguments after the name being references."""
    first, rest = function.arguments
    numbered = [Parameter(f"argument_{at}", RANGE if at <= references else ANY, rest.doc) for at in range(1, MOST_EXPLAINED + 1)]
    name = f"{function.name}_{references}" if references else function.name
    doc = f"{function.name} for {references} arguments in cells: {function.doc}" if references else function.doc
    return Method(name, function.name, doc, (Parameter(first.name, _usual_type(first), _described(first)), *numbered), ANY)


def _usual_type(argument: Argument) -> str:
    return RANGE if needs_reference(argument) else ANY


def _described(argument: Argument) -> str:
    """What an argument is, and what stands for it where it is omitted."""
    default = f"; {_shown(argument.default)} if omitted" if argument.optional and argument.default is not None else ""
    return f"{argument.described}{default}"


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ", ".join(map(_shown, default))
    return f"{default:g}" if isinstance(default, float) else str(default)
