"""The lines of a delimited file as they come, plainly written or refused: what a fast reader may be given without a second look."""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from xlsig.frames.readings import CellError


class PlainText(io.RawIOBase):
    """A stream of whole lines. Every quotation mark begins or ends a cell, none stands within one, no cell goes over lines; no NULs.

    Once it is read, `has_point` and `has_comma` tell whether there was one.
    """

    def __init__(self, stream: BinaryIO, begin: bytes, delimiter: str) -> None:
        self._stream, self._rest, self._mark = stream, begin, ord(delimiter)
        self.has_point = self.has_comma = False

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """About so many bytes that end with a line, or the rest; none at the end."""
        piece = self._rest + self._stream.read(max(size - len(self._rest), 0))
        whole = piece.rfind(b"\n") + 1
        if len(piece) < size:
            text, self._rest = piece, b""
        elif whole:
            text, self._rest = piece[:whole], piece[whole:]
        else:
            raise CellError("a line that is too long")
        self._judge(text)
        return text

    def _judge(self, text: bytes) -> None:
        if b"\0" in text or not self._is_plainly_quoted(np.frombuffer(text, dtype=np.uint8)):
            raise CellError("not plainly written")
        self.has_point = self.has_point or b"." in text
        self.has_comma = self.has_comma or b"," in text

    def _is_plainly_quoted(self, text: NDArray[np.uint8]) -> bool:
        quotes = np.flatnonzero(text == ord('"'))
        if not len(quotes):
            return True
        begin, end = quotes[0::2], quotes[1::2]
        if len(begin) != len(end):
            return False
        framed = np.concatenate(([10], text, [10]))
        before, after = framed[begin], framed[end + 2]
        lines = np.flatnonzero(text == 10)
        one_line = np.array_equal(np.searchsorted(lines, begin), np.searchsorted(lines, end))
        return one_line and bool(np.isin(before, (self._mark, 10)).all() and np.isin(after, (self._mark, 10, 13)).all())
