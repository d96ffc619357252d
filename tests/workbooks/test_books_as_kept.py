"""A dashboard as a desk keeps it: what a person did to it between two mornings, and what the refresh makes of that."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from checks.lint import lint
from tests.ooxml.packing import WORKBOOK, read, save
from tests.workbooks import kept_books as kept
from tests.workbooks.mornings import differences, values_of
from xlsig.errors import PackageRefusal
from xlsig.ooxml import open_package
from xlsig.ooxml.workbook import CALCULATED_BY
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs
from xlsig.workbooks.refreshing import Refreshed, refresh_workbook, refresh_workbooks
from xlsig.workbooks.templates import TEMPLATES

DATA = "Data sessions"
PAINT = 5
"""A style that no cell of a data sheet has."""


@pytest.fixture(scope="module")
def built(evening: Inputs, morning: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """sectors.xlsx and regions.xlsx of the evening, and what a build of the next morning gives."""
    folder = tmp_path_factory.mktemp("kept")
    for name in ("sectors", "regions"):
        build(TEMPLATES[name](evening), folder / f"{name}.xlsx")
        build(TEMPLATES[name](morning), folder / f"{name} after.xlsx")
    return folder


@pytest.fixture(scope="module")
def lived_in(built: Path, morning: Inputs, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Refreshed]:
    """A sectors dashboard with most of what people do to one: before the refresh, after it, and what the refresh said."""
    parts = read(built / "sectors.xlsx")
    bottom, sheet = kept.last_row(parts, "Flows"), kept.sheet_part(parts, DATA)
    kept.add_note_column(parts, sheet, {700: "roll", bottom: "strange day"})
    kept.paint(parts, sheet, 1000, PAINT)
    kept.tick(parts, "SectorWeek", 0, ["Energy", "utilities"])
    kept.add_table(parts, 90, "My prices", "prices", ["date", "ticker", "close", "volume"])
    kept.add_table(parts, 91, "My week", "Week", ["week", "net"])
    kept.add_table(parts, 92, "My trades", "EVENTS", ["date", "trade"])
    area = [f"'{DATA}'!${column}$4:${column}${bottom}" for column in "AB"]
    down = kept.filled_down(f'SUMIF({area[0]},">="&A1,{area[1]})', ["C1", "C2", "C3"])
    corners = f"SUM('{DATA}'!B4:'{DATA}'!B{bottom})"
    rows = [f'<row r="{row}"><c r="A{row}"><v>{45596 + 30 * row}</v></c>{cell}</row>' for row, cell in enumerate(down, start=1)]
    kept.add_sheet(parts, 93, "Mine", "".join(rows) + f'<row r="5"><c r="A5"><f>{corners}</f><v>0</v></c></row>')
    kept.sign(parts)
    folder = tmp_path_factory.mktemp("lived in")
    source = save(folder / "before.xlsx", parts)
    path = Path(shutil.copy(source, folder / "sectors.xlsx"))
    return source, path, refresh_workbook(path, morning, mode="snapshot")


def test_every_cell_of_ours_is_the_fresh_build_s(lived_in, built) -> None:
    ours, fresh = values_of(lived_in[1]), values_of(built / "sectors after.xlsx")
    ours[DATA] = [row[:7] for row in ours[DATA]]
    fresh[DATA] = [row[:7] for row in fresh[DATA]]
    assert differences(ours, fresh) == []


def test_typed_texts_stay_beside_their_dates_and_new_rows_have_none(lived_in) -> None:
    before, after = (values_of(path)[DATA] for path in lived_in[:2])
    notes = {row[0]: row[7] for row in after if len(row) > 7 and row[7]}
    assert notes == {row[0]: row[7] for row in before if len(row) > 7 and row[7]}
    assert sorted(notes.values()) == ["note", "roll", "strange day"]
    assert len(after) == len(before) + 2


def test_a_painted_row_stays_painted_and_new_rows_look_like_the_last(lived_in) -> None:
    before, after = (openpyxl.load_workbook(path)[DATA] for path in lived_in[:2])
    last = before.max_row

    def looks(sheet, row):
        return [(cell.number_format, cell.font.b, cell.fill.fgColor.rgb) for cell in sheet[row][:7]]

    assert [looks(after, row) for row in (4, 999, 1000, 1001, last)] == [looks(before, row) for row in (4, 999, 1000, 1001, last)]
    assert looks(after, 1000) != looks(after, 1001)
    assert [looks(after, row) for row in range(last + 1, last + 3)] == [looks(before, last)] * 2


def test_the_ticked_sectors_alone_are_visible(lived_in) -> None:
    parts = read(lived_in[1])
    xml = parts[kept.sheet_part(parts, "Data sectors")].decode()
    with open_package(lived_in[1]) as book:
        table = book.table("SectorWeek")
        names = {row: value for (row, column), value in book.values("Data sectors").items() if column == table.box.left}
    hidden = {int(row) - 1 for row, rest in re.findall(r'<row r="(\d+)"([^>]*)>', xml) if "hidden" in rest}
    visible = {names[row] for row in range(table.first, table.last + 1) if row not in hidden}
    assert visible == {"Energy", "Utilities"}


@pytest.mark.parametrize("number", [90, 91, 92])
def test_a_person_s_own_table_of_our_name_stays_byte_for_byte(lived_in, number) -> None:
    before, after = read(lived_in[0]), read(lived_in[1])
    for part in (f"xl/worksheets/sheet{number}.xml", f"xl/tables/table{number}.xml"):
        assert after[part] == before[part]


def test_sums_that_were_filled_down_are_over_all_of_today_s_rows(lived_in, morning) -> None:
    flows = morning.tables["Flows"].rows
    mine = values_of(lived_in[1])["Mine"]
    days = [45596 + 30 * row for row in (1, 2, 3)]
    expected = [sum(row[1] for row in flows if (row[0] - row[0].__class__(1899, 12, 30)).days >= day) for day in days]
    assert [row[2] for row in mine[:3]] == pytest.approx(expected)
    assert mine[4][0] == pytest.approx(sum(row[1] for row in flows))
    with open_package(lived_in[1]) as book:
        found = {(row, column): text for sheet, row, column, text, _ in book.formulas() if sheet == "Mine"}
    last = len(flows) + 3
    assert [f"$A${last}" in found[row, 2] and f"$B${last}" in found[row, 2] for row in range(3)] == [True] * 3
    assert [found[row, 2].count(f'">="&A{row + 1}') for row in range(3)] == [1, 1, 1]
    assert found[4, 0] == f"=SUM('{DATA}'!B4:'{DATA}'!B{last})"


def test_a_subtotal_has_a_value_where_no_row_is_hidden_and_is_left_to_excel_where_one_is(built, morning, tmp_path) -> None:
    parts = read(built / "sectors.xlsx")
    asked = [
        "SUBTOTAL(109,Flows[north_america])",
        "A1/2",
        "SUM(Flows[north_america])",
        "SUBTOTAL(9,A1:A2,A5)",
        "7+0*A3",
        "SUBTOTAL(9,A2:A3)",
    ]
    rows = (
        f'<row r="{row}"{" hidden=" + chr(34) + "1" + chr(34) if row == 3 else ""}><c r="A{row}"><f>{text}</f><v>0</v></c></row>'
        for row, text in enumerate(asked, start=1)
    )
    kept.add_sheet(parts, 93, "Mine", "".join(rows))
    path = save(tmp_path / "sectors.xlsx", parts)
    done = refresh_workbook(path, morning)
    columns = morning.tables["Flows"].columns
    total = sum(row[columns.index("north_america")] for row in morning.tables["Flows"].rows)
    mine = [row[0] for row in values_of(path)["Mine"]]
    assert mine[:5] == pytest.approx([total, total / 2, total, total / 2 + 7, 7])  # A1 is a subtotal itself
    assert mine[5:] in ([], [""])
    assert [reason for reason in done.uncomputed if "hidden" in reason] == list(done.uncomputed) != []


def test_a_signed_book_is_told_that_its_signature_holds_no_longer(lived_in, morning) -> None:
    assert "its signature holds no longer" in lived_in[2].said
    before, after = read(lived_in[0]), read(lived_in[1])
    assert [after[part] for part in before if part.startswith("_xmlsignatures")] == [
        content for part, content in before.items() if part.startswith("_xmlsignatures")
    ]
    again = refresh_workbook(lived_in[1], morning, mode="snapshot")
    assert (again.changed, again.said) == (False, "")


def test_it_is_sound_and_keeps_its_numbers(lived_in) -> None:
    assert lint(lived_in[1]) == []
    assert b"fullCalcOnLoad" not in read(lived_in[1])[WORKBOOK]


def calculation(path: Path) -> tuple[int, bool]:
    """The version of calculation that a file names, and whether it asks for one on opening."""
    settings = re.search(rb"<calcPr[^>]*>", read(path)[WORKBOOK])
    assert settings is not None
    version = re.search(rb'calcId="(\d+)"', settings[0])
    return int(version[1]) if version else 0, b"fullCalcOnLoad" in settings[0]


def test_built_files_leave_nothing_to_excel(built) -> None:
    assert calculation(built / "regions.xlsx") == (CALCULATED_BY, False)
    assert CALCULATED_BY >= 191029


@pytest.mark.parametrize("settings", ["", '<calcPr calcId="124519" fullCalcOnLoad="1"/>', '<calcPr calcId="191030"/>'])
def test_a_snapshot_keeps_its_numbers_whatever_saved_the_book(settings, built, morning, tmp_path) -> None:
    parts = read(built / "regions.xlsx")
    kept.change(parts, WORKBOOK, "<calcPr[^>]*>", settings)
    path = save(tmp_path / "regions.xlsx", parts)
    refresh_workbook(path, morning, mode="snapshot")
    assert calculation(path) == (191030 if "191030" in settings else CALCULATED_BY, False)
    assert lint(path) == []


def test_about_says_what_a_reader_without_the_add_in_must_not_do(built) -> None:
    said = " ".join(str(cell) for row in values_of(built / "regions.xlsx")["About"] for cell in row)
    assert "do not recalculate" in said
    assert "#NAME?" in said
    assert "--formulas values" in said


def test_a_table_of_our_name_and_columns_that_the_template_lacks_is_named_before_it_is_written_over(built, morning, tmp_path) -> None:
    parts = read(built / "regions.xlsx")
    kept.add_table(parts, 90, "Mine", "events", ["date"])
    path = save(tmp_path / "regions.xlsx", parts)
    said = "the table events at Mine!A1 has the name and the columns of one of xlsig's, so its rows are replaced"
    assert said in refresh_workbook(path, morning, dry_run=True).said
    assert said in refresh_workbook(path, morning).said
    with open_package(path) as book:
        assert book.table("events").last == len(morning.tables["Events"].rows)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("Spreads", ("date", "contract", "spread_bp", "ex_turn_contract", "ex_turn_bp", "desk")),
        ("pairs", ("contract", "start", "end")),
        ("PRICES", ("date", "close", "ticker")),
        ("SectorHistory", ("week_end", "what")),
        ("SectorWeek", ("sector", "weight")),
        ("Futures", ("contract", "expiry")),
    ],
)
def test_a_table_with_other_columns_than_ours_is_the_person_s_whatever_it_is_called(name, columns, built, morning, tmp_path) -> None:
    parts = read(built / "regions.xlsx")
    added = kept.add_table(parts, 90, "Mine", name, columns)
    path = save(tmp_path / "regions.xlsx", parts)
    done = refresh_workbook(path, morning)
    assert (done.changed, done.said) == (True, "")
    after = read(path)
    assert [after[part] for part in added] == [parts[part] for part in added]


def test_a_table_of_ours_with_a_typed_column_is_ours_by_the_name_above_it(built, morning, tmp_path) -> None:
    parts = read(built / "regions.xlsx")
    part, sheet = kept.table_part(parts, "ProductWeek"), kept.sheet_part(parts, "Data regions")
    kept.change(parts, part, 'ref="D3:E5"', 'ref="D3:F5"')
    kept.change(parts, part, '<tableColumns count="2">', '<tableColumns count="3">')
    kept.before(parts, part, "</tableColumns>", '<tableColumn id="3" name="desk"/>')
    kept.change(parts, sheet, r'(?=<c r="G3")', '<c r="F3" t="inlineStr"><is><t>desk</t></is></c>')
    kept.change(parts, sheet, r'(?=<c r="G5")', '<c r="F5" t="inlineStr"><is><t>London</t></is></c>')
    path = save(tmp_path / "regions.xlsx", parts)
    assert refresh_workbook(path, morning).said == ""
    rows = values_of(path)["Data regions"]
    assert rows[4][5] == "London"
    fresh = values_of(built / "regions after.xlsx")["Data regions"]
    assert differences({"": [row[:5] for row in rows]}, {"": [row[:5] for row in fresh]}) == []


NO_CELL = ("#REF!", "About!#REF!", "5", '"BOTH"', "MAX(Flows[date])", "About!$B$4,Regions!$A$1", "About!$B:$B", "About!$4:$4")
ELSEWHERE = ("[1]Desk!$A$1", "'C:\\desk\\[Other.xlsx]Desk'!$A$1", "Gone!$A$1", "About:Regions!$A$1", "Nothing_there", "")
TEXTS = (*NO_CELL, *ELSEWHERE)


@pytest.mark.parametrize(("one", "other"), list(zip(TEXTS[::2], TEXTS[1::2], strict=True)))
def test_a_watched_name_that_is_no_cell_makes_no_news_and_stops_nothing(one, other, built, morning, tmp_path) -> None:
    parts = read(built / "regions.xlsx")
    kept.change(parts, WORKBOOK, r'(?<=<definedName name="as_of">)[^<]*', one)
    kept.change(parts, WORKBOOK, r'(?<=<definedName name="answer_regions">)[^<]*', other)
    done = refresh_workbook(save(tmp_path / "regions.xlsx", parts), morning)
    assert done.changed
    assert [phrase for phrase in done.news if phrase.startswith(("as of", "regions"))] == []


def test_files_after_a_refused_one_are_refreshed(built, morning, tmp_path) -> None:
    bad, good = (Path(shutil.copy(built / "regions.xlsx", tmp_path / f"{name}.xlsx")) for name in ("bad", "good"))
    parts = read(bad)
    kept.change(parts, kept.table_part(parts, "Flows"), 'name="world"', 'name="earth"')
    save(bad, parts)
    before = bad.read_bytes()
    (_, failure), (_, done) = refresh_workbooks([bad, good], morning)
    assert isinstance(failure, PackageRefusal)
    assert "the table Flows lacks the column 'world'" in str(failure)
    assert bad.read_bytes() == before
    assert isinstance(done, Refreshed)
    assert done.changed
