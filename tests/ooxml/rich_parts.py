"""What XlsxWriter cannot make, put into its file part by part: threads, slicers, pivots, controls, extensions and the like."""

from __future__ import annotations

import re
from typing import Any

from tests.ooxml.packing import HEAD, MAIN, OFFICE, PACKAGE, POINTERS, TOP, TYPES, WORKBOOK
from tests.ooxml.rich_pivot import add_pivot

_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SPREADSHEET_DRAWING = f"{_DRAWING}/spreadsheetDrawing"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_PERSON, _THREAD = "{97249AF3-29DC-004D-97DD-C4B015019060}", "{463EC29B-9CE5-524A-8B08-C4942360C466}"


class Parts:
    """The parts of a package while they are added to."""

    def __init__(self, content: dict[str, bytes]) -> None:
        self.content = content

    def text(self, part: str) -> str:
        return self.content[part].decode()

    def add(self, part: str, xml: str, kind: str | None = None) -> None:
        """A new part, and its type unless its ending tells it."""
        self.content[part] = (HEAD + xml).encode()
        if kind is not None:
            self.insert(TYPES, "</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/>')

    def insert(self, part: str, before: str, xml: str) -> None:
        """New XML before the first place of a text, which must be there."""
        text = self.text(part)
        assert before in text, (part, before)
        self.content[part] = text.replace(before, xml + before, 1).encode()

    def point(self, source: str, id_: str, kind: str, target: str, *, external: bool = False) -> None:
        """A new pointer from one part to another."""
        folder, _, name = source.rpartition("/")
        part = f"{folder}/_rels/{name}.rels".lstrip("/") if source else TOP
        if part not in self.content:
            self.add(part, f'<Relationships xmlns="{PACKAGE}/relationships"></Relationships>')
        mode = ' TargetMode="External"' if external else ""
        self.insert(part, "</Relationships>", f'<Relationship Id="{id_}" Type="{kind}" Target="{target}"{mode}/>')

    def extend(self, part: str, uri: str, inner: str, close: str) -> None:
        """An extension at the end of a part's list of them."""
        entry = f'<ext uri="{uri}" xmlns:x14="{_X14}" xmlns:x15="{_X15}">{inner}</ext>'
        if f"</extLst></{close}>" in self.text(part):
            self.insert(part, f"</extLst></{close}>", entry)
        else:
            self.insert(part, f"</{close}>", f"<extLst>{entry}</extLst>")

    def sheet(self, name: str) -> str:
        """The part of a sheet."""
        found = re.search(rf'<sheet name="{name}"[^>]*r:id="(\w+)"', self.text(WORKBOOK))
        assert found is not None
        target = re.search(rf'Id="{found[1]}"[^>]*Target="([^"]+)"', self.text(POINTERS))
        assert target is not None
        return f"xl/{target[1]}"

    def pointed(self, source: str, kind: str) -> str:
        """The part that a part points at by a kind of pointer."""
        folder, _, name = source.rpartition("/")
        found = re.search(rf'Type="[^"]*/{kind}" Target="\.\./([^"]+)"', self.text(f"{folder}/_rels/{name}.rels"))
        assert found is not None
        return f"xl/{found[1]}"


def add_parts(parts: Parts, rows: tuple[tuple[Any, ...], ...]) -> dict[str, tuple[str, str]]:
    """Add them all, and say by what each feature of the workbook is known."""
    data, dashboard, notes = parts.sheet("Data"), parts.sheet("Dashboard"), parts.sheet("Notes")
    _custom_xml(parts)
    _web_extension(parts)
    _external_link(parts)
    _threads(parts, notes)
    _slicer(parts, data)
    _filter(parts, data)
    _validation(parts, data)
    _checkbox(parts, dashboard)
    add_pivot(parts, rows)
    _chain(parts)
    return {
        "a slicer": ("xl/slicers/slicer1.xml", "Slicer_sector"),
        "a threaded comment": ("xl/threadedComments/threadedComment1.xml", "Why did EU flip?"),
        "an old comment": (parts.pointed(data, "comments"), "ask before you move this"),
        "an x14 data bar": (data, "x14:dataBar"),
        "an x14 validation": (data, "x14:dataValidation "),
        "a validation": (data, "<dataValidation "),
        "sparklines": (data, "x14:sparklineGroup "),
        "a filter of the table": (parts.pointed(data, "table"), "<filterColumn "),
        "rows hidden by the filter": (data, 'hidden="1"'),
        "a calculated column": (parts.pointed(data, "table"), "calculatedColumnFormula"),
        "a totals row": (parts.pointed(data, "table"), 'totalsRowCount="1"'),
        "a text box": (parts.pointed(data, "drawing"), "What I watch: net"),
        "print settings": (data, "fitToHeight"),
        "a checkbox": ("xl/ctrlProps/ctrlProp1.xml", "CheckBox"),
        "a checkbox in a cell": ("xl/featurePropertyBag/featurePropertyBag.xml", "Checkbox"),
        "a task pane": ("xl/webextensions/webextension1.xml", "wa200008175"),
        "custom XML": ("customXml/item1.xml", "urn:example:desk"),
        "a pivot table": ("xl/pivotTables/pivotTable1.xml", "Sum of net"),
        "a pivot cache": ("xl/pivotCache/pivotCacheRecords1.xml", "<r>"),
        "a LET name": (WORKBOOK, "_xlfn.LET("),
        "a LAMBDA name": (WORKBOOK, "_xlfn.LAMBDA("),
        "spills": (dashboard, 'cm="1"'),
        "metadata": ("xl/metadata.xml", "XLDAPR"),
        "an external link": ("xl/externalLinks/externalLink1.xml", "Sheet1"),
        "a picture": ("xl/media/image1.png", "PNG"),
        "a chart with its cache": ("xl/charts/chart1.xml", "c:numCache"),
        "a chart sheet": ("xl/chartsheets/sheet1.xml", "chartsheet"),
        "a hidden sheet": (WORKBOOK, 'state="hidden"'),
        "a very hidden sheet": (WORKBOOK, 'state="veryHidden"'),
        "merged cells": (notes, "mergeCell "),
        "links": (notes, "hyperlink "),
        "a protected sheet": (notes, "sheetProtection"),
        "custom properties": ("docProps/custom.xml", "equity desk"),
        "a calculation chain": ("xl/calcChain.xml", "<c "),
    }


def _custom_xml(parts: Parts) -> None:
    parts.content["customXml/item1.xml"] = b'<desk xmlns="urn:example:desk"><asOf>2025-01-03</asOf></desk>'
    store = f'xmlns:ds="{OFFICE.replace("relationships", "customXml")}"'
    item = f'<ds:datastoreItem ds:itemID="{{11111111-2222-3333-4444-555555555555}}" {store}><ds:schemaRefs/></ds:datastoreItem>'
    parts.add("customXml/itemProps1.xml", item, "application/vnd.openxmlformats-officedocument.customXmlProperties+xml")
    parts.point("customXml/item1.xml", "rId1", f"{OFFICE}/customXmlProps", "itemProps1.xml")
    parts.point(WORKBOOK, "rIdCustom", f"{OFFICE}/customXml", "../customXml/item1.xml")


def _web_extension(parts: Parts) -> None:
    panes, extension = (
        "http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11",
        "http://schemas.microsoft.com/office/webextensions",
    )
    pane = '<wetp:taskpane dockstate="right" visibility="0" width="350" row="4"><wetp:webextensionref r:id="rId1"/></wetp:taskpane>'
    parts.add(
        "xl/webextensions/taskpanes.xml",
        f'<wetp:taskpanes xmlns:wetp="{panes}" xmlns:r="{OFFICE}">{pane}</wetp:taskpanes>',
        "application/vnd.ms-office.webextensiontaskpanes+xml",
    )
    inner = '<we:reference id="wa200008175" version="1.0.0.0" store="en-US" storeType="OMEX"/>'
    inner += "<we:alternateReferences/><we:properties/><we:bindings/>"
    own = f'xmlns:we="{extension}/webextension/2010/11" id="{{EC01467A-6CD0-4417-B973-3C4C96F2C953}}"'
    parts.add(
        "xl/webextensions/webextension1.xml",
        f"<we:webextension {own}>{inner}</we:webextension>",
        "application/vnd.ms-office.webextension+xml",
    )
    kind = "http://schemas.microsoft.com/office/2011/relationships"
    parts.point("xl/webextensions/taskpanes.xml", "rId1", f"{kind}/webextension", "webextension1.xml")
    parts.point("", "rIdPanes", f"{kind}/webextensiontaskpanes", "xl/webextensions/taskpanes.xml")


def _external_link(parts: Parts) -> None:
    cached = '<sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>7</v></cell></row></sheetData></sheetDataSet>'
    book = f'<externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames>{cached}</externalBook>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    parts.add("xl/externalLinks/externalLink1.xml", f'<externalLink xmlns="{MAIN}">{book}</externalLink>', kind)
    parts.point("xl/externalLinks/externalLink1.xml", "rId1", f"{OFFICE}/externalLinkPath", "other.xlsx", external=True)
    parts.point(WORKBOOK, "rIdLink", f"{OFFICE}/externalLink", "externalLinks/externalLink1.xml")
    parts.insert(WORKBOOK, "<definedNames>", '<externalReferences><externalReference r:id="rIdLink"/></externalReferences>')


def _threads(parts: Parts, sheet: str) -> None:
    """The old comment at C3 becomes the shadow of a thread."""
    comments = parts.pointed(sheet, "comments")
    parts.content[comments] = re.sub("<author>[^<]*</author>", f"<author>tc={_THREAD}</author>", parts.text(comments), count=1).encode()
    own = f'ref="C3" dT="2025-01-02T10:54:58.70" personId="{_PERSON}" id="{_THREAD}"'
    comment = f"<threadedComment {own}><text>Why did EU flip?</text></threadedComment>"
    parts.add(
        "xl/threadedComments/threadedComment1.xml",
        f'<ThreadedComments xmlns="{_THREADS}" xmlns:x="{MAIN}">{comment}</ThreadedComments>',
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    person = f'<person displayName="A person" id="{_PERSON}" userId="A person" providerId="None"/>'
    parts.add(
        "xl/persons/person.xml",
        f'<personList xmlns="{_THREADS}" xmlns:x="{MAIN}">{person}</personList>',
        "application/vnd.ms-excel.person+xml",
    )
    kind = "http://schemas.microsoft.com/office/2017/10/relationships"
    parts.point(sheet, "rIdThread", f"{kind}/threadedComment", "../threadedComments/threadedComment1.xml")
    parts.point(WORKBOOK, "rIdPerson", f"{kind}/person", "persons/person.xml")


def _slicer(parts: Parts, sheet: str) -> None:
    """A slicer of the table by sector, drawn on the sheet of the data."""
    cache = f'<x15:tableSlicerCache xmlns:x15="{_X15}" tableId="1" column="3"/>'
    inner = f'<extLst><x:ext xmlns:x="{MAIN}" uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}">{cache}</x:ext></extLst>'
    own = f'xmlns="{_X14}" xmlns:mc="{_COMPATIBLE}" mc:Ignorable="x" xmlns:x="{MAIN}"'
    parts.add(
        "xl/slicerCaches/slicerCache1.xml",
        f'<slicerCacheDefinition {own} name="Slicer_sector" sourceName="sector">{inner}</slicerCacheDefinition>',
        "application/vnd.ms-excel.slicerCache+xml",
    )
    slicer = '<slicer name="sector" cache="Slicer_sector" caption="sector" rowHeight="241300"/>'
    parts.add("xl/slicers/slicer1.xml", f"<slicers {own}>{slicer}</slicers>", "application/vnd.ms-excel.slicer+xml")
    kind = "http://schemas.microsoft.com/office/2007/relationships"
    parts.point(WORKBOOK, "rIdSlicer", f"{kind}/slicerCache", "slicerCaches/slicerCache1.xml")
    parts.point(sheet, "rIdSlicer", f"{kind}/slicer", "../slicers/slicer1.xml")
    parts.insert(WORKBOOK, "</definedNames>", '<definedName name="Slicer_sector">#N/A</definedName>')
    caches = '<x15:slicerCaches><x14:slicerCache r:id="rIdSlicer"/></x15:slicerCaches>'
    parts.extend(WORKBOOK, "{46BE6895-7355-4a93-B00E-2C351335B9C9}", caches, "workbook")
    listed = '<x14:slicerList><x14:slicer r:id="rIdSlicer"/></x14:slicerList>'
    parts.extend(sheet, "{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}", listed, "worksheet")
    corners = "".join(
        f"<xdr:{end}><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{end}>"
        for end, column, row in (("from", 10, 8), ("to", 13, 20))
    )
    place = '<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>'
    named = '<xdr:nvGraphicFramePr><xdr:cNvPr id="40" name="sector"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>'
    drawn = "http://schemas.microsoft.com/office/drawing/2010/slicer"
    graphic = f'<a:graphic><a:graphicData uri="{drawn}"><sle:slicer xmlns:sle="{drawn}" name="sector"/></a:graphicData></a:graphic>'
    frame = f'<xdr:graphicFrame macro="">{named}{place}{graphic}</xdr:graphicFrame>'
    choice = f'<mc:Choice xmlns:sle15="http://schemas.microsoft.com/office/drawing/2012/slicer" Requires="sle15">{frame}</mc:Choice>'
    form = '<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
    shape = f'<xdr:nvSpPr><xdr:cNvPr id="0" name=""/><xdr:cNvSpPr/></xdr:nvSpPr>{form}'
    choices = f'{choice}<mc:Fallback><xdr:sp macro="" textlink="">{shape}</xdr:sp></mc:Fallback>'
    drawing = f'<mc:AlternateContent xmlns:mc="{_COMPATIBLE}">{choices}</mc:AlternateContent>'
    anchor = f"<xdr:twoCellAnchor>{corners}{drawing}<xdr:clientData/></xdr:twoCellAnchor>"
    parts.insert(parts.pointed(sheet, "drawing"), "</xdr:wsDr>", anchor)


def _filter(parts: Parts, sheet: str) -> None:
    """The table's filter lets three sectors through; the rows of the others are hidden already."""
    from tests.ooxml.rich import SHOWN

    table = parts.pointed(sheet, "table")
    values = "".join(f'<filter val="{sector}"/>' for sector in SHOWN)
    inner = f'<filterColumn colId="2"><filters>{values}</filters></filterColumn>'
    changed, times = re.subn(r'<autoFilter ref="([^"]+)"/>', rf'<autoFilter ref="\1">{inner}</autoFilter>', parts.text(table))
    assert times == 1
    parts.content[table] = changed.encode()


def _validation(parts: Parts, sheet: str) -> None:
    """Regions may only be those of another sheet's list: Excel keeps such a validation in an extension."""
    area = "<xm:sqref>D5:D64</xm:sqref>"
    inner = f"<x14:formula1><xm:f>Lists!$A$1:$A$4</xm:f></x14:formula1>{area}"
    rule = f'<x14:dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1">{inner}</x14:dataValidation>'
    listed = f'<x14:dataValidations xmlns:xm="{_XM}" count="1">{rule}</x14:dataValidations>'
    parts.extend(sheet, "{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}", listed, "worksheet")


def _checkbox(parts: Parts, sheet: str) -> None:
    """A form control: its properties, its shape in the old drawing, and its mention in the sheet."""
    properties = f'<formControlPr xmlns="{_X14}" objectType="CheckBox" checked="Checked" fmlaLink="$B$35" lockText="1" noThreeD="1"/>'
    parts.add("xl/ctrlProps/ctrlProp1.xml", properties, "application/vnd.ms-excel.controlproperties+xml")
    parts.point(sheet, "rIdControl", f"{OFFICE}/ctrlProp", "../ctrlProps/ctrlProp1.xml")
    old = parts.pointed(sheet, "vmlDrawing")
    shapes = [int(number) for number in re.findall(r'id="_x0000_s(\d+)"', parts.text(old))]
    number = max(shapes) + 1
    held = "<x:Anchor>0, 10, 35, 5, 1, 60, 36, 15</x:Anchor><x:AutoFill>False</x:AutoFill>"
    held += "<x:Checked>1</x:Checked><x:FmlaLink>$B$35</x:FmlaLink>"
    data = f'<x:ClientData ObjectType="Checkbox"><x:SizeWithCells/>{held}<x:NoThreeD/></x:ClientData>'
    style = "position:absolute;margin-left:10pt;margin-top:530pt;width:90pt;height:18pt;z-index:9"
    box = "<v:textbox><div><font>watch</font></div></v:textbox>"
    parts.insert(
        old, "</xml>", f'<v:shape id="_x0000_s{number}" type="#_x0000_t201" style="{style}" filled="f" stroked="f">{box}{data}</v:shape>'
    )
    corners = "".join(
        f"<{end}><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></{end}>"
        for end, column, row in (("from", 0, 35), ("to", 1, 36))
    )
    settings = f'<controlPr defaultSize="0" autoFill="0" autoLine="0" autoPict="0"><anchor moveWithCells="1">{corners}</anchor></controlPr>'
    control = f'<control shapeId="{number}" r:id="rIdControl" name="Check Box 1">{settings}</control>'
    inner = f'<mc:AlternateContent xmlns:mc="{_COMPATIBLE}"><mc:Choice Requires="x14">{control}</mc:Choice></mc:AlternateContent>'
    own = f'xmlns:mc="{_COMPATIBLE}" xmlns:xdr="{_SPREADSHEET_DRAWING}" xmlns:x14="{_X14}"'
    outer = f'<mc:AlternateContent {own}><mc:Choice Requires="x14"><controls>{inner}</controls></mc:Choice></mc:AlternateContent>'
    parts.insert(sheet, "</worksheet>", outer)


def _chain(parts: Parts) -> None:
    """Every cell with a formula, in the order of the sheets."""
    cells = []
    for number, name in re.findall(r'<sheet name="([^"]+)" sheetId="(\d+)"', parts.text(WORKBOOK)):
        sheet = parts.sheet(number)
        if "worksheets" in sheet:
            cells += [f'<c r="{place}" i="{name}"/>' for place in re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f\b', parts.text(sheet))]
    parts.add(
        "xl/calcChain.xml",
        f'<calcChain xmlns="{MAIN}">{"".join(cells)}</calcChain>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml",
    )
    parts.point(WORKBOOK, "rIdChain", f"{OFFICE}/calcChain", "calcChain.xml")
