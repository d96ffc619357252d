"""A pivot table of the flows by sector, with its cache."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.ooxml.packing import KIND, MAIN, OFFICE, WORKBOOK

if TYPE_CHECKING:
    from tests.ooxml.rich_parts import Parts

_CACHE, _RECORDS, _TABLE = (
    "xl/pivotCache/pivotCacheDefinition1.xml",
    "xl/pivotCache/pivotCacheRecords1.xml",
    "xl/pivotTables/pivotTable1.xml",
)


def add_pivot(parts: Parts, rows: tuple[tuple[Any, ...], ...]) -> None:
    """Sum of net by sector, on the sheet Pivot from A3."""
    sectors = sorted({row[2] for row in rows})
    sums = [sum(row[4] for row in rows if row[2] == sector) for sector in sectors]
    _cache(parts, rows, sectors)
    _table(parts, sectors)
    _cells(parts, sectors, sums)
    sheet = parts.sheet("Pivot")
    parts.point(sheet, "rIdPivot", f"{OFFICE}/pivotTable", "../pivotTables/pivotTable1.xml")
    parts.point(_TABLE, "rId1", f"{OFFICE}/pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")
    parts.point(_CACHE, "rId1", f"{OFFICE}/pivotCacheRecords", "pivotCacheRecords1.xml")
    parts.point(WORKBOOK, "rIdPivot", f"{OFFICE}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    parts.insert(WORKBOOK, "<extLst>", '<pivotCaches><pivotCache cacheId="1" r:id="rIdPivot"/></pivotCaches>')


def _cache(parts: Parts, rows: tuple[tuple[Any, ...], ...], sectors: list[str]) -> None:
    first, last = min(row[0] for row in rows), max(row[0] for row in rows)
    dates = 'containsSemiMixedTypes="0" containsNonDate="0" containsDate="1" containsString="0" '
    dates += f'minDate="{first}T00:00:00" maxDate="{last}T00:00:00"'

    def numbers(values: list[float]) -> str:
        return f'containsSemiMixedTypes="0" containsString="0" containsNumber="1" minValue="{min(values)!r}" maxValue="{max(values)!r}"'

    listed = "".join(f'<s v="{sector}"/>' for sector in sectors)
    shared = {
        "date": f"<sharedItems {dates}/>",
        "fund": "<sharedItems/>",
        "sector": f'<sharedItems count="{len(sectors)}">{listed}</sharedItems>',
        "region": "<sharedItems/>",
        "net": f"<sharedItems {numbers([row[4] for row in rows])}/>",
        "aum": f"<sharedItems {numbers([row[5] for row in rows])}/>",
        "share": f"<sharedItems {numbers([row[4] / row[5] for row in rows])}/>",
    }
    fields = "".join(
        f'<cacheField name="{name}" numFmtId="{14 if name == "date" else 0}">{items}</cacheField>' for name, items in shared.items()
    )
    source = '<cacheSource type="worksheet"><worksheetSource name="Flows"/></cacheSource>'
    own = f'xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1" refreshedBy="A person" refreshedDate="45660"'
    versions = f'createdVersion="6" refreshedVersion="6" minRefreshableVersion="3" recordCount="{len(rows)}"'
    listed_fields = f'<cacheFields count="7">{fields}</cacheFields>'
    parts.add(
        _CACHE,
        f"<pivotCacheDefinition {own} {versions}>{source}{listed_fields}</pivotCacheDefinition>",
        f"{KIND}.pivotCacheDefinition+xml",
    )
    records = "".join(
        f'<r><d v="{row[0]}T00:00:00"/><s v="{row[1]}"/><x v="{sectors.index(row[2])}"/><s v="{row[3]}"/>'
        f'<n v="{row[4]!r}"/><n v="{row[5]!r}"/><n v="{row[4] / row[5]!r}"/></r>'
        for row in rows
    )
    parts.add(
        _RECORDS, f'<pivotCacheRecords xmlns="{MAIN}" count="{len(rows)}">{records}</pivotCacheRecords>', f"{KIND}.pivotCacheRecords+xml"
    )


def _table(parts: Parts, sectors: list[str]) -> None:
    items = "".join(f'<item x="{number}"/>' for number in range(len(sectors)))
    plain = '<pivotField showAll="0"/>'
    by_sector = f'<pivotField axis="axisRow" showAll="0"><items count="{len(sectors) + 1}">{items}<item t="default"/></items></pivotField>'
    fields = plain * 2 + by_sector + plain + '<pivotField dataField="1" showAll="0"/>' + plain * 2
    lines = "<i><x/></i>" + "".join(f'<i><x v="{number}"/></i>' for number in range(1, len(sectors))) + '<i t="grand"><x/></i>'
    applied = " ".join(f'apply{what}Formats="0"' for what in ("Number", "Border", "Font", "Pattern", "Alignment"))
    own = f'xmlns="{MAIN}" name="BySector" cacheId="1" {applied} applyWidthHeightFormats="1" dataCaption="Values"'
    more = 'updatedVersion="6" minRefreshableVersion="3" createdVersion="6"'
    inner = (
        f'<location ref="A3:B{len(sectors) + 4}" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        f'<pivotFields count="7">{fields}</pivotFields><rowFields count="1"><field x="2"/></rowFields>'
        f'<rowItems count="{len(sectors) + 1}">{lines}</rowItems><colItems count="1"><i/></colItems>'
        '<dataFields count="1"><dataField name="Sum of net" fld="4" baseField="0" baseItem="0"/></dataFields>'
        '<pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" showColHeaders="1" '
        'showRowStripes="0" showColStripes="0" showLastColumn="1"/>'
    )
    parts.add(_TABLE, f"<pivotTableDefinition {own} {more}>{inner}</pivotTableDefinition>", f"{KIND}.pivotTable+xml")


def _cells(parts: Parts, sectors: list[str], sums: list[float]) -> None:
    """What the pivot table shows, below the header that the sheet has already."""
    lines = [*zip(sectors, sums, strict=True), ("Grand Total", sum(sums))]
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{name}</t></is></c><c r="B{number}"><v>{value!r}</v></c></row>'
        for number, (name, value) in enumerate(lines, start=4)
    )
    sheet = parts.sheet("Pivot")
    parts.insert(sheet, "</sheetData>", rows)
    parts.content[sheet] = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A3:B{len(lines) + 3}"/>', parts.text(sheet)).encode()
