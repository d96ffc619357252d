"""Batches on two processes: books edited per second against openpyxl, whole batches against openpyxl, two processes against one.

python -m benchmarks.batch. Clock seconds, the ways turn by turn on the same processes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from benchmarks.refresh_book import ROWS, TABLES, Row, refresh_openpyxl, refresh_ours, rows, write_book

PROCESSES = 2
BOOKS, ROUNDS = 200, 4
DESKS, SESSIONS = 16, 250
LEAST_RATIO, LEAST_GAIN = 4.0, 1.7


@cache
def _base(seed: int) -> list[Row]:
    return list(rows(ROWS, seed))


def edit(way: str, book: Path, target: Path, number: int) -> None:
    """One book: two tables of 750 × 15 filled by one of the two ways, each book's rows in another order."""
    data = {}
    for seed, table in enumerate(TABLES, start=7):
        base = _base(seed)
        data[table] = base[number:] + base[:number]
    (refresh_ours if way == "xlsig" else refresh_openpyxl)(book, target, data)


def fill_desk(folder: Path, template: Path, target: Path) -> None:
    """What a batch without xlsig's editor does: read the desk, load the template, fill its tables, save. It computes no value."""
    import openpyxl
    from openpyxl.utils import range_boundaries
    from openpyxl.utils.cell import get_column_letter

    from xlsig.frames.desk import DeskData
    from xlsig.sources.opening import open_source
    from xlsig.workbooks.inputs import inputs_of

    desk = open_source(str(folder)).read()
    assert isinstance(desk, DeskData)
    inputs = inputs_of(desk)
    workbook = openpyxl.load_workbook(template)
    for sheet in workbook.worksheets:
        for table in sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            body = inputs.tables[table.name].rows
            for down, row in enumerate(body, start=top + 1):
                for across, value in enumerate(row, start=left):
                    sheet.cell(down, across).value = value
            for down in range(top + 1 + len(body), bottom + 1):
                for across in range(left, right + 1):
                    sheet.cell(down, across).value = None
            table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{top + len(body)}"
    workbook.save(target)


def _clock(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _all(pool: ProcessPoolExecutor, task: Callable[..., None], calls: Iterable[tuple[object, ...]]) -> None:
    for future in [pool.submit(task, *call) for call in calls]:
        future.result()


def editing(folder: Path) -> None:
    """200 books edited on the same two processes, in rounds of either way."""
    book = folder / "book.xlsx"
    write_book(book)
    taken = {"xlsig": 0.0, "openpyxl": 0.0}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for way in taken:  # both processes import and make their rows before the clock starts
            _all(pool, edit, [(way, book, folder / f"warm{number}.xlsx", number) for number in range(2 * PROCESSES)])
        for turn in range(ROUNDS):
            numbers = range(turn * BOOKS // ROUNDS, (turn + 1) * BOOKS // ROUNDS)
            for way in taken:
                calls = [(way, book, folder / f"{way}{number}.xlsx", number) for number in numbers]
                taken[way] += _clock(lambda calls=calls: _all(pool, edit, calls))
    ratio = taken["openpyxl"] / taken["xlsig"]
    print(f"{BOOKS} books of two tables of {ROWS} × 15 on {PROCESSES} processes")
    for way, seconds in taken.items():
        print(f"  {way:<12}{BOOKS / seconds:>6.1f} books a second")
    print(f"  {ratio:.1f}× openpyxl's (target ≥ {LEAST_RATIO:g}×): {_met(ratio >= LEAST_RATIO)}\n")


def write_desks(folder: Path) -> None:
    """Desks of the sample's last sessions, each a session later, and a plan with one of the dashboards as its template."""
    from xlsig.sources.sample import sample
    from xlsig.workbooks.building import build
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.templates import TEMPLATES

    desk = sample()
    build(TEMPLATES["sectors"](inputs_of(desk)), folder / "template.xlsx")
    days = list(desk.prices["date"])
    for number in range(DESKS):
        wanted = days[len(days) - number - SESSIONS : len(days) - number]
        home = folder / "data" / f"desk{number:03}"
        home.mkdir(parents=True)
        for name in ("flows", "spreads", "prices"):
            frame = getattr(desk, name)
            frame[frame["date"].isin(wanted)].to_csv(home / f"{name}.csv", index=False)
    (folder / "plan.toml").write_text('template = "template.xlsx"\nbooks = "data/*"\n')


def batches(folder: Path) -> None:
    """Whole batches: reading, checking, computing and editing, on one process and on two; and openpyxl's reading and filling on two."""
    from xlsig.workbooks import run_batch

    write_desks(folder)
    taken: dict[str, list[float]] = {"one process": [], "two processes": [], "openpyxl, two": []}
    desks = sorted((folder / "data").iterdir())
    for _ in range(2):
        for processes, name in ((1, "one process"), (2, "two processes")):
            result = run_batch(folder / "plan.toml", jobs=processes, force=True)
            assert not result.failed, result.failed
            taken[name].append(result.seconds)
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            calls = [(desk, folder / "template.xlsx", folder / f"{desk.name}.xlsx") for desk in desks]
            taken["openpyxl, two"].append(_clock(lambda calls=calls, pool=pool: _all(pool, fill_desk, calls)))
    best = {name: min(seconds) for name, seconds in taken.items()}
    print(f"A batch of {DESKS} desks of {SESSIONS} sessions on the sectors dashboard, processes started anew, the better of 2 turns")
    for name, seconds in best.items():
        print(f"  {name:<16}{DESKS / seconds:>6.2f} books a second")
    gain, ratio = best["one process"] / best["two processes"], best["openpyxl, two"] / best["two processes"]
    print(f"  two processes: {gain:.2f}× one (target ≥ {LEAST_GAIN:g}×): {_met(gain >= LEAST_GAIN)}")
    print(
        f"  {ratio:.1f}× openpyxl's, which reads and fills but computes nothing (target ≥ {LEAST_RATIO:g}×): {_met(ratio >= LEAST_RATIO)}\n"
    )


def _met(is_met: bool) -> str:
    return "met" if is_met else "NO"


def run() -> None:
    """Both, and whether the targets were met."""
    with tempfile.TemporaryDirectory() as name:
        editing(Path(name))
    with tempfile.TemporaryDirectory() as name:
        batches(Path(name))


if __name__ == "__main__":
    run()
