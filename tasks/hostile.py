"""Try hostile packages and damaged copies of our dashboards on the reader and the editor.

    python -m tasks.hostile [COUNT [TEMPLATE ...]]

COUNT copies of each of the four templates are changed at random (500 if left out), beside the attacks that tests/faults and
tests/ooxml name, each of them on one of the templates; each is read as data and refreshed as a workbook in a process of its own.
Printed is what was no refusal in a sentence, took more than two seconds, or 300 MB more than the book as it was. Ends with 1 if
there was any.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.apart import Outcome, apart
from tests.faults.mutations import Make, attacks, mutated
from tests.ooxml.hostile import hostile
from xlsig.sources.sample import sample
from xlsig.sources.spreadsheets import read_spreadsheet
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.refreshing import refresh_workbook
from xlsig.workbooks.templates import TEMPLATES

SECONDS, MEMORY, LONGEST = 2.0, 300_000_000, 4_000


def mornings() -> tuple[Inputs, Inputs]:
    """The sample's last quarter as it stood two sessions before its end, and at its end."""
    desk = sample()
    days = sorted(desk.flows["date"].unique())[-40:]

    def until(last: Any) -> Inputs:
        names = ("flows", "spreads", "prices", "contracts", "squeeze")
        frames = {name: getattr(desk, name) for name in names}
        cut = {name: frame[(frame["date"] >= days[0]) & (frame["date"] <= last)].reset_index(drop=True) for name, frame in frames.items()}
        return inputs_of(replace(desk, **cut))

    return until(days[-3]), until(days[-1])


def books(folder: Path, inputs: Inputs) -> Iterator[tuple[str, bytes]]:
    """The four templates as they are built."""
    for name, template in TEMPLATES.items():
        build(template(inputs), folder / f"{name}.xlsx")
        yield name, (folder / f"{name}.xlsx").read_bytes()


def tried(content: bytes, path: Path, inputs: Inputs) -> dict[str, Outcome]:
    """What comes of a book as a workbook, and as data."""
    path.write_bytes(content)
    before = path.read_bytes()
    refreshed = apart(lambda: refresh_workbook(path, inputs, destination=path.with_name("out.xlsx"), allow_older=True))
    if path.read_bytes() != before:
        refreshed = replace(refreshed, how="raised", said="the file was changed")
    return {"refresh": refreshed, "data": apart(lambda: read_spreadsheet(content, "flows.xlsx", "flows", table="Flows"))}


def fault(found: Outcome, ordinary: Outcome) -> str:
    """What is wrong with an outcome; empty if nothing is."""
    if found.how not in ("done", "refused"):
        return f"{found.how}: {found.said}"
    if found.seconds > max(SECONDS, ordinary.seconds + SECONDS):
        return f"took {found.seconds:.1f} s, where the book as it was takes {ordinary.seconds:.1f} ({found.how} {found.said[:200]})"
    if found.memory > ordinary.memory + MEMORY:
        return f"took {(found.memory - ordinary.memory) / 1e6:.0f} MB more ({found.how} {found.said[:200]})"
    return f"said {len(found.said):,} signs: {found.said[:300]}" if len(found.said) > LONGEST else ""


def cases(name: str, book: bytes, count: int) -> Iterator[tuple[str, Make]]:
    """A quarter of the attacks, and so many copies of a book changed at random."""
    at = list(TEMPLATES).index(name)
    yield from list(attacks(book))[at :: len(TEMPLATES)]
    yield from [(one.name, one.make) for one in hostile()][at :: len(TEMPLATES)]
    for seed in range(count):
        yield f"copy {seed}", partial(mutated_copy, name, book, seed)


def mutated_copy(name: str, book: bytes, seed: int) -> bytes:
    """A copy that is the same whenever it is made."""
    return mutated(book, random.Random(f"{name} {seed}"))


def main(count: int, wanted: Sequence[str]) -> int:
    """Try all of them; how many were faults."""
    counts: Counter[str] = Counter()
    slowest = largest = 0.0
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there)
        before, now = mornings()
        for name, book in books(folder, before):
            if name not in wanted:
                continue
            ordinary = tried(book, folder / "case.xlsx", now)
            print(name, {way: (round(one.seconds, 2), one.memory // 1_000_000) for way, one in ordinary.items()}, flush=True)
            for said, make in cases(name, book, count):
                counts["packages"] += 1
                for way, found in tried(make(), folder / "case.xlsx", now).items():
                    counts[f"{way}: {found.how}"] += 1
                    slowest = max(slowest, found.seconds - ordinary[way].seconds)
                    largest = max(largest, found.memory - ordinary[way].memory)
                    if wrong := fault(found, ordinary[way]):
                        counts["faults"] += 1
                        print(f"{name}, {said}, as {way}: {wrong}", flush=True)
    print(dict(counts), f"at most {slowest:.2f} s and {largest / 1e6:.0f} MB more than the book as it was")
    return counts["faults"]


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(1 if main(int(told[0]) if told else 500, told[1:] or list(TEMPLATES)) else 0)
