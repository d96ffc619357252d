"""The values of the cells that charts draw, caught while their sheet is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xlsig.workbooks.package.addresses import Box
from xlsig.workbooks.package.cells import Plain, SharedText, Tags, cells_in


class Watch:
    """Areas of some sheets, and the values seen in them."""

    def __init__(self, strings: SharedText) -> None:
        self._strings = strings
        self._boxes: dict[str, list[Box]] = {}
        self._seen: dict[str, dict[tuple[int, int], Plain]] = {}

    def add(self, areas: Iterable[tuple[str, Box]]) -> None:
        """Watch these areas too."""
        for sheet, box in areas:
            boxes = self._boxes.setdefault(sheet.lower(), [])
            if box not in boxes:
                boxes.append(box)

    def on(self, sheet: str, tags: Tags) -> Callable[[int, bytes], None] | None:
        """What wants to see each row of a sheet; None if nothing of it is watched."""
        boxes = self._boxes.get(sheet.lower())
        if boxes is None:
            return None
        seen = self._seen.setdefault(sheet.lower(), {})
        top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)

        def see(number: int, xml: bytes) -> None:
            if not top <= number <= bottom:
                return
            here = [box for box in boxes if box.top <= number <= box.bottom]
            if not here:
                return
            for column, cell in cells_in(xml, tags).items():
                if any(box.left <= column <= box.right for box in here):
                    seen[number, column] = cell.value(tags, self._strings)

        return see

    def value(self, sheet: str, row: int, column: int) -> Plain:
        """One cell's value as it was written."""
        return self._seen.get(sheet.lower(), {}).get((row, column))
