"""The ribbon's commands that need Python: each returns what to show the person, or says in one sentence why it cannot be done.

Excel itself is reached through its Application object, which is handed in.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from xlsig.errors import DataError, SignalError, sentence
from xlsig.hosts.answering import RefusedError


def do(command: str, application: Any) -> str:
    """Carry out a command: doctor, repair, insert:TEMPLATE, refresh or refresh:SRC."""
    what, _, rest = command.partition(":")
    try:
        if what == "doctor":
            return _doctor()
        if what == "repair":
            from xlsig.hosts.excel.repairing import repair

            return repair(application)
        if what == "insert":
            return _insert(application, rest)
        if what == "refresh":
            from xlsig.hosts.excel.open_book import refresh

            return refresh(_active_book(application), rest)
    except (DataError, SignalError, OSError) as error:
        raise RefusedError(sentence(error)) from None
    raise RefusedError(f"xlsig has no command {command[:40]}: run xlsig install --host excel again, then restart Excel.")


def _active_book(application: Any) -> Any:
    """The active workbook as xlwings has it."""
    if application.ActiveWorkbook is None:
        raise RefusedError("Open the workbook to refresh first.")
    xlwings: Any = import_module("xlwings")
    return xlwings.Book(impl=xlwings._xlwindows.Book(xl=application.ActiveWorkbook))


def _doctor() -> str:
    from xlsig.hosts.excel.doctor import findings

    return "\n".join(map(str, findings(answering=True)))


def _insert(application: Any, name: str) -> str:
    """Build a template from the bundled sample in Excel's folder for files, and open it."""
    from xlsig.sources.sample import sample
    from xlsig.workbooks.building import build
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.templates import TEMPLATES

    if name not in TEMPLATES:
        raise RefusedError(f"There is no template {name[:40]!r}; choose from {', '.join(TEMPLATES)}.")
    path = _free(Path(str(application.DefaultFilePath)), f"xlsig {name}", ".xlsx")
    build(TEMPLATES[name](inputs_of(sample())), path, "excel")
    application.Workbooks.Open(str(path))
    return f"{path} shows the bundled, synthetic sample. Refresh it with your own data."


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """A name that no file has."""
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}){suffix}"
    return path
