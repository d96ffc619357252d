"""Formulas named for Calc: text in, text out."""

from __future__ import annotations

import pytest

from xlsig.functions.spelling import our_function
from xlsig.hosts.calc.calls import full, shown


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
        ("=DANGER_STATE(A1; -3 ;5)", "=XLSIG.DANGER_STATE_ARRAY(XLSIG.CELLS(A1); -3 ;5)"),
        ("=DANGER_STATE((A1);_(B2);C3)", "=XLSIG.DANGER_STATE((A1);B2;C3)"),
        ("=DANGER_STATE(A1+0;-B2;limit)", "=XLSIG.DANGER_STATE_ARRAY(A1+0;-B2;XLSIG.CELLS(limit))"),
        ("=DANGER_STATE(A1;-2;rate)", "=XLSIG.DANGER_STATE_ARRAY(XLSIG.CELLS(A1);-2;rate)"),
        ("=SPREAD_CHANGE(A1:A9;B1;C1:C9)", "=XLSIG.SPREAD_CHANGE(A1:A9;XLSIG.CELLS(B1);XLSIG.CELLS(C1:C9))"),
        ("=SPREAD_CHANGE({1;2};B1)", "=XLSIG.SPREAD_CHANGE_ARRAY({1;2};XLSIG.CELLS(B1))"),
        ("=SPREAD_CHANGE(rate;1)", "=XLSIG.SPREAD_CHANGE_ARRAY(rate;1)"),
        ('=EXPLAIN("SELLOFF_STREAK";A1:A9)', '=XLSIG.EXPLAIN("SELLOFF_STREAK";XLSIG.CELLS(A1:A9))'),
        ('=EXPLAIN("TRF_BASIS";15;A2;A3)', '=XLSIG.EXPLAIN("TRF_BASIS";15;XLSIG.CELLS(A2);XLSIG.CELLS(A3))'),
        ("=EXPLAIN_2(\"TOP_SELLERS\";'My data'.B1:B9;3)", "=XLSIG.EXPLAIN(\"TOP_SELLERS\";XLSIG.CELLS('My data'.B1:B9);3)"),
        ("=EVENT_STUDY(d;p;INDEX(list;1;1):INDEX(list;4;1))", "=XLSIG.EVENT_STUDY(d;p;INDEX(list;1;1):INDEX(list;4;1))"),
        ("=TRF_BASIS_CELLS(A1;index;B2)", "=XLSIG.TRF_BASIS(XLSIG.CELLS(A1);XLSIG.CELLS(index);XLSIG.CELLS(B2))"),
        ("=TRF_BASIS(15.5;index;)", "=XLSIG.TRF_BASIS(15.5;XLSIG.CELLS(index);)"),
        ("=EVENT_CHANGE(d;s;event;c)", "=XLSIG.EVENT_CHANGE(d;s;XLSIG.CELLS(event);XLSIG.CELLS(c))"),
        ("=EVENT_CHANGE(d;s;45000)", "=XLSIG.EVENT_CHANGE(d;s;45000)"),
        ("=EVENT_STUDY(d;p;{45000})", "=XLSIG.EVENT_STUDY_ARRAY(XLSIG.CELLS(d);XLSIG.CELLS(p);{45000})"),
        ('="SELLOFF_STREAK("&A1', '="SELLOFF_STREAK("&A1'),
        ("=SUM(A1:A9)", "=SUM(A1:A9)"),
        ("=MY_SELLOFF_STREAK(A1)", "=MY_SELLOFF_STREAK(A1)"),
        ("=IF(SELLOFF_STREAK(A1:A9)>3;SELLOFF_PACE(B1:B9;2);0)", "=IF(XLSIG.SELLOFF_STREAK(A1:A9)>3;XLSIG.SELLOFF_PACE(B1:B9;2);0)"),
        ("=1+[1]!SELLOFF_STREAK(A1:A9)", "=1+XLSIG.SELLOFF_STREAK(A1:A9)"),
        ("=1+[2]!XLSIG.SELLOFF_STREAK([1]Data!A1:A9)", "=1+XLSIG.SELLOFF_STREAK([1]Data!A1:A9)"),
        ("=1+[1] XLSIG.SELLOFF_STREAK(A1:A9)", "=1+XLSIG.SELLOFF_STREAK(A1:A9)"),
        ("='C:\\\\desk\\\\xlsig.xlam'!SELLOFF_STREAK(A1:A9)", "=XLSIG.SELLOFF_STREAK(A1:A9)"),
    ],
)
def test_a_call_gets_the_name_that_takes_its_arguments(formula: str, resolved: str) -> None:
    assert full(formula, {"rate"}) == resolved
    assert full(resolved, {"rate"}) == resolved


@pytest.mark.parametrize(
    ("formula", "condition"),
    [
        ("XLSIG.SELLOFF_STREAK(A1:A9)>3", "SELLOFF_STREAK(A1:A9)>3"),
        ("XLSIG.DANGER_FLAG(A1,XLSIG.CELLS(A2),A3)=1", "DANGER_FLAG(A1,A2,A3)=1"),
        ("DANGER_FLAG(A1,XLSIG.CELLS(A2),5)=1", "XLSIG.DANGER_FLAG(_(A1),_(A2),5)=1"),
        ("SELLOFF_STREAK({1;-2})>0", "XLSIG.SELLOFF_STREAK({1;-2})>0"),
    ],
)
def test_conditions_have_the_names_that_are_shown(formula: str, condition: str) -> None:
    assert shown(formula) == condition
    assert shown(condition) == condition


@pytest.mark.parametrize("name", ["XLSIG.SPREAD_ZSCORE_ARRAY", "XLSIG.EXPLAIN_3", "XLSIG.EXPLAIN", "XLSIG.DANGER_STATE"])
def test_what_calc_saves_is_known_to_the_other_hosts(name: str) -> None:
    assert our_function(name) in ("SPREAD_ZSCORE", "EXPLAIN", "DANGER_STATE")
