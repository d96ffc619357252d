"""The add-in's VBA as pyOpenVBA's interpreter runs it, with CreateObject answered by the code that answers Excel."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAArray, VBAErrorValue, VBAInt, error

from xlsig.functions import golden
from xlsig.grid.contents import ERROR_NUMBERS, serial
from xlsig.hosts.answer_log import Log
from xlsig.hosts.excel import exchange
from xlsig.hosts.excel.addin import modules
from xlsig.hosts.excel.contract import ERROR_BASE, PROG_ID

LONGEST_TEXT = 255
WHILE_WORKING = {"Calculation": -4135, "EnableEvents": False, "ScreenUpdating": False}
"""What a server that ends in the middle of a command has set Excel to."""
NOW = dt.datetime(2026, 3, 2, 9, 0)


class Served(VBAObject):
    """What CreateObject returns: the server's methods, which fail with the numbers in `faults` and `greetings` first."""

    vba_type_name = "Server"

    def __init__(self, running: Running) -> None:
        super().__init__()
        self.log, self.faults, self.asked, self.done = running.log, running.faults, running.asked, running.done
        self.greetings, self.replies = running.greetings, running.replies

    @method
    def Hello(self, protocol: Any = MISSING) -> Any:  # noqa: N802
        if self.greetings:
            raise error(self.greetings.pop(0))
        return exchange.hello(int(protocol))

    @method
    def Answer(self, name: Any = MISSING, arguments: Any = MISSING) -> Any:  # noqa: N802
        sent = sent_to_python(arguments)
        self.asked.append((name, sent))
        if self.faults:
            raise error(self.faults.pop(0))
        if name in self.replies:
            return self.replies[name]
        return to_vba(exchange.answer(name, sent, self.log))

    @method
    def Perform(self, command: Any = MISSING, application: Any = MISSING) -> Any:  # noqa: N802
        assert application.vba_type_name == "Application"
        self.done.append(command)
        if self.faults:
            number = self.faults.pop(0)
            for name, value in WHILE_WORKING.items():
                application.vba_set(name, value)
            raise error(number)
        return self.replies.get(command, f"Done: {command}")


class Surroundings(VBAObject):
    """What pyOpenVBA lacks: a command bar with its control, and the calling cell with its sheet and workbook, all one object."""

    vba_type_name = "Range"
    wizard_open: ClassVar[bool] = False
    from_1904: ClassVar[bool] = False

    @method
    def Controls(self, index: Any = MISSING) -> Any:  # noqa: N802
        return self

    @member
    def Enabled(self) -> Any:  # noqa: N802
        return not self.wizard_open

    @member
    def Worksheet(self) -> Any:  # noqa: N802
        return self

    @member
    def Parent(self) -> Any:  # noqa: N802
        return self

    @member
    def Date1904(self) -> Any:  # noqa: N802
        return self.from_1904


class Running:
    """The modules of the add-in, loaded."""

    def __init__(self, folder: Path) -> None:
        self.application = ExcelApplication()
        self.created, self.faults, self.asked = 0, list[int](), list[tuple[str, Any]]()
        self.done, self.described, self.calculated = list[str](), dict[str, tuple[str, ...]](), list[str]()
        self.greetings, self.replies = list[int](), dict[str, Any]()
        self.starts, self.from_cell = True, True
        self.log = Log(str(folder / "excel.log"))
        self.application.freeze_clock(NOW)
        excel = type(self.application.application)
        excel.vba_add_member(MemberSpec("CommandBars", "method", lambda excel, index=MISSING: Surroundings(), parameters=("index",)))
        excel.vba_add_member(MemberSpec("Caller", "property", _caller))
        options = ("Macro", "Description", "Category", "ArgumentDescriptions")
        excel.vba_add_member(MemberSpec("MacroOptions", "method", _described, parameters=options))
        for name in ("CalculateFull", "CalculateFullRebuild"):
            excel.vba_add_member(MemberSpec(name, "method", partial(_calculated, name)))
        self.application.interpreter.running = self
        self.application.interpreter.create_com = self._create
        for module in modules():
            if module.kind == "module":
                self.application.add_module(module.source(), name=module.name, kind="standard")
            elif module.name == "ThisWorkbook":  # the interpreter does not know WithEvents: the events are called by the test
                self.application.add_module(module.source().replace("WithEvents ", ""), name="Events", kind="standard")

    def call(self, name: str, *arguments: Any) -> Any:
        """A function's answer as the cell shows it, an error as its Long."""
        self.from_cell = True
        return sent_to_python(self.application.interpreter.run(name, arguments))

    def press(self, name: str, *arguments: Any) -> None:
        """Run a procedure as Excel does for a button or an event, which no cell is behind."""
        self.from_cell = False
        self.application.interpreter.run(name, arguments)

    def setting(self, name: str) -> Any:
        """What Excel is set to."""
        return self.application.application.vba_get(name, [], {})

    def set(self, name: str, value: Any) -> None:
        """Set Excel to something."""
        self.application.application.vba_set(name, value)

    def _create(self, name: str) -> Served:
        self.created += 1
        assert name == PROG_ID
        if not self.starts:
            raise error(429)
        return Served(self)

    @property
    def said(self) -> list[str]:
        """What message boxes showed."""
        return [prompt for _, prompt, _, _ in self.application.interpreter.dialogs]

    @property
    def status(self) -> Any:
        """What the status bar shows; False while it shows Excel's own text."""
        return self.application.application.vba_get("StatusBar", [], {})


def _described(excel: Any, macro: Any, description: Any, category: Any, texts: Any) -> None:
    """Application.MacroOptions, which refuses a text of more than 255 signs."""
    if max(map(len, (description, *texts.items))) > LONGEST_TEXT:
        raise error(1004)
    assert category == "xlsig"
    excel.interpreter.running.described[macro.rpartition("!")[2]] = (description, *texts.items)


def _caller(excel: Any) -> Any:
    """Application.Caller: the cell that asks, or an error where a button or an event does."""
    return Surroundings() if excel.interpreter.running.from_cell else VBAErrorValue(2023)


def _calculated(name: str, excel: Any) -> None:
    excel.interpreter.running.calculated.append(name)


def to_vba(value: Any) -> Any:
    """A golden cell, or an answer of the server, as VBA holds it."""
    if isinstance(value, golden.GoldenError):
        return VBAErrorValue(ERROR_NUMBERS[value.code])
    if isinstance(value, dt.date):
        return float(serial(value))
    if isinstance(value, list | tuple):
        rows = [[to_vba(cell) for cell in row] for row in value]
        return VBAArray([(1, len(rows)), (1, len(rows[0]))], items=[row[at] for at in range(len(rows[0])) for row in rows])
    if value is None:
        return EMPTY
    if isinstance(value, int) and not isinstance(value, bool):
        return VBAInt(value) if value < 0 else float(value)
    return value


def sent_to_python(value: Any) -> Any:
    """What pywin32 would make of a value of VBA."""
    if isinstance(value, VBAErrorValue):
        return ERROR_BASE + value.number
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            return tuple(map(sent_to_python, value.items))
        (low, high), (left, right) = value.bounds
        return tuple(tuple(sent_to_python(value.get([row, at])) for at in range(left, right + 1)) for row in range(low, high + 1))
    return None if value is EMPTY else int(value) if isinstance(value, VBAInt) else value
