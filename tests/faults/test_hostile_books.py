"""Workbooks that somebody damaged, by chance or on purpose, as data and as books: `python -m tasks.hostile` tries thousands."""

import io
import random
import re
import struct
import sys
import zipfile

import pytest

from tasks.hostile import LONGEST, MEMORY, mornings, tried
from tests.faults.apart import apart
from tests.faults.mutations import attacks, mutated
from tests.ooxml.packing import SHEET, STRINGS, directory_entries, pack
from tests.sources.desk_files import PRICES, excel
from xlsig.errors import DataError
from xlsig.ooxml.zip import copy_of
from xlsig.sources.spreadsheets import read_spreadsheet
from xlsig.workbooks.building import build
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks its own children, which Windows does not know")
TABLE = "xl/tables/table1.xml"


# as data


def parts(*, tables=False):
    with zipfile.ZipFile(io.BytesIO(excel({"prices": PRICES}, tables=tables))) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_rows(rows, tail=""):
    book = parts()
    return pack(book | {SHEET: book[SHEET].replace(b"</sheetData>", rows.encode() + b"</sheetData>" + tail.encode())})


def read(content, memory=300_000_000):
    return apart(lambda: read_spreadsheet(content, "prices.xlsx", "prices"), memory)


FAR = {
    "a row without a number": '<row><c r="XFD1048576"><v>1</v></c></row>',
    "a row of another number": '<row r="5"><c r="XFD1048576"><v>1</v></c></row>',
    "signs in quotation marks": '<row x=">" r="1048576"><c x=">" r="XFD1048576"><v>1</v></c></row>',
    "another quotation mark": "<row r='1048576'><c x=\"'>\" r = 'XFD1048576'><v>1</v></c></row>",
    "no blank between": '<row r="9"><c s="0"r="XFD1048576"><v>1</v></c></row>'.replace('"0"r', '"0"\nr'),
    "a prefix": '<q:row xmlns:q="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><q:c r="XFD1048576"/></q:row>',
    "small letters": '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
    "one stray cell": '<row r="1048576"><c r="Z1048576"><v>1</v></c></row>',
    "one stray cell in a column that is used": '<row r="1048576"><c r="F1048576"><v>1</v></c></row>',
    "counted cells": '<row r="1048576">' + "<c/>" * 16_384 + "</row>",
    "counted rows": '<row r="1048000"/>' + "<row/>" * 500 + "<row><c/><c/><c/></row>",
    "a cell within a cell": '<row r="1048576"><c><is><c r="XFD1048576"/></is></c></row>',
}


@pytest.mark.parametrize("how", FAR)
def test_a_far_cell_is_refused_as_data_however_it_is_written(how):
    found = read(with_rows(FAR[how]))
    assert found.how == "refused", found.said
    assert re.search(
        r"the sheet 'prices' spans 1,048,\d\d\d rows × [\d,]+ columns and holds [\d,]+ cells: delete the empty rows", found.said
    )


BEYOND = ("XFE1", "A1048577", "A9999999999", "AAAAAAA1", "A0", "", "$A$1", "A1:B2", "&#65;A1")


@pytest.mark.parametrize("name", BEYOND)
def test_a_cell_that_is_none_is_refused_or_is_the_one_it_means(name):
    found = read(with_rows(f'<row r="9"><c r="{name}"><v>1</v></c></row>'))
    assert found.how in ("refused", "done"), found.said


@pytest.mark.parametrize("number", ["0", "-1", "1048577", "4294967296", "99999999999999999999", "x", ""])
def test_a_row_that_is_none_is_refused(number):
    found = read(with_rows(f'<row r="{number}"><c><v>1</v></c></row>'))
    assert found.how == "refused", found.said


@pytest.mark.parametrize("count", ["4000000000", "18446744073709551615", "+4000000000", "1500000"])
def test_strings_that_are_declared_and_not_there_are_not_made_room_for(count):
    book = parts()
    strings = re.sub(rb'uniqueCount="\d+"', b'uniqueCount="%b"' % count.encode(), book[STRINGS])
    for content in (strings, re.sub(rb' count="\d+"', b"", strings), strings.replace(b"<sst", b'<sst x=">"')):
        found = read(pack(book | {STRINGS: content}))
        assert found.how == "refused"
        assert "the shared strings declare " in found.said


@pytest.mark.parametrize("ref", ["A1:XFD1048576", "A1:B1048576", "C9:D20", "B2:A1", "x", "A1", "XFD1048576:XFE1048577"])
@pytest.mark.parametrize("rows", ["", 'headerRowCount="4000000000"', 'totalsRowCount="4000000000"', 'headerRowCount="-5"'])
def test_a_table_over_more_than_its_sheet_asks_for_no_memory(ref, rows):
    book = parts(tables=True)
    table = re.sub(rb'(?<= )ref="[^"]*"', b'%b ref="%b"' % (rows.encode(), ref.encode()), book[TABLE], count=1)
    found = read(pack(book | {TABLE: table}))
    assert found.how in ("refused", "done"), found.said
    if (ref, rows) == ("A1:B1048576", ""):
        assert found.how == "done"


def test_a_table_of_sixteen_thousand_columns_over_a_hundred_thousand_rows_is_refused():
    book = parts(tables=True)
    columns = "".join(f'<tableColumn id="{at}" name="c{at}"/>' for at in range(3, 16_385)).encode()
    table = re.sub(rb'ref="[^"]*"', b'ref="A1:XFD1048576"', book[TABLE]).replace(b"</tableColumns>", columns + b"</tableColumns>")
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(10, 60_000)).encode()
    found = read(pack(book | {TABLE: table, SHEET: book[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")}))
    assert found.how == "refused"
    assert "the table Prices spans " in found.said


ODD_BUT_GOOD = {
    "a comment of tags": "<!--" + "".join(f"<c <row <dimension {at}" for at in range(50_000)) + "-->",
    "100,000 comments": "<!---->" * 100_000,
    "100,000 instructions": "<?x?>" * 100_000,
    "a far cell in a comment": '<!-- <row r="1048576"><c r="XFD1048576"/></row> -->',
    "a far cell in an instruction": '<?x <row r="1048576"><c r="XFD1048576"/></row> ?>',
    "a text that looks like one": '<row r="9"><c r="H9" t="inlineStr"><is><t> r="XFD1048576" </t></is></c></row>',
}


@pytest.mark.parametrize("how", ODD_BUT_GOOD)
def test_what_only_looks_like_harm_is_read_in_time(how):
    found = read(with_rows(ODD_BUT_GOOD[how]))
    assert found.how == "done", found.said


def test_a_part_that_unpacks_to_more_than_the_directory_says_is_refused():
    content = bytearray(pack(parts()))
    entry = directory_entries(bytes(content))[SHEET]
    (local,) = struct.unpack_from("<L", content, entry + 42)
    size = struct.unpack_from("<L", content, entry + 24)[0]
    short = zipfile.ZipFile(io.BytesIO(bytes(content))).read(SHEET)[: size // 2]
    for place in (entry + 16, local + 14):
        struct.pack_into("<L", content, place, zipfile.crc32(short))
    for place in (entry + 24, local + 22):
        struct.pack_into("<L", content, place, len(short))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        assert package.read(SHEET) == short
        with pytest.raises(DataError, match="of another length than the directory says"):
            copy_of(package, [SHEET])


def test_a_row_of_open_cells_is_refused_in_time():
    found = read(with_rows("<row>" + "<c>" * 100_000 + "</row>"))
    assert found.how == "refused", found.said


# as books


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The sectors' dashboard as it stood two sessions ago, the morning's data, and what a refresh of it takes."""
    folder = tmp_path_factory.mktemp("hostile")
    before, now = mornings()
    build(TEMPLATES["sectors"](before), folder / "sectors.xlsx")
    content = (folder / "sectors.xlsx").read_bytes()
    ordinary = tried(content, folder / "case.xlsx", now)
    assert {way: found.how for way, found in ordinary.items()} == {"refresh": "done", "data": "done"}
    return content, now, ordinary


def is_harmless(found, ordinary):
    return found.how in ("done", "refused") and found.memory < ordinary.memory + MEMORY and len(found.said) < LONGEST


@pytest.mark.parametrize("number", range(25))
def test_an_attack_is_refused_in_a_sentence_or_does_no_harm(number, book, tmp_path):
    content, now, ordinary = book
    every = list(attacks(content))
    name, make = every[(number * len(every)) // 25]
    for way, found in tried(make(), tmp_path / "case.xlsx", now).items():
        assert is_harmless(found, ordinary[way]), (name, found.said)


@pytest.mark.parametrize("seed", range(25))
def test_a_damaged_copy_is_refused_in_a_sentence_or_does_no_harm(seed, book, tmp_path):
    content, now, ordinary = book
    for way, found in tried(mutated(content, random.Random(f"sectors {seed}")), tmp_path / "case.xlsx", now).items():
        assert is_harmless(found, ordinary[way]), found.said


def test_a_stray_cell_is_no_hostile_one_in_a_person_s_book(book, tmp_path):
    content, now, _ = book
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        held = {name: package.read(name) for name in package.namelist()}
    stray = b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row></sheetData>'
    (tmp_path / "stray.xlsx").write_bytes(pack(held | {SHEET: held[SHEET].replace(b"</sheetData>", stray)}))
    assert refresh_workbook(tmp_path / "stray.xlsx", now).changed


@pytest.mark.parametrize("scope", ["x", "-1", "4000000000", "1e3", ""])
def test_a_name_s_scope_that_is_none_is_passed_over(scope, book, tmp_path):
    content, now, _ = book
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        held = {name: package.read(name) for name in package.namelist()}
    other = b'<definedNames><definedName name="mine" localSheetId="%b">1</definedName>' % scope.encode()
    workbook = held["xl/workbook.xml"].replace(b"<definedNames>", other)
    assert workbook != held["xl/workbook.xml"]
    (tmp_path / "named.xlsx").write_bytes(pack(held | {"xl/workbook.xml": workbook}))
    assert refresh_workbook(tmp_path / "named.xlsx", now).changed
