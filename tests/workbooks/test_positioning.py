"""What public positions say: the count in the note against plain sums over the shipped files, and what a missing week does to it."""

import csv
import datetime as dt
import json
import re
from itertools import pairwise

import pytest

from xlsig.sources.cftc import bundled, read_cftc
from xlsig.workbooks.positioning import positioning

ONE_OF_EACH = ("13874+", "20974+", "12460+", "239742", "33874A", "240741", "244041", "244042")
WEEKS_OF_2025 = list(pairwise(sorted({row.split(",")[1] for row in bundled()[1].read_text("utf-8").splitlines()[1:]})))
LEGS = {
    "leveraged funds": ("Lev_Money_Positions_Long_All", "Lev_Money_Positions_Short_All"),
    "asset managers": ("Asset_Mgr_Positions_Long_All", "Asset_Mgr_Positions_Short_All"),
}


def changes(before, after, codes=ONE_OF_EACH):
    """The change of net contracts of each contract and group between two reports that both hold it, straight from the files."""
    net = {}
    for path in bundled():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for group, (long, short) in LEGS.items():
                    place = row["CFTC_Contract_Market_Code"].strip(), group, row["Report_Date_as_YYYY-MM-DD"]
                    net[place] = int(row[long]) - int(row[short])
    pairs = [(code, group) for code in codes for group in LEGS if {(code, group, before), (code, group, after)} <= set(net)]
    return {pair: net[*pair, after] - net[*pair, before] for pair in pairs}


def files_without(folder, *weeks):
    for path in bundled():
        kept = [line for line in path.open(encoding="utf-8") if not any(f",{week}," in line for week in weeks)]
        (folder / path.name).write_text("".join(kept), "utf-8")
    return [folder]


def counted(found):
    """N and M of "N of M pairs show net selling"."""
    said = re.search(r"(\d+) of (\d+) pairs show net selling in the last week", found.note)
    return tuple(map(int, said.groups())) if said else None


def answers(found, code, group="leveraged funds"):
    return {claim.formula.partition("(")[0]: claim for claim in found.claims if (claim.code, claim.group) == (code, group)}


@pytest.fixture(scope="module")
def real():
    return positioning(read_cftc(bundled()))


def test_the_note_counts_each_index_once(real):
    expected = changes("2025-04-22", "2025-04-29")
    assert len(expected) == 14  # seven indices and two groups; the Nikkei in dollars has no report
    assert counted(real) == (sum(change < 0 for change in expected.values()), 14) == (6, 14)
    assert {(pair.code, pair.group) for pair in real.pairs if pair.counted_for and pair.net_flow is not None} == set(expected)
    assert "Unknown: Nikkei 225." in real.note


@pytest.mark.parametrize(("before", "after"), [("2022-10-04", "2022-10-11"), ("2022-08-02", "2022-08-09"), ("2025-04-01", "2025-04-08")])
def test_the_note_counts_so_in_every_week(before, after):
    friday = dt.date.fromisoformat(after) + dt.timedelta(days=3)
    expected = changes(before, after)
    assert counted(positioning(read_cftc(bundled(), as_of=friday))) == (sum(change < 0 for change in expected.values()), len(expected))


def test_volatility_dividends_sectors_and_financing_are_told_but_not_counted(real):
    others = {pair.code for pair in real.pairs if not pair.counted_for}
    assert {"1170E1", "43874A", "43874Q", "13874W", "124606", "138749", "13874A", "13874U", "209742", "239747"} <= others
    assert {pair.code for pair in real.pairs if pair.counted_for} == set(ONE_OF_EACH)
    assert {claim.code for claim in real.claims} >= others - {"13874F"}


def test_the_largest_contract_stands_in_where_no_consolidated_one_is_reported(tmp_path):
    text = bundled()[1].read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "tff.csv").write_text("".join(line for line in text if ",2025-04-29,13874+," not in line), "utf-8")
    found = positioning(read_cftc([tmp_path]))
    assert {pair.code for pair in found.pairs if pair.counted_for == "S&P 500"} == {"13874A"}
    assert counted(found) == counted(positioning(read_cftc(bundled()[1:])))


def test_a_missing_week_leaves_the_count_as_it_is_and_streaks_over_it_unknown(real, tmp_path):
    holed = positioning(read_cftc(files_without(tmp_path, "2025-04-15")))
    assert counted(holed) == counted(real)
    assert [pair.net_flow for pair in holed.pairs] == [pair.net_flow for pair in real.pairs]
    streak = answers(holed, "239742")["=SELLOFF_STREAK"]  # three weeks in a row, were the reports all there
    assert answers(real, "239742")["=SELLOFF_STREAK"].answer == 3
    assert streak.answer is None
    assert "the flow of 22 April 2025 is missing, so the streak cannot be told" in streak.explanation
    assert answers(holed, "13874+")["=SELLOFF_STREAK"].answer == 0


def test_a_streak_that_ends_before_the_hole_is_known(real, tmp_path):
    holed = positioning(read_cftc(files_without(tmp_path, "2025-03-18")))
    assert answers(holed, "239742")["=SELLOFF_STREAK"].answer == 3


def test_without_the_week_before_nothing_is_counted_and_the_note_says_why(tmp_path):
    found = positioning(read_cftc(files_without(tmp_path, "2025-04-22")))
    assert counted(found) is None
    assert "no pair of an equity index and a group of traders can be judged: the report before it is of 2025-04-15" in found.note
    assert all(pair.net_flow is None for pair in found.pairs)


def test_one_report_alone_has_no_flow_and_says_so(tmp_path):
    text = bundled()[1].read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "week.csv").write_text(text[0] + "".join(line for line in text if ",2025-04-29," in line), "utf-8")
    assert "there is this report alone, and a week's flow is the change between two" in positioning(read_cftc([tmp_path])).note


def test_what_reaches_over_missing_years_says_so(real):
    fast = answers(real, "20974+")
    assert fast["=FASTEST_SINCE"].answer == "2022-03-22"
    assert fast["=FASTEST_SINCE"].caveat == "Reaches over 2023 and 2024, of which there is no report."
    assert fast["=FASTEST_SINCE"].explanation.endswith(fast["=FASTEST_SINCE"].caveat)
    assert fast["=FLOW_ZSCORE"].caveat  # 52 weeks, and the file of 2025 has 17
    assert not answers(real, "209742")["=FASTEST_SINCE"].caveat  # March 2025
    alone = positioning(read_cftc(bundled()[:1]))
    assert not any(claim.caveat for claim in alone.claims)


def test_what_never_sold_as_fast_is_on_record_and_not_since_the_first_row():
    fast = answers(positioning(read_cftc(bundled()[1:])), "20974+")["=FASTEST_SINCE"]
    sold = [change for week in WEEKS_OF_2025 for change in changes(*week, codes=("20974+",)).values()][::2]
    assert len(sold) == 16
    assert min(sold) == sold[-1]
    assert fast.on_record
    assert "the fastest on record since 14 January 2025" in fast.explanation
    assert not answers(positioning(read_cftc(bundled())), "20974+")["=FASTEST_SINCE"].on_record


def test_reports_are_weeks_and_never_sessions(real):
    assert not any("session" in claim.explanation for claim in real.claims)
    assert "3 weeks in a row with net selling" in answers(real, "239742")["=SELLOFF_STREAK"].explanation


def test_the_pairs_are_in_the_json(real):
    told = json.loads(json.dumps(real.as_json()))
    assert told["pairs"][0] == {
        "contract": "S&P 500 consolidated", "code": "13874+", "group": "leveraged funds", "net_flow": 107400.0, "counted_for": "S&P 500",
    }  # fmt: skip
