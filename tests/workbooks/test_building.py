"""The built workbooks: the same bytes every time, every formula with its true value, nothing that Calc 7.4 does not know."""

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tasks.steps import COMMAND
from tasks.workbooks import difference
from xlsig.errors import DataError
from xlsig.formulas import Evaluator
from xlsig.functions.catalogue import CATALOGUE
from xlsig.functions.spelling import our_function
from xlsig.grid.book import Formula
from xlsig.grid.contents import ErrorCell
from xlsig.sources.sample import sample
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import TEMPLATES

COMMITTED = Path(__file__).parents[2] / "workbooks"
NAMES = tuple(TEMPLATES)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def built(templates):
    """Where the four templates lie, and the values that were computed for them."""
    for name in NAMES:
        assert templates[name].is_file()
    return templates.folder, templates.values_of


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("name", NAMES)
def test_building_twice_gives_the_same_bytes(name, layouts, built, tmp_path):
    folder, _ = built
    build(TEMPLATES[name](inputs_of(sample())), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == (folder / f"{name}.xlsx").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_workbook_is_what_the_sample_gives(name, built):
    folder, _ = built
    why = difference(folder / f"{name}.xlsx", COMMITTED / f"{name}.xlsx")
    assert not why, f"workbooks/{name}.xlsx is not current: {why}; run {COMMAND}"


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_cell_of_the_file_carries_a_value(name, built):
    folder, _ = built
    count = 0
    for part, content in parts(folder / f"{name}.xlsx").items():
        if part.startswith("xl/worksheets/sheet"):
            for cell in etree.fromstring(content).iter(f"{SHEET}c"):
                if cell.find(f"{SHEET}f") is not None:
                    count += 1
                    assert cell.find(f"{SHEET}v") is not None, (part, cell.get("r"))
    assert count > 10


def read_back(value: Any) -> Any:
    """What calamine gives for a cell: an error is blank, a date a date, a whole number a float."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        days = (value - dt.date(1899, 12, 30)).days
        return float(days if days > 60 else days - 1)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_calamine_reads_back_every_value_that_the_functions_gave(name, layouts, built):
    folder, values = built
    book = CalamineWorkbook.from_path(folder / f"{name}.xlsx")
    rows = {sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in layouts[name].book.sheets}
    compared = 0
    for sheet, row, column, _ in layouts[name].book.formulas():
        answer = values[name].formula(sheet, row, column)
        for down, entries in enumerate(answer if isinstance(answer, list) else [[answer]]):
            for across, entry in enumerate(entries):
                found = read_back(rows[sheet][row + down][column + across])
                expected = "" if isinstance(entry, ErrorCell) or entry == "" else entry
                assert found == expected, (sheet, row + down, column + across)
                compared += 1
    assert compared > 100


def test_a_cell_of_the_dashboard_is_the_python_answer(layouts, built):
    import xlsig

    _, values = built
    flows = inputs_of(sample()).tables["Flows"].rows
    dates, america = [row[0] for row in flows], [row[1] for row in flows]
    layout = layouts["danger"]
    assert values["danger"].value(*layout.place("answer_streak")) == xlsig.selloff_streak(america, dates, "XNYS")
    assert values["danger"].value(*layout.place("answer_flow_z")) == xlsig.flow_zscore(america)
    since = xlsig.fastest_since(dates, america)
    assert values["danger"].value(*layout.place("answer_fastest_since")) == (since - dt.date(1899, 12, 30)).days


def test_the_templates_use_nothing_that_calc_7_4_does_not_know(layouts):
    unknown = re.compile(r"\b(XLOOKUP|FILTER|LET|LAMBDA|UNIQUE|SORT|SEQUENCE|TAKE|ANCHORARRAY)\(|[A-Z]\d+#")
    texts = [formula.text for layout in layouts.values() for *_, formula in layout.book.formulas()]
    assert [text for text in texts if unknown.search(text)] == []


def test_no_defined_name_is_a_function_s_name(layouts):
    for layout in layouts.values():
        assert {name.upper() for name in layout.book.names} & set(CATALOGUE) == set()


def test_every_function_is_shown_on_the_sheet_it_names(layouts):
    shown: dict[str, set[str]] = {}
    for name, layout in layouts.items():
        for sheet, _, _, formula in layout.book.formulas():
            for called in re.findall(r"([A-Z][A-Z0-9_]*)\(", formula.text):
                if found := our_function(called):
                    shown.setdefault(found, set()).add(f"{name}/{sheet}")
    assert {name: function.sheet for name, function in CATALOGUE.items() if function.sheet not in shown.get(name, set())} == {}


@pytest.mark.parametrize(
    ("setting", "value", "state"),
    [("z_limit", -9, "FLOW ONLY"), ("streak_limit", 6, "BOTH"), ("window", 2000, "NO DATA"), ("max_lag", 3, "BOTH")],
)
def test_a_changed_setting_changes_the_verdict(setting, value, state):
    layout = TEMPLATES["danger"](inputs_of(sample()))
    sheet, row, column = layout.place(setting)
    layout.book.sheets[sheet][row, column] = value
    values = Evaluator(layout.book)
    assert values.value(*layout.place("answer_state")) == state
    assert state in values.value(*layout.place("note_text"))


def test_office_js_formulas_are_stored_as_excel_saves_custom_functions(layouts, tmp_path):
    build(layouts["sectors"], tmp_path / "office.xlsx", "officejs")
    sheets = b"".join(content for part, content in parts(tmp_path / "office.xlsx").items() if part.startswith("xl/worksheets/"))
    assert re.findall(rb"<f[^>]*>(?:[^<]*[^_A-Z.])?SECTOR_BREAKDOWN\(", sheets) == []
    assert b"_xldudf_SECTOR_BREAKDOWN(" in sheets
    for cell in re.findall(rb"<c [^>]*>(?=<f[^>]*>_xldudf_)", sheets):
        assert b'cm="1"' in cell


def test_calc_formulas_name_the_service(layouts, tmp_path):
    build(layouts["sectors"], tmp_path / "calc.xlsx", "calc")
    assert b"XLSIG.SECTOR_BREAKDOWN(" in parts(tmp_path / "calc.xlsx")["xl/worksheets/sheet1.xml"]


def test_a_copy_of_values_has_no_formula_and_the_same_numbers(layouts, built, tmp_path):
    folder, _ = built
    build(layouts["regions"], tmp_path / "values.xlsx", "values")
    with_formulas = load_workbook(folder / "regions.xlsx", data_only=True)["Regions"]
    copied = load_workbook(tmp_path / "values.xlsx")["Regions"]
    assert [[cell.value for cell in row] for row in copied] == [[cell.value for cell in row] for row in with_formulas]


def test_tables_carry_the_frames(layouts, built):
    folder, _ = built
    book = load_workbook(folder / "danger.xlsx")
    tables = {table: sheet.tables[table].ref for sheet in book for table in sheet.tables}
    assert set(tables) >= {"Flows", "Spreads", "Prices", "Squeeze", "Week", "Pairs", "Futures", "SectorWeek", "SectorHistory"}
    assert tables["Flows"] == "A3:G1263"


def test_an_answer_too_large_for_its_place_leaves_no_file(layouts, tmp_path):
    layout = TEMPLATES["sectors"](inputs_of(sample()))
    for (row, column), content in layout.book.sheets["Sectors"].items():
        if isinstance(content, Formula) and content.spill == (14, 8):
            layout.book.sheets["Sectors"][row, column] = Formula(content.text, (3, 8))
            break
    with pytest.raises(DataError, match="14 × 8"):
        build(layout, tmp_path / "sectors.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_text_from_the_data_never_becomes_a_formula_or_a_link(tmp_path):
    layout = TEMPLATES["sectors"](inputs_of(sample()))
    for at, text in enumerate(("=1+1", "+1", "@SUM(A1)", '=HYPERLINK("http://x")', "https://example.com", "1.5")):
        layout.put_at("Sectors", 60 + at, 0, text, "text")
    build(layout, tmp_path / "sectors.xlsx")
    sheet = load_workbook(tmp_path / "sectors.xlsx")["Sectors"]
    for at in range(6):
        cell = sheet.cell(61 + at, 1)
        assert cell.data_type == "s"
        assert cell.hyperlink is None
