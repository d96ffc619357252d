"""When Calc opens a document or a formula is entered: our functions under the names by which Calc calls them. Runs inside Calc.

Calc's import of .xlsx knows an add-in function by its full name only, XLSIG.NAME, so short names arrive as #NAME?, and what Excel saved,
[1]!NAME, as an intersection with nothing. Each formula with one of ours is set again under the full name, in the method that takes its
arguments, cells beside constants handed over as they are (`signatures`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spelling import our_function
from xlsig.grid.formula_text import Token, arguments, closing, tokens
from xlsig.hosts.calc.signatures import CELLS, SERVICE, SHOWN_CELLS, methods, references

_CELLS = ("cells", "columns", "rows", "name", "brackets")
_REFERENCE_MAKERS = ("INDEX", "OFFSET", "INDIRECT", "CHOOSE", "IF")
_HANDED_OVER = (f"{CELLS}(", f"{SERVICE}.{CELLS}(", f"{SHOWN_CELLS}(")
_LINK_BEFORE = re.compile(r"(?:\[\d+\]|'[^']*')[! ]?$")  # how Excel links to our add-in, and what Calc made of it in a file that it saved

_FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


@dataclass(frozen=True)
class Known:
    """A function as the resolver knows it: which of its arguments are references; where one of these is not, NAME_ARRAY is called.

    >>> Known("STREAK", (True, False)).called([True, True]), Known("STREAK", (True, False)).called([False, True])
    (('STREAK', [True, False]), ('STREAK_ARRAY', [False, False]))
    """

    name: str
    references: tuple[bool, ...] = ()

    def called(self, cells: Sequence[bool]) -> tuple[str, Sequence[bool]]:
        """The method that takes these arguments, of which some are `cells`, and which of them it takes as references."""
        given = dict(enumerate(cells))
        if all(given.get(at) for at, wanted in enumerate(self.references) if wanted):
            return self.name, [at < len(self.references) and self.references[at] for at in given]
        return f"{self.name}_ARRAY", [False for _ in given]


@dataclass(frozen=True)
class Spelling:
    """How a formula's grammar writes our methods; `valued` are the defined names that stand for no cells."""

    method: Callable[[str], str] = str
    valued: Container[str] = frozenset()


def resolved(formula: str, known: Mapping[str, Known], spelling: Spelling) -> str:
    """A formula with every call of ours under the name that takes its arguments, and cells handed over as they are.

    >>> known = {"STREAK": Known("STREAK", (True, False)), "NET": Known("NET", (True,))}
    >>> resolved('=STREAK(A1:A9;5)&"STREAK("', known, Spelling("XLSIG.{}".format))
    '=XLSIG.STREAK(A1:A9;5)&"STREAK("'
    >>> resolved("=STREAK(NET(A1:A9);C1)", known, Spelling())
    '=STREAK_ARRAY(NET(A1:A9);CELLS(C1))'
    >>> resolved("=[1]!STREAK(A1:A9)", known, Spelling())
    '=STREAK(A1:A9)'
    """
    return _resolved(tokens(formula), known, spelling)


def _resolved(read: Sequence[Token], known: Mapping[str, Known], spelling: Spelling) -> str:
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
        called = _called(function, read[at + 1 : close], known, spelling)
        out = [_LINK_BEFORE.sub("", "".join(out)), called]
        at = close + 1
    return "".join(out)


def _called(function: Known, inside: Sequence[Token], known: Mapping[str, Known], spelling: Spelling) -> str:
    """A call under the name that takes its arguments."""
    split = arguments(inside)
    separator = inside[len(split[0])].text if len(split) > 1 else ""
    given = [_bare(argument) for argument in split]
    cells = [is_reference(argument, spelling.valued) for argument in given]
    name, taken = function.called(cells)
    said = []
    for argument, are_cells, as_reference in zip(given, cells, taken, strict=True):
        text = _resolved(argument, known, spelling)
        said.append(f"{spelling.method(CELLS)}({text})" if are_cells and not as_reference else text)
    return f"{spelling.method(name)}({separator.join(said)})"


def _bare(argument: Sequence[Token]) -> Sequence[Token]:
    """An argument without the call that hands it over as it is."""
    first = next((at for at, token in enumerate(argument) if token.kind != "space"), None)
    if first is None or argument[first].text.upper() not in _HANDED_OVER:
        return argument
    close = closing(argument, first)
    return argument[first + 1 : close] if all(token.kind == "space" for token in argument[close + 1 :]) else argument


def is_reference(argument: Sequence[Token], valued: Container[str] = ()) -> bool:
    """Whether an argument stands for cells: an address, a name or a table's column, or what INDEX or OFFSET picks from one.

    >>> [is_reference(tokens(text)) for text in ("$Data.A1:A9", "INDEX(list;1):INDEX(list;4)", "(A1)", "-3", "A1*2")]
    [True, True, True, False, False]
    """
    at, found = 0, False
    while at < len(argument):
        kind, text = argument[at]
        if kind == "call":
            close = closing(argument, at)
            if not _picks_cells(text[:-1].upper(), argument[at + 1 : close], valued):
                return False
            at, found = close, True
        elif kind == "name" and (text.upper() in ("TRUE", "FALSE") or text in valued):
            return False
        elif kind in _CELLS or text == "#REF!" or (kind == "odd" and text.strip("$.").isalnum()):
            found = True
        elif kind not in ("space", "sheet", "quoted") and text.strip("$.:~!#()"):
            return False
        at += 1
    return found


def _picks_cells(name: str, inside: Sequence[Token], valued: Container[str]) -> bool:
    """Whether a function answers with cells when it is given these arguments."""
    if name not in _REFERENCE_MAKERS:
        return False
    given = arguments(inside)
    picked = given[1:] if name in ("IF", "CHOOSE") else given[:1]
    return name == "INDIRECT" or all(is_reference(argument, valued) for argument in picked)


@cache
def known_functions() -> Mapping[str, Known]:
    """Every function of the catalogue, as the resolver knows it."""
    return {name: Known(name, references(function)) for name, function in CATALOGUE.items()}


def full(formula: str, valued: Container[str] = ()) -> str:
    """The formula for Calc's programming interface, which knows full names.

    >>> full("=SPREAD_ZSCORE(ROLL_ADJUSTED(A1:A9;B1:B9);252)")
    '=XLSIG.SPREAD_ZSCORE_ARRAY(XLSIG.ROLL_ADJUSTED(A1:A9;B1:B9);252)'
    >>> full("=DANGER_STATE(C1;-2.2;5)")
    '=XLSIG.DANGER_STATE_ARRAY(XLSIG.CELLS(C1);-2.2;5)'
    """
    return resolved(formula, known_functions(), Spelling(f"{SERVICE}.{{}}".format, valued))


def shown(formula: str, valued: Container[str] = ()) -> str:
    """The formula under the names that a person sees.

    >>> shown("DANGER_FLAG(A1,-2,5)=1")
    'XLSIG.DANGER_FLAG(_(A1),-2,5)=1'
    """
    return resolved(formula, known_functions(), Spelling(_shown_names().__getitem__, valued))


@cache
def _shown_names() -> Mapping[str, str]:
    return {method.name: method.shown for method in methods()}


class _Valued:
    """The defined names of a document that stand for no cells, as a container that is asked name by name."""

    def __init__(self, *names: Any) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        defined = next((names.getByName(name).Content for names in self._names if names.hasByName(name)), None)
        return defined is not None and not is_reference(tokens(defined.removeprefix("=")))


def resolve(document: Any) -> int | None:
    """Set every formula of a document that calls one of ours; returns how many were changed, and None of what is no spreadsheet."""
    if not document.supportsService(_SPREADSHEET):
        return None
    untouched = not document.isModified()
    document.lockControllers()
    document.addActionLock()
    try:
        names = document.NamedRanges
        return sum(_conditions(sheet, names) + resolve_cells(sheet, names) for sheet in document.Sheets) + _defined(document)
    finally:
        document.removeActionLock()
        document.unlockControllers()
        if untouched:
            _leave_untouched(document)


def _leave_untouched(document: Any) -> None:
    """Say that nothing was changed that a person would want to save, also of charts, which Calc asks too."""
    for sheet in document.Sheets:
        for chart in sheet.Charts:
            chart.EmbeddedObject.setModified(False)
    document.setModified(False)


def _conditions(sheet: Any, names: Any) -> int:
    changed, valued = 0, _Valued(sheet.NamedRanges, names)
    for conditional in sheet.ConditionalFormats.getConditionalFormats():
        for at in range(conditional.getCount()):
            entry = conditional.getByIndex(at)
            for key in ("Formula1", "Formula2"):
                if not entry.getPropertySetInfo().hasPropertyByName(key):
                    continue
                old = entry.getPropertyValue(key)
                new = shown(old, valued)  # conditions are spelled as in the user interface
                if new != old:
                    entry.setPropertyValue(key, new)
                    changed += 1
    return changed


def resolve_cells(area: Any, names: Any, mark: str = "(") -> int:
    """Set the formulas of an area; `mark` is what they all contain, so that others are passed over at once."""
    changed, valued = 0, _Valued(area.getSpreadsheet().NamedRanges, names)
    for block in area.queryContentCells(_FORMULAS):
        for down, row in enumerate(block.getFormulaArray()):
            for across, old in enumerate(row):
                new = full(old, valued) if mark in old else old
                if new == old:
                    continue
                cell = block.getCellByPosition(across, down)
                if old.startswith("{"):
                    changed += _array(area.getSpreadsheet(), cell, valued)
                else:
                    cell.setFormula(new)
                    changed += 1
    return changed


def _array(sheet: Any, cell: Any, valued: Container[str]) -> int:
    """Set an array formula again, once for all its cells."""
    cursor = sheet.createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    area, here = cursor.getRangeAddress(), cell.CellAddress
    if (area.StartColumn, area.StartRow) != (here.Column, here.Row):
        return 0
    cursor.setArrayFormula(full(cell.getFormula()[1:-1], valued))
    return 1


def _defined(document: Any) -> int:
    """Set the defined names that call one of ours."""
    changed, valued = 0, _Valued(document.NamedRanges)
    for names in [document.NamedRanges] + [sheet.NamedRanges for sheet in document.Sheets]:
        for name in names.ElementNames:
            defined = names.getByName(name)
            new = full(defined.Content, valued)
            if new != defined.Content:
                defined.setContent(new)
                changed += 1
    return changed
