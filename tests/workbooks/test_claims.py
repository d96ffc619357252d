"""Every sentence of the report, answered on the bundled sample through the functions, as `xlsig signals` prints it."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from xlsig.cli import app
from xlsig.workbooks.claims import CLAIMS

AS_OF = dt.date(2025, 1, 3)


@pytest.fixture(scope="module")
def printed():
    result = CliRunner().invoke(app, ["signals", "--data", "sample", "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def answer(printed):
    keyed = dict(zip((claim.key for claim in CLAIMS), printed["claims"], strict=True))
    return lambda key: keyed[key]["answer"]


def test_the_object_says_as_of_source_state_note_claims_missing_and_findings(printed):
    assert set(printed) == {"as_of", "source", "state", "note", "claims", "missing", "findings"}
    assert printed["findings"] == []
    assert printed["as_of"] == "2025-01-03"
    assert "synthetic" in printed["source"]
    assert printed["missing"] == []


def test_every_sentence_of_the_report_has_an_answer_and_a_reason(printed):
    assert {claim["id"] for claim in printed["claims"]} == set(range(1, 15))
    for claim in printed["claims"]:
        assert set(claim) == {"id", "question", "formula", "answer", "explanation"}
        assert claim["answer"] is not None, claim
        assert len(claim["explanation"]) > 15, claim
        assert claim["formula"].startswith("=")


def test_1_financing_spreads_are_numbers_in_bp_with_a_z_score(answer):
    for key in ("financing_spread", "forward_spread", "trf_spread"):
        assert 0 < answer(key) < 300
    assert isinstance(answer("spread_zscore"), float)
    assert 0 <= answer("spread_percentile") <= 1


def test_2_the_gauge_fell_sharply_after_the_announcement_of_18_december(answer):
    assert answer("change_since_event") < -10
    assert answer("spread_z") <= -2


def test_3_the_fall_is_more_than_a_year_end_effect(answer):
    assert answer("turn_excess") > 0
    assert answer("change_ex_turn") < 0
    assert answer("change_ex_turn_year_end") < 0


def test_4_selling_through_futures_went_on_this_week_and_no_roll_is_inside(answer, printed):
    assert answer("change_week") < 0
    assert any("no roll inside" in claim["explanation"] for claim in printed["claims"] if claim["id"] == 4)


def test_5_us_stocks_were_net_sold_for_five_sessions(answer):
    assert answer("streak") == 5


def test_6_at_the_fastest_pace_in_more_than_seven_months(answer):
    assert answer("fastest_months") >= 7
    since = dt.date.fromisoformat(answer("fastest_since"))
    assert since < dt.date(2024, 6, 3)


def test_7_the_largest_global_selling_in_seven_months_was_driven_by_short_sales(answer):
    assert answer("world_months") >= 7
    assert answer("driver") == "primarily short sales"
    assert 0.5 < answer("short_contribution") <= 0.9


def test_8_every_region_sold_north_america_and_emerging_asia_most(answer):
    assert answer("regions") == "6 of 6 sold, 0 missing"
    assert {answer("region_1"), answer("region_2")} == {"North America", "Emerging Asia"}


def test_9_macro_products_were_77_percent_and_single_stocks_23(answer):
    assert (round(answer("macro_share"), 2), round(answer("single_share"), 2)) == (0.77, 0.23)


def test_10_eight_of_eleven_sectors_sold_and_three_bought(answer):
    assert answer("sectors") == "8 of 11 sold, 0 missing"
    assert answer("sectors_sold") == 8
    assert [answer(f"seller_{at}") for at in (1, 2, 3)] == ["Health Care", "Financials", "Industrials"]
    assert [answer(f"buyer_{at}") for at in (1, 2, 3)] == ["Information Technology", "Materials", "Energy"]


def test_11_both_gauges_fire_for_the_first_time_in_years(answer):
    assert answer("state") == "BOTH"
    assert answer("flag") == 1
    previous = dt.date.fromisoformat(answer("previous_episode"))
    assert (previous.year, previous.month) == (2021, 12)
    assert answer("years_since") == 3
    both, judged = (int(word) for word in answer("base_rate").split() if word.isdigit())
    assert 0 < both < judged
    assert judged > 900


def test_12_the_same_led_into_a_ten_month_fall(answer, printed):
    assert answer("first_branch") == "decline"
    assert answer("decline_depth") < -0.2
    assert answer("trough_date") == "2022-10-12"
    assert round(answer("decline_months"), 1) == 9.9
    assert answer("study_n") == 1
    assert isinstance(answer("study_base"), float)
    assert "ten months" in printed["note"]


def test_13_or_it_may_end_in_a_short_squeeze_to_new_highs(answer):
    assert answer("new_high_date") == "2021-12-22"
    assert answer("best_gain") > 0
    assert 0 <= answer("squeeze_score") <= 100
    assert answer("squeeze_alert") in (0, 1)


def test_14_the_note_tells_the_story_with_the_numbers_of_the_cells(answer, printed):
    note = printed["note"]
    assert note == answer("note")
    told = (
        *("BOTH", "3 January 2025", "5 sessions in a row", "primarily short sales", "6 of 6 regions", "77 %", "23 %"),
        *("8 of 11 sectors", "Health Care, Financials and Industrials", answer("base_rate")),
        *(f"−{abs(answer('change_since_event')):.1f} bp", f"−{abs(answer('change_ex_turn')):.1f} bp"),
        *(f"−{abs(answer('spread_z')):.1f}", f"{abs(answer('decline_depth')):.0%}".replace("%", " %")),
    )
    assert [word for word in told if word not in note] == []
