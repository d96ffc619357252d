"""The Dask engine on a real scheduler with two worker processes: the same plan, the same bytes, the same sentences."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE, comes_true
from tests.workbooks.batch_desks import bytes_of, write_plan
from xlsig.errors import DataError
from xlsig.workbooks import run_batch
from xlsig.workbooks.batching import BookResult

PLAN = 'template = "sectors"\nbooks = "data/*"\n'


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask's, ended by its id."""
    started = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextlib.contextmanager
def dask_scheduler(folder: Path) -> Iterator[tuple[Path, str, subprocess.Popen[bytes]]]:
    """A scheduler on loopback: the file that workers find it by, its address, its process."""
    file = folder / "scheduler.json"
    with process(
        *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"),
        *("--scheduler-file", str(file)),
    ) as started:
        _until(lambda: file.exists() and file.stat().st_size > 0, started)
        time.sleep(0.2)  # the file is written in place
        yield file, json.loads(file.read_text())["address"], started


@contextlib.contextmanager
def worker(folder: Path, file: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """One worker process with one thread."""
    with process(
        *("distributed.cli.dask_worker", "--scheduler-file", str(file), "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny"),
        *("--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--name", name, "--local-directory", str(folder / name)),
    ) as started:
        yield started


def _until(is_so, started: subprocess.Popen[bytes]) -> None:
    assert comes_true(lambda: is_so() or started.poll() is not None), "it did not begin in time"
    assert started.poll() is None, "it ended before it began"


def wait_for_workers(address: str, count: int) -> None:
    """Until so many workers have joined."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=PATIENCE)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One scheduler, two workers."""
    folder = tmp_path_factory.mktemp("dask")
    with dask_scheduler(folder) as (file, address, _), worker(folder, file, "one"), worker(folder, file, "two"):
        wait_for_workers(address, 2)
        yield address


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan made by the local engine."""
    folder = tmp_path_factory.mktemp("local")
    result = run_batch(write_plan(folder, PLAN, books=3), jobs=2)
    assert not result.failed
    return folder


def unmade(finished: Path, tmp_path: Path) -> Path:
    """The same plan and data, nothing made yet."""
    return Path(shutil.copytree(finished, tmp_path / "dask", ignore=shutil.ignore_patterns("out")))


def test_dask_makes_the_local_engines_bytes(cluster: str, by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    result = run_batch(folder / "plan.toml", "dask", cluster)
    assert [book.status for book in result.books] == ["made"] * 3, result
    assert bytes_of(folder / "out") == bytes_of(by_hand / "out")
    assert len(bytes_of(folder / "out")) == 3
    assert (folder / "out" / "plan.batch.json").read_bytes() == (by_hand / "out" / "plan.batch.json").read_bytes()


def test_dask_refreshes_a_workbook_to_the_local_engines_bytes(
    cluster: str, by_hand: Path, templates: dict[str, Path], tmp_path: Path
) -> None:
    folder = unmade(by_hand, tmp_path)
    shutil.copy(templates["sectors"], folder / "own.xlsx")
    for engine, address in (("local", None), ("dask", cluster)):
        plan = folder / f"{engine}.toml"
        plan.write_text(f'template = "own.xlsx"\nbooks = "data/*"\nmode = "snapshot"\noutput = "{engine}/{{book}}.xlsx"\n')
        result = run_batch(plan, engine, address)  # type: ignore[arg-type]
        assert not result.failed, result
    assert bytes_of(folder / "dask") == bytes_of(folder / "local")
    assert len(bytes_of(folder / "dask")) == 3


def test_one_engine_skips_what_the_other_made(cluster: str, by_hand: Path) -> None:
    result = run_batch(by_hand / "plan.toml", "dask", cluster)
    assert {book.status for book in result.books} == {"unchanged"}


def test_a_book_that_fails_on_dask_says_what_it_says_here(cluster: str, by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    (folder / "data" / "b1" / "prices.csv").write_text("date,close\n2025-01-03,-1\n")
    there = run_batch(folder / "plan.toml", "dask", cluster)
    here = run_batch(folder / "plan.toml")
    assert [book.status for book in there.books] == ["made", "failed", "made"]
    assert there.failed[0].said == here.failed[0].said
    assert "prices.csv, row 2, column close" in here.failed[0].said


def test_a_dask_worker_that_dies_costs_no_book(by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    with (
        dask_scheduler(tmp_path) as (file, address, _),
        worker(tmp_path, file, "one"),
        worker(tmp_path, file, "two") as doomed,
    ):
        wait_for_workers(address, 2)

        def end_it(book: BookResult, done: int, total: int) -> None:
            doomed.kill()

        result = run_batch(folder / "plan.toml", "dask", address, progress=end_it)
    assert [book.status for book in result.books] == ["made"] * 3, result
    assert bytes_of(folder / "out") == bytes_of(by_hand / "out")


def test_a_scheduler_that_dies_fails_what_is_left_and_the_next_batch_goes_on(by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    with dask_scheduler(tmp_path) as (file, address, scheduler), worker(tmp_path, file, "one"):
        wait_for_workers(address, 1)

        def end_it(book: BookResult, done: int, total: int) -> None:
            scheduler.kill()

        result = run_batch(folder / "plan.toml", "dask", address, progress=end_it)
    assert result.books[0].status == "made"
    assert result.failed
    assert all("Dask gave no answer" in book.said for book in result.failed)
    assert not run_batch(folder / "plan.toml").failed
    assert bytes_of(folder / "out") == bytes_of(by_hand / "out")


def test_a_scheduler_without_workers_is_said_so_and_nothing_is_left_begun(by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    with dask_scheduler(tmp_path) as (_, address, _), pytest.raises(DataError, match="has no workers"):
        run_batch(folder / "plan.toml", "dask", address)
    assert json.loads((folder / "out" / "plan.batch.json").read_text())["books"] == {}


def test_an_address_where_no_scheduler_answers_is_said_so(by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    with pytest.raises(DataError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        run_batch(folder / "plan.toml", "dask", "tcp://127.0.0.1:1")
    assert bytes_of(folder / "out") == {}


def test_without_an_address_the_option_is_named(by_hand: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--scheduler"):
        run_batch(unmade(by_hand, tmp_path) / "plan.toml", "dask")


def test_where_distributed_is_not_installed_the_extra_is_named(by_hand: Path, tmp_path: Path) -> None:
    folder = unmade(by_hand, tmp_path)
    script = (
        "import sys; sys.modules['distributed'] = None\n"  # what Python makes of a package that cannot be imported
        "from xlsig.cli import main; sys.argv = 'xlsig batch plan.toml --engine dask --scheduler tcp://127.0.0.1:1'.split(); main()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == 'xlsig: the dask engine needs the package distributed: pip install "xlsig[dask]"\n'
