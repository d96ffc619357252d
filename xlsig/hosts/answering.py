"""A call of a function from a cell: arguments read, the function of the catalogue asked, the answer written.

What went wrong goes to the log. How arguments are read and answers written is the host's own: its `exchange` says so.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from xlsig.errors import VALUE, SignalError
from xlsig.functions.spec import Function
from xlsig.grid.contents import CellResult, ErrorCell
from xlsig.hosts.answer_log import Log

Reader = Callable[[Sequence[Any]], Iterable[Any]]
"""The arguments of a call as the host hands them over → as cells, None where one is omitted. A SignalError refuses one that is no cell."""

Writing = Callable[[CellResult], Any]
"""An answer → what the host takes."""

_NUMERIC: Final = ("series", "dates")


class RefusedError(Exception):
    """Why a host's call cannot be answered at all, in one sentence for the person."""


def answer(function: Function, read: Reader, write: Writing, log: Log | None, sent: Sequence[Any]) -> Any:
    """What the cell shows; nothing is raised. Some hosts have no log."""
    try:
        try:
            cells = function.from_cells(*read(sent))
        except SignalError as refusal:
            cells = ErrorCell(refusal.code, refusal.message)
        if log is not None and isinstance(cells, ErrorCell):
            log.refused(function.name, cells)
        return write(cells)
    except Exception:  # whatever it is, a host makes of it a traceback in the cell, or asks again and again
        return write(_fault(function, log))


def _fault(function: Function, log: Log | None) -> CellResult:
    """What stands for an answer where xlsig broke: EXPLAIN, the variadic one, says where the reason is."""
    if log is None:
        return ErrorCell(VALUE)
    log.failed(function.name, traceback.format_exc())
    return f"xlsig failed to answer; the log says why: {log.path}" if function.variadic else ErrorCell(VALUE)


def sentence(function: Function, read: Reader, log: Log, sent: Sequence[Any]) -> str:
    """What EXPLAIN says of a call; a RefusedError where xlsig broke."""
    try:
        return function.explain(*read(sent))
    except SignalError as refusal:
        return f"No answer ({refusal.code}): {refusal.message}."
    except Exception:  # a fault of ours, which the person is told in a sentence
        log.failed(function.name, traceback.format_exc())
        raise RefusedError(f"xlsig failed to explain {function.name}; the log says why: {log.path}") from None


def takes_numbers(function: Function, at: int) -> bool:
    """Whether a column in which the host finds nothing but numbers may come as `Numbers` for this argument."""
    return not function.variadic and at < len(function.arguments) and function.arguments[at].kind in _NUMERIC
