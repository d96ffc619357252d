"""The package written anew: untouched entries copied as they are packed, changed parts in their place, charts last."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO
from xml.parsers import expat

from xlsig.workbooks.package.parts import Parts
from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.sheets import Piece
from xlsig.workbooks.package.zipping import ZipOut

Pieces = Callable[[], Iterable[Piece]]


def write_package(
    parts: Parts, target: IO[bytes], streams: Mapping[str, Pieces], late: Iterable[str], before_late: Callable[[], None]
) -> None:
    """Write every entry in its place: `streams` piece by piece, changed trees, the rest as it is.

    The `late` parts need what `before_late` does when all streams are written; one that stood before a stream goes to the end.
    """
    waiting, unwritten = set(late), set(streams)
    put_off: list[zipfile.ZipInfo] = []
    out = ZipOut(target)
    for info in parts.package.infolist():
        if info.filename in parts.dropped:
            continue
        if info.filename in unwritten:
            out.write(info, well_formed(streams[info.filename](), info.filename))
            unwritten.remove(info.filename)
            if not unwritten:
                before_late()
        elif info.filename in waiting and unwritten:
            put_off.append(info)
        else:
            _settle(parts, out, info)
    for info in put_off:
        _settle(parts, out, info)
    out.close(parts.package.comment)


def _settle(parts: Parts, out: ZipOut, info: zipfile.ZipInfo) -> None:
    if info.filename in parts.plan:
        out.write(info, [parts.changed(info.filename)])
    else:
        out.copy(parts.package, info)


def well_formed(pieces: Iterable[Piece], part: str) -> Iterator[bytes]:
    """The pieces' XML, once what they took over from the file has proved to be XML; what was added is so by the way it is made."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        for piece in pieces:
            parser.Parse(piece.taken_over, False)
            yield piece.xml
        parser.Parse(b"", True)
    except expat.ExpatError as failure:
        raise PackageRefusal(f"{part} is not well-formed XML ({expat.ErrorString(failure.code)})") from None
