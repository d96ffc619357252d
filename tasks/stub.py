"""xlsig/__init__.pyi, made from the catalogue: a typed signature for every public function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from xlsig.functions.spec import Argument, Function

PATH = "xlsig/__init__.pyi"
LINE = 140

_HEAD = '''\
# Made from the catalogue by `python -m tasks.generate`; not edited by hand.
"""xlsig: the danger signal of equity financing and fund flows, one function per sentence of the desk's report."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import SignalError as SignalError
from xlsig.functions.answers import Table

class _PandasLike(Protocol):
    def to_numpy(self) -> NDArray[Any]: ...

_Number: TypeAlias = float | Decimal | np.floating[Any] | np.integer[Any]
_Count: TypeAlias = int | np.integer[Any]
_Date: TypeAlias = dt.date | np.datetime64 | float
_Label: TypeAlias = str | float | dt.date | np.datetime64

_SeriesLike: TypeAlias = Sequence[_Number | None] | Sequence[Sequence[_Number | None]] | NDArray[Any] | _PandasLike
_DatesLike: TypeAlias = Sequence[_Date] | Sequence[Sequence[_Date]] | NDArray[Any] | _PandasLike
_LabelsLike: TypeAlias = Sequence[_Label | None] | Sequence[Sequence[_Label | None]] | NDArray[Any] | _PandasLike
_CountsLike: TypeAlias = Sequence[_Count] | Sequence[Sequence[_Count]] | NDArray[Any] | _PandasLike
_GridLike: TypeAlias = Sequence[Sequence[_Number | None]] | NDArray[Any] | _PandasLike
_MixedLike: TypeAlias = Sequence[Any] | NDArray[Any] | _PandasLike
'''

_TYPES: Mapping[str, str] = {
    "series": "_SeriesLike",
    "dates": "_DatesLike",
    "labels": "_LabelsLike",
    "flags": "_SeriesLike",
    "counts": "_CountsLike",
    "grid": "_GridLike",
    "mixed": "_MixedLike",
    "number": "_Number",
    "count": "_Count",
    "date": "_Date",
    "text": "str",
    "anything": "Any",
}
_SCALARS: Mapping[str, str] = {"date": "dt.date", "text": "str", "sessions": "int", "complete months": "int", "1 or 0": "int"}


def stub(functions: Iterable[Function]) -> str:
    """The text of the stub file."""
    listed = list(functions)
    names = "".join(f"    {_quoted(name)},\n" for name in ("SignalError", *sorted(function.python_name for function in listed)))
    return f"{_HEAD}\n__all__ = [\n{names}]\n\n" + "\n".join(map(signature, listed))


def signature(function: Function) -> str:
    """One function as a stub has it: `def`, types, defaults and the line for the desk."""
    parameters = [_parameter(argument, variadic=function.variadic) for argument in function.arguments]
    returned = answer_type(function)
    head = f"def {function.python_name}({', '.join(parameters)}) -> {returned}:"
    if len(head) > LINE:
        rows = "".join(f"    {parameter},\n" for parameter in parameters)
        inside = f"    {', '.join(parameters)}\n"
        head = f"def {function.python_name}(\n{inside if len(inside) <= LINE else rows}) -> {returned}:"
    return f'{head}\n    """{function.doc}"""\n'


def answer_type(function: Function) -> str:
    """The Python type of a function's answer, from what it spills and what it says it returns."""
    if function.spills != "no":
        return "Table" if function.spills == "table" else "NDArray[np.float64]"
    words = re.split(r", | or ", function.returns)
    if function.returns.isupper() or all(word.isupper() for word in words):
        return f"Literal[{', '.join(map(_quoted, words))}]"
    return _SCALARS.get(function.returns, "float")


def argument_type(argument: Argument) -> str:
    """The Python type of an argument, from its kind."""
    if argument.kind == "choice":
        return f"Literal[{', '.join(map(_quoted, argument.choices))}]"
    kind = _TYPES[argument.kind]
    may_be_none = argument.may_be_missing or (argument.optional and argument.default is None)
    return f"{kind} | None" if may_be_none and argument.kind != "anything" else kind


def _parameter(argument: Argument, *, variadic: bool) -> str:
    if variadic and argument.optional:
        return f"*{argument.name}: {argument_type(argument)}"
    default = f" = {_spelled(argument.default)}" if argument.optional else ""
    return f"{argument.name}: {argument_type(argument)}{default}"


def _spelled(default: object) -> str:
    return _quoted(default) if isinstance(default, str) else repr(default)


def _quoted(word: str) -> str:
    return f'"{word}"'
