"""Recalculating 10,000 cells in LibreOffice Calc, each over 250 rows: ours, a native function, and the simplest Python add-in function.

The simplest function is an add-in of its own that answers how many rows it was handed, once as a reference whose values it fetches and once
as rows that Calc hands over. Target: ours at most 1.3 times the simplest of the same kind, a reference. Each column stands in a document of
its own; they are recalculated turn by turn, each is compared with the others of its turn, and the median is shown. Needs
libreoffice-calc-nogui and python3-uno.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import zipfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.year import a_year
from checks.typing_office import TypingOffice
from xlsig.errors import DataError
from xlsig.hosts.calc.extension import type_library
from xlsig.hosts.calc.signatures import ANY, RANGE, Method, Parameter

CELLS, ROWS, TURNS = 10_000, 250, 7
MOST = 1.3
_MODULES = ("org", "xlsigbench")

_COMPONENT = """
import unohelper
from com.sun.star.lang import XServiceName
from org.xlsigbench import XFunctions

class AddIn(unohelper.Base, XFunctions, XServiceName):
    def __init__(self, context):
        pass
    def getServiceName(self):
        return "XLSIGBENCH"
    def HOWMANY_CELLS(self, cells):
        return float(len(cells.getDataArray()))
    def HOWMANY_ROWS(self, rows):
        return float(len(rows))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, "org.xlsigbench.python", ("XLSIGBENCH",))
"""
_COMPONENTS = """<?xml version="1.0" encoding="UTF-8"?>
<components xmlns="http://openoffice.org/2010/uno-components">
<component loader="com.sun.star.loader.Python" uri="x.py">
<implementation name="org.xlsigbench.python"><service name="XLSIGBENCH"/></implementation>
</component>
</components>
"""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_SCHEMA = 'xmlns:oor="http://openoffice.org/2001/registry" oor:name="CalcAddIns" oor:package="org.openoffice.Office"'


def _simplest(folder: Path) -> Path:
    """The extension with the two simplest functions."""
    methods = [
        Method("HOWMANY_CELLS", "", "", (Parameter("cells", RANGE, ""),), ANY),
        Method("HOWMANY_ROWS", "", "", (Parameter("rows", ANY, ""),), ANY),
    ]
    shown = "".join(
        f'<node oor:name="{method.name}" oor:op="replace"><prop oor:name="DisplayName"><value xml:lang="en">{method.name}</value></prop>'
        f'<prop oor:name="Category"><value>Add-In</value></prop><node oor:name="Parameters"/></node>'
        for method in methods
    )
    kinds = {"x.rdb": "uno-typelibrary;type=RDB", "x.xcu": "configuration-data", "x.components": "uno-components"}
    entries = "".join(
        f'<m:file-entry m:media-type="application/vnd.sun.star.{kind}" m:full-path="{path}"/>' for path, kind in kinds.items()
    )
    parts = {
        "META-INF/manifest.xml": f'{_HEAD}<m:manifest xmlns:m="http://openoffice.org/2001/manifest">{entries}</m:manifest>',
        "description.xml": f'{_HEAD}<description xmlns="http://openoffice.org/extensions/description/2006">'
        '<identifier value="org.xlsigbench"/><version value="1"/></description>',
        "x.rdb": type_library(methods, _MODULES),
        "x.xcu": f'{_HEAD}<oor:component-data {_SCHEMA}><node oor:name="AddInInfo"><node oor:name="XLSIGBENCH" oor:op="replace">'
        f'<node oor:name="AddInFunctions">{shown}</node></node></node></oor:component-data>',
        "x.components": _COMPONENTS,
        "x.py": _COMPONENT,
    }
    path = folder / "simplest.oxt"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


COLUMNS = {
    "native STDEV": "STDEV({})",
    "simplest, rows": "XLSIGBENCH.HOWMANY_ROWS({})",
    "simplest, reference": "XLSIGBENCH.HOWMANY_CELLS({})",
    "SELLOFF_STREAK": "XLSIG.SELLOFF_STREAK({})",
    "SPREAD_ZSCORE": "XLSIG.SPREAD_ZSCORE({};200)",
}


def run() -> None:
    """Measure and print."""
    year = a_year()
    values = [float(value) for value in year.flows]
    column = [[values[row % len(values)]] for row in range(CELLS + ROWS)]
    taken: dict[str, list[float]] = {name: [] for name in COLUMNS}
    with tempfile.TemporaryDirectory() as folder, TypingOffice(others=(_simplest(Path(folder)),), seconds=600) as office:
        for turn in range(TURNS + 1):
            for name, call in COLUMNS.items():
                office.open()
                office.tell("fill", area=f"A1:A{CELLS + ROWS}", rows=column)
                formulas = [["=" + call.format(f"A{row}:A{row + ROWS - 1}")] for row in range(1, CELLS + 1)]
                office.tell("fill", area=f"C1:C{CELLS}", rows=formulas, formulas=True)
                if not isinstance(office.value(f"C{CELLS}"), float):
                    raise AssertionError(f"{name} answers {office.value(f'C{CELLS}')}")
                seconds = office.recalculate()
                if turn:
                    taken[name].append(seconds)
    _show(taken)


def _show(taken: dict[str, list[float]]) -> None:
    table = Table(title=f"{CELLS:,} cells over {ROWS} rows in LibreOffice Calc, recalculated", title_justify="left")
    for heading in ("function", "seconds", "µs a cell", "× native", "× simplest, reference", "target", "met"):
        table.add_column(heading, justify="left" if heading == "function" else "right")
    for name, seconds in taken.items():
        ours = not name.startswith(("native", "simplest"))
        each, native, simplest = (
            statistics.median(seconds),
            _times(seconds, taken["native STDEV"]),
            _times(seconds, taken["simplest, reference"]),
        )
        met = ("yes" if simplest <= MOST else "NO") if ours else ""
        ratios = (f"{native:.1f}×", f"{simplest:.2f}×")
        table.add_row(name, f"{each:.2f}", f"{each / CELLS * 1e6:.0f}", *ratios, f"≤ {MOST:g}×" if ours else "", met)
    Console(width=120).print(table)


def _times(seconds: list[float], others: list[float]) -> float:
    """How many times as long as the others of the same turn."""
    return statistics.median(mine / other for mine, other in zip(seconds, others, strict=True))


if __name__ == "__main__":
    try:
        run()
    except DataError as missing:
        sys.exit(str(missing))
