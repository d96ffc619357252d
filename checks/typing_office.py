"""A LibreOffice of the tests' own, in which they type, and which they let save."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from xlsig.grid.contents import Plain
from xlsig.hosts.calc.office import Office, held


class TypingOffice(Office):
    """An office whose driver does what a person does."""

    driver: ClassVar[Path] = Path(__file__).with_name("typing_driver.py")

    def value(self, area: str, sheet: str = "") -> Plain:
        """What one cell, or the first cell of a name, holds."""
        return held(self.tell("read", area=area, sheet=sheet)[0][0])

    def block(self, area: str, sheet: str = "") -> list[list[Plain]]:
        """The cells of an area, row by row."""
        return [[held(cell) for cell in row] for row in self.tell("read", area=area, sheet=sheet)]

    def type(self, area: str, text: str, sheet: str = "") -> None:
        """Enter text in a cell as a user types it."""
        self.tell("put", area=area, content={"typed": text}, sheet=sheet)

    def enter(self, area: str, *texts: str, undone: int = 0) -> tuple[str, Plain]:
        """Enter texts one after the other through the user interface, take some back; the cell's formula and value. Closes the document."""
        formula, cells = self.tell("enter", area=area, texts=texts, undone=undone)
        return formula, held(cells[0][0])

    def put(self, area: str, content: float | str | None, sheet: str = "") -> None:
        """Enter a value; None clears."""
        self.tell("put", area=area, content=content, sheet=sheet)

    def save(self, path: Path) -> Path:
        """Save a copy as .xlsx, .ods or .pdf."""
        self.tell("save", path=str(path.resolve()))
        return path
