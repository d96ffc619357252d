"""The add-in's own VBA, interpreted on this machine; CreateObject is answered by what the COM server answers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, method
from pyopenvba.interpreter._values import EMPTY, MISSING, NOTHING, VBAArray, VBAErrorValue, error

from xlsig.functions import golden
from xlsig.functions.cells import ERROR_NUMBERS, ErrorCell, serial
from xlsig.hosts.excel import answering
from xlsig.hosts.excel.addin import modules
from xlsig.hosts.excel.contract import ERROR_BASE, FAILED, PROG_ID
from xlsig.hosts.excel.encoding import error_number
from xlsig.hosts.writing_log import Log

_CODES = {number: code for code, number in ERROR_NUMBERS.items()}


class Server(VBAObject):
    """The server's methods as VBA sees them, without COM between."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.asked: list[tuple[str, list[Any]]] = []
        self.failure = 0

    @method
    def Hello(self, protocol: Any = MISSING) -> str:  # noqa: N802
        self._fail()
        try:
            return answering.hello(int(protocol))
        except answering.RefusedError as refusal:
            raise error(FAILED, str(refusal)) from None

    @method
    def Answer(self, name: Any = MISSING, arguments: Any = MISSING) -> Any:  # noqa: N802
        self._fail()
        handed = [received(value) for value in arguments.items]
        self.asked.append((name, handed))
        return sent(answering.answer(name, handed, self._log))

    def _fail(self) -> None:
        if self.failure:
            raise error(self.failure)


class AddIn:
    """An Excel of the interpreter with the add-in's modules; `create` makes the server that CreateObject hands out."""

    def __init__(self, create: Callable[[], Server]) -> None:
        self.started = 0
        self._create = create
        self._excel = ExcelApplication()
        self._excel.add_workbook()
        of_application = type(self._excel.application)
        for name in ("CommandBars", "Caller"):  # Excel's, which the interpreter lacks
            of_application.vba_add_member(MemberSpec(name=name, kind="property", getter=lambda self: NOTHING))
        for module in modules():
            if module.kind == "module":
                self._excel.add_module(module.source(), name=module.name)
        self._excel.interpreter.create_com = self._created

    def _created(self, name: str) -> Server:
        assert name == PROG_ID
        self.started += 1
        return self._create()

    def run(self, function: str, *arguments: Any) -> Any:
        """A function's answer, from golden cells as Excel's formula would hand them over."""
        return shown(self._excel.run(function, *map(handed, arguments)))

    def at(self, moment: Any) -> None:
        """Stop the clock there."""
        self._excel.freeze_clock(moment)


def handed(cell: Any) -> Any:
    """A golden cell or range as VBA holds it."""
    if isinstance(cell, tuple):
        rows, columns = len(cell), len(cell[0])
        array = VBAArray([(1, rows), (1, columns)])
        for down, row in enumerate(cell, start=1):
            for across, value in enumerate(row, start=1):
                array.set([down, across], handed(value))
        return array
    if cell is None:
        return EMPTY
    if isinstance(cell, golden.GoldenError):
        return VBAErrorValue(error_number(cell.code) - ERROR_BASE)
    if isinstance(cell, bool | str):
        return cell
    return float(cell) if isinstance(cell, int | float) else float(serial(cell))


def received(value: Any) -> Any:
    """What pywin32 makes of a VBA value: tuples for arrays, the number of an error, None for Empty."""
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            return tuple(received(item) for item in value.items)
        (top, bottom), (left, right) = value.bounds
        return tuple(tuple(received(value.get([row, column])) for column in range(left, right + 1)) for row in range(top, bottom + 1))
    if isinstance(value, VBAErrorValue):
        return ERROR_BASE + value.number
    return None if value is EMPTY else value


def sent(answer: Any) -> Any:
    """An answer as VBA holds it: an array of two dimensions for a block."""
    if not isinstance(answer, list):
        return answer
    array = VBAArray([(0, len(answer) - 1), (0, len(answer[0]) - 1)])
    for down, row in enumerate(answer):
        for across, value in enumerate(row):
            array.set([down, across], value)
    return array


def shown(value: Any) -> Any:
    """An answer as a cell shows it: errors by their code, blocks as rows."""
    if isinstance(value, list):
        return [[shown(cell) for cell in row] for row in value]
    return ErrorCell(_CODES[value.number]) if isinstance(value, VBAErrorValue) else value
