"""What a Calc of 25.2 answers to formulas that an older one does not know, kept in a table that can be made again.

    python -m tests.formulas.newer_calc FOLDER SEEN_AS soffice ...

asks a LibreOffice: FOLDER is an empty folder, SEEN_AS the same one as that LibreOffice sees it (another path in a container), and the
rest is the command that starts it.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from tests.formulas.calc_answers import NOT_RECALCULATED, in_cells, write
from tests.formulas.checked_formulas import SHEET, asked
from xlsig.formulas.values import Value
from xlsig.grid.contents import ErrorCell

TABLE = Path(__file__).with_name("calc_25_answers.csv")
_ALWAYS_RECALCULATED = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_KINDS = {"number": float, "text": str, "truth": lambda text: text == "TRUE", "error": ErrorCell, "nothing": lambda _: None}


def recorded() -> list[tuple[str, Value]]:
    """Each formula and what Calc 25.2 answers."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return [(row["formula"], _KINDS[row["kind"]](row["answer"])) for row in csv.DictReader(stream)]


def answered(formulas: list[str], folder: Path, seen_as: str, command: Sequence[str]) -> list[Value]:
    """What a LibreOffice answers now."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATED, encoding="utf-8")
    write(asked(formulas), folder / "asked.xlsx")
    options = [f"-env:UserInstallation=file://{seen_as}/profile", "--headless", "--convert-to", "xlsx", "--outdir", f"{seen_as}/answered"]
    subprocess.run([*command, *options, f"{seen_as}/asked.xlsx"], check=True, capture_output=True, timeout=300)
    shown = in_cells(openpyxl.load_workbook(folder / "answered" / "asked.xlsx", data_only=True))
    found = [shown.get((SHEET, row, 4)) for row in range(len(formulas))]
    if NOT_RECALCULATED in found:
        raise ValueError("LibreOffice has not recalculated the file")
    return found


def _row(formula: str, value: Value) -> tuple[str, str, str]:
    if value is None:
        return formula, "nothing", ""
    if isinstance(value, bool):
        return formula, "truth", str(value).upper()
    if isinstance(value, ErrorCell):
        return formula, "error", value.code
    return formula, "text" if isinstance(value, str) else "number", str(value)


def main() -> None:
    """Ask again and write the table anew."""
    folder, seen_as, *command = sys.argv[1:]
    formulas = [formula for formula, _ in recorded()]
    found = answered(formulas, Path(folder), seen_as, command)
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("formula", "kind", "answer"))
        table.writerows(map(_row, formulas, found))


if __name__ == "__main__":
    main()
