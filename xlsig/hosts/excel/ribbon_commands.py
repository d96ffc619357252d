"""The ribbon's commands that need Python: each returns what to show the person, or says in one sentence why it cannot be done.

Excel itself is reached through its Application object, which is handed in.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, Final

from xlsig.errors import DataError, SignalError, sentence
from xlsig.hosts.answering import RefusedError
from xlsig.hosts.excel import registration
from xlsig.hosts.excel.contract import GONE_OR_BUSY, MOST_SHOWN

_EDITING: Final = -2146777998  # 0x800AC472: Excel takes no orders while a cell is edited or a dialog is open


def do(command: str, application: Any) -> str:
    """Carry out a command: doctor, repair:WORKBOOK, insert:TEMPLATE or refresh. What is long is in a file, which the answer names."""
    try:
        return _short(_done(command, application))
    except (DataError, SignalError, OSError) as error:
        raise RefusedError(_short(sentence(error))) from None
    except Exception as error:
        if type(error).__name__ != "com_error":  # of pywin32, which is there on Windows only
            raise
        raise RefusedError(_short(_refused_by_excel(error))) from None


def _done(command: str, application: Any) -> str:
    what, _, rest = command.partition(":")
    if what == "doctor":
        return _doctor()
    if what == "repair":
        from xlsig.hosts.excel.repairing import repair

        return repair(application, rest)
    if what == "insert":
        return _insert(application, rest)
    if what == "refresh":
        from xlsig.hosts.excel.open_book import refresh

        return refresh(_active_book(application))
    raise RefusedError(f"xlsig has no command {command[:40]}: run xlsig install --host excel again, then restart Excel.")


def _refused_by_excel(error: Any) -> str:
    """What Excel said through COM, as a person understands it."""
    details = error.excepinfo or ()
    codes = {error.hresult, *(code for code in details if isinstance(code, int))}
    if codes & {_EDITING, *GONE_OR_BUSY}:
        return "Excel is busy: end the editing of the cell, close what asks for an answer, then choose the command again."
    said = next((text for text in (*details[2:3], error.strerror) if text), "no reason was given")
    return f"Excel refused this ({' '.join(str(said).split())}): look at the workbook, then choose the command again."


def _short(said: str) -> str:
    """A text for a message box; what is longer is written whole into a file beside the log."""
    if len(said) <= MOST_SHOWN:
        return said
    path = registration.state_file("message")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(said, encoding="utf-8")
    end = f" ...\nThe whole text: {path}"
    return said[: MOST_SHOWN - len(end)] + end


def _active_book(application: Any) -> Any:
    """The active workbook as xlwings has it."""
    if application.ActiveWorkbook is None:
        raise RefusedError("Open the workbook to refresh first.")
    xlwings: Any = import_module("xlwings")
    return xlwings.Book(impl=xlwings._xlwindows.Book(xl=application.ActiveWorkbook))


def _doctor() -> str:
    """The lines that are not right; all of them are written into a file."""
    from xlsig.hosts.excel.doctor import findings

    found = list(findings(answering=True))
    path = registration.state_file("doctor")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{finding}\n" for finding in found), encoding="utf-8")
    wrong = [str(finding) for finding in found if not finding.good or finding.soon]
    return "\n".join([*(wrong or ["Nothing stands between a cell and its answer."]), f"All {len(found)} checks: {path}"])


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
