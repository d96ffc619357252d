"""The configuration file: what it may say, and what is said about what it may not."""

from __future__ import annotations

import datetime as dt

import pytest

from xlsig.errors import DataError
from xlsig.sources.config import Config, read_config


def config(folder, text: str) -> Config:
    (folder / "desk.toml").write_text(text, encoding="utf-8")
    return read_config(folder / "desk.toml")


def refusal(folder, text: str) -> str:
    with pytest.raises(DataError) as refused:
        config(folder, text)
    return str(refused.value)


def test_all_that_may_be_said_of_a_file(tmp_path):
    text = """
thousands = "."
decimal = ","
negatives = "brackets"
percent = true
[flows]
file = "f.csv"
header_row = 4
skip_footer = 2
scale = 1000
ignore_dates = [2024-11-29, "2024-12-24"]
layout = "dates by sectors"
region = "Europe"
product = "Single stocks"
[flows.values.sector]
Banks = "Financials"
Crypto = "ignore"
[spreads]
unit = "percent"
tenor = 91
decimal = "."
thousands = ","
"""
    found = config(tmp_path, text)
    flows, spreads, prices = (found.rules(name).declared for name in ("flows", "spreads", "prices"))
    assert (flows.header_row, flows.skip_footer, flows.scale, flows.layout) == (4, 2, 1000.0, "dates by sectors")
    assert flows.constants == {"region": "Europe", "product": "Single stocks"}
    assert flows.ignore_dates == (dt.date(2024, 11, 29), dt.date(2024, 12, 24))
    assert flows.values == {"sector": {"Banks": "Financials", "Crypto": "ignore"}}
    assert (flows.thousands, flows.decimal, flows.negatives, flows.percent) == (".", ",", "brackets", True)
    assert (spreads.unit, spreads.tenor, spreads.thousands, spreads.decimal, spreads.percent) == ("percent", 91, ",", ".", True)
    assert (prices.thousands, prices.unit, prices.tenor, prices.scale) == (".", None, None, 1.0)


def test_calendars_and_entries_that_ended_come_under_their_one_name(tmp_path):
    text = 'calendar = "xnys"\nretired = ["EM Asia", "em emea · Macro", "NA·XLE · stocks"]\n[calendars]\nEU = "XFRA"\n'
    found = config(tmp_path, text)
    assert (found.calendar, found.calendars) == ("XNYS", {"Europe": "XFRA"})
    assert found.retired == ("Emerging Asia", "EMEA · Macro", "North America · Energy · stocks")
    assert config(tmp_path, 'retired = ["NA · Health Care", "EU · Financials"]\n').retired == (
        "North America · Health Care",
        "Europe · Financials",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("absnt = 'zero'", "desk.toml, column absnt: an unknown setting; known are"),
        ("absnt = 'zero'", "; did you mean 'absent'?"),
        ("[flow]\nfile = 'x.csv'", "; did you mean 'flows'?"),
        ("[flows]\nthousand = ','", "; did you mean 'thousands'?"),
        ("[flows]\nabsent = 'zero'", "flows.absent: this setting is for all files: it stands at the top, above the first [section]"),
        ("header_row = 3", "header_row: this setting is for one file: it stands in the section of the file, below [flows]"),
        ("tenor = 91", "it stands in the section of the file, below [spreads]"),
        ("[prices]\nscale = 1000", "prices.scale: prices have no such setting; it is one of flows"),
        ("[flows]\nunit = 'percent'", "flows.unit: flows have no such setting; it is one of spreads and contracts and squeeze"),
        ("[spreads]\nunit = 'per cent'", "'bp', 'percent' or 'decimal' is wanted; did you mean 'percent'? (found 'per cent')"),
        ("[flows]\nlayout = 'date by sector'", "or 'dates by products' is wanted; did you mean 'dates by sectors'?"),
        ("[flows]\nregion = 'Eurpe'", "flows.region: an unknown region; did you mean 'Europe'? (found 'Eurpe')"),
        ("[flows.values.region]\nUS = 'North Amerika'", "an unknown region; did you mean 'North America'? (found 'North Amerika')"),
        ("[flows.values.region]\nUS = 'ignored'", "an unknown region; did you mean 'ignore'? (found 'ignored')"),
        ("[flows.values.regions]\nUS = 'NA'", "values are of region, sector, product; did you mean 'region'?"),
        ("decimal = ','\nthousands = ','", "decimal and thousands are the same mark (found ',')"),
        ("calendar = 'NYSE Arca'", "desk.toml, column calendar: 'NYSE ARCA' is not an exchange calendar"),
        ("calendar = 'XNYSE'", "; did you mean 'XNYS'?"),
        ("[calendars]\nEurop = 'XFRA'", "calendars.Europ: an unknown region; did you mean 'Europe'?"),
        ("retired = ['Emerging Asien']", "retired: an unknown region; did you mean 'Emerging Asia'?"),
        (
            "retired = ['EMEA · Macro · ETF · x']",
            'a region, "region · sector", "region · product" or "region · sector · product" is wanted',
        ),
        ("[flows]\nignore_dates = ['soon']", "a list of dates, such as [2025-01-03], is wanted"),
        ('folder = "C:\\desk"', "a path with \\ in it stands in single quotes"),
        ("[flows]\nscale = 0", "a number above 0 is wanted (found '0')"),
        ("[flows]\nscale = inf", "a number above 0 is wanted (found 'inf')"),
        ("encoding = 'utf8-bom'", "an encoding is wanted; did you mean 'utf-8"),
        ("percent = 1", "true or false is wanted (found '1')"),
    ],
)
def test_what_is_mistyped_is_named_with_what_was_meant(tmp_path, text, message):
    assert message in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("[flows]\nheader_row = '4'", lambda found: found.rules("flows").declared.header_row == 4),
        ("[flows]\nscale = '1,000'", lambda found: found.rules("flows").declared.scale == 1000),
        ("[flows]\npercent = 'true'", lambda found: found.rules("flows").declared.percent is True),
        ("[flows]\nmissing = 'n.a.'", lambda found: found.rules("flows").declared.missing == ("n.a.",)),
        ("[flows]\nnegatives = 'bracket'", lambda found: found.rules("flows").declared.negatives == "brackets"),
        ("[flows]\nignore_dates = 2024-12-24", lambda found: found.rules("flows").declared.ignore_dates == (dt.date(2024, 12, 24),)),
        ("[flows]\ndelimiter = 'tab'", lambda found: found.rules("flows").delimiter == "\t"),
        ("[flows]\ndecimal = 'comma'", lambda found: found.rules("flows").declared.decimal == ","),
        ("[flows]\nfile = 3", lambda found: found.rules("flows").file == "3"),
    ],
)
def test_a_value_of_the_wrong_kind_has_the_right_line_to_paste(tmp_path, text, mended):
    with pytest.raises(DataError) as refused:
        config(tmp_path, text)
    (problem,) = refused.value.problems
    assert mended(config(tmp_path, f"{text}\n{problem.remedy}"))


def test_a_section_may_be_continued_further_down_and_the_later_line_holds(tmp_path):
    text = """
absent = "zero"  # [flows]
[flows]
decimal = ","
missing = [
  "n.a.",
  "-",
]
[prices]
file = "p.csv"
[flows]  # pasted
decimal = "."
[flows.values.region]
US = "NA"
[ flows . values . region ]
"U K" = "Europe"
US = "Europe"
"""
    found = config(tmp_path, text)
    flows = found.rules("flows").declared
    assert (flows.decimal, flows.missing, found.rules("prices").file, found.absent) == (".", ("n.a.", "-"), "p.csv", "zero")
    assert flows.values == {"region": {"US": "Europe", "U K": "Europe"}}


def test_a_setting_twice_in_one_place_is_refused(tmp_path):
    assert "not a configuration file (" in refusal(tmp_path, '[flows]\ndecimal = ","\ndecimal = "."')


def test_a_configuration_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "desk.toml").write_bytes("folder = 'Börse'".encode("cp1252"))
    with pytest.raises(DataError) as refused:
        read_config(tmp_path / "desk.toml")
    assert str(refused.value) == "desk.toml: not a configuration file: it is not UTF-8 text; save it as UTF-8"
