"""Formulas named for Calc: text in, text out."""

from __future__ import annotations

import pytest

from xlsig.functions.spelling import our_function
from xlsig.hosts.calc.calls import full, short


@pytest.mark.parametrize(
    ("formula", "resolved"),
    [
        ("=SELLOFF_STREAK(A1:A9)", "=XLSIG.SELLOFF_STREAK(A1:A9)"),
        ("=selloff_streak(flows;;;3)", "=XLSIG.SELLOFF_STREAK(flows;;;3)"),
        ("=_xldudf_SELLOFF_STREAK(Flows[net])", "=XLSIG.SELLOFF_STREAK(Flows[net])"),
        ("=XLSIG.SELLOFF_STREAK(A1:A9)", "=XLSIG.SELLOFF_STREAK(A1:A9)"),
        ("=XLSIG_VERSION()", "=XLSIG.XLSIG_VERSION()"),
        ("=XLSIG.XLSIG_VERSION()", "=XLSIG.XLSIG_VERSION()"),
        ("=SPREAD_ZSCORE(ROLL_ADJUSTED(A1:A9;B1:B9);20)", "=XLSIG.SPREAD_ZSCORE_ARRAY(XLSIG.ROLL_ADJUSTED(A1:A9;B1:B9);20)"),
        ("=XLSIG.SPREAD_ZSCORE_ARRAY(A1:A9;20)", "=XLSIG.SPREAD_ZSCORE(A1:A9;20)"),
        ("=DANGER_STATE(-3;-3;5)", "=XLSIG.DANGER_STATE_ARRAY(-3;-3;5)"),
        ("=DANGER_STATE(A1;$B$2;last_streak)", "=XLSIG.DANGER_STATE(A1;$B$2;last_streak)"),
        ('=EXPLAIN("SELLOFF_STREAK";A1:A9)', '=XLSIG.EXPLAIN_1("SELLOFF_STREAK";A1:A9)'),
        ('=EXPLAIN("TRF_BASIS";15;A2;A3)', '=XLSIG.EXPLAIN("TRF_BASIS";15;A2;A3)'),
        ("=EXPLAIN_2(\"TOP_SELLERS\";$Data.A1:A9;'My data'.B1:B9;3)", "=XLSIG.EXPLAIN_2(\"TOP_SELLERS\";$Data.A1:A9;'My data'.B1:B9;3)"),
        ("=EVENT_STUDY(d;p;INDEX(list;1;1):INDEX(list;4;1))", "=XLSIG.EVENT_STUDY(d;p;INDEX(list;1;1):INDEX(list;4;1))"),
        ("=TRF_BASIS(A1;index;B2)", "=XLSIG.TRF_BASIS_CELLS(A1;index;B2)"),
        ("=TRF_BASIS(15.5;index;B2)", "=XLSIG.TRF_BASIS(15.5;index;B2)"),
        ("=EVENT_CHANGE(d;s;event;c)", "=XLSIG.EVENT_CHANGE_CELLS(d;s;event;c)"),
        ("=EVENT_CHANGE(d;s;45000)", "=XLSIG.EVENT_CHANGE(d;s;45000)"),
        ("=EVENT_STUDY(d;p;{45000})", "=XLSIG.EVENT_STUDY_ARRAY(d;p;{45000})"),
        ('="SELLOFF_STREAK("&A1', '="SELLOFF_STREAK("&A1'),
        ("=SUM(A1:A9)", "=SUM(A1:A9)"),
        ("=MY_SELLOFF_STREAK(A1)", "=MY_SELLOFF_STREAK(A1)"),
        ("=IF(SELLOFF_STREAK(A1:A9)>3;DANGER_FLAG(B1;B2;B3);0)", "=IF(XLSIG.SELLOFF_STREAK(A1:A9)>3;XLSIG.DANGER_FLAG(B1;B2;B3);0)"),
    ],
)
def test_a_call_gets_the_name_that_takes_its_arguments(formula: str, resolved: str) -> None:
    assert full(formula) == resolved
    assert full(resolved) == resolved


def test_conditions_keep_short_names() -> None:
    assert short("XLSIG.DANGER_FLAG(A1,A2,A3)=1") == "DANGER_FLAG(A1,A2,A3)=1"


@pytest.mark.parametrize("name", ["XLSIG.SPREAD_ZSCORE_ARRAY", "XLSIG.EXPLAIN_3", "XLSIG.EXPLAIN", "XLSIG.DANGER_STATE"])
def test_what_calc_saves_is_known_to_the_other_hosts(name: str) -> None:
    assert our_function(name) in ("SPREAD_ZSCORE", "EXPLAIN", "DANGER_STATE")
