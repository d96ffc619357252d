"""About: the installed version."""

from __future__ import annotations

from xlsig.functions.answers import Answer
from xlsig.functions.spec import function


@function("About", sheet="danger/About", example="=XLSIG_VERSION()", returns="text")
def xlsig_version() -> Answer:
    """Version of xlsig that answers in this workbook."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("xlsig")
    except PackageNotFoundError:  # a source tree on the path, not installed
        installed = "0+source"
    return Answer(installed, lambda: f"xlsig {installed} answers here.")
