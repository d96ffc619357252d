"""Editing a workbook in place: tables, values, spills and names change in one pass over the package, and nothing else does."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from xlsig.functions.cells import ErrorCell
from xlsig.workbooks.model import Book
from xlsig.workbooks.package import charts, reading, related
from xlsig.workbooks.package.bodies import Body, Entries, plain
from xlsig.workbooks.package.cells import Plain
from xlsig.workbooks.package.filters import hidden_rows
from xlsig.workbooks.package.guard import open_guarded
from xlsig.workbooks.package.locking import only_one
from xlsig.workbooks.package.parts import Parts
from xlsig.workbooks.package.placing import Placement, check_room, scan
from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.relations import CONTENT_TYPES
from xlsig.workbooks.package.rows import SheetStream
from xlsig.workbooks.package.saving import check_free, replacing
from xlsig.workbooks.package.sheets import SheetEdit
from xlsig.workbooks.package.skeleton import merged_areas, tail_tree
from xlsig.workbooks.package.spilling import resized_spill
from xlsig.workbooks.package.strings import SharedStrings
from xlsig.workbooks.package.tables import TablePart, matched, read_table
from xlsig.workbooks.package.watching import Watch
from xlsig.workbooks.package.workbook import Sheet, Workbook
from xlsig.workbooks.package.writing import write_package

Mode = Literal["live", "snapshot"]
Key = tuple[str, int, int]
LOCK_PATIENCE = 120.0
OPEN_PATIENCE = 2.0


def open_package(path: str | os.PathLike[str], *, lock: bool = True) -> Edit:
    """Open an .xlsx or .xlsm file to edit it. Until it is closed no other edit of the file begins (`lock=False`: only to read it).

    Raises `PackageRefusal` with one sentence for a file that will not be edited, and the system's own `OSError`.
    """
    return Edit(Path(path), lock=lock)
