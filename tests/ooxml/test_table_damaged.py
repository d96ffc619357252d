"""Workbooks with damaged parts: each is edited or refused in one sentence; no other error comes through, and the file stays as it was."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.ooxml.packing import read, save
from tests.ooxml.table_books import FLOW_COLUMNS, desk_book, flows
from xlsig.ooxml import PackageRefusal, open_package

_ODD = (b"", b"-1", b"x", b"9" * 20, b"A1", b"XFD1048576", b"1e5", b"true", b"../..")
_BYTES = b"0123456789abcABC<>\"'=&/!$: \xff"


def _damaged(content: bytes, draw: random.Random) -> bytes:
    """A part with one to three bytes, stretches or attributes changed."""
    out = bytearray(content)
    for _ in range(draw.randint(1, 3)):
        at, kind = draw.randrange(len(out)), draw.random()
        if kind < 0.3:
            out[at] = draw.choice(_BYTES)
        elif kind < 0.5:
            del out[at : at + draw.randint(1, 12)]
        elif kind < 0.7:
            start = draw.randrange(len(out))
            out[at:at] = out[start : start + draw.randint(1, 40)]
        else:
            found = draw.choice(list(re.finditer(rb'="([^"]*)"', bytes(out))) or [None])
            if found is not None:
                out[found.start(1) : found.end(1)] = draw.choice(_ODD)
    return bytes(out)


@pytest.mark.parametrize("seed", range(8))
def test_damage_is_survived_or_refused(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    whole = read(desk_book(tmp_path / "whole.xlsx"))
    path, refused = tmp_path / "desk.xlsx", 0
    for _ in range(60):
        name = draw.choice([part for part in whole if part.endswith((".xml", ".rels"))])
        save(path, {**whole, name: _damaged(whole[name], draw)})
        before = path.read_bytes()
        try:
            with open_package(path) as edit:
                edit.replace_table("Flows", FLOW_COLUMNS, flows(draw.choice((2, 4, 9))))
                edit.book()
                edit.save(tmp_path / "after.xlsx")
        except PackageRefusal as refusal:
            refused += 1
            said = str(refusal)
            if not said or "\n" in said:
                pytest.fail(f"{said!r} is no sentence")
        assert path.read_bytes() == before
    assert 5 < refused < 55
