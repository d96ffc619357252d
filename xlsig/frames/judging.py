"""What is wrong or late in a desk's data, found once after reading, whatever read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from xlsig.errors import SignalError
from xlsig.frames.absences import WINDOW, absences, few, names_of, touched
from xlsig.frames.attendance import Attendance
from xlsig.frames.by_session import BySession
from xlsig.frames.calendar import sessions
from xlsig.frames.daily import LEGS
from xlsig.frames.desk import DeskData
from xlsig.frames.findings import (
    AMERICA,
    CONTRACTS,
    EVENTS,
    PRICES,
    SPREADS,
    SQUEEZE,
    WORLD,
    Finding,
    gravest_first,
)
from xlsig.frames.findings import refused as refused
from xlsig.frames.jumps import jumps
from xlsig.frames.taxonomy import REGIONS
from xlsig.frames.timetable import HOME, Days, Timetable, between, days_of, ends_before, is_weekly
from xlsig.frames.wording import counted, day, latest, listed, span

LONGEST_SINCE_EVENT = 70
"""Days after which the last event of a table is no more the last there was."""
_DAILY: Mapping[str, tuple[str, ...]] = {"spreads": (SPREADS,), "prices": (PRICES,), "flows": (AMERICA, WORLD)}
"""The frames that are to have a row for each session, and the inputs that they make."""
_COUNTING = (AMERICA, WORLD, SPREADS, PRICES, SQUEEZE)
_USUAL_AGE = 1
_LEAST_SPREAD = 1.0
"""Basis points below which a spread is as good as nothing."""


def judge(desk: DeskData | BySession, today: dt.date | None = None) -> tuple[Finding, ...]:
    """What is late, closed, incomplete, stopped or mislabelled, the gravest first; with `today`, how old the data is, too."""
    data = desk if isinstance(desk, BySession) else BySession(desk)
    found: list[Finding] = []
    for findings in (
        _calendar_end(data),
        _frequency(data.desk),
        _late(data),
        _holes(data.desk, data.timetable),
        _flows(data) if len(data.desk.flows) else (),
        _sizes(data),
        _events(data.desk, data.timetable),
        old(data, today) if today is not None else (),
    ):
        found.extend(findings)
    return gravest_first(found)


def reason(findings: Iterable[Finding], inputs: Iterable[str]) -> str:
    """Why any of these inputs leaves an answer unknown: the sentences of what was found about them."""
    asked = set(inputs)
    return " ".join(finding.what for finding in findings if asked & set(finding.inputs))


def old(data: BySession, today: dt.date) -> Iterator[Finding]:
    """Whether sessions have closed since the last one in the data. The sample, whose time stands still, is never old."""
    age = sessions_since(data, today)
    if age > _USUAL_AGE:
        as_of = data.timetable.as_of
        what = f"the data ends {day(as_of)}, {counted(age, 'session')} ago."
        yield Finding("warned", "all", "old", what, f"fetch newer data, or say that you mean that day: --as-of {as_of}")


def sessions_since(data: BySession, today: dt.date) -> int:
    """Home sessions that have closed between the last one in the data and the morning of a day."""
    timetable = data.timetable
    if all(one.kind.startswith("synthetic") for one in data.desk.provenance) or timetable.as_of >= today:
        return 0
    try:
        scheduled = sessions(data.desk.calendar, timetable.as_of, today - dt.timedelta(days=1))
    except SignalError:
        return 0
    closed = between(scheduled, timetable.as_of, today - dt.timedelta(days=1))
    return max(0, closed - 6) if timetable.weekly else closed


def _given(desk: DeskData) -> Iterator[tuple[str, str, Days]]:
    """The daily inputs that have rows: the frame, the input, and its dates; of spreads and prices those with a value."""
    frames = (
        ("spreads", SPREADS, desk.spreads[desk.spreads["spread_bp"].notna()]),
        ("prices", PRICES, desk.prices[desk.prices["close"].notna()]),
        ("flows", AMERICA, desk.flows),
        ("contracts", CONTRACTS, desk.contracts),
        ("squeeze", SQUEEZE, desk.squeeze),
    )
    for frame, name, rows in frames:
        days = days_of(rows)
        if days.size:
            yield frame, name, days


def _calendar_end(data: BySession) -> Iterator[Finding]:
    desk, timetable = data.desk, data.timetable
    if timetable.beyond:
        what = (
            f"the calendar {desk.calendar} ends {day(timetable.end)}: nothing that counts sessions is answered for {day(timetable.as_of)}."
        )
        yield Finding("warned", "all", "calendar_end", what, "install a newer xlsig, whose calendars go further", _COUNTING)
        return
    for region in desk.flows["region"].unique():
        end = ends_before(timetable.regions[region], timetable.as_of)
        if end is not None and region != HOME:
            name = timetable.regions[region]
            what = f"the calendar {name} of {region} ends {day(end)}: its holidays after that are not known."
            yield Finding("warned", "flows", "calendar_end", what, "install a newer xlsig, whose calendars go further")


def _frequency(desk: DeskData) -> Iterator[Finding]:
    weekly = [frame for frame, _, days in _given(desk) if frame in _DAILY and is_weekly(days)]
    if weekly:
        what = f"{listed(weekly)} have a row a week: answers speak of weeks, and what needs an exchange's calendar is unknown."
        inputs = tuple(name for frame in weekly for name in _DAILY[frame])
        yield Finding("warned", weekly[0], "frequency", what, "give daily rows for the danger state", inputs)


def _late(data: BySession) -> Iterator[Finding]:
    """Inputs whose last row is before the last session."""
    timetable = data.timetable
    complete = all_cover(data)
    for frame, name, days in _given(data.desk):
        counted_in = timetable.carried(days)
        last = days[counted_in >= 0].max(initial=days[0]).item()
        behind = between(timetable.home, last, timetable.as_of)
        if behind and not _is_seldom_squeeze(frame, days):
            what = (
                f"{frame} end on {day(last)}, {counted(behind, 'week' if timetable.weekly else 'session')} before {day(timetable.as_of)}."
            )
            inputs = (AMERICA, WORLD) if frame == "flows" else (name,)
            remedy = f"bring them up to date, or answer for the last session that all inputs cover: --as-of {complete}"
            yield Finding("warned", frame, "late", what, remedy, inputs)


def _is_seldom_squeeze(frame: str, days: Days) -> bool:
    """Whether squeeze factors come every other week, as short interest does, so that the last row is never today's."""
    return frame == "squeeze" and (days.size < 2 or float(np.median(np.diff(days).astype(np.int64))) > 4)


def _holes(desk: DeskData, timetable: Timetable) -> Iterator[Finding]:
    """Sessions between an input's first row and its last without any row of it."""
    if timetable.weekly:
        return
    for frame, _, days in _given(desk):
        if frame not in _DAILY or is_weekly(days):
            continue
        scheduled = timetable.home[(timetable.home > days[0]) & (timetable.home < days[-1]) & timetable.covered]
        lacking = scheduled[~np.isin(scheduled, days)]
        if lacking.size:
            recent = lacking[-1] >= timetable.home[-WINDOW:][0]
            inputs = _DAILY[frame] if recent else ()
            what = f"{frame} have no {'row' if frame == 'flows' else 'value'} on {latest(lacking)}: streaks over it are unknown."
            yield Finding("warned", frame, "hole", what, "add these sessions to the file", inputs)


def _flows(data: BySession) -> Iterator[Finding]:
    yield from _legs(data)
    yield from absences(data.flows.attendance)
    yield from _part(data.flows.attendance)
    if "is_final" in data.desk.flows:
        yield from _preliminary(data.desk, data.timetable)


def _legs(data: BySession) -> Iterator[Finding]:
    """Legs that have no value at all; else rows without a net flow among the sessions behind the answers."""
    flows, attendance = data.desk.flows, data.flows.attendance
    lacking = [leg for leg in LEGS if flows[leg].isna().all()]
    if lacking and "net" not in flows:
        what = f"{listed(lacking)} have no value in any row, so net flows are unknown."
        remedy = 'where the file has net flows instead of the four legs: give that column under its name net ([flows.columns] net = "…")'
        yield Finding("warned", "flows", "absent", what, remedy, (AMERICA, WORLD))
        return
    recent = attendance.row_session >= max(0, data.timetable.home.size - WINDOW)
    blank = np.flatnonzero(np.isnan(data.flows.net) & recent)
    if blank.size:
        entries = np.unique(attendance.row_entry[blank]).tolist()
        last = day(data.timetable.home[attendance.row_session[blank].max()])
        where = f"{last} ({listed(few(names_of(attendance, entries)))})"
        regions = [attendance.names[entry][0] for entry in entries]
        rows = counted(int(blank.size), "row")
        what = f"{rows} of the flows have a blank leg, the last on {where}: what they belong to is unknown there."
        remedy = "fill them in: a blank is missing, and a 0 is a session without that trade"
        yield Finding("warned", "flows", "absent", what, remedy, touched(regions))


def _part(found: Attendance) -> Iterator[Finding]:
    regions = found.regions
    if not 0 < len(regions) < len(REGIONS):
        return
    alone = len(regions) == 1
    so = "nothing global is answered" if alone else f"what is called the total is of {'both' if len(regions) == 2 else 'these'}"
    what = f"flows name {len(regions)} of {len(REGIONS)} regions ({listed(list(regions))}): {so}."
    yield Finding("warned", "flows", "part", what, "add the rows of the other regions", (WORLD,) if alone else ())


def _preliminary(desk: DeskData, timetable: Timetable) -> Iterator[Finding]:
    rows = desk.flows[(desk.flows["is_final"] == False).fillna(False)]  # noqa: E712 (a column, in which nothing may be known)
    days = days_of(rows)
    days = days[days <= timetable.home[-1]]
    if days.size:
        what = f"flows of {span(days)} are preliminary ({counted(len(rows), 'row')})."
        yield Finding("warned", "flows", "preliminary", what, "run it again when the final rows are in")


def _sizes(data: BySession) -> Iterator[Finding]:
    if len(data.desk.flows):
        columns = ["net"] if "net" in data.desk.flows else list(LEGS)
        yield from jumps("flows", data.timetable.home, {name: data.totals[name].to_numpy() for name in columns}, "scale = 1000")
    if len(data.desk.spreads):
        days = data.spreads.index.to_numpy().astype("datetime64[D]")
        yield from jumps("spreads", days, {"spread_bp": data.spreads["spread_bp"].to_numpy()}, 'unit = "percent"', _LEAST_SPREAD)


def _events(desk: DeskData, timetable: Timetable) -> Iterator[Finding]:
    last = last_event(desk, timetable.as_of)
    if last is None or (timetable.as_of - last).days > LONGEST_SINCE_EVENT:
        known = f"the last event is {day(last)}, more than {LONGEST_SINCE_EVENT} days before" if last else "there is no event on or before"
        what = f"{known} {day(timetable.as_of)}: the change since the event is unknown."
        yield Finding("warned", "events", "events", what, "add the later announcements to the events file", (EVENTS,))


def last_event(desk: DeskData, as_of: dt.date) -> dt.date | None:
    """The last event on or before a day, of the desk's own table or of the Federal Reserve's announcements."""
    return max((event for event in event_days(desk) if event <= as_of), default=None)


def event_days(desk: DeskData) -> tuple[dt.date, ...]:
    """The days of the desk's events; without a table of its own, the announcements of the Federal Reserve."""
    from xlsig.frames.calendar import fomc_dates

    if desk.events is None:
        return fomc_dates()
    return tuple(days_of(desk.events).tolist())


def all_cover(data: BySession) -> dt.date:
    """The last session that all inputs cover."""
    timetable = data.timetable
    lasts = [days[timetable.rows(days) >= 0][-1:] for frame, _, days in _given(data.desk) if not _is_seldom_squeeze(frame, days)]
    last = np.concatenate([timetable.home[-1:], *lasts]).min()
    covered = timetable.home <= last
    if len(data.desk.flows):
        covered &= ~data.flows.attendance.missing.any(axis=1)
    found: dt.date = timetable.home[covered][-1].item() if covered.any() else last.item()
    return found
