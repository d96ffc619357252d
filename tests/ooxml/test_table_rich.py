"""The workbook with everything in it, and the built templates: a table changes, all else stays byte for byte."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from checks.lint import lint
from tests.ooxml.packing import read, save
from tests.ooxml.rich import COLUMNS, FIRST, ROWS, build_rich, rich_rows
from tests.ooxml.sealed import seal
from tests.ooxml.table_books import assert_sound, cell_xml, changed_parts, part
from xlsig.ooxml import open_package, replace_table
from xlsig.workbooks.templates import TEMPLATES

DATA = COLUMNS[:-1]
FIXED = {
    "[Content_Types].xml",
    "xl/_rels/workbook.xml.rels",
    "xl/calcChain.xml",
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/tables/table1.xml",
    "xl/pivotCache/pivotCacheDefinition1.xml",
    "docProps/core.xml",
}
"""The calculation chain with its pointers, the table and its sheet, the sheet whose formulas span the table, and what is over the table."""


@pytest.mark.parametrize("ending", ["xlsx", "xlsm"])
@pytest.mark.parametrize("count", [ROWS + 30, 12, 1, 0])
def test_every_part_outside_the_plan_is_byte_identical(tmp_path: Path, ending: str, count: int) -> None:
    rich = build_rich(tmp_path / f"rich.{ending}")
    after = tmp_path / f"after.{ending}"
    with open_package(rich.path) as edit:
        edit.replace_table(rich.table, DATA, rich_rows(count))
        planned = {name for name, _ in edit.plan}
        assert edit.save(after)
    differing = changed_parts(rich.path, after)
    assert differing == planned
    assert differing - {name for name in differing if name.startswith("xl/charts/")} == FIXED
    assert_sound(after)
    with zipfile.ZipFile(after) as package, zipfile.ZipFile(rich.path) as before:
        assert package.namelist() == [entry for entry in before.namelist() if entry != "xl/calcChain.xml"]
        assert {holder for holder, _ in rich.features.values()} - {"xl/calcChain.xml"} <= set(package.namelist())
    assert not replace_table(after, rich.table, DATA, rich_rows(count))


@pytest.mark.parametrize("ending", ["xlsx", "xlsm"])
def test_ten_mornings_leave_every_part_that_is_not_the_table_s_byte_identical(tmp_path: Path, ending: str) -> None:
    path = build_rich(tmp_path / f"rich.{ending}").path
    sealed = seal(path)
    assert len(sealed) == (7 if ending == "xlsm" else 5)
    before = read(path)
    for morning in range(1, 11):
        with open_package(path) as edit:
            edit.replace_table("Flows", DATA, rich_rows(ROWS + morning * (-1) ** morning))
            assert edit.told[-1] == "the workbook was signed digitally, and its signature holds no longer: sign it again"
            assert edit.save()
    after = read(path)
    differing = {part for part in before if after.get(part) != before[part]}
    assert {part for part in differing if not part.startswith("xl/charts/")} <= FIXED
    assert [part for part in sealed if after[part] != before[part]] == []
    assert set(before) - set(after) == {"xl/calcChain.xml"}
    assert set(after) <= set(before)
    assert lint(path) == []


def test_a_signed_vba_project_is_no_reason_for_a_word(tmp_path: Path) -> None:
    path = build_rich(tmp_path / "rich.xlsm").path
    seal(path)
    parts = read(path)
    pointer = re.compile(rb'<Relationship Id="rIdSigned"[^>]*/>')
    save(path, {part: pointer.sub(b"", content) for part, content in parts.items() if not part.startswith("_xmlsignatures")})
    with open_package(path) as edit:
        edit.replace_table("Flows", DATA, rich_rows(ROWS + 3))
        assert [said for said in edit.told if "sign" in said] == []


def test_the_same_rows_change_nothing(tmp_path: Path) -> None:
    rich = build_rich(tmp_path / "rich.xlsm")
    before = rich.path.read_bytes()
    assert not replace_table(rich.path, rich.table, DATA, rich.rows)
    assert rich.path.read_bytes() == before


def test_what_hangs_on_the_table_follows_it(tmp_path: Path) -> None:
    rich = build_rich(tmp_path / "rich.xlsm")
    replace_table(rich.path, rich.table, DATA, rich_rows(90))
    sheet, last = part(rich.path, "xl/worksheets/sheet1.xml"), FIRST + 90
    for area in (
        f'conditionalFormatting sqref="E5:E{last}"',
        f'sqref="C5:C{last}"',
        f"<xm:sqref>E5:E{last}</xm:sqref>",
        "<xm:sqref>I9</xm:sqref>",
    ):
        assert area in sheet
    assert f'ref="A4:G{last + 1}" totalsRowCount="1"><autoFilter ref="A4:G{last}">' in part(rich.path, "xl/tables/table1.xml")
    assert cell_xml(rich.path, f"E{last + 1}").endswith("<f>SUBTOTAL(109,[net])</f></c>")
    assert f">Data!$E$5:$E${last}<" in part(rich.path, "xl/workbook.xml")
    assert f"<f>SELLOFF_STREAK(Data!$E$5:$E${last})</f>" in part(rich.path, "xl/worksheets/sheet2.xml")
    assert 'refreshOnLoad="1"' in part(rich.path, "xl/pivotCache/pivotCacheDefinition1.xml")
    assert '<c:ptCount val="90"/>' in part(rich.path, "xl/charts/chart1.xml")
    hidden = [
        f'<row r="{FIRST + 1 + at}"' in sheet and 'hidden="1"' in sheet.split(f'<row r="{FIRST + 1 + at}"')[1].split(">")[0]
        for at in range(90)
    ]
    assert hidden == [row[2] in ("Financials", "Utilities") for row in rich_rows(90)]


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_template_takes_shorter_and_longer_data_in_one_pass(tmp_path: Path, templates: dict[str, Path], name: str) -> None:
    path = templates[name]
    with open_package(path) as edit:
        tables = {table.name: table for table in edit.book().tables.values()}
        assert edit.plan == []
    for change in (-3, 2):
        after = tmp_path / f"{change}.xlsx"
        with open_package(path) as edit:
            for table in tables.values():
                rows = list(table.rows)
                rows = rows[:change] if change < 0 and len(rows) > 3 else [*rows, *rows[-change:]] if len(rows) > 200 else rows
                edit.replace_table(table.name, table.columns, rows)
            planned = {part_name for part_name, _ in edit.plan}
            assert edit.save(after)
        assert changed_parts(path, after) <= planned
        assert_sound(after)
