"""Columns of names: the words of a file as codes, what each means here, and what to write for those that are not known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlsig.frames import readings, remedies, taxonomy
from xlsig.frames.readings import CellError, Reading

IGNORE = "ignore"
"""What a desk writes for a name whose rows are to be left out."""

FIELDS = taxonomy.FIELDS
"""The columns whose names are known ones."""

CANONICAL: Mapping[str, tuple[str, ...]] = {
    "region": taxonomy.REGIONS,
    "sector": (*taxonomy.SECTORS, taxonomy.INDEX),
    "product": taxonomy.PRODUCTS,
}
"""The names that there are."""

_TOTALS = ("total", "all", "world", "global", "sum", "aggregate", "subtotal", "overall")
_HINTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "region": {
        "North America": ("us", "usa", "united states", "america", "americas", "canada", "nam", "n america"),
        "Europe": ("euro", "european", "eurozone", "emu", "uk", "germany", "france", "switzerland", "western"),
        "Developed Asia": ("japan", "australia", "pacific", "singapore", "hong kong", "apac", "dev asia"),
        "Emerging Asia": ("china", "india", "korea", "taiwan", "asia", "asean"),
        "EMEA": ("africa", "middle east", "turkey", "saudi", "cee", "mea"),
        "Latin America": ("latin", "brazil", "mexico", "south america", "lat am"),
    },
    "sector": {
        "Energy": ("oil", "gas", "energy"),
        "Materials": ("basic", "material", "chemicals", "mining"),
        "Industrials": ("industrial", "capital", "transport", "aerospace", "producer"),
        "Consumer Discretionary": ("cyclical", "discretionary", "retail", "discr", "disc", "autos"),
        "Consumer Staples": ("defensive", "staples", "staple", "non cyclical", "food"),
        "Health Care": ("health", "pharma", "biotech", "healthcare"),
        "Financials": ("financial", "financials", "banks", "bank", "insurance", "finance"),
        "Information Technology": ("technology", "tech", "software", "semiconductors", "info"),
        "Communication Services": ("communication", "communications", "telecom", "telecommunications", "telecoms", "media", "comm"),
        "Utilities": ("utility", "utilities", "util"),
        "Real Estate": ("property", "reit", "reits", "estate"),
        "Index": ("macro", "etf", "index", "broad", "none", "unclassified"),
    },
    "product": {
        taxonomy.MACRO: ("etf", "etfs", "future", "futures", "index", "option", "options", "swap", "swaps", "basket", "macro", "delta"),
        taxonomy.SINGLE: ("single", "stock", "stocks", "share", "shares", "equity", "equities", "cash", "names", "adr", "adrs", "ss"),
    },
}
"""Words that others use: only to propose lines to paste, never to read by."""


@dataclass(frozen=True)
class Words:
    """A column of words: for each row the number of its word (−1 where there is none), the words of the file, and what each means."""

    codes: NDArray[np.int64]
    words: tuple[str, ...]
    meant: tuple[str, ...]

    def by_meaning(self) -> tuple[NDArray[np.int64], list[str]]:
        """The same rows by what the words mean."""
        meanings = list(dict.fromkeys(self.meant))
        numbers = {meaning: number for number, meaning in enumerate(meanings)}
        to = np.array([*(numbers[meaning] for meaning in self.meant), -1], dtype=np.int64)
        return to[self.codes], meanings


def spoken(cell: Any, field: str) -> str:
    """The name in a cell. A sector may be the number of its GICS code."""
    if field == "sector" and not isinstance(cell, str | bool):
        number = readings.whole(cell)
        if number is not None:
            return str(number)
    return readings.words(cell)


def mapped(name: str, field: str, values: Mapping[str, Mapping[str, str]]) -> str:
    """The name that the desk has declared for one of its file; the name itself where it declared none."""
    if field not in values:
        return name
    return {taxonomy.key(theirs): ours for theirs, ours in values[field].items()}.get(taxonomy.key(name), name)


def meaning(name: str, field: str) -> str | None:
    """What a name means; a product that divides another further is known and keeps its own word."""
    canonical = taxonomy.canonical(name, field)
    return name if field == "product" and canonical is not None else canonical


def ignored(cell: Any, field: str, reading: Reading, values: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether the rows of a name are declared to be left out."""
    try:
        name = "" if readings.has_no_value(cell, reading.missing) else spoken(cell, field)
    except CellError:
        return False
    return mapped(name, field, values) == IGNORE


def nearest(name: str, field: str, present: Collection[str] = ()) -> list[str]:
    """The known names most like one that is not known, best first; "ignore" for what is a total.

    A name whose nearest is `present` beside it, and not merely misspelt, may be a part or a sum of it: "ignore" comes first.
    """
    words = "".join(sign if sign.isalnum() else " " for sign in name.casefold()).split()
    said = f" {' '.join(words)} "
    hinted = {known: [hint for hint in hints if f" {hint} " in said] for known, hints in _HINTS[field].items()}
    known = {alias: canonical for alias, canonical in taxonomy.spellings(field).items() if len(alias) > 3}
    alike = [known[alias] for alias in remedies.nearest(name, known, cutoff=0.75)]
    found = [IGNORE] if set(words) & set(_TOTALS) else []
    found += sorted(
        (known for known, hints in hinted.items() if hints), key=lambda known: -max(len(hint.split()) for hint in hinted[known])
    )
    found += alike
    if found and found[0] in present and found[0] not in alike:
        found.insert(0, IGNORE)
    return list(dict.fromkeys(found))[:3]


def pasted(name: str, field: str, to: Iterable[str]) -> str:
    """The lines that map a name of the file to the first of these, the others beside it."""
    first, *others = (*to, IGNORE)
    or_else = [f"or {remedies.literal(other)}" for other in dict.fromkeys(others) if other != first]
    lines = remedies.lines(f"flows.values.{field}", {name: first})
    return f"{lines}  # {', '.join(or_else)}" if or_else else lines


def refusal(name: str, field: str, count: int, present: Collection[str]) -> tuple[str, str]:
    """The sentence about an unknown name in a file that has those present, too, and the lines to paste."""
    near = nearest(name, field, present)
    shown = [known for known in near if known != IGNORE] or list(CANONICAL[field])
    nearest_are = "the nearest known is" if len(shown) == 1 else "the nearest known are" if near else "known are"
    rows = f" in {count:,} rows, of which this is the first" if count > 1 else ""
    if near == [IGNORE]:
        return f"an unknown {field}{rows}; it seems to be a total of others, whose rows are left out", pasted(name, field, near)
    return f"an unknown {field}{rows}; {nearest_are} {', '.join(shown)}", pasted(name, field, near)


def own_words(words: Sequence[str]) -> list[str]:
    """Products under canonical names; but where several words of the file mean one product, each keeps its (first) own spelling."""
    spelled: dict[str, dict[str, str]] = {}
    for name in words:
        spelled.setdefault(taxonomy.product(name) or name, {}).setdefault(taxonomy.key(name), name)

    def own(name: str) -> str:
        canonical = taxonomy.product(name) or name
        known = spelled[canonical]
        return canonical if len(known) == 1 else known[taxonomy.key(name)]

    return [own(name) for name in words]
