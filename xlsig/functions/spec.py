"""What a function is: its arguments with kinds, units and docs, its category, whether it spills, its example and its sheet.

A function is written once as a plain Python function whose annotations carry an `Argument` each; `function` makes it a `Function`, which
can be called from Python, from cells, and for an explanation. Every binding is derived from these objects.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_type_hints

import numpy as np

from xlsig.errors import DIV0, NA, NUM, VALUE, SignalError
from xlsig.functions import cells
from xlsig.functions.answers import Answer, Table, is_finite_number, plain
from xlsig.functions.cells import Numbers
from xlsig.grid.contents import CellResult, ErrorCell

Kind = Literal["series", "dates", "labels", "flags", "counts", "grid", "mixed", "number", "count", "date", "text", "choice", "anything"]
Spill = Literal["no", "rows", "table"]

_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "series": cells.floats,
    "dates": cells.dates,
    "labels": cells.labels,
    "flags": cells.flags,
    "counts": cells.floats,
    "mixed": lambda values, name: list(values),
}
_SINGLE_NUMBERS = ("number", "count")
_LARGEST_COUNT = 10**9

_QUIET = copy_context()  # rules run in copies of it: numpy keeps there which floating-point warnings it gives
_QUIET.run(np.seterr, all="ignore")


@dataclass(frozen=True)
class Argument:
    """One argument: what it holds and in which unit. Series of the same `axis` must be equally long."""

    kind: Kind
    doc: str
    unit: str = ""
    axis: str = ""
    least: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    may_be_missing: bool = False
    name: str = ""
    optional: bool = False
    default: Any = None

    @property
    def described(self) -> str:
        """What it is, with its unit."""
        return f"{self.doc} ({self.unit})" if self.unit else self.doc

    @property
    def is_series(self) -> bool:
        """Whether the argument is one row or one column."""
        return self.kind in _READERS

    def parameter(self, *, variadic: bool = False) -> inspect.Parameter:
        """The argument as Python's introspection shows it."""
        if variadic and self.optional:
            return inspect.Parameter(self.name, inspect.Parameter.VAR_POSITIONAL)
        default = self.default if self.optional else inspect.Parameter.empty
        return inspect.Parameter(self.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)

    def read(self, value: Any, *, rows_too: bool) -> Any:
        """Turn what a caller handed over into what the rule takes."""
        if type(value) is Numbers and self.kind == "series":
            return value.values
        if type(value) is float and self.kind in _SINGLE_NUMBERS:
            return self._number(cells.number(value, self.name))
        if value is None and self.optional:
            return self._omitted()
        if self.is_series:
            return self._read_series(value, rows_too)
        if self.kind == "anything":
            return value
        if self.optional and cells.is_blank(value):
            return self._omitted()
        if self.kind == "grid":
            return cells.grid(value, self.name)
        if self.kind == "text":
            return cells.text(value, self.name)
        if self.kind == "choice":
            return self._choice(cells.text(value, self.name))
        if self.kind == "date":
            return cells.date(value, self.name)
        return self._number(cells.number(value, self.name))

    def _omitted(self) -> Any:
        """The default; that of a series is an array of the caller's own."""
        return np.array(self.default) if isinstance(self.default, tuple) else self.default

    def _read_series(self, value: Any, rows_too: bool) -> Any:
        if self.optional and cells.is_blank(value):
            return self._omitted()
        values = _READERS[self.kind](cells.column(value, self.name, rows_too=rows_too), self.name)
        if not self.may_be_missing and self.kind != "mixed" and _nothing_in(values):
            raise SignalError(NA, f"{self.name} is empty")
        if self.kind == "counts":
            values = values[~np.isnan(values)]
            return np.array([self._number(float(value)) for value in values], dtype=np.int64)
        return values

    def _number(self, number: float) -> float | int:
        if number != number:
            if self.may_be_missing:
                return number
            raise SignalError(NA, f"{self.name} is missing")
        whole = self.kind in ("count", "counts")
        if whole and number % 1 != 0:
            raise SignalError(NUM, f"{self.name} must be a whole number, not {number:g}")
        if self.least is not None and number < self.least:
            raise SignalError(NUM, f"{self.name} must be {self.least:g} or more, not {number:g}")
        if self.above is not None and number <= self.above:
            raise SignalError(NUM, f"{self.name} must be above {self.above:g}, not {number:g}")
        return int(min(number, _LARGEST_COUNT)) if whole else number

    def _choice(self, word: str) -> str:
        wanted = word.strip().lower()
        if wanted not in self.choices:
            raise SignalError(VALUE, f"{self.name} must be one of {', '.join(self.choices)}, not {word[:40]!r}")
        return wanted


def _nothing_in(values: Any) -> bool:
    if len(values) == 0:
        return True
    if values.dtype.kind == "f":
        last = values[-1]
        return bool(last != last and np.isnan(values).all())
    return values.dtype.kind == "O" and all(value is None for value in values)


@dataclass(frozen=True)
class Function:
    """One function of the catalogue."""

    name: str
    category: str
    doc: str
    details: str
    arguments: tuple[Argument, ...]
    compute: Callable[..., Answer]
    example: str
    sheet: str
    spills: Spill = "no"
    columns: tuple[str, ...] = ()
    returns: str = ""
    variadic: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "__name__", self.python_name)
        object.__setattr__(self, "__doc__", f"{self.doc}\n\n{self.details}".strip())

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.Signature([argument.parameter(variadic=self.variadic) for argument in self.arguments])

    @property
    def python_name(self) -> str:
        """The name in the Python API."""
        return self.name.lower()

    def typed(self) -> str:
        """The function as it is typed, optional arguments in brackets."""
        names = [f"[{argument.name}]" if argument.optional else argument.name for argument in self.arguments]
        return f"={self.name}({', '.join(names)}{', …' if self.variadic else ''})"

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {argument.name: at for at, argument in enumerate(self.arguments)}

    @cached_property
    def _axes(self) -> dict[str, tuple[int, ...]]:
        names = dict.fromkeys(argument.axis for argument in self.arguments if argument.axis)
        return {name: tuple(at for at, argument in enumerate(self.arguments) if argument.axis == name) for name in names}

    @cached_property
    def _shared_axes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(at for at in self._axes.values() if len(at) > 1)

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """The answer as a Python value; raises SignalError where there is none."""
        return self.answer(self._bind(positional, named)).value

    def from_cells(self, *values: Any) -> CellResult:
        """The answer as cells, from cells; an error comes back as an `ErrorCell`. None is a blank or omitted argument."""
        try:
            if len(values) > len(self.arguments) and not self.variadic:
                raise SignalError(VALUE, f"{self.name} takes {len(self.arguments)} arguments, not {len(values)}")
            answer = self.answer(list(values), rows_too=True)
        except SignalError as error:
            return ErrorCell(error.code, error.message)
        return cells.to_cells(answer.value, as_row=self.spills == "rows" and _is_row(values[0]))

    def explain(self, *values: Any, rows_too: bool = True) -> str:
        """One sentence: what produced the answer, or why there is none."""
        try:
            if len(values) > len(self.arguments) and not self.variadic:
                raise SignalError(VALUE, f"{self.name} takes {len(self.arguments)} arguments, not {len(values)}")
            return self.answer(list(values), rows_too=rows_too).because()
        except SignalError as error:
            return f"No answer ({error.code}): {error.message}."

    def answer(self, values: list[Any], *, rows_too: bool = False) -> Answer:
        """Read the arguments, check their lengths and apply the rule; the value is plain and finite."""
        if self.variadic:
            return self.compute(*(values or [None]))
        arguments = self.arguments
        values += [None] * (len(arguments) - len(values))
        if any(map(cells.is_whole_column, values)):
            for at in self._axes.values():
                if any(cells.is_whole_column(values[i]) for i in at):
                    self._trim(values, at)
        try:
            answer = _QUIET.copy().run(self._answered, values, rows_too)
        except ZeroDivisionError:
            raise SignalError(DIV0, f"a denominator of {self.name} is zero") from None
        except OverflowError:
            raise SignalError(NUM, "the arguments are too large to calculate with") from None
        finished = _finished(answer.value)
        return answer if finished is answer.value else Answer(finished, answer.because)

    def _answered(self, values: list[Any], rows_too: bool) -> Answer:
        read = [argument.read(value, rows_too=rows_too) for argument, value in zip(self.arguments, values, strict=True)]
        for at in self._shared_axes:
            self._check_lengths(read, at)
        return self.compute(*read)

    def _bind(self, positional: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        if not named:
            if len(positional) > len(self.arguments) and not self.variadic:
                raise TypeError(f"{self.python_name}() takes {len(self.arguments)} arguments but {len(positional)} were given")
            return list(positional)
        values: list[Any] = [None] * len(self.arguments)
        values[: len(positional)] = positional
        for name, value in named.items():
            at = self._positions.get(name)
            if at is None or at < len(positional):
                raise TypeError(f"{self.python_name}() got an unexpected or repeated argument {name!r}")
            values[at] = value
        return values

    def _trim(self, values: list[Any], at: tuple[int, ...]) -> None:
        given = {self.arguments[i].name: values[i] for i in at if values[i] is not None}
        text = [self.arguments[i].name for i in at if self.arguments[i].kind in ("labels", "mixed")]
        for name, cut in cells.trim_whole_columns(given, text).items():
            values[self._positions[name]] = cut

    def _check_lengths(self, read: list[Any], at: tuple[int, ...]) -> None:
        given = [i for i in at if read[i] is not None]
        if len(given) > 1 and len({len(read[i]) for i in given}) > 1:
            said = ", ".join(f"{self.arguments[i].name} has {len(read[i])}" for i in given)
            raise SignalError(VALUE, f"series of the same rows must be equally long: {said}")


def _is_row(value: Any) -> bool:
    """Whether a block is a single row of several cells."""
    return isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], list | tuple) and len(value[0]) > 1


def _finished(value: Any) -> Any:
    """No NaN, infinity or numpy scalar leaves the functions, but for NaN in a value-per-row array."""
    if is_finite_number(value):
        return value
    if isinstance(value, np.ndarray):
        if np.isinf(value).any():
            raise SignalError(NUM, "the answer is too large for a cell")
        return value
    if isinstance(value, Table):
        return value
    finished = plain(value)
    if finished is None:
        raise SignalError(NUM, "the arguments are too large to calculate with")
    return finished


def function(
    category: str,
    *,
    sheet: str,
    example: str,
    returns: str,
    spills: Spill = "no",
    columns: tuple[str, ...] = (),
) -> Callable[[Callable[..., Answer]], Function]:
    """Make a plain function with annotated arguments a `Function` of the catalogue."""

    def build(compute: Callable[..., Answer]) -> Function:
        documentation = inspect.cleandoc(compute.__doc__ or "")
        summary, _, details = documentation.partition("\n")
        parameters = inspect.signature(compute).parameters
        hints = get_type_hints(compute, include_extras=True)
        return Function(
            name=compute.__name__.upper(),
            category=category,
            doc=summary.strip(),
            details=details.strip(),
            arguments=tuple(_argument(hints[name], parameter) for name, parameter in parameters.items()),
            compute=compute,
            example=example,
            sheet=sheet,
            spills=spills,
            columns=columns,
            returns=returns,
            variadic=any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters.values()),
        )

    return build


def _argument(hint: Any, parameter: inspect.Parameter) -> Argument:
    (argument,) = (note for note in hint.__metadata__ if isinstance(note, Argument))
    optional = parameter.default is not inspect.Parameter.empty or parameter.kind is inspect.Parameter.VAR_POSITIONAL
    default = parameter.default if parameter.default is not inspect.Parameter.empty else None
    return replace(argument, name=parameter.name, optional=optional, default=default)
