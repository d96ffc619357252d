"""What people do to our tables in Excel, as Excel then saves it: a table renamed, or converted to a range."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ooxml.packing import TYPES, WORKBOOK, read, save
from xlsig.grid.addresses import Box
from xlsig.ooxml import open_package


def renamed(path: Path, old: str, new: str, *, formulas: bool = True) -> Path:
    """Rename a table, in place. Excel writes all formulas anew; other programs may not."""
    parts = read(path)
    for part, content in parts.items():
        if part.startswith("xl/tables/"):
            parts[part] = content.replace(f'name="{old}" displayName="{old}"'.encode(), f'name="{new}" displayName="{new}"'.encode())
        elif formulas and part.endswith(".xml"):
            parts[part] = re.sub(rf"(?<![\w.]){old}(?=\[)".encode(), new.encode(), content)
    return save(path, parts)


def converted(path: Path, name: str, *, formulas: bool = True) -> Path:
    """Turn a table into a range, in place: its cells stay, and formulas refer to them as plain cells."""
    with open_package(path, lock=False) as book:
        table = book.table(name)
        boxes = {column.name: Box(table.first, at, table.last, at) for at, column in enumerate(table.columns, start=table.box.left)}
    parts = read(path)
    del parts[table.part]
    base = table.part.rpartition("/")[2]
    parts[TYPES] = re.sub(rf'<Override PartName="/{table.part}"[^>]*/>'.encode(), b"", parts[TYPES])
    for rels in [part for part in parts if part.endswith(".rels")]:
        if found := re.search(rf'<Relationship Id="(\w+)"[^>]*{re.escape(base)}"/>'.encode(), parts[rels]):
            parts[rels] = parts[rels].replace(found[0], b"")
            sheet = rels.replace("_rels/", "").removesuffix(".rels")
            parts[sheet] = parts[sheet].replace(b'<tablePart r:id="%b"/>' % found[1], b"")
            parts[sheet] = re.sub(
                rb'<tableParts count="(\d+)">', lambda count: b'<tableParts count="%d">' % (int(count[1]) - 1), parts[sheet]
            )
    if formulas:
        for part in [WORKBOOK, *(part for part in parts if part.startswith("xl/worksheets/sheet"))]:
            called = rf"(?<![\w.]){name}\[\[?([^\[\]]+)\]?(?::\[([^\[\]]+)\]\])?".encode()
            parts[part] = re.sub(called, lambda found: _plain(table.sheet, boxes, found), parts[part])
    return save(path, parts)


def _plain(sheet: str, boxes: dict[str, Box], found: re.Match[bytes]) -> bytes:
    first, last = boxes[found[1].decode()], boxes[(found[2] or found[1]).decode()]
    return f"'{sheet}'!{first._replace(right=last.right).fixed}".encode()
