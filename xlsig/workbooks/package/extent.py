"""How far a sheet reaches, measured in a stream: a sheet that spans the whole grid for a few cells is refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from xlsig.workbooks.package.refusal import PackageRefusal

SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384
MOST_CELLS = 30_000_000
"""Rows × columns that a sheet may span however little it holds: all rows of 26 columns fit, 250,000 × 15 are 3.75 million."""
FEWEST_IN = 1_000
"""Beyond that, a sheet must hold at least one cell in so many that it spans."""

_BLOCK = 1 << 20
_OVERLAP = 512
_WIDE = re.compile(rb"r\s*=\s*[\"'][A-Za-z]{2,3}\d")  # only a column beyond Z can make a sheet too large
_CELL = re.compile(rb"<(?:[\w.-]+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"']")
_DIMENSION = re.compile(
    rb"<(?:[\w.-]+:)?dimension\b[^>]*?\bref\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?(\d{1,9})(?::\$?([A-Za-z]{1,3})\$?(\d{1,9}))?[\"']"
)


def check_extent(package: zipfile.ZipFile, part: str, sheet: str) -> None:
    """Refuse a sheet whose cells, or whose declared dimension, span far more than it holds."""
    declared_rows = declared_columns = rows = columns = cells = 0
    for at, block in enumerate(_blocks(package, part)):
        if at == 0:
            if block.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
                raise PackageRefusal(f"{part} is written in UTF-16: open the workbook in Excel and save it once")
            declared_rows, declared_columns = _declared(block)
        wide = _WIDE.search(block) is not None
        found = _CELL.findall(block if wide else block[-4 * _OVERLAP :])
        rows = max([rows, *(int(row) for _, row in found)])
        columns = max([columns, *(_column(letters) for letters in {letters for letters, _ in found})])
        cells += block.count(b"<c ") or block.count(b":c ")
    for height, width, how in ((declared_rows, declared_columns, "declares"), (rows, columns, "spans")):
        if height > SHEET_ROWS or width > SHEET_COLUMNS:
            raise PackageRefusal(f"the sheet {sheet!r} {how} cells beyond the grid (row {height:,}, column {width:,})")
        if height * width > MOST_CELLS and cells * FEWEST_IN < height * width:
            raise PackageRefusal(
                f"the sheet {sheet!r} {how} {height:,} rows × {width:,} columns and holds {cells:,} cells: "
                "delete the empty rows and columns beyond your data and save"
            )


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in blocks that overlap, so that no cell's tag is cut in two."""
    with package.open(part) as stream:
        kept = b""
        while block := stream.read(_BLOCK):
            yield kept + block
            kept = block[-_OVERLAP:]


def _declared(start: bytes) -> tuple[int, int]:
    found = _DIMENSION.search(start)
    if found is None:
        return 0, 0
    letters, row, last_letters, last_row = found.groups()
    return int(last_row or row) - int(row) + 1, _column(last_letters or letters) - _column(letters) + 1


def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
