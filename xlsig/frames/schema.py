"""What is in each of the frames, and the check that every input passes: a file's cells in, a typed and sorted frame out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from xlsig.errors import DataError
from xlsig.frames import headings, keys, marks, names, rates, readings, remedies, subtotals, wide
from xlsig.frames.columns import Column, Frame
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.faults import Faults
from xlsig.frames.names import Words
from xlsig.frames.parsed import Parsed, framed
from xlsig.frames.readings import CellError, Reading, Unstored

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_FOOTER = 20


def _key(name: str, kind: str = "date") -> Column:
    return Column(name, kind)


def _number(name: str, **limits: Any) -> Column:
    return Column(name, "number", blank=True, **limits)


_LEGS = ("long_buys", "long_sells", "short_sales", "short_covers")

FRAMES: Mapping[str, Frame] = {
    frame.name: frame
    for frame in (
        Frame(
            "flows",
            (
                *(_key("date"), _key("region", "region"), _key("sector", "sector"), _key("product", "product")),
                *(_number(leg, at_least=0, unit="currency") for leg in _LEGS),
                _number("net", optional=True, unit="currency"),
                _number("gross_mv", at_least=0, optional=True, unit="currency"),
                Column("is_final", "flag", blank=True, optional=True),
            ),
            keys=(("date", "region", "sector", "product"),),
            instead=("net", _LEGS),
        ),
        Frame(
            "spreads",
            (_key("date"), _key("contract", "words"), _key("start"), _key("end"), _number("spread_bp", unit="bp")),
            keys=(("date", "contract"), ("date", "start", "end")),
            later=(("start", "end", True),),
        ),
        Frame("prices", (_key("date"), _number("close", positive=True)), keys=(("date",),)),
        Frame(
            "contracts",
            (
                *(_key("date"), _key("contract", "words"), _key("expiry")),
                *(_number("spot", positive=True), _number("future", positive=True)),
                *(_number("dividends", at_least=0), _number("rate", at_least=-0.5, unit="decimal")),
            ),
            keys=(("date", "contract"), ("date", "expiry")),
            later=(("date", "expiry", False),),
        ),
        Frame(
            "squeeze",
            (
                *(_key("date"), _number("short_interest", at_least=0), _number("days_to_cover", at_least=0)),
                *(_number("borrow_fee", unit="decimal"), _number("shorts_loss")),
            ),
            keys=(("date",),),
        ),
        Frame("events", (_key("date"), Column("what", "words", blank=True, optional=True)), keys=(("date",),), sparse=True),
    )
}


def check(name: str, raw: Raw, declared: Declared | None = None) -> pd.DataFrame:
    """The frame `name` made of an input: typed, in the frame's column order, sorted by its key.

    Everything wrong is reported together as one `DataError`, one problem for each kind of fault. Regions and sectors come
    out under their canonical names. A product does too, unless the file divides it further (ETF and futures, say):
    then its own words stay apart. Blank numbers are NaN.
    """
    frame, declared = FRAMES[name], declared or Declared()
    return checked(parse(frame, raw, declared), declared)


def parse(frame: Frame, raw: Raw, declared: Declared) -> Parsed:
    """The columns of an input as arrays; all cells that cannot be read are one `DataError`."""
    faults = faults_of(frame, raw.file, declared)
    if not declared.layout and frame.name == "flows" and (lines := wide.looks_wide(raw, declared)):
        faults.add(
            "the headings are names, not columns: if this is a table of dates by names, declare its layout",
            declared.header_row or 1,
            remedy=lines,
        )
        faults.raise_any()
    if declared.layout:
        raw, declared = wide.melted(raw, declared, faults), wide.of_a_plain_table(declared)
        faults.raise_any()
    places = headings.places(frame, raw, declared, faults)
    if not faults and not len(raw):
        faults.add("there is a header but no row below it", declared.header_row or 1)
    faults.raise_any()
    reading = reading_of(frame, raw, declared, places)
    raw = _kept(raw, declared, places, reading, faults)
    file = _File(frame, raw, declared, reading, faults)
    columns = {column.name: file.column(column, places[column.name]) for column in frame.columns if column.name in places}
    columns |= constants(declared, places, len(raw))
    columns |= blanks(frame, columns, len(raw))
    parsed = Parsed(frame, raw.file, np.asarray(raw.lines, dtype=np.int64), {ours: raw.header[at] for ours, at in places.items()}, columns)
    if faults:
        _check(parsed, declared, faults)
    return parsed


def checked(parsed: Parsed, declared: Declared) -> pd.DataFrame:
    """The frame of columns that could all be read, if no row of it is in doubt."""
    faults = faults_of(parsed.frame, parsed.file, declared)
    if parsed.frame.name == "spreads":
        parsed = keys.tenor(parsed, declared.tenor, faults)
    _check(parsed, declared, faults)
    return framed(keys.by_their_dates(keys.summed(parsed, declared)))


def faults_of(frame: Frame, file: str, declared: Declared) -> Faults:
    """An empty list of what is wrong with a frame's file."""
    return Faults(file, frame.name, {"ignore": declared.ignore, "missing": declared.missing, "ignore_dates": declared.ignore_dates})


def _check(parsed: Parsed, declared: Declared, faults: Faults) -> None:
    keys.refuse_disorder(parsed, faults)
    keys.refuse_duplicates(keys.summed(parsed, declared), faults)
    keys.refuse_lone_dates(parsed, faults)
    rates.refuse_units(parsed, declared, faults)
    if not faults:
        subtotals.refuse_subtotals(parsed, faults)
    faults.raise_any()


def empty(name: str) -> pd.DataFrame:
    """The frame `name` without rows."""
    import pandas as pd

    kinds = {"date": "datetime64[ns]", "number": "float64", "flag": "boolean"}
    columns = [column for column in FRAMES[name].columns if not column.optional]
    return pd.DataFrame({column.name: pd.Series([], dtype=kinds.get(column.kind, "object")) for column in columns})


def reading_of(frame: Frame, raw: Raw, declared: Declared, places: Mapping[str, int]) -> Reading:
    """The rules that a frame's file is read by."""
    numbers_in_text = raw.text or bool(declared.decimal or declared.thousands or declared.negatives or declared.percent)
    factors = {unit: known[declared.unit or unit] for unit, known in marks.UNITS.items()}
    return Reading(
        numbers_in_text,
        declared.date_format,
        _decimal(frame, raw, declared, places),
        frozenset(declared.missing),
        declared.thousands or "",
        declared.negatives == "brackets",
        declared.percent,
        {**factors, "currency": declared.scale},
    )


def _decimal(frame: Frame, raw: Raw, declared: Declared, places: Mapping[str, int]) -> str:
    if declared.decimal or declared.thousands in (".", ",") or not raw.text:
        return declared.decimal or ("," if declared.thousands == "." else ".")
    numeric = [column.name for column in frame.columns if column.kind == "number" and column.name in places]
    found = marks.decimal_mark([raw.columns[places[name]] for name in numeric], raw.delimiter == ",")
    if isinstance(found, str):
        return found
    faults = faults_of(frame, raw.file, declared)
    message, remedy = marks.unclear(frame.name, found)
    faults.add(message, column=" or ".join(raw.header[places[name]] for name in numeric), remedy=remedy)
    raise DataError(faults.problems())


def _kept(raw: Raw, declared: Declared, places: Mapping[str, int], reading: Reading, faults: Faults) -> Raw:
    """The rows without those of names and dates that are declared to be left out."""
    gone = np.zeros(len(raw), dtype=bool)

    def leave_out(column: str, is_ignored: Callable[[Any], bool]) -> None:
        nonlocal gone
        gone |= np.array(readings.each(raw.columns[places[column]], is_ignored, lambda at, error: None), dtype=bool)

    for field, values in declared.values.items():
        if field in places and names.IGNORE in values.values():
            leave_out(field, partial(names.ignored, field=field, reading=reading, values=declared.values))
    if declared.ignore_dates:
        leave_out("date", partial(_is_one_of, declared=declared, reading=reading))
    if not gone.any():
        return raw
    at = np.flatnonzero(~gone).tolist()
    if not at:
        faults.add("all rows of the file are declared to be ignored", declared.header_row or 1)
        faults.raise_any()
    columns = tuple([cells[one] for one in at] for cells in raw.columns)
    return replace(raw, columns=columns, lines=[raw.lines[one] for one in at])


def _is_one_of(cell: Any, declared: Declared, reading: Reading) -> bool:
    try:
        return not readings.has_no_value(cell, reading.missing) and readings.date(cell, reading) in declared.ignore_dates
    except CellError:
        return False


def constants(declared: Declared, places: Mapping[str, int], rows: int) -> dict[str, Words]:
    """The columns of names that are declared because the file has none."""
    told = {field: name for field, name in declared.constants.items() if field not in places}
    code = np.zeros(rows, dtype=np.int64)
    return {field: Words(code, (name,), (names.meaning(name, field) or name,)) for field, name in told.items()}


def blanks(frame: Frame, columns: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """The columns in whose place another stands, without values."""
    instead, replaced = frame.instead
    return {name: np.full(rows, np.nan) for name in replaced if name not in columns} if instead in columns else {}


class _File:
    """A file's cells and the rules that they are read by; what cannot be read is gathered."""

    def __init__(self, frame: Frame, raw: Raw, declared: Declared, reading: Reading, faults: Faults) -> None:
        self.frame, self.raw, self.declared, self.reading, self.faults = frame, raw, declared, reading, faults

    def column(self, column: Column, place: int) -> Any:
        """A column as an array, or as words."""
        cells, heading = self.raw.columns[place], self.raw.header[place]
        if column.kind in names.FIELDS:
            return self._names(column, cells, heading)
        parse = {"date": lambda cell: readings.date(cell, self.reading), "flag": readings.flag, "words": readings.words}.get(
            column.kind
        ) or self._number(column)
        values = self._each(column, cells, heading, parse)
        if column.kind == "date":
            self._mend_dates(cells, values, heading)
            return np.array(values, dtype="datetime64[D]")
        if column.kind == "number":
            return np.array(values, dtype=np.float64)
        return np.array(values, dtype=object) if column.kind == "flag" else keys.words_of(values)

    def _each(self, column: Column, cells: Sequence[Any], heading: str, parse: Callable[[Any], Any]) -> list[Any]:
        def parse_or_blank(cell: Any) -> Any:
            if isinstance(cell, Unstored):
                raise CellError("a formula whose value is not in the file; open the workbook in Excel and save it")
            if not readings.has_no_value(cell, self.reading.missing):
                return parse(cell)
            if not column.blank:
                raise CellError("this cell must have a value")
            return None

        seen: set[int] = set()

        def refuse(at: int, error: CellError) -> None:
            line, named = self.raw.lines[at], heading
            if self.raw.measured and column.kind == "number":
                named = str(self.raw.columns[self.raw.header.index(self.raw.measured)][at])
            elif self.raw.measured and line in seen:
                return
            seen.add(line)
            if column.optional:
                error.settings.setdefault("ignore", [heading])
            self.faults.cell(error, at, line, named, cells[at])

        return readings.each(cells, parse_or_blank, refuse)

    def _number(self, column: Column) -> Callable[[Any], float]:
        read = marks.in_unit(column, self.reading)

        def in_range(cell: Any) -> float:
            value = read(cell)
            if column.positive and value <= 0:
                raise CellError("a number above 0 is wanted", {"missing": [cell.strip() if isinstance(cell, str) else f"{cell:g}"]})
            if column.at_least is not None and value < column.at_least:
                raise CellError("a negative number" if column.at_least == 0 else f"a number below {column.at_least:g}")
            return value

        return in_range

    def _mend_dates(self, cells: Sequence[Any], values: Sequence[Any], heading: str) -> None:
        """Say how dates that cannot be read could be: by leaving out the rows below the last, or in a format that all of them have."""
        bad = {self.raw.lines[at] for at, value in enumerate(values) if value is None}
        good = [self.raw.lines[at] for at, value in enumerate(values) if value is not None]
        if not bad:
            return
        if heading == self._heading("date") and good and len(bad) <= _LONGEST_FOOTER and min(bad) > max(good):
            self.faults.mend(heading, self.faults.settings(skip_footer=self.declared.skip_footer + len(bad)))
            return
        texts = [cell for cell in dict.fromkeys(cells) if isinstance(cell, str) and not readings.has_no_value(cell, self.reading.missing)]
        formats = readings.formats_of(texts)
        if formats and formats[0] != self.declared.date_format:
            choices = [(date_format, _example(texts[0], date_format)) for date_format in formats[:2]]
            lines = remedies.either(self.frame.name, "date_format", *choices) if len(choices) > 1 else None
            self.faults.mend(heading, lines or self.faults.settings(date_format=formats[0]))

    def _heading(self, name: str) -> str:
        return self.declared.columns.get(name, name)

    def _names(self, column: Column, cells: Sequence[Any], heading: str) -> Words:
        """A column of regions, sectors or products; each name that is not known is one problem."""
        field, values = column.kind, self.declared.values
        numbers: dict[str, int] = {}
        unknown: dict[str, list[int]] = {}

        def number(cell: Any) -> int:
            name = "" if readings.has_no_value(cell, self.reading.missing) else names.spoken(cell, field)
            if not name and names.mapped("", field, values) == "":
                settings = {"": names.pasted("", field, ["Index"] if field == "sector" else [])}
                raise CellError("this cell must have a value", settings)
            return numbers.setdefault(name, len(numbers))

        def refuse(at: int, error: CellError) -> None:
            self.faults.cell(error, at, self.raw.lines[at], heading, cells[at])

        codes = np.array([-1 if code is None else code for code in readings.each(cells, number, refuse)], dtype=np.int64)
        meant = []
        for name, code in numbers.items():
            meaning = names.meaning(names.mapped(name, field, values), field)
            meant.append(meaning or name)
            if meaning is None:
                unknown[name] = np.flatnonzero(codes == code).tolist()
        for name, rows in unknown.items():
            message, remedy = names.refusal(name, field, len(rows), meant)
            self.faults.add(message, self.raw.lines[rows[0]], heading, name, remedy=remedy)
        return Words(codes, tuple(numbers), tuple(meant))


def _example(text: str, date_format: str) -> str:
    if date_format == "excel":
        return "serial numbers of days"
    return f"{text} is {dt.datetime.strptime(text.strip(), date_format).date()}"
