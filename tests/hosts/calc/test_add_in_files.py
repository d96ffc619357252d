"""What the extension is made of: derived from the catalogue, the same bytes every time, readable by LibreOffice's own tools."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from checks.idl import idl
from tests.hosts.calc.needed import require_calc
from tests.patience import PATIENCE
from xlsig.functions.catalogue import CATALOGUE
from xlsig.hosts.calc import extension
from xlsig.hosts.calc.extension import Environment, build_extension, parts, type_library
from xlsig.hosts.calc.programs import find_programs
from xlsig.hosts.calc.signatures import ANY, BLOCK, RANGE, methods

SOMEWHERE = Environment(("/somewhere/site-packages",), (3, 11), "/somewhere/calc.log")


def test_every_function_is_a_method_under_its_own_name() -> None:
    named = {method.name: method for method in methods()}
    assert set(CATALOGUE) <= set(named)
    assert all(named[name].function == name for name in CATALOGUE)
    assert len(named) == len(methods())


def test_series_are_references_and_computed_series_have_a_method_of_their_own() -> None:
    named = {method.name: [parameter.type for parameter in method.parameters] for method in methods()}
    assert named["SPREAD_ZSCORE"] == [RANGE, ANY, ANY]
    assert named["SPREAD_ZSCORE_ARRAY"] == [ANY, ANY, ANY]
    assert named["DANGER_STATE"] == [RANGE, RANGE, RANGE, ANY, ANY]
    assert named["EVENT_CHANGE"] == [RANGE, RANGE, ANY, ANY]
    assert named["CELLS"] == [RANGE]
    assert "TRF_BASIS_ARRAY" not in named


def test_what_spills_returns_a_block() -> None:
    returned = {method.name: method.returns for method in methods()}
    assert all((returned[name] == BLOCK) == (function.spills != "no") for name, function in CATALOGUE.items())


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = build_extension(tmp_path / "first.oxt", SOMEWHERE)
    second = build_extension(tmp_path / "second.oxt", SOMEWHERE)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["first.oxt", "second.oxt"]


def test_the_manifest_lists_files_that_are_there(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_extension(tmp_path / "xlsig.oxt", SOMEWHERE)) as package:
        manifest = etree.fromstring(package.read("META-INF/manifest.xml"))
        listed = {entry.get("{http://openoffice.org/2001/manifest}full-path") for entry in manifest}
        assert listed < set(package.namelist())
        assert extension.COMPONENT in package.namelist()


def test_the_component_knows_its_environment_and_has_no_mark_left() -> None:
    component = parts(SOMEWHERE)[extension.COMPONENT].decode()
    compile(component, extension.COMPONENT, "exec")
    assert "'/somewhere/site-packages'" in component
    assert "'/somewhere/calc.log'" in component
    assert "@" not in component


def test_help_is_escaped_and_complete() -> None:
    tree = etree.fromstring(extension.functions(methods()).encode())
    texts = [value.text for value in tree.iter("value")]
    assert all(texts)
    doc = CATALOGUE["SPREAD_ZSCORE"].arguments[1].doc
    assert any(text.startswith(doc) and "252 if omitted" in text for text in texts if text)


def test_the_type_library_is_what_the_sdk_would_write(tmp_path: Path) -> None:
    require_calc()
    office = find_programs().soffice.parent.parent
    sdk, types = office / "sdk" / "bin", [office / "program/types.rdb", office / "program/types/offapi.rdb"]
    if not (sdk / "unoidl-write").exists():
        pytest.skip("the program unoidl-write is missing: install the package libreoffice-dev")
    source, theirs, ours = tmp_path / "xlsig.idl", tmp_path / "theirs.rdb", tmp_path / "ours.rdb"
    source.write_text(idl(methods()))
    ours.write_bytes(type_library(methods()))
    subprocess.run([sdk / "unoidl-write", *types, source, theirs], check=True, timeout=PATIENCE)
    read = [
        subprocess.run([sdk / "unoidl-read", *types, each], check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
        for each in (ours, theirs)
    ]
    assert read[0] == read[1]
    assert "XFunctions" in read[0]
