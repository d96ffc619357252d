"""What charts keep of the cells that they draw: through names, over several levels, with missing points; nothing of too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ooxml.packing import changed, read, save
from tests.ooxml.table_books import FLOW_COLUMNS, assert_sound, desk_book, flows, part
from xlsig.grid.contents import ErrorCell
from xlsig.ooxml import open_package, replace_table

CHART = "xl/charts/chart1.xml"
VALUES = "<c:f>Data!$C$2:$C$5</c:f>"


def points(path: Path) -> str:
    """The cache of the chart's values."""
    return part(path, CHART).split("<c:val>")[1].split("</c:numCache>")[0].split("</c:formatCode>")[1]


@pytest.mark.parametrize("reference", ["Data!net_column", "[0]!net_column", "desk.xlsx!net_column", "'My notes'!net_column"])
def test_a_chart_that_draws_a_name_keeps_its_points(tmp_path: Path, reference: str) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    save(path, changed(read(path), CHART, VALUES, f"<c:f>{reference}</c:f>"))
    replace_table(path, "Flows", FLOW_COLUMNS, [[1, "Energy", 7.5], [2, "Energy", 8]])
    assert points(path) == '<c:ptCount val="2"/><c:pt idx="0"><c:v>7.5</c:v></c:pt><c:pt idx="1"><c:v>8</c:v></c:pt>'
    assert f"<c:f>{reference}</c:f>" in part(path, CHART)


def test_a_name_that_moves_moves_the_points(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    save(path, changed(read(path), CHART, VALUES, "<c:f>Data!net_column</c:f>"))
    with open_package(path) as edit:
        edit.set_name("net_column", "Data!$C$2:$C$3")
        edit.set_values({("Data", 1, 2): ErrorCell("#N/A"), ("Data", 2, 2): True})
        edit.save()
    assert points(path) == '<c:ptCount val="2"/><c:pt idx="1"><c:v>1</c:v></c:pt>'


def test_areas_side_by_side_are_drawn_one_after_the_other(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    save(path, changed(read(path), CHART, VALUES, "<c:f>(Data!$C$2,Data!$C$4:$C$5)</c:f>"))
    with open_package(path) as edit:
        edit.set_values({("Data", 4, 2): 44})
        edit.save()
    assert points(path) == (
        '<c:ptCount val="3"/><c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="1"><c:v>3</c:v></c:pt><c:pt idx="2"><c:v>44</c:v></c:pt>'
    )


def test_labels_of_two_levels_follow(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    xml = part(path, CHART)
    old = xml.split("<c:cat>")[1].split("</c:cat>")[0]
    level = '<c:lvl><c:pt idx="0"><c:v>old</c:v></c:pt></c:lvl>'
    cache = f'<c:multiLvlStrCache><c:ptCount val="1"/>{level}{level}</c:multiLvlStrCache>'
    new = f"<c:multiLvlStrRef><c:f>Data!$A$2:$B$5</c:f>{cache}</c:multiLvlStrRef>"
    save(path, changed(read(path), CHART, old, new))
    replace_table(path, "Flows", FLOW_COLUMNS, [[1, "Energy", 7.5], [2, "Utilities", 8]])
    levels = part(path, CHART).split("<c:multiLvlStrCache>")[1].split("</c:multiLvlStrCache>")[0]
    assert levels == (
        '<c:ptCount val="2"/><c:lvl><c:pt idx="0"><c:v>Energy</c:v></c:pt><c:pt idx="1"><c:v>Utilities</c:v></c:pt></c:lvl>'
        '<c:lvl><c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="1"><c:v>2</c:v></c:pt></c:lvl>'
    )
    assert_sound(path)


def test_a_chart_over_too_many_cells_keeps_no_points(tmp_path: Path) -> None:
    path = desk_book(tmp_path / "desk.xlsx")
    replace_table(path, "Flows", FLOW_COLUMNS, flows(33_000))
    assert points(path) == '<c:ptCount val="0"/>'
    assert "Data!$C$2:$C$33001" in part(path, CHART)
    replace_table(path, "Flows", FLOW_COLUMNS, flows(3))
    assert '<c:ptCount val="3"/>' in points(path)
    assert_sound(path)
