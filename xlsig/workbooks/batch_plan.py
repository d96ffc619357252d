"""The plan of a batch: one template, many books, each with data of its own. Everything wrong with it is said before anything is made.

template = "danger"             # one of our dashboards, or a workbook that holds our tables
output = "out/{book}.xlsx"      # {book} stands for the book's name
mode = "live"                   # or "snapshot", where the template is a workbook
event = 2024-12-18              # where the template is one of ours; the last Fed announcement if left out
books = "data/*"                # one book per folder, or each on its own:

[[books]]
name = "alpha"
data = "data/alpha"             # a folder, a configuration file (.toml) or sample
mode = "snapshot"               # mode and event of one book

Paths are relative to the plan, and nothing is written outside its folder.
"""

from __future__ import annotations

import datetime as dt
import glob
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from xlsig.errors import DataError, Problem
from xlsig.sources import sections
from xlsig.sources.file_bytes import read_settings
from xlsig.sources.opening import is_path, open_source, seen_from
from xlsig.sources.source import LacksFrames
from xlsig.workbooks.templates import NEEDED, TEMPLATES

if TYPE_CHECKING:
    from xlsig.ooxml.edit import Mode

_TOP: Mapping[str, tuple[type, ...]] = {"template": (str,), "output": (str,), "mode": (str,), "event": (dt.date,), "books": (str, list)}
_BOOK: Mapping[str, tuple[type, ...]] = {"name": (str,), "data": (str,), "mode": (str,), "event": (dt.date,)}
_WANTED: Mapping[tuple[type, ...], str] = {
    (str,): "text",
    (dt.date,): "a date such as 2024-12-18, without quotes,",
    (str, list): 'folders such as "data/*", or [[books]] with name and data each,',
}
_NO_NAME = re.compile(r'[<>:"/\\|?*{}\x00-\x1f]|^[. ~]|[. ]$|^$')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

NO_BOOK = "no workbook can be made from them"
"""What follows where a source lacks a frame."""


@dataclass(frozen=True)
class PlannedBook:
    """One workbook to make: from which data, and where it goes."""

    name: str
    data: str
    """The source, as `--data` takes it; a path is whole."""
    output: Path
    mode: Mode = "live"
    event: dt.date | None = None


@dataclass(frozen=True)
class BatchPlan:
    """A checked plan: every path whole, every output its own."""

    path: Path
    template: str
    """The name of one of our templates, or a workbook's path."""
    books: tuple[PlannedBook, ...]
    manifest: Path
    """Where it is kept what every book was made from, beside the outputs."""

    @property
    def is_built(self) -> bool:
        """Whether the books are built anew, rather than refreshed from a workbook."""
        return self.template in TEMPLATES


def read_plan(path: str | os.PathLike[str]) -> BatchPlan:
    """The plan in a TOML file. All its problems are reported together, each with file, key and value, in one `DataError`."""
    file = Path(os.path.abspath(path))
    if not file.exists():
        raise DataError([Problem("there is no such plan", str(path))])
    try:
        told = sections.loads(read_settings(file))
    except ValueError as failure:  # TOML's own, no UTF-8, and numbers that are too long
        raise DataError([Problem(f"not a plan ({failure})", file.name)]) from None
    reader = _PlanReader(file, told)
    plan = reader.plan()
    if reader.problems or plan is None:
        raise DataError(reader.problems)
    return plan


class _PlanReader:
    """Reads one plan and gathers what is wrong with it."""

    def __init__(self, file: Path, told: dict[str, Any]) -> None:
        self.file, self.told = file, told
        self.folder = file.parent.resolve()
        self.problems: list[Problem] = []

    def refuse(self, key: str, message: str, value: object = "") -> None:
        self.problems.append(Problem(message, f"{self.file.name}, {key}", value=str(value)))

    def plan(self) -> BatchPlan | None:
        self.check_keys(self.told, _TOP, "", ("template", "books"))
        if self.problems:
            return None
        template, suffix = self.template(self.told["template"])
        pattern = self.pattern(self.told.get("output", f"out/{{book}}{suffix}"), suffix)
        if self.problems:
            return None
        books = [self.book(at, entry, pattern) for at, entry in self.entries()]
        self.check_settings(template, books)
        self.check_outputs(template, books)
        return BatchPlan(self.file, template, tuple(books), self.manifest(pattern))

    def check_keys(self, told: Mapping[str, Any], known: Mapping[str, tuple[type, ...]], at: str, needed: tuple[str, ...]) -> None:
        for key, value in told.items():
            if key not in known:
                self.refuse(at + key, f"an unknown setting; known are {', '.join(known)}")
            elif type(value) not in known[key]:
                self.refuse(at + key, f"{_WANTED[known[key]]} is wanted", value)
            elif key == "mode" and value not in ("live", "snapshot"):
                self.refuse(at + key, "'live' or 'snapshot' is wanted", value)
        for key in needed:
            if key not in told:
                self.refuse(at + key, "is missing")

    def template(self, told: str) -> tuple[str, str]:
        """The template's name or path, and the suffix of its books."""
        if told in TEMPLATES:
            return told, ".xlsx"
        path = self.folder / told
        suffix = path.suffix.lower()
        if not path.is_file():
            self.refuse("template", f"there is no such workbook, and ours are called {', '.join(TEMPLATES)}", told)
        elif suffix not in (".xlsx", ".xlsm"):
            self.refuse("template", "an .xlsx or .xlsm workbook is wanted", told)
        return str(path), suffix

    def pattern(self, told: str, suffix: str) -> str:
        try:
            fields = {(name, form, conversion) for _, name, form, conversion in Formatter().parse(told) if name is not None}
        except ValueError:
            fields = {("", None, None)}
        if fields - {("book", "", None)}:
            self.refuse("output", "{book} is the only thing that may stand in braces", told)
        elif not told.lower().endswith(suffix):
            self.refuse("output", f"the template's books end in {suffix}", told)
        return told

    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        """Every book as the plan tells it, and where it stands there."""
        told = self.told["books"]
        if isinstance(told, str):
            found = sorted(name for name in glob.glob(os.path.join(glob.escape(str(self.folder)), told)) if os.path.isdir(name))
            if not found:
                self.refuse("books", "no folder is called so", told)
            return [("books", {"name": os.path.basename(os.path.normpath(name)), "data": name}) for name in found]
        entries = []
        for number, entry in enumerate(told, start=1):
            at, before = f"books[{number}]", len(self.problems)
            if not isinstance(entry, dict):
                self.refuse(at, "a table with name and data is wanted", entry)
                continue
            self.check_keys(entry, _BOOK, f"{at}.", ("name", "data"))
            if len(self.problems) == before:
                entries.append((at, entry))
        if not told:
            self.refuse("books", "there are none")
        return entries

    def book(self, at: str, entry: Mapping[str, Any], pattern: str) -> PlannedBook:
        name, data = entry["name"], seen_from(self.folder, entry["data"])
        if _NO_NAME.search(name) or _DEVICE.fullmatch(name):
            self.refuse(f"{at}.name" if at != "books" else at, "the book's name cannot be a file's name", name)
        self.check_data(f"{at}.data", entry["data"], data)
        output = Path(os.path.normpath(self.folder / pattern.format(book=name)))
        mode: Mode = entry.get("mode", self.told.get("mode", "live"))
        return PlannedBook(name, data, output, mode, entry.get("event", self.told.get("event")))

    def check_data(self, at: str, told: str, data: str) -> None:
        """A source that no workbook can be made from. One that is not there, or a folder without a file, fails its own book alone."""
        if is_path(told):
            return
        try:
            open_source(data).require_any(NEEDED, NO_BOOK)
        except LacksFrames as refusal:
            self.refuse(at, str(refusal), told)
        except (DataError, OSError):
            pass  # said of its book when that is made

    def check_settings(self, template: str, books: list[PlannedBook]) -> None:
        """What a template cannot take: said once, for the first book that asks for it."""
        snapshot = next((book.name for book in books if book.mode == "snapshot"), None)
        event = next((book.name for book in books if book.event is not None), None)
        if template in TEMPLATES and snapshot is not None:
            self.refuse("mode", f"{template} is built with all its values; snapshot is for a workbook as template", snapshot)
        if template not in TEMPLATES and event is not None:
            self.refuse("event", "the template holds its own event, in the cell event_date: change it there", event)

    def check_outputs(self, template: str, books: list[PlannedBook]) -> None:
        sources = {os.path.realpath(book.data): book for book in books if is_path(book.data)}
        known: dict[str, PlannedBook] = {}
        for book in books:
            output = Path(os.path.realpath(book.output))
            first = known.setdefault(str(output).casefold(), book)
            within = next((folder for folder in (output, *output.parents) if str(folder) in sources), None)
            if first is not book:
                which = f"the books {first.name} and {book.name} have" if first.name != book.name else "two books have"
                self.refuse("output", f"{which} the same file", self.shown(book.output))
            elif not output.is_relative_to(self.folder):
                self.refuse("output", f"the book {book.name} would lie outside the plan's folder", self.shown(book.output))
            elif within is not None:
                self.refuse("output", f"the book {book.name} would lie in the data of {sources[str(within)].name}", self.shown(book.output))
            elif str(output) in (os.path.realpath(template), os.path.realpath(self.file)):
                self.refuse("output", f"the book {book.name} would replace what it is made from", self.shown(book.output))

    def shown(self, path: Path) -> str:
        return os.path.relpath(path, self.folder)

    def manifest(self, pattern: str) -> Path:
        """Beside the outputs: in the folder that all of them share."""
        fixed = Path(pattern.partition("{book}")[0] + "x").parent
        return Path(os.path.normpath(self.folder / fixed / f"{self.file.stem}.batch.json"))
