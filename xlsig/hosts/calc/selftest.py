"""The self-test in LibreOffice Calc: the golden cases built for it, opened there, recalculated, and read back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell

from xlsig.hosts.calc.office import Office
from xlsig.hosts.installing import Verdict
from xlsig.workbooks.building import build
from xlsig.workbooks.templates import selftest


def run(office: Office | None = None) -> list[Verdict]:
    """The verdict on every function of the catalogue, in its order: of a running office, or of one started for it."""
    if office is None:
        with Office() as started:
            return run(started)
    layout = selftest.layout()
    with tempfile.TemporaryDirectory(prefix="xlsig-selftest-") as folder:
        path = Path(folder) / "selftest.xlsx"
        build(layout, path, "calc")
        office.open(path)
        office.recalculate()
        named = office.named("test_")
        sheets = {sheet: office.sheet(sheet) for sheet in {place[0] for _, _, place in selftest.verdicts(layout)}}
    told: dict[str, list[tuple[str, bool]]] = {}
    for function, case, (sheet, row, column) in selftest.verdicts(layout):
        told.setdefault(function, []).append((case, sheets[sheet].get(xl_rowcol_to_cell(row, column)) == 1.0))
    return [
        Verdict(function, named[f"test_{function}"] == 1.0, len(seen), tuple(case for case, agrees in seen if not agrees))
        for function, seen in told.items()
    ]
