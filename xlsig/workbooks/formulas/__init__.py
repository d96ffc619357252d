"""What Excel shows in a formula cell, computed without Excel; where that is not certain, nothing."""

from xlsig.workbooks.formulas.evaluating import Evaluator
from xlsig.workbooks.formulas.natives import NATIVES
from xlsig.workbooks.formulas.values import Uncomputable

__all__ = ["NATIVES", "Evaluator", "Uncomputable"]
