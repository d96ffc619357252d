"""The command line: parse, call, show. Exit codes: 0 done, 1 a data or file problem (said in plain words), 2 usage."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table as RichTable
from rich.text import Text

from xlsig.errors import DataError, SignalError

if TYPE_CHECKING:
    from xlsig.frames.desk import DeskData
    from xlsig.functions.spec import Function
    from xlsig.sources.cftc import CftcData
    from xlsig.workbooks.batching import BatchResult
    from xlsig.workbooks.inputs import Inputs
    from xlsig.workbooks.morning import Morning
    from xlsig.workbooks.positioning import Positioning
    from xlsig.workbooks.refreshing import Refreshed

app = typer.Typer(
    help="The danger signal of equity financing and fund flows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, markup=False)
log = Console(stderr=True, highlight=False)

DataOption = Annotated[
    str, typer.Option("--data", metavar="SRC", help="A folder, a config file (.toml), sample, or cftc:FILE,FILE2.", show_default=False)
]
OptionalDataOption = Annotated[
    str | None,
    typer.Option("--data", metavar="SRC", help="A folder, a config file (.toml), sample, or cftc:FILE,FILE2.", show_default=False),
]
DEFAULT_HOST = "excel" if sys.platform == "win32" else "calc"
HostOption = Annotated[str, typer.Option("--host", help="The spreadsheet: excel (on Windows) or calc (LibreOffice).")]
EventOption = Annotated[
    dt.datetime | None,
    typer.Option("--event", formats=["%Y-%m-%d"], help="Measure changes since this day; the last Fed announcement if left out."),
]


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the workbooks go.")] = Path("xlsig-demo"),
) -> None:
    """Build the four dashboards from the bundled sample and print the desk note."""
    from xlsig.sources.opening import open_source
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.morning import morning
    from xlsig.workbooks.templates import TEMPLATES

    with _working("Making the sample"):
        desk = _desk(open_source("sample"), "demo")
        inputs = inputs_of(desk)
    for name in TEMPLATES:
        with _working(f"Building {name}.xlsx"):
            _build(name, inputs, folder / f"{name}.xlsx", "excel")
    with _working("Answering"):
        answers = morning(desk)
    out.print()
    _show_state(answers)
    out.print(
        f"\nBuilt in {folder}: {', '.join(f'{name}.xlsx' for name in TEMPLATES)}. Every cell shows its value, with or without the add-in."
    )


@app.command()
def signals(
    data: DataOption,
    event: EventOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Print the answers without a workbook."""
    from xlsig.sources.cftc import CftcData
    from xlsig.sources.opening import open_source
    from xlsig.workbooks.morning import morning
    from xlsig.workbooks.positioning import positioning

    with _working("Reading the data"):
        found = open_source(data)
    with _working("Answering"):
        answers = positioning(found) if isinstance(found, CftcData) else morning(found, event.date() if event else None)
    if as_json:
        _print_json(answers.as_json())
    elif isinstance(found, CftcData):
        _show_positioning(answers)  # type: ignore[arg-type]
    else:
        _show_morning(answers)  # type: ignore[arg-type]


@app.command()
def build(
    name: Annotated[str, typer.Argument(help="danger, sectors, regions, history, or selftest, which takes no data.")],
    destination: Annotated[Path, typer.Option("--out", help="The .xlsx file to write; replaced if it is there.", show_default=False)],
    data: OptionalDataOption = None,
    event: EventOption = None,
    formulas: Annotated[
        str, typer.Option(help="The host the formulas are stored for: excel, officejs or calc; or values, none at all.")
    ] = "excel",
) -> None:
    """Build one dashboard from your data, or the self-test workbook."""
    from xlsig.functions.spelling import HOSTS
    from xlsig.sources.opening import open_source
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.templates import TEMPLATES

    if name not in (*TEMPLATES, "selftest"):
        raise typer.BadParameter(f"there is no template {name!r}; choose from {', '.join(TEMPLATES)} and selftest", param_hint="NAME")
    if formulas not in HOSTS:
        raise typer.BadParameter(f"choose from {', '.join(HOSTS)}", param_hint="--formulas")
    if destination.suffix.lower() != ".xlsx":
        raise typer.BadParameter("the file's name must end in .xlsx", param_hint="--out")
    if name == "selftest":
        _build_selftest(destination, formulas)
        return
    if data is None:
        raise typer.BadParameter("say what it is built from", param_hint="--data")
    with _working("Reading the data"):
        inputs = inputs_of(_desk(open_source(data), f"the {name} workbook"), event.date() if event else None)
    with _working(f"Building {destination.name}"):
        _build(name, inputs, destination, formulas)
    out.print(f"Built {destination} as of {_day(inputs.as_of)}.")


@app.command()
def refresh(
    files: Annotated[list[Path], typer.Argument(help="The workbooks to refresh.", show_default=False)],
    data: DataOption,
    mode: Annotated[str, typer.Option(help="live: Excel calculates on opening. snapshot: it shows the values as they are.")] = "live",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")] = False,
    keep: Annotated[int, typer.Option(min=0, help="Older copies to keep beside each file.")] = 0,
    formulas: Annotated[str | None, typer.Option(help="Store the formulas for another host: excel or calc.", show_default=False)] = None,
) -> None:
    """Give workbooks the morning's data; everything else in them stays as it is."""
    from xlsig.sources.opening import open_source
    from xlsig.workbooks.refreshing import refresh_workbooks

    if mode not in ("live", "snapshot"):
        raise typer.BadParameter("choose live or snapshot", param_hint="--mode")
    if formulas not in (None, "excel", "calc"):
        raise typer.BadParameter("choose excel or calc; for officejs build the workbook anew", param_hint="--formulas")
    with _working("Reading the data"):
        desk = _desk(open_source(data), "a workbook")
    failed = 0
    with _progress(len(files)) as step:
        for path, result in refresh_workbooks(files, desk, mode=mode, dry_run=dry_run, keep=keep, host=formulas):  # type: ignore[arg-type]
            step(path.name)
            failed += isinstance(result, Exception)
            _show_refreshed(path, result, dry_run)
    if failed:
        raise typer.Exit(1)


@app.command()
def batch(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.toml", help="The template, the books and where they go.", show_default=False)],
    engine: Annotated[str, typer.Option(help="local: processes of this machine. dask: the workers of a Dask scheduler.")] = "local",
    scheduler: Annotated[str | None, typer.Option(metavar="ADDR", help="The Dask scheduler, as tcp://HOST:PORT.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Books at once; one per processor if left out.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make every book anew, those too that a person changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Make one workbook for each book of a plan; those that nothing changed for are skipped."""
    from xlsig.workbooks.batch_plan import read_plan
    from xlsig.workbooks.batching import run_batch

    if engine not in ("local", "dask"):
        raise typer.BadParameter("choose local or dask", param_hint="--engine")
    if (engine == "dask") != (scheduler is not None):
        raise typer.BadParameter("--engine dask and --scheduler ADDR go together", param_hint="--scheduler")
    read = read_plan(plan)
    with _progress(len(read.books)) as step:
        result = run_batch(read, engine, scheduler, jobs, lambda book, *_: step(book.name), force=force)  # type: ignore[arg-type]
    if as_json:
        _print_json(result.as_json())
    else:
        _show_batch(result)
    if result.failed:
        raise typer.Exit(1)


@app.command()
def functions(
    name: Annotated[str | None, typer.Argument(help="One function, in full.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list instead of a table.")] = False,
) -> None:
    """List the functions, or show one in full."""
    from xlsig.functions.catalogue import CATALOGUE, named

    chosen = list(CATALOGUE.values())
    if name is not None:
        found = named(name)
        if found is None:
            raise typer.BadParameter(f"there is no function {name!r}; xlsig functions lists them", param_hint="NAME")
        chosen = [found]
    if as_json:
        _print_json([_described(function) for function in chosen])
    elif name is not None:
        _show_function(chosen[0])
    else:
        table = RichTable("Function", "Category", "What it answers", box=None, header_style="bold")
        for function in chosen:
            table.add_row(function.name, function.category, function.doc)
        out.print(table)


@app.command()
def install(
    host: HostOption = DEFAULT_HOST,
    build_only: Annotated[
        Path | None, typer.Option("--build-only", metavar="OUT.xlam", help="Write Excel's add-in and install nothing, on any system.")
    ] = None,
) -> None:
    """Add the functions to a spreadsheet program of this machine."""
    from xlsig.hosts.installing import installer

    if build_only is not None:
        if host != "excel" or build_only.suffix.lower() != ".xlam":
            raise typer.BadParameter("give it a name that ends in .xlam, with --host excel", param_hint="--build-only")
        from xlsig.hosts.excel.installing import build_only as write

        with _working(f"Building {build_only.name}"):
            done: Sequence[str] = write(build_only)
    else:
        with _working("Installing"):
            done = installer(_host(host)).install()
    out.print("\n".join(done))


@app.command()
def uninstall(host: HostOption = DEFAULT_HOST) -> None:
    """Remove the functions from a spreadsheet program."""
    from xlsig.hosts.installing import installer

    with _working("Removing"):
        done = installer(_host(host)).uninstall()
    out.print("\n".join(done))


@app.command()
def doctor(host: HostOption = DEFAULT_HOST) -> None:
    """Say what stands between a cell and its answer."""
    from xlsig.hosts.installing import installer

    with _working("Looking"):
        findings = installer(_host(host)).doctor()
    out.print("\n".join(map(str, findings)))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@app.command()
def selftest(
    host: HostOption = DEFAULT_HOST,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list instead of a table.")] = False,
) -> None:
    """Compute every golden case in a spreadsheet program and compare."""
    from xlsig.hosts.installing import installer

    with _working("Asking the spreadsheet"):
        verdicts = installer(_host(host)).selftest()
    if as_json:
        _print_json([verdict.as_json() for verdict in verdicts])
    else:
        for verdict in verdicts:
            out.print(f"{'ok ' if verdict.agrees else 'NO '} {verdict.function}, {verdict.cases} cases", *verdict.failed, sep="\n    ")
        out.print(f"\n{sum(verdict.agrees for verdict in verdicts)} of {len(verdicts)} functions agree with their golden cases.")
    if not all(verdict.agrees for verdict in verdicts):
        raise typer.Exit(1)


def main() -> None:
    """Run, and turn what went wrong into plain words and an exit code."""
    try:
        app()
    except DataError as error:
        sys.exit(_failed(str(error)))
    except SignalError as error:
        sys.exit(_failed(str(error)))
    except OSError as error:
        said = error.strerror or str(error)
        sys.exit(_failed(f"{error.filename}: {said}" if error.filename else said))


def _failed(said: str) -> int:
    print(f"xlsig: {said}", file=sys.stderr)
    return 1


@contextmanager
def _working(what: str) -> Iterator[None]:
    """A spinner on a terminal; silent where the output is not one."""
    if log.is_terminal:
        with log.status(f"{what} …"):
            yield
    else:
        yield


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar over several files on a terminal; silent where the output is not one, or there is but one file."""
    if not log.is_terminal or total < 2:
        yield lambda name: None
        return
    with Progress(console=log, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


def _show_refreshed(path: Path, result: Refreshed | Exception, dry_run: bool) -> None:
    if isinstance(result, Exception):
        print(f"xlsig: {path}: {_reason(result)}", file=sys.stderr)
        return
    if result.said:
        print(f"xlsig: {result.said}", file=sys.stderr)
    if not result.changed:
        out.print(f"{path}: nothing to change, the file was not written")
        return
    out.print(f"{path}: {'would change' if dry_run else f'refreshed as {result.path.name}' if result.path != path else 'refreshed'}")
    for phrase in result.news:
        out.print(f"  {phrase}")
    if dry_run:
        for part, reason in result.plan:
            out.print(f"  {part}: {reason}", style="dim")
    if result.uncomputed:
        out.print(f"  {len(result.uncomputed)} cells are left for Excel to compute on opening:")
        for cell in result.uncomputed[:20]:
            out.print(f"    {cell}", style="dim")


def _show_batch(result: BatchResult) -> None:
    table = RichTable("Book", "State", "Streak", "Top seller", "Seconds", "What happened", box=None, header_style="bold", padding=(0, 1))
    for column in (2, 4):
        table.columns[column].justify = "right"
    for book in result.books:
        said = (str(shown) if shown is not None else "–" for shown in (book.state, book.streak, book.seller))
        table.add_row(book.name, *said, f"{book.seconds:.1f}", book.said, style="red" if book.status == "failed" else None)
    out.print(table)
    counts = result.as_json()
    told = [f"{counts[status]} {status}" for status in ("made", "unchanged", "kept", "failed") if counts[status]]
    out.print(f"\n{len(result.books)} books in {result.seconds:.1f} s: {', '.join(told)}.")


def _reason(failure: Exception) -> str:
    return failure.strerror or str(failure) if isinstance(failure, OSError) else str(failure)


def _desk(found: DeskData | CftcData, what: str) -> DeskData:
    from xlsig.sources.cftc import CftcData

    if isinstance(found, CftcData):
        raise DataError(f"CFTC positions have no spreads, sectors or products, so {what} cannot be built from them; use xlsig signals")
    return found


def _build(name: str, inputs: Inputs, destination: Path, host: Any) -> None:
    from xlsig.workbooks.building import build as write
    from xlsig.workbooks.templates import TEMPLATES

    write(TEMPLATES[name](inputs), destination, host)


def _build_selftest(destination: Path, host: Any) -> None:
    from xlsig.workbooks.building import build as write
    from xlsig.workbooks.templates import selftest

    with _working(f"Building {destination.name}"):
        write(selftest.layout(), destination, host)
    out.print(f"Built {destination}.")


def _host(name: str) -> str:
    from xlsig.hosts.installing import HOSTS

    if name not in HOSTS:
        raise typer.BadParameter(f"choose from {', '.join(HOSTS)}", param_hint="--host")
    return name


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def _show_morning(answers: Morning) -> None:
    from xlsig.workbooks.morning import shown

    _show_state(answers)
    out.print()
    table = RichTable("#", "Question", "Answer", "Why", box=None, header_style="bold", padding=(0, 1))
    table.columns[2].justify = "right"
    table.columns[3].style = "dim"
    said = ""
    for claim in answers.claims:
        if claim.key != "note":
            why = "" if claim.explanation == said else claim.explanation  # rows that read the same table share their reason
            table.add_row(str(claim.id), claim.question, shown(claim.answer, claim.style), why)
            said = claim.explanation
    out.print(table)


def _show_state(answers: Morning) -> None:
    out.print(Text.assemble((answers.state, "bold"), f"  as of {_day(answers.as_of)}  ", (f"({answers.source})", "dim")))
    out.print()
    out.print(answers.note)


def _day(date: dt.date) -> str:
    from xlsig.functions.wording import day

    return day(date)


def _show_positioning(answers: Positioning) -> None:
    out.print(Text.assemble((f"As of {_day(answers.as_of)}  ", "bold"), (f"({answers.source}; flows in {answers.unit})", "dim")))
    out.print()
    out.print(answers.note)
    out.print()
    table = RichTable("Contract", "Group", "Streak", "z", "Fastest since", "Months", box=None, header_style="bold", padding=(0, 1))
    for column in table.columns[2:]:
        column.justify = "right"
    by_pair: dict[tuple[str, str], list[str]] = {}
    for claim in answers.claims:
        said = f"{claim.answer:.2f}" if isinstance(claim.answer, float) else "–" if claim.answer is None else str(claim.answer)
        by_pair.setdefault((claim.contract, claim.group), []).append(said)
    for pair, answered in by_pair.items():
        table.add_row(*pair, *answered)
    out.print(table)
    out.print()
    out.print("Missing", style="bold")
    for sentence in answers.missing:
        out.print(f"· {sentence}")


def _described(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "category": function.category,
        "doc": function.doc,
        "arguments": [
            {
                "name": argument.name,
                "kind": argument.kind,
                "unit": argument.unit,
                "optional": argument.optional,
                "default": list(argument.default) if isinstance(argument.default, tuple) else argument.default,
                "doc": argument.doc,
            }
            for argument in function.arguments
        ],
        "spills": function.spills,
        "example": function.example,
        "sheet": function.sheet,
    }


def _show_function(function: Function) -> None:
    out.print(function.typed(), style="bold")
    out.print(f"{function.doc}\n\n{function.details}\n")
    table = RichTable("Argument", "Unit", "Default", "What it is", box=None, header_style="bold")
    for argument in function.arguments:
        default = "" if not argument.optional else "none" if argument.default is None else str(argument.default)
        table.add_row(argument.name, argument.unit, default, argument.doc)
    out.print(table)
    out.print(f"\nAnswers: {function.returns}\nExample: {function.example}\nShown on: {function.sheet}")
