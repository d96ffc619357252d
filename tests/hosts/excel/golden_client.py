"""Runs in the Windows Python: asks the server every golden case as Excel would, and prints the answers as JSON.

A blank argument is sent as an omitted one and as an empty cell.
"""

from __future__ import annotations

import json

from comtypes.client import CreateObject
from excel_variants import arguments, cell, empty, left_out

from xlsig.functions import golden
from xlsig.hosts.excel.contract import PROG_ID


def main() -> None:
    """Print a list of [function, case, answer with omitted arguments, answer with blank ones]."""
    server = CreateObject(PROG_ID, dynamic=True)
    told = []
    for name in golden.FUNCTIONS:
        for case in golden.cases(name):
            answers = [
                server.Answer(name, arguments(*(blank() if value is None else cell(value) for value in case.arguments)))
                for blank in (left_out, empty)
            ]
            told.append([name, case.name, *answers])
    print(json.dumps(told))


if __name__ == "__main__":
    main()
