"""What the add-in's calls answer, without COM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import xlsig
from tests.patience import PATIENCE, comes_true
from xlsig.hosts import answer_log
from xlsig.hosts.answer_log import Log
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel.contract import PROTOCOL
from xlsig.hosts.excel.exchange import answer, error_number, hello, sentence
from xlsig.hosts.excel.obstacles import open_excel
from xlsig.hosts.excel.ribbon_commands import do


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(str(tmp_path / "xlsig" / "excel.log"))


def test_the_same_protocol_is_greeted_with_the_version() -> None:
    assert hello(PROTOCOL) == f"xlsig {xlsig.xlsig_version()}"


def test_another_protocol_is_told_to_install_again() -> None:
    with pytest.raises(RefusedError, match="run xlsig install --host excel again, then restart Excel"):
        hello(PROTOCOL + 1)


def test_a_refused_cell_is_logged_once(log: Log) -> None:
    for _ in range(3):
        assert answer("SELLOFF_PACE", [((1.0,), (2.0,)), 0.0], log) == error_number("#NUM!")
    (line,) = log.path.read_text().splitlines()
    assert line.endswith("SELLOFF_PACE: #NUM! sessions must be 1 or more, not 0")


def test_an_argument_that_is_no_cell_is_an_error_with_its_reason(log: Log) -> None:
    assert answer("SELLOFF_PACE", [object()], log) == error_number("#VALUE!")
    assert sentence("SELLOFF_PACE", [object()], log) == "No answer (#VALUE!): an argument must be cells, and one is object."


def test_a_function_that_is_unknown_is_told_to_install_again(log: Log) -> None:
    for ask in (answer, sentence):
        with pytest.raises(RefusedError, match="no function NO_SUCH: run xlsig install"):
            ask("NO_SUCH", [], log)


@pytest.mark.parametrize(
    ("command", "said"), [("dance", "no command dance"), ("insert:nothing", "no template 'nothing'; choose from danger")]
)
def test_a_command_that_is_unknown_is_one_sentence(command: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        do(command, None)


def test_a_thousand_different_reasons_open_the_log_twice_and_none_is_lost(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    genuine = Path.open

    def counted(path: Path, *how: Any, **more: Any) -> Any:
        opened.append(path)
        return genuine(path, *how, **more)

    monkeypatch.setattr(Path, "open", counted)
    monkeypatch.setattr(answer_log, "_PAUSE", 3_600.0)
    for cell in range(1_000):
        assert answer("SELLOFF_PACE", [((1.0,), (2.0,)), float(-cell)], log) == error_number("#NUM!")
    assert opened == [log.path]
    log.flush()
    assert opened == [log.path, log.path]
    lines = log.path.read_text().splitlines()
    assert [line.partition("SELLOFF_PACE: ")[2] for line in lines] == [
        f"#NUM! sessions must be 1 or more, not {-cell}" for cell in range(1_000)
    ]


def test_what_waits_for_the_log_is_written_a_moment_later_by_itself(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_log, "_PAUSE", 0.05)
    for cell in range(3):
        answer("SELLOFF_PACE", [((1.0,), (2.0,)), float(-cell)], log)
    assert comes_true(lambda: len(log.path.read_text().splitlines()) == 3)


ENDING = """
import sys
from xlsig.hosts.answer_log import Log
from xlsig.grid.contents import ErrorCell
log = Log(sys.argv[1])
for reason in range(5):
    log.refused("SELLOFF_PACE", ErrorCell("#NUM!", str(reason)))
"""


def test_what_waits_for_the_log_is_written_when_python_ends(log: Log) -> None:
    subprocess.run([sys.executable, "-c", ENDING, str(log.path)], check=True, timeout=PATIENCE)
    assert [line[-1] for line in log.path.read_text().splitlines()] == list("01234")


class com_error(Exception):  # noqa: N801, N818
    """An error of COM, as pywin32 has it."""

    def __init__(self, hresult: int, said: str | None = None, scode: int = 0) -> None:
        super().__init__(hresult)
        self.hresult, self.strerror = hresult, "Exception occurred."
        self.excepinfo = (0, "Microsoft Excel", said, None, 0, scode) if said else None


BUSY = "Excel is busy: end the editing of the cell, close what asks for an answer, then choose the command again."


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (com_error(-2147352567, "x", scode=-2146777998), BUSY),
        (com_error(-2146777998), BUSY),
        (com_error(-2147418111), BUSY),
        (com_error(-2147352567, "The sheet is\n protected."), "Excel refused this (The sheet is protected.): look at the workbook"),
        (com_error(-2147024809), "Excel refused this (Exception occurred.): look at the workbook"),
    ],
    ids=["a cell is edited", "a dialog is open", "the call is rejected", "Excel gives a reason", "none is given"],
)
def test_what_excel_refuses_is_one_sentence(failure: Exception, said: str) -> None:
    class Excel:
        @property
        def DefaultFilePath(self) -> str:  # noqa: N802
            raise failure

    with pytest.raises(RefusedError) as refused:
        do("insert:danger", Excel())
    assert str(refused.value).startswith(said)


def test_a_message_longer_than_a_box_is_whole_in_a_file_that_it_names(tmp_path: Path) -> None:
    class Excel:
        DefaultFilePath = str(tmp_path / "/".join(["folder"] * 30))

        def __init__(self) -> None:
            self.Workbooks = self

        def Open(self, path: str) -> None:  # noqa: N802
            raise OSError(f"{path} " + "is too long. " * 100)

    Path(Excel.DefaultFilePath).mkdir(parents=True)
    with pytest.raises(RefusedError) as refused:
        do("insert:danger", Excel())
    path = tmp_path / "xlsig" / "excel-message.txt"
    shown = str(refused.value)
    assert len(shown) == 1_000
    assert shown.endswith(f" ...\nThe whole text: {path}")
    assert path.read_text().count("is too long.") == 100


def test_the_ribbons_doctor_shows_what_is_wrong_and_writes_all_of_it(tmp_path: Path) -> None:
    *wrong, where = do("doctor", None).splitlines()
    path = tmp_path / "xlsig" / "excel-doctor.txt"
    assert where == f"All 1 checks: {path}"
    assert wrong == path.read_text().splitlines()
    assert wrong[0].startswith("NO  Windows: ")


class _OpenExcel:
    """The Application of an Excel that is open."""

    def __init__(self, user_control: bool, loaded: bool) -> None:
        self.UserControl, self.loaded, self.Workbooks = user_control, loaded, self

    def Item(self, name: str) -> None:  # noqa: N802
        if not self.loaded:
            raise com_error(-2147352565, "Subscript out of range")


@pytest.mark.parametrize(
    ("application", "good", "said"),
    [
        (None, True, "none is open"),
        (_OpenExcel(True, True), True, "it has loaded the add-in"),
        (
            _OpenExcel(False, False),
            False,
            "another program started it, and such an Excel loads no add-ins: end EXCEL.EXE",
        ),
        (_OpenExcel(True, False), False, "close it and start it again"),
    ],
)
def test_doctor_knows_an_excel_that_another_program_started(application: Any, good: bool, said: str) -> None:
    finding = open_excel("open Excel", application)
    assert finding.good is good
    assert said in finding.said
