"""What is found about who reported: regions that are not in yet, entries that stopped, that stayed away here and there, that joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from xlsig.frames.attendance import Attendance, Gap, Rows
from xlsig.frames.findings import AMERICA, WORLD, Finding
from xlsig.frames.timetable import HOME
from xlsig.frames.wording import counted, day, latest, listed, span

WINDOW = 262
"""The sessions behind the morning's answers: a year and two weeks of five."""
_SHOWN = 3


def absences(found: Attendance) -> Iterator[Finding]:
    """The findings, those about the last session first."""
    yield from _set_aside(found)
    yield from _incomplete(found)
    yield from _stopped(found)
    yield from _holes(found)
    yield from _here_and_there(found)
    yield from _joined(found)


def touched(regions: Iterable[str]) -> tuple[str, ...]:
    """The inputs that a missing region leaves unknown."""
    return (AMERICA, WORLD) if HOME in regions else (WORLD,)


def _set_aside(found: Attendance) -> Iterator[Finding]:
    """Rows after the last session, which no figure uses yet."""
    late = found.row_session < 0
    if not late.any():
        return
    entries = np.unique(found.row_entry[late])
    regions = sorted({found.names[entry][0] for entry in entries}, key=found.regions.index)
    others = [region for region in found.regions if region not in regions]
    yet = f", not yet for {listed(others)}" if others else ""
    when = span(found.later)
    what = f"flows of {when} are in for {listed(regions)}{yet}: they are set aside until the home market's rows are in."
    yield Finding("warned", "flows", "incomplete", what, "run it again when the other regions are in")


def _away(found: Attendance, gaps: Iterable[Gap], regions: Rows) -> list[tuple[Gap, int]]:
    """The gaps that are open where the flows end, each with the sessions of its region since it began."""
    ended = found.ended_at
    counted_in = ((gap, int(found.expected[gap.first : ended + 1, regions[gap.entry]].sum())) for gap in gaps if gap.is_open)
    return [(gap, sessions) for gap, sessions in counted_in if sessions]


def _open_regions(found: Attendance) -> list[tuple[Gap, int]]:
    return _away(found, found.region_gaps, np.arange(len(found.regions)))


def _incomplete(found: Attendance) -> Iterator[Finding]:
    """Regions whose session is not in while others' is."""
    regions = [found.regions[gap.entry] for gap, sessions in _open_regions(found) if sessions == 1]
    if regions:
        what = f"flows of {day(found.timetable.home[found.ended_at])} are not in yet for {listed(regions)}."
        remedy = "run it again when they are in, or take the last complete session: --as-of complete"
        yield Finding("warned", "flows", "incomplete", what, remedy, touched(regions))


def _stopped(found: Attendance) -> Iterator[Finding]:
    """Regions and entries that stay away since some session."""
    whole = {gap.entry for gap, _ in _open_regions(found)}
    named = [(gap.first, sessions, [found.regions[gap.entry]]) for gap, sessions in _open_regions(found) if sessions > 1]
    entries = [
        (gap, sessions)
        for gap, sessions in _away(found, found.entry_gaps, found.region_of)
        if sessions > 1 and found.misses(gap, sessions) and int(found.region_of[gap.entry]) not in whole
    ]
    for first in sorted({gap.first for gap, _ in entries}):
        same = [(gap, sessions) for gap, sessions in entries if gap.first == first]
        named.append((first, same[0][1], names_of(found, [gap.entry for gap, _ in same])))
    for first, sessions, names in named:
        last_row = found.timetable.home[first - 1]
        have = "have" if len(names) > 1 else "has"
        what = f"{listed(few(names))} {have} had no row after {day(last_row)}, for {counted(sessions, 'session')}: missing, not zero."
        quoted = ", ".join(f'"{name}"' for name in names)
        regions_of = {name.split(" · ")[0] for name in names}
        yield Finding("warned", "flows", "stopped", what, f"if reporting has ended for good: retired = [{quoted}]", touched(regions_of))


def _holes(found: Attendance) -> Iterator[Finding]:
    """Past sessions of a region without any of its rows, while another region has some."""
    for at, region in enumerate(found.regions):
        gaps = [gap for gap in found.region_gaps if gap.entry == at and not gap.is_open]
        missed = [row for gap in gaps for row in range(gap.first, gap.last + 1) if found.expected[row, at]]
        missed = [row for row in missed if found.region_present[row].any()]
        if missed:
            when = latest(found.timetable.home[missed])
            what = f"flows of {region} have no row on {when}, while other regions have: the streak and sums over it are unknown."
            inputs = touched([region]) if missed[-1] >= len(found.present) - WINDOW else ()
            yield Finding("warned", "flows", "hole", what, "add the rows of these sessions to the file", inputs)


def _here_and_there(found: Attendance) -> Iterator[Finding]:
    """Entries that came back, or are away since the last session: did they not trade?"""
    recent = len(found.present) - WINDOW
    whole = {gap.entry for gap, _ in _open_regions(found)}
    closed = [(gap, gap.sessions) for gap in found.entry_gaps if not gap.is_open and gap.last >= recent]
    since_last = [(gap, 1) for gap, sessions in _away(found, found.entry_gaps, found.region_of) if sessions == 1]
    gaps = [
        gap
        for gap, sessions in (*closed, *since_last)
        if found.misses(gap, sessions)
        and found.region_present[gap.first, found.region_of[gap.entry]]
        and int(found.region_of[gap.entry]) not in whole
    ]
    if not gaps:
        return
    sessions = {row for gap in gaps for row in range(max(gap.first, recent), min(gap.last, found.ended_at) + 1)}
    names = names_of(found, sorted({gap.entry for gap in gaps}))
    what = (
        f"{listed(few(names))} {'have' if len(names) > 1 else 'has'} no row on {counted(len(sessions), 'session')} of the last {WINDOW}, "
        "the last "
        f"{day(found.timetable.home[max(sessions)])}: what they belong to is unknown there."
    )
    remedy = 'where no row means no trade: absent = "zero"' if found.absent == "missing" else "add the rows of these sessions to the file"
    yield Finding("warned", "flows", "absent", what, remedy, touched(found.names[gap.entry][0] for gap in gaps))


def _joined(found: Attendance) -> Iterator[Finding]:
    """Entries that began inside the window and have come regularly since."""
    if not found.present.any():
        return
    first = int(found.present.any(axis=1).argmax())
    recent = max(first + 1, len(found.present) - WINDOW)
    regular = np.array([_is_regular(found, entry) for entry in range(len(found.names))], dtype=np.bool_)
    new = np.flatnonzero((found.begun >= recent) & (found.begun < len(found.present)) & regular)
    for began in sorted(set(found.begun[new].tolist())):
        names = names_of(found, [int(entry) for entry in new if found.begun[entry] == began])
        begins = "begin" if len(names) > 1 else "begins"
        them = "them" if len(names) > 1 else "it"
        what = f"{listed(few(names))} {begins} on {day(found.timetable.home[began])}: totals before it lack {them}."
        yield Finding("warned", "flows", "joined", what, "add its earlier rows, or read sums across that day with care")


def _is_regular(found: Attendance, entry: int) -> bool:
    began = int(found.begun[entry])
    sessions = found.expected[began:, found.region_of[entry]]
    return bool(2 * found.present[began:, entry].sum() >= sessions.sum())


def few(names: list[str]) -> list[str]:
    """Some names, and how many more there are."""
    return names if len(names) <= _SHOWN + 1 else [*names[:_SHOWN], f"{len(names) - _SHOWN} more"]


def names_of(found: Attendance, entries: list[int]) -> list[str]:
    """Entries by the shortest names that hold no others: a region, its product, its sector, or all three."""
    left, names = set(entries), []
    keys = (lambda name: (name[0],), lambda name: (name[0], name[2]), lambda name: (name[0], name[1]), tuple)
    for key in keys:
        groups: dict[tuple[str, ...], set[int]] = {}
        for at, name in enumerate(found.names):
            groups.setdefault(key(name), set()).add(at)
        for shown, members in groups.items():
            if members <= left:
                names.append(" · ".join(shown))
                left -= members
    return names
