"""Which column of a file is which of a frame: by its heading, as it is mapped, or by the shape that is declared."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from xlsig.frames import remedies
from xlsig.frames.columns import Column, Frame
from xlsig.frames.desk import Declared, Raw
from xlsig.frames.faults import Faults
from xlsig.frames.readings import has_no_value

_ALSO: Mapping[str, tuple[str, ...]] = {
    "date": ("trade date", "business date", "asof", "as of", "day", "datum", "session", "observation date"),
    "close": ("px last", "last price", "price", "last", "settle", "value", "adj close", "closing price"),
    "sector": ("gics sector", "gics", "industry"),
    "region": ("area", "market"),
    "product": ("instrument", "product type", "asset", "asset type"),
    "long_buys": ("buys", "buy", "bought", "long buy", "buy long"),
    "long_sells": ("sells", "sell", "sold", "long sell", "sell long", "long sales"),
    "short_sales": ("shorts", "short sells", "sold short", "sell short", "short sell", "shorting"),
    "short_covers": ("covers", "covered", "short cover", "buy to cover", "covering", "short covering"),
    "net": ("net flow", "net flows", "flow", "net notional", "net bought"),
    "spread_bp": ("spread", "spread (bp)", "bp", "financing spread", "px last"),
    "contract": ("pair", "roll", "future", "ticker", "name"),
    "start": ("start date", "near expiry", "from", "near"),
    "end": ("end date", "far expiry", "to", "far"),
    "expiry": ("expiry date", "expiration", "maturity", "last trade date"),
    "spot": ("index", "index level", "px last"),
    "future": ("futures price", "settlement", "settle", "px settle"),
    "dividends": ("dividend points", "div points", "dividend"),
    "rate": ("ois", "sofr", "benchmark", "interest rate"),
}
"""Headings that others give our columns: only to propose lines to paste, never to read by."""
_LIKE = 0.6

SUPPOSED: Mapping[str, str] = {"region": "North America", "sector": "Index", "product": "Single stocks"}
"""What is proposed for names that a file does not say because all of its rows have the same."""


def name_of(header: str) -> str:
    """A heading as it is compared: case, hyphens, underscores and blanks do not matter."""
    return "_".join(header.replace("-", " ").replace("_", " ").split()).casefold()


def wanted(frame: Frame, declared: Declared) -> list[Column]:
    """The columns that a file must have."""
    spare = {*declared.constants, *(("contract", "start", "end") if declared.tenor else ())}
    return [column for column in frame.columns if not column.optional and column.name not in spare]


def lacking(frame: Frame, declared: Declared, header: Sequence[str]) -> list[Column]:
    """The columns that a header lacks; what stands in the place of others, such as one net column for four legs, makes up for them."""
    theirs = {name_of(heading) for heading in header}
    instead, replaced = frame.instead
    made_up = replaced if name_of(declared.columns.get(instead, instead or "-")) in theirs else ()
    needed = [column for column in wanted(frame, declared) if column.name not in made_up]
    return [column for column in needed if name_of(declared.columns.get(column.name, column.name)) not in theirs]


def places(frame: Frame, raw: Raw, declared: Declared, faults: Faults) -> dict[str, int]:
    """Where each of our columns stands in the file; a header that leaves one missing, unknown or twice is a problem."""
    ignored = {name_of(header) for header in declared.ignore}
    theirs = {name_of(header): at for at, header in reversed(list(enumerate(raw.header)))}
    named = {column.name: name_of(declared.columns.get(column.name, column.name)) for column in frame.columns}
    found = {ours: theirs[header] for ours, header in named.items() if header in theirs and header not in ignored}
    row = _header_row(declared)
    for ours in declared.columns:
        if frame.column(ours) is None:
            known = [column.name for column in frame.columns]
            message = f"the configuration maps a column that {frame.name} does not have ({', '.join(known)})"
            faults.add(message + remedies.did_you_mean(ours, known), row, ours)
    for at, header in enumerate(raw.header):
        if theirs[name_of(header)] != at and not _is_blank(raw, at):
            faults.add("two columns have this name", row, header)
    _refuse_both(frame, declared, raw, found, faults)
    placed = {*found.values(), *(at for header, at in theirs.items() if header in ignored)}
    unknown = [at for at in theirs.values() if at not in placed and not _is_blank(raw, at)]
    unknown.sort()
    meant = _refuse_missing(frame, declared, raw, [raw.header[at] for at in unknown], faults)
    others = unknown if meant is None else [at for at in unknown if raw.header[at] not in meant]
    if others:
        _refuse_unknown(frame, raw, others, faults, row, may_be_ignored=meant is not None)
    return found


def _header_row(declared: Declared) -> int:
    return declared.header_row or 1


def _is_blank(raw: Raw, at: int) -> bool:
    """Whether a column has neither heading nor cells, as behind a mark at the end of each line."""
    return not raw.header[at] and all(has_no_value(cell) for cell in raw.columns[at])


def _refuse_both(frame: Frame, declared: Declared, raw: Raw, found: Mapping[str, int], faults: Faults) -> None:
    instead, replaced = frame.instead
    beside = [raw.header[found[name]] for name in replaced if name in found]
    if instead in found and beside:
        net = raw.header[found[instead]]
        message = f"the file has {net!r} and {', '.join(map(repr, beside))}, which say the same thing twice; list {net!r} under ignore"
        faults.add(message, _header_row(declared), net, remedy=faults.settings(ignore=[net]))


def _refuse_missing(frame: Frame, declared: Declared, raw: Raw, unknown: list[str], faults: Faults) -> frozenset[str] | None:
    """The problem of columns that are not there; which of the unknown headings may be meant by them, None where that is in doubt."""
    ignored = {name_of(header) for header in declared.ignore}
    missing = lacking(frame, declared, [header for header in raw.header if name_of(header) not in ignored])
    if not missing:
        return frozenset()
    mapped = [f"{column.name} (mapped to {declared.columns[column.name]!r})" for column in missing if column.name in declared.columns]
    told = f" {', '.join(mapped)}" if mapped else ""
    number = "no such column" if len(missing) == 1 else "none of these columns"
    message, names = f"the file has {number}{told}; it has {_listed(raw.header)}", [column.name for column in missing]
    if frame.name == "spreads" and set(names) <= {"contract", "start", "end"} and {"start", "end"} & set(names):
        meant, lines = {}, remedies.lines("spreads", {"tenor": 91}) + "  # if it is of constant maturity: its days"
    else:
        meant = _meant(frame, declared, names, unknown)
        lines = remedies.lines(f"{frame.name}.columns", meant) if meant else ""
    if not lines and not unknown and frame.name == "flows" and set(names) <= set(SUPPOSED):
        lines = faults.settings(**{name: SUPPOSED[name] for name in names}) + "  # what the whole file is about"
    if set(names) < set(frame.instead[1]):
        message += "; if it has no such flows, write one column net in place of the four"
    if not lines:
        message += f"; say in [{frame.name}.columns] what the file calls {'it' if len(names) == 1 else 'them'}"
    faults.add(message, _header_row(declared), ", ".join(names), remedy=lines)
    return frozenset(meant.values()) if lines else None


def mapping(frame: Frame, declared: Declared, header: Sequence[str]) -> str:
    """The lines that name a header's columns for those that it lacks, where the headings leave little doubt; else none."""
    missing = [column.name for column in lacking(frame, declared, header)]
    known = {name_of(declared.columns.get(column.name, column.name)) for column in frame.columns}
    unknown = [heading for heading in header if heading and name_of(heading) not in known]
    meant = _meant(frame, declared, missing, unknown)
    return remedies.lines(f"{frame.name}.columns", meant) if meant else ""


def _meant(frame: Frame, declared: Declared, missing: Sequence[str], unknown: Sequence[str]) -> dict[str, str]:
    """Our name and the file's of every column that is missing; empty where one of them is in doubt."""
    if len(missing) == len(unknown) == 1 and missing[0] not in declared.columns:
        return {missing[0]: unknown[0]}
    instead, replaced = frame.instead
    pairs = sorted(((_likeness(ours, theirs), ours, theirs) for ours in (*missing, instead) if ours for theirs in unknown), reverse=True)
    chosen = {ours: near[0] for ours in missing if (near := remedies.nearest(declared.columns.get(ours, ""), unknown, most=1))}
    for likeness, ours, theirs in pairs:
        if likeness >= _LIKE and ours not in chosen and theirs not in chosen.values():
            chosen[ours] = theirs
    if set(replaced) <= set(missing) and instead in chosen and not set(chosen) & set(replaced):
        missing = [instead if name == replaced[0] else name for name in missing if name not in replaced[1:]]
    return {name: chosen[name] for name in missing} if set(missing) <= set(chosen) else {}


def _likeness(ours: str, theirs: str) -> float:
    spoken = name_of(theirs).replace("_", " ")
    plain = " ".join("".join(sign if sign.isalnum() else " " for sign in spoken).split())
    known = (ours.replace("_", " "), *_ALSO.get(ours, ()))
    if plain in known or spoken in known:
        return 1.0 if plain == known[0] else 0.95
    contained = max((len(name) for name in known if set(name.split()) <= set(plain.split())), default=0)
    likeness = max(difflib.SequenceMatcher(None, name, plain).ratio() for name in known)
    return max(0.7 + contained / 100 if contained else 0.0, likeness if likeness >= 0.8 else 0.0)


def _refuse_unknown(frame: Frame, raw: Raw, at: Sequence[int], faults: Faults, row: int, *, may_be_ignored: bool) -> None:
    headers = [raw.header[one] for one in at]
    shown = ", ".join(header or f"number {one + 1}" for one, header in zip(at, headers, strict=True))
    number = "no such column; map it or list it" if len(at) == 1 else "no such columns; map them or list them"
    faults.add(f"{frame.name} has {number} under ignore", row, shown, remedy=faults.settings(ignore=headers) if may_be_ignored else "")


def _listed(names: Sequence[str], most: int = 20) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
