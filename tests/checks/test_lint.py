"""What the lint finds in files that the validator passes, and that it finds nothing in good ones."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from checks.grammar import BadFormulaError, mentions
from checks.lint import lint
from tests.ooxml.mutants import MUTANTS, Mutant
from tests.ooxml.packing import OFFICE, PACKAGE, SHEET, changed, minimal, pack, read, save
from tests.ooxml.rich import build_rich
from tests.ooxml.validator import sdk_errors

BY_LINT = [mutant for mutant in MUTANTS if mutant.says]
BY_VALIDATOR = [mutant for mutant in MUTANTS if not mutant.says]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return read(build_rich(tmp_path_factory.mktemp("rich") / "rich.xlsm").path)


def _written(mutant: Mutant, good: dict[str, bytes], folder: Path) -> Path:
    path = folder / "mutant.xlsm"
    path.write_bytes(pack(mutant.change(good)))
    return path


def test_there_are_twenty_kinds_of_mutants_and_more() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len(BY_LINT) >= 12
    assert len(BY_VALIDATOR) >= 8


@pytest.mark.parametrize("mutant", BY_LINT, ids=lambda mutant: mutant.name)
def test_the_lint_finds(mutant: Mutant, good: dict[str, bytes], tmp_path: Path) -> None:
    findings = lint(_written(mutant, good, tmp_path))
    assert any(mutant.says in finding for finding in findings), findings


@pytest.mark.parametrize("mutant", BY_VALIDATOR, ids=lambda mutant: mutant.name)
def test_the_validator_finds(mutant: Mutant, good: dict[str, bytes], tmp_path: Path) -> None:
    assert sdk_errors(_written(mutant, good, tmp_path))


def test_a_package_that_the_guard_refuses_has_that_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "text.xlsx"
    path.write_text("net flow")
    assert lint(path) == ["the file is not an Excel workbook (it is no zip)"]


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_breaks_the_lint(seed: int, good: dict[str, bytes], tmp_path: Path) -> None:
    draw = random.Random(seed)
    found = 0
    for _ in range(12):
        parts = dict(good)
        part = draw.choice([name for name in good if name.endswith((".xml", ".rels"))])
        piece = draw.choice(list(re.finditer(rb'(?<==")[^"]*(?=")|(?<=>)[^<]+(?=<)', parts[part])))
        damage = draw.choice([b"", b"-1", b"x", b"9" * 30, b"1.5", b"A0", b"../..", b"((", b"\xff", b"<", b"&e;"])
        parts[part] = parts[part][: piece.start()] + damage + parts[part][piece.end() :]
        path = tmp_path / "damaged.xlsm"
        path.write_bytes(pack(parts))
        found += bool(lint(path))
    assert found > 0


def test_the_smallest_workbook_is_good(tmp_path: Path) -> None:
    assert lint(save(tmp_path / "small.xlsx", minimal())) == []


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>0</v></c><c r="C1"><f>A1&amp;"x"</f></c>',
        '<c><v>1</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="e"><v>#CALC!</v></c>',
        '<c r="A1"><v>-1.5E-300</v></c><c r="XFD1" t="d"><v>2025-01-03</v></c>',
        '<c r="A1"><f t="shared" ref="A1:B1" si="0">C1</f></c><c r="B1"><f t="shared" si="0"/></c>',
        '<c r="A1"><f t="array" ref="A1:B1">C1:D1</f><v>1</v></c><c r="B1"><v>2</v></c>',
        '<c r="A1" t="inlineStr"><is><t>=1+1</t></is></c>',
        '<c r="A1"><f ca="1">NOW()</f></c>',
    ],
)
def test_good_cells_are_let_be(cell: str, tmp_path: Path) -> None:
    assert lint(save(tmp_path / "good.xlsx", _with_cells(cell))) == []


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="a1"><v>1</v></c>', "a cell called 'a1'"),
        ('<c r="A1" t="s"><v>-1</v></c>', "shared string -1"),
        ('<c r="A1" t="b"><v>2</v></c>', "neither true nor false"),
        ('<c r="A1" t="str"><v>' + "x" * 32_768 + "</v></c>", "longer than 32,767 signs"),
        ('<c r="A1" t="zz"><v>1</v></c>', "is no kind of cell"),
        ('<c r="A1"><v>1e999</v></c>', "is no number"),
        ('<c r="A1"><f t="shared" si="3"/></c>', "shares the formula '3'"),
        ('<c r="A1"><f></f></c>', "its formula is empty"),
        ('<c r="A1" cm="1"><f>B1</f></c>', "cm=1"),
        ("<c/>" * 16_385, "beyond the sheet"),
        ('<c r="A1" s="x"><v>1</v></c>', "a number in it cannot be read"),
    ],
)
def test_bad_cells_are_found(cell: str, says: str, tmp_path: Path) -> None:
    assert any(says in finding for finding in lint(save(tmp_path / "bad.xlsx", _with_cells(cell))))


def _with_cells(cells: str) -> dict[str, bytes]:
    start = minimal()[SHEET].decode()
    old = start[start.index('<c r="A1"') : start.index("</row>")]
    return changed(minimal(), SHEET, old, cells)


def test_cells_after_the_rows_are_read_too(tmp_path: Path) -> None:
    parts = changed(minimal(), SHEET, "</sheetData>", '</sheetData><hyperlinks><hyperlink ref="A0"/></hyperlinks>')
    assert lint(save(tmp_path / "late.xlsx", parts)) == ["Desk: the hyperlink 'A0' is no block of cells"]


def test_a_pointer_to_a_place_in_the_same_file_leads_somewhere(tmp_path: Path) -> None:
    for target, findings in (
        ("#Desk!A1", []),
        ("gone.xml", ["xl/worksheets/_rels/sheet1.xml.rels: rId1 points at xl/worksheets/gone.xml, which is not there"]),
    ):
        pointer = f'<Relationship Id="rId1" Type="{OFFICE}/hyperlink" Target="{target}"/>'
        pointers = f'<Relationships xmlns="{PACKAGE}/relationships">{pointer}</Relationships>'.encode()
        assert lint(save(tmp_path / "linked.xlsx", {**minimal(), "xl/worksheets/_rels/sheet1.xml.rels": pointers})) == findings


def test_whole_rows_and_columns_are_areas(tmp_path: Path) -> None:
    rule = '<cfRule type="duplicateValues" priority="1"/></conditionalFormatting>'
    for areas, findings in (("A:C 1:3 $D$4", 0), ("A:4", 1), ("A:XFE", 1), ("1:1048577", 1), ("", 1)):
        parts = changed(minimal(), SHEET, "</sheetData>", f'</sheetData><conditionalFormatting sqref="{areas}">{rule}')
        assert len(lint(save(tmp_path / "areas.xlsx", parts))) == findings, areas


def test_a_prefixed_sheet_is_read_as_well(tmp_path: Path) -> None:
    sheet = minimal()[SHEET].decode()
    prefixed = sheet.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    assert lint(save(tmp_path / "good.xlsx", {**minimal(), SHEET: prefixed.encode()})) == []
    broken = prefixed.replace("12.5", "inf").encode()
    assert lint(save(tmp_path / "bad.xlsx", {**minimal(), SHEET: broken})) == ["Desk!B1: 'inf' is no number"]


GOOD_FORMULAS = (
    *("A1", "SUM(A1:B2)", "-A1%", "'My ''x'' sheet'!$A$1", "[1]Sheet1!A1", "'[1]Sheet 1'!$A$1", "[1]!name", "Sheet1:Sheet3!A1", "Flows[]"),
    *("Flows[[#This Row],[net]]/2", "Flows[#Data]", "Flows[[a]:[b]]", "[net]", "[@net]", "Flows[a'[b]", '_xldudf_X(Flows[world],"w",,3)'),
    *("_xlfn.LET(_xlpm.x,1,_xlpm.x*2)", "_xlfn.LAMBDA(_xlpm.x,_xlpm.x)(3)", "_xlfn.ANCHORARRAY(A1)", "A1#", "@A1", "A1:INDEX(B:B,3)"),
    *(
        "$1:$3",
        "1:3",
        "A:C",
        "Data!$1:$2",
        '{1,2;-3,"a"}',
        "SUM((A1,B2))",
        "A1:B2 B1:C3",
        "IF(,,)",
        "F()",
        "#REF!",
        "#REF!A1",
        "Sheet1!#REF!",
    ),
    *("XLSIG.DANGER_STATE(1,2,3)", "1E+5*2.5", '"a""b"&A1', "A1<>B1", "a.b_c?(2)", "A1=-B1", "OFFSET(A1,1,1):B3", "\\x", "Data!A1:Data!B2"),
)
BAD_FORMULAS = (
    *(
        "SUM(A1",
        "A1)",
        "A1;B1",
        "SUM(A1;B1)",
        "A1 B1 3",
        "1 2",
        "=A1",
        "A1+",
        "*A1",
        "'x!A1",
        "Flows[a",
        "{1,A1}",
        "{1",
        '"abc',
        "A1,B1",
        "",
        "F(",
    ),
    *("()", "A1!!B1", "#FOO!", "A1::B1", "x y(", "Flows[[a],[b],[c]x]", "1A+2", "&", "A1 'x'", "(" * 65 + "1" + ")" * 65, "1" * 8_193),
)


@pytest.mark.parametrize("formula", GOOD_FORMULAS)
def test_what_excel_can_read_parses(formula: str) -> None:
    mentions(formula)


@pytest.mark.parametrize("formula", BAD_FORMULAS, ids=lambda formula: formula[:20])
def test_what_excel_cannot_read_does_not_parse(formula: str) -> None:
    with pytest.raises(BadFormulaError):
        mentions(formula)


def test_a_formula_names_its_sheets_books_and_columns() -> None:
    found = mentions("SUM('a b'!A1,X!B1,[2]Y!C1,Flows[[#This Row],[net]],T[])")
    assert found.sheets == {"a b", "X"}
    assert found.books == {2}
    assert found.columns == {("Flows", "net"), ("T", None)}


def test_a_name_may_unite_ranges_and_a_cell_may_not() -> None:
    assert mentions("A!A1,B!B2", union=True).sheets == {"A", "B"}
    with pytest.raises(BadFormulaError, match="one too many"):
        mentions("A!A1,B!B2")
