"""What the add-in does on Excel's events and the ribbon's commands, its VBA run by an interpreter, with stand-ins for Excel's objects."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAArray, VBAErrorValue, error

from tests.hosts.excel.vba_running import WHILE_WORKING, Running, to_vba
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.addin import modules
from xlsig.hosts.excel.wrappers import plain_text

FORMULAS, ERRORS, MANUAL, AUTOMATIC = -4123, 16, -4135, -4105
REPAIRED = "Done: repair:desk.xlsx"
ELSEWHERE = r"C:\Users\Other\AppData\Roaming\Microsoft\AddIns\XLSIG.xlam"

FROM_1904 = "xlsig answers #VALUE! in desk.xlsx: it counts dates from 1904."
NAME, NA = VBAErrorValue(2029), VBAErrorValue(2042)


class Cell(VBAObject):
    """A cell with a formula, and how often it alone was computed."""

    vba_type_name = "Range"

    def __init__(self, formula: str, value: Any) -> None:
        super().__init__()
        self.formula, self.value, self.computed = formula, value, 0

    @member
    def Formula(self) -> Any:  # noqa: N802
        return self.formula

    @member
    def Value2(self) -> Any:  # noqa: N802
        return self.value

    @method
    def Calculate(self) -> Any:  # noqa: N802
        self.computed += 1


class Sheet(VBAObject):
    """A worksheet, its used range and the cells with formulas there, all one object. Of a protected one Excel chooses no cells."""

    vba_type_name = "Worksheet"

    def __init__(self, name: str, cells: tuple[Cell, ...], protected: bool = False) -> None:
        super().__init__()
        self.name, self.cells, self.protected = name, cells, protected

    @member
    def Name(self) -> Any:  # noqa: N802
        return self.name

    @member
    def UsedRange(self) -> Any:  # noqa: N802
        return self

    @member
    def ProtectContents(self) -> Any:  # noqa: N802
        return self.protected

    @method
    def SpecialCells(self, kind: Any = MISSING, value: Any = MISSING) -> Any:  # noqa: N802
        assert kind == FORMULAS
        chosen = [cell for cell in self.cells if value != ERRORS or isinstance(cell.value, VBAErrorValue)]
        if self.protected or not chosen:
            raise error(1004)
        return Chosen(chosen)


class Chosen(VBAObject):
    """The cells that Excel chose."""

    vba_type_name = "Range"

    def __init__(self, cells: list[Cell]) -> None:
        super().__init__()
        self.cells = cells

    def vba_iterate(self) -> Any:
        return iter(self.cells)


class Book(VBAObject):
    """A workbook that is opened."""

    vba_type_name = "Workbook"

    def __init__(self, *sheets: Sheet, links: tuple[str, ...] = (), date1904: bool = False) -> None:
        super().__init__()
        self.sheets, self.links, self.date1904 = sheets, links, date1904

    @method
    def LinkSources(self, kind: Any = MISSING) -> Any:  # noqa: N802
        return VBAArray([(1, len(self.links))], items=list(self.links)) if self.links else EMPTY

    @member
    def Worksheets(self) -> Any:  # noqa: N802
        return VBAArray([(1, len(self.sheets))], items=list(self.sheets))

    @member
    def Date1904(self) -> Any:  # noqa: N802
        return self.date1904

    @member
    def Name(self) -> Any:  # noqa: N802
        return "desk.xlsx"


def _book(formula: str, value: Any = NAME, **more: Any) -> Book:
    return Book(Sheet("Danger", (Cell(formula, value),)), **more)


def _computed(book: Book) -> list[str]:
    return [cell.formula for sheet in book.sheets for cell in sheet.cells for _ in range(cell.computed)]


class Control(VBAObject):
    """A button of the ribbon."""

    vba_type_name = "IRibbonControl"

    @member
    def Tag(self) -> Any:  # noqa: N802
        return "sectors"


class Evaluating(VBAObject):
    """The active sheet, asked to evaluate."""

    vba_type_name = "Worksheet"

    def __init__(self, asked: list[str]) -> None:
        super().__init__()
        self.asked = asked

    @method
    def Evaluate(self, formula: Any = MISSING) -> Any:  # noqa: N802
        self.asked.append(formula)
        return "Because."


@pytest.fixture
def running(tmp_path: Path) -> Running:
    started = Running(tmp_path)
    started.application.add_workbook()
    return started


@pytest.mark.parametrize(
    ("book", "done", "computed", "status"),
    [
        pytest.param(Book(), [], 0, False, id="an ordinary workbook is left alone"),
        pytest.param(Book(links=(ELSEWHERE,)), ["repair:desk.xlsx"], 0, REPAIRED, id="a link to an add-in elsewhere is repaired"),
        pytest.param(Book(links=(r"C:\desk\rates.xlsx",)), [], 0, False, id="another link is left alone"),
        pytest.param(_book("=SELLOFF_STREAK(A1:A9)"), [], 1, False, id="our name that is not known is computed again"),
        pytest.param(_book("=@SELLOFF_STREAK(A1:A9)"), [], 1, False, id="our name behind an at sign too"),
        pytest.param(_book("=1+selloff_streak(A1:A9)"), [], 1, False, id="our name in small letters too"),
        pytest.param(_book("=[1]!SELLOFF_STREAK(A1)"), [], 1, False, id="our name behind a link too"),
        pytest.param(_book("=BDP(A1,B1)"), [], 0, False, id="another vendor's name is left alone"),
        pytest.param(_book("=MY_SELLOFF_STREAK(A1)"), [], 0, False, id="a name that ends as ours is another's"),
        pytest.param(_book("='C:\\x\\other.xlam'!SELLOFF_STREAK(A1)"), [], 0, False, id="our name in another add-in is another's"),
        pytest.param(_book('=BDP("SELLOFF_STREAK(")'), [], 0, False, id="our name in a text is no call"),
        pytest.param(_book("=SELLOFF_STREAK(A1)", NA), [], 0, False, id="another error of ours is left alone"),
        pytest.param(_book("=SELLOFF_STREAK(A1)", 3.0), [], 0, False, id="an answer of ours is left alone"),
        pytest.param(_book("=@_xldudf_SELLOFF_STREAK(A1)"), ["repair:desk.xlsx"], 0, REPAIRED, id="another host's spelling is repaired"),
        pytest.param(_book("=XLSIG.SELLOFF_STREAK(A1)"), ["repair:desk.xlsx"], 0, REPAIRED, id="the spelling of Calc too"),
        pytest.param(_book("=SELLOFF_STREAK(A1)", 3.0, date1904=True), [], 0, FROM_1904, id="dates from 1904 are announced"),
        pytest.param(_book("=BDP(A1)", 3.0, date1904=True), [], 0, False, id="but not where nothing is ours"),
    ],
)
def test_when_a_workbook_is_opened(running: Running, book: Book, done: list[str], computed: int, status: Any) -> None:
    running.press("excelItself_WorkbookOpen", book)
    assert (running.done, len(_computed(book)), running.status) == (done, computed, status)
    assert running.calculated == []


def test_of_a_thousand_names_only_ours_are_computed(running: Running) -> None:
    cells = tuple(Cell("=SPREAD_ZSCORE(A1:A9)" if row == 500 else f"=BDP(A{row})", NAME) for row in range(1_000))
    book = Book(Sheet("Rates", cells))
    running.press("excelItself_WorkbookOpen", book)
    assert _computed(book) == ["=SPREAD_ZSCORE(A1:A9)"]
    assert running.created == 0


def test_who_computes_by_hand_is_told_and_nothing_is_computed(running: Running) -> None:
    running.set("Calculation", MANUAL)
    book = _book("=SELLOFF_STREAK(A1:A9)")
    running.press("excelItself_WorkbookOpen", book)
    assert _computed(book) == []
    assert running.status == "1 formulas of xlsig in desk.xlsx show #NAME? until you press Ctrl+Alt+F9: calculation is manual."
    assert running.setting("Calculation") == MANUAL


def test_what_could_not_be_read_is_said_where_something_is_ours(running: Running) -> None:
    locked = Sheet("Locked", (Cell("=BDP(A1)", NAME),), protected=True)
    running.press("excelItself_WorkbookOpen", Book(locked))
    assert running.status is False
    running.press("excelItself_WorkbookOpen", Book(Sheet("Danger", (Cell("=SELLOFF_STREAK(A1)", NAME),)), locked))
    assert running.status == "xlsig could not read Locked of desk.xlsx."


@pytest.mark.parametrize("event", ["excelItself_SheetSelectionChange", "excelItself_SheetActivate"])
@pytest.mark.parametrize("before", [False, "Loading 3 of 7"])
def test_the_status_bar_is_given_back_when_the_person_goes_on(running: Running, event: str, before: Any) -> None:
    running.set("StatusBar", before)
    running.press("excelItself_WorkbookOpen", Book(links=(ELSEWHERE,)))
    running.press("excelItself_WorkbookOpen", Book(links=(ELSEWHERE,)))
    assert running.status == REPAIRED
    sheet = Sheet("Danger", ())
    running.press(event, *((sheet, sheet) if "Selection" in event else (sheet,)))
    assert running.status == before


def test_what_others_show_in_the_status_bar_since_then_stays(running: Running) -> None:
    running.press("excelItself_WorkbookOpen", Book(links=(ELSEWHERE,)))
    running.set("StatusBar", "Loading 3 of 7")
    running.press("excelItself_SheetActivate", Sheet("Danger", ()))
    assert running.status == "Loading 3 of 7"


def test_opening_the_add_in_describes_every_function_once(running: Running) -> None:
    running.press("Workbook_Open")
    assert running.described == {
        name: tuple(map(plain_text, (function.doc, *(argument.described for argument in function.arguments))))
        for name, function in CATALOGUE.items()
    }
    running.described.clear()
    running.press("excelItself_WorkbookActivate", Book())
    assert running.described == {}


@pytest.mark.parametrize(
    ("callback", "command"), [("XlsigRefresh", "refresh"), ("XlsigInsert", "insert:sectors"), ("XlsigDoctor", "doctor")]
)
def test_a_button_sends_its_command_and_shows_what_was_done(running: Running, callback: str, command: str) -> None:
    running.press(callback, Control())
    assert (running.done, running.said) == ([command], [f"Done: {command}"])


def test_a_button_says_why_python_does_not_start_even_in_the_silence_after_a_failure(running: Running) -> None:
    running.starts = False
    running.call("XLSIG_VERSION")
    tried = running.created
    running.press("XlsigDoctor", Control())
    assert running.created > tried
    assert running.said == ["Excel cannot start Python for xlsig: run xlsig install --host excel again."]


def test_restart_lets_the_server_go_and_computes_all_anew(running: Running) -> None:
    running.call("SELLOFF_STREAK", to_vba([[-1.0]]))
    running.press("XlsigRestart", Control())
    running.call("SELLOFF_STREAK", to_vba([[-1.0]]))
    assert (running.created, running.calculated) == (2, ["CalculateFull"])


def test_explain_asks_for_a_cell_with_one_call(running: Running) -> None:
    running.press("XlsigExplain", Control())
    assert running.said == ["Choose a cell whose formula is one call of an xlsig function."]


def test_explain_without_a_workbook_asks_for_a_cell(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.press("XlsigExplain", Control())
    assert running.said == ["Choose a cell whose formula is one call of an xlsig function."]


@pytest.mark.parametrize("formula", ["=SELLOFF_STREAK(A1:A3)", "=@SELLOFF_STREAK(A1:A3)", "='C:\\xlsig.xlam'!SELLOFF_STREAK(A1:A3)"])
def test_explain_asks_for_the_sentence_of_the_chosen_cell(running: Running, formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    chosen = Cell(formula, 1.0)
    members = type(running.application.application)._vba_members
    for name, value in (("ActiveCell", chosen), ("ActiveSheet", Evaluating(asked))):
        monkeypatch.setitem(members, name.lower(), MemberSpec(name, "property", lambda excel, value=value: value))
    running.press("XlsigExplain", Control())
    assert asked == ['EXPLAIN("SELLOFF_STREAK",A1:A3)']
    assert running.said == ["Because."]


def test_help_names_explain(running: Running) -> None:
    running.press("XlsigHelp", Control())
    assert "=EXPLAIN(" in running.said[0]


@pytest.mark.parametrize("procedure", ["XlsigDo", "XlsigReceive"])
def test_a_cell_cannot_give_a_command(running: Running, procedure: str) -> None:
    given: Any = r"refresh:\\other\desk" if procedure == "XlsigDo" else Book(links=(ELSEWHERE,))
    running.call(procedure, given, "")
    assert (running.done, running.created) == ([], 0)
    running.press(procedure, given, "")
    assert len(running.done) == 1


def test_a_cell_cannot_let_the_server_go(running: Running) -> None:
    running.call("XLSIG_VERSION")
    running.call("XlsigForget")
    running.call("XLSIG_VERSION")
    assert running.created == 1


@pytest.mark.parametrize("number", [462, 0x80010001 - 2**32, 0x800706BF - 2**32])
def test_a_command_is_given_once_and_excel_is_set_back_where_python_ends_in_the_middle(running: Running, number: int) -> None:
    running.faults.append(number)
    running.press("XlsigRefresh", Control())
    assert running.done == ["refresh"]
    assert running.said == [
        f"Python ended before this was done (error {number}), and it is not tried again. "
        "Look at the workbook, then choose the command once more."
    ]
    assert {name: running.setting(name) for name in WHILE_WORKING} == {
        "Calculation": AUTOMATIC,
        "EnableEvents": True,
        "ScreenUpdating": True,
    }
    running.press("XlsigRefresh", Control())
    assert (running.done, running.created) == (["refresh", "refresh"], 2)


def test_a_server_that_died_since_is_replaced_before_a_command_is_given(running: Running) -> None:
    running.call("XLSIG_VERSION")
    running.greetings.append(462)
    running.press("XlsigRefresh", Control())
    assert (running.done, running.created, running.said) == (["refresh"], 2, ["Done: refresh"])


def test_a_long_message_ends_in_dots_before_the_box_cuts_it(running: Running) -> None:
    running.replies["doctor"] = "x" * 1_030
    running.press("XlsigDoctor", Control())
    assert running.said == ["x" * 996 + " ..."]


def test_only_the_functions_are_public_to_cells() -> None:
    seen = [module.name for module in modules() if module.kind == "module" and "Option Private Module" not in module.code.splitlines()]
    assert seen == ["XlsigFunctions"]
    (functions,) = (module.code for module in modules() if module.name == "XlsigFunctions")
    public = re.findall(r"^(?:Public )?(?:Function|Sub) (\w+)", functions, re.MULTILINE)
    assert sorted(public) == sorted(CATALOGUE)
    assert not [module.name for module in modules() if "CallByName" in module.code]
