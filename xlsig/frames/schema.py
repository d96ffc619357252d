"""What is in each of the frames, and the check that every input passes: a file's cells in, a typed and sorted frame out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from xlsig.errors import DataError, Problem
from xlsig.frames import readings, taxonomy
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.readings import CellError, Reading

if TYPE_CHECKING:
    import pandas as pd

Rows = dict[str, list[Any]]
_FIRST_ROWS = 1000
"""How many rows are looked at to see which decimal mark a text file uses."""


@dataclass(frozen=True)
class Column:
    """One column of a frame. `blank` says that a cell may have no value; numbers keep to the range given."""

    name: str
    kind: str
    blank: bool = False
    optional: bool = False
    at_least: float | None = None
    at_most: float | None = None
    positive: bool = False


@dataclass(frozen=True)
class Frame:
    """A frame: its columns, and the keys that may not occur twice.

    `later` holds pairs of dates of which the second may not be earlier; True forbids that they are equal, too.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    later: tuple[tuple[str, str, bool], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def _key(name: str, kind: str = "date") -> Column:
    return Column(name, kind)


def _number(name: str, **limits: Any) -> Column:
    return Column(name, "number", blank=True, **limits)


FRAMES: Mapping[str, Frame] = {
    frame.name: frame
    for frame in (
        Frame(
            "flows",
            (
                *(_key("date"), _key("region", "region"), _key("sector", "sector"), _key("product", "product")),
                *(_number(leg, at_least=0) for leg in ("long_buys", "long_sells", "short_sales", "short_covers")),
                _number("gross_mv", at_least=0, optional=True),
                Column("is_final", "flag", blank=True, optional=True),
            ),
            keys=(("date", "region", "sector", "product"),),
        ),
        Frame(
            "spreads",
            (_key("date"), _key("contract", "words"), _key("start"), _key("end"), _number("spread_bp")),
            keys=(("date", "contract"), ("date", "start", "end")),
            later=(("start", "end", True),),
        ),
        Frame("prices", (_key("date"), _number("close", positive=True)), keys=(("date",),)),
        Frame(
            "contracts",
            (
                *(_key("date"), _key("contract", "words"), _key("expiry")),
                *(_number("spot", positive=True), _number("future", positive=True)),
                *(_number("dividends", at_least=0), _number("rate", at_least=-0.5, at_most=1)),
            ),
            keys=(("date", "contract"), ("date", "expiry")),
            later=(("date", "expiry", False),),
        ),
        Frame(
            "squeeze",
            (
                *(_key("date"), _number("short_interest", at_least=0), _number("days_to_cover", at_least=0)),
                *(_number("borrow_fee"), _number("shorts_loss")),
            ),
            keys=(("date",),),
        ),
        Frame("events", (_key("date"), Column("what", "words", blank=True, optional=True)), keys=(("date",),)),
    )
}


def check(name: str, raw: Raw, declared: Declared | None = None) -> pd.DataFrame:
    """The frame `name` made of an input: typed, in the frame's column order, sorted by its key.

    Everything wrong is reported together as one `DataError`: file, row, column and value. Regions and sectors come
    out under their canonical names. A product does too, unless the file divides it further (ETF and futures, say):
    then its own words stay apart. Blank numbers are NaN.
    """
    frame, declared = FRAMES[name], declared or Declared()
    problems: list[Problem] = []
    places = _places(frame, raw, declared, problems)
    if not problems and not len(raw):
        problems.append(Problem("there is a header but no row below it", raw.file, 1))
    if problems:
        raise DataError(problems)
    cells = {ours: raw.columns[at] for ours, at in places.items()}
    headings = {ours: raw.header[at] for ours, at in places.items()}
    decimal = _decimal(frame, raw, declared, cells)
    reading = Reading(raw.text, declared.date_format, decimal, frozenset(declared.missing))
    rows: Rows = {}
    for column in frame.columns:
        if column.name in cells:
            rows[column.name] = _parse(column, cells[column.name], raw, headings[column.name], reading, problems)
    for first, second, strictly in frame.later:
        _refuse_disorder(first, second, strictly, raw, headings, rows, problems)
    _refuse_duplicates(frame, raw, headings, rows, problems)
    if problems:
        raise DataError(sorted(problems, key=lambda found: found.row or 0))
    return _typed(frame, rows)


def empty(name: str) -> pd.DataFrame:
    """The frame `name` without rows."""
    frame = FRAMES[name]
    return _typed(frame, {column.name: [] for column in frame.columns if not column.optional})


def _places(frame: Frame, raw: Raw, declared: Declared, problems: list[Problem]) -> dict[str, int]:
    """Where each of our columns stands in the file; a header that leaves one missing, unknown or twice is a problem."""
    theirs = {_name(header): at for at, header in reversed(list(enumerate(raw.header)))}
    wanted = {column.name: declared.columns.get(column.name, column.name) for column in frame.columns}
    places = {ours: theirs[_name(header)] for ours, header in wanted.items() if _name(header) in theirs}

    def refuse(message: str, column: str) -> None:
        problems.append(Problem(message, raw.file, 1, column))

    for ours in declared.columns:
        if frame.column(ours) is None:
            known = ", ".join(column.name for column in frame.columns)
            refuse(f"the configuration maps a column that {frame.name} does not have ({known})", ours)
    for column in frame.columns:
        if column.name not in places and (not column.optional or column.name in declared.columns):
            mapped = f" (mapped to {wanted[column.name]!r})" if column.name in declared.columns else ""
            refuse(f"the file has no such column{mapped}; it has {', '.join(raw.header)}", column.name)
    ignored = {_name(header) for header in declared.ignore}
    for at, header in enumerate(raw.header):
        if theirs[_name(header)] != at:
            refuse("two columns have this name", header)
        elif at not in places.values() and _name(header) not in ignored:
            refuse(f"{frame.name} has no such column; map it or list it under ignore", header or f"number {at + 1}")
    return places


def _name(header: str) -> str:
    return "_".join(header.replace("-", " ").replace("_", " ").split()).casefold()


def _decimal(frame: Frame, raw: Raw, declared: Declared, cells: Mapping[str, Any]) -> str:
    if declared.decimal or not raw.text:
        return declared.decimal or "."
    numeric = [column.name for column in frame.columns if column.kind == "number" and column.name in cells]
    try:
        first = (cell for name in numeric for cell in cells[name][:_FIRST_ROWS])
        return readings.decimal_mark(first, raw.delimiter == ",")
    except CellError as problem:
        raise DataError([Problem(str(problem), raw.file, column=" or ".join(numeric))]) from None


def _parse(column: Column, cells: Sequence[Any], raw: Raw, heading: str, reading: Reading, problems: list[Problem]) -> list[Any]:
    parse = _parser(column, reading)

    def parse_or_blank(cell: Any) -> Any:
        if not readings.has_no_value(cell, reading.missing):
            return parse(cell)
        if not column.blank:
            raise CellError("this cell must have a value")
        return None

    def refuse(at: int, problem: CellError) -> None:
        value = "" if cells[at] is None else str(cells[at])
        problems.append(Problem(str(problem), raw.file, raw.lines[at], heading, value))

    return readings.each(cells, parse_or_blank, refuse)


def _parser(column: Column, reading: Reading) -> Callable[[Any], Any]:
    named = {"region": taxonomy.region, "sector": taxonomy.sector, "product": taxonomy.product}
    if column.kind == "date":
        return lambda cell: readings.date(cell, reading)
    if column.kind == "number":
        return lambda cell: _in_range(readings.number(cell, reading), column)
    if column.kind == "flag":
        return readings.flag
    if column.kind == "words":
        return readings.words

    def known(cell: Any) -> str:
        name = readings.words(cell)
        canonical = named[column.kind](name)
        if canonical is None:
            raise CellError(f"an unknown {column.kind}")
        return name if column.kind == "product" else canonical

    return known


def _in_range(value: float, column: Column) -> float:
    if column.positive and value <= 0:
        raise CellError("a number above 0 is wanted")
    if column.at_least is not None and value < column.at_least:
        raise CellError("a negative number" if column.at_least == 0 else f"a number below {column.at_least:g}")
    if column.at_most is not None and value > column.at_most:
        raise CellError("rates are decimals, such as 0.0432" if column.name == "rate" else f"above {column.at_most:g}")
    return value


def _refuse_disorder(
    first: str, second: str, strictly: bool, raw: Raw, headings: Mapping[str, str], rows: Rows, problems: list[Problem]
) -> None:
    for at, (early, late) in enumerate(zip(rows[first], rows[second], strict=True)):
        if early is not None and late is not None and (late < early or (strictly and late == early)):
            wanted = "after" if strictly else "on or after"
            message = f"{second} must be {wanted} {first} ({early})"
            problems.append(Problem(message, raw.file, raw.lines[at], headings[second], str(late)))


def _refuse_duplicates(frame: Frame, raw: Raw, headings: Mapping[str, str], rows: Rows, problems: list[Problem]) -> None:
    twice: set[int] = set()
    for key in frame.keys:
        seen: dict[tuple[Any, ...], int] = {}
        for at, values in enumerate(zip(*(rows[name] for name in key), strict=True)):
            if None in values or at in twice:
                continue
            same = tuple(_same(value) if isinstance(value, str) else value for value in values)
            before = seen.setdefault(same, at)
            if before != at:
                twice.add(at)
                columns, shown = ", ".join(headings[name] for name in key), ", ".join(map(str, values))
                message = f"the same key as row {raw.lines[before]}"
                problems.append(Problem(message, raw.file, raw.lines[at], columns, shown))


@lru_cache(maxsize=4096)
def _same(name: str) -> str:
    return "".join(name.split()).casefold()


def _typed(frame: Frame, rows: Rows) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    typed: dict[str, Any] = {}
    for name, values in rows.items():
        kind = next(column.kind for column in frame.columns if column.name == name)
        if kind == "date":
            typed[name] = np.array(values, dtype="datetime64[D]").astype("datetime64[ns]")
        elif kind == "number":
            typed[name] = np.array(values, dtype=np.float64)
        elif kind == "flag":
            typed[name] = pd.array(values, dtype="boolean")
        else:
            typed[name] = (_products(values) if kind == "product" else values) or np.array([], dtype=object)
    ranks = {"region": taxonomy.REGIONS, "sector": (*taxonomy.SECTORS, taxonomy.INDEX)}

    def in_order(values: pd.Series) -> pd.Series:
        order = ranks.get(str(values.name))
        return values.map({name: at for at, name in enumerate(order)}) if order else values

    return pd.DataFrame(typed).sort_values(list(frame.keys[-1]), key=in_order, ignore_index=True, kind="stable")


def _products(names: Sequence[str]) -> list[str]:
    """Canonical names; but where several words of the file mean one product, each keeps its (first) own spelling."""
    spelled: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(names):
        spelled.setdefault(taxonomy.product(name) or name, {}).setdefault(_same(name), name)

    def own(name: str) -> str:
        canonical = taxonomy.product(name) or name
        words = spelled[canonical]
        return canonical if len(words) == 1 else words[_same(name)]

    renamed = {name: own(name) for name in set(names)}
    return [renamed[name] for name in names]
