"""Refresh of the workbook that is open in Excel: the plan of the file refresh, applied through xlwings.

The plan is made from a copy of the workbook as it stands, so that what a refresh would refuse is refused before anything is touched. That
copy is kept beside it, which is the way back. Excel computes what follows.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from xlsig.errors import DataError, cut
from xlsig.grid.book import Content
from xlsig.grid.contents import serial
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel import agreed_sources
from xlsig.hosts.excel.excel_settings import still
from xlsig.ooxml.saved_file import make_room
from xlsig.sources.opening import open_source
from xlsig.workbooks.inputs import InputTable
from xlsig.workbooks.refreshing import plan_of
from xlsig.workbooks.templates import NEEDED

SOURCE_NAME: Final = "xlsig_source"
"""The name in a workbook that remembers where its data comes from."""

_KEPT: Final = 3
_NO_UNDO: Final = "Excel's list of what can be undone is empty now: that copy is the way back."
_TEXT: Final = 2  # of InputBox: the answer is text
_LONGEST_PROMPT: Final = 250  # of InputBox, and of what it shows to begin with
_LONGEST_PATH: Final = 218  # that Excel saves under


def refresh(book: Any, source: str = "") -> str:
    """Refresh an open workbook, an xlwings Book; what changed, in sentences."""
    if book.api.Date1904:
        raise RefusedError(
            f"{book.name} counts its dates from 1904, and xlsig counts them from 1900: change it in File, Options, Advanced."
        )
    source = source or _agreed(book)
    desk = open_source(source).desk(NEEDED, "no workbook can be refreshed with them")
    path = _path_of(book)
    with tempfile.TemporaryDirectory(prefix="xlsig-") as folder:
        copy = _short_enough(Path(folder) / path.name)
        book.api.SaveCopyAs(str(copy))
        plan = plan_of(copy, desk)
        if not plan.tables:
            return f"{book.name} has these rows already; nothing was changed."
        tables = {name: _table(book, name) for name in plan.tables}
        kept = make_room(path, _KEPT)
        shutil.move(copy, kept)
    with still(book.app.api):
        for name, new in plan.tables.items():
            _replace(tables[name], new)
        for name, refers_to in plan.names.items():
            book.names[name].refers_to = f"={refers_to.removeprefix('=')}"
        _remember(book, source)
    return "\n".join([f"Refreshed {book.name}. As it was before: {kept}", _NO_UNDO, *plan.news])


def _remembered(book: Any) -> str:
    for name in book.names:
        if name.name.lower() == SOURCE_NAME:
            return str(name.refers_to).removeprefix('="').removesuffix('"').replace('""', '"')
    return ""


def _remember(book: Any, source: str) -> None:
    if _remembered(book) != source:
        spelled = source.replace('"', '""')
        book.names.add(SOURCE_NAME, f'="{spelled}"')


def _agreed(book: Any) -> str:
    """Where the data is: what the workbook remembers, if this person has agreed to it for this workbook, or what they answer now.

    A workbook comes from anyone, and merely looking at a place on another computer tells that one who looks.
    """
    remembered, place = _remembered(book), str(book.api.FullName)
    if remembered == agreed_sources.HARMLESS or (remembered and agreed_sources.is_agreed(place, remembered)):
        return remembered
    prompt, shown = "Where is the data? A folder, a config file (.toml), or sample.", ""
    if 0 < len(remembered) <= _LONGEST_PROMPT:
        where = " It is on another computer, which learns who asks." if agreed_sources.is_elsewhere(remembered) else ""
        name = cut(str(book.name), 60)
        prompt, shown = (
            f"{name} says itself where its data is.{where} Leave it only if you know this place; you are asked once.",
            remembered,
        )
    answer = book.app.api.InputBox(prompt, "xlsig", shown, Type=_TEXT)
    if not isinstance(answer, str) or not answer.strip():
        raise RefusedError("Nothing was refreshed: no data was named.")
    agreed_sources.agree(place, answer.strip())
    return answer.strip()


def _short_enough(path: Path) -> Path:
    """A path that Excel can save under."""
    over = len(str(path)) - _LONGEST_PATH
    return path if over <= 0 else path.with_name(f"{path.stem[:-over]}{path.suffix}")


def _path_of(book: Any) -> Path:
    """The workbook's path; one that was never saved, or lies in the cloud, is kept in Excel's folder for files."""
    folder, name = str(book.api.Path), Path(str(book.name))
    if not folder or "://" in folder:
        folder = str(book.app.api.DefaultFilePath)
    if not os.path.isdir(folder):
        raise RefusedError(f"{folder} cannot be reached, so that no copy of {name} can be kept there: save it elsewhere first.")
    return Path(folder) / (name if name.suffix else name.with_suffix(".xlsx"))


def _table(book: Any, name: str) -> Any:
    for sheet in book.sheets:
        for table in sheet.tables:
            if table.name.lower() == name.lower():
                if sheet.api.ProtectContents:
                    raise DataError(f"the sheet {sheet.name} is protected: unprotect it, then refresh again")
                return table
    raise DataError(f"the table {name} is gone")


def _replace(table: Any, new: InputTable) -> None:
    """Give a table its new rows; columns of the user's own stay, and Excel fills their formulas down."""
    totals = bool(table.show_totals)
    table.show_totals = False
    whole = table.range
    height, width = whole.shape
    headings = [str(heading).lower() for heading in whole.rows[0].options(ndim=1).value]
    table.resize(whole.resize(len(new.rows) + 1, width))
    for at, column in enumerate(new.columns):
        top = whole[1, headings.index(column.lower())]
        top.resize(len(new.rows), 1).value = [[_entered(row[at])] for row in new.rows]
    left_over = height - 1 - len(new.rows)
    if left_over > 0:
        whole[len(new.rows) + 1, 0].resize(left_over, width).clear_contents()
    table.show_totals = totals


def _entered(content: Content) -> Content:
    """A cell's content as Excel takes it: a date as its serial, and text as text, whatever it looks like."""
    if isinstance(content, dt.date):
        return float(serial(content))
    return f"'{content}" if isinstance(content, str) else content
