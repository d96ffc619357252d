import io
import zipfile

import pytest

from tests.sources.desk_files import FLOWS, PRICES, excel
from xlsig.errors import DataError
from xlsig.frames.schema import check
from xlsig.ooxml import zip as package_zip
from xlsig.sources.spreadsheets import read_spreadsheet


def refusal(content, *arguments):
    with pytest.raises(DataError) as refused:
        read_spreadsheet(content, "book.xlsx", "prices", *arguments)
    return str(refused.value)


def repacked(content, part=None, change=None, added=(), method=zipfile.ZIP_DEFLATED):
    """The workbook again, with one part changed and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", method) as new:
        for name in old.namelist():
            inner = old.read(name)
            new.writestr(name, change(inner) if name == part else inner)
        for name, inner in added:
            new.writestr(name, inner)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = excel({"prices": PRICES})


def test_a_row_is_named_by_its_row_in_the_sheet():
    text = PRICES.replace("5881.20", "high")
    with pytest.raises(DataError, match=r"book\.xlsx, row 7, column close: text in a number column \(found 'high'\)"):
        check("prices", read_spreadsheet(excel({"prices": text}, top=4, left=2), "book.xlsx", "prices"))


@pytest.mark.parametrize("tables", [False, True])
def test_an_error_cell_is_refused_and_not_taken_for_a_blank(tables):
    content = excel({"prices": PRICES.replace("5881.20", "#DIV/0!")}, tables=tables, top=1, left=1)
    with pytest.raises(DataError, match=r"row 4, column close: text in a number column \(found '#DIV/0!'\)"):
        check("prices", read_spreadsheet(content, "book.xlsx", "prices"))


def test_an_na_cell_is_a_missing_value():
    content = excel({"prices": PRICES.replace("5881.20", "#N/A")})
    assert check("prices", read_spreadsheet(content, "book.xlsx", "prices"))["close"].isna().tolist() == [False, True]


def test_the_only_sheet_is_read_whatever_its_name():
    assert read_spreadsheet(excel({"Blatt 1": PRICES}), "book.xlsx", "prices").header == ("date", "close")


def test_a_sheet_or_table_that_is_not_there_is_refused_with_those_that_are():
    two = excel({"A": PRICES, "B": FLOWS})
    assert "neither a table nor a sheet called prices; declare sheet or table (sheets: A, B)" in refusal(two)
    assert "no such sheet (sheets: A, B) (found 'C')" in refusal(two, "C")
    assert "no such table (it has: none) (found 'T')" in refusal(two, None, "T")
    assert read_spreadsheet(two, "book.xlsx", "prices", "a").header == ("date", "close")


def test_an_empty_sheet_is_refused():
    assert "the sheet is empty (found 'prices')" in refusal(excel({"prices": ""}))


def test_one_cell_at_the_far_corner_is_refused_before_it_is_opened():
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    content = repacked(BOOK, SHEET, lambda inner: inner.replace(b"</sheetData>", far))
    assert "the sheet 'prices' spans 1,048,576 rows × 16,384 columns" in refusal(content)


def test_a_part_packed_beyond_reason_is_refused():
    content = repacked(BOOK, added=[("xl/media/image1.bin", b"\0" * 5_000_000)])
    assert "xl/media/image1.bin unpacks to more than 300 times its size in the file" in refusal(content)


def test_a_workbook_too_large_to_unpack_is_refused(monkeypatch):
    monkeypatch.setattr(package_zip, "MOST_BYTES", 1000)
    assert "more than the 1,000 that are read" in refusal(BOOK)


def test_a_document_type_is_refused():
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    content = repacked(BOOK, "xl/workbook.xml", lambda inner: declared + inner.split(b"?>", 1)[1])
    assert "xl/workbook.xml declares a document type" in refusal(content)


def test_a_part_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = repacked(BOOK, added=[(SHEET, b"<x/>")])
    assert f"the workbook holds the part '{SHEET}' twice" in refusal(content)


def test_a_password_or_an_old_workbook_is_refused():
    assert "protected by a password, or of the old .xls kind" in refusal(b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def test_an_encrypted_part_is_refused():
    content = bytearray(BOOK)
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(signature) + flags] |= 1
    assert "the workbook is encrypted" in refusal(bytes(content))


@pytest.mark.parametrize("content", [b"date,close\n", b"PK\x03\x04 and nothing else"])
def test_what_is_no_workbook_is_refused(content):
    assert "not an Excel workbook" in refusal(content)


def test_a_package_without_a_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("hello.txt", "hello")
    assert "not an Excel workbook" in refusal(stream.getvalue())


def test_a_part_with_damaged_bytes_is_refused():
    content = bytearray(repacked(BOOK, method=zipfile.ZIP_STORED))
    content[content.index(b"<sheetData>") + 3] ^= 0xFF
    assert "cannot be unpacked" in refusal(bytes(content))


def test_an_ordinary_workbook_passes_the_guard():
    assert read_spreadsheet(BOOK, "book.xlsx", "prices").header == ("date", "close")
