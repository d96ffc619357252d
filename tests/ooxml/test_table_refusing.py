"""What a table may not do: grow over what is a person's own, take data that do not fit, or change a file that is not understood."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.ooxml.packing import SHEET, WORKBOOK, changed, read, save
from tests.ooxml.table_books import COLUMNS, DATA, ROWS, TABLE, cells, hand_made
from xlsig.ooxml import PackageRefusal, replace_table

DESCRIBED = '<tableColumns count="2"><tableColumn id="1" name="day"/><tableColumn id="2" name="net"/></tableColumns>'
GROWN = [*DATA, *DATA]
_BELOW = {
    "a value": '<row r="5"><c r="B5"><v>1</v></c></row>',
    "a text": '<row r="5"><c r="B5" t="inlineStr"><is><t>mine</t></is></c></row>',
    "a formula without a value": '<row r="5"><c r="B5"><f>1+1</f></c></row>',
    "a shared formula": '<row r="5"><c r="A5"/><c r="B5"><f t="shared" si="0"/></c></row>',
    "a cell without a name": "<row><c/></row><row><c/><c><v>1</v></c></row>",
}


def refusal(path: Path, rows: list[Any], columns: tuple[str, ...] = COLUMNS) -> str:
    """Why new rows are refused; the file stays as it was."""
    before = path.read_bytes()
    with pytest.raises(PackageRefusal) as refused:
        replace_table(path, "T", columns, rows)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("below", _BELOW)
def test_a_table_does_not_grow_over_a_persons_cells(tmp_path: Path, below: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx", ROWS + _BELOW[below])
    assert "Desk!B5 is not empty" in refusal(path, GROWN)


def test_it_grows_beside_and_up_to_them(tmp_path: Path) -> None:
    path = hand_made(
        tmp_path / "desk.xlsx", ROWS + '<row r="4"><c r="B4" s="0"/><c r="C4"><v>9</v></c></row><row r="6"><c r="A6"><v>8</v></c></row>'
    )
    assert replace_table(path, "T", COLUMNS, GROWN)
    assert cells(path, "Desk")[3:] == [[45660.0, 1.5, 9.0], [45663.0, -2.0, ""], [8.0, "", ""]]


def test_a_table_does_not_grow_through_a_merged_cell(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", tail='<mergeCells count="1"><mergeCell ref="B5:C6"/></mergeCells>')
    assert "Desk!B5 is a merged cell (B5:C6)" in refusal(path, GROWN)
    assert replace_table(path, "T", COLUMNS, DATA[:1])


def test_a_totals_row_needs_room_too(tmp_path: Path) -> None:
    rows = ROWS + '<row r="4"><c r="A4"><v>0</v></c></row><row r="5"><c r="A5"><v>1</v></c></row>'
    table = f'ref="A1:B4" totalsRowCount="1">{DESCRIBED}'
    assert "Desk!A5 is not empty" in refusal(hand_made(tmp_path / "desk.xlsx", rows, table=table), [*DATA, DATA[0]])


def test_a_table_does_not_grow_over_another(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    parts = read(path)
    second = parts[TABLE].replace(b'id="1" name="T" displayName="T"', b'id="2" name="U" displayName="U"').replace(b"A1:B3", b"A5:B6")
    parts["xl/tables/table2.xml"] = second
    parts = changed(parts, "xl/worksheets/_rels/sheet1.xml.rels", "</Relationships>", _pointer())
    save(path, changed(parts, "[Content_Types].xml", "</Types>", _type()))
    assert "the table U begins at Desk!A5" in refusal(path, GROWN)


def _pointer() -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/table"
    return f'<Relationship Id="rId2" Type="{kind}" Target="/xl/tables/table2.xml"/></Relationships>'


def _type() -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
    return f'<Override PartName="/xl/tables/table2.xml" ContentType="{kind}"/></Types>'


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        (("day",), [[1]], "column 'net' that the data lacks"),
        (("day", "net", "aum"), [[1, 2, 3]], "no column 'aum'"),
        (("day", "Day", "net"), [[1, 2, 3]], "twice"),
        (("day", "net"), [[1, 2], [3]], "row 2 of the data for the table T has 1 values for 2 columns"),
        (("day", "net"), [[1, float("inf")]], "row 1, column net of the data for the table T: an infinite number"),
        (("day", "net"), [[1, 10**400]], "an infinite number"),
        (("day", "net"), [["x" * 32_768, 2]], "longer than a cell can hold"),
        (("day", "net"), [[dt.date(1899, 1, 1), 2]], "before 1900"),
        (("day", "net"), [[object(), 2]], "of the kind object"),
    ],
)
def test_data_that_do_not_fit_are_refused_naming_what_and_where(
    tmp_path: Path, columns: tuple[str, ...], rows: list[Any], said: str
) -> None:
    assert said in refusal(hand_made(tmp_path / "desk.xlsx"), rows, columns)


def test_columns_are_found_in_any_order_and_case(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    replace_table(path, "t", (" NET ", "Day"), [[5.0, 1], [6.0, 2]])
    assert cells(path, "Desk")[1:] == [[1.0, 5.0], [2.0, 6.0]]


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackageRefusal, match=r"no table 'Flows' \(it has T\)"):
        replace_table(hand_made(tmp_path / "desk.xlsx"), "Flows", COLUMNS, DATA)


def test_a_table_that_a_query_fills_is_left_to_it(tmp_path: Path) -> None:
    table = f'ref="A1:B3" tableType="queryTable">{DESCRIBED}'
    assert "filled by a source of its own" in refusal(hand_made(tmp_path / "desk.xlsx", table=table), DATA)


def test_a_strict_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    parts = read(path)
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, content in parts.items()
    }
    save(path, strict)
    assert "Strict" in refusal(path, DATA)


def test_a_workbook_that_counts_from_1904_is_refused(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    save(path, changed(read(path), WORKBOOK, "<sheets>", '<workbookPr date1904="1"/><sheets>'))
    assert "1904" in refusal(path, DATA)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<row r="3">', '<row r="2">', "row 2 behind row 2"),
        ("</row></sheetData>", "</sheetData>", "ends within its rows"),
        ("<f>1</f>", "<f>1</g>", "not well-formed"),
        ('<c r="D9">', '<c r="D9" r="D9">', "not well-formed"),
        ("</worksheet>", "</workshop>", "not well-formed"),
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx", ROWS + '<row r="9"><c r="D9"><f>1</f></c></row>')
    save(path, changed(read(path), SHEET, old, new))
    assert said in refusal(path, [[1, 2.0]])
