"""A desk's frames as the Excel Tables of the workbooks: one row per session, one per week, one per entry."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xlsig.frames import daily, judging, taxonomy
from xlsig.frames.by_session import BySession
from xlsig.frames.desk import DeskData, Provenance
from xlsig.frames.findings import AMERICA, INPUTS, WORLD, Finding
from xlsig.frames.timetable import HOME, Days, Timetable, days_of
from xlsig.grid.book import Content
from xlsig.workbooks.claims import COMBINATIONS

if TYPE_CHECKING:
    import pandas as pd

WEEK = 5
"""Sessions in the workbooks' week: regions, products and sectors are sums over so many."""
YEAR = 252

SECTOR_NAMES = (*taxonomy.SECTORS, taxonomy.INDEX)


@dataclass(frozen=True)
class InputTable:
    """The rows of one Excel Table, and the style of each column."""

    name: str
    columns: tuple[str, ...]
    styles: tuple[str, ...]
    rows: tuple[tuple[Content, ...], ...]


@dataclass(frozen=True)
class Inputs:
    """Everything that the workbooks of a morning are made of."""

    tables: dict[str, InputTable]
    as_of: dt.date
    event: dt.date | None
    provenance: tuple[Provenance, ...]
    findings: tuple[Finding, ...] = ()
    """What the data is judged by, but for its age: a workbook stays the same whenever it is made."""
    weekly: bool = False
    """Whether the rows are a week apart."""

    @property
    def synthetic(self) -> bool:
        """Whether all of it is made up, as the bundled sample is."""
        return all(one.kind.startswith("synthetic") for one in self.provenance)

    @property
    def sessions(self) -> int:
        """Rows of the session tables."""
        return len(self.tables["Flows"].rows)


def inputs_of(data: DeskData | BySession, event: dt.date | None = None, findings: tuple[Finding, ...] | None = None) -> Inputs:
    """Tables from frames. Without an event, the workbooks look up the last one in the table Events; without findings, it is judged."""
    data = data if isinstance(data, BySession) else BySession(data)
    desk, timetable, flows = data.desk, data.timetable, data.flows
    findings = judging.judge(data) if findings is None else findings
    america, world = flows.totals(HOME), data.totals
    if len(flows.attendance.regions) == 1:
        world = world * math.nan
    spreads = _on_sessions(timetable, data.spreads)
    first = timetable.from_first(days_of(desk.flows), days_of(desk.spreads))
    tables = [
        _flows(first, america, world),
        _spreads(spreads.reindex(first)),
        _prices(timetable, desk.prices),
        _week(world),
        *_groups("Sector", flows.net_by("sector").reindex(columns=list(SECTOR_NAMES))),
        *_groups("Region", flows.net_by("region")),
        *_groups("Product", flows.net_by("product")),
        _pairs(desk.spreads, timetable.as_of),
        _futures(desk.contracts, timetable.as_of),
        _squeeze(desk, timetable, world),
        _table("Events", {"date": "date"}, [(day,) for day in judging.event_days(desk)]),
        _provenance(desk.provenance),
        _checks(findings),
        _inputs(desk, timetable),
        _table("Reasons", {"inputs": "text", "reason": "wrapped"}, _reasons(findings)),
    ]
    named = {table.name: table for table in tables}
    return Inputs(named, timetable.as_of, event, desk.provenance, findings, timetable.weekly)


def _on_sessions(timetable: Timetable, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a frame by date that stand on sessions which the calendar knows; unknown values on all others."""
    import pandas as pd

    known = frame.reindex(pd.DatetimeIndex(timetable.home, name="date"))
    return known.where(pd.Series(timetable.covered, index=known.index), axis=0)


def _as_content(value: Any) -> Content:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, str | int | dt.date) else float(value)


def _table(name: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> InputTable:
    """A table always has a row: without data it is blank, and what is asked of it is #N/A."""
    body = tuple(tuple(_as_content(value) for value in row) for row in rows) or ((None,) * len(columns),)
    return InputTable(name, tuple(columns), tuple(columns.values()), body)


def _provenance(provenance: tuple[Provenance, ...]) -> InputTable:
    columns = {"source": "text", "as_of": "date", "rows": "count", "sha256": "text", "kind": "text"}
    return _table("Provenance", columns, [(one.source, one.as_of, one.rows, one.sha256, one.kind) for one in provenance])


def _checks(findings: Sequence[Finding]) -> InputTable:
    columns = {"grade": "text", "frame": "text", "code": "text", "finding": "wrapped", "remedy": "wrapped"}
    return _table("Checks", columns, [(one.grade, one.frame, one.code, one.what, one.remedy or None) for one in findings])


def _inputs(desk: DeskData, timetable: Timetable) -> InputTable:
    """The inputs of the answers, always the same rows: from when to when each has rows, and how many regions the flows name."""
    home = desk.flows[desk.flows["region"] == HOME]
    frames = (home, desk.flows, desk.spreads, desk.prices, desk.contracts, desk.squeeze)
    days = (*map(days_of, frames), np.array(judging.event_days(desk), dtype="datetime64[D]"))
    regions = {WORLD: desk.flows["region"].nunique(), AMERICA: int(bool(len(home)))}
    word = "week" if timetable.weekly else "session"
    rows = [
        (name, *((found[0].item(), found[-1].item()) if found.size else (None, None)), word, regions.get(name))
        for name, found in zip(INPUTS, days, strict=True)
    ]
    return _table("Inputs", {"input": "text", "begins": "date", "ends": "date", "row": "text", "regions": "count"}, rows)


def _reasons(findings: Sequence[Finding]) -> list[tuple[str, str | None]]:
    return [(", ".join(inputs), judging.reason(findings, inputs) or None) for inputs in COMBINATIONS]


def _flows(days: Days, america: pd.DataFrame, world: pd.DataFrame) -> InputTable:
    columns = {"date": "date", "north_america": "money", "world": "money", **dict.fromkeys(daily.LEGS, "money")}
    legs = world[list(daily.LEGS)].reindex(days)
    nets = (america["net"].reindex(days), world["net"].reindex(days))
    return _table("Flows", columns, zip(days.tolist(), *nets, *(legs[leg] for leg in daily.LEGS), strict=True))


def _spreads(spreads: pd.DataFrame) -> InputTable:
    columns = {"date": "date", "contract": "text", "spread_bp": "bp", "ex_turn_contract": "text", "ex_turn_bp": "bp"}
    return _table("Spreads", columns, spreads.itertuples(name=None))


def _prices(timetable: Timetable, prices: pd.DataFrame) -> InputTable:
    closes = _on_sessions(timetable, prices.set_index("date"))["close"]
    days = timetable.from_first(days_of(prices))
    return _table("Prices", {"date": "date", "close": "index"}, zip(days.tolist(), closes.reindex(days), strict=True))


def _week(world: pd.DataFrame) -> InputTable:
    columns = {"date": "date", **dict.fromkeys(daily.LEGS, "money"), "net": "money"}
    return _table("Week", columns, world.iloc[-WEEK:].itertuples(name=None))


def _groups(what: str, net: pd.DataFrame) -> tuple[InputTable, InputTable]:
    """This week's entries, one row each, and the weeks before, one column each."""
    weeks = daily.sums(net, WEEK)
    names = list(net.columns)
    now = weeks.iloc[-1] if len(weeks) else dict.fromkeys(names)
    this = _table(f"{what}Week", {what.lower(): "text", "net": "money"}, [(name, now[name]) for name in names])
    columns = {"week_end": "date", **dict.fromkeys(names, "money")}
    return this, _table(f"{what}History", columns, weeks.iloc[:-1].itertuples(name=None))


def _pairs(spreads: pd.DataFrame, as_of: dt.date) -> InputTable:
    """The last session's forward pairs, in order of start."""
    import pandas as pd

    last = spreads[(spreads["date"] == pd.Timestamp(as_of)) & (spreads["start"] > spreads["date"])]
    last = last.sort_values("start").drop_duplicates("start")
    columns = {"contract": "text", "start": "date", "end": "date", "spread_bp": "bp"}
    return _table("Pairs", columns, last[list(columns)].itertuples(index=False, name=None))


def _futures(contracts: pd.DataFrame | None, as_of: dt.date) -> InputTable:
    """The last session's futures, nearest first."""
    import pandas as pd

    columns = {
        "contract": "text",
        "expiry": "date",
        "days": "count",
        "spot": "index",
        "future": "index",
        "dividends": "decimal",
        "rate": "rate",
    }
    if contracts is None:
        return _table("Futures", columns, [])
    last = contracts[contracts["date"] == pd.Timestamp(as_of)].sort_values("expiry")
    last = last.assign(days=(last["expiry"] - last["date"]).dt.days)
    return _table("Futures", columns, last[last["days"] > 0][list(columns)].itertuples(index=False, name=None))


def _squeeze(desk: DeskData, timetable: Timetable, world: pd.DataFrame) -> InputTable:
    """The six factors of squeeze risk by session: four are the desk's, two follow from flows and prices."""
    import pandas as pd

    closes = _on_sessions(timetable, desk.prices.set_index("date"))["close"]
    given = ("short_interest", "days_to_cover", "borrow_fee", "shorts_loss")
    own = desk.squeeze.set_index("date") if desk.squeeze is not None else pd.DataFrame(index=closes.index[:0], columns=list(given))
    own = _on_sessions(timetable, own.astype("float64"))
    days = timetable.from_first(days_of(desk.prices), days_of(desk.squeeze))
    columns = {name: own[name].reindex(days) for name in given}
    columns["short_share"] = (world["short_sales"] / (world["short_sales"] + world["long_sells"])).reindex(days)
    known = closes.dropna()
    columns["high_distance"] = (known / known.rolling(YEAR).max() - 1).reindex(days)
    order = ("short_interest", "days_to_cover", "borrow_fee", "short_share", "high_distance", "shorts_loss")
    styles = dict(zip(order, ("decimal", "decimal", "percent1", "percent1", "percent1", "percent1"), strict=True))
    return _table("Squeeze", {"date": "date", **styles}, zip(days.tolist(), *(columns[name] for name in order), strict=True))
