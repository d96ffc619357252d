"""The server asked from Python: for the live round trip of `doctor`, and for the self-test."""

from __future__ import annotations

import datetime as dt
import math
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from xlsig.errors import DataError
from xlsig.functions import golden
from xlsig.grid.contents import serial
from xlsig.hosts.excel.contract import OMITTED, PROG_ID, PROTOCOL
from xlsig.hosts.excel.exchange import error_number
from xlsig.hosts.installing import Verdict

T = TypeVar("T")

_FLOWS = tuple((-1.0 if row else 1.0,) for row in range(250))
_CALLS = 100


def connected() -> Any:
    """The server; Windows starts it where it does not run."""
    return import_module("win32com.client.dynamic").Dispatch(PROG_ID)


def round_trip() -> tuple[str, float, float]:
    """Who answers, the seconds until the first answer, and the seconds of a call with 250 rows."""
    began = time.perf_counter()
    server = connected()
    who = str(server.Hello(PROTOCOL))
    started = time.perf_counter()
    for _ in range(_CALLS):
        streak = server.Answer("SELLOFF_STREAK", (_FLOWS,))
        if streak != 249.0:
            raise DataError(f"SELLOFF_STREAK of 249 sessions that sold answers {streak!r}")
    return who, started - began, (time.perf_counter() - started) / _CALLS


def selftest() -> list[Verdict]:
    """The verdict on every function: each golden case asked of the server, the way the add-in does."""
    server = connected()
    verdicts = []
    for name in golden.FUNCTIONS:
        cases = golden.cases(name)
        failed = [case.name for case in cases if not agrees(server.Answer(name, tuple(map(_as_sent, case.arguments))), case.expected)]
        verdicts.append(Verdict(name, not failed, len(cases), tuple(failed)))
    return verdicts


def _as_sent(cell: golden.GoldenCell) -> Any:
    """A golden cell as the server reads it; a number of the error range stands for an error cell, which pywin32 cannot send."""
    if isinstance(cell, tuple):
        return tuple(tuple(None if each is None else _as_sent(each) for each in row) for row in cell)
    return OMITTED if cell is None else _as_written(cell)


def _as_written(cell: golden.GoldenCell) -> Any:
    """A golden cell as the server writes it."""
    if isinstance(cell, tuple):
        return tuple(tuple(map(_as_written, row)) for row in cell)
    if isinstance(cell, golden.GoldenError):
        return error_number(cell.code)
    if isinstance(cell, dt.date):
        return float(serial(cell))
    return cell if isinstance(cell, bool | str) or cell is None else float(cell)


def agrees(answer: Any, expected: golden.GoldenCell) -> bool:
    """Whether the server's answer is the expected one: of the same type, numbers to nine digits. A block of one cell is that cell."""
    wanted = _as_written(expected)
    if isinstance(wanted, tuple):
        rows = answer if isinstance(answer, list | tuple) else ()
        return len(rows) == len(wanted) and all(
            len(row) == len(each) and all(map(_same, row, each)) for row, each in zip(rows, wanted, strict=True)
        )
    if isinstance(answer, list | tuple) and len(answer) == 1 and len(answer[0]) == 1:
        return _same(answer[0][0], wanted)
    return _same(answer, wanted)


def _same(answer: Any, wanted: Any) -> bool:
    if type(answer) is not type(wanted):
        return False
    return math.isclose(answer, wanted, rel_tol=1e-9, abs_tol=1e-12) if isinstance(answer, float) else bool(answer == wanted)


def within(seconds: float, ask: Callable[[], T]) -> T:
    """What is asked for, in a thread of its own, since a COM call cannot be given a time limit; a DataError if it takes longer."""
    answered: list[T] = []
    failed: list[Exception] = []

    def work() -> None:
        import_module("pythoncom").CoInitialize()
        try:
            answered.append(ask())
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not answered:
        raise DataError(f"no answer within {seconds:g} seconds")
    return answered[0]
