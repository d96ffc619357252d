"""What the add-in in Excel and the server in Python agree on. Both sides take these from here."""

from __future__ import annotations

from typing import Final

PROTOCOL: Final = 2
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

FIRST_ERROR, LAST_ERROR = ERROR_BASE, ERROR_BASE + 0xFFFF
"""Every number whose high word is that of an error cell: those of errors that are newer than xlsig, too."""

FAILED: Final = -2147467259
"""E_FAIL, the number of every error that the server raises; its description is one sentence."""


def _signed(code: int) -> int:
    return code - 2**32


GONE_OR_BUSY: Final = (
    429,  # no object can be made
    440,  # an automation error of which nothing more is known
    462,  # the remote server is not there
    _signed(0x80010001),  # RPC_E_CALL_REJECTED
    _signed(0x80010007),  # RPC_E_SERVER_DIED
    _signed(0x80010012),  # RPC_E_SERVER_DIED_DNE
    _signed(0x80010108),  # RPC_E_DISCONNECTED
    _signed(0x8001010A),  # RPC_E_SERVERCALL_RETRYLATER
    _signed(0x8001010B),  # RPC_E_SERVERCALL_REJECTED
    _signed(0x800401FD),  # CO_E_OBJNOTCONNECTED
    _signed(0x800706BA),  # RPC_S_SERVER_UNAVAILABLE
    _signed(0x800706BE),  # RPC_S_CALL_FAILED
    _signed(0x800706BF),  # RPC_S_CALL_FAILED_DNE
    _signed(0x80080005),  # CO_E_SERVER_EXEC_FAILURE
)
"""The errors after which a cell's question is asked once more on a fresh object. A command is not."""

MOST_SHOWN: Final = 1_000
"""Signs that a message box is given; it cuts at 1,024."""
