"""The self-test workbook: every golden case as cells, the expected answer beside it, and a named cell for each function.

It takes no desk data. `test_<NAME>` is TRUE where all cases of a function agree: errors by code, texts letter by letter, numbers to 1e-9.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.golden import Case, GoldenCell, GoldenError, GoldenScalar, cases
from xlsig.functions.spec import Argument, Function
from xlsig.grid.addresses import Box, cell_name
from xlsig.grid.book import Content, Formula
from xlsig.grid.contents import ErrorCell
from xlsig.workbooks.layout import Layout

FRONT = "Selftest"
_ERROR_TYPES = {"#NULL!": 1, "#DIV/0!": 2, "#VALUE!": 3, "#REF!": 4, "#NAME?": 5, "#NUM!": 6, "#N/A": 7}
_FIRST = 4
_VERDICT, _ANSWER = 2, 4
_TOP = 3

Block = tuple[tuple[GoldenScalar, ...], ...]


def layout() -> Layout:
    """The whole workbook; cases that cells cannot hold are left out (`can_be_shown`)."""
    book = Layout("xlsig self-test")
    front = book.sheet(FRONT, "#1F4E79", (28, 16, 10, 10, 50))
    front.freeze = (_FIRST, 0)
    book.put(FRONT, "A1", "Self-test", "title")
    front.heights[0] = 28
    for at, heading in enumerate(("Function", "Category", "Cases", "Agrees")):
        book.put_at(FRONT, _FIRST - 1, at, heading, "head")
    pages = {category: _Page(book, category) for category in dict.fromkeys(each.category for each in CATALOGUE.values())}
    for row, function in enumerate(CATALOGUE.values(), start=_FIRST):
        first, last, count = pages[function.category].add(function)
        verdicts = Box(first, _VERDICT, last, _VERDICT).fixed
        book.put_at(FRONT, row, 0, function.name, "text")
        book.put_at(FRONT, row, 1, function.category, "text")
        book.put_at(FRONT, row, 2, count, "count")
        book.put_at(FRONT, row, 3, Formula(f"=AND({function.category}!{verdicts})"), "right")
        book.name(f"test_{function.name}", FRONT, cell_name(row, 3))
    last = _FIRST + len(CATALOGUE) - 1
    agreeing = f"SUMPRODUCT(1*{Box(_FIRST, 3, last, 3).fixed})"
    book.put(FRONT, "A2", Formula(f'={agreeing}&" of {len(CATALOGUE)} functions agree with their golden cases"'), "label")
    book.name("selftest_headline", FRONT, "A2")
    red = {"type": "cell", "criteria": "==", "value": "FALSE", "format": {"bg_color": "#F9E0DD", "font_color": "#C0392B", "bold": True}}
    book.condition(FRONT, f"D{_FIRST + 1}:D{last + 1}", [red])
    return book


def case_mark(function: str, case: str) -> str:
    """The mark of a case's verdict in the layout."""
    return f"{function}: {case}"


def can_be_shown(function: Function, case: Case) -> bool:
    """Whether cells can hold a case: no more arguments than the function takes, no empty block, no error that only new Excels know."""
    if len(case.arguments) > len(function.arguments) and not function.variadic:
        return False
    blocks = [_rows(argument) for argument in case.arguments]
    errors = {cell.code for rows in blocks for row in rows for cell in row if isinstance(cell, GoldenError)}
    return all(rows and rows[0] for rows in blocks) and errors <= set(_ERROR_TYPES)


def _argument(function: Function, at: int) -> Argument:
    return function.arguments[min(at, len(function.arguments) - 1)]


def _rows(cell: GoldenCell) -> Block:
    return cell if isinstance(cell, tuple) else ((cell,),)


class _Page:
    """The sheet of one category: a block of rows for each case, one below the other."""

    def __init__(self, book: Layout, category: str) -> None:
        self._book, self._sheet = book, category
        self._row = _TOP
        functions = [function for function in CATALOGUE.values() if function.category == category]
        shown = [case for function in functions for case in cases(function.name)]
        self._width = max(len(_rows(case.expected)[0]) for case in shown)
        self._expected = _ANSWER + self._width + 1
        self._check = self._expected + self._width + 1
        self._arguments = self._check + self._width + 1
        page = book.sheet(category, "#616E7C", (26, 44, 9, 3))
        page.freeze = (_TOP, 0)
        book.put(category, "A1", f"Self-test: {category}", "title")
        page.heights[0] = 28
        headings = {
            0: "Function",
            1: "Case",
            _VERDICT: "Agrees",
            _ANSWER: "Answer",
            self._expected: "Expected",
            self._check: "Agrees, by cell",
        }
        for column, heading in {**headings, self._arguments: "Arguments"}.items():
            book.put_at(category, _TOP - 1, column, heading, "head")

    def add(self, function: Function) -> tuple[int, int, int]:
        """Place the cases of a function; returns its first and last row and how many cases there are."""
        first, count = self._row, 0
        for case in cases(function.name):
            if can_be_shown(function, case):
                self._place(function, case)
                count += 1
        return first, self._row - 1, count

    def _place(self, function: Function, case: Case) -> None:
        top = self._row
        called, height = self._inputs(function, case)
        expected = _rows(case.expected)
        spills = function.spills != "no"
        size = (len(expected), len(expected[0])) if spills else None
        self._put(top, 0, function.name)
        self._put(top, 1, case.name)
        self._book.put_at(self._sheet, top, _ANSWER, Formula(f"={function.name}({called})", size))
        for down, row in enumerate(expected):
            for across, cell in enumerate(row):
                answer = cell_name(top + down, _ANSWER + across)
                beside = cell_name(top + down, self._expected + across)
                self._put(top + down, self._expected + across, cell)
                self._book.put_at(self._sheet, top + down, self._check + across, Formula(_agreement(answer, beside, cell)))
        checks = Box(top, self._check, top + len(expected) - 1, self._check + len(expected[0]) - 1).fixed
        self._book.put_at(self._sheet, top, _VERDICT, Formula(f"=AND({checks})"))
        self._book.marks[case_mark(function.name, case.name)] = (self._sheet, top, _VERDICT)
        self._row = top + max(height, len(expected)) + 1

    def _inputs(self, function: Function, case: Case) -> tuple[str, int]:
        """Place the arguments side by side; returns them as the formula names them, and the rows they take."""
        named, column, height = [], self._arguments, 1
        for at, cell in enumerate(case.arguments):
            spelled = self._spelled_out(_argument(function, at), cell)
            if spelled is None:
                rows = _rows(cell)
                for down, row in enumerate(rows):
                    for across, each in enumerate(row):
                        self._put(self._row + down, column + across, each)
                last = (self._row + len(rows) - 1, column + len(rows[0]) - 1)
                spelled = Box(self._row, column, *last).fixed if isinstance(cell, tuple) else cell_name(self._row, column)
                column += len(rows[0]) + 1
                height = max(height, len(rows))
            named.append(spelled)
        while named and not named[-1]:
            named.pop()
        return ",".join(named), height

    def _spelled_out(self, argument: Argument, cell: GoldenCell) -> str | None:
        """What stands in the formula itself: an omitted argument, empty text; None for what stands in cells."""
        if cell == "":
            return '""' if argument.optional else None
        if cell is None and argument.optional:
            return ""
        return None

    def _put(self, row: int, column: int, cell: GoldenScalar) -> None:
        content: Content = ErrorCell(cell.code) if isinstance(cell, GoldenError) else cell
        style = "date" if isinstance(cell, dt.date) else "text" if isinstance(cell, str) else "general"
        self._book.put_at(self._sheet, row, column, None if content == "" else content, style)


def _agreement(answer: str, expected: str, cell: GoldenScalar) -> str:
    """The formula that is TRUE where an answer is what it should be."""
    if isinstance(cell, GoldenError):
        kind = f"ERROR.TYPE({answer})"
        if cell.code == "#NULL!":
            kind = f"IFERROR({kind},1)"  # Calc has no number for it
        return f"=IF(ISERROR({answer}),{kind}={_ERROR_TYPES[cell.code]},FALSE)"
    if cell == "":
        return f"=IF(ISERROR({answer}),FALSE,LEN({answer})=0)"
    if isinstance(cell, str):
        same = f'AND(LEN({answer})=LEN({expected}),LEN(SUBSTITUTE({answer},{expected},""))=0)'
        return f"=IF(ISTEXT({answer}),{same},FALSE)"
    return f"=IF(ISNUMBER({answer}),ABS({answer}-{expected})<=0.000000001*MAX(1,ABS({expected})),FALSE)"


def verdicts(book: Layout) -> Iterator[tuple[str, str, tuple[str, int, int]]]:
    """Function, case and the place of its verdict, in order."""
    for mark, place in book.marks.items():
        function, _, case = mark.partition(": ")
        yield function, case, place
