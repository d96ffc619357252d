"""The server's entries in the Windows registry: written for this user in both views, read back, removed.

Excel may be a 32-bit or a 64-bit program, and each sees a registry of its own; Windows starts the same server for both. Wine (as of 8.0) starts
classes of the machine only, so that under Wine the same entries are written there too.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from xlsig.errors import DataError
from xlsig.hosts.excel import serve
from xlsig.hosts.excel.contract import CLSID, PROG_ID, TITLE

CLASSES: Final = r"Software\Classes"
VIEWS: Final = (64, 32)
_COMMAND: Final = rf"CLSID\{CLSID}\LocalServer32"


def server_command(log: Path, python: Path | None = None) -> str:
    """The command by which Windows starts the server: this Python without a window, which writes no files beside its sources.

    -P: what lies in the folder of the script, or where Windows happens to start it, is not imported.
    """
    python = python or _windowless(Path(sys.executable))
    return f'"{python}" -B -P "{Path(serve.__file__).resolve()}" "{log}"'


def _windowless(python: Path) -> Path:
    found = python.with_name("pythonw.exe")
    if not found.exists():
        raise DataError(f"there is no {found}, which runs Python without a window: make the environment with Python from python.org")
    return found


def entries(command: str) -> Mapping[str, str]:
    """Key below the classes → its value."""
    return {
        PROG_ID: TITLE,
        rf"{PROG_ID}\CLSID": CLSID,
        rf"CLSID\{CLSID}": TITLE,
        rf"CLSID\{CLSID}\ProgID": PROG_ID,
        _COMMAND: command,
    }


def register(command: str) -> None:
    """Write the entries."""
    registry = _registry()
    for root, view in _places(registry):
        for key, value in entries(command).items():
            with registry.CreateKeyEx(root, rf"{CLASSES}\{key}", 0, registry.KEY_WRITE | view) as opened:
                registry.SetValueEx(opened, None, 0, registry.REG_SZ, value)


def unregister() -> bool:
    """Remove the entries and nothing else; whether there were any."""
    registry = _registry()
    removed = False
    for root, view in _places(registry):
        for key in reversed(entries("")):
            with contextlib.suppress(FileNotFoundError):
                registry.DeleteKeyEx(root, rf"{CLASSES}\{key}", view, 0)
                removed = True
        _remove_if_empty(registry, root, view, rf"{CLASSES}\CLSID")
    return removed


def _remove_if_empty(registry: Any, root: Any, view: int, key: str) -> None:
    with contextlib.suppress(OSError):
        with registry.OpenKey(root, key, 0, registry.KEY_READ | view) as opened:
            keys, values, _ = registry.QueryInfoKey(opened)
        if not keys and not values:
            registry.DeleteKeyEx(root, key, view, 0)


def registered(view: int) -> Mapping[str, str]:
    """This user's entries in the 64-bit or the 32-bit view; those that are missing are left out."""
    registry = _registry()
    flag = registry.KEY_WOW64_64KEY if view == 64 else registry.KEY_WOW64_32KEY
    found = {}
    for key in entries(""):
        with contextlib.suppress(FileNotFoundError), registry.OpenKey(
            registry.HKEY_CURRENT_USER, rf"{CLASSES}\{key}", 0, registry.KEY_READ | flag
        ) as opened:
            found[key] = str(registry.QueryValueEx(opened, None)[0])
    return found


def _places(registry: Any) -> Iterator[tuple[Any, int]]:
    roots = [registry.HKEY_CURRENT_USER] + ([registry.HKEY_LOCAL_MACHINE] if is_wine() else [])
    for root in roots:
        for view in (registry.KEY_WOW64_64KEY, registry.KEY_WOW64_32KEY):
            yield root, view


def _registry() -> Any:
    if sys.platform != "win32":
        raise DataError("Excel's functions are registered on Windows only")
    return import_module("winreg")


def is_wine() -> bool:
    """Whether this Windows is Wine."""
    import ctypes

    library = getattr(ctypes, "windll", None)
    return library is not None and hasattr(library.ntdll, "wine_get_version")
