"""The sheet that Excel-DNA IntelliSense reads where it is installed."""

from __future__ import annotations

from xlsig.functions.catalogue import CATALOGUE

SHEET_NAME = "_IntelliSense_"


def rows() -> list[list[str]]:
    """FunctionInfo, then a row per function: name, description, help address, and each argument's name and description."""
    about = [
        [one.name, one.doc, "", *(text for argument in one.arguments for text in (argument.name, argument.described))]
        for one in CATALOGUE.values()
    ]
    return [["FunctionInfo", "1"], *about]
