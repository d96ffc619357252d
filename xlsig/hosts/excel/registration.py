"""Where the add-in and what belongs to it stand on this user's Windows, and what the registry holds there."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from xlsig.errors import DataError
from xlsig.hosts.answer_log import log_path
from xlsig.hosts.excel import registration, serve
from xlsig.hosts.excel.contract import ADD_IN_NAME, CLSID, PROG_ID, TITLE

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


def refuse_store_python() -> None:
    """A DataError in the Python of the Microsoft Store, whose registry entries other programs cannot see."""
    if "WindowsApps" in sys.base_prefix:
        raise DataError(
            "the Python of the Microsoft Store hides its registry entries from Excel: make the environment with Python from python.org"
        )


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
    registry = registration.registry()
    for root, view in _places(registry):
        for key, value in entries(command).items():
            with registry.CreateKeyEx(root, rf"{CLASSES}\{key}", 0, registry.KEY_WRITE | view) as opened:
                registry.SetValueEx(opened, None, 0, registry.REG_SZ, value)


def unregister() -> bool:
    """Remove the entries and nothing else; whether there were any."""
    registry = registration.registry()
    removed = False
    for root, view in _places(registry):
        for key in reversed(list(entries(""))):
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
    found = {key: registration.values("user", rf"{CLASSES}\{key}", view).get("") for key in entries("")}
    return {key: value for key, value in found.items() if value is not None}


def _places(registry: Any) -> Iterator[tuple[Any, int]]:
    roots = [registry.HKEY_CURRENT_USER] + ([registry.HKEY_LOCAL_MACHINE] if is_wine() else [])
    for root in roots:
        for view in (registry.KEY_WOW64_64KEY, registry.KEY_WOW64_32KEY):
            yield root, view


def is_wine() -> bool:
    """Whether this Windows is Wine."""
    import ctypes

    library = getattr(ctypes, "windll", None)
    return library is not None and hasattr(library.ntdll, "wine_get_version")
