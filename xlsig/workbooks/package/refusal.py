"""The one error of the package editor: a file that it will not touch, and why."""

from __future__ import annotations

from xlsig.errors import DataError


class PackageRefusal(DataError):  # noqa: N818 (a refusal is an answer, not a fault)
    """A workbook that is left exactly as it is, with the reason in one sentence.

    ``str(refusal)`` is that sentence: it names the file's part or cell and what a person can do.
    Nothing has been written when this is raised.
    """
