"""Repair of a workbook that is open in Excel, against stand-ins for Excel's objects. No Excel is here."""

from __future__ import annotations

from typing import Any

import pytest

from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel.contract import ADD_IN_NAME
from xlsig.hosts.excel.repairing import repair

AUTOMATIC, MANUAL = -4105, -4135
OURS = r"C:\Users\me\XLSTART\xlsig.xlam"


class _Cells:
    """One cell or a block of cells with formulas, as Excel's Range shows it."""

    def __init__(self, formulas: list[list[str]], row: int = 1, column: int = 1, refuses: bool = False) -> None:
        self.formulas, self.Row, self.Column, self.refuses = formulas, row, column, refuses
        self.HasArray, self.HasFormula, self.Areas = False, True, [self]
        self.children: dict[tuple[int, int], _Cells] = {}

    @property
    def Formula2(self) -> object:  # noqa: N802
        return self.formulas[0][0] if len(self.formulas) == 1 == len(self.formulas[0]) else tuple(map(tuple, self.formulas))

    @Formula2.setter
    def Formula2(self, formula: str) -> None:  # noqa: N802
        self._enter(formula)

    Formula = Formula2

    def _enter(self, formula: str) -> None:
        if self.refuses:
            raise RuntimeError("Unable to set the property of the Range class")
        self.formulas = [[formula]]

    def Cells(self, row: int, column: int) -> _Cells:  # noqa: N802
        return self.children.setdefault((row, column), _Cells([[self.formulas[row - 1][column - 1]]], row, column, self.refuses))

    def SpecialCells(self, kind: int) -> _Cells:  # noqa: N802
        return self

    @property
    def changed(self) -> dict[tuple[int, int], str]:
        return {at: cell.formulas[0][0] for at, cell in self.children.items()}


class _Before2021(_Cells):
    """A block in an Excel that does not spill."""

    @property
    def Formula2(self) -> object:  # noqa: N802
        raise AttributeError("Formula2")

    @Formula2.setter
    def Formula2(self, formula: str) -> None:  # noqa: N802
        raise AttributeError("Formula2")

    Formula = property(lambda self: self.formulas[0][0], lambda self, formula: self._enter(formula))

    def Cells(self, row: int, column: int) -> _Cells:  # noqa: N802
        return self


class _Sheet:
    def __init__(self, name: str, used: Any, protected: bool = False) -> None:
        self.Name, self.UsedRange, self.ProtectContents = name, used, protected


class _NoFormulas:
    HasFormula = False

    def SpecialCells(self, kind: int) -> Any:  # noqa: N802
        raise RuntimeError("No cells were found.")


class _Unreadable(_NoFormulas):
    HasFormula = None


class _Excel:
    """Excel's Application with one workbook; add-ins can be had by name and not be counted. Nothing here can recalculate."""

    def __init__(self, sheets: list[_Sheet], links: tuple[str, ...] = (), loaded: bool = True) -> None:
        self.Name, self.FullName, self.Worksheets, self.links, self.loaded = "book.xlsx", "book.xlsx", sheets, list(links), loaded
        self.ActiveWorkbook: Any = self
        self.Workbooks, self.StartupPath = self, r"C:\Users\me\XLSTART"
        self.Calculation, self.EnableEvents, self.ScreenUpdating = AUTOMATIC, True, True

    def Item(self, name: str) -> Any:  # noqa: N802
        if name == ADD_IN_NAME and self.loaded:
            return type("AddIn", (), {"FullName": OURS})
        if name != self.Name:
            raise RuntimeError("Subscript out of range")
        return self

    def LinkSources(self, kind: int) -> tuple[str, ...] | None:  # noqa: N802
        return tuple(self.links) or None

    def ChangeLink(self, old: str, new: str, kind: int) -> None:  # noqa: N802
        assert (self.Calculation, self.EnableEvents, self.ScreenUpdating) == (MANUAL, False, False)
        self.links[self.links.index(old)] = new


@pytest.mark.parametrize("loaded", [True, False])
def test_repair_relinks_and_restores_names(loaded: bool) -> None:
    area = _Cells([["=_xldudf_SELLOFF_STREAK(A1:A9)", "=SUM(A1:A9)"], ["=1+XLSIG.TRF_BASIS(1,2,3)", "=_xldudf_OTHER(1)"]])
    excel = _Excel([_Sheet("Danger", area), _Sheet("Empty", _NoFormulas())], (r"C:\other\xlsig.xlam", r"C:\data\prices.xlsx"), loaded)
    assert repair(excel, "book.xlsx") == "Repaired book.xlsx: 1 link to the add-in, 2 formulas."
    assert excel.links == [OURS, r"C:\data\prices.xlsx"]
    assert area.changed == {(1, 1): "=SELLOFF_STREAK(A1:A9)", (2, 1): "=1+TRF_BASIS(1,2,3)"}
    assert (excel.Calculation, excel.EnableEvents, excel.ScreenUpdating) == (AUTOMATIC, True, True)


def test_what_needs_no_repair_is_not_spoken_of() -> None:
    area = _Cells([["=SELLOFF_STREAK(A1:A9)", "=BDP(A1)"]])
    assert repair(_Excel([_Sheet("Danger", area)], (OURS,))) == ""
    assert area.children == {}


def test_the_at_sign_of_a_formula_that_does_not_spill_is_looked_past_and_kept() -> None:
    area = _Cells([["=@_xldudf_SELLOFF_STREAK(A1:A9)", "=IF(A1,@_xldudf_DESK_TRF_BASIS(1,2,3),0)"]])
    repair(_Excel([_Sheet("Danger", area)]))
    assert area.changed == {(1, 1): "=@SELLOFF_STREAK(A1:A9)", (1, 2): "=IF(A1,@TRF_BASIS(1,2,3),0)"}


def test_an_excel_that_does_not_spill_is_repaired_too() -> None:
    cell = _Before2021([["=_xldudf_SELLOFF_STREAK(A1:A9)"]])
    assert repair(_Excel([_Sheet("Danger", cell)])) == "Repaired book.xlsx: 0 links to the add-in, 1 formula."
    assert cell.formulas == [["=SELLOFF_STREAK(A1:A9)"]]


def test_what_cannot_be_repaired_is_said() -> None:
    ours, others = [["=_xldudf_SELLOFF_STREAK(A1)"]], [["=SUM(A1)"]]
    sheets = [
        _Sheet("Locked", _Cells(ours), protected=True),
        _Sheet("Other", _Cells(others), protected=True),
        _Sheet("Hidden", _Unreadable()),
        _Sheet("Odd", _Cells(ours, refuses=True)),
    ]
    assert repair(_Excel(sheets)) == (
        "Not touched, since they are protected: Locked. Not read, since Excel does not hand over their formulas: Hidden. "
        "Not changed, since Excel refused: Odd!A1."
    )


def test_the_workbook_that_was_opened_is_repaired_whichever_is_active() -> None:
    excel = _Excel([_Sheet("Danger", _Cells([["=_xldudf_SELLOFF_STREAK(A1)"]]))])
    excel.ActiveWorkbook = None
    assert repair(excel, "book.xlsx").startswith("Repaired book.xlsx")
    with pytest.raises(RefusedError, match="Open the workbook to repair first"):
        repair(excel)


def test_who_computes_by_hand_still_does_after_a_repair() -> None:
    excel = _Excel([_Sheet("Danger", _Cells([["=_xldudf_SELLOFF_STREAK(A1)"]]))])
    excel.Calculation = MANUAL
    repair(excel)
    assert excel.Calculation == MANUAL
