"""The same table as other programs write it: with prefixes, without cell names, with comments, blanks and CDATA between the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ooxml.packing import MAIN, OFFICE, changed, read, save
from tests.ooxml.table_books import COLUMNS, DATA, ROWS, assert_sound, cell_xml, cells, hand_made, part
from xlsig.ooxml import open_package, replace_table

SHEET = "xl/worksheets/sheet1.xml"
NEW = [[1, 2.5], [3, "four"], [5, None]]
READ = [["day", "net"], [1.0, 2.5], [3.0, "four"], [5.0, ""]]
PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}" xmlns:r="{OFFICE}"><x:dimension ref="A1:B3"/><x:sheetData>'
    '<x:row r="1" spans="1:2"><x:c r="A1" t="inlineStr"><x:is><x:t>day</x:t></x:is></x:c>'
    '<x:c r="B1" t="inlineStr"><x:is><x:t>net</x:t></x:is></x:c></x:row>'
    '<x:row r="2"><x:c r="A2"><x:v>45660</x:v></x:c><x:c r="B2"><x:v>1.5</x:v></x:c></x:row>'
    '<x:row r="3"><x:c r="A3"><x:v>45663</x:v></x:c><x:c r="B3"><x:v>-2</x:v></x:c>'
    '<x:c r="D3"><x:f>SUM(B2:B3)</x:f><x:v>-0.5</x:v></x:c></x:row></x:sheetData>'
    '<x:conditionalFormatting sqref="B2:B3"><x:cfRule type="expression" priority="1"><x:formula>B2&lt;0</x:formula></x:cfRule>'
    '</x:conditionalFormatting><x:tableParts count="1"><x:tablePart r:id="rId1"/></x:tableParts></x:worksheet>'
)
NAMELESS = (
    '<row><c t="inlineStr"><is><t>day</t></is></c><c t="inlineStr"><is><t>net</t></is></c></row>'
    "<row><c><v>45660</v></c><c><v>1.5</v></c></row><row><c><v>45663</v></c><c><v>-2</v></c><c><v>9</v></c></row>"
)
ODD = {
    "blanks": ROWS.replace("<row", "\n  <row").replace("<c ", "\n    <c ").replace("</row>", "\n  </row>\n"),
    "comments": ROWS.replace("<row", "<!-- </row><row r='7'> --><row"),
    "CDATA": ROWS.replace("<t>net</t>", "<t><![CDATA[net]]></t>"),
    "single quotes": ROWS.replace('"', "'"),
    "blanks in tags": ROWS.replace('<row r="2">', '<row  r = "2" >').replace("</row>", "</row >").replace("</c>", "</c >"),
    "other attributes with brackets": ROWS.replace('<row r="2">', '<row note="a>b" r="2">'),
    "no rows at all": "",
    "no cells": '<row r="1"/><row r="2" ht="20" customHeight="1"/>',
}


def test_prefixed_sheets_keep_their_prefix(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", sheet=PREFIXED)
    assert replace_table(path, "T", COLUMNS, NEW)
    assert [row[:2] for row in cells(path, "Desk")] == READ
    assert "<x:f>SUM(B2:B4)</x:f>" in cell_xml(path, "D3")
    assert 'sqref="B2:B4"' in part(path, SHEET)
    assert '<x:dimension ref="A1:B4"/>' in part(path, SHEET)
    assert_sound(path)
    assert not replace_table(path, "T", COLUMNS, NEW)


def test_cells_without_names_are_counted(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", NAMELESS)
    before = path.read_bytes()
    assert not replace_table(path, "T", COLUMNS, DATA)
    assert path.read_bytes() == before
    assert replace_table(path, "T", COLUMNS, NEW)
    assert [row[:2] for row in cells(path, "Desk")] == READ
    with open_package(path) as edit:
        assert edit.values("Desk")[2, 2] == 9


def test_rows_and_cells_without_names_stay_in_their_places(tmp_path: Path) -> None:
    rows = NAMELESS + "<row/><row><c/><c/><c><v>7</v></c></row>"
    path = hand_made(tmp_path / "desk.xlsx", rows)
    assert replace_table(path, "T", COLUMNS, [])
    with open_package(path) as edit:
        assert {key: value for key, value in edit.values("Desk").items() if key[0]} == {(2, 2): 9, (4, 2): 7}


@pytest.mark.parametrize("spelling", ODD)
def test_rows_are_found_however_they_are_written(tmp_path: Path, spelling: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx", ODD[spelling])
    if ODD[spelling].startswith('<row r="1">') or "net" in ODD[spelling]:
        assert not replace_table(path, "T", COLUMNS, DATA)
    assert replace_table(path, "T", COLUMNS, NEW)
    with open_package(path) as edit:
        found = edit.values("Desk")
    assert {key: value for key, value in found.items() if key[0]} == {(1, 0): 1, (1, 1): 2.5, (2, 0): 3, (2, 1): "four", (3, 0): 5}


def test_a_sheet_without_rows_gets_some(tmp_path: Path) -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData/><tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>'
    )
    path = hand_made(tmp_path / "desk.xlsx", sheet=sheet)
    assert replace_table(path, "T", COLUMNS, NEW)
    with open_package(path) as edit:
        assert edit.values("Desk")[2, 1] == "four"


def test_a_shared_formula_that_began_in_the_table_lives_on_outside(tmp_path: Path) -> None:
    rows = ROWS.replace(
        '<c r="B3"><v>-2</v></c>',
        '<c r="B3"><f t="shared" ref="B3:C4" si="3">A2+$A$2</f><v>9</v></c><c r="C3"><f t="shared" si="3"/><v>1</v></c>',
    )
    rows += '<row r="4"><c r="C4"><f t="shared" si="3"/><v>2</v></c></row>'
    path = hand_made(tmp_path / "desk.xlsx", rows)
    replace_table(path, "T", COLUMNS, DATA)
    assert cell_xml(path, "C3") == '<c r="C3"><f>B2+$A$2</f><v>1</v></c>'
    assert cell_xml(path, "C4") == '<c r="C4"><f>B3+$A$2</f><v>2</v></c>'
    assert_sound(path)


@pytest.mark.parametrize("row", ['<row r="{}">', "<row spans='1:3' r='{}'>"])
def test_a_shared_formula_that_begins_far_down_a_long_table_lives_on_too(tmp_path: Path, row: str) -> None:
    last, begins = 9_000, 7_000
    lines = [ROWS[: ROWS.index('<row r="2">')]]
    for number in range(2, last + 1):
        net = f'<c r="B{number}"><v>{number}</v></c>'
        if number == begins:
            net = f'<c r="B{number}"><f t="shared" ref="B{number}:C{number}" si="3">A{number - 1}+$A$2</f><v>9</v></c>'
            net += f'<c r="C{number}"><f t="shared" si="3"/><v>1</v></c>'
        lines.append(f'{row.format(number)}<c r="A{number}"><v>45660</v></c>{net}</row>')
    about = f'ref="A1:B{last}"><tableColumns count="2"><tableColumn id="1" name="day"/><tableColumn id="2" name="net"/></tableColumns>'
    path = hand_made(tmp_path / "desk.xlsx", "".join(lines), table=about)
    replace_table(path, "T", COLUMNS, ([45660, 0.5] for _ in range(last - 1)))
    assert cell_xml(path, f"C{begins}") == f'<c r="C{begins}"><f>B{begins - 1}+$A$2</f><v>1</v></c>'
    assert cell_xml(path, f"B{last}") == f'<c r="B{last}"><v>0.5</v></c>'


def test_two_tables_side_by_side_change_in_one_pass(tmp_path: Path) -> None:
    rows = ROWS.replace("</row>", '<c r="D9" t="inlineStr"><is><t>k</t></is></c></row>', 1).replace("D9", "D1")
    rows = rows.replace("<v>1.5</v></c></row>", '<v>1.5</v></c><c r="D2"><v>7</v></c></row>')
    path = hand_made(tmp_path / "desk.xlsx", rows)
    parts = read(path)
    parts["xl/tables/table2.xml"] = (
        f'<table xmlns="{MAIN}" id="2" name="U" displayName="U" ref="D1:D2">'
        '<tableColumns count="1"><tableColumn id="1" name="k"/></tableColumns></table>'
    ).encode()
    pointer = f'<Relationship Id="rId2" Type="{OFFICE}/table" Target="../tables/table2.xml"/></Relationships>'
    parts = changed(parts, "xl/worksheets/_rels/sheet1.xml.rels", "</Relationships>", pointer)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
    parts = changed(parts, "[Content_Types].xml", "</Types>", f'<Override PartName="/xl/tables/table2.xml" ContentType="{kind}"/></Types>')
    parts = changed(
        parts,
        SHEET,
        '<tableParts count="1"><tablePart r:id="rId1"/>',
        '<tableParts count="2"><tablePart r:id="rId1"/><tablePart r:id="rId2"/>',
    )
    save(path, parts)
    with open_package(path) as edit:
        edit.replace_table("T", COLUMNS, NEW)
        edit.replace_table("U", ("k",), [[1], [2], [3], [4], [5]])
        assert edit.save()
    assert cells(path, "Desk") == [
        ["day", "net", "", "k"],
        [1.0, 2.5, "", 1.0],
        [3.0, "four", "", 2.0],
        [5.0, "", "", 3.0],
        ["", "", "", 4.0],
        ["", "", "", 5.0],
    ]
    assert_sound(path)
