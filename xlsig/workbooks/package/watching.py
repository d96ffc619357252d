"""The values of the cells that charts draw, caught while their sheet is written."""

from __future__ import annotations

from collections.abc import Iterable

from xlsig.workbooks.package.addresses import Box
from xlsig.workbooks.package.cells import Plain, SharedText, Tags, cells_in
from xlsig.workbooks.package.placing import Placement

Seen = dict[int, dict[int, Plain]]
"""Values by column and row."""


class Watch:
    """Areas of some sheets, and the values seen in them."""

    def __init__(self, strings: SharedText) -> None:
        self._strings = strings
        self._boxes: dict[str, list[Box]] = {}
        self._seen: dict[str, Seen] = {}

    def add(self, areas: Iterable[tuple[str, Box]]) -> None:
        """Watch these areas too."""
        for sheet, box in areas:
            boxes = self._boxes.setdefault(sheet.lower(), [])
            if box not in boxes:
                boxes.append(box)

    def on(self, sheet: str, tags: Tags) -> SheetWatch | None:
        """What wants to see each row of a sheet; None if nothing of it is watched."""
        boxes = self._boxes.get(sheet.lower())
        if boxes is None:
            return None
        return SheetWatch(boxes, self._seen.setdefault(sheet.lower(), {}), tags, self._strings)

    def column(self, sheet: str, column: int, rows: range) -> list[Plain]:
        """The values of a column as they were written."""
        seen = self._seen.get(sheet.lower(), {}).get(column, {})
        return [seen.get(row) for row in rows]


class SheetWatch:
    """The watched areas of one sheet; shown its rows from top to bottom, it notes their values."""

    def __init__(self, boxes: list[Box], seen: Seen, tags: Tags, strings: SharedText) -> None:
        self._boxes = boxes
        self._seen = seen
        self._tags = tags
        self._strings = strings
        self._edges = sorted({edge for box in boxes for edge in (box.top, box.bottom + 1)}, reverse=True)
        self._here: set[int] = set()
        self._columns = {column for box in boxes for column in range(box.left, box.right + 1)}
        self._noted = 0

    def _watched(self, row: int) -> set[int]:
        """The watched columns of a row; they change only where an area begins or ends."""
        if self._edges and row >= self._edges[-1]:
            while self._edges and row >= self._edges[-1]:
                self._edges.pop()
            here = (box for box in self._boxes if box.top <= row <= box.bottom)
            self._here = {column for box in here for column in range(box.left, box.right + 1)}
        return self._here

    def see_row(self, row: int, xml: bytes) -> None:
        """Note the values of a row from its XML."""
        wanted = self._watched(row)
        if wanted:
            for column, cell in cells_in(xml, self._tags).items():
                if column in wanted:
                    self._seen.setdefault(column, {})[row] = cell.value(self._tags, self._strings)

    def see_table(self, row: int, table: Placement) -> None:
        """Note the values of a row that a table alone fills, and those that its data have for the next ones."""
        if row < self._noted:
            return
        until = row
        for column in self._columns:
            if table.left <= column <= table.right:
                values = table.values(row, column)
                until = row + len(values)
                self._seen.setdefault(column, {}).update(zip(range(row, until), values, strict=True))
        self._noted = until
