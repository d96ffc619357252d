"""What a person did inside a table stays: formats of rows that existed, and what was typed into columns of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ooxml.packing import read, save
from tests.ooxml.table_books import COLUMNS, DATA, ROWS, cell_xml, desk_book, hand_made, part
from xlsig.ooxml import PackageRefusal, open_package, replace_table
from xlsig.ooxml.edit import Edit

SHEET = "xl/worksheets/sheet1.xml"
THREE = '<tableColumn id="1" name="day"/><tableColumn id="2" name="note"/><tableColumn id="3" name="net"/>'


def styles(path: Path, column: str) -> list[str]:
    """The styles of a column's cells below the header."""
    found = re.findall(rf'<c r="{column}(\d+)"(?: s="(\d+)")?', part(path, SHEET))
    return [style for row, style in found if int(row) > 1]


def painted(path: Path, *cells: str) -> Path:
    """The book of `desk_book` in which these cells have the style 9, as if a person had painted them."""
    parts = read(desk_book(path))
    for cell in cells:
        xml = parts[SHEET].decode()
        new = re.sub(rf'<c r="{cell}"(?: s="\d+")?', f'<c r="{cell}" s="9"', xml)
        assert new != xml
        parts[SHEET] = new.encode()
    return save(path, parts)


def flows(count: int) -> list[list[object]]:
    return [[45660 + row, "Energy", float(row)] for row in range(count)]


NAMES = ("date", "sector", "net")


def test_a_painted_row_stays_painted_and_no_other_is(tmp_path: Path) -> None:
    path = painted(tmp_path / "desk.xlsx", "A3", "B3", "C3", "D3")
    plain = styles(desk_book(tmp_path / "plain.xlsx"), "C")[0]
    replace_table(path, "Flows", NAMES, flows(7))
    assert styles(path, "C") == [plain, "9", plain, plain, plain, plain, plain]
    assert styles(path, "D") == ["", "9", "", "", "", "", ""]
    assert "<f>Flows[[#This Row],[net]]*2</f>" in cell_xml(path, "D3")
    replace_table(path, "Flows", NAMES, flows(2))
    assert styles(path, "C") == [plain, "9"]


def test_a_painted_header_and_a_painted_cell_stay_where_they_are(tmp_path: Path) -> None:
    path = painted(tmp_path / "desk.xlsx", "C2", "A4")
    replace_table(path, "Flows", NAMES, flows(600))
    assert styles(path, "C")[0] == "9"
    assert "9" not in styles(path, "C")[1:]
    assert [at for at, style in enumerate(styles(path, "A")) if style == "9"] == [2]


def test_new_rows_take_the_style_of_the_row_above(tmp_path: Path) -> None:
    path = painted(tmp_path / "desk.xlsx", "B5", "C5")
    replace_table(path, "Flows", NAMES, flows(6))
    assert styles(path, "B")[-3:] == ["9", "9", "9"]
    assert styles(path, "C")[-3:] == ["9", "9", "9"]
    assert styles(path, "A")[0] == styles(path, "A")[-1] != "9"


def test_a_cell_that_was_not_in_the_file_looks_like_the_one_above(tmp_path: Path) -> None:
    rows = ROWS.replace('<c r="B2">', '<c r="B2" s="3">').replace('<c r="B3"><v>-2</v></c>', "")
    path = hand_made(tmp_path / "desk.xlsx", rows)
    replace_table(path, "T", COLUMNS, [[1, 2.0], [3, 4.0], [5, 6.0]])
    assert styles(path, "B")[:2] == ["3", "3"]


def test_rows_written_in_another_spelling_keep_their_styles(tmp_path: Path) -> None:
    rows = ROWS.replace('<c r="B2">', "<c s='3' r='B2'>").replace('<c r="A3">', '<c t="n" r="A3" s="4">')
    path = hand_made(tmp_path / "desk.xlsx", rows)
    replace_table(path, "T", COLUMNS, [[1, 2.0], [3, 4.0]])
    assert (styles(path, "A"), styles(path, "B")) == (["", "4"], ["3", ""])


def with_notes(path: Path, notes: list[str], columns: str = THREE) -> Path:
    """The table A1:C4 (day, note, net); `notes` are the cells' XML behind their names, one for each of the days 10, 11 and 12."""
    head = "".join(f'<c r="{"ABC"[at]}1" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in enumerate(("day", "note", "net")))
    body = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row + 8}</v></c>{"<c r=" + chr(34) + f"B{row}" + chr(34) + note if note else ""}'
        f'<c r="C{row}"><v>1</v></c></row>'
        for row, note in enumerate(notes, start=2)
    )
    last = len(notes) + 1
    table = f'ref="A1:C{last}"><tableColumns count="3">{columns}</tableColumns>'
    return hand_made(path, f'<row r="1">{head}</row>{body}', table=table)


def renewed(path: Path, days: list[int]) -> Edit:
    with open_package(path) as edit:
        edit.replace_table("T", ("day", "net"), [[day, 1.0] for day in days], key=("day",))
        edit.save()
        return edit


def column(path: Path) -> list[object]:
    with open_package(path) as book:
        found = book.read("Desk")
        return [getattr(found.get((row, 1)), "text", found.get((row, 1))) for row in range(1, book.table("T").last + 1)]


TYPED = [' t="inlineStr"><is><t>roll</t></is></c>', "", "><v>7</v></c>"]


def test_typed_cells_stay_beside_their_day_and_new_rows_are_blank(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", TYPED)
    assert renewed(path, [10, 11, 12, 13]).told == []
    assert column(path) == ["roll", None, 7.0, None]


def test_they_move_with_their_day(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", TYPED)
    assert renewed(path, [9, 10, 11, 13, 12]).told == []
    assert column(path) == [None, "roll", None, None, 7.0]


def test_one_whose_day_is_gone_is_told(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", TYPED)
    edit = renewed(path, [11, 12])
    assert column(path) == [None, 7.0]
    assert edit.told == [
        "a cell of the column 'note' in the table T stood beside rows that the data no longer has and is gone (Desk!B2: roll)"
    ]


def test_the_second_of_two_rows_alike_goes_with_the_second(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", ["", "><v>7</v></c>"])
    parts = read(path)
    save(path, {**parts, SHEET: parts[SHEET].replace(b"<v>11</v>", b"<v>10</v>")})
    renewed(path, [9, 10, 10, 10])
    assert column(path) == [None, None, 7.0, None]


def test_typed_formulas_read_their_own_row_wherever_it_goes(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", ["><f>C2*2</f><v>2</v></c>", "", "><f>C4+SUM($C$2:$C$4)</f><v>4</v></c>"])
    renewed(path, [9, 10, 11, 12])
    assert column(path) == [None, "=C3*2", None, "=C5+SUM($C$2:$C$5)"]


def test_a_formula_in_the_first_row_alone_is_no_column_s(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", ["><f>C2*2</f><v>2</v></c>", "><v>7</v></c>", ""])
    renewed(path, [10, 11, 12, 13])
    assert column(path) == ["=C2*2", 7.0, None, None]


def test_a_formula_that_fills_the_column_fills_the_new_rows(tmp_path: Path) -> None:
    notes = ['><f t="shared" ref="B2:B4" si="0">C2*2</f><v>2</v></c>', *['><f t="shared" si="0"/><v>2</v></c>'] * 2]
    path = with_notes(tmp_path / "desk.xlsx", notes)
    renewed(path, [11, 12, 13, 14])
    assert column(path) == [f"=C{row}*2" for row in (2, 3, 4, 5)]


CALCULATED = THREE.replace(
    'name="note"/>', 'name="note"><calculatedColumnFormula>T[[#This Row],[net]]*2</calculatedColumnFormula></tableColumn>'
)
OF_COLUMN = "><f>T[[#This Row],[net]]*2</f><v>2</v></c>"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_value_typed_over_a_calculated_column_stays_beside_its_day(tmp_path: Path, at: int) -> None:
    notes = [OF_COLUMN] * 3
    notes[at] = "><v>7</v></c>"
    path = with_notes(tmp_path / "desk.xlsx", notes, CALCULATED)
    renewed(path, [9, 10, 11, 12, 13])
    formula = "=T[[#This Row],[net]]*2"
    assert column(path) == [7.0 if day == 10 + at else formula for day in (9, 10, 11, 12, 13)]


def test_without_a_key_a_typed_column_is_refused_as_before(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", TYPED)
    with pytest.raises(PackageRefusal, match="has a column 'note' that the data lacks"):
        replace_table(path, "T", ("day", "net"), [[1, 2.0]])


def test_a_typed_column_is_drawn_by_its_chart(tmp_path: Path) -> None:
    path = with_notes(tmp_path / "desk.xlsx", TYPED)
    renewed(path, [10, 11, 12, 13])
    assert '<c r="B4"><v>7</v></c>' in cell_xml(path, "B4")
    assert not replace_again(path)


def replace_again(path: Path) -> bool:
    with open_package(path) as edit:
        edit.replace_table("T", ("day", "net"), [[day, 1.0] for day in (10, 11, 12, 13)], key=("day",))
        return edit.save()


def test_data_of_the_same_size_keep_the_height_and_the_styles(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", ROWS.replace('<row r="3">', '<row r="3" ht="30" customHeight="1">'))
    replace_table(path, "T", COLUMNS, [*DATA, *DATA])
    heights = re.findall(r'<row r="(\d+)" ht="30" customHeight="1">', part(path, SHEET))
    assert heights == ["3", "4", "5"]


def test_a_book_that_is_open_is_told_when_typed_cells_would_go_to_other_rows(tmp_path: Path) -> None:
    for days, displaced in (([10, 11, 12, 13], []), ([9, 10, 11, 12], ["T"]), ([11, 12], ["T"])):
        assert renewed(with_notes(tmp_path / "desk.xlsx", TYPED), days).displaced == displaced
