"""Announcement dates of the Federal Open Market Committee, 2014 to 2025."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path


def fomc_dates(scheduled_only: bool = False) -> tuple[dt.date, ...]:
    """The announcement dates, oldest first; with `scheduled_only`, without the two unscheduled ones of March 2020."""
    with (Path(__file__).parent / "data" / "fomc_dates.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = (row for row in rows if row["scheduled"] == "1" or not scheduled_only)
    return tuple(dt.date.fromisoformat(row["announcement_date"]) for row in kept)
