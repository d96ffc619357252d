"""Install, doctor, self-test and uninstall on Windows, in a real Windows Python under Wine."""

from __future__ import annotations

import json
import re

import pytest

import xlsig
from tests.hosts.excel.conftest import Installed
from tests.hosts.excel.wine import Wine
from tests.patience import comes_true
from xlsig.errors import DataError
from xlsig.hosts.excel import installing, registration
from xlsig.hosts.excel.contract import ADD_IN_NAME, CLSID, PROG_ID
from xlsig.hosts.excel.exchange import error_number
from xlsig.hosts.excel.obstacles import CHECKS

VERSION = xlsig.xlsig_version()
OFFICE = r"HKCU\Software\Microsoft\Office\16.0\Excel"


def _doctor(wine: Wine) -> dict[str, tuple[str, str]]:
    """What doctor says: verdict and words by check."""
    lines = re.findall(r"^(ok|NO)  ?(.+?): (.+)$", wine.xlsig("doctor", "--host", "excel").stdout, re.MULTILINE)
    return {check: (verdict, said.strip()) for verdict, check, said in lines}


def test_install_says_what_it_did(installed: Installed) -> None:
    said = " ".join(installed.said.split())
    assert f"xlsig {VERSION} is installed in Excel for you: " in said
    assert (installed.wine.appdata / "Microsoft" / "Excel" / "XLSTART" / ADD_IN_NAME).is_file()


def test_the_keys_of_the_user_are_written_in_both_views(wine: Wine) -> None:
    asked = (
        "import json; from xlsig.hosts.excel import registration as r; "
        "print(json.dumps([r.registered(64), r.registered(32), dict(r.entries(r.server_command()))]))"
    )
    wide, narrow, expected = json.loads(wine.python("-c", asked))
    assert wide == narrow == expected
    started = wide[rf"CLSID\{CLSID}\LocalServer32"]
    assert started.startswith(r'"C:\xlsig env\pythonw.exe" -P "C:\xlsig env\Lib\site-packages\xlsig\hosts\excel\serve.py" "C:\users')


def test_the_windows_registry_tool_reads_the_same(wine: Wine) -> None:
    for view in ("/reg:64", "/reg:32"):
        shown = wine.run("reg", "query", r"HKCU\Software\Classes\xlsig.Server\CLSID", "/ve", view).stdout
        assert CLSID in shown


def test_doctor_finds_nothing_wrong(wine: Wine) -> None:
    found = _doctor(wine)
    assert {check for check, (verdict, _) in found.items() if verdict != "ok"} == set()
    assert list(found) == [
        "Python",
        "pywin32",
        "registration, 64-bit view",
        "registration, 32-bit view",
        "add-in",
        "Mark of the Web",
        "application data",
        *CHECKS,
        "round trip",
        "log",
    ]
    skipped = [check for check, (_, said) in found.items() if said == "skipped: no Excel"]
    assert skipped == list(CHECKS)
    assert re.fullmatch(
        rf"xlsig {re.escape(VERSION)} answers after \d+\.\d s, then in \d+\.\d ms a call with 250 rows", found["round trip"][1]
    )


APPS = r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
RUN = r"HKLM\Software\Microsoft\Office\ClickToRun"
POLICIES = r"HKCU\Software\Policies\Microsoft\Office\16.0"
LAYERS = r"HKCU\Software\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\Layers"
EXCEL = r"C:\Office\EXCEL.EXE"
DWORD = ("/t", "REG_DWORD", "/d")


def _provoked(wine: Wine, *faults: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """What doctor says while the registry has been changed so."""
    try:
        for command in (("add", APPS, "/ve", "/d", EXCEL), *faults):
            assert wine.run("reg", *command, "/f").returncode == 0
        return _doctor(wine)
    finally:
        for key in (APPS, OFFICE, RUN, POLICIES, LAYERS):
            wine.run("reg", "delete", key, "/f")


def test_doctor_says_what_to_do_about_each_fault(wine: Wine) -> None:
    disabled = ADD_IN_NAME.encode("utf-16-le").hex()
    faults = [
        ("add", APPS, "/ve", "/d", r"C:\Program Files\WindowsApps\Office\EXCEL.EXE"),
        ("add", rf"{RUN}\Configuration", "/v", "Platform", "/d", "x86"),
        ("add", LAYERS, "/v", EXCEL, "/d", "~ RUNASADMIN"),
        ("add", rf"{OFFICE}\Resiliency\DisabledItems", "/v", "A1", "/t", "REG_BINARY", "/d", disabled),
        ("add", rf"{OFFICE}\Options", "/v", "OPEN", "/d", rf'"C:\old\{ADD_IN_NAME}"'),
        ("add", rf"{OFFICE}\Security", "/v", "DisableAllAddins", *DWORD, "1"),
        ("add", rf"{OFFICE}\Security", "/v", "VBAWarnings", *DWORD, "4"),
        ("add", rf"{OFFICE}\Security", "/v", "RequireAddinSig", *DWORD, "1"),
        ("delete", r"HKCU\Software\Classes\xlsig.Server"),
        ("delete", rf"HKCU\Software\Classes\CLSID\{CLSID}"),
    ]
    add_in = wine.appdata / "Microsoft" / "Excel" / "XLSTART" / ADD_IN_NAME
    genuine = add_in.read_bytes()
    add_in.write_bytes(genuine + b"changed")
    try:
        found = {check: said for check, (verdict, said) in _provoked(wine, *faults).items() if verdict == "NO"}
    finally:
        add_in.write_bytes(genuine)
        assert wine.xlsig("install", "--host", "excel").returncode == 0
    remedies = {
        "registration, 64-bit view": "run xlsig install --host excel",  # Wine keeps the user's classes once, for both views
        "registration, 32-bit view": "run xlsig install --host excel",
        "add-in": "run xlsig install --host excel again",
        "Office of the Microsoft Store": "install Office from office.com",
        "bitness": "Excel has 32 bits and does not find the server in its view: run xlsig install --host excel",
        "administrator rights": "untick that it is run as administrator",
        "disabled items": "Manage: Disabled Items",
        "add-in lists": "untick it",
        "add-ins allowed": "in File, Options, Trust Center, Trust Center Settings, Add-ins, untick that all are disabled",
        "macros allowed": "Macro Settings, choose to be notified",
        "policies": "--build-only",
    }
    assert list(found) == list(remedies)
    assert {check: said for check, said in found.items() if remedies[check] not in said} == {}


@pytest.mark.slow
def test_what_a_policy_forbids_is_for_it_to_allow(wine: Wine) -> None:
    security = rf"{POLICIES}\excel\security"
    found = _provoked(wine, ("add", security, "/v", "disablealladdins", *DWORD, "1"), ("add", security, "/v", "vbawarnings", *DWORD, "4"))
    wrong = {check: said for check, (verdict, said) in found.items() if verdict == "NO"}
    assert list(wrong) == ["add-ins allowed", "macros allowed"]
    assert wrong["add-ins allowed"] == "a policy disables all add-ins: ask IT to allow them for you"
    assert wrong["macros allowed"].startswith("a policy disables all macros without a word: ask IT for another one, or have IT sign")
    off = _provoked(wine, ("add", rf"{POLICIES}\common", "/v", "vbaoff", *DWORD, "1"))["macros allowed"]
    assert off == ("NO", "a policy turns VBA off in all of Office: ask IT to allow it for you")


def _with_appdata(folder: str) -> str:
    """Wine sets %APPDATA% itself, whatever it is outside."""
    return f"import os; os.environ['APPDATA'] = {folder!r}"


@pytest.mark.slow
def test_application_data_on_a_network_is_trusted_only_where_excel_is_told_to(wine: Wine) -> None:
    elsewhere = _with_appdata("//127.0.0.1/profiles/me")
    said = wine.xlsig("doctor", "--host", "excel", first=elsewhere).stdout
    assert r"NO  application data: \\127.0.0.1\profiles\me\Microsoft\Excel\XLSTART\xlsig.xlam is on a network" in said
    trusted = ("add", rf"{OFFICE}\Security\Trusted Locations", "/v", "AllowNetworkLocations", *DWORD, "1", "/f")
    try:
        assert wine.run("reg", *trusted).returncode == 0
        assert "ok  application data: " in wine.xlsig("doctor", "--host", "excel", first=elsewhere).stdout
    finally:
        wine.run("reg", "delete", OFFICE, "/f")


@pytest.mark.slow
def test_a_profile_folder_too_long_for_excel_is_named(wine: Wine) -> None:
    said = wine.xlsig("doctor", "--host", "excel", first=_with_appdata("C:/" + "folder/" * 30 + "me")).stdout
    assert "signs, and Excel opens files of at most 218: have IT give you a shorter profile folder" in said


def test_the_self_test_agrees(wine: Wine) -> None:
    verdicts = json.loads(wine.xlsig("selftest", "--host", "excel", "--json").stdout)
    assert [verdict["failed"] for verdict in verdicts if not verdict["agrees"]] == []
    assert sum(verdict["cases"] for verdict in verdicts) > 500


def test_uninstall_leaves_no_key_and_no_file(installed: Installed) -> None:
    wine = installed.wine
    assert wine.servers_end()
    try:
        assert wine.our_keys() != installed.keys_before
        done = wine.xlsig("uninstall", "--host", "excel")
        assert done.stdout.strip() == "xlsig is removed from Excel. Restart Excel if it is open."
        assert wine.our_keys() == installed.keys_before
        assert wine.files() - installed.files_before == set()
        assert wine.xlsig("uninstall", "--host", "excel").stdout.strip() == "xlsig is not installed in Excel."
        found = _doctor(wine)
        wrong = [check for check, (verdict, _) in found.items() if verdict == "NO"]
        assert wrong == ["registration, 64-bit view", "registration, 32-bit view", "add-in", "round trip"]
        assert "run xlsig install --host excel" in found["add-in"][1]
    finally:
        wine.xlsig("install", "--host", "excel")


def test_on_other_systems_the_way_to_the_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for ask in (installing.install, installing.uninstall, installing.selftest, lambda: registration.register("")):
        with pytest.raises(DataError, match=r"--build-only OUT\.xlam writes it on any system"):
            ask()
    (finding,) = installing.doctor()
    assert not finding.good


NAMED = r"""
import os
person = "C:/users/J\u00fcrgen \u017dukov \u682a\u5f0f/AppData"
os.environ.update(APPDATA=person + "/Roaming", LOCALAPPDATA=person + "/Local" + "/deep" * {deep})
"""
ASKING = f"""
from win32com.client import dynamic
server = dynamic.Dispatch("{PROG_ID}")
print(server.Answer("SELLOFF_PACE", (((1.0,), (2.0,)), 0.0)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("deep", [0, 30], ids=["an ordinary folder", "a folder of 200 signs"])
def test_a_person_whose_name_no_code_page_has_is_answered_and_has_a_log(wine: Wine, deep: int) -> None:
    person = wine.drive / "users" / "Jürgen Žukov 株式"
    # where the command would be too long with it, the log is not handed over, and the server's own %LOCALAPPDATA% is Wine's
    log = (person / "AppData" / "Local" if not deep else wine.local_appdata) / "xlsig" / "excel.log"
    log.unlink(missing_ok=True)
    assert wine.servers_end()
    try:
        assert wine.xlsig("install", "--host", "excel", first=NAMED.format(deep=deep)).returncode == 0
        assert (person / "AppData" / "Roaming" / "Microsoft" / "Excel" / "XLSTART" / ADD_IN_NAME).is_file()
        assert wine.python("-c", ASKING).strip() == str(error_number("#NUM!"))
        assert comes_true(lambda: log.is_file() and "sessions must be 1 or more, not 0" in log.read_text(encoding="utf-8"))
        assert wine.servers_end()
        assert wine.xlsig("uninstall", "--host", "excel", first=NAMED.format(deep=deep)).returncode == 0
        assert [path for path in person.rglob("*") if path.is_file()] == []
    finally:
        assert wine.xlsig("install", "--host", "excel").returncode == 0


@pytest.mark.slow
def test_an_environment_in_a_folder_whose_name_no_code_page_has_serves(wine: Wine) -> None:
    folder = wine.drive / "Žofie Müller 株式" / "a folder of some length" / "xlsig env"
    wine.copy_environment(folder)
    assert wine.servers_end()
    try:
        moved = (
            "import os, sys; os.chdir('C:\\\\'); print(os.spawnv(os.P_WAIT, sys.argv[1].encode().decode('unicode_escape'), sys.argv[2:]))"
        )
        python = "C:\\" + "\\".join(folder.relative_to(wine.drive).parts) + r"\python.exe"
        spelled = python.encode("unicode_escape").decode()
        wine.python("-c", moved, spelled, "python", "-c", '"from xlsig.cli import main; main()"', "install", "--host", "excel")
        assert f"{folder.parent.parent.name}" in wine.python("-c", STARTED)
        assert wine.python("-c", ASKING).strip() == str(error_number("#NUM!"))
        assert wine.servers_end()
    finally:
        assert wine.xlsig("install", "--host", "excel").returncode == 0


STARTED = "from xlsig.hosts.excel import registration as r; print(r.registered(64)[r'CLSID\\" + CLSID + r"\LocalServer32'])"
