"""A workbook as xlwings shows one that is open, over openpyxl: only what the refresh uses, and no Excel. It computes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

AUTOMATIC, MANUAL = -4105, -4135  # xlCalculationAutomatic, xlCalculationManual
OK = object()
"""What a person answers who leaves in the box what it shows."""


class Cells:
    """A range: a box of a sheet, rows and columns from 1."""

    def __init__(self, sheet: Any, row: int, column: int, height: int = 1, width: int = 1) -> None:
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (height, width)

    def __getitem__(self, at: tuple[int, int]) -> Cells:
        return Cells(self.sheet, self.row + at[0], self.column + at[1])

    @property
    def rows(self) -> list[Cells]:
        return [Cells(self.sheet, self.row + down, self.column, 1, self.shape[1]) for down in range(self.shape[0])]

    def options(self, *, ndim: int) -> Cells:
        assert (ndim, self.shape[0]) == (1, 1)
        return self

    def resize(self, height: int, width: int) -> Cells:
        return Cells(self.sheet, self.row, self.column, height, width)

    def _each(self) -> list[list[Any]]:
        return [
            [self.sheet.cell(self.row + down, self.column + across) for across in range(self.shape[1])] for down in range(self.shape[0])
        ]

    @property
    def value(self) -> list[Any]:
        (row,) = self._each()
        return [cell.value for cell in row]

    @value.setter
    def value(self, rows: list[list[Any]]) -> None:
        assert (len(rows), len(rows[0])) == self.shape
        for cells, row in zip(self._each(), rows, strict=True):
            for cell, value in zip(cells, row, strict=True):
                if isinstance(value, str):  # a leading apostrophe says that it is text
                    assert value.startswith("'"), value
                    value = value[1:]
                cell.value = value

    def clear_contents(self) -> None:
        for row in self._each():
            for cell in row:
                cell.value = None

    @property
    def address(self) -> str:
        last = f"{get_column_letter(self.column + self.shape[1] - 1)}{self.row + self.shape[0] - 1}"
        return f"{get_column_letter(self.column)}{self.row}:{last}"


class Table:
    """An Excel table."""

    def __init__(self, sheet: Any, held: Any) -> None:
        self.sheet, self.held, self.name, self.show_totals = sheet, held, held.name, False

    @property
    def range(self) -> Cells:
        left, top, right, bottom = range_boundaries(self.held.ref)
        return Cells(self.sheet, top, left, bottom - top + 1, right - left + 1)

    def resize(self, cells: Cells) -> None:
        self.held.ref = cells.address


class Sheet:
    """A sheet; of its COM object only whether it is protected."""

    def __init__(self, held: Any) -> None:
        self.held, self.name, self.api = held, held.title, self
        self.ProtectContents = False
        self.tables = [Table(held, table) for table in held.tables.values()]


class Name:
    """A defined name."""

    def __init__(self, held: Any) -> None:
        self.held, self.name = held, held.name

    @property
    def refers_to(self) -> str:
        return f"={self.held.attr_text}"

    @refers_to.setter
    def refers_to(self, text: str) -> None:
        self.held.attr_text = text.removeprefix("=")


class Names:
    """The defined names."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __iter__(self) -> Any:
        return iter([Name(name) for name in self.held.defined_names.values()])

    def __getitem__(self, name: str) -> Name:
        return Name(self.held.defined_names[name])

    def add(self, name: str, refers_to: str) -> None:
        self.held.defined_names[name] = DefinedName(name, attr_text=refers_to.removeprefix("="))


class App:
    """Excel; what it answers when it asks the person, and the settings that it has been given."""

    def __init__(self, answer: Any) -> None:
        self.api, self.answer = self, answer
        self.asked: list[tuple[str, str]] = []
        self.Calculation, self.EnableEvents, self.ScreenUpdating = AUTOMATIC, True, True

    def InputBox(self, prompt: str, title: str, default: str, Type: int) -> Any:  # noqa: N802
        assert max(len(prompt), len(default)) <= 255
        self.asked.append((prompt, default))
        return default if self.answer is OK else self.answer


class OpenBook:
    """A workbook file, opened."""

    def __init__(self, path: Path, answer: Any = False) -> None:
        self.path, self.name, self.api = path, path.name, self
        self.Date1904, self.Path, self.FullName = False, str(path.parent), str(path)
        self.held = openpyxl.load_workbook(path)
        self.app, self.names = App(answer), Names(self.held)
        self.sheets = [Sheet(sheet) for sheet in self.held.worksheets]

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        shutil.copyfile(self.path, path)
