"""Runs in the Windows Python: SELLOFF_STREAK bound as an analyst binds it with xlwings, and the COM server of xlwings that answers for it.

`lists` takes the rows that xlwings makes of the cells, with ndim=2, as xlsig.udfs does; for `array` xlwings makes a numpy array. The rule
is xlsig's own in both.
"""

from __future__ import annotations

import sys

import numpy as np
import xlwings

import xlsig

CLSID = "{0D5F7E0B-2A5C-4B7C-8C55-6F1C3E2B9A47}"
PROG_ID = "xlsig.StockBenchmark"
SENT = "sending the cells"


@xlwings.func
@xlwings.arg("net_flow", ndim=2)
def lists(net_flow):  # type: ignore[no-untyped-def]  # xlwings takes an annotation for a converter
    """Rows of cells."""
    return xlsig.selloff_streak([row[0] for row in net_flow])


@xlwings.func
@xlwings.arg("net_flow", np.array, ndim=1)
def array(net_flow):  # type: ignore[no-untyped-def]
    """A numpy array."""
    return xlsig.selloff_streak(net_flow)


if __name__ == "__main__":
    sys.stdout = sys.stderr = open("nul", "w")  # noqa: SIM115  # a process without a window has none, and xlwings prints
    from xlwings.com_server import serve

    serve(CLSID)
