"""SUBTOTAL: a count or sum of what a filter shows, without the subtotals among it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlsig.errors import VALUE
from xlsig.formulas import aggregates, distributions
from xlsig.formulas.cell_ranges import Cells
from xlsig.formulas.named_cells import Area
from xlsig.formulas.operators import guarded
from xlsig.formulas.values import Uncomputable, Value
from xlsig.formulas.walk import Arguments, Operand, Place, Selection, Walk, index_of
from xlsig.grid.contents import ErrorCell

_HIDDEN_TOO = 100
"""Added to a number, it asks that rows hidden by hand be passed over as well. Here no row is hidden, so that both mean the same."""

_RULES: Mapping[int, Callable[..., Value]] = {
    1: aggregates.average,
    2: aggregates.count_numbers,
    3: aggregates.count_filled,
    4: aggregates.largest,
    5: aggregates.least,
    6: aggregates.product,
    7: distributions.deviation,
    8: distributions.deviation_of_all,
    9: aggregates.total,
    10: distributions.variance,
    11: distributions.variance_of_all,
}


def _subtotal(walk: Walk, arguments: Arguments, place: Place) -> Operand:
    number = index_of(walk, arguments[0], place)
    if isinstance(number, ErrorCell):
        return number
    rule = _RULES.get(number - _HIDDEN_TOO if number > _HIDDEN_TOO else number)
    if rule is None:
        return ErrorCell(VALUE, f"SUBTOTAL has no function {number}")
    found: list[Cells] = []
    for node in arguments[1:]:
        operand: Operand = None if node is None else walk.operand(node, place)
        if isinstance(operand, ErrorCell):
            return operand
        if not isinstance(operand, Area):
            raise Uncomputable("SUBTOTAL of what is no reference")
        found.append(walk.shown(operand))
    walk.work.spend(sum(len(cells.rows) * cells.width for cells in found))
    return guarded(rule, *found)


VISIBLE: Mapping[str, Selection] = {"SUBTOTAL": _subtotal}
