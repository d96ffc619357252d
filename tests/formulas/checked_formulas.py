"""Formulas over one small book, for each native function: asked of Calc and of ours, and those where Calc is known to differ from Excel."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from xlsig.formulas.values import Value
from xlsig.grid.book import Book, Formula, TableBlock
from xlsig.grid.contents import ErrorCell

SHEET = "Checks"
_MIXED = (1, "a", None, "5x", -3, 2.5, None, "Energy", 4, 0)
_SECTORS = ("Energy", "Tech", "Health Care")


def small_book() -> Book:
    """A table of ten sessions on one sheet; on the other, in column A: 5, text, TRUE, a blank, #N/A, #DIV/0!, −2.5 and a number as text."""
    book = Book()
    days = (dt.date(2025, 1, 1) + dt.timedelta(days) for days in range(10))
    rows = tuple((day, 2 - 1.5 * at, _SECTORS[at % 3], _MIXED[at]) for at, day in enumerate(days))
    book.sheets[SHEET] = {(0, 0): 5, (1, 0): "abc", (2, 0): True, (6, 0): -2.5, (7, 0): "12"}
    book.sheets[SHEET] |= {(4, 0): ErrorCell("#N/A"), (5, 0): ErrorCell("#DIV/0!")}
    book.add_table(TableBlock("Flows", "Data", 2, 1, ("date", "net flow", "sector", "mix"), rows))
    book.names |= {"limit": f"{SHEET}!$A$1", "double": "=2", "nets": "Data!$C$4:$C$13"}
    return book


def asked(formulas: list[str]) -> Book:
    """The book with formulas in column E. One in braces is an array formula."""
    book = small_book()
    for row, text in enumerate(formulas):
        array = text.startswith("{")
        book.sheets[SHEET][row, 4] = Formula(text.strip("{}") if array else text, (1, 1) if array else None)
    return book


def agreed_formulas() -> list[str]:
    """The formulas to which Calc and Excel give the same answer, a line each."""
    return Path(__file__).with_name("agreed_formulas.txt").read_text(encoding="utf-8").splitlines()


def agrees(ours: Value, calc: Value) -> bool:
    """Same kind and value; numbers to 1e-12. Calc writes its own errors (Err:502 and the like) as #VALUE!, empty text as nothing."""
    if isinstance(ours, ErrorCell) and isinstance(calc, ErrorCell):
        return ours == calc or (calc.code == "#VALUE!" and ours.code in ("#NUM!", "#REF!"))
    if isinstance(ours, bool) or isinstance(calc, bool):
        return ours is calc
    if isinstance(ours, int | float) and isinstance(calc, int | float):
        return abs(ours - calc) <= 1e-12 * max(1.0, abs(ours))
    return (ours or None) == calc if isinstance(ours, str) else ours == calc


TWO_ERRORS = frozenset({"=A5+A6", "=A6+A5", "=A5=A6"})
"""Of those that agree: #N/A and #DIV/0! meet, and Excel and Calc 7.4 tell the first one. Calc 25.2 tells the second."""

EXCEL_DIFFERS: tuple[tuple[str, Value, Value], ...] = (
    ('="z"<TRUE', True, False),
    ("=FALSE>1000", True, False),
    ("=0^0", ErrorCell("#NUM!"), 1),
    ("=POWER(0,-1)", ErrorCell("#DIV/0!"), ErrorCell("#NUM!")),
    ("=(-8)^(1/3)", ErrorCell("#NUM!"), -2),
    ("=SUM(A1:A3)", 5, 6),
    ("=COUNT(A1:A3)", 1, 2),
    ("=MATCH(TRUE,{1,TRUE},0)", 2, 1),
    ("=SUMPRODUCT(Flows[net flow]<0)", 0, 8),
    ('=CONCATENATE("a",TRUE)', "aTRUE", "a1"),
    ("=VALUE(TRUE)", ErrorCell("#VALUE!"), True),
    ("=DATE(125,1,3)", 45660, ErrorCell("#VALUE!")),
    ("=YEAR(-1)", ErrorCell("#NUM!"), 1899),
    ('=TEXT(-1,"yyyy-mm-dd")', ErrorCell("#VALUE!"), "1899-12-29"),
    ("{=SUM({1,2,3}+{1,2})}", ErrorCell("#N/A"), 6),
    ("=ROWS(Flows)", 10, 11),
)
"""Formula, Excel's documented answer and what Calc 7.4 gives instead: mostly since in Calc a boolean is a number."""

WITHOUT_VALUE = (
    '=SUMIFS(A1:A8,A1:A8,">0")',
    '=SUMIFS(A5:A7,A5:A7,"<>0")',
    '=AVERAGEIF(A1:A8,">0")',
    '=COUNTIFS(A:A,"<>abc")',
    '=_xlfn.SWITCH(A8,12,"number","12","text","none")',
    "=_xlfn.SWITCH(A1,A5,1,5,2)",
    '=_xlfn.TEXTJOIN("-",TRUE,A1:A3)',
    "=_xlfn.CONCAT(A1:A3)",
    "=RANK(99,Flows[net flow])",
    "=CORREL({1,2,3},{1,2})",
    "=WORKDAY(DATE(2025,1,3),5000000)",
    "{=WORKDAY(DATE(2025,1,3),{1,2,3})}",
    "=_xlfn.LET(_xlpm.x,1,_xlfn.LET(_xlpm.x,5,_xlpm.x+1))",
    "{=_xlfn._xlws.FILTER(Flows[sector],Flows[net flow]>99)}",
    "{=_xlfn.UNIQUE({1;1},FALSE,TRUE)}",
    '{=_xlfn.UNIQUE({1;1;"1"})}',
)
"""Formulas to which Calc gives another answer than Excel is documented to, or about which the two are not known to agree."""
