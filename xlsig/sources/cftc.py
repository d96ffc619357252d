"""Traders in Financial Futures, the CFTC's weekly positions of trader groups: a public proxy for what funds do.

Positions are those of a Tuesday, published on the Friday after at 15:30 in New York. They do not show trades: a change of
net position stands in for a week's net flow, and long and short legs are not known.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Provenance
from xlsig.sources.files import read_bytes
from xlsig.sources.reports import CONTRACTS, Report, dollars_per_point, read_reports
from xlsig.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("leveraged funds", "asset managers")
UNIT = "US dollars per index point"
LEAST_DAYS, MOST_DAYS = 6, 8
PUBLISHED_AT = dt.time(15, 30)


@dataclass(frozen=True)
class CftcData:
    """Weekly net positions and flows per contract and trader group, in US dollars per index point.

    `flows` has the columns date, code, contract, group, net_position (long − short) and net_flow (its change since the report a
    week before), sorted by code, group and date, with a row for every report date of the files: what a report does not
    hold is NaN. `missing` says in sentences what is not there.
    """

    flows: pd.DataFrame
    missing: tuple[str, ...]
    provenance: tuple[Provenance, ...]
    unit: str = UNIT

    @property
    def as_of(self) -> dt.date:
        """The date of the last report."""
        last: dt.date = self.flows["date"].max().date()
        return last


class CftcFiles(Source):
    """Text files of the CFTC. What they hold is no desk's data: `read` gives `CftcData`, which `xlsig signals` answers from."""

    title = "CFTC positions"
    frames = frozenset[str]()
    instead = "use xlsig signals"

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths

    @classmethod
    def named(cls, text: str) -> CftcFiles:
        """The files of these paths, with commas between them."""
        return cls([Path(name.strip()) for name in text.split(",") if name.strip()])

    def read(self) -> CftcData:
        """The reports of all the files together."""
        return read_cftc(self.paths)

    def files(self) -> list[Path]:
        """The files, those that are there."""
        return [path for path in self.paths if path.is_file()]


def published(report_date: dt.date) -> dt.datetime:
    """When a report became public: 15:30 in New York on the Friday of its week.

    >>> published(dt.date(2025, 1, 7)).isoformat()
    '2025-01-10T15:30:00-05:00'
    """
    return _in_new_york(report_date + dt.timedelta(days=(4 - report_date.weekday()) % 7), PUBLISHED_AT)


def bundled() -> tuple[Path, ...]:
    """The CFTC files that come with xlsig: 2022, and January to April 2025."""
    return tuple(sorted((Path(__file__).parent / "data").glob("cftc_*.csv")))


def read_cftc(paths: Sequence[Path | str], as_of: dt.date | None = None) -> CftcData:
    """Flows of leveraged funds and asset managers from CFTC text files, futures only or combined but not both.

    With `as_of` (a date: its end in New York, or a moment), only reports that had been published by then are used.
    """
    held: list[Report] = []
    provenance = []
    for path in map(Path, paths):
        content = read_bytes(path)
        found = read_reports(content, path.name)
        kinds = {report.basis for report in (*held, *found)}
        if len(kinds) > 1:
            raise DataError([Problem(f"positions of two kinds cannot be put together: {' and '.join(sorted(kinds))}", path.name)])
        kind = f"public proxy (CFTC TFF {kinds.pop()}: weekly positions, not trades)"
        last = max(report.date for report in found)
        provenance.append(Provenance(path.name, last, len(found), hashlib.sha256(content).hexdigest(), kind))
        held.extend(found)
    if not held:
        raise DataError("no CFTC file was named")
    _refuse_duplicates(held)
    if as_of is not None:
        moment = _moment(as_of)
        held = [report for report in held if published(report.date) <= moment]
        if not held:
            raise DataError([Problem("no report in the files had been published by then", value=str(as_of))])
    dates = sorted({report.date for report in held})
    by_code: dict[str, list[Report]] = {code: [] for code in CONTRACTS}
    for report in sorted(held, key=lambda report: report.date):
        by_code.setdefault(report.code, []).append(report)
    names = {code: CONTRACTS.get(code) or found[-1].market for code, found in by_code.items()}
    flows = _flows(by_code, names, dates)
    return CftcData(flows, tuple(_missing(by_code, names, dates)), tuple(provenance))


def _moment(as_of: dt.date) -> dt.datetime:
    """A day's end, or a moment, in New York where it names no time zone."""
    if not isinstance(as_of, dt.datetime):
        return _in_new_york(as_of, dt.time.max)
    return as_of if as_of.tzinfo else _in_new_york(as_of.date(), as_of.time())


def _in_new_york(day: dt.date, time: dt.time) -> dt.datetime:
    from zoneinfo import ZoneInfo  # its table of zones is read when first asked

    return dt.datetime.combine(day, time, ZoneInfo("America/New_York"))


def _refuse_duplicates(held: Sequence[Report]) -> None:
    seen: dict[tuple[str, dt.date], Report] = {}
    problems = []
    for report in held:
        first = seen.setdefault((report.code, report.date), report)
        if first is not report:
            message = f"the same contract and date as {first.file}, row {first.line}"
            shown = f"{report.code}, {report.date}"
            problems.append(Problem(message, report.file, report.line, "CFTC_Contract_Market_Code", shown))
    if problems:
        raise DataError(problems)


def _flows(by_code: dict[str, list[Report]], names: dict[str, str], dates: list[dt.date]) -> pd.DataFrame:
    import pandas as pd

    at = {date: row for row, date in enumerate(dates)}
    days = np.array(dates, dtype="datetime64[D]").astype("datetime64[ns]")
    pieces = []
    for code in sorted(code for code, found in by_code.items() if found):
        for number, group in enumerate(GROUPS):
            position, flow = np.full(len(dates), np.nan), np.full(len(dates), np.nan)
            before: Report | None = None
            for report in by_code[code]:
                row = at[report.date]
                position[row] = _dollars(report, number)
                if before and LEAST_DAYS <= (report.date - before.date).days <= MOST_DAYS:
                    flow[row] = position[row] - position[at[before.date]]
                before = report
            columns = {"date": days, "code": code, "contract": names[code], "group": group}
            pieces.append(pd.DataFrame({**columns, "net_position": position, "net_flow": flow}))
    return pd.concat(pieces, ignore_index=True)


def _dollars(report: Report, group: int) -> float:
    """Net position in dollars an index point; each row by its own unit, since consolidated contracts change theirs."""
    net, per_point = report.net[group], dollars_per_point(report.code, report.units)
    return np.nan if net is None or per_point is None else net * per_point


def _missing(by_code: dict[str, list[Report]], names: dict[str, str], dates: list[dt.date]) -> list[str]:
    """Sentences on what the files do not hold: contracts absent now first, then those with holes, gaps and other units."""
    sentences: dict[bool, list[str]] = {True: [], False: []}
    for code, found in by_code.items():
        present = {report.date for report in found}
        absent = [date for date in dates if date not in present]
        if absent:
            spans = _spans(absent, dates)
            more = f" and {len(spans) - 3} earlier" if len(spans) > 3 else ""
            told = ", ".join(spans[-3:]) + more
            sentence = f"{names[code]} ({code}): no report in {len(absent)} of {len(dates)} weeks: {told}"
            sentences[absent[-1] == dates[-1]].append(sentence)
    gaps = [
        f"No report of any contract between {before} and {after}, {(after - before).days} days: not a flow"
        for before, after in pairwise(dates)
        if (after - before).days > MOST_DAYS
    ]
    units = [
        f"{names[code]} ({code}): counted in {found[-1].units.strip()}, which is not {UNIT}: its positions are left out"
        for code, found in by_code.items()
        if any(dollars_per_point(code, report.units) is None for report in found)
    ]
    return [*sentences[True], *sentences[False], *gaps, *units]


def _spans(absent: list[dt.date], dates: list[dt.date]) -> list[str]:
    """Runs of report dates, as "2025-01-07 to 2025-04-29"; a gap between reports ends a run."""
    runs: list[list[dt.date]] = []
    for date in absent:
        before = dates[dates.index(date) - 1]
        if runs and runs[-1][-1] == before and (date - before).days <= MOST_DAYS:
            runs[-1].append(date)
        else:
            runs.append([date])
    return [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
