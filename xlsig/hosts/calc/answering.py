"""The calls of Calc: arguments read, the function of the catalogue asked, the answer written. What went wrong goes to the log."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Argument, Function
from xlsig.grid.contents import CellResult, ErrorCell
from xlsig.hosts.answer_log import Log
from xlsig.hosts.calc.exchange import read_reference, read_unless_zero, read_value, written
from xlsig.hosts.calc.signatures import BLOCK, RANGE, Method, methods

_BOOLEANS_WELCOME = ("flags", "anything", "text", "choice")
_NUMERIC = ("series", "dates")

Call = Callable[[tuple[Any, ...]], Any]


@cache
def calls(log_path: str) -> dict[str, Call]:
    """What answers each method of the add-in."""
    log = Log(log_path)
    return {method.name: _call(method, CATALOGUE[method.function], log) for method in methods()}


def _call(method: Method, function: Function, log: Log) -> Call:
    block = method.returns == BLOCK
    readers = [_reader(method, function, at) for at in range(len(method.parameters))]

    def call(values: tuple[Any, ...]) -> Any:
        try:
            cells = [None if value is None else reader(value) for value, reader in zip(values, readers, strict=True)]
            if function.variadic:
                _leave_off_omitted(cells)
            answer: CellResult = function.from_cells(*cells)
            if isinstance(answer, ErrorCell):
                log.refused(method.function, answer)
            return written(answer, block=block)
        except Exception:
            log.failed(method.function, traceback.format_exc())
            if function.variadic:
                return f"xlsig failed to answer; the log says why: {log.path}"
            return written(ErrorCell("#VALUE!"), block=block)

    return call


def _leave_off_omitted(cells: list[Any]) -> None:
    while len(cells) > 1 and cells[-1] is None:
        cells.pop()


def _reader(method: Method, function: Function, at: int) -> Callable[[Any], Any]:
    """What reads one argument of a method that is not omitted."""
    if method.parameters[at].type == RANGE:
        numeric = not function.variadic and function.arguments[at].kind in _NUMERIC
        return partial(read_reference, boolean_is_wrong=_boolean_is_wrong(function, at), numeric=numeric)
    blank_is_zero = not function.variadic and _is_never_zero(function.arguments[at])
    return read_unless_zero if blank_is_zero else read_value


def _is_never_zero(argument: Argument) -> bool:
    """Whether a 0 can only be a blank cell, which Calc hands over so where an argument may be omitted."""
    return argument.optional and argument.kind not in ("number", "count", "counts", "series", "flags", "mixed", "anything")


def _boolean_is_wrong(function: Function, at: int) -> bool:
    if function.variadic:
        return at > 0
    argument: Argument = function.arguments[at]
    return argument.kind not in _BOOLEANS_WELCOME
