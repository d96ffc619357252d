"""How a formula is stored in a file for each host: pure text rules.

excel: plain names, as the VBA add-in registers them. officejs: `_xldudf_NAME`, as Excel saves custom functions, so that none has to be
re-entered when the add-in loads. calc: `XLSIG.NAME`, the only form in which Calc's import knows an add-in function. values: no formula
at all, a copy to mail or to look at.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from xlsig.functions.catalogue import CATALOGUE

Host = Literal["excel", "officejs", "calc", "values"]
HOSTS: tuple[Host, ...] = get_args(Host)

_PREFIX = {"excel": "", "officejs": "_xldudf_", "calc": "XLSIG.", "values": ""}
_KNOWN_PREFIXES = ("_XLDUDF_", "XLSIG.", "[1]!")
_CALC_VARIANT = re.compile(r"^XLSIG\.(\w+?)_(?:ARRAY|CELLS|\d+)$")


def our_function(name: str) -> str | None:
    """The catalogue's name of a function as some host stores it; None if it is not ours.

    >>> our_function("_xldudf_DANGER_STATE"), our_function("SUM")
    ('DANGER_STATE', None)
    """
    bare = _CALC_VARIANT.sub(r"\1", name.upper())  # Calc has variants for computed arrays and for cells
    for prefix in _KNOWN_PREFIXES:
        bare = bare.removeprefix(prefix)
    return bare if bare in CATALOGUE else None


def stored(formula: str, host: Host) -> str:
    """A formula's text as the host's file holds it.

    >>> stored('=DANGER_STATE(-3,-3,5)&"DANGER_STATE("', "officejs")
    '=_xldudf_DANGER_STATE(-3,-3,5)&"DANGER_STATE("'
    """
    tokens = Tokenizer(formula)
    return "=" + "".join(_renamed(token, host) for token in tokens.items)


def uses_ours(formula: str) -> bool:
    """Whether a formula calls a function of the catalogue.

    >>> uses_ours("=SUM(A1:A3)")
    False
    """
    return any(_called(token) for token in Tokenizer(formula).items)


def _called(token: Token) -> str | None:
    if token.type != Token.FUNC or token.subtype != Token.OPEN:
        return None
    return our_function(token.value[:-1])


def _renamed(token: Token, host: Host) -> str:
    name = _called(token)
    return f"{_PREFIX[host]}{name}(" if name else str(token.value)
