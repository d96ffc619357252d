import subprocess
import sys

import pytest

from xlsig.frames import taxonomy
from xlsig.frames.session_table import shipped_codes


@pytest.mark.parametrize(
    ("spoken", "sector"),
    [
        ("EN", "Energy"),
        ("xlb", "Materials"),
        ("IND", "Industrials"),
        ("XLY", "Consumer Discretionary"),
        ("consumer  staples", "Consumer Staples"),
        ("HealthCare", "Health Care"),
        ("Finance", "Financials"),
        ("Tech", "Information Technology"),
        ("Communications", "Communication Services"),
        ("ut", "Utilities"),
        ("XLRE", "Real Estate"),
        ("INDEX", "Index"),
    ],
)
def test_a_sector_goes_by_name_code_and_ticker(spoken, sector):
    assert taxonomy.sector(spoken) == sector


@pytest.mark.parametrize(
    ("spoken", "region"),
    [
        ("NA", "North America"),
        ("US&Canada", "North America"),
        ("eu", "Europe"),
        ("Japan & Australia", "Developed Asia"),
        ("DM ASIA", "Developed Asia"),
        ("Asia ex-Japan", "Emerging Asia"),
        ("EM EMEA", "EMEA"),
        ("latam", "Latin America"),
    ],
)
def test_a_region_goes_by_the_names_desks_give_it(spoken, region):
    assert taxonomy.region(spoken) == region


@pytest.mark.parametrize("spoken", ["Index", "ETF", "futures", "Options", "swap", "Macro", "macro products"])
def test_index_products_are_macro(spoken):
    assert taxonomy.product(spoken) == "Macro products"


@pytest.mark.parametrize("spoken", ["single stock", "Single Names", "stocks", "cash equity"])
def test_shares_are_single_stocks(spoken):
    assert taxonomy.product(spoken) == "Single stocks"


def test_an_unknown_name_is_none_and_not_a_guess():
    assert (taxonomy.sector("Crypto"), taxonomy.region("Mars"), taxonomy.product("bond")) == (None, None, None)


def test_sectors_stand_in_gics_order_and_each_is_its_own_name():
    assert len(taxonomy.SECTORS) == 11
    assert taxonomy.SECTORS[0] == "Energy"
    assert taxonomy.SECTORS[-1] == "Real Estate"
    assert tuple(map(taxonomy.sector, taxonomy.SECTORS)) == taxonomy.SECTORS
    assert tuple(map(taxonomy.region, taxonomy.REGIONS)) == taxonomy.REGIONS
    assert tuple(map(taxonomy.product, taxonomy.PRODUCTS)) == taxonomy.PRODUCTS


def test_every_region_has_a_calendar_that_comes_with_xlsig():
    assert tuple(taxonomy.REGION_CALENDARS) == taxonomy.REGIONS
    assert set(taxonomy.REGION_CALENDARS.values()) <= set(shipped_codes())
    assert taxonomy.REGION_CALENDARS["EMEA"] == "XJSE"


def test_no_alias_means_two_things():
    for aliases in (taxonomy._SECTOR_ALIASES, taxonomy._REGION_ALIASES, taxonomy._PRODUCT_ALIASES):
        pairs = {(taxonomy.key(name), known) for known, others in aliases.items() for name in (known, *others)}
        assert len(pairs) == len({key for key, _ in pairs})


def test_names_are_known_without_pandas():
    code = "import sys, xlsig.frames.taxonomy, xlsig.frames.calendar; print('pandas' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
