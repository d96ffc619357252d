"""The rules of real mornings once more, in slow and obvious code: what a desk's frames say as of their last home session.

Days, entries and sums are dicts and loops. The functions of xlsig are asked about the series that are made here (they are proved
elsewhere); the streak, the pace and the dates since are counted here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

import xlsig
from tests.mornings.twin_flows import (
    HOME,
    LEGS,
    PRODUCTS,
    REGIONS,
    SECTORS,
    Flows,
    Series,
    Value,
    exchange_days,
    flows_of,
    known,
    total,
    trading,
)
from xlsig.errors import SignalError
from xlsig.frames.calendar import fomc_dates

WINDOW, WEEK, STEPS, GAP_DAYS = 252, 5, 20, 28


def asked(function: Callable[..., Any], *arguments: Any) -> Any:
    """What one of xlsig's functions answers; None where it has no answer."""
    try:
        return function(*arguments)
    except SignalError:
        return None


def measure(table: Any, name: str, column: int = -1) -> Any:
    """The value beside a measure in a table of measures."""
    if table is None:
        return None
    return next((plain(row[column]) for row in table.rows if name in row), None)


def plain(value: Any) -> Any:
    """A cell of a table; None for what is unknown."""
    return None if value is None or (isinstance(value, float) and value != value) else value


def complete_months(first: dt.date, last: dt.date) -> int:
    """DATEDIF(first, last, "m")."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def as_of(frames: Mapping[str, pd.DataFrame]) -> dt.date:
    """The latest home session on which spreads, prices or North American flows have a row."""
    rows = [stamp.date() for name in ("spreads", "prices") if name in frames for stamp in frames[name]["date"]]
    if "flows" in frames:
        flows = frames["flows"]
        rows += [stamp.date() for stamp, region in zip(flows["date"], flows["region"], strict=True) if region == "North America"]
    return max(day for day in rows if day in trading(HOME))


Pair = tuple[str, dt.date, dt.date, float | None]


def pairs_by_day(frame: pd.DataFrame) -> dict[dt.date, list[Pair]]:
    """The pairs of each day that have not begun (a constant maturity begins on the day), nearest first."""
    columns = [frame[name].tolist() for name in ("date", "contract", "start", "end", "spread_bp")]
    found: dict[dt.date, list[Pair]] = {}
    for stamp, name, start, end, bp in zip(*columns, strict=True):
        if start >= stamp:
            found.setdefault(stamp.date(), []).append((name, start.date(), end.date(), known(bp)))
    for day, pairs in found.items():
        later = [pair for pair in pairs if pair[1] > day]
        found[day] = sorted(later or pairs, key=lambda pair: pair[1:3])
    return found


def spans_the_turn(pair: Pair) -> bool:
    """Whether start ≤ 31 December < end."""
    return pair[2].year > pair[1].year


def labelled(pairs: Sequence[Pair | None]) -> tuple[Series, list[str | None]]:
    """The spread of each day and a label that changes where both the name and the dates of the pair do."""
    values, labels = Series(), list[str | None]()
    rolls, before = 0, None
    for pair in pairs:
        if pair is None or pair[3] is None:
            values.append(None)
            labels.append(None)
            continue
        if before is not None and pair[0] != before[0] and pair[1:3] != before[1:3]:
            rolls += 1
        before = pair
        values.append(pair[3])
        labels.append(f"pair {rolls}")
    return values, labels


class Twin:
    """The answers of a morning by their keys, and the state."""

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        absent: str = "missing",
        retired: Sequence[str] = (),
        calendars: Mapping[str, str] | None = None,
        quote: tuple[float, float, float] | None = None,
    ) -> None:
        self.frames = frames
        self.as_of = as_of(frames)
        self.flows = flows_of(frames["flows"], self.as_of, absent, retired, calendars) if "flows" in frames else None
        firsts = [min(frames[name]["date"]).date() for name in ("flows", "spreads") if name in frames]
        self.days = [day for day in exchange_days(HOME) if min(firsts) <= day <= self.as_of]
        self.america = self._series(lambda flows: flows.region("North America"))
        self.world = self._series(lambda flows: flows.world())
        self.answers: dict[str, Any] = {"trf_spread": asked(xlsig.trf_spread, *quote) if quote else None}
        self._financing()
        self._spreads()
        self._selling()
        self._breadth()
        self._danger()
        self._squeeze()

    def _series(self, of: Callable[[Flows], Series]) -> Series:
        if self.flows is None:
            return [None] * len(self.days)
        by_day = dict(zip(self.flows.days, of(self.flows), strict=True))
        return [by_day.get(day) for day in self.days]

    def _financing(self) -> None:
        rows = []
        if "contracts" in self.frames:
            contracts = self.frames["contracts"]
            rows = [row for row in contracts.itertuples() if row.date.date() == self.as_of and row.expiry > row.date]
        rows.sort(key=lambda row: row.expiry)
        days = [(row.expiry - row.date).days for row in rows]
        self.answers["financing_spread"] = self.answers["forward_spread"] = None
        if rows:
            near = rows[0]
            self.answers["financing_spread"] = asked(xlsig.financing_spread, near.spot, near.future, days[0], near.rate, near.dividends, 15)
        if len(rows) > 1:
            near, far = rows[:2]
            prices, rates, dividends = (near.future, far.future), (near.rate, far.rate), (near.dividends, far.dividends)
            self.answers["forward_spread"] = asked(xlsig.forward_spread, *prices, *days[:2], *rates, *dividends)

    def _spreads(self) -> None:
        pairs = pairs_by_day(self.frames["spreads"]) if "spreads" in self.frames else {}
        nearest = [pairs[day][0] if pairs.get(day) else None for day in self.days]
        without = [next((pair for pair in pairs.get(day, []) if not spans_the_turn(pair)), None) for day in self.days]
        self.spreads, self.contracts = labelled(nearest)
        ex_turn, ex_contracts = labelled(without)
        event, year_end = self._event(), dt.date(self.as_of.year - 1, 12, 31)
        answers = self.answers
        rebased = asked(xlsig.roll_adjusted, self.spreads, self.contracts)
        adjusted = [] if rebased is None else [plain(float(value)) for value in rebased]
        answers["spread_zscore"] = asked(xlsig.spread_zscore, adjusted, WINDOW)
        answers["spread_percentile"] = asked(xlsig.spread_percentile, adjusted, WINDOW)
        answers["spread_z"] = asked(xlsig.spread_change_zscore, self.spreads, STEPS, WINDOW, self.contracts)
        answers["change_week"] = asked(xlsig.spread_change, self.spreads, WEEK, self.contracts)
        for key, series, labels, day in (
            ("change_since_event", self.spreads, self.contracts, event),
            ("change_ex_turn", ex_turn, ex_contracts, event),
            ("change_ex_turn_year_end", ex_turn, ex_contracts, year_end),
        ):
            answers[key] = asked(xlsig.event_change, self.days, series, day, labels) if day is not None else None
        today = [pair for pair in pairs.get(self.as_of, []) if pair[1] > self.as_of]
        columns = [[pair[at] for pair in today] for at in (1, 2, 3)]
        answers["turn_excess"] = measure(asked(xlsig.turn_premium, *columns), "excess") if today else None

    def _event(self) -> dt.date | None:
        """The last event on or before as_of, if it is not more than 70 days ago."""
        told = [day.date() for day in self.frames["events"]["date"]] if "events" in self.frames else list(fomc_dates())
        before = [day for day in told if day <= self.as_of]
        return before[-1] if before and (self.as_of - before[-1]).days <= 70 else None

    def _selling(self) -> None:
        answers, flows = self.answers, self.america
        answers["streak"] = self._streak(flows)
        week = total(flows[-WEEK:]) if len(flows) >= WEEK else None
        answers["pace"] = None if week is None else week / WEEK
        answers["flow_z"] = asked(xlsig.flow_zscore, flows, WEEK, WINDOW)
        for since, months, series in (("fastest_since", "fastest_months", flows), ("world_since", "world_months", self.world)):
            day = self._fastest(series)
            answers[since] = day
            answers[months] = None if day is None else complete_months(day, self.as_of)
        legs = [self._series(lambda flows, leg=leg: flows.world(leg))[-WEEK:] for leg in LEGS]
        driver = asked(xlsig.selling_driver, *legs)
        answers["driver"] = measure(driver, "verdict")
        answers["short_contribution"] = measure(driver, "short_contribution")

    def _streak(self, flows: Series) -> int | None:
        count = 0
        for value in reversed(flows):
            if value is None:
                return None
            if value >= 0:
                return count
            count += 1
        return count

    def _fastest(self, flows: Series) -> dt.date | None:
        """The end of the latest earlier week that sold as much; the first known date where some did and none as much."""
        now = total(flows[-WEEK:]) if len(flows) >= WEEK else None
        if now is None or now >= 0:
            return None
        earlier = [(end, total(flows[end - WEEK + 1 : end + 1])) for end in range(WEEK - 1, len(flows) - WEEK)]
        compared = [(end, sold) for end, sold in earlier if sold is not None]
        as_fast = [end for end, sold in compared if sold <= now]
        if as_fast:
            return self.days[as_fast[-1]]
        return next(day for day, value in zip(self.days, flows, strict=True) if value is not None) if compared else None

    def _week(self, of: Callable[[Flows], Series]) -> Value:
        series = self._series(of)
        return total(series[-WEEK:]) if len(series) >= WEEK else None

    def _breadth(self) -> None:
        answers = self.answers
        regions = {name: self._week(lambda flows, name=name: flows.region(name)) for name in REGIONS}
        sectors = {name: self._week(lambda flows, name=name: flows.sector(name)) for name in SECTORS}
        products = {name: self._week(lambda flows, name=name: flows.product(name)) for name in PRODUCTS}
        answers["regions"], answers["sectors"] = sold(regions), sold(sectors)
        ranked = by_size(regions)
        answers["region_1"], answers["region_2"] = [*ranked, None, None][:2]
        answers["sectors_sold"] = (
            None if set(sectors.values()) == {None} else sum(1 for net in sectors.values() if net is not None and net < 0)
        )
        order = by_size(sectors)
        sellers = [name for name in order if (sectors[name] or 0.0) < 0]
        buyers = [name for name in reversed(order) if (sectors[name] or 0.0) > 0]
        for at in range(3):
            answers[f"seller_{at + 1}"] = (sellers + [None] * 3)[at]
            answers[f"buyer_{at + 1}"] = (buyers + [None] * 3)[at]
        both = total(products.values())
        for key, name in (("macro_share", PRODUCTS[0]), ("single_share", PRODUCTS[1])):
            net = products[name]
            answers[key] = None if not both or net is None else net / both
        self.regions, self.sectors = regions, sectors

    def _danger(self) -> None:
        """The state of every day, the episodes, and what followed the one before."""
        answers = self.answers
        states, flags = ["NO DATA"] * len(self.days), Series([None] * len(self.days))
        if any(value is not None for value in self.spreads) and any(value is not None for value in self.america):
            limits = (WINDOW, STEPS, WEEK, -2, 5, 0)
            table = xlsig.danger_history(self.days, self.spreads, self.america, *limits, self.contracts, HOME)
            states, flags = [row[4] for row in table.rows], [plain(row[5]) for row in table.rows]
        answers["state"], answers["flag"] = states[-1], flags[-1]
        judged = [flag for flag in flags if flag is not None]
        answers["base_rate"] = f"BOTH on {sum(1 for flag in judged if flag == 1)} of {len(judged)} judged sessions"
        since = asked(xlsig.first_since, self.days, flags, GAP_DAYS) if judged else None
        answers["previous_episode"] = since
        answers["years_since"] = None if since is None else complete_months(since, self.as_of) // 12
        episodes = asked(xlsig.episodes, self.days, flags, GAP_DAYS) if judged else None
        rows = [] if episodes is None else episodes.rows
        closes = self._prices()
        past = [start for start, end, _ in rows if flags[-1] == 0 or (self.as_of - end).days > GAP_DAYS]
        precedent = past[-1] if past else None
        outcome = asked(xlsig.outcomes, *closes, precedent, WINDOW, 0.1) if precedent else None
        fall = asked(xlsig.drawdown_after, *closes, precedent, WINDOW) if precedent else None
        for key in ("first", "new_high_date", "best_gain"):
            answers["first_branch" if key == "first" else key] = measure(outcome, key)
        for key, name in (("decline_depth", "depth_from_peak"), ("trough_date", "trough_date"), ("decline_months", "months")):
            answers[key] = measure(fall, name)
        study = asked(xlsig.event_study, *closes, [start for start, _, _ in rows]) if rows else None
        row = None if study is None else study.rows[3]
        answers["study_n"] = None if row is None else row[1]
        answers["study_base"] = None if row is None else plain(row[5])

    def _prices(self) -> tuple[list[dt.date], Series]:
        if "prices" not in self.frames:
            return self.days, [None] * len(self.days)
        prices = self.frames["prices"]
        by_day = {stamp.date(): known(close) for stamp, close in zip(prices["date"], prices["close"], strict=True)}
        days = [day for day in exchange_days(HOME) if min(by_day) <= day <= self.as_of]
        return days, [by_day.get(day) for day in days]

    def _squeeze(self) -> None:
        days, closes = self._prices()
        listed = [("short_interest", {}), ("days_to_cover", {}), ("borrow_fee", {}), ("shorts_loss", {})]
        given: dict[str, dict[dt.date, Value]] = dict(listed)
        if "squeeze" in self.frames:
            frame = self.frames["squeeze"]
            for name, column in given.items():
                column.update((stamp.date(), known(value)) for stamp, value in zip(frame["date"], frame[name], strict=True))
        first = min([days[0], *(min(column) for column in given.values() if column)])
        factor_days = [day for day in exchange_days(HOME) if first <= day <= self.as_of]
        shorts, longs = (self._series(lambda flows, leg=leg: flows.world(leg)) for leg in ("short_sales", "long_sells"))
        share = {
            day: short / (short + long)
            for day, short, long in zip(self.days, shorts, longs, strict=True)
            if short is not None and long is not None
        }
        high = self._high_distance(days, closes)
        order = (given["short_interest"], given["days_to_cover"], given["borrow_fee"], share, high, given["shorts_loss"])
        factors = [[column.get(day) for day in factor_days] for column in order]
        self.answers["squeeze_score"] = asked(xlsig.squeeze_score, *factors)
        contribution, z = self.answers["short_contribution"], self.answers["flow_z"]
        unknown = contribution is None or z is None
        self.answers["squeeze_alert"] = None if unknown else asked(xlsig.squeeze_alert, closes, contribution, z, WINDOW, 0.95, 0.6, -1)

    def _high_distance(self, days: list[dt.date], closes: Series) -> dict[dt.date, Value]:
        priced = [(day, close) for day, close in zip(days, closes, strict=True) if close is not None]
        last = [close for _, close in priced]
        return {priced[at][0]: last[at] / max(last[at - WINDOW + 1 : at + 1]) - 1 for at in range(WINDOW - 1, len(priced))}


def sold(groups: Mapping[str, Value]) -> str:
    """How many of the groups sold, and how many are missing."""
    nets = list(groups.values())
    missing = sum(1 for net in nets if net is None)
    return f"{sum(1 for net in nets if net is not None and net < 0)} of {len(nets)} sold, {missing} missing"


def by_size(groups: Mapping[str, Value]) -> list[Any]:
    """The names of the known groups, the most sold first."""
    return sorted((name for name, net in groups.items() if net is not None), key=lambda name: groups[name] or 0.0)
