"""Good workbooks with one thing wrong, each of a kind that Excel would repair or refuse: what the validator and the lint must find."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.ooxml.packing import OFFICE, POINTERS, STRINGS, TYPES, WORKBOOK, changed

Parts = Mapping[str, bytes]
DATA, DASHBOARD, NOTES = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet4.xml"
TABLE, STYLES, CHART, SLICER = "xl/tables/table1.xml", "xl/styles.xml", "xl/charts/chart1.xml", "xl/slicerCaches/slicerCache1.xml"
PIVOT = "xl/pivotCache/pivotCacheDefinition1.xml"


@dataclass(frozen=True)
class Mutant:
    """One fault in the rich workbook. `says` is in a finding of the lint; where it is empty, the validator finds the fault."""

    name: str
    change: Callable[[Parts], dict[str, bytes]]
    says: str = ""


def _replaced(part: str, old: str, new: str) -> Callable[[Parts], dict[str, bytes]]:
    return lambda parts: changed(parts, part, old, new)


def _matched(part: str, pattern: str, new: str) -> Callable[[Parts], dict[str, bytes]]:
    """The first place of a pattern exchanged; it must be there."""

    def change(parts: Parts) -> dict[str, bytes]:
        text, times = re.subn(pattern, new, parts[part].decode(), count=1, flags=re.DOTALL)
        assert times == 1, (part, pattern)
        return {**parts, part: text.encode()}

    return change


def _without(*gone: str) -> Callable[[Parts], dict[str, bytes]]:
    return lambda parts: {name: content for name, content in parts.items() if name not in gone}


def _without_metadata(parts: Parts) -> dict[str, bytes]:
    """No part, no pointer, no type: as openpyxl leaves a file with spills."""
    left = _without("xl/metadata.xml")(parts)
    left = _matched(POINTERS, r'<Relationship [^>]*sheetMetadata"[^>]*/>', "")(left)
    return _matched(TYPES, r'<Override PartName="/xl/metadata.xml"[^>]*/>', "")(left)


def _with_second_table(parts: Parts) -> dict[str, bytes]:
    """The table's part a second time, upon the same cells."""
    more = {**parts, "xl/tables/table2.xml": parts[TABLE]}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
    more = changed(more, TYPES, "</Types>", f'<Override PartName="/xl/tables/table2.xml" ContentType="{kind}"/></Types>')
    pointer = f'<Relationship Id="rIdMore" Type="{OFFICE}/table" Target="../tables/table2.xml"/></Relationships>'
    return changed(more, "xl/worksheets/_rels/sheet1.xml.rels", "</Relationships>", pointer)


def _with_lost_pointers(parts: Parts) -> dict[str, bytes]:
    return {**parts, "xl/worksheets/_rels/sheet8.xml.rels": parts["xl/worksheets/_rels/sheet4.xml.rels"]}


MUTANTS = (
    # cells
    Mutant("a shared string that is not there", _matched(DATA, r't="s"><v>\d+</v>', 't="s"><v>99999</v>'), "shared string 99999"),
    Mutant("fewer shared strings than are used", _matched(STRINGS, r"(<si>(?:(?!</si>).)*</si>){9}</sst>", "</sst>"), "shared string"),
    Mutant("a cell twice", _matched(DATA, r'(<c r="E6"[^>]*>.*?</c>)', r"\1\1"), "Data!E6: the cell is there twice"),
    Mutant("two cells in the wrong order", _matched(DATA, r'(<c r="E6".*?</c>)(<c r="F6".*?</c>)', r"\2\1"), "out of order"),
    Mutant(
        "two rows in the wrong order", _matched(DATA, r'(<row r="6".*?</row>)(<row r="7".*?</row>)', r"\2\1"), "row 6 comes behind row 7"
    ),
    Mutant("a cell in another row", _replaced(DATA, '<c r="E6"', '<c r="E7"'), "Data!E7: the cell stands in row 6"),
    Mutant("a cell beyond the last column", _matched(DATA, r"</row>", '<c r="XFE1"/></row>'), "beyond the grid"),
    Mutant("an infinite value", _matched(DATA, r'(<c r="E6"[^>]*><v>)[^<]*', r"\1inf"), "'inf' is no number"),
    Mutant("a value that is not a number", _matched(DATA, r'(<c r="E6"[^>]*><v>)[^<]*', r"\1nan"), "'nan' is no number"),
    Mutant("a decimal comma", _matched(DATA, r'(<c r="E6"[^>]*><v>)[^<]*', r"\g<1>-1,5"), "'-1,5' is no number"),
    Mutant("an unknown error", _matched(DASHBOARD, r'(<c r="B5"[^>]*)t="str"(>.*?<v>)[^<]*', r'\1t="e"\2#OOPS!'), "is no error"),
    Mutant("a style that is not there", _matched(DATA, r'(<c r="E6" s=")\d+', r"\g<1>999"), "style 999"),
    # formulas and spills
    Mutant("a formula with an open bracket", _replaced(DATA, "SUM(Flows[net])", "SUM(Flows[net]"), "does not parse"),
    Mutant("a formula with semicolons", _replaced(DASHBOARD, "DANGER_STATE(-3,-3,B2)", "DANGER_STATE(-3;-3;B2)"), "does not parse"),
    Mutant(
        "a formula of a column that is not there", _replaced(DATA, "SUM(Flows[net])", "SUM(Flows[nett])"), "'nett', which Flows has not"
    ),
    Mutant(
        "a formula of a table that is not there", _replaced(DATA, "SUM(Flows[net])", "SUM(Flow[net])"), "the table Flow, which is not there"
    ),
    Mutant("a formula of a sheet that is not there", _replaced(DASHBOARD, "Data!$E$5", "Dato!$E$5"), "the sheet 'Dato'"),
    Mutant("a formula of a workbook that is not linked", _replaced(DASHBOARD, "'[1]Sheet1'", "'[2]Sheet1'"), "the workbook [2]"),
    Mutant("spills without metadata", _without_metadata, "the workbook's metadata holds 0"),
    Mutant("a spill over a formula", _replaced(DASHBOARD, 'ref="P2:P61"', 'ref="P2:R61"'), "meets the array"),
    Mutant("a spill over a person's formula", _matched(DASHBOARD, r'(<c r="P30"[^>]*>)(<v>)', r"\1<f>1+1</f>\2"), "the formula in P30"),
    Mutant("a spill that begins elsewhere", _replaced(DASHBOARD, 'ref="P2:P61"', 'ref="P3:P61"'), "does not begin here"),
    Mutant("a calculation chain of a cell without a formula", _replaced("xl/calcChain.xml", 'r="I4"', 'r="I44"'), "it has no formula"),
    # tables
    Mutant("a table narrower than its columns", _matched(TABLE, r'ref="A4:G65"', 'ref="A4:F65"'), "spans 6 columns"),
    Mutant("a table that counts wrongly", _replaced(TABLE, '<tableColumns count="7">', '<tableColumns count="8">'), "says 8"),
    Mutant("a table shorter than its filter", _matched(TABLE, r'ref="A4:G65"', 'ref="A4:G60"'), "its filter covers"),
    Mutant("two columns of one name", _replaced(TABLE, 'name="fund"', 'name="Sector"'), "2 columns have the name 'sector'"),
    Mutant("a column headed otherwise", _replaced(TABLE, 'name="aum"', 'name="assets"'), "the column 'assets' is headed 'aum'"),
    Mutant("a calculated column of nonsense", _matched(TABLE, r"(<calculatedColumnFormula>)[^<]*", r"\1Flows[[net]/2"), "does not parse"),
    Mutant("a slicer of another table", _replaced(SLICER, 'tableId="1"', 'tableId="9"'), "the id 9"),
    Mutant("a slicer of another column", _replaced(SLICER, 'column="3"', 'column="33"'), "the column 33"),
    Mutant("a table whose cells cannot be read", _replaced(TABLE, 'ref="A4:G65"', 'ref="A4-G65"'), "its cells cannot be read"),
    Mutant("a table of one row", _replaced(TABLE, 'ref="A4:G65"', 'ref="A4:G5"'), "spans 2 rows, too few"),
    Mutant("a column without a name", _replaced(TABLE, 'name="aum"', 'name=""'), "a column has no name"),
    Mutant("two columns of one id", _replaced(TABLE, '<tableColumn id="2"', '<tableColumn id="1"'), "2 columns have the id '1'"),
    Mutant("a column headed by a number", _matched(DATA, r'(<c r="F4"[^>]*) t="s"', r"\1"), "no text heads the column 'aum'"),
    Mutant("a pivot table of a table that is not there", _replaced(PIVOT, 'name="Flows"', 'name="Flaws"'), "it summarises Flaws"),
    Mutant("a pivot table of a sheet that is not there", _replaced(PIVOT, 'name="Flows"', 'sheet="Dato" ref="A4:G64"'), "the sheet 'Dato'"),
    Mutant("a pivot table of no cells", _replaced(PIVOT, 'name="Flows"', 'sheet="Data" ref="A4:G"'), "'A4:G', which is no block"),
    Mutant(
        "a pivot table with too few fields",
        _matched(PIVOT, r'<cacheField name="share".*?</cacheField>', ""),
        "it has 6 fields, and Flows 7",
    ),
    # names
    Mutant("a name that is none", _replaced(WORKBOOK, 'name="NetColumn"', 'name="2nets"'), "the name 2nets is none"),
    Mutant("a name like a cell", _replaced(WORKBOOK, 'name="NetColumn"', 'name="NET1"'), "NET1"),
    Mutant("a name defined twice", _replaced(WORKBOOK, 'name="NetColumn"', 'name="tobps"'), "the name tobps is defined 2 times"),
    Mutant("a name like our function", _replaced(WORKBOOK, 'name="NetColumn"', 'name="net_flow"'), "function of ours"),
    Mutant("a table and a name called the same", _replaced(WORKBOOK, 'name="NetColumn"', 'name="flows"'), "are called the same"),
    Mutant("a name of nonsense", _replaced(WORKBOOK, "SELLOFF_STREAK(Flows[net])", "SELLOFF_STREAK(Flows[net]))"), "does not parse"),
    Mutant("two sheets of one name", _replaced(WORKBOOK, 'name="Pivot"', 'name="DATA"'), "2 sheets are called"),
    Mutant("a name of a sheet that Excel does not allow", _replaced(WORKBOOK, 'name="Pivot"', 'name="Pivot?"'), "the sheet name 'Pivot?'"),
    Mutant(
        "a name of a sheet too many", _replaced(WORKBOOK, 'name="here" localSheetId="3"', 'name="here" localSheetId="9"'), "sheet 9 of 7"
    ),
    Mutant("a name that stands for nothing", _matched(WORKBOOK, r'(name="ToBps">)[^<]*', r"\1"), "ToBps stands for nothing"),
    Mutant("a table called as a cell", _replaced(TABLE, 'displayName="Flows"', 'displayName="FLO1"'), "the table name 'FLO1'"),
    Mutant(
        "a table called as our function", _replaced(TABLE, 'displayName="Flows"', 'displayName="Net_Flow"'), "the table Net_Flow is called"
    ),
    Mutant("two tables of one name and id", _with_second_table, "2 tables are called flows"),
    Mutant("two tables of one id", _with_second_table, "2 tables have the id 1"),
    # areas
    Mutant("two tables on the same cells", _with_second_table, "the table Flows meets the table Flows"),
    Mutant("widths given twice", _matched(DATA, r"(<col [^>]*/>)", r"\1\1"), "the widths of column 1 are given twice"),
    Mutant("a column's style that is not there", _matched(DATA, r"<col ", '<col style="999" '), "a column's style 999"),
    Mutant("a row beyond the sheet", _matched(NOTES, r"</sheetData>", '<row r="1048577"/></sheetData>'), "beyond the sheet"),
    Mutant("an area that cannot be read", _matched(DATA, r'sqref="E5:E64"', 'sqref="E5:E0"'), "'E5:E0'"),
    Mutant("an x14 area that cannot be read", _replaced(DATA, "<xm:sqref>D5:D64<", "<xm:sqref>D5-D64<"), "'D5-D64'"),
    Mutant(
        "merged cells that overlap",
        _replaced(NOTES, '<mergeCell ref="A1:D1"/>', '<mergeCell ref="A1:D1"/><mergeCell ref="D1:E2"/>'),
        "meets",
    ),
    Mutant(
        "merged cells in a table",
        _replaced(DATA, "<conditionalFormatting", '<mergeCells count="1"><mergeCell ref="B6:C6"/></mergeCells><conditionalFormatting'),
        "meets",
    ),
    Mutant("a condition with a format that is not there", _matched(DATA, r'dxfId="\d+"', 'dxfId="77"'), "the format 77"),
    # the package
    Mutant("a pointer to a part that is not there", _without("xl/charts/chart2.xml"), "xl/charts/chart2.xml, which is not there"),
    Mutant("a part without a type", _matched(TYPES, r'<Default Extension="png"[^>]*/>', ""), "xl/media/image1.png: its content type"),
    Mutant("a pointer that is not there", _replaced(DATA, '<tablePart r:id="', '<tablePart r:id="x'), "it uses the pointer x"),
    Mutant("a part that nothing points at", lambda parts: {**parts, "xl/worksheets/sheet9.xml": parts[NOTES]}, "nothing points at it"),
    Mutant("a chart's cache with points beyond its end", _matched(CHART, r'<c:ptCount val="60"/>', '<c:ptCount val="6"/>'), "beyond its 6"),
    Mutant(
        "a chart's cache with what is no number", _matched(CHART, r"(<c:numCache>.*?<c:v>)[^<]*", r"\1NaN"), "'NaN', which is no number"
    ),
    Mutant(
        "a type of a part that is not there",
        _replaced(TYPES, "/xl/charts/chart2.xml", "/xl/charts/chart22.xml"),
        "chart22.xml, which is not",
    ),
    Mutant("pointers of a part that is not there", _with_lost_pointers, "it belongs to xl/worksheets/sheet8.xml"),
    Mutant("two pointers of one id", _replaced(POINTERS, '"rIdCustom"', '"rIdPerson"'), "the id rIdPerson is there 2 times"),
    Mutant("a comment by nobody", _replaced("xl/persons/person.xml", "97249AF3", "00000000"), "nobody known"),
    # the schema
    Mutant("an unknown element", _replaced(DATA, "<sheetData>", "<rows/><sheetData>")),
    Mutant("an unknown attribute", _replaced(DATA, '<row r="6"', '<row r="6" colour="red"')),
    Mutant(
        "elements in the wrong order", _matched(DATA, r"(<sheetFormatPr.*?/>)(<cols>.*?</cols>)(<sheetData>.*?</sheetData>)", r"\1\3\2")
    ),
    Mutant("a sheet without a number", _matched(WORKBOOK, r'(<sheet name="Data") sheetId="\d+"', r"\1")),
    Mutant("a condition of an unknown kind", _replaced(DATA, '<cfRule type="cellIs"', '<cfRule type="smells"')),
    Mutant("a table without an id", _matched(TABLE, r' id="1" name="Flows"', ' name="Flows"')),
    Mutant("a chart without its plot", _matched(CHART, r"<c:plotArea>.*</c:plotArea>", "")),
    Mutant("a font that is not there", _matched(STYLES, r'(<cellXfs.*?fontId=")\d+', r"\g<1>99")),
)
"""All of them."""
