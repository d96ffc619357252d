"""One template, many books: made in parallel, each only if something it follows from changed, and the same bytes wherever it is made."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from xlsig.errors import DataError, Problem, sentence
from xlsig.ooxml.saved_file import StillLocked, only_one
from xlsig.sources.judged import Wanted
from xlsig.workbooks.batch_jobs import SUMMARY, Job, Made, on_dask, on_this_machine
from xlsig.workbooks.batch_manifest import Entry, Manifest, file_hash, made_from, template_mark
from xlsig.workbooks.batch_plan import BatchPlan, PlannedBook, read_plan

Engine = Literal["local", "dask"]
Status = Literal["made", "unchanged", "kept", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)
_PATIENCE = 1.0


@dataclass(frozen=True)
class BookResult:
    """What came of one book.

    status: made; unchanged: nothing it follows from changed, so it was skipped; kept: a person changed the file, and its data are as
    they were; failed: `said` is the reason.
    """

    name: str
    output: Path
    status: Status
    said: str
    as_of: str | None = None
    state: str | None = None
    streak: int | str | None = None
    seller: str | None = None
    """The top seller's sector."""
    uncomputed: int = 0
    """Cells without a value, which Excel computes when it opens the file."""
    unknown: tuple[str, ...] = ()
    """Answers that are unknown and should not be, each with the reason."""
    seconds: float = 0.0
    is_warned: bool = False
    """It was not made since its data has a warning, and none was to pass."""


@dataclass(frozen=True)
class BatchResult:
    """What came of every book, in the plan's order."""

    books: tuple[BookResult, ...]
    seconds: float

    @property
    def failed(self) -> tuple[BookResult, ...]:
        """The books that could not be made."""
        return tuple(book for book in self.books if book.status == "failed")

    def as_json(self) -> dict[str, Any]:
        """One object: books, each as it is shown, and how many there are of each status."""
        books = [{name: str(value) if name == "output" else value for name, value in vars(book).items()} for book in self.books]
        counts: dict[str, int] = {status: sum(book.status == status for book in self.books) for status in STATUSES}
        return {"books": books, **counts, "seconds": round(self.seconds, 3)}


class Stopped(KeyboardInterrupt):
    """A batch that was interrupted (Ctrl-C): `result` holds the books that were settled before it ended."""

    def __init__(self, result: BatchResult) -> None:
        super().__init__("the batch was interrupted")
        self.result = result


Listener = Callable[[BookResult, int, int], None]


def run_batch(
    plan: BatchPlan | str | os.PathLike[str],
    engine: Engine = "local",
    scheduler: str | None = None,
    jobs: int | None = None,
    progress: Listener | None = None,
    *,
    force: bool = False,
    wanted: Wanted | None = None,
) -> BatchResult:
    """Make the books of a plan: a path or what `read_plan` gave.

    engine "local" works in so many processes as `jobs` says, or as there are processors; "dask" on the workers of the scheduler at
    `scheduler`, at most `jobs` books at once. The same inputs give the same bytes either way. A book that fails does not stop the
    others. Books whose data, template, settings and xlsig are as the manifest beside the outputs says are skipped; a file that a person
    changed is never replaced, unless `force` is given. A batch that was killed goes on where it was. `wanted` is what is asked of every
    book's data: as of which day, and how old. `progress` is called after each book with what came of it, how many are done, and of how
    many. An interrupt lets the books that are under way be made and then raises `Stopped`.
    Raises `DataError` for a plan, manifest or scheduler that cannot be used. Scripts guard the call with ``if __name__ == "__main__":``.
    """
    if not isinstance(plan, BatchPlan):
        plan = read_plan(plan)
    if engine not in get_args(Engine):
        raise ValueError(f"there is no engine {engine!r}: choose local or dask")
    if jobs is not None and jobs < 1:
        raise ValueError("a batch needs at least one job at a time")
    began = time.perf_counter()
    with _alone_with(plan):
        batch = _Batch(plan, force, progress, wanted or Wanted())
        todo = batch.sort_out()
        try:
            batch.collect(todo, on_dask(todo, scheduler, jobs) if engine == "dask" else on_this_machine(todo, jobs))
        except KeyboardInterrupt:
            raise Stopped(batch.result(time.perf_counter() - began)) from None
        finally:
            batch.manifest.save()
    return batch.result(time.perf_counter() - began)


@contextlib.contextmanager
def _alone_with(plan: BatchPlan) -> Iterator[None]:
    with contextlib.ExitStack() as stack:  # so that a lock which the batch itself runs into is not taken for this one
        try:
            stack.enter_context(only_one(plan.path, _PATIENCE))
        except StillLocked:
            raise DataError([Problem("another batch of this plan is running", plan.path.name)]) from None
        yield


@dataclass
class _Batch:
    """One run of a plan."""

    plan: BatchPlan
    force: bool
    progress: Listener | None
    wanted: Wanted
    results: dict[str, BookResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.manifest = Manifest(self.plan.manifest)
        self.origins: dict[str, Entry] = {}
        self.outputs = {book.name: book.output for book in self.plan.books}

    def sort_out(self) -> list[Job]:
        """The books that have to be made; what becomes of the others is settled here."""
        template, todo = template_mark(self.plan), []
        for book in self.plan.books:
            try:
                origin = made_from(book, template, self.wanted.as_of)
                settled = self.settle(book, origin)
            except (DataError, OSError) as failure:
                settled = BookResult(book.name, book.output, "failed", sentence(failure))
            if settled is not None:
                self.report(settled)
                continue
            self.origins[book.name] = origin
            older = self.force or self.wanted.as_of is not None
            settings = (book.mode, book.event, origin, older, self.wanted)
            todo.append(Job(book.name, book.data, self.plan.template, str(book.output), *settings))
        return todo

    def settle(self, book: PlannedBook, origin: Entry) -> BookResult | None:
        """What becomes of a book that is not made now; None if it is."""
        if self.force or not book.output.exists():
            return None
        entry = self.manifest.books.get(book.name)
        if entry is None or entry.get("output", self.place(book)) != self.place(book):
            said = "a file of this name is there that this batch did not make: move it away, or replace it with --force"
            return BookResult(book.name, book.output, "failed", said)
        if "begun" in entry:
            return None
        is_current = entry["made_from"] == origin
        if file_hash(book.output) == entry["sha256"]:
            return self.described(book.name, "unchanged", "nothing changed", entry) if is_current else None
        if is_current:
            said = "changed by hand since it was made, and left so; its data are the same"
            return self.described(book.name, "kept", said, {**entry, "shows": {}})
        said = "changed by hand since it was made, so it is left without the new data: xlsig refresh adds them, --force makes it anew"
        return BookResult(book.name, book.output, "failed", said)

    def collect(self, todo: list[Job], made: Generator[Made]) -> None:
        """Have the books made, and note each as it is done; after an interrupt, those too that are under way."""
        if not todo:
            return
        self.manifest.begin(job.name for job in todo)
        try:
            for one in made:
                self.note(one)
        except KeyboardInterrupt as interrupt:
            self.note(made.throw(interrupt))  # raises it again where none is under way
            for one in made:
                self.note(one)
        except DataError:
            for name in self.origins.keys() - self.results.keys():
                self.manifest.give_up(name)
            raise

    def note(self, made: Made) -> None:
        if made.failure:
            if not made.is_lost:
                self.manifest.give_up(made.name)
            failed = BookResult(made.name, self.outputs[made.name], "failed", made.failure, seconds=made.seconds, is_warned=made.is_warned)
            self.report(failed)
            return
        entry = {
            "output": os.path.relpath(self.outputs[made.name], self.plan.manifest.parent),
            "sha256": made.sha256,
            "made_from": self.origins[made.name],
            "shows": dict(made.shows),
            "uncomputed": made.uncomputed,
            "unknown": list(made.unknown),
        }
        self.manifest.finish(made.name, entry)
        said = "made" if not made.uncomputed else f"made; Excel computes {made.uncomputed} cells when it opens the file"
        self.report(self.described(made.name, "made", said, entry, made.seconds))

    def described(self, name: str, status: Status, said: str, entry: Mapping[str, Any], seconds: float = 0.0) -> BookResult:
        shows = entry["shows"]
        found = {key: shows.get(key) for key in SUMMARY}
        unknown = tuple(entry.get("unknown", ()))
        return BookResult(name, self.outputs[name], status, said, **found, uncomputed=entry["uncomputed"], unknown=unknown, seconds=seconds)

    def result(self, seconds: float) -> BatchResult:
        """What came of the books that are settled, in the plan's order."""
        return BatchResult(tuple(self.results[book.name] for book in self.plan.books if book.name in self.results), seconds)

    def place(self, book: PlannedBook) -> str:
        return os.path.relpath(book.output, self.plan.manifest.parent)

    def report(self, result: BookResult) -> None:
        self.results[result.name] = result
        if self.progress is not None:
            self.progress(result, len(self.results), len(self.plan.books))
