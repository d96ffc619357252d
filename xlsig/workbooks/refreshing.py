"""The morning refresh: our tables get the new rows, every value that follows from them is made anew, all else stays byte for byte."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xlsig.formulas import Uncomputable
from xlsig.formulas.dependents import followers
from xlsig.formulas.evaluator import SPILL
from xlsig.frames.desk import DeskData
from xlsig.frames.wording import day, listed
from xlsig.functions.spelling import Host, foreign_calls, stored, typed, uses_ours
from xlsig.grid.addresses import place
from xlsig.grid.book import Book, Formula, Key
from xlsig.grid.contents import LEAP_BUG, CellResult, ErrorCell, day_of
from xlsig.ooxml import Edit, FileInUse, PackageRefusal, open_package
from xlsig.ooxml.edit import Mode
from xlsig.ooxml.package import refusing_damage
from xlsig.ooxml.references import Spelling
from xlsig.ooxml.saved_file import refreshed_name, rotate
from xlsig.ooxml.tables import TablePart
from xlsig.workbooks.inputs import Inputs, InputTable, inputs_of
from xlsig.workbooks.news import news, standing
from xlsig.workbooks.our_tables import check_lost, column_of, lacks_later, our_tables, telling_columns
from xlsig.workbooks.spills import Settled, settled
from xlsig.workbooks.unknowns import Standings

_MOST_PLACES = 20
DAILY = ("Flows", "Spreads", "Prices")
"""The tables with a row for each session."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did, or with `dry_run` would do."""

    path: Path
    """The file that was written: beside the workbook, if that is open in Excel."""
    changed: bool
    plan: tuple[tuple[str, str], ...] = ()
    news: tuple[str, ...] = ()
    """What changed since the last refresh, in the desk's words."""
    unknown: tuple[str, ...] = ()
    """Answers that are unknown and should not be, and spills that something blocks, each with the reason."""
    uncomputed: tuple[str, ...] = ()
    """Cells that follow from the data and have no value now, each with the reason; Excel computes them when it opens the file."""
    said: str = ""


def refresh_workbook(
    path: str | os.PathLike[str],
    data: DeskData | Inputs,
    *,
    destination: str | os.PathLike[str] | None = None,
    mode: Mode = "live",
    dry_run: bool = False,
    keep: int = 0,
    host: Host | None = None,
    modified: dt.datetime | None = None,
    allow_older: bool = False,
) -> Refreshed:
    """Give a workbook the morning's data.

    Tables that are ours (by name, or by columns where a person renamed them) get the new rows; every cell that uses our functions,
    wherever the user put it, and every native cell that follows is computed. What cannot be computed here is left without a value and
    listed, and the file then asks for calculation on load; with mode "snapshot" it never does. keep: so many older copies stay beside
    the file. host: store the formulas as "excel" or "calc" knows them. modified: when the file says it was changed; now, if left out.
    Data that ends before the workbook's own date is refused, unless allow_older says that it is meant.
    With a destination the file is a model for another one: what it said before is no loss if it is unknown there.
    A file open in Excel is not touched: the result is written beside it.
    Raises `PackageRefusal` (one sentence) for a file that will not be edited.
    """
    source, inputs = Path(path), data if isinstance(data, Inputs) else inputs_of(data)
    task = _Task(source, inputs, mode, dry_run, keep, host, modified, allow_older)
    if destination is not None:
        return task.run(Path(destination), is_model=True)
    try:
        return task.run(source)
    except FileInUse as reason:
        result = task.run(refreshed_name(source))
        return replace(result, changed=True, said=f"{reason}. {result.said}".removesuffix(". "))


@dataclass(frozen=True)
class _Task:
    """What is asked of a refresh."""

    source: Path
    inputs: Inputs
    mode: Mode
    dry_run: bool
    keep: int
    host: Host | None
    modified: dt.datetime | None
    allow_older: bool

    def run(self, target: Path, *, is_model: bool = False) -> Refreshed:
        in_place = target == self.source
        with open_package(self.source, lock=in_place and not self.dry_run, spelling=typed) as edit, refusing_damage():
            changes = _prepare(edit, self.inputs, allow_older=self.allow_older, is_model=is_model)
            if self.host is not None:
                edit.respell(_spelling_of(self.host))
            edit.mode = "snapshot" if self.mode == "snapshot" else "live" if changes.uncomputed else None
            done = Refreshed(target, bool(edit.plan), tuple(edit.plan), changes.news, changes.unknown, changes.uncomputed, changes.said)
            if self.dry_run or (in_place and not done.changed):
                return done
            if in_place and self.keep:
                rotate(target, self.keep)
            edit.save(target, modified=self.modified)
            return done


@dataclass(frozen=True)
class Plan:
    """What a refresh changes in a workbook that a program has open, which computes the rest itself."""

    tables: Mapping[str, InputTable]
    """The new rows, by the table's name in the workbook; none where nothing changes."""
    names: Mapping[str, str]
    """The names that move with the spills, and what they refer to now."""
    news: tuple[str, ...]


def plan_of(path: Path, data: DeskData | Inputs, *, allow_older: bool = False) -> Plan:
    """The plan of a refresh, from a copy of the workbook. Raises `PackageRefusal` as the refresh itself would."""
    inputs = data if isinstance(data, Inputs) else inputs_of(data)
    with open_package(path, lock=False, spelling=typed) as edit:
        changes = _prepare(edit, inputs, allow_older=allow_older)
        if edit.displaced:
            raise PackageRefusal(
                f"what you typed into the table {edit.displaced[0]} would stand beside other rows: close the workbook and refresh its file"
            )
        if not edit.plan:
            return Plan({}, {}, changes.news)
    return Plan(changes.tables, changes.names, changes.news)


@dataclass
class _Changes:
    tables: Mapping[str, InputTable]
    """The new rows, by the table's name in the workbook."""
    names: Mapping[str, str]
    news: tuple[str, ...]
    unknown: tuple[str, ...]
    uncomputed: tuple[str, ...]
    said: str


def _prepare(edit: Edit, inputs: Inputs, *, allow_older: bool, is_model: bool = False) -> _Changes:
    """Put everything that the data changes into the edit."""
    found = our_tables(edit, inputs.tables)
    before, counted = standing(edit), _counted(edit, found.get("Inputs"))
    if not (allow_older or is_model):
        refuse_older(edit.path.name, _own_day(edit, before, found), inputs.as_of, "--allow-older")
    for name, table in found.items():
        ours = inputs.tables[name]
        edit.replace_table(table.name, ours.columns, ours.rows, key=telling_columns(ours))
    book = edit.book()
    check_lost(book, inputs.tables, found)
    if not found:
        raise PackageRefusal(
            f"{edit.path.name} has none of xlsig's tables ({', '.join(sorted(inputs.tables))}), so there is nothing to refresh"
        )
    values = settled(edit, book)
    names = edit.names
    moved = {name: refers_to for name, refers_to in values.names.items() if refers_to != names.get(name)}
    for name, refers_to in moved.items():
        edit.set_name(name, refers_to)
    answers, uncomputed, unspilled = _answers(values, [table.name for table in found.values()])
    _write(edit, book, answers)
    standings = Standings(book, values.evaluator, {} if is_model else before, inputs.findings)
    return _Changes(
        {table.name: inputs.tables[name] for name, table in found.items()},
        moved,
        news(before, book, values.evaluator),
        (*standings.unknown(), *unspilled, *_through_unknown_links(book, edit.links)),
        uncomputed,
        _said(edit, inputs, found, counted, has_answers=bool(answers)),
    )


def refuse_older(file: str, own: dt.date | None, as_of: dt.date, option: str) -> None:
    """Refuse data that ends before a workbook's own date, if it has one; the option takes it all the same."""
    if own is not None and own > as_of:
        raise PackageRefusal(f"{file} is as of {day(own)}, and the data ends {day(as_of)}: older data is put into it only with {option}")


def _own_day(edit: Edit, before: Mapping[str, Any], found: Mapping[str, TablePart]) -> dt.date | None:
    """A workbook's own date: its name as_of, else the last date of its daily tables, else unknown."""
    own = before.get("as_of")
    if isinstance(own, dt.date):
        return own
    return max((last for name in DAILY if name in found and (last := _last_day(edit, found[name])) is not None), default=None)


def _counted(edit: Edit, inputs: TablePart | None) -> str:
    """What a row of the workbook is, a session or a week, as it says itself."""
    if inputs is None:
        return "session"
    said = (inputs.sheet, inputs.first, column_of(inputs, "row"))
    return str(edit.value_of([said]).get(said) or "session")


def _last_day(edit: Edit, table: TablePart) -> dt.date | None:
    """The last date in a table's column of dates, as the file holds it."""
    column = column_of(table, "date")
    cells = edit.values(table.sheet)
    found = [
        value for row in range(table.first, table.last + 1) if isinstance(value := cells.get((row, column)), float) and value > LEAP_BUG
    ]
    return day_of(max(found)) if found else None


def _answers(values: Settled, tables: Sequence[str]) -> tuple[dict[Key, CellResult | None], tuple[str, ...], tuple[str, ...]]:
    """What the cells hold that follow from the tables or call our functions, why some have no value, and which answers do not spill.

    #SPILL! is no value: files hold it in a way of its own, and Excel finds it again when it opens them.
    """
    book = values.book
    seeds = [(sheet, row, column) for sheet, row, column, formula in book.formulas() if uses_ours(formula.text)]
    answers: dict[Key, CellResult | None] = {}
    uncomputed, unspilled = [], []
    for key in sorted(followers(book, tables, seeds)):
        try:
            answer = values.evaluator.formula(*key)
        except Uncomputable as reason:
            answers[key] = None
            uncomputed.append(f"{place(*key)}: {reason.reason}")
            continue
        if isinstance(answer, ErrorCell) and answer.code == SPILL:
            answers[key] = None
            uncomputed.append(f"{place(*key)}: {answer.message}")
            content = book.content(*key)
            if isinstance(content, Formula) and content.spill is not None:
                unspilled.append(f"{place(*key)} does not spill: {answer.message}")
        else:
            answers[key] = answer
    return answers, tuple(uncomputed), tuple(unspilled)


def _through_unknown_links(book: Book, links: Mapping[int, str]) -> Iterator[str]:
    """Calls of functions with our names through links that are not known to be our add-in's: a phrase for each link."""
    cells: dict[int, list[str]] = {}
    for sheet, row, column, formula in book.formulas():
        for number in foreign_calls(formula.text, links):
            cells.setdefault(number, []).append(place(sheet, row, column))
    for number, found in sorted(cells.items()):
        shown = ", ".join(found[:_MOST_PLACES]) + (f" and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else "")
        yield (
            f"functions with xlsig's names are called through the link [{number}] to {links[number]}, which is not known as xlsig's add-in "
            f"({shown}): in Excel change the link's source to xlsig.xlam (Data, Edit Links)"
        )


def _said(edit: Edit, inputs: Inputs, found: Mapping[str, TablePart], counted: str, *, has_answers: bool) -> str:
    """What else there is to know. `counted` is what a row of the workbook was before: a session or a week."""
    said = list(edit.told)
    if not has_answers:
        said.append(
            f"no formula of {edit.path.name} follows from the data, so only its tables and charts change: what else it shows, as in a "
            "copy made with --formulas values, is of the day it was made"
        )
    if later := lacks_later(inputs.tables, found):
        tables = "tables" if len(later) > 1 else "table"
        said.append(
            f"{edit.path.name} was built by an older xlsig, without the {tables} {listed(later)}: all else in it is refreshed, and a new "
            "build has them"
        )
    row = "week" if inputs.weekly else "session"
    if counted != row:
        said.append(f"the data now has a row a {row}, and the words in {edit.path.name} speak of {counted}s: build it anew")
    return ". ".join(said)


def _spelling_of(host: Host) -> Spelling:
    """How a host spells our functions. Those of Office.js live in dynamic-array cells, which a build makes and a refresh does not."""
    if host not in ("excel", "calc"):
        raise PackageRefusal(f"formulas of a stored workbook cannot be turned into those of {host}: build it anew with --formulas {host}")
    return lambda formula, links: stored(formula, host, links)


def _write(edit: Edit, book: Book, answers: Mapping[Key, CellResult | None]) -> None:
    """Give the edit its values and spills."""
    single: dict[Key, Any] = {}
    spills: dict[Key, Any] = {}
    for key, answer in answers.items():
        content = book.content(*key)
        if isinstance(content, Formula) and content.spill is not None:
            spills[key] = answer
        else:
            single[key] = answer[0][0] if isinstance(answer, list) else answer
    edit.set_spills(spills)
    edit.set_values(single)


def refresh_workbooks(
    paths: list[Path],
    data: DeskData | Inputs,
    *,
    mode: Mode = "live",
    dry_run: bool = False,
    keep: int = 0,
    host: Host | None = None,
    allow_older: bool = False,
) -> Iterator[tuple[Path, Refreshed | Exception]]:
    """Refresh several workbooks with the same data; one that fails does not stop the others."""
    inputs = data if isinstance(data, Inputs) else inputs_of(data)
    for path in paths:
        try:
            yield path, refresh_workbook(path, inputs, mode=mode, dry_run=dry_run, keep=keep, host=host, allow_older=allow_older)
        except (PackageRefusal, OSError) as failure:
            yield path, failure
