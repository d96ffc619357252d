"""Thirty-three mornings on which the data is not as the sample has it, and the folders that a desk would have them in.

Each is the last 420 sessions of the sample, to 3 January 2025, with one thing changed.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from xlsig.frames.desk import DeskData
from xlsig.sources.sample import sample

Frames = dict[str, pd.DataFrame]

NAMES = ("flows", "spreads", "prices", "contracts", "squeeze")
LEGS = ("long_buys", "long_sells", "short_sales", "short_covers")
DATES = ("date", "start", "end", "expiry")
SESSIONS = 420
LAST = pd.Timestamp("2025-01-03")


@dataclass(frozen=True)
class Case:
    """A morning: the frames as their files hold them, and the configuration file if the desk has one.

    `meant` are the frames that the files stand for, where the files write them in another way. `typed` says that the rows as they are
    make a desk's data, so that no file need be read.
    """

    frames: Frames
    toml: str = ""
    meant: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    typed: bool = True

    @property
    def numbers(self) -> Frames:
        """The frames that are meant."""
        return {**self.frames, **self.meant}

    def write(self, folder: Path, toml: str | None = None) -> str:
        """Write the folder, and say what `--data` names it by. With `toml`, that is its configuration."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in self.frames.items():
            frame.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
        return self.configure(folder, self.toml if toml is None else toml)

    @staticmethod
    def configure(folder: Path, toml: str) -> str:
        """Write the configuration file beside the data; without one, the folder speaks for itself."""
        if not toml:
            return str(folder)
        (folder / "desk.toml").write_text(toml, encoding="utf-8")
        return str(folder / "desk.toml")

    @property
    def told(self) -> dict[str, Any]:
        """What the configuration says."""
        return tomllib.loads(self.toml)

    def desk(self) -> DeskData:
        """The desk's data without a file between."""
        assert self.typed
        told: dict[str, Any] = {"absent": self.told.get("absent", "missing"), "calendars": self.told.get("calendars", {})}
        frames = {name: self.frames[name].reset_index(drop=True) for name in NAMES if name in self.frames}
        last = {name: frame["date"].max().date() for name, frame in frames.items()}
        provenance = tuple(
            dataclasses.replace(one, as_of=last[name], rows=len(frames[name]), kind="desk data")
            for name, one in zip(NAMES, sample().provenance, strict=True)
            if name in frames
        )
        told |= {"retired": tuple(self.told.get("retired", ())), "events": self.frames.get("events")}
        without = dict.fromkeys(("contracts", "squeeze"))
        return dataclasses.replace(sample(), **(without | frames), provenance=provenance, **told)


CASES: dict[str, Callable[[], Case]] = {}
"""By name, how each is made."""


def _case(make: Callable[[], Case]) -> Callable[[], Case]:
    CASES[make.__name__] = make
    return make


@lru_cache(maxsize=4)
def _rows(sessions: int) -> Frames:
    whole = {name: getattr(sample(), name) for name in NAMES}
    return {name: frame[frame["date"].isin(dates_of(frame)[-sessions:])].reset_index(drop=True) for name, frame in whole.items()}


def latest(sessions: int = SESSIONS, **instead: pd.DataFrame) -> Frames:
    """The last sessions of every frame of the sample, some of the frames replaced. Copy a frame before you change it."""
    return _rows(sessions) | instead


def dates_of(frame: pd.DataFrame) -> list[pd.Timestamp]:
    """The dates of a frame, oldest first."""
    return sorted(frame["date"].unique().tolist())


def flows() -> pd.DataFrame:
    """The last 420 sessions of flows."""
    return _rows(SESSIONS)["flows"]


def until(frame: pd.DataFrame, before_last: int) -> pd.DataFrame:
    """The frame without its last so many dates."""
    return frame[frame["date"] <= dates_of(frame)[-1 - before_last]].reset_index(drop=True)


def net_of(frame: pd.DataFrame) -> pd.Series:
    """Net flow of each row."""
    return frame["long_buys"] - frame["long_sells"] - frame["short_sales"] + frame["short_covers"]


def _late(name: str, sessions: int) -> Case:
    return Case(latest(**{name: until(_rows(SESSIONS)[name], sessions)}))


@_case
def older() -> Case:
    return Case({name: frame[frame["date"] <= "2024-12-24"].reset_index(drop=True) for name, frame in latest().items()})


@_case
def flows_one_session_late() -> Case:
    return _late("flows", 1)


@_case
def flows_eight_sessions_late() -> Case:
    return _late("flows", 8)


@_case
def spreads_stale() -> Case:
    return _late("spreads", 12)


@_case
def contracts_stale() -> Case:
    return _late("contracts", 29)


@_case
def prices_stale() -> Case:
    return _late("prices", 60)


def repeated(frame: pd.DataFrame, days: list[str], regions: tuple[str, ...] = ()) -> pd.DataFrame:
    """The frame with the rows of its last date (of some regions) once more on each of the days."""
    last = frame[frame["date"] == frame["date"].max()]
    if regions:
        last = last[last["region"].isin(regions)]
    return pd.concat([frame, *(last.assign(date=pd.Timestamp(day)) for day in days)], ignore_index=True)


ABROAD = ("Europe", "Developed Asia", "Emerging Asia", "EMEA", "Latin America")


def _day_of_mourning(absent: str) -> Case:
    """New York is closed on 9 January 2025 and the other markets trade."""
    frames = {name: repeated(frame, ["2025-01-06", "2025-01-07", "2025-01-08"]) for name, frame in latest().items()}
    abroad = repeated(frames["flows"], ["2025-01-09"], ABROAD)
    after = frames["flows"][frames["flows"]["date"] == "2025-01-08"].assign(date=pd.Timestamp("2025-01-10"))
    frames = {name: repeated(frame, ["2025-01-10"]) for name, frame in frames.items()}
    return Case(frames | {"flows": pd.concat([abroad, after], ignore_index=True)}, f'absent = "{absent}"\n')


@_case
def nyse_closed_absent_missing() -> Case:
    return _day_of_mourning("missing")


@_case
def nyse_closed_absent_zero() -> Case:
    return _day_of_mourning("zero")


@_case
def tokyo_new_year() -> Case:
    """Tokyo is closed from 31 December to 3 January."""
    rows = flows()
    holidays = (rows["region"] == "Developed Asia") & (rows["date"] >= "2024-12-31")
    return Case(latest(flows=rows[~holidays].reset_index(drop=True)))


def _gone(which: Callable[[pd.DataFrame], pd.Series], sessions: int = 8) -> Case:
    rows = flows()
    since = rows["date"] > dates_of(rows)[-1 - sessions]
    return Case(latest(flows=rows[~(since & which(rows))].reset_index(drop=True)))


@_case
def region_gone() -> Case:
    return _gone(lambda rows: rows["region"] == "Emerging Asia")


@_case
def sectors_gone() -> Case:
    return _gone(lambda rows: (rows["region"] == "North America") & rows["sector"].isin(["Health Care", "Financials"]))


@_case
def product_joins_late() -> Case:
    rows = flows()
    early = (rows["date"] < dates_of(rows)[-30]) & (rows["region"] == "North America") & (rows["product"] == "Macro products")
    return Case(latest(flows=rows[~early].reset_index(drop=True)))


def _asia_has_reported(absent: str) -> Case:
    return Case(latest(flows=repeated(flows(), ["2025-01-06"], ("Developed Asia", "Emerging Asia"))), f'absent = "{absent}"\n')


@_case
def partial_day_absent_missing() -> Case:
    return _asia_has_reported("missing")


@_case
def partial_day_absent_zero() -> Case:
    return _asia_has_reported("zero")


@_case
def rows_that_did_not_trade_left_out() -> Case:
    rows = flows()
    return Case(latest(flows=rows[rows.index % 100 != 0].reset_index(drop=True)))


@_case
def no_short_legs() -> Case:
    return Case(latest(flows=flows().assign(short_sales=float("nan"), short_covers=float("nan"))))


@_case
def constant_maturity_spread() -> Case:
    nearest = _rows(SESSIONS)["spreads"].groupby("date", sort=True).head(1)
    tenor = nearest["date"] + pd.Timedelta(days=91)
    return Case(latest(spreads=nearest.assign(contract="CM3", start=nearest["date"], end=tenor).reset_index(drop=True)))


@_case
def beyond_the_calendar() -> Case:
    """Seven years later, on the same weekdays."""
    later = {}
    for name, frame in latest().items():
        columns = {column: frame[column] + pd.Timedelta(weeks=52 * 7) for column in DATES if column in frame}
        later[name] = frame.assign(**columns)
    return Case(later)


@_case
def event_table_out_of_date() -> Case:
    events = pd.DataFrame({"date": pd.to_datetime(["2024-06-12", "2024-07-31"]), "what": ["FOMC", "FOMC"]})
    return Case(latest(events=events))


@_case
def points_for_thousands() -> Case:
    rows = flows()
    cents = {leg: (rows[leg] * 100).round().astype(int) for leg in LEGS}
    written = {leg: values.map(lambda value: f"{value:,}".replace(",", ".")) for leg, values in cents.items()}
    return Case(latest(flows=rows.assign(**written)), meant={"flows": rows.assign(**cents)}, typed=False)


@_case
def subtotals_among_the_parts() -> Case:
    rows = flows()
    macro = rows[rows["product"] == "Macro products"]
    half = macro.assign(**{leg: macro[leg] / 2 for leg in LEGS})
    parts = pd.concat([half.assign(product=name) for name in ("ETF", "Futures")])
    both = pd.concat([rows, parts], ignore_index=True)
    return Case(latest(flows=both), meant={"flows": rows}, typed=False)


@_case
def america_only() -> Case:
    rows = flows()
    return Case(latest(flows=rows[rows["region"] == "North America"].reset_index(drop=True)))


@_case
def weekly_rows() -> Case:
    return Case({name: frame[frame["date"].dt.day_name() == "Friday"].reset_index(drop=True) for name, frame in latest(1260).items()})


@_case
def one_date_mistyped() -> Case:
    prices = _rows(SESSIONS)["prices"].copy()
    prices.loc[len(prices) - 1, "date"] = pd.Timestamp("2026-01-03")
    return Case(latest(prices=prices), meant={"prices": prices.iloc[:-1]}, typed=False)


@_case
def rate_in_percent() -> Case:
    contracts = _rows(SESSIONS)["contracts"]
    return Case(latest(contracts=contracts.assign(rate=0.435)), meant={"contracts": contracts.assign(rate=0.00435)}, typed=False)


@_case
def thousands_then_millions() -> Case:
    rows = flows()
    late = rows["date"] > dates_of(rows)[-20]
    return Case(latest(flows=rows.assign(**{leg: rows[leg].where(~late, rows[leg] * 1000) for leg in LEGS})))


@_case
def sixty_rows() -> Case:
    return Case(latest(60))


@_case
def pair_named_anew_each_day() -> Case:
    spreads = _rows(SESSIONS)["spreads"]
    return Case(latest(spreads=spreads.assign(contract=spreads["contract"] + spreads["date"].dt.strftime("%m%d"))))


@_case
def flows_alone() -> Case:
    return Case({"flows": flows()}, typed=False)


@_case
def net_flows_alone_per_region() -> Case:
    rows = flows()
    net = rows.drop(columns=list(LEGS)).assign(net=net_of(rows))
    return Case(latest(flows=net), typed=False)


@_case
def dates_by_sectors() -> Case:
    rows = flows()
    america = rows[rows["region"] == "North America"]
    america = america.drop(columns=list(LEGS)).assign(net=net_of(america))
    wide = america.pivot_table(index="date", columns="sector", values="net", aggfunc="sum").reset_index()
    return Case(latest(flows=wide), meant={"flows": america}, typed=False)


VENDOR = {
    "Communication Services": "Telecommunication Services",
    "Consumer Discretionary": "Consumer Cyclical",
    "Consumer Staples": "Consumer Defensive",
    "Information Technology": "Technology",
    "Health Care": "Healthcare",
    "Financials": "Financial Services",
    "Materials": "Basic Materials",
}
"""Our sectors by the names of another vendor."""


@_case
def another_vendors_names() -> Case:
    rows = flows()
    theirs = rows.assign(sector=rows["sector"].replace(VENDOR), region=rows["region"].replace("North America", "US"))
    return Case(latest(flows=theirs), meant={"flows": rows}, typed=False)


@_case
def brackets_and_thousands_commas() -> Case:
    prices, spreads = _rows(SESSIONS)["prices"], _rows(SESSIONS)["spreads"]
    lower = spreads.assign(spread_bp=(spreads["spread_bp"] - 110).round(2))
    bracketed = lower["spread_bp"].map(lambda value: f"({-value:.2f})" if value < 0 else f"{value:.2f}")
    written = latest(prices=prices.assign(close=prices["close"].map("{:,.2f}".format)), spreads=spreads.assign(spread_bp=bracketed))
    return Case(written, meant={"prices": prices, "spreads": lower}, typed=False)


@lru_cache(maxsize=64)
def made(name: str) -> Case:
    """A case by its name, or the `untouched` last 420 sessions."""
    return Case(latest()) if name == "untouched" else CASES[name]()
