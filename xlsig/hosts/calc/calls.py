"""The calls of our functions in a formula as Calc spells it: found, and named for Calc. Pure text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any

from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.calc.signatures import MOST_EXPLAINED, SERVICE, has_cells_variant, needs_reference

_NAME = re.compile(r"[A-Za-z_][\w.]*")
_QUOTES = "\"'"
_OPEN, _CLOSE = "([{", ")]}"
_PREFIXES = ("_XLDUDF_", "_XLDUDF_XLSIG_", "_XLFN.", "_XLL.", "XLSIG.")
_VARIANT = re.compile(r"_(?:ARRAY|CELLS|\d+)$")
_REFERENCE_MAKERS = ("INDEX", "OFFSET", "INDIRECT", "CHOOSE", "IF")


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

    def called(self, arguments: list[str], known: Mapping[str, Known]) -> str:
        """The name that takes these arguments."""
        if self.counted:
            cells = list(takewhile(lambda argument: is_reference(argument, known), arguments[1:]))
            return f"{self.name}_{min(len(cells), self.counted)}" if cells else self.name
        leading = len(list(takewhile(lambda argument: is_reference(argument, known), arguments)))
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
    out, at = [], 0
    while at < len(formula):
        if formula[at] in _QUOTES:
            end = _quoted(formula, at)
        elif formula[at] == "[":
            end = _closing(formula, at) + 1
        else:
            name = _NAME.match(formula, at)
            if name is None:
                out.append(formula[at])
                at += 1
                continue
            function = known.get(bare(name.group(), known))
            end = name.end()
            if function is not None and formula[end : end + 1] == "(":
                close = _closing(formula, end)
                arguments = list(_arguments(formula[end + 1 : close]))
                inside = resolved(formula[end + 1 : close], known, spell)
                out.append(f"{spell(function.called(arguments, known))}({inside})")
                at = close + 1
                continue
        out.append(formula[at:end])
        at = end
    return "".join(out)


def bare(name: str, known: Mapping[str, Known]) -> str:
    """The catalogue's name of a function as some file spells it; the name itself where it is none of ours.

    >>> known = {"NET": Known("NET", 1)}
    >>> bare("_xldudf_NET", known), bare("XLSIG.NET_ARRAY", known), bare("net", known), bare("SUM", known)
    ('NET', 'NET', 'NET', 'SUM')
    """
    upper = name.upper()
    for prefix in ("", *_PREFIXES):
        if upper.startswith(prefix):
            for short in (upper.removeprefix(prefix), _VARIANT.sub("", upper.removeprefix(prefix))):
                if short in known:
                    return short
    return upper


def is_reference(argument: str, known: Mapping[str, Known]) -> bool:
    """Whether an argument's text stands for cells: an address, a name or a table's column, or what INDEX or OFFSET picks from one.

    >>> is_reference("$Data.A1:A9", {}), is_reference("INDEX(list;1):INDEX(list;4)", {}), is_reference("-3", {}), is_reference("A1*2", {})
    (True, True, False, False)
    """
    text = argument.strip()
    if not text:
        return False
    at = 0
    while at < len(text):
        character = text[at]
        if character == "'":
            at = _quoted(text, at)
        elif character == "[":
            at = _closing(text, at) + 1
        elif character in "$.:~!# ":
            at += 1
        elif character.isdigit():
            while at < len(text) and text[at].isdigit():
                at += 1
            before = text[:at].rstrip("0123456789")
            if not before or before[-1] not in "$":
                return False  # a constant: the rows of an address are read with its letters
        else:
            name = _NAME.match(text, at)
            if name is None:
                return False
            at = name.end()
            if text[at : at + 1] == "(":
                if name.group().upper() not in _REFERENCE_MAKERS:
                    return False
                close = _closing(text, at)
                inner = list(_arguments(text[at + 1 : close]))
                picked = inner[1:] if name.group().upper() in ("IF", "CHOOSE") else inner[:1]
                if name.group().upper() != "INDIRECT" and not all(is_reference(each, known) for each in picked):
                    return False
                at = close + 1
            elif name.group().upper() in ("TRUE", "FALSE"):
                return False
    return True


def _arguments(text: str) -> Iterator[str]:
    """The arguments of a call, split at the separators of its own level."""
    start = at = 0
    while at < len(text):
        if text[at] in _QUOTES:
            at = _quoted(text, at)
        elif text[at] in _OPEN:
            at = _closing(text, at) + 1
        elif text[at] in ";,":
            yield text[start:at]
            at += 1
            start = at
        else:
            at += 1
    yield text[start:]


def _quoted(text: str, at: int) -> int:
    """Behind a quoted text, in which a doubled quote is one."""
    quote, end = text[at], at + 1
    while end < len(text):
        if text[end] == quote:
            if text[end + 1 : end + 2] != quote:
                return end + 1
            end += 1
        end += 1
    return end


def _closing(text: str, at: int) -> int:
    """Where the bracket closes; the end of the text if it does not."""
    depth, end = 0, at
    while end < len(text):
        if text[end] in _QUOTES and not (text[at] == "[" and depth):
            end = _quoted(text, end)
            continue
        if text[end] in _OPEN:
            depth += 1
        elif text[end] in _CLOSE:
            depth -= 1
            if depth == 0:
                return end
        end += 1
    return len(text)


_ENTERED = "cell-change"
_FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


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
