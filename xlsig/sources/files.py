"""A desk's folder: flows, spreads, prices, contracts, squeeze and events, those that there are, as CSV, Parquet or Excel files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xlsig.errors import DataError, Problem
from xlsig.frames import remedies
from xlsig.frames.daily import spreads_from_contracts
from xlsig.frames.desk import DeskData, Provenance, Raw
from xlsig.frames.schema import FRAMES, check, checked, empty
from xlsig.sources import columnar
from xlsig.sources.config import Config, FileRules, read_config
from xlsig.sources.delimited import read_delimited
from xlsig.sources.file_bytes import PIECE, opened, read_bytes, unpack, unpacked
from xlsig.sources.parquet import read_parquet
from xlsig.sources.source import Source
from xlsig.sources.spreadsheets import read_spreadsheet

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = (".csv", ".csv.gz")
SUFFIXES = (*_TEXTS, ".parquet", ".xlsx")
ANY_OF = ("flows", "spreads", "contracts", "prices")
"""The frames of which a desk must have one."""
KIND = "desk data"
MADE_KIND = "desk data (spreads made from raw futures)"


@dataclass(frozen=True)
class DeskFolder(Source):
    """A desk's folder, with its configuration file if it has one."""

    config: Config
    written_in: Path | None = None
    """The configuration file."""

    @classmethod
    def named(cls, text: str) -> DeskFolder:
        """The folder of that path, or what the configuration file of that path tells."""
        path = Path(text)
        if path.is_dir():
            return cls(Config(path))
        if path.is_file() and path.suffix.lower() == ".toml":
            return cls(read_config(path), path)
        raise DataError([Problem("not a folder or a .toml configuration file", text)])

    @property
    def title(self) -> str:
        """The files, by their folder or configuration file."""
        return f"the files of {(self.written_in or self.config.folder).name}"

    @property
    def frames(self) -> frozenset[str]:
        """Those that have a file, and spreads where there are contracts to make them from."""
        found = {name for name in FRAMES if self.config.rules(name).file or _called(self.config.folder, name)}
        return frozenset(found | ({"spreads"} if "contracts" in found else set()))

    def read(self) -> DeskData:
        """The frames, checked."""
        try:
            return read_desk(self.config)
        except DataError as refused:
            raise refused if self.written_in else DataError(_told_where(refused.problems)) from None

    def files(self) -> list[Path]:
        """The configuration file, the files that it names, and those that are found by their name."""
        rules = {name: self.config.rules(name).file for name in FRAMES}
        told = [self.config.folder / file for file in rules.values() if file is not None]
        found = sorted(path for name, file in rules.items() if file is None for path in _called(self.config.folder, name))
        return [path for path in (self.written_in, *told, *found) if path is not None and path.is_file()]


def _told_where(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, the first of their remedies saying where its lines belong, which a folder without a configuration does not show."""
    told = list(problems)
    first = next((at for at, problem in enumerate(told) if problem.remedy), None)
    if first is not None:
        where = "# in a file desk.toml in this folder; then give its path in place of the folder's"
        told[first] = replace(told[first], remedy=f"{where}\n{told[first].remedy}")
    return told


def read_desk(config: Config) -> DeskData:
    """The frames of a desk's folder, checked; the problems of all its files are reported together.

    One of flows, spreads, contracts and prices must be there; those of the first, second and last that are not have no rows. Spreads
    are made from contracts where they have no file.
    """
    frames: dict[str, pd.DataFrame] = {}
    origins: dict[str, Provenance] = {}
    problems: list[Problem] = []
    for name in FRAMES:
        try:
            path = _find(config, name)
            if path is not None:
                frames[name], origins[name] = read_frame(path, name, config.rules(name))
        except DataError as refused:
            problems.extend(refused.problems)
    if not problems and not set(ANY_OF) & set(frames):
        problems.append(
            Problem(f"no file for {', '.join(ANY_OF)} ({', '.join('flows' + suffix for suffix in SUFFIXES)}, …)", config.folder.name)
        )
    if problems:
        raise DataError(problems)
    if "spreads" not in frames and "contracts" in frames:
        frames["spreads"] = spreads_from_contracts(frames["contracts"])
        origins["contracts"] = replace(origins["contracts"], kind=MADE_KIND)
    flows, spreads, prices = (frames[name] if name in frames else empty(name) for name in ("flows", "spreads", "prices"))
    return DeskData(
        flows,
        spreads,
        prices,
        frames.get("contracts"),
        frames.get("squeeze"),
        tuple(origins.values()),
        config.absent,
        frames.get("events"),
        config.calendar,
        config.calendars,
        config.retired,
    )


def read_frame(path: Path, name: str, rules: FileRules | None = None) -> tuple[pd.DataFrame, Provenance]:
    """One frame read from one file and checked, with its provenance."""
    rules = rules or FileRules()
    frame, sha256 = _by_columns(path, name, rules) or _by_cells(path, name, rules)
    return frame, Provenance(path.name, frame["date"].max().date(), len(frame), sha256, KIND)


def _by_columns(path: Path, name: str, rules: FileRules) -> tuple[pd.DataFrame, str] | None:
    """The frame of a plainly written CSV, and the file's hash; None where anything must be looked at cell by cell."""
    if _suffix(path) not in _TEXTS:
        return None
    with opened(path) as stream:
        with unpacked(io.BufferedReader(stream, PIECE), path.name, path.stat().st_size) as content:
            plain = columnar.parsed(content, path.name, name, rules)
        if plain is not None:
            with suppress(DataError):
                return checked(plain, rules.declared), stream.sha256()
    return None


def _by_cells(path: Path, name: str, rules: FileRules) -> tuple[pd.DataFrame, str]:
    """The frame of any file, and the file's hash."""
    content, sha256 = read_bytes(path)
    return check(name, _raw(content, path, name, rules), rules.declared), sha256


def _find(config: Config, name: str) -> Path | None:
    told = config.rules(name).file
    if told is not None:
        path = config.folder / told
        if _suffix(path) is None:
            raise DataError([Problem(f"not a {', '.join(SUFFIXES)} file", path.name)])
        if not path.exists() and (near := remedies.nearest(path.name, _readable(path.parent), most=1)):
            remedy = remedies.lines(name, {"file": (Path(told).parent / near[0]).as_posix()})
            raise DataError([Problem(f"there is no such file; did you mean {near[0]!r}?", path.name, remedy=remedy)])
        return path
    found = sorted(_called(config.folder, name))
    if len(found) > 1:
        names = [path.name for path in found]
        remedy = remedies.either(name, "file", *((file, f"read {file}") for file in names))
        raise DataError([Problem(f"several files for {name}: {', '.join(names)}", config.folder.name, remedy=remedy)])
    return found[0] if found else None


def _called(folder: Path, name: str) -> list[Path]:
    """What lies in a folder for a frame: files by the frame's name."""
    wanted = {name + suffix for suffix in SUFFIXES}
    if not folder.is_dir():
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()] if folder.parent.is_dir() else []
        raise DataError([Problem(f"there is no such folder{remedies.did_you_mean(folder.name, beside)}", str(folder))])
    return [path for path in folder.iterdir() if path.name.lower() in wanted]


def _readable(folder: Path) -> list[str]:
    """The names of the files of a folder that are of a kind that is read."""
    return sorted(path.name for path in folder.iterdir() if _suffix(path)) if folder.is_dir() else []


def _suffix(path: Path) -> str | None:
    """The one of the suffixes that a file's name ends with."""
    return next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if path.name.lower().endswith(suffix)), None)


def _raw(content: bytes, path: Path, name: str, rules: FileRules) -> Raw:
    kind = _suffix(path)
    if kind in _TEXTS:
        return read_delimited(unpack(content, path.name), path.name, rules.delimiter, rules.encoding, name, rules.declared)
    if kind == ".xlsx":
        return read_spreadsheet(content, path.name, name, rules.sheet, rules.table, rules.declared)
    if rules.declared.header_row is not None or rules.declared.skip_footer:
        raise DataError([Problem("a Parquet file has no header and footer rows; leave header_row and skip_footer out", path.name)])
    return read_parquet(content, path.name)
