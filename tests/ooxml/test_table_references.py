"""References inside formulas: which of them follow a table, and how shared formulas read in other cells."""

from __future__ import annotations

import pytest
from openpyxl.formula.translate import Translator

from xlsig.grid.addresses import Box, box_of
from xlsig.ooxml.references import Move, moved, moved_areas, rewritten, shifted

GROWN = Move("My data", 0, 6, header=2, first=3, old_last=62, new_last=99, totals=False)
WITH_TOTALS = Move("Data", 0, 6, header=2, first=3, old_last=62, new_last=9, totals=True)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM('My data'!$E$4:$E$63)", "SUM('My data'!$E$4:$E$100)"),
        ("SUM('my DATA'!E4:E63)", "SUM('my DATA'!E4:E100)"),
        ("COUNT('My data'!$A$3:$G$63)", "COUNT('My data'!$A$3:$G$100)"),
        ("SUM('My data'!$E$4:$H$63)", "SUM('My data'!$E$4:$H$63)"),
        ("SUM('My data'!$E$5:$E$63)", "SUM('My data'!$E$5:$E$63)"),
        ("SUM('My data'!$E$4:$E$62)", "SUM('My data'!$E$4:$E$62)"),
        ("'My data'!$E$63+'My data'!E4", "'My data'!$E$63+'My data'!E4"),
        ("SUM(Other!$E$4:$E$63,E4:E63)", "SUM(Other!$E$4:$E$63,E4:E63)"),
        ("\"'My data'!$E$4:$E$63\"&Flows[[#All],['My data'!E4:E63]]", "\"'My data'!$E$4:$E$63\"&Flows[[#All],['My data'!E4:E63]]"),
        ("SUM('[1]My data'!$E$4:$E$63)", "SUM('[1]My data'!$E$4:$E$63)"),
        ("SUM('My data:Other'!$E$4:$E$63)", "SUM('My data:Other'!$E$4:$E$63)"),
        ("LOG10(E4)+E4E63+x.E4", "LOG10(E4)+E4E63+x.E4"),
    ],
)
def test_only_what_spans_the_tables_rows_follows(formula: str, expected: str) -> None:
    assert moved(formula, "Desk", [GROWN]) == expected


def test_a_formula_on_the_tables_own_sheet_needs_no_sheet_name() -> None:
    assert moved("SUM(E4:E63)", "My data", [GROWN]) == "SUM(E4:E100)"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("Data!E64", "Data!E11"), ("SUM(Data!E4:E64)", "SUM(Data!E4:E11)"), ("Data!H64", "Data!H64"), ("Data!E65", "Data!E65")],
)
def test_references_to_totals_follow_the_totals(formula: str, expected: str) -> None:
    assert moved(formula, None, [WITH_TOTALS]) == expected


def test_a_table_of_one_row_grows_its_areas_but_not_references_to_its_only_cell() -> None:
    one = Move("Data", 0, 6, header=2, first=3, old_last=3, new_last=9, totals=False)
    assert moved("Data!E4", None, [one]) == "Data!E4"
    assert moved("Data!$E$4:$E$4", None, [one]) == "Data!$E$4:$E$10"
    assert moved("Data!$E$4", None, [one], single=True) == "Data!$E$4:$E$10"
    assert moved_areas("E4 F4:G4 A1", [one]) == "E4:E10 F4:G10 A1"


def test_a_table_without_a_header_moves_from_its_first_row() -> None:
    bare = Move("Data", 0, 1, header=None, first=0, old_last=4, new_last=1, totals=False)
    assert moved_areas("A1:B5 A2:B5", [bare]) == "A1:B2 A2:B5"


@pytest.mark.parametrize(
    "formula",
    ["A1+$B2+C$3+$D$4", "SUM(A1:B2,Data!C3:$D$4)", 'IF(A1="A1",B2&"x",LOG10(C3))', "'It''s'!A1*2", "Flows[net]+T[[#This Row],[A1]]"],
)
@pytest.mark.parametrize(("down", "across"), [(0, 1), (1, 0), (7, 30)])
def test_shifting_agrees_with_openpyxl(formula: str, down: int, across: int) -> None:
    other = Translator(f"={formula}", "AA100").translate_formula(row_delta=down, col_delta=across)
    assert shifted(formula, down, across) == other[1:]


def test_a_reference_shifted_off_the_sheet_is_lost() -> None:
    assert shifted("A1+B2", -1, 0) == "#REF!+B1"
    assert shifted("XFD1", 0, 1) == "#REF!"


def test_anything_at_all_survives_being_looked_through() -> None:
    for formula in ("", "'", '"', "[", "a[[", "A1:", "$", "'a'!", "#REF!A1", "{1,2;3}", "é!A1", "A1:B2:C3", "\n A1"):
        assert rewritten(formula, lambda _, text: text) == formula


@pytest.mark.parametrize(
    ("text", "box"), [("B4", Box(3, 1, 3, 1)), ("$A$4:F63", Box(3, 0, 62, 5)), ("A:B", None), ("XFE1", None), ("A1:B2:C3", None)]
)
def test_blocks_are_read_by_name(text: str, box: Box | None) -> None:
    assert box_of(text) == box
