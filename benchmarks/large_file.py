"""A large CSV of flows, column by column against cell by cell and pandas: python -m benchmarks.large_file [ROWS].

The file has 156 entries a day. Every way runs in a process of its own, turn by turn, which measures the processor seconds of the work and
how far the most memory that it held lies above what it held before. pandas reads the columns with their types and checks nothing; both of
ours check everything.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.refresh import cpu_seconds, peak_mib

ROWS = 500_000
TURNS = 3
LEAST_CPU_RATIO, MOST_MEMORY_SHARE = 5.0, 0.5


def write_flows(path: Path, rows: int) -> None:
    """So many rows of drawn flows: dates from 1950, six regions, eleven sectors and the index, five products."""
    import numpy as np
    import pandas as pd

    from xlsig.frames.taxonomy import REGIONS, SECTORS

    kinds = [(sector, product) for sector in SECTORS for product in ("Single stocks", "ETF")]
    kinds += [("Index", product) for product in ("ETF", "Futures", "Options", "Swaps")]
    entries = np.array([(region, *kind) for region in REGIONS for kind in kinds], dtype=object)
    days = np.busday_offset("1950-01-02", np.arange(rows // len(entries) + 1)).astype(str)
    entry = np.arange(rows) % len(entries)
    frame = pd.DataFrame(entries[entry], columns=["region", "sector", "product"])
    frame.insert(0, "date", days[np.arange(rows) // len(entries)])
    random = np.random.default_rng(20250103)
    for leg in ("long_buys", "long_sells", "short_sales", "short_covers"):
        frame[leg] = random.integers(1_000, 90_000_000, rows) / 1000
    frame.to_csv(path, index=False)


def _columns(path: Path) -> Any:
    from xlsig.sources.files import read_frame

    return read_frame(path, "flows")[0]


def _cells(path: Path) -> Any:
    from xlsig.frames.schema import check
    from xlsig.sources.delimited import read_delimited

    return check("flows", read_delimited(path.read_bytes(), path.name, name="flows"))


def _pandas(path: Path) -> Any:
    import pandas as pd

    return pd.read_csv(path, parse_dates=["date"])


WAYS: dict[str, Callable[[Path], Any]] = {"by columns": _columns, "by cells": _cells, "pandas.read_csv": _pandas}


def child(way: str, path: str) -> None:
    """Measure one way in this process and print what it took."""
    for module in ("pandas", "pyarrow.csv", "xlsig.sources.files"):
        import_module(module)
    before, began = peak_mib(), cpu_seconds()
    frame = WAYS[way](Path(path))
    taken, added = cpu_seconds() - began, peak_mib() - before
    print(json.dumps({"cpu": taken, "added": added, "rows": len(frame), "sum": float(frame["long_buys"].sum())}))


def run(rows: int = ROWS) -> None:
    """Measure, and print the ratios and whether the targets were met."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "flows.csv"
        write_flows(path, rows)
        size = path.stat().st_size / 1e6
        for _ in range(TURNS):
            for way, taken in found.items():
                command = [sys.executable, "-m", "benchmarks.large_file", way, str(path)]
                taken.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    if len({(one["rows"], round(one["sum"], 3)) for taken in found.values() for one in taken}) != 1:
        raise AssertionError("the ways do not read the same flows")
    cpu = {way: statistics.median(one["cpu"] for one in taken) for way, taken in found.items()}
    peak = {way: statistics.median(one["added"] for one in taken) for way, taken in found.items()}
    table = Table(title=f"{rows:,} rows of flows, {size:,.0f} MB", title_justify="left")
    for heading in ("way", "CPU", "memory added"):
        table.add_column(heading, justify="right")
    for way in WAYS:
        table.add_row(way, f"{cpu[way]:.1f} s", f"{peak[way]:,.0f} MiB")
    console = Console(width=120)
    console.print(table)
    faster, share = cpu["by cells"] / cpu["by columns"], peak["by columns"] / peak["by cells"]
    console.print(f"by columns {faster:.1f}× less CPU than by cells: {_met(faster >= LEAST_CPU_RATIO)} (target ≥ {LEAST_CPU_RATIO:g}×)")
    console.print(f"by columns {share:.0%} of the memory: {_met(share <= MOST_MEMORY_SHARE)} (target ≤ {MOST_MEMORY_SHARE:.0%})\n")


def _met(met: bool) -> str:
    return "yes" if met else "NO"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        child(*sys.argv[1:])
    else:
        run(*map(int, sys.argv[1:]))
