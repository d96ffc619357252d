"""The committed workbooks: the templates built from the bundled sample, and the self-test; and whether they are current.

A workbook built anew has the same bytes where the libraries and the processor are those that made it: they are recorded beside the
workbooks. Anywhere else its parts are compared unzipped, with numbers to 1e-12, since sums and compression differ in the last digit.
"""

from __future__ import annotations

import platform
import re
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from html import unescape
from importlib.metadata import version
from pathlib import Path

import numpy as np

from xlsig.functions.catalogue import CATALOGUE
from xlsig.sources.sample import sample
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import inputs_of
from xlsig.workbooks.templates import NAMES, SELFTEST, TEMPLATES, selftest

FOLDER = "workbooks"
MADE_WITH = "made_with.toml"
TOLERANCE = 1e-12

_NUMBER = re.compile(rb"(?<![\w.])-?\d+\.\d+(?:[eE][+-]?\d+)?")


def build_all(folder: Path) -> dict[str, Path]:
    """Build every workbook into a folder; name → file."""
    inputs = inputs_of(sample())
    built = {name: folder / f"{name}.xlsx" for name in NAMES}
    for name, path in built.items():
        build(selftest.layout() if name == SELFTEST else TEMPLATES[name](inputs), path)
    return built


def maker() -> dict[str, str]:
    """What the bytes of a workbook depend on besides our code: the libraries that compute, write and zip, and the processor."""
    found = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": np.__version__,
        "pandas": version("pandas"),
        "XlsxWriter": version("XlsxWriter"),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "processor": " ".join([platform.machine(), *found.get("baseline", []), *found.get("found", [])]),
    }


def record(made_with: Mapping[str, str]) -> str:
    """The text of the file that says what made the workbooks."""
    lines = "".join(f'{name} = "{what}"\n' for name, what in made_with.items())
    return f"# Written by `python -m tasks.generate` with the workbooks. Where all of this is the same, so are their bytes.\n{lines}"


def made_here(folder: Path) -> bool:
    """Whether the workbooks of a folder were made with what computes here."""
    path = folder / MADE_WITH
    return path.is_file() and tomllib.loads(path.read_text("utf-8")) == maker()


def difference(built: Path, committed: Path, *, to_the_byte: bool | None = None) -> str:
    """How a committed workbook differs from one built anew, in a few words; empty if it is current."""
    if not committed.is_file():
        return "it is not there"
    if built.read_bytes() == committed.read_bytes():
        return ""
    ours, theirs = _parts(built), _parts(committed)
    if list(ours) != list(theirs):
        return f"its parts differ: {', '.join(sorted({*ours} ^ {*theirs})) or 'their order'}"
    differing = [part for part in ours if not same_but_for_rounding(ours[part], theirs[part])]
    if differing:
        return f"{differing[0]} and {len(differing) - 1} more differ" if len(differing) > 1 else f"{differing[0]} differs"
    if made_here(committed.parent) if to_the_byte is None else to_the_byte:
        return f"its bytes differ, and {MADE_WITH} says that they were made with what computes here"
    return ""


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def same_but_for_rounding(ours: bytes, theirs: bytes) -> bool:
    """Equal text, and numbers with a decimal point within the tolerance."""
    if ours == theirs:
        return True
    mine, others = _NUMBER.findall(ours), _NUMBER.findall(theirs)
    if _NUMBER.sub(b"#", ours) != _NUMBER.sub(b"#", theirs) or len(mine) != len(others):
        return False
    pairs = zip(map(float, mine), map(float, others), strict=True)
    return all(abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other)) for one, other in pairs)


def stale(root: Path, built: Mapping[str, Path]) -> dict[str, str]:
    """Path → how it differs, of each committed workbook that is not current."""
    found = {f"{FOLDER}/{name}.xlsx": difference(path, root / FOLDER / f"{name}.xlsx") for name, path in built.items()}
    return {path: why for path, why in found.items() if why}


def write(root: Path, built: Mapping[str, Path]) -> dict[str, str]:
    """Put the workbooks in place if one is not current; path → why, of those.

    All are written together, since one record says what made them. None is where they differ by rounding alone, so that a
    change of machine is no change of files.
    """
    behind = stale(root, built)
    if behind:
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        for name, path in built.items():
            (root / FOLDER / f"{name}.xlsx").write_bytes(path.read_bytes())
        (root / FOLDER / MADE_WITH).write_text(record(maker()), "utf-8", newline="\n")
    return behind


def calls(workbook: Path) -> dict[str, set[str]]:
    """Sheet → the functions of the catalogue that its formulas call. For workbooks of our own writing."""
    with zipfile.ZipFile(workbook) as package:
        names = re.findall(r'<sheet name="([^"]*)"', package.read("xl/workbook.xml").decode())
        sheets = [package.read(f"xl/worksheets/sheet{at}.xml").decode() for at in range(1, len(names) + 1)]  # XlsxWriter's numbering
    return {unescape(name): set(_called(sheet)) for name, sheet in zip(names, sheets, strict=True)}


def _called(sheet: str) -> Iterator[str]:
    for formula in re.findall(r"<f[ >][^<]*", sheet):
        yield from (name for name in re.findall(r"\b([A-Z][A-Z0-9_]*)\(", formula) if name in CATALOGUE)
