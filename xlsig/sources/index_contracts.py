"""Which contracts are futures on the price of an equity index, and on which one: so that a market is counted once."""

from __future__ import annotations

import re

INDICES = {
    "S&P 500": ("13874+", "13874A", "13874U"),
    "Nasdaq-100": ("20974+", "209742", "209747"),
    "DJIA": ("12460+", "124603"),
    "Russell 2000": ("239742", "239747"),
    "S&P MidCap 400": ("33874A",),
    "Nikkei 225": ("240741", "240743"),
    "MSCI EAFE": ("244041",),
    "MSCI Emerging Markets": ("244042",),
}
"""The equity indices of the shipped files, and the codes of their contracts: consolidated, E-mini and micro, or two currencies."""

OTHERS = frozenset(
    (
        *("1170E1",),  # volatility
        *("43874A", "43874Q"),  # dividends
        *("13874W",),  # total return financing
        *("124606", "138748", "138749", "13874C", "13874E", "13874F", "13874H", "13874I", "13874J", "13874P"),  # sectors
    )
)
"""The equity contracts of the shipped files that are on something else than the price of an index."""

_INDEX = re.compile(r"\b(?:INDEX|INDX|IDX|IND|AVERAGE|AVG)\b")
_NO_PRICE = re.compile(r"\b(?:VIX|VOLATILITY|VARIANCE|DIVIDENDS?|DIV|TOTAL RETURN|TOTL|NTR|INTEREST|INT RATE|FINANCING)\b")
_SECTOR = re.compile(
    r"\b(?:SECTORS?|ENERGY|MATERIALS?|INDUSTRIALS?(?! AV)|CONS\w*|DISC\w*|STAPLES|HEALTH\w*|FINANCIALS?|BANKS?|TECH\w*|SEMICONDUCTORS?|"
    r"BIOTECH\w*|COMM\w*|UTIL\w*|REAL ESTATE|REIT\w*|RETAIL|TRANSPORT\w*)\b"
)
_CONSOLIDATED = re.compile(r"\bCONSOLIDATED\b")
_MULTIPLIER = re.compile(r"(?:\$|\b(?:USD|JPY|YEN|EUR|GBP|CHF|CAD|AUD|CNH|HKD|INR|KRW|SGD|TWD)\b)\s*[\d.,]+")
_MISSPELT = re.compile(r"\bRUSSEL\b")
_WORD = re.compile(r"[A-Z0-9&]+")
_KINDS = {"INDEX", "INDX", "IDX", "IND", "STOCK", "AVERAGE", "AVG", "PRICE", "FUTURE", "FUTURES", "THE", "X"}
_SIZES = {"E", "MINI", "EMINI", "MICRO", "CONSOLIDATED"}
_CURRENCIES = {"YEN", "DOLLAR", "DENOM"}
_SPELLINGS = {
    "NASDAQ 100": "Nasdaq-100",
    "DOW JONES INDUSTRIAL": "DJIA",
    "RUSSELL 2000": "Russell 2000",
    "S&P 400": "S&P MidCap 400",
    "S&P 400 MIDCAP": "S&P MidCap 400",
    "NIKKEI": "Nikkei 225",
    "NIKKEI 225": "Nikkei 225",
    "MSCI EM": "MSCI Emerging Markets",
    "MSCI EMERGING MARKETS": "MSCI Emerging Markets",
    "MSCI EMERGING MKTS": "MSCI Emerging Markets",
}


def index_of(code: str, market: str, units: str) -> str | None:
    """The equity index whose price a contract of the equity group follows; None if it is on volatility, dividends, a sector or financing.

    A code that is not known is judged by the name of its market and by the index that `Contract_Units` names.

    >>> index_of("13874U", "MICRO E-MINI S&P 500 INDEX", "($5 X S&P 500 INDEX)"), index_of("1170E1", "VIX FUTURES", "($1000 X INDEX)")
    ('S&P 500', None)
    >>> index_of("239745", "EMINI RUSSELL 1000 GROWTH", "(RUSSELL 1000 GROWTH INDEX X $50)")
    'RUSSELL 1000 GROWTH'
    """
    if code in OTHERS:
        return None
    for index, codes in INDICES.items():
        if code in codes:
            return index
    told = f"{market} {units}".upper()
    if not _INDEX.search(told) or _NO_PRICE.search(told) or _SECTOR.search(_CONSOLIDATED.sub("", told)):
        return None
    name = _named(units) or _named(market)
    return _SPELLINGS.get(name, name) or None


def is_consolidated(code: str, market: str) -> bool:
    """Whether a contract stands for all sizes of contracts on its index."""
    return code.endswith("+") or bool(_CONSOLIDATED.search(market.upper()))


def _named(told: str) -> str:
    """The words that name an index, without those for its kind, size and multiplier."""
    words = _WORD.findall(_MULTIPLIER.sub(" ", _MISSPELT.sub("RUSSELL", told.upper())))
    return " ".join(word for word in words if word not in _KINDS | _SIZES | _CURRENCIES)
