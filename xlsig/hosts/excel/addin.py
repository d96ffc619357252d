"""The Excel add-in xlsig.xlam, built on any system from the catalogue and the VBA sources; no Excel is needed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spec import Function
from xlsig.hosts.excel import contract
from xlsig.hosts.excel.ribbon import ribbon
from xlsig.hosts.excel.vba_project import Module, vba_project
from xlsig.hosts.excel.wrappers import help_module, wrappers
from xlsig.workbooks.templates import TEMPLATES

IDENTITY = "{0E7B6C52-41D9-4B7A-8C1E-9A5D6F3B2C48}"
INTELLISENSE_SHEET = "_IntelliSense_"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MOMENT = (2025, 1, 3, 0, 0, 0)  # fixed, so that the same xlsig makes the same bytes


def build_addin(path: Path) -> None:
    """Write the add-in."""
    with zipfile.ZipFile(path, "w") as package:
        for name, content in _parts().items():
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            package.writestr(info, content)


def modules() -> list[Module]:
    """The add-in's VBA: the sources beside this module, and those that the catalogue makes."""
    functions = CATALOGUE.values()
    return [
        Module("ThisWorkbook", _source("ThisWorkbook.cls"), "workbook"),
        Module("Sheet1", "Option Explicit\n", "sheet"),
        Module("Sheet2", "Option Explicit\n", "sheet"),
        Module("XlsigCalls", _source("XlsigCalls.bas")),
        Module("XlsigFunctions", wrappers(functions)),
        Module("XlsigDescriptions", help_module(functions)),
        Module("XlsigRibbon", _source("XlsigRibbon.bas")),
    ]


def _source(name: str) -> str:
    """A source with the contract's constants."""
    text = files("xlsig.hosts.excel").joinpath("vba", name).read_text("utf-8")
    for constant in ("PROG_ID", "PROTOCOL", "WHOLE_COLUMN", "FIRST_ERROR", "LAST_ERROR", "ERROR_BASE", "ADD_IN_NAME"):
        text = text.replace(f"{{{constant.lower()}}}", str(getattr(contract, constant)))
    return text


def _parts() -> dict[str, str | bytes]:
    functions = list(CATALOGUE.values())
    front = [["xlsig", "The functions of xlsig for Excel. Close this window: the add-in stays loaded."]]
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"), (f"{_MICROSOFT}/ui/extensibility", "customUI/customUI.xml")
        ),
        "xl/workbook.xml": _workbook(),
        "xl/_rels/workbook.xml.rels": _relations(
            (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
            (f"{_OFFICE}/worksheet", "worksheets/sheet2.xml"),
            (f"{_OFFICE}/styles", "styles.xml"),
            (f"{_MICROSOFT}/vbaProject", "vbaProject.bin"),
        ),
        "xl/styles.xml": _styles(),
        "xl/worksheets/sheet1.xml": _sheet("Sheet1", front),
        "xl/worksheets/sheet2.xml": _sheet("Sheet2", [["FunctionInfo", "1.0"], *map(_intellisense, functions)]),
        "xl/vbaProject.bin": vba_project("xlsig", modules(), IDENTITY),
        "customUI/customUI.xml": _HEAD + ribbon(TEMPLATES),
    }


def _intellisense(function: Function) -> list[str]:
    """A row as Excel-DNA IntelliSense reads it: name, description, help, then name and description of each argument."""
    return [function.name, function.doc, "", *(text for argument in function.arguments for text in (argument.name, argument.doc))]


def _content_types() -> str:
    overrides = (
        ("xl/workbook.xml", "application/vnd.ms-excel.addin.macroEnabled.main+xml"),
        ("xl/worksheets/sheet1.xml", f"{_KIND}.worksheet+xml"),
        ("xl/worksheets/sheet2.xml", f"{_KIND}.worksheet+xml"),
        ("xl/styles.xml", f"{_KIND}.styles+xml"),
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        + "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in overrides)
        + "</Types>"
    )


def _relations(*pointers: tuple[str, str]) -> str:
    listed = (f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>' for at, (kind, target) in enumerate(pointers, start=1))
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(listed)}</Relationships>'


def _workbook() -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
        '<bookViews><workbookView visibility="hidden"/></bookViews><sheets><sheet name="xlsig" sheetId="1" r:id="rId1"/>'
        f'<sheet name="{INTELLISENSE_SHEET}" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>'
    )


def _styles() -> str:
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet(code_name: str, rows: Iterable[list[str]]) -> str:
    """A sheet of texts; empty ones are left out."""
    lines = []
    for number, row in enumerate(rows, start=1):
        named = ((f"{_letters(at)}{number}", text) for at, text in enumerate(row) if text)
        cells = "".join(f'<c r="{name}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' for name, text in named)
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="{code_name}"/><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)
