"""How far the cells of a sheet reach: what a reader that lays them out row by row makes room for, however few there are."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import SHEET_COLUMNS, SHEET_ROWS, column_number
from xlsig.ooxml.markup import MOST_HEAD_BYTES, growing, is_utf_16, local_name, seek

MOST_CELLS = 30_000_000
"""Rows × columns that a sheet may span however little it holds: a stray cell in the last row of 26 columns is no harm."""
FEWEST_IN = 1_000
"""Beyond that, a sheet must hold at least one cell in so many that it spans."""
MOST_DATA_CELLS = 2_600_000
"""Rows × columns that a sheet of data may span however little it holds, since all of them are held at once."""
FEWEST_DATA_IN = 8
"""Beyond that, a sheet of data must hold at least one cell in so many."""

_BLOCK = 1 << 20
_OVERLAP = 64
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
_ROW = re.compile(r"[1-9]\d{0,6}")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,8})(?::\$?([A-Za-z]{1,3})\$?([1-9]\d{0,8}))?")
_NAMELESS = re.compile(rb"<c(?! r=[\"'])[\s/>](?=.{4})", re.DOTALL)
_PREFIXED = re.compile(rb":c[\s/>]")
_FAR = re.compile(rb"r\s*=\s*[\"'](?:[A-Za-z]{2,}\d|[A-Za-z]?\d{7})")
"""What must stand in a sheet's XML, be it in a text, where a cell has a name beyond Z or a row of seven digits."""
_FAR_FOR_DATA = (re.compile(rb"r\s*=\s*[\"'](?:[A-Za-z]{2,}\d|[A-Za-z]?\d{6})"), _NAMELESS, _PREFIXED)
"""The same with rows of six digits, and cells whose place is counted."""


@dataclass
class Extent:
    """The block of a sheet's cells, counted from 1, and how many it holds."""

    top: int = SHEET_ROWS
    left: int = SHEET_COLUMNS
    bottom: int = 0
    right: int = 0
    cells: int = 0

    def take_in(self, row: int, column: int) -> None:
        """One cell more."""
        self.cells += 1
        if row < self.top:
            self.top = row
        if row > self.bottom:
            self.bottom = row
        if column < self.left:
            self.left = column
        if column > self.right:
            self.right = column

    @property
    def height(self) -> int:
        """Rows from the first cell to the last."""
        return max(0, self.bottom - self.top + 1)

    @property
    def width(self) -> int:
        """Columns from the first cell to the last."""
        return max(0, self.right - self.left + 1)


def check_extent(package: zipfile.ZipFile, part: str, sheet: str) -> None:
    """Refuse a sheet whose cells, or whose declared dimension, span far more than it holds."""
    declared = _declared(package, part)
    seen = _seen(package, part, sheet, () if declared.height * declared.width > MOST_CELLS else (_FAR,))
    for extent, rows, columns, how in (
        (declared, declared.height, declared.width, "declares"),
        (seen, seen.bottom, seen.right, "spans"),
    ):
        if extent.bottom > SHEET_ROWS or extent.right > SHEET_COLUMNS:
            raise _beyond(sheet, extent.bottom, extent.right, how)
        check_span(f"the sheet {sheet!r} {how}", rows, columns, seen.cells, MOST_CELLS, FEWEST_IN)


def check_data_extent(package: zipfile.ZipFile, part: str, sheet: str) -> None:
    """Refuse a sheet of data whose cells span far more than it holds."""
    seen = _seen(package, part, sheet, _FAR_FOR_DATA)
    check_span(f"the sheet {sheet!r} spans", seen.height, seen.width, seen.cells, MOST_DATA_CELLS, FEWEST_DATA_IN)


def check_span(said: str, height: int, width: int, cells: int, most: int = MOST_DATA_CELLS, fewest_in: int = FEWEST_DATA_IN) -> None:
    """Refuse a block that is large and nearly empty; `said` begins the sentence."""
    if height * width > most and cells * fewest_in < height * width:
        held = f"{cells:,} cells" if cells != 1 else "1 cell"
        raise PackageRefusal(
            f"{said} {height:,} rows × {width:,} columns and holds {held}: delete the empty rows and columns beyond your data and save"
        )


def _beyond(sheet: str, row: int, column: int, how: str = "spans") -> PackageRefusal:
    return PackageRefusal(f"the sheet {sheet!r} {how} cells beyond the grid (row {row:,}, column {column:,})")


def _declared(package: zipfile.ZipFile, part: str) -> Extent:
    """The dimension that stands before a sheet's rows; empty if there is none."""
    found = Extent()

    def begin(name: str, attributes: dict[str, str]) -> bool:
        nonlocal found
        kind = local_name(name)
        if kind == "dimension" and (given := _RANGE.fullmatch(attributes.get("ref", ""))):
            letters, row, last_letters, last_row = given.groups()
            corners = [int(row), int(last_row or row)], [column_number(letters) + 1, column_number(last_letters or letters) + 1]
            found = Extent(min(corners[0]), min(corners[1]), max(corners[0]), max(corners[1]))
        return kind == "sheetData"

    with package.open(part) as stream:
        if is_utf_16(stream.read(2)):
            raise PackageRefusal(f"{part} is written in UTF-16: open the workbook in Excel and save it once")
    with package.open(part) as stream:
        seek(growing(stream), part, begin, MOST_HEAD_BYTES)
    return found


def _seen(package: zipfile.ZipFile, part: str, sheet: str, far: Sequence[re.Pattern[bytes]]) -> Extent:
    """The block of a sheet's cells; empty where none of `far` is found, without which none is far and they need not be looked at."""
    if far and not any(pattern.search(block) for block in _blocks(package, part) for pattern in far):
        return Extent()
    cells = _Cells(sheet)
    target: Any = cells  # the stubs ask for more than lxml does
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        with package.open(part) as stream:
            while piece := stream.read(_BLOCK):
                parser.feed(piece)
            parser.close()
    except etree.XMLSyntaxError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({failure.msg})") from None
    return cells.extent


class _Cells:
    """What a parser hands a sheet's elements to: how far its cells reach, with and without names, as readers of all cells place them."""

    def __init__(self, sheet: str) -> None:
        self.extent = Extent()
        self._sheet = sheet
        self._row = self._column = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        kind = tag[tag.rfind("}") + 1 :]
        if kind == "c":
            row, column = self._row, self._column + 1
            if (name := attributes.get("r")) is not None:
                corner = _CELL.fullmatch(name)
                if corner is None:
                    raise PackageRefusal(f"the sheet {self._sheet!r} holds a cell called {name[:20]!r}, beyond the grid")
                column, row = column_number(corner[1]) + 1, int(corner[2])
            self._column = column
            if row > SHEET_ROWS or column > SHEET_COLUMNS:
                raise _beyond(self._sheet, row, column)
            self.extent.take_in(row, column)
        elif kind == "row":
            number = attributes.get("r")
            if number is not None and not _ROW.fullmatch(number):
                raise PackageRefusal(f"the sheet {self._sheet!r} holds a row called {number[:20]!r}, beyond the grid")
            self._row = self._row + 1 if number is None else int(number)
            self._column = 0

    def close(self) -> None:
        """The document ends."""


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in blocks that overlap, so that no name is cut in two."""
    with package.open(part) as stream:
        kept = b""
        while block := stream.read(_BLOCK):
            yield kept + block
            kept = block[-_OVERLAP:]
