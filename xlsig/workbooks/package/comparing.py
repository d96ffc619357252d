"""Whether a row says the same before and after, however it is written: shared strings, shared formulas, other spellings of a number."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from xlsig.workbooks.package.cells import Plain, SharedText, StoredCell, Tags
from xlsig.workbooks.package.references import shifted


def equal(left: Plain, right: Plain) -> bool:
    """Whether two cells hold the same; TRUE is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


class Comparison:
    """Compares the rows of one sheet, from top to bottom."""

    def __init__(self, tags: Tags, strings: SharedText) -> None:
        self._tags = tags
        self._strings = strings
        self._masters: dict[str, tuple[int, int, str]] = {}

    def same(self, number: int, old: Iterable[StoredCell], new: Iterable[StoredCell], given: Collection[int]) -> bool:
        """Whether a row's values and formulas stay. A formula without a value keeps the one it had, unless it was given none."""
        stored = {cell.column: cell for cell in old if cell.holds_something(self._tags)}
        fresh = {cell.column: cell for cell in new if cell.holds_something(self._tags)}
        for cell in stored.values():
            formula = cell.formula(self._tags)
            if formula is not None and formula.text and formula.attribute("t") == "shared":
                self._masters[formula.attribute("si")] = (number, cell.column, formula.text)
        if stored.keys() != fresh.keys():
            return False
        return all(
            cell.raw == stored[column].raw or self._same(number, stored[column], cell, column in given) for column, cell in fresh.items()
        )

    def _same(self, number: int, old: StoredCell, new: StoredCell, is_given: bool) -> bool:
        text = self._formula(number, new)
        if text != self._formula(number, old):
            return False
        value = new.value(self._tags, self._strings)
        if value is None and text is not None and not is_given:
            return True
        return equal(value, old.value(self._tags, self._strings))

    def _formula(self, number: int, cell: StoredCell) -> str | None:
        """A cell's formula in full, with the range that it spills over; None for a constant."""
        formula = cell.formula(self._tags)
        if formula is None:
            return None
        kind = formula.attribute("t")
        if kind == "shared" and not formula.text:
            row, column, text = self._masters.get(formula.attribute("si"), (number, cell.column, ""))
            return shifted(text, number - row, cell.column - column)
        return f"{{{formula.attribute('ref')}}}{formula.text}" if kind == "array" else formula.text
