"""The Excel add-in, built on any system without Excel; the same xlsig gives the same bytes.

A workbook of two sheets, one to be shown, which Excel demands, and a hidden one for Excel-DNA IntelliSense where that is installed; its
VBA; and its tab on the ribbon.
"""

from __future__ import annotations

import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel import contract
from xlsig.hosts.excel.vba_project import SHEET_CLASS, WORKBOOK_CLASS, Module, vba_project
from xlsig.hosts.excel.wrappers import descriptions, function_names, wrappers
from xlsig.ooxml.workbook import CALCULATED_BY

_SILENT_SECONDS: Final = 30  # for so long a failed start of the server is not tried again
_INTELLISENSE: Final = "_IntelliSense_"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MICROSOFT: Final = "http://schemas.microsoft.com/office/2006/relationships"
_CUSTOM_UI: Final = "http://schemas.microsoft.com/office/2006/01/customui"
_OPEN_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONSTANTS: Final = {
    "{OMITTED}": f"CLng({contract.OMITTED})",
    "{WHOLE_COLUMN}": contract.WHOLE_COLUMN,
    "{FIRST_ERROR}": str(contract.FIRST_ERROR),
    "{LAST_ERROR}": str(contract.LAST_ERROR),
    "{ERROR_BASE}": str(contract.ERROR_BASE),
    "{PROG_ID}": contract.PROG_ID,
    "{PROTOCOL}": f"CLng({contract.PROTOCOL})",
    "{SILENT_SECONDS}": str(_SILENT_SECONDS),
    "{ADD_IN_NAME}": contract.ADD_IN_NAME,
    "{ADD_IN_LENGTH}": str(len(contract.ADD_IN_NAME)),
    "{MOST_SHOWN}": str(contract.MOST_SHOWN),
    "{GONE_OR_BUSY}": ", ".join(map(str, contract.GONE_OR_BUSY)),
    "{FUNCTIONS}": function_names(),
}
_PRIVATE: Final = ("XlsigArguments", "XlsigAnswers", "XlsigServer", "XlsigBooks", "XlsigRibbon")
"""Modules whose procedures no cell and no other project sees: Option Private Module."""


def build_addin(path: Path) -> None:
    """Write the add-in."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _parts().items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def modules() -> list[Module]:
    """The VBA project's modules."""
    written = [Module(name, _source(f"{name}.bas")) for name in _PRIVATE]
    return [
        Module("ThisWorkbook", _source("ThisWorkbook.cls"), "document", WORKBOOK_CLASS),
        Module("Sheet1", "", "document", SHEET_CLASS),
        Module("Sheet2", "", "document", SHEET_CLASS),
        *written,
        Module("XlsigFunctions", wrappers()),
        Module("XlsigDescriptions", descriptions()),
    ]


def _source(name: str) -> str:
    text = files("xlsig.hosts.excel").joinpath("vba", name).read_text("utf-8")
    for placeholder, value in _CONSTANTS.items():
        text = text.replace(placeholder, value)
    return text


def _parts() -> dict[str, str | bytes]:
    sheets = [f"xl/worksheets/sheet{number}.xml" for number in (1, 2)]
    overrides = {"xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml", "xl/styles.xml": f"{_OPEN_TYPE}.styles+xml"}
    overrides |= dict.fromkeys(sheets, f"{_OPEN_TYPE}.worksheet+xml")
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "bin": "application/vnd.ms-office.vbaProject",
    }
    types = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in defaults.items())
    types += "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    inside = [(f"{_OFFICE}/worksheet", sheet.removeprefix("xl/")) for sheet in sheets]
    inside += [(f"{_OFFICE}/styles", "styles.xml"), (f"{_MICROSOFT}/vbaProject", "vbaProject.bin")]
    outside = [(f"{_OFFICE}/officeDocument", "xl/workbook.xml"), (f"{_MICROSOFT}/ui/extensibility", "customUI/customUI.xml")]
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": _relationships(outside),
        "xl/workbook.xml": _workbook(),
        "xl/_rels/workbook.xml.rels": _relationships(inside),
        "xl/styles.xml": _styles(),
        sheets[0]: _sheet([["xlsig"]], "Sheet1"),
        sheets[1]: _sheet(_intellisense(), "Sheet2"),
        "customUI/customUI.xml": _HEAD + _ribbon(),
        "xl/vbaProject.bin": vba_project("xlsig", modules()),
    }


def _relationships(targets: list[tuple[str, str]]) -> str:
    listed = "".join(f'<Relationship Id="rId{at}" Type="{kind}" Target="{to}"/>' for at, (kind, to) in enumerate(targets, 1))
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _workbook() -> str:
    names = [("xlsig", ""), (_INTELLISENSE, ' state="hidden"')]
    sheets = "".join(f'<sheet name="{name}" sheetId="{at}"{state} r:id="rId{at}"/>' for at, (name, state) in enumerate(names, 1))
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
        f'<bookViews><workbookView visibility="veryHidden"/></bookViews><sheets>{sheets}</sheets>'
        f'<calcPr calcId="{CALCULATED_BY}"/></workbook>'
    )


def _styles() -> str:
    standard = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf {standard}/></cellStyleXfs><cellXfs count="1"><xf {standard} xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet(rows: list[list[str]], code_name: str) -> str:
    written = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="{code_name}"/><sheetData>{written}</sheetData></worksheet>'


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else "<c/>"


def _ribbon() -> str:
    """The tab; the menu has an entry per template."""
    from xlsig.workbooks.templates import TEMPLATES

    templates = "".join(
        f'<button id={quoteattr(f"xlsigInsert_{name}")} label={quoteattr(name)} tag={quoteattr(name)} onAction="XlsigRibbon.XlsigInsert"/>'
        for name in TEMPLATES
    )
    menu = f'<menu id="xlsigInsert" label="Insert template" size="large" imageMso="TableInsert">{templates}</menu>'
    buttons = [
        _button("Refresh", "Refresh this workbook", "RefreshAll"),
        menu,
        _button("Explain", "Explain cell", "FunctionWizard"),
        _button("Restart", "Restart Python", "RecurrenceEdit"),
        _button("Doctor", "Doctor", "ErrorChecking"),
        _button("Help", "Help", "Help"),
    ]
    group = f'<group id="xlsigGroup" label="Signals">{"".join(buttons)}</group>'
    return f'<customUI xmlns="{_CUSTOM_UI}"><ribbon><tabs><tab id="xlsigTab" label="xlsig">{group}</tab></tabs></ribbon></customUI>'


def _button(name: str, label: str, image: str) -> str:
    return f'<button id="xlsig{name}" label="{label}" size="large" imageMso="{image}" onAction="XlsigRibbon.Xlsig{name}"/>'


def _intellisense() -> list[list[str]]:
    """FunctionInfo, then a row per function: name, description, help address, and each argument's name and description."""
    about = [
        [one.name, one.doc, "", *(text for argument in one.arguments for text in (argument.name, argument.described))]
        for one in CATALOGUE.values()
    ]
    return [["FunctionInfo", "1"], *about]
