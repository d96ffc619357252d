"""The words that options and arguments choose from: the type that their home gives them, and an enum that the command line is made of.

The words of the three types whose homes load slowly are written here again, so that `xlsig --help` starts at once; a test holds them equal.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from xlsig.hosts.installing import HOSTS
from xlsig.workbooks.templates import NAMES

if TYPE_CHECKING:
    from typing import Literal

    from xlsig.functions.spelling import Host
    from xlsig.ooxml.edit import Mode as Mode
    from xlsig.workbooks.batching import Engine as Engine

    Formulas = Host
    RefreshFormulas = Literal["excel", "calc"]
    Spreadsheet = str
    TemplateName = str
else:
    Formulas = StrEnum("Formulas", {word: word for word in ("excel", "officejs", "calc", "values")})
    RefreshFormulas = StrEnum("RefreshFormulas", {word: word for word in ("excel", "calc")})
    Mode = StrEnum("Mode", {word: word for word in ("live", "snapshot")})
    Engine = StrEnum("Engine", {word: word for word in ("local", "dask")})
    Spreadsheet = StrEnum("Spreadsheet", {word: word for word in HOSTS})
    TemplateName = StrEnum("TemplateName", {word: word for word in NAMES})
