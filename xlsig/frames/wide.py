"""Wide tables: a date in each row, and a column of net flows for each sector, region or product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlsig.frames import names, remedies
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.faults import Faults
from xlsig.frames.headings import SUPPOSED, name_of
from xlsig.frames.readings import looks_like_a_date

LAYOUTS: Mapping[str, str] = {"dates by sectors": "sector", "dates by regions": "region", "dates by products": "product"}
"""The layouts, and the column of a plain table that the headings of each stand for."""


def melted(raw: Raw, declared: Declared, faults: Faults) -> Raw:
    """The rows of a plain table: the wide one's, heading by heading."""
    field = LAYOUTS[declared.layout or ""]
    date = name_of(declared.columns.get("date", "date"))
    ignored = {name_of(header) for header in declared.ignore}
    dates = [at for at, header in enumerate(raw.header) if name_of(header) == date]
    kept = [at for at, header in enumerate(raw.header) if at not in dates and header and name_of(header) not in ignored]
    others = [name for name in names.FIELDS if name not in (field, *declared.constants)]
    row = declared.header_row or 1
    if others:
        supposed = {name: SUPPOSED[name] for name in others}
        message = f"a table with a column for each {field} does not say its {' and '.join(others)}; declare {' and '.join(others)}"
        faults.add(message, row, remedy=faults.settings(**supposed))
    if len(dates) != 1:
        faults.add(f"the file has no such column; it has {', '.join(raw.header)}", row, "date", remedy=_dates_of(raw))
    if faults or not kept:
        return raw
    rows = len(raw)
    headings = [raw.header[at] for at in kept]
    day: Sequence[object] = [cell for _ in kept for cell in raw.columns[dates[0]]]
    named = [heading for heading in headings for _ in range(rows)]
    net = [cell for at in kept for cell in raw.columns[at]]
    lines = [line for _ in kept for line in raw.lines]
    return Raw(raw.file, (raw.header[dates[0]], field, "net"), (day, named, net), lines, raw.text, raw.delimiter, field)


def of_a_plain_table(declared: Declared) -> Declared:
    """What is declared of the columns that a wide table has once it is plain."""
    return replace(declared, columns={ours: theirs for ours, theirs in declared.columns.items() if ours == "date"}, ignore=(), layout=None)


def looks_wide(raw: Raw, declared: Declared) -> str:
    """The lines that declare a table wide, where nearly all headings but the date's are known names; else none."""
    date = name_of(declared.columns.get("date", "date"))
    others = [heading for heading in raw.header if heading and name_of(heading) != date]
    for layout, field in LAYOUTS.items():
        known = [heading for heading in others if names.meaning(heading, field) is not None]
        if len(known) >= 2 and len(known) * 2 > len(others):
            supposed = {name: SUPPOSED[name] for name in names.FIELDS if name not in (field, *declared.constants)}
            lines = remedies.lines("flows", {"layout": layout, **supposed})
            first = next(iter(supposed), "")
            lines = lines.replace(f"\n{first} = ", f"\n# what the whole table is about\n{first} = ") if first else lines
            dates = "" if date in map(name_of, raw.header) else _dates_of(raw)
            return f"{lines}\n{dates}" if dates else lines
    return ""


def _dates_of(raw: Raw) -> str:
    """The lines that name the first column of dates as such; none where there is none."""
    dated = [heading for heading, cells in zip(raw.header, raw.columns, strict=True) if cells and looks_like_a_date(cells[0])]
    return remedies.lines("flows.columns", {"date": dated[0]}) if dated else ""
