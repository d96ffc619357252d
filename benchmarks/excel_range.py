"""Runs in the Windows Python: a stand-in for a range of Excel, which xlwings' server asks for its type and its cells."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pythoncom
import pywintypes
import win32gui
from win32com.server.policy import DesignatedWrapPolicy
from win32com.server.util import wrap

_SYS_WIN64 = 3
_RANGE = "{00020846-0000-0000-C000-000000000046}"


class _Object:
    """An object of Excel with properties alone."""

    _public_methods_: tuple[str, ...] = ()

    def __init__(self, **properties: Any) -> None:
        vars(self).update(properties)
        self._public_attrs_ = tuple(properties)


class _TypedPolicy(DesignatedWrapPolicy):  # type: ignore[misc]  # pywin32 has no types here
    """An object that says it is a Range, as Excel's does."""

    def _build_typeinfos_(self) -> list[Any]:
        library = pythoncom.CreateTypeLib2(_SYS_WIN64, str(Path(tempfile.mkdtemp()) / "range.tlb"))
        made = library.CreateTypeInfo("Range", pythoncom.TKIND_DISPATCH)
        made.SetGuid(pywintypes.IID(_RANGE))
        made.LayOut()
        return [made.QueryInterface(pythoncom.IID_ITypeInfo)]


def a_range(rows: Any) -> Any:
    """A range that holds these rows, from A1 on."""
    book = _Object(Application=wrap(_Object(Hwnd=win32gui.GetDesktopWindow())))
    properties: dict[str, Any] = {
        "Value": [list(row) for row in rows],  # of a tuple, pywin32 would return the first row alone
        "Worksheet": wrap(_Object(Parent=wrap(book))),
        "Row": 1,
        "Column": 1,
        "Rows": wrap(_Object(Count=len(rows))),
        "Columns": wrap(_Object(Count=len(rows[0]))),
    }
    return wrap(_Object(**properties), usePolicy=_TypedPolicy)
