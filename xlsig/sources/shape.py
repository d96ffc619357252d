"""The shape of a file of rows: which row is the header, which belong to the table below it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from xlsig.errors import DataError
from xlsig.frames import headings, readings
from xlsig.frames.columns import Frame
from xlsig.frames.desk import Declared
from xlsig.frames.faults import Faults, of_rows
from xlsig.frames.schema import FRAMES, faults_of
from xlsig.grid.addresses import SHEET_COLUMNS

Row = Sequence[Any]
_LONGEST_HEAD = 60
_LONGEST_FOOTER = 20
_LONGEST_HEADING = 300


def laid_out(
    file: str, rows: list[Row], lines: list[int], name: str | None = None, declared: Declared | None = None
) -> tuple[tuple[str, ...], list[Row], list[int]]:
    """The header, and the rows of the table with their places in the file.

    `rows` are those that are not empty. Without `header_row` the first is the header; where it is none and a later one is, that is
    said. Rows with more or fewer cells than the header are refused, as one problem.
    """
    frame, declared = FRAMES.get(name or ""), declared or Declared()
    faults = faults_of(frame, file, declared) if frame else Faults(file, "")
    at = _header(rows, lines, frame, declared, faults)
    end = len(rows) - declared.skip_footer
    header = tuple(_heading(cell) for cell in rows[at])
    _refuse_swollen(header, lines[at], faults)
    body, places = rows[at + 1 : max(end, at + 1)], lines[at + 1 : max(end, at + 1)]
    body = [row[: len(header)] if len(row) > len(header) and not any(map(_says, row[len(header) :])) else row for row in body]
    _refuse_ragged(header, body, places, declared, faults)
    return header, body, places


def _refuse_swollen(header: tuple[str, ...], line: int, faults: Faults) -> None:
    """Refuse a header that is none: a column's name as long as a text, or more columns than a sheet has."""
    if len(header) > SHEET_COLUMNS:
        faults.add(f"{len(header):,} columns, where a sheet has at most {SHEET_COLUMNS:,}", line)
        raise DataError(faults.problems())
    longest = max(header, key=len)
    if len(longest) > _LONGEST_HEADING:
        message = f"column {header.index(longest) + 1} has a name of {len(longest):,} signs; is this the header?"
        faults.add(message, line, value=longest)
        raise DataError(faults.problems())


def _heading(cell: Any) -> str:
    return " ".join(str(cell).split())


def _says(cell: Any) -> bool:
    """Whether a cell says anything."""
    return not readings.has_no_value(cell)


def _header(rows: list[Row], lines: list[int], frame: Frame | None, declared: Declared, faults: Faults) -> int:
    if declared.header_row is not None:
        if declared.header_row not in lines:
            last = f"the last row with anything in it is {lines[-1]}"
            faults.add(f"header_row = {declared.header_row} is empty or beyond the end; {last}", declared.header_row)
            raise DataError(faults.problems())
        return lines.index(declared.header_row)
    if frame is not None and headings.lacking(frame, declared, [_heading(cell) for cell in rows[0]]) and not declared.layout:
        _refuse_first_row(rows, lines, frame, declared, faults)
    return 0


def _refuse_first_row(rows: list[Row], lines: list[int], frame: Frame, declared: Declared, faults: Faults) -> None:
    """Refuse a first row that is no header where a later one is: it has all the columns, or stands just above the first date."""
    head = rows[:_LONGEST_HEAD]
    has_all = (at for at, row in enumerate(head) if not headings.lacking(frame, declared, [_heading(cell) for cell in row]))
    found = next(has_all, None) or _above_dates(head)
    if not found:
        return
    header = [_heading(cell) for cell in rows[found]]
    mapping = headings.mapping(frame, declared, header)
    message = f"the header does not stand here but in row {lines[found]} ({', '.join(filter(None, header[:6]))}, …); declare header_row"
    lines_to_paste = faults.settings(header_row=lines[found])
    faults.add(message, lines[0], remedy=f"{lines_to_paste}\n{mapping}" if mapping else lines_to_paste)
    raise DataError(faults.problems())


def _above_dates(rows: list[Row]) -> int:
    """The row above the longest column of dates, if names stand in it; 0 where there is none."""
    longest, found = 0, 0
    for column in range(max(map(len, rows))):
        dated = [len(row) > column and _says(row[column]) and readings.looks_like_a_date(row[column]) for row in rows]
        for is_date, run in itertools.groupby(range(len(rows)), lambda at, dated=dated: dated[at]):  # type: ignore[misc]
            places = list(run)
            if is_date and len(places) > longest and places[0] > 0 and _are_names(rows[places[0] - 1]):
                longest, found = len(places), places[0] - 1
    return found


def _are_names(row: Row) -> bool:
    named = [cell for cell in row if _says(cell)]
    return len(named) >= 2 and all(isinstance(cell, str) and not readings.looks_like_a_date(cell) for cell in named)


def _refuse_ragged(header: tuple[str, ...], body: list[Row], lines: list[int], declared: Declared, faults: Faults) -> None:
    wrong = [at for at, row in enumerate(body) if len(row) != len(header)]
    if not wrong:
        return
    first = body[wrong[0]]
    shown = ",".join(map(str, first))
    is_footer = wrong[0] > 0 and wrong == list(range(len(body) - len(wrong), len(body))) and len(wrong) <= _LONGEST_FOOTER
    undated = not any(readings.looks_like_a_date(body[at][0]) for at in wrong if body[at])
    remedy = faults.settings(skip_footer=declared.skip_footer + len(wrong)) if is_footer and undated and faults.section else ""
    faults.add(f"{len(first)} cells where the header has {len(header)}{of_rows(len(wrong))}", lines[wrong[0]], value=shown, remedy=remedy)
    raise DataError(faults.problems())
