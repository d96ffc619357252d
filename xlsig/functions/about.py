"""About: the installed version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from xlsig.functions.answers import Answer
from xlsig.functions.spec import function


@function("About", sheet="danger/About", example="=XLSIG_VERSION()", returns="text")
def xlsig_version() -> Answer:
    """Version of xlsig that answers in this workbook."""
    try:
        installed = version("xlsig")
    except PackageNotFoundError:  # a source tree on the path, not installed
        installed = "0+source"
    return Answer(installed, lambda: f"xlsig {installed} answers here.")
