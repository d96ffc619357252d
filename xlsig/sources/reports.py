"""The CFTC's equity contracts: what the codes stand for, and how many dollars a contract pays for an index point."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Raw
from xlsig.sources.delimited import read_delimited

CONTRACTS = {
    "13874A": "E-mini S&P 500",
    "13874U": "Micro E-mini S&P 500",
    "13874+": "S&P 500 consolidated",
    "13874W": "S&P 500 adjusted interest rate total return",
    "209742": "E-mini Nasdaq-100",
    "20974+": "Nasdaq-100 consolidated",
    "239742": "E-mini Russell 2000",
    "124603": "DJIA x $5",
    "12460+": "DJIA consolidated",
    "1170E1": "VIX",
    "138748": "Consumer Staples (E-mini S&P sector)",
    "138749": "Energy (E-mini S&P sector)",
    "13874C": "Financials (E-mini S&P sector)",
    "13874E": "Health Care (E-mini S&P sector)",
    "13874F": "Industrials (E-mini S&P sector)",
    "13874H": "Materials (E-mini S&P sector)",
    "13874I": "Information Technology (E-mini S&P sector)",
    "13874J": "Utilities (E-mini S&P sector)",
    "13874P": "Communication Services (E-mini S&P sector)",
}
"""The contracts that a report is expected to hold: one that is absent is named as missing."""

UNIT_OVERRIDES = {"239747": 5.0}
"""Dollars a point where the files are wrong: the micro E-mini Russell 2000 is stated as $0.5, the contract is $5."""

_EQUITY_SUBGROUPS = ("F20", "F25")
_DOLLARS = r"\$\s*(\d[\d,]*(?:\.\d+)?|\.\d+)"
_PER_POINT = (
    re.compile(rf"{_DOLLARS}\s*x\s.*\bindex\b.*", re.IGNORECASE),
    re.compile(rf".*\bindex\b.*\sx\s*{_DOLLARS}", re.IGNORECASE),
)


def is_equity(code: str, subgroup: str | None) -> bool:
    """Whether a contract belongs to the equity group, or is one named above; files without subgroups hold equity alone."""
    return code in CONTRACTS or subgroup is None or subgroup.strip() in _EQUITY_SUBGROUPS


def dollars_per_point(code: str, units: str) -> float | None:
    """What one contract pays for an index point, as `Contract_Units` states it; None if it is not in dollars a point.

    >>> dollars_per_point("13874+", "(S&P 500 INDEX X $250.00)"), dollars_per_point("124603", "($5 X DJIA INDEX)")
    (250.0, 5.0)
    >>> dollars_per_point("239747", "(RUSSEL 2000 INDEX X $0.5)"), dollars_per_point("240743", "(NIKKEI INDEX X JPY 500)")
    (5.0, None)
    """
    if code in UNIT_OVERRIDES:
        return UNIT_OVERRIDES[code]
    stated = units.strip().removeprefix("(").removesuffix(")").strip()
    for pattern in _PER_POINT:
        if found := pattern.fullmatch(stated):
            return float(found[1].replace(",", ""))
    return None


_DATE_COLUMNS = ("report_date_as_yyyy_mm_dd", "report_date_as_mm_dd_yyyy")
_LEGS = (
    ("lev_money_positions_long", "lev_money_positions_short"),
    ("asset_mgr_positions_long", "asset_mgr_positions_short"),
)
_NEEDED = ("market_and_exchange_names", "cftc_contract_market_code", "contract_units", *(leg for pair in _LEGS for leg in pair))
_BASES = {"futonly": "futures only", "combined": "futures and options combined"}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_COUNT = re.compile(r"-?\d+")


@dataclass(frozen=True)
class Report:
    """One contract on one report date: net contracts (long − short) of leveraged funds and asset managers, None if not stated."""

    file: str
    line: int
    date: dt.date
    code: str
    market: str
    units: str
    basis: str
    net: tuple[int | None, int | None]


def read(content: bytes, file: str) -> list[Report]:
    """The equity contracts in a file. All that cannot be read is reported together; other contracts are passed over."""
    raw = read_delimited(content, file, ",")
    places = {_plain(name): at for at, name in reversed(list(enumerate(raw.header)))}
    date_column = next((name for name in _DATE_COLUMNS if name in places), None)
    lacking = [name for name in _NEEDED if name not in places] + ([] if date_column else [_DATE_COLUMNS[0]])
    if lacking:
        raise DataError([Problem("not a Traders in Financial Futures file: it has no such column", file, 1, name) for name in lacking])
    reports: list[Report] = []
    problems: list[Problem] = []
    for at in range(len(raw)):
        cells = {name: raw.columns[place][at] for name, place in places.items()}
        code = cells["cftc_contract_market_code"].strip()
        if not is_equity(code, cells.get("cftc_subgroup_code")):
            continue
        found = _report(cells, code, date_column or "", raw, at, places, problems)
        if found is not None:
            reports.append(found)
    if not reports and not problems:
        problems.append(Problem("there is no equity contract in the file", file))
    if problems:
        raise DataError(problems)
    return reports


def _plain(header: str) -> str:
    """Both spellings of a column under one name: lower case, underscores, no `_all` at the end."""
    return header.strip().lower().replace("-", "_").removesuffix("_all")


def _report(
    cells: Mapping[str, str],
    code: str,
    date_column: str,
    raw: Raw,
    at: int,
    places: Mapping[str, int],
    problems: list[Problem],
) -> Report | None:
    before = len(problems)

    def refuse(message: str, column: str) -> None:
        problems.append(Problem(message, raw.file, raw.lines[at], raw.header[places[column]], cells[column].strip()))

    date = _date(cells[date_column].strip())
    if date is None:
        refuse("not a date", date_column)
    nets = []
    for pair in _LEGS:
        counts = []
        for leg in pair:
            written = cells[leg].strip()
            if written not in ("", ".") and not _COUNT.fullmatch(written):
                refuse("not a number of contracts", leg)
                continue
            counts.append(None if written in ("", ".") else int(written))
        nets.append(_net(counts))
    basis = cells.get("futonly_or_combined", "").strip()
    if basis and basis.lower() not in _BASES:
        refuse("neither FutOnly nor Combined", "futonly_or_combined")
    if date is None or len(problems) > before:
        return None
    market = cells["market_and_exchange_names"].split(" - ")[0].strip()
    stated = _BASES[basis.lower()] if basis else "of unstated kind"
    return Report(raw.file, raw.lines[at], date, code, market, cells["contract_units"], stated, (nets[0], nets[1]))


def _date(written: str) -> dt.date | None:
    """2025-01-07 (with or without a time), or month first as the agency writes slashes: 1/7/2025 12:00:00 AM."""
    if found := _ISO.fullmatch(written):
        year, month, day = found.groups()
    elif found := _MONTH_FIRST.fullmatch(written):
        month, day, year = found.groups()
    else:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _net(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return known[0] - known[1] if len(known) == 2 else None
