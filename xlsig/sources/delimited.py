"""Text files with separated columns: the cells of each line, and the delimiter if it was not declared."""

from __future__ import annotations

import csv
import io

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Raw

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FIRST_ROWS = 20


def read_delimited(content: bytes, file: str, delimiter: str | None = None, encoding: str = "utf-8-sig") -> Raw:
    """The cells of a CSV. A row with too few or too many cells is a problem that names its line; empty lines are passed over."""
    text = _decoded(content, file, encoding)
    if not text.strip():
        raise DataError([Problem("the file is empty", file)])
    delimiter = delimiter or _delimiter(text, file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    width, start = 0, 1
    try:
        for row in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if rows and len(row) != width:
                problems.append(Problem(f"{len(row)} cells where the header has {width}", file, line, value=delimiter.join(row)))
                continue
            width = width or len(row)
            rows.append(row)
            lines.append(line)
    except csv.Error as failure:
        problems.append(Problem(f"the line cannot be read ({failure})", file, start))
    if problems:
        raise DataError(problems)
    header, body = tuple(cell.strip() for cell in rows[0]), rows[1:]
    columns = tuple(zip(*body, strict=True)) if body else ((),) * width
    return Raw(file, header, columns, lines[1:], text=True, delimiter=delimiter)


def _decoded(content: bytes, file: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise DataError([Problem("no such encoding", file, value=encoding)]) from None
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        found = content[failure.start : failure.start + 1].hex()
        raise DataError([Problem(f"not {encoding} text; declare its encoding", file, line, value=f"byte {found}")]) from None


def _delimiter(text: str, file: str) -> str:
    """The one delimiter that parts the header, and every one of the first rows into as many cells."""
    first = [line for line in text.splitlines()[: 4 * _FIRST_ROWS] if line.strip()][:_FIRST_ROWS]
    parting = [mark for mark in DELIMITERS if len(_cells(first[0], mark)) > 1]
    if len(parting) > 1:
        parting = [mark for mark in parting if len({len(_cells(line, mark)) for line in first}) == 1]
    if len(parting) == 1:
        return parting[0]
    names = " or ".join(DELIMITERS[mark] for mark in parting) or "none of comma, semicolon, tab, bar"
    raise DataError([Problem(f"what separates the columns is not clear ({names}); declare delimiter", file, 1, value=first[0])])


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])
