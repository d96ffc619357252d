"""Where a batch's jobs run: in processes of this machine, or on the workers of a Dask scheduler. Both yield what was made as it is done."""

from __future__ import annotations

import os
import signal
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from xlsig.errors import DataError
from xlsig.workbooks.batch_making import Job, Made, make_book

_AHEAD = 2
"""Jobs handed out per process: one to work on, one to begin at once after it."""
_SECONDS_TO_ANSWER = 5


def on_this_machine(jobs: Iterable[Job], processes: int | None) -> Iterator[Made]:
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
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _through(pool: ProcessPoolExecutor, waiting: deque[Job], running: dict[Future[Made], Job], most: int) -> Iterator[Made]:
    while waiting or running:
        while waiting and len(running) < most:
            running[pool.submit(make_book, waiting[0])] = waiting[0]
            waiting.popleft()
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            made = future.result()
            del running[future]
            yield made


def _alone(job: Job) -> Made:
    try:
        with _pool(1) as pool:
            return pool.submit(make_book, job).result()
    except BrokenProcessPool:
        return Made(job.name, failure="the process that made it ended without an answer (was it short of memory?)", is_lost=True)


def on_dask(jobs: Iterable[Job], scheduler: str | None, at_once: int | None) -> Iterator[Made]:
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
