"""What a person sees: tables and colours on standard output, spinners and failures on standard error. rich is loaded when it shows."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsig.cli.paper import console, plain, plain_json, table
from xlsig.errors import sentence

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

    from xlsig.frames.findings import Finding
    from xlsig.functions.spec import Function
    from xlsig.hosts.installing import Verdict
    from xlsig.workbooks.batching import BatchResult
    from xlsig.workbooks.inputs import Inputs
    from xlsig.workbooks.morning import Morning
    from xlsig.workbooks.positioning import Pair, Position, Positioning
    from xlsig.workbooks.refreshing import Refreshed

_MOST_CELLS = 20


@cache
def _out() -> Console:
    return console()


def _table(*headings: str, right: Sequence[int] = (), **settings: Any) -> RichTable:
    made = table(*headings, box=None, header_style="bold", **settings)
    for at in right:
        made.columns[at].justify = "right"
    return made


def say(*lines: str) -> None:
    """Lines for the person who gave the command."""
    _out().print("\n".join(lines))


def failed(said: str) -> None:
    """A failure, in one sentence."""
    print(plain(f"xlsig: {said}"), file=sys.stderr)


def json(content: Any) -> None:
    """What `--json` prints."""
    from json import dumps

    holds_all = (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "utf16", "utf32")
    print(plain_json(dumps(content, indent=2, ensure_ascii=not holds_all, allow_nan=False)))


@contextmanager
def working(what: str) -> Iterator[None]:
    """A spinner on a terminal; silent where the output is not one."""
    if not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status(f"{what} …"):
        yield


@contextmanager
def progress(total: int, *, logs: bool = False) -> Iterator[Callable[[str], None]]:
    """A bar over several files on a terminal. Elsewhere a line for each, where it `logs`; silent where there is but one file."""
    done = 0

    def line(name: str) -> None:
        nonlocal done
        done += 1
        print(plain(f"{done} of {total}: {name}"), file=sys.stderr, flush=True)

    on_terminal = sys.stderr.isatty()
    if total < 2 or not (logs or on_terminal):
        yield lambda name: None
    elif not on_terminal:
        yield line
    else:
        from rich.markup import escape
        from rich.progress import Progress

        with Progress(console=console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda name: bar.update(task, advance=1, description=escape(plain(name)))


def day(date: dt.date) -> str:
    """A day as the desk writes it."""
    from xlsig.frames.wording import day as in_words

    return in_words(date)


def findings(found: Sequence[Finding], *, quiet: bool = False) -> None:
    """What is found about the data, each with what to do; that nothing is found is said, unless `quiet`. A line to copy is never broken."""
    if not found and not quiet:
        say("data: complete")
    for finding in found:
        _out().print(f"{finding.grade}  {finding.what}", soft_wrap=True)
        for line in finding.remedy.splitlines():
            _out().print(f"        {line}", style="dim", soft_wrap=True)


def unknown(phrases: Sequence[str], indent: str = "") -> None:
    """What is unknown and should not be; many answers have one reason."""
    from xlsig.workbooks.unknowns import grouped

    if phrases:
        answers = "an answer is unknown" if len(phrases) == 1 else f"{len(phrases)} answers are unknown"
        say(f"{indent}{answers}:", *(f"{indent}  {phrase}" for phrase in grouped(phrases)))


def answers(found: Morning | Positioning) -> None:
    """What the data says, in full."""
    from xlsig.workbooks.morning import Morning

    if isinstance(found, Morning):
        _morning(found)
    else:
        _positioning(found)


def state(found: Morning) -> None:
    """The state, what is found about the data, and the note."""
    _title(found.state, f"  as of {day(found.as_of)}  ", f"({found.source})")
    findings(found.findings)
    _out().print()
    _out().print(found.note)


def _title(bold: str, told: str, dim: str) -> None:
    from rich.text import Text

    _out().print(Text.assemble((plain(bold), "bold"), plain(told), (plain(dim), "dim")))
    _out().print()


def _morning(found: Morning) -> None:
    from xlsig.workbooks.morning import shown

    state(found)
    _out().print()
    table = _table("#", "Question", "Answer", "Why", right=(2,), padding=(0, 1))
    table.columns[3].style = "dim"
    said = ""
    for claim in found.claims:
        if claim.key != "note":
            why = "" if claim.explanation == said else claim.explanation  # rows that read the same table share their reason
            table.add_row(str(claim.id), claim.question, shown(claim.answer, claim.style), why)
            said = claim.explanation
    _out().print(table)


def _positioning(found: Positioning) -> None:
    _title(f"As of {day(found.as_of)}  ", "", f"({found.source}; flows in {found.unit})")
    _out().print(found.note)
    for heading, counted in (("Counted above, each equity index once", True), ("Not counted", False)):
        pairs = [pair for pair in found.pairs if bool(pair.counted_for) is counted]
        if pairs:
            _out().print()
            _out().print(heading, style="bold")
            _out().print(_pairs(pairs, found.claims))
    for caveat in dict.fromkeys(claim.caveat for claim in found.claims if claim.caveat):
        say(f"* {caveat}")
    _out().print()
    _out().print("Missing", style="bold")
    say(*(f"· {sentence}" for sentence in found.missing))


def _pairs(pairs: Sequence[Pair], claims: Sequence[Position]) -> RichTable:
    from xlsig.functions.answers import amount

    table = _table("Contract", "Group", "Last week", "Streak", "z", "Fastest since", "Months", right=range(2, 7), padding=(0, 1, 0, 0))
    for column in table.columns[1:5]:
        column.no_wrap = True
    said = ""
    for pair in pairs:
        last = "unknown" if pair.net_flow is None else amount(pair.net_flow)
        answers = (_answer(claim, pair) for claim in claims if (claim.code, claim.group) == (pair.code, pair.group))
        table.add_row("" if pair.contract == said else pair.contract, pair.group, last, *answers)
        said = pair.contract
    return table


def _answer(claim: Position, pair: Pair) -> str:
    """A dash where there is nothing to ask for, since the last week did not sell."""
    from xlsig.functions.answers import decimals

    if claim.answer is None:
        bought = pair.net_flow is not None and pair.net_flow >= 0 and claim.formula.startswith("=FASTEST")
        return "–" if bought else "unknown"
    said = "on record" if claim.on_record else decimals(claim.answer, 2) if isinstance(claim.answer, float) else str(claim.answer)
    return said + ("*" if claim.caveat else "")


def refreshed(path: Path, result: Refreshed | Exception, dry_run: bool) -> None:
    """What became of one workbook."""
    if isinstance(result, Exception):
        failed(f"{path}: {sentence(result).removeprefix(f'{path}: ')}")
        return
    if result.said:
        failed(result.said)
    if not result.changed:
        say(f"{path}: nothing to change, the file was not written")
        unknown(result.unknown, "  ")
        return
    say(f"{path}: {'would change' if dry_run else f'refreshed as {result.path.name}' if result.path != path else 'refreshed'}")
    for phrase in result.news:
        say(f"  {phrase}")
    unknown(result.unknown, "  ")
    if dry_run:
        for part, reason in result.plan:
            _out().print(f"  {part}: {reason}", style="dim")
    if result.uncomputed:
        say(f"  {len(result.uncomputed)} cells are left for Excel to compute on opening:")
        for cell in result.uncomputed[:_MOST_CELLS]:
            _out().print(f"    {cell}", style="dim")


def refreshed_as_json(inputs: Inputs, results: Iterable[tuple[Path, Refreshed | Exception]], dry_run: bool) -> dict[str, Any]:
    """One object: as_of, findings, and books, each with what became of it."""
    return {
        "as_of": inputs.as_of.isoformat(),
        "findings": [finding.as_json() for finding in inputs.findings],
        "books": [_refreshed_as_json(path, result, dry_run) for path, result in results],
    }


def _refreshed_as_json(path: Path, result: Refreshed | Exception, dry_run: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"file": str(path), "written": None, "status": "failed", "news": [], "unknown": [], "uncomputed": []}
    if isinstance(result, Exception):
        return {**told, "said": sentence(result)}
    status = "unchanged" if not result.changed else "would change" if dry_run else "refreshed"
    return {
        **told,
        "written": str(result.path) if status == "refreshed" else None,
        "status": status,
        **{name: list(getattr(result, name)) for name in ("news", "unknown", "uncomputed")},
        "said": result.said,
    }


def batch(result: BatchResult, planned: int) -> None:
    """What became of every book, of so many that were planned."""
    from xlsig.workbooks.batching import STATUSES

    table = _table("Book", "State", "Streak", "Top seller", "Seconds", "What happened", right=(2, 4), padding=(0, 1))
    for book in result.books:
        said = (str(shown) if shown is not None else "–" for shown in (book.state, book.streak, book.seller))
        table.add_row(book.name, *said, f"{book.seconds:.1f}", book.said, style="red" if book.status == "failed" else None)
    _out().print(table)
    for book in result.books:
        if book.unknown:
            say(f"\n{book.name}")
            unknown(book.unknown, "  ")
    counts = result.as_json()
    told = [f"{counts[status]} {status}" for status in STATUSES if counts[status]]
    say(f"\n{len(result.books)} books in {result.seconds:.1f} s: {', '.join(told) or 'none made'}.")
    if len(result.books) < planned:
        say(f"Stopped before the other {planned - len(result.books)} of {planned}; the same command goes on with them.")


def verdicts(found: Sequence[Verdict]) -> None:
    """What the self-test found."""
    for verdict in found:
        _out().print(f"{'ok ' if verdict.agrees else 'NO '} {verdict.function}, {verdict.cases} cases", *verdict.failed, sep="\n    ")
    say(f"\n{sum(verdict.agrees for verdict in found)} of {len(found)} functions agree with their golden cases.")


def functions(listed: Iterable[Function]) -> None:
    """The functions, a line each."""
    table = _table("Function", "Category", "What it answers")
    for each in listed:
        table.add_row(each.name, each.category, each.doc)
    _out().print(table)


def function(one: Function) -> None:
    """One function in full."""
    _out().print(one.typed(), style="bold")
    say(f"{one.doc}\n\n{one.details}\n")
    table = _table("Argument", "Unit", "Default", "What it is")
    for argument in one.arguments:
        default = "" if not argument.optional else "none" if argument.default is None else str(argument.default)
        table.add_row(argument.name, argument.unit, default, argument.doc)
    _out().print(table)
    say(f"\nAnswers: {one.returns}\nExample: {one.example}\nShown on: {one.sheet}")


def described(one: Function) -> dict[str, Any]:
    """One function as `--json` prints it."""
    shown = ("name", "kind", "unit", "optional", "default", "doc")
    return {
        "name": one.name,
        "category": one.category,
        "doc": one.doc,
        "arguments": [{key: getattr(argument, key) for key in shown} for argument in one.arguments],
        "spills": one.spills,
        "example": one.example,
        "sheet": one.sheet,
    }
