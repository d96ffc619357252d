"""An XlsxWriter worksheet in which every formula cell carries its typed value: numbers in full, text, booleans and errors as such."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from xlsig.functions.cells import ErrorCell

ErrorConstant = namedtuple("ErrorConstant", "error, format")
"""An error as a constant, such as an entry of a spilled block."""


class ValuedWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is not typed
    """Writes what XlsxWriter has no call for: errors as values, and formulas whose value is an error, text or boolean."""

    def write_error(self, row: int, column: int, error: ErrorCell, style: Format) -> None:
        """Place an error as a constant."""
        self._check_dimensions(row, column)
        self.table[row][column] = ErrorConstant(error, style)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell).__name__
        if kind == "Number":
            self._valued(row, col, cell, cell.number)
        elif kind == "Formula":
            self._valued(row, col, cell, cell.value, formula=cell.formula)
        elif kind == "ArrayFormula":
            self._valued(row, col, cell, cell.value, formula=cell.formula, spill=cell.range)
        elif kind == "ErrorConstant":
            self._valued(row, col, cell, cell.error)
        else:
            super()._write_cell(row, col, cell)

    def _valued(self, row: int, column: int, cell: Any, value: Any, *, formula: str = "", spill: str = "") -> None:
        attributes: list[tuple[str, Any]] = [("r", xl_rowcol_to_cell(row, column))]
        if cell.format:
            attributes.append(("s", cell.format._get_xf_index()))
        if spill:
            attributes.append(("cm", 1))
        kind, text = _typed(value)
        if kind:
            attributes.append(("t", kind))
        self._xml_start_tag("c", attributes)
        if formula:
            self._xml_data_element("f", formula, [("t", "array"), ("ref", spill)] if spill else [])
        if text is not None:
            self._xml_data_element("v", text)
        self._xml_end_tag("c")


def _typed(value: Any) -> tuple[str, str | None]:
    """The cell's type attribute and the text of its value; no value where it is not known."""
    if isinstance(value, ErrorCell):
        return "e", value.code
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, str):
        return "str", value
    if value is None:
        return "", None
    return "", repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
