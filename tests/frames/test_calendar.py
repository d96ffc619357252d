import csv
import datetime as dt
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from xlsig.errors import NA, VALUE, SignalError
from xlsig.frames.calendar import coverage, fomc_dates, is_session, session_on_or_after, session_on_or_before, sessions
from xlsig.frames.session_table import shipped_codes

OBSERVED = Path(__file__).parent / "exchange_sessions_2024-12-16_2025-01-17.csv"


def observed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with OBSERVED.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["mic"], []).append(row["session"])
    return found


def around_the_report() -> list[dt.date]:
    """Every day that the file speaks of."""
    return [dt.date(2024, 12, 16) + dt.timedelta(after) for after in range(33)]


@pytest.mark.parametrize("mic", sorted(observed()))
def test_sessions_around_the_report_are_those_the_exchange_held(mic):
    assert sessions(mic, dt.date(2024, 12, 16), dt.date(2025, 1, 17)).astype(str).tolist() == observed()[mic]


def test_tokyo_rests_from_new_years_eve_to_the_fifth():
    held = sessions("XTKS", np.datetime64("2024-12-30"), np.datetime64("2025-01-06")).astype(str).tolist()
    assert held == ["2024-12-30", "2025-01-06"]


def test_new_york_mourned_on_the_ninth():
    assert sessions("XNYS", dt.date(2025, 1, 9), dt.date(2025, 1, 9)).size == 0


def test_both_ends_are_included_and_case_does_not_matter():
    assert sessions("xnys", dt.date(2025, 1, 2), dt.date(2025, 1, 3)).astype(str).tolist() == ["2025-01-02", "2025-01-03"]


def test_an_unknown_calendar_is_a_wrong_word():
    with pytest.raises(SignalError, match="'XXXX' is not an exchange calendar") as refused:
        sessions("XXXX", dt.date(2025, 1, 2), dt.date(2025, 1, 3))
    assert refused.value.code == VALUE


@pytest.mark.parametrize("mic", ["XBOM", "XSHG"])
def test_a_calendar_that_ends_does_not_guess(mic):
    with pytest.raises(SignalError, match=f"calendar {mic} covers .* to 2026-12-31") as refused:
        sessions(mic, dt.date(2026, 12, 1), dt.date(2027, 1, 4))
    assert refused.value.code == NA


@pytest.mark.parametrize(
    ("mic", "first", "last"),
    [
        ("XNYS", dt.date(1990, 1, 1), dt.date(2028, 12, 31)),
        ("XTKS", dt.date(1997, 1, 1), dt.date(2028, 12, 31)),
        ("XBOM", dt.date(1997, 1, 1), dt.date(2026, 12, 31)),
    ],
)
def test_the_range_of_a_calendar_does_not_move_with_today(mic, first, last):
    assert coverage(mic) == (first, last)
    assert sessions(mic, first, last).size > 5000
    for outside in (first - dt.timedelta(1), last + dt.timedelta(1)):
        with pytest.raises(SignalError, match=f"nothing about {outside}"):
            sessions(mic, min(first, outside), max(last, outside))


def test_a_missing_date_is_refused():
    with pytest.raises(SignalError) as refused:
        sessions("XNYS", np.datetime64("NaT"), np.datetime64("2025-01-03"))
    assert refused.value.code == VALUE


def test_sessions_cannot_be_overwritten():
    with pytest.raises(ValueError, match="read-only"):
        sessions("XNYS", dt.date(2025, 1, 2), dt.date(2025, 1, 3))[0] = np.datetime64("2000-01-01")


def test_a_calendar_that_the_library_cannot_open_gives_a_sentence(monkeypatch):
    import exchange_calendars

    def fails(*_: object, **__: object) -> None:
        raise NotImplementedError("no Easter here")

    monkeypatch.setattr(exchange_calendars, "get_calendar", fails)
    with pytest.raises(SignalError, match=r"the calendar XZAG cannot be opened with .* \(no Easter here\)") as refused:
        sessions("XZAG", dt.date(2025, 1, 2), dt.date(2025, 1, 3))
    assert refused.value.code == NA


@pytest.mark.parametrize("mic", sorted(observed()))
def test_a_day_is_a_session_if_the_exchange_held_one_whatever_the_order(mic):
    days = around_the_report()
    random.Random(mic).shuffle(days)
    found = is_session(mic, np.array(days, dtype="datetime64[D]"))
    assert found.dtype == np.bool_
    assert found.tolist() == [day.isoformat() in observed()[mic] for day in days]


@pytest.mark.parametrize("mic", sorted(observed()))
def test_the_nearest_session_is_the_one_that_counting_days_finds(mic):
    held = [dt.date.fromisoformat(day) for day in observed()[mic]]
    for day in around_the_report():
        if before := [one for one in held if one <= day]:
            assert session_on_or_before(mic, day) == before[-1]
        if after := [one for one in held if one >= day]:
            assert session_on_or_after(mic, day) == after[0]


def test_the_new_year_in_tokyo_and_the_mourning_in_new_york():
    assert session_on_or_before("XTKS", dt.date(2025, 1, 5)) == dt.date(2024, 12, 30)
    assert session_on_or_after("XTKS", dt.date(2024, 12, 31)) == dt.date(2025, 1, 6)
    assert session_on_or_before("XNYS", np.datetime64("2025-01-09")) == dt.date(2025, 1, 8)
    assert session_on_or_after("xnys", dt.date(2025, 1, 9)) == dt.date(2025, 1, 10)


def test_no_days_have_no_sessions():
    assert is_session("XNYS", np.array([], dtype="datetime64[D]")).tolist() == []


@pytest.mark.parametrize("mic", ["XNYS", "XSES", "XTKS"])
def test_no_session_is_guessed_outside_what_a_calendar_covers(mic):
    first, last = coverage(mic)
    for outside in (first - dt.timedelta(1), last + dt.timedelta(1)):
        for ask in (session_on_or_before, session_on_or_after, lambda code, day: is_session(code, np.array([first, day, last]))):
            with pytest.raises(SignalError, match=f"calendar {mic} covers {first} to {last}: it says nothing about {outside}") as refused:
                ask(mic, outside)
            assert refused.value.code == NA


def test_no_session_is_guessed_beyond_the_first_and_the_last_one():
    with pytest.raises(SignalError, match=r"XNYS covers .*: it has no session on or before 1990-01-01") as early:
        session_on_or_before("XNYS", dt.date(1990, 1, 1))
    with pytest.raises(SignalError, match=r"XNYS covers .*: it has no session on or after 2028-12-30") as late:
        session_on_or_after("XNYS", dt.date(2028, 12, 30))
    assert (early.value.code, late.value.code) == (NA, NA)
    assert session_on_or_after("XNYS", dt.date(1990, 1, 1)) == dt.date(1990, 1, 2)
    assert session_on_or_before("XNYS", dt.date(2028, 12, 31)) == dt.date(2028, 12, 29)


@pytest.mark.parametrize("ask", [is_session, session_on_or_before, session_on_or_after])
def test_a_missing_day_and_an_unknown_calendar_are_refused_everywhere(ask):
    for mic, day in (("XNYS", "NaT"), ("XXXX", "2025-01-02")):
        with pytest.raises(SignalError) as refused:
            ask(mic, np.datetime64(day, "D"))
        assert refused.value.code == VALUE


@pytest.mark.parametrize(
    ("name", "code"), [("NYSE", "XNYS"), ("LSE", "XLON"), ("FWB", "XETR"), ("XFRA", "XETR"), ("JPX", "XTKS"), ("hkex", "XHKG")]
)
def test_a_calendar_goes_by_its_other_names(name, code):
    first, last = coverage(code)
    assert coverage(name) == (first, last)
    assert np.array_equal(sessions(name, first, last), sessions(code, first, last))


def test_a_refusal_names_the_calendar_as_it_was_asked_for():
    with pytest.raises(SignalError, match="the calendar NYSE covers"):
        sessions("nyse", dt.date(1989, 12, 29), dt.date(2025, 1, 3))


def test_without_the_library_the_refusal_says_what_there_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "exchange_calendars", None)
    with pytest.raises(SignalError) as refused:
        coverage("XLJU")
    assert refused.value.code == NA
    assert refused.value.message == (
        "the calendar XLJU is read from the package exchange_calendars, which cannot be loaded here; without it there are XNYS, XTSE, "
        "XLON, XETR, XPAR, XTKS, XHKG, XSHG, XKRX, XTAI, XBOM, XASX, XSES, XJSE, BVMF"
    )
    assert all(coverage(code) for code in shipped_codes())


def test_other_calendars_come_from_the_library():
    assert sessions("XWBO", dt.date(2024, 12, 23), dt.date(2025, 1, 3)).astype(str).tolist() == [
        *("2024-12-23", "2024-12-27", "2024-12-30", "2025-01-02", "2025-01-03")
    ]


def test_the_federal_reserve_announces_eight_times_a_year():
    announced = fomc_dates()
    per_year = {year: sum(day.year == year for day in announced) for year in range(2014, 2027)}
    assert per_year == {year: 9 if year == 2020 else 8 for year in range(2014, 2027)}
    assert len(announced) == sum(per_year.values())
    assert [f"{day:%m-%d}" for day in announced if day.year == 2025] == [
        *("01-29", "03-19", "05-07", "06-18", "07-30", "09-17", "10-29", "12-10")
    ]
    assert [f"{day:%m-%d}" for day in announced if day.year == 2026] == [
        *("01-28", "03-18", "04-29", "06-17", "07-29", "09-16", "10-28", "12-09")
    ]
    assert all(day.weekday() == 2 for day in announced if day.year > 2024)
