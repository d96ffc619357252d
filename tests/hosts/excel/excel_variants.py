"""Runs in the Windows Python: cells as Excel's VBA sends them. pywin32 cannot send an error cell, so the client here is comtypes.

A number is a double, a date its serial, an error VT_ERROR, a range a two-dimensional array of variants, the arguments an array of variants.
"""

from __future__ import annotations

import ctypes
import datetime as dt
from typing import Any

from comtypes.automation import VARIANT, VT_ARRAY, VT_ERROR, VT_R8, VT_VARIANT

from xlsig.functions import golden
from xlsig.grid.contents import serial
from xlsig.hosts.excel.contract import OMITTED
from xlsig.hosts.excel.exchange import error_number

_AUTOMATION = ctypes.WinDLL("oleaut32")
_AUTOMATION.SafeArrayCreate.restype = ctypes.c_void_p
_AUTOMATION.SafeArrayAccessData.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
_AUTOMATION.SafeArrayUnaccessData.argtypes = (ctypes.c_void_p,)
_AUTOMATION.SafeArrayPutElement.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


def error(number: int) -> VARIANT:
    """An error cell, or with OMITTED an argument that is left out."""
    made = VARIANT()
    made._.VT_I4 = number
    made.vt = VT_ERROR
    return made


def left_out() -> VARIANT:
    """An argument that is left out."""
    return error(OMITTED)


def empty() -> VARIANT:
    """An empty cell."""
    return VARIANT()


def cell(value: Any) -> Any:
    """A golden cell."""
    if isinstance(value, tuple):
        return block(value)
    if value is None:
        return empty()
    if isinstance(value, golden.GoldenError):
        return error(error_number(value.code))
    if isinstance(value, dt.date):
        return float(serial(value))
    return value if isinstance(value, bool | str) else float(value)


def block(rows: Any) -> VARIANT:
    """A range: an array of two dimensions, both counted from 1."""
    bounds = (ctypes.c_long * 4)(len(rows), 1, len(rows[0]), 1)
    array = _AUTOMATION.SafeArrayCreate(VT_VARIANT, 2, bounds)
    for down, row in enumerate(rows, start=1):
        for across, value in enumerate(row, start=1):
            held = VARIANT(cell(value))
            _AUTOMATION.SafeArrayPutElement(array, (ctypes.c_long * 2)(down, across), ctypes.byref(held))
    made = VARIANT()
    made._.c_void_p = array
    made.vt = VT_ARRAY | VT_VARIANT
    return made


def doubles(numbers: list[float]) -> VARIANT:
    """A column of numbers, as VBA sends a Dim x() As Double of two dimensions."""
    array = _AUTOMATION.SafeArrayCreate(VT_R8, 2, (ctypes.c_long * 4)(len(numbers), 1, 1, 1))
    data = ctypes.c_void_p()
    _AUTOMATION.SafeArrayAccessData(array, ctypes.byref(data))
    ctypes.memmove(data, (ctypes.c_double * len(numbers))(*numbers), 8 * len(numbers))
    _AUTOMATION.SafeArrayUnaccessData(array)
    made = VARIANT()
    made._.c_void_p = array
    made.vt = VT_ARRAY | VT_R8
    return made


def arguments(*values: Any) -> VARIANT:
    """What VBA's Array(...) makes."""
    made = VARIANT()
    made.value = list(values)
    return made
