"""Breakdown, read from the function reference a second time: plain loops and fractions, None where unknown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from tests.twins.pairs import twin
from tests.twins.rules import (
    DIV0,
    NA,
    VALUE,
    Series,
    count,
    equally_long,
    has_a_value,
    refuse,
)
from xlsig.errors import SignalError

Answer = tuple[list[str], list[list[Any]]]

SECTORS = {
    "Energy": ("EN", "Energy", "XLE"),
    "Materials": ("MAT", "Materials", "XLB"),
    "Industrials": ("IND", "Industrials", "XLI"),
    "Consumer Discretionary": ("CD", "Consumer Discretionary", "XLY"),
    "Consumer Staples": ("CS", "Consumer Staples", "XLP"),
    "Health Care": ("HC", "Health Care", "Healthcare", "XLV"),
    "Financials": ("FIN", "Financials", "Finance", "XLF"),
    "Information Technology": ("IT", "Information Technology", "Technology", "Tech", "XLK"),
    "Communication Services": ("COM", "Communication Services", "Communications", "XLC"),
    "Utilities": ("UT", "Utilities", "XLU"),
    "Real Estate": ("RE", "Real Estate", "XLRE"),
}
REGIONS = {
    "North America": ("NA", "North America", "US & Canada"),
    "Europe": ("EU", "Europe"),
    "Developed Asia": ("DM Asia", "Developed Asia", "Japan & Australia"),
    "Emerging Asia": ("EM Asia", "Emerging Asia", "Asia ex-Japan"),
    "EMEA": ("EMEA", "EM EMEA"),
    "Latin America": ("LatAm", "Latin America"),
}
PRODUCTS = {
    "Macro products": ("Macro products", "Index", "ETF", "Futures", "Options", "Swaps"),
    "Single stocks": ("Single stocks",),
}


def z_score(value: float | Fraction, reference: Sequence[float | Fraction]) -> float:
    """(x − mean)/sample standard deviation, exactly, until the one square root."""
    past = [Fraction(number) for number in reference]
    mean = sum(past, Fraction(0)) / len(past)
    variance = sum(((number - mean) ** 2 for number in past), Fraction(0)) / (len(past) - 1)
    if variance == 0:
        refuse(DIV0, "all equal")
    return float(Fraction(value) - mean) / math.sqrt(variance)


def streak(flows: Series, tolerance: float = 0) -> int:
    """Walk back from the last row while it sold."""
    days = 0
    for flow in reversed(flows):
        if flow is None:
            refuse(NA, "missing met first")
        if flow < -tolerance:
            days += 1
        else:
            break
    return days


def unknown_if_none(compute: Callable[[], Any]) -> Any:
    """A cell of a table that has no answer is unknown."""
    try:
        return compute()
    except SignalError:
        return None


@twin
def flow_shares(flows: Series, of: str = "net") -> list[float | None]:
    has_a_value(flows)
    if of not in ("net", "selling"):
        refuse(VALUE, "unknown word")
    exact = [None if flow is None else Fraction(flow) for flow in flows]
    if of == "net":
        if any(flow is not None and flow > 0 for flow in exact) and any(flow is not None and flow < 0 for flow in exact):
            return [None] * len(flows)
    else:
        exact = [None if flow is None else min(flow, Fraction(0)) for flow in exact]
    total = sum((flow for flow in exact if flow is not None), Fraction(0))
    if total == 0:
        return [None] * len(flows)
    return [None if flow is None else float(flow / total) for flow in exact]


@twin
def selloff_breadth(flows: Series) -> Answer:
    has_a_value(flows)
    counted = {"sold": 0, "flat": 0, "bought": 0, "missing": 0}
    for flow in flows:
        if flow is None:
            counted["missing"] += 1
        elif flow < 0:
            counted["sold"] += 1
        elif flow > 0:
            counted["bought"] += 1
        else:
            counted["flat"] += 1
    return ["measure", "value"], [[word, number] for word, number in counted.items()]


def _top(names: Sequence[str], flows: Series, n: float, sign: int) -> Answer:
    equally_long(names, flows)
    count(n)
    has_a_value(flows)
    left = [(name, flow) for name, flow in zip(names, flows, strict=True) if flow is not None and flow * sign > 0]
    if not left:
        refuse(NA, "none")
    rows: list[list[Any]] = []
    while left and len(rows) < n:
        best = 0
        for at in range(1, len(left)):
            if left[at][1] * sign > left[best][1] * sign:
                best = at
        rows.append(list(left.pop(best)))
    return ["name", "flow"], rows


@twin
def top_sellers(names: Sequence[str], flows: Series, n: float = 3) -> Answer:
    return _top(names, flows, n, -1)


@twin
def top_buyers(names: Sequence[str], flows: Series, n: float = 3) -> Answer:
    return _top(names, flows, n, 1)


def _listed_name(word: str, aliases: dict[str, tuple[str, ...]]) -> str:
    squeezed = "".join(word.split()).lower()
    for name, words in aliases.items():
        if squeezed in ["".join(alias.split()).lower() for alias in words]:
            return name
    raise SignalError(VALUE, f"unknown name {word}")


def _summed(values: Series) -> Fraction | None:
    """The entries of one name together: missing if one is, or if there is none."""
    if not values or any(value is None for value in values):
        return None
    return sum((Fraction(value) for value in values if value is not None), Fraction(0))


def _table(
    words: Sequence[str],
    flows: Series,
    history: Sequence[Series] | None,
    window: float,
    aliases: dict[str, tuple[str, ...]],
    extra: str | None,
    with_past: bool,
) -> Answer:
    equally_long(words, flows)
    count(window, 2)
    if history is not None and [list(row) for row in history] == [[None]]:
        history = None  # one blank cell is an argument left out
    if history is not None and any(len(row) != len(words) for row in history):
        refuse(VALUE, "history needs a column per entry")
    known_words = aliases if extra is None else {**aliases, extra: (extra,)}
    of_entry = [_listed_name(word, known_words) for word in words]
    has_a_value(flows)
    window = int(window)

    def entries(values: Series, name: str) -> list[float | None]:
        return [value for value, entry in zip(values, of_entry, strict=True) if entry == name]

    shown = list(aliases) + ([extra] if extra is not None and extra in of_entry else [])
    net = {name: _summed(entries(flows, name)) for name in shown}
    past = {name: [_summed(entries(row, name)) for row in history or []] for name in shown}
    known = [value for value in net.values() if value is not None]
    total = sum(known, Fraction(0))
    selling = sum((value for value in known if value < 0), Fraction(0))
    rows: list[list[Any]] = []

    def own_z(name: str) -> float | None:
        earlier = [value for value in past[name] if value is not None][-window:]
        today = net[name]
        if history is None or today is None or len(earlier) < window:
            return None
        return unknown_if_none(lambda: z_score(today, earlier))  # type: ignore[no-any-return]

    def own_streak(name: str) -> int | None:
        if history is None:
            return None
        return unknown_if_none(lambda: streak([*past[name], net[name]]))  # type: ignore[no-any-return]

    for name in shown:
        flow = net[name]
        rank = share_net = share_selling = None
        if flow is not None:
            rank = 1 + sum(1 for other in known if other < flow)
            share_net = float(flow / total) if total != 0 else None
            share_selling = float(min(flow, Fraction(0)) / selling) if selling != 0 else None
        z_and_streak = [own_z(name), own_streak(name)] if with_past else []
        rows.append([name, None if flow is None else float(flow), share_net, share_selling, *z_and_streak, rank, ""])

    listed = [name for name in shown if name in of_entry]
    together = []
    for at in range(len(history or [])):
        values = [past[name][at] for name in listed]
        together.append(None if any(value is None for value in values) else sum(values, Fraction(0)))  # type: ignore[arg-type]
    today = None if any(net[name] is None for name in listed) else total
    z = None
    if history is not None and today is not None and len(together) >= window:
        used = together[-window:]
        if all(value is not None for value in used):
            z = unknown_if_none(lambda: z_score(today, [value for value in used if value is not None]))
    days = None if history is None else unknown_if_none(lambda: streak([*together, today]))
    sold = sum(1 for name in aliases if (net[name] or 0) < 0)
    missing = sum(1 for name in aliases if net[name] is None)
    rows.append(
        [
            "Total",
            float(total) if known else None,
            1.0 if total != 0 else None,
            1.0 if selling != 0 else None,
            *([z, days] if with_past else []),
            None,
            f"{sold} of {len(aliases)} sold, {missing} missing",
        ]
    )
    columns = ["name", "net", "share_net", "share_selling", *(["z", "streak"] if with_past else []), "rank", "note"]
    return columns, rows


@twin
def sector_breakdown(sectors: Sequence[str], flows: Series, history: Sequence[Series] | None = None, window: float = 252) -> Answer:
    return _table(sectors, flows, history, window, SECTORS, "Index", True)


@twin
def region_breakdown(regions: Sequence[str], flows: Series, history: Sequence[Series] | None = None, window: float = 252) -> Answer:
    return _table(regions, flows, history, window, REGIONS, None, True)


@twin
def product_split(products: Sequence[str], flows: Series) -> Answer:
    return _table(products, flows, None, 252, PRODUCTS, None, False)
