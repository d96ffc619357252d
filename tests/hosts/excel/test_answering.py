"""What the add-in's calls answer, without COM."""

from __future__ import annotations

from pathlib import Path

import pytest

import xlsig
from xlsig.hosts.answer_log import Log
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel.contract import PROTOCOL
from xlsig.hosts.excel.exchange import answer, error_number, hello, sentence
from xlsig.hosts.excel.repairing import repair
from xlsig.hosts.excel.ribbon_commands import do


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


class _Cells:
    """One cell or a block of cells with formulas, as Excel's Range shows it."""

    def __init__(self, formulas: list[list[str]], array: bool = False) -> None:
        self.formulas, self.HasArray, self.Row, self.Column = formulas, array, 1, 1
        self.children: dict[tuple[int, int], _Cells] = {}

    @property
    def Formula2(self) -> object:  # noqa: N802
        return self.formulas[0][0] if len(self.formulas) == 1 == len(self.formulas[0]) else tuple(map(tuple, self.formulas))

    @Formula2.setter
    def Formula2(self, formula: str) -> None:  # noqa: N802
        self.formulas = [[formula]]

    def Cells(self, row: int, column: int) -> _Cells:  # noqa: N802
        return self.children.setdefault((row, column), _Cells([[self.formulas[row - 1][column - 1]]]))


class _Sheet:
    def __init__(self, name: str, area: _Cells | None, protected: bool = False) -> None:
        self.Name, self.area, self.ProtectContents, self.UsedRange = name, area, protected, self

    def SpecialCells(self, kind: int) -> _Sheet:  # noqa: N802
        if self.area is None:
            raise RuntimeError("No cells were found.")
        return self

    @property
    def Areas(self) -> list[_Cells | None]:  # noqa: N802
        return [self.area]


class _Excel:
    """Excel's Application with one workbook."""

    def __init__(self, sheets: list[_Sheet], links: tuple[str, ...]) -> None:
        self.ActiveWorkbook, self.Name, self.FullName, self.Worksheets, self.links = self, "book.xlsx", "book.xlsx", sheets, list(links)
        self.Workbooks, self.StartupPath, self.rebuilt = [self], r"C:\Users\me\XLSTART", 0

    def LinkSources(self, kind: int) -> tuple[str, ...] | None:  # noqa: N802
        return tuple(self.links) or None

    def ChangeLink(self, old: str, new: str, kind: int) -> None:  # noqa: N802
        self.links[self.links.index(old)] = new

    def CalculateFullRebuild(self) -> None:  # noqa: N802
        self.rebuilt += 1


def test_repair_relinks_restores_names_and_recalculates() -> None:
    area = _Cells([["=_xldudf_SELLOFF_STREAK(A1:A9)", "=SUM(A1:A9)"], ["=1+XLSIG.TRF_BASIS(1,2,3)", "=_xldudf_OTHER(1)"]])
    sheets = [_Sheet("Danger", area), _Sheet("Empty", None), _Sheet("Locked", _Cells([["=_xldudf_SELLOFF_STREAK(A1)"]]), protected=True)]
    excel = _Excel(sheets, (r"C:\Users\other\XLSTART\xlsig.xlam", r"C:\data\prices.xlsx"))
    said = repair(excel)
    assert said == (
        "Repaired book.xlsx: 1 link to the add-in, 2 formulas, and all recalculated. Not touched, since they are protected: Locked."
    )
    assert excel.links == [r"C:\Users\me\XLSTART\xlsig.xlam", r"C:\data\prices.xlsx"]
    assert {at: cell.formulas[0][0] for at, cell in area.children.items()} == {
        (1, 1): "=SELLOFF_STREAK(A1:A9)",
        (2, 1): "=1+TRF_BASIS(1,2,3)",
    }
    assert excel.rebuilt == 1
    assert repair(excel).startswith("Repaired book.xlsx: 0 links to the add-in")
