import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from xlsig.errors import NA, VALUE, SignalError
from xlsig.frames.calendar import coverage, sessions

OBSERVED = Path(__file__).parent / "exchange_sessions_2024-12-16_2025-01-17.csv"


def observed() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with OBSERVED.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["mic"], []).append(row["session"])
    return found


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
