"""Older copies of a workbook beside it: `name (before 1).xlsx` is the latest."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from pathlib import Path


def rotate(path: Path, keep: int) -> None:
    """Copy a workbook to its latest backup, moving the older ones on; only `keep` of them stay."""
    copies = [path.with_name(f"{path.stem} (before {number}){path.suffix}") for number in range(1, keep + 1)]
    for newer, older in reversed(list(pairwise(copies))):
        if newer.exists():
            os.replace(newer, older)
    partial = copies[0].with_name(f".{copies[0].name}.partial")
    shutil.copy2(path, partial)
    os.replace(partial, copies[0])
