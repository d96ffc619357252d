"""A workbook with calls of the add-in as Excel saves them: through an external link into each user's own start folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xlsxwriter

FLOWS = (5.0, -3.0, -4.0)
SHEET = "Data"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_START_FOLDER = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"
_LINK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    f'<externalBook xmlns:r="{_RELATIONS}" r:id="rId1"><definedNames><definedName name="SELLOFF_STREAK"/></definedNames></externalBook>'
    "</externalLink>"
)
_TARGET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_START_FOLDER}" Target="xlsig.xlam" TargetMode="External"/></Relationships>'
)
_ADDED = {
    "[Content_Types].xml": (
        b"</Types>",
        b'<Override PartName="/xl/externalLinks/externalLink1.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/></Types>',
    ),
    "xl/_rels/workbook.xml.rels": (
        b"</Relationships>",
        f'<Relationship Id="rId99" Type="{_RELATIONS}/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'.encode(),
    ),
    "xl/workbook.xml": (b"</sheets>", b'</sheets><externalReferences><externalReference r:id="rId99"/></externalReferences>'),
}


def linked_book(path: Path) -> Path:
    """Write the workbook: C1 and C2 are plain calls, D1:E3 is an array formula, and a condition calls the add-in too."""
    plain = path.with_name("plain.xlsx")
    with xlsxwriter.Workbook(plain) as workbook:
        sheet = workbook.add_worksheet(SHEET)
        sheet.write_column("A1", FLOWS)
        sheet.write_formula("C1", "=[1]!SELLOFF_STREAK(A1:A3)", None, 2)
        sheet.write_formula("C2", "=1+[1]!SELLOFF_PACE(A1:A3,2)", None, -2.5)
        sheet.write_array_formula("D1:E3", "{=[1]!SELLOFF_BREADTH(A1:A3)}", None, "measure")
        criteria = "=[1]!SELLOFF_STREAK($A$1:$A$3)>1"
        sheet.conditional_format("A1:A3", {"type": "formula", "criteria": criteria, "format": workbook.add_format({"bold": True})})
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(*_ADDED.get(name, (b"", b"", 0))))
        target.writestr("xl/externalLinks/externalLink1.xml", _LINK)
        target.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", _TARGET)
    return path
