"""Rows that cannot stand beside others: the same key twice, dates out of order, a date far from all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xlsig.frames.desk import Declared
from xlsig.frames.faults import Faults, of_rows
from xlsig.frames.names import FIELDS, Words
from xlsig.frames.parsed import Bools, Ints, Parsed, key_of

_MOST_GAP = 30
"""Sessions (weekdays) to the nearest other date, beyond which a date is a lone one."""
_MOST_LONE = 3
_LEAST_BESIDE = 4
"""A file with more lone dates, or fewer others for each of them, has dates that lie far apart, not a mistyped one."""


def refuse_disorder(parsed: Parsed, faults: Faults) -> None:
    """Refuse dates that are before one that they must follow."""
    for first, second, strictly in parsed.frame.later:
        if first not in parsed.columns or second not in parsed.columns:
            continue
        early, late = parsed.columns[first], parsed.columns[second]
        wrong = np.flatnonzero((late < early) | (strictly & (late == early)))
        if len(wrong):
            at, wanted = int(wrong[0]), "after" if strictly else "on or after"
            message = f"{second} must be {wanted} {first} ({early[at]}){of_rows(len(wrong))}"
            faults.add(message, int(parsed.lines[at]), parsed.headings[second], str(late[at]))


def refuse_duplicates(parsed: Parsed, faults: Faults) -> None:
    """Refuse keys that occur twice."""
    import pandas as pd

    twice = np.zeros(len(parsed), dtype=bool)
    for columns in parsed.frame.keys:
        if not set(columns) <= set(parsed.columns):
            continue
        key, known = key_of(parsed, columns)
        known &= ~twice
        if _are_different(key, known):
            continue
        again: Bools = np.zeros(len(parsed), dtype=bool)
        again[known] = pd.Series(key[known]).duplicated().to_numpy()
        if again.any():
            at = int(np.flatnonzero(again)[0])
            before = int(np.flatnonzero(known & (key == key[at]))[0])
            message = f"the same key as row {parsed.lines[before]}{of_rows(int(again.sum()))}"
            shown = ", ".join(parsed.shown(name, at) for name in columns)
            named = ", ".join(parsed.headings.get(name, name) for name in columns)
            faults.add(message, int(parsed.lines[at]), named, shown, code="duplicate")
            twice |= again


def _are_different(key: Ints, known: Bools) -> bool:
    """Whether no key occurs twice, where counting them is quick: they are close together, or rise."""
    if not known.all():
        return False
    if int(key.max(initial=0)) < 8 * len(key) + 1_000_000:
        return int(np.bincount(key).max(initial=0)) <= 1
    return bool((key[1:] > key[:-1]).all())


def summed(parsed: Parsed, declared: Declared) -> Parsed:
    """The rows of names that a desk has declared to mean the same, added up: their legs, market values and nets; final if all are."""
    fields = [name for name in FIELDS if isinstance(parsed.columns.get(name), Words) and name in declared.values]
    if not any(len(set(parsed.columns[name].meant)) < len(parsed.columns[name].meant) for name in fields):
        return parsed
    own = replace(parsed, columns={name: _unmapped(values, name in fields) for name, values in parsed.columns.items()})
    columns = parsed.frame.keys[-1]
    (key, known), (theirs, _) = key_of(parsed, columns), key_of(own, columns)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    if not known.all() or len(np.unique(theirs)) < len(theirs) or len(first) == len(key):
        return parsed
    added = {name: _added(parsed.columns[name], group, len(first)) for name in parsed.columns if _is_number(parsed.columns[name])}
    if "is_final" in parsed.columns:
        added["is_final"] = _all_final(parsed.columns["is_final"], group, len(first))
    kept = parsed.rows(first)
    return replace(kept, columns={**kept.columns, **added})


def _unmapped(values: Any, is_mapped: bool) -> Any:
    return replace(values, meant=values.words) if is_mapped and isinstance(values, Words) else values


def _is_number(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype == np.float64


def _added(values: Any, group: Ints, groups: int) -> Any:
    total = np.zeros(groups)
    np.add.at(total, group, values)
    return total


def _all_final(values: Any, group: Ints, groups: int) -> Any:
    final: list[bool | None] = [True] * groups
    for number, value in zip(group.tolist(), values, strict=True):
        final[number] = False if value is False or final[number] is False else None if value is None else final[number]
    return np.array(final, dtype=object)


def refuse_lone_dates(parsed: Parsed, faults: Faults) -> None:
    """Refuse a date that is more than 30 sessions from every other: mistyped, rather than the day of anything."""
    days = np.unique(parsed.columns["date"])
    days = days[~np.isnat(days)]
    if parsed.frame.sparse or len(days) < 2:
        return
    gaps = np.busday_count(days[:-1], days[1:])
    most = np.iinfo(np.int64).max
    alone = np.minimum(np.r_[most, gaps], np.r_[gaps, most]) > _MOST_GAP
    lone = days[alone]
    if not 0 < len(lone) <= _MOST_LONE or len(lone) * _LEAST_BESIDE > len(days) - len(lone):
        return
    for day in lone:
        rows = np.flatnonzero(parsed.columns["date"] == day)
        other = days[~alone]
        nearest = other[np.abs(other - day).argmin()]
        message = (
            f"this date is more than {_MOST_GAP} sessions from every other (the nearest is {nearest}); correct it, or leave its rows out"
        )
        heading, row = parsed.headings["date"], int(parsed.lines[rows[0]])
        remedy = faults.settings(ignore_dates=[day.astype(object)])
        faults.add(message + of_rows(len(rows)), row, heading, str(day), "lone_date", remedy)


def by_their_dates(parsed: Parsed) -> Parsed:
    """Pairs of futures under one name each: a pair that the file names in several ways is called by its dates."""
    words = parsed.columns.get("contract")
    if not isinstance(words, Words) or "start" not in parsed.columns or len(words.meant) == 1:
        return parsed
    pair, _ = key_of(parsed, ("start", "end"))
    several = _many(pair, parsed.codes("contract"))
    if not several.any():
        return parsed
    start, end = parsed.columns["start"], parsed.columns["end"]
    called = [f"{start[at]}/{end[at]}" if several[at] else words.meant[code] for at, code in enumerate(words.codes.tolist())]
    return replace(parsed, columns={**parsed.columns, "contract": words_of(called)})


def _many(group: Ints, codes: Ints) -> Bools:
    """For each row whether its group has rows of more than one code."""
    _, number = np.unique(group, return_inverse=True)
    lowest = np.full(int(number.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    highest = np.full(len(lowest), -1)
    np.minimum.at(lowest, number, codes)
    np.maximum.at(highest, number, codes)
    different: Bools = (lowest != highest)[number]
    return different


def words_of(called: Sequence[str | None]) -> Words:
    """A column of words from one for each row."""
    numbers: dict[str, int] = {}
    codes = np.array([-1 if word is None else numbers.setdefault(word, len(numbers)) for word in called], dtype=np.int64)
    return Words(codes, tuple(numbers), tuple(numbers))


def tenor(parsed: Parsed, days: int | None, faults: Faults) -> Parsed:
    """Spreads of one constant maturity: of each date the one of that many days that starts first, under one label, from its date on."""
    if days is None:
        return parsed
    date = parsed.columns["date"]
    if "start" in parsed.columns and "end" in parsed.columns:
        start, end = parsed.columns["start"], parsed.columns["end"]
        fits = (np.abs((end - start).astype(np.int64) - days) <= 7) & (start >= date)
        if not fits.any():
            faults.add(f"no spread of the file begins on its date or later and runs {days} days; correct tenor", column="start, end")
            return parsed
        wanted = parsed.rows(fits)
        first = _first_of(wanted.columns["date"], wanted.columns["start"])
        parsed = wanted.rows(first)
        date = parsed.columns["date"]
    label = np.zeros(len(parsed), dtype=np.int64), (f"{days} days",), (f"{days} days",)
    found: Mapping[str, Any] = {"contract": Words(*label), "start": date, "end": date + np.timedelta64(days, "D")}
    return replace(parsed, columns={**parsed.columns, **found}, headings={**{name: name for name in found}, **parsed.headings})


def _first_of(date: Any, start: Any) -> Bools:
    """Which rows have the earliest start of their date."""
    _, number = np.unique(date, return_inverse=True)
    earliest = np.full(int(number.max(initial=-1)) + 1, np.datetime64("9999-12-31"))
    np.minimum.at(earliest, number, start)
    is_first: Bools = start == earliest[number]
    return is_first
