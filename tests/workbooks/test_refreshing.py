"""The morning refresh: the data and what follows from it are new, everything else is the person's and stays."""

import dataclasses
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from checks.lint import lint
from tests.ooxml.validator import sdk_errors
from tests.workbooks.mornings import build_edited, differences, picture, until, values_of
from xlsig.ooxml import PackageRefusal
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.refreshing import refresh_workbook, refresh_workbooks
from xlsig.workbooks.templates import TEMPLATES

NAMES = tuple(TEMPLATES)


@pytest.fixture(scope="module")
def mornings():
    return inputs_of(until("2024-12-31")), inputs_of(until("2025-01-03"))


@pytest.fixture(scope="module")
def files(mornings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mornings")
    for name in NAMES:
        for when, inputs in zip(("before", "after"), mornings, strict=True):
            build(TEMPLATES[name](inputs), folder / f"{name}-{when}.xlsx")
    return folder


@pytest.fixture
def book(files, tmp_path):
    def copy(name, when="before"):
        return shutil.copy(files / f"{name}-{when}.xlsx", tmp_path / f"{name}.xlsx")

    return copy


@pytest.fixture(scope="module")
def refreshed(files, mornings, tmp_path_factory):
    """The workbooks of the day before with the new data, and what each refresh told. Copy one before you change it."""
    folder = tmp_path_factory.mktemp("refreshed")
    paths = {name: Path(shutil.copy(files / f"{name}-before.xlsx", folder / f"{name}.xlsx")) for name in NAMES}
    return {name: (path, refresh_workbook(path, mornings[1])) for name, path in paths.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_refreshed_workbook_shows_what_a_new_one_shows(name, refreshed, files):
    path, done = refreshed[name]
    assert done.changed
    assert done.uncomputed == ()
    assert differences(values_of(path), values_of(files / f"{name}-after.xlsx")) == []
    assert lint(path) == []
    assert sdk_errors(path) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_refresh_back_to_the_day_before_shrinks_everything_again(name, book, files, mornings):
    path = book(name, "after")
    refresh_workbook(path, mornings[0], allow_older=True)
    assert differences(values_of(path), values_of(files / f"{name}-before.xlsx")) == []
    assert sdk_errors(path) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_same_data_twice_leaves_the_file_alone(name, refreshed, mornings, tmp_path):
    path = Path(shutil.copy(refreshed[name][0], tmp_path))
    content, changed_at = path.read_bytes(), path.stat().st_mtime_ns
    again = refresh_workbook(path, mornings[1])
    assert not again.changed
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, changed_at)


@pytest.mark.parametrize("name", NAMES)
def test_parts_that_are_not_in_the_plan_stay_byte_for_byte(name, refreshed, files):
    path, done = refreshed[name]
    planned = {part for part, _ in done.plan}
    with zipfile.ZipFile(files / f"{name}-before.xlsx") as before, zipfile.ZipFile(path) as after:
        assert set(before.namelist()) == set(after.namelist())
        changed = {part for part in before.namelist() if before.read(part) != after.read(part)}
    assert changed <= planned | {"xl/workbook.xml"}
    assert changed != set()


def test_the_news_is_told_in_the_desk_s_words(refreshed):
    _, done = refreshed["danger"]
    assert "as of 31 December 2024 → 3 January 2025" in done.news
    assert "state NONE → BOTH" in done.news
    assert "streak 3 → 5" in done.news
    assert any(phrase.startswith("top seller") for phrase in done.news)
    assert any(phrase.startswith("spread z") for phrase in done.news)


def test_a_dry_run_prints_the_plan_and_writes_nothing(book, mornings, tmp_path):
    path = book("sectors")
    content = path.read_bytes()
    done = refresh_workbook(path, mornings[1], dry_run=True)
    assert done.changed
    assert ("xl/tables/table2.xml", "the table SectorHistory has 251 rows") in done.plan
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["sectors.xlsx"]


def asks_for_calculation(path):
    with zipfile.ZipFile(path) as package:
        return b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")


@pytest.mark.parametrize("mode", ["live", "snapshot"])
def test_a_file_asks_for_no_calculation_where_nothing_is_left_to_excel(mode, book, mornings):
    path = book("sectors")
    refresh_workbook(path, mornings[1], mode=mode)
    assert not asks_for_calculation(path)


@pytest.mark.parametrize(("mode", "asks"), [("live", True), ("snapshot", False)])
def test_where_a_cell_is_left_to_excel_a_live_file_asks_for_calculation_and_a_snapshot_does_not(mode, asks, book, mornings):
    path = book("sectors")
    workbook = load_workbook(path)
    workbook.create_sheet("Mine")["A1"] = '=SELLOFF_STREAK(INDIRECT("Flows[north_america]"))'
    workbook.save(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    done = refresh_workbook(path, mornings[1], mode=mode)
    assert [cell.partition(":")[0] for cell in done.uncomputed] == ["Mine!A1"]
    assert asks_for_calculation(path) is asks


def test_so_many_older_copies_stay_beside_the_file(book, mornings, tmp_path):
    path = book("regions")
    first = path.read_bytes()
    refresh_workbook(path, mornings[1], keep=2)
    second = path.read_bytes()
    refresh_workbook(path, mornings[0], keep=2, allow_older=True)
    refresh_workbook(path, mornings[1], keep=2)
    assert {found.name for found in tmp_path.iterdir()} == {"regions.xlsx", "regions (before 1).xlsx", "regions (before 2).xlsx"}
    assert (tmp_path / "regions (before 2).xlsx").read_bytes() == second
    assert first != second


def test_a_file_open_in_excel_is_not_touched_and_the_result_is_beside_it(book, mornings, tmp_path):
    path = book("regions")
    content = path.read_bytes()
    (tmp_path / "~$regions.xlsx").write_bytes(b"somebody")
    done = refresh_workbook(path, mornings[1])
    assert path.read_bytes() == content
    assert done.path.name == "regions (refreshed).xlsx"
    assert done.path.exists()
    assert "open" in done.said


def test_one_bad_file_does_not_stop_the_others(book, mornings, tmp_path):
    good, bad = book("regions"), tmp_path / "bad.xlsx"
    bad.write_bytes(b"not a workbook")
    plain = tmp_path / "plain.xlsx"
    with zipfile.ZipFile(good) as package:
        assert "xl/workbook.xml" in package.namelist()
    build_plain(plain)
    results = dict(refresh_workbooks([bad, tmp_path / "gone.xlsx", plain, good], until("2025-01-03")))
    assert isinstance(results[bad], PackageRefusal)
    assert isinstance(results[tmp_path / "gone.xlsx"], FileNotFoundError)
    assert "none of xlsig's tables" in str(results[plain])
    assert results[good].changed


def build_plain(path):
    import xlsxwriter

    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet().write("A1", "mine")


def test_a_table_that_lost_a_column_is_refused_by_name(book, mornings):
    path = book("regions")
    rename_column(path, "world", "global")
    with pytest.raises(PackageRefusal, match="Flows lacks the column 'world'"):
        refresh_workbook(path, mornings[1])


def rename_column(path, old, new):
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, content in parts.items():
        if name.startswith(("xl/tables/", "xl/sharedStrings")):
            parts[name] = content.replace(f'name="{old}"'.encode(), f'name="{new}"'.encode()).replace(
                f"<t>{old}</t>".encode(), f"<t>{new}</t>".encode()
            )
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


# A person's own sheet, formulas, chart, format, comment and picture in the danger workbook.

OWN = {
    "B2": ('=SELLOFF_STREAK(Flows[north_america],Flows[date],"XNYS")', 3),
    "B3": ("=B2*10", 30),
    "B4": ("=SPREAD_CHANGE(ROLL_ADJUSTED(Spreads[spread_bp],Spreads[contract]),3)", -1.0),
    "B5": ("=my_pace", -2.0),
    "B6": ('=IF(answer_state="BOTH","call the desk","wait")', "wait"),
    "B7": ("=AGGREGATE(4,0,answer_streak)+1", 4),
    "B8": ("=B7+1", 5),
    "B9": ("=TODAY()", 45000),
    "B10": ("=B9+1", 45001),
    "B11": ("=SELLOFF_STREAK({1;-1;-2})", 2),
    "B12": ("=SUM(Flows[north_america])", 0),
}


def own_edits(workbook):
    sheet = workbook.add_worksheet("Mine")
    sheet.write("A1", "my own notes")
    for cell, (formula, value) in OWN.items():
        text = formula
        sheet.write_formula(cell, text, None, value)
    sheet.write_comment("A1", "do not lose this")
    sheet.insert_image("H2", "point.png", {"image_data": picture(), "x_scale": 40, "y_scale": 40})
    chart = workbook.add_chart({"type": "line"})
    last = len(until("2024-12-31").prices) + 3
    chart.add_series({"name": "mine", "categories": f"='Data sessions'!$A$4:$A${last}", "values": f"='Data sessions'!$B$4:$B${last}"})
    sheet.insert_chart("D14", chart)
    sheet.conditional_format("B2:B12", {"type": "cell", "criteria": ">", "value": 4, "format": workbook.add_format({"bold": True})})
    workbook.define_name("my_pace", "=SELLOFF_PACE(Flows[north_america],3)")
    workbook.get_worksheet_by_name("Danger").write("F30", "a note beside the dashboard")


@pytest.fixture(scope="module")
def edited(mornings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edited")
    build_edited(TEMPLATES["danger"](mornings[0]), folder / "before.xlsx", own_edits)
    path = shutil.copy(folder / "before.xlsx", folder / "after.xlsx")
    return folder / "before.xlsx", path, refresh_workbook(path, mornings[1])


def test_a_person_s_own_formulas_follow_the_data(edited):
    _, path, done = edited
    mine = load_workbook(path, data_only=True)["Mine"]
    after = until("2025-01-03")
    flows = [row[1] for row in inputs_of(after).tables["Flows"].rows]
    assert mine["B2"].value == 5
    assert mine["B3"].value == 50
    assert mine["B4"].value == pytest.approx(values_of_change(after), rel=1e-9)
    assert mine["B5"].value == pytest.approx(sum(flows[-3:]) / 3, rel=1e-9)
    assert mine["B6"].value == "call the desk"
    assert mine["B11"].value == 2
    assert mine["B12"].value == pytest.approx(sum(flows), rel=1e-9)
    assert done.changed


def values_of_change(desk):
    import xlsig

    rows = inputs_of(desk).tables["Spreads"].rows
    return xlsig.spread_change([row[2] for row in rows], 3, [row[1] for row in rows])


def test_what_follows_and_cannot_be_computed_has_no_value_and_is_listed(edited):
    _, path, done = edited
    mine = load_workbook(path, data_only=True)["Mine"]
    assert mine["B7"].value is None
    assert mine["B8"].value is None
    assert [cell.split(":")[0] for cell in done.uncomputed] == ["Mine!B7", "Mine!B8"]
    assert "AGGREGATE" in done.uncomputed[0]
    with zipfile.ZipFile(path) as package:
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")


def test_what_does_not_follow_keeps_its_value_even_if_it_cannot_be_computed(edited):
    _, path, _ = edited
    mine = load_workbook(path, data_only=True)["Mine"]
    assert (mine["B9"].value, mine["B10"].value) == (45000, 45001)


def test_the_person_s_comment_picture_format_and_note_are_byte_for_byte(edited):
    before, path, _ = edited
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(path) as new:
        for part in old.namelist():
            if re.search(r"comments|vmlDrawing|media/|drawing\d|styles|theme|customXml", part):
                assert new.read(part) == old.read(part), part
    sheets = load_workbook(path)
    assert sheets["Mine"]["A1"].comment.text.endswith("do not lose this")
    assert sheets["Danger"]["F30"].value == "a note beside the dashboard"
    assert [rule for area in sheets["Mine"].conditional_formatting for rule in area.rules]


def test_the_person_s_own_chart_follows_the_table(edited, mornings):
    before, path, _ = edited
    rows = [len(inputs.tables["Flows"].rows) for inputs in mornings]
    charts = []
    for file in (before, path):
        with zipfile.ZipFile(file) as package:
            charts.append(
                next(text for part in package.namelist() if part.startswith("xl/charts/chart") and b"mine" in (text := package.read(part)))
            )
    for chart, count in zip(charts, rows, strict=True):
        assert f"$B${count + 3}".encode() in chart
    assert f'<c:ptCount val="{rows[1]}"/>'.encode() in charts[1]


def test_the_edited_workbook_is_still_a_good_file(edited):
    _, path, _ = edited
    assert sdk_errors(path) == []
    assert lint(path) == []


def test_a_second_refresh_of_the_edited_workbook_changes_nothing(edited, mornings, tmp_path):
    _, path, _ = edited
    again = shutil.copy(path, tmp_path / "again.xlsx")
    assert not refresh_workbook(again, mornings[1]).changed


def test_a_table_does_not_grow_over_the_person_s_own_cells(book, mornings):
    path = book("sectors")
    last = len(mornings[0].tables["SectorHistory"].rows) + 3

    def note(workbook):
        workbook.get_worksheet_by_name("Data sectors").write(last, 3, "mine")

    build_edited(TEMPLATES["sectors"](mornings[0]), path, note)
    content = path.read_bytes()
    with pytest.raises(PackageRefusal, match=f"D{last + 1}"):
        refresh_workbook(path, mornings[1])
    assert path.read_bytes() == content


@pytest.mark.parametrize("saved_for", ["calc", "officejs"])
def test_formulas_stored_for_another_host_become_excel_s_and_nothing_else_changes(saved_for, files, mornings, tmp_path):
    path = tmp_path / "sectors.xlsx"
    build(TEMPLATES["sectors"](mornings[1]), path, saved_for)
    done = refresh_workbook(path, mornings[1], host="excel")
    assert done.changed
    with zipfile.ZipFile(path) as package:
        sheets = b"".join(package.read(part) for part in package.namelist() if part.startswith("xl/worksheets/sheet"))
    assert b"XLSIG." not in sheets
    assert b"_xldudf_" not in sheets
    assert b">SECTOR_BREAKDOWN(" in sheets
    assert differences(values_of(path), values_of(files / "sectors-after.xlsx")) == []
    assert sdk_errors(path) == []
    assert not refresh_workbook(path, mornings[1], host="excel").changed


def test_excel_s_formulas_become_calc_s_and_back(book, mornings):
    path = book("sectors", "after")
    refresh_workbook(path, mornings[1], host="calc")
    with zipfile.ZipFile(path) as package:
        assert b">XLSIG.SECTOR_BREAKDOWN(" in package.read("xl/worksheets/sheet1.xml")
    refresh_workbook(path, mornings[1], host="excel")
    with zipfile.ZipFile(path) as package:
        assert b"XLSIG." not in package.read("xl/worksheets/sheet1.xml")


def test_a_stored_workbook_is_not_turned_into_an_office_js_one(book, mornings):
    with pytest.raises(PackageRefusal, match="build it anew"):
        refresh_workbook(book("sectors"), mornings[1], host="officejs")


def test_a_copy_of_values_is_refreshed_with_a_word_on_its_old_answers(mornings, book, tmp_path):
    copy = tmp_path / "sectors.xlsx"
    build(TEMPLATES["sectors"](mornings[0]), copy, "values")
    done = refresh_workbook(copy, mornings[1])
    assert done.changed
    assert "no formula of sectors.xlsx follows from the data" in done.said
    assert refresh_workbook(book("regions"), mornings[1]).said == ""


def test_a_workbook_that_speaks_of_sessions_is_given_weekly_rows_with_a_word(book):
    daily = until("2025-01-03")
    weekly = dataclasses.replace(
        daily,
        **{name: rows[rows["date"].dt.day_of_week == 4] for name in ("flows", "spreads", "prices") for rows in [getattr(daily, name)]},
    )
    done = refresh_workbook(book("regions"), weekly)
    assert done.said == "the data now has a row a week, and the words in regions.xlsx speak of sessions: build it anew"
    assert refresh_workbook(done.path, weekly).said == ""
