"""A desk's folder: flows, spreads and prices (contracts and squeeze if there are any) as CSV, Parquet or Excel files."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsig.errors import DataError, Problem
from xlsig.frames.daily import spreads_from_contracts
from xlsig.frames.desk import DeskData, Provenance, Raw, from_pandas
from xlsig.frames.schema import FRAMES, check
from xlsig.sources.config import Config, FileRules, read_config
from xlsig.sources.delimited import read_delimited
from xlsig.sources.source import Source
from xlsig.sources.spreadsheets import read_spreadsheet

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet", ".xlsx")
MOST_FILE_BYTES = 512_000_000
NEEDED = ("flows", "prices", "spreads")
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
        """Flows, prices and spreads, without which it is not read, and those of the others that have a file."""
        others = (name for name in FRAMES if name not in NEEDED and (self.config.rules(name).file or _called(self.config.folder, name)))
        return frozenset((*NEEDED, *others))

    def read(self) -> DeskData:
        """The frames, checked."""
        return read_desk(self.config)

    def files(self) -> list[Path]:
        """The configuration file, the files that it names, and those that are found by their name."""
        rules = {name: self.config.rules(name).file for name in FRAMES}
        told = [self.config.folder / file for file in rules.values() if file is not None]
        found = sorted(path for name, file in rules.items() if file is None for path in _called(self.config.folder, name))
        return [path for path in (self.written_in, *told, *found) if path is not None and path.is_file()]


def read_desk(config: Config) -> DeskData:
    """The frames of a desk's folder, checked; the problems of all its files are reported together.

    Flows, prices, and spreads or contracts must be there; spreads are made from contracts where they have no file.
    """
    frames: dict[str, pd.DataFrame] = {}
    origins: dict[str, Provenance] = {}
    problems: list[Problem] = []
    for name in FRAMES:
        try:
            path = _find(config, name)
            if path is not None:
                frames[name], origins[name] = read_frame(path, name, config.rules(name))
            elif name in ("flows", "prices"):
                problems.append(Problem(f"no file {name}{' or '.join(SUFFIXES)}", config.folder.name))
        except DataError as refused:
            problems.extend(refused.problems)
    if not problems and "spreads" not in frames:
        if "contracts" not in frames:
            raise DataError([Problem("no spreads file, and no contracts file to make spreads from", config.folder.name)])
        frames["spreads"] = spreads_from_contracts(frames["contracts"])
        origins["contracts"] = replace(origins["contracts"], kind=MADE_KIND)
    if problems:
        raise DataError(problems)
    contracts, squeeze = frames.get("contracts"), frames.get("squeeze")
    provenance = tuple(origins.values())
    return DeskData(frames["flows"], frames["spreads"], frames["prices"], contracts, squeeze, provenance, config.absent)


def read_frame(path: Path, name: str, rules: FileRules | None = None) -> tuple[pd.DataFrame, Provenance]:
    """One frame read from one file and checked, with its provenance."""
    rules = rules or FileRules()
    content = read_bytes(path)
    frame = check(name, _raw(content, path, name, rules), rules.declared)
    as_of = frame["date"].max().date()
    return frame, Provenance(path.name, as_of, len(frame), hashlib.sha256(content).hexdigest(), KIND)


def read_bytes(path: Path) -> bytes:
    """What is in a file; one that is missing, empty, unreadable or too large is refused in a sentence."""

    def refuse(message: str) -> DataError:
        return DataError([Problem(message, path.name)])

    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise refuse(f"the file has {size:,} bytes; {MOST_FILE_BYTES:,} are the most")
        content = path.read_bytes()
    except FileNotFoundError:
        raise refuse("there is no such file") from None
    except OSError as failure:
        raise refuse(f"the file cannot be opened ({failure.strerror})") from None
    if not content:
        raise refuse("the file is empty")
    return content


def _find(config: Config, name: str) -> Path | None:
    told = config.rules(name).file
    if told is not None:
        path = config.folder / told
        if path.suffix.lower() not in SUFFIXES:
            raise DataError([Problem(f"not a {', '.join(SUFFIXES)} file", path.name)])
        return path
    found = sorted(_called(config.folder, name))
    if len(found) > 1:
        raise DataError([Problem(f"several files for {name}: {', '.join(path.name for path in found)}", config.folder.name)])
    return found[0] if found else None


def _called(folder: Path, name: str) -> list[Path]:
    """What lies in a folder for a frame: files by the frame's name."""
    return [path for path in folder.iterdir() if path.stem.lower() == name and path.suffix.lower() in SUFFIXES]


def _raw(content: bytes, path: Path, name: str, rules: FileRules) -> Raw:
    if path.suffix.lower() == ".csv":
        return read_delimited(content, path.name, rules.delimiter, rules.encoding)
    if path.suffix.lower() == ".xlsx":
        return read_spreadsheet(content, path.name, name, rules.sheet, rules.table)
    return from_pandas(_parquet(content, path.name), path.name)


def _parquet(content: bytes, file: str) -> Any:
    import pandas as pd

    try:
        return pd.read_parquet(io.BytesIO(content))
    except ImportError:
        raise DataError([Problem('Parquet files need pyarrow: pip install "xlsig[parquet]"', file)]) from None
    except Exception as failure:
        raise DataError([Problem(f"not a Parquet file ({str(failure).splitlines()[0]})", file)]) from None
