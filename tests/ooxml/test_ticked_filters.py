"""A ticked filter compares what the cells show: which of the new rows stay visible, and which filters are taken off with a word."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.ooxml.packing import read, save
from tests.ooxml.table_books import TABLE, part
from xlsig.grid.contents import ErrorCell
from xlsig.grid.number_formats import BUILT_IN, shown
from xlsig.ooxml import open_package


def filtered(path: Path, code: str | int, condition: str) -> Path:
    """A book with the table T (day, net) of four rows, net in a number format, filtered by a condition on net."""
    book = xlsxwriter.Workbook(path)
    look = book.add_format({"num_format": code})
    sheet = book.add_worksheet("Desk")
    sheet.add_table(0, 0, 4, 1, {"name": "T", "columns": [{"header": "day"}, {"header": "net"}]})
    for row in range(1, 5):
        sheet.write_number(row, 0, row)
        sheet.write_number(row, 1, row, look)
    book.close()
    parts = read(path)
    new = f'<autoFilter ref="A1:B5"><filterColumn colId="1">{condition}</filterColumn></autoFilter>'
    parts[TABLE] = re.sub(rb"<autoFilter [^>]*/>", new.encode(), parts[TABLE])
    return save(path, parts)


def visible(path: Path, values: list[Any]) -> list[Any] | str:
    """The values whose rows stay visible; what is said where the filter is taken off."""
    with open_package(path) as edit:
        edit.replace_table("T", ("day", "net"), [[at, value] for at, value in enumerate(values)])
        told = edit.told
        edit.save()
    starts = re.findall(r'<row r="(\d+)"([^>]*)>', part(path, "xl/worksheets/sheet1.xml"))
    hidden = {int(row) - 2 for row, rest in starts if "hidden" in rest}
    if told:
        assert hidden == set()
        assert "filterColumn" not in part(path, TABLE)
        return told[0]
    return [value for at, value in enumerate(values) if at not in hidden]


def ticked(*texts: str, blank: bool = False) -> str:
    listed = "".join(f'<filter val="{escape(text)}"/>' for text in texts)
    attribute = ' blank="1"' if blank else ""
    return f"<filters{attribute}>{listed}</filters>"


ACCOUNTING = '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("code", "condition", "values", "expected"),
    [
        ("#,##0", ticked("1,235"), [1234.6, 1235.4, 1235.6, -1235], [1234.6, 1235.4]),
        ("#,##0;\u2212#,##0", ticked("\u22121,235"), [-1234.6, 1235], [-1234.6]),
        ("#,##0.00", ticked("10,000.00"), [10000, 10000.001, 10000.01], [10000, 10000.001]),
        ("#,##0.00", ticked("10 000.00"), [10000, 1000], [10000]),
        ("#,##0.00", ticked("10.000,00"), [10000, 10], [10000]),
        ("#,##0.00", ticked("10\u00a0000,00"), [10000, 10], [10000]),
        ("0%", ticked("50%"), [0.5, 0.504, 50], [0.5, 0.504]),
        ("0.0%", ticked("-1.5%"), [-0.015, 0.015], [-0.015]),
        (ACCOUNTING, ticked(" (3.00)", " -   "), [-3, 3, 0], [-3, 0]),
        ('0.0" bp"', ticked("2.5 BP"), [2.5, 2.54, 3], [2.5, 2.54]),
        ("$#,##0", ticked("$1,000"), [1000, 999.6, 100], [1000, 999.6]),
        ("#,##0.0,", ticked("1.5"), [1500, 1.5], [1500]),
        ("0.0E+00", ticked("1.5E+03"), [1500, 150], [1500]),
        ("d mmm yyyy", ticked("3 Jan 2025"), [45660, 45660.5, 45661], [45660, 45660.5]),
        ("d/m/yyyy", ticked("3/1/2025"), [45660, 45661], [45660]),
        ("d/m/yyyy", ticked("3.1.2025"), [45660, 45661], [45660]),
        ("dd.mm.yyyy", ticked("03.01.2025"), [45660, 45661], [45660]),
        ("yyyy-mm-dd hh:mm", ticked("2025-01-03 12:00"), [45660, 45660.5], [45660.5]),
        ("yyyy-mm-dd", '<filters><dateGroupItem year="2025" month="1" dateTimeGrouping="month"/></filters>', [45660, 45700], [45660]),
        ("#,##0", ticked("1,235", blank=True), [1235, None, 5], [1235, None]),
        ("#,##0", ticked(blank=True), [1235, None], [None]),
        ("#,##0", ticked("Energy", "#N/A"), ["energy", ErrorCell("#N/A"), 5], ["energy", ErrorCell("#N/A")]),
        ("General", ticked("0.1", "TRUE"), [0.1, True, 0.12], [0.1, True]),
        ("#,##0.0", ticked("1234.56"), [1234.56, 1234.6], [1234.56]),
        ("0", ticked("1234.56"), [1234.56, 1235], [1234.56]),
        ("#,##0", '<customFilters><customFilter operator="notEqual" val=" "/></customFilters>', [5, None], [5]),
        ("#,##0", '<customFilters><customFilter operator="notEqual" val="5"/></customFilters>', [5, 6, "x", None], [6, "x", None]),
        ("#,##0", '<customFilters><customFilter val="~*x"/></customFilters>', ["*x", "ax", 5], ["*x"]),
        ("#,##0", '<customFilters><customFilter val="*5*"/></customFilters>', ["a5", 5], ["a5"]),
        (
            "0%",
            '<customFilters and="1"><customFilter operator="greaterThan" val="0.1"/><customFilter operator="lessThan" val="0.5"/>'
            "</customFilters>",
            [0.1, 0.3, 0.5],
            [0.3],
        ),
    ],
)
def test_the_rows_that_show_what_is_ticked_stay_visible(tmp_path, code, condition, values, expected) -> None:
    assert visible(filtered(tmp_path / "desk.xlsx", code, condition), values) == expected


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("# ?/?", ticked("1/2")),
        ("[>100]0;0.0", ticked("5.0")),
        (14, ticked("1/3/2025")),
        ("[$-407]d. mmmm yyyy", ticked("3. Januar 2025")),
        ("0", '<top10 val="3"/>'),
        ("0", '<top10 top="0" percent="1" val="10"/>'),
        ("0", '<colorFilter dxfId="0"/>'),
        ("0", '<iconFilter iconSet="3Arrows"/>'),
        ("0", '<dynamicFilter type="aboveAverage"/>'),
        ("0", '<filters><dateGroupItem year="2025" month="1" day="3" hour="7" dateTimeGrouping="hour"/></filters>'),
    ],
)
def test_what_only_excel_can_tell_is_taken_off_with_a_word(tmp_path, code, condition) -> None:
    said = visible(filtered(tmp_path / "desk.xlsx", code, condition), [1, 2])
    assert said == "only Excel can apply the filter of 'net' in the table T: it is taken off, so set it again"


def test_a_cell_in_a_format_of_its_own_is_judged_by_that(tmp_path: Path) -> None:
    path = filtered(tmp_path / "desk.xlsx", "0%", ticked("300%"))
    parts = read(path)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb'<c r="B4" s="\d+"', b'<c r="B4"', parts[sheet])
    save(path, parts)
    assert visible(path, [1, 3, 3, 4]) == [3]


def test_new_rows_are_judged_by_the_same_rule(tmp_path: Path) -> None:
    path = filtered(tmp_path / "desk.xlsx", "#,##0", ticked("1,000"))
    assert visible(path, [1, 1000, 2, 3, 1000.2, 4]) == [1000, 1000.2]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0, "#", ""),
        (-0.3, "0", "0"),
        (-0.3, "0;(0)", "(0)"),
        (0.285, "0.00", "0.29"),
        (1234567, "0.0,,", "1.2"),
        (123456789, "000-00-0000", "123-45-6789"),
        (12345.5, "# ##0.00", "12 345.50"),
        (12, "0.0#", "12.0"),
        (0.5, ".00", ".50"),
        (-3, '"$"#,##0.00', "-$3.00"),
        (-3, "[$€-407] #,##0.00", "-€ 3.00"),
        (5, "0;-0;;@", "5"),
        (0, "0;-0;;@", ""),
        ("x", '0;0;0;"t "@', "t x"),
        ("x", "0.0", "x"),
        (None, "0", ""),
        (1e21, "General", "1E+21"),
        (45660.75, "h:mm AM/PM", "6:00 PM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (45660, "dddd, d mmmm yy", "Friday, 3 January 25"),
        (-1, "yyyy", None),
        (5, '0"', None),
        (5, "0e", None),
    ],
)
def test_a_value_is_shown_as_excel_shows_it(value, code, text) -> None:
    assert shown(value, code) == text


def test_the_formats_without_a_code_of_their_own_are_understood() -> None:
    assert {number for number, code in BUILT_IN.items() if shown(45660.25, code) is None} == set()
    assert [shown(-1234.5, BUILT_IN[number]) for number in (4, 10, 37, 39, 44)] == [
        "-1,234.50",
        "-123450.00%",
        "(1,235)",
        "(1,234.50)",
        " $(1,234.50)",
    ]


def test_of_two_filters_side_by_side_either_hides_a_row(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "desk.xlsx")
    sheet = book.add_worksheet("Desk")
    for left, name in ((0, "T"), (3, "U")):
        sheet.add_table(0, left, 4, left, {"name": name, "columns": [{"header": "net"}], "data": [[row] for row in range(4)]})
    book.close()
    parts = read(tmp_path / "desk.xlsx")
    for name, tick in (("table1", "1"), ("table2", "2")):
        part_of = f"xl/tables/{name}.xml"
        condition = f'><filterColumn colId="0">{ticked(tick, "3")}</filterColumn></autoFilter>'.encode()
        parts[part_of] = re.sub(rb"(<autoFilter [^>]*)/>", lambda found, end=condition: found[1] + end, parts[part_of])
    path = save(tmp_path / "desk.xlsx", parts)
    with open_package(path) as edit:
        for name in ("T", "U"):
            edit.replace_table(name, ("net",), [[row] for row in (1, 2, 3, 4, 5)])
        edit.save()
    starts = re.findall(r'<row r="(\d+)"([^>]*)>', part(path, "xl/worksheets/sheet1.xml"))
    assert [row for row, rest in starts if "hidden" not in rest] == ["1", "4"]
