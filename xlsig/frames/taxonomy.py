"""Sectors, regions and products: the names a desk uses, and the one name each of them has here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

SECTORS = (
    "Energy",
    "Materials",
    "Industrials",
    "Consumer Discretionary",
    "Consumer Staples",
    "Health Care",
    "Financials",
    "Information Technology",
    "Communication Services",
    "Utilities",
    "Real Estate",
)
"""The 11 GICS sectors, in GICS order."""

INDEX = "Index"
"""What stands in the sector column of a macro product, which has no sector."""

REGIONS = ("North America", "Europe", "Developed Asia", "Emerging Asia", "EMEA", "Latin America")

REGION_CALENDARS: Mapping[str, str] = {
    "North America": "XNYS",
    "Europe": "XLON",
    "Developed Asia": "XTKS",
    "Emerging Asia": "XHKG",
    "EMEA": "XJSE",
    "Latin America": "BVMF",
}
"""The exchange whose sessions are a region's, unless the desk says another."""

MACRO, SINGLE = "Macro products", "Single stocks"
PRODUCTS = (MACRO, SINGLE)

_SECTOR_ALIASES = {
    "Energy": ("EN", "XLE", "10"),
    "Materials": ("MAT", "XLB", "15"),
    "Industrials": ("IND", "XLI", "20"),
    "Consumer Discretionary": ("CD", "XLY", "25"),
    "Consumer Staples": ("CS", "XLP", "30"),
    "Health Care": ("HC", "Healthcare", "XLV", "35"),
    "Financials": ("FIN", "Finance", "XLF", "40"),
    "Information Technology": ("IT", "Technology", "Tech", "XLK", "45"),
    "Communication Services": ("COM", "Communications", "XLC", "50", "Telecommunication Services"),
    "Utilities": ("UT", "XLU", "55"),
    "Real Estate": ("RE", "XLRE", "60"),
    INDEX: (),
}

_REGION_ALIASES = {
    "North America": ("NA", "US & Canada"),
    "Europe": ("EU",),
    "Developed Asia": ("DM Asia", "Japan & Australia"),
    "Emerging Asia": ("EM Asia", "Asia ex-Japan"),
    "EMEA": ("EM EMEA",),
    "Latin America": ("LatAm",),
}

_PRODUCT_ALIASES = {
    MACRO: (
        *("Macro", "Macro product", "Index", "Indices", "Indexes", "Index product", "Index products", "ETF", "ETFs"),
        *("Future", "Futures", "Option", "Options", "Swap", "Swaps"),
        *("Index futures", "Index options", "Index swaps"),
    ),
    SINGLE: (
        *("Single stock", "Single name", "Single names", "Single-name", "Single-names", "Single-stock"),
        *("Single-stocks", "Stock", "Stocks", "Cash equity", "Cash equities"),
    ),
}


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """A name as it is compared: case and blanks do not matter."""
    return "".join(name.split()).casefold()


def _lookup(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {key(name): canonical for canonical, others in aliases.items() for name in (canonical, *others)}


FIELDS = ("region", "sector", "product")
"""What a flow is named by, in this order."""

_SECTOR_BY_KEY = _lookup(_SECTOR_ALIASES)
_REGION_BY_KEY = _lookup(_REGION_ALIASES)
_PRODUCT_BY_KEY = _lookup(_PRODUCT_ALIASES)


def sector(name: str) -> str | None:
    """The GICS sector, or Index, that `name` means (name, GICS code, short code or SPDR ticker); None if it means none.

    >>> sector("healthcare"), sector(" x l k "), sector("index"), sector("Crypto")
    ('Health Care', 'Information Technology', 'Index', None)
    """
    return _SECTOR_BY_KEY.get(key(name))


def region(name: str) -> str | None:
    """The region that `name` means; None if it means none.

    >>> region("US & Canada"), region("latam"), region("Mars")
    ('North America', 'Latin America', None)
    """
    return _REGION_BY_KEY.get(key(name))


def product(name: str) -> str | None:
    """ "Macro products" (index, ETF, futures, options, swaps) or "Single stocks"; None if `name` means neither.

    >>> product("ETF"), product("single names"), product("bond")
    ('Macro products', 'Single stocks', None)
    """
    return _PRODUCT_BY_KEY.get(key(name))


def canonical(name: str, field: str) -> str | None:
    """The one name of a region, sector or product; None if `name` means none.

    >>> canonical("latam", "region"), canonical("latam", "sector")
    ('Latin America', None)
    """
    known = {"region": _REGION_BY_KEY, "sector": _SECTOR_BY_KEY, "product": _PRODUCT_BY_KEY}[field]
    return known.get(key(name))


def spellings(kind: str) -> dict[str, str]:
    """Every name that a region, sector or product goes by, and the one name that it has here.

    >>> spellings("region")["LatAm"]
    'Latin America'
    """
    aliases = {"region": _REGION_ALIASES, "sector": _SECTOR_ALIASES, "product": _PRODUCT_ALIASES}[kind]
    return {name: canonical for canonical, others in aliases.items() for name in (canonical, *others)}
