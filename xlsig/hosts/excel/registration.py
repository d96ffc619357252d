"""What stands on this user's Windows: the add-in where Excel looks for it, the server's log, and the registry's entries for the server."""

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
from xlsig.hosts.excel.contract import ADD_IN_NAME, CLSID, PROG_ID, TITLE

CLASSES: Final = r"Software\Classes"
VIEWS: Final = (64, 32)
"""The registry's two views: each is what Excels of so many bits see."""

_SERVE: Final = Path(__file__).with_name("serve.py")  # Windows starts it by its path; nothing imports it

KEPT: Final = ("doctor", "message", "sources")
"""What is kept beside the log; `state_file` says where."""

LONGEST_COMMAND: Final = 259
"""Signs of a command that any Windows starts a server by."""

_REMOTE: Final = 4  # DRIVE_REMOTE

Root = Literal["user", "machine"]


def add_in_path() -> Path:
    """Where Excel loads the add-in from when it starts."""
    return Path(os.environ["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART" / ADD_IN_NAME


def is_on_a_network(path: Path) -> bool:
    r"""Whether a path is on another computer: \\server\share, or a drive that stands for one."""
    if path.drive.startswith("\\\\"):
        return True
    library = _windows_libraries()
    return library is not None and library.kernel32.GetDriveTypeW(f"{path.drive}\\") == _REMOTE


def is_elevated() -> bool:
    """Whether this process has administrator rights; under Wine all have, and there it makes no difference."""
    library = _windows_libraries()
    return library is not None and not _is_wine() and bool(library.shell32.IsUserAnAdmin())


def server_log() -> Path:
    """The log of the server."""
    return log_path("excel")


def state_file(what: str) -> Path:
    """A file that is kept for this user beside the log: what doctor found, a long message, the sources that were agreed to."""
    return server_log().with_name(f"excel-{what}.txt")


def server_command() -> str:
    """The command by which Windows starts the server: this Python without a window.

    It keeps its bytecode, since not every installer compiles, and without it a cold start takes twice as long. -P: what lies in the
    folder of the script, or where Windows happens to start it, is not imported. The log is left out where it would make the command
    too long; the server then finds it itself.
    """
    python = Path(sys.executable).with_name("pythonw.exe")
    if not python.exists():
        raise DataError(f"there is no {python}, which runs Python without a window: make the environment with Python from python.org")
    command = f'"{python}" -P "{_SERVE.resolve()}"'
    logging = f'{command} "{server_log()}"'
    return logging if len(logging) <= LONGEST_COMMAND else command


def require_windows() -> None:
    """A DataError anywhere else."""
    if sys.platform != "win32":
        raise DataError("Excel's add-in is installed on Windows; xlsig install --host excel --build-only OUT.xlam writes it on any system")


def refuse_store_python() -> None:
    """A DataError in the Python of the Microsoft Store, whose registry entries other programs cannot see."""
    if "WindowsApps" in sys.base_prefix:
        raise DataError(
            "the Python of the Microsoft Store hides its registry entries from Excel: make the environment with Python from python.org"
        )


def registry_values(root: Root, key: str, view: int = 64) -> Mapping[str, Any]:
    """The values of a key by name; none where there is no such key."""
    registry = _registry()
    hive = registry.HKEY_CURRENT_USER if root == "user" else registry.HKEY_LOCAL_MACHINE
    found: dict[str, Any] = {}
    with contextlib.suppress(FileNotFoundError), registry.OpenKey(hive, key, 0, registry.KEY_READ | _flag(registry, view)) as opened:
        for at in range(registry.QueryInfoKey(opened)[1]):
            name, value, _ = registry.EnumValue(opened, at)
            found[name] = value
    return found


def entries(command: str) -> Mapping[str, str]:
    """Key below the classes → its value."""
    return {
        PROG_ID: TITLE,
        rf"{PROG_ID}\CLSID": CLSID,
        rf"CLSID\{CLSID}": TITLE,
        rf"CLSID\{CLSID}\ProgID": PROG_ID,
        rf"CLSID\{CLSID}\LocalServer32": command,
    }


def registered(view: int) -> Mapping[str, str]:
    """This user's entries in the 64-bit or the 32-bit view; those that are missing are left out."""
    found = {key: registry_values("user", rf"{CLASSES}\{key}", view).get("") for key in entries("")}
    return {key: value for key, value in found.items() if value is not None}


def register(command: str) -> None:
    """Write the entries."""
    registry = _registry()
    for hive, flag in _hives(registry):
        for key, value in entries(command).items():
            with registry.CreateKeyEx(hive, rf"{CLASSES}\{key}", 0, registry.KEY_WRITE | flag) as opened:
                registry.SetValueEx(opened, None, 0, registry.REG_SZ, value)


def unregister() -> bool:
    """Remove the entries and nothing else; whether there were any."""
    registry = _registry()
    removed = False
    for hive, flag in _hives(registry):
        for key in reversed(list(entries(""))):
            with contextlib.suppress(FileNotFoundError):
                registry.DeleteKeyEx(hive, rf"{CLASSES}\{key}", flag, 0)
                removed = True
        _remove_if_empty(registry, hive, flag, rf"{CLASSES}\CLSID")
    return removed


def _remove_if_empty(registry: Any, hive: Any, flag: int, key: str) -> None:
    with contextlib.suppress(OSError):
        with registry.OpenKey(hive, key, 0, registry.KEY_READ | flag) as opened:
            keys, values, _ = registry.QueryInfoKey(opened)
        if not keys and not values:
            registry.DeleteKeyEx(hive, key, flag, 0)


def _registry() -> Any:
    """Python's registry module, which is there on Windows only."""
    require_windows()
    return import_module("winreg")


def _flag(registry: Any, view: int) -> int:
    return int(registry.KEY_WOW64_64KEY if view == 64 else registry.KEY_WOW64_32KEY)


def _hives(registry: Any) -> Iterator[tuple[Any, int]]:
    """Where the entries go: to the user's classes, and under Wine, which does not look there, to the machine's; each in both views."""
    for hive in [registry.HKEY_CURRENT_USER] + ([registry.HKEY_LOCAL_MACHINE] if _is_wine() else []):
        for view in VIEWS:
            yield hive, _flag(registry, view)


def _windows_libraries() -> Any:
    import ctypes

    return getattr(ctypes, "windll", None)


def _is_wine() -> bool:
    library = _windows_libraries()
    return library is not None and hasattr(library.ntdll, "wine_get_version")
