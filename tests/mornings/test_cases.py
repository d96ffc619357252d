"""Each of the thirty-three mornings: what is found, what is answered, what is unknown and why. Expectations are the twin's."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.mornings.cases import CASES, NAMES, Case, dates_of, made, net_of
from tests.mornings.facts import (
    Mornings,
    begins_with,
    contradicting,
    differing,
    graded,
    malformed,
    pretending,
    read,
    said,
    twin_of,
    unexplained,
)
from tests.mornings.twin import Twin
from tests.mornings.twin_flows import SECTORS
from xlsig.cli import app
from xlsig.frames.judging import Finding, judge
from xlsig.sources.sample import sample
from xlsig.workbooks.morning import Morning, morning

QUOTE = (23.1061, 6810.38, 788)


@dataclass(frozen=True)
class Warned:
    """What is found on a morning that can be read: frame and code of each finding, codes that may be there too, words that it says."""

    found: frozenset[tuple[str, str]] = frozenset()
    also: frozenset[str] = frozenset()
    says: tuple[str, ...] = ()


def _warned(frame: str = "", code: str = "", *says: str, also: tuple[str, ...] = ()) -> Warned:
    return Warned(frozenset({(frame, code)} if code else ()), frozenset(also), says)


def _home_days(sessions: int = 420) -> list[dt.date]:
    return [day.date() for day in dates_of(made("untouched").frames["prices"])][-sessions:]


def _last_before(sessions: int) -> str:
    return said(_home_days()[-1 - sessions])


READ = {
    "untouched": _warned(),
    "older": _warned(),
    "flows_one_session_late": _warned("flows", "late", "flows end on 2 January 2025, 1 session before"),
    "flows_eight_sessions_late": _warned("flows", "late", f"flows end on {_last_before(8)}, 8 sessions before"),
    "spreads_stale": _warned("spreads", "late", f"spreads end on {_last_before(12)}, 12 sessions before"),
    "contracts_stale": _warned("contracts", "late", f"contracts end on {_last_before(29)}, 29 sessions before"),
    "prices_stale": _warned("prices", "late", f"prices end on {_last_before(60)}, 60 sessions before"),
    "nyse_closed_absent_missing": _warned(),
    "nyse_closed_absent_zero": _warned(),
    "tokyo_new_year": _warned(),
    "region_gone": _warned("flows", "stopped", "Emerging Asia", "December 2024", also=("incomplete",)),
    "sectors_gone": _warned("flows", "stopped", "North America", "Health Care", "Financials", "December 2024"),
    "product_joins_late": _warned("flows", "joined", "North America", "Macro products", _last_before(29)),
    "partial_day_absent_missing": _warned("flows", "incomplete", "6 January 2025", "North America", "Europe", "EMEA", "Latin America"),
    "partial_day_absent_zero": _warned("flows", "incomplete", "6 January 2025", "North America", "Europe", "EMEA", "Latin America"),
    "rows_that_did_not_trade_left_out": _warned("flows", "absent", 'absent = "zero"', also=("stopped",)),
    "no_short_legs": _warned("flows", "absent", "short_sales", "short_covers", "net"),
    "constant_maturity_spread": _warned(),
    "event_table_out_of_date": _warned("events", "events", "31 July 2024"),
    "america_only": _warned("flows", "part", "North America"),
    "thousands_then_millions": _warned("flows", "jump", _last_before(18)),
    "sixty_rows": _warned(),
    "pair_named_anew_each_day": _warned(),
    "flows_alone": _warned(also=("absent",)),
    "net_flows_alone_per_region": _warned(),
}
"""The mornings that can be read and whose sessions can be counted in days."""

OTHERWISE = {
    "beyond_the_calendar": _warned("", "calendar_end", "XNYS", "31 December 2028", also=("events",)),
    "weekly_rows": _warned("", "frequency", "week"),
}
"""Those that can be read and whose sessions cannot."""


@dataclass(frozen=True)
class Refused:
    """What a morning is refused for, what is said, and what is still warned when the remedies are written."""

    code: tuple[str, ...]
    says: tuple[str, ...]
    then: frozenset[str] = frozenset()


REFUSED = {
    "points_for_thousands": Refused(("unread", "unit"), ("flows.csv", 'thousands = "."', 'decimal = "."')),
    "subtotals_among_the_parts": Refused(("subtotal",), ("Macro products", "ETF", "Futures", '"Macro products" = "ignore"')),
    "one_date_mistyped": Refused(("lone_date",), ("prices", "421", "2026"), frozenset({"late"})),
    "rate_in_percent": Refused(("unit",), ("contracts", "rate", 'unit = "percent"')),
    "dates_by_sectors": Refused(("unread",), ("flows", 'layout = "dates by sectors"', "region", "product"), frozenset({"part"})),
    "another_vendors_names": Refused(
        ("unread",),
        ("Consumer Cyclical", "Consumer Defensive", "Financial Services", "Basic Materials", 'US = "North America"'),
    ),
    "brackets_and_thousands_commas": Refused(("unread",), ("prices.csv", 'thousands = ","', "spreads.csv", 'negatives = "brackets"')),
}
"""The mornings that are refused, and are read as they were meant when all their remedies stand in desk.toml as they were printed."""


def test_every_case_has_its_facts():
    assert {*READ, *OTHERWISE, *REFUSED} - {"untouched"} == set(CASES)


def by_key(answers: Morning) -> dict[str, Any]:
    return {claim.key: claim.answer for claim in answers.claims}


def why(answers: Morning, key: str) -> str:
    return next(claim.explanation for claim in answers.claims if claim.key == key)


def told(findings: tuple[Finding, ...]) -> str:
    return " ".join(f"{finding.what} {finding.remedy}" for finding in findings)


@pytest.mark.parametrize("name", [*READ, *OTHERWISE])
def test_a_morning_that_can_be_read_has_its_findings_and_no_others(mornings: Mornings, name):
    facts, findings = {**READ, **OTHERWISE}[name], mornings.findings(name)
    seen = graded(findings)
    assert [grade for grade, _, _ in seen if grade != "warned"] == []
    wanted = {code for _, code in facts.found}
    codes = {code for _, _, code in seen}
    assert wanted <= codes <= wanted | facts.also, seen
    assert {frame for frame, _ in facts.found if frame} <= {frame for _, frame, _ in seen}
    assert [words for words in facts.says if words.casefold() not in told(findings).casefold()] == [], told(findings)
    assert malformed(findings) == []


@pytest.mark.parametrize("name", READ)
def test_a_morning_that_can_be_read_is_answered_as_the_twin_answers(mornings: Mornings, name):
    answers, twin = mornings.morning(name), mornings.twin(name)
    # With one region, what is asked of the world is unknown, or is of the region and says so. Of one product, the other's share is open.
    free = {
        "america_only": {
            "macro_share",
            "single_share",
            "sectors",
            "sectors_sold",
            *(f"{who}_{at}" for who in ("seller", "buyer") for at in (1, 2, 3)),
        },
        "constant_maturity_spread": {"change_ex_turn", "change_ex_turn_year_end"},
    }.get(name, set())
    assert answers.as_of == twin.as_of
    assert answers.state == twin.answers["state"]
    assert differing(answers, twin.answers, free) == {}


@pytest.mark.parametrize("name", READ)
def test_what_a_finding_takes_away_says_so_first(mornings: Mornings, name):
    usual, now = mornings.twin("untouched").answers, mornings.twin(name).answers
    answers = mornings.morning(name)
    asked = {claim.key for claim in answers.claims if claim.answer is None}
    lost = [key for key in asked if key != "note" and usual[key] is not None and now[key] is None]
    findings = [finding for finding in answers.findings if finding.grade == "warned"]
    if READ[name].found:
        assert unexplained(answers, lost, findings) == {}
    assert bool(lost) == (name in TAKEN), lost


TAKEN = {
    *("older", "flows_one_session_late", "flows_eight_sessions_late", "spreads_stale", "contracts_stale", "prices_stale", "region_gone"),
    *("sectors_gone", "rows_that_did_not_trade_left_out", "no_short_legs", "event_table_out_of_date", "america_only"),
    *("constant_maturity_spread", "sixty_rows", "flows_alone", "net_flows_alone_per_region"),
    *("nyse_closed_absent_missing", "nyse_closed_absent_zero"),
}
"""Where an answer is unknown that the untouched morning has; on quiet days there is nothing to say since when."""


@pytest.mark.parametrize("name", [*READ, *OTHERWISE])
def test_nothing_pretends_to_be_an_answer(mornings: Mornings, name):
    answers = mornings.morning(name)
    assert pretending(answers) == []
    assert contradicting(answers) == []
    assert json.loads(json.dumps(answers.as_json()))["findings"] == [finding.as_json() for finding in answers.findings]


@pytest.mark.parametrize("name", [*READ, *OTHERWISE])
def test_the_note_ends_with_what_was_found(mornings: Mornings, name):
    answers, findings = mornings.morning(name), mornings.findings(name)
    assert set(answers.findings) == set(findings)
    note = answers.note.casefold()
    missing = [finding.what for finding in findings if finding.what.strip(" .").casefold() not in note]
    if len(findings) == 1:
        assert missing == []
        assert note.rstrip(" .").endswith(findings[0].what.strip(" .").casefold())
    elif findings:
        assert len(missing) < len(findings) or f"{len(findings)} warnings" in note


def test_the_untouched_morning_is_the_reports(mornings: Mornings):
    answers = by_key(mornings.morning("untouched"))
    assert (answers["state"], answers["streak"], round(answers["pace"])) == ("BOTH", 5, -1300)
    assert answers["fastest_since"] == answers["world_since"] == "2024-05-23"
    twin = mornings.twin("untouched")
    assert round(sum(value or 0.0 for value in twin.world[-5:])) == -11700
    assert mornings.findings("untouched") == ()
    assert "previous episode ended" not in mornings.morning("untouched").note, "the file holds none"


def test_the_whole_sample_has_all_answers_and_nothing_warned():
    answers = morning(sample())
    assert judge(sample()) == () == answers.findings
    assert [claim.key for claim in answers.claims if claim.answer is None] == []
    assert len(answers.claims) == 49
    twin = Twin({name: getattr(sample(), name) for name in NAMES}, quote=QUOTE)
    assert differing(answers, twin.answers) == {}
    assert by_key(answers)["previous_episode"] == "2021-12-17"


def test_late_flows_make_the_state_unknown_and_leave_the_spreads_as_they_are(mornings: Mornings):
    usual = by_key(mornings.morning("untouched"))
    for name in ("flows_one_session_late", "flows_eight_sessions_late"):
        answers = by_key(mornings.morning(name))
        assert (answers["state"], answers["flag"], answers["streak"], answers["pace"]) == ("NO DATA", None, None, None)
        for key in ("spread_z", "change_since_event", "change_week", "turn_excess", "financing_spread"):
            assert answers[key] == usual[key]


def test_an_episode_that_is_todays_own_is_no_precedent_though_its_flows_are_late(mornings: Mornings):
    answers = by_key(mornings.morning("flows_one_session_late"))
    for key in ("first_branch", "decline_depth", "trough_date", "decline_months", "new_high_date", "best_gain"):
        assert answers[key] is None
    assert "followed" not in mornings.morning("flows_one_session_late").note


@pytest.mark.parametrize(
    ("name", "word", "day"), [("flows_one_session_late", "complete", "2025-01-02"), ("spreads_stale", "2024-12-16", "2024-12-16")]
)
def test_a_late_inputs_remedy_names_as_of_and_it_answers_for_that_day(mornings: Mornings, name, word, day):
    late = next(finding for finding in mornings.findings(name) if finding.code == "late")
    assert "--as-of" in late.remedy
    assert day in late.remedy or said(dt.date.fromisoformat(day)) in late.remedy
    ended = CliRunner().invoke(app, ["signals", "--data", mornings.source(name), "--as-of", word, "--json"])
    assert ended.exit_code == 0, ended.output
    printed = json.loads(ended.stdout)
    assert (printed["as_of"], printed["findings"]) == (day, [])
    frames = {frame: rows[rows["date"] <= day] for frame, rows in made(name).numbers.items()}
    twin = Twin(frames).answers
    keys = [claim.key for claim in mornings.morning(name).claims]
    answers = dict(zip(keys, (claim["answer"] for claim in printed["claims"]), strict=True))
    for key in ("state", "streak", "pace", "flow_z", "spread_z", "regions", "sectors", "change_week"):
        assert answers[key] == pytest.approx(twin[key]) if isinstance(twin[key], float) else answers[key] == twin[key], key


def test_new_yorks_holiday_breaks_no_streak_and_what_others_traded_is_counted_the_day_after(mornings: Mornings):
    for name in ("nyse_closed_absent_missing", "nyse_closed_absent_zero"):
        answers = by_key(mornings.morning(name))
        assert (answers["state"], answers["streak"]) == (mornings.twin(name).answers["state"], 9)
        flows = made(name).frames["flows"]
        week = flows[flows["date"].between("2025-01-03", "2025-01-10")]
        by_region = net_of(week).groupby(week["region"]).sum()
        assert answers["macro_share"] == pytest.approx(net_of(week[week["product"] == "Macro products"]).sum() / by_region.sum())
        assert answers["regions"] == "6 of 6 sold, 0 missing"


def test_tokyos_new_year_is_no_gap(mornings: Mornings):
    answers = by_key(mornings.morning("tokyo_new_year"))
    assert (answers["state"], answers["streak"], answers["regions"]) == ("BOTH", 5, "6 of 6 sold, 0 missing")
    assert answers["world_since"] is not None


def test_a_region_that_stopped_takes_the_world_away_and_leaves_america(mornings: Mornings):
    answers = by_key(mornings.morning("region_gone"))
    assert (answers["state"], answers["streak"], answers["regions"]) == ("BOTH", 5, "5 of 6 sold, 1 missing")
    assert (answers["region_1"], answers["region_2"]) == ("North America", "Europe")
    for key in ("world_since", "world_months", "driver", "short_contribution", "macro_share", "seller_1", "buyer_1"):
        assert answers[key] is None


def test_sectors_that_stopped_are_missing_for_as_long_as_they_stay_away(mornings: Mornings):
    answers = by_key(mornings.morning("sectors_gone"))
    assert (answers["state"], answers["streak"], answers["pace"]) == ("NO DATA", None, None)
    assert (answers["sectors"], answers["regions"]) == ("6 of 11 sold, 2 missing", "5 of 6 sold, 1 missing")
    assert [answers[f"seller_{at}"] for at in (1, 2, 3)] == ["Industrials", "Consumer Discretionary", "Consumer Staples"]


def test_a_retired_entry_is_not_missed():
    toml = 'retired = ["North America · Health Care · Single stocks", "North America · Financials · Single stocks"]\n'
    case = Case(made("sectors_gone").frames, toml)
    answers, twin = morning(case.desk()), twin_of(case)
    assert answers.findings == ()
    assert differing(answers, twin.answers) == {}
    assert twin.answers["streak"] is not None


@pytest.mark.parametrize("name", ["sectors_gone", "region_gone"])
def test_an_entry_that_stopped_is_missed_no_more_once_its_remedy_is_pasted(mornings: Mornings, name):
    stopped = [finding.remedy.partition(": ")[2] for finding in mornings.morning(name).findings if finding.code == "stopped"]
    case = Case(made(name).frames, "\n".join(stopped) + "\n")
    assert stopped
    assert [finding.code for finding in morning(case.desk()).findings if finding.code == "stopped"] == []


def test_a_day_that_is_half_in_moves_nothing(mornings: Mornings):
    usual = mornings.twin("untouched").answers
    for name in ("partial_day_absent_missing", "partial_day_absent_zero"):
        answers = mornings.morning(name)
        assert answers.as_of == dt.date(2025, 1, 3)
        assert differing(answers, usual) == {}


def test_the_line_about_absent_rows_gives_the_answers_back():
    case = Case(made("rows_that_did_not_trade_left_out").frames, 'absent = "zero"\n')
    answers, twin = morning(case.desk()), twin_of(case)
    assert answers.findings == ()
    assert (answers.state, by_key(answers)["streak"]) == ("BOTH", 5)
    assert differing(answers, twin.answers) == {}


def test_a_day_with_flows_is_never_said_to_have_none(mornings: Mornings):
    for claim in mornings.morning("rows_that_did_not_trade_left_out").claims:
        assert "no flow" not in claim.explanation
        assert "no net flow" not in claim.explanation


def test_a_pair_that_is_named_anew_each_day_is_read_by_its_dates(mornings: Mornings):
    assert differing(mornings.morning("pair_named_anew_each_day"), mornings.twin("untouched").answers) == {}


def test_a_constant_maturity_is_a_headline_without_rolls(mornings: Mornings):
    spreads = made("constant_maturity_spread").frames["spreads"]["spread_bp"].tolist()
    answers = by_key(mornings.morning("constant_maturity_spread"))
    assert answers["change_week"] == pytest.approx(spreads[-1] - spreads[-6])
    assert answers["spread_percentile"] == pytest.approx(sum(1 for value in spreads[-252:] if value <= spreads[-1]) / 252)


def test_an_event_table_that_ended_leaves_what_is_measured_from_it_unknown(mornings: Mornings):
    answers = mornings.morning("event_table_out_of_date")
    late = next(finding for finding in answers.findings if finding.code == "events")
    assert by_key(answers)["change_since_event"] is None
    assert begins_with(why(answers, "change_since_event"), late)
    assert by_key(answers)["change_ex_turn_year_end"] is not None
    assert "31 July 2024" not in answers.note.replace(late.what, "")


def test_one_region_is_not_the_world(mornings: Mornings):
    answers = mornings.morning("america_only")
    given, part = by_key(answers), next(finding for finding in answers.findings if finding.code == "part")
    assert (given["state"], given["streak"], given["regions"]) == ("BOTH", 5, "1 of 6 sold, 5 missing")
    for key in ("world_since", "world_months", "driver", "short_contribution"):
        assert given[key] is None
        assert begins_with(why(answers, key), part)
    assert "global" not in answers.note.casefold().replace(part.what.casefold(), "")


def test_beyond_the_calendar_nothing_that_counts_sessions_is_known(mornings: Mornings):
    answers = mornings.morning("beyond_the_calendar")
    given, found = by_key(answers), mornings.findings("beyond_the_calendar")
    assert answers.as_of == dt.date(2031, 12, 26)
    assert (given["state"], given["flag"]) == ("NO DATA", None)
    ended = next(finding for finding in found if finding.code == "calendar_end")
    counted = ("streak", "pace", "flow_z", "fastest_since", "fastest_months", "world_since", "world_months", "spread_z", "change_week")
    for key in (*counted, "spread_zscore", "spread_percentile", "driver", "macro_share"):
        assert given[key] is None, key
        assert begins_with(why(answers, key), ended), key
    assert given["change_since_event"] is None
    assert given["regions"] in (None, "0 of 6 sold, 6 missing")
    assert given["sectors"] in (None, "0 of 11 sold, 11 missing")


def test_rows_that_are_a_week_apart_speak_of_weeks(mornings: Mornings):
    answers = mornings.morning("weekly_rows")
    given = by_key(answers)
    assert answers.as_of == dt.date(2025, 1, 3)
    assert (given["state"], given["flag"], given["streak"]) == ("NO DATA", None, None)
    assert begins_with(why(answers, "streak"), next(finding for finding in answers.findings if finding.code == "frequency"))
    flows = made("weekly_rows").frames["flows"]
    america = net_of(flows)[flows["region"] == "North America"].groupby(flows["date"]).sum()
    assert given["pace"] is None or given["pace"] == pytest.approx(america.iloc[-5:].mean())
    found = answers.findings[0].what
    assert "session" not in answers.note.replace(found, "").replace("judged sessions", "")
    spoken = {claim.key: claim.explanation.replace(found, "") for claim in answers.claims if claim.key not in ("base_rate", "state")}
    assert {key: words for key, words in spoken.items() if given[key] is not None and "session" in words} == {}


def test_a_change_of_units_is_warned_and_the_numbers_stand(mornings: Mornings):
    answers = by_key(mornings.morning("thousands_then_millions"))
    assert (answers["streak"], round(answers["pace"], -5)) == (5, -1_300_000)


def test_sixty_sessions_say_on_record_and_judge_nothing(mornings: Mornings):
    answers = mornings.morning("sixty_rows")
    given = by_key(answers)
    assert (given["fastest_since"], given["state"], given["streak"]) == ("2024-10-09", "NO DATA", 5)
    assert "fastest on record, which begins 9 October 2024" in answers.note
    assert "fastest since" not in answers.note
    assert "0 of 0 judged sessions" in given["base_rate"]


def test_flows_alone_give_all_that_follows_from_them(mornings: Mornings):
    answers, usual = mornings.morning("flows_alone"), by_key(mornings.morning("untouched"))
    given = by_key(answers)
    assert answers.state == "NO DATA"
    for key in ("streak", "pace", "flow_z", "fastest_since", "world_since", "driver", "regions", "sectors", "macro_share"):
        assert given[key] == usual[key]
    assert "spread" in why(answers, "state").casefold()


def test_net_flows_give_all_that_needs_no_legs(mornings: Mornings):
    answers, usual = mornings.morning("net_flows_alone_per_region"), by_key(mornings.morning("untouched"))
    given = by_key(answers)
    for key in ("state", "streak", "pace", "flow_z", "world_since", "regions", "sectors", "macro_share"):
        assert given[key] == pytest.approx(usual[key]) if isinstance(usual[key], float) else given[key] == usual[key]
    for key in ("driver", "short_contribution", "squeeze_alert"):
        assert given[key] is None
    assert any(word in why(answers, "driver").casefold() for word in ("leg", "net flows", "long_buys"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_morning_that_cannot_be_trusted_is_refused_with_its_code_and_what_to_write(mornings: Mornings, name):
    facts, findings = REFUSED[name], mornings.findings(name)
    refused = tuple(finding for finding in findings if finding.grade == "refused")
    assert refused
    assert {finding.code for finding in refused} <= set(facts.code), graded(findings)
    assert [words for words in facts.says if words not in told(refused)] == [], told(refused)
    assert malformed(findings) == []
    assert len({finding.what for finding in refused}) == len(refused) <= 6


@pytest.mark.parametrize("name", REFUSED)
def test_with_its_remedies_pasted_a_refused_morning_is_read_as_it_was_meant(mornings: Mornings, name):
    facts, case, findings = REFUSED[name], made(name), mornings.findings(name)
    desk = read(Case.configure(mornings.folder / name, "\n".join(finding.remedy for finding in findings)))
    found = judge(desk)
    assert {finding.grade for finding in found} <= {"warned"}
    assert {finding.code for finding in found} == facts.then
    answers, twin = morning(desk), twin_of(case)
    free = {"macro_share", "single_share", *(f"{who}_{at}" for who in ("seller", "buyer") for at in (1, 2, 3)), "sectors", "sectors_sold"}
    assert differing(answers, twin.answers, free if name == "dates_by_sectors" else ()) == {}
    assert pretending(answers) == []


def test_each_unknown_name_has_its_own_message_and_line(mornings: Mornings):
    refused = mornings.findings("another_vendors_names")
    unknown = ["US", "Consumer Cyclical", "Consumer Defensive", "Financial Services", "Basic Materials"]
    assert len(refused) == len(unknown)
    rows = made("another_vendors_names").frames["flows"]
    for name in unknown:
        finding = next(
            finding for finding in refused if f"'{name}'" in finding.what or f'"{name}"' in finding.what or f"{name} " in finding.what
        )
        count = int(((rows["sector"] == name) | (rows["region"] == name)).sum())
        assert f"{count}" in finding.what.replace(",", "")
        assert "[flows.values." in finding.remedy
    sectors = next(finding for finding in refused if "Consumer Cyclical" in finding.what)
    assert any(known in told((sectors,)) for known in SECTORS)
