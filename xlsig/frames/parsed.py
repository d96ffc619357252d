"""A file's columns as arrays, whoever read them: what all later checks and the frame itself are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xlsig.frames import names, taxonomy
from xlsig.frames.columns import Frame
from xlsig.frames.names import Words

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Parsed:
    """The rows of a file in its order, typed: dates (datetime64[D], NaT where unknown), numbers (NaN), flags and words.

    `lines` are their rows in the file, `headings` what it calls our columns.
    """

    frame: Frame
    file: str
    lines: Ints
    headings: Mapping[str, str]
    columns: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.lines)

    def codes(self, name: str) -> Ints:
        """A column as numbers that are equal where its values are the same (a product's by its own word), −1 where there is none."""
        values = self.columns[name]
        if isinstance(values, Words):
            meant = [taxonomy.key(word) for word in values.meant] if name in ("product", "contract") else list(values.meant)
            codes, _ = Words(values.codes, values.words, tuple(meant)).by_meaning()
            return codes
        days = values.astype("datetime64[D]")
        known = ~np.isnat(days)
        first = days[known].min() if known.any() else np.datetime64(0, "D")
        return np.where(known, (days - first).astype(np.int64), -1)

    def shown(self, name: str, at: int) -> str:
        """A value as text."""
        values = self.columns[name]
        if isinstance(values, Words):
            code = int(values.codes[at])
            return (values.words if name in ("product", "contract") else values.meant)[code]
        return str(values[at])

    def rows(self, kept: Any) -> Parsed:
        """Some of the rows, by a mask or by their numbers."""

        def taken(values: Any) -> Any:
            return replace(values, codes=values.codes[kept]) if isinstance(values, Words) else values[kept]

        return replace(self, lines=self.lines[kept], columns={name: taken(values) for name, values in self.columns.items()})


def key_of(parsed: Parsed, columns: tuple[str, ...]) -> tuple[Ints, Bools]:
    """One number for each combination of values in these columns, and where all of them are known."""
    key, known = np.zeros(len(parsed), dtype=np.int64), np.ones(len(parsed), dtype=bool)
    for name in columns:
        codes = parsed.codes(name)
        known &= codes >= 0
        key = _together(key, np.maximum(codes, 0))
    return key, known


def framed(parsed: Parsed) -> pd.DataFrame:
    """The frame that the rows make: in its column order, sorted by its (last) key."""
    import pandas as pd

    ranks = [_ranks(parsed, name) for name in parsed.frame.keys[-1]]
    key = ranks[0]
    for rank in ranks[1:]:
        key = _together(key, rank)
    order = slice(None) if (key[1:] >= key[:-1]).all() else np.argsort(key, kind="stable")
    typed: dict[str, Any] = {}
    for column in parsed.frame.columns:
        if column.name not in parsed.columns:
            continue
        values = parsed.columns[column.name]
        if isinstance(values, Words):
            typed[column.name] = _text(values, values.codes[order], own=column.kind == "product")
        elif column.kind == "date":
            typed[column.name] = values[order].astype("datetime64[ns]")
        else:
            typed[column.name] = pd.array(values[order], dtype="boolean") if column.kind == "flag" else values[order]
    return pd.DataFrame(typed, copy=False)


def _ranks(parsed: Parsed, name: str) -> Ints:
    """A column as whole numbers from 0 in the order of its values."""
    values = parsed.columns[name]
    if not isinstance(values, Words):
        days = values.astype("datetime64[D]").astype(np.int64)
        return np.asarray(days - days.min(initial=np.iinfo(np.int64).max), dtype=np.int64)
    canonical = {known: rank for rank, known in enumerate(names.CANONICAL.get(name, ()))} if name != "product" else {}
    called = names.own_words(values.meant) if name == "product" else values.meant
    ordered = {word: rank for rank, word in enumerate(sorted(set(called)))}
    return np.array([canonical.get(word, ordered[word]) for word in called] or [0], dtype=np.int64)[values.codes]


def _together(key: Ints, rank: Ints) -> Ints:
    """The numbers of pairs, in the order of the first and then of the second."""
    different = int(rank.max(initial=0)) + 1
    if int(key.max(initial=0)) >= 2**62 // different:
        key = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return key * different + rank


def _text(values: Words, codes: Ints, own: bool) -> Any:
    """The words of the codes."""
    import pandas as pd

    called: list[str | None] = [*(names.own_words(values.meant) if own else values.meant)]
    if (codes < 0).any():
        called.append(None)
    return pd.Series(called).array.take(codes)
