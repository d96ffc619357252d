"""The desk note: every item can be told alone, is left out when not given, and is said to be missing when it is."""

import datetime as dt

import pytest

import xlsig
from xlsig.functions.note import ITEMS

VALUES = {
    **dict.fromkeys(("as_of", "fastest_since", "event", "previous_episode", "new_high_date"), dt.date(2025, 1, 3)),
    "precedent": dt.date(2021, 12, 9),
    "on_record_since": dt.date(2020, 1, 2),
    "regions_named": 2,
    "preliminary": 1,
    "data": "flows end on 2 January 2025, 1 session before 3 January 2025.",
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
SUPPORTING = {"short_contribution", "regions_known", "sectors_known", "event", "decline_months", "regions_named", "on_record_since"}
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


@pytest.mark.parametrize("item", sorted(set(ITEMS) - {"precedent"}))
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


def test_the_last_sentence_says_what_is_found_about_the_data():
    assert note(**VALUES).endswith("Flows end on 2 January 2025, 1 session before 3 January 2025.")
    assert note(state="NONE", data="complete") == note(state="NONE")


def test_rows_that_are_preliminary_are_said_to_be():
    assert "preliminary" in note(streak=5, preliminary=2)
    assert "preliminary" not in note(streak=5, preliminary=0)


def test_without_a_precedent_nothing_is_said_to_have_followed():
    told = note(**{**VALUES, "precedent": None})
    assert "No earlier episode is on record, which begins 3 January 2025." in told
    assert "followed" not in told
    assert "new high" not in told
    assert "Missing" not in told
    told = note(**{**VALUES, "precedent": None, "previous_episode": None, "decline_depth": None})
    assert "pisode" not in told
    assert "Missing" not in told


def test_a_precedent_of_a_signal_that_is_off_is_told_by_its_start():
    told = note(precedent=dt.date(2021, 12, 9), previous_episode=None, decline_depth=-0.27)
    assert "The previous episode began on 9 December 2021; a decline of 27 % followed." in told


def test_the_fastest_on_record_is_told_with_where_the_record_begins():
    begins = dt.date(2024, 10, 9)
    assert "fastest on record, which begins 9 October 2024" in note(fastest_since=begins, on_record_since=begins)
    assert "fastest since 9 October 2024" in note(fastest_since=begins, on_record_since=dt.date(2020, 1, 2))


def test_a_part_of_the_world_is_never_called_global():
    told = note(driver="evenly", regions_sold=1, regions_known=2, regions_named=2)
    assert "lobal" not in told
    assert "1 of the 2 regions reported sold" in told
    assert "The one region reported did not sell" in note(regions_sold=0, regions_known=1, regions_named=1)
    assert "Global" in note(driver="evenly", regions_named=6)


def test_nothing_is_said_of_regions_and_sectors_of_which_none_is_known():
    assert note(state="NONE", regions_sold=0, regions_known=0, sectors_sold=0, sectors_known=0) == note(state="NONE")
