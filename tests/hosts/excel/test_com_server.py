"""The server as Excel's VBA meets it, from a VBScript and from a client that can send error cells, in a real Windows Python under Wine."""

from __future__ import annotations

import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import xlsig
from tests.hosts.excel.golden_script import read, script
from tests.hosts.excel.wine import Wine
from tests.hosts.test_udfs import ANSWERS, wrong_answers
from tests.patience import comes_true
from xlsig.functions import golden
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.client import agrees
from xlsig.hosts.excel.contract import GONE_OR_BUSY, PROTOCOL
from xlsig.hosts.excel.exchange import error_number

CREATE = 'Set server = CreateObject("xlsig.Server")\n'
HELLO = f"WScript.Echo server.Hello({PROTOCOL})\n"
WHO = f"xlsig {xlsig.xlsig_version()}"


def _client(wine: Wine, name: str) -> Any:
    """What a client of this folder prints."""
    return json.loads(wine.python(f"Z:{Path(__file__).with_name(name)}"))


def test_a_script_creates_the_server_and_it_ends_with_the_script(wine: Wine) -> None:
    assert wine.servers_end()
    assert wine.script(CREATE + HELLO) == [WHO]
    assert wine.servers_end()


def test_every_golden_case_is_answered_through_com(wine: Wine) -> None:
    cases = [(name, case) for name in golden.FUNCTIONS for case in golden.cases(name)]
    answers = _client(wine, "golden_client.py")
    assert [answer[:2] for answer in answers] == [[name, case.name] for name, case in cases]
    wrong = [
        (name, case.name, how, answer)
        for (name, case), (*_, omitted, blank) in zip(cases, answers, strict=True)
        for how, answer in (("omitted", omitted), ("blank", blank))
        if not agrees(answer, case.expected)
    ]
    assert wrong == []


def test_a_script_gets_an_answer_of_every_function(wine: Wine) -> None:
    source, asked = script()
    assert set(asked) == set(CATALOGUE)
    lines = wine.script(source)
    assert len(lines) == len(asked), lines[-3:]
    assert [name for name, line in zip(asked, lines, strict=True) if not agrees(read(line), asked[name].expected)] == []


def test_what_no_golden_case_has_is_answered_too(wine: Wine) -> None:
    told = _client(wine, "awkward_client.py")
    sentences = {name: told.pop(name) for name in list(told) if isinstance(told[name], str)}
    assert told == {
        "all left out but the first": 3.0,
        "the first ones left out": 0.0,
        "an empty cell for an optional": 3.0,
        "a computed row": 2.0,
        "a column of doubles": 3.0,
        "whole column with a header": 3.0,
        "whole columns of one axis": 3.0,
        "an error alone": error_number("#N/A"),
        "a spill error among cells": error_number("#SPILL!"),
        "an error that is newer than xlsig": error_number("#UNKNOWN!"),
        "a million rows": 999_990.0,
        "a block for a series": error_number("#VALUE!"),
        "no arguments": error_number("#N/A"),
        "our module as stock xlwings asks": 3,
    }
    again = "run xlsig install --host excel again, then restart Excel."
    assert sentences == {
        "one sentence": CATALOGUE["SELLOFF_STREAK"].explain([[5.0], [-3.0], [-4.0], [-2.0]]),
        "another protocol": f"The add-in in Excel and {WHO} do not fit together: {again}",
        "no such function": f"xlsig has no function NO_SUCH: {again}",
        "a module of others": "This server answers for xlsig.udfs alone, not for os.",
        "a call of stock xlwings": sentences["a call of stock xlwings"],
        "an error in our module": "#N/A",
    }
    assert not sentences["a call of stock xlwings"].startswith("answered")


def test_a_killed_server_is_replaced_on_the_next_call(wine: Wine) -> None:
    marker = wine.drive / "killed.txt"
    marker.unlink(missing_ok=True)
    source = f"""{CREATE}{HELLO}
Set files = CreateObject("Scripting.FileSystemObject")
Do Until files.FileExists("C:\\killed.txt")
Loop
On Error Resume Next
said = server.Hello({PROTOCOL})
If Err.Number <> 0 Then WScript.Echo "dead"
On Error Goto 0
Set server = Nothing
{CREATE}{HELLO}"""
    with wine.started_script(source) as running:
        assert running.line() == WHO
        wine.kill_server()
        marker.touch()
        assert [running.line(), running.line()] == ["dead", WHO]
    assert wine.servers_end()


def test_two_clients_share_one_server_and_it_stays_for_the_second(wine: Wine) -> None:
    marker = wine.drive / "go.txt"
    marker.unlink(missing_ok=True)
    waiting = f"""{CREATE}{HELLO}
Set files = CreateObject("Scripting.FileSystemObject")
Do Until files.FileExists("C:\\go.txt")
Loop
{HELLO}"""
    with wine.started_script(waiting) as first:
        assert first.line() == WHO
        before = wine.servers()
        assert wine.script(CREATE + HELLO) == [WHO]
        assert wine.servers() == before
        marker.touch()
        assert first.line() == WHO
    assert wine.servers_end()


HUNG = r"""
import threading
from xlsig.hosts.excel import server
server._UNUSED_SECONDS = 1
server.com_server.serve = lambda clsid: threading.Event().wait(120) or print("waited in vain", flush=True)
server.serve(r"C:\hung.log")
"""


def test_a_server_that_hangs_in_coms_own_end_is_ended(wine: Wine) -> None:
    assert wine.python("-c", HUNG) == ""


def test_a_server_that_cannot_start_says_so_in_the_log_and_ends(wine: Wine) -> None:
    done = wine.run(r"C:\xlsig env\python.exe", "-S", "-B", "-P", wine.serve_path, r"C:\broken.log")
    assert done.returncode == 1
    (line,) = (wine.drive / "broken.log").read_text().splitlines()
    assert "server: cannot start with C:\\xlsig env\\python.exe: No module named" in line


def test_the_start_loads_no_library_that_no_answer_needs_and_keeps_them_loadable(wine: Wine) -> None:
    asked = (
        "import sys; from xlsig.hosts.excel import server; "
        "print(sorted({'pandas', 'lxml', 'openpyxl', 'exchange_calendars', *server._DONE_WITHOUT} & set(sys.modules))); "
        "import pandas; print(pandas.__name__)"
    )
    assert wine.python("-c", asked).splitlines() == ["[]", "pandas"]


def test_classic_xlwings_answers_every_golden_case(wine: Wine) -> None:
    told = wine.python(f"Z:{ANSWERS}", "classic")
    assert wrong_answers(told, "classic") == []


INSERT = """
from types import SimpleNamespace
from xlsig.hosts.excel.ribbon_commands import do
excel = SimpleNamespace(DefaultFilePath="C:/", Workbooks=SimpleNamespace(Open=print))
print(do("insert:regions", excel))
"""


def test_a_template_is_built_where_excel_keeps_files_and_opened(wine: Wine) -> None:
    opened, said = wine.python("-c", INSERT).splitlines()
    assert opened == r"C:\xlsig regions.xlsx"
    assert said.startswith(f"{opened} shows the bundled, synthetic sample.")
    assert zipfile.is_zipfile(wine.drive / "xlsig regions.xlsx")


def test_the_ribbons_doctor_answers_without_asking_itself(wine: Wine) -> None:
    said, where = wine.script(f'{CREATE}WScript.Echo server.Perform("doctor", Nothing)')
    assert said == "Nothing stands between a cell and its answer."
    written = wine.local_appdata / "xlsig" / "excel-doctor.txt"
    lines = written.read_text(encoding="utf-8").splitlines()
    assert where.startswith(f"All {len(lines)} checks: C:")
    assert where.endswith(r"xlsig\excel-doctor.txt")
    assert f"ok  round trip: {WHO} answers this Excel" in lines


def test_the_first_call_of_a_server_may_need_a_calendar(wine: Wine) -> None:
    assert wine.servers_end()
    assert _client(wine, "calendar_client.py") == [3.0, 3.0]


@pytest.mark.slow
def test_a_storm_of_errors_is_answered_and_every_reason_is_in_the_log(wine: Wine) -> None:
    log = wine.local_appdata / "xlsig" / "excel.log"
    asked = "from win32com.client import dynamic; server = dynamic.Dispatch('xlsig.Server'); "
    storm = "print({server.Answer('SELLOFF_PACE', (((1.0,), (2.0,)), -float(at))) for at in range(7000, 8000)})"
    assert wine.python("-c", asked + storm).strip() == str({error_number("#NUM!")})
    wanted = {f"SELLOFF_PACE: #NUM! sessions must be 1 or more, not -{at}" for at in range(7_000, 8_000)}
    assert comes_true(lambda: wanted <= {line.partition(" ")[2].partition(" ")[2] for line in log.read_text("utf-8").splitlines()})


@pytest.mark.slow
def test_two_clients_of_a_thousand_calls_each_get_their_own_answers(wine: Wine) -> None:
    with ThreadPoolExecutor(2) as both:
        told = list(both.map(lambda first: json.loads(wine.python("-c", THOUSAND, str(first))), (2, 1_002)))
    assert told == [[float(rows - 1) for rows in range(first, first + 1_000)] for first in (2, 1_002)]
    assert wine.servers_end()


THOUSAND = """
import json, sys
from win32com.client import dynamic
server, first = dynamic.Dispatch("xlsig.Server"), int(sys.argv[1])
flows = [(1.0,)] + [(-1.0,)] * 2_002
print(json.dumps([server.Answer("SELLOFF_STREAK", (tuple(flows[:rows]),)) for rows in range(first, first + 1_000)]))
"""


def test_a_server_killed_in_the_middle_of_a_call_is_gone_as_the_add_in_knows_it_and_is_replaced(wine: Wine) -> None:
    assert wine.servers_end()
    path = wine.drive / "calls.txt"
    path.unlink(missing_ok=True)
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(wine.python, "-c", KILLED)
        assert comes_true(path.exists)
        time.sleep(0.5)  # it is in the middle of one of its calls, whenever this is
        wine.kill_server()
        number, answer = json.loads(asked.result())
    assert number in GONE_OR_BUSY
    assert answer == WHO


KILLED = f"""
import json
from pathlib import Path
import pythoncom
from win32com.client import dynamic
server = dynamic.Dispatch("xlsig.Server")
flows = tuple((float(row),) for row in range(300_000))
server.Hello({PROTOCOL})
Path("C:/calls.txt").touch()
while True:
    try:
        server.Answer("SPREAD_ZSCORE", (flows,))
    except pythoncom.com_error as error:
        number = error.hresult
        break
del server
print(json.dumps([number, dynamic.Dispatch("xlsig.Server").Hello({PROTOCOL})]))
"""
