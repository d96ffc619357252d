"""A desk's frames as the Excel Tables of the workbooks: one row per session, one per week, one per entry."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsig.frames import daily, taxonomy
from xlsig.frames.desk import DeskData, Provenance
from xlsig.frames.judging import Finding
from xlsig.grid.book import Content

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
    """What the data is judged by."""

    @property
    def synthetic(self) -> bool:
        """Whether all of it is made up, as the bundled sample is."""
        return all(one.kind.startswith("synthetic") for one in self.provenance)

    @property
    def sessions(self) -> int:
        """Rows of the session tables."""
        return len(self.tables["Flows"].rows)


def inputs_of(desk: DeskData, event: dt.date | None = None) -> Inputs:
    """Tables from frames. Without an event, the workbooks look up the last Fed announcement in the table Events."""
    import pandas as pd

    from xlsig.frames.calendar import fomc_dates

    america, world = daily.totals(desk, region="North America"), daily.totals(desk)
    spreads = daily.headline_spread(desk.spreads)
    days = pd.DatetimeIndex(world.index.union(spreads.index))
    tables = [
        _flows(days, america, world),
        _spreads(spreads.reindex(days)),
        _prices(desk.prices),
        _week(world),
        *_groups("Sector", daily.net_by(desk, "sector").reindex(columns=list(SECTOR_NAMES))),
        *_groups("Region", daily.net_by(desk, "region")),
        *_groups("Product", daily.net_by(desk, "product")),
        _pairs(desk.spreads),
        _futures(desk.contracts),
        _squeeze(desk, world),
        _table("Events", {"date": "date"}, [(day,) for day in fomc_dates()]),
        _provenance(desk.provenance),
    ]
    return Inputs({table.name: table for table in tables}, desk.as_of, event, desk.provenance)


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


def _flows(days: pd.DatetimeIndex, america: pd.DataFrame, world: pd.DataFrame) -> InputTable:
    columns = {"date": "date", "north_america": "money", "world": "money", **dict.fromkeys(daily.LEGS, "money")}
    legs = world[list(daily.LEGS)].reindex(days)
    nets = (america["net"].reindex(days), world["net"].reindex(days))
    return _table("Flows", columns, zip(days, *nets, *(legs[leg] for leg in daily.LEGS), strict=True))


def _spreads(spreads: pd.DataFrame) -> InputTable:
    columns = {"date": "date", "contract": "text", "spread_bp": "bp", "ex_turn_contract": "text", "ex_turn_bp": "bp"}
    return _table("Spreads", columns, spreads.itertuples(name=None))


def _prices(prices: pd.DataFrame) -> InputTable:
    return _table("Prices", {"date": "date", "close": "index"}, prices[["date", "close"]].itertuples(index=False, name=None))


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


def _pairs(spreads: pd.DataFrame) -> InputTable:
    """The last day's forward pairs, in order of start."""
    last = spreads[(spreads["date"] == spreads["date"].max()) & (spreads["start"] > spreads["date"])]
    last = last.sort_values("start").drop_duplicates("start")
    columns = {"contract": "text", "start": "date", "end": "date", "spread_bp": "bp"}
    return _table("Pairs", columns, last[list(columns)].itertuples(index=False, name=None))


def _futures(contracts: pd.DataFrame | None) -> InputTable:
    """The last day's futures, nearest first."""
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
    last = contracts[contracts["date"] == contracts["date"].max()].sort_values("expiry")
    last = last.assign(days=(last["expiry"] - last["date"]).dt.days)
    return _table("Futures", columns, last[last["days"] > 0][list(columns)].itertuples(index=False, name=None))


def _squeeze(desk: DeskData, world: pd.DataFrame) -> InputTable:
    """The six factors of squeeze risk by session: four are the desk's, two follow from flows and prices."""
    import pandas as pd

    prices = desk.prices.set_index("date")["close"]
    given = ("short_interest", "days_to_cover", "borrow_fee", "shorts_loss")
    desk_own = desk.squeeze.set_index("date") if desk.squeeze is not None else pd.DataFrame(index=prices.index, columns=list(given))
    days = prices.index.union(desk_own.index)
    columns = {name: desk_own[name].reindex(days) for name in given}
    columns["short_share"] = (world["short_sales"] / (world["short_sales"] + world["long_sells"])).reindex(days)
    known = prices.dropna()
    columns["high_distance"] = (known / known.rolling(YEAR).max() - 1).reindex(days)
    order = ("short_interest", "days_to_cover", "borrow_fee", "short_share", "high_distance", "shorts_loss")
    styles = dict(zip(order, ("decimal", "decimal", "percent1", "percent1", "percent1", "percent1"), strict=True))
    return _table("Squeeze", {"date": "date", **styles}, zip(days, *(columns[name] for name in order), strict=True))
