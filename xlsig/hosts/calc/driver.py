"""Runs in LibreOffice's own Python and does in a running office what it is told: one JSON object a line in, one a line out.

    python driver.py PIPE

Imports nothing of xlsig, since that Python need not have it.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "xlsm": "Calc MS Excel 2007 VBA XML", "ods": "calc8", "pdf": "calc_pdf_Export"}
_VALUES = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags
_MACROS_WITHOUT_WARNING = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
_TEXT_RESULT = 2  # com.sun.star.sheet.FormulaResult.STRING


class Driver:
    """The commands, each a method. A cell is told as kind (n, s, e or blank), value and shown text."""

    def __init__(self, pipe: str, seconds: float) -> None:
        self._uno: Any = importlib.import_module("uno")
        local = self._uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._context: Any = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:  # UNO says "not yet" by errors of several kinds
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self._desktop = self._service("com.sun.star.frame.Desktop")
        self._document: Any = None

    def _service(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def _properties(self, **values: Any) -> tuple[Any, ...]:
        made = []
        for name, value in values.items():
            prop = self._uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            prop.Name, prop.Value = name, value
            made.append(prop)
        return tuple(made)

    def open(self, path: str | None = None, macros: bool = False) -> list[str]:
        """Open a copy of a file, or a new spreadsheet; the document before is closed. `macros`: with its VBA. Returns the sheets' names."""
        self.close()
        how = {"FilterName": FILTERS["xlsm"], "MacroExecutionMode": _MACROS_WITHOUT_WARNING} if macros else {}
        url = self._uno.systemPathToFileUrl(path) if path else "private:factory/scalc"
        self._document = self._desktop.loadComponentFromURL(
            url, "_blank", 0, self._properties(Hidden=True, AsTemplate=path is not None, **how)
        )
        if self._document is None:
            raise OSError(f"{path} cannot be opened")
        return list(self._document.Sheets.ElementNames)

    def close(self) -> None:
        """Close the document without saving."""
        if self._document is not None:
            self._document.close(True)
            self._document = None

    def recalculate(self) -> float:
        """Recalculate every formula, as Ctrl+Shift+F9; returns the seconds it took."""
        began = time.perf_counter()
        self._document.calculateAll()
        return time.perf_counter() - began

    def _cell(self, cell: Any) -> list[Any]:
        error = cell.getError()
        if error:
            return ["e", error, cell.String]
        kind = cell.Type.value
        if kind == "EMPTY":
            return ["", None, ""]
        if kind == "TEXT" or (kind == "FORMULA" and cell.FormulaResultType2 == _TEXT_RESULT):
            return ["s", cell.String, cell.String]
        return ["n", cell.Value, cell.String]

    def read(self, area: str, sheet: str = "") -> list[list[list[Any]]]:
        """The cells of an area such as A1:C9, or of a name, row by row."""
        block = self._area(area, sheet)
        address = block.getRangeAddress()
        height, width = address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1
        return [[self._cell(block.getCellByPosition(across, down)) for across in range(width)] for down in range(height)]

    def used(self, sheet: str) -> dict[str, list[Any]]:
        """Every filled cell of a sheet by its row and column, such as 3,1 for B4."""
        found: dict[str, list[Any]] = {}
        for block in self._document.Sheets.getByName(sheet).queryContentCells(_VALUES):
            address = block.getRangeAddress()
            for down, row in enumerate(block.getDataArray()):
                for across, value in enumerate(row):
                    at = f"{address.StartRow + down},{address.StartColumn + across}"
                    if value is None:
                        found[at] = self._cell(block.getCellByPosition(across, down))
                    else:
                        found[at] = ["s" if isinstance(value, str) else "n", value, ""]
        return found

    def names(self, prefix: str = "") -> dict[str, list[Any]]:
        """The first cell of each defined name that begins so."""
        named = self._document.NamedRanges
        return {
            name: self._cell(named.getByName(name).ReferredCells.getCellByPosition(0, 0))
            for name in named.ElementNames
            if name.startswith(prefix) and named.getByName(name).ReferredCells is not None
        }

    def _area(self, area: str, sheet: str) -> Any:
        if not sheet and self._document.NamedRanges.hasByName(area):
            return self._document.NamedRanges.getByName(area).ReferredCells
        return (self._document.Sheets.getByName(sheet) if sheet else self._document.Sheets[0]).getCellRangeByName(area)


def main(pipe: str, seconds: float, kind: type[Driver] = Driver) -> None:
    """Answer commands until there are no more."""
    driver = kind(pipe, seconds)
    print(json.dumps({"answer": "ready"}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            command: Callable[..., Any] = getattr(driver, asked["command"])
            said = {"answer": command(**asked["arguments"])}
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
