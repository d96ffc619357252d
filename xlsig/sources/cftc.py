"""Traders in Financial Futures, the CFTC's weekly positions of trader groups: a public proxy for what funds do.

Positions are those of a Tuesday, published on the Friday after at 15:30 in New York. They do not show trades: a change of
net position stands in for a week's net flow, and long and short legs are not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Provenance
from xlsig.sources.file_bytes import read_bytes
from xlsig.sources.index_contracts import INDICES, index_of, is_consolidated
from xlsig.sources.releases import SUFFIXES
from xlsig.sources.report_weeks import Gap, gaps, is_week, spans, told
from xlsig.sources.reports import CONTRACTS, Report, read_reports
from xlsig.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("leveraged funds", "asset managers")
UNIT = "US dollars per index point"
PUBLISHED_AT = dt.time(15, 30)


@dataclass(frozen=True)
class CftcData:
    """Weekly net positions and flows per contract and trader group, in US dollars per index point.

    `flows` has the columns date, code, contract, group, net_position (long − short) and net_flow (its change since the report a
    week before), sorted by code, group and date, with a row for every week from the first report to the last, but for years that are
    missing: what no report holds is NaN. `missing` says in sentences what is not there, `indices` names the equity indices and the codes
    of the contracts on the price of each, the one that stands for the index first, and `gaps` are where reports are not a week apart.
    """

    flows: pd.DataFrame
    missing: tuple[str, ...]
    provenance: tuple[Provenance, ...]
    unit: str = UNIT
    indices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    @property
    def as_of(self) -> dt.date:
        """The date of the last report."""
        last: dt.date = self.flows["date"].max().date()
        return last


class CftcFiles(Source):
    """Files of the CFTC. What they hold is no desk's data: `read` gives `CftcData`, which `xlsig signals` answers from."""

    title = "CFTC positions"
    frames = frozenset[str]()
    instead = "use xlsig signals"

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths

    @classmethod
    def named(cls, text: str) -> CftcFiles:
        """The files and folders of these paths, with commas between them."""
        return cls([Path(name.strip()) for name in text.split(",") if name.strip()])

    def read(self) -> CftcData:
        """The reports of all the files together."""
        return read_cftc(self.paths)

    def files(self) -> list[Path]:
        """The files and those in the folders, if they are there."""
        return [path for path in _files(self.paths) if path.is_file()]


def published(report_date: dt.date) -> dt.datetime:
    """When a report became public: 15:30 in New York on the Friday of its week.

    >>> published(dt.date(2025, 1, 7)).isoformat()
    '2025-01-10T15:30:00-05:00'
    """
    return _in_new_york(report_date + dt.timedelta(days=(4 - report_date.weekday()) % 7), PUBLISHED_AT)


def bundled() -> tuple[Path, ...]:
    """The CFTC files that come with xlsig: 2022, and January to April 2025."""
    return tuple(sorted((Path(__file__).parent / "data").glob("cftc_*.csv")))


def read_cftc(paths: Iterable[Path | str], as_of: dt.date | None = None) -> CftcData:
    """Flows of leveraged funds and asset managers from the CFTC's files, futures only or combined but not both.

    A path is a file in one of the forms of `xlsig.sources.releases`, or a folder of them. With `as_of` (a date: its end in New York, or a
    moment), only reports that had been published by then are used.
    """
    held, provenance = _read(_files(map(Path, paths)))
    if as_of is not None:
        moment = _moment(as_of)
        held = [report for report in held if published(report.date) <= moment]
        if not held:
            raise DataError([Problem("no report in the files had been published by then", value=str(as_of))])
    dates = sorted({report.date for report in held})
    between = gaps(dates)
    by_code: dict[str, list[Report]] = {code: [] for code in CONTRACTS}
    for report in sorted(held, key=lambda report: report.date):
        by_code.setdefault(report.code, []).append(report)
    names = {code: CONTRACTS.get(code) or found[-1].market for code, found in by_code.items()}
    flows = _flows(by_code, names, sorted([*dates, *(week for gap in between for week in gap.weeks)]))
    missing = (*told(between), *_missing(by_code, names, dates))
    return CftcData(flows, missing, tuple(provenance), indices=_indices(by_code), gaps=tuple(between))


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files of these paths: a folder stands for the files in it that the CFTC may have published."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and not each.name.startswith("."))
            found.extend(sorted(each for each in inside if each.is_file()) or [path])
        else:
            found.append(path)
    return found


def _read(paths: Sequence[Path]) -> tuple[list[Report], list[Provenance]]:
    """The reports of all files, each once, and where they came from. What is wrong with any of the files is reported together."""
    held: list[Report] = []
    provenance: list[Provenance] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found, origin = _read_file(path)
        except DataError as refused:
            problems.extend(refused.problems)
            continue
        kinds = {report.basis for report in (*held[:1], *found)}
        if len(kinds) > 1:
            problems.append(Problem(f"positions of two kinds cannot be put together: {' and '.join(sorted(kinds))}", path.name))
            continue
        held.extend(found)
        provenance.append(origin)
    if problems:
        raise DataError(problems)
    if not held:
        raise DataError("no CFTC file was named")
    return _each_once(held), provenance


def _read_file(path: Path) -> tuple[list[Report], Provenance]:
    if path.is_dir():
        raise DataError([Problem(f"no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file in the folder", path.name)])
    content, sha256 = read_bytes(path)
    found = read_reports(content, path.name)
    kind = f"public proxy (CFTC TFF {found[0].basis}: weekly positions, not trades)"
    last = max(report.date for report in found)
    return found, Provenance(path.name, last, len(found), sha256, kind)


def _each_once(held: Sequence[Report]) -> list[Report]:
    """A report that is in two files is one, if both say the same."""
    first: dict[tuple[str, dt.date], Report] = {}
    unlike: dict[tuple[str, str], list[tuple[Report, Report]]] = {}
    for report in held:
        known = first.setdefault((report.code, report.date), report)
        if not known.agrees_with(report):
            unlike.setdefault((known.file, report.file), []).append((known, report))
    if unlike:
        raise DataError(_unlike(found) for found in unlike.values())
    return list(first.values())


def _unlike(found: Sequence[tuple[Report, Report]]) -> Problem:
    """Two files, or rows of one, that say different things of the same contract and date."""
    known, report = found[0]
    first = f", the first of {len(found)} such rows" if len(found) > 1 else ""
    mend = "take one of the rows out" if known.file == report.file else "leave one of the two files out"
    message = f"other positions than in {known.file}, row {known.line}, for the same contract and date{first}: {mend}"
    return Problem(message, report.file, report.line, "CFTC_Contract_Market_Code", f"{report.code}, {report.date}")


def _moment(as_of: dt.date) -> dt.datetime:
    """A day's end, or a moment, in New York where it names no time zone."""
    if not isinstance(as_of, dt.datetime):
        return _in_new_york(as_of, dt.time.max)
    return as_of if as_of.tzinfo else _in_new_york(as_of.date(), as_of.time())


def _in_new_york(day: dt.date, time: dt.time) -> dt.datetime:
    from zoneinfo import ZoneInfo  # its table of zones is read when first asked

    return dt.datetime.combine(day, time, ZoneInfo("America/New_York"))


def _flows(by_code: Mapping[str, list[Report]], names: Mapping[str, str], weeks: list[dt.date]) -> pd.DataFrame:
    import pandas as pd

    at = {date: row for row, date in enumerate(weeks)}
    days = np.array(weeks, dtype="datetime64[D]").astype("datetime64[ns]")
    pieces = []
    for code in sorted(code for code, found in by_code.items() if found):
        for number, group in enumerate(GROUPS):
            position, flow = np.full(len(weeks), np.nan), np.full(len(weeks), np.nan)
            before: Report | None = None
            for report in by_code[code]:
                row, net = at[report.date], report.net(number)
                position[row] = np.nan if net is None else net
                if before and is_week(before.date, report.date):
                    flow[row] = position[row] - position[at[before.date]]
                before = report
            columns = {"date": days, "code": code, "contract": names[code], "group": group}
            pieces.append(pd.DataFrame({**columns, "net_position": position, "net_flow": flow}))
    return pd.concat(pieces, ignore_index=True)


def _indices(by_code: Mapping[str, list[Report]]) -> dict[str, tuple[str, ...]]:
    """The contracts on the price of each equity index: consolidated first, then from the largest to the smallest."""
    on: dict[str, list[Report]] = {}
    for code, found in by_code.items():
        index = index_of(code, found[-1].market, found[-1].units) if found else None
        if index:
            on.setdefault(index, []).append(found[-1])
    order = [*(index for index in INDICES if index in on), *sorted(on.keys() - INDICES.keys())]
    return {index: tuple(report.code for report in sorted(on[index], key=_size)) for index in order}


def _size(report: Report) -> tuple[bool, float, str]:
    return not is_consolidated(report.code, report.market), -(report.dollars_per_point or 0), report.code


def _missing(by_code: Mapping[str, list[Report]], names: Mapping[str, str], dates: list[dt.date]) -> list[str]:
    """Sentences on what the reports do not hold: contracts absent now first, then those with holes and other units."""
    sentences: dict[bool, list[str]] = {True: [], False: []}
    for code, found in by_code.items():
        present = {report.date for report in found}
        absent = [date for date in dates if date not in present]
        if absent:
            runs = spans(absent)
            more = f" and {len(runs) - 3} earlier" if len(runs) > 3 else ""
            sentence = f"{names[code]} ({code}): no report in {len(absent)} of {len(dates)} weeks: {', '.join(runs[-3:])}{more}"
            sentences[absent[-1] == dates[-1]].append(sentence)
    units = [
        f"{names[code]} ({code}): counted in {found[-1].units.strip()}, which is not {UNIT}: its positions are left out"
        for code, found in by_code.items()
        if any(report.dollars_per_point is None for report in found)
    ]
    return [*sentences[True], *sentences[False], *units]
