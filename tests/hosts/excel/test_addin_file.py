"""The add-in's file, as readers of such files find it."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import olefile
import pytest
from oletools.olevba import VBA_Parser

from tests.ooxml.validator import sdk_errors
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.excel.addin import build_addin, modules


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / "xlsig.xlam"
    build_addin(path)
    return path


def test_two_builds_are_the_same_bytes(made: Path, tmp_path: Path) -> None:
    build_addin(tmp_path / "again.xlam")
    assert (tmp_path / "again.xlam").read_bytes() == made.read_bytes()


def test_every_module_is_extracted_as_its_source(made: Path) -> None:
    parser = VBA_Parser(str(made))
    found = {name.rpartition(".")[0]: code.splitlines() for _, _, name, code in parser.extract_macros()}
    assert found == {module.name: module.source().splitlines() for module in modules()}


def test_static_analysis_has_nothing_to_say(made: Path) -> None:
    command = [sys.executable, "-m", "pyvbaanalysis", "--whole-project", "--fail-level", "information", str(made)]
    analysis = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (analysis.returncode, "(no diagnostics)" in analysis.stdout) == (0, True), analysis.stdout + analysis.stderr


def test_the_compound_file_has_no_defect(made: Path) -> None:
    binary = zipfile.ZipFile(made).read("xl/vbaProject.bin")
    with olefile.OleFileIO(io.BytesIO(binary), raise_defects=olefile.DEFECT_UNSURE) as compound:
        assert compound.parsing_issues == []
        assert {"PROJECT", "PROJECTwm"} < {entry[0] for entry in compound.listdir()}
        for entry in compound.listdir():
            assert len(compound.openstream(entry).read()) == compound.get_size(entry)


def test_every_function_has_a_wrapper_and_no_placeholder_is_left() -> None:
    code = {module.name: module.code for module in modules()}
    assert [name for name in CATALOGUE if f"Public Function {name}(" not in code["XlsigFunctions"]] == []
    assert [name for name, text in code.items() if "{" in text] == []


def test_the_package_is_valid(made: Path) -> None:
    assert sdk_errors(made) == []
