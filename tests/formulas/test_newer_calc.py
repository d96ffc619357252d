"""The natives that Calc 7.4 does not know, against the recorded answers of Calc 25.2."""

from __future__ import annotations

import pytest

from tests.formulas.checked_formulas import SHEET, agrees, asked
from tests.formulas.newer_calc import recorded
from xlsig.formulas import Evaluator
from xlsig.formulas.values import Value


@pytest.mark.parametrize(("formula", "calc"), recorded())
def test_a_newer_native_agrees_with_calc(formula: str, calc: Value) -> None:
    assert agrees(Evaluator(asked([formula])).value(SHEET, 0, 4), calc)
