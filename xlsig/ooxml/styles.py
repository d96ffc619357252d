"""The styles of a workbook, as far as they say how a value is shown."""

from __future__ import annotations

from xlsig.grid.number_formats import BUILT_IN, GENERAL
from xlsig.ooxml.parts import Parts, child, children


class NumberFormats:
    """The number format of each cell style, read when first asked for."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._codes: list[str | None] | None = None

    def of(self, style: str) -> str | None:
        """The format of cells with this style number; None where each country has its own, or where there is no such style."""
        if self._codes is None:
            self._codes = self._read()
        number = int(style or 0)
        if not self._codes:
            return GENERAL
        return self._codes[number] if number < len(self._codes) else None

    def _read(self) -> list[str | None]:
        part = next(iter(self._parts.pointed(self._parts.workbook, "styles")), None)
        if part is None:
            return []
        root = self._parts.tree(part)
        codes: dict[int, str] = dict(BUILT_IN)
        for entry in children(child(root, "numFmts"), "numFmt"):
            codes[int(entry.get("numFmtId", "0"))] = entry.get("formatCode", GENERAL)
        return [codes.get(int(entry.get("numFmtId", "0"))) for entry in children(child(root, "cellXfs"), "xf")]
