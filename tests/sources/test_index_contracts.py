"""Which contracts are on the price of an equity index: those of the shipped files by their codes, others by their words."""

import csv

import pytest

from xlsig.sources.cftc import bundled
from xlsig.sources.index_contracts import INDICES, OTHERS, index_of, is_consolidated


def shipped():
    for path in bundled():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                market = row["Market_and_Exchange_Names"].split(" - ")[0].strip()
                yield row["CFTC_Contract_Market_Code"].strip(), market, row["Contract_Units"].strip()


def test_every_contract_of_the_shipped_files_is_known_by_its_code_but_one_sector_that_never_came():
    codes = {code for code, _, _ in shipped()}
    assert codes - {code for members in INDICES.values() for code in members} == OTHERS
    assert {code for members in INDICES.values() for code in members} <= codes


def test_the_words_of_the_shipped_files_say_the_same_as_their_codes():
    """A code that nobody knows, with the words of one that is known."""
    for code, market, units in set(shipped()):
        assert index_of("999999", market, units) == index_of(code, market, units), market


@pytest.mark.parametrize(
    ("code", "market", "units", "index"),
    [
        ("138741", "S&P 500 STOCK INDEX", "($250 X S&P 500 INDEX)", "S&P 500"),
        ("209741", "NASDAQ-100 STOCK INDEX", "(NASDAQ 100 INDEX X $100)", "Nasdaq-100"),
        ("124608", "MICRO E-MINI DJIA (x$0.5)", "($.50 X DJIA INDEX)", "DJIA"),
        ("124601", "DOW JONES INDUSTRIAL AVERAGE", "($10 X DOW JONES INDUSTRIAL AVERAGE)", "DJIA"),
        ("244043", "E-MINI MSCI EAFE", "(MSCI EAFE INDEX X $50)", "MSCI EAFE"),
        ("239744", "EMINI RUSSELL 1000 VALUE INDEX", "(RUSSEL 1000 VALUE INDEX X $50)", "RUSSELL 1000 VALUE"),
        ("239746", "RUSSELL 1000 VALUE INDEX MINI", "(RUSSELL 1000 VALUE INDEX X $100)", "RUSSELL 1000 VALUE"),
        ("777741", "TOPIX INDEX YEN DENOM", "(TOPIX INDEX X JPY 5,000)", "TOPIX"),
        ("777742", "TOPIX INDEX", "(TOPIX INDEX X $5)", "TOPIX"),
        ("777743", "CAC 40 INDEX", "(CAC 40 INDEX X EUR 10)", "CAC 40"),
        ("239750", "RUSSELL 2000 ANNUAL DIVIDEND", "(RUSSELL 2000 ANNUAL DIVIDEND INDEX X $250)", None),
        ("13874T", "S&P 500 TOTAL RETURN INDEX", "(S&P 500 TOTAL RETURN INDEX X $25)", None),
        ("13874R", "E-MINI S&P REAL ESTATE INDEX", "($250 x S&P Select Sector Real Estate Index price)", None),
        ("138747", "E-MINI S&P CONSUMER DISC INDEX", "($100 x S&P Select Sector Consumer Discretionary Index price)", None),
        ("117999", "MINI VIX FUTURES", "($100 X INDEX)", None),
        ("888888", "SOME COMPANY", "(100 SHARES)", None),
    ],
)
def test_a_code_that_is_not_known_is_judged_by_its_words(code, market, units, index):
    assert index_of(code, market, units) == index


def test_a_consolidated_contract_is_known_by_its_code_or_its_name():
    assert is_consolidated("13874+", "")
    assert is_consolidated("99999X", "RUSSELL 2000 Consolidated")
    assert not is_consolidated("13874A", "E-MINI S&P 500")
