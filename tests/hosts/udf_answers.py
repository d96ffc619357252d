"""Asks xlsig.udfs every golden case the way one of xlwings' hosts does, in a process of its own; prints the answers as JSON.

plain: as Python calls it where xlwings has no host. server: through xlwings' custom_functions_call, with cells as Office.js sends them.
classic: through xlwings' call_udf, with cells as pywin32 hands them over.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from importlib import import_module
from typing import Any

import xlwings

import xlsig.udfs
from xlsig.functions import golden
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.contents import ERROR_NUMBERS, serial

OMITTED, ERROR_BASE = -2147352572, -2146828288


def _number(cell: Any) -> Any:
    return float(serial(cell)) if isinstance(cell, dt.date) else cell


def plain(name: str, arguments: tuple[Any, ...]) -> Any:
    """Blocks of two dimensions, errors as text."""

    def sent(cell: Any) -> Any:
        return cell.code if isinstance(cell, golden.GoldenError) else _number(cell)

    rows = [[[sent(each) for each in row] for row in (cell if isinstance(cell, tuple) else ((cell,),))] for cell in arguments]
    return getattr(xlsig.udfs, name)(*(None if block == [[None]] else block for block in rows))


def server(name: str, arguments: tuple[Any, ...]) -> Any:
    """Matrices of JSON values, errors as objects."""

    def sent(cell: Any) -> Any:
        return {"type": "Error", "basicValue": cell.code} if isinstance(cell, golden.GoldenError) else _number(cell)

    rows = [[[sent(each) for each in row] for row in cell] if isinstance(cell, tuple) else [[sent(cell)]] for cell in arguments]
    data = {"func_name": name, "args": _repeated(rows) if name == "EXPLAIN" else rows}
    data |= {
        "caller_address": "Sheet1!A1",
        "date_format": "m/d/yyyy",
        "version": xlwings.__version__,
        "runtime": "1.4",
        "client": "Office.js",
    }
    return asyncio.run(import_module("xlwings.server").custom_functions_call(data, xlsig.udfs))


def _repeated(rows: list[Any]) -> list[Any]:
    """Office.js hands the arguments of a repeating parameter over as one list."""
    return [rows[0], rows[1:]]


def classic(name: str, arguments: tuple[Any, ...]) -> Any:
    """Tuples of cells, errors as numbers of their own."""

    def sent(cell: Any) -> Any:
        return ERROR_BASE + ERROR_NUMBERS[cell.code] if isinstance(cell, golden.GoldenError) else _number(cell)

    cells = [
        tuple(tuple(map(sent, row)) for row in cell) if isinstance(cell, tuple) else OMITTED if cell is None else sent(cell)
        for cell in arguments
    ]
    return import_module("xlwings.udfs").call_udf("xlsig.udfs", name, cells)


def asked() -> list[tuple[str, golden.Case]]:
    """The golden cases, but for those with an argument too many, which Excel does not let anyone type."""
    return [
        (name, case)
        for name, function in sorted(CATALOGUE.items())
        for case in golden.cases(name)
        if function.variadic or len(case.arguments) <= len(function.arguments)
    ]


def main(host: str) -> None:
    """Print a list of [function, case, answer]."""
    ask = {"plain": plain, "server": server, "classic": classic}[host]
    print(json.dumps([[name, case.name, ask(name, case.arguments)] for name, case in asked()]))


if __name__ == "__main__":
    main(sys.argv[1])
