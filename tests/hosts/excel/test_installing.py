"""Install, doctor, self-test and uninstall on Windows, in a real Windows Python under Wine."""

from __future__ import annotations

import json
import re

import pytest

import xlsig
from tests.hosts.excel.conftest import Installed
from tests.hosts.excel.wine import Wine
from xlsig.errors import DataError
from xlsig.hosts.excel import installing, registration
from xlsig.hosts.excel.contract import ADD_IN_NAME, CLSID

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
    assert started.startswith(r'"C:\xlsig env\pythonw.exe" -B -P "C:\xlsig env\Lib\site-packages\xlsig\hosts\excel\serve.py" "C:\users')


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
        "Excel",
        "Office of the Microsoft Store",
        "disabled items",
        "add-in lists",
        "policies",
        "round trip",
        "log",
    ]
    skipped = [check for check, (_, said) in found.items() if said == "skipped: no Excel"]
    assert skipped == ["Excel", "Office of the Microsoft Store", "disabled items", "add-in lists", "policies"]
    assert re.fullmatch(
        rf"xlsig {re.escape(VERSION)} answers after \d+\.\d s, then in \d+\.\d ms a call with 250 rows", found["round trip"][1]
    )


def test_doctor_says_what_to_do_about_each_fault(wine: Wine) -> None:
    apps = r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    disabled = ADD_IN_NAME.encode("utf-16-le").hex()
    faults = [
        ("add", apps, "/ve", "/d", r"C:\Program Files\WindowsApps\Office\EXCEL.EXE"),
        ("add", rf"{OFFICE}\Resiliency\DisabledItems", "/v", "A1", "/t", "REG_BINARY", "/d", disabled),
        ("add", rf"{OFFICE}\Options", "/v", "OPEN", "/d", rf'"C:\old\{ADD_IN_NAME}"'),
        ("add", rf"{OFFICE}\Security", "/v", "RequireAddinSig", "/t", "REG_DWORD", "/d", "1"),
        ("delete", rf"HKCU\Software\Classes\CLSID\{CLSID}\LocalServer32", "/reg:32"),
    ]
    add_in = wine.appdata / "Microsoft" / "Excel" / "XLSTART" / ADD_IN_NAME
    genuine = add_in.read_bytes()
    add_in.write_bytes(genuine + b"changed")
    try:
        for command in faults:
            assert wine.run("reg", *command, "/f").returncode == 0
        found = {check: said for check, (verdict, said) in _doctor(wine).items() if verdict == "NO"}
    finally:
        add_in.write_bytes(genuine)
        for key in (apps, OFFICE):
            wine.run("reg", "delete", key, "/f")
        assert wine.xlsig("install", "--host", "excel").returncode == 0
    assert list(found) == [
        "registration, 64-bit view",  # Wine keeps the user's classes once, for both views
        "registration, 32-bit view",
        "add-in",
        "Office of the Microsoft Store",
        "disabled items",
        "add-in lists",
        "policies",
    ]
    assert all(
        said in found[check]
        for check, said in {
            "registration, 32-bit view": "run xlsig install --host excel again",
            "add-in": "run xlsig install --host excel again",
            "Office of the Microsoft Store": "install Office from office.com",
            "disabled items": "Manage: Disabled Items",
            "add-in lists": "untick it",
            "policies": "--build-only",
        }.items()
    )


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
