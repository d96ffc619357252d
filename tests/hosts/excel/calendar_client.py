"""Runs in the Windows Python: a fresh server's first question needs a calendar, the next one a calendar that does not come with xlsig."""

from __future__ import annotations

import json

from win32com.client import dynamic

from xlsig.hosts.excel.contract import PROG_ID

FLOWS = ((5.0,), (-3.0,), (-4.0,), (-2.0,))
DAYS = ((45719.0,), (45720.0,), (45721.0,), (45722.0,))  # 3 to 6 March 2025


def main() -> None:
    """Ask and print."""
    server = dynamic.Dispatch(PROG_ID)
    print(json.dumps([server.Answer("SELLOFF_STREAK", (FLOWS, DAYS, calendar)) for calendar in ("XNYS", "XWBO")]))


if __name__ == "__main__":
    main()
