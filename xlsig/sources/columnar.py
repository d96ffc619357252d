"""A large CSV read column by column with pyarrow, where it is plainly written; whatever is not is left to the careful way.

Nothing is refused here, and nothing is read that the careful way would refuse or read otherwise: a doubt is answered with None.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from xlsig.errors import DataError
from xlsig.frames import headings, marks, names, readings
from xlsig.frames.columns import Column, Frame
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.names import Words
from xlsig.frames.parsed import Parsed
from xlsig.frames.readings import CellError, Reading
from xlsig.frames.schema import FRAMES, blanks, constants, faults_of, reading_of
from xlsig.sources.config import FileRules
from xlsig.sources.delimited import delimiter_of
from xlsig.sources.plain_text import PlainText

_HEAD = 1 << 17
"""Bytes that are looked at to see how the file is written."""
_PIECE = 1 << 20
"""Bytes that are read together."""
_NO_VALUE = ("", "#N/A", "#N/A N/A")


def parsed(stream: BinaryIO, file: str, name: str, rules: FileRules) -> Parsed | None:
    """The columns of a plainly written CSV, which is read once from its begin; None where the careful way must look."""
    try:
        import pyarrow as pa
    except ImportError:
        return None
    try:
        return _parsed(stream, file, FRAMES[name], rules) if _is_plain(rules) else None
    except (pa.ArrowException, DataError, CellError, csv.Error, UnicodeDecodeError):
        return None


def _is_plain(rules: FileRules) -> bool:
    """Whether nothing is declared that changes how rows and numbers are read."""
    declared = rules.declared
    shaped = declared.layout or declared.header_row or declared.skip_footer
    written = declared.thousands or declared.negatives or declared.percent or any(map(_has_digit, declared.missing))
    encoded = rules.encoding is None or codecs.lookup(rules.encoding).name in ("utf-8", "utf-8-sig")
    return not shaped and not written and encoded


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def _parsed(stream: BinaryIO, file: str, frame: Frame, rules: FileRules) -> Parsed | None:
    declared = rules.declared
    begin = stream.read(_HEAD).removeprefix(codecs.BOM_UTF8)
    end = begin.rfind(b"\n")
    head = begin[: end if end > 0 else len(begin)].decode()
    first = head.partition("\n")[0].rstrip("\r")
    if not first.strip() or first.lower().startswith(("sep=", '"sep=')) or "\r" in first:
        return None
    delimiter = rules.delimiter or delimiter_of(head, file, frame.name, declared)
    rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True))
    header = tuple(" ".join(cell.split()) for cell in rows[0])
    cells = tuple(zip(*(row for row in rows[1:] if len(row) == len(header)), strict=True))
    if not all(header) or not cells or len(delimiter.encode()) > 1:
        return None
    raw = Raw(file, header, cells, range(2, len(cells[0]) + 2), True, delimiter)
    faults = faults_of(frame, file, declared)
    places = headings.places(frame, raw, declared, faults)
    if faults:
        return None
    reading = reading_of(frame, raw, declared, places)
    body = PlainText(stream, begin[begin.index(b"\n") + 1 :], delimiter)
    columns = _columns(body, raw, frame, places, reading, declared)
    if not _shows_its_mark(body, frame, raw, declared, places):
        return None
    count = len(columns["date"])
    columns |= constants(declared, places, count)
    columns |= blanks(frame, columns, count)
    whole = Parsed(frame, file, np.arange(2, count + 2), {ours: header[at] for ours, at in places.items()}, columns)
    return _kept(whole, declared)


def _shows_its_mark(body: PlainText, frame: Frame, raw: Raw, declared: Declared, places: Mapping[str, int]) -> bool:
    """Whether the decimal mark is declared, or shown by the first rows, or of no account since no number can have one."""
    numeric = [raw.columns[places[column.name]] for column in frame.columns if column.kind == "number" and column.name in places]
    if declared.decimal or marks.is_shown(numeric):
        return True
    return not body.has_point and (not body.has_comma or raw.delimiter == ",")


def _columns(body: PlainText, raw: Raw, frame: Frame, places: Mapping[str, int], reading: Reading, declared: Declared) -> dict[str, Any]:
    """The columns that are wanted, as the careful way makes them; a cell that it would refuse, or might, is an error."""
    import pyarrow as pa

    there = [column for column in frame.columns if column.name in places]
    told: dict[str, dict[str, int]] = {column.name: {} for column in there if column.kind != "number"}
    pieces: dict[str, list[Any]] = {column.name: [] for column in there}
    for batch in _batches(body, raw, there, places, reading):
        for column in there:
            cells = batch.column(str(places[column.name]))
            pieces[column.name].append(_numbers(column, cells, reading) if column.kind == "number" else _codes(cells, told[column.name]))
    columns: dict[str, Any] = {}
    pa.default_memory_pool().release_unused()
    for column in there:
        values = np.concatenate(pieces.pop(column.name))
        columns[column.name] = values if column.kind == "number" else _spoken(column, told[column.name], values, reading, declared)
    return columns


def _batches(body: PlainText, raw: Raw, there: Sequence[Column], places: Mapping[str, int], reading: Reading) -> Iterator[Any]:
    """The rows, some at a time: numbers, and words with a dictionary."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    words = pa.dictionary(pa.int32(), pa.string())
    kinds = {str(places[column.name]): pa.float64() if column.kind == "number" else words for column in there}
    with arrow.open_csv(
        pa.PythonFile(body, mode="r"),
        arrow.ReadOptions(column_names=[str(at) for at in range(len(raw.header))], block_size=_PIECE, use_threads=False),
        arrow.ParseOptions(delimiter=raw.delimiter, double_quote=False),
        arrow.ConvertOptions(
            column_types=kinds,
            include_columns=list(kinds),
            null_values=[*_NO_VALUE, *reading.missing],
            strings_can_be_null=True,
            decimal_point=reading.decimal,
        ),
    ) as reader:
        yield from reader


def _codes(cells: Any, told: dict[str, int]) -> NDArray[np.int32]:
    """Words by their number, −1 where there is none; a new word gets the next number."""
    numbers = np.array([*(told.setdefault(word, len(told)) for word in cells.dictionary.to_pylist()), -1], dtype=np.int32)
    codes: NDArray[np.int32] = numbers[cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return codes


def _spoken(column: Column, told: Mapping[str, int], codes: Any, reading: Reading, declared: Declared) -> Any:
    """A column of words, dates or flags."""
    cells = list(told)
    if any(readings.has_no_value(cell, reading.missing) for cell in cells):
        raise CellError("blanks around what means no value")
    if column.kind in names.FIELDS:
        return _names(column.kind, cells, codes, declared)
    if not column.blank and bool((codes < 0).any()):
        raise CellError("this cell must have a value")
    parse = {"date": lambda cell: readings.date(cell, reading), "flag": readings.flag, "words": readings.words}[column.kind]
    values: list[Any] = [parse(cell) for cell in cells]
    if column.kind == "words":
        return _words(values, codes)
    return np.array([*values, None], dtype="datetime64[D]" if column.kind == "date" else object)[codes]


def _numbers(column: Column, cells: Any, reading: Reading) -> Any:
    values = cells.to_numpy(zero_copy_only=False)
    if np.isfinite(values).sum() != len(values) - cells.null_count:
        raise CellError("not a finite number")
    values = marks.scaled(values, reading.factors.get(column.unit, 1.0))
    with np.errstate(invalid="ignore"):
        low = column.at_least is not None and bool((values < column.at_least).any())
        if low or (column.positive and bool((values <= 0).any())):
            raise CellError("out of range")
    return values


def _words(spoken: Sequence[str], codes: Any) -> Words:
    """Words by their number, each once."""
    numbers = {word: number for number, word in enumerate(dict.fromkeys(spoken))}
    to = np.array([*(numbers[word] for word in spoken), -1], dtype=np.int64)
    return Words(to[codes], tuple(numbers), tuple(numbers))


def _names(field: str, cells: Sequence[str], codes: Any, declared: Declared) -> Words:
    blank = len(cells)
    words = _words([*(names.spoken(cell, field) for cell in cells), ""], np.where(codes < 0, blank, codes))
    meant = []
    for code, word in enumerate(words.words):
        ours = names.mapped(word, field, declared.values)
        meaning = names.IGNORE if ours == names.IGNORE else names.meaning(ours, field) if ours else None
        if meaning is None and bool((words.codes == code).any()):
            raise CellError(f"an unknown {field}")
        meant.append(meaning or word)
    return replace(words, meant=tuple(meant))


def _kept(whole: Parsed, declared: Declared) -> Parsed:
    """The rows without those of names and dates that are declared to be left out; words in the order in which they first stand."""
    kept = np.ones(len(whole), dtype=bool)
    for field in names.FIELDS:
        if isinstance(words := whole.columns.get(field), Words):
            out = np.array([meaning == names.IGNORE for meaning in words.meant])
            kept &= ~out[words.codes] if out.any() else True
    if declared.ignore_dates:
        kept &= ~np.isin(whole.columns["date"], np.array(declared.ignore_dates, dtype="datetime64[D]"))
    if not kept.any():
        raise CellError("all rows are ignored")
    rows = whole if kept.all() else whole.rows(kept)
    return replace(rows, columns={name: _in_order(values) if name in names.FIELDS else values for name, values in rows.columns.items()})


def _in_order(words: Words) -> Words:
    """The words that there are, in the order in which they first stand."""
    first = [(int(rows.argmax()), code) for code in range(len(words.words)) if (rows := words.codes == code).any()]
    order = [code for _, code in sorted(first)]
    if order == list(range(len(words.words))):
        return words
    to = np.full(len(words.words), -1, dtype=np.int64)
    to[order] = np.arange(len(order))
    return Words(to[words.codes], tuple(words.words[code] for code in order), tuple(words.meant[code] for code in order))
