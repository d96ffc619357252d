"""A dashboard as another host, or Excel itself, would have saved it: the calls of our functions spelt otherwise, add-ins linked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path

from tests.ooxml.packing import KIND, MAIN, OFFICE, PACKAGE, POINTERS, TYPES, WORKBOOK, pack, read
from xlsig.functions.catalogue import CATALOGUE
from xlsig.grid.formula_text import tokens

ADD_IN = "file:///C:/Users/A%20Desk/AppData/Roaming/Microsoft/Excel/XLSTART/xlsig.xlam"
_FORMULA = re.compile(r"(<f(?: [^>]*)?>)([^<]*)(</f>)")


def respelt(source: Path, target: Path, spelling: str, links: Sequence[str] = ()) -> Path:
    """A copy of a workbook in whose cells every call of ours is spelt as `spelling` says of its name; the links are numbered from 1."""

    def call(text: str) -> str:
        name = text[:-1]
        return f"{spelling.format(name)}(" if name in CATALOGUE else text

    def formula(found: re.Match[str]) -> str:
        text = "".join(call(token.text) if token.kind == "call" else token.text for token in tokens(unescape(found[2])))
        return found[1] + escape(text, quote=False) + found[3]

    parts = read(source)
    for name, content in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = _FORMULA.sub(formula, content.decode()).encode()
    for number, link in enumerate(links, start=1):
        _link(parts, number, link)
    target.write_bytes(pack(parts))
    return target


def _link(parts: dict[str, bytes], number: int, address: str) -> None:
    part = f"xl/externalLinks/externalLink{number}.xml"
    parts[part] = (
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1">'
        '<definedNames><definedName name="SELLOFF_STREAK"/></definedNames></externalBook></externalLink>'
    ).encode()
    parts[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" Target="{address}" '
        'TargetMode="External"/></Relationships>'
    ).encode()
    _put(parts, TYPES, "</Types>", f'<Override PartName="/{part}" ContentType="{KIND}.externalLink+xml"/>')
    pointer = f'<Relationship Id="rIdLink{number}" Type="{OFFICE}/externalLink" Target="externalLinks/externalLink{number}.xml"/>'
    _put(parts, POINTERS, "</Relationships>", pointer)
    if b"<externalReferences>" not in parts[WORKBOOK]:
        parts[WORKBOOK] = parts[WORKBOOK].replace(b"</sheets>", b"</sheets><externalReferences></externalReferences>")
    _put(parts, WORKBOOK, "</externalReferences>", f'<externalReference r:id="rIdLink{number}"/>')


def _put(parts: dict[str, bytes], part: str, before: str, text: str) -> None:
    parts[part] = parts[part].replace(before.encode(), (text + before).encode())


def links_of(path: Path) -> list[str]:
    """The external link parts of a workbook."""
    with zipfile.ZipFile(path) as package:
        return sorted(name for name in package.namelist() if name.startswith("xl/externalLinks/"))
