"""The desk note: every item can be told alone, is left out when not given, and is said to be missing when it is."""

import datetime as dt

import pytest

import xlsig
from xlsig.functions.note import ITEMS

VALUES = {
    **dict.fromkeys(("as_of", "fastest_since", "event", "previous_episode", "new_high_date"), dt.date(2025, 1, 3)),
    "state": "BOTH",
    "driver": "primarily short sales",
    "region_1": "Europe",
    "region_2": "EMEA",
    "base_rate": "BOTH on 5 of 969 judged sessions",
    **{f"seller_{at}": f"Sector {at}" for at in (1, 2, 3)},
    **{f"buyer_{at}": f"Buyer {at}" for at in (1, 2, 3)},
    "streak": 5,
    "fastest_months": 7,
    "short_contribution": 0.72,
    "regions_sold": 6,
    "regions_known": 6,
    "macro_share": 0.77,
    "single_share": 0.23,
    "sectors_sold": 8,
    "sectors_known": 11,
    "change_since_event": -18.2,
    "change_ex_turn": -22.3,
    "change_week": -11.3,
    "spread_z": -2.7,
    "flow_z": -2.9,
    "decline_depth": -0.27,
    "decline_months": 9.889,
}
SUPPORTING = {"short_contribution", "regions_known", "sectors_known", "event", "decline_months"}
"""Items that are told only beside another one."""


def note(**items: object) -> str:
    return xlsig.desk_note(list(items), list(items.values()))


def test_every_item_has_a_value_here():
    assert set(VALUES) == set(ITEMS)


@pytest.mark.parametrize("item", sorted(set(ITEMS) - SUPPORTING))
def test_an_item_alone_makes_a_sentence(item):
    told = note(**{item: VALUES[item]})
    assert told.endswith(".")
    assert not told[0].islower()
    assert "Nothing can be said" not in told
    assert "None" not in told


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_not_given_leaves_no_trace(item):
    told = note(**{name: value for name, value in VALUES.items() if name != item})
    assert "None" not in told
    assert "Missing" not in told
    assert ".." not in told.replace("…", "")


@pytest.mark.parametrize("item", ITEMS)
def test_a_missing_value_is_said_to_be_missing(item):
    told = note(**{**VALUES, item: None})
    assert f"Missing: {item.replace('_', ' ')}." in told


def test_all_missing_is_a_paragraph_that_says_so():
    told = note(**dict.fromkeys(ITEMS))
    assert told.startswith("Nothing can be said")
    assert "streak" in told


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({"streak": 0}, "The last session did not sell."),
        ({"streak": 1}, "Net selling has run for 1 session in a row."),
        ({"driver": "not net selling"}, "Global flows were not net selling."),
        ({"driver": "evenly"}, "Global selling came evenly from longs and shorts."),
        ({"state": "NO DATA"}, "not an all-clear"),
        ({"state": "CALM"}, "The danger signal reads CALM."),
        ({"base_rate": 0.005}, "Base rate: BOTH on 0.5 % of judged sessions."),
        ({"decline_depth": -0.25, "decline_months": 14.2}, "A decline of 25 % over 14 months followed."),
        ({"change_since_event": -18.24}, "Financing spreads changed by −18.2 bp since the event."),
        ({"change_ex_turn": -5}, "since the event without the year-end turn"),
        ({"flow_z": -2.9}, "The flow is −2.9 standard deviations from its norm."),
        ({"single_share": 0.23}, "Single stocks made up 23 % of the total."),
        ({"as_of": 45660}, "As of 3 January 2025, the danger signal has no state."),
    ],
    ids=lambda given: str(given)[:40],
)
def test_the_words_of_single_items(items, said):
    assert said in note(**items)


@pytest.mark.parametrize(
    ("items", "values"),
    [
        (["streaks"], [5]),
        (["streak", "streak"], [5, 5]),
        (["streak"], ["five"]),
        (["as_of"], ["today"]),
        (["state"], [5]),
        (["streak", None], [5, 5]),
        (["streak"], [5, 6]),
    ],
    ids=["unknown", "twice", "text", "no date", "number", "no item", "lengths"],
)
def test_what_cannot_be_an_item_is_refused(items, values):
    with pytest.raises(xlsig.SignalError) as refused:
        xlsig.desk_note(items, values)
    assert refused.value.code == "#VALUE!"


def test_a_blank_row_among_the_items_is_passed_over():
    assert xlsig.desk_note(["streak", None], [5, None]) == xlsig.desk_note(["streak"], [5])


def test_the_explanation_counts_what_is_missing():
    assert "of which 1 is missing" in xlsig.explain("DESK_NOTE", ["streak", "state"], [5, None])
    assert "of which 0 are missing" in xlsig.explain("DESK_NOTE", ["streak"], [5])
