"""Runs in a process of its own: imports the server that answers Excel and prints the seconds and the modules, as JSON.

On Windows as it is. Elsewhere pywin32 is stood in for by objects that do nothing, so that Python's own work is seen without Windows.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from unittest.mock import MagicMock

_PYWIN32 = (
    "pythoncom",
    "pywintypes",
    "win32api",
    "win32com",
    "win32com.client",
    "win32com.server",
    "win32com.server.dispatcher",
    "win32com.server.exception",
    "win32com.server.policy",
    "win32com.server.util",
    "win32event",
)

if __name__ == "__main__":
    if sys.platform != "win32":
        sys.modules.update({name: MagicMock() for name in _PYWIN32})
        sys.modules["pywintypes"].com_error = Exception
    before = set(sys.modules)
    began = time.perf_counter()
    import_module("xlsig.hosts.excel.server")
    print(json.dumps([time.perf_counter() - began, len(set(sys.modules) - before)]))
