"""The calls of the add-in: arguments read, the function of the catalogue asked, the answer written. What went wrong goes to the log."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any

from xlsig.errors import VALUE, SignalError
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Function
from xlsig.grid.contents import ErrorCell
from xlsig.hosts.answer_log import Log
from xlsig.hosts.excel.contract import PROTOCOL
from xlsig.hosts.excel.exchange import Sent, read_all, written


class RefusedError(Exception):
    """Why a call cannot be answered at all, in one sentence for the person."""


def hello(protocol: int) -> str:
    """Which xlsig answers; a RefusedError where the add-in was made by another one."""
    version = CATALOGUE["XLSIG_VERSION"]()
    if protocol != PROTOCOL:
        raise RefusedError(
            f"The add-in in Excel and xlsig {version} do not fit together: run xlsig install --host excel again, then restart Excel."
        )
    return f"xlsig {version}"


def answer(name: str, arguments: Sequence[Any], log: Log) -> Sent:
    """A function's answer for a cell."""
    function = _function(name)
    try:
        cells = function.from_cells(*read_all(function, arguments))
    except SignalError as error:
        cells = ErrorCell(error.code, error.message)
    except Exception:
        log.failed(name, traceback.format_exc())
        return f"xlsig failed to answer; the log says why: {log.path}" if function.variadic else written(ErrorCell(VALUE))
    if isinstance(cells, ErrorCell):
        log.refused(name, cells)
    return written(cells)


def sentence(name: str, arguments: Sequence[Any], log: Log) -> str:
    """What EXPLAIN says of a call."""
    function = _function(name)
    try:
        return function.explain(*read_all(function, arguments))
    except SignalError as error:
        return f"No answer ({error.code}): {error.message}."
    except Exception:
        log.failed(name, traceback.format_exc())
        raise RefusedError(f"xlsig failed to explain {name}; the log says why: {log.path}") from None


def _function(name: str) -> Function:
    function = CATALOGUE.get(name)
    if function is None:
        raise RefusedError(f"xlsig has no function {name[:40]}: run xlsig install --host excel again, then restart Excel.")
    return function
