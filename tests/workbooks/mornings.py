"""Two mornings of the bundled sample, and a person's edits of a workbook between them."""

from __future__ import annotations

import dataclasses
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

from xlsig.frames.desk import DeskData
from xlsig.sources.sample import sample
from xlsig.workbooks import building
from xlsig.workbooks.layout import Layout


def until(day: str) -> DeskData:
    """The sample as it stood on a day."""
    whole, last = sample(), pd.Timestamp(day)

    def cut(frame: pd.DataFrame | None) -> pd.DataFrame:
        assert frame is not None
        return frame[frame["date"] <= last].reset_index(drop=True)

    provenance = tuple(dataclasses.replace(one, as_of=last.date()) for one in whole.provenance)
    frames = {name: cut(getattr(whole, name)) for name in ("flows", "spreads", "prices", "contracts", "squeeze")}
    return dataclasses.replace(whole, provenance=provenance, **frames)


def values_of(path: Path) -> dict[str, list[list[Any]]]:
    """Every sheet's values as another program reads them."""
    with CalamineWorkbook.from_path(path) as book:
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def differences(ours: dict[str, list[list[Any]]], theirs: dict[str, list[list[Any]]]) -> list[str]:
    """Cells that differ by more than rounding, on the sheets that both have."""
    found = []
    for sheet in ours.keys() & theirs.keys():
        for row in range(max(len(ours[sheet]), len(theirs[sheet]))):
            mine, others = (part[sheet][row] if row < len(part[sheet]) else [] for part in (ours, theirs))
            for column in range(max(len(mine), len(others))):
                a, b = (cells[column] if column < len(cells) else "" for cells in (mine, others))
                rounded = isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-9 * max(1.0, abs(a))
                if a != b and not rounded:
                    found.append(f"{sheet} row {row + 1} column {column + 1}: {a!r} or {b!r}")
    return found


def build_edited(layout: Layout, path: Path, edit: Callable[[Any], None]) -> None:
    """Write a layout with what a person added to it by hand, as Excel would store it."""

    class Edited(xlsxwriter.Workbook):
        def close(self) -> None:
            edit(self)
            super().close()

    with patch.object(building.xlsxwriter, "Workbook", Edited):
        building.build(layout, path)


def picture() -> BytesIO:
    """A small picture: one blue point, enlarged by whoever shows it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x1f\x4e\x79")) + chunk(b"IEND", b""))
