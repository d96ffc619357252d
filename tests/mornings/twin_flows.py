"""Net flows by home session and entry, in slow and obvious code: what is known, what is missing, what is closed."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

LEGS = ("long_buys", "long_sells", "short_sales", "short_covers")
REGIONS = ("North America", "Europe", "Developed Asia", "Emerging Asia", "EMEA", "Latin America")
SECTORS = (
    *("Energy", "Materials", "Industrials", "Consumer Discretionary", "Consumer Staples", "Health Care", "Financials"),
    *("Information Technology", "Communication Services", "Utilities", "Real Estate"),
)
PRODUCTS = ("Macro products", "Single stocks")
HOME = "XNYS"
CALENDARS = dict(zip(REGIONS, ("XNYS", "XLON", "XTKS", "XHKG", "XJSE", "BVMF"), strict=True))

Entry = tuple[str, str, str]
Value = float | None
Series = list[Value]
Amounts = dict[str, Value]


@lru_cache(maxsize=16)
def exchange_days(mic: str) -> tuple[dt.date, ...]:
    """The sessions of an exchange in the years of the sample."""
    import exchange_calendars

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, about later versions of pandas
        opened = exchange_calendars.get_calendar(mic, start="2020-01-01", end="2025-12-31")
    return tuple(day.date() for day in opened.sessions)


@lru_cache(maxsize=16)
def trading(mic: str) -> frozenset[dt.date]:
    """The same as a set."""
    return frozenset(exchange_days(mic))


def known(value: Any) -> Value:
    """A number, or None for a blank."""
    return None if value is None or pd.isna(value) else float(value)


def total(values: Iterable[Value]) -> Value:
    """The sum, unknown if one of them is."""
    listed = list(values)
    return None if None in listed else sum(value for value in listed if value is not None)


def amounts_of(row: Sequence[float]) -> Amounts:
    """The four legs and the net of a row, or the net alone; a net needs all four legs."""
    if len(row) == 1:
        return {**dict.fromkeys(LEGS), "net": known(row[0])}
    buys, sells, shorts, covers = row
    net = buys + covers - sells - shorts
    legs = {leg: None if value != value else value for leg, value in zip(LEGS, row, strict=True)}
    return {**legs, "net": None if net != net else net}


class Flows:
    """Net flows by home session and entry: what is known, what is missing, what is closed."""

    def __init__(
        self,
        frame: pd.DataFrame,
        as_of: dt.date,
        absent: str = "missing",
        retired: Sequence[str] = (),
        calendars: Mapping[str, str] | None = None,
    ) -> None:
        self.as_of, self.absent, self.retired = as_of, absent, set(retired)
        self.calendars = {**CALENDARS, **(calendars or {})}
        self.amounts: dict[Entry, dict[dt.date, list[Amounts]]] = {}
        self.own: dict[str, dict[dt.date, set[Entry]]] = {}
        self._read(frame)
        first = min(min(days) for days in self.own.values())
        self.days = [day for day in exchange_days(HOME) if first <= day <= as_of]
        self.missing: dict[dt.date, set[Entry]] = {day: set() for day in self.days}
        self.series: dict[tuple[str, str], Series] = {}
        self.reported = {day for rows in self.own.values() for day in rows}
        for region in self.own:
            self._judge(region)

    def _read(self, frame: pd.DataFrame) -> None:
        """Every row under its home session; a row of a home holiday under the next, one after as_of nowhere."""
        given = ("net",) if "net" in frame else LEGS
        numbers = zip(*(frame[name].astype(float).tolist() for name in given), strict=True)
        keys = zip(*(frame[name].tolist() for name in ("region", "sector", "product")), strict=True)
        sessions = {stamp: self._session(stamp.date()) for stamp in frame["date"].unique().tolist()}
        for stamp, entry, row in zip(frame["date"].tolist(), keys, numbers, strict=True):
            session = sessions[stamp]
            if session is None:
                continue
            self.amounts.setdefault(entry, {}).setdefault(session, []).append(amounts_of(row))
            rows = self.own.setdefault(entry[0], {})
            if session == stamp.date():
                rows.setdefault(session, set()).add(entry)

    def _session(self, day: dt.date) -> dt.date | None:
        """The home session that counts what was traded on a day; None if it is not over yet."""
        session = next((home for home in exchange_days(HOME) if home >= day), None)
        return session if session is not None and session <= self.as_of else None

    def _judge(self, region: str) -> None:
        """Which entries of a region are missing on which home session."""
        rows, own_sessions = self.own[region], trading(self.calendars[region])
        entries = {entry for day in rows for entry in rows[day]}
        first = {entry: min(day for day in rows if entry in rows[day]) for entry in entries}
        last = {entry: max(day for day in rows if entry in rows[day]) for entry in entries}
        reported = [day for day in self.days if day in rows]
        for day in self.days:
            if day not in rows and day in own_sessions:
                self.missing[day] |= {entry for entry in entries if first[entry] < day and not (day > last[entry] and self._ended(entry))}
        for entry in entries:
            for gap in self._gaps(entry, rows, [day for day in reported if day > first[entry]]):
                ended = gap[-1] > last[entry] and self._ended(entry)
                if self._usual(entry, rows, gap[0]) and not ended and (self.absent == "missing" or len(gap) > 5):
                    for day in gap:
                        self.missing[day].add(entry)

    def _gaps(self, entry: Entry, rows: Mapping[dt.date, set[Entry]], days: list[dt.date]) -> list[list[dt.date]]:
        """The runs of days on which the region has rows and the entry has none."""
        gaps: list[list[dt.date]] = []
        open_ = False
        for day in days:
            if entry in rows[day]:
                open_ = False
            elif open_:
                gaps[-1].append(day)
            else:
                gaps.append([day])
                open_ = True
        return gaps

    def _usual(self, entry: Entry, rows: Mapping[dt.date, set[Entry]], gap_begins: dt.date) -> bool:
        """Whether it was seen on at least half of the 60 sessions up to its last row before the gap."""
        seen = [day for day in self.days if day < gap_begins and entry in rows.get(day, ())]
        before = [day for day in self.days if day <= seen[-1]][-60:]
        return 2 * len([day for day in before if entry in rows.get(day, ())]) >= len(before)

    def _ended(self, entry: Entry) -> bool:
        region, sector, product = entry
        return bool(self.retired & {region, f"{region} · {product}", f"{region} · {sector} · {product}"})

    def of(self, which: Callable[[Entry], bool], what: str = "net") -> Series:
        """A row for each session: the total of some entries, unknown where one of them is missing or its amount is blank.

        On a session of which the file has no row at all, nothing is known.
        """
        entries = {entry for entry in self.amounts if which(entry)}
        begun, series = False, Series()
        for day in self.days:
            amounts = [amounts[what] for entry in entries for amounts in self.amounts[entry].get(day, ())]
            begun = begun or bool(amounts)
            lost = day not in self.reported or not entries.isdisjoint(self.missing[day])
            series.append(None if lost or not begun else total(amounts))
        return series

    def _once(self, name: str, which: Callable[[Entry], bool], what: str) -> Series:
        """A total that is asked for by name, made once."""
        if (name, what) not in self.series:
            self.series[name, what] = self.of(which, what)
        return self.series[name, what]

    def region(self, name: str, what: str = "net") -> Series:
        """The total of a region."""
        return self._once(name, lambda entry: entry[0] == name, what)

    def sector(self, name: str) -> Series:
        """The world's total of a sector."""
        return self._once(name, lambda entry: entry[1] == name, "net")

    def product(self, name: str) -> Series:
        """The world's total of a product."""
        return self._once(name, lambda entry: (entry[2] if entry[2] in PRODUCTS else PRODUCTS[0]) == name, "net")

    def world(self, what: str = "net") -> Series:
        """The total of all regions that are in the file; unknown where that is only one."""
        if len(self.own) == 1:
            return [None] * len(self.days)
        return self._once("world", lambda entry: True, what)


_made: dict[tuple[object, ...], tuple[pd.DataFrame, Flows]] = {}


def flows_of(frame: pd.DataFrame, as_of: dt.date, absent: str, retired: Sequence[str], calendars: Mapping[str, str] | None) -> Flows:
    """The flows of a frame, made once where several mornings have the very same."""
    key = (id(frame), as_of, absent, tuple(retired), tuple((calendars or {}).items()))
    if key not in _made:
        _made[key] = (frame, Flows(frame, as_of, absent, retired, calendars))
    return _made[key][1]
