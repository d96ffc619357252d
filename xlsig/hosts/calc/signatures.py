"""What Calc is told of each function: a method with typed parameters, derived from the catalogue.

Calc decides by the declared type what may stand in an argument, and refuses the call otherwise:

- `XCellRange`: a reference, never a constant or a computed array. Blanks, errors and booleans can be told apart, and a whole column is
  read down to its last value only.
- `any`: a constant, a computed array; None when omitted. A reference there loses what it holds: a blank cell arrives as 0, TRUE as 1, and
  with an error in it the function is not even called.

So a required series is a reference, as is a number that may be missing, and everything else is `any`. Where a reference stands in an
argument that is `any`, the resolver (`calls`) puts `CELLS` around it, shown as `_(…)`, which hands the cells over as they are. Where a
constant or a computed array stands for a reference, it puts NAME_ARRAY in the place of NAME, shown as XLSIG.NAME, which takes `any`
everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Argument, Function

SERVICE = "XLSIG"
MODULE = ("org", "xlsig")
INTERFACE = "XFunctions"
CELLS, SHOWN_CELLS = "CELLS", "_"
"""The method that hands cells over as they are, and how Calc shows it."""

_CELLS_DOC = "Cells as they are, blank or with an error: xlsig puts it around cells that stand where a constant may stand"

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
    """One method of the add-in: `shown` is the name that a person sees, `function` that of the catalogue's function that answers.

    `category` is one of Calc's own: each function is listed once among the add-in functions.
    """

    name: str
    function: str
    doc: str
    parameters: tuple[Parameter, ...]
    returns: str
    shown: str = ""
    category: str = "Add-In"


def needs_reference(argument: Argument) -> bool:
    """Whether Calc must hand the argument over as a reference, since a missing cell in it has a meaning."""
    return (
        not argument.optional and argument.kind != "anything" and (argument.is_series or argument.kind == "grid" or argument.may_be_missing)
    )


@cache
def references(function: Function) -> tuple[bool, ...]:
    """Which arguments Calc hands over as references."""
    return tuple(map(needs_reference, function.arguments))


@cache
def methods() -> tuple[Method, ...]:
    """Every method of the add-in, in the order of the catalogue."""
    functions = CATALOGUE.values()
    cells = Parameter("cells", RANGE, "the cells, such as C1")
    return (
        *(_method(function) for function in functions),
        *(_method(function, anything=True) for function in functions if any(references(function))),
        Method(CELLS, "", _CELLS_DOC, (cells,), ANY, SHOWN_CELLS, "Spreadsheet"),
    )


def _method(function: Function, *, anything: bool = False) -> Method:
    """A function as a method, or as the one in which `anything` may stand in each argument."""
    types = [RANGE if reference and not anything else ANY for reference in references(function)]
    parameters = [Parameter(each.name, kind, _described(each)) for each, kind in zip(function.arguments, types, strict=True)]
    if function.variadic:
        *first, rest = parameters
        parameters = [*first, *(Parameter(f"argument_{at}", ANY, rest.doc) for at in range(1, MOST_EXPLAINED + 1))]
    returns = ANY if function.spills == "no" else BLOCK
    doc = f"{function.category}: {function.doc}"
    if anything:
        shown = f"{SERVICE}.{function.name}"
        return Method(
            f"{function.name}_ARRAY",
            function.name,
            f"{doc} For constants and computed arrays.",
            tuple(parameters),
            returns,
            shown,
            "Matrix",
        )
    return Method(function.name, function.name, doc, tuple(parameters), returns, function.name)


def _described(argument: Argument) -> str:
    """What an argument is, and what stands for it where it is omitted."""
    default = f"; {_shown(argument.default)} if omitted" if argument.optional and argument.default is not None else ""
    return f"{argument.described}{default}"


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return ", ".join(map(_shown, default))
    return f"{default:g}" if isinstance(default, float) else str(default)
