"""One report of the CFTC as its files hold it: which contracts, what their codes and units mean, and how a line is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from xlsig.errors import DataError, Problem
from xlsig.frames.desk import Raw
from xlsig.sources.releases import read_release

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
_CODE, _SUBGROUP, _BASIS = "cftc_contract_market_code", "cftc_subgroup_code", "futonly_or_combined"
_DATE_COLUMNS = ("report_date_as_yyyy_mm_dd", "report_date_as_mm_dd_yyyy")
_LEGS = (
    ("lev_money_positions_long", "lev_money_positions_short"),
    ("asset_mgr_positions_long", "asset_mgr_positions_short"),
)
_NEEDED = (_CODE, *(leg for pair in _LEGS for leg in pair), "market_and_exchange_names", "contract_units")
_BASES = {"futonly": "futures only", "combined": "futures and options combined", "": "of unstated kind"}
_LONGEST_UNITS = 200
_NOT_STATED = ("", ".")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_COUNT = re.compile(r"(-?\d{1,15})(?:\.0{1,15})?")


@dataclass(frozen=True)
class Report:
    """One contract on one report date: contracts that leveraged funds and asset managers are long and short, None if not stated."""

    file: str
    line: int
    date: dt.date
    code: str
    market: str
    units: str
    basis: str
    held: tuple[tuple[int | None, int | None], ...]

    @property
    def dollars_per_point(self) -> float | None:
        """What one contract pays for an index point; None if it is not in dollars a point."""
        return dollars_per_point(self.code, self.units)

    def net(self, group: int) -> float | None:
        """Long less short of a group, in dollars an index point: each row by its own unit, since consolidated contracts change theirs."""
        (long, short), each = self.held[group], self.dollars_per_point
        return None if long is None or short is None or each is None else (long - short) * each

    def agrees_with(self, other: Report) -> bool:
        """Whether both say the same, where they are of one contract and date."""
        return (self.held, self.dollars_per_point) == (other.held, other.dollars_per_point)


def is_equity(code: str, subgroup: str | None) -> bool:
    """Whether a contract belongs to the equity group, or is one named above; files without subgroups hold equity alone."""
    return code in CONTRACTS or subgroup is None or subgroup.strip() in _EQUITY_SUBGROUPS


@cache
def dollars_per_point(code: str, units: str) -> float | None:
    """What one contract pays for an index point, as `Contract_Units` states it; None if it is not in dollars a point.

    >>> dollars_per_point("13874+", "(S&P 500 INDEX X $250.00)"), dollars_per_point("124603", "($5 X DJIA INDEX)")
    (250.0, 5.0)
    >>> dollars_per_point("239747", "(RUSSEL 2000 INDEX X $0.5)"), dollars_per_point("240743", "(NIKKEI INDEX X JPY 500)")
    (5.0, None)
    """
    if code in UNIT_OVERRIDES:
        return UNIT_OVERRIDES[code]
    if len(units) > _LONGEST_UNITS:
        return None
    stated = units.strip().removeprefix("(").removesuffix(")").strip()
    for pattern in _PER_POINT:
        if found := pattern.fullmatch(stated):
            return float(found[1].replace(",", ""))
    return None


def read_reports(content: bytes, file: str) -> list[Report]:
    """The equity contracts in a file. What cannot be read is one problem for each kind; other contracts are passed over."""
    raw = read_release(content, file)
    file = raw.file
    places = {_heading(name): at for at, name in reversed(list(enumerate(raw.header)))}
    date_column = next((name for name in _DATE_COLUMNS if name in places), None)
    lacking = [name for name in _NEEDED if name not in places] + ([] if date_column else [_DATE_COLUMNS[0]])
    if lacking:
        others = f" and lacks {len(lacking) - 1} others too" if len(lacking) > 1 else ""
        message = f"not a Traders in Financial Futures file: it has no such column{others}; take another file, or leave this one out"
        raise DataError([Problem(message, file, 1, lacking[0])])
    lines = (_Line(raw, at, places) for at in range(len(raw)))
    wanted = [line for line in lines if is_equity(line.cell(_CODE), line.cell(_SUBGROUP) if _SUBGROUP in places else None)]
    if not wanted:
        raise DataError([Problem("there is no equity contract in the file", file)])
    reports = [line.report(date_column or "") for line in wanted]
    problems = [problem for line in wanted for problem in line.problems]
    if problems:
        raise DataError(_one_of_a_kind(problems))
    return [report for report in reports if report is not None]


def _one_of_a_kind(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The first problem of each kind in each column, with how many rows have it."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.message, problem.column), []).append(problem)
    for same in kinds.values():
        yield replace(same[0], message=f"{same[0].message}, the first of {len(same)} such rows") if len(same) > 1 else same[0]


def _heading(written: str) -> str:
    """Both spellings of a column under one name: lower case, underscores, no `_all` at the end."""
    return written.strip().lower().replace("-", "_").removesuffix("_all")


class _Line:
    """One line of a file, which gathers what is wrong with it."""

    def __init__(self, raw: Raw, at: int, places: Mapping[str, int]) -> None:
        self.raw, self.at, self.places = raw, at, places
        self.problems: list[Problem] = []

    def cell(self, column: str) -> str:
        """What stands in a column, without the blanks around it."""
        written: str = self.raw.columns[self.places[column]][self.at]
        return written.strip()

    def refuse(self, message: str, column: str) -> None:
        heading = self.raw.header[self.places[column]]
        self.problems.append(Problem(message, self.raw.file, self.raw.lines[self.at], heading, self.cell(column)))

    def report(self, date_column: str) -> Report | None:
        """The line as a report; None if there is a problem."""
        date = _date(self.cell(date_column))
        if date is None:
            self.refuse("not a date", date_column)
        held = tuple((self.count(long), self.count(short)) for long, short in _LEGS)
        basis = self.cell(_BASIS).lower() if _BASIS in self.places else ""
        if basis not in _BASES:
            self.refuse("neither FutOnly nor Combined", _BASIS)
        if date is None or self.problems:
            return None
        market = self.cell("market_and_exchange_names").split(" - ")[0].strip()
        place = (self.raw.file, self.raw.lines[self.at])
        return Report(*place, date, self.cell(_CODE), market, self.cell("contract_units"), _BASES[basis], held)

    def count(self, column: str) -> int | None:
        """A number of contracts; None if it is not stated."""
        written = self.cell(column)
        if written in _NOT_STATED:
            return None
        found = _COUNT.fullmatch(written)
        if not found:
            self.refuse("not a number of contracts", column)
            return None
        return int(found[1])


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
