"""A formula that a person filled down or across: where it mixes a table's cells with what moves along, its copies follow the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ooxml.packing import KIND, MAIN, OFFICE, POINTERS, TYPES, WORKBOOK, changed, read, save
from tests.ooxml.table_books import COLUMNS, ROWS, TABLE, cell_xml, hand_made, part
from xlsig.ooxml import open_package, replace_table

FIVE = [[45660 + day, float(day)] for day in range(5)]
"""New rows for the table A1:B3 of `hand_made`, which then ends in row 6."""
SECOND = "xl/worksheets/sheet2.xml"


def with_second_sheet(path: Path, rows: str) -> Path:
    """A book with the table T on Desk and these rows on a sheet Mine."""
    parts = read(hand_made(path))
    parts[SECOND] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    parts = changed(parts, WORKBOOK, "</sheets>", '<sheet name="Mine" sheetId="2" r:id="rId9"/></sheets>')
    pointer = f'<Relationship Id="rId9" Type="{OFFICE}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>'
    parts = changed(parts, POINTERS, "</Relationships>", pointer)
    return save(path, changed(parts, TYPES, "</Types>", f'<Override PartName="/{SECOND}" ContentType="{KIND}.worksheet+xml"/></Types>'))


def filled(text: str, cells: list[str], attributes: str = "") -> dict[str, str]:
    """Cells that share a formula, as Excel stores them: the first has the text."""
    first, *others = cells
    shared = {first: f'<c r="{first}"><f t="shared" ref="{first}:{cells[-1]}" si="0"{attributes}>{text}</f><v>1</v></c>'}
    return shared | {cell: f'<c r="{cell}"><f t="shared" si="0"/><v>1</v></c>' for cell in others}


def in_rows(cells: dict[str, str]) -> str:
    rows: dict[int, list[str]] = {}
    for name, xml in cells.items():
        rows.setdefault(int(re.sub("[A-Z]", "", name)), []).append(xml)
    return "".join(f'<row r="{row}">{"".join(found)}</row>' for row, found in sorted(rows.items()))


def formulas(path: Path, sheet: str) -> dict[str, str]:
    with open_package(path) as book:
        return {f"{'ABCDEFG'[column]}{row + 1}": text for on, row, column, text, _ in book.formulas() if on == sheet}


DOWN, ACROSS = ["D1", "D2", "D3"], ["D1", "E1", "F1"]


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("SUM(Desk!$B$2:$B$3)*A1", DOWN, ["SUM(Desk!$B$2:$B$6)*A1", "SUM(Desk!$B$2:$B$6)*A2", "SUM(Desk!$B$2:$B$6)*A3"]),
        ("SUM(Desk!B$2:B$3)", ["D1", "D2"], ["SUM(Desk!B$2:B$6)", "SUM(Desk!B$2:B$6)"]),
        ("SUM(Desk!A$2:A$3)", ["D1", "E1"], ["SUM(Desk!A$2:A$6)", "SUM(Desk!B$2:B$6)"]),
        ("SUM(Desk!A2:A3)+$A1", ACROSS, ["SUM(Desk!A2:A6)+$A1", "SUM(Desk!B2:B6)+$A1", "SUM(Desk!C2:C3)+$A1"]),
        ("SUM(Desk!$B2:$B$3)", DOWN[:2], ["SUM(Desk!$B2:$B$6)", "SUM(Desk!$B3:$B$3)"]),
        ("COUNT(Desk!$A1:$A3)", DOWN, ["COUNT(Desk!$A1:$A6)", "COUNT(Desk!$A2:$A4)", "COUNT(Desk!$A3:$A5)"]),
        ("SUM(Desk!$B$2:Desk!$B$3)&amp;A1", DOWN[:2], ["SUM(Desk!$B$2:Desk!$B$6)&A1", "SUM(Desk!$B$2:Desk!$B$6)&A2"]),
        ("SUM(T[net])*A1", DOWN[:2], ["SUM(T[net])*A1", "SUM(T[net])*A2"]),
        ("A1+Desk!$B$3", DOWN[:2], ["A1+Desk!$B$3", "A2+Desk!$B$3"]),
    ],
)
def test_each_copy_follows_as_a_plain_formula_does(tmp_path: Path, text: str, cells: list[str], expected: list[str]) -> None:
    path = with_second_sheet(tmp_path / "desk.xlsx", in_rows(filled(text, cells)))
    plain = {cell: f"={formula}" for cell, formula in zip(cells, expected, strict=True)}
    replace_table(path, "T", COLUMNS, FIVE)
    assert formulas(path, "Mine") == plain


def test_what_follows_as_a_whole_stays_shared(tmp_path: Path) -> None:
    cells = in_rows(filled("SUM(Desk!$B$2:$B$3)", DOWN))
    path = with_second_sheet(tmp_path / "desk.xlsx", cells)
    replace_table(path, "T", COLUMNS, FIVE)
    assert part(path, SECOND).count('t="shared"') == 3
    assert 'si="0">SUM(Desk!$B$2:$B$6)</f>' in part(path, SECOND)


def test_a_fill_that_no_table_moves_stays_byte_for_byte(tmp_path: Path) -> None:
    cells = in_rows(filled("A1*2+Other!$B$3", DOWN))
    path = with_second_sheet(tmp_path / "desk.xlsx", cells)
    before = part(path, SECOND)
    replace_table(path, "T", COLUMNS, FIVE)
    assert part(path, SECOND) == before


def test_a_fill_beside_the_table_follows_it_without_a_sheet_s_name(tmp_path: Path) -> None:
    beside = {f"D{row}": cell for row, cell in zip((2, 3, 4), filled("$B2/SUM(B$2:B$3)", ["D2", "D3", "D4"]).values(), strict=True)}
    rows = ROWS.replace("</row>", "{}</row>").format("", beside["D2"], beside["D3"]) + f'<row r="4">{beside["D4"]}</row>'
    path = hand_made(tmp_path / "desk.xlsx", rows)
    replace_table(path, "T", COLUMNS, FIVE)
    assert formulas(path, "Desk") == {f"D{row}": f"=$B{row}/SUM(B$2:B$6)" for row in (2, 3, 4)}


def test_a_fill_over_two_tables_follows_both(tmp_path: Path) -> None:
    path = with_second_sheet(tmp_path / "desk.xlsx", in_rows(filled("SUM(Desk!$B$2:$B$3)-SUM(Desk!$E$2:$E$3)+A1", DOWN)))
    parts = read(path)
    second = parts[TABLE].replace(b'id="1" name="T" displayName="T"', b'id="2" name="U" displayName="U"').replace(b"A1:B3", b"D1:E3")
    parts["xl/tables/table2.xml"] = second
    pointer = f'<Relationship Id="rId2" Type="{OFFICE}/table" Target="/xl/tables/table2.xml"/></Relationships>'
    parts = changed(parts, "xl/worksheets/_rels/sheet1.xml.rels", "</Relationships>", pointer)
    save(path, changed(parts, TYPES, "</Types>", f'<Override PartName="/xl/tables/table2.xml" ContentType="{KIND}.table+xml"/></Types>'))
    with open_package(path) as edit:
        edit.replace_table("T", COLUMNS, FIVE)
        edit.replace_table("U", COLUMNS, FIVE[:4])
        edit.save()
    assert formulas(path, "Mine") == {f"D{row}": f"=SUM(Desk!$B$2:$B$6)-SUM(Desk!$E$2:$E$5)+A{row}" for row in (1, 2, 3)}


def test_a_copy_far_down_follows_though_the_first_does_not(tmp_path: Path) -> None:
    rows = ROWS.replace('r="2"', 'r="12"').replace('r="3"', 'r="13"').replace('r="1"', 'r="11"')
    rows = re.sub(r'"([AB])([123])"', r'"\g<1>1\2"', rows)
    columns = '<tableColumns count="2"><tableColumn id="1" name="day"/><tableColumn id="2" name="net"/></tableColumns>'
    fill = filled("SUM($B10:$B$13)", [f"D{row}" for row in range(20, 24)])
    path = hand_made(tmp_path / "desk.xlsx", rows + in_rows(fill), table=f'ref="A11:B13">{columns}')
    replace_table(path, "T", COLUMNS, FIVE)
    bottoms = ["13", "16", "16", "13"]  # from above the header, from the header, from the first row, from the second
    assert formulas(path, "Desk") == {
        f"D{row}": f"=SUM($B{row - 10}:$B${bottom})" for row, bottom in zip(range(20, 24), bottoms, strict=True)
    }


def test_an_array_formula_follows_and_keeps_its_block(tmp_path: Path) -> None:
    cell = '<row r="1"><c r="D1"><f t="array" ref="D1:D2">Desk!$B$2:$B$3*A1</f><v>1</v></c></row><row r="2"><c r="D2"><v>2</v></c></row>'
    path = with_second_sheet(tmp_path / "desk.xlsx", cell)
    replace_table(path, "T", COLUMNS, FIVE)
    assert '<f t="array" ref="D1:D2">Desk!$B$2:$B$6*A1</f>' in cell_xml(path, "D1", SECOND)


def test_copies_stand_as_plain_formulas_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    path = with_second_sheet(tmp_path / "desk.xlsx", in_rows(filled("SUM(Desk!$B$2:$B$3)*A1", DOWN)))
    replace_table(path, "T", COLUMNS, FIVE)
    assert "shared" not in part(path, SECOND)
    assert not replace_table(path, "T", COLUMNS, FIVE)
    replace_table(path, "T", COLUMNS, FIVE[:1])
    assert formulas(path, "Mine")["D3"] == "=SUM(Desk!$B$2:$B$2)*A3"


def test_a_long_fill_takes_its_rows_once(tmp_path: Path) -> None:
    cells = [f"D{row}" for row in range(1, 2001)]
    path = with_second_sheet(tmp_path / "desk.xlsx", in_rows(filled("SUM(Desk!$B$2:$B$3)*A1", cells)))
    replace_table(path, "T", COLUMNS, FIVE)
    found = formulas(path, "Mine")
    assert len(found) == 2000
    assert found["D2000"] == "=SUM(Desk!$B$2:$B$6)*A2000"
