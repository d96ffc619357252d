"""The natives that Calc 7.4 does not know, against the recorded answers of Calc 25.2, and these against such a Calc where there is one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.formulas.checked_formulas import SHEET, agrees, asked
from tests.formulas.newer_calc import answered, recorded
from tests.hosts.calc.needed import require_calc
from tests.patience import PATIENCE
from xlsig.formulas import Evaluator
from xlsig.formulas.values import Value
from xlsig.hosts.calc.programs import clean_environment, find_programs


@pytest.mark.parametrize(("formula", "calc"), recorded())
def test_a_newer_native_agrees_with_calc(formula: str, calc: Value) -> None:
    assert agrees(Evaluator(asked([formula])).value(SHEET, 0, 4), calc)


def test_calc_still_answers_as_recorded(tmp_path: Path) -> None:
    require_calc()
    soffice = str(find_programs().soffice)
    said = subprocess.run(
        [soffice, "--version"], env=clean_environment(), check=True, capture_output=True, text=True, timeout=PATIENCE
    ).stdout
    if int(said.split()[1].partition(".")[0]) < 25:
        pytest.skip(f"{said.strip()} does not know these functions; .ci/newer_calc asks one that does")
    formulas, answers = zip(*recorded(), strict=True)
    found = answered(list(formulas), tmp_path, str(tmp_path), [soffice])
    assert [(formula, now) for formula, now, then in zip(formulas, found, answers, strict=True) if not agrees(now, then)] == []
