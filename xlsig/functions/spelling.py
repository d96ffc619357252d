"""How each host spells our functions in a formula: the one table. Pure text.

plain        SELLOFF_STREAK(…)                   as typed, and as the Excel add-in registers it
linked       [2]!SELLOFF_STREAK(…)               as Excel saves a call of the add-in: 2 is the add-in's place among the external links
by path      'C:\\…\\xlsig.xlam'!SELLOFF_STREAK(…)  as Excel shows it where the link is broken
Office.js    _xldudf_SELLOFF_STREAK(…), _xldudf_NAMESPACE_SELLOFF_STREAK(…)   as Excel saves custom functions
Calc         XLSIG.SELLOFF_STREAK(…), XLSIG.SELLOFF_STREAK_ARRAY(…)           the only form that Calc's import knows, and its variants;
             SELLOFF_STREAK_ARRAY(…)                                          as Calc 25 saves them; XLSIG.CELLS(C1) hands cells over
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, get_args
from urllib.parse import unquote

from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.formula_text import Token, closing, sheet_named, tokens

Host = Literal["excel", "officejs", "calc", "values"]
"""excel, officejs, calc: the spelling above. values: no formula at all, a copy to mail or to look at."""
HOSTS: tuple[Host, ...] = get_args(Host)

Links = Mapping[int, str]
"""The external links of a workbook by number, and where each leads."""
NO_LINKS: Final[Links] = {}

_PREFIX: Final[Mapping[Host, str]] = {"excel": "", "officejs": "_xldudf_", "calc": "XLSIG.", "values": ""}
_OLD_PREFIX = re.compile(r"^_XL(?:FN|L)\.")
_OFFICE_JS = re.compile(r"_XLDUDF_(.+)")
_NAMESPACE = re.compile(r"^[A-Z0-9]+_")
_CALC_VARIANT = re.compile(r"_(?:ARRAY|CELLS)$|(?<=^EXPLAIN)_\d+$")  # for computed arrays, for cells, for so many explained references
_LINKED = re.compile(r"\[\d+\]")
_LINK = re.compile(r"\[(\d+)\]!")
_MARK = re.compile(r"!|_xldudf_|XLSIG\.|_xlfn\.|_xll\.|_(?:ARRAY|CELLS|\d+)\(", re.IGNORECASE)
_NAME = re.compile(r"[\w.]+$")
_OPERATORS = frozenset("-+*/^&=<>(,;{@ ")
_QUOTED = re.compile(r"""(?:"[^"]*"|'[^']*')+""")
_BRACKETS = re.compile(r"\[[^\[\]']*\]")
_LONGEST_NAME = 255
_HANDING_OVER = "XLSIG.CELLS("
_ADD_IN = re.compile(r"xlsig[^\\/]*\.xlam", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def our_function(name: str) -> str | None:
    """The catalogue's name of a function as some host spells it, without a link; None if it is not ours.

    >>> our_function("_xldudf_DESK_DANGER_STATE"), our_function("XLSIG.EXPLAIN_2"), our_function("SUM")
    ('DANGER_STATE', 'EXPLAIN', None)
    """
    bare = _OLD_PREFIX.sub("", name.upper(), count=1)
    office = _OFFICE_JS.fullmatch(bare)
    if office is None:
        plain = bare.removeprefix("XLSIG.")
        possible: tuple[str, ...] = (bare, plain, _CALC_VARIANT.sub("", plain))
    else:
        possible = (office[1], _NAMESPACE.sub("", office[1], count=1))
    return next((known for known in possible if known in CATALOGUE), None)


def is_add_in(path: str) -> bool:
    """Whether an external link, or a path, leads to our add-in, wherever it lies.

    >>> is_add_in("file:///C:/Users/a%20b/AppData/Roaming/Microsoft/Excel/XLSTART/xlsig.xlam"), is_add_in("Book2.xlsx")
    (True, False)
    """
    return _ADD_IN.fullmatch(re.split(r"[\\/]", unquote(path))[-1]) is not None


def stored(formula: str, host: Host, links: Links = NO_LINKS) -> str:
    """A formula's text as the host's file holds it; what is not ours stays as it is.

    >>> stored('=DANGER_STATE(-3,-3,5)&"DANGER_STATE("', "officejs")
    '=_xldudf_DANGER_STATE(-3,-3,5)&"DANGER_STATE("'
    >>> stored("[2]!SELLOFF_STREAK(A1:A9)+[1]!SELLOFF_STREAK(A1:A9)", "calc", {1: "Other.xlam", 2: "xlsig.xlam"})
    'XLSIG.SELLOFF_STREAK(A1:A9)+[1]!SELLOFF_STREAK(A1:A9)'
    """
    read = without_handing_over(tokens(formula))
    out: list[str] = []
    for at, token in enumerate(read):
        name = _called(read, at, links)
        if name is not None and at and read[at - 1].kind == "sheet":
            out.pop()
        out.append(token.text if name is None else f"{_PREFIX[host]}{name}(")
    return "".join(out)


def without_handing_over(read: Sequence[Token]) -> Sequence[Token]:
    """The tokens without the calls by which our functions are handed cells in Calc, which are no part of what was typed.

    >>> "".join(token.text for token in without_handing_over(tokens("XLSIG.DANGER_STATE(XLSIG.CELLS(C1),-2.2,5)")))
    'XLSIG.DANGER_STATE(C1,-2.2,5)'
    """
    calls = [at for at, token in enumerate(read) if token.kind == "call" and token.text.upper() == _HANDING_OVER]
    dropped = {*calls, *(closing(read, at) for at in calls)}
    return [token for at, token in enumerate(read) if at not in dropped] if dropped else read


def typed(formula: str, links: Links = NO_LINKS) -> str:
    """A stored formula as a person types it, our functions under their plain names.

    >>> typed("_xldudf_SELLOFF_STREAK(Flows[net])")
    'SELLOFF_STREAK(Flows[net])'
    """
    return stored(formula, "excel", links) if _MARK.search(formula) else formula


def uses_ours(formula: str, links: Links = NO_LINKS) -> bool:
    """Whether a formula calls a function of the catalogue.

    >>> uses_ours("=SUM(A1:A3)"), uses_ours("=1+xlsig.net_flow(A1:A3)")
    (False, True)
    """
    if not _calls_ours(formula):
        return False
    bare = _BRACKETS.sub("", _QUOTED.sub("", formula))
    if "!" not in bare and "[" not in bare and "]" not in bare and _calls_ours(bare, surely=True):
        return True
    read = tokens(formula)
    return any(_called(read, at, links) is not None for at in range(len(read)))


def foreign_calls(formula: str, links: Links = NO_LINKS) -> set[int]:
    """The numbers of the links through which a formula calls functions with names of ours that are not known to be ours.

    >>> foreign_calls("[1]!SELLOFF_STREAK(A1:A9)+[2]!SELLOFF_STREAK(A1:A9)", {1: "Other.xlam", 2: "xlsig.xlam"})
    {1}
    """
    if not _LINKED.search(formula):
        return set()
    read = tokens(formula)
    calls = (at for at, (kind, text) in enumerate(read) if at and kind == "call" and our_function(text[:-1]) is not None)
    found = (_LINK.fullmatch(read[at - 1].text) for at in calls if _called(read, at, links) is None)
    return {int(link[1]) for link in found if link}


def _called(read: Sequence[Token], at: int, links: Links) -> str | None:
    """Our function that the token at `at` calls."""
    kind, text = read[at]
    name = our_function(text[:-1]) if kind == "call" else None
    if name is None or at == 0 or read[at - 1].kind != "sheet":
        return name
    before = read[at - 1].text
    link = _LINK.fullmatch(before)
    target = links.get(int(link[1])) if link else sheet_named(before)
    return name if not target or is_add_in(target) else None  # a link that leads nowhere can only have been ours


def _calls_ours(formula: str, *, surely: bool = False) -> bool:
    """Whether one of our names stands before a parenthesis, be it in a text; `surely`: right behind an operator, or first."""
    for before in formula.split("(")[:-1]:
        name = _NAME.search(before, max(0, len(before) - _LONGEST_NAME))
        if name is not None and our_function(name[0]) is not None:
            first = name.start()
            if not surely or (before[first - 1] in _OPERATORS if first else True):
                return True
    return False
