"""Older copies of a workbook beside it: `name (before 1).xlsx` is the latest."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from pathlib import Path


def rotate(path: Path, keep: int) -> None:
    """Copy a workbook to its latest backup, moving the older ones on; only `keep` of them stay."""
    latest = make_room(path, keep)
    partial = latest.with_name(f".{latest.name}.partial")
    shutil.copy2(path, partial)
    os.replace(partial, latest)


def make_room(path: Path, keep: int) -> Path:
    """Move the older backups of a workbook on; where the latest goes."""
    copies = [path.with_name(f"{path.stem} (before {number}){path.suffix}") for number in range(1, keep + 1)]
    for newer, older in reversed(list(pairwise(copies))):
        if newer.exists():
            os.replace(newer, older)
    return copies[0]
