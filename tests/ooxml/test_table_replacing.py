"""A table's rows are replaced: in place, larger, smaller, and what belongs to it follows."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.ooxml.table_books import (
    COLUMNS,
    DATA,
    FLOW_COLUMNS,
    ROWS,
    assert_sound,
    cell_xml,
    cells,
    changed_parts,
    desk_book,
    flows,
    hand_made,
    part,
)
from xlsig.grid.book import Formula
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml import open_package, replace_table

CHART, NOTES, WORKBOOK = "xl/charts/chart1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"


@pytest.mark.parametrize("count", [1, 3, 4, 5, 40, 2000])
def test_the_table_holds_the_new_rows_and_the_file_is_sound(tmp_path: Path, count: int) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    assert replace_table(path, "Flows", FLOW_COLUMNS, flows(count))
    read = cells(path, "Data")
    assert read[0] == ["date", "sector", "net", "double"]
    assert [row[1:3] for row in read[1:]] == [row[1:] for row in flows(count)]
    assert f'ref="A1:D{count + 1}"' in part(path, "xl/tables/table1.xml")
    assert_sound(path)


def test_only_the_parts_of_the_plan_change(tmp_path: Path) -> None:
    path, after = desk_book(tmp_path / "desk.xlsx"), tmp_path / "after.xlsx"
    replace_table(path, "Flows", FLOW_COLUMNS, flows(9), after)
    expected = {"xl/worksheets/sheet1.xml", NOTES, "xl/tables/table1.xml", WORKBOOK, CHART, "docProps/core.xml"}
    assert changed_parts(path, after) == expected
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(9))
        assert {name for name, _ in edit.plan} == expected


def test_same_sized_data_leave_the_table_the_names_and_the_notes_alone(tmp_path: Path) -> None:
    path, after = desk_book(tmp_path / "desk.xlsx"), tmp_path / "after.xlsx"
    replace_table(path, "Flows", FLOW_COLUMNS, flows(4), after)
    assert changed_parts(path, after) == {"xl/worksheets/sheet1.xml", CHART, "docProps/core.xml"}


def test_untouched_entries_keep_their_packed_bytes(tmp_path: Path) -> None:
    path, after = desk_book(tmp_path / "desk.xlsx"), tmp_path / "after.xlsx"
    replace_table(path, "Flows", FLOW_COLUMNS, flows(9), after)
    packed = []
    for file in (path, after):
        with zipfile.ZipFile(file) as package:
            info = package.getinfo("xl/styles.xml")
            content = file.read_bytes()
            start = info.header_offset + 30 + len("xl/styles.xml") + int.from_bytes(content[info.header_offset + 28 :][:2], "little")
            packed.append(content[start : start + info.compress_size])
    assert packed[0] == packed[1]


def test_a_second_identical_replacement_does_not_touch_the_file(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    assert replace_table(path, "Flows", FLOW_COLUMNS, flows(9))
    before, stamp = path.read_bytes(), path.stat()
    assert not replace_table(path, "Flows", FLOW_COLUMNS, flows(9))
    assert path.read_bytes() == before
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (stamp.st_mtime_ns, stamp.st_ino)


def test_rows_that_excel_stored_otherwise_are_still_the_same_rows(tmp_path: Path) -> None:
    """Shared strings, other spellings of a number, cells of a calculated column that share a formula."""
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>net</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>twice</t></is></c></row>'
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>1.50E0</v></c>'
        '<c r="C2"><f t="shared" ref="C2:C3" si="0">B2*2</f><v>3</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>a &amp; b</v></c><c r="B3"><v>-2.0</v></c><c r="C3"><f t="shared" si="0"/><v>-4</v></c></row>'
    )
    columns = '<tableColumn id="1" name="net flow"/><tableColumn id="2" name="net"/><tableColumn id="3" name="twice"/>'
    table = f'ref="A1:C3"><tableColumns count="3">{columns}</tableColumns>'
    path = hand_made(tmp_path / "desk.xlsx", rows, table=table)
    before = path.read_bytes()
    assert not replace_table(path, "T", ("net flow", "net"), [["net flow", 1.5], ["a & b", -2]])
    assert path.read_bytes() == before
    assert replace_table(path, "T", ("net flow", "net"), [["net flow", 1.5], ["a & b", -2], ["c", 3]])
    assert "<f>B4*2</f>" in cell_xml(path, "C4")


def test_calculated_columns_keep_their_formulas_and_take_values_that_the_data_bring(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    replace_table(path, "Flows", (*FLOW_COLUMNS, "double"), [[*row, row[2] * 2] for row in flows(9)])
    assert cell_xml(path, "D10") == '<c r="D10"><f>Flows[[#This Row],[net]]*2</f><v>4.5</v></c>'
    replace_table(path, "Flows", FLOW_COLUMNS, flows(8))
    assert cell_xml(path, "D9") == '<c r="D9"><f>Flows[[#This Row],[net]]*2</f></c>'


def test_new_rows_look_like_the_first(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    style = cell_xml(path, "A2").split('s="')[1].split('"')[0]
    replace_table(path, "Flows", FLOW_COLUMNS, flows(9))
    assert f'<c r="A10" s="{style}"><v>45668</v></c>' in cell_xml(path, "A10")


def test_what_spans_the_table_follows_it(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    replace_table(path, "Flows", FLOW_COLUMNS, flows(9))
    sheet, chart, workbook = part(path, "xl/worksheets/sheet1.xml"), part(path, CHART), part(path, WORKBOOK)
    assert 'conditionalFormatting sqref="C2:C10"' in sheet
    assert 'sqref="B2:B10"' in sheet
    assert '<dimension ref="A1:D10"/>' in sheet
    assert "Data!$A$2:$A$10" in chart
    assert "Data!$C$2:$C$10" in chart
    assert '<definedName name="net_column">Data!$C$2:$C$10<' in workbook
    assert '<definedName name="first_net">Data!$C$2<' in workbook
    assert "<f>SUM(Data!$C$2:$C$10)</f>" in part(path, NOTES)
    with open_package(path) as edit:
        assert edit.names["net_column"] == "Data!$C$2:$C$10"


def test_a_chart_keeps_the_points_of_the_cells(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    replace_table(path, "Flows", FLOW_COLUMNS, [[45700, "Energy", 1.25], [45701, "Energy", None], [45702, "Energy", -3]])
    chart = part(path, CHART)
    points = '<c:ptCount val="3"/><c:pt idx="0"><c:v>1.25</c:v></c:pt><c:pt idx="2"><c:v>-3</c:v></c:pt></c:numCache>'
    assert chart.count(points) == 1
    assert_sound(path)


def test_shrinking_clears_what_is_left_and_keeps_what_stands_below(tmp_path: Path) -> None:
    rows = ROWS + '<row r="9"><c r="A9"><v>7</v></c></row>'
    path = hand_made(tmp_path / "desk.xlsx", rows)
    replace_table(path, "T", COLUMNS, DATA[:1])
    assert cells(path, "Desk") == [["day", "net"], [45660.0, 1.5], *[["", ""]] * 6, [7.0, ""]]
    assert '<dimension ref="A1:B9"/>' in part(path, "xl/worksheets/sheet1.xml")


def test_an_empty_table_keeps_one_blank_row(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    replace_table(path, "Flows", FLOW_COLUMNS, [])
    assert 'ref="A1:D2"' in part(path, "xl/tables/table1.xml")
    with open_package(path) as edit:
        assert {row for row, _ in edit.values("Data")} == {0}
        assert edit.read("Data")[1, 3] == Formula("=Flows[[#This Row],[net]]*2")
    assert_sound(path)
    replace_table(path, "Flows", FLOW_COLUMNS, flows(3))
    assert "Data!$C$2:$C$4" in part(path, CHART)


def test_a_totals_row_moves_with_its_table(tmp_path: Path) -> None:
    rows = ROWS + '<row r="4"><c r="A4" t="inlineStr"><is><t>Total</t></is></c><c r="B4"><f>SUBTOTAL(109,[net])</f><v>-0.5</v></c></row>'
    rows += '<row r="6"><c r="D6"><f>B4*2</f><v>-1</v></c></row>'
    columns = '<tableColumn id="1" name="day" totalsRowLabel="Total"/><tableColumn id="2" name="net" totalsRowFunction="sum"/>'
    table = f'ref="A1:B4" totalsRowCount="1"><autoFilter ref="A1:B3"/><tableColumns count="2">{columns}</tableColumns>'
    path = hand_made(tmp_path / "desk.xlsx", rows, table=table)
    replace_table(path, "T", COLUMNS, [*DATA, *DATA, *DATA])
    assert cell_xml(path, "B8") == '<c r="B8"><f>SUBTOTAL(109,[net])</f></c>'
    assert cell_xml(path, "A8") == '<c r="A8" t="inlineStr"><is><t>Total</t></is></c>'
    assert "<f>B8*2</f>" in cell_xml(path, "D6")
    assert 'ref="A1:B8" totalsRowCount="1"><autoFilter ref="A1:B7"/>' in part(path, "xl/tables/table1.xml")
    assert_sound(path)
    replace_table(path, "T", COLUMNS, DATA[:1])
    assert cell_xml(path, "B3") == '<c r="B3"><f>SUBTOTAL(109,[net])</f></c>'
    assert cell_xml(path, "B4") == ""
    assert "<f>B3*2</f>" in cell_xml(path, "D6")
    assert_sound(path)


def test_a_filter_is_applied_to_the_new_rows(tmp_path: Path) -> None:
    rows = ROWS.replace('<row r="3">', '<row r="3" hidden="1">')
    condition = '<filterColumn colId="1"><customFilters><customFilter operator="greaterThan" val="0"/></customFilters></filterColumn>'
    columns = '<tableColumn id="1" name="day"/><tableColumn id="2" name="net"/>'
    table = f'ref="A1:B3"><autoFilter ref="A1:B3">{condition}</autoFilter><tableColumns count="2">{columns}</tableColumns>'
    path = hand_made(tmp_path / "desk.xlsx", rows, table=table)
    replace_table(path, "T", COLUMNS, [[1, -1.0], [2, 5.0], [3, -4.0]])
    sheet = part(path, "xl/worksheets/sheet1.xml")
    assert ['hidden="1"' in sheet.split(f'<row r="{row}"')[1].split(">")[0] for row in (2, 3, 4)] == [True, False, True]
    assert_sound(path)


def test_a_filter_that_only_excel_can_apply_is_taken_off_and_its_rows_are_shown(tmp_path: Path) -> None:
    rows = ROWS.replace('<row r="3">', '<row r="3" hidden="1">')
    condition = '<filterColumn colId="1"><top10 val="1" filterVal="1"/></filterColumn>'
    columns = '<tableColumn id="1" name="day"/><tableColumn id="2" name="net"/>'
    table = f'ref="A1:B3"><autoFilter ref="A1:B3">{condition}</autoFilter><tableColumns count="2">{columns}</tableColumns>'
    path = hand_made(tmp_path / "desk.xlsx", rows, table=table)
    replace_table(path, "T", COLUMNS, [[1, -1.0], [2, 5.0]])
    assert "hidden" not in part(path, "xl/worksheets/sheet1.xml")
    assert "filterColumn" not in part(path, "xl/tables/table1.xml")
    assert_sound(path)


def test_rows_hidden_by_hand_stay_hidden(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx", ROWS.replace('<row r="3">', '<row r="3" hidden="1">'))
    replace_table(path, "T", COLUMNS, [[1, 2.0], [3, 4.0]])
    assert '<row r="3" hidden="1">' in part(path, "xl/worksheets/sheet1.xml")


def test_every_kind_of_value_arrives(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    values = [
        [dt.date(2025, 1, 3), True],
        [dt.datetime(2025, 1, 3, 12), ErrorCell("#N/A")],
        [np.datetime64("2025-01-03"), np.float64(2.5)],
        [pd.Timestamp("2025-01-03"), pd.NA],
        [np.int64(7), float("nan")],
        [pd.NaT, ""],
        [" two  blanks ", "line\nbreak"],
    ]
    replace_table(path, "T", COLUMNS, values)
    with open_package(path) as edit:
        found = edit.values("Desk")
    assert [found.get((row, 0)) for row in range(1, 8)] == [45660, 45660.5, 45660, 45660, 7, None, " two  blanks "]
    assert [found.get((row, 1)) for row in range(1, 8)] == [True, ErrorCell("#N/A"), 2.5, None, None, None, "line\nbreak"]
    assert_sound(path)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://e","x")',
        "=1+1",
        "+1",
        "-2+3",
        "@SUM(1)",
        "http://e.x/",
        "\t=1",
        "_x0041_",
        "a<b>&\"'",
        "\x07\r\n",
        "🙂",
        "'quoted",
    ],
)
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    path = hand_made(tmp_path / "desk.xlsx")
    replace_table(path, "T", COLUMNS, [[text, 1.0]])
    with open_package(path) as edit:
        assert edit.values("Desk")[1, 0] == text
        assert list(edit.formulas()) == []
    assert cells(path, "Desk")[1][0].replace("_x000D_", "\r").replace("_x0007_", "\x07").replace("_x005F_", "_") == text
    assert_sound(path)


def test_the_time_and_the_author_of_the_change_are_noted(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(2))
        edit.save(modified=dt.datetime(2025, 1, 6, 7, tzinfo=dt.UTC))
    core = part(path, "docProps/core.xml")
    assert "2025-01-06T07:00:00Z</dcterms:modified>" in core
    assert "<cp:lastModifiedBy>xlsig</cp:lastModifiedBy>" in core


@pytest.mark.parametrize(("mode", "asks"), [("live", True), ("snapshot", False)])
def test_live_files_ask_for_calculation_and_snapshots_do_not(tmp_path: Path, mode: str, asks: bool) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    with open_package(path) as edit:
        edit.replace_table("Flows", FLOW_COLUMNS, flows(2))
        edit.mode = mode
        edit.save()
    assert ('fullCalcOnLoad="1"' in part(path, WORKBOOK)) is asks
    assert_sound(path)
