"""What the add-in does on Excel's events and the ribbon's commands, its VBA run by an interpreter, with stand-ins for Excel's objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyopenvba.interpreter._objects import VBAObject, member, method
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAArray

from tests.hosts.excel.vba_running import Running, to_vba
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.wrappers import plain_text

ELSEWHERE = r"C:\Users\Other\AppData\Roaming\Microsoft\AddIns\XLSIG.xlam"

FROM_1904 = "xlsig answers #VALUE! in desk.xlsx: it counts dates from 1904."


class Book(VBAObject):
    """A workbook that is opened: its links, what its only cell with an error shows, and where its dates count from."""

    vba_type_name = "Workbook"

    def __init__(self, links: tuple[str, ...] = (), shown: str = "", date1904: bool = False) -> None:
        super().__init__()
        self.links, self.shown, self.date1904 = links, shown, date1904

    @method
    def LinkSources(self, kind: Any = MISSING) -> Any:  # noqa: N802
        return VBAArray([(1, len(self.links))], items=list(self.links)) if self.links else EMPTY

    @member
    def Worksheets(self) -> Any:  # noqa: N802
        return VBAArray([(1, 1)], items=[Sheet(self.shown)])

    @member
    def Date1904(self) -> Any:  # noqa: N802
        return self.date1904

    @member
    def Name(self) -> Any:  # noqa: N802
        return "desk.xlsx"


class Sheet(VBAObject):
    """A worksheet, its used range, the cells there that show an error, and the only one of them, all one object."""

    vba_type_name = "Worksheet"

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.shown = shown

    @member
    def UsedRange(self) -> Any:  # noqa: N802
        return self

    @method
    def SpecialCells(self, kind: Any = MISSING, value: Any = MISSING) -> Any:  # noqa: N802
        return self

    def vba_iterate(self) -> Any:
        return iter([self])

    @member
    def Text(self) -> Any:  # noqa: N802
        return self.shown


class Control(VBAObject):
    """A button of the ribbon."""

    vba_type_name = "IRibbonControl"

    @member
    def Tag(self) -> Any:  # noqa: N802
        return "sectors"


@pytest.fixture
def running(tmp_path: Path) -> Running:
    started = Running(tmp_path)
    started.application.add_workbook()
    return started


@pytest.mark.parametrize(
    ("book", "done", "calculated", "status"),
    [
        pytest.param(Book(), [], [], False, id="an ordinary workbook is left alone"),
        pytest.param(Book(links=(ELSEWHERE,)), ["repair"], [], "Done: repair", id="a link to an add-in elsewhere is repaired"),
        pytest.param(Book(links=(r"C:\desk\rates.xlsx",)), [], [], False, id="another link is left alone"),
        pytest.param(Book(shown="#NAME?"), [], ["CalculateFullRebuild"], False, id="a name that is not known is read again"),
        pytest.param(Book(shown="#N/A"), [], [], False, id="another error is left alone"),
        pytest.param(Book(date1904=True), [], [], FROM_1904, id="dates from 1904 are announced"),
    ],
)
def test_when_a_workbook_is_opened(running: Running, book: Book, done: list[str], calculated: list[str], status: Any) -> None:
    running.call("excelItself_WorkbookOpen", book)
    assert (running.done, running.calculated, running.status) == (done, calculated, status)


def test_opening_the_add_in_describes_every_function_once(running: Running) -> None:
    running.call("Workbook_Open")
    assert running.described == {
        name: tuple(map(plain_text, (function.doc, *(argument.described for argument in function.arguments))))
        for name, function in CATALOGUE.items()
    }
    running.described.clear()
    running.call("excelItself_WorkbookActivate", Book())
    assert running.described == {}


@pytest.mark.parametrize(
    ("callback", "command"), [("XlsigRefresh", "refresh"), ("XlsigInsert", "insert:sectors"), ("XlsigDoctor", "doctor")]
)
def test_a_button_sends_its_command_and_shows_what_was_done(running: Running, callback: str, command: str) -> None:
    running.call(callback, Control())
    assert (running.done, running.said) == ([command], [f"Done: {command}"])


def test_a_button_says_why_python_does_not_start_even_in_the_silence_after_a_failure(running: Running) -> None:
    running.starts = False
    running.call("XLSIG_VERSION")
    tried = running.created
    running.call("XlsigDoctor", Control())
    assert running.created > tried
    assert running.said == ["Excel cannot start Python for xlsig: run xlsig install --host excel again."]


def test_restart_lets_the_server_go_and_computes_all_anew(running: Running) -> None:
    running.call("SELLOFF_STREAK", to_vba([[-1.0]]))
    running.call("XlsigRestart", Control())
    running.call("SELLOFF_STREAK", to_vba([[-1.0]]))
    assert (running.created, running.calculated) == (2, ["CalculateFull"])


def test_explain_asks_for_a_cell_with_one_call(running: Running) -> None:
    running.call("XlsigExplain", Control())
    assert running.said == ["Choose a cell whose formula is one call of an xlsig function."]


def test_help_names_explain(running: Running) -> None:
    running.call("XlsigHelp", Control())
    assert "=EXPLAIN(" in running.said[0]
