"""A large CSV read column by column with pyarrow, where it is plainly written; whatever is not is left to the careful way.

Nothing is refused here, and nothing is read that the careful way would refuse or read otherwise: a doubt is answered with None.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

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

_HEAD = 1 << 17
"""Bytes that are looked at to see how the file is written."""
_PIECE = 1 << 24
"""Bytes that are looked at together for quotation marks."""
_NO_VALUE = ("", "#N/A", "#N/A N/A")


def parsed(content: bytes, file: str, name: str, rules: FileRules) -> Parsed | None:
    """The columns of a plainly written CSV; None where the careful way must look."""
    try:
        import pyarrow as pa
    except ImportError:
        return None
    try:
        return _parsed(content, file, FRAMES[name], rules) if _is_plain(content, rules) else None
    except (pa.ArrowException, DataError, CellError, csv.Error, UnicodeDecodeError):
        return None


def _is_plain(content: bytes, rules: FileRules) -> bool:
    """Whether nothing that changes how rows and numbers are read is declared or seen."""
    declared = rules.declared
    shaped = declared.layout or declared.header_row or declared.skip_footer
    written = declared.thousands or declared.negatives or declared.percent or any(map(_has_digit, declared.missing))
    encoded = rules.encoding is None or codecs.lookup(rules.encoding).name in ("utf-8", "utf-8-sig")
    return not shaped and not written and encoded and b"\0" not in content


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def _parsed(content: bytes, file: str, frame: Frame, rules: FileRules) -> Parsed | None:
    declared = rules.declared
    skipped = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    end = content.rfind(b"\n", 0, _HEAD)
    head = content[skipped : end if end > 0 else len(content)].decode()
    first = head.partition("\n")[0].rstrip("\r")
    if not first.strip() or first.lower().startswith(("sep=", '"sep=')) or "\r" in first:
        return None
    delimiter = rules.delimiter or delimiter_of(head, file, frame.name, declared)
    body = memoryview(content)[content.index(b"\n", skipped) + 1 :]
    if not _is_plainly_quoted(body, delimiter):
        return None
    rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True))
    header = tuple(" ".join(cell.split()) for cell in rows[0])
    cells = tuple(zip(*(row for row in rows[1:] if len(row) == len(header)), strict=True))
    if not all(header) or not cells:
        return None
    raw = Raw(file, header, cells, range(2, len(cells[0]) + 2), True, delimiter)
    faults = faults_of(frame, file, declared)
    places = headings.places(frame, raw, declared, faults)
    if faults or not _shows_its_mark(content, frame, raw, declared, places):
        return None
    reading = reading_of(frame, raw, declared, places)
    table = _table(body, raw, frame, places, reading)
    columns: dict[str, Any] = {}
    for column in frame.columns:
        if column.name in places:
            columns[column.name] = _column(column, table.column(str(places[column.name])), reading, declared)
    columns |= constants(declared, places, table.num_rows)
    columns |= blanks(frame, columns, table.num_rows)
    whole = Parsed(frame, file, np.arange(2, table.num_rows + 2), {ours: header[at] for ours, at in places.items()}, columns)
    return _kept(whole, declared)


def _shows_its_mark(content: bytes, frame: Frame, raw: Raw, declared: Declared, places: Mapping[str, int]) -> bool:
    """Whether the decimal mark is declared, or shown by the first rows, or of no account since no number can have one."""
    numeric = [raw.columns[places[column.name]] for column in frame.columns if column.kind == "number" and column.name in places]
    if declared.decimal or marks.is_shown(numeric):
        return True
    return b"." not in content and (b"," not in content or raw.delimiter == ",")


def _is_plainly_quoted(body: memoryview, delimiter: str) -> bool:
    """Whether every quotation mark begins or ends a cell, none stands within one, and no cell goes over lines."""
    at = 0
    while at < len(body):
        piece = np.frombuffer(body[at : at + _PIECE], dtype=np.uint8)
        whole = len(piece) if at + _PIECE >= len(body) else int(np.flatnonzero(piece == 10)[-1]) + 1 if (piece == 10).any() else 0
        if not whole or not _quotes_part_cells(piece[:whole], delimiter):
            return False
        at += whole
    return True


def _quotes_part_cells(text: NDArray[np.uint8], delimiter: str) -> bool:
    """The same of whole lines."""
    quotes = np.flatnonzero(text == ord('"'))
    if not len(quotes):
        return True
    begin, end = quotes[0::2], quotes[1::2]
    if len(begin) != len(end) or len(delimiter.encode()) > 1:
        return False
    framed = np.concatenate(([10], text, [10]))
    before, after, mark = framed[begin], framed[end + 2], ord(delimiter)
    lines = np.flatnonzero(text == 10)
    one_line = np.array_equal(np.searchsorted(lines, begin), np.searchsorted(lines, end))
    return one_line and bool(np.isin(before, (mark, 10)).all() and np.isin(after, (mark, 10, 13)).all())


def _table(content: memoryview, raw: Raw, frame: Frame, places: Mapping[str, int], reading: Reading) -> Any:
    """The columns that are wanted, words with a dictionary."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    words = pa.dictionary(pa.int32(), pa.string())
    kinds = {places[column.name]: pa.float64() if column.kind == "number" else words for column in frame.columns if column.name in places}
    return arrow.read_csv(
        pa.BufferReader(pa.py_buffer(content)),
        arrow.ReadOptions(column_names=[str(at) for at in range(len(raw.header))]),
        arrow.ParseOptions(delimiter=raw.delimiter, double_quote=False),
        arrow.ConvertOptions(
            column_types={str(at): kind for at, kind in kinds.items()},
            include_columns=[str(at) for at in kinds],
            null_values=[*_NO_VALUE, *reading.missing],
            strings_can_be_null=True,
            decimal_point=reading.decimal,
        ),
    )


def _column(column: Column, chunks: Any, reading: Reading, declared: Declared) -> Any:
    """A column as the careful way makes it; a cell that it would refuse, or might, is an error."""
    if column.kind == "number":
        return _numbers(column, chunks, reading)
    merged = chunks.unify_dictionaries().combine_chunks()
    cells = merged.dictionary.to_pylist()
    codes = merged.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if any(readings.has_no_value(cell, reading.missing) for cell in cells):
        raise CellError("blanks around what means no value")
    if column.kind in names.FIELDS:
        return _names(column.kind, cells, codes, declared)
    if not column.blank and merged.null_count:
        raise CellError("this cell must have a value")
    parse = {"date": lambda cell: readings.date(cell, reading), "flag": readings.flag, "words": readings.words}[column.kind]
    values: list[Any] = [parse(cell) for cell in cells]
    if column.kind == "words":
        return _words(values, codes)
    return np.array([*values, None], dtype="datetime64[D]" if column.kind == "date" else object)[codes]


def _numbers(column: Column, chunks: Any, reading: Reading) -> Any:
    values = chunks.to_numpy()
    if np.isfinite(values).sum() != len(values) - chunks.null_count:
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
