"""What the Open XML SDK's validator does not see and Excel repairs or refuses: a list of sentences, empty for a good file."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from checks.lint_book import LintBook, M, bad_name, read_book
from checks.lint_cells import finite
from checks.lint_package import package_findings
from checks.lint_sheet import sheet_findings
from xlsig.errors import PackageRefusal
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.addresses import box_of
from xlsig.grid.contents import ERRORS
from xlsig.ooxml.guard import open_guarded
from xlsig.ooxml.parts import check_part

_BUILT_IN = "_xlnm."
_LONGEST_SHEET_NAME = 31
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_X15 = "{http://schemas.microsoft.com/office/spreadsheetml/2010/11/main}"
_THREADS = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"


def lint(path: str | os.PathLike[str]) -> list[str]:
    """Everything that is wrong with an .xlsx or .xlsm file beyond its schema, each in one sentence that names the part or the cell.

    A file that the guard refuses has that one finding.
    """
    findings: list[str] = []
    try:
        with open_guarded(path) as package:
            findings += package_findings(package)
            for check in _checks(package):
                findings += check
    except (PackageRefusal, etree.XMLSyntaxError) as why:
        findings.append(str(why))
    return list(dict.fromkeys(findings))


def _checks(package: zipfile.ZipFile) -> Iterator[list[str]]:
    """What each part of the workbook shows. A number that is none ends the check of its part, and no other."""
    try:
        book = read_book(package)
    except ValueError as why:
        yield [f"a number in the workbook's tables cannot be read ({why})"]
        return
    yield _read("the sheets", _sheet_names(book))
    yield _read("the names", _names(book))
    for sheet in book.sheets:
        if sheet.has_cells:
            yield _read(sheet.name, sheet_findings(book, sheet))
    for part in package.namelist():
        if part.startswith("xl/charts/chart") and part.endswith(".xml"):
            yield _read(part, _chart(book, part))
        elif part.startswith("xl/slicerCaches/"):
            yield _read(part, _slicer(book, part))
        elif part.startswith("xl/pivotCache/pivotCacheDefinition"):
            yield _read(part, _pivot(book, part))
    yield _read("the threads", _threads(package))


def _read(where: str, check: Iterator[str]) -> list[str]:
    findings: list[str] = []
    try:
        findings.extend(check)
    except ValueError as why:
        findings.append(f"{where}: a number in it cannot be read ({why})")
    return findings


def _sheet_names(book: LintBook) -> Iterator[str]:
    for name in (sheet.name for sheet in book.sheets):
        if not 1 <= len(name) <= _LONGEST_SHEET_NAME or any(sign in name for sign in "[]:*?/\\") or "'" in (name[:1], name[-1:]):
            yield f"the sheet name {name!r} is none that Excel allows"
    for twice, times in Counter(sheet.name.casefold() for sheet in book.sheets).items():
        if times > 1:
            yield f"{times} sheets are called {twice!r}"


def _names(book: LintBook) -> Iterator[str]:
    """Defined names and tables share one space of names, in which our functions stand too."""
    tables = [table.name for table in book.tables]
    scoped: list[tuple[str, str]] = []
    for entry in book.root.iter(f"{M}definedName"):
        name, scope = entry.get("name", ""), entry.get("localSheetId", "")
        where = f"the name {name}"
        scoped.append((name.casefold(), scope))
        if bad_name(name.removeprefix(_BUILT_IN)):
            yield f"{where} is none that Excel allows"
        if scope and int(scope) >= len(book.sheets):
            yield f"{where} belongs to sheet {scope} of {len(book.sheets)}"
        if name.upper() in CATALOGUE:
            yield f"{where} is also that of a function of ours"
        if not entry.text:
            yield f"{where} stands for nothing"
        else:
            yield from book.formula(entry.text, where, union=True)
    for (name, scope), times in Counter(scoped).items():
        if times > 1:
            yield f"the name {name} is defined {times} times" + (f" for sheet {scope}" if scope else "")
    known = {name for name, _ in scoped}
    for name, times in Counter(table.casefold() for table in tables).items():
        if times > 1:
            yield f"{times} tables are called {name}"
    for name in tables:
        if name.casefold() in known:
            yield f"the table {name} and a defined name are called the same"
        if bad_name(name):
            yield f"the table name {name!r} is none that Excel allows"
        if name.upper() in CATALOGUE:
            yield f"the table {name} is called as a function of ours"
    for number, times in Counter(table.id for table in book.tables).items():
        if times > 1:
            yield f"{times} tables have the id {number}"


def _chart(book: LintBook, part: str) -> Iterator[str]:
    root = check_part(book.package.read(part), part)
    for formula in root.iter(f"{_CHART}f"):
        yield from book.formula(formula.text or "", part, union=True)
    for cache in root.iter(f"{_CHART}numCache", f"{_CHART}strCache"):
        counted = cache.find(f"{_CHART}ptCount")
        size = int(counted.get("val", "0")) if counted is not None else 0
        places = [int(point.get("idx", "0")) for point in cache.iter(f"{_CHART}pt")]
        if places and (max(places) >= size or len(set(places)) < len(places)):
            yield f"{part}: a cache holds points twice or beyond its {size}"
        if cache.tag == f"{_CHART}numCache":
            for value in cache.iter(f"{_CHART}v"):
                if not finite(value.text or "") and value.text not in ERRORS:
                    yield f"{part}: a cache holds {value.text!r}, which is no number"


def _slicer(book: LintBook, part: str) -> Iterator[str]:
    tables = {table.id: {column.id for column in table.columns} for table in book.tables}
    for cache in check_part(book.package.read(part), part).iter(f"{_X15}tableSlicerCache"):
        table, column = cache.get("tableId", ""), cache.get("column", "")
        if table not in tables:
            yield f"{part}: it slices the table with the id {table}, which is not there"
        elif column not in tables[table]:
            yield f"{part}: it slices the column {column} of the table {table}, which is not there"


def _pivot(book: LintBook, part: str) -> Iterator[str]:
    root = check_part(book.package.read(part), part)
    fields = root.findall(f"{M}cacheFields/{M}cacheField")
    for source in root.iter(f"{M}worksheetSource"):
        name, sheet, reference = source.get("name"), source.get("sheet"), source.get("ref")
        table = next((table for table in book.tables if name and table.name.casefold() == name.casefold()), None)
        if (
            name
            and table is None
            and not any(entry.get("name", "").casefold() == name.casefold() for entry in book.root.iter(f"{M}definedName"))
        ):
            yield f"{part}: it summarises {name}, which is not there"
        if sheet and sheet.casefold() not in book.sheet_names:
            yield f"{part}: it summarises the sheet {sheet!r}, which is not there"
        if reference and box_of(reference) is None:
            yield f"{part}: it summarises {reference!r}, which is no block of cells"
        if table is not None and len(fields) < len(table.columns):
            yield f"{part}: it has {len(fields)} fields, and {table.name} {len(table.columns)} columns"


def _threads(package: zipfile.ZipFile) -> Iterator[str]:
    persons = {
        person.get("id")
        for part in package.namelist()
        if part.startswith("xl/persons/") and part.endswith(".xml")
        for person in check_part(package.read(part), part).iter(f"{_THREADS}person")
    }
    for part in package.namelist():
        if part.startswith("xl/threadedComments/") and part.endswith(".xml"):
            root: etree._Element = check_part(package.read(part), part)
            for comment in root.iter(f"{_THREADS}threadedComment"):
                if comment.get("personId") not in persons:
                    yield f"{part}: nobody known wrote the comment at {comment.get('ref')}"
