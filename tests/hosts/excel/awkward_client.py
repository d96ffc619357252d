"""Runs in the Windows Python: arguments that no golden case has, as Excel's VBA sends them. Prints the answers by name as JSON."""

from __future__ import annotations

import json
from typing import Any

from comtypes import COMError
from comtypes.automation import VARIANT
from comtypes.client import CreateObject
from excel_variants import arguments, block, doubles, empty, error, left_out

from xlsig.hosts.excel.contract import PROG_ID, WHOLE_COLUMN
from xlsig.hosts.excel.exchange import error_number

FLOWS = [[5.0], [-3.0], [-4.0], [-2.0]]
ROWS = 1_000_000


def refused(ask: Any) -> str:
    """What a call that cannot be answered says."""
    try:
        return f"answered {ask()}"
    except COMError as failure:
        return str(failure.details[0])


def main() -> None:
    """Ask and print."""
    server = CreateObject(PROG_ID, dynamic=True)

    def streak(*sent: Any) -> Any:
        return server.Answer("SELLOFF_STREAK", arguments(*sent))

    def whole(rows: Any) -> VARIANT:
        return arguments(WHOLE_COLUMN, block(rows))

    told = {
        "all left out but the first": streak(block(FLOWS), left_out(), left_out(), left_out()),
        "the first ones left out": streak(block(FLOWS), left_out(), left_out(), 2.0),
        "an empty cell for an optional": streak(block(FLOWS), empty(), empty(), empty()),
        "a computed row": streak(arguments(5.0, -3.0, -4.0)),
        "a column of doubles": streak(doubles([row[0] for row in FLOWS])),
        "whole column with a header": streak(whole([["net flow"], *FLOWS, [None]])),
        "whole columns of one axis": server.Answer(
            "SELLOFF_STREAK", arguments(whole([["flow"], *FLOWS]), whole([["date"], [45659.0], [45660.0], [45663.0], [45664.0]]), "XNYS")
        ),
        "an error alone": streak(error(error_number("#N/A"))),
        "a spill error among cells": streak(arguments(-1.0, error(error_number("#SPILL!")))),
        "an error that is newer than xlsig": streak(error(error_number("#CALC!") + 30)),
        "a million rows": streak(doubles([1.0] * 10 + [-1.0] * (ROWS - 10))),
        "a block for a series": streak(block([[1.0, 2.0], [3.0, 4.0]])),
        "no arguments": streak(),
        "one sentence": server.Sentence("SELLOFF_STREAK", arguments(block(FLOWS))),
        "another protocol": refused(lambda: server.Hello(0)),
        "no such function": refused(lambda: server.Answer("NO_SUCH", arguments(1.0))),
        "a module of others": refused(lambda: server.CallUDF("os", "getcwd", arguments())),
        "a call of stock xlwings": refused(lambda: server.Eval("1+1")),
        "our module as stock xlwings asks": server.CallUDF("xlsig.udfs", "SELLOFF_STREAK", arguments(block(FLOWS), left_out())),
        "an error in our module": server.CallUDF("xlsig.udfs", "SELLOFF_STREAK", arguments(error(error_number("#N/A")))),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
