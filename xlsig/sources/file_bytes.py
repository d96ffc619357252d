"""The bytes of a file that a source reads: whole or as they come, with their hash, and never more of them than are read."""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from xlsig.errors import DataError, Problem

MOST_FILE_BYTES = 512_000_000
MOST_RATIO, RATIO_FROM_BYTES = 300, 10_000_000
"""How many times its size a packed file may unpack to, where it unpacks to so many bytes; CSV files of zeros reach about 200."""
MOST_SETTINGS_BYTES = 500_000
_GZIP = b"\x1f\x8b"
PIECE = 1 << 20


class Counted(io.RawIOBase):
    """A stream of which no more bytes are read than of any file; one more ends it with an error."""

    def __init__(self, stream: BinaryIO, file: str, unpacks_from: int = 0) -> None:
        self._stream, self._file, self._verb = stream, file, "unpacks to" if unpacks_from else "has"
        self._most_unpacked = max(RATIO_FROM_BYTES, MOST_RATIO * unpacks_from) if unpacks_from else MOST_FILE_BYTES
        self._count = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next bytes, into a buffer."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = self._stream.read(len(view))
        self._count += len(piece)
        if self._count > MOST_FILE_BYTES:
            raise _refusal(f"the file {self._verb} more than {MOST_FILE_BYTES:,} bytes, which are the most", self._file)
        if self._count > self._most_unpacked:
            raise _refusal(f"the file unpacks to more than {MOST_RATIO} times its size, as a bomb does", self._file)
        view[: len(piece)] = piece
        return len(piece)


class Hashed(Counted):
    """The bytes of a file itself, hashed as they are read."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        super().__init__(stream, file)
        self._hash = hashlib.sha256()

    def readinto(self, buffer: object) -> int:
        """The next bytes, into a buffer."""
        count = super().readinto(buffer)
        self._hash.update(memoryview(buffer).cast("B")[:count])  # type: ignore[arg-type]
        return count

    def sha256(self) -> str:
        """The hash of the whole, of which the rest is read."""
        while self.read(PIECE):
            pass
        return self._hash.hexdigest()


@contextmanager
def opened(path: Path, *, may_be_empty: bool = False) -> Iterator[Hashed]:
    """A file's bytes as they come; one that is missing, empty, unreadable, too large or no ordinary file is refused in a sentence."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise _refusal("this is a folder, not a file", path.name)
        if not stat.S_ISREG(found.st_mode):
            raise _refusal("this is no ordinary file (a device or a pipe), which is not read", path.name)
        if found.st_size > MOST_FILE_BYTES:
            raise _refusal(f"the file has {found.st_size:,} bytes; {MOST_FILE_BYTES:,} are the most", path.name)
        if not found.st_size and not may_be_empty:
            raise _refusal("the file is empty", path.name)
        with path.open("rb") as stream:
            yield Hashed(stream, path.name)
    except FileNotFoundError:
        raise _refusal("there is no such file", path.name) from None
    except OSError as failure:
        raise _refusal(f"the file cannot be opened ({failure.strerror or failure})", path.name) from None


def read_bytes(path: Path) -> tuple[bytes, str]:
    """What is in a file, under the same conditions, and its hash."""
    with opened(path) as stream:
        return b"".join(iter(lambda: stream.read(PIECE), b"")), stream.sha256()


def read_settings(path: Path) -> str:
    """The text of a file that a person wrote to say how things are done: UTF-8, and of a person's length."""
    with opened(path, may_be_empty=True) as stream:
        content = stream.read(MOST_SETTINGS_BYTES + 1)
    if len(content) > MOST_SETTINGS_BYTES:
        raise _refusal(f"the file has more than {MOST_SETTINGS_BYTES:,} bytes, which no settings have", path.name)
    return content.decode("utf-8-sig")


def unpack(content: bytes, file: str) -> bytes:
    """What such bytes hold, unpacked where they are packed with gzip."""
    if not content.startswith(_GZIP):
        return content
    with unpacked(io.BufferedReader(io.BytesIO(content)), file, len(content)) as stream:
        return stream.read()


@contextmanager
def unpacked(stream: io.BufferedReader, file: str, size: int) -> Iterator[io.BufferedReader]:
    """What a stream of so many bytes holds, unpacked where it is packed with gzip."""
    if not stream.peek(len(_GZIP)).startswith(_GZIP):
        yield stream
        return
    try:
        with gzip.GzipFile(fileobj=stream) as packed:
            yield io.BufferedReader(Counted(packed, file, unpacks_from=size), PIECE)  # type: ignore[arg-type]
    except (gzip.BadGzipFile, EOFError, zlib.error) as failure:
        raise _refusal(f"the file cannot be unpacked ({failure})", file) from None


def _refusal(message: str, file: str) -> DataError:
    return DataError([Problem(message, file)])
