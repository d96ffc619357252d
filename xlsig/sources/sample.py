"""The bundled sample: a synthetic market, seeded, shaped to the report of January 2025. None of its numbers was observed.

Five years of New York sessions: quarterly forward pairs over a wandering financing level, prime-brokerage flows by region, sector and
product, an index, raw futures, squeeze factors. Two stretches are shaped: December 2021 and the weeks up to 3 January 2025.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlsig.frames import taxonomy
from xlsig.frames.calendar import sessions
from xlsig.frames.desk import DeskData, Provenance
from xlsig.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

SEED = 44
FIRST, LAST = np.datetime64("2020-01-02"), np.datetime64("2025-01-03")
KIND = "synthetic sample: no number in it was observed"

# Millions of dollars a session: how much each region trades net on an ordinary day, and how that splits.
_REGION_SIGMA = dict(zip(taxonomy.REGIONS, (1000.0, 450.0, 350.0, 350.0, 120.0, 120.0), strict=True))
_SECTOR_SIGMA = (0.14, 0.12, 0.19, 0.24, 0.15, 0.26, 0.27, 0.34, 0.22, 0.11, 0.10, 0.62)  # the 11 sectors, then Index

# The last five sessions, summed: what the report says of them.
_WEEK = 5
_WEEK_NET = dict(zip(taxonomy.REGIONS, (-6500.0, -1200.0, -900.0, -2200.0, -500.0, -400.0), strict=True))
_WEEK_MACRO = 0.77
_WEEK_SECTORS = (3.0, 5.0, -20.0, -8.0, -6.0, -30.0, -25.0, 12.0, -5.0, -2.0, -4.0)
_WEEK_PACE = (0.17, 0.18, 0.19, 0.24, 0.22)
_WEEK_SHORT = 0.72
_MAY_2024 = (np.datetime64("2024-05-17"), np.datetime64("2024-05-23"), 1.12)  # the last week that sold as much, and how much more
_DECEMBER_2021 = (np.datetime64("2021-12-09"), np.datetime64("2021-12-17"))

# The financing level in basis points: an ordinary day's move, its pull to the mean, and the two shaped falls.
_LEVEL, _MOVE, _PULL = 98.0, 1.5, 0.02
_FALLS = (
    (np.datetime64("2021-12-03"), np.datetime64("2021-12-17"), -24.0),
    (np.datetime64("2024-12-18"), np.datetime64("2025-01-03"), -20.0),
)
_TURN = 30.2
_QUARTERS = {3: "H", 6: "M", 9: "U", 12: "Z"}

# Closes that the index passes through; between them it wanders.
_PATH = {
    "2020-01-02": 3120.0,
    "2020-02-20": 3290.0,
    "2020-03-24": 2170.0,
    "2020-09-01": 3380.0,
    "2021-09-02": 4440.0,
    "2021-10-05": 4220.0,
    "2021-12-15": 4640.0,
    "2021-12-22": 4668.0,
    "2022-01-05": 4702.0,
    "2022-03-08": 4090.0,
    "2022-06-16": 3600.0,
    "2022-08-16": 4180.0,
    "2022-10-12": 3468.0,
    "2022-11-30": 3960.0,
    "2022-12-28": 3690.0,
    "2023-02-02": 4060.0,
    "2023-03-13": 3760.0,
    "2023-07-31": 4480.0,
    "2023-10-27": 4030.0,
    "2024-03-28": 5140.0,
    "2024-08-05": 5080.0,
    "2024-12-06": 6010.0,
    "2024-12-18": 5830.0,
    "2025-01-03": 5868.0,
}
_EVENT, _NEW_HIGH, _TROUGH = (np.datetime64(day) for day in ("2021-12-15", "2021-12-22", "2022-10-12"))


class Pairs(NamedTuple):
    """Quarterly forward pairs: two-letter names such as Z4-H5, their first and last day."""

    names: list[str]
    starts: Days
    ends: Days


class SampleSource(Source):
    """The bundled sample, which rests on no file."""

    title = "the rows of the bundled sample"
    frames = frozenset(("flows", "spreads", "prices", "contracts", "squeeze"))

    @classmethod
    def named(cls, text: str) -> SampleSource:
        """The sample; there is but one."""
        return cls()

    def read(self) -> DeskData:
        """The sample as a desk's data."""
        return sample()

    def files(self) -> list[Path]:
        """None: it is made, not read."""
        return []


@lru_cache(maxsize=1)
def sample() -> DeskData:
    """The sample as a desk's data; the same on every call."""
    days = sessions("XNYS", FIRST, LAST)
    prices = _prices(days, np.random.default_rng([SEED, 1]))
    pairs = _pairs()
    spreads = _spreads(days, pairs, np.random.default_rng([SEED, 2]))
    flows = _flows(days, np.random.default_rng([SEED, 3]))
    frames = {
        "flows": _flow_frame(days, flows),
        "spreads": spreads,
        "prices": _frame({"date": days, "close": prices}),
        "contracts": _contracts(days[-30:], prices[-30:], spreads, pairs),
        "squeeze": _squeeze(days, prices, np.random.default_rng([SEED, 4])),
    }
    provenance = tuple(_provenance(name, frame) for name, frame in frames.items())
    return DeskData(frames["flows"], frames["spreads"], frames["prices"], frames["contracts"], frames["squeeze"], provenance)


def _frame(columns: dict[str, object]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(columns)
    dates = {name: "datetime64[ns]" for name in ("date", "start", "end", "expiry") if name in frame}
    return frame.astype(dates)


def _provenance(name: str, frame: pd.DataFrame) -> Provenance:
    digest = hashlib.sha256()
    for heading, column in frame.items():
        digest.update(f"{heading}\n".encode() + _content(column))
    last: dt.date = frame["date"].max().date()
    return Provenance(f"sample, {name}", last, len(frame), digest.hexdigest(), KIND)


def _content(column: pd.Series) -> bytes:
    """A column's dates, words, or numbers to six decimals, the same on every machine."""
    if column.dtype.kind == "M":
        return column.to_numpy().astype("datetime64[D]").astype("<i8").tobytes()
    if column.dtype.kind in "fi":
        return np.nan_to_num(np.rint(column.to_numpy() * 1e6), nan=-(2.0**62)).astype("<i8").tobytes()
    codes, words = column.factorize()
    return codes.astype("<i8").tobytes() + "\n".join(words).encode()


def _prices(days: Days, rng: np.random.Generator) -> Floats:
    """A log-price bridge through the fixed closes, with nothing below the trough while it lasts."""
    knots = np.searchsorted(days, np.array(list(_PATH), dtype="datetime64[D]"))
    levels = np.log(list(_PATH.values()))
    wander = np.concatenate([[0.0], rng.normal(0, 0.009, days.size - 1)]).cumsum()
    rows = np.arange(days.size)
    bridge = wander - np.interp(rows, knots, wander[knots]) + np.interp(rows, knots, levels)
    closes = np.exp(bridge)
    event, trough = np.searchsorted(days, [_EVENT, _TROUGH])
    up_to_high = np.flatnonzero((rows != event) & (days < _NEW_HIGH))
    closes[up_to_high] = np.minimum(closes[up_to_high], closes[event] * 0.998)
    after = np.flatnonzero((rows > event) & (rows != trough) & (days <= _EVENT + np.timedelta64(366, "D")))
    closes[after] = np.maximum(closes[after], closes[trough] * 1.006)
    return np.asarray(np.round(closes, 2))


def _third_friday(year: int, month: int) -> np.datetime64:
    first = np.datetime64(f"{year}-{month:02d}-01")
    weekday = (first.astype(np.int64) + 3) % 7  # Monday is 0
    return np.datetime64(first + np.timedelta64(int((4 - weekday) % 7) + 14, "D"))


def _pairs() -> Pairs:
    expiries = [(year, month, _third_friday(year, month)) for year in range(2020, 2027) for month in _QUARTERS]
    codes = [f"{_QUARTERS[month]}{year % 10}" for year, month, _ in expiries]
    ends = np.array([day for _, _, day in expiries], dtype="datetime64[D]")
    return Pairs([f"{near}-{far}" for near, far in pairwise(codes)], ends[:-1], ends[1:])


def _spreads(days: Days, pairs: Pairs, rng: np.random.Generator) -> pd.DataFrame:
    """The next four forward pairs of every session: level, a steady offset of the pair, and the turn where it spans one."""
    level = np.empty(days.size)
    level[0] = _LEVEL
    moves = rng.normal(0, _MOVE, days.size)
    for row in range(1, days.size):
        level[row] = level[row - 1] + _PULL * (_LEVEL - level[row - 1]) + moves[row]
    for start, stop, bp in _FALLS:
        level += _fall(days, start, stop, bp)
    offset = rng.normal(0, 16.0, len(pairs.names))
    spans = pairs.ends.astype("datetime64[Y]") > pairs.starts.astype("datetime64[Y]")
    first = np.searchsorted(pairs.starts, days, side="right")
    session = np.repeat(np.arange(days.size), 4)
    pair = (first[:, None] + np.arange(4)).ravel()
    noise = rng.normal(0, 0.25, session.size)
    return _frame(
        {
            "date": days[session],
            "contract": [pairs.names[at] for at in pair],
            "start": pairs.starts[pair],
            "end": pairs.ends[pair],
            "spread_bp": np.round(level[session] + offset[pair] + _TURN * spans[pair] + noise, 2),
        }
    )


def _fall(days: Days, start: np.datetime64, stop: np.datetime64, bp: float) -> Floats:
    """A fall that runs from one session to another and is worked off over the four months after."""
    rows = np.arange(days.size)
    began, ended = np.searchsorted(days, [start, stop])
    run = np.clip((rows - began) / (ended - began), 0, 1)
    back = np.clip((rows - ended) / 84, 0, 1)
    return np.asarray(bp * run * (1 - back))


def _flows(days: Days, rng: np.random.Generator) -> Floats:
    """Net flows: sessions × regions × (11 sectors and Index), selling negative, in millions of dollars."""
    regions = np.array(list(_REGION_SIGMA.values()))
    sectors = np.array(_SECTOR_SIGMA)
    net: Floats = rng.normal(0, 1, (days.size, regions.size, sectors.size)) * regions[:, None] * sectors
    _sell_in_december_2021(days, net)
    week = _last_week()
    may = _rows(days, _MAY_2024[0], _MAY_2024[1])
    net[may] = week[: may.size] * _MAY_2024[2]
    _calm_between(net[may[-1] + 1 : days.size - _WEEK], week.sum(axis=0))
    net[-_WEEK - 1, 0] += _lift(net[-_WEEK - 1, 0], 400.0)
    net[-_WEEK:] = week
    return net


def _rows(days: Days, first: np.datetime64, last: np.datetime64) -> NDArray[np.int64]:
    return np.asarray(np.flatnonzero((days >= first) & (days <= last)), dtype=np.int64)


def _lift(cells: Floats, target: float) -> Floats:
    """What to add to each cell so that their sum is the target, by each sector's ordinary size."""
    weights = np.array(_SECTOR_SIGMA) / sum(_SECTOR_SIGMA)
    return np.asarray((target - cells.sum()) * weights)


def _sell_in_december_2021(days: Days, net: Floats) -> None:
    """North America sells seven sessions in a row, steadily rather than heavily, and buys before and after."""
    rows = _rows(days, *_DECEMBER_2021)
    for row in rows:
        net[row, 0] += _lift(net[row, 0], -620.0 - 40.0 * (row - rows[0]))
    for row in (rows[0] - 1, rows[-1] + 1):
        net[row, 0] += _lift(net[row, 0], 500.0)


def _last_week() -> Floats:
    """Five sessions whose sums have the report's margins: by region, by sector and by product."""
    world = sum(_WEEK_NET.values())
    singles = np.array(_WEEK_SECTORS) / -sum(_WEEK_SECTORS) * -world * (1 - _WEEK_MACRO)
    margins = np.append(singles, world * _WEEK_MACRO)
    cells = np.array(list(_WEEK_NET.values()))[:, None] * margins / world
    return np.asarray(np.array(_WEEK_PACE)[:, None, None] * cells)


def _calm_between(net: Floats, week: Floats) -> None:
    """No stretch of five sessions since May sold as much as the last week, in North America or in the world."""
    for part, limit in ((np.s_[:, :1], 0.85 * week[0].sum()), (np.s_[:, :], 0.85 * week.sum())):
        cells = net[part]
        for end in range(_WEEK, len(net) + 1):
            total = cells[end - _WEEK : end].sum()
            if total < limit:
                cells[end - _WEEK : end] *= limit / total


def _flow_frame(days: Days, net: Floats) -> pd.DataFrame:
    """Net flows as the four gross legs of a prime-brokerage report."""
    rng = np.random.default_rng([SEED, 5])
    sectors = (*taxonomy.SECTORS, taxonomy.INDEX)
    shape = net.shape
    session, region, sector = (part.ravel() for part in np.indices(shape))
    flat = net.ravel()
    short_part = rng.normal(0.5, 0.2, shape)
    short_part[-_WEEK:] = _WEEK_SHORT
    net_short = np.round(flat * short_part.ravel(), 3)
    net_long = np.round(flat - net_short, 3)
    size = (np.array(list(_REGION_SIGMA.values()))[:, None] * np.array(_SECTOR_SIGMA))[region, sector]
    turnover = np.round(size * rng.lognormal(0.4, 0.3, flat.size), 3)
    shorting = np.round(size * rng.lognormal(0.1, 0.3, flat.size), 3)
    return _frame(
        {
            "date": days[session],
            "region": np.array(taxonomy.REGIONS, dtype=object)[region],
            "sector": np.array(sectors, dtype=object)[sector],
            "product": np.where(sector == len(sectors) - 1, taxonomy.MACRO, taxonomy.SINGLE).astype(object),
            "long_buys": np.round(turnover + np.maximum(net_long, 0), 3),
            "long_sells": np.round(turnover + np.maximum(-net_long, 0), 3),
            "short_sales": np.round(shorting + np.maximum(-net_short, 0), 3),
            "short_covers": np.round(shorting + np.maximum(net_short, 0), 3),
        }
    )


def _contracts(days: Days, prices: Floats, spreads: pd.DataFrame, pairs: Pairs) -> pd.DataFrame:
    """Raw futures whose forward spreads are the pairs' spreads: the near one is priced off the index, the next off the one before."""
    rate, carry = 0.0435, 0.0125  # OIS, dividend yield
    dated = spreads["date"].to_numpy().astype("datetime64[D]").tolist()  # days, since numpy before 2.2 hashes dates by their unit
    quoted = {(day, name): bp for day, name, bp in zip(dated, spreads["contract"], spreads["spread_bp"], strict=True)}
    rows = []
    for day, spot in zip(days.tolist(), prices.tolist(), strict=True):
        first = int(np.searchsorted(pairs.starts, np.datetime64(day), side="right"))
        gross = before = 0.0
        for at in range(first, first + 3):
            expiry = pairs.starts[at].item()
            left = (expiry - day).days
            dividends = round(spot * carry * left / 360, 2)
            reinvested = dividends * (1 + rate * left / 720)
            if at == first:
                gross = spot * (1 + (rate + 0.006) * left / 360)
            else:
                span = (left - before) / 360
                ois = ((1 + rate * left / 360) / (1 + rate * before / 360) - 1) / span
                gross *= 1 + (quoted[day, pairs.names[at - 1]] / 1e4 + ois) * span
            before = left
            rows.append((day, pairs.names[at][:2], expiry, spot, round(gross - reinvested, 4), dividends, rate))
    columns = ("date", "contract", "expiry", "spot", "future", "dividends", "rate")
    return _frame({name: [row[at] for row in rows] for at, name in enumerate(columns)})


def _squeeze(days: Days, prices: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Short interest, days to cover, borrow fee and the shorts' loss: slow waves that end high."""

    def wave(level: float, sigma: float, last: float) -> Floats:
        steps = rng.normal(0, sigma, days.size).cumsum()
        steps -= np.linspace(0, steps[-1], days.size)
        return np.asarray(level + steps + (last - level) * np.linspace(0, 1, days.size) ** 4)

    short_interest = np.abs(wave(2.0, 0.015, 2.6))
    since = np.concatenate([np.full(63, np.nan), prices[63:] / prices[:-63] - 1])
    return _frame(
        {
            "date": days,
            "short_interest": np.round(short_interest, 4),
            "days_to_cover": np.round(np.abs(wave(2.4, 0.03, 3.1)), 3),
            "borrow_fee": np.round(np.abs(wave(0.006, 0.0001, 0.008)), 5),
            "shorts_loss": np.round(since, 5),
        }
    )
