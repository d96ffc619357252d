"""The shared strings of a workbook, read when a cell first asks for one."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import IO

from lxml import etree

from xlsig.workbooks.package.cells import SharedText, unescaped
from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.relations import MAIN

_ITEM, _TEXT, _PHONETIC = f"{{{MAIN}}}si", f"{{{MAIN}}}t", f"{{{MAIN}}}rPh"


class SharedStrings(SharedText):
    """Shared strings by number, packed in one block of bytes."""

    def __init__(self, source: Callable[[], IO[bytes]] | None, part: str = "") -> None:
        self._source = source
        self._part = part
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._read = source is None

    def __getitem__(self, number: int) -> str:
        if not self._read:
            self._read_all()
        if not 0 <= number < len(self._ends) - 1:
            raise PackageRefusal(f"a cell refers to the shared string {number}, and the workbook has {len(self._ends) - 1}")
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")

    def _read_all(self) -> None:
        assert self._source is not None
        self._read = True
        try:
            with self._source() as stream:
                for _, item in etree.iterparse(stream, events=("end",), tag=_ITEM, resolve_entities=False, no_network=True, huge_tree=True):
                    said = "".join(text.text or "" for text in item.iter(_TEXT) if not _is_phonetic(text))
                    self._bytes += unescaped(said.replace("&", "&amp;")).encode("utf-8", "surrogatepass")
                    self._ends.append(len(self._bytes))
                    item.clear(keep_tail=False)
                    while item.getprevious() is not None:
                        del item.getparent()[0]
        except etree.XMLSyntaxError as failure:
            raise PackageRefusal(f"{self._part} is not well-formed XML ({failure.msg})") from None


def _is_phonetic(text: etree._Element) -> bool:
    parent = text.getparent()
    return parent is not None and parent.tag == _PHONETIC
