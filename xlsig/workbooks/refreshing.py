"""The morning refresh: our tables get the new rows, every value that follows from them is made anew, all else stays byte for byte."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlsig.formulas import Uncomputable
from xlsig.formulas.named_cells import followers
from xlsig.frames.desk import DeskData
from xlsig.functions.spelling import Host, stored, typed, uses_ours
from xlsig.grid.addresses import cell_name
from xlsig.grid.book import Book, Formula, Key
from xlsig.grid.contents import CellResult
from xlsig.ooxml import Edit, FileInUse, PackageRefusal, open_package
from xlsig.ooxml.edit import Mode
from xlsig.ooxml.references import Spelling
from xlsig.ooxml.saved_file import refreshed_name, rotate
from xlsig.workbooks.inputs import Inputs, InputTable, inputs_of
from xlsig.workbooks.news import news, standing
from xlsig.workbooks.spills import settled


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did, or with `dry_run` would do."""

    path: Path
    """The file that was written: beside the workbook, if that is open in Excel."""
    changed: bool
    plan: tuple[tuple[str, str], ...] = ()
    news: tuple[str, ...] = ()
    """What changed since the last refresh, in the desk's words."""
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
) -> Refreshed:
    """Give a workbook the morning's data.

    Tables that are ours (by name and columns) get the new rows; every cell that uses our functions, wherever the user put it, and every
    native cell that follows is computed. What cannot be computed here is left without a value and listed, and the file then asks for
    calculation on load. mode "live" asks for that in any case, "snapshot" does not. keep: so many older copies stay beside the file.
    host: store the formulas as "excel" or "calc" knows them. modified: when the file says it was changed; now, if left out.
    A file open in Excel is not touched: the result is written beside it.
    Raises `PackageRefusal` (one sentence) for a file that will not be edited.
    """
    source, inputs = Path(path), data if isinstance(data, Inputs) else inputs_of(data)
    target = Path(destination) if destination is not None else source
    try:
        with open_package(source, lock=not dry_run and destination is None, spelling=typed) as edit:
            changes = _prepare(edit, inputs)
            if host is not None:
                edit.respell(_spelling_of(host))
            plan = tuple(edit.plan)
            changed = bool(plan)
            if dry_run or (not changed and destination is None):
                return Refreshed(target, changed, plan, changes.news, changes.uncomputed, said=changes.warning)
            if keep and target.exists():
                rotate(target, keep)
            edit.save(target, "live" if changes.uncomputed else mode, modified=modified)
            return Refreshed(target, changed, plan, changes.news, changes.uncomputed, said=changes.warning)
    except FileInUse as reason:
        if destination is not None:
            raise
        beside = refreshed_name(source)
        result = refresh_workbook(source, inputs, destination=beside, mode=mode, dry_run=dry_run, host=host, modified=modified)
        return Refreshed(beside, True, result.plan, result.news, result.uncomputed, said=f"{reason}. {result.said}".removesuffix(". "))


@dataclass(frozen=True)
class Plan:
    """What a refresh changes in a workbook that a program has open, which computes the rest itself."""

    tables: Mapping[str, InputTable]
    """The new rows, by the table's name in the workbook; none where nothing changes."""
    names: Mapping[str, str]
    """The names that move with the spills, and what they refer to now."""
    news: tuple[str, ...]


def plan_of(path: Path, data: DeskData | Inputs) -> Plan:
    """The plan of a refresh, from a copy of the workbook. Raises `PackageRefusal` as the refresh itself would."""
    inputs = data if isinstance(data, Inputs) else inputs_of(data)
    with open_package(path, lock=False, spelling=typed) as edit:
        changes = _prepare(edit, inputs)
        if not edit.plan:
            return Plan({}, {}, changes.news)
    known = {name.lower(): table for name, table in inputs.tables.items()}
    return Plan({name: known[name.lower()] for name in changes.tables}, changes.names, changes.news)


@dataclass
class _Changes:
    tables: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    news: tuple[str, ...] = ()
    uncomputed: tuple[str, ...] = ()
    answers: dict[Key, CellResult | None] = field(default_factory=dict)
    warning: str = ""


def _prepare(edit: Edit, inputs: Inputs) -> _Changes:
    """Put everything that the data changes into the edit."""
    before = standing(edit)
    replaced = _replace_tables(edit, inputs)
    if not replaced:
        raise PackageRefusal(
            f"{edit.path.name} has none of xlsig's tables ({', '.join(sorted(inputs.tables))}), so there is nothing to refresh"
        )
    values = settled(edit)
    moved = {name: refers_to for name, refers_to in values.names.items() if refers_to != edit.names.get(name)}
    for name, refers_to in moved.items():
        edit.set_name(name, refers_to)
    seeds = [(sheet, row, column) for sheet, row, column, formula in values.book.formulas() if uses_ours(formula.text)]
    changes = _Changes(tuple(replaced), moved)
    unknown: list[str] = []
    for key in sorted(followers(values.book, replaced, seeds)):
        try:
            changes.answers[key] = values.evaluator.formula(*key)
        except Uncomputable as reason:
            changes.answers[key] = None
            unknown.append(f"{key[0]}!{cell_name(key[1], key[2])}: {reason.reason}")
    _write(edit, values.book, changes.answers)
    changes.uncomputed = tuple(unknown)
    if not changes.answers:
        changes.warning = (
            f"no formula of {edit.path.name} follows from the data, so only its tables and charts change: what else it shows, as in a "
            "copy made with --formulas values, is of the day it was made"
        )
    changes.news = news(before, values.book, values.evaluator)
    return changes


def _spelling_of(host: Host) -> Spelling:
    """How a host spells our functions. Those of Office.js live in dynamic-array cells, which a build makes and a refresh does not."""
    if host not in ("excel", "calc"):
        raise PackageRefusal(f"formulas of a stored workbook cannot be turned into those of {host}: build it anew with --formulas {host}")
    return lambda formula, links: stored(formula, host, links)


def _replace_tables(edit: Edit, inputs: Inputs) -> list[str]:
    """The tables that were ours, with their new rows. A table of our name without any of our columns is the user's own."""
    replaced = []
    for name, known in inputs.tables.items():
        table = next((found for found in edit.tables.values() if found.name.lower() == name.lower()), None)
        if table is None:
            continue
        theirs = {column.name.lower() for column in table.columns}
        lacking = [column for column in known.columns if column.lower() not in theirs]
        if len(lacking) == len(known.columns):
            continue
        if lacking:
            raise PackageRefusal(
                f"the table {table.name} lacks the column {lacking[0]!r}: put it back, or rename the table to keep it as it is"
            )
        edit.replace_table(table.name, known.columns, known.rows)
        replaced.append(table.name)
    return replaced


def _write(edit: Edit, book: Book, answers: Mapping[Key, CellResult | None]) -> None:
    """Give the edit its values and spills."""
    single: dict[Key, Any] = {}
    for key, answer in answers.items():
        content = book.content(*key)
        if isinstance(content, Formula) and content.spill is not None:
            edit.set_spill(*key, answer if isinstance(answer, list) else [[answer]])
        else:
            single[key] = answer[0][0] if isinstance(answer, list) else answer
    edit.set_values(single)


def refresh_workbooks(
    paths: list[Path], data: DeskData, *, mode: Mode = "live", dry_run: bool = False, keep: int = 0, host: Host | None = None
) -> Iterator[tuple[Path, Refreshed | Exception]]:
    """Refresh several workbooks with the same data; one that fails does not stop the others."""
    inputs = inputs_of(data)
    for path in paths:
        try:
            yield path, refresh_workbook(path, inputs, mode=mode, dry_run=dry_run, keep=keep, host=host)
        except (PackageRefusal, OSError) as failure:
            yield path, failure
