"""Breakdown functions: which sectors, regions and products sold, and how much of the total that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

import numpy as np

from xlsig.errors import NA, VALUE, SignalError
from xlsig.frames import taxonomy
from xlsig.frames.wording import counted, listed
from xlsig.functions.answers import Answer, Table, amount
from xlsig.functions.spec import Argument, function
from xlsig.signals import breakdown as signals
from xlsig.signals.series import FloatArray, LabelArray, known

BREAKDOWN = "Breakdown"
TOTAL = "Total"
SHARE_COLUMNS = ("name", "net", "share_net", "share_selling")
COLUMNS = (*SHARE_COLUMNS, "z", "streak", "rank", "note")

Flows = Annotated[FloatArray, Argument("series", "net flow of each entry, selling negative", unit="currency", axis="entries")]
Names = Annotated[LabelArray, Argument("labels", "name of each entry", axis="entries")]
Count = Annotated[int, Argument("count", "how many to list", least=1)]
History = Annotated[
    FloatArray | None,
    Argument("grid", "the earlier sessions' flows, oldest first, one column per entry of the first argument", unit="currency"),
]
Window = Annotated[int, Argument("count", "known values in the reference window", unit="sessions", least=2)]


@function(BREAKDOWN, sheet="sectors/Sectors", example='=FLOW_SHARES(B2:B12,"selling")', returns="share per row", spills="rows")
def flow_shares(
    flows: Flows,
    of: Annotated[
        signals.Basis,
        Argument("choice", '"net": of the sum, if all signs agree; "selling": of gross selling', choices=("net", "selling")),
    ] = "net",
) -> Answer:
    """Each entry's share of the net flow or of the gross selling.

    net: x/Σx, only if all signs agree (zero agrees with both), else unknown; selling: min(x, 0)/Σmin(x, 0). Shares are of the known
    entries; where the sum is zero all are unknown.
    """
    values = signals.flow_shares(flows, of)
    total = float(flows[known(flows)].sum())

    def because() -> str:
        if of == "net" and signals.signs_differ(flows):
            return 'Unknown: some entries bought while others sold, so shares of the net say little; use "selling".'
        if not known(values).any():
            return f"Unknown: {'nobody sold' if of == 'selling' else 'the flows sum to zero'}."
        whole = f"gross selling of {amount(float(np.minimum(flows, 0)[known(flows)].sum()))}" if of == "selling" else f"{amount(total)} net"
        return f"Shares of {whole}, over {counted(int(known(flows).sum()), 'known entry', 'known entries')}."

    return Answer(values, because)


@function(
    BREAKDOWN,
    sheet="sectors/Sectors",
    example="=SELLOFF_BREADTH(B2:B12)",
    returns="table of measure and count",
    spills="table",
    columns=("measure", "value"),
)
def selloff_breadth(flows: Flows) -> Answer:
    """How many entries sold, were flat, bought, or have no flow.

    A missing flow is never counted as bought.
    """
    counts = signals.breadth(flows)
    return Answer(
        Table.of(("measure", "value"), counts._asdict().items()),
        lambda: f"{counts.sold} of {flows.size} sold, {counts.flat} flat, {counts.bought} bought, {counts.missing} missing.",
    )


@function(
    BREAKDOWN,
    sheet="sectors/Sectors",
    example="=TOP_SELLERS(A2:A12,B2:B12,3)",
    returns="table of name and flow",
    spills="table",
    columns=("name", "flow"),
)
def top_sellers(names: Names, flows: Flows, n: Count = 3) -> Answer:
    """The entries that sold most, the largest first.

    Ties in input order; fewer than n sellers: what there is; none: #N/A.
    """
    return _top(names, flows, n, "sold", flows)


@function(
    BREAKDOWN,
    sheet="sectors/Sectors",
    example="=TOP_BUYERS(A2:A12,B2:B12,3)",
    returns="table of name and flow",
    spills="table",
    columns=("name", "flow"),
)
def top_buyers(names: Names, flows: Flows, n: Count = 3) -> Answer:
    """The entries that bought most, the largest first.

    Ties in input order; fewer than n buyers: what there is; none: #N/A.
    """
    return _top(names, flows, n, "bought", -flows)


def _top(names: LabelArray, flows: FloatArray, n: int, did: str, selling: FloatArray) -> Answer:
    _require_names(names, flows)
    found = signals.largest_sellers(selling, n)
    if found.size == 0:
        raise SignalError(NA, f"no entry {did}")
    rows = tuple((names[at], float(flows[at])) for at in found.tolist())
    return Answer(
        Table.of(("name", "flow"), rows),
        lambda: f"{listed([f'{name} ({amount(flow)})' for name, flow in rows])} {did} most of {counted(flows.size, 'row')}.",
    )


def _require_names(names: LabelArray, flows: FloatArray) -> None:
    for row, (name, unknown) in enumerate(zip(names.tolist(), np.isnan(flows).tolist(), strict=True)):
        if name is None and not unknown:
            raise SignalError(VALUE, f"row {row + 1} has a flow but no name")


@function(
    BREAKDOWN,
    sheet="sectors/Sectors",
    example="=SECTOR_BREAKDOWN(A2:A12,B2:B12)",
    returns="table, a row per sector and a total",
    spills="table",
    columns=COLUMNS,
)
def sector_breakdown(
    sectors: Annotated[LabelArray, Argument("labels", "sector of each entry: GICS name, code or SPDR ticker", axis="entries")],
    flows: Flows,
    history: History = None,
    window: Window = 252,
) -> Answer:
    """Net flow of the 11 GICS sectors: shares, z-score, streak and rank.

    One session's flows, or a week's (5-session sums with a history of such sums). share_net is x/Σx, share_selling the part of gross
    selling; z and streak need the history; rank 1 sold most. Index (macro products without a sector) and Total follow. Duplicated
    entries are summed; an unknown name is #VALUE! naming it; a sector that is not listed is missing.
    """
    return _breakdown("sector", taxonomy.SECTORS, taxonomy.sector, sectors, flows, history, window)


@function(
    BREAKDOWN,
    sheet="regions/Regions",
    example="=REGION_BREAKDOWN(A2:A7,B2:B7)",
    returns="table, a row per region and a total",
    spills="table",
    columns=COLUMNS,
)
def region_breakdown(
    regions: Annotated[LabelArray, Argument("labels", "region of each entry, such as North America or EM Asia", axis="entries")],
    flows: Flows,
    history: History = None,
    window: Window = 252,
) -> Answer:
    """Net flow of the six regions: shares, z-score, streak and rank.

    As SECTOR_BREAKDOWN, over North America, Europe, Developed Asia, Emerging Asia, EMEA and Latin America.
    """
    return _breakdown("region", taxonomy.REGIONS, taxonomy.region, regions, flows, history, window)


@function(
    BREAKDOWN,
    sheet="regions/Regions",
    example="=PRODUCT_SPLIT(A2:A3,B2:B3)",
    returns="table: macro products, single stocks and a total",
    spills="table",
    columns=(*SHARE_COLUMNS, "rank", "note"),
)
def product_split(
    products: Annotated[
        LabelArray, Argument("labels", "product of each entry: index, ETF, futures, options, swaps or single stocks", axis="entries")
    ],
    flows: Flows,
) -> Answer:
    """Net flow through macro products against single stocks.

    Index, ETF, futures, options and swaps are macro products. Columns as in SECTOR_BREAKDOWN, without z and streak.
    """
    answer = _breakdown("product", taxonomy.PRODUCTS, taxonomy.product, products, flows, None, 2)
    assert isinstance(answer.value, Table)
    kept = [at for at, name in enumerate(COLUMNS) if name not in ("z", "streak")]
    return Answer(
        Table.of(tuple(COLUMNS[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in answer.value.rows)),
        answer.because,
    )


def _breakdown(
    what: str,
    listing: tuple[str, ...],
    canonical: Callable[[str], str | None],
    names: LabelArray,
    flows: FloatArray,
    history: FloatArray | None,
    window: int,
) -> Answer:
    if history is not None and history.shape[1] != flows.size:
        raise SignalError(VALUE, f"history has {history.shape[1]} columns for {counted(flows.size, 'entry', 'entries')}")
    entries = _entries(what, canonical, names, flows)
    shown = [*listing, *(name for name in entries if name not in listing)]
    today = np.array([_summed(flows, entries.get(name)) for name in shown])
    total = signals.total_of_known(today)
    net, selling, rank = signals.net_shares(today), signals.selling_shares(today), signals.ranks(today)
    past = [_past(history, entries.get(name), flow, window) for name, flow in zip(shown, today.tolist(), strict=True)]
    whole = _whole_past(history, entries, flows, total, window)
    breadth = signals.breadth(today[: len(listing)])
    note = f"{breadth.sold} of {len(listing)} sold, {breadth.missing} missing"
    rows = [
        (name, flow, net[at], selling[at], past[at].z, past[at].streak, rank[at], "")
        for at, (name, flow) in enumerate(zip(shown, today.tolist(), strict=True))
    ]
    share_net, share_selling = (1.0 if known(shares).any() else np.nan for shares in (net, selling))
    rows.append((TOTAL, total, share_net, share_selling, whole.z, whole.streak, np.nan, note))

    def because() -> str:
        order = signals.largest_sellers(today[: len(listing)])
        led = f", led by {listed([f'{shown[at]} ({amount(today[at])})' for at in order.tolist()])}" if order.size else ""
        past_said = "; no history is given, so z and streak are unknown" if history is None else f"; z against {window} earlier values"
        past_said = past_said if listing != taxonomy.PRODUCTS else ""
        return f"{note}{led}; {'net unknown' if np.isnan(total) else f'{amount(total)} net'} in total{past_said}."

    return Answer(Table.of(COLUMNS, rows), because)


def _entries(what: str, canonical: Callable[[str], str | None], names: LabelArray, flows: FloatArray) -> dict[str, list[int]]:
    """The input rows of each canonical name."""
    _require_names(names, flows)
    entries: dict[str, list[int]] = {}
    for row, name in enumerate(names.tolist()):
        if name is None:
            continue
        found = canonical(name)
        if found is None:
            raise SignalError(VALUE, f"row {row + 1} names an unknown {what}: {name[:60]!r}")
        entries.setdefault(found, []).append(row)
    return entries


def _summed(flows: FloatArray, rows: Iterable[int] | None) -> float:
    return np.nan if rows is None else float(flows[list(rows)].sum())


def _past(history: FloatArray | None, rows: list[int] | None, today: float, window: int) -> signals.Past:
    if history is None or rows is None:
        return signals.Past(np.nan, np.nan)
    return signals.against_history(history[:, rows].sum(axis=1), today, window)


def _whole_past(history: FloatArray | None, entries: dict[str, list[int]], flows: FloatArray, total: float, window: int) -> signals.Past:
    used = sorted(row for rows in entries.values() for row in rows)
    if history is None or np.isnan(flows[used]).any():
        return signals.Past(np.nan, np.nan)
    return signals.total_against_history(history[:, used].sum(axis=1), total, window)
