"""Values of single cells, blocks that spill, names and formulas: set and read, with the formulas themselves untouched."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.ooxml.packing import MAIN, OFFICE, SHEET, changed, read, save
from tests.ooxml.table_books import COLUMNS, DATA, FLOW_COLUMNS, ROWS, assert_sound, cell_xml, desk_book, flows, hand_made, part
from xlsig.formulas import Evaluator
from xlsig.functions.spelling import typed
from xlsig.grid.addresses import Box
from xlsig.grid.book import Formula
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml import PackageRefusal, open_package

DYNAMIC = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
FORMULAS = ROWS + (
    '<row r="4"><c r="D4" s="0" t="e" vm="1"><f>SUM(T[net])</f><v>#SPILL!</v></c><c r="E4"><f ca="1">D4&amp;"x"</f><v>1</v></c>'
    '<c r="F4" t="s"><v>0</v></c></row>'
)


def spilling(path: Path, *, below: str = "", meta: str = ' cm="1"', tail: str = "") -> Path:
    """A formula in D2 that spills over D2:E4, its old answer 1 to 6; `below` are rows from 5 on."""
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>day</t></is></c><c r="B1" t="inlineStr"><is><t>net</t></is></c></row>'
        f'<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="D2"{meta}><f t="array" ref="D2:E4">TOP(T[net])</f><v>1</v></c>'
        '<c r="E2"><v>2</v></c></row>'
        '<row r="3"><c r="A3"><v>1</v></c><c r="B3"><v>2</v></c><c r="D3"><v>3</v></c><c r="E3"><v>4</v></c></row>'
        f'<row r="4"><c r="D4"><v>5</v></c><c r="E4"><v>6</v></c></row>{below}'
    )
    path = hand_made(path, rows, tail=tail)
    if not meta:
        return path
    parts = read(path)
    parts["xl/metadata.xml"] = (
        f'<metadata xmlns="{MAIN}" xmlns:xda="{DYNAMIC}"><metadataTypes count="1">'
        '<metadataType name="XLDAPR" minSupportedVersion="120000" cellMeta="1"/></metadataTypes>'
        '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
        '<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
        '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
    ).encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
    parts = changed(parts, "[Content_Types].xml", "</Types>", f'<Override PartName="/xl/metadata.xml" ContentType="{kind}"/></Types>')
    pointer = f'<Relationship Id="rIdM" Type="{OFFICE}/sheetMetadata" Target="metadata.xml"/></Relationships>'
    return save(path, changed(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", pointer))


def spilled(path: Path, block: Any, **options: Any) -> dict[tuple[int, int], Any]:
    """The values right of the table once the answer in D2 is `block`."""
    made = spilling(path, **options)
    with open_package(made) as edit:
        edit.set_spills({("Desk", 1, 3): block})
        edit.save()
    assert_sound(made)
    with open_package(made) as edit:
        return {key: value for key, value in edit.values("Desk").items() if key[1] >= 3}


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (2.5, '<c r="D4" s="0"><f>SUM(T[net])</f><v>2.5</v></c>'),
        (7, '<c r="D4" s="0"><f>SUM(T[net])</f><v>7</v></c>'),
        (True, '<c r="D4" s="0" t="b"><f>SUM(T[net])</f><v>1</v></c>'),
        ("a<b", '<c r="D4" s="0" t="str"><f>SUM(T[net])</f><v>a&lt;b</v></c>'),
        ("", '<c r="D4" s="0" t="str"><f>SUM(T[net])</f><v></v></c>'),
        (ErrorCell("#N/A"), '<c r="D4" s="0" t="e"><f>SUM(T[net])</f><v>#N/A</v></c>'),
        (dt.date(2025, 1, 3), '<c r="D4" s="0"><f>SUM(T[net])</f><v>45660</v></c>'),
        (None, '<c r="D4" s="0"><f>SUM(T[net])</f></c>'),
    ],
)
def test_a_formula_takes_a_value_of_any_kind(tmp_path: Path, value: Any, stored: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx", FORMULAS)
    with open_package(path) as edit:
        edit.set_values({("Desk", 3, 3): value})
        assert edit.save()
    assert cell_xml(path, "D4") == stored


def test_constants_new_cells_and_formulas_change_in_one_pass(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", FORMULAS)
    with open_package(path) as edit:
        edit.set_values({("desk", 3, 5): "new", ("Desk", 3, 4): "x", ("Desk", 0, 6): 4.5, ("Desk", 9, 0): "=1+1", ("Desk", 8, 8): None})
        edit.save()
    assert cell_xml(path, "F4") == '<c r="F4" t="inlineStr"><is><t>new</t></is></c>'
    assert cell_xml(path, "E4") == '<c r="E4" t="str"><f ca="1">D4&amp;"x"</f><v>x</v></c>'
    assert cell_xml(path, "G1") == '<c r="G1"><v>4.5</v></c>'
    assert cell_xml(path, "A10") == '<c r="A10" t="inlineStr"><is><t>=1+1</t></is></c>'
    assert "I9" not in part(path, SHEET)
    assert '<dimension ref="A1:G10"/>' in part(path, SHEET)


def test_values_that_stand_there_already_change_nothing(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", FORMULAS)
    before = path.read_bytes()
    with open_package(path) as edit:
        edit.set_values({("Desk", 1, 0): 45660, ("Desk", 3, 3): ErrorCell("#SPILL!"), ("Desk", 3, 4): 1.0, ("Desk", 3, 5): "net flow"})
        assert edit.plan == []
        assert not edit.save()
    assert path.read_bytes() == before


def test_taking_a_value_away_is_a_change(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", FORMULAS)
    with open_package(path) as edit:
        edit.set_values({("Desk", 3, 4): None})
        assert edit.save()
    assert cell_xml(path, "E4") == '<c r="E4"><f ca="1">D4&amp;"x"</f></c>'


@pytest.mark.parametrize("where", [("Desk", -1, 0), ("Desk", 1_048_576, 0), ("Desk", 0, 16_384), ("Nowhere", 0, 0)])
def test_a_cell_that_is_not_there_is_refused(tmp_path: Path, where: tuple[str, int, int]) -> None:
    with open_package(hand_made(tmp_path / "desk.xlsx")) as edit, pytest.raises(PackageRefusal):
        edit.set_values({where: 1})


def test_a_value_that_fits_no_cell_is_refused_naming_the_cell(tmp_path: Path) -> None:
    with open_package(hand_made(tmp_path / "desk.xlsx")) as edit, pytest.raises(PackageRefusal, match="Desk!C4: an infinite number"):
        edit.set_values({("Desk", 3, 2): float("inf")})


def test_an_answer_grows_down_and_right(tmp_path: Path) -> None:
    path = tmp_path / "desk.xlsx"
    block = [[row * 10 + column for column in range(3)] for row in range(5)]
    assert spilled(path, block) == {(1 + row, 3 + column): row * 10 + column for row in range(5) for column in range(3)}
    assert '<f t="array" ref="D2:F6">TOP(T[net])</f><v>0</v>' in part(path, SHEET)
    assert '<c r="D2" cm="1">' in part(path, SHEET)
    assert '<dimension ref="A1:F6"/>' in part(path, SHEET)


def test_an_answer_shrinks_and_nothing_is_left_over(tmp_path: Path) -> None:
    path = tmp_path / "desk.xlsx"
    assert spilled(path, [["one"]]) == {(1, 3): "one"}
    assert cell_xml(path, "E4") == '<c r="E4"/>'
    assert 'ref="D2"' in part(path, SHEET)


def test_an_answer_that_is_a_single_error_has_no_neighbours(tmp_path: Path) -> None:
    assert spilled(tmp_path / "desk.xlsx", ErrorCell("#N/A")) == {(1, 3): ErrorCell("#N/A")}


def test_an_array_formula_of_the_old_kind_keeps_its_size(tmp_path: Path) -> None:
    found = spilled(tmp_path / "desk.xlsx", [[7, 8], [9, 10]], meta="")
    assert found == {(1, 3): 7, (1, 4): 8, (2, 3): 9, (2, 4): 10, (3, 3): ErrorCell("#N/A"), (3, 4): ErrorCell("#N/A")}


@pytest.mark.parametrize(
    ("options", "block", "said"),
    [
        (
            {"below": '<row r="5"><c r="E5"><v>1</v></c></row>'},
            [[1, 2]] * 4,
            "Desk!E5 is not empty, and the answer of Desk!D2 would spill over it",
        ),
        ({"below": '<row r="6"><c r="D6"><f>1</f></c></row>'}, [[1, 2]] * 5, "Desk!D6 is not empty"),
        ({"tail": '<mergeCells count="1"><mergeCell ref="D5:D6"/></mergeCells>'}, [[1, 2]] * 4, "Desk!D5 is a merged cell"),
    ],
)
def test_an_answer_does_not_grow_over_a_persons_cells(tmp_path: Path, options: dict[str, str], block: Any, said: str) -> None:
    path = spilling(tmp_path / "desk.xlsx", **options)
    before = path.read_bytes()
    with open_package(path) as edit:
        with pytest.raises(PackageRefusal, match=said.replace("(", r"\(")):
            edit.set_spills({("Desk", 1, 3): block})
        assert not edit.save()
    assert path.read_bytes() == before


def test_an_answer_may_be_set_again_but_not_over_a_value_that_was_set(tmp_path: Path) -> None:
    path = spilling(tmp_path / "desk.xlsx")
    with open_package(path) as edit:
        edit.set_spills({("Desk", 1, 3): [[1, 2]] * 6})
        edit.set_spills({("Desk", 1, 3): [[7], [8]]})
        edit.set_values({("Desk", 4, 3): "mine"})
        with pytest.raises(PackageRefusal, match="Desk!D5 is not empty"):
            edit.set_spills({("Desk", 1, 3): [[1], [2], [3], [4]]})
        edit.set_spills({("Desk", 1, 3): [[7, 9], [8, 10]]})
        edit.save()
    with open_package(path) as edit:
        found = {key: value for key, value in edit.values("Desk").items() if key[1] >= 3}
    assert found == {(1, 3): 7, (1, 4): 9, (2, 3): 8, (2, 4): 10, (4, 3): "mine"}
    assert_sound(path)


def test_a_cell_that_does_not_spill_is_refused(tmp_path: Path) -> None:
    with open_package(hand_made(tmp_path / "desk.xlsx", FORMULAS)) as edit:
        for row, column in ((3, 3), (0, 0), (99, 0)):
            with pytest.raises(PackageRefusal, match="holds no formula that spills"):
                edit.set_spills({("Desk", row, column): [[1]]})


def test_names_move_and_are_defined(tmp_path: Path) -> None:
    path = hand_made(
        tmp_path / "desk.xlsx",
        names='<definedName name="spill">Desk!$D$2:$E$4</definedName><definedName name="own" localSheetId="0">1</definedName>',
    )
    with open_package(path) as edit:
        edit.set_name("Spill", "=Desk!$D$2:$E$9")
        edit.set_name("Desk!own", "2")
        edit.set_name("fresh", "Desk!$A$1")
        assert edit.names == {"spill": "Desk!$D$2:$E$9", "Desk!own": "2", "fresh": "Desk!$A$1"}
        assert edit.save()
    with open_package(path) as edit:
        assert edit.names == {"spill": "Desk!$D$2:$E$9", "Desk!own": "2", "fresh": "Desk!$A$1"}
        edit.set_name("spill", "Desk!$D$2:$E$9")
        assert not edit.save()
        with pytest.raises(PackageRefusal, match="cannot be a defined name"):
            edit.set_name("1st", "1")
    assert_sound(path)


def test_formulas_are_read_in_full_wherever_they_are_stored(tmp_path: Path) -> None:
    rows = ROWS.replace("</row>", '<c r="D1"><f t="shared" ref="D1:D3" si="0">SUM(A1,$A$1)</f><v>1</v></c></row>', 1)
    rows = rows.replace("<v>1.5</v></c></row>", '<v>1.5</v></c><c r="D2"><f t="shared" si="0"/><v>1</v></c></row>')
    rows = rows.replace(
        "<v>-2</v></c></row>", '<v>-2</v></c><c r="D3" t="str"><f>_xldudf_DANGER_STATE(-3,-3,5)&amp;"&lt;"</f><v>x</v></c></row>'
    )
    with open_package(hand_made(tmp_path / "desk.xlsx", rows), spelling=typed) as edit:
        assert list(edit.formulas()) == [
            ("Desk", 0, 3, "=SUM(A1,$A$1)", None),
            ("Desk", 1, 3, "=SUM(A2,$A$1)", None),
            ("Desk", 2, 3, '=DANGER_STATE(-3,-3,5)&"<"', None),
        ]
    with open_package(spilling(tmp_path / "spill.xlsx")) as edit:
        assert list(edit.formulas()) == [("Desk", 1, 3, "=TOP(T[net])", "D2:E4")]


def test_a_book_follows_the_edits_so_that_values_can_be_computed_from_it(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        book = edit.book()
        assert book.tables["Flows"].rows[8] == (45668, "Utilities", 2.25, Formula("=Flows[[#This Row],[net]]*2"))
        assert book.content("My notes", 0, 0) == Formula("=SUM(Data!$C$2:$C$10)")
        assert book.names["net_column"] == "Data!$C$2:$C$10"
        answers = Evaluator(book)
        values = {(sheet, row, column): answers.value(sheet, row, column) for sheet, row, column, _ in book.formulas()}
        edit.set_values(values)
        edit.save()
    assert cell_xml(path, "D10") == '<c r="D10"><f>Flows[[#This Row],[net]]*2</f><v>4.5</v></c>'
    assert cell_xml(path, "A1", "xl/worksheets/sheet2.xml") == '<c r="A1"><f>SUM(Data!$C$2:$C$10)</f><v>11.25</v></c>'
    assert_sound(path)
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        edit.set_values(values)
        assert not edit.save()


def test_a_book_leaves_out_what_spilled_and_says_how_far_it_may_grow(tmp_path: Path) -> None:
    with open_package(spilling(tmp_path / "desk.xlsx", below='<row r="8"><c r="E8"><v>1</v></c></row>')) as edit:
        cells = edit.read("Desk", growth=(64, 2))
        assert cells[1, 3] == Formula("=TOP(T[net])", (6, 4), taken=Box(1, 3, 3, 4))
        assert {key for key in cells if key[1] >= 3} == {(1, 3), (7, 4)}


def test_a_chart_over_set_values_and_spills_keeps_their_points(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    with open_package(path) as edit:
        edit.set_values({("Data", 2, 2): 99.5, ("Data", 3, 2): ErrorCell("#N/A")})
        assert ("xl/charts/chart1.xml", "it draws cells that change") in edit.plan
        edit.save()
    chart = part(path, "xl/charts/chart1.xml")
    assert '<c:pt idx="1"><c:v>99.5</c:v></c:pt><c:pt idx="3"><c:v>4</c:v></c:pt>' in chart


def test_a_table_is_given_its_rows_once(tmp_path: Path) -> None:
    with open_package(hand_made(tmp_path / "desk.xlsx")) as edit:
        edit.replace_table("T", COLUMNS, DATA)
        with pytest.raises(ValueError, match="rows already"):
            edit.replace_table("T", COLUMNS, DATA)
