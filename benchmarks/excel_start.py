"""How long Excel's first cell waits: the server that answers it, started cold, before and after a change.

    python -m benchmarks.excel_start [OTHER]     OTHER: a folder with another xlsig in it, which takes turns with this one

Imports: the server's own module in fresh processes of this system, with bytecode kept and with nothing compiled, pywin32 stood in for where
it is missing; target: at most 2 seconds. Start: under Wine, from CreateObject to the greeting of a server that did not run, then calls with
250 rows, and a thousand that are refused, each for another reason. Medians of turns. The second half needs wine, which takes longer than
Windows for all that touches a process or a file.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.hosts.excel.wine import Wine
from xlsig.hosts.excel.contract import CLSID, PROG_ID

TURNS = 5
MOST_SECONDS = 2.0
_HERE = Path(__file__).parent

Way = Callable[[], tuple[float, ...]]


def run(other: str | None = None) -> None:
    """Measure and print."""
    trees = ({"before": Path(other).resolve()} if other else {}) | {"after": _HERE.parent}
    with tempfile.TemporaryDirectory() as folder:
        ways: dict[str, Way] = {}
        for name, tree in trees.items():
            ways[f"{name}, bytecode kept"] = partial(_imported, tree, f"-Xpycache_prefix={folder}/{name}")
            ways[f"{name}, nothing compiled"] = partial(_imported, tree, f"-Xpycache_prefix={folder}/empty", "-B")
        _show("Imports of the server in a fresh process", ("s", "modules"), _medians(ways), MOST_SECONDS)
    if shutil.which("wine") is None:
        sys.exit("The program wine is missing: install the package wine.")
    with tempfile.TemporaryDirectory() as folder:
        wine = Wine(Path(folder) / "prefix")
        try:
            wine.start()
            starts: dict[str, Way] = {name: partial(_started, wine, name, _installed(wine, name, tree)) for name, tree in trees.items()}
            _show("A cold start under Wine", ("s until the greeting", "ms a call", "s for 1,000 errors"), _medians(starts))
        finally:
            wine.stop()


def _imported(tree: Path, *flags: str) -> tuple[float, ...]:
    """Seconds and modules of the server's import."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, *flags, str(_HERE / "excel_imports.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**environment, "PYTHONPATH": str(tree)})
    return tuple(json.loads(done.stdout))


def _installed(wine: Wine, name: str, tree: Path) -> str:
    """An environment of the tree's own; the command by which its xlsig has Windows start the server."""
    folder = wine.drive / name
    wine.copy_environment(folder)
    package = folder / "Lib" / "site-packages" / "xlsig"
    shutil.rmtree(package)
    shutil.copytree(tree / "xlsig", package, ignore=shutil.ignore_patterns("__pycache__"))
    asked = "from xlsig.hosts.excel.registration import server_command; print(server_command())"
    return wine.run(rf"C:\{name}\python.exe", "-X", "utf8", "-c", asked).stdout.strip()


def _started(wine: Wine, name: str, command: str) -> tuple[float, ...]:
    """Seconds until the greeting, milliseconds of a call, seconds of a thousand errors. Wine starts classes of the machine only."""
    classes = r"HKLM\Software\Classes"
    entries = {
        rf"{classes}\{PROG_ID}\CLSID": CLSID,
        rf"{classes}\CLSID\{CLSID}\ProgID": PROG_ID,
        rf"{classes}\CLSID\{CLSID}\LocalServer32": command,
    }
    for key, value in entries.items():
        if wine.run("reg", "add", key, "/ve", "/d", value, "/f").returncode:
            raise AssertionError(f"{key} cannot be written")
    done = wine.run(rf"C:\{name}\python.exe", "-X", "utf8", f"Z:{_HERE / 'excel_start_client.py'}")
    wine.end_servers()
    if done.returncode:
        raise AssertionError(done.stdout)
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def _medians(ways: Mapping[str, Way]) -> dict[str, tuple[float, ...]]:
    """The medians by way, turn by turn; the turn before the first one only writes what is kept."""
    taken: dict[str, list[tuple[float, ...]]] = {name: [] for name in ways}
    for _ in range(TURNS + 1):
        for name, way in ways.items():
            taken[name].append(way())
    return {name: tuple(map(statistics.median, zip(*each[1:], strict=True))) for name, each in taken.items()}


def _show(title: str, headings: tuple[str, ...], measured: Mapping[str, tuple[float, ...]], most: float | None = None) -> None:
    table = Table(title=f"{title}, median of {TURNS}", title_justify="left")
    for heading in ("way", *headings, *(["target", "met"] if most else [])):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for name, values in measured.items():
        judged = [f"≤ {most:g} s", "yes" if values[0] <= most else "NO"] if most else []
        table.add_row(name, *(f"{value:.2f}".removesuffix(".00") for value in values), *judged)
    Console(width=120).print(table)


if __name__ == "__main__":
    run(*sys.argv[1:2])
