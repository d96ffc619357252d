"""Defined names that stand for a spilled answer: they follow it when it grows or shrinks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlsxwriter.utility import xl_range_abs

from xlsig.workbooks.formulas.following import Key
from xlsig.workbooks.package.addresses import Box, box_of

_AREA = re.compile(r"(?P<sheet>'(?:[^']|'')+'|[^'!]+)!(?P<area>\$[A-Z]{1,3}\$\d+(?::\$[A-Z]{1,3}\$\d+)?)")


def following_names(names: Mapping[str, str], old: Mapping[Key, Box], sizes: Mapping[Key, tuple[int, int]]) -> dict[str, str]:
    """Each name's text once the spills have their new sizes (rows, columns).

    A name follows a spill if it stands for its columns from its first row, or from below its header, to its last row.

    >>> names = {"flags": "Signal!$F$5:$F$9"}
    >>> following_names(names, {("Signal", 3, 0): Box(3, 0, 8, 5)}, {("Signal", 3, 0): (7, 6)})
    {'flags': 'Signal!$F$5:$F$10'}
    """
    return {name: _followed(text, old, sizes) for name, text in names.items()}


def _followed(text: str, old: Mapping[Key, Box], sizes: Mapping[Key, tuple[int, int]]) -> str:
    found = _AREA.fullmatch(text)
    if found is None:
        return text
    sheet = found["sheet"].strip("'").replace("''", "'")
    area = box_of(found["area"].replace("$", ""))
    if area is None:
        return text
    for key, box in old.items():
        follows = key[0] == sheet and area.top in (box.top, box.top + 1) and area.bottom == box.bottom and box.top < box.bottom
        if follows and box.left <= area.left <= area.right <= box.right and key in sizes:
            bottom = max(area.top, box.top + sizes[key][0] - 1)
            return f"{found['sheet']}!{xl_range_abs(area.top, area.left, bottom, area.right)}"
    return text
