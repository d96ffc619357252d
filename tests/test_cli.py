"""The command line as a tired analyst meets it: plain words, exit codes, no traceback, no half-written file."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from tests.patience import PATIENCE
from xlsig.cli import commands
from xlsig.frames.schema import FRAMES
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spelling import HOSTS
from xlsig.ooxml.edit import Mode
from xlsig.sources.cftc import bundled
from xlsig.sources.sample import sample
from xlsig.workbooks.batching import Engine
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import TEMPLATES


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    script = "import sys; from xlsig.cli import main; sys.argv[0] = 'xlsig'; main()"
    environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, cwd=cwd, env=environment, timeout=PATIENCE, check=False
    )


def test_demo_builds_every_dashboard_and_prints_the_note(tmp_path):
    done = run("demo", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.xlsx" for name in TEMPLATES}
    assert "danger signal reads BOTH" in " ".join(done.stdout.split())
    assert "synthetic" in done.stdout


def test_build_writes_one_workbook(tmp_path):
    done = run("build", "sectors", "--data", "sample", "--out", str(tmp_path / "new" / "sectors.xlsx"))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["sectors.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("build", "nothing", "--data", "sample", "--out", "a.xlsx"),
            "'nothing' is not one of 'danger', 'sectors', 'regions',",
        ),
        (("build", "danger", "--data", "sample", "--out", "a.xls"), ".xlsx"),
        (("build", "danger", "--data", "sample", "--out", "a.xlsx", "--formulas", "lotus"), "'excel', 'officejs', 'calc'"),
        (("functions", "NO_SUCH"), "no function 'NO_SUCH'"),
        (("signals",), "--data"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments, said, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_data_that_is_not_there_is_one_line(tmp_path):
    done = run("signals", "--data", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("xlsig: ")
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_cell_is_named_by_file_row_column_and_value_and_nothing_is_written(tmp_path):
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "flows.csv").write_text(
        "date,region,sector,product,long_buys,long_sells,short_sales,short_covers\n"
        "2025-01-02,North America,Energy,Single stocks,1,2,3,4\n"
        "2025-01-03,North America,Energy,Single stocks,1,2,-3,4\n"
        "2025-01-03,North America,Crypto,Single stocks,1,2,3,4\n"
    )
    (folder / "spreads.csv").write_text("date,contract,start,end,spread_bp\n2025-01-03,H5-M5,2025-03-21,2025-06-20,97\n")
    (folder / "prices.csv").write_text("date,close\n2025-01-03,5868\n")
    done = run("build", "danger", "--data", str(folder), "--out", str(tmp_path / "danger.xlsx"))
    assert done.returncode == 1
    for word in ("flows.csv", "row 3", "short_sales", "-3", "row 4", "sector", "Crypto"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["desk"]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("build", "sectors", "--data", "sample", "--out", str(tmp_path / "file" / "sectors.xlsx"))
    assert done.returncode == 1
    assert done.stderr.startswith("xlsig: ")
    assert "Traceback" not in done.stderr


def test_functions_lists_the_catalogue_as_json():
    listed = json.loads(run("functions", "--json").stdout)
    assert [entry["name"] for entry in listed] == list(CATALOGUE)
    for entry in listed:
        assert set(entry) == {"name", "category", "doc", "arguments", "spills", "example", "sheet"}
        for argument in entry["arguments"]:
            assert set(argument) == {"name", "kind", "unit", "optional", "default", "doc"}


def test_one_function_is_shown_in_full():
    shown = run("functions", "selloff_streak").stdout
    assert "=SELLOFF_STREAK(flows, [dates], [calendar], [tolerance])" in shown
    assert "Sessions in a row" in shown


def test_public_positions_are_answered_per_contract_and_group_and_labelled_a_proxy():
    done = run("signals", "--data", "cftc:" + ",".join(map(str, bundled())), "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert {"as_of", "source", "state", "note", "claims", "missing"} <= set(printed)
    assert printed["as_of"] == "2025-04-29"
    assert printed["state"] == "NO DATA"
    assert "proxy" in printed["source"]
    assert "proxy" in printed["note"]
    assert any("Health Care" in sentence for sentence in printed["missing"])
    leveraged = {
        claim["formula"]: claim["answer"]
        for claim in printed["claims"]
        if claim["contract"] == "E-mini S&P 500" and claim["group"] == "leveraged funds"
    }
    assert len(leveraged) == 4
    assert leveraged["=SELLOFF_STREAK(flows,dates)"] == 0
    assert isinstance(leveraged["=FLOW_ZSCORE(flows,1,52)"], float)
    assert leveraged["=FASTEST_SINCE(dates,flows,1)"] is None
    assert not any("hedge funds sold" in claim["explanation"] for claim in printed["claims"])


def test_a_dashboard_cannot_be_made_of_public_positions_and_says_why(tmp_path):
    done = run("build", "danger", "--data", f"cftc:{bundled()[0]}", "--out", str(tmp_path / "danger.xlsx"))
    assert done.returncode == 1
    assert "xlsig signals" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_loads_nothing_heavy():
    script = (
        "import sys, contextlib, io\nfrom xlsig.cli import app\n"
        "with contextlib.redirect_stdout(io.StringIO()) as said: app(['--help'], standalone_mode=False)\n"
        "assert 'selftest' in said.getvalue()\nprint(*sys.modules)"
    )
    loaded = set(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split())
    heavy = {"numpy", "pandas", "lxml", "openpyxl", "xlsxwriter", "xlwings", "exchange_calendars", "rich.table", "rich.console"}
    assert not heavy & loaded


def test_the_words_of_an_option_are_those_of_its_home():
    assert [word.value for word in commands.Formulas] == list(HOSTS)
    assert [word.value for word in commands.Mode] == list(get_args(Mode))
    assert [word.value for word in commands.Engine] == list(get_args(Engine))
    assert {word.value for word in commands.RefreshFormulas} < set(HOSTS)
    assert [word.value for word in commands.TemplateName] == [*TEMPLATES, "selftest"]


def test_every_template_is_a_module_and_says_which_frames_it_needs():
    inputs = inputs_of(sample())
    for name, template in TEMPLATES.items():
        assert template(inputs).book.sheets, name
        assert set(template.frames) <= set(FRAMES)
