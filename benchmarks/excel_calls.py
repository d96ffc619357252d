"""A call of SELLOFF_STREAK through COM in a Windows Python under Wine: our server's Answer against CallUDF of stock xlwings.

Both servers run in the same Python and compute the same rule; one client hands the same cells to both, turn by turn, and medians are
compared. Stock xlwings makes lists of the cells, or a numpy array. Target: each at least twice as slow as ours.

Stock xlwings is called as its wrapper in Excel calls it, with the range, here a stand-in in the client: its server asks back for the
range's type, sheet, book, application, place and size, and for its cells. Wine takes long for each of these questions, Windows a fraction
of it, so the ratio is Wine's. The lines "values" spare xlwings all of them, which Excel never does. The last line is what all ways pay: the
same cells sent to a method that returns how many there are. Needs wine.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.excel_stock import CLSID, PROG_ID, SENT
from tests.hosts.excel.wine import ENVIRONMENT, Wine

TURNS = {250: 300, 10_000: 60}
LEAST = 2.0
_HERE = Path(__file__).parent


def run() -> None:
    """Measure and print."""
    if shutil.which("wine") is None:
        sys.exit("The program wine is missing: install the package wine.")
    with tempfile.TemporaryDirectory() as folder:
        wine = Wine(Path(folder) / "prefix")
        try:
            wine.start()
            installed = wine.xlsig("install", "--host", "excel")
            if installed.returncode:
                raise AssertionError(installed.stdout)
            _register_stock(wine)
            _show({rows: _measured(wine, rows, turns) for rows, turns in TURNS.items()})
        finally:
            wine.stop()


def _register_stock(wine: Wine) -> None:
    """Have Windows start the server of xlwings; Wine starts classes of the machine only."""
    python = rf"C:\{ENVIRONMENT}\pythonw.exe"
    classes = r"HKLM\Software\Classes"
    entries = {
        rf"{classes}\{PROG_ID}\CLSID": CLSID,
        rf"{classes}\CLSID\{CLSID}\ProgID": PROG_ID,
        rf"{classes}\CLSID\{CLSID}\LocalServer32": f'"{python}" -B "Z:{_HERE / "excel_stock.py"}"',
    }
    for key, value in entries.items():
        done = wine.run("reg", "add", key, "/ve", "/d", value, "/f")
        if done.returncode:
            raise AssertionError(done.stdout)


def _measured(wine: Wine, rows: int, turns: int) -> dict[str, float]:
    """The median seconds of a call by way; all must answer the same."""
    answers, taken = json.loads(wine.python("-B", f"Z:{_HERE / 'excel_client.py'}", str(rows), str(turns)))
    if any(answer != rows - (way != SENT) for way, answer in answers.items()):
        raise AssertionError(f"{rows} rows answer {answers}")
    return {way: statistics.median(seconds) for way, seconds in taken.items()}


def _show(measured: dict[int, dict[str, float]]) -> None:
    table = Table(title="A call of SELLOFF_STREAK through COM under Wine, median", title_justify="left")
    for heading in ("cells", "way", "ms a call", "× ours", "target", "met"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for rows, seconds in measured.items():
        ours = next(iter(seconds.values()))
        for way, each in seconds.items():
            peer = way.startswith("xlwings, a range")
            verdict = ("yes" if each >= LEAST * ours else "NO") if peer else ""
            table.add_row(f"{rows:,} × 1", way, f"{each * 1e3:.2f}", f"{each / ours:.2f}×", f"≥ {LEAST:g}×" if peer else "", verdict)
    Console(width=120).print(table)


if __name__ == "__main__":
    run()
