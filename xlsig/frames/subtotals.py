"""Products and sectors of a file that are the sum of others in it: counted, they would count twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from xlsig.frames import names, remedies, taxonomy
from xlsig.frames.faults import Faults
from xlsig.frames.names import Words
from xlsig.frames.parsed import Ints, Parsed

_DAYS = 0.95
"""The share of days on which a name must equal the sum."""
_LEAST_EQUAL = 8
"""How many sums that are not 0 must be equal at least: two days with four legs, or eight of one net."""
_SAMPLE, _IN_SAMPLE = 24, 0.75
"""On how many days all pairs are looked at, and the share that must be equal, before one is looked at on every day."""
_MOST_NAMES = 60
_MOST_DECIMALS = 6
_MEASURES = ("long_buys", "long_sells", "short_sales", "short_covers", "net")

Sums = NDArray[np.float64]
"""Days × names × measures."""


def refuse_subtotals(parsed: Parsed, faults: Faults) -> None:
    """Refuse products, then sectors, that are the sum of others: over all regions, or within one sector or product."""
    if not {"sector", "product"} <= set(parsed.columns):
        return
    measures = [name for name in _MEASURES if name in parsed.columns and not np.isnan(parsed.columns[name]).all()]
    if not measures or not len(parsed):
        return
    values = np.column_stack([parsed.columns[name] for name in measures])
    half = _half_a_unit(values)
    for field, other in (("product", "sector"), ("sector", "product")):
        for within, sums, words in _tables(parsed, field, other, values):
            found = _subtotal(sums, words, field, half)
            if found is not None:
                _refuse(parsed, faults, field, words[found[0]], [words[part] for part in found[1]], within)
                return


def _tables(parsed: Parsed, field: str, other: str, values: Sums) -> Iterator[tuple[str, Sums, tuple[str, ...]]]:
    """The sums of each day and name of the file, over everything, then within each name of the other field."""
    columns: dict[str, Words] = {"field": parsed.columns[field], "other": parsed.columns[other]}
    day = parsed.codes("date")
    words = columns["field"].words
    if not 2 <= len(words) <= _MOST_NAMES:
        return
    inside, insides = columns["other"].by_meaning()
    yield "", _summed(day, columns["field"].codes, len(words), values), words
    if len(insides) < 2:
        return
    for number, name in enumerate(insides):
        rows = np.flatnonzero(inside == number)
        codes = columns["field"].codes[rows]
        present = np.unique(codes)
        if len(present) >= 2:
            within = _summed(day[rows], np.searchsorted(present, codes), len(present), values[rows])
            yield name, within, tuple(words[code] for code in present)


def _summed(day: Ints, codes: Ints, count: int, values: Sums) -> Sums:
    days = int(day.max(initial=-1)) + 1
    cell = day * count + codes
    filled = [np.bincount(cell, weights=values[:, at], minlength=days * count) for at in range(values.shape[1])]
    table: Sums = np.stack(filled, axis=-1).astype(np.float64).reshape(days, count, values.shape[1])
    return table[np.bincount(day, minlength=days) > 0]


def _half_a_unit(values: Sums) -> float:
    """Half a unit of the last digit that the numbers show; 0 where they show more than six decimals."""
    known = values[:: max(1, len(values) // 5000)]
    known = known[np.isfinite(known)]
    for decimals in range(_MOST_DECIMALS + 1):
        shifted = known * 10**decimals
        if np.all(np.abs(shifted - np.round(shifted)) <= 1e-9 * np.maximum(1.0, np.abs(shifted))):
            return float(0.5 / 10**decimals)
    return 0.0


def _subtotal(sums: Sums, words: tuple[str, ...], field: str, half: float) -> tuple[int, tuple[int, ...]] | None:
    """A name and the others whose sum it is, if there is one."""
    days = np.flatnonzero(np.nan_to_num(sums).any(axis=(1, 2)))
    if not len(days):
        return None
    known = sums[days]
    sample = known[np.unique(np.linspace(0, len(known) - 1, min(len(known), _SAMPLE)).astype(int))]
    for whole, parts in _candidates(sample, words, field, half):
        if _equal(known, whole, parts, half, _DAYS, _LEAST_EQUAL):
            return whole, parts
    return None


def _candidates(sample: Sums, words: tuple[str, ...], field: str, half: float) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Names that are the sum of others on the days looked at first: of the taxonomy's children, of all others, of a pair."""
    count = len(words)
    for whole in range(count):
        children = _children(whole, words, field)
        if children and _equal(sample, whole, children, half, _IN_SAMPLE):
            yield whole, children
    if count < 3:
        return
    for whole in range(count):
        others = tuple(part for part in range(count) if part != whole)
        if _equal(sample, whole, others, half, _IN_SAMPLE):
            yield whole, others
    first, second = np.array(list(itertools.combinations(range(count), 2))).T
    for whole in range(count):
        close = _close(sample[:, first] + sample[:, second], sample[:, [whole]], half)
        for pair in np.flatnonzero(close.all(axis=-1).mean(axis=0) >= _IN_SAMPLE):
            parts = (int(first[pair]), int(second[pair]))
            if whole not in parts and _equal(sample, whole, parts, half, _IN_SAMPLE):
                yield whole, parts


def _children(whole: int, words: tuple[str, ...], field: str) -> tuple[int, ...]:
    """The names that the taxonomy has below a name that stands for all of them."""
    if field != "product":
        return ()
    canonical = taxonomy.product(words[whole])
    if taxonomy.key(words[whole]) not in _WHOLES:
        return ()
    return tuple(at for at, word in enumerate(words) if at != whole and taxonomy.product(word) == canonical)


_WHOLES = frozenset(
    taxonomy.key(word)
    for word in (*taxonomy.PRODUCTS, "Macro", "Macro product", "Index products", "Index product", "Single stock", "Single names", "Stocks")
)
"""The product names that can stand for all of their kind."""


def _close(sums: Sums, known: Sums, half: float) -> NDArray[np.bool_]:
    """Where a sum equals a value; where either is unknown nothing says that it does not."""
    size = np.maximum(np.abs(sums), np.abs(known))
    close: NDArray[np.bool_] = ~(np.abs(sums - known) > np.maximum(1e-6 * size, half * (1 + 1e-6)))
    return close


def _equal(sums: Sums, whole: int, parts: tuple[int, ...], half: float, share: float, least: int = 1) -> bool:
    """Whether a name is the sum of the parts on nearly all days, and often enough to be no accident: no part being 0 throughout."""
    value, added = sums[:, whole], sums[:, list(parts)].sum(axis=1)
    counted = ~np.isnan(value) & ~np.isnan(added) & ((value != 0) | (added != 0))
    days = counted.any(axis=1)
    close = _close(added, value, half)
    if not days.any() or close[days].all(axis=1).mean() < share:
        return False
    moving = all(np.nan_to_num(sums[:, part]).any() for part in parts)
    return moving and int((counted & close).sum()) >= least


def _refuse(parsed: Parsed, faults: Faults, field: str, whole: str, parts: list[str], within: str) -> None:
    words: Words = parsed.columns[field]
    at = int(np.flatnonzero(words.codes == words.words.index(whole))[0])
    place = f" within {within}" if within else ""
    shown = ", ".join(parts[:6]) + (f" and {len(parts) - 6} more" if len(parts) > 6 else "")
    message = f"this {field} is the sum of others in the file{place} ({shown}), so its flows would count twice; leave it or them out"
    remedy = remedies.lines(f"flows.values.{field}", {whole: names.IGNORE})
    faults.add(message, int(parsed.lines[at]), parsed.headings[field], whole, "subtotal", remedy)
