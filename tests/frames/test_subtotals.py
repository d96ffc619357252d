"""A product or sector that is the sum of others in the file is refused, by the names in the file; nothing else is."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Declared, from_pandas
from xlsig.frames.schema import check

LEGS = ["long_buys", "long_sells", "short_sales", "short_covers"]


def drawn(names: list[tuple[str, str, str]], days: int = 40, seed: int = 3, decimals: int = 2) -> pd.DataFrame:
    """A row for each day and (region, sector, product), its legs drawn."""
    draw = np.random.default_rng(seed)
    rows = [(day, *name) for day in pd.bdate_range("2024-11-01", periods=days) for name in names]
    frame = pd.DataFrame(rows, columns=["date", "region", "sector", "product"])
    for leg in LEGS:
        frame[leg] = (draw.uniform(10, 900, len(frame))).round(decimals)
    return frame


def total_of(flows: pd.DataFrame, parts: list[str], field: str, name: str, by: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a name that is the sum of others."""
    summed = flows[flows[field].isin(parts)].groupby(list(by), sort=False)[LEGS].sum().reset_index()
    return summed.assign(**{field: name})[list(flows.columns)]


def problems(flows: pd.DataFrame) -> tuple[Problem, ...]:
    try:
        check("flows", from_pandas(flows, "flows.csv"))
    except DataError as refused:
        return refused.problems
    return ()


BY_PRODUCT = ("date", "region", "sector")
PARTS = [(region, "Index", product) for region in ("NA", "Europe") for product in ("ETF", "Futures", "Swaps")]
STOCKS = [(region, sector, "Single stocks") for region in ("NA", "Europe") for sector in ("Energy", "Utilities", "Materials")]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["ETF", "Futures", "Swaps"], "Macro products"),
        (["ETF", "Swaps"], "Options"),
        (["ETF", "Futures", "Swaps"], "Index"),
    ],
    ids=["the taxonomy's children", "a pair", "all others"],
)
def test_a_product_that_is_a_sum_is_named_with_its_parts_and_the_line_that_leaves_it_out(parts, name):
    flows = drawn(PARTS + STOCKS)
    if name == "Index":
        flows = flows[flows["sector"] == "Index"]
    whole = pd.concat([flows, total_of(flows, parts, "product", name, BY_PRODUCT)], ignore_index=True)
    (problem,) = problems(whole)
    assert (problem.code, problem.column, problem.value) == ("subtotal", "product", name)
    assert all(part in problem.message for part in parts)
    key = name if " " not in name else f'"{name}"'
    assert problem.remedy == f'[flows.values.product]\n{key} = "ignore"'
    found = check("flows", from_pandas(whole, "flows.csv"), Declared(values={"product": {name: "ignore"}}))
    assert len(found) == len(flows)


def test_a_sum_over_regions_or_only_within_one_sector_is_seen():
    flows = drawn(PARTS)
    world = flows.groupby(["date", "sector"], sort=False)[LEGS].sum().reset_index().assign(region="NA", product="Macro products")
    assert [problem.value for problem in problems(pd.concat([flows, world[flows.columns]]))] == ["Macro products"]
    stocks = drawn(STOCKS)
    energy = flows.assign(sector="Energy")
    within = total_of(energy, ["ETF", "Futures", "Swaps"], "product", "Macro products", BY_PRODUCT)
    other = drawn([("NA", "Utilities", "Macro products")])
    (problem,) = problems(pd.concat([energy, within, other, stocks]))
    assert problem.value == "Macro products"
    assert "within Energy" in problem.message


def test_a_sector_that_is_the_sum_of_the_others_within_single_stocks_is_seen():
    flows = drawn([*STOCKS, ("NA", "Index", "ETF")])
    total = total_of(
        flows[flows["product"] == "Single stocks"], ["Energy", "Utilities", "Materials"], "sector", "Index", ("date", "region", "product")
    )
    (problem,) = problems(pd.concat([flows, total]))
    assert (problem.column, problem.value) == ("sector", "Index")
    assert "within Single stocks" in problem.message


def test_nineteen_days_in_twenty_are_enough_and_fewer_are_not():
    flows = drawn(PARTS, days=100)
    total = total_of(flows, ["ETF", "Futures", "Swaps"], "product", "Macro products", BY_PRODUCT)
    days = sorted(flows["date"].unique())
    for wrong, refused in ((5, True), (6, False)):
        changed = total.copy()
        changed.loc[changed["date"].isin(days[10 : 10 + wrong]), "long_buys"] += 7
        assert bool(problems(pd.concat([flows, changed]))) is refused


def test_sums_that_were_rounded_are_seen():
    flows = drawn(PARTS, decimals=3)
    total = total_of(flows, ["ETF", "Futures", "Swaps"], "product", "Macro products", BY_PRODUCT)
    total[LEGS] = total[LEGS] * (1 + 5e-7)
    assert len(problems(pd.concat([flows, total]))) == 1


def test_net_flows_are_looked_at_like_legs():
    flows = drawn(PARTS)
    total = total_of(flows, ["ETF", "Futures", "Swaps"], "product", "Macro products", BY_PRODUCT)
    both = pd.concat([flows, total])
    net = both.assign(net=both["long_buys"] - both["long_sells"] - both["short_sales"] + both["short_covers"]).drop(columns=LEGS)
    assert len(problems(net)) == 1


@pytest.mark.parametrize("blank", [["short_sales", "short_covers"], ["long_buys"]])
def test_blank_legs_do_not_hide_a_sum(blank):
    flows = drawn(PARTS)
    both = pd.concat([flows, total_of(flows, ["ETF", "Futures", "Swaps"], "product", "Macro products", BY_PRODUCT)])
    both[blank] = np.nan
    assert len(problems(both)) == 1


def test_a_copy_under_the_name_of_the_whole_is_a_sum_of_one():
    flows = drawn([("NA", "Index", "ETF")])
    assert [problem.value for problem in problems(pd.concat([flows, flows.assign(product="Macro products")]))] == ["Macro products"]


def test_two_names_are_never_a_sum_and_days_without_any_flow_show_nothing():
    flows = drawn([("NA", "Index", "ETF")])
    assert not problems(pd.concat([flows, flows.assign(sector="Energy", product="Single stocks")]))
    zero = drawn(PARTS + STOCKS)
    zero[LEGS] = 0.0
    assert not problems(zero)
    zero.loc[zero["product"] == "ETF", LEGS] = 5.0
    zero.loc[zero["product"] == "Futures", LEGS] = 5.0
    assert not problems(zero)


def test_a_day_or_two_of_small_numbers_is_no_evidence():
    flows = drawn([("NA", "Index", name) for name in ("ETF", "Futures", "Options")], days=1)
    flows[LEGS] = [[1.0, 0, 0, 0], [2.0, 0, 0, 0], [3.0, 0, 0, 0]]
    assert not problems(flows)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 8), st.integers(2, 30), st.integers(0, 4))
def test_drawn_flows_are_not_taken_for_sums_unless_one_is_put_in(seed, sectors, days, decimals):
    names = ("Energy", "Materials", "Industrials", "Health Care", "Financials", "Utilities", "Real Estate", "Index")[:sectors]
    flows = drawn([*itertools.product(("NA", "EU"), names, ("stocks",))], days, seed, decimals)
    assert not problems(flows)
    pair = list(names[:2])
    total = total_of(flows, pair, "sector", "Information Technology", ("date", "region", "product"))
    found = problems(pd.concat([flows, total]))
    assert [problem.code for problem in found] == ["subtotal"]
