"""What stands around a sheet's rows: its dimension before them, and behind them formats, validations and lists that name areas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml import etree

from xlsig.workbooks.package.addresses import Box, box_of
from xlsig.workbooks.package.cells import Tags
from xlsig.workbooks.package.parts import Tree, below
from xlsig.workbooks.package.references import Move, moved, moved_areas
from xlsig.workbooks.package.xml_parts import check_part

Spelling = Callable[[str], str]
"""A formula's text, without =, as a host stores it."""

_FORMULAS = ("formula", "formula1", "formula2", "f")
_END_OF_TAG = re.compile(rb"""<(?![?!])[^\s>]+(?:\s+[\w:.\-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")


def tail_tree(head: bytes, tail: bytes) -> Tree:
    """What stands behind the rows, as a tree under the sheet's root."""
    root = _END_OF_TAG.search(head)
    assert root is not None
    return check_part(root.group() + tail[tail.index(b">") + 1 :], "a worksheet")


def merged_areas(root: Tree) -> list[Box]:
    """The merged cells of a sheet."""
    boxes = (box_of(area.get("ref", "")) for area in below(root, ["mergeCell"]))
    return [box for box in boxes if box is not None]


def new_tail(head: bytes, tail: bytes, tags: Tags, sheet: str, moves: list[Move], spelled: Spelling | None) -> bytes:
    """What stands behind the rows: areas and formulas follow the tables they span, and formulas are `spelled` for another host."""
    if not moves and spelled is None:
        return tail
    root = tail_tree(head, tail)
    is_moved = _move(root, sheet, moves)
    is_spelled = spelled is not None and _rewrite(root, spelled)
    if not (is_moved or is_spelled):
        return tail
    xml = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    start = _END_OF_TAG.search(xml)
    assert start is not None
    return tags.sheet_data_end + b">" + xml[start.end() :]


def _move(root: Tree, sheet: str, moves: list[Move]) -> bool:
    own = [move for move in moves if move.sheet == sheet]
    changed = False
    for element in root.iter("{*}*"):
        areas = element.get("sqref")
        if areas is not None and (to := moved_areas(areas, own)) != " ".join(areas.split()):
            element.set("sqref", to)
            changed = True
    for element in below(root, ["sqref"]):
        to = moved_areas(element.text or "", own)
        if to != " ".join((element.text or "").split()):
            element.text = to
            changed = True
    return _rewrite(root, lambda text: moved(text, sheet, moves)) or changed


def _rewrite(root: Tree, change: Callable[[str], str]) -> bool:
    """Change the text of every formula; whether one became another."""
    changed = False
    for element in below(root, _FORMULAS):
        text = element.text or ""
        to = change(text)
        if to != text:
            element.text = to
            changed = True
    return changed


def with_dimension(head: bytes, tags: Tags, boxes: Iterable[Box], bottom: int | None) -> bytes:
    """The head with the sheet's dimension taking in more blocks; `bottom` is its last row where that is known to have become less."""
    found = re.search(rb"""(<%bdimension\s[^>]*?ref\s*=\s*["'])([^"']*)""" % re.escape(tags.prefix.encode()), head)
    old = None if found is None else box_of(found[2].decode())
    if found is None or old is None:
        return head
    wanted = list(boxes)
    last = [box.bottom for box in wanted]
    new = Box(
        min([old.top, *(box.top for box in wanted)]),
        min([old.left, *(box.left for box in wanted)]),
        max([old.bottom if bottom is None else bottom, *last]),
        max([old.right, *(box.right for box in wanted)]),
    )
    return head[: found.start(2)] + str(new).encode() + head[found.end(2) :]
