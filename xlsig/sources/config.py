"""The configuration file: where a desk's files are, what their columns are called and how they are written.

calendar = "XNYS"               # the exchange whose sessions count
absent = "missing"              # or "zero": what an entry without a row counts in a region that has others
retired = ["EMEA · Macro products"]
folder = "exports"              # beside the configuration file; file names are relative to it
delimiter = ";"                 # these eight may stand here for all files, or in the section of one
decimal = ","
thousands = "."
negatives = "brackets"          # (1.234,5)
percent = true                  # 1,5 %
date_format = "%d/%m/%Y"        # or "excel" for serial numbers
encoding = "cp1252"
missing = ["n.a."]

[calendars]
Europe = "XFRA"

[flows]
file = "hf_flows.csv"           # without it: flows.csv, flows.csv.gz, flows.parquet or flows.xlsx
sheet = "Export"                # of an .xlsx; or table = "Flows"
header_row = 4                  # rows count from 1
skip_footer = 2
scale = 1000                    # the file has thousands
sales = "negative"              # sales and short sales are written as negative numbers
ignore = ["Comment"]
ignore_dates = [2024-11-29]

[flows.columns]                 # our name = the file's
long_buys = "Buys (USD)"

[flows.values.region]           # the file's name = ours, or "ignore"
US = "North America"

[spreads]
unit = "percent"                # or "decimal"; without it basis points
tenor = 91                      # days of a constant-maturity spread
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlsig.errors import DataError, Problem
from xlsig.frames import names, remedies
from xlsig.frames.desk import Absent, Declared
from xlsig.frames.schema import FRAMES
from xlsig.sources import sections
from xlsig.sources.file_bytes import read_settings
from xlsig.sources.settings import SECTION, TOP, WRITTEN, Judge, day_of


@dataclass(frozen=True)
class FileRules:
    """How one frame's file is found and read."""

    file: str | None = None
    sheet: str | None = None
    table: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    declared: Declared = field(default_factory=Declared)


@dataclass(frozen=True)
class Config:
    """Where the files are, what an absent entry means, whose sessions count, and the rules of each frame's file."""

    folder: Path
    absent: Absent = "missing"
    files: Mapping[str, FileRules] = field(default_factory=dict)
    calendar: str = "XNYS"
    calendars: Mapping[str, str] = field(default_factory=dict)
    retired: tuple[str, ...] = ()

    def rules(self, frame: str) -> FileRules:
        """The rules for that frame's file."""
        return self.files.get(frame, FileRules())


def read_config(path: Path) -> Config:
    """The configuration in a TOML file. Anything it does not know is refused by name, with what may have been meant."""
    told = _told(path)
    judge = Judge(path.name)
    found = {name: told.pop(name) for name in FRAMES if isinstance(told.get(name), dict)}
    judge.settings(told, TOP)
    for name, section in found.items():
        judge.settings(section, SECTION, name)
    if not judge.problems:
        _judge_together(told, found, judge)
    if judge.problems:
        raise DataError(judge.problems)
    config = Config(
        path.parent / told.get("folder", "."),
        told.get("absent", "missing"),
        {name: _rules({**{key: told[key] for key in WRITTEN if key in told}, **found.get(name, {})}) for name in FRAMES},
        judge.exchange(told["calendar"], "calendar") if "calendar" in told else "XNYS",
        {
            judge.known_name("region", region, f"calendars.{region}"): judge.exchange(code, f"calendars.{region}")
            for region, code in told.get("calendars", {}).items()
        },
        tuple(_retired(entry, judge) for entry in told.get("retired", ())),
    )
    if judge.problems:
        raise DataError(judge.problems)
    return config


def _told(path: Path) -> dict[str, Any]:
    try:
        return sections.loads(read_settings(path))
    except UnicodeDecodeError:
        raise DataError([Problem("not a configuration file: it is not UTF-8 text; save it as UTF-8", path.name)]) from None
    except ValueError as failure:  # TOML's own, and numbers that are too long
        hint = r"; a path with \ in it stands in single quotes, as in folder = 'C:\exports'" if "\\" in str(failure) else ""
        raise DataError([Problem(f"not a configuration file ({failure}){hint}", path.name)]) from None


def _judge_together(told: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]], judge: Judge) -> None:
    """Refuse settings that do not go together, and names that are not known."""
    for name in FRAMES:
        section = {**{key: told[key] for key in ("decimal", "thousands") if key in told}, **found.get(name, {})}
        if "decimal" in section and section.get("decimal") == section.get("thousands"):
            judge.refuse("decimal and thousands are the same mark", f"{name}.thousands", section["thousands"])
    flows = found.get("flows", {})
    for field_, values in flows.get("values", {}).items():
        if field_ not in names.FIELDS:
            message = f"values are of {', '.join(names.FIELDS)}{remedies.did_you_mean(field_, names.FIELDS)}"
            judge.refuse(message, f"flows.values.{field_}")
        else:
            judge.names_of(field_, values, f"flows.values.{field_}")
    for field_ in names.FIELDS:
        if field_ in flows:
            judge.known_name(field_, flows[field_], f"flows.{field_}")


def _retired(entry: str, judge: Judge) -> str:
    """An entry that ended, its parts under their one name."""
    parts = [part.strip() for part in entry.split("·")]
    kinds = ("region", "sector", "product") if len(parts) > 2 else ("region", _kind(parts[-1]))
    if len(parts) > len(kinds):
        wanted = 'a region, "region · sector", "region · product" or "region · sector · product" is wanted'
        judge.refuse(wanted, "retired", entry)
        return entry
    return " · ".join(judge.known_name(kind, part, "retired") for kind, part in zip(kinds, parts, strict=False))


def _kind(name: str) -> str:
    """Whether a name is a sector's or a product's, or more like one."""
    known = [field for field in ("product", "sector") if names.meaning(name, field)]
    near = [field for field in ("sector", "product") if names.nearest(name, field)]
    return (*known, *near, "product")[0]


def _rules(section: Mapping[str, Any]) -> FileRules:
    return FileRules(
        section.get("file"),
        section.get("sheet"),
        section.get("table"),
        section.get("delimiter"),
        section.get("encoding"),
        Declared(
            section.get("columns", {}),
            tuple(section.get("ignore", ())),
            section.get("date_format"),
            section.get("decimal"),
            tuple(section.get("missing", ())),
            tuple(day for value in section.get("ignore_dates", ()) if (day := day_of(value)) is not None),
            section.get("thousands"),
            section.get("negatives"),
            section.get("percent", False),
            section.get("unit"),
            float(section.get("scale", 1)),
            section.get("sales"),
            section.get("header_row"),
            section.get("skip_footer", 0),
            section.get("tenor"),
            section.get("layout"),
            {name: section[name] for name in names.FIELDS if name in section},
            section.get("values", {}),
        ),
    )
