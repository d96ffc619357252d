"""What on this Windows keeps Excel from loading the add-in, or from reaching the server; every line that is wrong says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from xlsig.hosts.excel import client, registration
from xlsig.hosts.excel.contract import ADD_IN_NAME
from xlsig.hosts.installing import Finding

_OFFICE: Final = r"Software\Microsoft\Office\16.0"  # of Excel 2016, 2019, 2021 and 365
_POLICIES: Final = r"Software\Policies\Microsoft\Office\16.0"
_APP: Final = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_CLICK_TO_RUN: Final = r"Software\Microsoft\Office\ClickToRun\Configuration"
_LAYERS: Final = r"Software\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\Layers"
_TRUST: Final = "File, Options, Trust Center, Trust Center Settings"
_SIGNING: Final = "have IT sign the file that xlsig install --host excel --build-only OUT.xlam writes, and put it there"
_LONGEST_PATH: Final = 218  # that Excel opens
_SLOWEST_EXCEL: Final = 10.0

CHECKS: Final = (
    "Excel",
    "Office of the Microsoft Store",
    "bitness",
    "administrator rights",
    "disabled items",
    "add-in lists",
    "add-ins allowed",
    "macros allowed",
    "policies",
    "open Excel",
)
"""What is looked at where there is an Excel, in this order."""


def obstacles(*, answering: bool = False) -> Iterator[Finding]:
    """Every check. `answering`: it is the server of an Excel that asks, so that this Excel has loaded the add-in."""
    yield _app_data()
    excel = _excel()
    if not excel:
        yield from (Finding(check, True, "skipped: no Excel") for check in CHECKS)
        return
    office = _values("machine", _CLICK_TO_RUN)
    seen = " ".join(str(office[name]) for name in ("versiontoreport", "platform") if name in office)
    yield Finding(CHECKS[0], True, f"{excel} {seen}".strip())
    yield _store_office(CHECKS[1], excel)
    yield _bitness(CHECKS[2], str(office.get("platform") or _values("machine", rf"{_OFFICE}\Outlook").get("bitness") or ""))
    yield _administrator(CHECKS[3])
    yield _disabled(CHECKS[4])
    yield _lists(CHECKS[5])
    yield _add_ins_allowed(CHECKS[6])
    yield _macros_allowed(CHECKS[7])
    yield _policies(CHECKS[8])
    yield Finding(CHECKS[9], True, "it has loaded the add-in") if answering else open_excel(CHECKS[9], _running())


def _values(root: registration.Root, key: str, view: int = 64) -> Mapping[str, Any]:
    """The values of a key by name in small letters: Windows does not tell the letters' size apart."""
    return {name.lower(): value for name, value in registration.registry_values(root, key, view).items()}


def _excel() -> str:
    places: tuple[tuple[registration.Root, int], ...] = (("machine", 64), ("machine", 32), ("user", 64))
    return next((str(found) for root, view in places if (found := _values(root, _APP, view).get(""))), "")


def _app_data() -> Finding:
    check, path = "application data", registration.add_in_path()
    if len(str(path)) > _LONGEST_PATH:
        said = f"{path} has {len(str(path))} signs, and Excel opens files of at most {_LONGEST_PATH}"
        return Finding(check, False, f"{said}: have IT give you a shorter profile folder")
    trusted = _values("user", rf"{_OFFICE}\Excel\Security\Trusted Locations").get("allownetworklocations") == 1
    if registration.is_on_a_network(path) and not trusted:
        said = f"{path} is on a network, where Excel trusts no folder"
        return Finding(check, False, f"{said}: in {_TRUST}, Trusted Locations, tick that those on the network are allowed, or {_SIGNING}")
    return Finding(check, True, f"{path.parent} is where Excel can load from")


def _store_office(check: str, excel: str) -> Finding:
    if "WindowsApps" in excel:
        return Finding(check, False, "an Office from the Microsoft Store may not start the server: install Office from office.com instead")
    return Finding(check, True, "Excel is not from the Store")


def _bitness(check: str, platform: str) -> Finding:
    bits = {"x86": 32, "x64": 64, "arm64": 64}.get(platform.lower())
    if bits is None:
        return Finding(check, True, "Windows does not say whether Excel has 32 or 64 bits; the server is there for both")
    if not registration.registered(bits):
        return Finding(check, False, f"Excel has {bits} bits and does not find the server in its view: run xlsig install --host excel")
    return Finding(check, True, f"Excel has {bits} bits and finds the server in its view")


def _administrator(check: str) -> Finding:
    for root in ("user", "machine"):
        for name, value in _values(root, _LAYERS).items():
            if name.endswith("excel.exe") and "RUNASADMIN" in str(value).upper():
                said = f"Excel always runs as administrator, and then does not see what is installed for you: in the properties of {name}, "
                return Finding(check, False, f"{said}Compatibility, untick that it is run as administrator")
    if registration.is_elevated():
        said = "this command has them: start Excel, and doctor, without them, since an Excel that has them does not see the server"
        return Finding(check, True, said, soon=True)
    return Finding(check, True, "none are used: an Excel that has them does not see the server")


def _disabled(check: str) -> Finding:
    items = _values("user", rf"{_OFFICE}\Excel\Resiliency\DisabledItems").values()
    if any(isinstance(item, bytes) and ADD_IN_NAME in item.decode("utf-16-le", errors="ignore").lower() for item in items):
        where = "File, Options, Add-ins, Manage: Disabled Items, Go"
        return Finding(check, False, f"Excel has disabled the add-in after a crash: in Excel choose {where}, and enable {ADD_IN_NAME}")
    return Finding(check, True, f"{ADD_IN_NAME} is not among them")


def _lists(check: str) -> Finding:
    options, manager = (registration.registry_values("user", rf"{_OFFICE}\Excel\{key}") for key in ("Options", "Add-in Manager"))
    opened = [str(value) for name, value in options.items() if name.upper().startswith("OPEN")]
    listed = [value for value in (*opened, *manager) if ADD_IN_NAME in value.lower()]
    if listed:
        where = "File, Options, Add-ins, Manage: Excel Add-ins, Go"
        return Finding(check, False, f"Excel also loads {listed[0]}: in Excel choose {where}, and untick it; the one in XLSTART is enough")
    return Finding(check, True, "Excel loads xlsig from XLSTART alone")


def _security() -> Iterator[tuple[bool, str, Mapping[str, Any]]]:
    """What rules Excel's trust: whether it is a policy, the key, and its values."""
    for policy, key in ((True, rf"{_POLICIES}\Excel\Security"), (False, rf"{_OFFICE}\Excel\Security")):
        yield policy, key, _values("user", key)


def _add_ins_allowed(check: str) -> Finding:
    for policy, _, values in _security():
        if values.get("disablealladdins") == 1:
            remedy = "ask IT to allow them for you" if policy else f"in {_TRUST}, Add-ins, untick that all are disabled"
            return Finding(check, False, f"{'a policy' if policy else 'Excel'} disables all add-ins: {remedy}")
    return Finding(check, True, "Excel loads them")


def _macros_allowed(check: str) -> Finding:
    for root in ("user", "machine"):
        if _values(root, rf"{_POLICIES}\Common").get("vbaoff") == 1:
            return Finding(check, False, "a policy turns VBA off in all of Office: ask IT to allow it for you")
    for policy, _, values in _security():
        if values.get("vbawarnings") == 4:
            remedy = f"ask IT for another one, or {_SIGNING}" if policy else f"in {_TRUST}, Macro Settings, choose to be notified"
            return Finding(check, False, f"{'a policy' if policy else 'Excel'} disables all macros without a word: {remedy}")
    return Finding(check, True, "Excel runs those of trusted folders")


def _policies(check: str) -> Finding:
    for _, key, values in _security():
        if values.get("requireaddinsig") == 1:
            return Finding(check, False, f"Excel takes signed add-ins only: {_SIGNING}")
        if _values("user", rf"{key}\Trusted Locations").get("alllocationsdisabled") == 1:
            return Finding(check, False, f"Excel trusts no folder, not even XLSTART, and blocks unsigned code: {_SIGNING}")
    return Finding(check, True, "unsigned add-ins in XLSTART are allowed")


def _running() -> Any:
    """The Application of an Excel that is open, or None."""
    try:
        return client.within(_SLOWEST_EXCEL, lambda: import_module("win32com.client").GetActiveObject("Excel.Application"))
    except Exception:  # whichever error COM makes of it
        return None


def open_excel(check: str, application: Any) -> Finding:
    """Whether an Excel that is open has loaded the add-in, and if not, why."""
    if application is None:
        return Finding(check, True, "none is open")
    try:
        application.Workbooks.Item(ADD_IN_NAME)  # it cannot be counted, and can be had by its name
        return Finding(check, True, "it has loaded the add-in")
    except Exception:  # whichever error COM makes of it
        pass
    if not application.UserControl:
        said = (
            "another program started it, and such an Excel loads no add-ins: end EXCEL.EXE in the Task Manager, then start Excel yourself"
        )
        return Finding(check, False, said)
    return Finding(check, False, "it was open before xlsig was installed, or could not load it: close it and start it again")
