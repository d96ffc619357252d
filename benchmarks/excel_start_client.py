"""Runs in the Windows Python: starts the server, and prints as JSON the seconds until its greeting, the milliseconds of a call, and the
seconds of a thousand calls that are refused for a thousand different reasons.
"""

from __future__ import annotations

import json
import statistics
import time

from win32com.client import dynamic

from xlsig.hosts.excel.contract import PROG_ID, PROTOCOL

CALLS, ERRORS = 100, 1_000


def main() -> None:
    """Measure and print."""
    flows = tuple((-1.0 if row else 1.0,) for row in range(250))
    began = time.perf_counter()
    server = dynamic.Dispatch(PROG_ID)
    server.Hello(PROTOCOL)
    greeted = time.perf_counter() - began
    calls = []
    for _ in range(CALLS):
        began = time.perf_counter()
        if server.Answer("SELLOFF_STREAK", (flows,)) != 249.0:
            raise AssertionError
        calls.append(time.perf_counter() - began)
    began = time.perf_counter()
    for reason in range(ERRORS):
        server.Answer("SELLOFF_PACE", (flows, -float(reason)))
    print(json.dumps([greeted, statistics.median(calls) * 1e3, time.perf_counter() - began]))


if __name__ == "__main__":
    main()
