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

_FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "xlsm": "Calc MS Excel 2007 VBA XML", "ods": "calc8", "pdf": "calc_pdf_Export"}
_VALUES, _EVERYTHING = 1 | 2 | 4 | 16, 1023  # com.sun.star.sheet.CellFlags
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
            except Exception:
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
        how = {"FilterName": _FILTERS["xlsm"], "MacroExecutionMode": _MACROS_WITHOUT_WARNING} if macros else {}
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

    def put(self, area: str, content: Any, sheet: str = "") -> None:
        """Fill a cell: a number, text, None for a blank; {"typed": …} as typed in the user interface; {"formula": …} and {"array": …}."""
        block = self._area(area, sheet)
        cell = block.getCellByPosition(0, 0)
        if content is None:
            block.clearContents(_EVERYTHING)
        elif isinstance(content, dict):
            ((kind, text),) = content.items()
            if kind == "typed":
                cell.FormulaLocal = text
            elif kind == "formula":
                cell.setFormula(text)
            else:
                block.setArrayFormula(text)
        elif isinstance(content, str):
            cell.setString(content)
        else:
            cell.setValue(content)

    def enter(self, area: str, texts: list[str], undone: int = 0) -> list[Any]:
        """Enter texts in a cell of the first sheet through the user interface; returns its formula and the cell as `read` tells it.

        The document is closed then: a headless LibreOffice crashes when a window is left idle after a command of its interface.
        """
        for text in texts:
            self._dispatch("GoToCell", ToPoint=area)
            self._dispatch("EnterString", StringName=text)
        for _ in range(undone):
            self._dispatch("Undo")
        seen = [self.formula(area)[0], self.read(area)[0][0]]
        self.close()
        return seen

    def _dispatch(self, command: str, **arguments: Any) -> None:
        frame = self._document.CurrentController.Frame
        self._service("com.sun.star.frame.DispatchHelper").executeDispatch(frame, f".uno:{command}", "", 0, self._properties(**arguments))

    def fill(self, area: str, rows: list[list[Any]], sheet: str = "", formulas: bool = False) -> None:
        """Fill an area with values, or with formulas, at once."""
        block = self._area(area, sheet)
        content = tuple(map(tuple, rows))
        if formulas:
            block.setFormulaArray(content)
        else:
            block.setDataArray(content)

    def formula(self, area: str, sheet: str = "") -> list[str]:
        """A cell's formula as its interface spells it, and as the user sees it."""
        cell = self._area(area, sheet).getCellByPosition(0, 0)
        return [cell.getFormula(), cell.FormulaLocal]

    def define(self, name: str, content: str) -> None:
        """Define a name."""
        origin = self._uno.createUnoStruct("com.sun.star.table.CellAddress")
        self._document.NamedRanges.addNewByName(name, content, origin, 0)

    def save(self, path: str) -> None:
        """Save a copy; the ending says how."""
        name = _FILTERS[path.rpartition(".")[2]]
        self._document.storeToURL(self._uno.systemPathToFileUrl(path), self._properties(FilterName=name))

    def functions(self) -> list[dict[str, Any]]:
        """What the Function Wizard shows of the add-in functions."""
        listed = self._service("com.sun.star.sheet.FunctionDescriptions")
        shown = []
        for at in range(listed.getCount()):
            entry = {each.Name: each.Value for each in listed.getByIndex(at)}
            arguments = [{"name": each.Name, "doc": each.Description, "optional": each.IsOptional} for each in entry.get("Arguments") or ()]
            shown.append({"name": entry["Name"], "doc": entry["Description"], "category": entry["Category"], "arguments": arguments})
        return shown

    def modules(self) -> list[str]:
        """The modules of the open file's VBA."""
        libraries = self._document.BasicLibraries
        return list(libraries.getByName(libraries.ProjectName).ElementNames)

    def macro(self, module: str, function: str, arguments: list[Any]) -> Any:
        """What a function of the open file's VBA returns."""
        project = self._document.BasicLibraries.ProjectName
        name = f"vnd.sun.star.script:{project}.{module}.{function}?language=Basic&location=document"
        return self._document.getScriptProvider().getScript(name).invoke(_tuples(arguments), (), ())[0]


def _tuples(content: Any) -> Any:
    """Lists as UNO takes them."""
    return tuple(map(_tuples, content)) if isinstance(content, list) else content


def main(pipe: str, seconds: float) -> None:
    """Answer commands until there are no more."""
    driver = Driver(pipe, seconds)
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
