"""The books of a batch made: one by whichever process is given its job, and all by the processes of this machine or a Dask scheduler's.

A job is names and paths; rows never travel.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from importlib import import_module
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from xlsig.errors import DataError, SignalError, sentence
from xlsig.ooxml import open_package
from xlsig.ooxml.edit import Mode
from xlsig.ooxml.saved_file import replacing
from xlsig.sources.judged import Judged, Wanted, Warned, read_judged
from xlsig.sources.opening import open_source
from xlsig.workbooks.batch_manifest import file_hash, our_version
from xlsig.workbooks.batch_plan import NO_BOOK
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.templates import NEEDED, TEMPLATES

SUMMARY = {"as_of": "as_of", "state": "answer_state", "streak": "answer_streak", "seller": "answer_seller_1"}
"""What a batch tells of a book, and the name that holds it in the workbook."""
_PATIENCE = 2.0
_AHEAD = 2
"""Jobs handed out per process: one to work on, one to begin at once after it."""
_SECONDS_TO_ANSWER = 30


@dataclass(frozen=True)
class Job:
    """What a worker is told: where things are, and what the files must be, so that a book is what its manifest says."""

    name: str
    data: str
    template: str
    output: str
    mode: Mode
    event: dt.date | None
    expected: Mapping[str, Any]
    """What it is made from: `made_from` of the manifest."""
    allow_older: bool = False
    """Whether a book may be replaced by one of an earlier date."""
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True)
class Made:
    """What came of a job: `failure` says in a sentence why there is no book."""

    name: str
    sha256: str = ""
    shows: Mapping[str, Any] = field(default_factory=dict)
    uncomputed: int = 0
    unknown: tuple[str, ...] = ()
    seconds: float = 0.0
    failure: str = ""
    is_lost: bool = False
    """The worker ended without an answer, so that nobody knows whether the book was written."""
    is_warned: bool = False
    """There is no book since its data has a warning, and none was to pass."""


def make_book(job: Job) -> Made:
    """Make one book; whatever goes wrong is a sentence, so that the other books are made all the same."""
    began = time.perf_counter()
    try:
        made = _make(job)
    except Warned as warned:
        made = Made(job.name, failure=sentence(warned), is_warned=True)
    except (DataError, SignalError, OSError) as failure:
        made = Made(job.name, failure=sentence(failure))
    except Exception as failure:  # a fault of ours in one book is no reason to leave the others unmade
        made = Made(job.name, failure=f"a fault of xlsig, please report it ({type(failure).__name__}: {failure})")
    return replace(made, seconds=time.perf_counter() - began)


def _make(job: Job) -> Made:
    ours = our_version()
    if ours != job.expected["xlsig"]:
        raise DataError(
            f"this worker has xlsig {ours}, and the batch was begun by xlsig {job.expected['xlsig']}: install one version everywhere"
        )
    judged = _judged(job)
    inputs = inputs_of(judged.data, job.event, judged.found)
    output = Path(job.output)
    _check_age(job, inputs, output)
    output.parent.mkdir(parents=True, exist_ok=True)
    uncomputed, unknown = _build(job, inputs, output) if job.template in TEMPLATES else _refresh(job, inputs, output)
    return Made(job.name, file_hash(output), summary(output), uncomputed, unknown)


def _check_age(job: Job, inputs: Inputs, output: Path) -> None:
    """Refuse data that ends before the date of the book that stands there. A template's own date is no morning of the book's."""
    from xlsig.workbooks.refreshing import refuse_older

    if job.allow_older or not output.exists():
        return
    own = summary(output).get("as_of")
    refuse_older(output.name, dt.date.fromisoformat(own) if isinstance(own, str) else None, inputs.as_of, "--force")


def _judged(job: Job) -> Judged:
    judged = read_judged(open_source(job.data), NEEDED, NO_BOOK, job.wanted)
    hashes = set(job.expected["files"].values())
    if hashes and not {one.sha256 for one in judged.data.desk.provenance} <= hashes:
        raise DataError("the data changed while the batch ran: run it again")
    return judged


def _build(job: Job, inputs: Inputs, output: Path) -> tuple[int, tuple[str, ...]]:
    """Built apart and then put in its place, so that a killed worker leaves nothing there that the next one does not sweep."""
    from xlsig.workbooks.building import build
    from xlsig.workbooks.unknowns import Standings

    layout = TEMPLATES[job.template](inputs)
    with tempfile.TemporaryDirectory(prefix="xlsig-") as folder:
        built = Path(folder) / output.name
        values = build(layout, built)
        with open(built, "rb") as source, replacing(output, _PATIENCE, None) as target:
            shutil.copyfileobj(source, target)
    return 0, Standings(layout.book, values, findings=inputs.findings).unknown()


def _refresh(job: Job, inputs: Inputs, output: Path) -> tuple[int, tuple[str, ...]]:
    """The template with this book's data, stamped with the data's date, so that the same data give the same bytes."""
    from xlsig.workbooks.refreshing import refresh_workbook

    if file_hash(job.template) != job.expected["template"]:
        raise DataError("the template changed while the batch ran: run it again")
    modified = dt.datetime.combine(inputs.as_of, dt.time(), dt.UTC)
    done = refresh_workbook(job.template, inputs, destination=output, mode=job.mode, modified=modified)
    return len(done.uncomputed), done.unknown


def summary(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a finished book says of the morning, as far as it has cells for it."""
    from xlsig.workbooks.news import standing

    with open_package(path, lock=False) as edit:
        found = standing(edit)
    return {label: said for label, name in SUMMARY.items() if (said := _as_json(found.get(name))) is not None}


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value != "" else None


def on_this_machine(jobs: Iterable[Job], processes: int | None) -> Generator[Made]:
    """Make the books in so many processes (as many as there are processors, if that is not said).

    A process that dies takes its pool along: the books that were under way are then made one by one, and only the one that kills its
    process again is given up.
    """
    waiting = deque(jobs)
    count = max(1, min(processes or os.cpu_count() or 1, len(waiting)))
    while waiting:
        running: dict[Future[Made], Job] = {}
        try:
            with _pool(count) as pool:
                yield from _through(pool, waiting, running, _AHEAD * count)
        except BrokenProcessPool:
            for suspect in list(running.values()):
                yield _alone(suspect)


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_follow_the_parent)


def _follow_the_parent() -> None:
    """A worker leaves interrupts to its parent and ends when that has ended, however it did."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _through(pool: ProcessPoolExecutor, waiting: deque[Job], running: dict[Future[Made], Job], most: int) -> Generator[Made]:
    """The books as they are made. After an interrupt, those under way are made to their end."""
    try:
        while waiting or running:
            while waiting and len(running) < most:
                running[pool.submit(make_book, waiting[0])] = waiting[0]
                waiting.popleft()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                made = future.result()
                del running[future]
                yield made
    except KeyboardInterrupt:
        for future in [future for future in running if not future.cancel()]:
            yield future.result()
        raise


def _alone(job: Job) -> Made:
    try:
        with _pool(1) as pool:
            return pool.submit(make_book, job).result()
    except BrokenProcessPool:
        return Made(job.name, failure="the process that made it ended without an answer (was it short of memory?)", is_lost=True)


def on_dask(jobs: Iterable[Job], scheduler: str | None, at_once: int | None) -> Generator[Made]:
    """Make the books on a Dask scheduler's workers, which must see the same files under the same paths."""
    try:
        distributed: Any = import_module("distributed")  # it has no types
    except ImportError:
        raise DataError('the dask engine needs the package distributed: pip install "xlsig[dask]"') from None
    if scheduler is None:
        raise DataError("the dask engine needs the scheduler's address: --scheduler tcp://HOST:8786")
    try:
        client = distributed.Client(scheduler, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError) as failure:  # a TimeoutError is an OSError
        raise DataError(f"no Dask scheduler answers at {scheduler} ({str(failure).splitlines()[0]})") from None
    with client:
        if not client.nthreads():
            raise DataError(f"the Dask scheduler at {scheduler} has no workers")
        waiting, run = deque(jobs), uuid.uuid4().hex
        names: dict[str, str] = {}
        done = distributed.as_completed(loop=client.loop)
        while waiting or names:
            while waiting and (at_once is None or len(names) < at_once):
                job = waiting.popleft()
                future = client.submit(make_book, job, key=f"xlsig-{run}-{job.name}", pure=False)
                names[future.key] = job.name
                done.add(future)
            future = next(done)
            name = names.pop(future.key)
            yield future.result() if future.status == "finished" else _lost(name, future.exception())
            future.release()


def _lost(name: str, reason: BaseException | None) -> Made:
    said = str(reason).splitlines()[0] if str(reason or "") else "the scheduler or the worker is gone"
    return Made(name, failure=f"Dask gave no answer ({said})", is_lost=True)
