"""What Excel shows in a formula cell, computed without Excel; where that is not certain, nothing."""

from __future__ import annotations

from xlsig.formulas.evaluator import Evaluator
from xlsig.formulas.natives import NATIVES
from xlsig.formulas.values import Uncomputable

__all__ = ["NATIVES", "Evaluator", "Uncomputable"]
