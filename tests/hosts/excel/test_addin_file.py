"""The file xlsig.xlam, read by programs that did not write it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import olefile
import pytest
from oletools.olevba import VBA_Parser

from tests.workbooks.package.validator import sdk_errors
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.addin import build_addin, modules
from xlsig.workbooks.package.lint import lint
from xlsig.workbooks.templates import TEMPLATES

LONGEST_LINE, MOST_CONTINUATIONS, LONGEST_DESCRIPTION = 1_023, 24, 255


@pytest.fixture(scope="module")
def add_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("add-in") / "xlsig.xlam"
    build_addin(path)
    return path


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)


def test_two_builds_are_byte_identical(add_in: Path, tmp_path: Path) -> None:
    build_addin(tmp_path / "again.xlam")
    assert (tmp_path / "again.xlam").read_bytes() == add_in.read_bytes()


def test_olevba_extracts_every_module_as_its_source_reads(add_in: Path) -> None:
    parser = VBA_Parser(str(add_in))
    found = {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    assert {name: code.split() for name, code in found.items()} == {module.name: module.source().split() for module in modules()}
    assert all(found[module.name].splitlines() == module.source().splitlines() for module in modules())


def test_olefile_finds_no_defect(add_in: Path) -> None:
    with olefile.OleFileIO(io.BytesIO(part(add_in, "xl/vbaProject.bin")), raise_defects=olefile.DEFECT_UNSURE) as project:
        assert project.parsing_issues == []
        assert sorted(entry[-1] for entry in project.listdir() if entry[0] == "VBA") == sorted(
            ["_VBA_PROJECT", "dir", *(module.name for module in modules())]
        )


def test_the_sdk_and_our_lint_find_nothing_in_the_workbook_around_it(add_in: Path) -> None:
    assert lint(add_in) == []
    assert sdk_errors(add_in) == []


def test_every_line_fits_what_vba_reads() -> None:
    for module in modules():
        lines = module.source().splitlines()
        assert max(map(len, lines)) <= LONGEST_LINE
        assert all(line.isascii() or line.encode("cp1252") for line in lines)
        runs = re.split(r"(?m)^.*[^_]$", "\n".join(line.rstrip() for line in lines))
        assert max(run.count("\n") for run in runs) <= MOST_CONTINUATIONS + 1


def test_every_function_is_wrapped_and_described_once() -> None:
    sources = {module.name: module.code for module in modules()}
    assert re.findall(r"Public Function (\w+)", sources["XlsigFunctions"]) == list(CATALOGUE)
    assert re.findall(r'Macro:="(\w+)"', sources["XlsigDescriptions"]) == list(CATALOGUE)
    texts = [text.replace('""', '"') for text in re.findall(r'"((?:[^"]|"")*)"', sources["XlsigDescriptions"])]
    assert max(map(len, texts)) <= LONGEST_DESCRIPTION


def test_every_button_calls_a_macro_that_is_there(add_in: Path) -> None:
    ribbon = part(add_in, "customUI/customUI.xml").decode()
    macros = {module.name: module.code for module in modules()}["XlsigRibbon"]
    called = re.findall(r'onAction="(\w+)"', ribbon)
    assert set(called) == set(re.findall(r"Public Sub (\w+)\(control As IRibbonControl\)", macros))
    assert re.findall(r'tag="(\w+)"', ribbon) == list(TEMPLATES)


def test_the_hidden_sheet_tells_intellisense_every_function(add_in: Path) -> None:
    sheet = part(add_in, "xl/worksheets/sheet2.xml").decode()
    assert '<c r="A1" t="inlineStr"><is><t>FunctionInfo</t></is></c>' in sheet
    assert re.findall(r'<c r="A\d+" t="inlineStr"><is><t>([A-Z_]+)</t>', sheet) == list(CATALOGUE)
    assert 'name="_IntelliSense_" sheetId="2" state="hidden"' in part(add_in, "xl/workbook.xml").decode()
