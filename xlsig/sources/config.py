"""The configuration file: where a desk's files are, what their columns are called and how they are written.

absent = "missing"              # or "zero": an entry of the session before without a row today
folder = "exports"              # beside the configuration file; file names are relative to it
delimiter = ";"                 # these five may stand here for all files, or in the section of one
decimal = ","
date_format = "%d/%m/%Y"        # or "excel" for serial numbers
encoding = "cp1252"
missing = ["n.a."]

[flows]
file = "hf_flows.csv"           # without it: flows.csv, flows.parquet or flows.xlsx
sheet = "Export"                # of an .xlsx; or table = "Flows"
ignore = ["Comment"]

[flows.columns]                 # our name = the file's
long_buys = "Buys (USD)"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Absent, Declared
from xlsig.frames.schema import FRAMES

_WRITTEN: Mapping[str, type] = {"delimiter": str, "decimal": str, "date_format": str, "encoding": str, "missing": list}
_SECTION: Mapping[str, type] = {**_WRITTEN, "file": str, "sheet": str, "table": str, "ignore": list, "columns": dict}
_TOP: Mapping[str, type] = {**_WRITTEN, "absent": str, "folder": str}
_WANTED: Mapping[type, str] = {str: "text", list: "a list of texts", dict: "a table of texts"}
_ONE_OF = {"absent": ("missing", "zero"), "decimal": (".", ",")}


@dataclass(frozen=True)
class FileRules:
    """How one frame's file is found and read."""

    file: str | None = None
    sheet: str | None = None
    table: str | None = None
    delimiter: str | None = None
    encoding: str = "utf-8-sig"
    declared: Declared = field(default_factory=Declared)


@dataclass(frozen=True)
class Config:
    """Where the files are, what an absent entry means, and the rules of each frame's file."""

    folder: Path
    absent: Absent = "missing"
    files: Mapping[str, FileRules] = field(default_factory=dict)

    def rules(self, frame: str) -> FileRules:
        """The rules for that frame's file."""
        return self.files.get(frame, FileRules())


def read_config(path: Path) -> Config:
    """The configuration in a TOML file. Anything it does not know is refused by name."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise DataError([Problem(f"not a configuration file ({failure})", path.name)]) from None
    problems: list[Problem] = []
    sections = {name: told.pop(name) for name in FRAMES if isinstance(told.get(name), dict)}
    _refuse_unknown(told, _TOP, "", path.name, problems)
    for name, section in sections.items():
        _refuse_unknown(section, _SECTION, f"{name}.", path.name, problems)
    if problems:
        raise DataError(problems)
    written = {key: told[key] for key in _WRITTEN if key in told}
    files = {name: _rules({**written, **sections.get(name, {})}) for name in FRAMES}
    return Config(path.parent / told.get("folder", "."), told.get("absent", "missing"), files)


def _rules(section: Mapping[str, Any]) -> FileRules:
    return FileRules(
        section.get("file"),
        section.get("sheet"),
        section.get("table"),
        section.get("delimiter"),
        section.get("encoding", "utf-8-sig"),
        Declared(
            section.get("columns", {}),
            tuple(section.get("ignore", ())),
            section.get("date_format"),
            section.get("decimal"),
            tuple(section.get("missing", ())),
        ),
    )


def _refuse_unknown(told: Mapping[str, Any], known: Mapping[str, type], at: str, file: str, problems: list[Problem]) -> None:
    for key, value in told.items():
        if key not in known:
            message = f"an unknown setting; known are {', '.join((*known, *(() if at else FRAMES)))}"
            problems.append(Problem(message, file, column=at + key))
        elif type(value) is not known[key] or not _all_text(value):
            wanted = _WANTED[known[key]]
            problems.append(Problem(f"{wanted} is wanted", file, column=at + key, value=str(value)))
        elif key in _ONE_OF and value not in _ONE_OF[key]:
            wanted = " or ".join(repr(word) for word in _ONE_OF[key])
            problems.append(Problem(f"{wanted} is wanted", file, column=at + key, value=str(value)))
        elif key == "delimiter" and len(str(value)) != 1:
            problems.append(Problem("one character is wanted", file, column=at + key, value=str(value)))


def _all_text(value: Any) -> bool:
    entries = value.values() if isinstance(value, dict) else value
    return all(isinstance(entry, str) for entry in entries)
