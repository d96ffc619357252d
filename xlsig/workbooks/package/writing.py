"""The package written anew: untouched entries copied as they are packed, changed parts in their place, charts last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO
from xml.parsers import expat

from xlsig.workbooks.package.parts import Parts
from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.zipping import ZipOut

Pieces = Callable[[], Iterable[bytes]]


def write_package(
    parts: Parts, target: IO[bytes], streams: Mapping[str, Pieces], late: Iterable[str], before_late: Callable[[], None]
) -> None:
    """Write every entry: `streams` piece by piece, changed trees, the rest as it is; `late` parts last, after `before_late`."""
    waiting = set(late)
    out = ZipOut(target)
    entries = [info for info in parts.package.infolist() if info.filename not in parts.dropped]
    for info in entries:
        if info.filename in streams:
            out.write(info, well_formed(streams[info.filename](), info.filename))
        elif info.filename not in waiting:
            _settle(parts, out, info.filename)
    before_late()
    for info in entries:
        if info.filename in waiting and info.filename not in streams:
            _settle(parts, out, info.filename)
    out.close(parts.package.comment)


def _settle(parts: Parts, out: ZipOut, part: str) -> None:
    info = parts.package.getinfo(part)
    if part in parts.plan:
        out.write(info, [parts.changed(part)])
    else:
        out.copy(parts.package, info)


def well_formed(pieces: Iterable[bytes], part: str) -> Iterator[bytes]:
    """The pieces as they are, once they have proved to be XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield piece
        parser.Parse(b"", True)
    except expat.ExpatError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({expat.ErrorString(failure.code)})") from None
