"""The CFTC's equity contracts: what the codes stand for, and how many dollars a contract pays for an index point."""

from __future__ import annotations

import re

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
