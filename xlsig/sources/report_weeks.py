"""The weeks of a series of reports: those without any, and the years that are missing between two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from xlsig.frames.wording import listed

LEAST_DAYS, MOST_DAYS = 6, 8
"""Reports so far apart are a week apart: they are of a Tuesday, or of the Monday before a holiday."""
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Gap:
    """Two reports with more or less than a week between them, so that their change is no week's flow."""

    before: dt.date
    after: dt.date

    @property
    def years(self) -> str:
        """The calendar years without any report, in words; empty if there is none."""
        lost = [str(year) for year in range(self.before.year + 1, self.after.year)]
        return listed(lost)

    @property
    def weeks(self) -> list[dt.date]:
        """The Tuesdays of the weeks without a report; none of them if a whole year is missing."""
        first, last = _tuesday(self.before) + _WEEK, _tuesday(self.after)
        return [] if self.years else [first + number * _WEEK for number in range((last - first).days // 7)]


def gaps(dates: Sequence[dt.date]) -> list[Gap]:
    """Where reports of these dates, sorted, are not a week apart."""
    return [Gap(before, after) for before, after in pairwise(dates) if not is_week(before, after)]


def is_week(before: dt.date, after: dt.date) -> bool:
    """Whether one report is the week after another."""
    return LEAST_DAYS <= (after - before).days <= MOST_DAYS


def told(found: Sequence[Gap]) -> list[str]:
    """Gaps in sentences: missing years, missing weeks all in one, and reports at odd distances."""
    lost = [
        f"No report between {gap.before} and {gap.after}: {gap.years} {'are' if ' ' in gap.years else 'is'} missing; "
        "the change between the two is not a flow, and since-dates and z-scores pass over it"
        for gap in found
        if gap.years
    ]
    weeks = [week for gap in found for week in gap.weeks]
    if weeks:
        one = len(weeks) == 1
        lost.append(
            f"No report of any contract in {'the week' if one else f'{len(weeks)} weeks'} of {', '.join(spans(weeks))}: the "
            f"{'flow of that week' if one else 'flows of those weeks'} and of the next are unknown, and so is a streak that reaches over "
            f"{'it' if one else 'them'}"
        )
    odd = [
        f"The reports of {gap.before} and {gap.after} are {(gap.after - gap.before).days} days apart: their change is not a week's flow"
        for gap in found
        if not gap.years and not gap.weeks
    ]
    return [*lost, *odd]


def spans(dates: Sequence[dt.date]) -> list[str]:
    """Runs of weeks, as "2025-01-07 to 2025-04-29"; dates that are not a week apart begin a new run."""
    runs: list[list[dt.date]] = []
    for date in dates:
        if runs and is_week(runs[-1][-1], date):
            runs[-1].append(date)
        else:
            runs.append([date])
    return [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]


def _tuesday(date: dt.date) -> dt.date:
    """The Tuesday of a date's week."""
    return date + dt.timedelta(days=1 - date.weekday())
