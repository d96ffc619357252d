"""Sectors, regions and products: the names a desk uses, and the one name each of them has here."""

from __future__ import annotations

from collections.abc import Mapping

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
    "Energy": ("EN", "XLE"),
    "Materials": ("MAT", "XLB"),
    "Industrials": ("IND", "XLI"),
    "Consumer Discretionary": ("CD", "XLY"),
    "Consumer Staples": ("CS", "XLP"),
    "Health Care": ("HC", "Healthcare", "XLV"),
    "Financials": ("FIN", "Finance", "XLF"),
    "Information Technology": ("IT", "Technology", "Tech", "XLK"),
    "Communication Services": ("COM", "Communications", "XLC"),
    "Utilities": ("UT", "XLU"),
    "Real Estate": ("RE", "XLRE"),
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


def _key(name: str) -> str:
    return "".join(name.split()).casefold()


def _lookup(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {_key(name): canonical for canonical, others in aliases.items() for name in (canonical, *others)}


_SECTOR_BY_KEY = _lookup(_SECTOR_ALIASES)
_REGION_BY_KEY = _lookup(_REGION_ALIASES)
_PRODUCT_BY_KEY = _lookup(_PRODUCT_ALIASES)


def sector(name: str) -> str | None:
    """The GICS sector, or Index, that `name` means (name, code or SPDR ticker); None if it means none.

    >>> sector("healthcare"), sector(" x l k "), sector("index"), sector("Crypto")
    ('Health Care', 'Information Technology', 'Index', None)
    """
    return _SECTOR_BY_KEY.get(_key(name))


def region(name: str) -> str | None:
    """The region that `name` means; None if it means none.

    >>> region("US & Canada"), region("latam"), region("Mars")
    ('North America', 'Latin America', None)
    """
    return _REGION_BY_KEY.get(_key(name))


def product(name: str) -> str | None:
    """ "Macro products" (index, ETF, futures, options, swaps) or "Single stocks"; None if `name` means neither.

    >>> product("ETF"), product("single names"), product("bond")
    ('Macro products', 'Single stocks', None)
    """
    return _PRODUCT_BY_KEY.get(_key(name))
