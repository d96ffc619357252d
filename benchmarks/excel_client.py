"""Runs in the Windows Python: asks both servers through COM, turn by turn, and prints the seconds of each call as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from excel_range import a_range
from excel_stock import PROG_ID as STOCK
from excel_stock import SENT
from win32com.client import dynamic

from xlsig.hosts.excel.contract import PROG_ID


def main(rows: int, turns: int) -> None:
    """Print the answers, and the seconds by way."""
    ours, stock = dynamic.Dispatch(PROG_ID), dynamic.Dispatch(STOCK)
    flows = tuple((-1.0 if row else 1.0,) for row in range(rows))
    selected = a_range(flows)
    asked: dict[str, Callable[[], Any]] = {
        "xlsig's Answer": lambda: ours.Answer("SELLOFF_STREAK", (flows,)),
        "xlwings, a range to lists": lambda: stock.CallUDF("excel_stock", "lists", (selected,)),
        "xlwings, a range to numpy": lambda: stock.CallUDF("excel_stock", "array", (selected,)),
        "xlwings, values to lists": lambda: stock.CallUDF("excel_stock", "lists", (flows,)),
        "xlwings, values to numpy": lambda: stock.CallUDF("excel_stock", "array", (flows,)),
        SENT: lambda: stock.Len(flows),
    }
    answers = {way: float(ask()) for way, ask in asked.items()}
    taken: dict[str, list[float]] = {way: [] for way in asked}
    for _ in range(turns):
        for way, ask in asked.items():
            began = time.perf_counter()
            ask()
            taken[way].append(time.perf_counter() - began)
    print(json.dumps([answers, taken]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
