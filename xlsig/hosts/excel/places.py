"""Where the add-in and what belongs to it stand on this user's Windows, and what the registry holds there."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from xlsig.errors import DataError
from xlsig.hosts.excel.contract import ADD_IN_NAME
from xlsig.hosts.writing_log import log_path

Root = Literal["user", "machine"]


def require_windows() -> None:
    """A DataError anywhere else."""
    if sys.platform != "win32":
        raise DataError("Excel's add-in is installed on Windows; xlsig install --host excel --build-only OUT.xlam writes it on any system")


def add_in() -> Path:
    """Where Excel loads the add-in from when it starts."""
    return Path(os.environ["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART" / ADD_IN_NAME


def log() -> Path:
    """The log of the server."""
    return log_path("excel")


def registry() -> Any:
    """Python's registry module, which is there on Windows only."""
    require_windows()
    return import_module("winreg")


def values(root: Root, key: str, view: int = 64) -> Mapping[str, Any]:
    """The values of a key by name; none where there is no such key."""
    windows = registry()
    flag = windows.KEY_WOW64_64KEY if view == 64 else windows.KEY_WOW64_32KEY
    found: dict[str, Any] = {}
    with (
        contextlib.suppress(FileNotFoundError),
        windows.OpenKey(
            windows.HKEY_CURRENT_USER if root == "user" else windows.HKEY_LOCAL_MACHINE, key, 0, windows.KEY_READ | flag
        ) as opened,
    ):
        for at in range(windows.QueryInfoKey(opened)[1]):
            name, value, _ = windows.EnumValue(opened, at)
            found[name] = value
    return found
