"""A refresh against openpyxl's load-fill-save of the same book, and 250,000 rows against XlsxWriter: python -m benchmarks.refresh.

Every way runs in processes of its own, turn by turn. A process imports what it needs, then measures: processor seconds of the work, and how
far the most memory that it ever held lies above what it held before. Whole processes, imports included, are shown beside.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.refresh_book import COLUMNS, ROWS, TABLES, fill, refresh_openpyxl, refresh_ours, rows, write_book

TURNS = 7
MANY = 250_000
LEAST_CPU_RATIO, MOST_MEMORY_SHARE, MOST_MIB = 5.0, 0.5, 200.0


def cpu_seconds() -> float:
    """Processor seconds of this process so far."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """The most memory that this process has held. Linux hands a child its parent's figure by getrusage, so its own is read there."""
    import resource

    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def _small(refresh: Callable[[Path, Path, dict[str, Any]], None], source: Path, target: Path) -> Callable[[], object]:
    data = {table: list(rows(ROWS, seed)) for seed, table in enumerate(TABLES, start=7)}
    return lambda: refresh(source, target, data)


def _many(source: Path, target: Path) -> Callable[[], object]:
    from xlsig.ooxml import replace_table

    return lambda: replace_table(source, "Flows", COLUMNS, rows(MANY, 3), target)


def _xlsxwriter(target: Path) -> Callable[[], object]:
    import xlsxwriter

    def write() -> None:
        workbook = xlsxwriter.Workbook(str(target), {"constant_memory": True})
        sheet, day = workbook.add_worksheet("Flows data"), workbook.add_format({"num_format": "yyyy-mm-dd"})
        for across, column in enumerate(COLUMNS):
            sheet.write_string(0, across, column)
        fill(sheet, day, rows(MANY, 3))
        workbook.close()

    return write


def _generate() -> Callable[[], object]:
    return lambda: sum(1 for _ in rows(MANY, 3))


def _import_for(way: str) -> None:
    """What a way needs is loaded before the clock starts."""
    if way in ("ours", "many"):
        import_module("xlsig.ooxml")
    elif way == "openpyxl":
        import_module("openpyxl")


def child(way: str, source: str, target: str) -> None:
    """Measure one way in this process and print what it took."""
    _import_for(way)
    ways = {
        "ours": lambda: _small(refresh_ours, Path(source), Path(target)),
        "openpyxl": lambda: _small(refresh_openpyxl, Path(source), Path(target)),
        "many": lambda: _many(Path(source), Path(target)),
        "xlsxwriter": lambda: _xlsxwriter(Path(target)),
        "rows": _generate,
    }
    work = ways[way]()
    before, began = peak_mib(), cpu_seconds()
    work()
    ended = cpu_seconds()
    print(json.dumps({"cpu": ended - began, "all_cpu": ended, "added": peak_mib() - before, "peak": peak_mib()}))


@dataclass(frozen=True)
class Taken:
    """Medians of one way: processor seconds and MiB, of the work and of the whole process."""

    cpu: float
    all_cpu: float
    added: float
    peak: float


def measured(ways: Mapping[str, tuple[Path, Path]], turns: int) -> dict[str, Taken]:
    """Every way in a fresh process, turn by turn."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(turns):
        for way, (source, target) in ways.items():
            command = [sys.executable, "-m", "benchmarks.refresh", way, str(source), str(target)]
            found[way].append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    return {way: Taken(**{key: statistics.median(one[key] for one in taken) for key in taken[0]}) for way, taken in found.items()}


def same_tables(left: Path, right: Path) -> bool:
    """Whether two books hold the same rows in both tables."""
    from python_calamine import CalamineWorkbook

    def read(path: Path) -> list[Any]:
        with CalamineWorkbook.from_path(path) as book:
            return [book.get_sheet_by_name(name).to_python() for name in TABLES.values()]

    return read(left) == read(right)


def run() -> None:
    """Measure, and print the ratios and whether the targets were met."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = folder / "book.xlsx"
        write_book(book)
        small = measured({"ours": (book, folder / "ours.xlsx"), "openpyxl": (book, folder / "peer.xlsx")}, TURNS)
        if not same_tables(folder / "ours.xlsx", folder / "peer.xlsx"):
            raise AssertionError("the two refreshed books do not hold the same rows")
        big = folder / "big.xlsx"
        _grow(book, big)
        many = measured({"many": (big, folder / "many.xlsx"), "xlsxwriter": (big, folder / "written.xlsx"), "rows": (big, big)}, 1)
    _show_small(small["ours"], small["openpyxl"])
    _show_many(many["many"], many["xlsxwriter"], many["rows"])


def _grow(book: Path, big: Path) -> None:
    """A book whose table has 250,000 rows already."""
    from xlsig.ooxml import replace_table

    replace_table(book, "Flows", COLUMNS, rows(MANY, 2), big)


def _show_small(ours: Taken, peer: Taken) -> None:
    print(f"Two tables of {ROWS} × 15 replaced, medians of {TURNS} turns")
    print(f"  {'':<12}{'work':>10}{'added':>12}{'whole':>10}{'peak':>12}")
    for name, one in (("xlsig", ours), ("openpyxl", peer)):
        print(f"  {name:<12}{one.cpu * 1e3:>7.0f} ms{one.added:>8.1f} MiB{one.all_cpu * 1e3:>7.0f} ms{one.peak:>8.1f} MiB")
    ratio, share = peer.cpu / ours.cpu, ours.added / peer.added
    print(f"  CPU of the work: {ratio:.1f}× less (target ≥ {LEAST_CPU_RATIO:g}×): {_met(ratio >= LEAST_CPU_RATIO)}")
    print(f"  memory of the work: {share:.2f} of openpyxl's (target ≤ {MOST_MEMORY_SHARE:g}): {_met(share <= MOST_MEMORY_SHARE)}")
    print(f"  whole processes: {peer.all_cpu / ours.all_cpu:.1f}× less CPU, {ours.peak / peer.peak:.2f} of the memory\n")


def _show_many(ours: Taken, peer: Taken, alone: Taken) -> None:
    print(f"{MANY:,} × 15 rows, one turn; making the rows alone takes {alone.cpu:.1f} s of each")
    for name, one in (("xlsig replaces", ours), ("XlsxWriter writes", peer)):
        print(f"  {name:<20}{one.cpu:>7.1f} s{one.peak:>9.1f} MiB at most")
    print(f"  faster than XlsxWriter: {peer.cpu / ours.cpu:.2f}× (target > 1×): {_met(ours.cpu < peer.cpu)}")
    print(f"  peak memory: {ours.peak:.0f} MiB (target < {MOST_MIB:g} MiB): {_met(ours.peak < MOST_MIB)}\n")


def _met(is_met: bool) -> str:
    return "met" if is_met else "NO"


if __name__ == "__main__":
    if len(sys.argv) == 4:
        child(*sys.argv[1:])
    else:
        run()
