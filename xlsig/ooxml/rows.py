"""The rows of a sheet's XML as a stream: what stands before them, each row, what stands behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import IO

from lxml import etree

from xlsig.errors import PackageRefusal
from xlsig.grid.addresses import Box, box_of, letters
from xlsig.ooxml.markup import MOST_HEAD_BYTES, is_utf_16, local_name, seek
from xlsig.ooxml.parts import Tree, below, check_part
from xlsig.ooxml.references import Move, moved, moved_areas
from xlsig.ooxml.stored_cells import StoredCell, Tags, cells_of, column_named, column_of, tags_of

_CHUNK = 1 << 18  # bytes
_MOSTLY_HEAD = 1 << 12
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_REF = re.compile(rb"""\sref\s*=\s*["']([^"']*)""")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_LONGEST_ROW = 1 << 27
_ENDS = {b"<!--": b"-->", b"<![C": b"]]>", b"<?": b"?>"}
"""How what is no tag begins and ends."""
_ODD = re.compile(rb"<[!?]")

_FORMULAS = ("formula", "formula1", "formula2", "f")
_END_OF_TAG = re.compile(rb"""<(?![?!])[^\s>]+(?:\s+[\w:.\-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")


class StoredRow:
    """A row as it stands in the file; its cells are parsed when asked for."""

    __slots__ = ("_cells", "_start", "attributes", "is_numbered", "number", "raw")

    def __init__(self, number: int, attributes: bytes, raw: bytes, start: int, is_numbered: bool) -> None:
        self.number = number
        self.is_numbered = is_numbered
        self.attributes = attributes
        self.raw = raw
        self._start = start
        self._cells: list[StoredCell] | None = None

    def cells(self, tags: Tags) -> list[StoredCell]:
        """Its cells from left to right."""
        if self._cells is None:
            self._cells = cells_of(self.raw, self._start, tags)
        return self._cells

    def looks(self, tags: Tags) -> list[tuple[bytes, bytes]]:
        """The letters of each cell, and its other attributes, of which one is its style."""
        named = tags.cell_styled.findall(self.raw, self._start)
        if len(named) == self._tags_of_cells(tags):
            return named
        return [(letters(cell.column).encode(), cell.attributes) for cell in self.cells(tags)]

    def is_within(self, columns: Container[bytes], tags: Tags) -> bool:
        """Whether every cell of the row is named and in one of these columns, told by their letters."""
        named = tags.cell_named.findall(self.raw, self._start)
        return len(named) == self._tags_of_cells(tags) and all(map(columns.__contains__, named))

    def _tags_of_cells(self, tags: Tags) -> int:
        return sum(map(self.raw.count, tags.cell_opens))

    def lies_within(self, left: int, right: int, tags: Tags) -> bool:
        """Whether no cell of the row is outside these columns; told from its first and last cell."""
        named = tags.cell_named.match
        begin, end = named(self.raw, self._start), named(self.raw, self.raw.rfind(tags.cell_open))
        if begin is not None and end is not None:
            return left <= column_named(begin) and column_named(end) <= right
        first = tags.cell_start.search(self.raw, self._start)
        if first is None:
            return True
        last = tags.cell_start.match(self.raw, self.raw.rfind(tags.cell_open))
        begins, ends = column_of(first[1]), None if last is None else column_of(last[1])
        if begins is None or ends is None:
            return all(left <= cell.column <= right for cell in self.cells(tags))
        return left <= begins and ends <= right


class SheetStream:
    """A sheet part read once from front to back: `head`, then the rows by iteration, then `tail`."""

    def __init__(self, source: IO[bytes], part: str) -> None:
        self._source = source
        self._part = part
        self._buffer = b""
        self.tail = b""
        self._at = 0
        self.tags, self.head, self._empty = self._read_head()

    def _refusal(self, why: str) -> PackageRefusal:
        return PackageRefusal(f"{self._part} {why}")

    def _more(self) -> bool:
        """Read on, as much again as is held: what is looked at again and again is not looked at too often."""
        chunk = self._source.read(max(_CHUNK, len(self._buffer)))
        self._buffer += chunk
        return bool(chunk)

    def _read_head(self) -> tuple[Tags, bytes, bool]:
        """The names of the elements, all up to and with the opening tag of the rows, and whether there are none."""
        names: list[str] = []

        def is_rows(name: str, attributes: dict[str, str]) -> bool:
            names.append(name)
            return local_name(name) == "sheetData"

        begin = seek(self._pieces(), self._part, is_rows, MOST_HEAD_BYTES)
        if is_utf_16(self._buffer[:2]):
            raise self._refusal("is not stored in UTF-8")
        if not names or local_name(names[0]) != "worksheet":
            raise self._refusal("is no worksheet")
        tags = tags_of(names[-1].removesuffix("sheetData"))
        found = None
        while begin >= 0 and (found := tags.sheet_data.match(self._buffer, begin)) is None and self._more():
            pass
        if found is None:
            raise self._refusal("has no rows where they belong")
        head, empty = self._buffer[: found.end()], bool(found[2])
        self._buffer = self._buffer[found.end() :]
        if empty:
            head = head[: found.start()] + f"<{tags.prefix}sheetData".encode() + found[1] + b">"
        return tags, head, empty

    def _pieces(self) -> Iterator[bytes]:
        while True:
            held = len(self._buffer)
            if not self._more():
                return
            yield self._buffer[held : held + _MOSTLY_HEAD]
            yield self._buffer[held + _MOSTLY_HEAD :]

    def __iter__(self) -> Iterator[StoredRow]:
        if self._empty:
            self.tail = self.tags.sheet_data_end + b">" + self._rest()
            return
        number = -1
        tags = self.tags
        self._clean(0)
        while True:
            at = self._at
            found = tags.row.match(self._buffer, at)
            if found is None:
                if tags.rows_end.match(self._buffer, at) is not None:
                    self._buffer = self._buffer[at:].lstrip()
                    self.tail = self._rest()
                    return
                self._advance()
                continue
            end = found.end()
            if not found[4]:
                closing = self._buffer.find(tags.row_end, end)
                end = self._buffer.find(b">", closing) + 1 if closing >= 0 else 0
                if end == 0:
                    self._advance()
                    continue
            given = found[3] or _number_of(found[2])
            following = number + 1 if given is None else int(given) - 1
            if following <= number:
                raise self._refusal(f"holds row {following + 1} behind row {number + 1}")
            number = following
            begin = found.start(1)
            self._at = end
            yield StoredRow(number, found[2], self._buffer[begin:end], found.end() - begin, given is not None)

    def leap(self, number: int, unless: bytes) -> bool:
        """Pass over the rows before this one, as far as nothing in them says `unless`; False where their spelling does not let us tell."""
        goal = b'%br="%d"' % (self.tags.row_open, number + 1)
        while True:
            said = self._buffer.find(unless, self._at)
            at = self._buffer.find(goal, self._at, said if said >= 0 else len(self._buffer))
            if at >= 0 or said >= 0:
                self._at = max(self._at, at)
                return True
            last = self._buffer.rfind(self.tags.row_open, self._at)
            found = self.tags.row.match(self._buffer, last) if last >= 0 else None
            if found is None or found[3] is None or int(found[3]) > number:
                return False
            self._at = last
            if self._buffer.find(self.tags.sheet_data_end, last) >= 0:
                return True
            self._advance()

    def skip(self) -> None:
        """Pass over the rows that are left."""
        while not self.tail:
            end = self._buffer.find(self.tags.sheet_data_end, self._at)
            if end >= 0 or self._empty:
                self._buffer = self._buffer[max(end, 0) :]
                self.tail = (self.tags.sheet_data_end + b">" if self._empty else b"") + self._rest()
                return
            self._at = 0
            self._buffer = self._buffer[-len(self.tags.sheet_data_end) :]
            if not self._more():
                raise self._refusal("ends within its rows")

    def _advance(self) -> None:
        """Drop what was read and read on."""
        self._buffer = self._buffer[self._at :]
        self._at = 0
        kept = len(self._buffer)
        if kept > _LONGEST_ROW or not self._more():
            raise self._refusal("ends within its rows, or holds something else among them")
        self._clean(max(0, kept - 12))

    def _clean(self, start: int) -> None:
        """Turn CDATA into plain text and drop comments and instructions: rare among rows, and they could hide a tag."""
        kept: list[bytes] = []
        at = start
        while found := _ODD.search(self._buffer, at):
            odd = found.start()
            if self._buffer.find(self.tags.sheet_data_end, at, odd) >= 0:
                break
            end = self._end_of(odd)
            kept += (self._buffer[at:odd], _plain_text(self._buffer[odd:end]))
            at = end
        if kept:
            self._buffer = b"".join([self._buffer[:start], *kept, self._buffer[at:]])

    def _end_of(self, odd: int) -> int:
        """Where what is no tag ends."""
        if len(self._buffer) < odd + 4:
            self._more()
        ending = next((ending for opening, ending in _ENDS.items() if self._buffer.startswith(opening, odd)), None)
        looked = odd
        while ending is not None:
            at = self._buffer.find(ending, looked)
            if at >= 0:
                return at + len(ending)
            looked = max(odd, len(self._buffer) - len(ending))
            if len(self._buffer) > _LONGEST_ROW or not self._more():
                break
        raise self._refusal("holds a comment that does not end")

    def _rest(self) -> bytes:
        pieces = [self._buffer]
        while chunk := self._source.read(_CHUNK):
            pieces.append(chunk)
        self._buffer = b""
        return b"".join(pieces)


def _number_of(attributes: bytes) -> bytes | None:
    found = _NUMBER.search(attributes)
    return None if found is None else found[1]


def _plain_text(odd: bytes) -> bytes:
    """What a comment, an instruction or a CDATA section says as plain XML text."""
    text = odd[len(b"<![CDATA[") : -len(b"]]>")] if odd.startswith(b"<![C") else b""
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def row_start(row: StoredRow | None, number: int, tags: Tags, extra: str = "") -> bytes:
    """A row's opening tag: its attributes as they were, without the hint which columns it spans."""
    if row is None:
        return f'<{tags.prefix}row r="{number + 1}"{extra}>'.encode()
    attributes = _SPANS.sub(b"", row.attributes) if b"spans" in row.attributes else row.attributes
    if not row.is_numbered:
        attributes = f' r="{number + 1}"'.encode() + attributes
    return f"<{tags.prefix}row".encode() + attributes + b">"


def tail_tree(head: bytes, tail: bytes) -> Tree:
    """What stands behind the rows, as a tree under the sheet's root."""
    root = _END_OF_TAG.match(head, max(0, seek([head], "a worksheet", lambda *_: True, MOST_HEAD_BYTES)))
    assert root is not None
    return check_part(root.group() + tail[tail.index(b">") + 1 :], "a worksheet")


def merged_areas(root: Tree) -> list[Box]:
    """The merged cells of a sheet."""
    boxes = (box_of(area.get("ref", "")) for area in below(root, ["mergeCell"]))
    return [box for box in boxes if box is not None]


def new_tail(head: bytes, tail: bytes, tags: Tags, sheet: str, moves: list[Move], spelled: Callable[[str], str] | None) -> bytes:
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
    at = seek([head], "a worksheet", lambda name, _: local_name(name) == "dimension", MOST_HEAD_BYTES)
    tag = _END_OF_TAG.match(head, at) if at >= 0 else None
    found = None if tag is None else _REF.search(head, tag.start(), tag.end())
    old = None if found is None else box_of(found[1].decode())
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
    return head[: found.start(1)] + str(new).encode() + head[found.end(1) :]
