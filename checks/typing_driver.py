"""The driver of tests, in LibreOffice's own Python: what a person does to an open document, and what the office shows of itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "xlsig" / "hosts" / "calc"))

from driver import FILTERS, Driver, main

_EVERYTHING = 1023  # all of com.sun.star.sheet.CellFlags


class TypingDriver(Driver):  # type: ignore[misc]  # the driver is found by its path
    """A driver that types, defines, saves, and tells of the Function Wizard and of VBA."""

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

    def enter(self, area: str, texts: list[str], undone: int = 0, filled: bool = False, seen: str = "") -> list[Any]:
        """Enter texts in a cell of the first sheet through the user interface, and fill the block that was offered.

        Returns the cell's formula, and the cells `seen`, or the cell, as `read` tells them.

        The document is closed then: a headless LibreOffice crashes when a window is left idle after a command of its interface.
        """
        for text in texts:
            self._dispatch("GoToCell", ToPoint=area)
            self._dispatch("EnterString", StringName=text)
        for _ in range(undone):
            self._dispatch("Undo")
        if filled:
            self._press_fill()
        told = [self.formula(area)[0], self.read(seen or area)]
        self.close()
        return told

    def _press_fill(self) -> None:
        """What the button of the offer does; there is no bar to press it in where nothing is drawn."""
        environment = self._uno.createUnoStruct("com.sun.star.beans.NamedValue", "EnvType", "DISPATCH")
        job = self._uno.createUnoStruct("com.sun.star.beans.NamedValue", "Environment", (environment,))
        self._service("org.xlsig.ResolveJob").execute((job,))

    def modified(self) -> bool:
        """Whether the document would be asked to be saved."""
        return bool(self._document.isModified())

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

    def form(self, area: str, code: str) -> None:
        """Give an area a number format."""
        locale = self._uno.createUnoStruct("com.sun.star.lang.Locale")
        formats = self._document.getNumberFormats()
        key = formats.queryKey(code, locale, False)
        self._area(area, "").NumberFormat = key if key >= 0 else formats.addNew(code, locale)

    def save(self, path: str) -> None:
        """Save a copy; the ending says how."""
        name = FILTERS[path.rpartition(".")[2]]
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


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), TypingDriver)
