"""When Calc opens a document or a formula is entered: our functions under the names by which Calc calls them. Runs inside Calc.

Calc's import of .xlsx knows an add-in function by its full name only, XLSIG.NAME, so short names arrive as #NAME?. Each formula with one of
ours is set again under the full name, in the variant that takes its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spelling import our_function
from xlsig.grid.formula_text import Token, arguments, closing, tokens
from xlsig.hosts.calc.signatures import MOST_EXPLAINED, SERVICE, has_cells_variant, needs_reference

_CELLS = ("cells", "columns", "rows", "name", "brackets")
_REFERENCE_MAKERS = ("INDEX", "OFFSET", "INDIRECT", "CHOOSE", "IF")


_ENTERED = "cell-change"
_FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


@dataclass(frozen=True)
class Known:
    """A function as the resolver knows it.

    `references`: how many arguments, the first ones, must be references; where one is computed, NAME_ARRAY is called. `required`: how many
    of the first must be references for NAME_CELLS; 0 where there is none. `counted`: up to how many references after the first argument the
    name counts, as EXPLAIN_3 does.
    """

    name: str
    references: int = 0
    required: int = 0
    counted: int = 0

    def called(self, given: Sequence[Sequence[Token]]) -> str:
        """The name that takes these arguments."""
        if self.counted:
            cells = list(takewhile(is_reference, given[1:]))
            return f"{self.name}_{min(len(cells), self.counted)}" if cells else self.name
        leading = len(list(takewhile(is_reference, given)))
        if self.required and leading >= self.required:
            return f"{self.name}_CELLS"
        return self.name if leading >= self.references else f"{self.name}_ARRAY"


def resolved(formula: str, known: Mapping[str, Known], spell: Callable[[str], str] = str) -> str:
    """A formula with every call of ours under the name that takes its arguments; `spell` says how the formula's grammar writes that name.

    >>> known = {"STREAK": Known("STREAK", 1), "NET": Known("NET", 1)}
    >>> resolved('=STREAK(A1:A9;5)&"STREAK("', known, "XLSIG.{}".format)
    '=XLSIG.STREAK(A1:A9;5)&"STREAK("'
    >>> resolved("=STREAK(NET(A1:A9))", known)
    '=STREAK_ARRAY(NET(A1:A9))'
    """
    return _resolved(tokens(formula), known, spell)


def _resolved(read: Sequence[Token], known: Mapping[str, Known], spell: Callable[[str], str]) -> str:
    out: list[str] = []
    at = 0
    while at < len(read):
        kind, text = read[at]
        function = known.get(our_function(text[:-1]) or text[:-1].upper()) if kind == "call" else None
        if function is None:
            out.append(text)
            at += 1
            continue
        close = closing(read, at)
        inside = read[at + 1 : close]
        out.append(f"{spell(function.called(arguments(inside)))}({_resolved(inside, known, spell)})")
        at = close + 1
    return "".join(out)


def is_reference(argument: Sequence[Token]) -> bool:
    """Whether an argument stands for cells: an address, a name or a table's column, or what INDEX or OFFSET picks from one.

    >>> [is_reference(tokens(text)) for text in ("$Data.A1:A9", "INDEX(list;1):INDEX(list;4)", "-3", "A1*2")]
    [True, True, False, False]
    """
    at, found = 0, False
    while at < len(argument):
        kind, text = argument[at]
        if kind == "call":
            close = closing(argument, at)
            if not _picks_cells(text[:-1].upper(), argument[at + 1 : close]):
                return False
            at, found = close, True
        elif kind == "name" and text.upper() in ("TRUE", "FALSE"):
            return False
        elif kind in _CELLS or text == "#REF!" or (kind == "odd" and text.strip("$.").isalnum()):
            found = True
        elif kind not in ("space", "sheet", "quoted") and text.strip("$.:~!#"):
            return False
        at += 1
    return found


def _picks_cells(name: str, inside: Sequence[Token]) -> bool:
    """Whether a function answers with cells when it is given these arguments."""
    if name not in _REFERENCE_MAKERS:
        return False
    given = arguments(inside)
    picked = given[1:] if name in ("IF", "CHOOSE") else given[:1]
    return name == "INDIRECT" or all(map(is_reference, picked))


@cache
def known_functions() -> Mapping[str, Known]:
    """Every function of the catalogue, as the resolver knows it."""
    return {
        name: Known(
            name,
            references=sum(map(needs_reference, function.arguments)),
            required=sum(not argument.optional for argument in function.arguments) if has_cells_variant(function) else 0,
            counted=MOST_EXPLAINED if function.variadic else 0,
        )
        for name, function in CATALOGUE.items()
    }


def full(formula: str) -> str:
    """The formula for Calc's programming interface, which knows full names.

    >>> full("=SPREAD_ZSCORE(ROLL_ADJUSTED(A1:A9;B1:B9);252)")
    '=XLSIG.SPREAD_ZSCORE_ARRAY(XLSIG.ROLL_ADJUSTED(A1:A9;B1:B9);252)'
    """
    return resolved(formula, known_functions(), f"{SERVICE}.{{}}".format)


def short(formula: str) -> str:
    """The formula as typed and shown, with short names."""
    return resolved(formula, known_functions())


def resolve(document: Any) -> int | None:
    """Set every formula of a document that calls one of ours; returns how many were changed, and None of what is no spreadsheet."""
    if not document.supportsService(_SPREADSHEET):
        return None
    document.lockControllers()
    document.addActionLock()
    try:
        return sum(_conditions(sheet) + _cells(sheet) for sheet in document.Sheets) + _names(document)
    finally:
        document.removeActionLock()
        document.unlockControllers()


def resolve_changed(document: Any, changes: Iterable[Any]) -> int:
    """Set the formulas among cells that were just entered, pasted or filled; returns how many were changed.

    Calc has read them and gives ours their full names. Not recorded for Undo, which takes back what was entered.
    """
    entered = [change.ReplacedElement for change in changes if change.Accessor == _ENTERED]
    if not entered:
        return 0
    recording = document.getUndoManager()
    recording.lock()
    try:
        return sum(_cells(area, f"{SERVICE}.") for area in entered)
    finally:
        recording.unlock()


def _conditions(sheet: Any) -> int:
    changed = 0
    for conditional in sheet.ConditionalFormats.getConditionalFormats():
        for at in range(conditional.getCount()):
            entry = conditional.getByIndex(at)
            for key in ("Formula1", "Formula2"):
                if not entry.getPropertySetInfo().hasPropertyByName(key):
                    continue
                old = entry.getPropertyValue(key)
                new = short(old)  # conditions are spelled as in the user interface
                if new != old:
                    entry.setPropertyValue(key, new)
                    changed += 1
    return changed


def _cells(area: Any, mark: str = "(") -> int:
    """Set the formulas of an area; `mark` is what they all contain, so that others are passed over at once."""
    changed = 0
    for block in area.queryContentCells(_FORMULAS):
        for down, row in enumerate(block.getFormulaArray()):
            for across, old in enumerate(row):
                new = full(old) if mark in old else old
                if new == old:
                    continue
                cell = block.getCellByPosition(across, down)
                if old.startswith("{"):
                    changed += _array(area.getSpreadsheet(), cell)
                else:
                    cell.setFormula(new)
                    changed += 1
    return changed


def _array(sheet: Any, cell: Any) -> int:
    """Set an array formula again, once for all its cells."""
    cursor = sheet.createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    area, here = cursor.getRangeAddress(), cell.CellAddress
    if (area.StartColumn, area.StartRow) != (here.Column, here.Row):
        return 0
    cursor.setArrayFormula(full(cell.getFormula()[1:-1]))
    return 1


def _names(document: Any) -> int:
    changed = 0
    for names in [document.NamedRanges] + [sheet.NamedRanges for sheet in document.Sheets]:
        for name in names.ElementNames:
            defined = names.getByName(name)
            new = full(defined.Content)
            if new != defined.Content:
                defined.setContent(new)
                changed += 1
    return changed
