"""A batch as a desk runs it: each book from its own data, nothing twice, nothing over a person's work, and on again after a crash."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.patience import PATIENCE, comes_true
from tests.workbooks.batch_desks import bytes_of, write_desk, write_plan
from xlsig.errors import DataError
from xlsig.frames.desk import DeskData
from xlsig.ooxml.saved_file import only_one
from xlsig.sources.opening import open_source
from xlsig.workbooks import refresh_workbook, run_batch
from xlsig.workbooks.batch_jobs import Job, on_this_machine
from xlsig.workbooks.batch_manifest import Manifest, made_from, template_mark
from xlsig.workbooks.batch_plan import read_plan
from xlsig.workbooks.batching import BatchResult, BookResult
from xlsig.workbooks.building import build
from xlsig.workbooks.inputs import Inputs, inputs_of
from xlsig.workbooks.templates import TEMPLATES

SECTORS = 'template = "sectors"\nbooks = "data/*"\n'
FROM_BOOK = 'template = "own.xlsx"\nmode = "snapshot"\nbooks = "data/*"\n'


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a batch of two books that has run. Copy it before you change it."""
    folder = tmp_path_factory.mktemp("batch")
    result = run_batch(write_plan(folder, SECTORS, books=2))
    assert statuses(result) == ["made", "made"], result
    return folder


@pytest.fixture
def batch(finished: Path, tmp_path: Path) -> Path:
    """A batch that has run, to change."""
    return Path(shutil.copytree(finished, tmp_path / "batch"))


def statuses(result: BatchResult) -> list[str]:
    return [book.status for book in result.books]


def inputs(folder: Path) -> Inputs:
    desk = open_source(str(folder)).read()
    assert isinstance(desk, DeskData)
    return inputs_of(desk)


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Which files lie there and when each was written: equal only if nothing was touched."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.glob("*.xls?")}


def change(data: Path) -> None:
    """The desk corrects its last close."""
    prices = data / "prices.csv"
    lines = prices.read_text().splitlines()
    prices.write_text("\n".join([*lines[:-1], lines[-1] + "1"]) + "\n")
    flows = data / "flows.csv"
    lines = flows.read_text().splitlines()
    flows.write_text("\n".join([*lines[:-1], lines[-1].replace(lines[-1].split(",")[4], "1.5")]) + "\n")


# Plans


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('books = "data/*"', "plan.toml, template: is missing"),
        ('template = "danger"', "plan.toml, books: is missing"),
        ('template = "dangr"\nbooks = "data/*"', "plan.toml, template: there is no such workbook, and ours are called danger, sectors"),
        ('template = "plan.toml"\nbooks = "data/*"', "template: an .xlsx or .xlsm workbook is wanted (found 'plan.toml')"),
        ('template = "danger"\nbooks = "data/*"\ncolour = 1', "plan.toml, colour: an unknown setting; known are template, output"),
        ('template = "danger"\nbooks = "nothing/*"', "plan.toml, books: no folder is called so (found 'nothing/*')"),
        ('template = "danger"\nbooks = []', "plan.toml, books: there are none"),
        ('template = "danger"\nbooks = 3', "books: folders such as \"data/*\", or [[books]] with name and data"),
        ('template = "danger"\nbooks = ["a"]', "books[1]: a table with name and data is wanted (found 'a')"),
        ('template = "danger"\n[[books]]\nname = "a"', "plan.toml, books[1].data: is missing"),
        ('template = "danger"\n[[books]]\nname = "a"\ndata = "sample"\nmode = "fast"', "books[1].mode: 'live' or 'snapshot'"),
        ('template = "danger"\n[[books]]\nname = "a/b"\ndata = "sample"', "books[1].name: the book's name cannot be a file's name"),
        ('template = "danger"\n[[books]]\nname = "NUL"\ndata = "sample"', "cannot be a file's name (found 'NUL')"),
        ('template = "danger"\n[[books]]\nname = ".."\ndata = "sample"', "cannot be a file's name (found '..')"),
        ('template = "danger"\n[[books]]\nname = "a"\ndata = "cftc:a.csv"', "books[1].data: CFTC positions have no spreads"),
        ('template = "danger"\nevent = "2024-12-18"\nbooks = "data/*"', "event: a date such as 2024-12-18, without quotes, is wanted"),
        ('template = "danger"\nmode = "snapshot"\nbooks = "data/*"', "mode: danger is built with all its values"),
        ('template = "own.xlsx"\nevent = 2024-12-18\nbooks = "data/*"', "event: the template holds its own event"),
        ('template = "danger"\noutput = "{date}.xlsx"\nbooks = "data/*"', "output: {book} is the only thing that may stand in braces"),
        ('template = "danger"\noutput = "{book!r}.xlsx"\nbooks = "data/*"', "output: {book} is the only thing that may stand in braces"),
        ('template = "danger"\noutput = "{book.xlsx"\nbooks = "data/*"', "output: {book} is the only thing that may stand in braces"),
        ('template = "danger"\noutput = "{book}.xls"\nbooks = "data/*"', "output: the template's books end in .xlsx (found '{book}.xls')"),
        ('template = "danger"\noutput = "all.xlsx"\nbooks = "data/*"', "output: the books b0 and b1 have the same file (found 'all.xlsx')"),
        ('template = "danger"\nbooks = [{name = "a", data = "sample"}, {name = "A", data = "sample"}]', "a and A have the same file"),
        ('template = "danger"\noutput = "../{book}.xlsx"\nbooks = "data/*"', "output: the book b0 would lie outside the plan's folder"),
        ('template = "danger"\noutput = "data/{book}/x.xlsx"\nbooks = "data/*"', "output: the book b0 would lie in the data of b0"),
        ('template = "own.xlsx"\noutput = "{book}.xlsx"\nbooks = [{name = "own", data = "sample"}]', "own would replace what it is"),
        ("template = ", "plan.toml: not a plan ("),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_with_file_key_and_value(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.xlsx").write_bytes(b"")
    for name in ("b0", "b1"):
        (tmp_path / "data" / name).mkdir(parents=True)
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises(DataError) as refused:
        run_batch(tmp_path / "plan.toml")
    assert said in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_all_problems_of_a_plan_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('template = "danger"\nmode = "x"\n[[books]]\nname = 1\ndata = 2\n')
    with pytest.raises(DataError) as refused:
        read_plan(tmp_path / "plan.toml")
    assert [problem.file for problem in refused.value.problems] == ["plan.toml, mode"]
    (tmp_path / "plan.toml").write_text('template = "danger"\n[[books]]\nname = 1\ndata = 2\n')
    with pytest.raises(DataError) as refused:
        read_plan(tmp_path / "plan.toml")
    assert [problem.file for problem in refused.value.problems] == ["plan.toml, books[1].name", "plan.toml, books[1].data"]


def test_a_plan_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such plan"):
        read_plan(tmp_path / "plan.toml")


def test_a_book_outside_by_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "desk" / "plan.toml").write_text('template = "danger"\n[[books]]\nname = "a"\ndata = "sample"\n')
    with pytest.raises(DataError, match="outside the plan's folder"):
        read_plan(tmp_path / "desk" / "plan.toml")


def test_one_book_per_folder_in_order_and_a_books_own_settings_come_first(tmp_path: Path) -> None:
    for name in ("zulu", "alpha"):
        (tmp_path / "data" / name).mkdir(parents=True)
    (tmp_path / "data" / "note.txt").write_text("not a desk")
    (tmp_path / "plan.toml").write_text('template = "danger"\nevent = 2024-11-07\nbooks = "data/*"\noutput = "a/{book}/x-{book}.xlsx"\n')
    plan = read_plan(tmp_path / "plan.toml")
    assert [book.name for book in plan.books] == ["alpha", "zulu"]
    assert {book.event for book in plan.books} == {dt.date(2024, 11, 7)}
    assert plan.books[0].output == tmp_path / "a" / "alpha" / "x-alpha.xlsx"
    assert plan.manifest == tmp_path / "a" / "plan.batch.json"
    text = 'template = "danger"\nevent = 2024-11-07\n[[books]]\nname = "a"\ndata = "data/alpha"\nevent = 2024-12-18\n'
    (tmp_path / "plan.toml").write_text(text)
    assert read_plan(tmp_path / "plan.toml").books[0].event == dt.date(2024, 12, 18)


# What is made


def test_a_book_is_what_build_makes_of_its_data(finished: Path, tmp_path: Path) -> None:
    for name in ("b0", "b1"):
        build(TEMPLATES["sectors"](inputs(finished / "data" / name)), tmp_path / "built.xlsx")
        assert (finished / "out" / f"{name}.xlsx").read_bytes() == (tmp_path / "built.xlsx").read_bytes()


def test_a_book_from_a_workbook_is_what_refresh_makes_of_it_stamped_with_the_datas_day(templates: dict[str, Path], tmp_path: Path) -> None:
    plan = write_plan(tmp_path, FROM_BOOK, books=2)
    shutil.copy(templates["sectors"], tmp_path / "own.xlsx")
    result = run_batch(plan, jobs=2)
    assert statuses(result) == ["made", "made"], result
    for number, book in enumerate(result.books):
        found = inputs(tmp_path / "data" / f"b{number}")
        day = dt.datetime.combine(found.as_of, dt.time(), dt.UTC)
        refresh_workbook(tmp_path / "own.xlsx", found, destination=tmp_path / "one.xlsx", mode="snapshot", modified=day)
        assert book.output.read_bytes() == (tmp_path / "one.xlsx").read_bytes()
        assert book.as_of == found.as_of.isoformat()
    assert result.books[0].output.read_bytes() != result.books[1].output.read_bytes()


def test_the_number_of_processes_does_not_change_a_byte(finished: Path, batch: Path) -> None:
    shutil.rmtree(batch / "out")
    assert statuses(run_batch(batch / "plan.toml", jobs=1)) == ["made", "made"]
    assert bytes_of(batch / "out") == bytes_of(finished / "out")
    assert (batch / "out" / "plan.batch.json").read_bytes() == (finished / "out" / "plan.batch.json").read_bytes()


def test_a_job_holds_names_and_no_rows(finished: Path) -> None:
    assert all(len(pickle.dumps(job)) < 2_000 for job in jobs_of(finished))


def test_progress_is_told_after_each_book(batch: Path) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(book: BookResult, done: int, total: int) -> None:
        told.append((book.status, done, total))

    run_batch(batch / "plan.toml", progress=progress)
    assert told == [("unchanged", 1, 2), ("unchanged", 2, 2)]


# Nothing twice, and nothing over a person's work


def test_a_second_batch_of_the_same_data_touches_no_book(batch: Path) -> None:
    before = stamps(batch / "out")
    assert statuses(run_batch(batch / "plan.toml")) == ["unchanged", "unchanged"]
    assert stamps(batch / "out") == before


def test_only_the_book_whose_data_changed_is_made(batch: Path) -> None:
    before, was = stamps(batch / "out"), bytes_of(batch / "out")
    change(batch / "data" / "b1")
    assert statuses(run_batch(batch / "plan.toml")) == ["unchanged", "made"]
    assert stamps(batch / "out")["b0.xlsx"] == before["b0.xlsx"]
    assert bytes_of(batch / "out")["b1.xlsx"] != was["b1.xlsx"]


@pytest.mark.parametrize("setting", ["xlsig", "template", "mode", "event"])
def test_a_book_made_by_other_rules_is_made_anew(setting: str, batch: Path) -> None:
    manifest = batch / "out" / "plan.batch.json"
    told = json.loads(manifest.read_text())
    assert setting in told["books"]["b0"]["made_from"]
    told["books"]["b0"]["made_from"][setting] = "another"
    manifest.write_text(json.dumps(told))
    assert statuses(run_batch(batch / "plan.toml")) == ["made", "unchanged"]


def test_a_deleted_book_is_made_again_the_same(finished: Path, batch: Path) -> None:
    (batch / "out" / "b0.xlsx").unlink()
    assert statuses(run_batch(batch / "plan.toml")) == ["made", "unchanged"]
    assert bytes_of(batch / "out") == bytes_of(finished / "out")


def test_a_book_that_a_person_changed_is_kept_until_forced(finished: Path, batch: Path) -> None:
    own = batch / "out" / "b0.xlsx"
    own.write_bytes(own.read_bytes() + b"a person's")
    result = run_batch(batch / "plan.toml")
    assert statuses(result) == ["kept", "unchanged"]
    assert "changed by hand" in result.books[0].said
    assert own.read_bytes().endswith(b"a person's")
    assert statuses(run_batch(batch / "plan.toml", force=True)) == ["made", "made"]
    assert bytes_of(batch / "out") == bytes_of(finished / "out")


def test_a_changed_book_with_new_data_is_left_and_counts_as_failed(batch: Path) -> None:
    own = batch / "out" / "b0.xlsx"
    own.write_bytes(own.read_bytes() + b"a person's")
    change(batch / "data" / "b0")
    result = run_batch(batch / "plan.toml")
    assert statuses(result) == ["failed", "unchanged"]
    assert "xlsig refresh adds them" in result.failed[0].said
    assert own.read_bytes().endswith(b"a person's")


def test_a_file_of_the_same_name_that_no_batch_made_is_not_replaced(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, SECTORS, books=1)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b0.xlsx").write_text("mine")
    for _ in range(2):
        result = run_batch(plan)
        assert statuses(result) == ["failed"]
        assert "this batch did not make" in result.failed[0].said
    assert (tmp_path / "out" / "b0.xlsx").read_text() == "mine"


# Failures


def test_a_book_that_fails_does_not_stop_the_others_and_its_old_file_stays(finished: Path, batch: Path) -> None:
    spreads = batch / "data" / "b0" / "spreads.csv"
    good = spreads.read_text()
    spreads.write_text(good.replace(good.splitlines()[1].split(",")[0], "someday", 1))
    change(batch / "data" / "b1")
    result = run_batch(batch / "plan.toml")
    assert statuses(result) == ["failed", "made"]
    assert "spreads.csv, row 2" in result.failed[0].said
    assert "someday" in result.failed[0].said
    assert bytes_of(batch / "out")["b0.xlsx"] == bytes_of(finished / "out")["b0.xlsx"]
    spreads.write_text(good)
    assert statuses(run_batch(batch / "plan.toml")) == ["unchanged", "unchanged"]


def test_data_that_is_not_there_fails_its_own_book_alone(tmp_path: Path) -> None:
    write_desk(tmp_path / "here")
    text = 'template = "sectors"\n[[books]]\nname = "gone"\ndata = "gone"\n[[books]]\nname = "here"\ndata = "here"\n'
    result = run_batch(write_plan(tmp_path, text))
    assert statuses(result) == ["failed", "made"]
    assert "there is no such folder" in result.failed[0].said
    assert list(bytes_of(tmp_path / "out")) == ["here.xlsx"]


def test_data_that_changes_under_the_batch_is_noticed(finished: Path, batch: Path) -> None:
    jobs = jobs_of(batch)
    change(batch / "data" / "b0")
    made = {one.name: one for one in on_this_machine(jobs, 1)}
    assert made["b0"].failure == "the data changed while the batch ran: run it again"
    assert made["b1"].failure == ""
    assert bytes_of(batch / "out") == bytes_of(finished / "out")


def test_a_worker_of_another_version_makes_nothing(finished: Path) -> None:
    job = jobs_of(finished)[0]
    (made,) = on_this_machine([replace(job, expected={**job.expected, "xlsig": "0.0.1"})], 1)
    assert "install one version everywhere" in made.failure


class _Deadly(Job):
    """A job that ends the process which unpacks it, as a shortage of memory would."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def jobs_of(folder: Path) -> list[Job]:
    plan = read_plan(folder / "plan.toml")
    return [
        Job(book.name, book.data, plan.template, str(book.output), book.mode, book.event, made_from(book, template_mark(plan)))
        for book in plan.books
    ]


def test_a_book_that_kills_its_process_is_given_up_and_the_others_are_made(batch: Path) -> None:
    first, second = jobs_of(batch)
    made = {one.name: one for one in on_this_machine([first, _Deadly(**{**vars(first), "name": "deadly"}), second], 2)}
    assert {name: bool(one.failure) for name, one in made.items()} == {"b0": False, "deadly": True, "b1": False}
    assert "ended without an answer" in made["deadly"].failure
    assert made["deadly"].is_lost


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_killed_from_outside_costs_no_book(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, SECTORS, books=4)
    killed: list[int] = []

    def kill_one(book: BookResult, done: int, total: int) -> None:
        if not killed:
            killed.append(multiprocessing.active_children()[0].pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    result = run_batch(plan, jobs=2, progress=kill_one)
    assert killed
    assert statuses(result) == ["made"] * 4, result


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_batch_killed_half_way_goes_on_where_it_was(finished: Path, tmp_path: Path) -> None:
    plan = write_plan(tmp_path, SECTORS, books=4)
    script = f"from xlsig.workbooks import run_batch; run_batch({str(plan)!r}, jobs=1)"
    running = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    assert comes_true(lambda: (tmp_path / "out" / "b1.xlsx").exists() or running.poll() is not None, pause=0.002)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    before = bytes_of(tmp_path / "out")
    assert 1 < len(before) < 4
    noted = Manifest(tmp_path / "out" / "plan.batch.json").books
    done = [name for name, entry in noted.items() if "begun" not in entry]
    result = run_batch(plan)
    assert {book.name for book in result.books if book.status == "unchanged"} == set(done)
    assert {book.status for book in result.books} <= {"made", "unchanged"}
    after = bytes_of(tmp_path / "out")
    assert len(after) == 4
    assert {name: after[name] for name in before} == before
    assert {name: after[name] for name in ("b0.xlsx", "b1.xlsx")} == bytes_of(finished / "out")
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []


def workers_of(parent: int) -> list[int]:
    """The processes that a process has started, where the system says so."""
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system has no /proc")
def test_workers_end_with_a_batch_that_is_killed(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, SECTORS, books=4)
    running = subprocess.Popen([sys.executable, "-m", "xlsig", "batch", str(plan), "--jobs", "2"], stderr=subprocess.DEVNULL)
    assert comes_true(lambda: (tmp_path / "out" / "b0.xlsx").exists() or running.poll() is not None)
    workers = workers_of(running.pid)
    assert len(workers) > 1
    running.kill()
    running.wait()
    assert comes_true(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def heed_interrupts() -> None:
    """Undo what a shell does to what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_an_interrupted_batch_says_what_was_made_and_goes_on_from_there(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, SECTORS, books=6)
    command = [sys.executable, "-m", "xlsig", "batch", str(plan), "--jobs", "1"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts)
    assert comes_true(lambda: (tmp_path / "out" / "b1.xlsx").exists() or running.poll() is not None)
    running.send_signal(signal.SIGINT)
    shown, progress = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130, progress
    made = [line.split()[3].rstrip(",") for line in progress.splitlines()]
    assert 2 <= len(made) < 6
    assert progress.splitlines() == [f"{at} of 6: {name}, made" for at, name in enumerate(made, start=1)]
    assert f"Stopped before the other {6 - len(made)} of 6; the same command goes on with them." in " ".join(shown.split())
    result = run_batch(plan)
    assert {book.name for book in result.books if book.status == "unchanged"} >= set(made)
    assert {book.status for book in result.books} == {"unchanged", "made"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    plan = write_plan(tmp_path, SECTORS, books=1)
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(DataError, match=r"out: nothing can be written in this folder \(File exists\)"):
        run_batch(plan)


def test_a_book_that_a_person_has_open_is_left_and_said_so(finished: Path, batch: Path) -> None:
    change(batch / "data" / "b0")
    (batch / "out" / "~$b0.xlsx").write_bytes(b"a person")
    result = run_batch(batch / "plan.toml")
    assert statuses(result) == ["failed", "unchanged"]
    assert "is open" in result.failed[0].said
    assert (batch / "out" / "b0.xlsx").read_bytes() == (finished / "out" / "b0.xlsx").read_bytes()
    (batch / "out" / "~$b0.xlsx").unlink()
    assert statuses(run_batch(batch / "plan.toml")) == ["made", "unchanged"]


def test_two_batches_of_one_plan_do_not_run_at_once(batch: Path) -> None:
    with only_one(batch / "plan.toml", 0), pytest.raises(DataError, match="another batch of this plan is running"):
        run_batch(batch / "plan.toml")


def test_a_manifest_that_is_none_is_said_so_and_left(batch: Path) -> None:
    manifest = batch / "out" / "plan.batch.json"
    manifest.write_text("[1]")
    with pytest.raises(DataError, match="not a batch's manifest"):
        run_batch(batch / "plan.toml")
    assert manifest.read_text() == "[1]"


# The command line


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = "import sys; from xlsig.cli import main; sys.argv[0] = 'xlsig'; main()"
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", script, "batch", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=PATIENCE,
        check=False,
    )


def test_the_command_shows_every_book_and_exits_with_1_if_one_failed(batch: Path) -> None:
    done = run("plan.toml", folder=batch)
    assert done.returncode == 0, done.stderr
    assert "2 unchanged" in done.stdout
    assert "Health Care" in done.stdout
    (batch / "data" / "b1" / "prices.csv").write_text("date,close\n2025-01-03,high\n", "utf-8")
    failed = run("plan.toml", folder=batch)
    assert failed.returncode == 1
    assert "prices.csv, row 2, column close" in " ".join(failed.stdout.split())
    assert "1 unchanged, 1 failed" in failed.stdout


def test_the_command_prints_json(batch: Path) -> None:
    told = json.loads(run("plan.toml", "--json", folder=batch).stdout)
    assert {name: told[name] for name in ("made", "unchanged", "kept", "failed")} == {"made": 0, "unchanged": 2, "kept": 0, "failed": 0}
    assert [book["name"] for book in told["books"]] == ["b0", "b1"]
    assert told["books"][0]["seller"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--engine", "cloud"), "'cloud' is not one of 'local', 'dask'"),
        (("--engine", "dask"), "go together"),
        (("--scheduler", "tcp://127.0.0.1:1"), "go together"),
        (("--jobs", "0"), "--jobs"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: tuple[str, ...], said: str, batch: Path) -> None:
    done = run("plan.toml", *arguments, folder=batch)
    assert done.returncode == 2
    assert said in done.stderr


def test_importing_the_package_stays_cheap() -> None:
    script = "import sys, xlsig.workbooks; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "lxml", "openpyxl", "xlsxwriter", "concurrent.futures", "distributed"} & set(loaded)
