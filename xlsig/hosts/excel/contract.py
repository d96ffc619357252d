"""What the add-in in Excel and the server in Python agree on. Both sides take these from here."""

from __future__ import annotations

from typing import Final

PROTOCOL: Final = 1
"""Raise it when the calls between add-in and server change."""

PROG_ID: Final = "xlsig.Server"
CLSID: Final = "{5B1E3C0A-6C1D-4F7E-9C38-2D7A4E0F51B6}"
TITLE: Final = "xlsig: the server that answers Excel"

ADD_IN_NAME: Final = "xlsig.xlam"

WHOLE_COLUMN: Final = "xlsig:whole"
"""The first of two entries that together are a whole column; the second is its block, cut to the used range."""

OMITTED: Final = -2147352572
"""DISP_E_PARAMNOTFOUND: an argument that was left out."""

ERROR_BASE: Final = -2146828288
"""What has to be added to a CVErr number for the Long that stands for an error cell."""

FIRST_ERROR: Final = ERROR_BASE + 2000
LAST_ERROR: Final = ERROR_BASE + 2088

FAILED: Final = -2147467259
"""E_FAIL, the number of every error that the server raises; its description is one sentence."""
