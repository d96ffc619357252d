"""Text files with separated columns: the cells of each line, and the delimiter if it was not declared."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence

from xlsig.errors import DataError, Problem
from xlsig.frames import headings, remedies
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.schema import FRAMES
from xlsig.sources.shape import laid_out

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FIRST_ROWS = 20
_HEAD_SIGNS = 4_000_000
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?[^\S\n\r]*(?=[\r\n]|$)", re.IGNORECASE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(
    content: bytes,
    file: str,
    delimiter: str | None = None,
    encoding: str | None = None,
    name: str | None = None,
    declared: Declared | None = None,
) -> Raw:
    """The cells of a CSV; empty lines are passed over.

    `name` is the frame that the file is for and `declared` what is known of its shape: a header that is not in the first row, and
    rows with too few or too many cells, are refused by their lines. A first line `sep=;` says what separates the columns.
    """
    try:
        return _read(_decoded(content, file, encoding, name), file, delimiter, name, declared or Declared())
    except csv.Error as failure:
        raise DataError([Problem(_unreadable(failure), file)]) from None


def _unreadable(failure: csv.Error) -> str:
    if "field larger" in str(failure):
        return f"a cell of more than {csv.field_size_limit():,} signs; is a quotation mark left open, or is this another kind of file?"
    return f"the line cannot be read ({failure})"


def _read(text: str, file: str, delimiter: str | None, name: str | None, declared: Declared) -> Raw:
    if not text.strip():
        raise DataError([Problem("the file is empty", file)])
    if found := _SEPARATOR.match(text):
        delimiter, text = delimiter or found[1], text[found.end() :]
    delimiter = delimiter or delimiter_of(text, file, name, declared)
    rows, lines = _rows(text, file, delimiter)
    if not rows:
        raise DataError([Problem("the file is empty", file)])
    header, body, places = laid_out(file, rows, lines, name, declared)
    columns = tuple(zip(*body, strict=True)) if body else ((),) * len(header)
    return Raw(file, header, columns, places, text=True, delimiter=delimiter)


def _rows(text: str, file: str, delimiter: str) -> tuple[list[Sequence[str]], list[int]]:
    """The rows with anything in them, and their lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Sequence[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for row in reader:
            line, start = start, reader.line_num + 1
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(line)
    except csv.Error as failure:
        raise DataError([Problem(_unreadable(failure), file, start)]) from None
    return rows, lines


def _decoded(content: bytes, file: str, encoding: str | None, name: str | None) -> str:
    used = encoding or ("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    try:
        return content.decode(used).removeprefix("\ufeff")
    except LookupError:
        raise DataError([Problem("no such encoding", file, value=used)]) from None
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        found = content[failure.start : failure.start + 1].hex()
        other = "cp1252" if _is_text_in(content, "cp1252") and used != "cp1252" else "latin-1"
        remedy = remedies.lines(name, {"encoding": other}) if name else ""
        raise DataError([Problem(f"not {used} text; declare its encoding", file, line, value=f"byte {found}", remedy=remedy)]) from None
    except ValueError as failure:
        raise DataError([Problem(f"not {used} text ({failure}); declare its encoding", file)]) from None


def _is_text_in(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return True


def delimiter_of(text: str, file: str, name: str | None, declared: Declared) -> str:
    """The one delimiter that parts the header, and every one of the first rows into as many cells.

    Where lines stand above the header, the one that parts the last of the first rows into as many cells.
    """
    head = text[:_HEAD_SIGNS].splitlines()[: 4 * _FIRST_ROWS + (declared.header_row or 0)]
    first = [line for line in head[(declared.header_row or 1) - 1 :] if line.strip()][:_FIRST_ROWS]
    if not first:
        return ","
    parting = [mark for mark in DELIMITERS if len(_cells(first[0], mark)) > 1]
    if len(parting) > 1:
        parting = [mark for mark in parting if _even(first, mark)]
    if len(parting) != 1 and declared.header_row is None:
        below = first[len(first) // 2 :]
        parting = parting if len(parting) > 1 else [mark for mark in DELIMITERS if len(_cells(below[-1], mark)) > 1 and _even(below, mark)]
    if len(parting) == 1:
        return parting[0]
    if not parting and name and len(headings.wanted(FRAMES[name], declared)) == 1:
        return ","
    names = " or ".join(DELIMITERS[mark] for mark in parting) or "none of comma, semicolon, tab, bar"
    choices = [(mark, DELIMITERS[mark]) for mark in (parting or (",", ";"))]
    remedy = remedies.either(name, "delimiter", *choices) if name and parting else ""
    message = f"what separates the columns is not clear ({names}); declare delimiter"
    raise DataError([Problem(message, file, 1, value=first[0], remedy=remedy)])


def _even(lines: list[str], mark: str) -> bool:
    return len({len(_cells(line, mark)) for line in lines}) == 1


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])
