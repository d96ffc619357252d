"""What EXPLAIN says of both sides, of levels, of the strip and of a squeeze score, in the words of the desk; a refusal says why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import xlsig

DAYS = [dt.date(2024, 12, 30), dt.date(2024, 12, 31), dt.date(2025, 1, 2), dt.date(2025, 1, 3)]
SIXTY = [float(value) for value in range(60)]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            ("BUYING_STREAK", [-4, 2, 3, 1], DAYS),
            "3 sessions in a row with net buying, 31 December 2024 to 3 January 2025; the session before, 30 December 2024, had a net flow",
        ),
        (("BUYING_STREAK", [1, 2, -3, -4], DAYS), "0: the last session, 3 January 2025, did not buy: net flow −4."),
        (
            ("BUYING_STREAK", [1, 2]),
            "At least 2 sessions in a row with net buying, rows 1 to 2: the first row is reached and still bought.",
        ),
        (("BUYING_STREAK", [1, 12, 11], None, None, 10), "2 sessions in a row with net buying above 10, rows 2 to 3"),
        (("BUYING_STREAK", [1, None, 2]), "No answer (#N/A): the flow of row 2 is missing, so the streak cannot be told."),
        (("BUYING_STREAK", [2, 1], [DAYS[0], DAYS[2]], "XNYS"), "there is no row for 31 December 2024, on which XNYS traded"),
        (("SESSIONS_SOLD", [-1] * 7 + [2], 8), "Net sold in 7 of the last 8 sessions, whose net flows sum to −5."),
        (("SESSIONS_SOLD", [-1, -9], 2, 5), "Net sold in 1 of the last 2 sessions by more than 5, whose net flows sum to −10."),
        (("SESSIONS_SOLD", [-1, -9], 3), "No answer (#N/A): 3 sessions are asked for and there are 2."),
        (
            ("FASTEST_SINCE", DAYS, [5, -1, 1, 4], 1, "buying"),
            "30 December 2024: the last 1 session bought 4; the latest earlier window to buy as much (5) was 30 December 2024.",
        ),
        (
            ("FASTEST_MONTHS", DAYS, [3, -1, 1, 4], 1, "buying"),
            "bought 4, the fastest on record since 30 December 2024: no earlier window bought",
        ),
        (("FASTEST_SINCE", DAYS, [5, -1, 1, -4], 1, "buying"), "not buying: the sum of the last 1 sessions is -4"),
        (("GROSS_FLOW", [10], [60], [5], [40]), "they sum to −85, so gross exposure was cut."),
        (("GROSS_FLOW", [60], [10], [40], [5]), "they sum to 85, so gross exposure grew."),
        (
            ("BUYING_DRIVER", 120, 100, 30, 90),
            "Primarily short covers: longs 20 net, shorts 60 net, so short covers are 75.0 % of the buying.",
        ),
        (("BUYING_DRIVER", [1, None], [1, 2], [1, 2], [1, 2]), "No answer (#N/A): long_buys is missing in row 2."),
        (
            ("LEVEL_ZSCORE", [1.9, 2, 2.1, 1.8], 3),
            "z −2.00: the last level, 1.8, against the mean and standard deviation of the 3 known levels",
        ),
        (("LEVEL_PERCENTILE", [3, 1, 2, 1], 4), "50.0 % of the last 4 known levels are at or below it: the last one is 1."),
        (
            ("RANGE_INDEX", [9, 2, 6, 3], 3),
            "25.0 % of the way from 2, the lowest of the last 3 known levels, to 6, the highest: the last one is 3.",
        ),
        (("RANGE_INDEX", [2, 2, 2], 3), "No answer (#DIV/0!): all 3 values of the window are equal, so there is no range."),
        (("LOWEST_SINCE", DAYS, [1, 3, 4, 2]), "30 December 2024: the last level, 2, is the lowest since then, when it was 1."),
        (
            ("HIGHEST_SINCE", DAYS, [None, 3, 4, 5]),
            "31 December 2024: the last level, 5, is the highest on record since then: none of 2 earlier levels was as high.",
        ),
        (("LOWEST_SINCE", DAYS, [None, None, None, 5]), "No answer (#N/A): no level is known before the last one."),
        (("TRF_FORWARD", 60, 90, 75, 360), "80.0 bp from day 90 to day 360: what is left of 75.0 bp for 360 days once 60.0 bp for 90 days"),
        (("TRF_FORWARD", 60, 90, 75, 90), "No answer (#NUM!): days must be 0 ≤ near_days < far_days, not 90 and 90."),
        (
            ("TRF_FORWARDS", [90, 180, 360], [60, None, 75]),
            "1 forward between the 2 of 3 maturities that have a spread: from 80.0 bp (day 90",
        ),
        (("TRF_FORWARDS", [90, 360], [60, None]), "No answer (#N/A): a forward needs two maturities with a spread, and there is one."),
        (("TRF_FORWARDS", [90, 90], [60, 70]), "No answer (#NUM!): days must be strictly increasing, and row 2 (90) follows 90."),
        (("BOX_RATE", 300, 0, 100, 0, 100, 310, 360), "5.0000 %: the box costs 200 index points today and pays 210 in 360 days"),
        (("BOX_RATE", 100, 50, 100, 50, 100, 200, 90), "No answer (#NUM!): the box must cost more than 0, and it costs 0."),
        (("SPREAD_DV01", 1e9, 90), "25,000 per basis point: 1,000,000,000 for 90 days on a 360-day year."),
    ],
)
def test_the_sentence_is_the_desk_s(call: tuple[Any, ...], said: str) -> None:
    assert said in xlsig.explain(*call)


def test_a_squeeze_score_without_factors_says_why_each_was_dropped() -> None:
    said = xlsig.explain("SQUEEZE_SCORE", SIXTY[:59], [*SIXTY, None], None, [], [None, None], [1.0])
    assert said == (
        "No answer (#N/A): 0 of 6 factors can be judged and three are needed; dropped: short_interest (too few values: 59 of 60), "
        "days_to_cover (missing now), borrow_fee (empty), short_share (empty), high_distance (empty), "
        "shorts_loss (too few values: 1 of 60)."
    )


def test_two_factors_are_too_few_and_the_other_four_are_named() -> None:
    said = xlsig.explain("SQUEEZE_SCORE", SIXTY, SIXTY, None, None, None, SIXTY[1:])
    assert "2 of 6 factors can be judged and three are needed" in said
    assert said.count("(empty)") == 3
    assert "shorts_loss (too few values: 59 of 60)" in said


def test_a_squeeze_score_says_which_factors_it_left_out() -> None:
    said = xlsig.explain("SQUEEZE_SCORE", SIXTY, SIXTY, SIXTY, None, SIXTY[1:], [*SIXTY, None])
    assert "dropped: short_share (empty), high_distance (too few values: 59 of 60) and shorts_loss (missing now)" in said
