"""What every book of a batch was made from, kept beside the outputs, so that the next batch makes only what changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from xlsig.errors import DataError, Problem
from xlsig.ooxml.saved_file import replacing
from xlsig.sources.file_bytes import read_bytes
from xlsig.sources.opening import open_source
from xlsig.workbooks.batch_plan import BatchPlan, PlannedBook

_PAUSE = 0.5
_PATIENCE = 2.0

Entry = dict[str, Any]


def file_hash(path: str | Path) -> str:
    """The SHA-256 of a file."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def our_version() -> str:
    """The version of xlsig that makes the books."""
    return version("xlsig")


def made_from(book: PlannedBook, template: str, as_of: str | None = None) -> Entry:
    """Everything that a book's bytes follow from: xlsig, the template, the settings, the day asked for and its input files, by hash."""
    return {
        **({} if as_of is None else {"as_of": as_of}),
        "xlsig": our_version(),
        "template": template,
        "mode": book.mode,
        "event": book.event.isoformat() if isinstance(book.event, dt.date) else None,
        "files": {Path(os.path.relpath(path, book.data)).as_posix(): file_hash(path) for path in open_source(book.data).files()},
    }


def template_mark(plan: BatchPlan) -> str:
    """What the template is: the name of one of ours, or a workbook's hash."""
    return plan.template if plan.is_built else file_hash(plan.template)


def _entries(path: Path) -> dict[str, Entry]:
    """What a manifest says of each book: that it was begun, or all that is noted of one that was made."""
    try:
        told = dict(json.loads(read_bytes(path)[0])["books"])
        is_whole = all(isinstance(entry, dict) and ("begun" in entry or _fits(entry)) for entry in told.values())
    except (ValueError, KeyError, TypeError, RecursionError):
        is_whole = False
    if not is_whole:
        raise DataError([Problem("not a batch's manifest: move it away, and every book is made anew with --force", str(path))])
    return told


def _fits(entry: Entry) -> bool:
    needed = {"sha256": str, "made_from": dict, "shows": dict, "uncomputed": int}
    others = isinstance(entry.get("output", ""), str) and isinstance(entry.get("unknown", []), list)
    return others and all(isinstance(entry.get(name), kind) for name, kind in needed.items())


class Manifest:
    """The entries of a batch's books by name. On disk it is the old or the new one at every moment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.books: dict[str, Entry] = {}
        self._saved = 0.0
        self._unfinished: set[str] = set()
        if path.exists():
            self.books = _entries(path)

    def begin(self, names: Iterable[str]) -> None:
        """Note which books are about to be made: what lies in their place from now on may be this batch's, finished or not."""
        self._unfinished = {name for name, entry in self.books.items() if "begun" in entry}
        for name in names:
            self.books.setdefault(name, {})["begun"] = True
        self.save()

    def finish(self, name: str, entry: Mapping[str, Any]) -> None:
        """A book is made."""
        self.books[name] = dict(entry)
        self._save_soon()

    def give_up(self, name: str) -> None:
        """A book could not be made: what lay in its place still does."""
        entry = self.books[name]
        if name not in self._unfinished:
            del entry["begun"]
        if not entry:
            del self.books[name]
        self._save_soon()

    def _save_soon(self) -> None:
        """Not after every book: one that is not noted in time is made once more, the same."""
        if time.monotonic() - self._saved > _PAUSE:
            self.save()

    def save(self) -> None:
        """Put it on disk."""
        content = {"batch": 1, "books": dict(sorted(self.books.items()))}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.path, _PATIENCE, None) as stream:
                stream.write(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n")
        except OSError as failure:
            message = f"nothing can be written in this folder ({failure.strerror or failure})"
            raise DataError([Problem(message, str(self.path.parent))]) from None
        self._saved = time.monotonic()
