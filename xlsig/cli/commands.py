"""The commands: what each takes, what it asks of the packages below, and what it shows.

The words that options choose from are a type where they are at home, and here an enum that the command line is made of. Homes that load
slowly have their words written here again, so that `xlsig --help` starts at once; a test holds them equal.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xlsig.cli import showing
from xlsig.sources.opening import WRITTEN, open_source
from xlsig.workbooks.templates import NAMES, NEEDED, SELFTEST, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from xlsig.formulas import Evaluator
    from xlsig.functions.spelling import Host
    from xlsig.hosts.installing import Installer
    from xlsig.ooxml.edit import Mode as Mode
    from xlsig.sources.judged import Judged, Wanted
    from xlsig.sources.source import Source
    from xlsig.workbooks.batching import BookResult
    from xlsig.workbooks.batching import Engine as Engine
    from xlsig.workbooks.layout import Layout
    from xlsig.workbooks.morning import Morning
    from xlsig.workbooks.positioning import Positioning

    Formulas = Host
    RefreshFormulas = Literal["excel", "calc"]
    Spreadsheet = str
    TemplateName = str
else:
    Formulas = StrEnum("Formulas", {word: word for word in ("excel", "officejs", "calc", "values")})
    RefreshFormulas = StrEnum("RefreshFormulas", {word: word for word in ("excel", "calc")})
    Mode = StrEnum("Mode", {word: word for word in ("live", "snapshot")})
    Engine = StrEnum("Engine", {word: word for word in ("local", "dask")})
    Spreadsheet = StrEnum("Spreadsheet", {word: word for word in ("excel", "calc")})
    TemplateName = StrEnum("TemplateName", {word: word for word in NAMES})

app = typer.Typer(
    help="The danger signal of equity financing and fund flows.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help in plain text: rich takes longer to load than all else
)

_DATA = typer.Option("--data", metavar="SRC", help=WRITTEN, show_default=False)
DataOption = Annotated[str, _DATA]
OptionalDataOption = Annotated[str | None, _DATA]
DEFAULT_HOST = "excel" if sys.platform == "win32" else "calc"
HostOption = Annotated[Spreadsheet, typer.Option("--host", help="The spreadsheet: excel (on Windows) or calc (LibreOffice).")]
EventOption = Annotated[
    dt.datetime | None,
    typer.Option("--event", formats=["%Y-%m-%d"], help="Measure changes since this day; the last Fed announcement if left out."),
]


WARNED = 3
"""The exit code where the data was used and something is found about it."""
INTERRUPTED = 130
"""The exit code of a batch that was interrupted, which is every shell's."""
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE|complete", help="Answer as of that session; complete: the last that all inputs cover."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Stop with exit code 3, and write nothing, where the data has a warning.")]
MaxAgeOption = Annotated[int | None, typer.Option("--max-age", min=0, metavar="N", help="Refuse data older than so many sessions.")]


def today() -> dt.date:
    """The day that the data's age is judged by: the clock's, or what XLSIG_TODAY says."""
    said = os.environ.get("XLSIG_TODAY")
    return dt.date.fromisoformat(said) if said else dt.date.today()


def _wanted(as_of: str | None, max_age: int | None, strict: bool = False) -> Wanted:
    from xlsig.sources.judged import Wanted

    return Wanted(as_of, max_age, today(), strict)


def _read(source: Source, frames: Sequence[str], so: str, wanted: Wanted) -> Judged:
    """The data, judged; where a warning is to stop the command, what is found and exit code 3."""
    from xlsig.sources.judged import Warned, read_judged

    try:
        return read_judged(source, frames, so, wanted)
    except Warned as warned:
        showing.findings(warned.findings)
        raise typer.Exit(WARNED) from None


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the workbooks go.")] = Path("xlsig-demo"),
) -> None:
    """Build the dashboards from the sample; print the desk note."""
    from xlsig.sources.sample import sample
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.morning import morning

    with showing.working("Making the sample"):
        desk = sample()
        inputs = inputs_of(desk)
    for name, template in TEMPLATES.items():
        _write(template(inputs), folder / f"{name}.xlsx", "excel")
    with showing.working("Answering"):
        answers = morning(inputs)
    showing.say("")
    showing.state(answers)
    built = ", ".join(f"{name}.xlsx" for name in TEMPLATES)
    showing.say(f"\nBuilt in {folder}: {built}. Every cell shows its value, with or without the add-in.")


@app.command()
def check(
    data: DataOption,
    as_of: AsOfOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="As it is anyway here: a warning ends with exit code 3.")] = False,
    max_age: MaxAgeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of sentences.")] = False,
) -> None:
    """Say what is wrong or late in the data, and what mends it.

    Ends with 0 where nothing is found, 3 with warnings, 1 where the data cannot be used.
    """
    from xlsig.errors import DataError
    from xlsig.frames.findings import refused
    from xlsig.sources.judged import checked

    with showing.working("Reading the data"):
        try:
            found = checked(open_source(data), _wanted(as_of, max_age))
        except DataError as failure:
            found = refused(failure)
    if as_json:
        showing.json({"findings": [finding.as_json() for finding in found]})
    else:
        showing.findings(found)
    if found:
        raise typer.Exit(1 if any(finding.grade == "refused" for finding in found) else WARNED)


@app.command()
def signals(
    data: DataOption,
    event: EventOption = None,
    as_of: AsOfOption = None,
    strict: StrictOption = False,
    max_age: MaxAgeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Print the answers without a workbook."""
    from xlsig.sources.cftc import CftcFiles
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.morning import morning
    from xlsig.workbooks.positioning import positioning

    answers: Morning | Positioning
    with showing.working("Reading the data and answering"):
        source = open_source(data)
        if isinstance(source, CftcFiles):
            answers = positioning(source.read())
        else:
            judged = _read(source, TEMPLATES["danger"].frames, "xlsig signals has no answer from them", _wanted(as_of, max_age, strict))
            inputs = inputs_of(judged.data, event.date() if event else None, judged.found)
            answers = replace(morning(inputs), findings=judged.findings)
    if as_json:
        showing.json(answers.as_json())
    else:
        showing.answers(answers)


@app.command()
def build(
    name: Annotated[TemplateName, typer.Argument(help=f"What to build; {SELFTEST} takes no data.", show_default=False)],
    destination: Annotated[Path, typer.Option("--out", help="The .xlsx file to write; replaced if it is there.", show_default=False)],
    data: OptionalDataOption = None,
    event: EventOption = None,
    formulas: Annotated[
        Formulas, typer.Option(help="The host the formulas are stored for: excel, officejs or calc; or values, none at all.")
    ] = "excel",
    as_of: AsOfOption = None,
    strict: StrictOption = False,
    max_age: MaxAgeOption = None,
) -> None:
    """Build one dashboard from your data, or the self-test workbook."""
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.unknowns import Standings

    if destination.suffix.lower() != ".xlsx":
        raise typer.BadParameter("the file's name must end in .xlsx", param_hint="--out")
    if name == SELFTEST:
        from xlsig.workbooks.templates import selftest as template

        _write(template.layout(), destination, formulas)
        showing.say(f"Built {destination}.")
        return
    if data is None:
        raise typer.BadParameter("say what it is built from", param_hint="--data")
    with showing.working("Reading the data"):
        so = f"the {name} workbook cannot be built from them"
        judged = _read(open_source(data), TEMPLATES[name].frames, so, _wanted(as_of, max_age, strict))
        inputs = inputs_of(judged.data, event.date() if event else None, judged.found)
    layout = TEMPLATES[name](inputs)
    unknown = Standings(layout.book, _write(layout, destination, formulas), findings=inputs.findings).unknown()
    showing.say(f"Built {destination} as of {showing.day(inputs.as_of)}.")
    showing.findings(judged.findings, quiet=True)
    showing.unknown(unknown)
    if unknown:
        raise typer.Exit(WARNED)


def _write(layout: Layout, destination: Path, formulas: Formulas) -> Evaluator:
    from xlsig.workbooks.building import build as write

    with showing.working(f"Building {destination.name}"):
        return write(layout, destination, formulas)


@app.command()
def refresh(
    files: Annotated[list[Path], typer.Argument(help="The workbooks to refresh.", show_default=False)],
    data: DataOption,
    mode: Annotated[Mode, typer.Option(help="live: Excel calculates on opening. snapshot: it shows the values as they are.")] = "live",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")] = False,
    keep: Annotated[int, typer.Option(min=0, help="Older copies to keep beside each file.")] = 0,
    formulas: Annotated[
        RefreshFormulas | None, typer.Option(help="Store the formulas for another host: excel or calc.", show_default=False)
    ] = None,
    as_of: AsOfOption = None,
    strict: StrictOption = False,
    max_age: MaxAgeOption = None,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="Take data that ends before a workbook's own date, as --as-of does anyway.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Give workbooks the morning's data; all else in them stays."""
    from xlsig.workbooks.inputs import inputs_of
    from xlsig.workbooks.refreshing import Refreshed, refresh_workbooks

    with showing.working("Reading the data"):
        judged = _read(open_source(data), NEEDED, "no workbook can be refreshed with them", _wanted(as_of, max_age, strict))
        inputs = replace(inputs_of(judged.data, findings=judged.found), findings=judged.findings)
    if not as_json:
        showing.findings(judged.findings, quiet=True)
    allow_older = allow_older or as_of is not None
    results: list[tuple[Path, Refreshed | Exception]] = []
    with showing.progress(len(files)) as step:
        for path, result in refresh_workbooks(files, inputs, mode=mode, dry_run=dry_run, keep=keep, host=formulas, allow_older=allow_older):
            step(path.name)
            results.append((path, result))
            if not as_json:
                showing.refreshed(path, result, dry_run)
    if as_json:
        showing.json(showing.refreshed_as_json(inputs, results, dry_run))
    _end(
        failed=any(isinstance(result, Exception) for _, result in results),
        unknown=any(isinstance(result, Refreshed) and result.unknown for _, result in results),
    )


def _end(*, failed: bool, unknown: bool) -> None:
    """End with the exit code of what went wrong: 1 where something failed, 3 where an answer is unknown that should not be."""
    if failed or unknown:
        raise typer.Exit(1 if failed else WARNED)


@app.command()
def batch(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.toml", help="The template, the books and where they go.", show_default=False)],
    engine: Annotated[Engine, typer.Option(help="local: processes of this machine. dask: the workers of a Dask scheduler.")] = "local",
    scheduler: Annotated[str | None, typer.Option(metavar="ADDR", help="The Dask scheduler, as tcp://HOST:PORT.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Books at once; one per processor if left out.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make every book anew, those too that a person changed.")] = False,
    as_of: AsOfOption = None,
    strict: StrictOption = False,
    max_age: MaxAgeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Make a plan's workbooks, where something changed."""
    from xlsig.workbooks.batch_plan import read_plan
    from xlsig.workbooks.batching import Stopped, run_batch

    if (engine == "dask") != (scheduler is not None):
        raise typer.BadParameter("--engine dask and --scheduler ADDR go together", param_hint="--scheduler")
    read = read_plan(plan)
    stopped = False
    with showing.progress(len(read.books), logs=True) as step:

        def tell(book: BookResult, *_: int) -> None:
            step(f"{book.name}, {book.status}")

        try:
            result = run_batch(read, engine, scheduler, jobs, tell, force=force, wanted=_wanted(as_of, max_age, strict))
        except Stopped as interrupt:
            result, stopped = interrupt.result, True
    if as_json:
        showing.json(result.as_json())
    else:
        showing.batch(result, len(read.books))
    if stopped:
        raise typer.Exit(INTERRUPTED)
    _end(failed=any(not book.is_warned for book in result.failed), unknown=any(book.unknown or book.is_warned for book in result.books))


@app.command()
def functions(
    name: Annotated[str | None, typer.Argument(help="One function, in full.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list instead of a table.")] = False,
) -> None:
    """List the functions, or show one in full."""
    from xlsig.functions.catalogue import CATALOGUE, named

    chosen = named(name) if name is not None else None
    if name is not None and chosen is None:
        raise typer.BadParameter(f"there is no function {name!r}; xlsig functions lists them", param_hint="NAME")
    if as_json:
        showing.json([showing.described(function) for function in ([chosen] if chosen else CATALOGUE.values())])
    elif chosen:
        showing.function(chosen)
    else:
        showing.functions(CATALOGUE.values())


def _installer(host: str) -> Installer:
    from xlsig.hosts.installing import installer

    return installer(host)


@app.command()
def install(
    host: HostOption = DEFAULT_HOST,
    build_only: Annotated[
        Path | None, typer.Option("--build-only", metavar="OUT.xlam", help="Write Excel's add-in and install nothing, on any system.")
    ] = None,
) -> None:
    """Add the functions to a spreadsheet program of this machine."""
    if build_only is not None:
        if host != "excel" or build_only.suffix.lower() != ".xlam":
            raise typer.BadParameter("give it a name that ends in .xlam, with --host excel", param_hint="--build-only")
        from xlsig.hosts.excel.installing import build_only as write

        with showing.working(f"Building {build_only.name}"):
            done: Sequence[str] = write(build_only)
    else:
        with showing.working("Installing"):
            done = _installer(host).install()
    showing.say(*done)


@app.command()
def uninstall(host: HostOption = DEFAULT_HOST) -> None:
    """Remove the functions from a spreadsheet program."""
    with showing.working("Removing"):
        done = _installer(host).uninstall()
    showing.say(*done)


@app.command()
def doctor(host: HostOption = DEFAULT_HOST) -> None:
    """Say what stands between a cell and its answer."""
    from xlsig.hosts.installing import ending_calendars

    with showing.working("Looking"):
        findings = [*_installer(host).doctor(), *ending_calendars(today())]
    showing.say(*map(str, findings))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@app.command()
def selftest(
    host: HostOption = DEFAULT_HOST,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list instead of a table.")] = False,
) -> None:
    """Compute every golden case in a spreadsheet program and compare."""
    with showing.working("Asking the spreadsheet"):
        verdicts = _installer(host).selftest()
    if as_json:
        showing.json([verdict.as_json() for verdict in verdicts])
    else:
        showing.verdicts(verdicts)
    if not all(verdict.agrees for verdict in verdicts):
        raise typer.Exit(1)
